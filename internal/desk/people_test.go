package desk_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"uketsuke/internal/account"
	"uketsuke/internal/application"
	"uketsuke/internal/catalogue"
	"uketsuke/internal/desk"
	"uketsuke/internal/sample"
)

// Trap 3: an import goes through the same checks and keys as everybody, all of it or nothing.
func TestTrap3ImportsDoNotGoRoundTheRules(t *testing.T) {
	code := func(code, number string) desk.NewCode {
		c := desk.NewCode{Code: code, Category: application.CategoryCommon}
		c.IDs = append(c.IDs, struct {
			Number       string   `json:"number"`
			Trades       []string `json:"trades"`
			Method       string   `json:"method"`
			SingleSignOn bool     `json:"single_sign_on"`
		}{Number: number, Trades: []string{"customs-broker"}, Method: "netnaccs"})
		return c
	}
	eachSound(t, monday, func(t *testing.T, h *house) {
		h.Approved(sample.S2("2024-12-12"))
		setup := func(id string, codes ...desk.NewCode) desk.Setup {
			e := sample.Setup().Establishments[0]
			e.ID, e.Codes = id, codes
			return desk.Setup{Establishments: []desk.NewEstablishment{e}}
		}
		run := func(s desk.Setup) error {
			return h.unchanged("a refused import", func() error { _, err := h.Desk.Import(t.Context(), operator(), s, false); return err })
		}
		broken(t, run(setup("e-new", code("1CNAC", "A0A"), code("1ANAC", "A0A"))), "R-ID-6", "code")
		broken(t, run(setup("e-new", code("V1NAC", "A0A"))), "R-ID-7", "code")
		broken(t, run(setup(sample.Tokyo)), "R-ID-6", "id")
		_, err := h.Desk.Import(t.Context(), operator(), setup("e-new", code("1BNAC", "A0A")), true)
		h.ok(err)
		equal(t, "a dry run", h.count("user_codes", "code = '1BNAC'"), 0)
		_, err = h.Desk.Import(t.Context(), operator(), setup("e-new", code("1BNAC", "A0A")), false)
		h.ok(err)
		next, _ := h.Approved(sample.S2("2024-12-12"))
		same(t, "R-ID-7 what was imported is passed over", h.ids(next.ID), []string{"1CNACA0A"})
	})
}

// The catalogue keeps methods that are no longer offered for contracts from before; R-APP-7 bounds what may be
// applied for, not what exists.
func TestImportOfOldContracts(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		e := sample.Setup().Establishments[0]
		old := desk.NewCode{Code: "1BNAC", Category: application.CategoryCommon}
		for n := range 120 {
			old.IDs = append(old.IDs, desk.NewID{Number: fmt.Sprintf("%03d", n+1), Trades: []string{"customs-broker"}, Method: "direct"})
		}
		e.ID, e.Codes = "e-old", []desk.NewCode{old}
		_, err := h.Desk.Import(t.Context(), operator(), desk.Setup{Establishments: []desk.NewEstablishment{e}}, false)
		h.ok(err)
		equal(t, "IDs", h.count("user_ids", "code = '1BNAC'"), 120)
		old.Code, old.IDs[0].Method = "1CNAC", "telepathy"
		e.ID, e.Codes = "e-wrong", []desk.NewCode{old}
		_, err = h.Desk.Import(t.Context(), operator(), desk.Setup{Establishments: []desk.NewEstablishment{e}}, false)
		broken(t, err, "R-APP-7", "rows.0.method")
	})
}

// Trap 9, R-APP-13: what was typed is on the server, for every process and colleague, right or wrong.
func TestTrap9TypedValuesOutliveTheSession(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		draft := h.Draft(sample.S1("2024-12-12"))
		form := map[string][]string{"desired": {"2024年13月"}, "reason": {strings.Repeat("長", 600)}}
		h.ok(h.Desk.KeepTyped(t.Context(), h.Applicant, draft, "start", form))
		view, err := h.reopened().Case(t.Context(), h.Administrator, draft.ID)
		h.ok(err)
		equal(t, "typed", asText(view.Draft.Typed["start"]), asText(form))
		equal(t, "what was right before stays", view.Draft.Document.Desired, day("2024-12-12"))
		h.ok(h.Desk.SaveStart(t.Context(), h.Applicant, h.Ref(draft.ID), desk.StartForm{Kinds: []string{"user-code"}, Desired: "2024-12-12", Reason: "理由"}))
		equal(t, "gone when the page passes", len(h.Case(h.Applicant, draft.ID).Draft.Typed), 0)
	})
}

