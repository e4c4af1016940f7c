package checker

import (
	"slices"

	"uketsuke/internal/desk/command"
	"uketsuke/internal/desk/people"
	"uketsuke/internal/store/query"
)

// members looks at what was done to accounts: role and status are what the last act made of them, whoever was to
// learn of it has a mail, and each act has its evidence.
func (k *checking) members() error {
	for _, pass := range []func(string) (string, error){k.accountEnds, k.stoppedAccounts, k.leaderless, k.strayAccountMails, k.accountEvents} {
		if err := command.Pages(pass); err != nil {
			return err
		}
	}
	return nil
}

// accountEnds compares each account with the last thing that was done to it.
func (k *checking) accountEnds(after string) (last string, err error) {
	rows, err := k.q.LatestAccountEvents(k.ctx, query.LatestAccountEventsParams{After: after, Most: command.CheckPage})
	for _, row := range rows {
		last = row.ID
		stopped := row.Kind == "stop" || row.Kind == "withdraw-invitation"
		if stopped != (row.Status == "stopped") {
			k.add("E17", "", "account %s is %s, and the last thing done to it was %s", row.ID, row.Status, row.Kind)
		}
		if row.Role != row.LastRole {
			k.add("E17", "", "account %s is %s and was last made %s", row.ID, row.Role, row.LastRole)
		}
		if row.Status == "active" && row.PasswordHash == "" {
			k.add("E17", "", "account %s is active and was never set up", row.ID)
		}
	}
	return last, err
}

func (k *checking) stoppedAccounts(after string) (last string, err error) {
	rows, err := k.q.StoppedWithoutEvent(k.ctx, query.StoppedWithoutEventParams{After: after, Most: command.CheckPage})
	for _, id := range rows {
		last = id
		k.add("E17", "", "account %s is stopped, and nobody has stopped it", id)
	}
	return last, err
}

// leaderless looks for establishments from which the last administrator was taken.
func (k *checking) leaderless(after string) (last string, err error) {
	rows, err := k.q.Leaderless(k.ctx, query.LeaderlessParams{After: after, Most: command.CheckPage})
	for _, id := range rows {
		last = id
		k.add("E17", "", "the last administrator of %s was taken from it", id)
	}
	return last, err
}

func (k *checking) strayAccountMails(after string) (last string, err error) {
	rows, err := k.q.StrayAccountMails(k.ctx, query.StrayAccountMailsParams{After: after, Most: command.CheckPage})
	for _, id := range rows {
		last = id
		k.add("R-MAIL-4", "", "the mail %s about an account has no event", id)
	}
	return last, err
}

// accountEvents looks at mails and evidence of each act.
func (k *checking) accountEvents(after string) (last string, err error) {
	rows, err := k.q.AllAccountEvents(k.ctx, query.AllAccountEventsParams{After: after, Most: command.CheckPage})
	if err != nil {
		return "", err
	}
	for _, e := range rows {
		last = e.ID
		if err := k.accountEvent(e); err != nil {
			return "", err
		}
	}
	return last, nil
}

func (k *checking) accountEvent(e query.AccountEvent) error {
	entries, err := k.q.AccountEntries(k.ctx, query.AccountEntriesParams{Actor: e.Actor, At: e.At, Act: people.AccountAct(e.Kind)})
	if err != nil {
		return err
	}
	if entries == 0 {
		k.add("R-EX-7", "", "nothing in the evidence tells of %s for account %s", e.Kind, e.Account)
	}
	to, err := k.q.AccountMails(k.ctx, query.AccountMailsParams{First: e.ID + " ", Last: e.ID + "!"})
	if err != nil {
		return err
	}
	if quiet := e.Kind == "link" || e.Kind == "withdraw-invitation"; quiet {
		if len(to) > 0 {
			k.add("R-MAIL-3", "", "%s for account %s asks for no mail, and there is one", e.Kind, e.Account)
		}
		return nil
	}
	if e.Kind == "invite" {
		return nil // the link's own mail goes to the person; that of the team may have no reader yet
	}
	if len(to) == 0 { // to which address is not asked: a person may have another one since
		k.add("R-MAIL-3", "", "nobody was told of %s for account %s", e.Kind, e.Account)
	}
	return nil
}

// everStopped says whether an address is that of somebody of the application's establishment who was stopped once.
func (s *dossier) everStopped(address string) bool {
	return slices.ContainsFunc(s.people, func(p query.EstablishmentAddressesRow) bool { return p.Address == address && p.Stops > 0 })
}

// everybody are the addresses of all whom the establishment has had.
func (s *dossier) everybody() []string {
	var addresses []string
	for _, p := range s.people {
		addresses = append(addresses, p.Address)
	}
	return addresses
}
