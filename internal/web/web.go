// Package web says how the desk looks in a browser.
//
// A page is one template file in templates/ and one struct that embeds Frame; the table in pages.go
// joins the two, and a test checks every template against its struct. A part is a template in
// templates/parts/ with a struct of its own (Field, Choices, Notice …) from which pages are put
// together. A text is a Japanese sentence as it stands in the source; text/en.json holds its English.
//
// The package answers one question: what does a person see and press? What pressing does is the
// desk's matter.
package web
