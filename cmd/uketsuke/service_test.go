package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"uketsuke/internal/demo"
	"uketsuke/internal/store/pgtest"
)

// A running is a command that serves, on its way.
type running struct {
	address string // such as http://127.0.0.1:1234
	stop    func() (time.Duration, error)
	client  *http.Client
}

// start runs a command until it says where it listens; found picks the address from a line.
func start(t *testing.T, run func(*process) error, found func(line string) string) *running {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	read, write := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		err := run(&process{ctx: ctx, stdout: write, stderr: write})
		ended <- err
		_ = write.CloseWithError(io.EOF)
	}()
	lines := bufio.NewScanner(read)
	r := &running{client: &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
	var said strings.Builder
	for r.address == "" && lines.Scan() {
		said.WriteString(lines.Text() + "\n")
		r.address = found(lines.Text())
	}
	if r.address == "" {
		t.Fatalf("it never served: %v\n%s", <-ended, said.String())
	}
	go func() { _, _ = io.Copy(io.Discard, read) }()
	stopped := false
	r.stop = func() (time.Duration, error) {
		stopped = true
		at := time.Now()
		cancel()
		err := <-ended
		return time.Since(at), err
	}
	t.Cleanup(func() {
		if !stopped {
			_, _ = r.stop()
		}
	})
	return r
}

// get answers with status and page.
func (r *running) get(t *testing.T, path string) (int, string) {
	t.Helper()
	answer, err := r.client.Get(r.address + path)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	page, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(page)
}

// header is the header of the answer to a GET.
func (r *running) header(t *testing.T, path string) http.Header {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, r.address+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := r.client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	_ = answer.Body.Close()
	return answer.Header
}

// post answers with status and where it leads.
func (r *running) post(t *testing.T, path string, form url.Values) (int, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, r.address+path, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("Referer", r.address+"/login?to=%2Fcontract")
	answer, err := r.client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	return answer.StatusCode, answer.Header.Get("Location")
}

// served is a service with every setting it needs.
func served(t *testing.T) *serveCommand {
	dir := t.TempDir()
	return &serveCommand{
		listenFlags: listenFlags{Listen: "127.0.0.1:0", BehindProxy: true},
		placeFlags:  placeFlags{databaseFlag: databaseFlag{filepath.Join(dir, "u.db")}, Keys: filepath.Join(dir, "keys")},
		operatorFlags: operatorFlags{
			Service: "NSS", Centre: "例示センター", CentreAddress: "東京都", HelpDeskName: "ヘルプデスク", HelpDeskPhone: "03-0000-0000",
			HelpDeskHours: "平日", LoginURL: "https://desk.example/login", MailPrefix: "【NSS】", MailFrom: "no-reply@centre.example",
			RulesVersion: "1", RulesURL: "https://centre.example/rules", MaxCodes: 20, AnswerTarget: 1, MaxFile: 50,
		},
		smtpFlags:  smtpFlags{SMTPHost: "127.0.0.1", SMTPPort: 9, SMTPMode: "plain"},
		auditFlags: auditFlags{AuditEvery: 10 * time.Minute, AuditPersonalYears: 7, AuditTextYears: 10},
	}
}

func readyLine(line string) string {
	var said struct{ Msg, Listen string }
	if json.Unmarshal([]byte(line), &said) == nil && said.Msg == "ready" {
		return "http://" + said.Listen
	}
	return ""
}

