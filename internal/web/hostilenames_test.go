package web

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"uketsuke/internal/calendar"
	"uketsuke/internal/mail"
	"uketsuke/internal/store"
	"uketsuke/internal/store/column"
	"uketsuke/internal/store/query"
	"uketsuke/internal/web/htmlcheck"

	"golang.org/x/net/html"
)

// plant is markup that would run, with a number by which it is found again; it is as short as the shortest field.
func plant(n int) string { return fmt.Sprintf("<img src=x onerror=alert(1)>%02d", n) }

// The plants, by where they are typed.
const (
	plantPerson = 1 + iota
	plantDepartment
	plantPosition
	plantSettings
	plantOffice
	plantManager
	plantPlace
	plantReject
	plantVoid
	plantStart
	plantClosing
	plantPasskey
	plantNotice
	plantCompany
	plantEstablishment
	plantMemo
	plants
)

// Names of people, companies and closing days, settings and reasons come out as text wherever they are shown: on the
// pages of everybody, in mails and on papers (ASVS 1.1.2, 1.2.1, 1.3.11).
func TestNamesAndReasonsComeOutAsText(t *testing.T) {
	t.Parallel()
	h, dsn := houseOnFile(t)
	paper := h.plantEverywhere(t, dsn)
	seen := map[int]bool{}
	look := func(what string, p pageSeen) {
		onlyText(t, what, p)
		for n := 1; n < plants; n++ {
			seen[n] = seen[n] || strings.Contains(shownText(t, p), plant(n))
		}
	}
	for _, login := range []string{"hanako", "kanri", "betsu", "akui@nac.example", "shinsa", "sekinin"} {
		b := h.as(t, login)
		from := "/"
		if strings.HasPrefix(login, "s") {
			from = "/desk?queue=found"
		}
		g := &harvest{t: t, h: h, seen: map[string]bool{}, times: map[string]int{}, samples: map[string]string{}, forms: map[string]sent{}}
		g.gather(b, from)
		for _, address := range []string{"/account/factors", "/people", "/desk/calendar?year=2024", "/desk/establishments/e3", "/desk/establishments/e1/people"} {
			g.gather(b, address)
		}
		for address := range g.seen {
			look(login+" "+address, b.get(address))
		}
	}
	for n := 1; n < plants; n++ {
		if !seen[n] {
			t.Errorf("nobody sees plant %d: this test does not look where it is shown", n)
		}
	}
	if !strings.Contains(paper, plant(plantCompany)) {
		t.Error("the paper does not have the company's name as it is")
	}
	h.everyLetterIsOne(t, dsn)
}

// shownText is what a page shows as text, and what stands in its fields.
func shownText(t *testing.T, p pageSeen) string {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(string(p.body)))
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	for n := range doc.Descendants() {
		if n.Type == html.TextNode {
			text.WriteString(n.Data + "\n")
		}
		text.WriteString(attribute(n, "value") + "\n")
	}
	return text.String()
}

