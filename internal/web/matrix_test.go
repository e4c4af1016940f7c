package web

import (
	"flag"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"

	"uketsuke/internal/account"
	"uketsuke/internal/desk"
	"uketsuke/internal/identity"
	"uketsuke/internal/store/storetest"
	"uketsuke/internal/web/centre"
	"uketsuke/internal/web/kit"

	"golang.org/x/net/html"
)

var update = flag.Bool("update", false, "write the access matrix anew")

// matrixFile is the matrix as people read it.
const matrixFile = "../../docs/access.md"

const matrixHead = `# Who may do what

Every address of the pages, by what the product really answers; ` + "`make access`" + ` compares, and fails for a route without a
row. A new route is shown by ` + "`go test ./internal/web -run TestAccessMatrix -update`" + `; read the difference before it lands.

A GET asks for a thing that there is in the test's world; a POST sends a field that no page has, so that 422 means that
the role may. 401 is the login page with what was typed, "login" the way to it. 404 for somebody who may: not in this
state of the thing. "Foreign" is the same question about what is not theirs: for an establishment's people the things
of another company, for the centre's a draft, another establishment's code or person, or what does not exist; a POST
sends there everything that the right person's page would. It is 403 or 404, and nothing is changed and nothing shown.

The link of the first run is 410 for everybody: there is one only while the centre has nobody (TestFirstRun).

The addresses for machines are ` + "`/livez`, `/readyz` (also `/healthz`) and `/degradedz`" + `, for everybody, and those of ` + "`/api/`" + `, which want a gateway's token for exactly
that; ` + "`/demo/`" + ` exists in the demo alone.

| Route | For | applicant | administrator | viewer | examiner | supervisor | nobody | foreign |
| --- | --- | --- | --- | --- | --- | --- | --- | --- |
`

// A sent is a form as a page offers it.
type sent struct {
	path   string
	fields url.Values
}

// A harvest is what people find while they look around: an address and a form for each route.
type harvest struct {
	t       *testing.T
	h       *house
	seen    map[string]bool
	times   map[string]int
	samples map[string]string   // pattern, with its method → an address
	forms   map[string]sent     // the same → a form
	asked   map[string][]string // pattern → the statements of the page that needed most
}

// patternOf is the route that answers.
func (g *harvest) patternOf(method, address string) string {
	path, _, _ := strings.Cut(address, "?")
	_, pattern := g.h.server.Mux.Handler(httptest.NewRequest(method, path, nil))
	return pattern
}

// gather follows links, a few of each kind, and keeps addresses and forms.
func (g *harvest) gather(b *browser, address string) {
	pattern := g.patternOf(http.MethodGet, address)
	if g.seen[address] || pattern == "" || g.times[pattern] > 8 || strings.Contains(pattern, "/static/") {
		return
	}
	g.seen[address] = true
	g.times[pattern]++
	g.h.statements.Take()
	page := b.get(address)
	if page.status != http.StatusOK {
		return
	}
	// A redirect is two requests.
	if asked := g.h.statements.Take(); slices.Index(asked, "GetSession") == 0 && !slices.Contains(asked[1:], "GetSession") && len(asked) > len(g.asked[pattern]) {
		if g.asked == nil {
			g.asked = map[string][]string{}
		}
		g.asked[pattern] = asked
	}
	if _, known := g.samples[pattern]; !known {
		g.samples[pattern] = address
	}
	if !strings.HasPrefix(page.header.Get("Content-Type"), "text/html") {
		return
	}
	g.gatherForms(page, address)
	for _, next := range linksOf(g.t, page.body) {
		g.gather(b, next)
	}
}

// meet keeps one page's address and forms, without following its links.
func (g *harvest) meet(b *browser, address string) {
	g.t.Helper()
	page := b.want(b.get(address), http.StatusOK)
	g.samples[g.patternOf(http.MethodGet, address)] = address
	g.gatherForms(page, address)
}

func (g *harvest) gatherForms(page pageSeen, address string) {
	doc, err := html.Parse(strings.NewReader(string(page.body)))
	if err != nil {
		g.t.Fatal(err)
	}
	for n := range doc.Descendants() {
		if n.Data != "form" || !strings.EqualFold(attribute(n, "method"), "post") {
			continue
		}
		fields := url.Values{}
		actions := []string{attribute(n, "action")}
		for e := range n.Descendants() {
			if name := attribute(e, "name"); name != "" && attribute(e, "value") != "" && (e.Data == "input" || e.Data == "button") && !fields.Has(name) {
				fields.Set(name, attribute(e, "value"))
			}
			if to := attribute(e, "formaction"); to != "" {
				actions = append(actions, to)
			}
		}
		for _, action := range actions {
			if action == "" {
				action, _, _ = strings.Cut(address, "?")
			}
			if pattern := g.patternOf(http.MethodPost, action); pattern != "" {
				if _, known := g.forms[pattern]; !known {
					g.forms[pattern], g.samples[pattern] = sent{action, fields}, action
				}
			}
		}
	}
}

