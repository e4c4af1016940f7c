package secret

import (
	"crypto/aes"
	"crypto/cipher"
	"errors"
	"fmt"
	"io"
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
func Seal(random io.Reader, key []byte, place, clear string) ([]byte, error) {
	aead, err := aeadOf(key)
	if err != nil {
		return nil, fmt.Errorf("sealing a secret: %w", err)
	}
	nonce := make([]byte, aead.NonceSize(), aead.NonceSize()+len(clear)+aead.Overhead())
	if _, err := io.ReadFull(random, nonce); err != nil {
		return nil, fmt.Errorf("sealing a secret: drawing a nonce: %w", err)
	}
	return aead.Seal(nonce, nonce, []byte(clear), []byte(place)), nil
}

// Open decrypts what Seal made. The error is ErrSealed when key, place or bytes are not those of Seal; it
// never holds anything of the secret.
func Open(key []byte, place string, sealed []byte) (string, error) {
	aead, err := aeadOf(key)
	if err != nil {
		return "", fmt.Errorf("opening a secret: %w", err)
	}
	if len(sealed) < aead.NonceSize() {
		return "", fmt.Errorf("opening a secret of %d bytes: %w", len(sealed), ErrSealed)
	}
	nonce, ciphertext := sealed[:aead.NonceSize()], sealed[aead.NonceSize():]
	clear, err := aead.Open(nil, nonce, ciphertext, []byte(place))
	if err != nil {
		return "", fmt.Errorf("opening a secret: %w", ErrSealed)
	}
	return string(clear), nil
}

func aeadOf(key []byte) (cipher.AEAD, error) {
	if len(key) != KeySize {
		return nil, ErrKeySize
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}
