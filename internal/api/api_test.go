package api

import (
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"uketsuke/internal/account"
	"uketsuke/internal/contract"
	"uketsuke/internal/desk"
	"uketsuke/internal/sample"
	"uketsuke/internal/store"
	"uketsuke/internal/store/storetest"
)

// A frontDoor is the programming interface before a World, with a token of each scope.
type frontDoor struct {
	*sample.World
	t      testing.TB
	server *Server
	tokens map[desk.Scope]string
}

func newDoor(t testing.TB, db *store.DB) *frontDoor {
	t.Helper()
	w := sample.New(t, db, "2024-12-02T10:00:00+09:00")
	d := &frontDoor{World: w, t: t, tokens: map[desk.Scope]string{}}
	d.open(w.Elapsed, 0, 0)
	for _, scope := range []desk.Scope{desk.ScopeLogon, desk.ScopeContract} {
		token, err := w.Desk.AddGateway(t.Context(), account.OperatorActor("test"), "gateway-"+string(scope), scope, false)
		if err != nil {
			t.Fatal(err)
		}
		d.tokens[scope] = token
	}
	return d
}

func (d *frontDoor) open(elapsed func() time.Time, rate, burst int) {
	d.t.Helper()
	server, err := New(Config{Desk: d.Desk, Elapsed: elapsed, Rate: rate, Burst: burst, Log: slog.New(slog.NewTextHandler(d.t.Output(), nil))})
	if err != nil {
		d.t.Fatal(err)
	}
	d.server = server
}

// ask sends a request with a token, "" for none, and gives the answer.
func (d *frontDoor) ask(method, path, token, body string) *http.Response {
	d.t.Helper()
	r := httptest.NewRequestWithContext(d.t.Context(), method, path, strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	w := httptest.NewRecorder()
	d.server.ServeHTTP(w, r)
	return w.Result()
}

// take reads an answer as a message, which must have exactly its fields.
func take[T any](t testing.TB, answer *http.Response, status int) (message T, raw map[string]any) {
	t.Helper()
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	if answer.StatusCode != status {
		t.Fatalf("status %d, want %d: %s", answer.StatusCode, status, text)
	}
	in := json.NewDecoder(strings.NewReader(string(text)))
	in.DisallowUnknownFields()
	if err := in.Decode(&message); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	if err := json.Unmarshal(text, &raw); err != nil {
		t.Fatal(err)
	}
	return message, raw
}

func (d *frontDoor) check(id string) (LogonAnswer, []string) {
	d.t.Helper()
	answer := d.ask("POST", "/api/v1/logon-check", d.tokens[desk.ScopeLogon], `{"user_id":"`+id+`"}`)
	message, raw := take[LogonAnswer](d.t, answer, http.StatusOK)
	var fields []string
	for name := range raw {
		fields = append(fields, name)
	}
	slices.Sort(fields)
	return message, fields
}

// R-CON-1, R-CON-3, R-CON-4: the answer through the door, on the days that matter, folded, with names; the
// shape is the same for IDs that there never were.
func TestLogonCheck(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := newDoor(t, db)
		ref, approval := d.Approved(sample.S1("2024-12-12"))
		id := string(approval.Codes[0].IDs[0].ID)
		early, shape := d.check(strings.ToLower(id))
		if early.Entitled || early.Reason != contract.LogonNotStarted || early.UserID != id || early.ValidFrom.String() != "2024-12-12" || len(early.Trades) > 0 || early.Method != "" {
			t.Errorf("R-CON-3 before the start: %+v", early)
		}
		d.At("2024-12-12T00:00:00+09:00")
		now, fields := d.check(id)
		if !now.Entitled || now.Reason != contract.LogonEntitled || now.Day.String() != "2024-12-12" || now.Method != "netnaccs" || now.MethodName == "" ||
			len(now.Trades) != 1 || len(now.TradeNames) != 1 || now.TradeNames[0] == now.Trades[0] {
			t.Errorf("R-CON-1 on the start: %+v", now)
		}
		never, other := d.check("1ZZZZA0A")
		if never.Entitled || never.Reason != contract.LogonNotIssued || never.ValidFrom != nil || never.Trades == nil {
			t.Errorf("R-ID-6 never issued: %+v", never)
		}
		if !slices.Equal(shape, fields) || !slices.Equal(shape, other) || len(shape) != reflect.TypeFor[LogonAnswer]().NumField() {
			t.Errorf("the shapes differ: %v, %v, %v", shape, fields, other)
		}
		if err := d.server.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
		rows, err := d.Desk.Gateways(t.Context(), account.OperatorActor("test"))
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range rows {
			if want := (desk.Answers{Entitled: 1, Denied: 1, Unknown: 1}); row.Scope == desk.ScopeLogon && row.Answers != want {
				t.Errorf("trap 23: counted %+v, want %+v", row.Answers, want)
			}
		}
		if d.Case(d.Examiner, ref.ID).State != "in-effect" {
			t.Error("the application is not in effect")
		}
	})
}

