package keyring

import "crypto"

// SignerOf is one version of the ring's signing keys: what is replaced signs over to what replaces it.
// ErrNoKey when that version is retired.
func (r *Ring) SignerOf(o Own) (crypto.Signer, error) {
	signer, err := r.keeper.signer(o)
	return signer, ofPurpose(o.Purpose, err)
}
