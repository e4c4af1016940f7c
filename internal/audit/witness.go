package audit

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"strings"
)

// A witness is somebody else's machine that signs a checkpoint only when it continues those that it has signed before, as
// C2SP's tlog-cosignature has it.
type witness struct {
	name string
	hash uint32
	key  ed25519.PublicKey
}

// cosignature is the kind of a witness's key: Ed25519, with a time before the signature.
const cosignature = 4

// Witness believes the witnesses given as public keys of C2SP's tlog-cosignature, one per line as for NewTrust.
func (t *Trust) Witness(lines ...string) error {
	for line := range keyLines(lines) {
		w, err := parseWitness(line)
		if err != nil {
			return fmt.Errorf("reading the witness %q: %w", line, err)
		}
		for _, known := range t.verifiers() {
			if idOf(known) == idOf(w) {
				return fmt.Errorf("reading the witness %q: it stands there twice", line)
			}
		}
		t.witnesses = append(t.witnesses, w)
	}
	return nil
}

func parseWitness(line string) (witness, error) {
	name, rest, _ := strings.Cut(line, "+")
	_, text, _ := strings.Cut(rest, "+")
	kind, err := base64.StdEncoding.DecodeString(text)
	if err != nil || len(kind) != 1+ed25519.PublicKeySize || kind[0] != cosignature {
		return witness{}, errors.New("not a key of a witness for Ed25519")
	}
	sum := sha256.Sum256([]byte(name + "\n" + string(kind)))
	w := witness{name, binary.BigEndian.Uint32(sum[:]), kind[1:]}
	if line != fmt.Sprintf("%s+%08x+%s", name, w.hash, base64.StdEncoding.EncodeToString(kind)) {
		return witness{}, ErrSpelling
	}
	return w, nil
}

// Name is the witness's name.
func (w witness) Name() string { return w.name }

// KeyHash is what its signatures name it by.
func (w witness) KeyHash() uint32 { return w.hash }

// Verify verifies a cosignature: eight bytes of time, then a signature of that time and the text.
func (w witness) Verify(text, signature []byte) bool {
	if len(signature) != 8+ed25519.SignatureSize {
		return false
	}
	at := binary.BigEndian.Uint64(signature)
	if at > math.MaxInt64 {
		return false
	}
	said := fmt.Appendf(nil, "cosignature/v1\ntime %d\n%s", at, text)
	return ed25519.Verify(w.key, said, signature[8:])
}
