package application

import (
	"strings"
	"testing"
)

// TestContactBounds holds each bound of R-APP-12 at its edge: what is just within passes, what is just beyond does not.
func TestContactBounds(t *testing.T) {
	t.Parallel()
	wide := func(n int) string { return strings.Repeat("あ", n) }
	kana := func(n int) string { return strings.Repeat("ア", n) }
	for _, c := range []struct {
		field  string
		set    func(*Contact, string)
		passes []string
		fails  []string
	}{
		{"name", func(c *Contact, s string) { c.Name = s }, []string{"見", wide(40)}, []string{"", wide(41), "a\nb", "a\tb", "a\u200fb"}},
		{"kana", func(c *Contact, s string) { c.Kana = s }, []string{"ア", kana(40), "ヴァ・ー　ン", "ｱ"}, []string{"", kana(41), "あ1", "Hanako"}},
		{"department", func(c *Contact, s string) { c.Department = s }, []string{"", wide(60)}, []string{wide(61), "a\nb"}},
		{"position", func(c *Contact, s string) { c.Position = s }, []string{"", wide(40)}, []string{wide(41), "a\x00"}},
		{"phone", func(c *Contact, s string) { c.Phone = s },
			[]string{"0312345678", "03-1234-5678", "09012345678", "090-1234-5678", "03 1234 5678"},
			[]string{"", "031234567", "03-123-4567", "090123456789", "-0312345678", "0312345678-", "03123456７x", "0-3-1-2-3-4-5-6-7-8-9-0"}},
		{"extension", func(c *Contact, s string) { c.Extension = s }, []string{"", "1", "1234567890"}, []string{"12345678901", "1-2", "内"}},
		{"fax", func(c *Contact, s string) { c.Fax = s }, []string{"", "0312345678", "09012345678"}, []string{"031234567", "090123456789"}},
		{"email", func(c *Contact, s string) { c.Email = s },
			[]string{"a~b@mihon.example", strings.Repeat("a", 64) + "@mihon.example"},
			[]string{"", strings.Repeat("a", 65) + "@mihon.example", "a@mihon.example" + strings.Repeat("x", 254)}},
	} {
		for _, typed := range c.passes {
			person := contact()
			c.set(&person, typed)
			if l := ContactProblems(FoldContact(person)); len(l) > 0 {
				t.Errorf("R-APP-12 %s %q is refused: %v", c.field, typed, l)
			}
		}
		for _, typed := range c.fails {
			person := contact()
			c.set(&person, typed)
			if l := ContactProblems(FoldContact(person)); len(l) != 1 || l[0].Field != "contact."+c.field || l[0].Rule != "R-APP-12" {
				t.Errorf("R-APP-12 %s %q: got %v, want one problem there", c.field, typed, l)
			}
		}
	}
}

// A refusal names what is wrong, so that it can be put right (R-APP-12).
func TestContactSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		change func(*Contact)
		words  string
	}{
		{"R-APP-12 wide signs at the beginning of an address", func(c *Contact) { c.Email = "花子@mihon.example" }, "全角文字など"},
		{"R-APP-12 wide signs within an address", func(c *Contact) { c.Email = "h子@mihon.example" }, "全角文字など"},
		{"R-APP-12 an address without a place", func(c *Contact) { c.Email = "hanako" }, "形式が正しくありません"},
		{"R-APP-12 nothing where something is needed", func(c *Contact) { c.Name = "" }, "を入力してください"},
		{"R-APP-12 too long, and by how much", func(c *Contact) { c.Position = strings.Repeat("長", 43) }, "40文字以内で入力してください（現在43文字）"},
		{"R-APP-12 signs that cannot be printed", func(c *Contact) { c.Department = "a\x07" }, "使用できない文字"},
	} {
		person := contact()
		c.change(&person)
		said(t, c.name, ContactProblems(person), c.words)
	}
}

// TestFoldsOfTyping is S10: each spelling that keyboards make of one thing becomes one.
func TestFoldsOfTyping(t *testing.T) {
	t.Parallel()
	c := FoldContact(Contact{Name: "か\u3099", Kana: " ぁゖゔｶﾞ漢 ", Department: "\u3000課 ", Position: " 長", Phone: "03‐1234—5678", Fax: "０３―１２３４ｰ５６７８", Email: "Ａ@b.example"})
	want := Contact{Name: "が", Kana: "ァヶヴガ漢", Department: "課", Position: "長", Phone: "03-1234-5678", Fax: "03-1234-5678", Email: "A@b.example"}
	if c != want {
		t.Errorf("S10: %+v, want %+v", c, want)
	}
	broken := "\xff ｱ"
	if c := FoldContact(Contact{Name: broken, Kana: broken, Phone: broken, Email: broken}); c.Name != broken || c.Kana != broken || c.Phone != broken || c.Email != broken {
		t.Errorf("R-APP-12 broken text is altered: %+v", c)
	}
	if text := FoldLines(" 一\r\n二\r三\n "); text != "一\n二\n三" {
		t.Errorf("R-APP-12 lines: %q", text)
	}
}

func TestPrintable(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][2]bool{ // of one line, of several
		"": {true, true}, "髙﨑": {true, true}, "a\nb": {false, true}, "a\rb": {false, false}, "a\u200db": {false, false},
		"\ue000": {false, false}, "a\u2028b": {false, false}, "a\u2029b": {false, false}, "a\n\x07": {false, false}, "\ufffd": {false, false}, "\xff": {false, false},
	} {
		if got := [2]bool{Printable(text, false), Printable(text, true)}; got != want {
			t.Errorf("R-APP-12 %q: %t, want %t", text, got, want)
		}
	}
}
