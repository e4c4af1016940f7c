package web

import (
	"bytes"
	"errors"
	"testing"

	"uketsuke/internal/secret"
	"uketsuke/internal/web/kit"
)

// What stands in a page for a password is replaced by it, and by how it is read aloud in the page's language; no copy is made.
func TestCoverIsLifted(t *testing.T) {
	t.Parallel()
	r, err := kit.NewRenderer(kit.Operator{}, pages())
	if err != nil {
		t.Fatal(err)
	}
	clear := []byte("ABCD2345")
	for _, l := range kit.Languages() {
		c := kit.NewCover()
		mark, spelt := c.Of(clear)
		parts, err := c.Lift([]byte("<p>"+mark+"</p><i>"+spelt+"</i>"), r.Spelling[l])
		if err != nil {
			t.Fatal(err)
		}
		want := "<p>ABCD2345</p><i>" + r.Texts.Text(l, secret.Spell("ABCD2345")) + "</i>"
		if got := string(bytes.Join(parts, nil)); got != want {
			t.Errorf("%s: %q, want %q", l, got, want)
		}
		if &parts[1][0] != &clear[0] {
			t.Error("R-SEC-6: the password was copied")
		}
	}
}

// A page that lost a mark, or has one twice, is not sent, and nothing but a password is put into it.
func TestCoverRefuses(t *testing.T) {
	t.Parallel()
	s := kit.NewSpelling(func(text string) string { return text })
	c := kit.NewCover()
	mark, spelt := c.Of([]byte("ABCD2345"))
	for name, page := range map[string]string{
		"no mark": "", "one mark alone": mark, "twice": mark + mark + spelt, "one that is not its own": mark + spelt + c.Mark + "7.",
		"no number": mark + spelt + c.Mark, "no such number": mark + spelt + c.Mark + "-1.",
	} {
		if parts, err := c.Lift([]byte(page), s); parts != nil || !errors.Is(err, kit.ErrCover) {
			t.Errorf("%s: %q, %v", name, parts, err)
		}
	}
	markup := kit.NewCover()
	mark, spelt = markup.Of([]byte("<b>ABCD2"))
	if parts, err := markup.Lift([]byte(mark+spelt), s); parts != nil || !errors.Is(err, kit.ErrCover) {
		t.Errorf("markup: %q, %v", parts, err)
	}
	if mark, spelt := markup.Of(nil); mark+spelt != "" {
		t.Errorf("nothing is covered by %q and %q", mark, spelt)
	}
	if c.Mark == markup.Mark {
		t.Error("two pages have one mark")
	}
}
