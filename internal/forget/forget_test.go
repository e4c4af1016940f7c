package forget_test

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha1"
	"crypto/sha256"
	"hash"
	"os"
	"reflect"
	"runtime"
	"testing"
	"unsafe"

	"pgregory.net/rapid"

	. "uketsuke/internal/forget"
	"uketsuke/internal/forget/forgettest"
)

func TestBytes(t *testing.T) {
	one, other := []byte("a secret"), []byte("another")
	Bytes(one, nil, other)
	if !bytes.Equal(one, make([]byte, len(one))) || !bytes.Equal(other, make([]byte, len(other))) {
		t.Errorf("%q and %q are left", one, other)
	}
}

// Nothing is left of a key in what the standard library has made of it. When that changes its form, this says so.
func TestValue(t *testing.T) {
	t.Parallel()
	key := bytes.Repeat([]byte("secret! "), 4)
	block, err := aes.NewCipher(key)
	if err != nil {
		t.Fatal(err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		t.Fatal(err)
	}
	state := sha256.New()
	state.Write(key)
	for name, value := range map[string]any{"block": block, "GCM": aead, "state of a hash": state} {
		v := reflect.ValueOf(value)
		memory := unsafe.Slice((*byte)(v.UnsafePointer()), v.Elem().Type().Size())
		if !bytes.Contains(memory, key[:16]) {
			t.Errorf("%s: the key is not where it is looked for", name)
		}
		Value(value)
		if !bytes.Equal(memory, make([]byte, len(memory))) {
			t.Errorf("%s: not everything was overwritten", name)
		}
	}
	defer func() {
		if recover() == nil {
			t.Error("what is no pointer passes for forgotten")
		}
	}()
	Value(key)
}

// frame leaves a secret on the stack, and says where.
//
//go:noinline
func frame() uintptr {
	var here [64]byte
	copy(here[:], "a secret on the stack")
	return uintptr(unsafe.Pointer(&here))
}

//go:noinline
func at(place uintptr) [21]byte { return *(*[21]byte)(*(*unsafe.Pointer)(unsafe.Pointer(&place))) }

func TestStack(t *testing.T) {
	var place uintptr
	Stack(func() { place = frame() })
	if left := at(place); string(left[:]) == "a secret on the stack" {
		t.Errorf("%q is left", left)
	}
}

// Nothing is left of a key: neither as it is, nor as HMAC has padded it. The standard library's HMAC shows that the search finds it.
func TestMACLeavesNothing(t *testing.T) {
	draw := func() (key []byte, forms map[string]forgettest.Masked) {
		key = make([]byte, 32)
		rand.Read(key)
		return key, map[string]forgettest.Masked{"raw": forgettest.Mask(key, 0), "inner pad": forgettest.Mask(key, 0x36), "outer pad": forgettest.Mask(key, 0x5c)}
	}
	search := func(forms map[string]forgettest.Masked) map[string]int {
		found, _, err := forgettest.Count(os.Getpid(), forms)
		if err != nil {
			t.Skipf("this system does not show a process its memory: %v", err)
		}
		return found
	}
	found := map[string]int{"nothing was tried": 1}
	for try := 0; try < forgettest.Tries && len(found) > 0; try++ {
		key, forms := draw()
		MAC(sha256.New, key, []byte("message"))
		Bytes(key)
		found = search(forms)
	}
	if len(found) > 0 {
		t.Errorf("R-SEC-6: of a key is left: %v", found)
	}
	key, forms := draw()
	kept := hmac.New(sha256.New, key)
	kept.Write([]byte("message"))
	if found := search(forms); found["outer pad"] == 0 {
		t.Error("the search does not find what is surely there")
	}
	runtime.KeepAlive(kept)
}

func TestMAC(t *testing.T) {
	t.Parallel()
	for name, of := range map[string]func() hash.Hash{"SHA-1": sha1.New, "SHA-256": sha256.New} {
		t.Run(name, rapid.MakeCheck(func(t *rapid.T) {
			key, message := rapid.SliceOfN(rapid.Byte(), 0, 130).Draw(t, "key"), rapid.SliceOf(rapid.Byte()).Draw(t, "message")
			h := hmac.New(of, key)
			h.Write(message)
			before := bytes.Clone(key)
			if got := MAC(of, key, message); !hmac.Equal(got, h.Sum(nil)) || !bytes.Equal(key, before) {
				t.Fatalf("%x", got)
			}
		}))
	}
}
