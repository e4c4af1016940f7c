package keyring_test

import (
	"bytes"
	"crypto"
	"crypto/ed25519"
	"crypto/sha512"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"pgregory.net/rapid"

	"uketsuke/internal/forget"
	"uketsuke/internal/forget/forgettest"
	. "uketsuke/internal/keyring"
	"uketsuke/internal/secret"
)

func TestMAC(t *testing.T) {
	r, dir := newRing(t)
	links, err := r.MAC("set-up-links", []byte("a1"))
	if err != nil || len(links) != 32 {
		t.Fatalf("%d bytes, %v", len(links), err)
	}
	if again, err := open(t, dir).MAC("set-up-links", []byte("a1")); err != nil || !bytes.Equal(again, links) {
		t.Errorf("another MAC at the second call, %v", err)
	}
	for purpose, message := range map[string]string{"receipts": "a1", "set-up-links": "a2"} {
		if other, err := r.MAC(purpose, []byte(message)); err != nil || bytes.Equal(other, links) {
			t.Errorf("%s of %s: the same MAC, %v", purpose, message, err)
		}
	}
	info, err := os.Stat(filepath.Join(dir, "ring", "set-up-links"))
	if err != nil || info.Mode() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	for _, purpose := range []string{"", "..", "../ring.id", "a/b", "A", "a.b", "-a", "a\x00"} {
		if mac, err := r.MAC(purpose, nil); mac != nil || !errors.Is(err, ErrName) {
			t.Errorf("%q: %v", purpose, err)
		}
	}
	if err := os.Truncate(filepath.Join(dir, "ring", "receipts"), 5); err != nil {
		t.Fatal(err)
	}
	if mac, err := r.MAC("receipts", nil); mac != nil || !errors.Is(err, ErrDamaged) {
		t.Errorf("a damaged key: %v", err)
	}
}

func TestSealFor(t *testing.T) {
	r, dir := newRing(t)
	sealed, err := r.SealFor("totp", []byte("clear text"), []byte("account 1"))
	if err != nil || bytes.Contains(sealed, []byte("clear")) {
		t.Fatalf("%q, %v", sealed, err)
	}
	if plain, err := open(t, dir).OpenFor("totp", sealed, []byte("account 1")); err != nil || string(plain) != "clear text" {
		t.Errorf("%q, %v", plain, err)
	}
	altered := bytes.Clone(sealed)
	altered[len(altered)-1] ^= 1
	foreign := append([]byte{0, 9}, sealed[2:]...)
	for name, open := range map[string]struct {
		purpose       string
		sealed, about []byte
		want          error
	}{
		"another purpose":        {"other", sealed, []byte("account 1"), secret.ErrSealed},
		"about something else":   {"totp", sealed, []byte("account 2"), secret.ErrSealed},
		"altered":                {"totp", altered, []byte("account 1"), secret.ErrSealed},
		"nothing":                {"totp", nil, []byte("account 1"), secret.ErrSealed},
		"a version there is not": {"totp", foreign, []byte("account 1"), ErrNoKey},
	} {
		if plain, err := r.OpenFor(open.purpose, open.sealed, open.about); plain != nil || !errors.Is(err, open.want) {
			t.Errorf("%s: %q, %v; want %v", name, plain, err, open.want)
		}
	}
}

func TestSigner(t *testing.T) {
	r, dir := newRing(t)
	signer, err := r.Signer("log")
	if err != nil {
		t.Fatal(err)
	}
	signature, err := signer.Sign(nil, []byte("tree head"), crypto.Hash(0))
	if err != nil {
		t.Fatal(err)
	}
	keys, err := open(t, dir).Signers("log")
	if err != nil || len(keys) != 1 || keys[0].Version != 1 || keys[0].Created.IsZero() {
		t.Fatalf("%v, %v", keys, err)
	}
	if !keys[0].Public.Equal(signer.Public()) || !ed25519.Verify(keys[0].Public, []byte("tree head"), signature) {
		t.Error("the signature is not that of the key listed")
	}
	info, err := os.Stat(filepath.Join(dir, "ring", "log.sign.1"))
	if err != nil || info.Mode() != 0o600 || info.Size() != KeySize {
		t.Errorf("%v, %v", info, err)
	}
}

// TestSignsAsTheLibraryDoes: what is signed here, without what the standard library would keep of the key, is to the bit what that
// would sign.
func TestSignsAsTheLibraryDoes(t *testing.T) {
	r, dir := newRing(t)
	rapid.Check(t, func(t *rapid.T) {
		seed, message := rapid.SliceOfN(rapid.Byte(), KeySize, KeySize).Draw(t, "seed"), rapid.SliceOf(rapid.Byte()).Draw(t, "message")
		if err := os.WriteFile(filepath.Join(dir, "ring", "log.sign.1"), seed, 0o600); err != nil {
			t.Fatal(err)
		}
		signer, err := r.Signer("log")
		if err != nil {
			t.Fatal(err)
		}
		key := ed25519.NewKeyFromSeed(seed)
		signature, err := signer.Sign(nil, message, crypto.Hash(0))
		if err != nil || !bytes.Equal(signature, ed25519.Sign(key, message)) || !key.Public().(ed25519.PublicKey).Equal(signer.Public()) {
			t.Fatalf("%x by %x, %v", signature, signer.Public(), err)
		}
	})
	signer, err := r.Signer("log")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := signer.Sign(nil, make([]byte, 64), crypto.SHA512); err == nil {
		t.Error("a digest passes for a message")
	}
}

