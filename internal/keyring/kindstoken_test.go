//go:build cgo

package keyring_test

import (
	"path/filepath"
	"testing"

	"uketsuke/internal/keyring/softhsm"
)

func tokenPlace(t *testing.T) place {
	t.Helper()
	token := softhsm.New(t)
	return place{t: t, uri: token.URI, dir: filepath.Join(t.TempDir(), "ledger"), move: token.Dir}
}
