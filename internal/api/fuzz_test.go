package api

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// FuzzRead: a question is one JSON object with the names that are known, each once, or it is refused with a status;
// two readers of one message never see two things.
func FuzzRead(f *testing.F) {
	for _, s := range []string{`{"user_id":"1ANACA0A"}`, `{"user_id":"a","user_id":"b"}`, `{"USER_ID":"a"}`, `{"user_id":"a"} x`, `[]`, ``, `{"user_id":{"a":[1e999]}}`, "{\"user_id\":\"\xff\"}"} {
		f.Add("application/json", s)
	}
	f.Add("text/plain", "{}")
	f.Fuzz(func(t *testing.T, kind, body string) {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/api/logon/check", strings.NewReader(body))
		r.Header.Set("Content-Type", kind)
		var asked LogonCheck
		err := read(httptest.NewRecorder(), r, &asked)
		if err != nil {
			if code, is := err.(status); !is || code < 400 || code > 499 {
				t.Fatalf("%q: %v", body, err)
			}
			return
		}
		var loose map[string]json.RawMessage
		if len(body) > maxBody || json.Unmarshal([]byte(body), &loose) != nil || len(loose) > 1 {
			t.Fatalf("%q passes", body)
		}
		var same string
		if raw, there := loose["user_id"]; there && (json.Unmarshal(raw, &same) != nil || same != asked.UserID) {
			t.Fatalf("%q is %q to one reader and %q to another", body, asked.UserID, same)
		}
	})
}
