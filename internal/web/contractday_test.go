package web

import (
	"encoding/csv"
	"encoding/json"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"

	"uketsuke/internal/account"
	"uketsuke/internal/calendar"
	"uketsuke/internal/desk"
	"uketsuke/internal/sample"
	"uketsuke/internal/store"
	"uketsuke/internal/store/storetest"
	"uketsuke/internal/web/holding"
	"uketsuke/internal/web/htmlcheck"
	"uketsuke/internal/web/kit"

	"golang.org/x/net/html"
)

// A lived house is one behind which a whole life of codes has been lived by the commands of the desk.
type lived struct {
	*sample.World
	*house
}

func live(t *testing.T, db *store.DB) *lived {
	t.Helper()
	l := &lived{World: sample.New(t, db, "2024-12-02T10:00:00+09:00"), house: &house{}}
	l.house.desk = l.Desk
	var err error
	l.server, err = New(kit.Config{Desk: l.Desk, Sessions: store.NewSessions(db, l.Elapsed), Elapsed: l.Elapsed, Log: testLog(t)})
	if err != nil {
		t.Fatal(err)
	}
	serving := httptest.NewServer(l.server)
	t.Cleanup(serving.Close)
	l.url = serving.URL
	return l
}

// as is a browser in which somebody of the sample has logged in.
func (l *lived) as(t *testing.T, who account.Actor) *browser {
	t.Helper()
	b := l.browser(t)
	if p := b.signIn(l.Desk, sample.Login(who), sample.Password, "/login"); strings.HasPrefix(p.path, "/login") {
		t.Fatalf("login as %s: status %d: %s", who.ID, p.status, p.body)
	}
	return b
}

// s11 approves the changes of S11 on the contract of S3: a number added, a code deleted, statistics paid off.
func (l *lived) s11() {
	number := sample.Keep(true, true)
	number.Block = sample.Block("netnaccs", "1", "customs-broker")
	l.Approved(sample.S3("2024-12-12"))
	l.At("2024-12-12T10:00:00+09:00")
	l.Approved(sample.Order{Desired: "2024-12-23", Existing: map[string]desk.ExistingForm{"1ANAC": number}})
	l.Approved(sample.Order{Desired: "2024-12-24", Existing: map[string]desk.ExistingForm{"1BNAC": {Delete: true}}})
	l.At("2024-12-24T10:00:00+09:00")
	l.Approved(sample.Order{Desired: "2025-01-09", Existing: map[string]desk.ExistingForm{"1ANAC": sample.Keep(false, true)}})
}

// The hand-made tables of S12. Kind, subject, plan and terminals or category, trades, method and single sign-on or
// statistics paid, free and archive, since, until. On 2024-12-12 it was decided that 1BNAC ends on 2024-12-24.
const (
	netPart     = "契約 netNACCS Aプラン 3"
	generalPart = "契約 一般NACCS Bプラン 0"
	code1A      = "利用者コード 1ANAC 共用 通関業 あり あり なし 2024-12-12 －"
	code1AOff   = "利用者コード 1ANAC 共用 通関業 なし あり なし 2024-12-12 －"
	code1B      = "利用者コード 1BNAC 共用 混載業 なし なし なし 2024-12-12 2024-12-24"
	id1A0A      = "利用者ID 1ANACA0A 共用 通関業 netNACCS 否 2024-12-12 －"
	id1A0B      = "利用者ID 1ANACA0B 共用 通関業 netNACCS 否 2024-12-23 －"
	id1B0A      = "利用者ID 1BNACA0A 共用 混載業 netNACCS 否 2024-12-12 2024-12-24"
)