// noticeAndFile publishes an announcement and a certificate for one establishment.
func (h *house) noticeAndFile(t *testing.T) {
	t.Helper()
	b := h.as(t, "sekinin")
	notice := url.Values{"to": {"one"}, "establishment": {"見本商事"}, "from": {"2024-12-10"}, "until": {""}, "title": {"停止"}, "body": {"予定"}, "title_en": {""}, "body_en": {""}}
	notice.Set("key", b.post("/desk/news/preview", notice).hidden("key"))
	b.want(b.post("/desk/news/publish", notice), 200)
	b.want(b.sendFile("端末 2.p12", []byte{0x30, 0x82, 1, 2}, "kind", "certificate", "establishment", "e1", "terminal", "2"), 200)
}

// providerKey is an identity provider of the matrix's world, which is never asked.
const providerKey = "corp"

// meetRest puts into the world what people of several roles would find on one page, and meets it: a mail that failed, a
// file that can be withdrawn, an entry with its place in the log, somebody who is invited, an identity provider.
func (h *house) meetRest(t *testing.T, g *harvest, dsn string, boss *browser) {
	t.Helper()
	for _, mail := range handOver(t, h.desk.DB, "kanri@nac.example") {
		if mail.Recipient == "kanri@nac.example" {
			g.meet(boss, "/desk/mails/"+mail.ID)
		}
	}
	g.meet(boss, "/desk/files/"+between(t, boss.get("/desk/files").body, `href="/desk/files/`, `/`)+"/withdraw")
	if err := h.desk.KeepLog(t.Context()); err != nil {
		t.Fatal(err)
	}
	log, err := h.desk.AuditLog(t.Context(), account.Actor{ID: "x", Role: account.Supervisor}, desk.AuditQuery{Act: "register"})
	if err != nil || len(log.Rows) == 0 {
		t.Fatal(log, err)
	}
	g.meet(boss, centre.AuditPath(log.Rows[0].Said.ID))
	link := h.invite(t, dsn, "新田 三郎", "saburo@nac.example")
	g.samples["GET /setup/{token}"], g.samples["POST /setup/{token}"] = link, link
	h.server.Identities = identity.New([]identity.Config{{Key: providerKey, Name: "社内認証", NameEN: "Company sign-in", Issuer: "https://id.centre.example"}},
		func(key string) string { return h.url + "/login/back/" + key })
	for _, of := range []string{"GET /login/back/{provider}", "POST /login/back/{provider}", "POST /login/with/{provider}", "POST /account/identities/{provider}", "POST /account/identities/{provider}/remove"} {
		_, path, _ := strings.Cut(of, " ")
		g.samples[of] = strings.Replace(path, "{provider}", providerKey, 1)
	}
}

// try finds an address for what no link and no form of the world leads to: one of an application in any state, or
// of a person, for which the answer is not that there is no such thing.
func (g *harvest) try(people map[account.Role]*browser, world []string) {
	for _, r := range g.h.server.Routes() {
		b := people[account.Supervisor]
		if r.Access.Allows(account.Administrator) {
			b = people[account.Administrator]
		}
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			if at, known := g.samples[method+" "+r.Pattern]; known && g.samples[r.Method+" "+r.Pattern] == "" {
				g.samples[r.Method+" "+r.Pattern] = at // the button stands where the page is
			}
		}
		for _, id := range append(world, "e1") {
			if _, known := g.samples[r.Method+" "+r.Pattern]; known || !strings.Contains(r.Pattern, "{id}") && !strings.Contains(r.Pattern, "{person}") {
				break
			}
			at := strings.NewReplacer("{id}", id, "{n}", "1", "{tab}", "name", "{round}", "1", "{person}", map[bool]string{true: "shinsa", false: "hanako"}[strings.HasPrefix(r.Pattern, "/desk/people")], "{code}", "1ANAC").Replace(r.Pattern)
			if b.refused(r.Method, at).status != http.StatusNotFound {
				g.samples[r.Method+" "+r.Pattern] = at
			}
		}
	}
}

