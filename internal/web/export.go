package web

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

// An outgoing is a file that is ready to leave.
type outgoing struct {
	desk.Export
	what string // which rows, in a word
	from Link   // the page that shows the same rows
	// send answers with the file and counts its rows.
	send func() (rows int, err error)
}

// An exporting makes ready what a form with these fields asks for; nothing has been sent yet. What is wrong with
// the fields is said by the page of the same rows, so from is there even then.
type exporting struct {
	fields []string
	ready  func(v *visit, asked url.Values) (outgoing, error)
}

// export registers a file: a POST, because it leaves evidence, for somebody who has re-authenticated within the
// last minutes. Without that, the answer is a page that asks for it and then sends the file.
func (s *Server) export(pattern string, a Access, e exporting) {
	show := func(v *visit, f Form) error { return v.askWho(e, f) }
	s.post(pattern, a, pressed, func(v *visit) error { return v.sendExport(e) }, show)
}

// sendExport sends the file, or asks who is there.
func (v *visit) sendExport(e exporting) error {
	in, err := v.form(append(slices.Clone(e.fields), "password")...)
	if err != nil {
		return err
	}
	file, err := e.ready(v, in)
	var wrong problem.List
	switch {
	case errors.As(err, &wrong) && file.from.Address != "":
		return v.seeOther(file.from.Address) // which says what is wrong
	case err != nil:
		return err
	case v.confirmed():
	case !in.Has("password"):
		return v.askWho(e, Form{Values: in})
	default:
		if err := v.confirm(in.Get("password")); err != nil {
			return err
		}
	}
	return v.s.Desk.Export(v.ctx(), v.actor(), file.Export, file.send)
}

// askWho shows the page that asks for re-authentication, with everything that was asked for.
func (v *visit) askWho(e exporting, f Form) error {
	if f.Values == nil {
		f.Values = url.Values{}
	}
	file, err := e.ready(v, f.Values)
	if err != nil {
		return err
	}
	kept := maps.Clone(f.Values)
	for name := range kept {
		if !slices.Contains(e.fields, name) {
			delete(kept, name)
		}
	}
	password, err := v.whoField(f)
	if err != nil {
		return err
	}
	data := ExportPage{
		Frame: v.frame(file.from.Address, f.onPage("password")), Export: Export{Action: v.r.URL.Path, Fields: hidden(kept)}, What: file.what,
		Password: password,
	}
	data.Back = file.from
	return v.render("export", data)
}

// exportButton is the button for a file narrowed to some values; the empty ones narrow nothing.
func exportButton(text, action string, values url.Values) Export {
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

// filterWords is what an export was narrowed to, for the evidence.
func filterWords(values url.Values) string {
	var words []string
	for _, field := range hidden(values) {
		if field.Name != "password" {
			words = append(words, field.Name+"="+field.Value)
		}
	}
	return strings.Join(words, " ")
}

// attach sets the headers of a file that is saved, not shown.
func (v *visit) attach(mediaType, name string) {
	h := v.w.Header()
	h.Set("Content-Type", mediaType)
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Disposition", attachment(name))
	v.w.WriteHeader(http.StatusOK)
}
