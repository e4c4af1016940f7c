package web

import "net/http"

// route registers every route with its access on the line; nothing is reachable that does not stand here.
// A post names the page its form stands on, which comes back with what was typed.
func (s *Server) route() {
	s.mux.Handle("GET /static/", s.pages.Static)
	s.get("/login", public, s.showLogin)
	s.post("/login", public, s.login, s.showLogin)
	s.post("/logout", signedIn, s.logout, s.showTop)
	s.post("/language", public, s.chooseLanguage, s.showLogin)
	s.get("/setup/{token}", public, s.showSetup)
	s.post("/setup/{token}", public, s.setUp, s.showSetup)

	s.get("/{$}", signedIn, s.showTop)

	if s.Demo != nil && s.Demo.Handler != nil {
		s.mux.Handle("GET /demo/", s.Demo.Handler)
		s.mux.Handle("POST /demo/", s.origin.Handler(http.MaxBytesHandler(s.Demo.Handler, maxBody)))
	}
}