// refused asks a route without doing anything: a POST sends a field that no page has.
func (b *browser) refused(method, address string) pageSeen {
	b.t.Helper()
	if method == http.MethodPost {
		return b.post(address, url.Values{"no-page-has-this": {"1"}})
	}
	return b.get(address)
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// The access matrix, by asking: every route, for every role, for nobody, and for somebody to whom the thing does not
// belong. What the table in routes.go says is asked of the answers; which exactly they are stands in a file, so that a
// new route, or another answer, is something that somebody has looked at (ASVS 8.1.x, 8.2.x, 8.4.1, trap 27).
func TestAccessMatrix(t *testing.T) {
	t.Parallel()
	if raceDetected {
		t.Skip("asks thousands of pages one after another, which races with nobody; scripts/test does so without the race detector")
	}
	dsn := storetest.SQLiteFile(t)
	h := houseOn(t, storetest.Open(t, dsn))
	world := slices.Collect(maps.Values(worldInEveryState(t, h)))
	slices.Sort(world)
	draft := h.begun(t)
	h.noticeAndFile(t)
	people := map[account.Role]*browser{"": h.browser(t)}
	logins := map[account.Role]string{account.Applicant: "hanako", account.Administrator: "kanri", account.Viewer: "etsuran", account.Examiner: "shinsa", account.Supervisor: "sekinin"}
	for role, login := range logins {
		people[role] = h.as(t, login)
	}
	stranger := h.as(t, "betsu")
	g := &harvest{t: t, h: h, seen: map[string]bool{}, samples: map[string]string{}, forms: map[string]sent{}}
	h.meetRest(t, g, dsn, people[account.Supervisor])
	for _, role := range []account.Role{account.Applicant, account.Administrator, account.Examiner, account.Supervisor, ""} {
		g.times = map[string]int{}
		home := map[bool]string{true: "/desk?queue=found", false: "/"}[role.OfCentre()]
		if role == "" {
			home = "/login"
		}
		g.gather(people[role], home)
	}
	stranger.save("/contract.csv") // whoever has just said who they are gets no further
	people[account.Supervisor].save("/desk.csv")
	for _, b := range append(slices.Collect(maps.Values(people)), stranger) {
		b.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	}
	g.try(people, world)
	before := digest(t, dsn)
	var rows strings.Builder
	for _, r := range h.server.Routes() {
		cells := []string{"`" + r.Method + " " + r.Pattern + "`", string(r.Access)}
		for _, role := range append(slices.DeleteFunc(account.Roles(), func(r account.Role) bool { return logins[r] == "" }), "") {
			cells = append(cells, g.own(people[role], r, role))
		}
		cells = append(cells, g.foreign(people, stranger, r, draft))
		fmt.Fprintf(&rows, "| %s |\n", strings.Join(cells, " | "))
	}
	for table, sum := range digest(t, dsn) {
		if sum != before[table] {
			t.Errorf("asking has changed the table %s", table)
		}
	}
	compareMatrix(t, matrixHead+rows.String())
	compareStatements(t, g.asked)
}

// own asks a role for a route's own thing, and holds the answer against the route's line.
func (g *harvest) own(b *browser, r kit.Route, role account.Role) string {
	address, known := g.samples[r.Method+" "+r.Pattern]
	if !known {
		address = wildcard.ReplaceAllString(strings.TrimSuffix(r.Pattern, "{$}"), "1")
	}
	p := b.refused(r.Method, address)
	carriesHeaders(g.t, r.Method+" "+r.Pattern, p.header)
	login := r.Method == http.MethodGet && p.status == http.StatusSeeOther && strings.HasPrefix(p.header.Get("Location"), "/login")
	admitted := p.status != http.StatusUnauthorized && p.status != http.StatusForbidden && !login
	switch {
	case p.status >= 500:
		g.t.Errorf("%s as %q: status %d", address, role, p.status)
	case r.Access == kit.Public: // its answer depends on how far a sign-in has come
	case r.Access.Allows(role) && !admitted:
		g.t.Errorf("%s %s is for %s, but %q gets %d", r.Method, r.Pattern, r.Access, role, p.status)
	case !r.Access.Allows(role) && role != "" && p.status != http.StatusForbidden:
		g.t.Errorf("%s %s is for %s, but %q gets %d", r.Method, r.Pattern, r.Access, role, p.status)
	case !r.Access.Allows(role) && role == "" && !login && p.status != http.StatusUnauthorized:
		g.t.Errorf("%s %s is for %s, but nobody gets %d", r.Method, r.Pattern, r.Access, p.status)
	case r.Method == http.MethodPost && r.Access.Allows(role) && p.status == http.StatusSeeOther && r.Pattern != "/logout":
		g.t.Errorf("%s %s takes a field that no page has", r.Method, r.Pattern)
	}
	if login {
		return "login"
	}
	return fmt.Sprint(p.status)
}

// foreign asks somebody who may use the route for what is not theirs: every such question gets the same answer.
func (g *harvest) foreign(people map[account.Role]*browser, stranger *browser, r kit.Route, draft string) string {
	if !strings.Contains(strings.TrimSuffix(r.Pattern, "{$}"), "{") {
		return "–"
	}
	said := map[string]bool{}
	for who, addresses := range g.strange(r, draft) {
		b := stranger
		if who == "centre" {
			b = people[account.Supervisor]
		}
		for _, address := range addresses {
			p := g.press(b, r, address)
			if r.Pattern == "/account/sessions/{session}/end" && p.status == http.StatusSeeOther {
				said["303"] = true
				continue // a session that is over is as it should be; that no other ends is seen in the database
			}
			if r.Access != kit.Public && p.status != http.StatusNotFound && p.status != http.StatusForbidden || p.status >= 500 {
				g.t.Errorf("%s %s, which is not theirs: %s gets %d", r.Method, address, who, p.status)
			}
			if who == "stranger" && (strings.Contains(string(p.body), "見本商事") || strings.Contains(string(p.body), "見本 花子")) {
				g.t.Errorf("%s %s tells a stranger whose it is", r.Method, address)
			}
			said[fmt.Sprint(p.status)] = true
		}
	}
	return strings.Join(slices.Sorted(maps.Keys(said)), " ")
}

// press asks as the page of whom the thing belongs to would, with everything that its form sends.
func (g *harvest) press(b *browser, r kit.Route, address string) pageSeen {
	if r.Method != http.MethodPost {
		return b.get(address)
	}
	fields := maps.Clone(g.forms["POST "+r.Pattern].fields)
	if fields == nil {
		fields = url.Values{}
	}
	if strings.HasSuffix(r.Pattern, "/ids") || strings.HasSuffix(r.Pattern, ".csv") || strings.HasSuffix(r.Pattern, ".json") {
		fields.Set("password", testPassword)
	}
	p := b.post(address, fields)
	if p.status == http.StatusUnprocessableEntity || p.status == http.StatusBadRequest {
		fields.Set("version", "1")
		p = b.post(address, fields)
	}
	return p
}

// strange are the addresses of a route's things that are not theirs who ask.
func (g *harvest) strange(r kit.Route, draft string) map[string][]string {
	sample := g.samples[r.Method+" "+r.Pattern]
	path, query, _ := strings.Cut(sample, "?")
	parts, own := strings.Split(r.Pattern, "/"), strings.Split(path, "/")
	var none []string
	for i, part := range parts {
		if !strings.HasPrefix(part, "{") {
			continue
		}
		strange := slices.Clone(own)
		if sample == "" {
			strange = strings.Split(wildcard.ReplaceAllString(r.Pattern, "1"), "/")
		}
		for _, other := range g.others(r, part, draft) {
			strange[i] = other
			none = append(none, strings.TrimSuffix(strings.Join(strange, "/")+"?"+query, "?"))
		}
	}
	who := "stranger"
	if r.Access == kit.Centre || r.Access == kit.Supervisors {
		who = "centre"
	}
	asked := map[string][]string{who: none}
	if who == "stranger" && sample != "" && !forAll(r) {
		asked[who] = append(asked[who], sample)
	}
	return asked
}

// others are what stands in no address of theirs: what does not exist, and for the centre a draft, and another
// establishment where the rest of the address belongs to one.
func (g *harvest) others(r kit.Route, part, draft string) []string {
	none := []string{"none-such"}
	switch {
	case part == "{id}" && strings.HasPrefix(r.Pattern, "/desk/applications/"):
		return append(none, draft)
	case part == "{id}" && strings.HasPrefix(r.Pattern, "/desk/establishments/{id}/") && strings.Count(r.Pattern, "{") > 1:
		return append(none, "e2")
	}
	return none
}

// forAll says whether a route's things are everybody's who has the address: a link in a mail, an identity provider.
func forAll(r kit.Route) bool {
	return r.Access == kit.Public || strings.Contains(r.Pattern, "{provider}")
}

func compareMatrix(t *testing.T, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(matrixFile, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(matrixFile)
	if err != nil {
		t.Fatal(err)
	}
	have := strings.Split(string(want), "\n")
	for _, row := range strings.Split(got, "\n") {
		if i := slices.Index(have, row); i >= 0 {
			have = slices.Delete(have, i, i+1)
			continue
		}
		t.Errorf("docs/access.md does not have, go test ./internal/web -run TestAccessMatrix -update writes it: %s", row)
	}
	for _, row := range have {
		t.Errorf("docs/access.md has what is not so: %s", row)
	}
}