// The service is ready, shows the login page, knows nothing of the demo, and stops in time.
func TestServe(t *testing.T) {
	t.Parallel()
	s := start(t, served(t).Run, readyLine)
	if status, page := s.get(t, "/healthz"); status != http.StatusOK || page != "ready\n" {
		t.Errorf("health: %d %q", status, page)
	}
	if status, page := s.get(t, "/login"); status != http.StatusOK || strings.Contains(page, demo.Password) || strings.Contains(page, "/demo/") {
		t.Errorf("login page: %d", status)
	}
	for _, path := range []string{"/healthz", "/login", "/nothing", "//login", "/static/../login", "/static/none"} {
		if header := s.header(t, path); header.Get("X-Content-Type-Options") != "nosniff" || header.Get("Content-Security-Policy") == "" {
			t.Errorf("%s is answered without the headers that every answer carries: %v", path, header)
		}
	}
	for _, path := range []string{"/demo/", demo.MailsAddress, "/demo/clock"} {
		if status, _ := s.get(t, path); status != http.StatusNotFound {
			t.Errorf("GET %s: %d", path, status)
		}
	}
	if status, _ := s.post(t, "/demo/clock", url.Values{"step": {"day"}}); status != http.StatusNotFound {
		t.Errorf("POST /demo/clock: %d", status)
	}
	if took, err := s.stop(); err != nil || took > 5*time.Second {
		t.Errorf("stopped after %v: %v", took, err)
	}
}

// The same on PostgreSQL.
func TestServeOnPostgres(t *testing.T) {
	t.Parallel()
	c := served(t)
	c.Database = pgtest.Cluster(t).NewDatabase(t, nil)
	s := start(t, c.Run, readyLine)
	if status, page := s.get(t, "/healthz"); status != http.StatusOK || page != "ready\n" {
		t.Errorf("health: %d %q", status, page)
	}
	if took, err := s.stop(); err != nil || took > 5*time.Second {
		t.Errorf("stopped after %v: %v", took, err)
	}
}

// ASVS 12.3.1: a way to PostgreSQL that was chosen weak is told at the start, and no other.
func TestWeakPostgresIsTold(t *testing.T) {
	t.Parallel()
	cluster := pgtest.Cluster(t)
	network := cluster.OverTCP(t, cluster.NewDatabase(t, nil)) + "?sslmode=disable"
	for dsn, told := range map[string]bool{cluster.NewDatabase(t, nil): false, network: true} {
		c := served(t)
		c.Database = dsn
		tables, err := loadCatalogue("")
		if err != nil {
			t.Fatal(err)
		}
		var lines bytes.Buffer
		s, err := openService(t.Context(), serviceConfig{placeFlags: c.placeFlags, tables: tables, operator: c.operator(),
			now: time.Now, log: slog.New(slog.NewJSONHandler(&lines, nil))})
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(lines.String(), `"level":"WARN","msg":"database","weakness"`); got != told {
			t.Errorf("%s: %s", dsn, lines.String())
		}
		if !strings.Contains(lines.String(), "fsync=off") { // the tests' own server keeps nothing
			t.Errorf("%s: what may lose acts is not told: %s", dsn, lines.String())
		}
		if err := s.close(); err != nil {
			t.Fatal(err)
		}
	}
}

// A request on its way when the service is told to stop is answered.
func TestStopLetsRequestsFinish(t *testing.T) {
	t.Parallel()
	s := start(t, served(t).Run, readyLine)
	const form = "login=nobody&password=x"
	body, feed := io.Pipe()
	answered := make(chan error, 1)
	// The server asks for the body when the handler reads it: then the request is on its way.
	begun := make(chan struct{})
	trace := &httptrace.ClientTrace{Got100Continue: func() { close(begun) }}
	go func() {
		request, err := http.NewRequestWithContext(httptrace.WithClientTrace(t.Context(), trace), http.MethodPost, s.address+"/login", body)
		if err == nil {
			request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			request.Header.Set("Expect", "100-continue")
			request.ContentLength = int64(len(form))
			patient := &http.Client{Transport: &http.Transport{ExpectContinueTimeout: time.Minute}}
			var answer *http.Response
			if answer, err = patient.Do(request); err == nil {
				err = answer.Body.Close()
			}
		}
		answered <- err
	}()
	<-begun
	ended := make(chan error, 1)
	go func() { _, err := s.stop(); ended <- err }()
	for {
		// The door is closed before the rest of the request comes.
		fresh := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
		answer, err := fresh.Get(s.address + "/healthz")
		if err != nil {
			break
		}
		answer.Body.Close()
	}
	if _, err := feed.Write([]byte(form)); err != nil {
		t.Fatal(err)
	}
	if err := feed.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-answered; err != nil {
		t.Errorf("the request was cut: %v", err)
	}
	if err := <-ended; err != nil {
		t.Errorf("stopping: %v", err)
	}
}

