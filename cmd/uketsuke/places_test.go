package main

import (
	"strings"
	"testing"
)

// A password in the address of a database reaches no message, wherever in the address it stands.
func TestAddressesAreSaidWithoutPassword(t *testing.T) {
	t.Parallel()
	for dsn, want := range map[string]string{
		"postgres://desk:hidden@db.example/desk":              "db.example/desk",
		"postgres://db.example/desk?user=a&password=hidden":   "db.example/desk",
		"postgres://desk@/desk?host=/run&password=hidden":     "/desk",
		"/var/lib/uketsuke/uketsuke.db":                       "/var/lib/uketsuke/uketsuke.db",
		"postgres://desk@db.example/desk?sslmode=verify-full": "sslmode=verify-full",
	} {
		if got := redacted(dsn); strings.Contains(got, "hidden") || !strings.Contains(got, want) {
			t.Errorf("%s is said as %s", dsn, got)
		}
	}
}
