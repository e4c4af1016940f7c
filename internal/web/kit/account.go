package kit

import (
	"time"
)

// An Hour is a moment of today, as 14:05.
type Hour struct{ time.Time }

// Japanese is the same in every language.
func (h Hour) Japanese() string { return h.In(time.FixedZone("JST", 9*60*60)).Format("15:04") }

// A SessionEnd is when the session ends if nobody comes again.
type SessionEnd struct {
	At Hour
	// Session tells it from the session of whoever signs in next.
	Session string
	// Seconds until then, when the page was made.
	Seconds int
	Final   bool // it can be put off no more
}

// A SessionEnd is when a session ends unless its person goes on, for the banner that says so.
func (v *Request) SessionEnd() SessionEnd {
	return SessionEnd{At: Hour{v.Session.EndsAt}, Session: v.Session.SignIn, Seconds: int(v.Session.EndsAt.Sub(v.Kit.Elapsed()).Seconds()),
		Final: v.Session.EndsAt.Equal(v.Session.LastsUntil)}
}
