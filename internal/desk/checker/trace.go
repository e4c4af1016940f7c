package checker

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"uketsuke/internal/application"
	"uketsuke/internal/audit"
	"uketsuke/internal/calendar"
	"uketsuke/internal/desk/mailroom"
	"uketsuke/internal/store/query"
)

// mails compares the outbox with the history: each event that the table gives a mail has exactly one row for
// each address of its groups, and no other event has any (R-MAIL-3, R-MAIL-4).
func (s *dossier) mails() error {
	read := false
	for _, e := range s.events {
		if e.Kind == mailroom.ResendMail {
			continue // returns looks at it
		}
		kind, groups := mailOf(e, read)
		read = read || e.Kind == "read-secrets"
		silent, err := s.silent(e, kind)
		if err != nil {
			return err
		}
		s.mailsOf(e, kind, groups, silent)
	}
	return nil
}

// mailOf is the mail of an event and who gets it, by the life cycle's table; read says that the passwords
// were read before.
func mailOf(e history, read bool) (application.Mail, []application.Recipient) {
	kind := application.Mail("")
	switch e.Kind {
	case "save-settings": // the row's mail is for the save that completes
	case "announce-end":
		kind = application.MailReturnExpiring
		if e.State == string(application.InDraft) {
			kind = application.MailDraftExpiring
		}
	case "in-effect":
		kind = application.MailInEffect
	case "reminder-sent":
		kind = application.Mail(e.detail["mail"])
	case "read-secrets":
		if !read {
			kind = application.MailSecretRead
		}
	default:
		return e.step.Mail, e.step.MailTo
	}
	for _, n := range application.Notices() {
		if n.Mail == kind {
			return kind, n.To
		}
	}
	return "", nil
}

func (s *dossier) mailsOf(e history, kind application.Mail, groups []application.Recipient, silent map[string]bool) {
	got := map[string]int{}
	for _, row := range s.outbox {
		if !strings.HasPrefix(row.DedupeKey, e.ID) {
			continue
		}
		if kind == "" {
			s.add("R-MAIL-4", "the event %s asks for no mail, and there is one (%s)", e.Kind, row.Kind)
			continue
		}
		s.same("R-MAIL-3", "the kind of a mail of "+e.Kind, string(kind), row.Kind)
		s.same("R-MAIL-4", "the dedupe key of a mail of "+e.Kind, e.ID+" "+row.Recipient, row.DedupeKey)
		got[strings.ToLower(row.Recipient)]++
	}
	if slices.Contains(groups, application.ToPerson) {
		// Who had saved the draft last is not in the history: it must be one person, or the administrators where that
		// person can act no more.
		_, may := s.addresses(e, []application.Recipient{application.ToAdministrators})
		for address := range got {
			if len(got) > 1 && !slices.Contains(may, address) {
				s.add("R-MAIL-3", "for the event %s, %d mails went out, one of them to %s", e.Kind, len(got), address)
			}
		}
		if len(got) == 0 {
			s.add("R-MAIL-3", "for the event %s, no mail went out", e.Kind)
		}
		return
	}
	must, may := s.addresses(e, groups)
	must = s.surely(kind, must)
	for _, address := range must {
		if n := got[address]; n != 1 && !silent[address] {
			s.add("R-MAIL-3", "for the event %s, %d mails (%s) went to %s instead of one", e.Kind, n, kind, address)
		}
	}
	for address := range got {
		if !slices.Contains(may, address) {
			s.add("R-MAIL-3", "for the event %s, a mail went to %s, which is nobody's who should get it", e.Kind, address)
		}
	}
}

// addresses are those that must have got a mail of an event, and those that may have: who was an active
// administrator at the time is known only of those who are now and had set a password before.
func (s *dossier) addresses(e history, groups []application.Recipient) (must, may []string) {
	for _, group := range groups {
		switch group {
		case application.ToApplicant:
			doc, _ := s.document(e.Round)
			address := strings.ToLower(doc.Contact.Email)
			if s.everStopped(address) {
				may = append(may, s.everybody()...) // it may have gone to who took over
				continue
			}
			must = append(must, address)
		case application.ToAdministrators:
			for _, p := range s.admins {
				address := s.addressAt(p.Email, e.At.Time)
				may = append(may, address)
				if p.Role == "administrator" && p.Status == "active" && p.Changed <= instant(e.At.Time) && !p.CreatedAt.After(e.At.Time) && p.SetUp <= instant(e.At.Time) {
					must = append(must, address)
				}
			}
		}
	}
	slices.Sort(must)
	must = slices.Compact(must)
	return must, append(may, must...)
}

