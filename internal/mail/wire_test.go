package mail

import (
	"bytes"
	"net/mail"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"uketsuke/internal/application"
	"uketsuke/internal/mail/catcher"
)

// hostile is what people and programs type to get into headers or to break a letter's lines.
func hostile() []string {
	return []string{
		"山田\r\nBcc: victim@example.org", "山田\nSubject: x", "山田\rX: y", "a\u2028b", "a\u2029b", "a\u0085b", "a\x00b", "\u202e逆さ",
		"\"quoted\" <other@example.org>", "=?utf-8?B?44GC?=", "a, b <c@example.org>", "㈱髙﨑①〜～−𠮷", "\xff\xfe", strings.Repeat("長", 300),
		"\r\n.\r\nMAIL FROM:<x@example.org>", "{{.Reason}}", "%s%d",
	}
}

// wired renders a letter and returns its bytes as they travel.
func wired(t interface{ Fatal(...any) }, ls *Letters, l Letter) []byte {
	m, err := ls.Render(l)
	if err != nil {
		t.Fatal(err)
	}
	m.MessageID = "1@centre.example"
	var raw bytes.Buffer
	if _, err := m.wire().WriteTo(&raw); err != nil {
		t.Fatal(err)
	}
	return raw.Bytes()
}

// headerKeys are all the headers a mail of ours has.
func headerKeys() map[string]bool {
	return map[string]bool{
		"From": true, "To": true, "Subject": true, "Date": true, "Message-Id": true, "Mime-Version": true,
		"Content-Type": true, "Content-Transfer-Encoding": true, "Auto-Submitted": true, "X-Auto-Response-Suppress": true,
	}
}

// checkHeaders fails unless a mail has our headers, once each, in ASCII, for its one reader.
func checkHeaders(t interface {
	Fatal(...any)
	Errorf(string, ...any)
}, raw []byte) {
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	for key, values := range m.Header {
		if !headerKeys()[key] || len(values) != 1 {
			t.Errorf("R-MAIL-5 header %s: %q", key, values)
		}
	}
	to, err := m.Header.AddressList("To")
	if err != nil || len(to) != 1 || to[0].Address != "yamada@nac.example" {
		t.Errorf("R-MAIL-3 To %q, %v", m.Header.Get("To"), err)
	}
	for i, line := range bytes.Split(raw, []byte("\r\n")) {
		if len(line) > 200 || bytes.IndexFunc(line, func(r rune) bool { return r >= 0x7f || r < ' ' }) >= 0 {
			t.Errorf("R-MAIL-5 line %d is %q", i, line)
		}
	}
}

// soil puts text into every field that somebody types.
func soil(l Letter, text string) Letter {
	l.To.Name, l.To.Department = "読"+text, text
	l.Company, l.Establishment, l.Department, l.Applicant = "社"+text, "所"+text, text, "担"+text
	l.Items, l.Remarks = []string{text}, []Remark{{text, text}}
	l.Reason, l.StartReason, l.Reader = "理"+text, "由"+text, "人"+text
	return l
}

// R-MAIL-5, R-MAIL-3: nothing typed makes a header, a second reader or another subject.
func TestHostileText(t *testing.T) {
	t.Parallel()
	ls := newLetters(t)
	for _, kind := range application.Mails() {
		clean, err := catcher.Decode(wired(t, ls, full(kind)))
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range hostile() {
			raw := wired(t, ls, soil(full(kind), text))
			checkHeaders(t, raw)
			got, err := catcher.Decode(raw)
			if err != nil {
				t.Fatalf("%s %q: %v", kind, text, err)
			}
			if got.Subject != clean.Subject {
				t.Errorf("R-MAIL-5 %s %q: subject %q", kind, text, got.Subject)
			}
		}
	}
}

func TestAnyText(t *testing.T) {
	t.Parallel()
	ls := newLetters(t)
	rapid.Check(t, func(t *rapid.T) {
		kind := rapid.SampledFrom(application.Mails()).Draw(t, "kind")
		checkHeaders(t, wired(t, ls, soil(full(kind), rapid.String().Draw(t, "text"))))
	})
}

// Japanese arrives as it was written, in names, subject and body.
func TestJapanese(t *testing.T) {
	t.Parallel()
	letter := full(application.MailReturned)
	letter.To.Name = "㈱髙﨑①〜～−𠮷"
	got, err := catcher.Decode(wired(t, newLetters(t), letter))
	if err != nil {
		t.Fatal(err)
	}
	for what, pair := range map[string][2]string{
		"subject": {got.Subject, "【NSS】申込内容の修正のお願い（差戻し）（2400001A）"},
		"to":      {got.To, "㈱髙﨑①〜～−𠮷 <yamada@nac.example>"},
		"from":    {got.From, "輸出入・港湾関連情報処理センター <no-reply@centre.example>"},
		"id":      {got.MessageID, "1@centre.example"},
		"date":    {got.Date.UTC().String(), letter.WrittenAt.String()},
	} {
		if pair[0] != pair[1] {
			t.Errorf("%s: %q, want %q", what, pair[0], pair[1])
		}
	}
	if !strings.Contains(got.Body, "㈱髙﨑①〜～−𠮷 様\n") {
		t.Errorf("body: %s", got.Body)
	}
}

// One address in ASCII or none.
func TestParseAddress(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]string{
		"yamada@nac.example": "yamada@nac.example", "a.b+c@nac.example": "a.b+c@nac.example", "taro@例え.jp": "taro@xn--r8jz45g.jp",
		"": "", "yamada": "", "@nac.example": "", "yamada@": "", "山田@nac.example": "", "ｔａｒｏ@nac.example": "",
		"a@b.example,c@d.example": "", "a@b.example\r\nRCPT TO:<c@d.example>": "", "a b@c.example": "", "<a@b.example>": "",
		"a@b@c.example": "", "x <a@b.example>": "", "a@b.example\x00": "", "a@b .example": "", "a(b)@c.example": "",
	} {
		got, err := parseAddress(Person{Email: typed})
		if got.Address != want || (err == nil) != (want != "") {
			t.Errorf("R-MAIL-5 %q: %q, %v; want %q", typed, got.Address, err, want)
		}
	}
}
