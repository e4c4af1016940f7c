// Package softhsm gives tests an HSM: a token of SoftHSM, which keeps in files what a real one keeps in
// hardware and is asked through the same interface.
package softhsm

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// A Token is one initialised token, for one test.
type Token struct {
	// URI is what opens it.
	URI string
	// Dir holds its objects; a token is away while Dir is.
	Dir string
	// PINFile holds the PIN.
	PINFile string
	// Module is a copy of the library of this test's own, so that starting it again disturbs no other.
	Module string
}

// Label is every token's label.
const Label = "uketsuke"

// New makes a token. The test cannot be parallel: the library finds its tokens through the environment.
func New(t testing.TB) Token {
	t.Helper()
	dir := t.TempDir()
	k := Token{Dir: filepath.Join(dir, "tokens"), PINFile: filepath.Join(dir, "pin"), Module: filepath.Join(dir, "libsofthsm2.so")}
	library, err := os.ReadFile(installed(t))
	if err != nil {
		t.Fatal(err)
	}
	settings := filepath.Join(dir, "softhsm2.conf")
	for file, content := range map[string][]byte{
		settings: []byte("directories.tokendir = " + k.Dir + "\nobjectstore.backend = file\nlog.level = ERROR\n"),
		k.Module: library, k.PINFile: []byte("48 autumn leaves\n"),
	} {
		if err := os.WriteFile(file, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(k.Dir, 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("SOFTHSM2_CONF", settings)
	out, err := exec.CommandContext(t.Context(), "softhsm2-util", "--init-token", "--free", "--label", Label,
		"--so-pin", "12345678", "--pin", "48 autumn leaves").CombinedOutput()
	if err != nil {
		t.Fatalf("making a token with softhsm2-util, which scripts/setup installs: %v\n%s", err, out)
	}
	k.URI = "pkcs11:token=" + Label + "?module-path=" + k.Module + "&pin-source=file:" + k.PINFile
	return k
}

// installed is the library where Debian puts it.
func installed(t testing.TB) string {
	t.Helper()
	for _, pattern := range []string{"/usr/lib/softhsm/libsofthsm2.so", "/usr/lib/*/softhsm/libsofthsm2.so"} {
		if found, err := filepath.Glob(pattern); err == nil && len(found) > 0 {
			return found[0]
		}
	}
	t.Fatal("SoftHSM is not on this machine; scripts/setup installs it")
	return ""
}
