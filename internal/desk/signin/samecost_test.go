package signin

import (
	"testing"

	"github.com/alexedwards/argon2id"
	"github.com/google/go-cmp/cmp"
)

// ASVS 6.3.8: the try of a login that does not exist costs what every other costs.
func TestNobodysHashCostsTheSame(t *testing.T) {
	params, salt, key, err := argon2id.DecodeHash(noAccountHash)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(passwordParams(), params); diff != "" {
		t.Error(diff)
	}
	if want := passwordParams(); len(salt) != int(want.SaltLength) || len(key) != int(want.KeyLength) {
		t.Errorf("salt of %d bytes and key of %d", len(salt), len(key))
	}
}
