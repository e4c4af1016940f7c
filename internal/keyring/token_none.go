//go:build !cgo

package keyring

import "errors"

// errNoToken says why a token cannot be used: PKCS#11 is a library in C.
var errNoToken = errors.New("this build has no PKCS#11, because it was made without cgo; build it with CGO_ENABLED=1, or keep the ring in a directory")

func openToken(tokenPlace, string) (*Ring, error) { return nil, errNoToken }
