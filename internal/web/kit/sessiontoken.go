package kit

import (
	"context"
	"net/http"
	"time"

	"github.com/alexedwards/scs/v2"
)

// Lingers is how long a token still counts that a re-authentication has replaced, in elapsed time: people work in two
// tabs, and a request of the other tab that was under way bears the token of before. It finds the session as it was, not
// re-authenticated, and is over with it: whatever ends the sign-in ends every token of it.
const Lingers = 10 * time.Second

// A SessionStore keeps the browsers' sessions for any number of processes. Tokens come hashed.
type SessionStore interface {
	scs.CtxStore
	// Retire lets a token count until a moment, and no longer, whatever is kept under it meanwhile.
	Retire(ctx context.Context, token string, until time.Time) error
}

type lingerKey struct{}

// replaceToken gives the session another token; the one of before lingers.
func (s *Kit) replaceToken(ctx context.Context) error {
	return s.SessionManager.RenewToken(context.WithValue(ctx, lingerKey{}, s.Elapsed().Add(Lingers)))
}

// A lingering store retires the token that replaceToken lets go, where scs would delete it.
type lingering struct{ SessionStore }

func (l lingering) DeleteCtx(ctx context.Context, token string) error {
	if until, is := ctx.Value(lingerKey{}).(time.Time); is {
		return l.Retire(ctx, token, until)
	}
	return l.SessionStore.DeleteCtx(ctx, token)
}

// withSession loads the browser's session for a request and saves it before the answer begins. It differs from scs's own in
// one thing: a token that the browser has is not sent again. A request that was under way while another one replaced the
// token would else put the old one back, and the person would soon be nobody.
//
// What only looks reads in one snapshot, which ends before the first byte of the answer leaves: however slowly a browser reads, it
// holds no connection of the database.
func (s *Kit) withSession(next http.Handler) http.Handler {
	serve := s.serveSession(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			serve(w, r)
			return
		}
		err := s.Desk.Read(r.Context(), func(ctx context.Context) error {
			serve(w, r.WithContext(ctx))
			return nil
		})
		if err != nil {
			s.Log.WarnContext(r.Context(), "what a page read in did not end", "error", err)
		}
	})
}

func (s *Kit) serveSession(next http.Handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Add("Vary", "Cookie")
		token := ""
		if cookie, err := r.Cookie(s.SessionManager.Cookie.Name); err == nil {
			token = cookie.Value
		}
		ctx, err := s.SessionManager.Load(r.Context(), token)
		if err != nil {
			s.SessionManager.ErrorFunc(w, r, err)
			return
		}
		saving := &savingWriter{ResponseWriter: w, save: func() {
			if err := s.Desk.EndRead(ctx); err != nil {
				s.Log.WarnContext(ctx, "what a page read in did not end", "error", err)
			}
			s.saveSession(ctx, w, r, token)
		}}
		next.ServeHTTP(saving, r.WithContext(ctx))
		saving.once()
	}
}

// saveSession keeps what the request has changed of the session whose token the browser has.
func (s *Kit) saveSession(ctx context.Context, w http.ResponseWriter, r *http.Request, had string) {
	switch s.SessionManager.Status(ctx) {
	case scs.Modified:
		token, expiry, err := s.SessionManager.Commit(ctx)
		if err != nil {
			s.SessionManager.ErrorFunc(w, r, err)
			return
		}
		if token != had {
			s.SessionManager.WriteSessionCookie(ctx, w, token, expiry)
		}
	case scs.Destroyed:
		s.SessionManager.WriteSessionCookie(ctx, w, "", time.Time{})
	}
}

// A savingWriter saves once, before anything of the answer is written.
type savingWriter struct {
	http.ResponseWriter
	save  func()
	saved bool
}

func (w *savingWriter) once() {
	if !w.saved {
		w.saved = true
		w.save()
	}
}

func (w *savingWriter) Write(b []byte) (int, error) {
	w.once()
	return w.ResponseWriter.Write(b)
}

func (w *savingWriter) WriteHeader(status int) {
	w.once()
	w.ResponseWriter.WriteHeader(status)
}

func (w *savingWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