// silent are the addresses that need no reminder of an event, because of 「控えました」 (R-SEC-8).
func (s *dossier) silent(e history, kind application.Mail) (map[string]bool, error) {
	silent := map[string]bool{}
	if kind != application.MailPasswordReminder {
		return silent, nil
	}
	rows, err := s.q.ListSecretsNoted(s.ctx, s.app.ID)
	if err != nil {
		return nil, err
	}
	for _, row := range rows {
		if row.At.After(e.At.Time) {
			continue
		}
		p, err := s.q.GetAccount(s.ctx, row.Account)
		if err != nil {
			return nil, fmt.Errorf("reading account %s: %w", row.Account, err)
		}
		silent[s.addressAt(p.Email, e.At.Time)] = true
		if doc, ok := s.document(e.Round); ok && row.Account == string(s.app.RegisteredBy) {
			silent[strings.ToLower(doc.Contact.Email)] = true
		}
	}
	return silent, nil
}

// reminders compares the reminders that fell due with the history (R-SET-4, R-SEC-10).
func (s *dossier) reminders() error {
	rows, err := s.q.ListReminders(s.ctx, s.app.ID)
	if err != nil {
		return err
	}
	must, stored := map[string]string{}, map[string]string{}
	for _, e := range s.events {
		if outcome, is := strings.CutPrefix(e.Kind, "reminder-"); is {
			must["the reminder "+e.detail["mail"]+" of "+e.detail["due"]] = outcome + " at " + instant(e.At.Time)
		}
	}
	for _, r := range rows {
		stored["the reminder "+r.Kind+" of "+dayText(calendar.DateOf(r.DueAt.Time))] = r.Outcome + " at " + instant(r.At.Time)
	}
	s.alike("R-SET-4", must, stored)
	return nil
}

// readings compares who has read the passwords with the history (R-SEC-7).
func (s *dossier) readings() error {
	rows, err := s.q.ListSecretReadings(s.ctx, s.app.ID)
	if err != nil {
		return err
	}
	must, stored := map[string]string{}, map[string]string{}
	for _, e := range s.events {
		if e.Kind == "read-secrets" {
			must["the reading of "+instant(e.At.Time)+" by "+e.Actor] = e.detail["ids"]
		}
	}
	for _, r := range rows {
		stored["the reading of "+instant(r.At.Time)+" by "+r.Account] = strconv.FormatInt(r.Ids, 10)
	}
	s.alike("R-SEC-7", must, stored)
	return nil
}

// newsworthy are the kinds of events that stand under 新着情報.
func newsworthy(kind string) bool {
	switch application.Command(kind) {
	case application.Return, application.Reject, application.Approve, application.Revoke, application.ChangeStartDate, application.ExpireReturn:
		return true
	}
	return kind == "in-effect"
}

// traces compares what each event has left behind beside mail: its audit entry with the same act and
// instant, and its piece of news (R-EX-7). What the clock records late bears the true instant in the
// history and in the entry's detail.
func (s *dossier) traces() error {
	entries, err := s.q.ListAuditOf(s.ctx, s.app.ID)
	if err != nil {
		return err
	}
	news, err := s.q.ListNewsOf(s.ctx, query.ListNewsOfParams{Establishment: s.app.Establishment, Application: s.app.ID})
	if err != nil {
		return err
	}
	must, stored := map[string]string{}, map[string]string{}
	asked := 0
	for _, e := range s.events {
		if !e.At.Before(s.dropped) {
			countUp(must, traceName(e.Kind, e.Actor, e.At.Time))
		}
		if newsworthy(e.Kind) {
			asked++
		}
	}
	for _, entry := range entries {
		if leavesEvent(entry) && !trueInstant(entry).Before(s.dropped) {
			countUp(stored, traceName(entry.Act, entry.Actor, trueInstant(entry)))
		}
	}
	s.alike("R-EX-7", must, stored)
	s.same("R-EX-7", "how many pieces of news it has", strconv.Itoa(asked), strconv.Itoa(len(news)))
	return nil
}

func countUp(m map[string]string, name string) {
	n, _ := strconv.Atoi(m[name])
	m[name] = strconv.Itoa(n + 1)
}

func traceName(act, actor string, at time.Time) string {
	return "the audit entry of " + act + " by " + actor + " at " + instant(at)
}

// leavesEvent says whether an act stands in the history too: the commands but the saves of what is worked on,
// and what time or a reading does.
func leavesEvent(entry query.AuditEntry) bool {
	switch entry.Act {
	case "save":
		return false
	case "begin", "complete-settings":
		return true
	}
	return ofTime(entry.Act) || slices.Contains(application.Commands(), application.Command(entry.Act))
}

// trueInstant is when what an entry says became true.
func trueInstant(entry query.AuditEntry) time.Time {
	at, err := time.Parse(audit.TimeFormat, detailOf(entry)[audit.TrueInstant])
	if err != nil {
		return entry.At.Time
	}
	return at
}

// detailOf is the detail of an entry, empty where its text cannot be read: the evidence pass tells of that.
func detailOf(entry query.AuditEntry) map[audit.Key]string {
	var line struct {
		Detail map[audit.Key]string `json:"detail"`
	}
	if err := json.Unmarshal([]byte(entry.Entry), &line); err != nil {
		return nil
	}
	return line.Detail
}
