package web

import (
	"context"
	"crypto/rand"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"uketsuke/internal/account"
	"uketsuke/internal/calendar"
	"uketsuke/internal/catalogue"
	"uketsuke/internal/desk"
	"uketsuke/internal/document"
	"uketsuke/internal/keyring"
	"uketsuke/internal/mail"
	"uketsuke/internal/store"
	"uketsuke/internal/store/column"
	"uketsuke/internal/store/query"
	"uketsuke/internal/store/storetest"
	"uketsuke/internal/trial"
	"uketsuke/internal/web/htmlcheck"
	"uketsuke/internal/web/kit"

	"github.com/alexedwards/argon2id"
)

// A house is a whole desk behind a web server: two establishments, and people of every role. Every
// person's password is testPassword.
type house struct {
	server *Server
	desk   *desk.Desk
	url    string
	// statements are those of all requests.
	statements *store.Statements
	// now is the desk clock, elapsed real time, both as Unix microseconds.
	now, elapsed atomic.Int64
}

const testPassword = "correct horse battery"

// fridayMorning is S5's registration.
var fridayMorning = time.Date(2024, 11, 29, 1, 0, 0, 0, time.UTC)

func newHouse(t testing.TB) *house {
	t.Helper()
	return houseOn(t, storetest.SQLite(t))
}

func houseOn(t testing.TB, db *store.DB) *house {
	t.Helper()
	return houseKeeping(t, db, filepath.Join(trial.Dir(t), "ring"))
}

// houseKeeping is houseOn with its keys in a folder of its own.
func houseKeeping(t testing.TB, db *store.DB, keys string) *house {
	t.Helper()
	h := &house{}
	h.now.Store(fridayMorning.UnixMicro())
	h.elapsed.Store(time.Now().UnixMicro())
	cat, err := catalogue.Load(nil)
	if err != nil {
		t.Fatal(err)
	}
	ring, err := keyring.Open(keys)
	if err != nil {
		t.Fatal(err)
	}
	printer, err := document.NewPrinter()
	if err != nil {
		t.Fatal(err)
	}
	quiet := slog.New(slog.NewTextHandler(io.Discard, nil))
	elapsed := func() time.Time { return time.UnixMicro(h.elapsed.Load()).UTC() }
	h.desk, err = desk.New(desk.Config{
		DB: db, Ring: ring, Printer: printer, Catalogue: cat, Now: func() time.Time { return time.UnixMicro(h.now.Load()).UTC() }, Elapsed: elapsed,
		Rand: rand.Reader, Log: quiet, Operator: testOperator(),
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := h.desk.CheckRing(t.Context()); err != nil {
		t.Fatal(err)
	}
	furnish(t, db)
	h.server, err = New(kit.Config{Desk: h.desk, Sessions: store.NewSessions(db, elapsed), Elapsed: elapsed, Log: testLog(t)})
	if err != nil {
		t.Fatal(err)
	}
	serving := httptest.NewUnstartedServer(h.server)
	counting, statements := store.Counting(context.Background())
	serving.Config.BaseContext = func(net.Listener) context.Context { return counting }
	serving.Start()
	t.Cleanup(serving.Close)
	h.url, h.statements = serving.URL, statements
	return h
}

// testLog shows what went wrong inside with the test that made it happen.
func testLog(t testing.TB) *slog.Logger {
	return slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn}))
}

func testOperator() desk.Operator {
	return desk.Operator{
		Mail: mail.Operator{Service: "NSS", Prefix: "【NSS】", Centre: "見本センター", LoginURL: "https://centre.example/login", From: "nss@centre.example",
			HelpDesk: mail.HelpDesk{Name: "ヘルプデスク", Phone: "0120-000-000", Hours: "平日 9:00〜17:00"}},
		Centre: "見本センター株式会社", Address: "東京都港区1-1", RulesVersion: "2024-04-01", RulesURL: "https://centre.example/rules", MaxCodes: 20, AnswerTarget: 2,
	}
}