// A machine whose clock differs from the database's by more than a second says so.
func TestSkew(t *testing.T) {
	t.Parallel()
	before := time.Date(2024, 12, 2, 1, 0, 0, 0, time.UTC)
	after := before.Add(500 * time.Millisecond)
	for theirs, fine := range map[time.Duration]bool{
		250 * time.Millisecond: true, -time.Second: true, 1500 * time.Millisecond: true,
		-1001 * time.Millisecond: false, 1501 * time.Millisecond: false,
	} {
		if err := skew(before.Add(theirs), before, after); (err == nil) != fine {
			t.Errorf("%v: %v", theirs, err)
		}
	}
}

// The address of who asked is the one that our own proxy has added, not one that the asker invented.
func TestFromProxy(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		forwarded []string
		want      string
	}{
		"no proxy":            {nil, "10.0.0.1:5"},
		"one hop":             {[]string{"192.0.2.7"}, "192.0.2.7:0"},
		"an invented one":     {[]string{"203.0.113.1, 192.0.2.7"}, "192.0.2.7:0"},
		"invented, own line":  {[]string{"203.0.113.1", "192.0.2.7"}, "192.0.2.7:0"},
		"version 6":           {[]string{"2001:db8::1"}, "[2001:db8::1]:0"},
		"not an address":      {[]string{"somewhere"}, "10.0.0.1:5"},
		"ends with a comma":   {[]string{"192.0.2.7,"}, "10.0.0.1:5"},
		"an address and port": {[]string{"192.0.2.7:99"}, "10.0.0.1:5"},
	} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.RemoteAddr = "10.0.0.1:5"
		r.Header["X-Forwarded-For"] = c.forwarded
		var got string
		fromProxy(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got = r.RemoteAddr })).ServeHTTP(httptest.NewRecorder(), r)
		if got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

func demoLine(line string) string {
	at, ok := strings.CutPrefix(line, "uketsuke demo: ")
	if !ok {
		return ""
	}
	return strings.TrimSuffix(at, "/")
}

// The demo shows its people, lets them in, moves its clock forward and keeps it over a restart.
func TestDemo(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "demo")
	c := &demoCommand{Listen: "127.0.0.1:0", Data: dir, Now: "2024-11-29T10:00:00+09:00", NoOpen: true}
	d := start(t, c.Run, demoLine)
	if got := d.header(t, "/login").Get("Strict-Transport-Security"); got != "" {
		t.Errorf("in clear for this machine, and yet HSTS %q", got)
	}
	status, page := d.get(t, "/login")
	for _, want := range []string{"yamada", demo.Password, "2024年11月29日", demo.MailsAddress} {
		if status != http.StatusOK || !strings.Contains(page, want) {
			t.Errorf("login page: %d, lacks %q", status, want)
		}
	}
	for _, login := range demo.Logins() {
		status, to := d.post(t, "/login", url.Values{"login": {login.Login}, "password": {login.Password}})
		centre := slices.Contains([]string{"kobayashi", "kato", "yoshida"}, login.Login)
		if second := strings.HasPrefix(to, "/login/second"); status != http.StatusSeeOther || second != centre || !second && strings.HasPrefix(to, "/login") {
			t.Errorf("login of %s: %d, %s", login.Login, status, to)
		}
	}
	if status, to := d.post(t, "/demo/clock", url.Values{"step": {"business-day"}}); status != http.StatusSeeOther || to != "/login?to=%2Fcontract" {
		t.Errorf("clock: %d, %s", status, to)
	}
	if status, _ := d.post(t, "/demo/clock", url.Values{"to": {"2024-11-30T00:00"}}); status != http.StatusUnprocessableEntity {
		t.Errorf("clock backwards: %d", status)
	}
	if status, page := d.get(t, demo.MailsAddress); status != http.StatusOK || !strings.Contains(page, "2024年12月2日 09:0") {
		t.Errorf("mails: %d", status)
	}
	if took, err := d.stop(); err != nil || took > 5*time.Second {
		t.Errorf("stopped after %v: %v", took, err)
	}
	c.Now = "2024-01-01T00:00:00+09:00"
	again := start(t, c.Run, demoLine)
	if _, page := again.get(t, "/login"); !strings.Contains(page, "2024年12月2日") {
		t.Error("the clock was not kept")
	}
}

