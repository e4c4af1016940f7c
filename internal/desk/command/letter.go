package command

import (
	"fmt"
	"strings"

	"uketsuke/internal/application"
	"uketsuke/internal/calendar"
	"uketsuke/internal/mail"
	"uketsuke/internal/store/query"
)

// A recipient is one person of a mail, and whether as an administrator.
type recipient struct {
	mail.Person
	administrator bool
	// silent says that the person has turned this kind of mail off.
	silent func(application.Mail) bool
}

// A letterHead is who an act's letters are about, as of a round of the application.
type letterHead struct {
	round int64
	est   Establishment
	doc   application.Document
}

// about reads the head of the act's letters; a registration makes it anew.
func (a *Tx) about() (letterHead, error) {
	if a.head != nil && a.head.round == a.App.Round {
		return *a.head, nil
	}
	est, err := EstablishmentOf(a.Ctx, a.Store.Queries, a.App.Establishment, a.Today())
	if err != nil {
		return letterHead{}, err
	}
	doc, err := CurrentDocument(a.Ctx, a.Store.Queries, a.App)
	if err != nil {
		return letterHead{}, err
	}
	a.head = &letterHead{round: a.App.Round, est: est, doc: doc}
	return *a.head, nil
}

// letter holds the application's own facts, the same for every kind of mail.
func (a *Tx) letter(kind application.Mail) (mail.Letter, error) {
	head, err := a.about()
	if err != nil {
		return mail.Letter{}, err
	}
	est, doc := head.est, head.doc
	l := mail.Letter{
		Kind: kind, WrittenAt: a.Now, Company: est.Company, Establishment: est.Name,
		Department: doc.Contact.Department, Applicant: doc.Contact.Name,
		Receipt: string(a.App.Receipt), Items: application.ItemNames(doc, a.Runner.Catalogue), Desired: doc.Desired, Reissue: doc.IsReissue(),
		Start: a.App.StartDate.Date, StartReason: a.App.StartReason,
		SettingsDeadline:   a.App.SettingsDeadline.Date,
		SettingsIncomplete: !a.App.SettingsComplete && application.NeedsSettings(doc, a.Runner.Catalogue),
	}
	if !a.App.RegisteredAt.IsZero() {
		l.RegisteredOn = calendar.DateOf(a.App.RegisteredAt.Time)
	}
	if a.App.ApprovedAt.IsZero() && l.SettingsIncomplete && !doc.Desired.IsZero() {
		l.SettingsDeadline = application.SettingsDeadline(a.Calendar, doc.Desired)
	}
	if a.tellsPeriod() {
		l.IDsIssued = true
		l.ReadFrom = calendar.DateOf(a.App.ApprovedAt.Time)
		l.ReadAdvised, l.ReadLast = a.App.ReadAdvised.Date, a.App.ReadLast.Date
	}
	return l, nil
}

// tellsPeriod says whether a letter speaks of passwords: not of what was erased early or can no longer be read
// (R-SEC-8, R-SEC-11). A void says that what it issued is of no use.
func (a *Tx) tellsPeriod() bool {
	if a.App.ReadLast.IsZero() || a.App.State == string(application.Void) {
		return !a.App.ReadLast.IsZero()
	}
	return a.App.SecretsEndedAt.IsZero() && a.Today().Before(a.App.ReadClosed.Date)
}

// recipients are the people of the groups, the same address once (R-MAIL-3); the applicant's own copy
// goes before an administrator's.
func (a *Tx) recipients(groups []application.Recipient) ([]recipient, error) {
	var people []recipient
	seen := map[string]bool{}
	add := func(r recipient) {
		if key := strings.ToLower(r.Email); key != "" && !seen[key] {
			seen[key] = true
			people = append(people, r)
		}
	}
	for _, group := range groups {
		switch group {
		case application.ToApplicant:
			head, err := a.about()
			if err != nil {
				return nil, err
			}
			doc := head.doc
			stopped, err := a.stoppedAddress(doc.Contact.Email)
			if err != nil {
				return nil, err
			}
			if stopped {
				p, acts, err := a.keeper()
				if err != nil {
					return nil, err
				}
				if acts {
					add(recipient{Person: PersonOfMail(p)})
				}
				continue // the administrators get theirs
			}
			add(recipient{Person: mail.Person{Name: doc.Contact.Name, Email: doc.Contact.Email,
				Department: doc.Contact.Department}})
		case application.ToAdministrators:
			administrators, err := a.Store.ListAdministrators(a.Ctx, TextOf(a.App.Establishment))
			if err != nil {
				return nil, fmt.Errorf("reading the administrators: %w", err)
			}
			for _, p := range administrators {
				add(recipient{Person: PersonOfMail(p), administrator: true, silent: func(kind application.Mail) bool { return !Wants(p, kind) }})
			}
		case application.ToPerson:
			p, acts, err := a.keeper()
			if err != nil {
				return nil, err
			}
			if acts {
				add(recipient{Person: PersonOfMail(p)})
				continue
			}
			instead, err := a.recipients([]application.Recipient{application.ToAdministrators})
			if err != nil {
				return nil, err
			}
			for _, r := range instead {
				add(recipient{Person: r.Person})
			}
		}
	}
	return people, nil
}

// PersonOfMail is what a letter needs to know of its reader.
func PersonOfMail(p query.Account) mail.Person {
	return mail.Person{Name: p.Name, Email: p.Email, Department: p.Department, Language: p.Language}
}
