package web

import (
	"net/url"
	"strings"
	"sync"
	"testing"

	"uketsuke/internal/store"
	"uketsuke/internal/store/storetest"
)

// Many presses of the same button at once show the passwords once and leave one reading: the database spends the
// form's mark, not the session, which every request has read before the first wrote it (R-SEC-5).
func TestTheSameMarkCountsOnce(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := houseOn(t, db)
		id := approvedCase(t, h)
		b, path := h.as(t, "kanri"), "/applications/"+id+"/ids"
		form := url.Values{"once": {b.get(path).hidden("once")}, "password": {testPassword}}
		shown := make([]bool, 20)
		var all sync.WaitGroup
		for i := range shown {
			all.Go(func() {
				p := b.post(path, form)
				shown[i] = strings.Contains(string(p.body), "secret-text")
			})
		}
		all.Wait()
		times := 0
		for _, yes := range shown {
			if yes {
				times++
			}
		}
		readings, err := db.Read().ListSecretReadings(t.Context(), id)
		if err != nil || times != 1 || len(readings) != 1 {
			t.Errorf("20 presses with one mark have shown the passwords %d times and left %d readings, %v", times, len(readings), err)
		}
	})
}
