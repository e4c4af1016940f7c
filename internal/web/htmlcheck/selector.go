package htmlcheck

import (
	"fmt"
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// A part of a selector describes one element.
type part struct {
	tag   string
	wants []want
}

// A want is an attribute an element must have.
type want struct {
	name, value string
	any, word   bool // any value at all; value is one of several words
}

// find returns the elements below n for a selector, in the order of the page. A selector that cannot
// be read is a mistake in the test and panics.
func find(n *html.Node, selector string) []*html.Node {
	parts := parse(selector)
	var found []*html.Node
	for d := range n.Descendants() {
		if fits(d, n, parts) {
			found = append(found, d)
		}
	}
	return found
}

// fits says whether d fits the last part and its ancestors below top fit the others, outermost first.
func fits(d, top *html.Node, parts []part) bool {
	last := len(parts) - 1
	if !parts[last].fits(d) {
		return false
	}
	parts = parts[:last]
	for a := d.Parent; a != nil && a != top && len(parts) > 0; a = a.Parent {
		if parts[len(parts)-1].fits(a) {
			parts = parts[:len(parts)-1]
		}
	}
	return len(parts) == 0
}

func (p part) fits(n *html.Node) bool {
	if n.Type != html.ElementNode || p.tag != "" && p.tag != n.Data {
		return false
	}
	return !slices.ContainsFunc(p.wants, func(w want) bool {
		got, ok := attr(n, w.name)
		switch {
		case !ok:
			return true
		case w.any:
			return false
		case w.word:
			return !slices.Contains(strings.Fields(got), w.value)
		}
		return got != w.value
	})
}

// parse reads a selector. Spaces part elements, except inside [ ].
func parse(selector string) []part {
	var parts []part
	depth := 0
	for _, text := range strings.FieldsFunc(selector, func(c rune) bool {
		depth += strings.Count("[", string(c)) - strings.Count("]", string(c))
		return c == ' ' && depth == 0
	}) {
		parts = append(parts, parsePart(text))
	}
	if len(parts) == 0 {
		panic(fmt.Sprintf("htmlcheck: empty selector %q", selector))
	}
	return parts
}

func parsePart(text string) part {
	end := strings.IndexAny(text, "#.[")
	if end < 0 {
		return part{tag: text}
	}
	p := part{tag: text[:end]}
	for rest := text[end:]; rest != ""; {
		kind := rest[0]
		size := 1 + strings.IndexAny(rest[1:]+"#", "#.[")
		if kind == '[' {
			size = strings.Index(rest, "]") + 1
		}
		if size < 2 {
			panic(fmt.Sprintf("htmlcheck: cannot read selector %q", text))
		}
		p.wants = append(p.wants, parseWant(kind, rest[:size]))
		rest = rest[size:]
	}
	return p
}

func parseWant(kind byte, text string) want {
	switch kind {
	case '#':
		return want{name: "id", value: text[1:]}
	case '.':
		return want{name: "class", value: text[1:], word: true}
	}
	name, value, ok := strings.Cut(strings.Trim(text, "[]"), "=")
	return want{name: name, value: strings.Trim(value, `"'`), any: !ok}
}
