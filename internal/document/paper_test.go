package document

import (
	"bytes"
	"flag"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files")

// pdf writes a paper to a file of the test's own.
func pdf(t *testing.T, content []byte, err error) string {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "paper.pdf")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// run runs a tool of a Debian package and returns what it prints.
func run(t *testing.T, debian, tool string, args ...string) string {
	t.Helper()
	if _, err := exec.LookPath(tool); err != nil {
		t.Fatalf("%s is not installed: apt-get install %s", tool, debian)
	}
	out, err := exec.Command(tool, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", tool, strings.Join(args, " "), err, out)
	}
	return string(out)
}

// plain is the text of a paper as a reader would copy it.
func plain(t *testing.T, path string) string {
	t.Helper()
	return run(t, "poppler-utils", "pdftotext", "-layout", "-enc", "UTF-8", path, "-")
}

// sound fails the test unless the file is well-formed and carries only a subset of its typeface.
func sound(t *testing.T, path string) {
	t.Helper()
	if out := run(t, "qpdf", "qpdf", "--check", path); !strings.Contains(out, "No syntax or stream encoding errors found") {
		t.Errorf("qpdf --check: %s", out)
	}
	lines := strings.Split(strings.TrimSpace(run(t, "poppler-utils", "pdffonts", path)), "\n")
	if len(lines) != 3 {
		t.Fatalf("one typeface expected: %q", lines)
	}
	if words := strings.Fields(lines[2]); strings.Join(words[len(words)-5:len(words)-2], " ") != "yes yes yes" {
		t.Errorf("embedded, subset and with a text map expected: %s", lines[2])
	}
}

// parsed is one printer for all tests, since any number may use it and making one takes longer than most papers.
var parsed = sync.OnceValues(NewPrinter)

func printer(t testing.TB) *Printer {
	t.Helper()
	p, err := parsed()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name+".golden")
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs (run with -update to accept):\n%s", path, got)
	}
}

func TestPapersText(t *testing.T) {
	p := printer(t)
	form, notice := sampleForm(), sampleNotice()
	inEffect, era := sampleForm(), sampleNotice()
	inEffect.Examined, inEffect.Wareki, inEffect.Settings, era.Wareki = true, true, nil, true
	for name, make := range map[string]func() ([]byte, error){
		"form":          func() ([]byte, error) { return p.ApplicationForm(form) },
		"form-wareki":   func() ([]byte, error) { return p.ApplicationForm(inEffect) },
		"notice":        func() ([]byte, error) { return p.ApprovalNotice(notice) },
		"notice-wareki": func() ([]byte, error) { return p.ApprovalNotice(era) },
	} {
		t.Run(name, func(t *testing.T) {
			content, err := make()
			path := pdf(t, content, err)
			sound(t, path)
			golden(t, name, plain(t, path))
		})
	}
}

// The file says what it is, and when it was made: never the clock, always the data.
func TestPapersInfo(t *testing.T) {
	content, err := printer(t).ApprovalNotice(sampleNotice())
	t.Setenv("TZ", "Asia/Tokyo")
	info := run(t, "poppler-utils", "pdfinfo", "-isodates", pdf(t, content, err))
	for _, want := range []string{"システムサービス利用契約変更通知 通知第24-00001号", "見本ネットワーク運営センター",
		"2024-12-02T00:00:00+09", "A4"} {
		if !strings.Contains(info, want) {
			t.Errorf("%q is missing in\n%s", want, info)
		}
	}
}

// R-APP-16: the same data gives the same bytes, whoever prints beside it and with whichever printer.
func TestSameBytes(t *testing.T) {
	shared := printer(t)
	own, err := NewPrinter()
	if err != nil {
		t.Fatal(err)
	}
	first, err := own.ApplicationForm(sampleForm())
	if err != nil {
		t.Fatal(err)
	}
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			if _, err := shared.ApprovalNotice(sampleNotice()); err != nil {
				t.Error(err)
			}
			if again, err := shared.ApplicationForm(sampleForm()); err != nil || !bytes.Equal(first, again) {
				t.Errorf("R-APP-16: other bytes, or %v", err)
			}
		})
	}
	group.Wait()
}

// Long data flows over pages: nothing of it is lost, and no text leaves the page.
func TestOverflow(t *testing.T) {
	f := longestForm()
	content, err := printer(t).ApplicationForm(f)
	path := pdf(t, content, err)
	sound(t, path)
	words := strings.NewReplacer(" ", "", "\n", "", "\f", "").Replace(run(t, "poppler-utils", "pdftotext", "-raw", path, "-"))
	for what, n := range map[string]int{"機長代行": 200, "値": 20 * 30 * 70, "「理由」です。": 71, "おわり": 1} {
		if got := strings.Count(words, what); got != n {
			t.Errorf("%q stands %d times, not %d", what, got, n)
		}
	}
	pages := strings.Split(strings.TrimSuffix(plain(t, path), "\f"), "\f")
	for i, text := range pages {
		if strings.Contains(text, "インタラクティブ") && !strings.Contains(text, "処理方式") {
			t.Errorf("page %d has rows without the table's head", i+1)
		}
		if !strings.Contains(text, "審査前") {
			t.Errorf("page %d is not marked 審査前", i+1)
		}
	}
	inside(t, layOutForm(newFace(&printer(t).measure), f))
}

