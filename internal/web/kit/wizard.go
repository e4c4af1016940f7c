package kit

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"uketsuke/internal/desk"
)

// ApplicationPath is the address of an application, or of a page below it.
func ApplicationPath(id string, rest ...string) string {
	return strings.Join(append([]string{"/applications", url.PathEscape(id)}, rest...), "/")
}

// Ref is the application with the version that the form's page showed.
func (v *Request) Ref(in url.Values) (desk.Ref, error) {
	version, err := strconv.ParseInt(in.Get("version"), 10, 64)
	if err != nil {
		return desk.Ref{}, StatusError(http.StatusBadRequest)
	}
	return desk.Ref{ID: v.HTTP.PathValue("id"), Version: version}, nil
}

// RefAlone reads a form that has nothing but the version that was shown.
func (v *Request) RefAlone() (desk.Ref, error) {
	in, err := v.Form("version")
	if err != nil {
		return desk.Ref{}, err
	}
	return v.Ref(in)
}

// OnPage moves problems at fields that the page does not have to the page as a whole, so that no link of
// the summary leads nowhere.
func (f Form) OnPage(names ...string) Form {
	problems := slices.Clone(f.Problems)
	for i, p := range problems {
		if !slices.Contains(names, p.Field) {
			problems[i].Field = ""
		}
	}
	f.Problems = problems
	return f
}
