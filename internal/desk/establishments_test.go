package desk_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"uketsuke/internal/account"
	"uketsuke/internal/application"
	"uketsuke/internal/desk"
	"uketsuke/internal/sample"
)

// C4: one establishment is found by everything it is known by, however that is typed (S10).
func TestEstablishmentsAreFound(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		ref, _ := h.Approved(sample.S1("2024-12-12"))
		receipt := h.Case(h.Applicant, ref.ID).Receipt
		h.Registered(by(h.OtherApplicant, sample.S1("2024-12-12")))
		h.ok(h.Desk.Invite(t.Context(), h.Supervisor, sample.Tokyo, desk.PersonForm{Role: "viewer", Name: "新田 三郎", NameKana: "ニッタ", Phone: "045-987-6543", Email: "saburo@mihon.example"}))
		page, err := h.Desk.Establishment(t.Context(), h.Examiner, sample.Tokyo)
		h.ok(err)
		e := page.Establishment
		find := func(typed string) []string {
			list, err := h.Desk.Establishments(t.Context(), h.Examiner, typed, "")
			h.ok(err)
			var ids []string
			for _, row := range list.Rows {
				ids = append(ids, row.ID)
			}
			return ids
		}
		all := find("")
		if len(all) < 3 {
			t.Fatalf("without a search: %v", all)
		}
		for _, typed := range []string{e.Company + " " + e.Name, e.CompanyKana + "　" + e.NameKana, "1ANAC", "１ａｎａｃａ０ｂ", "1ANACA0A", receipt,
			strings.ToLower(receipt), "SABURO@mihon", "045-987-6543", "０４５ー９８７ー６５４３", "0459876543"} {
			if got := find(typed); !slices.Contains(got, sample.Tokyo) || len(got) == len(all) {
				t.Errorf("%q finds %v", typed, got)
			}
		}
		for _, typed := range []string{"1ANA", "1ZZZZ", "2499999A", "%", "_", "いない", e.Company + " いない"} {
			if got := find(typed); len(got) != 0 && typed != "1ANA" || slices.Contains(got, sample.Tokyo) {
				t.Errorf("%q finds %v", typed, got)
			}
		}
		if len(page.Applications) != 1 || len(page.Members) < 4 {
			t.Errorf("the page has %d applications and %d people", len(page.Applications), len(page.Members))
		}
		for _, err := range []error{second(h.Desk.Establishments(t.Context(), h.Administrator, "", "")), second(h.Desk.Establishment(t.Context(), h.Administrator, sample.Tokyo))} {
			if !errors.Is(err, desk.ErrForbidden) {
				t.Errorf("an administrator: %v", err)
			}
		}
		if _, err := h.Desk.Establishment(t.Context(), h.Examiner, "none"); !errors.Is(err, desk.ErrNotFound) {
			t.Errorf("none: %v", err)
		}
	})
}

// Lists of establishments go on where they stopped.
func TestEstablishmentsPageByKey(t *testing.T) {
	each(t, monday, func(t *testing.T, h *house) {
		_, err := h.raw.ExecContext(t.Context(), `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60)
INSERT INTO establishments (id, company, region, version, search, created_at)
SELECT 'x' || n.i, e.company, e.region, 1, e.search || (n.i % 7), e.created_at FROM establishments e, n WHERE e.id = $1`, sample.Tokyo)
		h.ok(err)
		var seen []string
		after := ""
		for range 10 {
			list, err := h.Desk.Establishments(t.Context(), h.Examiner, "", after)
			h.ok(err)
			for _, row := range list.Rows {
				seen = append(seen, row.ID)
			}
			if after = list.Next; after == "" {
				break
			}
		}
		want := h.count("establishments", "1 = 1")
		slices.Sort(seen)
		if len(seen) != want || len(slices.Compact(seen)) != want {
			t.Errorf("%d rows on all pages, want %d", len(seen), want)
		}
	})
}

