package store_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	. "uketsuke/internal/store"
	"uketsuke/internal/store/pgtest"

	"github.com/jackc/pgx/v5/pgconn"
)

// plainPostgres takes what the machine says about PostgreSQL out of the test.
func plainPostgres(t *testing.T) {
	t.Helper()
	t.Setenv("HOME", t.TempDir())
	for _, name := range []string{"PGSSLMODE", "PGSSLROOTCERT", "PGHOST", "PGSERVICE", "PGSSLNEGOTIATION"} {
		t.Setenv(name, "")
	}
}

// ASVS 12.3.1, 12.3.2: over a network the server is verified and nothing goes in clear, unless somebody says otherwise,
// which is told.
func TestPostgresIsVerified(t *testing.T) {
	tests := []struct {
		name, dsn, env string
		full, weak     bool // every host is verified in full; something is told
	}{
		{"another machine", "postgres://u@db.example.jp/x", "", true, false},
		{"by number", "postgres://u@192.0.2.7:5432/x", "", true, false},
		{"version 6", "postgres://u@[2001:db8::1]/x", "", true, false},
		{"with other words", "postgresql://u:p%3F@db.example.jp/x?connect_timeout=5", "", true, false},
		{"its host in the query", "postgres:///x?host=db.example.jp", "", true, false},
		{"a mode that says nothing", "postgres://u@db.example.jp/x?sslmode=", "", true, false},
		{"one of several", "postgres://u@localhost,db.example.jp/x", "", true, false},
		{"every network", "postgres://u@0.0.0.0/x", "", true, false},
		{"a name like ours", "postgres://u@localhost.example.jp/x", "", true, false},
		{"chosen in full", "postgres://u@db.example.jp/x?sslmode=verify-full", "", true, false},
		{"no TLS chosen", "postgres://u@db.example.jp/x?sslmode=disable", "", false, true},
		{"the driver's default chosen", "postgres://u@db.example.jp/x?sslmode=prefer", "", false, true},
		{"no name chosen", "postgres://u@db.example.jp/x?sslmode=verify-ca", "", false, true},
		{"an old word", "postgres://u@db.example.jp/x?ssl=true", "", false, true},
		{"chosen by the environment", "postgres://u@db.example.jp/x", "require", false, true},
		{"the address before the environment", "postgres://u@db.example.jp/x?sslmode=verify-full", "disable", true, false},
		{"a socket", "postgres://u@/x?host=/run/postgresql", "", false, false},
		{"a socket without TLS", "postgres://u@/x?host=/run/postgresql&sslmode=disable", "", false, false},
		{"this machine", "postgres://u@127.0.0.1/x", "", false, false},
		{"this machine by name", "postgres://u@Localhost/x?sslmode=disable", "", false, false},
		{"this machine, version 6", "postgres://u@[::1]/x", "", false, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			plainPostgres(t)
			t.Setenv("PGSSLMODE", tt.env)
			dsn, err := Verified(tt.dsn)
			if err != nil {
				t.Fatal(err)
			}
			if told, err := Weakness(dsn); err != nil || (told != "") != tt.weak {
				t.Errorf("what is told: %q, %v", told, err)
			}
			if full := inFull(t, dsn); full != tt.full {
				t.Errorf("verified in full: %v", full)
			}
			if !tt.full && dsn != tt.dsn {
				t.Errorf("it has become %s", dsn)
			}
		})
	}
	if dsn, err := Verified("postgres://u:hidden@db.example.jp:port/x"); err == nil || strings.Contains(err.Error(), "hidden") {
		t.Errorf("an address that is none is %q: %v", dsn, err)
	}
}

// inFull says whether the driver verifies certificate and name of every host, with nothing to fall back to.
func inFull(t *testing.T, dsn string) bool {
	t.Helper()
	c, err := pgconn.ParseConfig(dsn)
	if err != nil {
		t.Fatal(err)
	}
	hosts := append([]*pgconn.FallbackConfig{{Host: c.Host, TLSConfig: c.TLSConfig}}, c.Fallbacks...)
	for _, h := range hosts {
		if h.TLSConfig == nil || h.TLSConfig.InsecureSkipVerify || h.TLSConfig.ServerName != h.Host {
			return false
		}
	}
	return true
}

// A server without TLS is not talked to over a network, unless that is chosen; then it is told.
func TestPostgresInClear(t *testing.T) {
	plainPostgres(t)
	cluster := pgtest.Cluster(t)
	dsn := cluster.OverTCP(t, cluster.NewDatabase(t, nil))
	if db, err := Open(t.Context(), dsn); err == nil {
		t.Errorf("opened in clear: %v", db.Close())
	}
	db, err := Open(t.Context(), dsn+"?sslmode=disable")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(db.Weakness(), "0.0.0.0") {
		t.Errorf("what is told: %q", db.Weakness())
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

// PostgreSQL's own programs carry the whole database, and are held to the same.
func TestPostgresProgramsAreVerified(t *testing.T) {
	plainPostgres(t)
	programs := t.TempDir()
	script := "#!/bin/sh\necho \"$@ root=$PGSSLROOTCERT\"\nexit 1\n"
	if err := os.WriteFile(filepath.Join(programs, "pg_dump"), []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		dsn        string
		full, root bool
	}{
		{"postgres://u@db.example.jp/x", true, true},
		{"postgres://u@db.example.jp/x?sslmode=disable", false, false},
		{"postgres://u@/x?host=/run/postgresql", false, false},
	} {
		said := RunPostgres(t.Context(), programs, "pg_dump", tt.dsn)
		if said == nil || strings.Contains(said.Error(), "sslmode=verify-full") != tt.full || strings.Contains(said.Error(), "root=system") != tt.root {
			t.Errorf("%s: %v", tt.dsn, said)
		}
	}
}
