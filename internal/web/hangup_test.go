package web

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"uketsuke/internal/door"
	"uketsuke/internal/web/kit"
)

// A browser that hangs up is no ERROR, wherever it is noticed: while a page is made, in the middle of a file, in the session.
// An error of ours stays one, also when the browser has gone because of it.
func TestHangUpsAreNoErrors(t *testing.T) {
	t.Parallel()
	ours := errors.New("the disk is full")
	for name, c := range map[string]struct {
		gone bool
		err  error
		want string
	}{
		"a page":                     {true, fmt.Errorf("reading: %w", context.Canceled), "INFO"},
		"a page of ours":             {true, ours, "ERROR"},
		"nobody has gone":            {false, context.Canceled, "ERROR"},
		"ours took too long":         {false, context.DeadlineExceeded, "ERROR"},
		"the connection was aborted": {false, http.ErrAbortHandler, "INFO"},
	} {
		var log bytes.Buffer
		h := newHouse(t)
		h.server.Log = slog.New(slog.NewTextHandler(&log, nil))
		ctx, hangUp := context.WithCancel(t.Context())
		r := httptest.NewRequestWithContext(ctx, http.MethodGet, "/", nil)
		if c.gone {
			hangUp()
		}
		answer := httptest.NewRecorder()
		v := &kit.Request{Kit: h.server.Kit, Out: answer, HTTP: r, Status: 200, Free: func() {}}
		v.Fail(c.err)
		if got := log.String(); !strings.Contains(got, "level="+c.want) || c.want == "INFO" && strings.Contains(got, "ERROR") {
			t.Errorf("%s: %s", name, got)
		}
		if c.want == "INFO" && (answer.Code != door.StatusGone || !strings.Contains(log.String(), "so far")) {
			t.Errorf("%s: %d, %s", name, answer.Code, &log)
		}
		log.Reset()
		_, err := v.SendCSV("rows.csv", func(yield func([]string, error) bool) { _ = yield([]string{"head"}, nil) && yield(nil, c.err) })
		if err != nil || !strings.Contains(log.String(), "level="+c.want) {
			t.Errorf("%s, in a file: %v %s", name, err, &log)
		}
		log.Reset()
		h.server.SessionManager.ErrorFunc(httptest.NewRecorder(), r, c.err)
		if !strings.Contains(log.String(), "level="+c.want) {
			t.Errorf("%s, in the session: %s", name, &log)
		}
		hangUp()
	}
}

// Whatever page is asked for by a browser that has gone: none writes an ERROR.
func TestNoPageCallsAHangUpAnError(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	var log bytes.Buffer
	h.server.Log = slog.New(slog.NewTextHandler(&log, nil))
	b := h.as(t, "hanako")
	log.Reset()
	ctx, hangUp := context.WithCancel(t.Context())
	hangUp()
	home, err := url.Parse(h.url)
	if err != nil {
		t.Fatal(err)
	}
	for _, route := range h.server.Routes() {
		r := httptest.NewRequestWithContext(ctx, route.Method, wildcard.ReplaceAllString(route.Pattern, "x"), strings.NewReader(""))
		r.URL.Path = strings.ReplaceAll(r.URL.Path, "{$}", "")
		for _, c := range b.client.Jar.Cookies(home) {
			r.AddCookie(c)
		}
		h.server.ServeHTTP(httptest.NewRecorder(), r)
		if strings.Contains(log.String(), "ERROR") {
			t.Errorf("%s %s: %s", route.Method, r.URL.Path, &log)
		}
		log.Reset()
	}
}
