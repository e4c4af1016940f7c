package api

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"uketsuke/internal/desk"
	"uketsuke/internal/door"
	"uketsuke/internal/problem"
)

// A status is an answer that needs no more words than its status.
type status int

func (s status) Error() string { return fmt.Sprintf("status %d", int(s)) }

// admit finds out who asks: the token alone counts, it must be for this, and not ask too often. Only
// gateways that are known have a place in the limiter, so it stays as small as their number. A gateway that is known
// is returned with the error, for the log.
func (s *Server) admit(r *http.Request, scope desk.Scope) (desk.Gateway, error) {
	if scope == "" {
		return desk.Gateway{}, nil
	}
	kind, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(kind, "Bearer") {
		return desk.Gateway{}, desk.ErrNoGateway
	}
	g, err := s.Desk.GatewayOf(r.Context(), strings.TrimSpace(token))
	switch {
	case err != nil:
		return desk.Gateway{}, err
	case g.Scope != scope:
		return g, desk.ErrForbidden
	case !s.limit.take(g.ID, s.Elapsed()):
		return g, status(http.StatusTooManyRequests)
	}
	return g, nil
}

// refuse answers with the problem for an error: the one place where errors become answers. Only errors of our
// own are logged.
func (s *Server) refuse(w http.ResponseWriter, r *http.Request, err error) {
	var code status
	var wrong problem.List
	p := problemOf(http.StatusInternalServerError)
	switch {
	case errors.As(err, &code):
		p = problemOf(int(code))
	case errors.Is(err, desk.ErrNoGateway):
		p = problemOf(http.StatusUnauthorized)
	case errors.Is(err, desk.ErrForbidden):
		p = problemOf(http.StatusForbidden)
	case errors.Is(err, desk.ErrNotFound):
		p = problemOf(http.StatusNotFound)
	case errors.As(err, &wrong):
		p = problemOf(http.StatusUnprocessableEntity)
		p.Detail, p.Field, p.Rule = wrong[0].String(), wrong[0].Field, wrong[0].Rule
	default:
		if s.hangups.Tell(r.Context(), s.Log, "request failed", err, "request", trailOf(r.Context()).id, "path", r.URL.Path) {
			p.Status = door.StatusGone
		}
	}
	fail(w, p)
}

// problemOf says a status in words, and what to do about it.
func problemOf(code int) Problem {
	p := Problem{Type: "about:blank", Title: http.StatusText(code), Status: code}
	switch code {
	case http.StatusBadRequest:
		p.Detail = "The body must be one JSON object with the fields of openapi.yaml and no others."
	case http.StatusUnauthorized:
		p.Detail = "Send a token that is in use: Authorization: Bearer …"
	case http.StatusForbidden:
		p.Detail = "This token is for something else."
	case http.StatusUnsupportedMediaType:
		p.Detail = "Send Content-Type: application/json."
	case http.StatusRequestEntityTooLarge:
		p.Detail = fmt.Sprintf("The body may have %d bytes.", maxBody)
	case http.StatusTooManyRequests:
		p.Detail = "This gateway asks too often; try again in a second."
	case http.StatusInternalServerError:
		p.Detail = "Something went wrong here; it is in the log."
	}
	return p
}

// fail answers with a problem.
func fail(w http.ResponseWriter, p Problem) {
	h := w.Header()
	h.Set("Content-Type", "application/problem+json")
	h.Set("Cache-Control", "no-store")
	switch p.Status {
	case http.StatusUnauthorized:
		h.Set("WWW-Authenticate", `Bearer realm="uketsuke"`)
	case http.StatusTooManyRequests:
		h.Set("Retry-After", "1")
	}
	text, err := json.Marshal(p)
	if err != nil {
		text = nil // a struct of texts and a number can always be written
	}
	w.WriteHeader(p.Status)
	if _, err := w.Write(text); err != nil {
		return // whoever asked has gone
	}
}
