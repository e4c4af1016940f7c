package web

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
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

// A slow browser takes its time at the first byte; meanwhile somebody else asks the database.
type slow struct {
	*httptest.ResponseRecorder
	meanwhile func()
	asked     bool
}

func (s *slow) Write(b []byte) (int, error) {
	if !s.asked {
		s.asked = true
		s.meanwhile()
	}
	return s.ResponseRecorder.Write(b)
}

// While an answer is on its way, its page holds no connection, however long the browser takes.
func TestSlowBrowsersHoldNoConnection(t *testing.T) {
	t.Parallel()
	db := storetest.SQLite(t)
	h := houseOn(t, db)
	b := h.as(t, "hanako")
	db.Limit(1)
	at, err := url.Parse(h.url)
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, h.url+"/contract", nil)
	for _, cookie := range b.client.Jar.Cookies(at) {
		r.AddCookie(cookie)
	}
	w := &slow{ResponseRecorder: httptest.NewRecorder()}
	w.meanwhile = func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		if _, err := db.Read().ListClosingEntries(ctx); err != nil {
			t.Errorf("nobody else is answered: %v", err)
		}
	}
	h.server.ServeHTTP(w, r)
	if w.Code != http.StatusOK || !w.asked {
		t.Errorf("status %d, a byte was written: %t", w.Code, w.asked)
	}
}