// plantEverywhere types a plant into each field; it returns the text of a paper of the company with one for a name.
func (h *house) plantEverywhere(t *testing.T, dsn string) (paper string) {
	t.Helper()
	h.furnishHostile(t, plant(plantCompany), plant(plantEstablishment))
	kanri, hanako, shinsa, sekinin := h.as(t, "kanri"), h.as(t, "hanako"), h.as(t, "shinsa"), h.as(t, "sekinin")
	person := url.Values{"role": {"applicant"}, "name": {plant(plantPerson)}, "kana": {"ミホン"}, "department": {plant(plantDepartment)}, "position": {plant(plantPosition)},
		"phone": {"03-1234-5678"}, "email": {"akui@nac.example"}, "password": {testPassword}}
	kanri.want(kanri.post("/people/new", person), 200)
	h.takeLink(t, dsn, "akui@nac.example")

	rejected, voided := registered(t, h.as(t, "akui@nac.example"), true), registered(t, hanako, false)
	other := h.as(t, "akui3")
	id := registered(t, other, true)
	h.at(time.December, 2, 10)
	claim := func(id string) pageSeen {
		path := "/desk/applications/" + id
		return shinsa.want(shinsa.post(path+"/claim", shinsa.get(path).with()), 200)
	}
	page := claim(rejected)
	shinsa.want(shinsa.post("/desk/applications/"+rejected+"/remark", page.with("body", plant(plantMemo))), 200)
	page = shinsa.get("/desk/applications/" + rejected)
	shinsa.want(shinsa.post("/desk/applications/"+rejected+"/reject", page.with("round", page.hidden("round"), "reason", plant(plantReject))), 200)
	page = claim(voided)
	path := "/desk/applications/" + voided
	shinsa.want(shinsa.post(path+"/approve", page.with("round", page.hidden("round"), "start", "2024-12-10", "password", testPassword)), 200)
	names := hanako.get("/applications/" + voided + "/codes/1/settings/name")
	settings := hanako.get(names.path).with("do", "back", "company_name", plant(plantSettings), "company_name_kana", "ミホンショウジ", "company_name_en", "MIHON",
		"office_name", plant(plantOffice), "office_name_kana", "トウキョウ", "office_name_en", "TOKYO", "manager_name", plant(plantManager), "manager_name_kana", "ミホン ジロウ",
		"postal_code", "105-0013", "prefecture", "東京都", "address", plant(plantPlace), "phone", "03-0000-0000")
	hanako.want(hanako.post(names.path, settings), 200)
	page = sekinin.get(path + "/change-start")
	sekinin.want(sekinin.post(page.path, page.with("start", "2024-12-13", "start_reason", plant(plantStart))), 200)
	page = sekinin.get(path + "/void")
	sekinin.want(sekinin.post(page.path, page.with("reason", plant(plantVoid), "password", testPassword)), 200)

	preview := sekinin.want(sekinin.post("/desk/calendar/preview", url.Values{"do": {"add"}, "day": {"2024-12-24"}, "name": {plant(plantClosing)}}), 200)
	onlyText(t, "the preview of a closing day", preview)
	sekinin.want(sekinin.post("/desk/calendar/save", url.Values{"csv": {"day,name,closed\n2024-12-24," + plant(plantClosing) + ",yes\n"}, "digest": {preview.hidden("digest")}}), 200)
	notice := url.Values{"to": {"all"}, "establishment": {""}, "from": {"2024-12-02"}, "until": {""}, "title": {plant(plantNotice)}, "body": {plant(plantNotice)}, "title_en": {""}, "body_en": {""}}
	notice.Set("key", sekinin.post("/desk/news/preview", notice).hidden("key"))
	sekinin.want(sekinin.post("/desk/news/publish", notice), 200)
	h.write(t, func(tx *store.Tx) error { // no authenticator is at hand
		_, err := tx.InsertPasskey(t.Context(), query.InsertPasskeyParams{ID: "pk", Account: "shinsa", Handle: "handle", Name: plant(plantPasskey), Credential: "{}", CreatedAt: column.At(fridayMorning)})
		return err
	})
	return paperText(t, other.get("/applications/"+id+"/form.pdf"))
}

func (h *house) write(t *testing.T, do func(*store.Tx) error) {
	t.Helper()
	if err := h.desk.DB.InTx(t.Context(), do); err != nil {
		t.Fatal(err)
	}
}

