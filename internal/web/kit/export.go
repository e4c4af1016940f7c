package kit

import (
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"uketsuke/internal/desk"
	"uketsuke/internal/problem"
)

// An Export is a button that saves rows as a file: part "export". Fields are what the rows are narrowed to.
type Export struct {
	Text   string
	Action string
	Fields []Hidden
}

// A Hidden is a field that nobody sees.
type Hidden struct{ Name, Value string }

// An ExportPage asks who is there before a file leaves: it names the file and keeps what the rows are narrowed to.
type ExportPage struct {
	Frame
	Export
	What     string // which rows, in a word
	Password Field
}

// An Outgoing is a file that is ready to leave.
type Outgoing struct {
	desk.Export
	What string // which rows, in a word
	From Link   // the page that shows the same rows
	// send answers with the file and counts its rows.
	Send func() (rows int, err error)
}

// An Exporting makes ready what a form with these fields asks for; nothing has been sent yet. What is wrong with
// the fields is said by the page of the same rows, so from is there even then.
type Exporting struct {
	Fields []string
	Ready  func(v *Request, asked url.Values) (Outgoing, error)
}

// Export registers a file: a POST, because it leaves evidence, for somebody who has re-authenticated within the
// last minutes. Without that, the answer is a page that asks for it and then sends the file.
func (s *Kit) Export(pattern string, a Access, e Exporting) {
	show := func(v *Request, f Form) error { return v.askWho(e, f) }
	s.Post(pattern, a, Pressed, func(v *Request) error { return v.sendExport(e) }, show)
}

// sendExport sends the file, or asks who is there.
func (v *Request) sendExport(e Exporting) error {
	in, err := v.Form(append(slices.Clone(e.Fields), "password")...)
	if err != nil {
		return err
	}
	file, err := e.Ready(v, in)
	var wrong problem.List
	switch {
	case errors.As(err, &wrong) && file.From.Address != "":
		return v.SeeOther(file.From.Address) // which says what is wrong
	case err != nil:
		return err
	case v.Confirmed():
	case !in.Has("password"):
		return v.askWho(e, Form{Values: in})
	default:
		if err := v.Confirm(in.Get("password")); err != nil {
			return err
		}
	}
	return v.Kit.Desk.Export(v.Ctx(), v.Actor(), file.Export, file.Send)
}

// askWho shows the page that asks for re-authentication, with everything that was asked for.
func (v *Request) askWho(e Exporting, f Form) error {
	if f.Values == nil {
		f.Values = url.Values{}
	}
	file, err := e.Ready(v, f.Values)
	if err != nil {
		return err
	}
	kept := maps.Clone(f.Values)
	for name := range kept {
		if !slices.Contains(e.Fields, name) {
			delete(kept, name)
		}
	}
	password, err := v.WhoField(f)
	if err != nil {
		return err
	}
	data := ExportPage{
		Frame: v.Frame(file.From.Address, f.OnPage("password")), Export: Export{Action: v.HTTP.URL.Path, Fields: hidden(kept)}, What: file.What,
		Password: password,
	}
	data.Back = file.From
	return v.Render("export", data)
}

// ExportButton is the button for a file narrowed to some values; the empty ones narrow nothing.
func ExportButton(text, action string, values url.Values) Export {
	return Export{Text: text, Action: action, Fields: hidden(values)}
}

// hidden are the values of a form in the order of their names.
func hidden(values url.Values) []Hidden {
	var fields []Hidden
	for _, name := range slices.Sorted(maps.Keys(values)) {
		for _, value := range values[name] {
			if value != "" {
				fields = append(fields, Hidden{name, value})
			}
		}
	}
	return fields
}

// FilterWords is what an export was narrowed to, for the evidence.
func FilterWords(values url.Values) string {
	var words []string
	for _, field := range hidden(values) {
		if field.Name != "password" {
			words = append(words, field.Name+"="+field.Value)
		}
	}
	return strings.Join(words, " ")
}

// Attach sets the headers of a file that is saved, not shown.
func (v *Request) Attach(mediaType, name string) {
	h := v.Out.Header()
	h.Set("Content-Type", mediaType)
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Disposition", Attachment(name))
	v.Out.WriteHeader(http.StatusOK)
}
