package web

import (
	"bufio"
	"crypto/rand"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"uketsuke/internal/application"
	"uketsuke/internal/web/htmlcheck"
	"uketsuke/internal/web/kit"
)

// Every route that takes a body says how large, and a body that is announced larger is not read: the answer is there
// although nothing of it was sent.
func TestEveryRouteBoundsItsBody(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for _, route := range h.server.Routes() {
		if route.Method != http.MethodPost {
			if route.Body != 0 {
				t.Errorf("%s takes a body of %d bytes", route.Pattern, route.Body)
			}
			continue
		}
		if route.Body <= 0 || route.Of.Most > kit.MaxBody {
			t.Errorf("%s: a body of %d bytes", route.Pattern, route.Body)
		}
		path := wildcard.ReplaceAllString(route.Pattern, "x")
		status, said := h.announce(t, path, max(route.Of.Most, kit.PressedMost)+1, "")
		want := 413
		if route.Access != kit.Public {
			want = 401
		}
		if status != want || !strings.Contains(said, "Connection: close") {
			t.Fatalf("%s: a stranger's body that is too large: %d", path, status) // where bodies are awaited, each takes its time
		}
	}
}

// announce is announceFor with time enough.
func (h *house) announce(t *testing.T, path string, bytes int64, cookies string) (status int, said string) {
	t.Helper()
	if status, said = h.announceFor(t, 10*time.Second, path, bytes, cookies); status == 0 {
		t.Fatalf("%s: no answer", path)
	}
	return status, said
}

// announceFor sends the head of a form of so many bytes, and reads the answer, with nothing of the form sent; 0 for none in time.
func (h *house) announceFor(t *testing.T, wait time.Duration, path string, bytes int64, cookies string) (status int, said string) {
	t.Helper()
	address := strings.TrimPrefix(h.url, "http://")
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(wait)); err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: %s\r\nContent-Type: %s\r\nContent-Length: %d\r\nCookie: %s\r\n\r\n", path, address, formKind, bytes, cookies)
	in := bufio.NewReader(conn)
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return 0, ""
		}
		said += line
		if strings.TrimSpace(line) == "" {
			break
		}
	}
	if _, err := fmt.Sscanf(said, "HTTP/1.1 %d", &status); err != nil {
		t.Fatal(err)
	}
	return status, said
}

// A form that is full to the last character passes, in characters that need the most bytes: the rule at the field decides, not
// the bound.
func TestFullFormsFit(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.as(t, "hanako")
	start := b.post("/applications", url.Values{}).path
	widest := strings.Repeat("𠮷", application.ReasonMax)
	p := b.post(start, url.Values{"version": {b.get(start).hidden("version")}, "kinds": {"user-code"}, "reason": {widest + widest}, "do": {"next"}})
	b.want(p, 422, htmlcheck.In("textarea[name=reason]", htmlcheck.HasText(widest+widest)))
	for _, route := range h.server.Routes() {
		if room := int64(len(url.QueryEscape(widest))); strings.HasSuffix(route.Pattern, "/start") && route.Method == "POST" && route.Body < room {
			t.Errorf("%s has %d bytes, a full reason %d", route.Pattern, route.Body, room)
		}
	}
}

// Whoever is signed in and sends too much is told at which field, in both languages, and has what was typed, as far as that
// makes sense.
func TestTooMuchIsToldAtTheField(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.as(t, "hanako")
	start := b.post("/applications", url.Values{}).path
	form := url.Values{"version": {b.get(start).hidden("version")}, "kinds": {"user-code"}, "reason": {strings.Repeat("長", 20_000)}, "do": {"next"}}
	p := b.post(start, form)
	b.want(p, 413, htmlcheck.In("#reason-problem", htmlcheck.HasText("短くして")), htmlcheck.In("textarea[name=reason]", htmlcheck.HasText("長長長")))
	if n := strings.Count(string(p.body), "長"); n > kit.EchoLeast+100 {
		t.Errorf("%d characters are echoed", n)
	}
	ChooseInEnglish(t, b)
	b.want(b.post(start, form), 413, htmlcheck.In("#reason-problem", htmlcheck.HasText("shorten")))
	form.Set("reason", strings.Repeat("長", kit.MaxBody/9+1))
	b.want(b.post(start, form), 413, htmlcheck.In("main", htmlcheck.HasText("KB")))
}