// furnishHostile adds the company ce3 with the establishment e3, whose names are given, and its administrator akui3:
// these names come by import.
func (h *house) furnishHostile(t *testing.T, company, establishment string) {
	t.Helper()
	ctx, at := t.Context(), column.At(fridayMorning.AddDate(0, -1, 0))
	known, err := h.desk.DB.Read().GetAccountByLogin(ctx, "hanako")
	if err != nil {
		t.Fatal(err)
	}
	h.write(t, func(tx *store.Tx) error {
		for _, err := range []error{
			tx.InsertCompany(ctx, query.InsertCompanyParams{ID: "ce3", Name: company, NameKana: "アクイ", CreatedAt: at}),
			tx.InsertAbbreviation(ctx, query.InsertAbbreviationParams{Abbreviation: "AKI", Company: "ce3", Position: 1}),
			tx.InsertEstablishment(ctx, query.InsertEstablishmentParams{ID: "e3", Company: "ce3", Region: "1", Search: company, CreatedAt: at}),
			tx.InsertEstablishmentTerm(ctx, query.InsertEstablishmentTermParams{ID: "te3", Establishment: "e3", Name: establishment, NameKana: "アクイ", PostalCode: "105-0013",
				Address: establishment, Phone: "03-0000-0000", SignatoryPosition: establishment, SignatoryName: company, ValidFrom: column.On(calendar.NewDate(2020, 4, 1)), RecordedAt: at, Application: "import"}),
			tx.InsertContractTerm(ctx, query.InsertContractTermParams{ID: "pe3", Establishment: "e3", Plan: "A", Terminals: 3, GeneralPlan: "B", ValidFrom: column.On(calendar.NewDate(2020, 4, 1)), RecordedAt: at, Application: "import"}),
			tx.InsertAccount(ctx, query.InsertAccountParams{ID: "akui3", Establishment: column.Text("e3"), Role: "administrator", Login: "akui3", Name: "悪井 三郎", NameKana: "アクイ", Department: "業務部",
				Phone: "03-1111-2222", Email: "akui3@nac.example", PasswordHash: known.PasswordHash, Status: "active", CreatedAt: at}),
		} {
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// takeLink lets somebody who was invited come in; the password is then everybody's testPassword, whose hash is quick.
func (h *house) takeLink(t *testing.T, dsn, email string) {
	t.Helper()
	const chosen = "eleven gulls on a wet roof"
	b := h.browser(t)
	if p := b.post(h.link(t, dsn, email), url.Values{"password": {chosen}, "password-again": {chosen}}); p.status != 200 {
		t.Fatalf("the link: status %d: %s", p.status, text(p.body))
	}
	known, err := h.desk.DB.Read().GetAccountByLogin(t.Context(), "hanako")
	if err != nil {
		t.Fatal(err)
	}
	p, err := h.desk.DB.Read().GetAccountByLogin(t.Context(), email)
	if err != nil {
		t.Fatal(err)
	}
	h.write(t, func(tx *store.Tx) error {
		_, err := tx.SetPassword(t.Context(), query.SetPasswordParams{ID: p.ID, Version: p.Version, PasswordHash: known.PasswordHash, PasswordSetAt: column.At(h.desk.Elapsed())})
		return err
	})
}

// everyLetterIsOne wants each mail of the outbox to be one letter to one address with a subject of one line.
func (h *house) everyLetterIsOne(t *testing.T, dsn string) {
	t.Helper()
	letters, err := mail.NewLetters(h.desk.Operator.Mail)
	if err != nil {
		t.Fatal(err)
	}
	rows := ask(t, dsn, "SELECT payload FROM outbox")
	if len(rows) < 8 {
		t.Fatalf("only %d mails", len(rows))
	}
	for _, row := range rows {
		var letter mail.Letter
		if err := json.Unmarshal([]byte(row), &letter); err != nil {
			t.Fatal(err)
		}
		message, err := letters.Render(letter)
		if err != nil {
			t.Fatal(err)
		}
		if head := message.Subject + message.To.String(); strings.ContainsAny(head, "\r\n") || strings.Contains(head, "evil.example") {
			t.Errorf("the head of a mail: %q to %q", message.Subject, message.To.String())
		}
	}
}

// formulas are beginnings that a spreadsheet calculates.
func formulas() []string {
	return []string{`=HYPERLINK("https://evil.example")`, "+81-3-0000", "-2+3", "@SUM(A1)", "＝1+1"}
}

// A value that a spreadsheet would calculate comes out quoted in each file that can carry it: names of companies,
// establishments and examiners (ASVS 1.2.10). TestChargesFromUploadToInvoice has the usage file's.
func TestFormulasAreQuotedInEveryFile(t *testing.T) {
	t.Parallel()
	for _, formula := range formulas() {
		t.Run(formula, func(t *testing.T) {
			h, dsn := houseOnFile(t)
			h.furnishHostile(t, formula, formula)
			sekinin := h.as(t, "sekinin")
			sekinin.want(sekinin.post("/desk/people/new", url.Values{"role": {"examiner"}, "name": {formula}, "kana": {"シンサ"}, "phone": {"03-1234-5678"}, "email": {"akui@nac.example"}, "password": {testPassword}}), 200)
			h.takeLink(t, dsn, "akui@nac.example")
			owner := h.as(t, "akui3")
			id := registered(t, owner, true)
			h.at(time.December, 2, 10)
			examiner, path := h.as(t, "akui@nac.example"), "/desk/applications/"+id
			page := examiner.want(examiner.post(path+"/claim", examiner.get(path).with()), 200)
			carried := 0
			quoted := func(what string, p pageSeen) {
				if p.status != http.StatusOK {
					t.Fatalf("%s: status %d: %s", what, p.status, text(p.body))
				}
				rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(p.body), "\ufeff"))).ReadAll()
				if err != nil {
					t.Fatalf("%s: %v", what, err)
				}
				for _, row := range rows {
					for _, cell := range row {
						if cell != "－" && strings.ContainsAny(cell[:min(len(cell), 1)], "=+-@\t\r") || strings.HasPrefix(cell, "＝") {
							t.Errorf("%s: a spreadsheet would calculate %q", what, cell)
						}
						if strings.HasPrefix(cell, "'"+formula) {
							carried++
						}
					}
				}
			}
			quoted("the queue", sekinin.save("/desk.csv?queue=found"))
			if carried != 3 {
				t.Errorf("the queue has the names of company, establishment and examiner %d times", carried)
			}
			examiner.want(examiner.post(path+"/approve", page.with("round", page.hidden("round"), "start", "2024-12-10", "password", testPassword)), 200)
			h.at(time.December, 12, 10)
			for _, file := range []string{"/applications.csv", "/contract.csv", "/contract/compare.csv?from=2024-12-01&to=2024-12-12", "/charges.csv"} {
				quoted(file, owner.save(file))
			}
			for _, file := range []string{"contract.csv", "contract/compare.csv?from=2024-12-01&to=2024-12-12", "charges.csv"} {
				quoted(file, sekinin.save("/desk/establishments/e3/"+file))
			}
		})
	}
}

// A line break in a text that goes into a head of a mail or of an answer is refused at its field, or is none there:
// names and addresses of people, titles, names of files and days (ASVS 1.3.11).
func TestLineBreaksReachNoHeader(t *testing.T) {
	t.Parallel()
	h, dsn := houseOnFile(t)
	kanri, hanako, sekinin := h.as(t, "kanri"), h.as(t, "hanako"), h.as(t, "sekinin")
	good := url.Values{"role": {"applicant"}, "name": {"新田 三郎"}, "kana": {"ニッタ"}, "department": {"業務部"}, "position": {"課長"}, "phone": {"03-1234-5678"}, "email": {"nitta@nac.example"}, "password": {testPassword}}
	breaks := []string{"\r\n", "\n", "\r", "\u0085", "\x0b"}
	for _, field := range []string{"name", "kana", "department", "position", "phone", "email"} {
		for _, cut := range breaks {
			typed := url.Values{}
			for name, values := range good {
				typed[name] = slices.Clone(values)
			}
			typed.Set(field, good.Get(field)+cut+"Bcc: all@evil.example")
			if p := kanri.post("/people/new", typed); p.status != http.StatusUnprocessableEntity || strings.Contains(string(p.body), `id="password-problem"`) {
				t.Errorf("a person's %s with %q: status %d", field, cut, p.status)
			}
		}
	}
	hanako.want(hanako.post("/account/who", url.Values{"password": {testPassword}}), 200)
	for _, cut := range breaks {
		evil := "x@nac.example" + cut + "Bcc: all@evil.example"
		if p := hanako.post("/account/address", url.Values{"address": {evil}}); p.status != http.StatusUnprocessableEntity {
			t.Errorf("an address with %q: status %d", cut, p.status)
		}
		if p := hanako.post("/reset", url.Values{"login": {evil}}); p.status >= 500 {
			t.Errorf("a login with %q: status %d", cut, p.status)
		}
		if p := sekinin.post("/desk/calendar/preview", url.Values{"do": {"add"}, "day": {"2024-12-24"}, "name": {"休業" + cut + "X: y"}}); p.status != http.StatusUnprocessableEntity {
			t.Errorf("a closing day with %q: status %d", cut, p.status)
		}
		notice := url.Values{"to": {"all"}, "establishment": {""}, "from": {"2024-12-02"}, "until": {""}, "title": {"停止" + cut + "X: y"}, "body": {"予定"}, "title_en": {""}, "body_en": {""}}
		if p := sekinin.post("/desk/news/preview", notice); p.status != http.StatusUnprocessableEntity {
			t.Errorf("the title of a notice with %q: status %d", cut, p.status)
		}
	}
	h.approvedOn(t, "2024-12-10")
	for _, name := range []string{"端末\r\nX-Evil: y.p12", "端末%0d%0aX-Evil: y.p12", "端末\";x=y.p12", "端末\u2028.p12"} {
		p := sekinin.sendFile(name, []byte{0x30, 0x82, 1, 2}, "kind", "certificate", "establishment", "e1", "terminal", "1")
		if p.status == http.StatusUnprocessableEntity {
			continue
		}
		sekinin.want(p, 200)
		got := hanako.post("/files/"+between(t, hanako.get("/files").body, `action="/files/`, `"`), url.Values{})
		if said := got.header.Get("Content-Disposition"); got.header.Get("X-Evil") != "" || strings.ContainsAny(strings.TrimPrefix(said, "attachment; "), "\r\n\"; ") {
			t.Errorf("the name %q leaves as %q", name, said)
		}
		at := between(t, sekinin.get("/desk/files").body, `href="/desk/files/`, `/`)
		sekinin.want(sekinin.post("/desk/files/"+at+"/withdraw", url.Values{}), 200, htmlcheck.In(".empty"))
	}
	for _, row := range ask(t, dsn, "SELECT name || ' ' || email || ' ' || department FROM accounts") {
		if strings.Contains(row, "evil.example") {
			t.Errorf("an account is %q", row)
		}
	}
	if rows := ask(t, dsn, "SELECT payload FROM outbox"); len(rows) == 0 || strings.Contains(strings.Join(rows, ""), "evil.example") {
		t.Errorf("%d mails, and one holds the other address", len(rows))
	}
}