// s12 says for the day before, the day of and the day after each start date what stands.
func s12() map[string][]string {
	none := []string{netPart, generalPart}
	s3 := []string{netPart, generalPart, code1A, code1B, id1A0A, id1B0A}
	added := []string{netPart, generalPart, code1A, code1B, id1A0A, id1A0B, id1B0A}
	deleted := []string{netPart, generalPart, code1A, id1A0A, id1A0B}
	off := []string{netPart, generalPart, code1AOff, id1A0A, id1A0B}
	return map[string][]string{
		"2024-12-11": none, "2024-12-12": s3, "2024-12-13": s3,
		"2024-12-22": s3, "2024-12-23": added, "2024-12-24": deleted, "2024-12-25": deleted,
		"2025-01-08": deleted, "2025-01-09": off, "2025-01-10": off,
	}
}

// S12: after S3 and S11 page, CSV and JSON say the same of each day, for the establishment and for the centre; asked
// again later, they say it in the same bytes (R-CON-2).
func TestS12InPageCSVAndJSON(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		l := live(t, db)
		l.s11()
		places := map[string]*browser{"/contract": l.as(t, l.Viewer), "/desk/establishments/" + sample.Tokyo + "/contract": l.as(t, l.Examiner)}
		files := map[string]string{}
		look := func() {
			for base, b := range places {
				for on, want := range s12() {
					b.t = t
					sameLines(t, base+" page on "+on, pageLines(t, b, base, on), want)
					for kind, lines := range map[string]func(*testing.T, []byte) []string{".csv": csvLines, ".json": jsonLines} {
						p := b.save(base+kind+"?on="+on, sample.Password)
						if p.status != 200 || !strings.HasPrefix(p.header.Get("Content-Disposition"), "attachment") {
							t.Fatalf("%s%s: status %d", base, kind, p.status)
						}
						sameLines(t, base+kind+" on "+on, lines(t, p.body), want)
						if day := calendar.MustDate(on); day.Before(calendar.DateOf(l.Now())) {
							if was, known := files[base+kind+on]; known && was != string(p.body) {
								t.Errorf("R-CON-2 %s%s on %s is not what it was: %s, before %s", base, kind, on, p.body, was)
							}
							files[base+kind+on] = string(p.body)
						}
					}
				}
			}
		}
		look()
		l.At("2025-01-20T10:00:00+09:00")
		if err := l.Desk.Tick(t.Context()); err != nil {
			t.Fatal(err)
		}
		look()
		l.Approved(sample.Order{Desired: "2025-01-30", Existing: map[string]desk.ExistingForm{"1ANAC": {Delete: true}}})
		look()
	})
}

func sameLines(t *testing.T, what string, got, want []string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("S12 %s:\n got %s\nwant %s", what, strings.Join(got, "\n     "), strings.Join(want, "\n     "))
	}
}

// pageLines reads the tables off the tabs of the page; archive stands on the tab of charges too, so both must agree.
func pageLines(t *testing.T, b *browser, base, on string) []string {
	t.Helper()
	net, general, charges := "", "", map[string]string{}
	var lines []string
	for _, tab := range []string{holding.TabNet, holding.TabGeneral, holding.TabCharges} {
		p := b.want(b.get(base+"?tab="+tab+"&on="+on), 200)
		doc, err := html.Parse(strings.NewReader(string(p.body)))
		if err != nil {
			t.Fatal(err)
		}
		for n := range doc.Descendants() {
			switch {
			case n.Data == "dl" && tab == holding.TabNet && net == "":
				net = "契約 netNACCS " + definitions(n)
			case n.Data == "dl" && tab == holding.TabGeneral && general == "":
				general = "契約 一般NACCS " + definitions(n)
			case n.Data == "tr" && n.Parent.Data == "tbody":
				row := cells(n)
				kind := "利用者コード "
				if len(row[0]) == 8 {
					kind = "利用者ID "
				}
				if tab == holding.TabCharges {
					charges[row[0]] = strings.Join(row[1:], " ")
					continue
				}
				lines = append(lines, kind+strings.Join(row, " "))
			}
		}
	}
	for _, line := range lines {
		words := strings.Fields(line)
		if services := charges[words[1]]; words[0] == "利用者コード" && services != strings.Join(words[4:7], " ") {
			t.Errorf("S12 on %s the tab of charges says %q of %s", on, services, line)
		}
	}
	return append([]string{net, general}, lines...)
}

