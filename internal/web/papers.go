package web

import (
	"strconv"

	"uketsuke/internal/application"
	"uketsuke/internal/desk"
)

// sendForm answers with the 申込書, of a registered version if one is asked for.
func (s *Server) sendForm(v *visit, _ Form) error {
	asked := v.r.URL.Query()
	round, err := s.roundAsked(v, asked.Get("round"))
	if err != nil {
		return err
	}
	pdf, name, err := s.Desk.ApplicationForm(v.ctx(), v.actor(), v.r.PathValue("id"), round, asked.Get("wareki") == "yes")
	return v.sendPaper(pdf, name, err)
}

// roundAsked is the version asked for, the latest when none is.
func (s *Server) roundAsked(v *visit, asked string) (int, error) {
	if asked != "" {
		round, err := strconv.Atoi(asked)
		if err != nil {
			return 0, desk.ErrNotFound
		}
		return round, nil
	}
	c, err := s.Desk.Case(v.ctx(), v.actor(), v.r.PathValue("id"))
	if err != nil {
		return 0, err
	}
	if len(c.Versions) == 0 {
		return 0, desk.ErrNotFound
	}
	return c.Versions[len(c.Versions)-1].Round, nil
}

// sendNotice answers with the 承認通知; before the start date there is none yet.
func (s *Server) sendNotice(v *visit, _ Form) error {
	c, err := s.Desk.Case(v.ctx(), v.actor(), v.r.PathValue("id"))
	if err != nil {
		return err
	}
	if c.State == application.Approved {
		return v.seeOther(applicationPath(c.ID)) // which says from which day
	}
	pdf, name, err := s.Desk.ApprovalNotice(v.ctx(), v.actor(), c.ID, v.r.URL.Query().Get("wareki") == "yes")
	return v.sendPaper(pdf, name, err)
}