// Trap 11: a draft outlives a catalogue without its trade; the applicant is told and can go on.
func TestTrap11DraftsOutliveTheCatalogue(t *testing.T) {
	over := fstest.MapFS{}
	for _, name := range []string{"trades.csv", "setting-fields.csv", "setup-transactions.csv"} {
		text, err := os.ReadFile("../catalogue/data/" + name)
		if err != nil {
			t.Fatal(err)
		}
		var kept [][]byte
		for line := range bytes.Lines(text) {
			if !bytes.Contains(line, []byte("consolidator,")) && !bytes.Contains(line, []byte("trade:consolidator")) {
				kept = append(kept, line)
			}
		}
		over[name] = &fstest.MapFile{Data: bytes.Join(kept, nil)}
	}
	cat, err := catalogue.Load(over)
	if err != nil {
		t.Fatal(err)
	}
	eachSound(t, monday, func(t *testing.T, h *house) {
		draft := h.Draft(sample.S1("2024-12-12"))
		h.Desk.Catalogue = cat
		equal(t, "rows", len(h.Case(h.Applicant, draft.ID).Document.Codes[0].Rows), 2)
		_, err := h.Desk.Register(t.Context(), h.Applicant, draft, true)
		broken(t, err, "R-APP-1", "")
		h.ok(h.Desk.RemoveRow(t.Context(), h.Applicant, draft, 1, 1))
		_, err = h.Desk.Register(t.Context(), h.Applicant, h.Ref(draft.ID), true)
		h.ok(err)
	})
}

// Trap 33, R-MAIL-3: what concerns one person's own access is written to that person alone, and no other
// establishment's administrator hears of anything.
func TestTrap33NobodyElseIsWrittenTo(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		ref, _ := h.Approved(sample.S2("2024-12-12"))
		_, err := h.Desk.ReadSecrets(t.Context(), h.Applicant, ref.ID)
		h.ok(err)
		h.ok(h.Desk.ChangeStart(t.Context(), h.Supervisor, h.Ref(ref.ID), desk.StartChangeForm{Start: "2024-12-16", Reason: "機器の都合。"}))
		h.At("2024-12-16T10:00:00+09:00")
		h.tick()
		for _, address := range h.rows("SELECT recipient FROM outbox") {
			if address != sample.Email(h.Applicant) && address != sample.Email(h.Administrator) {
				t.Errorf("trap 33: %s was written to", address)
			}
		}
		draft := h.Draft(by(h.SecondApplicant, sample.S2("2025-01-06")))
		h.At("2025-03-10T10:00:00+09:00")
		h.tick()
		same(t, "the draft's own person", to(h.letters(draft.ID, "")), []string{sample.Email(h.SecondApplicant)})
	})
}

// Trap 12: looking at a link uses nothing up; it sets one password, once, for seven days.
func TestTrap12LookingAtALinkUsesNothing(t *testing.T) {
	const chosen = "seven lanterns over the quay"
	eachSound(t, monday, func(t *testing.T, h *house) {
		invite := func(id string) string {
			p := sample.Setup().People[0]
			p.ID, p.Login, p.Email = "p-"+id, id, id+"@mihon.example"
			report, err := h.Desk.Import(t.Context(), operator(), desk.Setup{People: []desk.NewPerson{p}}, false)
			h.ok(err)
			return strings.TrimPrefix(report.Links[id], "/setup/")
		}
		token := invite("newcomer")
		for range 3 {
			err := h.unchanged("looking", func() error { _, err := h.Desk.SetupLink(t.Context(), token); return err })
			h.ok(err)
		}
		_, err := h.Desk.SignIn(t.Context(), "newcomer", chosen, desk.Arrival{From: "192.0.2.1"})
		wrong(t, err)
		if err := h.Desk.SetFirstPassword(t.Context(), token, "short", "short"); err == nil {
			t.Error("a short password was taken")
		}
		h.ok(h.Desk.SetFirstPassword(t.Context(), token, chosen, chosen))
		if err := h.Desk.SetFirstPassword(t.Context(), token, chosen+"!", chosen+"!"); !errors.Is(err, desk.ErrNotFound) {
			t.Errorf("used twice: %v", err)
		}
		session, err := h.Desk.SignIn(t.Context(), "NEWCOMER", chosen, desk.Arrival{From: "192.0.2.1"})
		h.ok(err)
		equal(t, "signed in as", session.Account, account.ID("p-newcomer"))
		equal(t, "stored nowhere", strings.Contains(strings.Join(h.rows("SELECT * FROM setup_links"), ""), token), false)
		late := invite("latecomer")
		h.Pass(7*24*time.Hour + time.Minute)
		if _, err := h.Desk.SetupLink(t.Context(), late); !errors.Is(err, desk.ErrNotFound) {
			t.Errorf("after seven days: %v", err)
		}
		if _, err := h.Desk.SetupLink(t.Context(), token[:len(token)-1]+"x"); !errors.Is(err, desk.ErrNotFound) {
			t.Errorf("a made-up link: %v", err)
		}
	})
}

