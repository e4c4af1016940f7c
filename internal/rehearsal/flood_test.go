package rehearsal

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"uketsuke/internal/account"
	"uketsuke/internal/desk"
	"uketsuke/internal/store/storetest"
	"uketsuke/internal/trial"
)

// Where a flood of sign-ins comes from, and what it tries.
var floods = map[string]func(i, n int) (login, from string){
	"one address, one login":   func(int, int) (string, string) { return "applicant", "203.0.113.1" },
	"one address, many logins": func(i, n int) (string, string) { return fmt.Sprintf("guess-%d-%d", i, n), "203.0.113.1" },
	"many addresses, one login": func(i, _ int) (string, string) {
		return "applicant", fmt.Sprintf("10.%d.%d.1", i/250, i%250)
	},
	"many addresses, many logins": func(i, n int) (string, string) {
		return fmt.Sprintf("guess-%d-%d", i, n), fmt.Sprintf("10.%d.%d.%d", i/250, i%250, 1+n%250)
	},
}

// ASVS 2.4.1, 6.3.1: while a thousand try passwords at once and without end, people sign in from browsers that the service has
// never seen, 38 of 40 within five seconds. The hashes are the real ones.
func TestFlood(t *testing.T) {
	attackers, people := trial.Size(t, "FLOOD_ATTACKERS", 300, 1000), trial.Size(t, "FLOOD_PEOPLE", 10, 40)
	dsn := filepath.Join(trial.Durable(t), "uketsuke.db")
	if err := storetest.Migrate(dsn); err != nil {
		t.Fatal(err)
	}
	h := newHouse(t, dsn, 1)
	logins := h.settle(people)
	for name, flood := range floods {
		if !trial.Thorough() && name != "many addresses, many logins" { // the hardest
			continue
		}
		t.Run(name, func(t *testing.T) {
			stop := h.flood(attackers, flood)
			defer stop()
			time.Sleep(time.Second) // the flood is there before anybody else
			in, longest := h.signInAll(t, logins)
			t.Logf("%d of %d signed in within five seconds, the slowest of them in %v", in, len(logins), longest.Round(time.Millisecond))
			if in < len(logins)-max(1, len(logins)/20) {
				t.Errorf("%d of %d people signed in within five seconds", in, len(logins))
			}
		})
	}
	h.stop()
	h.says(h.tool("check"), `^no difference\n$`)
}

// settle gives so many people an account, and says their logins.
func (h *house) settle(people int) []string {
	h.t.Helper()
	var setup desk.Setup
	var logins []string
	for i := range people {
		login := fmt.Sprintf("person-%d", i)
		logins = append(logins, login)
		setup.People = append(setup.People, desk.NewPerson{ID: login, Login: login, Establishment: "tokyo", Role: account.Applicant, Name: login,
			NameKana: "ミホン", Phone: "03-1234-5678", Email: login + "@mihon.example", Password: password})
	}
	text, err := json.Marshal(setup)
	if err != nil {
		h.t.Fatal(err)
	}
	file := filepath.Join(trial.Durable(h.t), "people.json")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		h.t.Fatal(err)
	}
	h.tool("seed", "--really", "--file", file)
	return logins
}

// flood tries passwords until stop is called: so many at once, each again as soon as it has its answer.
func (h *house) flood(attackers int, of func(i, n int) (login, from string)) (stop func()) {
	client := &http.Client{Timeout: time.Minute, Transport: &http.Transport{MaxIdleConnsPerHost: attackers},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	over := make(chan struct{})
	var all sync.WaitGroup
	for i := range attackers {
		all.Go(func() {
			for n := 0; ; n++ {
				select {
				case <-over:
					return
				default:
				}
				login, from := of(i, n)
				h.guess(client, login, from)
			}
		})
	}
	return func() { close(over); client.CloseIdleConnections(); all.Wait() }
}

// guess tries one wrong password; whatever comes of it.
func (h *house) guess(client *http.Client, login, from string) {
	body := url.Values{"login": {login}, "password": {fmt.Sprintf("wrong password %d", rand.Int())}}
	r, err := http.NewRequest(http.MethodPost, "http://"+h.address+"/login", strings.NewReader(body.Encode()))
	if err != nil {
		panic(err) // address and method are sound
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("X-Forwarded-For", from)
	if answer, err := client.Do(r); err == nil {
		_ = answer.Body.Close()
	}
}

// signInAll signs everybody in at once, each from an address and a browser of its own. It says how many were in within five
// seconds, and how long the slowest of them took.
func (h *house) signInAll(t *testing.T, logins []string) (in int, longest time.Duration) {
	t.Helper()
	var mu sync.Mutex
	var people sync.WaitGroup
	for i, login := range logins {
		people.Go(func() {
			b := h.browser()
			b.from = fmt.Sprintf("198.51.%d.7", i)
			began := time.Now()
			err := b.signIn(login)
			took := time.Since(began)
			mu.Lock()
			defer mu.Unlock()
			if err != nil || took > 5*time.Second {
				t.Logf("%s: %v after %v", login, err, took.Round(time.Millisecond))
				return
			}
			in, longest = in+1, max(longest, took)
		})
	}
	people.Wait()
	return in, longest
}
