// Package forget answers: what does a secret leave behind in memory?
//
// Go frees memory without overwriting it, and when it likes. So whoever had a secret in a buffer of its own says Bytes when it is
// done; what a cipher or a hash has made of a key goes by Value; and what the work left on the stack goes by Stack. What cannot be
// reached this way must not be used with a secret: crypto/hmac and crypto/ed25519 keep what they were given in places of their
// own, strings cannot be overwritten at all.
package forget

import (
	"fmt"
	"hash"
	"reflect"
)

// Bytes overwrites what a secret was in.
//
//go:noinline
func Bytes(parts ...[]byte) {
	// Not inlined: a compiler that sees the end of a buffer's life may leave out what nobody reads.
	for _, part := range parts {
		clear(part)
	}
}

// Value overwrites the structs that pointers lead to, such as a cipher with its key schedule or a hash with its state. Such a
// thing must not be used any more.
func Value(pointers ...any) {
	for _, pointer := range pointers {
		v := reflect.ValueOf(pointer)
		if v.Kind() != reflect.Pointer {
			panic(fmt.Sprintf("forgetting a %T, which is no pointer: what it leads to would stay", pointer))
		}
		v.Elem().SetZero()
	}
}

// Stack does something and overwrites the part of the stack that it has used.
func Stack(do func()) {
	// A stack that is copied with a secret on it leaves the old one as it is. It does not grow meanwhile, since the first burn has
	// made it as large as is needed; and it is not made smaller by a collection, since a quarter of it is in use.
	var ballast [weight]byte
	keep(ballast[:])
	burn()
	defer burn()
	do()
	keep(ballast[:])
}

// depth is how much of the stack is overwritten: a signature, the deepest of what is done with keys, was seen to use 2.5 KB.
// weight is a quarter of the largest stack that is surely not made smaller.
const (
	depth  = 16 << 10
	weight = 32 << 10
)

//go:noinline
func burn() {
	var used [depth]byte
	keep(used[:])
}

// keep is there so that the compiler does not leave out an array that nobody reads.
//
//go:noinline
func keep([]byte) {}

// MAC is the HMAC of a message (RFC 2104), without what crypto/hmac would leave of the key.
func MAC(of func() hash.Hash, key, message []byte) (mac []byte) {
	Stack(func() {
		inner, outer := of(), of()
		defer Value(inner, outer)
		pad := make([]byte, inner.BlockSize())
		defer Bytes(pad)
		if len(key) > len(pad) {
			long := of()
			defer Value(long)
			long.Write(key)
			long.Sum(pad[:0])
		} else {
			copy(pad, key)
		}
		const innerPad, outerPad = 0x36, 0x5c
		for i := range pad {
			pad[i] ^= innerPad
		}
		inner.Write(pad)
		inner.Write(message)
		for i := range pad {
			pad[i] ^= innerPad ^ outerPad
		}
		outer.Write(pad)
		outer.Write(inner.Sum(nil))
		mac = outer.Sum(nil)
	})
	return mac
}
