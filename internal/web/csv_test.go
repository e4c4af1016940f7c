package web

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"uketsuke/internal/web/kit"
)

func TestCSVCells(t *testing.T) {
	t.Parallel()
	for cell, want := range map[string]string{
		"": "", "1ANAC": "1ANAC", "－": "－", "見本": "見本", "=1+1": "'=1+1", "+81": "'+81", "-1": "'-1", "@x": "'@x",
		"\t=1": "'\t=1", "＝1+1": "'＝1+1", "－1": "'－1", "a=1": "a=1",
	} {
		if got := kit.CSVCells([]string{cell})[0]; got != want {
			t.Errorf("%q becomes %q, want %q", cell, got, want)
		}
	}
}

// An error at the beginning is the page's; one on the way is said in the last line.
func TestCSVErrors(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	broken := errors.New("broken")
	send := func(rows ...[]string) (*httptest.ResponseRecorder, int, error) {
		w := httptest.NewRecorder()
		v := &kit.Request{Kit: h.server.Kit, Out: w, HTTP: httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil), Lang: kit.English}
		n, err := v.SendCSV("a b.csv", func(yield func([]string, error) bool) {
			for _, row := range rows {
				if !yield(row, nil) {
					return
				}
			}
			yield(nil, broken)
		})
		return w, n, err
	}
	if w, _, err := send(); !errors.Is(err, broken) || w.Body.Len() > 0 {
		t.Errorf("nothing sent yet: %v, %q", err, w.Body)
	}
	w, rows, err := send([]string{"head"}, []string{"a,b"})
	if want := "\ufeffhead\r\n\"a,b\"\r\n\"Something went wrong"; err != nil || rows != 2 || !strings.HasPrefix(w.Body.String(), want) {
		t.Errorf("%v, %d rows, %q", err, rows, w.Body)
	}
	if got := w.Header().Get("Content-Disposition"); got != "attachment; filename*=UTF-8''a%20b.csv" {
		t.Errorf("Content-Disposition %q", got)
	}
}
