package secret

import (
	"crypto/aes"
	"crypto/cipher"
	"errors"
	"fmt"
	"io"

	"uketsuke/internal/forget"
)

// KeySize is the length of an application's key in bytes.
const KeySize = 32

// Why nothing was sealed or opened.
var (
	ErrKeySize = errors.New("the key has not 32 bytes")
	ErrSealed  = errors.New("sealed under another key, for another place, or altered")
)

// Place is what a sealed secret is bound to: moved to another user ID, name or application, it does not
// open.
func Place(userID string, name Name, application string) string {
	return userID + "/" + string(name) + "/" + application
}

// Seal encrypts a secret under the key of its application (R-SEC-6): AES-256-GCM, a fresh random nonce
// before the ciphertext, bound to its Place.
func Seal(random io.Reader, key []byte, place string, clear []byte) (sealed []byte, err error) {
	err = under(key, func(aead cipher.AEAD) error {
		nonce := make([]byte, aead.NonceSize(), aead.NonceSize()+len(clear)+aead.Overhead())
		if _, err := io.ReadFull(random, nonce); err != nil {
			return fmt.Errorf("drawing a nonce: %w", err)
		}
		sealed = aead.Seal(nonce, nonce, clear, []byte(place))
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("sealing a secret: %w", err)
	}
	return sealed, nil
}

// Open decrypts what Seal made, into bytes that the caller forgets. The error is ErrSealed when key, place or bytes are not
// those of Seal; it never holds anything of the secret.
func Open(key []byte, place string, sealed []byte) (clear []byte, err error) {
	err = under(key, func(aead cipher.AEAD) error {
		if len(sealed) < aead.NonceSize() {
			return ErrSealed
		}
		nonce, ciphertext := sealed[:aead.NonceSize()], sealed[aead.NonceSize():]
		var failed error
		if clear, failed = aead.Open(nil, nonce, ciphertext, []byte(place)); failed != nil {
			return ErrSealed
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("opening %d bytes: %w", len(sealed), err)
	}
	return clear, nil
}

// under lends out a cipher and leaves nothing of it.
func under(key []byte, use func(cipher.AEAD) error) (err error) {
	if len(key) != KeySize {
		return ErrKeySize
	}
	forget.Stack(func() {
		var block cipher.Block
		if block, err = aes.NewCipher(key); err != nil {
			return
		}
		defer forget.Value(block)
		var aead cipher.AEAD
		if aead, err = cipher.NewGCM(block); err != nil {
			return
		}
		defer forget.Value(aead)
		err = use(aead)
	})
	return err
}