// R-MAIL-3, trap 33: the mail of an account goes to the person alone; its link works once, for seven real days,
// and stands in no row.
func TestInvitation(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		ctx := t.Context()
		form := desk.PersonForm{Role: "administrator", Name: "新田 三郎", NameKana: "にった さぶろう", Department: "通関部", Phone: "０３－１２３４－５６７８", Email: "Saburo@mihon.example"}
		h.ok(h.Desk.Invite(ctx, h.Supervisor, sample.Tokyo, form))
		rows := h.rows("SELECT recipient, payload FROM outbox WHERE kind = 'invited'")
		if len(rows) != 1 || !strings.HasPrefix(rows[0], "Saburo@mihon.example | ") {
			t.Fatalf("mails: %v", rows)
		}
		link := h.rows("SELECT id FROM setup_links WHERE account IN (SELECT id FROM accounts WHERE email = 'Saburo@mihon.example')")[0]
		url, err := h.Desk.LinkURL(link)
		h.ok(err)
		token, below := strings.CutPrefix(url, "https://nss.centre.example/setup/")
		if !below {
			t.Fatalf("the link is %s", url)
		}
		_, secret, _ := strings.Cut(token, ".")
		for table, all := range h.dump() {
			if strings.Contains(all, secret) {
				t.Errorf("the link stands in %s", table)
			}
		}
		member := func() desk.Member {
			page, err := h.Desk.Establishment(ctx, h.Examiner, sample.Tokyo)
			h.ok(err)
			return page.Members[slices.IndexFunc(page.Members, func(m desk.Member) bool { return m.Name == form.Name })]
		}
		m := member()
		equal(t, "status", m.Status, "invited")
		equal(t, "kana", m.NameKana, "ニッタ サブロウ")
		equal(t, "phone", m.Phone, "03-1234-5678")
		equal(t, "login", m.Login, "saburo@mihon.example")
		equal(t, "link until", m.LinkUntil.After(h.Elapsed().Add(6*24*time.Hour)), true)

		h.ok(h.Desk.SendLink(ctx, h.Supervisor, sample.Tokyo, m.ID)) // the first is over
		if _, err := h.Desk.SetupLink(ctx, token); !errors.Is(err, desk.ErrNotFound) {
			t.Errorf("the first link: %v", err)
		}
		again := h.rows("SELECT id FROM setup_links WHERE used_at IS NULL AND account = $1", string(m.ID))[0]
		url, err = h.Desk.LinkURL(again)
		h.ok(err)
		token = strings.TrimPrefix(url, "https://nss.centre.example/setup/")
		h.ok(h.Desk.SetFirstPassword(ctx, token, "purple harbour crane 7", "purple harbour crane 7"))
		proof, err := h.Desk.SignIn(ctx, "SABURO@mihon.example", "purple harbour crane 7", desk.Arrival{From: "192.0.2.1"})
		h.ok(err)
		session, err := h.Desk.SignedIn(ctx, proof.Account, desk.Arrival{How: "password", From: "192.0.2.1"})
		h.ok(err)
		equal(t, "role", session.Actor.Role, account.Administrator)
		m = member()
		equal(t, "status", m.Status, "active")
		equal(t, "no link", m.LinkUntil.IsZero(), true)
		equal(t, "last sign-in", m.LastSignIn, h.Now())
		equal(t, "mails", h.count("outbox", "kind = 'invited' AND recipient = 'Saburo@mihon.example'"), 2)
		equal(t, "evidence", h.count("audit_entries", "act IN ('add-person', 'link-person') AND actor = $1 AND establishment = $2", string(h.Supervisor.ID), sample.Tokyo), 2)
		h.Pass(8 * 24 * time.Hour)
	})
}

func TestInvitationRefuses(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		ctx := t.Context()
		right := desk.PersonForm{Role: "viewer", Name: "新田 三郎", NameKana: "ニッタ サブロウ", Phone: "0312345678", Email: "saburo@mihon.example"}
		for field, spoil := range map[string]func(*desk.PersonForm){
			"name": func(p *desk.PersonForm) { p.Name = "" }, "kana": func(p *desk.PersonForm) { p.NameKana = "漢字" },
			"phone": func(p *desk.PersonForm) { p.Phone = "1" }, "email": func(p *desk.PersonForm) { p.Email = "花子@x" },
			"role": func(p *desk.PersonForm) { p.Role = "supervisor" },
		} {
			p := right
			spoil(&p)
			err := h.unchanged(field, func() error { return h.Desk.Invite(ctx, h.Supervisor, sample.Tokyo, p) })
			broken(t, err, "R-APP-12", field)
		}
		h.ok(h.Desk.Invite(ctx, h.Supervisor, sample.Tokyo, right))
		err := h.unchanged("taken", func() error { return h.Desk.Invite(ctx, h.Supervisor, sample.Tokyo, right) })
		broken(t, err, "ASVS-6.3.1", "email")
		for name, err := range map[string]error{
			"invite by an examiner":      h.unchanged("examiner", func() error { return h.Desk.Invite(ctx, h.Examiner, sample.Tokyo, right) }),
			"invite by an applicant":     h.unchanged("applicant", func() error { return h.Desk.Invite(ctx, h.Applicant, sample.Tokyo, right) }),
			"send a link by an examiner": h.unchanged("link", func() error { return h.Desk.SendLink(ctx, h.Examiner, sample.Tokyo, h.Applicant.ID) }),
			"send a link by a viewer":    h.unchanged("viewer", func() error { return h.Desk.SendLink(ctx, h.Viewer, sample.Tokyo, h.Applicant.ID) }),
		} {
			if !errors.Is(err, desk.ErrForbidden) {
				t.Errorf("%s: %v", name, err)
			}
		}
		for name, err := range map[string]error{
			"into nowhere":           h.unchanged("nowhere", func() error { return h.Desk.Invite(ctx, h.Supervisor, "none", right) }),
			"of another":             h.unchanged("another", func() error { return h.Desk.SendLink(ctx, h.Supervisor, sample.Tokyo, h.OtherApplicant.ID) }),
			"of the centre's people": h.unchanged("centre", func() error { return h.Desk.SendLink(ctx, h.Supervisor, sample.Tokyo, h.Examiner.ID) }),
			"of nobody":              h.unchanged("nobody", func() error { return h.Desk.SendLink(ctx, h.Supervisor, sample.Tokyo, "none") }),
		} {
			if !errors.Is(err, desk.ErrNotFound) {
				t.Errorf("%s: %v", name, err)
			}
		}
		equal(t, "the kind has a name", application.MailInvited.Japanese(), "アカウント登録のご案内")
	})
}
