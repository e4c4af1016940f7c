package desk_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"uketsuke/internal/application"
	"uketsuke/internal/desk"
	"uketsuke/internal/mail"
	"uketsuke/internal/sample"
	"uketsuke/internal/store"
	"uketsuke/internal/store/query"
)

// deliver hands every mail that is due to a mail server that answers as told: an error is its refusal.
func (h *house) deliver(answer func(query.Outbox) error) {
	h.t.Helper()
	outbox := store.NewOutbox(h.DB, h.Elapsed, h.Now)
	rows, err := outbox.Claim(h.t.Context(), time.Minute, 100)
	h.ok(err)
	for _, row := range rows {
		if answer != nil && answer(row) != nil {
			h.ok(outbox.Failed(h.t.Context(), row.ID, row.Fence, "recipient refused: 550 no", time.Time{}))
			continue
		}
		h.ok(outbox.Accepted(h.t.Context(), row.ID, row.Fence, "250 ok"))
	}
}

// mailTo is the one mail of an application of a kind to an address.
func (h *house) mailTo(id string, kind application.Mail, address string) desk.MailPage {
	h.t.Helper()
	for _, row := range h.outbox(id) {
		if row.Kind == string(kind) && row.Recipient == address && row.ResendOf == "" {
			page, err := h.Desk.Mail(h.t.Context(), h.Examiner, row.ID)
			h.ok(err)
			return page
		}
	}
	h.t.Fatalf("no mail %s to %s", kind, address)
	return desk.MailPage{}
}

func (h *house) mail(id string) desk.MailPage {
	h.t.Helper()
	page, err := h.Desk.Mail(h.t.Context(), h.Examiner, id)
	h.ok(err)
	return page
}

var unknownUser = mail.Bounce{Fate: mail.FateFailed, Status: "5.1.1", Text: "550 5.1.1 <x>: user unknown"}

// events are the kinds of an application's events as an establishment sees them.
func (h *house) happened(id, kind string) (n int) {
	for _, e := range h.Case(h.Applicant, id).Events {
		if e.Kind == kind {
			n++
		}
	}
	return n
}

// Trap 24: what came back is never called accepted, on no page.
func TestTrap24ABounceIsSeenEverywhere(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		ref, _ := h.Registered(sample.S2("2024-12-12"))
		to := sample.Email(h.Applicant)
		m := h.mailTo(ref.ID, application.MailRegistered, to)
		err := h.Desk.Bounced(t.Context(), m.ID, unknownUser)
		equal(t, "R-MAIL-4 what never left cannot come back", errors.Is(err, desk.ErrNotFound), true)
		h.deliver(nil)
		equal(t, "R-MAIL-4 accepted", h.mail(m.ID).Status, desk.MailAccepted)
		equal(t, "nothing to tell the establishment", len(h.Case(h.Applicant, ref.ID).Mails), 0)

		h.ok(h.Desk.Bounced(t.Context(), m.ID, mail.Bounce{Fate: mail.FateDelayed, Status: "4.4.1", Text: "451 later"}))
		late := h.mail(m.ID)
		equal(t, "R-MAIL-4 a delay is not a return", late.Status, desk.MailAccepted)
		equal(t, "R-MAIL-4 a delay is noted", late.DelayedAt.IsZero(), false)
		equal(t, "its words", late.Bounce, "4.4.1 451 later")
		h.ok(h.unchanged("delayed again", func() error {
			return h.Desk.Bounced(t.Context(), m.ID, mail.Bounce{Fate: mail.FateDelayed, Text: "451 still"})
		}))
		h.ok(h.unchanged("an answer by machine", func() error { return h.Desk.Bounced(t.Context(), m.ID, mail.Bounce{Text: "away"}) }))

		h.ok(h.Desk.Bounced(t.Context(), m.ID, unknownUser))
		h.ok(h.unchanged("the same bounce twice", func() error { return h.Desk.Bounced(t.Context(), m.ID, unknownUser) }))
		h.ok(h.unchanged("delayed after the return", func() error {
			return h.reopened().Bounced(t.Context(), m.ID, mail.Bounce{Fate: mail.FateDelayed})
		}))
		back := h.mail(m.ID)
		equal(t, "trap 24 on C7", back.Status, desk.MailBounced)
		equal(t, "its words", back.Bounce, "550 5.1.1 <x>: user unknown")
		equal(t, "no delay beside it", back.DelayedAt.IsZero(), true)
		equal(t, "one event", h.happened(ref.ID, "bounce-mail"), 1)
		mine := h.Case(h.Applicant, ref.ID).Mails
		equal(t, "trap 24 on E13", len(mine), 1)
		equal(t, "without the server's words", mine[0].Bounce+mine[0].Reply, "")
		for _, row := range h.Case(h.Examiner, ref.ID).Mails {
			equal(t, "trap 24 on C3: "+row.Recipient, row.Status == desk.MailAccepted, row.Recipient != to)
		}
		for status, want := range map[desk.MailStatus]int{desk.MailAccepted: 1, desk.MailBounced: 1, desk.MailFailed: 0, desk.MailUnseen: 1, desk.MailWaiting: 0, "": 2} {
			list, err := h.Desk.Mails(t.Context(), h.Examiner, desk.MailQuery{Status: status})
			h.ok(err)
			equal(t, "trap 24 in the list "+string(status), len(list.Rows), want)
		}
		n, err := h.Desk.UnseenMails(t.Context(), h.Examiner)
		h.ok(err)
		equal(t, "not looked at", n, 1)
		h.ok(h.Desk.SeeMail(t.Context(), h.Examiner, m.ID))
		h.ok(h.unchanged("「確認しました」 twice", func() error { return h.Desk.SeeMail(t.Context(), h.Colleague, m.ID) }))
		n, err = h.Desk.UnseenMails(t.Context(), h.Examiner)
		h.ok(err)
		equal(t, "looked at", n, 0)
		equal(t, "R-EX-7 evidence", h.count("audit_entries", "act IN ('bounce-mail', 'delay-mail', 'see-mail')"), 3)
	})
}

