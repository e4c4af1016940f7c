package api

import (
	"net/http"
	"strings"
	"testing"

	"uketsuke/internal/store/storetest"
)

// Every route by who asks: nobody and a token for something else are refused, whatever the route is; what is for
// everybody says nothing of anybody (ASVS 8.1.x).
func TestEveryRouteWantsItsToken(t *testing.T) {
	t.Parallel()
	d := newDoor(t, storetest.SQLite(t))
	for _, r := range d.server.routes() {
		path := strings.NewReplacer("{establishment}", "e1").Replace(r.Path)
		body := map[bool]string{true: `{}`, false: ""}[r.Method == http.MethodPost]
		if r.Scope == "" {
			if r.Path != "/api/v1/openapi.yaml" {
				t.Errorf("%s %s is for everybody: look at it, and name it here", r.Method, r.Path)
			}
			continue
		}
		if answer := d.ask(r.Method, path, "", body); answer.StatusCode != http.StatusUnauthorized {
			t.Errorf("%s %s without a token: status %d", r.Method, path, answer.StatusCode)
		}
		for scope, token := range d.tokens {
			if answer := d.ask(r.Method, path, token, body); scope != r.Scope && answer.StatusCode != http.StatusForbidden {
				t.Errorf("%s %s with a token for %s: status %d", r.Method, path, scope, answer.StatusCode)
			}
		}
	}
}
