package web

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"uketsuke/internal/account"
	"uketsuke/internal/web/htmlcheck"
)

var wildcard = regexp.MustCompile(`\{[a-z]+\}`)

// address makes an address of a pattern, of an application for {id}.
func address(pattern, id string) string {
	pattern = strings.NewReplacer("{id}", id, "{$}", "", "{tab}", "name", "{n}", "0").Replace(pattern)
	return wildcard.ReplaceAllString(pattern, "1")
}

// ask sends what the route's method is; a POST carries a version.
func (b *browser) ask(r Route, id string) pageSeen {
	b.t.Helper()
	if r.Method == http.MethodPost {
		return b.post(address(r.Pattern, id), url.Values{"version": {"1"}})
	}
	return b.get(address(r.Pattern, id))
}

// begun is the id of a draft that hanako has just begun.
func (h *house) begun(t *testing.T) string {
	t.Helper()
	b := h.as(t, "hanako")
	start := b.post("/applications", url.Values{})
	return strings.TrimSuffix(strings.TrimPrefix(start.path, "/applications/"), "/start")
}

// Default deny: every route for nobody, for every role that it is not for, and for people of another
// establishment (trap 27).
func TestEveryRouteRefuses(t *testing.T) {
	h := newHouse(t)
	id := h.begun(t)
	people := map[account.Role]*browser{account.Applicant: h.as(t, "hanako"), account.Administrator: h.as(t, "kanri"),
		account.Viewer: h.as(t, "etsuran"), account.Examiner: h.as(t, "shinsa"), account.Supervisor: h.as(t, "sekinin")}
	stranger := h.as(t, "betsu")
	for _, r := range h.server.Routes() {
		t.Run(r.Method+" "+r.Pattern, func(t *testing.T) {
			if r.Access == public {
				return
			}
			out := h.browser(t)
			if p := out.ask(r, id); r.Method == http.MethodGet && p.path != "/login" || r.Method == http.MethodPost && p.status != http.StatusUnauthorized {
				t.Errorf("nobody signed in: status %d at %s, want the login page", p.status, p.path)
			}
			for role, b := range people {
				if r.Access.Allows(role) {
					continue
				}
				if p := b.ask(r, id); p.status != http.StatusForbidden {
					t.Errorf("%s: status %d, want 403", role, p.status)
				}
			}
			if strings.Contains(r.Pattern, "{id}") && r.Access != centre && r.Access != supervisors {
				if p := stranger.ask(r, id); p.status != http.StatusNotFound || strings.Contains(string(p.body), "見本 花子") {
					t.Errorf("another establishment: status %d, want 404", p.status)
				}
			}
		})
	}
}

func TestAccess(t *testing.T) {
	roles := append(account.Roles(), "")
	tests := map[Access]string{
		public: "applicant administrator viewer examiner supervisor clock ", signedIn: "applicant administrator viewer examiner supervisor",
		establishment: "applicant administrator viewer", applicants: "applicant administrator", administrators: "administrator", centre: "examiner supervisor", supervisors: "supervisor", "": "",
	}
	for access, allowed := range tests {
		var got []string
		for _, role := range roles {
			if access.Allows(role) {
				got = append(got, string(role))
			}
		}
		if strings.Join(got, " ") != allowed {
			t.Errorf("%q allows %q, want %q", access, got, allowed)
		}
	}
}

// What is no form of ours never reaches a handler.
func TestPostsAreOurOwnForms(t *testing.T) {
	h := newHouse(t)
	b := h.as(t, "hanako")
	tests := []struct {
		name, header, value, body string
		status                    int
	}{
		{"from another site", "Sec-Fetch-Site", "cross-site", "", 403},
		{"json", "Content-Type", "application/json", "{}", 415},
		{"too large", "Content-Type", "application/x-www-form-urlencoded", "a=" + strings.Repeat("x", maxBody), 413},
		{"broken", "Content-Type", "application/x-www-form-urlencoded", "a=%zz", 400},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, h.url+"/applications", strings.NewReader(tt.body))
			if err == nil {
				r.Header.Set(tt.header, tt.value)
			}
			b.want(b.do(r, err), tt.status)
		})
	}
	b.want(b.get("/"), 200, htmlcheck.NotIn(".todo"))
}

func TestUnknownAddresses(t *testing.T) {
	b := newHouse(t).as(t, "hanako")
	b.want(b.get("/nothing"), 404, htmlcheck.In("h1", htmlcheck.HasText("ページが見つかりません")))
	b.want(b.get("/applications/none/start"), 404)
	b.want(b.post("/contract", url.Values{}), 405)
	p := b.get("/")
	for name, value := range map[string]string{"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin", "Content-Security-Policy": policy} {
		if got := p.header.Get(name); got != value {
			t.Errorf("%s is %q, want %q", name, got, value)
		}
	}
}
