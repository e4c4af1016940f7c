package web

import (
	"testing"
	"time"

	"uketsuke/internal/store/storetest"
)

// A page holds one connection and waits for no second one: with a pool of one, every page is answered. Were it not so, as many
// people as the pool has connections would wait for each other.
func TestPagesTakeOneConnection(t *testing.T) {
	t.Parallel()
	db := storetest.Postgres(t)
	h := houseOn(t, db)
	approvedCase(t, h)
	h.at(time.December, 10, 12)
	db.Limit(1)
	for login, from := range map[string]string{"hanako": "/", "sekinin": "/desk?queue=found"} {
		b := h.as(t, login)
		b.client.Timeout = 20 * time.Second
		g := &harvest{t: t, h: h, seen: map[string]bool{}, times: map[string]int{}, samples: map[string]string{}, forms: map[string]sent{}}
		g.gather(b, from)
		if len(g.samples) < 15 {
			t.Errorf("%s has seen only %d pages", login, len(g.samples))
		}
	}
}
