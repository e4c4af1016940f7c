package web

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"uketsuke/internal/account"
	"uketsuke/internal/web/htmlcheck"
	"uketsuke/internal/web/kit"
)

var wildcard = regexp.MustCompile(`\{[a-z]+\}`)

// begun is the id of a draft that hanako has just begun.
func (h *house) begun(t *testing.T) string {
	t.Helper()
	b := h.as(t, "hanako")
	start := b.post("/applications", url.Values{})
	return strings.TrimSuffix(strings.TrimPrefix(start.path, "/applications/"), "/start")
}

func TestAccess(t *testing.T) {
	t.Parallel()
	roles := append(account.Roles(), "")
	tests := map[kit.Access]string{
		kit.Public: "applicant administrator viewer examiner supervisor clock ", kit.SignedIn: "applicant administrator viewer examiner supervisor",
		kit.Establishment: "applicant administrator viewer", kit.Applicants: "applicant administrator", kit.Administrators: "administrator", kit.Centre: "examiner supervisor", kit.Supervisors: "supervisor", "": "",
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
	t.Parallel()
	h := newHouse(t)
	b := h.as(t, "hanako")
	tests := []struct {
		name, header, value, body string
		status                    int
	}{
		{"from another site", "Sec-Fetch-Site", "cross-site", "", 403},
		{"json", "Content-Type", "application/json", "{}", 415},
		{"too large", "Content-Type", "application/x-www-form-urlencoded", "a=" + strings.Repeat("x", kit.MaxBody), 413},
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
	t.Parallel()
	b := newHouse(t).as(t, "hanako")
	b.want(b.get("/nothing"), 404, htmlcheck.In("h1", htmlcheck.HasText("ページが見つかりません")))
	b.want(b.get("/applications/none/start"), 404)
	b.want(b.post("/contract", url.Values{}), 405)
	p := b.get("/")
	for name, value := range map[string]string{"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin", "Content-Security-Policy": kit.Policy} {
		if got := p.header.Get(name); got != value {
			t.Errorf("%s is %q, want %q", name, got, value)
		}
	}
}
