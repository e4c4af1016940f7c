package web

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"io/fs"
	"log/slog"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"uketsuke/internal/account"
	"uketsuke/internal/desk"
	"uketsuke/internal/mail"
	"uketsuke/internal/store/storetest"
	"uketsuke/internal/web/centre"
	"uketsuke/internal/web/htmlcheck"
)

// A written is all that the product writes: files of a folder, rows, mails, papers. Names lead to content.
type written map[string]string

// Known passwords are issued, read, sealed anew and come to their end; no byte that the product writes ever
// holds one in clear, and after the period no byte of what opens them is left (R-SEC-5, R-SEC-6, R-MAIL-5,
// ASVS 16.2.5).
func TestCanary(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	dsn := filepath.Join(dir, "uketsuke.db")
	h := houseIn(t, dir, dsn)
	id := approvedCase(t, h)
	clear := readPasswords(t, h, id)
	move := h.as(t, "sekinin")
	change := move.get("/desk/applications/" + id + "/change-start")
	move.want(move.post(change.path, change.with("start", "2024-12-11", "start_reason", "延期のため")), 200)
	if again := readPasswords(t, h, id); strings.Join(again, " ") != strings.Join(clear, " ") {
		t.Fatalf("sealing anew has made other passwords")
	}
	h.at(time.December, 11, 12)
	tick(t, h)
	means := opening(t, h, dir, id)
	seen := everythingWritten(t, h, dir, dsn, id)
	for what, texts := range map[string][]string{"a password": clear, "a login's password": {testPassword}} {
		seen.without(t, what+" while it can be read", texts)
	}
	for _, opens := range means {
		if !seen.holds(opens) {
			t.Fatal("what opens the passwords is in no file before the end: this test sees nothing")
		}
	}
	h.at(time.December, 14, 0)
	tick(t, h)
	after := everythingWritten(t, h, dir, dsn, id)
	after.without(t, "a password after the period", clear)
	after.without(t, "what opens a password after the period", means)
}

