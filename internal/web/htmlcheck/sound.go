package htmlcheck

import (
	"errors"
	"fmt"
	"strings"

	"golang.org/x/net/html"
)

// Sound checks what must hold on every page:
//   - an id stands once, and every reference to one inside the page finds it;
//   - every input has a label, every button and link a name;
//   - there is one h1, a title and a language;
//   - no style or script stands in the page (the security policy would refuse it).
func Sound(doc *html.Node) error {
	ids := map[string]int{}
	for n := range doc.Descendants() {
		if id, ok := attr(n, "id"); ok {
			ids[id]++
		}
	}
	wrong := []error{
		Count("h1", 1)(doc), In("title")(doc), In("html[lang]")(doc), NotIn("style")(doc),
	}
	for id, n := range ids {
		if n > 1 {
			wrong = append(wrong, fmt.Errorf("id %q stands %d times", id, n))
		}
	}
	for n := range doc.Descendants() {
		if n.Type == html.ElementNode {
			wrong = append(wrong, references(n, ids), named(n, doc), bare(n))
		}
	}
	return errors.Join(wrong...)
}

// references checks that what an element points to in the page is there.
func references(n *html.Node, ids map[string]int) error {
	var wrong []error
	for _, name := range []string{"for", "aria-describedby", "aria-labelledby", "aria-controls", "list", "form", "headers"} {
		value, _ := attr(n, name)
		for _, id := range strings.Fields(value) {
			if ids[id] == 0 {
				wrong = append(wrong, fmt.Errorf("%s %s=%q leads to nothing", n.Data, name, id))
			}
		}
	}
	if href, _ := attr(n, "href"); strings.HasPrefix(href, "#") && ids[href[1:]] == 0 {
		wrong = append(wrong, fmt.Errorf("link to %q leads to nothing", href))
	}
	return errors.Join(wrong...)
}

// named checks that an element that is used has a name.
func named(n, doc *html.Node) error {
	if label, _ := attr(n, "aria-label"); label != "" {
		return nil
	}
	if _, ok := attr(n, "aria-labelledby"); ok {
		return nil
	}
	kind, _ := attr(n, "type")
	switch {
	case n.Data == "button" || n.Data == "a":
		if Text(n) == "" {
			return fmt.Errorf("%s without a text", n.Data)
		}
	case n.Data == "select" || n.Data == "textarea" || n.Data == "input" && kind != "hidden" && kind != "submit":
		id, _ := attr(n, "id")
		if id == "" || len(find(doc, `label[for="`+id+`"]`)) == 0 {
			return fmt.Errorf("%s with id %q without a label", n.Data, id)
		}
	}
	return nil
}

// bare checks that an element holds neither style nor script of its own.
func bare(n *html.Node) error {
	if n.Data == "script" && n.FirstChild != nil {
		return errors.New("script stands in the page")
	}
	for _, a := range n.Attr {
		if a.Key == "style" || strings.HasPrefix(a.Key, "on") {
			return fmt.Errorf("%s holds %s=%q", n.Data, a.Key, a.Val)
		}
	}
	return nil
}
