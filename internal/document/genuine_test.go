package document

import (
	"path/filepath"
	"strings"
	"testing"
)

// readQR reads the one QR code at the head of a paper's first page as a telephone would: from the page as it is shown.
func readQR(t *testing.T, path string) string {
	t.Helper()
	page := filepath.Join(t.TempDir(), "page")
	run(t, "poppler-utils", "pdftoppm", "-r", "150", "-W", "1240", "-H", "220", "-gray", "-png", "-singlefile", path, page)
	read := run(t, "zbar-tools", "zbarimg", "--quiet", "--raw", "-Sdisable", "-Sqrcode.enable", page+".png")
	lines := strings.Split(strings.TrimSpace(read), "\n")
	return lines[len(lines)-1] // zbarimg may complain of a missing message bus first
}

// The QR code that stands on a rendered paper is the address of the check page with number and digest, and the
// same can be read as text.
func TestQRCode(t *testing.T) {
	p := printer(t)
	invoice, long := sampleInvoice(t), sampleReceipt()
	invoice.Genuine = genuine("202412-00001-2")
	long.Genuine.Address += "&x=" + strings.Repeat("a", 120)
	for name, row := range map[string]struct {
		make func() ([]byte, error)
		Genuine
	}{
		"form":           {func() ([]byte, error) { return p.ApplicationForm(sampleForm()) }, sampleForm().Genuine},
		"notice":         {func() ([]byte, error) { return p.ApprovalNotice(sampleNotice()) }, sampleNotice().Genuine},
		"receipt":        {func() ([]byte, error) { return p.FilingReceipt(sampleReceipt()) }, sampleReceipt().Genuine},
		"invoice":        {func() ([]byte, error) { return p.Charges(invoice) }, invoice.Genuine},
		"a long address": {func() ([]byte, error) { return p.FilingReceipt(long) }, long.Genuine},
	} {
		t.Run(name, func(t *testing.T) {
			content, err := row.make()
			path := pdf(t, content, err)
			if got := readQR(t, path); got != row.Address {
				t.Errorf("the code says %q, want %q", got, row.Address)
			}
			words := strings.Join(strings.Fields(plain(t, path)), " ")
			for _, want := range []string{row.Page, "番号 " + row.Number, "ダイジェスト " + row.Digest} {
				if !strings.Contains(words, want) {
					t.Errorf("%q is not on the paper:\n%s", want, words)
				}
			}
		})
	}
}

// What does not fit into any QR code is an error, not a paper that cannot be checked.
func TestQRCodeTooLong(t *testing.T) {
	r := sampleReceipt()
	r.Genuine.Address = strings.Repeat("a", 3000)
	if _, err := printer(t).FilingReceipt(r); err == nil || !strings.Contains(err.Error(), "QR code") {
		t.Errorf("%v", err)
	}
}

func TestInFours(t *testing.T) {
	for digits, want := range map[string]string{"": "", "9f": "9f", "9f86": "9f86", "9f86d": "9f86 d", "9f86d081884c": "9f86 d081 884c"} {
		if got := InFours(digits); got != want {
			t.Errorf("%q becomes %q", digits, got)
		}
	}
}
