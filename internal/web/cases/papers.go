package cases

import (
	"strconv"

	"uketsuke/internal/application"
	"uketsuke/internal/desk"
	"uketsuke/internal/web/kit"
)

// SendForm answers with the 申込書, of a registered version if one is asked for.
func (s *Pages) SendForm(v *kit.Request, _ kit.Form) error {
	asked := v.HTTP.URL.Query()
	round, err := s.roundAsked(v, asked.Get("round"))
	if err != nil {
		return err
	}
	pdf, name, err := s.Desk.ApplicationForm(v.Ctx(), v.Actor(), v.HTTP.PathValue("id"), round, asked.Get("wareki") == "yes")
	return v.SendPaper(pdf, name, err)
}

// roundAsked is the version asked for, the latest when none is.
func (s *Pages) roundAsked(v *kit.Request, asked string) (int, error) {
	if asked != "" {
		round, err := strconv.Atoi(asked)
		if err != nil {
			return 0, desk.ErrNotFound
		}
		return round, nil
	}
	c, err := s.Desk.Written(v.Ctx(), v.Actor(), v.HTTP.PathValue("id"))
	if err != nil {
		return 0, err
	}
	if len(c.Versions) == 0 {
		return 0, desk.ErrNotFound
	}
	return c.Versions[len(c.Versions)-1].Round, nil
}

// SendNotice answers with the 承認通知; before the start date there is none yet.
func (s *Pages) SendNotice(v *kit.Request, _ kit.Form) error {
	c, err := s.Desk.Written(v.Ctx(), v.Actor(), v.HTTP.PathValue("id"))
	if err != nil {
		return err
	}
	if c.State == application.Approved {
		return v.SeeOther(kit.ApplicationPath(c.ID)) // which says from which day
	}
	pdf, name, err := s.Desk.ApprovalNotice(v.Ctx(), v.Actor(), c.ID, v.HTTP.URL.Query().Get("wareki") == "yes")
	return v.SendPaper(pdf, name, err)
}
