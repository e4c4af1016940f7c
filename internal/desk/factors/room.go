// Package factors answers "with what does somebody prove who they are, besides the password?".
//
// Words: a factor is what somebody proves themselves with; an authenticator app shows codes that live for half a minute (TOTP, RFC
// 6238); a passkey signs with a key that never leaves its device (WebAuthn); a recovery code works once; to enrol is to set one up.
package factors

import "uketsuke/internal/desk/signin"

// A Desk is this room on the one of signing in, whose tries and sessions it counts with. It is safe for concurrent use.
type Desk struct{ *signin.Desk }

// New opens the room.
func New(s *signin.Desk) *Desk { return &Desk{Desk: s} }
