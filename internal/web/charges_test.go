package web

import (
	"bytes"
	"encoding/csv"
	"html"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"
	"time"

	"uketsuke/internal/desk"
	"uketsuke/internal/web/htmlcheck"
)

// send posts a form with a file; none was chosen for "".
func (b *browser) send(path, file string, values map[string]string) pageSeen {
	b.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for name, value := range values {
		if err := form.WriteField(name, value); err != nil {
			b.t.Fatal(err)
		}
	}
	name := "usage.csv"
	if file == "" {
		name = "" // as a browser sends the field
	}
	part, err := form.CreateFormFile("file", name)
	if err == nil {
		_, err = io.WriteString(part, file)
	}
	if err != nil {
		b.t.Fatal(err)
	}
	if err := form.Close(); err != nil {
		b.t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(b.t.Context(), http.MethodPost, b.h.url+path, &body)
	if err == nil {
		r.Header.Set("Content-Type", form.FormDataContentType())
	}
	return b.do(r, err)
}

// billed is a house whose establishment e1 has the code 1ANAC from 10 December 2024; it is January 2025.
func billed(t *testing.T) *house {
	t.Helper()
	h := newHouse(t)
	id := registered(t, h.as(t, "hanako"), true)
	h.at(time.December, 2, 10)
	c := h.claimed(t, id)
	if _, err := h.desk.Approve(t.Context(), examiner, desk.Ref{ID: id, Version: c.Version}, desk.ApproveForm{Round: c.Round, Start: "2024-12-10"}); err != nil {
		t.Fatal(err)
	}
	h.now.Store(time.Date(2025, 1, 6, 1, 0, 0, 0, time.UTC).UnixMicro())
	return h
}

const usageFile = "month,user_id,item,quantity,amount\n2024-12,1ANACA0A,=電文,33,3330\n"

// E16 and the import, from the upload to the invoice: the estimate becomes an invoice, the CSV says what the
// page shows, and nobody else sees it.
func TestChargesFromUploadToInvoice(t *testing.T) {
	t.Parallel()
	h := billed(t)
	hanako, sekinin := h.as(t, "hanako"), h.as(t, "sekinin")
	hanako.want(hanako.get("/"), 200, htmlcheck.In(`.card a[href="/charges"]`, htmlcheck.HasText("請求金額の参照")))
	hanako.want(hanako.get("/charges?month=2024-12"), 200, htmlcheck.In("h1", htmlcheck.HasText("基本料金等の見込額")),
		htmlcheck.In("main", htmlcheck.HasText("2024年12月"), htmlcheck.HasText("15,000"), htmlcheck.HasText("まだ取り込まれていません"), htmlcheck.NoText("請求書を出力する")))

	sekinin.want(sekinin.get("/desk/usage"), 200, htmlcheck.In(".empty"), htmlcheck.In(`input[name="month"][value="2024-12"]`))
	sekinin.want(sekinin.send("/desk/usage/preview", "", map[string]string{"month": "2024-12"}), 422, htmlcheck.In(`.summary a[href="#file"]`))
	sekinin.want(sekinin.send("/desk/usage/preview", strings.ReplaceAll(usageFile, "3330", "x"), map[string]string{"month": "2024-12"}), 422,
		htmlcheck.In("#file-problem", htmlcheck.HasText("2行目のamount「x」")), htmlcheck.In(`input[name="month"][value="2024-12"]`))
	preview := sekinin.want(sekinin.send("/desk/usage/preview", usageFile, map[string]string{"month": "2024-12"}), 200,
		htmlcheck.In("main", htmlcheck.HasText("3,330円（税抜）"), htmlcheck.HasText("新しく発行：2件")))
	digest := strings.SplitN(strings.SplitN(string(preview.body), `name="digest" value="`, 2)[1], `"`, 2)[0]
	sekinin.want(sekinin.send("/desk/usage", usageFile+"\n", map[string]string{"month": "2024-12", "digest": digest}), 422, htmlcheck.In("#file-problem", htmlcheck.HasText("確認したファイルと内容が違います")))
	hanako.want(hanako.get("/charges?month=2024-12"), 200, htmlcheck.In("h1", htmlcheck.HasText("見込額")))
	sekinin.want(sekinin.send("/desk/usage", usageFile, map[string]string{"month": "2024-12", "digest": digest}), 200,
		htmlcheck.In(".notice.success"), htmlcheck.In("tbody", htmlcheck.HasText("2024年12月"), htmlcheck.HasText("有効"), htmlcheck.HasText("審査 六郎")))
	sekinin.want(sekinin.send("/desk/usage/preview", usageFile, map[string]string{"month": "2024-12"}), 200, htmlcheck.In(".notice.info", htmlcheck.HasText("取り込み済み")))

	page := hanako.want(hanako.get("/charges?month=2024-12"), 200, htmlcheck.In("h1", htmlcheck.HasText("請求金額の参照")),
		htmlcheck.In("main", htmlcheck.HasText("1ANACA0A"), htmlcheck.HasText("3,330"), htmlcheck.HasText("請求書を出力する"), htmlcheck.HasText("202412-0000")))
	file := hanako.save("/charges.csv?month=2024-12")
	rows, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(file.body, []byte("\ufeff")))).ReadAll()
	if err != nil || file.header.Get("Content-Type") != "text/csv; charset=utf-8" {
		t.Fatalf("the CSV: %v, %v", file.header, err)
	}
	said := html.UnescapeString(string(page.body))
	for _, row := range rows[1:] {
		for _, cell := range row[2:] {
			if cell = strings.TrimPrefix(cell, "'"); !strings.Contains(said, cell) && row[2] != "合計" && row[2] != "契約" {
				t.Errorf("trap 21 the CSV says %q, the page does not", cell)
			}
		}
	}
	if !strings.Contains(string(file.body), "'=電文") {
		t.Errorf("a formula in the CSV: %s", file.body)
	}
	pdf := hanako.get("/charges.pdf?month=2024-12")
	if again := hanako.get("/charges.pdf?month=2024-12"); pdf.status != 200 || !bytes.HasPrefix(pdf.body, []byte("%PDF")) || !bytes.Equal(pdf.body, again.body) {
		t.Errorf("R-APP-16 the invoice: status %d, or other bytes the second time", pdf.status)
	}
}

