package api

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"uketsuke/internal/desk"
	"uketsuke/internal/sample"
	"uketsuke/internal/store/storetest"
)

// A logLine is what stands in the log of a request.
type logLine struct {
	Msg, Method, Pattern, Gateway, Address, Request, Level string
	Status                                                 int
}

// lines are those of the requests that ask sends; none may hold a token.
func (d *frontDoor) lines(ask func()) []logLine {
	d.t.Helper()
	var out bytes.Buffer
	d.server.Log = slog.New(slog.NewJSONHandler(&out, nil))
	ask()
	for _, token := range d.tokens {
		if _, secret, _ := strings.Cut(token, "-"); strings.Contains(out.String(), token) || strings.Contains(out.String(), secret[len(secret)-32:]) {
			d.t.Errorf("a token stands in the log: %s", out.String())
		}
	}
	var found []logLine
	for in := json.NewDecoder(&out); in.More(); {
		var line logLine
		if err := in.Decode(&line); err != nil {
			d.t.Fatal(err)
		}
		found = append(found, line)
	}
	return found
}

// ASVS 16.3.1, 16.3.2: who asked, and who was not let in and why, stands in the log, one line a request.
func TestRequestsAreLogged(t *testing.T) {
	t.Parallel()
	d := newDoor(t, storetest.SQLite(t))
	now := time.Now()
	d.open(func() time.Time { return now }, 1, 1)
	logon, other := d.tokens[desk.ScopeLogon], d.tokens[desk.ScopeContract]
	const check, contract = "POST /api/v1/logon-check", "GET /api/v1/contracts/{establishment}"
	ids := map[string]bool{}
	for _, tt := range []struct {
		name, method, path, token string
		pattern, gateway          string
		status                    int
	}{
		{"answered", "GET", "/api/v1/contracts/" + sample.Tokyo + "?on=2024-12-02", other, contract, "gateway-contract", 200},
		{"too often", "GET", "/api/v1/contracts/" + sample.Tokyo, other, contract, "gateway-contract", 429},
		{"for something else", "GET", "/api/v1/contracts/" + sample.Tokyo, logon, contract, "gateway-logon", 403},
		{"no token", "POST", "/api/v1/logon-check", "", check, "", 401},
		{"wrong token", "POST", "/api/v1/logon-check", logon[:len(logon)-2] + "zz", check, "", 401},
		{"nowhere", "GET", "/api/v2/" + logon, "", "", "", 404},
	} {
		lines := d.lines(func() { d.ask(tt.method, tt.path, tt.token, "").Body.Close() })
		if len(lines) != 1 {
			t.Errorf("%s: %+v", tt.name, lines)
			continue
		}
		got := lines[0]
		ids[got.Request] = true
		got.Request = ""
		if want := (logLine{"request", tt.method, tt.pattern, tt.gateway, "192.0.2.1", "", "INFO", tt.status}); got != want {
			t.Errorf("%s: %+v, want %+v", tt.name, got, want)
		}
	}
	if len(ids) != 6 || ids[""] {
		t.Errorf("the requests are %v", ids)
	}
}

// What breaks is answered, and told in the log under the request's id (ASVS 16.3.4).
func TestBrokenRequest(t *testing.T) {
	t.Parallel()
	d := newDoor(t, storetest.SQLite(t))
	d.server.handler = d.server.logged(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("spoilt") }))
	w := httptest.NewRecorder()
	lines := d.lines(func() {
		d.server.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), "GET", "/api/v1/openapi.yaml", nil))
	})
	take[Problem](t, w.Result(), http.StatusInternalServerError)
	if len(lines) != 2 || lines[0].Level != "ERROR" || lines[1].Status != http.StatusInternalServerError || lines[0].Request != lines[1].Request {
		t.Errorf("%+v", lines)
	}
}
