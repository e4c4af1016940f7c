package desk

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
func (a *act) about() (letterHead, error) {
	if a.head != nil && a.head.round == a.app.Round {
		return *a.head, nil
	}
	est, err := establishmentOf(a.ctx, a.tx.Queries, a.app.Establishment, a.today())
	if err != nil {
		return letterHead{}, err
	}
	doc, err := currentDocument(a.ctx, a.tx.Queries, a.app)
	if err != nil {
		return letterHead{}, err
	}
	a.head = &letterHead{round: a.app.Round, est: est, doc: doc}
	return *a.head, nil
}

// letter holds the application's own facts, the same for every kind of mail.
func (a *act) letter(kind application.Mail) (mail.Letter, error) {
	head, err := a.about()
	if err != nil {
		return mail.Letter{}, err
	}
	est, doc := head.est, head.doc
	l := mail.Letter{
		Kind: kind, WrittenAt: a.now, Company: est.Company, Establishment: est.Name,
		Department: doc.Contact.Department, Applicant: doc.Contact.Name,
		Receipt: string(a.app.Receipt), Items: application.ItemNames(doc, a.desk.Catalogue), Desired: doc.Desired, Reissue: doc.IsReissue(),
		Start: a.app.StartDate.Date, StartReason: a.app.StartReason,
		SettingsDeadline:   a.app.SettingsDeadline.Date,
		SettingsIncomplete: !a.app.SettingsComplete && application.NeedsSettings(doc, a.desk.Catalogue),
	}
	if !a.app.RegisteredAt.IsZero() {
		l.RegisteredOn = calendar.DateOf(a.app.RegisteredAt.Time)
	}
	if a.app.ApprovedAt.IsZero() && l.SettingsIncomplete && !doc.Desired.IsZero() {
		l.SettingsDeadline = application.SettingsDeadline(a.cal, doc.Desired)
	}
	if a.tellsPeriod() {
		l.IDsIssued = true
		l.ReadFrom = calendar.DateOf(a.app.ApprovedAt.Time)
		l.ReadAdvised, l.ReadLast = a.app.ReadAdvised.Date, a.app.ReadLast.Date
	}
	return l, nil
}

// tellsPeriod says whether a letter speaks of passwords: not of what was erased early or can no longer be read
// (R-SEC-8, R-SEC-11). A void says that what it issued is of no use.
func (a *act) tellsPeriod() bool {
	if a.app.ReadLast.IsZero() || a.app.State == string(application.Void) {
		return !a.app.ReadLast.IsZero()
	}
	return a.app.SecretsEndedAt.IsZero() && a.today().Before(a.app.ReadClosed.Date)
}

// recipients are the people of the groups, the same address once (R-MAIL-3); the applicant's own copy
// goes before an administrator's.
func (a *act) recipients(groups []application.Recipient) ([]recipient, error) {
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
					add(recipient{Person: personOfMail(p)})
				}
				continue // the administrators get theirs
			}
			add(recipient{Person: mail.Person{Name: doc.Contact.Name, Email: doc.Contact.Email,
				Department: doc.Contact.Department}})
		case application.ToAdministrators:
			administrators, err := a.tx.ListAdministrators(a.ctx, textOf(a.app.Establishment))
			if err != nil {
				return nil, fmt.Errorf("reading the administrators: %w", err)
			}
			for _, p := range administrators {
				add(recipient{Person: personOfMail(p), administrator: true, silent: func(kind application.Mail) bool { return !wants(p, kind) }})
			}
		case application.ToPerson:
			p, acts, err := a.keeper()
			if err != nil {
				return nil, err
			}
			if acts {
				add(recipient{Person: personOfMail(p)})
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

func personOfMail(p query.Account) mail.Person {
	return mail.Person{Name: p.Name, Email: p.Email, Department: p.Department, Language: p.Language}
}
