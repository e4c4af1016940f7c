package checker

import (
	"slices"
	"strings"
	"time"

	"uketsuke/internal/account"
	"uketsuke/internal/application"
	"uketsuke/internal/desk/command"
	"uketsuke/internal/store/column"
	"uketsuke/internal/store/query"
)

// access looks at who is in, and at what was sent to whom to get in: no session of somebody who was stopped, no link
// to anybody else, no mail address that nobody has confirmed.
func (k *checking) access() error {
	for _, pass := range []func(string) (string, error){
		func(after string) (string, error) {
			ids, err := k.q.SignInsOfNobody(k.ctx, query.SignInsOfNobodyParams{After: after, Most: command.CheckPage})
			return k.each(ids, err, "ASVS-7.4.2", "the session %s goes on, and its account is not active")
		},
		func(after string) (string, error) {
			ids, err := k.q.StrayLinkMails(k.ctx, query.StrayLinkMailsParams{After: after, Most: command.CheckPage})
			return k.each(ids, err, "R-MAIL-3", "the mail %s has a link that is not its reader's")
		},
		func(after string) (string, error) {
			ids, err := k.q.AddressesNotConfirmed(k.ctx, query.AddressesNotConfirmedParams{After: after, Most: command.CheckPage})
			return k.each(ids, err, "ASVS-6.3.7", "the mail address of account %s was changed, and nobody has confirmed it")
		},
	} {
		if err := command.Pages(pass); err != nil {
			return err
		}
	}
	return nil
}

// each notes a finding for each id and says which was the last.
func (k *checking) each(ids []string, err error, rule, text string) (last string, _ error) {
	for _, id := range ids {
		last = id
		k.add(rule, "", text, id)
	}
	return last, err
}

// addressAt is the mail address, folded, that the owner of an address of now had at an instant.
func (s *dossier) addressAt(email string, at time.Time) string {
	rows, err := s.q.AddressChangesAfter(s.ctx, query.AddressChangesAfterParams{Establishment: command.TextOf(s.app.Establishment), RecordedAt: column.At(at)})
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
		return slices.ContainsFunc(s.admins, func(p query.AdministratorsEverRow) bool { return p.Chooses == 1 && strings.ToLower(p.Email) == address })
	})
}