// Trap 13: sending one mail again sends that one, once, however often it is pressed.
func TestTrap13SentAgainOnce(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		ref, _ := h.Registered(sample.S2("2024-12-12"))
		to := sample.Email(h.Applicant)
		h.deliver(func(row query.Outbox) error {
			if row.Recipient == to {
				return errors.New("refused")
			}
			return nil
		})
		failed := h.mailTo(ref.ID, application.MailRegistered, to)
		accepted := h.mailTo(ref.ID, application.MailRegistered, sample.Email(h.Administrator))
		equal(t, "failed", failed.Status, desk.MailFailed)
		equal(t, "it is told", len(h.Case(h.Applicant, ref.ID).Mails), 1)

		sent, err := h.Desk.Resend(t.Context(), h.Examiner, failed.ID, failed.Mark)
		h.ok(err)
		equal(t, "R-MAIL-4 the same row", sent, failed.ID)
		for _, d := range []*desk.Desk{h.Desk, h.reopened()} {
			h.ok(h.unchanged("trap 13 pressed twice, and after a restart", func() error {
				sent, err := d.Resend(t.Context(), h.Examiner, failed.ID, failed.Mark)
				equal(t, "nothing is sent", sent, "")
				return err
			}))
		}
		equal(t, "R-MAIL-4 waiting", h.mail(failed.ID).Status, desk.MailWaiting)
		equal(t, "R-MAIL-4 the same Message-ID", h.mail(failed.ID).MessageID, failed.MessageID)
		equal(t, "it is not told while it is on its way", len(h.Case(h.Applicant, ref.ID).Mails), 0)
		_, err = h.Desk.Resend(t.Context(), h.Examiner, failed.ID, h.mail(failed.ID).Mark)
		broken(t, err, "R-MAIL-4", "")
		h.deliver(nil)
		equal(t, "attempts are counted anew", h.mail(failed.ID).Attempts, 1)

		sent, err = h.Desk.Resend(t.Context(), h.Examiner, accepted.ID, accepted.Mark)
		h.ok(err)
		h.ok(h.unchanged("trap 13 pressed twice", func() error {
			_, err := h.Desk.Resend(t.Context(), h.Colleague, accepted.ID, accepted.Mark)
			return err
		}))
		again := h.mail(sent)
		equal(t, "a new row", again.ResendOf, accepted.ID)
		equal(t, "R-MAIL-4 its own Message-ID", again.MessageID != accepted.MessageID, true)
		equal(t, "trap 33 to the same person", again.Recipient, accepted.Recipient)
		equal(t, "the same text", again.Message.Body, accepted.Message.Body)
		equal(t, "it is known on the original", h.mail(accepted.ID).Again[0].ID, sent)
		equal(t, "trap 13 no other mail", len(h.outbox(ref.ID)), 3)
		equal(t, "recorded", h.happened(ref.ID, "resend-mail"), 2)
		equal(t, "R-EX-7 evidence", h.count("audit_entries", "act = 'resend-mail'"), 2)
	})
}