// What is no question of ours gets a problem and no answer.
func TestQuestionsAreJudged(t *testing.T) {
	t.Parallel()
	d := newDoor(t, storetest.SQLite(t))
	logon, other := d.tokens[desk.ScopeLogon], d.tokens[desk.ScopeContract]
	good := `{"user_id":"1ANACA0A"}`
	for _, tt := range []struct {
		name, method, path, token, body string
		status                          int
	}{
		{"no token", "POST", "/api/v1/logon-check", "", good, 401},
		{"wrong token", "POST", "/api/v1/logon-check", logon[:len(logon)-2] + "zz", good, 401},
		{"token of another scope", "POST", "/api/v1/logon-check", other, good, 403},
		{"contract with the logon token", "GET", "/api/v1/contracts/" + sample.Tokyo, logon, "", 403},
		{"no ID", "POST", "/api/v1/logon-check", logon, `{"user_id":"1ANAC"}`, 422},
		{"a name in other case", "POST", "/api/v1/logon-check", logon, `{"USER_ID":"1ANACA0A"}`, 400},
		{"a name in other case behind it", "POST", "/api/v1/logon-check", logon, `{"user_id":"1ANACA0A","User_ID":"1ANACA0B"}`, 400},
		{"a name twice", "POST", "/api/v1/logon-check", logon, `{"user_id":"1ANACA0A","user_id":"1ANACA0B"}`, 400},
		{"something behind it", "POST", "/api/v1/logon-check", logon, `{"user_id":"1ANACA0A"} {}`, 400},
		{"no object", "POST", "/api/v1/logon-check", logon, `["1ANACA0A"]`, 400},
		{"unknown field", "POST", "/api/v1/logon-check", logon, `{"user_id":"1ANACA0A","day":"2034-01-01"}`, 400},
		{"two objects", "POST", "/api/v1/logon-check", logon, good + good, 400},
		{"no JSON", "POST", "/api/v1/logon-check", logon, "user_id=1ANACA0A", 400},
		{"too long", "POST", "/api/v1/logon-check", logon, `{"user_id":"` + strings.Repeat("1", maxBody) + `"}`, 413},
		{"no body", "POST", "/api/v1/logon-check", logon, "", 415},
		{"by GET", "GET", "/api/v1/logon-check", logon, "", 405},
		{"nowhere", "GET", "/api/v2/logon-check", logon, "", 404},
		{"no establishment", "GET", "/api/v1/contracts/nowhere", other, "", 404},
		{"no day", "GET", "/api/v1/contracts/" + sample.Tokyo + "?on=soon", other, "", 422},
	} {
		t.Run(tt.name, func(t *testing.T) {
			answer := d.ask(tt.method, tt.path, tt.token, tt.body)
			p, _ := take[Problem](t, answer, tt.status)
			if p.Status != tt.status || p.Title == "" || answer.Header.Get("Content-Type") != "application/problem+json" {
				t.Errorf("%+v, %s", p, answer.Header.Get("Content-Type"))
			}
			if (answer.Header.Get("WWW-Authenticate") != "") != (tt.status == 401) || (answer.Header.Get("Set-Cookie") != "") || answer.Header.Get("Location") != "" {
				t.Errorf("headers %v", answer.Header)
			}
		})
	}
	for _, header := range []string{"Basic " + logon, logon, "Bearer", "bearer  " + logon[:10]} {
		r := httptest.NewRequestWithContext(t.Context(), "POST", "/api/v1/logon-check", strings.NewReader(good))
		r.Header.Set("Authorization", header)
		r.AddCookie(&http.Cookie{Name: "session", Value: logon})
		w := httptest.NewRecorder()
		d.server.ServeHTTP(w, r)
		if w.Code != 401 {
			t.Errorf("%q: status %d, want 401", header, w.Code)
		}
	}
}

