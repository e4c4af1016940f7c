package web

func (s *Server) showTop(v *visit, f Form) error {
	return v.seeOther("/login")
}
