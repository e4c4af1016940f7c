package web

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"
	"time"

	"uketsuke/internal/mail"
	"uketsuke/internal/web/kit"

	"golang.org/x/net/html"
)

// What people type who mean harm: markup, a formula, a template, another header of a mail.
const (
	hostileMarkup   = `"><script>alert(1)</script>`
	hostileImage    = `<img src=x onerror=alert(1)>`
	hostileFormula  = `=HYPERLINK("https://evil.example","x")`
	hostileTemplate = `{{.Password}}${7*7}'+alert(1)+'`
	hostileHeader   = "a\r\nBcc: all@evil.example"
)

// Whatever is typed into a text that is kept comes out as text: on the pages of everybody who sees it, in mails, on
// papers and in files for spreadsheets (ASVS 1.2.x, 1.3.11).
func TestWhatIsTypedComesOutAsText(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	id := h.hostile(t)
	seen := 0
	for _, login := range everybody() {
		b := h.browser(t)
		from := "/login"
		if login != "" {
			b, from = h.as(t, login), "/"
		}
		if login == "shinsa" || login == "sekinin" {
			from = "/desk?queue=found"
		}
		g := &harvest{t: t, h: h, seen: map[string]bool{}, times: map[string]int{}, samples: map[string]string{}, forms: map[string]sent{}}
		g.gather(b, from)
		for address := range g.seen {
			seen += onlyText(t, login+" "+address, b.get(address))
		}
	}
	if seen < 20 {
		t.Errorf("what was typed is seen only %d times: this test sees nothing", seen)
	}
	for _, sheet := range [][][]string{sheetRows(t, h.as(t, "hanako").save("/applications.csv")), sheetRows(t, h.as(t, "sekinin").save("/desk.csv?queue=found"))} {
		for _, row := range sheet {
			for _, cell := range row {
				if kit.BeginsFormula(cell) {
					t.Errorf("a spreadsheet would calculate %q", cell)
				}
			}
		}
	}
	if paper := paperText(t, h.as(t, "hanako").get("/applications/"+id+"/form.pdf")); !strings.Contains(paper, "alert(1)") {
		t.Error("the paper does not have what was typed")
	}
	h.mailsAreText(t, id)
}

// hostile is an application, returned, and all else that people may write, each text as harmful as the rules let it be.
func (h *house) hostile(t *testing.T) string {
	t.Helper()
	hanako, shinsa, sekinin := h.as(t, "hanako"), h.as(t, "shinsa"), h.as(t, "sekinin")
	start := hanako.post("/applications", url.Values{})
	app := strings.TrimSuffix(start.path, "/start")
	contact := hanako.post(start.path, start.with("kinds", "user-code", "desired", "2024-12-10", "reason", "</textarea>"+hostileMarkup))
	hanako.want(hanako.post(contact.path, contact.with("contact.name", hostileImage, "contact.kana", "ミホン ハナコ", "contact.phone", "03-1111-2222", "contact.email", "tanto@nac.example",
		"contact.department", hostileFormula, "contact.position", hostileTemplate, "contact.confirmed", "yes")), 200)
	code := hanako.get(app + "/codes/0")
	code = hanako.post(code.path, code.with("do", "add", "category", "common", "single_sign_on", "no", "trades", "customs-broker", "method", "netnaccs", "count", "1"))
	hanako.post(code.path, code.with("do", "set", "category", "common"))
	confirm := hanako.get(app + "/confirm")
	hanako.want(hanako.post(confirm.path, confirm.with("do", "register", "rules", "yes")), 200)
	h.at(time.December, 2, 10)
	path := "/desk" + app
	page := shinsa.post(path+"/claim", shinsa.get(path).with())
	shinsa.want(shinsa.post(path+"/remark", page.with("body", hostileMarkup)), 200)
	page = shinsa.get(path)
	shinsa.want(shinsa.post(path+"/return", page.with("round", page.hidden("round"), "remark.reason", hostileImage+"\r\n"+hostileFormula)), 200)
	notice := url.Values{"to": {"all"}, "establishment": {""}, "from": {"2024-12-02"}, "until": {""}, "title": {hostileMarkup}, "body": {hostileImage}, "title_en": {""}, "body_en": {""}}
	notice.Set("key", sekinin.post("/desk/news/preview", notice).hidden("key"))
	sekinin.want(sekinin.post("/desk/news/publish", notice), 200)
	if p := sekinin.sendFile(hostileImage+".p12", []byte{0x30, 0x82, 1, 2}, "kind", "certificate", "establishment", "e1", "terminal", "1"); p.status != 422 {
		t.Errorf("markup in the name of a file: status %d", p.status)
	}
	if p := hanako.post(start.path, start.with("reason", hostileHeader, "do", "keep")); p.status >= 500 {
		t.Errorf("a line break in a text: status %d", p.status)
	}
	return strings.TrimPrefix(app, "/applications/")
}

// onlyText wants a page without anything that could run, and counts the harmful texts that it shows as text.
func onlyText(t *testing.T, what string, p pageSeen) (shown int) {
	t.Helper()
	if !strings.HasPrefix(p.header.Get("Content-Type"), "text/html") {
		return 0
	}
	doc, err := html.Parse(strings.NewReader(string(p.body)))
	if err != nil {
		t.Fatal(err)
	}
	for n := range doc.Descendants() {
		for _, a := range n.Attr {
			if strings.HasPrefix(a.Key, "on") || a.Key == "style" || strings.HasPrefix(strings.TrimSpace(strings.ToLower(a.Val)), "javascript:") {
				t.Errorf("%s: <%s %s=%q>", what, n.Data, a.Key, a.Val)
			}
		}
		switch {
		case n.Type == html.ElementNode && (n.Data == "script" && attribute(n, "src") == "" || n.Data == "img" && attribute(n, "src") == "x" || n.Data == "iframe" || n.Data == "base"):
			t.Errorf("%s: <%s> of what somebody has typed", what, n.Data)
		case n.Type == html.TextNode && (strings.Contains(n.Data, "alert(1)") || strings.Contains(n.Data, "evil.example")):
			shown++
		}
	}
	return shown
}

// mailsAreText wants every letter about the application to be one letter to one person, whatever stands in it.
func (h *house) mailsAreText(t *testing.T, id string) {
	t.Helper()
	letters, err := mail.NewLetters(h.desk.Operator.Mail)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := h.desk.DB.Read().ListOutboxOf(t.Context(), id)
	if err != nil || len(rows) < 2 {
		t.Fatalf("%d mails, %v", len(rows), err)
	}
	for _, row := range rows {
		var letter mail.Letter
		if err := json.Unmarshal([]byte(row.Payload), &letter); err != nil {
			t.Fatal(err)
		}
		message, err := letters.Render(letter)
		if err != nil {
			t.Fatal(err)
		}
		if strings.ContainsAny(message.Subject+message.To.String(), "\r\n") {
			t.Errorf("a header of two lines: %q to %q", message.Subject, message.To.String())
		}
	}
}