// Trap 2: a repetition of one round's letter is not the letter of the next round, and takes none away from it.
func TestTrap2RepetitionsAreNotTheNextRoundsMails(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		ref := h.Returned(sample.S2("2024-12-12"))
		h.deliver(nil)
		to := sample.Email(h.Applicant)
		m := h.mailTo(ref.ID, application.MailReturned, to)
		h.ok(h.Desk.Bounced(t.Context(), m.ID, unknownUser))
		_, err := h.Desk.Resend(t.Context(), h.Supervisor, m.ID, m.Mark)
		h.ok(err)
		_, err = h.Desk.Register(t.Context(), h.Applicant, h.Ref(ref.ID), true)
		h.ok(err)
		h.ok(h.Desk.Claim(t.Context(), h.Examiner, h.Ref(ref.ID)))
		h.ok(h.Desk.Return(t.Context(), h.Examiner, h.Ref(ref.ID), 2, []desk.RemarkForm{{Item: "desired", Body: "第2回"}}))
		equal(t, "trap 2 two per return, and the repetition", len(h.letters(ref.ID, application.MailReturned)), 5)
		m = h.mail(m.ID)
		err = h.unchanged("R-MAIL-4 the first return is over", func() error {
			_, err := h.Desk.Resend(t.Context(), h.Examiner, m.ID, m.Mark)
			return err
		})
		broken(t, err, "R-MAIL-4", "")
		equal(t, "the page says so beforehand", len(m.WhyNot) > 0, true)
	})
}

// Trap 33: what is about somebody's own credentials goes to that person alone, however it is sent again.
func TestTrap33CredentialMailsGoToTheirReaderAlone(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		ref, _ := h.Approved(sample.S2("2024-12-12"))
		_, err := h.Desk.ReadSecrets(t.Context(), h.Applicant, ref.ID)
		h.ok(err)
		h.deliver(nil)
		m := h.mailTo(ref.ID, application.MailSecretRead, sample.Email(h.Administrator))
		h.ok(h.Desk.Bounced(t.Context(), m.ID, unknownUser))
		sent, err := h.Desk.Resend(t.Context(), h.Examiner, m.ID, m.Mark)
		h.ok(err)
		again := h.mail(sent)
		equal(t, "trap 33 its reader", again.Recipient, sample.Email(h.Administrator))
		equal(t, "trap 33 in the head", again.Message.To.Address, sample.Email(h.Administrator))
		equal(t, "trap 33 one mail more", len(h.letters(ref.ID, application.MailSecretRead)), 2)
		for _, id := range h.ids(ref.ID) {
			if strings.Contains(again.Message.Body, id) {
				t.Errorf("R-MAIL-5: %s in\n%s", id, again.Message.Body)
			}
		}
		reminder := h.mailTo(ref.ID, application.MailApproved, sample.Email(h.Applicant))
		h.At("2024-12-17T09:00:00+09:00")
		equal(t, "R-MAIL-4 after the period", len(h.mail(reminder.ID).WhyNot), 1)
	})
}

