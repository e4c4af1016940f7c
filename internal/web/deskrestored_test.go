package web

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"uketsuke/internal/store"
	"uketsuke/internal/store/column"
	"uketsuke/internal/store/query"
	"uketsuke/internal/web/htmlcheck"
)

// R-APP-15, R-ID-6: whatever a restore has lost is found by people, to the last registration: on pages, and in a file.
func TestEveryLostRegistrationIsListed(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	const lost = 130
	at := column.At(time.Date(2024, 11, 29, 3, 0, 0, 0, time.UTC))
	err := h.desk.DB.InTx(t.Context(), func(tx *store.Tx) error {
		if err := tx.InsertRestore(t.Context(), query.InsertRestoreParams{ID: "r1", NotedAt: at, Receipts: lost, Codes: 1}); err != nil {
			return err
		}
		thing := func(kind, key string) error {
			_, err := tx.InsertLost(t.Context(), query.InsertLostParams{Kind: kind, Thing: key, Restored: "r1", Establishment: "gone", GivenAt: at})
			return err
		}
		for n := range lost {
			if err := thing("receipt", receiptLost(n)); err != nil {
				return err
			}
		}
		return thing("code", "1ZLST")
	})
	if err != nil {
		t.Fatal(err)
	}
	b := h.as(t, "sekinin")
	page := b.want(b.get("/desk/operations/restored"), 200, htmlcheck.In("h2", htmlcheck.HasText("復元")), htmlcheck.In(`form[action="/desk/operations/restored.csv"] button`))
	first := string(page.body)
	if !strings.Contains(first, receiptLost(0)) || strings.Contains(first, receiptLost(lost-1)) {
		t.Error("the first page is not the beginning of each kind")
	}
	seen, pages := map[string]bool{}, 0
	for next := "/desk/operations/restored?kind=receipt&restore=r1"; next != ""; pages++ {
		body := string(b.want(b.get(next), 200).body)
		for n := range lost {
			if strings.Contains(body, receiptLost(n)) {
				seen[receiptLost(n)] = true
			}
		}
		next = ""
		if _, rest, more := strings.Cut(body, `rel="next" href="`); more {
			next, _, _ = strings.Cut(rest, `"`)
			next = strings.ReplaceAll(next, "&amp;", "&")
		}
	}
	if len(seen) != lost || pages != 3 {
		t.Errorf("%d of %d lost registrations on %d pages", len(seen), lost, pages)
	}
	rows := sheetRows(t, b.save("/desk/operations/restored.csv?"+url.Values{"restore": {"r1"}}.Encode()))
	if len(rows) != lost+2 || rows[1][1] != "1ZLST" || rows[lost+1][1] != receiptLost(lost-1) {
		t.Errorf("the file has %d rows", len(rows))
	}
	for _, wrong := range []string{"?restore=r2&kind=receipt", "?restore=r1&kind=none", "?restore=r1"} {
		b.want(b.get("/desk/operations/restored"+wrong), 404)
	}
	if nobody := h.as(t, "hanako"); nobody.get("/desk/operations/restored").status == 200 {
		t.Error("an applicant sees what was lost")
	}
}

func receiptLost(n int) string { return fmt.Sprintf("2400%04d", 1000+n) }