func TestSigningIn(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		login := sample.Login(h.Applicant)
		try := func(password string) error {
			_, err := h.Desk.SignIn(t.Context(), login, password, desk.Arrival{From: "192.0.2.7"})
			return err
		}
		_, err := h.Desk.SignIn(t.Context(), "unknown", sample.Password, desk.Arrival{From: "192.0.2.7"})
		wrong(t, err)
		h.ok(try(sample.Password))
		for range 5 {
			wrong(t, try("wrong"))
		}
		if _, slowed := errors.AsType[*desk.TooManyTries](try(sample.Password)); !slowed {
			t.Error("tries are not slowed")
		}
		h.Pass(2 * time.Minute)
		h.signInBy(h.Applicant, desk.Arrival{How: "password", From: "192.0.2.7"}) // forgets the failures
		wrong(t, h.Desk.Reauthenticate(t.Context(), h.Applicant, "wrong", "192.0.2.7"))
		h.ok(h.Desk.Reauthenticate(t.Context(), h.Applicant, sample.Password, "192.0.2.7"))
		session := h.signIn(h.Applicant)
		_, err = h.raw.ExecContext(t.Context(), "UPDATE accounts SET status = 'stopped' WHERE id = $1", string(h.Applicant.ID))
		h.ok(err)
		wrong(t, try(sample.Password))
		if _, err := h.Desk.Actor(t.Context(), session.SignIn); !errors.Is(err, desk.ErrNotFound) {
			t.Errorf("a stopped account: %v", err)
		}
		_, err = h.raw.ExecContext(t.Context(), "UPDATE accounts SET status = 'active' WHERE id = $1", string(h.Applicant.ID))
		h.ok(err) // nobody has stopped it, so that the check would find it
	})
}

func wrong(t *testing.T, err error) {
	t.Helper()
	if !errors.Is(err, desk.ErrWrongPassword) {
		t.Errorf("want a wrong login or password, got %v", err)
	}
}

// Guesses sent all at once are slowed like guesses one after another, and a long login leaves little behind.
func TestManyTriesAtOnceAreSlowed(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		var looked atomic.Int64
		var guesses sync.WaitGroup
		most := 5 * max(2, runtime.NumCPU()) // as many at a time as passwords are hashed
		for range 4 * most {
			guesses.Go(func() {
				if _, err := h.Desk.SignIn(t.Context(), sample.Login(h.Applicant), "wrong", desk.Arrival{From: "192.0.2.9"}); errors.Is(err, desk.ErrWrongPassword) {
					looked.Add(1)
				}
			})
		}
		guesses.Wait()
		if looked.Load() > int64(most) {
			t.Errorf("%d of %d guesses were looked at, want %d at most", looked.Load(), 4*most, most)
		}
		_, err := h.Desk.SignIn(t.Context(), strings.Repeat("あ", 10_000), "wrong", desk.Arrival{From: "192.0.2.10"})
		wrong(t, err)
		equal(t, "long subjects", h.count("sign_in_tries", "length(subject) > 300"), 0)
	})
}

func TestPapers(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		ref, receipt := h.Registered(sample.S1("2024-12-12"))
		first, name, err := h.Desk.ApplicationForm(t.Context(), h.Viewer, ref.ID, 1, false)
		h.ok(err)
		equal(t, "name", name, "moushikomisho-"+receipt+".pdf")
		again, _, err := h.Desk.ApplicationForm(t.Context(), h.Examiner, ref.ID, 1, false)
		h.ok(err)
		equal(t, "R-APP-16 the same bytes", bytes.Equal(first, again), true)
		h.ok(h.Desk.Claim(t.Context(), h.Examiner, ref))
		_, err = h.approve(h.Ref(ref.ID), 1, "2024-12-12", "")
		h.ok(err)
		_, _, err = h.Desk.ApprovalNotice(t.Context(), h.Applicant, ref.ID, false)
		if early, is := errors.AsType[*desk.NotYet](err); !is || early.From != day("2024-12-12") {
			t.Errorf("before the start: %v", err)
		}
		h.At("2024-12-12T00:00:00+09:00")
		notice, name, err := h.Desk.ApprovalNotice(t.Context(), h.Applicant, ref.ID, true)
		h.ok(err)
		equal(t, "name", name, "henkou-tsuuchi-2400001.pdf")
		equal(t, "a PDF", bytes.HasPrefix(notice, []byte("%PDF-")), true)
		h.unchanged("a GET leaves no trace", func() error {
			_, _, err := h.Desk.ApprovalNotice(t.Context(), h.Applicant, ref.ID, false)
			return err
		})
	})
}