// inside fails the test if a mark of the paper lies outside its margins.
func inside(t *testing.T, p *paper) {
	t.Helper()
	const slack = 0.01
	for i, g := range p.pages {
		for _, m := range g.texts {
			if end := m.x + p.face.width(m.s, m.size); m.x < left-slack || end > right+slack || m.y < 36 || m.y > pageHeight-30 {
				t.Errorf("page %d: %q stands at %.0f–%.0f, %.0f", i+1, m.s, m.x, end, m.y)
			}
		}
		for _, l := range g.lines {
			if max(l.x1, l.x2) > right+slack || max(l.y1, l.y2) > foot {
				t.Errorf("page %d: the line %v leaves the page", i+1, l)
			}
		}
	}
}

// Whatever a person types is text: it neither breaks the file nor leaves the page. Each text is laid out by itself,
// and all of them stand together in every field of the files that are checked.
func TestHostileText(t *testing.T) {
	p := printer(t)
	texts := map[string]string{
		"markup":           `<script>alert(1)</script> &amp; \(x\) ) Tj ET endstream endobj %PDF`,
		"controls":         "あ\x00い\x07う\x1b[31mえ\u202eお\u200bか\ufeff",
		"line ends":        "一\r\n二\r三\u2028四\v五",
		"broken utf-8":     "あ\xff\xfeい\xc3",
		"above U+FFFF":     "𠮷野家の𠮟る😀",
		"variation":        "葛\U000e0100飾区 辻\ufe00",
		"no glyph":         "\ue000\U0010fffd\uffff",
		"decomposed":       "か\u3099き\u3099は\u309a e\u0301 \u0301",
		"signs only":       strings.Repeat("。", 500),
		"one long word":    strings.Repeat("a", 500),
		"opening brackets": strings.Repeat("「", 500),
		"blanks":           strings.Repeat(" 　", 250),
		"empty":            "",
	}
	together := strings.Join(slices.Sorted(maps.Values(texts)), "\n")
	texts["all together"] = together
	for name, typed := range texts {
		t.Run(name, func(t *testing.T) {
			f, n := sampleForm(), sampleNotice()
			f.Centre, f.Receipt, f.Reason, f.Digest = typed, typed, typed, typed
			f.Applicant = Party{typed, typed, typed, typed, typed, typed}
			f.Items, f.Legend = []string{typed}, []string{typed}
			f.Rows = []Row{{typed, typed, []string{typed, typed}, typed, typed, typed, -1, true, true, true}}
			f.Settings = []SettingsSheet{{Title: typed, Fields: []LabelledValue{{typed, typed}}}}
			f.Genuine = Genuine{typed, "https://desk.example.jp/check?" + typed, typed, typed, typed}
			f.Contact = Contact{typed, typed, typed, typed, typed, typed, typed, typed}
			n.Addressee, n.DateReason, n.Sender.Name = f.Applicant, typed, typed
			n.Rows = []NoticeRow{{typed, typed, []string{typed}, typed, typed, typed, true, true, true}}
			inside(t, layOutForm(newFace(&p.measure), f))
			inside(t, layOutNotice(newFace(&p.measure), n))
			if typed != together {
				return
			}
			f.Genuine.Address = "https://desk.example.jp/check?" + texts["markup"] // more fits into no QR code
			content, err := p.ApplicationForm(f)
			sound(t, pdf(t, content, err))
			content, err = p.ApprovalNotice(n)
			sound(t, pdf(t, content, err))
		})
	}
}

// Nothing at all still makes a paper.
func TestEmptyPapers(t *testing.T) {
	p := printer(t)
	content, err := p.ApplicationForm(Form{})
	sound(t, pdf(t, content, err))
	content, err = p.ApprovalNotice(Notice{})
	sound(t, pdf(t, content, err))
}

// P6: at most 10 ms and 120 KB.
func BenchmarkApprovalNotice(b *testing.B) {
	p, n := printer(b), sampleNotice()
	var size int
	b.ReportAllocs()
	for b.Loop() {
		content, err := p.ApprovalNotice(n)
		if err != nil {
			b.Fatal(err)
		}
		size = len(content)
	}
	b.ReportMetric(float64(size)/1000, "KB")
}

func BenchmarkApplicationForm(b *testing.B) {
	p, f := printer(b), sampleForm()
	for b.Loop() {
		if _, err := p.ApplicationForm(f); err != nil {
			b.Fatal(err)
		}
	}
}