// R-APP-13: the centre does not learn of drafts by their mails; nobody else reaches the mail desk.
func TestMailsOfDrafts(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		ref := h.Draft(sample.S2("2024-12-12"))
		h.At("2025-02-18T09:00:00+09:00")
		h.tick()
		h.deliver(nil)
		rows := h.outbox(ref.ID)
		equal(t, "announced", len(rows), 1)
		list, err := h.Desk.Mails(t.Context(), h.Examiner, desk.MailQuery{})
		h.ok(err)
		equal(t, "R-APP-13 not listed", len(list.Rows), 0)
		_, err = h.Desk.Mail(t.Context(), h.Supervisor, rows[0].ID)
		equal(t, "R-APP-13 not shown", errors.Is(err, desk.ErrNotFound), true)
		_, err = h.Desk.Resend(t.Context(), h.Supervisor, rows[0].ID, 0)
		equal(t, "R-APP-13 not sent", errors.Is(err, desk.ErrNotFound), true)
		h.ok(h.Desk.Bounced(t.Context(), rows[0].ID, unknownUser))
		equal(t, "its own people are told", len(h.Case(h.Applicant, ref.ID).Mails), 1)
		n, err := h.Desk.UnseenMails(t.Context(), h.Examiner)
		h.ok(err)
		equal(t, "R-APP-13 not counted", n, 0)
		for name, f := range map[string]func() error{
			"list":   func() error { _, err := h.Desk.Mails(t.Context(), h.Administrator, desk.MailQuery{}); return err },
			"mail":   func() error { _, err := h.Desk.Mail(t.Context(), h.Administrator, rows[0].ID); return err },
			"resend": func() error { _, err := h.Desk.Resend(t.Context(), h.Administrator, rows[0].ID, 0); return err },
			"see":    func() error { return h.Desk.SeeMail(t.Context(), h.Administrator, rows[0].ID) },
			"kinds":  func() error { _, err := h.Desk.MailTemplates(h.Administrator, false); return err },
		} {
			if err := f(); !errors.Is(err, desk.ErrForbidden) {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

func TestMailSearch(t *testing.T) {
	each(t, monday, func(t *testing.T, h *house) {
		h.Registered(sample.S2("2024-12-12"))
		_, receipt := h.Registered(sample.S3("2024-12-12"))
		for search, want := range map[string]int{"": 4, "２４００００２ａ": 2, receipt[:7]: 2, strings.ToUpper(sample.Email(h.Applicant)): 2, "MIHON": 4, "%": 0, "nobody": 0} {
			list, err := h.Desk.Mails(t.Context(), h.Examiner, desk.MailQuery{Search: search})
			h.ok(err)
			equal(t, "found by "+search, len(list.Rows), want)
		}
	})
}

// What the check must find of mails that came back or were sent again.
func TestCheckOfMails(t *testing.T) {
	for name, spoil := range map[string]string{
		"a return without an event":        "UPDATE outbox SET bounced_at = '2024-12-02T01:00:00.000000Z' WHERE bounced_at IS NULL",
		"a return that is forgotten":       "UPDATE outbox SET bounced_at = NULL",
		"a repetition to somebody else":    "UPDATE outbox SET recipient = 'x@mihon.example' WHERE resend_of <> ''",
		"a repetition that says otherwise": "UPDATE outbox SET payload = '{}' WHERE resend_of <> ''",
		"a repetition that is gone":        "DELETE FROM outbox WHERE resend_of <> ''",
		"a count that is wrong":            "UPDATE outbox SET resent = 7",
	} {
		t.Run("R-MAIL-4 "+name, func(t *testing.T) {
			each(t, monday, func(t *testing.T, h *house) {
				ref, _ := h.Registered(sample.S2("2024-12-12"))
				h.deliver(nil)
				m := h.mailTo(ref.ID, application.MailRegistered, sample.Email(h.Applicant))
				h.ok(h.Desk.Bounced(t.Context(), m.ID, unknownUser))
				_, err := h.Desk.Resend(t.Context(), h.Examiner, m.ID, m.Mark)
				h.ok(err)
				findings, err := h.Desk.Check(t.Context())
				h.ok(err)
				equal(t, "findings before", len(findings), 0)
				_, err = h.raw.ExecContext(t.Context(), spoil)
				h.ok(err)
				findings, err = h.Desk.Check(t.Context())
				h.ok(err)
				if len(findings) == 0 {
					t.Error("the check finds nothing")
				}
			})
		})
	}
}