// Off this machine the demo speaks TLS only.
func TestDemoElsewhere(t *testing.T) {
	t.Parallel()
	c := &demoCommand{Listen: "0.0.0.0:0", Data: filepath.Join(t.TempDir(), "demo"), NoOpen: true}
	d := start(t, c.Run, demoLine)
	if !strings.HasPrefix(d.address, "https://localhost:") {
		t.Fatal(d.address)
	}
	if status, _ := d.get(t, "/login"); status != http.StatusOK {
		t.Errorf("login page: %d", status)
	}
	if answer, err := d.client.Get(strings.Replace(d.address, "https", "http", 1)); err == nil {
		if answer.StatusCode == http.StatusOK {
			t.Error("served in clear")
		}
		answer.Body.Close()
	}
}

// Only the demo's own file names what is the demo's.
func TestDemoStaysInItsFiles(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		names := strings.Contains(string(text), `"uketsuke/internal/demo"`) || strings.Contains(string(text), "mail/catcher")
		if names {
			seen++
		}
		if names && file != "demo.go" && !strings.HasSuffix(file, "_test.go") {
			t.Errorf("%s uses the demo", file)
		}
	}
	if seen < 2 {
		t.Error("this test sees nothing")
	}
}

// With its own certificate the service speaks TLS and nothing else.
func TestServeTLS(t *testing.T) {
	t.Parallel()
	pair, err := demo.Certificate("127.0.0.1", time.Now())
	if err != nil {
		t.Fatal(err)
	}
	key, err := x509.MarshalPKCS8PrivateKey(pair.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	c := served(t)
	c.BehindProxy = false
	c.TLSCert, c.TLSKey = filepath.Join(t.TempDir(), "cert.pem"), filepath.Join(t.TempDir(), "key.pem")
	for file, block := range map[string]*pem.Block{c.TLSCert: {Type: "CERTIFICATE", Bytes: pair.Certificate[0]}, c.TLSKey: {Type: "PRIVATE KEY", Bytes: key}} {
		if err := os.WriteFile(file, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s := start(t, c.Run, readyLine)
	s.address = strings.Replace(s.address, "http:", "https:", 1)
	if status, _ := s.get(t, "/login"); status != http.StatusOK {
		t.Errorf("login page: %d", status)
	}
	wantStrictTransport(t, s)
}

// ASVS 3.4.1: behind a proxy that ends TLS browsers are held to it as well.
func TestStrictTransportBehindProxy(t *testing.T) {
	t.Parallel()
	wantStrictTransport(t, start(t, served(t).Run, readyLine))
}

var styleSheet = regexp.MustCompile(`/static/[0-9a-f]+/uketsuke\.css`)

// wantStrictTransport looks at each kind of answer: a page, a file, one for machines, one of no address, and the
// state of health.
func wantStrictTransport(t *testing.T, s *running) {
	t.Helper()
	_, page := s.get(t, "/login")
	for _, path := range []string{"/login", styleSheet.FindString(page), "/api/v1/openapi.yaml", "/api/nothing", "/nothing", "/healthz"} {
		if got := s.header(t, path).Values("Strict-Transport-Security"); !slices.Equal(got, []string{"max-age=63072000; includeSubDomains"}) {
			t.Errorf("%q is answered with HSTS %q", path, got)
		}
	}
}

// A folder for the catalogue that is not there, is a file, or is empty does not pass for the built-in catalogue.
func TestCatalogueThatIsNotThere(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "trades.csv")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for what, folder := range map[string]string{"missing": filepath.Join(dir, "none"), "a file": file, "empty": t.TempDir()} {
		if _, err := loadCatalogue(folder); err == nil || !strings.HasPrefix(err.Error(), "catalogue: ") {
			t.Errorf("%s: %v", what, err)
		}
	}
}