// furnish puts two companies with an establishment each, and their people, into an empty database.
func furnish(t testing.TB, db *store.DB) {
	t.Helper()
	hash, err := argon2id.CreateHash(testPassword, &argon2id.Params{Memory: 64, Iterations: 1, Parallelism: 1, SaltLength: 16, KeyLength: 32})
	if err != nil {
		t.Fatal(err)
	}
	ctx, at := t.Context(), column.At(fridayMorning.AddDate(0, -1, 0))
	must := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	must(db.InTx(ctx, func(tx *store.Tx) error {
		for _, e := range []struct{ id, company, name, abbreviation string }{{"e1", "見本商事株式会社", "東京事業所", "NAC"}, {"e2", "別会社株式会社", "横浜事業所", "BET"}} {
			must(tx.InsertCompany(ctx, query.InsertCompanyParams{ID: "c" + e.id, Name: e.company, NameKana: "ミホンショウジ", CreatedAt: at}))
			must(tx.InsertAbbreviation(ctx, query.InsertAbbreviationParams{Abbreviation: e.abbreviation, Company: "c" + e.id, Position: 1}))
			must(tx.InsertEstablishment(ctx, query.InsertEstablishmentParams{ID: e.id, Company: "c" + e.id, Region: "1", Search: e.company, CreatedAt: at}))
			must(tx.InsertEstablishmentTerm(ctx, query.InsertEstablishmentTermParams{ID: "t" + e.id, Establishment: e.id, Name: e.name, NameKana: "トウキョウジギョウショ",
				PostalCode: "105-0013", Address: "東京都港区浜松町1-1-1", Phone: "03-0000-0000", SignatoryPosition: "代表取締役", SignatoryName: "見本 一郎",
				ValidFrom: column.On(calendar.NewDate(2020, 4, 1)), RecordedAt: at, Application: "import"}))
			must(tx.InsertContractTerm(ctx, query.InsertContractTermParams{ID: "p" + e.id, Establishment: e.id, Plan: "A", Terminals: 3, GeneralPlan: "B",
				ValidFrom: column.On(calendar.NewDate(2020, 4, 1)), RecordedAt: at, Application: "import"}))
		}
		for _, p := range []struct {
			login, establishment, name string
			role                       account.Role
		}{
			{"hanako", "e1", "見本 花子", account.Applicant}, {"kanri", "e1", "見本 次郎", account.Administrator}, {"etsuran", "e1", "見本 三郎", account.Viewer},
			{"betsu", "e2", "別 四郎", account.Administrator}, {"shinsa", "", "審査 五郎", account.Examiner}, {"sekinin", "", "審査 六郎", account.Supervisor},
		} {
			must(tx.InsertAccount(ctx, query.InsertAccountParams{ID: p.login, Establishment: column.Text(p.establishment), Role: string(p.role), Login: p.login,
				Name: p.name, NameKana: "ミホン", Department: "業務部", Phone: "03-1111-2222", Email: p.login + "@nac.example", PasswordHash: hash, Status: "active", CreatedAt: at}))
		}
		return nil
	}))
}

// A browser visits a house's server as one person.
type browser struct {
	t      testing.TB
	h      *house
	client *http.Client
}

// A pageSeen is an answer with its page.
type pageSeen struct {
	status int
	path   string // where the redirects ended
	header http.Header
	body   []byte
}

func (h *house) browser(t testing.TB) *browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &browser{t, h, &http.Client{Jar: jar}}
}

// as is a browser in which somebody has logged in.
func (h *house) as(t testing.TB, login string) *browser {
	t.Helper()
	b := h.browser(t)
	if p := b.signIn(h.desk, login, testPassword, "/login"); strings.HasPrefix(p.path, "/login") {
		t.Fatalf("login as %s: status %d: %s", login, p.status, p.body)
	}
	return b
}

func (b *browser) get(path string) pageSeen {
	b.t.Helper()
	r, err := http.NewRequestWithContext(b.t.Context(), http.MethodGet, b.h.url+path, nil)
	return b.do(r, err)
}

func (b *browser) post(path string, form url.Values) pageSeen {
	b.t.Helper()
	r, err := http.NewRequestWithContext(b.t.Context(), http.MethodPost, b.h.url+path, strings.NewReader(form.Encode()))
	if err == nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	return b.do(r, err)
}

func (b *browser) do(r *http.Request, err error) pageSeen {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
	answer, err := b.client.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return pageSeen{answer.StatusCode, answer.Request.URL.Path, answer.Header, body}
}

// want checks status and page; every page is sound besides.
func (b *browser) want(p pageSeen, status int, checks ...htmlcheck.Checker) pageSeen {
	b.t.Helper()
	if p.status != status {
		b.t.Fatalf("%s: status is %d, want %d: %s", p.path, p.status, status, text(p.body))
	}
	if err := htmlcheck.Page(p.body, append(checks, htmlcheck.Sound)...); err != nil {
		b.t.Errorf("%s: %v", p.path, err)
	}
	return p
}

// text is the page's main part without its tags, for messages.
func text(body []byte) string {
	_, main, _ := strings.Cut(string(body), "<main")
	var b strings.Builder
	depth := 0
	for _, c := range main {
		switch {
		case c == '<':
			depth++
		case c == '>':
			depth--
		case depth == 0:
			b.WriteRune(c)
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// with is a form of the page before: its hidden version, and what is typed.
func (p pageSeen) with(pairs ...string) url.Values {
	form := url.Values{}
	if _, rest, ok := strings.Cut(string(p.body), `name="version" value="`); ok {
		version, _, _ := strings.Cut(rest, `"`)
		form.Set("version", version)
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	return form
}
