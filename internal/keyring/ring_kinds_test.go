package keyring_test

import (
	"crypto"
	"crypto/ed25519"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	. "uketsuke/internal/keyring"
	"uketsuke/internal/secret"
)

func TestLifeOfAKey(t *testing.T) {
	kinds(t, func(t *testing.T, p place) {
		r := p.open()
		before := time.Now().Add(-time.Second)
		name, key, err := r.Create(day, "app-1")
		if err != nil {
			t.Fatal(err)
		}
		if last, err := name.LastDay(); err != nil || last != day || !strings.HasPrefix(string(name), "2024-12-12/app-1-") {
			t.Errorf("R-SEC-6: %s, %v, %v", name, last, err)
		}
		other := p.open()
		if other.ID() != r.ID() || len(r.ID()) != 32 {
			t.Errorf("the id %q did not stay", r.ID())
		}
		if read, err := other.Key(name); err != nil || !same(t, key, read) {
			t.Errorf("R-SEC-6: another process reads another key, %v", err)
		}
		second, secondKey, err := r.Create(day, "app-1")
		if err != nil || second == name || same(t, key, secondKey) {
			t.Errorf("R-SEC-6: a second attempt has the first one's name or key, %v", err)
		}
		all, err := r.List()
		if err != nil || len(all) != 2 || all[0].Name > all[1].Name || all[0].LastDay != day ||
			all[0].Created.Before(before) || all[0].Created.After(time.Now().Add(time.Second)) {
			t.Errorf("R-SEC-6: %v, %v", all, err)
		}
		for range 2 { // again is no error
			if err := other.Destroy(name); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := r.Key(name); !errors.Is(err, ErrNoKey) {
			t.Errorf("R-SEC-6 destroyed: %v", err)
		}
		if read, err := r.Key(second); err != nil || !same(t, secondKey, read) {
			t.Errorf("R-SEC-6: the other key went too, %v", err)
		}
	})
}

// TestOneFormOfSealing: the bytes in the database do not say which kind of ring sealed them, and are bound to
// their place in both.
func TestOneFormOfSealing(t *testing.T) {
	kinds(t, func(t *testing.T, p place) {
		r := p.open()
		_, key, err := r.Create(day, "app")
		if err != nil {
			t.Fatal(err)
		}
		sealed, err := key.Seal("a place", []byte("ABCD2345"))
		if err != nil || len(sealed) != 12+8+16 || strings.Contains(string(sealed), "ABCD") {
			t.Fatalf("R-SEC-6: %d bytes, %v", len(sealed), err)
		}
		again, err := key.Seal("a place", []byte("ABCD2345"))
		if err != nil || string(again[:12]) == string(sealed[:12]) {
			t.Errorf("R-SEC-6: one nonce twice, %v", err)
		}
		altered := []byte(string(sealed))
		altered[20] ^= 1
		for place, bytes := range map[string][]byte{"another place": sealed, "a place": altered, "": sealed} {
			if clear, err := key.Open(place, bytes); clear != nil || !errors.Is(err, secret.ErrSealed) {
				t.Errorf("R-SEC-6 %q: %q, %v", place, clear, err)
			}
		}
		if clear, err := key.Open("a place", sealed[:20]); clear != nil || !errors.Is(err, secret.ErrSealed) {
			t.Errorf("R-SEC-6 cut: %q, %v", clear, err)
		}
		if clear, err := key.Open("a place", sealed); string(clear) != "ABCD2345" || err != nil {
			t.Errorf("R-SEC-6: %q, %v", clear, err)
		}
	})
}

// wantGone says that every call tells of the ring, and none of a key that is not there.
func wantGone(t *testing.T, r *Ring, name Name) {
	t.Helper()
	if _, err := r.Key(name); !errors.Is(err, ErrRingGone) || errors.Is(err, ErrNoKey) {
		t.Errorf("reading: %v", err)
	}
	wantRefused(t, r, name)
}

// wantRefused is wantGone for all calls that do not read a key which is there.
func wantRefused(t *testing.T, r *Ring, name Name) {
	t.Helper()
	_, _, createErr := r.Create(day, "app")
	_, listErr := r.List()
	_, sweepErr := r.Sweep(Sweeping{Today: day, Now: time.Now()})
	_, macErr := r.MAC("links", nil)
	_, sealErr := r.SealFor("totp", nil, nil)
	_, signErr := r.Signer("log")
	for i, err := range []error{createErr, listErr, sweepErr, macErr, sealErr, signErr, r.Destroy(name)} {
		if !errors.Is(err, ErrRingGone) || errors.Is(err, ErrNoKey) {
			t.Errorf("call %d: %v", i, err)
		}
	}
}

// TestLostRingIsNotADestroyedKey: while the directory is not mounted or the token away, keys are missing, not
// destroyed; what comes back is used again.
func TestLostRingIsNotADestroyedKey(t *testing.T) {
	kinds(t, func(t *testing.T, p place) {
		r := p.open()
		name, key, err := r.Create(day, "app")
		if err != nil {
			t.Fatal(err)
		}
		p.away()
		wantGone(t, r, name)
		p.back()
		if read, err := r.Key(name); err != nil || !same(t, key, read) {
			t.Errorf("R-SEC-6: after it came back: %v", err)
		}
	})
}

func TestSweepOfBothKinds(t *testing.T) {
	kinds(t, func(t *testing.T, p place) {
		r := p.open()
		names := map[string]Name{}
		for what, ends := range map[string]int{"named": 5, "today": 0, "ended": -1, "orphan": 5, "strange": 6} {
			name, _, err := r.Create(day.AddDays(ends), what)
			if err != nil {
				t.Fatal(err)
			}
			names[what] = name
		}
		named := map[Name]bool{names["named"]: true, names["today"]: true, names["ended"]: true}
		at := func(now time.Duration, dead ...Name) Swept {
			t.Helper()
			done, err := r.Sweep(Sweeping{Named: named, Dead: letGo(dead...), Today: day, Now: time.Now().Add(now)})
			if err != nil {
				t.Fatal(err)
			}
			return done
		}
		want(t, "R-SEC-6 within the grace", at(Grace-time.Minute), Swept{Destroyed: []Name{names["ended"]}})
		want(t, "R-SEC-6 after the grace", at(Grace+time.Minute, names["orphan"]), Swept{Destroyed: []Name{names["orphan"]}, SetAside: []Name{names["strange"]}})
		if all, err := r.List(); err != nil || len(all) != 2 {
			t.Errorf("R-SEC-6: %v, %v", all, err)
		}
	})
}

// TestOwnKeysTogether: processes that start at once agree on one key per purpose.
func TestOwnKeysTogether(t *testing.T) {
	kinds(t, func(t *testing.T, p place) {
		rings := make([]*Ring, 4)
		for i := range rings {
			rings[i] = p.open()
		}
		macs, tips := make([]string, len(rings)), make([]string, len(rings))
		var wait sync.WaitGroup
		for i, r := range rings {
			wait.Go(func() {
				mac, err := r.MAC("links", []byte("a"))
				signer, signErr := r.Signer("log")
				if err := errors.Join(err, signErr); err != nil {
					t.Error(err)
					return
				}
				macs[i], tips[i] = string(mac), fmt.Sprint(signer.Public())
			})
		}
		wait.Wait()
		for i := range rings {
			if macs[i] != macs[0] || tips[i] != tips[0] {
				t.Error("two keys for one purpose")
			}
		}
	})
}

// TestRotation: old versions still verify and open until they are retired, and their public halves after it.
func TestRotation(t *testing.T) {
	kinds(t, func(t *testing.T, p place) {
		r := p.open()
		made := use(t, r)
		for range 2 {
			drawn, err := r.Rotate("x")
			if err != nil || len(drawn) != 3 {
				t.Fatalf("%v, %v", drawn, err)
			}
		}
		if _, err := r.Rotate("y"); !errors.Is(err, ErrNoKey) {
			t.Errorf("rotating what is not there: %v", err)
		}
		if now := use(t, r); string(now.mac) == string(made.mac) || string(now.signature) == string(made.signature) || now.sealed[1] != 3 {
			t.Error("the old version is still in use")
		}
		if err := recognise(p.open(), made); err != nil {
			t.Errorf("before the old version is retired: %v", err)
		}
		if before, err := r.SealedBefore("x", made.sealed); err != nil || !before {
			t.Errorf("sealed before: %t, %v", before, err)
		}
		if gone, err := r.Retire("x"); err != nil || len(gone) != 6 {
			t.Errorf("%v, %v", gone, err)
		}
		if gone, err := r.Retire("x"); err != nil || len(gone) != 0 {
			t.Errorf("retired again: %v, %v", gone, err)
		}
		if _, err := r.OpenFor("x", made.sealed, nil); !errors.Is(err, ErrNoKey) {
			t.Errorf("opened under a retired version: %v", err)
		}
		if macs, err := r.MACs("x", []byte("m")); err != nil || len(macs) != 1 {
			t.Errorf("%d MACs, %v", len(macs), err)
		}
		keys, err := r.Signers("x")
		if err != nil || len(keys) != 3 || keys[0].Retired || !keys[2].Retired || keys[2].Version != 1 ||
			!ed25519.Verify(keys[2].Public, []byte("m"), made.signature) {
			t.Errorf("%v, %v", keys, err)
		}
	})
}

// A thing is what was made under one version.
type thing struct{ mac, sealed, signature []byte }

func use(t *testing.T, r *Ring) thing {
	t.Helper()
	var made thing
	var err, sealErr, signErr error
	made.mac, err = r.MAC("x", []byte("m"))
	made.sealed, sealErr = r.SealFor("x", []byte("clear"), nil)
	signer, signerErr := r.Signer("x")
	if err := errors.Join(err, sealErr, signerErr); err != nil {
		t.Fatal(err)
	}
	if made.signature, signErr = signer.Sign(nil, []byte("m"), crypto.Hash(0)); signErr != nil {
		t.Fatal(signErr)
	}
	if err := recognise(r, made); err != nil {
		t.Fatal(err)
	}
	return made
}

// recognise checks what was made, under whichever version.
func recognise(r *Ring, made thing) error {
	macs, err := r.MACs("x", []byte("m"))
	if err != nil {
		return err
	}
	keys, err := r.Signers("x")
	if err != nil {
		return err
	}
	plain, err := r.OpenFor("x", made.sealed, nil)
	if err != nil {
		return err
	}
	known, signed := false, false
	for _, mac := range macs {
		known = known || string(mac) == string(made.mac)
	}
	for _, key := range keys {
		signed = signed || ed25519.Verify(key.Public, []byte("m"), made.signature)
	}
	if !known || !signed || string(plain) != "clear" {
		return fmt.Errorf("MAC known %t, signature %t, opened %q", known, signed, plain)
	}
	return nil
}
