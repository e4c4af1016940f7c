package main

import "uketsuke/internal/keyring"

// openRing opens the key ring, in its folder or in the token that is named.
func (f placeFlags) openRing() (*keyring.Ring, error) { return keyring.OpenAt(f.Ring, f.Keys) }
