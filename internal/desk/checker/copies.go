package checker

import (
	"errors"
	"strconv"

	"uketsuke/internal/application"
	"uketsuke/internal/desk/casefile"
	"uketsuke/internal/desk/command"
	"uketsuke/internal/store"
	"uketsuke/internal/store/query"
)

// copies compares what a copy was made of with its first event, and looks whether it is the establishment's own.
func (s *dossier) copies() error {
	if s.app.CopiedFrom == "" {
		if len(s.events) > 0 && s.events[0].detail["copied"] != "" {
			s.add("R-APP-1", "it was copied from %s, and does not say of what", s.events[0].detail["copied"])
		}
		return nil
	}
	source, err := s.q.GetApplication(s.ctx, s.app.CopiedFrom)
	if err = store.Missing(err); errors.Is(err, store.ErrNotFound) {
		s.add("R-APP-1", "what it was copied from is not there")
		return nil
	} else if err != nil {
		return err
	}
	s.same("R-APP-1", "the establishment of what it was copied from", s.app.Establishment, source.Establishment)
	said := ""
	if len(s.events) > 0 {
		said = s.events[0].detail["copied"]
	}
	if receipt, err := application.ParseReceipt(said); err != nil || source.Round == 0 {
		s.add("R-APP-1", "it was copied from something that was not registered")
	} else if now, err := application.ParseReceipt(string(source.Receipt)); err != nil || now.Digits() != receipt.Digits() {
		s.add("R-APP-1", "it was copied from %s, the history says %s", source.Receipt, said)
	}
	return nil
}

// waiting compares since when the centre has it with the registrations and returns of the history. What
// was registered before this was counted has no days of earlier rounds and counts from its registration.
func (s *dossier) waiting() error {
	if s.app.Round == 0 || s.app.WaitedDays == 0 && s.app.WaitingSince == s.app.RegisteredAt {
		return nil
	}
	var waited int64
	var since, registered string
	for i, e := range s.events {
		switch application.Command(e.Kind) {
		case application.Register:
			cal, err := command.BusinessCalendarAt(s.ctx, s.q, e.At.Time)
			if err != nil {
				return err
			}
			since, registered = instant(casefile.WaitingSince(cal, e.At.Time, waited)), e.ID
		case application.Return:
			cal, err := command.BusinessCalendarAt(s.ctx, s.q, e.At.Time)
			if err != nil {
				return err
			}
			for _, before := range s.events[:i] {
				if before.ID == registered {
					waited += int64(casefile.WaitedDays(cal, before.At.Time, e.At.Time))
				}
			}
		}
	}
	s.same("C1", "the business days at the centre before", strconv.FormatInt(waited, 10), strconv.FormatInt(s.app.WaitedDays, 10))
	s.same("C1", "since when it waits", since, instant(s.app.WaitingSince.Time))
	return nil
}

// invitations looks for invitations that lead to nobody, or were sent to somebody else than the link is for
// (R-MAIL-3).
func (k *checking) invitations() error {
	return command.Pages(func(after string) (string, error) {
		rows, err := k.q.StrayInvitations(k.ctx, query.StrayInvitationsParams{After: after, Most: command.CheckPage})
		if err != nil || len(rows) == 0 {
			return "", err
		}
		for _, row := range rows {
			k.findings = append(k.findings, Finding{Rule: "R-MAIL-3", Text: "the invitation " + row.ID + " leads to no link of the person it was sent to"})
		}
		return rows[len(rows)-1].ID, nil
	})
}