// definitions are plan and terminals as a line says them.
func definitions(n *html.Node) string {
	var words []string
	for d := range n.Descendants() {
		if d.Data == "dd" {
			words = append(words, strings.TrimSuffix(strings.TrimSpace(htmlcheck.Text(d)), "台"))
		}
	}
	return strings.Join(words, " ")
}

// cells are the fields of a row: the sign ○ or － is drawn beside its word, and days are written out.
func cells(tr *html.Node) []string {
	var row []string
	for n := range tr.Descendants() {
		if n.Data != "td" {
			continue
		}
		text := strings.TrimSpace(htmlcheck.Text(n))
		if strings.HasSuffix(text, "履歴") {
			text = strings.Fields(text)[0]
		}
		for _, word := range []string{"あり", "なし"} {
			if strings.HasSuffix(text, word) {
				text = word
			}
		}
		written, _, _ := strings.Cut(text, "(")
		if day, err := calendar.ParseTyped(written); err == nil {
			text = day.String()
		}
		row = append(row, text)
	}
	return row
}

func csvLines(t *testing.T, body []byte) []string {
	t.Helper()
	text, marked := strings.CutPrefix(string(body), "\ufeff")
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil || !marked || rows[0][0] != "表示する日" || len(rows[0]) != 14 {
		t.Fatalf("no such file: %v, %q", err, body)
	}
	var lines []string
	for _, row := range rows[1:] {
		words := []string{row[1], row[2]}
		for i, cell := range row[3:] {
			switch last := i == len(row)-4; {
			case last && cell == "" && row[1] != "契約":
				words = append(words, "－")
			case cell != "":
				words = append(words, cell)
			}
		}
		lines = append(lines, strings.Join(words, " "))
	}
	return lines
}

// jsonLines reads what programs read, and says it in the words of the catalogue.
func jsonLines(t *testing.T, body []byte) []string {
	t.Helper()
	var read struct{ Lines []map[string]any }
	if err := json.NewDecoder(strings.NewReader(string(body))).Decode(&read); err != nil {
		t.Fatal(err)
	}
	words := map[any]string{"part": "契約", "code": "利用者コード", "id": "利用者ID", "net": "netNACCS", "general": "一般NACCS", "A": "Aプラン", "B": "Bプラン",
		"common": "共用", "customs-broker": "通関業", "consolidator": "混載業", "netnaccs": "netNACCS"}
	var lines []string
	for _, line := range read.Lines {
		var said []string
		for _, key := range []string{"kind", "subject", "plan", "terminals", "category", "trades", "method", "single_sign_on", "statistics_paid",
			"statistics_free", "bonded_archive", "since", "until"} {
			value, there := line[key]
			if !there {
				t.Fatalf("no %s in %v", key, line)
			}
			if trades, is := value.([]any); is && len(trades) == 1 {
				value = trades[0]
			}
			switch v := value.(type) {
			case nil:
				if key == "until" && line["kind"] != "part" {
					said = append(said, "－")
				}
			case string:
				if word, known := words[v]; known {
					v = word
				}
				said = append(said, v)
			case float64:
				said = append(said, strconv.Itoa(int(v)))
			case bool:
				said = append(said, map[bool]string{true: "あり", false: "なし"}[v])
				if key == "single_sign_on" {
					said[len(said)-1] = map[bool]string{true: "要", false: "否"}[v]
				}
			}
		}
		lines = append(lines, strings.Join(said, " "))
	}
	return lines
}

