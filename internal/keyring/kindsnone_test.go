//go:build !cgo

package keyring_test

import (
	"path/filepath"
	"strings"
	"testing"

	. "uketsuke/internal/keyring"
)

func tokenPlace(t *testing.T) place {
	t.Helper()
	t.Skip("this build has no PKCS#11")
	return place{}
}

// TestBuildWithoutTokens: a build without cgo says so, instead of keeping keys elsewhere.
func TestBuildWithoutTokens(t *testing.T) {
	_, err := OpenAt("pkcs11:token=a?module-path=/b&pin-source=/c", filepath.Join(t.TempDir(), "ring"))
	if err == nil || !strings.Contains(err.Error(), "cgo") {
		t.Errorf("%v", err)
	}
}
