package api

import (
	"context"
	"crypto/rand"
	"log/slog"
	"net"
	"net/http"
	"time"
)

type trailKey struct{}

// A trail is what the log line of a request says; never a token, nor what was asked.
type trail struct{ id, pattern, gateway string }

// trailOf is the trail of a request; what is noted on that of none is lost.
func trailOf(ctx context.Context) *trail {
	if t, ok := ctx.Value(trailKey{}).(*trail); ok {
		return t
	}
	return &trail{}
}

// logged writes one line per request, as the pages do, whatever became of it: also what was not let in (ASVS 16.3.1,
// 16.3.2). It answers when something breaks.
func (s *Server) logged(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		t := &trail{id: rand.Text()[:12]}
		r = r.WithContext(context.WithValue(r.Context(), trailKey{}, t))
		answer := &statusWriter{ResponseWriter: w, status: http.StatusOK}
		begun := time.Now()
		defer func() {
			broken := recover()
			if broken != nil && broken != http.ErrAbortHandler {
				s.Log.ErrorContext(r.Context(), "request broke", "request", t.id, "panic", broken)
				if !answer.written {
					fail(answer, problemOf(http.StatusInternalServerError))
				}
			}
			s.Log.LogAttrs(r.Context(), slog.LevelInfo, "request",
				slog.String("method", r.Method), slog.String("pattern", t.pattern), slog.Int("status", answer.status),
				slog.Int64("ms", time.Since(begun).Milliseconds()), slog.String("gateway", t.gateway), slog.String("address", addressOf(r)),
				slog.String("request", t.id))
			if broken == http.ErrAbortHandler {
				panic(broken) // the server ends the connection
			}
		}()
		next.ServeHTTP(answer, r)
	})
}

// addressOf is where a request comes from, without the port.
func addressOf(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

// A statusWriter notes the status that was answered.
type statusWriter struct {
	http.ResponseWriter
	status  int
	written bool
}

func (w *statusWriter) WriteHeader(status int) {
	w.status, w.written = status, true
	w.ResponseWriter.WriteHeader(status)
}

func (w *statusWriter) Write(b []byte) (int, error) {
	w.written = true
	return w.ResponseWriter.Write(b)
}

func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
