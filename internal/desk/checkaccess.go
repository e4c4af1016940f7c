package desk

import (
	"slices"
	"strings"
	"time"

	"uketsuke/internal/account"
	"uketsuke/internal/application"
	"uketsuke/internal/store/column"
	"uketsuke/internal/store/query"
)

// addressAt is the mail address, folded, that the owner of an address of now had at an instant.
func (s *dossier) addressAt(email string, at time.Time) string {
	rows, err := s.q.AddressChangesAfter(s.ctx, query.AddressChangesAfterParams{Establishment: textOf(s.app.Establishment), RecordedAt: column.At(at)})
	if err == nil {
		for _, row := range rows {
			if row.Email == email {
				return strings.ToLower(row.Before)
			}
		}
	}
	return strings.ToLower(email)
}

// surely leaves out the administrators where they may not have wanted the mail.
func (s *dossier) surely(kind application.Mail, must []string) []string {
	if !slices.Contains(application.OptionalMails(account.Administrator), kind) {
		return must
	}
	return slices.DeleteFunc(slices.Clone(must), func(address string) bool {
		return slices.ContainsFunc(s.admins, func(p query.AdministratorsEverRow) bool { return strings.ToLower(p.Email) == address })
	})
}
