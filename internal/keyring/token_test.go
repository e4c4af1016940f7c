//go:build cgo

package keyring_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/miekg/pkcs11"

	. "uketsuke/internal/keyring"
	"uketsuke/internal/keyring/softhsm"
)

// aside talks to a test's token beside the ring, as somebody does who has its PIN.
func aside(t *testing.T, token softhsm.Token) (*pkcs11.Ctx, pkcs11.SessionHandle) {
	t.Helper()
	lib := pkcs11.New(token.Module)
	if err := lib.Initialize(); err != nil && !errors.Is(err, pkcs11.Error(pkcs11.CKR_CRYPTOKI_ALREADY_INITIALIZED)) {
		t.Fatal(err)
	}
	slots, err := lib.GetSlotList(true)
	if err != nil {
		t.Fatal(err)
	}
	session, err := lib.OpenSession(slots[0], pkcs11.CKF_SERIAL_SESSION)
	if err != nil {
		t.Fatal(err)
	}
	return lib, session
}

// objects are those of a token with a label that begins so; none is looked at that the login does not show.
func objects(t *testing.T, token softhsm.Token, begins string) (*pkcs11.Ctx, pkcs11.SessionHandle, []pkcs11.ObjectHandle) {
	t.Helper()
	lib, session := aside(t, token)
	if err := lib.FindObjectsInit(session, nil); err != nil {
		t.Fatal(err)
	}
	found, _, err := lib.FindObjects(session, 100)
	if err = errors.Join(err, lib.FindObjectsFinal(session)); err != nil {
		t.Fatal(err)
	}
	var all []pkcs11.ObjectHandle
	for _, object := range found {
		label, err := lib.GetAttributeValue(session, object, []*pkcs11.Attribute{pkcs11.NewAttribute(pkcs11.CKA_LABEL, nil)})
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(string(label[0].Value), begins) {
			all = append(all, object)
		}
	}
	return lib, session, all
}

// TestKeysDoNotLeaveTheToken: R-SEC-6. Nobody reads a key out, not even with the PIN, and a destroyed one is no
// object any more.
func TestKeysDoNotLeaveTheToken(t *testing.T) {
	token := softhsm.New(t)
	r, err := OpenAt(token.URI, filepath.Join(t.TempDir(), "ledger"))
	if err != nil {
		t.Fatal(err)
	}
	name, _, err := r.Create(day, "app")
	_, macErr := r.MAC("links", nil)
	_, signErr := r.Signer("log")
	_, sealErr := r.SealFor("totp", nil, nil)
	if err := errors.Join(err, macErr, signErr, sealErr); err != nil {
		t.Fatal(err)
	}
	for _, label := range []string{string(name), "links.mac.1@", "log.sign.1@", "totp.seal.1@"} {
		lib, session, found := objects(t, token, label)
		if len(found) == 0 {
			t.Errorf("no object %s", label)
		}
		for _, object := range found {
			class, err := lib.GetAttributeValue(session, object, []*pkcs11.Attribute{pkcs11.NewAttribute(pkcs11.CKA_CLASS, nil)})
			if err != nil || class[0].Value[0] == pkcs11.CKO_PUBLIC_KEY {
				continue
			}
			value, err := lib.GetAttributeValue(session, object, []*pkcs11.Attribute{pkcs11.NewAttribute(pkcs11.CKA_VALUE, nil)})
			if !errors.Is(err, pkcs11.Error(pkcs11.CKR_ATTRIBUTE_SENSITIVE)) {
				t.Errorf("R-SEC-6: %s can be read out: %v, %v", label, value, err)
			}
		}
	}
	if err := r.Destroy(name); err != nil {
		t.Fatal(err)
	}
	if _, _, found := objects(t, token, string(name)); len(found) > 0 {
		t.Error("R-SEC-6: the destroyed key is still an object")
	}
}

// TestTokenRestarts: sessions and login are void after the token was restarted; the ring goes on, for
// everybody who asks at once.
func TestTokenRestarts(t *testing.T) {
	token := softhsm.New(t)
	r, err := OpenAt(token.URI, filepath.Join(t.TempDir(), "ledger"))
	if err != nil {
		t.Fatal(err)
	}
	name, key, err := r.Create(day, "app")
	if err != nil {
		t.Fatal(err)
	}
	restarts := map[string]func(){
		"the sessions end": func() {
			lib, _ := aside(t, token)
			slots, err := lib.GetSlotList(true)
			if err = errors.Join(err, lib.CloseAllSessions(slots[0])); err != nil {
				t.Fatal(err)
			}
		},
		"the library ends": func() {
			lib, _ := aside(t, token)
			if err := lib.Finalize(); err != nil {
				t.Fatal(err)
			}
		},
	}
	for what, restart := range restarts {
		restart()
		var wait sync.WaitGroup
		for range 12 {
			wait.Go(func() {
				if read, err := r.Key(name); err != nil || !same(t, key, read) {
					t.Errorf("%s: %v", what, err)
				}
			})
		}
		wait.Wait()
	}
}

// TestPIN: what is wrong with the way to a token is told, without the PIN.
func TestPIN(t *testing.T) {
	token := softhsm.New(t)
	dir := filepath.Join(t.TempDir(), "ledger")
	write := func(pin string, mode os.FileMode) {
		if err := errors.Join(os.WriteFile(token.PINFile, []byte(pin), 0o600), os.Chmod(token.PINFile, mode)); err != nil {
			t.Fatal(err)
		}
	}
	right, err := os.ReadFile(token.PINFile)
	if err != nil {
		t.Fatal(err)
	}
	write(string(right), 0o640)
	if _, err := OpenAt(token.URI, dir); !errors.Is(err, ErrExposed) {
		t.Errorf("a PIN that others can read: %v", err)
	}
	write("wrong", 0o600)
	if _, err := OpenAt(token.URI, dir); err == nil || strings.Contains(err.Error(), "wrong") {
		t.Errorf("a wrong PIN: %v", err)
	}
	write(string(right), 0o600)
	for uri, want := range map[string]string{
		strings.Replace(token.URI, "token="+softhsm.Label, "token=other", 1): "no such token",
		strings.Replace(token.URI, "libsofthsm2.so", "none.so", 1):           "cannot be loaded",
		"pkcs11:token=x": "not of the form",
	} {
		if _, err := OpenAt(uri, dir); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v; want %q", uri, err, want)
		}
	}
	if _, err := OpenAt(token.URI, dir); err != nil {
		t.Errorf("after all that: %v", err)
	}
}