// ChooseInEnglish makes a browser's pages English.
func ChooseInEnglish(t *testing.T, b *browser) {
	t.Helper()
	b.post("/language", url.Values{"lang": {"en"}, "back": {"/"}})
}

// Large forms of people who are not signed in share one room, a quarter of it is one neighbourhood's, and small ones come
// through when it is full. With the browser of an ended session a form is kept (trap 9).
func TestStrangersShareOneRoom(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	stranger := h.browser(t)
	long := url.Values{"login": {"hanako"}, "password": {testPassword}, "to": {"/applications/x/start"}, "kept": {strings.Repeat("k", 100_000)}}
	stranger.want(stranger.post("/login", long), 413)
	known := h.as(t, "hanako")
	if p := known.post("/logout", url.Values{}); p.status >= 400 {
		t.Fatal(p.status)
	}
	leave, ok := h.server.Room.Take("192.0.2.1", kit.AnonymousRoom/4)
	if !ok {
		t.Fatal("no room at first")
	}
	if _, ok := h.server.Room.Take("192.0.2.99", 1); ok {
		t.Error("a neighbourhood has more than its quarter")
	}
	for i := range 3 {
		if _, ok := h.server.Room.Take(fmt.Sprintf("192.0.%d.1", 3+i), kit.AnonymousRoom/4); !ok {
			t.Error("another neighbourhood has no room")
		}
	}
	known.want(known.post("/login", long), 503, htmlcheck.In("main", htmlcheck.HasText("少し待って")))
	stranger.want(stranger.post("/login", url.Values{"login": {"hanako"}, "password": {"wrong"}}), 422)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, h.url+"/login", io.MultiReader(strings.NewReader(long.Encode())))
	if err == nil {
		r.Header.Set("Content-Type", formKind)
	}
	known.want(known.do(r, err), 503) // its length is not said
	leave()
	if p := known.post("/login", long); p.status >= 400 && p.status != 404 {
		t.Errorf("with room again: %d", p.status)
	}
	if _, ok := h.server.Room.Take("192.0.2.1", kit.AnonymousRoom/4); !ok {
		t.Error("what was read has not left")
	}
}

// A made-up mark buys nothing: only a browser that has signed in, to the account that it says, has a form to bring.
func TestMadeUpMarksBuyNothing(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.as(t, "hanako")
	real := b.mark()
	account := real[strings.Index(real, ".")+1:]
	b.post("/logout", url.Values{})
	for _, c := range []struct {
		mark string
		want int
	}{
		{real, 0}, // its body is awaited
		{rand.Text(), 413},
		{rand.Text() + "." + account, 413},
		{real + "0", 413},
		{strings.TrimSuffix(real, account) + "nobody", 413},
		{strings.TrimSuffix(real, "."+account), 413},
		{"." + account, 413},
	} {
		for _, path := range []string{"/login", "/applications/x/start"} {
			want := c.want
			if want == 413 && path != "/login" {
				want = 401
			}
			if got, _ := h.announceFor(t, 300*time.Millisecond, path, 20_000, "uketsuke-device="+c.mark); got != want {
				t.Errorf("%s with %q: %d, want %d", path, c.mark, got, want)
			}
		}
	}
}

// What is shown again is whole as long as it is near what the field allows.
func TestEchoed(t *testing.T) {
	t.Parallel()
	for _, n := range []int{0, 1, 2000, kit.EchoLeast, kit.EchoLeast + 1, 50_000} {
		if got := utf8.RuneCountInString(kit.Echoed(strings.Repeat("字", n), 100)); got != min(n, kit.EchoLeast) {
			t.Errorf("of %d characters %d", n, got)
		}
	}
	if got := utf8.RuneCountInString(kit.Echoed(strings.Repeat("字", 50_000), 3000)); got != 6000 {
		t.Errorf("where 3000 are allowed, %d", got)
	}
}