// Trap 27: the centre sees everybody's charges, an establishment its own alone.
func TestChargesAccess(t *testing.T) {
	t.Parallel()
	h := billed(t)
	shinsa, betsu := h.as(t, "shinsa"), h.as(t, "betsu")
	for _, path := range []string{"/desk/establishments/e1/charges", "/desk/establishments/e1/charges.csv?month=2024-12", "/desk/establishments/e1/charges.pdf?month=2024-12"} {
		ask := (*browser).get
		if strings.Contains(path, ".csv") {
			ask = func(b *browser, path string) pageSeen { return b.save(path) }
		}
		if p := ask(shinsa, path); p.status != 200 {
			t.Errorf("%s for the centre: %d", path, p.status)
		}
		if p := ask(betsu, path); p.status != 403 {
			t.Errorf("trap 27 %s for a stranger: %d", path, p.status)
		}
		if p := ask(shinsa, strings.Replace(path, "e1", "nobody", 1)); p.status != 404 {
			t.Errorf("%s of nobody: %d", path, p.status)
		}
	}
	shinsa.want(shinsa.get("/desk/establishments/e1/charges?month=2024-12"), 200, htmlcheck.In(".lead", htmlcheck.HasText("見本商事株式会社")))
	betsu.want(betsu.get("/charges?month=2024-12"), 200, htmlcheck.In("main", htmlcheck.NoText("1ANAC")))
	if p := shinsa.get("/desk/usage"); p.status != 403 {
		t.Errorf("an examiner imports usage: %d", p.status)
	}
}

func TestChargesRefuseMonths(t *testing.T) {
	t.Parallel()
	h := billed(t)
	b := h.as(t, "hanako")
	for _, month := range []string{"2024-13", "gestern", "2019-01", "2030-01"} {
		b.want(b.get("/charges?month="+month), 422, htmlcheck.In(`.summary a[href="#month"]`), htmlcheck.In(`input[name="month"][value="`+month+`"]`), htmlcheck.In("main", htmlcheck.HasText("2025年1月")))
		if p := b.save("/charges.csv?month=" + month); p.status != 422 {
			t.Errorf("the CSV of %s: %d", month, p.status)
		}
		if p := b.get("/charges.pdf?month=" + month); p.status != 422 {
			t.Errorf("the paper of %s: %d", month, p.status)
		}
	}
	b.want(b.get("/charges?month=2020-04"), 200, htmlcheck.NotIn(`.pager a[rel="prev"]`), htmlcheck.In(`.pager a[rel="next"]`))
}

// A file that comes after the session's end is not read: the person logs in and chooses it again.
func TestUploadAfterTheSession(t *testing.T) {
	t.Parallel()
	h := billed(t)
	p := h.browser(t).send("/desk/usage/preview", usageFile, map[string]string{"month": "2024-12"})
	if p.status != http.StatusUnauthorized || !strings.Contains(string(p.body), "もう一度操作してください") {
		t.Errorf("status %d: %s", p.status, p.body)
	}
}