// houseIn is a house that keeps everything in one folder: database, keys, log.
func houseIn(t *testing.T, dir, dsn string) *house {
	t.Helper()
	if err := storetest.Migrate(dsn); err != nil {
		t.Fatal(err)
	}
	h := houseKeeping(t, storetest.Open(t, dsn), filepath.Join(dir, "keys"))
	log, err := os.Create(filepath.Join(dir, "log.json"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = log.Close() })
	h.desk.Log = slog.New(slog.NewJSONHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	h.server.Log = h.desk.Log
	return h
}

// readPasswords reads the passwords of an application on its page, after a few tries that must not show them.
func readPasswords(t *testing.T, h *house, id string) []string {
	t.Helper()
	b, path := h.as(t, "kanri"), "/applications/"+id+"/ids"
	page := b.get(path)
	b.want(b.post(path, url.Values{"once": {page.hidden("once")}, "password": {"a wrong one"}}), 422)
	page = b.get(path)
	shown := b.want(b.post(path, url.Values{"once": {page.hidden("once")}, "password": {testPassword}}), 200, htmlcheck.Count(".secret-text", 4))
	b.want(b.post(path, url.Values{"once": {page.hidden("once")}, "password": {testPassword}}), 422)
	var clear []string
	for _, part := range strings.Split(string(shown.body), `<span class="mono secret-text">`)[1:] {
		password, _, _ := strings.Cut(part, "<")
		clear = append(clear, password)
	}
	return clear
}

func tick(t *testing.T, h *house) {
	t.Helper()
	if err := h.desk.Tick(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// opening is what opens the passwords of an application: the sealed bytes and the keys.
func opening(t *testing.T, h *house, dir, id string) []string {
	t.Helper()
	rows, err := h.desk.DB.Read().ListSecrets(t.Context(), id)
	if err != nil || len(rows) != 4 {
		t.Fatalf("%d sealed rows, %v", len(rows), err)
	}
	var opens []string
	for _, row := range rows {
		key, err := os.ReadFile(filepath.Join(dir, "keys", "keys", filepath.FromSlash(row.KeyName)))
		if err != nil {
			t.Fatal(err)
		}
		opens = append(opens, string(row.Sealed), string(key))
	}
	return opens
}

// everythingWritten is every file of the folder, every row of the database, every mail and every paper.
func everythingWritten(t *testing.T, h *house, dir, dsn, id string) written {
	t.Helper()
	all := written{}
	for table, rows := range tablesOf(t, dsn) {
		all["table "+table] = strings.Join(rows, "\n")
	}
	err := filepath.WalkDir(dir, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := os.ReadFile(name)
		all["file "+strings.TrimPrefix(name, dir)] = string(content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if log := all["file /log.json"]; !strings.Contains(log, "/applications/{id}/ids") {
		t.Fatal("the log does not mention the reading: this test does not see it")
	}
	all.addMails(t, h, id)
	for _, login := range []string{"hanako", "shinsa"} {
		at := map[string]string{"hanako": "/applications/", "shinsa": "/desk/applications/"}[login] + id
		b := h.as(t, login)
		for _, paper := range []string{"/form.pdf", "/notice.pdf"} {
			all["paper "+at+paper] = paperText(t, b.get(at+paper))
		}
	}
	all.addFiles(t, h, id)
	return all
}

// addFiles adds each file that people can save: lists and contract, receipt and invoice, the log of evidence, and the
// proof of the entry that says who has read the passwords.
func (w written) addFiles(t *testing.T, h *house, id string) {
	t.Helper()
	hanako, sekinin := h.as(t, "hanako"), h.as(t, "sekinin")
	w["paper receipt"] = paperWords(t, hanako.get("/applications/"+id+"/receipt.pdf"), "2400001A")
	w["paper invoice"] = paperWords(t, hanako.get("/charges.pdf?month=2024-12"), "見本商事")
	if err := h.desk.KeepLog(t.Context()); err != nil {
		t.Fatal(err)
	}
	log, err := h.desk.AuditLog(t.Context(), account.Actor{ID: "x", Role: account.Supervisor}, desk.AuditQuery{Act: "read-secrets"})
	if err != nil || len(log.Rows) == 0 {
		t.Fatalf("no entry of a reading: %v", err)
	}
	entry := centre.AuditPath(log.Rows[0].Said.ID)
	w["paper proof"] = paperWords(t, sekinin.save(entry+"/proof.pdf"), "read-secrets")
	for file, saved := range map[string]struct {
		page pageSeen
		has  string
	}{
		"/applications.csv":                     {hanako.save("/applications.csv"), "2400001A"},
		"/contract.csv":                         {hanako.save("/contract.csv?on=2024-12-13"), "1ANACA0A"},
		"/contract.json":                        {hanako.save("/contract.json?on=2024-12-13"), "1ANACA0A"},
		"/contract/compare.csv":                 {hanako.save("/contract/compare.csv?from=2024-12-01&to=2024-12-13"), "1ANACA0A"},
		"/charges.csv":                          {hanako.save("/charges.csv?month=2024-12"), "2024-12"},
		"/desk.csv":                             {sekinin.save("/desk.csv?queue=found"), "2400001A"},
		"/desk/establishments/e1/contract.json": {sekinin.save("/desk/establishments/e1/contract.json?on=2024-12-13"), "1ANACA0A"},
		"/desk/audit.jsonl":                     {sekinin.save("/desk/audit.jsonl?personal=yes"), "read-secrets"},
		"/desk/audit/{entry}/proof.json":        {sekinin.save(entry + "/proof.json"), "read-secrets"},
	} {
		if saved.page.status != 200 || !strings.Contains(string(saved.page.body), saved.has) {
			t.Fatalf("%s: status %d without %q: %.300s", file, saved.page.status, saved.has, saved.page.body)
		}
		w["file "+file] = string(saved.page.body)
	}
}

// addMails adds each letter of the outbox as it was or would be sent.
func (w written) addMails(t *testing.T, h *house, id string) {
	t.Helper()
	letters, err := mail.NewLetters(h.desk.Operator.Mail)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := h.desk.DB.Read().ListOutboxOf(t.Context(), id)
	if err != nil || len(rows) < 5 {
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
		w["mail "+row.ID+" "+message.Subject] = message.To.String() + message.Subject + message.Body
	}
}

// paperText is the paper of an application as it came and as it is read.
func paperText(t *testing.T, page pageSeen) string {
	t.Helper()
	return paperWords(t, page, "1ANAC", "追加1")
}

// paperWords is a PDF as it came and as it is read, in which one of some words stands.
func paperWords(t *testing.T, page pageSeen, words ...string) string {
	t.Helper()
	if page.status != 200 || page.header.Get("Content-Type") != "application/pdf" {
		t.Fatalf("%s is no paper: status %d", page.path, page.status)
	}
	read := exec.CommandContext(t.Context(), "pdftotext", "-raw", "-", "-")
	read.Stdin = strings.NewReader(string(page.body))
	text, err := read.Output()
	if err != nil || !slices.ContainsFunc(words, func(word string) bool { return strings.Contains(string(text), word) }) {
		t.Fatalf("reading %s: %v (pdftotext is in poppler-utils): %.300s", page.path, err, text)
	}
	return string(page.body) + string(text)
}

// holds says whether something stands anywhere.
func (w written) holds(text string) bool {
	for _, content := range w {
		if strings.Contains(content, text) {
			return true
		}
	}
	return false
}

// without says that none of the texts stands anywhere, in clear or in the usual disguises.
func (w written) without(t *testing.T, what string, texts []string) {
	t.Helper()
	for _, text := range texts {
		raw := []byte(text)
		disguises := []string{text, strings.ToLower(text), hex.EncodeToString(raw), strings.ToUpper(hex.EncodeToString(raw)),
			strings.TrimRight(base64.StdEncoding.EncodeToString(raw), "="), strings.TrimRight(base64.URLEncoding.EncodeToString(raw), "="), url.QueryEscape(text)}
		for name, content := range w {
			for _, disguise := range disguises {
				if strings.Contains(content, disguise) {
					t.Errorf("%s holds %s", name, what)
				}
			}
		}
	}
}
