package web

import (
	"bytes"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"uketsuke/internal/store/storetest"
)

// openIn are the files of a folder that this process holds open.
func openIn(t *testing.T, dir string) []string {
	t.Helper()
	handles, err := filepath.Glob("/proc/self/fd/*")
	if err != nil || len(handles) == 0 {
		t.Skip("this system does not say which files are open")
	}
	var open []string
	for _, handle := range handles {
		if at, err := os.Readlink(handle); err == nil && strings.HasPrefix(at, dir) {
			open = append(open, at)
		}
	}
	return open
}

// Pages, files, papers, uploads and searches, those that fail too, leave no file open and none behind once the
// database is closed: rows that nobody closes would keep their connection (ASVS 1.4.3).
func TestNothingStaysOpen(t *testing.T) {
	dir, uploads := t.TempDir(), t.TempDir()
	t.Setenv("TMPDIR", uploads)
	dsn := filepath.Join(dir, "uketsuke.db")
	if err := storetest.Migrate(dsn); err != nil {
		t.Fatal(err)
	}
	t.Run("a day", func(t *testing.T) {
		h := houseOn(t, storetest.Open(t, dsn))
		approvedCase(t, h)
		h.at(time.December, 10, 12)
		for login, from := range map[string]string{"hanako": "/", "sekinin": "/desk?queue=found"} {
			b := h.as(t, login)
			g := &harvest{t: t, h: h, seen: map[string]bool{}, times: map[string]int{}, samples: map[string]string{}, forms: map[string]sent{}}
			g.gather(b, from)
			for _, file := range []string{"/applications.csv", "/contract.csv", "/contract.json", "/contract/compare.csv", "/charges.csv", "/desk.csv?queue=found", "/desk/audit.jsonl"} {
				b.save(file)
			}
			b.post("/desk/audit/search", url.Values{"text": {"見本"}})
			b.post("/desk/mails/search", url.Values{"search": {"nac"}, "state": {""}})
			b.post("/desk/establishments/search", url.Values{"search": {"見本"}})
			for _, size := range []int{4, 3 << 20, 60 << 20} {
				content := append([]byte{0x30, 0x82, 1, 2}, bytes.Repeat([]byte("c"), size)...)
				b.sendFile("端末.p12", content, "kind", "certificate", "establishment", "e1", "terminal", "1")
			}
		}
		if p := h.as(t, "hanako").get("/files"); p.status != http.StatusOK || !strings.Contains(string(p.body), "端末.p12") {
			t.Errorf("the upload has not arrived: status %d", p.status)
		}
		if len(openIn(t, dir)) == 0 {
			t.Error("no file is open while the desk is: this test sees nothing")
		}
	})
	if left := openIn(t, dir); len(left) > 0 {
		t.Errorf("still open: %q", left)
	}
	if left, err := os.ReadDir(uploads); err != nil || len(left) > 0 {
		t.Errorf("uploads have left %v, %v", left, err)
	}
}