// The pages around the contract: histories, comparison, and what is wrong with a day.
func TestContractHistoryAndComparison(t *testing.T) {
	t.Parallel()
	l := live(t, storetest.SQLite(t))
	l.s11()
	b, stranger, examiner := l.as(t, l.Applicant), l.as(t, l.OtherApplicant), l.as(t, l.Examiner)
	home := "/desk/establishments/" + sample.Tokyo
	coming := htmlcheck.In(".history", htmlcheck.HasText("2025年1月9日(木)"), htmlcheck.HasText("変更 利用者コード 1ANAC"), htmlcheck.HasText("変更前 あり"), htmlcheck.HasText("変更後 なし"))
	b.want(b.get("/contract"), 200, coming, htmlcheck.In(`a[href="/contract/ids/1ANACA0B"]`), htmlcheck.In(`form[action="/contract.csv"] input[name="on"][value="2024-12-24"]`))
	b.want(b.get("/contract?on=2024-12-13"), 200, htmlcheck.In(".lead", htmlcheck.HasText("今後も変わりません")))
	examiner.want(examiner.get(home+"/contract"), 200, coming, htmlcheck.In(`a[href="`+home+`/contract/ids/1ANACA0B"]`), htmlcheck.In("main", htmlcheck.HasText("見本商事株式会社")))

	for path, who := range map[string]*browser{"/contract?tab=company": b, home: examiner, home + "/contract?tab=company": examiner} {
		who.want(who.get(path), 200, htmlcheck.In("dl.pairs", htmlcheck.HasText("見本 一郎"), htmlcheck.HasText("105-0013")))
	}
	b.want(b.get("/contract?tab=company&on=2019-01-01"), 200, htmlcheck.In("dl.pairs", htmlcheck.NoText("見本 一郎")))

	life := b.want(b.get("/contract/codes/1BNAC"), 200, htmlcheck.In("h1", htmlcheck.HasText("1BNAC")), htmlcheck.In(".lead", htmlcheck.HasText("欠番（削除）")),
		htmlcheck.In(".history", htmlcheck.HasText("2400001A"), htmlcheck.HasText("2400003A"), htmlcheck.HasText("2024年12月24日")))
	if next := linksOf(t, life.body); !slices.ContainsFunc(next, func(at string) bool { return strings.HasPrefix(at, "/applications/") }) {
		t.Errorf("no link to the application that brought the code: %v", next)
	}
	b.want(b.get("/contract/ids/1anaca0a"), 200, htmlcheck.In(".lead", htmlcheck.HasText("利用中")))
	examiner.want(examiner.get(home+"/contract/ids/1ANACA0A"), 200, htmlcheck.In("main", htmlcheck.HasText("見本商事株式会社")))
	for _, path := range []string{"/contract/codes/1ANAC", "/contract/ids/1ANACA0A", "/contract/codes/none", "/contract/ids/1"} {
		if p := stranger.get(path); p.status != 404 {
			t.Errorf("trap 27 %s: status %d", path, p.status)
		}
	}
	for _, path := range []string{"/desk/establishments/none/contract", "/desk/establishments/" + sample.Other + "/contract/codes/1ANAC"} {
		if p := examiner.get(path); p.status != 404 {
			t.Errorf("trap 27 %s: status %d", path, p.status)
		}
	}

	b.want(b.get("/contract/compare?from=2024-12-13&to=2025-01-09"), 200, htmlcheck.Count(".compared .tag", 4), htmlcheck.In(".compared", htmlcheck.HasText("削除 利用者コード 1BNAC")))
	b.want(b.get("/contract/compare?from=2024-12-13&to=2024-12-13"), 200, htmlcheck.In(".empty", htmlcheck.HasText("違いはありません")))
	b.want(b.get("/contract/compare?from=x&to=2024-02-30"), 422, htmlcheck.In(`.summary a[href="#from"]`), htmlcheck.In(`.summary a[href="#to"]`))
	b.want(b.get("/contract/compare?from=2025-01-02&to=2025-01-01"), 422, htmlcheck.In(`.summary a[href="#to"]`))
	b.want(b.save("/contract.csv?on=x", sample.Password), 422)
	file := b.save("/contract/compare.csv?from=2025-01-08&to=2025-01-09", sample.Password)
	if want := "2025-01-08,2025-01-09,変更,利用者コード,1ANAC,有料分,あり,なし\r\n"; !strings.HasSuffix(string(file.body), want) || strings.Count(string(file.body), "\r\n") != 2 {
		t.Errorf("the comparison as CSV: %q", file.body)
	}
}
