package web

import (
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"uketsuke/internal/web/holding"
	"uketsuke/internal/web/htmlcheck"
)

// followQR reads the QR code of a rendered paper, as a telephone does, and says where it leads here.
func followQR(t *testing.T, paper pageSeen) string {
	t.Helper()
	dir := t.TempDir()
	pdf, page := filepath.Join(dir, "paper.pdf"), filepath.Join(dir, "page")
	if err := os.WriteFile(pdf, paper.body, 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("pdftoppm", "-r", "150", "-png", "-singlefile", pdf, page).CombinedOutput(); err != nil {
		t.Fatalf("pdftoppm (apt-get install poppler-utils): %v\n%s", err, out)
	}
	read, err := exec.Command("zbarimg", "--quiet", "--raw", "-Sdisable", "-Sqrcode.enable", page+".png").Output()
	if err != nil {
		t.Fatalf("zbarimg (apt-get install zbar-tools): %v", err)
	}
	path, ours := strings.CutPrefix(strings.TrimSpace(string(read)), "https://centre.example")
	if !ours {
		t.Fatalf("the QR code leads to %s", read)
	}
	return path
}

// answerOf is what the check page says, without what was typed.
func answerOf(p pageSeen) string {
	_, rest, _ := strings.Cut(string(p.body), `id="answer"`)
	answer, _, _ := strings.Cut(rest, "</div>")
	return answer
}

// A stranger with a paper in the hand scans it, presses the button, and is told that it is genuine: not whose it is, not
// what became of it. Whatever is wrong is answered alike, in text, code and time.
func TestCheckPaperPage(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	hanako, stranger := h.as(t, "hanako"), h.browser(t)
	app := "/applications/" + registered(t, hanako, false)
	for _, paper := range []string{"/form.pdf", "/receipt.pdf"} {
		to := followQR(t, hanako.get(app+paper))
		page := stranger.want(stranger.get(to), 200, htmlcheck.In(`.notice.info`, htmlcheck.HasText("QRコード")), htmlcheck.NotIn("#answer"),
			htmlcheck.In("#number", htmlcheck.HasAttr("value", "2400001A")))
		if h := page.header.Get("Referrer-Policy"); h != "no-referrer" || page.header.Get("Set-Cookie") != "" {
			t.Errorf("referrer policy %q, cookie %q", h, page.header.Get("Set-Cookie"))
		}
		asked, err := url.Parse(to)
		if err != nil {
			t.Fatal(err)
		}
		done := stranger.want(stranger.post("/check", url.Values{"number": asked.Query()["number"], "digest": asked.Query()["digest"]}), 200,
			htmlcheck.In("#answer.success", htmlcheck.HasText("本物です")), htmlcheck.In("main", htmlcheck.NoText("見本"), htmlcheck.NoText("東京"), htmlcheck.NoText("受付済")))
		if strings.Contains(string(done.body), "見本商事") || strings.Contains(string(done.body), "花子") {
			t.Error("the answer tells whose paper it is")
		}
	}
	digest := "0123 4567 89ab cdef 0123 4567"
	var answers []string
	for _, typed := range [][2]string{{"2400001A", digest}, {"2400001B", digest}, {"9999999Z", digest}, {"24-00001", digest}, {"24-00002", digest}, {"202412-00001-1", digest}, {"<b>", digest}} {
		begun := time.Now()
		p := stranger.want(stranger.post("/check", url.Values{"number": {typed[0]}, "digest": {typed[1]}}), 200, htmlcheck.In("#answer.error", htmlcheck.HasText("確認できません")))
		if took := time.Since(begun); took < holding.CheckTakes {
			t.Errorf("%q is answered after %v", typed[0], took)
		}
		answers = append(answers, answerOf(p))
	}
	for _, answer := range answers {
		if answer != answers[0] {
			t.Errorf("one refusal differs: %q, %q", answer, answers[0])
		}
	}
	stranger.want(stranger.post("/check", url.Values{"number": {""}, "digest": {"0123"}}), 422, htmlcheck.In("#number", htmlcheck.HasAttr("aria-invalid", "true")),
		htmlcheck.In("#digest", htmlcheck.HasAttr("value", "0123")))
	stranger.post("/language", url.Values{"lang": {"en"}, "back": {"/check"}})
	stranger.want(stranger.get("/check"), 200, htmlcheck.In("h1", htmlcheck.HasText("Check a paper")))
}
