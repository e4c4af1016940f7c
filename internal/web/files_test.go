package web

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"uketsuke/internal/web/htmlcheck"
)

// sendFile uploads a file with the fields beside it.
func (b *browser) sendFile(name string, content []byte, pairs ...string) pageSeen {
	b.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for i := 0; i+1 < len(pairs); i += 2 {
		if err := form.WriteField(pairs[i], pairs[i+1]); err != nil {
			b.t.Fatal(err)
		}
	}
	part, err := form.CreateFormFile("file", name)
	if err == nil {
		_, err = part.Write(content)
	}
	if err == nil {
		err = form.Close()
	}
	if err != nil {
		b.t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(b.t.Context(), http.MethodPost, b.h.url+"/desk/files", &body)
	if err == nil {
		r.Header.Set("Content-Type", form.FormDataContentType())
	}
	return b.do(r, err)
}

// approvedOn is an application of hanako's that shinsa has approved for a start date.
func (h *house) approvedOn(t *testing.T, start string) string {
	t.Helper()
	hanako, shinsa := h.as(t, "hanako"), h.as(t, "shinsa")
	id := registered(t, hanako, true)
	path := "/desk/applications/" + id
	page := shinsa.post(path+"/claim", shinsa.get(path).with())
	shinsa.want(shinsa.post(path+"/approve", page.with("round", page.hidden("round"), "start", start, "password", testPassword)), 200)
	return id
}

// R-CON-3: the supervisor uploads, the establishment fetches from the approval on: the same bytes, as an
// attachment that is neither guessed at nor kept nor sent in ranges. Where nothing is there, the page says so.
func TestCertificatesAreFetched(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	hanako, sekinin := h.as(t, "hanako"), h.as(t, "sekinin")
	hanako.want(hanako.get("/files"), 200, htmlcheck.In(".empty", htmlcheck.HasText("まだ取得できません")))
	sekinin.want(sekinin.get("/desk/files"), 200, htmlcheck.In(".empty", htmlcheck.HasText("登録されているファイルはありません")))
	id := h.approvedOn(t, "2024-12-10")
	prepare := "/applications/" + id + "/prepare"
	hanako.want(hanako.get(prepare), 200, htmlcheck.In("main", htmlcheck.HasText("端末3"), htmlcheck.HasText("まだ用意されていません"), htmlcheck.HasText("パッケージソフトはまだ用意されていません")),
		htmlcheck.NotIn(`form[action^="/files/"]`))
	content := append([]byte{0x30, 0x82, 1, 2}, bytes.Repeat([]byte("c"), 1<<20)...)
	sekinin.want(sekinin.sendFile("端末 2.p12", content, "kind", "certificate", "establishment", "e1", "terminal", "２"), 200, htmlcheck.In("table", htmlcheck.HasText("端末 2.p12"), htmlcheck.HasText("端末2")))
	again := sekinin.want(sekinin.sendFile("端末 2.p12", content, "kind", "certificate", "establishment", "e1", "terminal", "2"), 422,
		htmlcheck.In(".summary", htmlcheck.HasText("置き換える")))
	if !strings.Contains(string(again.body), `value="e1"`) {
		t.Error("R-APP-12 what was typed is gone")
	}
	page := hanako.want(hanako.get(prepare), 200, htmlcheck.In("main", htmlcheck.HasText("まだ誰も取得していません")))
	_, action, _ := strings.Cut(string(page.body), `action="/files/`)
	action, _, _ = strings.Cut(action, `"`)
	got := hanako.post("/files/"+action, url.Values{})
	sum := sha256.Sum256(content)
	if got.status != 200 || !bytes.Equal(got.body, content) || !strings.Contains(string(page.body), hex.EncodeToString(sum[:])) {
		t.Errorf("status %d, %d bytes", got.status, len(got.body))
	}
	for name, want := range map[string]string{"Content-Disposition": "attachment; filename*=UTF-8''%E7%AB%AF%E6%9C%AB%202.p12", "Content-Type": "application/x-pkcs12",
		"X-Content-Type-Options": "nosniff", "Accept-Ranges": "none", "Cache-Control": "no-store"} {
		if got.header.Get(name) != want {
			t.Errorf("%s is %q, want %q", name, got.header.Get(name), want)
		}
	}
	hanako.want(hanako.get("/files"), 200, htmlcheck.In("table", htmlcheck.HasText("見本 花子")))
	for login, status := range map[string]int{"betsu": 404, "etsuran": 403, "sekinin": 403} {
		b := h.as(t, login)
		if p := b.post("/files/"+action, url.Values{}); p.status != status {
			t.Errorf("%s: status %d, want %d", login, p.status, status)
		}
	}
	viewer := h.as(t, "etsuran")
	viewer.want(viewer.get("/files"), 200, htmlcheck.In("main", htmlcheck.HasText("取得できるのは、申込担当者と管理責任者です")), htmlcheck.NotIn(`form[action^="/files/"]`))
	withdraw := "/desk/files/" + action + "/withdraw"
	sekinin.want(sekinin.get(withdraw), 200)
	sekinin.want(sekinin.post(withdraw, url.Values{}), 200, htmlcheck.In(".empty", htmlcheck.HasText("登録されているファイルはありません")))
	if p := hanako.post("/files/"+action, url.Values{}); p.status != 404 {
		t.Errorf("withdrawn: status %d", p.status)
	}
}

// What is too large comes back to its field; nobody who may not upload has a byte of theirs looked at.
func TestUploadsAreBounded(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.desk.Operator.MaxFileMB = 1
	server, err := New(h.server.Config)
	if err != nil {
		t.Fatal(err)
	}
	*h.server = *server
	sekinin := h.as(t, "sekinin")
	large := append([]byte("PK\x03\x04"), bytes.Repeat([]byte("x"), 1<<20)...)
	sekinin.want(sekinin.sendFile("a.zip", large, "kind", "software"), 422, htmlcheck.In(".summary", htmlcheck.HasText("1MB")))
	for login, status := range map[string]int{"shinsa": 403, "hanako": 403} {
		b := h.as(t, login)
		if p := b.sendFile("a.zip", large, "kind", "software"); p.status != status {
			t.Errorf("%s: status %d, want %d", login, p.status, status)
		}
	}
	if p := h.browser(t).sendFile("a.zip", []byte("PK\x03\x04"), "kind", "software"); p.status != http.StatusUnauthorized {
		t.Errorf("nobody signed in: status %d", p.status)
	}
	sekinin.want(sekinin.get("/desk/files"), 200, htmlcheck.In(".empty", htmlcheck.HasText("登録されているファイルはありません")))
}

// E15: the buttons come with the start date, work without a script, and show who did it.
func TestSetupIsTicked(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	id := h.approvedOn(t, "2024-12-10")
	prepare := "/applications/" + id + "/prepare"
	hanako, kanri := h.as(t, "hanako"), h.as(t, "kanri")
	page := hanako.want(hanako.get(prepare), 200, htmlcheck.In("main", htmlcheck.HasText("済んだしるしは、利用開始日から付けられます")), htmlcheck.NotIn(`button[name="tick"]`))
	_, user, _ := strings.Cut(string(page.body), `<details class="setup" id="`)
	user, _, _ = strings.Cut(user, `"`)
	hanako.want(hanako.post(prepare, url.Values{"tick": {user + " URY"}}), 422, htmlcheck.In(".summary", htmlcheck.HasText("2024年12月10日")))
	h.at(time.December, 10, 9)
	hanako.want(hanako.get("/"), 200, htmlcheck.In(".todo", htmlcheck.HasText("U業務")))
	hanako.want(hanako.post(prepare, url.Values{"tick": {user + " URY"}}), 200, htmlcheck.In("#"+user, htmlcheck.HasText("済み：見本 花子")))
	kanri.want(kanri.post(prepare, url.Values{"untick": {user + " URY"}}), 200, htmlcheck.NotIn(`button[name="untick"]`))
	kanri.want(kanri.post(prepare, url.Values{"tick": {user + " *"}}), 200, htmlcheck.In("#"+user, htmlcheck.HasText("すべて済み")))
	for _, wrong := range []string{"", user, user + " UZZ", "x URY"} {
		if p := hanako.post(prepare, url.Values{"tick": {wrong}}); p.status != 404 {
			t.Errorf("tick %q: status %d", wrong, p.status)
		}
	}
	viewer := h.as(t, "etsuran")
	viewer.want(viewer.get(prepare), 200, htmlcheck.NotIn(`main button[name]`))
}
