package web

import (
	"crypto/sha256"
	"database/sql"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"uketsuke/internal/application"
	"uketsuke/internal/desk"
	"uketsuke/internal/keyring"
	"uketsuke/internal/secret"
	"uketsuke/internal/store/storetest"
	"uketsuke/internal/trial"

	"golang.org/x/net/html"
)

// everybody is one login of every role, a stranger of another establishment, and "" for nobody.
func everybody() []string {
	return []string{"hanako", "kanri", "etsuran", "betsu", "shinsa", "sekinin", ""}
}

// GET changes nothing and reveals nothing: everybody follows every link and tries every address of
// applications in every state, with GET and HEAD. The database stays as it is, but for the sessions, and no
// page holds a password (R-SEC-5, ASVS 3.5.3).
func TestNoGetChangesOrRevealsAnything(t *testing.T) {
	t.Parallel()
	dsn := storetest.SQLiteFile(t)
	h := houseOn(t, storetest.Open(t, dsn))
	world := worldInEveryState(t, h)
	secrets := clearSecrets(t, h, world)
	if len(secrets) != 8 {
		t.Fatalf("%d passwords can be read, want two for each of four IDs", len(secrets))
	}
	browsers := map[string]*browser{}
	for _, login := range everybody() {
		browsers[login] = h.browser(t)
		if login != "" {
			browsers[login] = h.as(t, login)
		}
	}
	h.wait(desk.SessionNoted + time.Minute) // so that sessions note the visit
	before, most := digest(t, dsn), trial.Size(t, "CRAWL_OF_A_KIND", 8, 5000)
	for login, b := range browsers {
		c := &crawl{browser: b, who: login, secrets: secrets, seen: map[string]bool{}, ofKind: map[string]int{}, most: most}
		c.follow(everyAddress(h, world))
		t.Logf("%q: %d addresses, %d of them linked", login, len(c.seen), c.linked)
		if login != "" && login != "betsu" && c.linked < 30 {
			t.Errorf("%q found only %d links", login, c.linked)
		}
		for table, sum := range digest(t, dsn) {
			if sum != before[table] {
				t.Errorf("GET as %q has changed the table %s", login, table)
			}
		}
	}
}

// worldInEveryState makes an application in each state and says which; it is then noon of 10 December 2024,
// and the passwords of two applications can be read.
func worldInEveryState(t *testing.T, h *house) map[application.State]string {
	t.Helper()
	hanako, shinsa, sekinin := h.as(t, "hanako"), h.as(t, "shinsa"), h.as(t, "sekinin")
	world := map[application.State]string{}
	for _, state := range application.States()[1:] {
		world[state] = registered(t, hanako, state != application.Void)
	}
	world[application.InDraft] = strings.TrimSuffix(strings.TrimPrefix(hanako.post("/applications", url.Values{}).path, "/applications/"), "/start")
	leave := hanako.get("/applications/" + world[application.Withdrawn] + "/withdraw")
	hanako.want(hanako.post(leave.path, leave.with()), 200)
	h.at(time.December, 2, 10)
	claim := func(state application.State) pageSeen {
		path := "/desk/applications/" + world[state]
		return shinsa.want(shinsa.post(path+"/claim", shinsa.get(path).with()), 200)
	}
	decide := func(state application.State, verb string, pairs ...string) {
		page := claim(state)
		form := page.with(append([]string{"round", page.hidden("round")}, pairs...)...)
		shinsa.want(shinsa.post("/desk/applications/"+world[state]+"/"+verb, form), 200)
	}
	claim(application.UnderExamination)
	decide(application.Returned, "return", "remark.reason", "理由を詳しくお書きください。")
	decide(application.Rejected, "reject", "reason", "契約の対象ではありません。")
	decide(application.InEffect, "approve", "start", "2024-12-10", "password", testPassword)
	decide(application.Void, "approve", "start", "2024-12-10", "password", testPassword)
	decide(application.Approved, "approve", "start", "2024-12-20", "start_reason", "端末の準備のため。", "password", testPassword)
	h.at(time.December, 10, 12)
	if err := h.desk.Tick(t.Context()); err != nil {
		t.Fatal(err)
	}
	for state, id := range world {
		b, path := sekinin, "/desk/applications/"+id
		if state == application.InDraft {
			b, path = hanako, "/applications/"+id
		}
		if page := b.get(path); !strings.Contains(string(page.body), state.Japanese()) {
			t.Fatalf("the application that should be %s: status %d: %s", state, page.status, text(page.body))
		}
	}
	return world
}

