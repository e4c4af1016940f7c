package benchmark

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
	"uketsuke/internal/web/kit"

	"uketsuke/internal/sample"
	"uketsuke/internal/store"
	"uketsuke/internal/web"
)

// A site is a house behind the web server, with one browser per person.
type site struct {
	*house
	url string
	// remembered are answers that the same server gives from memory, by their path.
	remembered sync.Map
}

// visitor is whose pages are measured, an applicant of a copied establishment.
const visitor = 5

func serve(t testing.TB, h *house) *site {
	t.Helper()
	pages, err := web.New(kit.Config{
		Desk: h.Desk, Sessions: store.NewSessions(h.World.DB, time.Now), Elapsed: time.Now,
		Log: slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn})),
	})
	h.must(err)
	s := &site{house: h}
	mux := http.NewServeMux()
	mux.Handle("/", pages)
	mux.HandleFunc("GET /remembered/", s.remember)
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	s.url = server.URL
	return s
}

func (s *site) remember(w http.ResponseWriter, r *http.Request) {
	body, _ := s.remembered.Load(r.URL.Path)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write(body.([]byte))
}

// A browser is a person who has logged in.
type browser struct {
	client *http.Client
	url    string
}

func (s *site) login(login string) browser {
	s.T.Helper()
	jar, err := cookiejar.New(nil)
	s.must(err)
	b := browser{&http.Client{Jar: jar, Transport: &http.Transport{MaxIdleConnsPerHost: 32}}, s.url}
	s.T.Cleanup(b.client.CloseIdleConnections)
	id := s.giveApp(login)
	answer, err := b.client.PostForm(s.url+"/login", url.Values{"login": {login}, "password": {sample.Password}, "to": {"/"}})
	s.must(err)
	defer answer.Body.Close()
	if answer.Request.URL.Path == "/login/second" {
		s.second(b, id)
	} else if answer.StatusCode != http.StatusOK || answer.Request.URL.Path == "/login" {
		s.T.Fatalf("logging in as %s: %s at %s", login, answer.Status, answer.Request.URL)
	}
	return b
}

// get reads a page; anything but 200 at its own address is an error.
func (b browser) get(path string) ([]byte, error) {
	answer, err := b.client.Get(b.url + path)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err == nil && (answer.StatusCode != http.StatusOK || answer.Request.URL.Path == "/login") {
		err = fmt.Errorf("%s: %s at %s", path, answer.Status, answer.Request.URL)
	}
	return body, err
}

func (b browser) lane(name, path string, clients int) *lane {
	return &lane{name: name, clients: clients, run: func(int, int) error {
		_, err := b.get(path)
		return err
	}}
}

// A pageFigure is a page that is measured: its address on one site, as seen by one browser.
type pageFigure struct {
	name string
	path func(s *site, b browser) string
	desk bool // a page of the centre
}

func at(path string) func(*site, browser) string {
	return func(*site, browser) string { return path }
}

var pages = []pageFigure{
	{name: "top menu", path: at("/")},
	{name: "contract", path: at("/contract")},
	{name: "list of applications", path: at("/applications")},
	{name: "one application", path: linkOf("/applications", `href="(/applications/[0-9a-f-]{36})"`)},
	{name: "desk queue", path: at("/desk?queue=all"), desk: true},
}

// linkOf is the address that the first link of a kind on a page leads to.
func linkOf(path, link string) func(*site, browser) string {
	return func(s *site, b browser) string {
		body, err := b.get(path)
		s.must(err)
		found := regexp.MustCompile(link).FindAllSubmatch(body, -1)
		if len(found) == 0 {
			s.T.Fatalf("%s has no link %s", path, link)
		}
		return string(found[len(found)-1][1])
	}
}

// TestPages measures pages on both sets, against the same bytes from memory and against each other.
func TestPages(t *testing.T) {
	small, large := onSQLite(t), onSQLite(t)
	small.live(sized(establishmentsS, 10))
	began := time.Now()
	large.live(sized(establishmentsL, 20))
	t.Logf("set L filled in %s", time.Since(began).Round(time.Second))
	s, l := serve(t, small), serve(t, large)
	for _, p := range pages {
		measurePage(t, p, s, l)
	}
	measureSearch(t, l)
}

// measureSearch measures what the desk finds over all establishments.
func measureSearch(t *testing.T, l *site) {
	b := l.login("examiner")
	for _, words := range []string{"2400150A", "見本商事"} {
		answer, err := b.client.PostForm(l.url+"/desk/search", url.Values{"search": {words}, "state": {""}})
		l.must(err)
		l.must(answer.Body.Close())
		found := race(t, sized(5, 1), sized(10, 2), b.lane("search", "/desk?queue=found&searched=yes", 1))[0]
		within := found.quantile(0.95)
		measured.add(t, figure{number: "P4", what: "the desk searches " + words + ", set L", got: "p95 " + milliseconds(within), reach: "≤ 50 ms",
			verdict: reached(within <= 50*time.Millisecond)})
	}
}

const browsing = 2 // clients that read pages at once

func measurePage(t *testing.T, p pageFigure, s, l *site) {
	login := fmt.Sprintf("applicant-%05d", visitor)
	if p.desk {
		login = "examiner"
	}
	bs, bl := s.login(login), l.login(login)
	there := p.path(l, bl)
	body, err := bl.get(there)
	l.must(err)
	memory := "/remembered/" + strings.ReplaceAll(p.name, " ", "-")
	l.remembered.Store(memory, body)
	timings := race(t, sized(7, 1), sized(60, 4), bl.lane("memory", memory, browsing), bl.lane(p.name, there, browsing), bs.lane(p.name, p.path(s, bs), browsing))
	rate, growth := ratio(timings[1], timings[0]), ratio(timings[2], timings[1])
	got := fmt.Sprintf("%s; p50 %s, p99 %s (%.0f KB)", perSecond(timings[1].rate()), milliseconds(timings[1].quantile(0.5)), milliseconds(timings[1].quantile(0.99)), float64(len(body))/1000)
	measured.add(t, figure{number: "P2", what: p.name + ", set L", got: got, reference: perSecond(timings[0].rate()),
		ratio: fmt.Sprintf("%.2f", rate), reach: "≥ 0.2", verdict: reached(rate >= 0.2)})
	measured.add(t, figure{number: "P3", what: p.name + ", L against S", got: milliseconds(timings[1].quantile(0.5)), reference: milliseconds(timings[2].quantile(0.5)) + " on S",
		ratio: fmt.Sprintf("%.2f", growth), reach: "≤ 1.5", verdict: reached(growth <= 1.5)})
}
