package web

import (
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"uketsuke/internal/ledger"
	"uketsuke/internal/trial"
	"uketsuke/internal/web/htmlcheck"
)

// R-ID-6: while the database is behind its ledger an approval is refused with 503, the page says why and what happens next,
// in both languages, and keeps what was typed, also beyond the sign-in that the comparison makes necessary. The page of
// operations says that nothing is issued, and afterwards what was lost.
func TestBehindIsSaidAndKeepsWhatWasTyped(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	book, err := ledger.Open(filepath.Join(trial.Dir(t), "ledger"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = book.Close() })
	hanako, shinsa, sekinin := h.as(t, "hanako"), h.as(t, "shinsa"), h.as(t, "sekinin")
	page := "/desk/applications/" + registered(t, hanako, true)
	open := shinsa.post(page+"/claim", shinsa.get(page).with())
	draft := strings.TrimSuffix(h.filled(t, hanako, "2024-12-10").path, "/codes")
	code := hanako.get(draft + "/codes/0")
	hanako.want(hanako.post(code.path, code.with("do", "set", "category", "common", "single_sign_on", "no", "trades", "bonded-warehouse",
		"method", "netnaccs", "count", "1", "statistics_paid", "yes", "bonded_archive", "no")), 200)
	confirm := hanako.get(draft + "/confirm")
	h.desk.Ledger = book
	noted, err := book.Note([]ledger.Entry{{Kind: ledger.Code, Key: "1ZNAC", At: time.Now(), Application: "lost-one", Establishment: "e1"}})
	if err == nil {
		err = noted.Done()
	}
	if err != nil {
		t.Fatal(err)
	}
	form := open.with("round", open.hidden("round"), "start", "2024-12-11", "start_reason", "準備のため。", "password", testPassword)
	refused := shinsa.want(shinsa.post(page+"/approve", form), 503,
		htmlcheck.In(".notice.error", htmlcheck.HasText("ただいま番号を発行できません"), htmlcheck.HasText("同じ番号を二度発行しないよう"), htmlcheck.HasText("照合は自動で行われ")),
		htmlcheck.In(`[name="start_reason"]`, htmlcheck.HasText("準備のため。")))
	sekinin.want(sekinin.get("/desk/operations"), 200, htmlcheck.In(".notice.error", htmlcheck.HasText("番号を発行していません")))
	hanako.post("/language", url.Values{"lang": {"en"}, "back": {"/"}})
	hanako.want(hanako.post(draft+"/confirm", confirm.with("do", "register", "rules", "yes")), 503, htmlcheck.In(".notice.error", htmlcheck.HasText("No numbers can be issued at this moment"), htmlcheck.HasText("The comparison runs by itself")))

	if err := h.desk.KeepUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	again := shinsa.want(shinsa.post(page+"/approve", form), 401, htmlcheck.In(`input[name="kept"]`))
	if again.status == refused.status {
		t.Error("nothing has changed")
	}
	sekinin = h.as(t, "sekinin")
	sekinin.want(sekinin.get("/desk/operations"), 200, htmlcheck.NotIn(".notice.error"))
	sekinin.want(sekinin.get("/desk/operations/restored"), 200, htmlcheck.In("main", htmlcheck.HasText("1ZNAC")))
	shinsa = h.as(t, "shinsa")
	shinsa.want(shinsa.post(page+"/approve", form), 200, htmlcheck.In("main", htmlcheck.HasText("1ANAC")))
}