// clearSecrets opens every sealed row there is, with the ring.
func clearSecrets(t *testing.T, h *house, world map[application.State]string) []string {
	t.Helper()
	var clear []string
	for _, id := range world {
		rows, err := h.desk.DB.Read().ListSecrets(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range rows {
			key, err := h.desk.Ring.Key(keyring.Name(row.KeyName))
			if err != nil {
				t.Fatal(err)
			}
			text, err := key.Open(secret.Place(row.UserID, secret.Name(row.Name), id), row.Sealed)
			if err != nil {
				t.Fatal(err)
			}
			clear = append(clear, string(text))
		}
	}
	return clear
}

// everyAddress is every address that GET could answer about the world's applications.
func everyAddress(h *house, world map[application.State]string) []string {
	addresses := []string{"/demo/mail", "/desk?queue=mine", "/desk?queue=unclaimed", "/desk?queue=found", "/news/1"}
	for _, route := range h.server.Routes() {
		for _, id := range world {
			at := strings.NewReplacer("{id}", id, "{n}", "1", "{tab}", "name").Replace(strings.TrimSuffix(route.Pattern, "{$}"))
			addresses = append(addresses, wildcard.ReplaceAllString(at, "1"))
		}
	}
	slices.Sort(addresses)
	return slices.Compact(addresses)
}

// A crawl is one person's way along all links.
type crawl struct {
	*browser
	who     string
	secrets []string
	seen    map[string]bool
	// ofKind counts the addresses asked that differ only in names of things and in the values of their questions: there
	// is a contract of every day and a charge of every month. At most so many of a kind are asked.
	ofKind map[string]int
	most   int
	linked int
}

// things are what tells addresses of one kind apart.
var things = regexp.MustCompile(`[0-9a-f-]{20,}|/[A-Z0-9]*[0-9][A-Z0-9]*(?:/|$)|[0-9]+`)

// kindOf is an address without names of things and without the values of its questions.
func kindOf(address string) string {
	path, query, _ := strings.Cut(address, "?")
	kind := things.ReplaceAllString(path, "*")
	for pair := range strings.SplitSeq(query, "&") {
		key, _, _ := strings.Cut(pair, "=")
		kind += "?" + key
	}
	return kind
}

// follow looks at addresses, and at whatever their pages link to. What is linked must be there.
func (c *crawl) follow(addresses []string) {
	c.t.Helper()
	for _, address := range addresses {
		c.look(address, false)
	}
}

func (c *crawl) look(address string, linked bool) {
	c.t.Helper()
	kind := kindOf(address)
	if c.seen[address] || linked && c.ofKind[kind] >= c.most {
		return
	}
	c.seen[address] = true
	c.ofKind[kind]++
	c.head(address)
	page := c.get(address)
	if page.status >= 500 || linked && page.status != http.StatusOK {
		c.t.Errorf("%q at %s, linked %v: status %d", c.who, address, linked, page.status)
	}
	for _, clear := range c.secrets {
		if strings.Contains(string(page.body), clear) {
			c.t.Errorf("%q sees a password at %s", c.who, address)
		}
	}
	if !strings.HasPrefix(page.header.Get("Content-Type"), "text/html") || page.status != http.StatusOK {
		return
	}
	for _, next := range linksOf(c.t, page.body) {
		c.linked++
		c.look(next, true)
	}
}

func (c *crawl) head(address string) {
	c.t.Helper()
	r, err := http.NewRequestWithContext(c.t.Context(), http.MethodHead, c.h.url+address, nil)
	c.do(r, err)
}

// linksOf are the addresses of this site that a page links to.
func linksOf(t testing.TB, page []byte) []string {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(string(page)))
	if err != nil {
		t.Fatal(err)
	}
	var links []string
	for n := range doc.Descendants() {
		for _, a := range n.Attr {
			if n.Data == "a" && a.Key == "href" && strings.HasPrefix(a.Val, "/") && !strings.HasPrefix(a.Val, "//") {
				at, _, _ := strings.Cut(a.Val, "#")
				links = append(links, at)
			}
		}
	}
	return links
}

// digest is a sum of all rows of each table of a SQLite file; sessions and their last visits are left out.
func digest(t *testing.T, dsn string) map[string]string {
	t.Helper()
	sums := map[string]string{}
	for table, rows := range tablesOf(t, dsn) {
		slices.Sort(rows)
		sums[table] = fmt.Sprintf("%x", sha256.Sum256([]byte(strings.Join(rows, "\n"))))
	}
	if len(sums) < 20 {
		t.Fatalf("the test sees only %d tables", len(sums))
	}
	delete(sums, "sessions")
	delete(sums, "sign_ins")
	return sums
}

// tablesOf is every row of a SQLite file as text, by table, as somebody sees it who has the file.
func tablesOf(t *testing.T, dsn string) map[string][]string {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+url.PathEscape(dsn)+"?_pragma=busy_timeout(10000)&mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	tables := map[string][]string{}
	for _, name := range rowsOf(t, db, "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'") {
		tables[name] = rowsOf(t, db, "SELECT * FROM "+name)
	}
	return tables
}

// rowsOf are the rows of a query, each as one line.
func rowsOf(t *testing.T, db *sql.DB, query string) []string {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for rows.Next() {
		cells := make([]sql.NullString, len(columns))
		into := make([]any, len(cells))
		for i := range cells {
			into[i] = &cells[i]
		}
		if err := rows.Scan(into...); err != nil {
			t.Fatal(err)
		}
		var line []string
		for _, cell := range cells {
			line = append(line, cell.String)
		}
		lines = append(lines, strings.Join(line, " | "))
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return lines
}
