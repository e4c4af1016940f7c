package checker

import (
	"strconv"

	"uketsuke/internal/desk/mailroom"
)

// returns compares what came back and what was sent again with the history: each return and each repetition
// is an event, and a repetition is its original in everything but its own Message-ID (R-MAIL-4).
func (s *dossier) returns() error {
	must, stored := map[string]string{}, map[string]string{}
	for _, e := range s.events {
		id := e.detail[mailroom.MailID]
		switch e.Kind {
		case mailroom.BounceMail:
			must["the return of mail "+id] = instant(e.At.Time)
		case mailroom.ResendMail:
			countUp(must, "how often mail "+id+" was sent again")
			if again := e.detail[mailroom.MailAgain]; again != "" {
				must["the repetition "+again] = "of " + id + " by " + e.ID
			} else {
				delete(must, "the return of mail "+id) // the same row went out anew
			}
		}
	}
	original := map[string]string{}
	for _, row := range s.outbox {
		original[row.ID] = row.Kind + "\n" + row.Recipient + "\n" + row.Payload
	}
	for _, row := range s.outbox {
		if !row.BouncedAt.IsZero() {
			stored["the return of mail "+row.ID] = instant(row.BouncedAt.Time)
		}
		if row.Resent > 0 {
			stored["how often mail "+row.ID+" was sent again"] = strconv.FormatInt(row.Resent, 10)
		}
		if row.ResendOf == "" {
			continue
		}
		stored["the repetition "+row.ID] = "of " + row.ResendOf + " by " + row.DedupeKey[:min(36, len(row.DedupeKey))]
		if original[row.ID] != original[row.ResendOf] {
			s.add("R-MAIL-4", "mail %s is not what it repeats, mail %s", row.ID, row.ResendOf)
		}
	}
	s.alike("R-MAIL-4", must, stored)
	return nil
}
