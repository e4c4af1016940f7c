// Package htmlcheck reads a page the way a test talks about it.
//
// A Checker is one statement about a piece of a page. In picks the pieces by a selector: a tag, #id,
// .class, [attribute] or [attribute="value"], put together without spaces for one element and with
// spaces for an element inside another: `form[method="post"] button.primary`.
//
// The package answers one question: is this page what it should be? Sound asks it of every page.
package htmlcheck

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/net/html"
)

// A Checker says what is wrong with a piece of a page, nil when nothing is.
type Checker func(*html.Node) error

// Page checks a whole page and reports everything that is wrong.
func Page(page []byte, checks ...Checker) error {
	doc, err := html.Parse(bytes.NewReader(page))
	if err != nil {
		return fmt.Errorf("parse page: %w", err)
	}
	return all(doc, checks)
}

func all(n *html.Node, checks []Checker) error {
	var wrong []error
	for _, check := range checks {
		if err := check(n); err != nil {
			wrong = append(wrong, err)
		}
	}
	return errors.Join(wrong...)
}

// In wants at least one element for the selector, and one of them for which every check holds.
func In(selector string, checks ...Checker) Checker {
	return func(n *html.Node) error {
		found := find(n, selector)
		if len(found) == 0 {
			return fmt.Errorf("%s: no such element", selector)
		}
		var first error
		for _, f := range found {
			err := all(f, checks)
			if err == nil {
				return nil
			}
			if first == nil {
				first = err
			}
		}
		return fmt.Errorf("%s (%d of them): %w", selector, len(found), first)
	}
}

// NotIn wants no element for the selector.
func NotIn(selector string) Checker { return Count(selector, 0) }

// Count wants so many elements for the selector.
func Count(selector string, want int) Checker {
	return func(n *html.Node) error {
		if got := len(find(n, selector)); got != want {
			return fmt.Errorf("%s: %d elements, want %d", selector, got, want)
		}
		return nil
	}
}

// HasText wants the piece's text, its white space folded, to hold want.
func HasText(want string) Checker {
	return func(n *html.Node) error {
		if got := Text(n); !strings.Contains(got, want) {
			return fmt.Errorf("text is %q, want %q in it", got, want)
		}
		return nil
	}
}

// NoText wants the piece's text not to hold unwanted.
func NoText(unwanted string) Checker {
	return func(n *html.Node) error {
		if got := Text(n); strings.Contains(got, unwanted) {
			return fmt.Errorf("text is %q, want no %q in it", got, unwanted)
		}
		return nil
	}
}

// HasAttr wants the element itself to have the attribute with exactly this value.
func HasAttr(name, want string) Checker {
	return func(n *html.Node) error {
		got, ok := attr(n, name)
		if !ok {
			return fmt.Errorf("attribute %s is missing, want %q", name, want)
		}
		if got != want {
			return fmt.Errorf("attribute %s is %q, want %q", name, got, want)
		}
		return nil
	}
}

// Text is all text below a node, each run of white space as one space.
func Text(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

func attr(n *html.Node, name string) (string, bool) {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val, true
		}
	}
	return "", false
}