// masked takes from a key's file what is looked for, and leaves nothing of it itself.
func masked(t *testing.T, file string, from func(key []byte) map[string]forgettest.Masked) (forms map[string]forgettest.Masked) {
	t.Helper()
	forget.Stack(func() {
		key, err := os.ReadFile(file)
		if err != nil {
			t.Error(err)
			return
		}
		defer forget.Bytes(key)
		forms = from(key)
	})
	return forms
}

// TestSigningLeavesNothing: R-SEC-6, neither the seed nor what is derived from it.
func TestSigningLeavesNothing(t *testing.T) {
	found := map[string]int{"nothing was tried": 1}
	for try := 0; try < forgettest.Tries && len(found) > 0; try++ {
		found = leftOfSigning(t)
	}
	if len(found) > 0 {
		t.Errorf("R-SEC-6: of a key is left: %v", found)
	}
}

// leftOfSigning signs with a new key and looks for it.
func leftOfSigning(t *testing.T) map[string]int {
	t.Helper()
	r, dir := newRing(t)
	if _, err := r.Signer("log"); err != nil {
		t.Fatal(err)
	}
	forms := masked(t, filepath.Join(dir, "ring", "log.sign.1"), func(seed []byte) map[string]forgettest.Masked {
		derived := sha512.Sum512(seed)
		defer forget.Bytes(derived[:])
		return map[string]forgettest.Masked{"seed": forgettest.Mask(seed[:16], 0), "scalar": forgettest.Mask(derived[4:20], 0),
			"prefix": forgettest.Mask(derived[32:48], 0)}
	})
	signer, err := r.Signer("log")
	if err == nil {
		_, err = signer.Sign(nil, []byte("tree head"), crypto.Hash(0))
	}
	if err != nil {
		t.Fatal(err)
	}
	found, _, err := forgettest.Count(os.Getpid(), forms)
	if err != nil {
		t.Skipf("this system does not show a process its memory: %v", err)
	}
	return found
}

// TestLostKeysAreForgotten: R-SEC-6, a key that nobody forgets, say because of a panic, goes with the garbage.
func TestLostKeysAreForgotten(t *testing.T) {
	r, dir := newRing(t)
	name, key, err := r.Create(day, "app")
	if err != nil {
		t.Fatal(err)
	}
	forms := masked(t, filepath.Join(dir, "keys", string(name)), func(key []byte) map[string]forgettest.Masked {
		return map[string]forgettest.Masked{"key": forgettest.Mask(key, 0)}
	})
	left := func() int {
		found, _, err := forgettest.Count(os.Getpid(), forms)
		if err != nil {
			t.Skipf("this system does not show a process its memory: %v", err)
		}
		return found["key"]
	}
	if left() == 0 {
		t.Error("the search does not find a key that is in use")
	}
	runtime.KeepAlive(key)
	key = nil
	for range 50 { // a cleanup runs some time after the collection
		runtime.GC()
		if left() == 0 {
			return
		}
	}
	t.Error("R-SEC-6: the key is left")
}

// TestForgottenKeys: R-SEC-6, a key that was forgotten does nothing, least of all under zeros; the ring still has it.
func TestForgottenKeys(t *testing.T) {
	r, _ := newRing(t)
	name, key, err := r.Create(day, "app")
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := key.Seal("place", []byte("clear"))
	if err != nil {
		t.Fatal(err)
	}
	key.Forget()
	key.Forget()
	if _, err := key.Seal("place", []byte("clear")); !errors.Is(err, secret.ErrKeySize) {
		t.Errorf("R-SEC-6: it seals: %v", err)
	}
	if _, err := key.Open("place", sealed); !errors.Is(err, secret.ErrKeySize) {
		t.Errorf("R-SEC-6: it opens: %v", err)
	}
	if err := r.Has(name); err != nil {
		t.Error(err)
	}
	if err := r.Destroy(name); err != nil {
		t.Fatal(err)
	}
	if err := r.Has(name); !errors.Is(err, ErrNoKey) {
		t.Errorf("R-SEC-6: %v", err)
	}
}

// TestUsesDoNotShareKeys: one purpose, three uses, three keys.
func TestUsesDoNotShareKeys(t *testing.T) {
	r, dir := newRing(t)
	if _, err := r.MAC("x", nil); err != nil {
		t.Fatal(err)
	}
	if _, err := r.SealFor("x", nil, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Signer("x"); err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, file := range []string{"x", "x.seal.1", "x.sign.1"} {
		key, err := os.ReadFile(filepath.Join(dir, "ring", file))
		if err != nil || seen[string(key)] {
			t.Errorf("%s: %v", file, err)
		}
		seen[string(key)] = true
	}
}