// Each gateway has its own share of requests, by elapsed time.
func TestRateLimit(t *testing.T) {
	t.Parallel()
	d := newDoor(t, storetest.SQLite(t))
	now := time.Now()
	d.open(func() time.Time { return now }, 2, 3)
	status := func(scope desk.Scope) int {
		answer := d.ask("GET", "/api/v1/contracts/"+sample.Tokyo, d.tokens[scope], "")
		defer answer.Body.Close()
		if (answer.StatusCode == 429) != (answer.Header.Get("Retry-After") != "") {
			t.Errorf("status %d, Retry-After %q", answer.StatusCode, answer.Header.Get("Retry-After"))
		}
		return answer.StatusCode
	}
	for i, want := range []int{200, 200, 200, 429, 429} {
		if got := status(desk.ScopeContract); got != want {
			t.Errorf("request %d: status %d, want %d", i+1, got, want)
		}
	}
	if got, _ := d.check("1ZZZZA0A"); got.Entitled {
		t.Error("another gateway is kept out, or let in")
	}
	now = now.Add(time.Second)
	for i, want := range []int{200, 200, 429} {
		if got := status(desk.ScopeContract); got != want {
			t.Errorf("request %d a second later: status %d, want %d", i+1, got, want)
		}
	}
	for range 50 {
		d.ask("POST", "/api/v1/logon-check", "uketsuke-"+strings.Repeat("0", 16)+"-"+strings.Repeat("0", 64), "{}").Body.Close()
	}
	if len(d.server.limit.buckets) != 2 {
		t.Errorf("the limiter knows %d gateways, want the two there are", len(d.server.limit.buckets))
	}
}

// R-CON-2: the contract as of any day, in the message of the description.
func TestReadContract(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := newDoor(t, db)
		d.Approved(sample.S1("2024-12-12"))
		at := func(on string) Contract {
			c, _ := take[Contract](t, d.ask("GET", "/api/v1/contracts/"+sample.Tokyo+on, d.tokens[desk.ScopeContract], ""), 200)
			return c
		}
		if c := at(""); len(c.Codes) != 0 || c.AsKnownNow || c.On.String() != "2024-12-02" || c.Terminals != 3 {
			t.Errorf("today: %+v", c)
		}
		c := at("?on=2024-12-12")
		if !c.AsKnownNow || len(c.Codes) != 1 || len(c.Codes[0].IDs) != 2 || c.Codes[0].ValidFrom.String() != "2024-12-12" || c.Codes[0].ValidTo != nil {
			t.Errorf("on the start: %+v", c)
		}
		if c := at("?on=2024-12-11"); len(c.Codes) != 0 {
			t.Errorf("the day before: %+v", c)
		}
	})
}

// The description is for everybody.
func TestDescriptionIsServed(t *testing.T) {
	t.Parallel()
	d := newDoor(t, storetest.SQLite(t))
	answer := d.ask("GET", "/api/v1/openapi.yaml", "", "")
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != 200 || string(text) != string(openapi) {
		t.Errorf("status %d, %v", answer.StatusCode, err)
	}
}
