//go:build cgo

package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"uketsuke/internal/keyring/softhsm"
)

// The commands take the token of --ring, and none of them keeps a key elsewhere.
func TestRingInAToken(t *testing.T) {
	token, dir := softhsm.New(t), t.TempDir()
	keys := filepath.Join(dir, "ledger")
	uketsuke := func(status int, args ...string) string {
		t.Helper()
		var out bytes.Buffer
		args = append(args, "--database", filepath.Join(dir, "u.db"), "--keys", keys)
		if got := run(args, &out, &out); got != status {
			t.Errorf("%q: status %d, want %d\n%s", args, got, status, out.String())
		}
		return out.String()
	}
	uketsuke(0, "audit", "checkpoint", "--ring", token.URI)
	uketsuke(0, "admin", "keys", "rotate", "audit-log", "--really", "--ring", token.URI)
	listed := uketsuke(0, "admin", "keys", "list", "--ring", token.URI)
	if strings.Count(listed, "audit-log.sign.") != 2 || strings.Count(listed, " living") != 2 {
		t.Errorf("the list: %s", listed)
	}
	kept, err := filepath.Glob(filepath.Join(keys, "ring", "*"))
	if err != nil || len(kept) > 0 {
		t.Errorf("beside the token: %v, %v", kept, err)
	}
	if said := uketsuke(exitRefused, "check"); !strings.Contains(said, "not the one this database belongs to") {
		t.Errorf("without --ring: %s", said)
	}
	for _, args := range [][]string{{"check"}, {"audit", "checkpoint"}, {"admin", "ring", "accept-loss", "--really"}} {
		var out bytes.Buffer
		mistyped := filepath.Join(dir, "mistyped.db")
		status := run(append(args, "--ring", token.URI, "--keys", keys, "--database", mistyped), &out, &out)
		if status != exitRefused || !strings.Contains(out.String(), "not the database of these keys") {
			t.Errorf("R-SEC-6 %v on another database: %d: %s", args, status, out.String())
		}
		if _, err := os.Stat(mistyped); err == nil {
			t.Errorf("%v made a database", args)
		}
	}
	if said := uketsuke(exitRefused, "check", "--ring", "pkcs11:token=other"); !strings.Contains(said, "pkcs11:token=LABEL") {
		t.Errorf("a URI that is none: %s", said)
	}
}
