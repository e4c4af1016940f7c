package desk_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"uketsuke/internal/account"
	"uketsuke/internal/application"
	"uketsuke/internal/desk"
	"uketsuke/internal/sample"
)

var initialSecret = regexp.MustCompile(`^[A-HJ-NP-Z2-9]{8}$`)

func TestReadingSecrets(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		ref, _ := h.Approved(sample.S1("2024-12-12"))
		read := func(a account.Actor) (desk.IDNotice, error) { return h.Desk.ReadSecrets(t.Context(), a, ref.ID) }
		err := h.unchanged("R-SEC-7 a viewer", func() error { _, err := read(h.Viewer); return err })
		notFor(t, err)
		for _, staff := range []account.Actor{h.Examiner, h.Supervisor} {
			err := h.unchanged("R-SEC-7 the centre", func() error { _, err := read(staff); return err })
			notFor(t, err)
			equal(t, "told", h.Case(staff, ref.ID).Reading.MayRead, false)
		}
		sameCompany := account.Actor{ID: "p-other-hand", Name: "別の 担当", Role: account.Applicant, Establishment: sample.Tokyo}
		_, err = read(sameCompany)
		notFor(t, err)

		equal(t, "trap 20 nothing read yet", len(h.Case(h.Applicant, ref.ID).Reading.Readings), 0)
		notice, err := read(h.Applicant)
		h.ok(err)
		equal(t, "R-SEC-5 all IDs at once", len(notice.IDs), 2)
		seen := map[string]bool{}
		for _, id := range notice.IDs {
			for _, clear := range []string{string(id.Password), string(id.UserPassword)} {
				if !initialSecret.MatchString(clear) || seen[clear] {
					t.Errorf("R-SEC-4: %q", clear)
				}
				seen[clear] = true
			}
		}
		equal(t, "R-SEC-7 counted", len(notice.Case.Reading.Readings), 1)
		same(t, "R-SEC-7 the first is mailed to the administrators alone", to(h.letters(ref.ID, application.MailSecretRead)),
			[]string{sample.Email(h.Administrator)})
		equal(t, "reader", h.letters(ref.ID, application.MailSecretRead)[0].Reader, h.Applicant.Name)
		h.At("2024-12-03T09:00:00+09:00")
		again, err := read(h.Administrator)
		h.ok(err)
		equal(t, "R-SEC-7 counted again", len(again.Case.Reading.Readings), 2)
		equal(t, "mailed once", len(h.letters(ref.ID, application.MailSecretRead)), 1)
		equal(t, "audit entries", h.count("audit_entries", "act = 'read-secrets'"), 2)
		h.nowhere(seen, notice)
	})
}

// nowhere says that no secret stands in clear in the database, in its files, nor among the keys: R-SEC-5,
// R-MAIL-5, trap 33.
func (h *house) nowhere(clear map[string]bool, notice desk.IDNotice) {
	h.t.Helper()
	var text strings.Builder
	for _, rows := range h.dump() {
		text.WriteString(rows)
	}
	view, err := json.Marshal(notice.Case)
	h.ok(err)
	text.Write(view)
	files, err := filepath.Glob(h.dsn + "*")
	h.ok(err)
	for _, file := range files {
		content, err := os.ReadFile(file)
		h.ok(err)
		text.Write(content)
	}
	for secret := range clear {
		if strings.Contains(text.String(), secret) {
			h.t.Errorf("the secret %s stands in clear", secret)
		}
	}
}

// R-SEC-6, trap 35: after the period the key is gone from the ring, and the sealed rows from the database
// and its write-ahead log.
func TestTrap35NothingOpensAfterThePeriod(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		ref, _ := h.Approved(sample.S2("2024-12-12"))
		rows, err := h.DB.Read().ListSecrets(t.Context(), ref.ID)
		h.ok(err)
		key, err := h.Ring.List()
		h.ok(err)
		equal(t, "R-SEC-6 a key of its own", len(key), 1)
		if files, _ := filepath.Glob(h.dsn + "*"); len(files) > 0 {
			equal(t, "the sealed bytes are there before", h.inFiles(files, rows[0].Sealed), true)
		}
		h.At("2024-12-16T23:59:59+09:00")
		h.tick()
		equal(t, "on the last day", h.count("secrets", "1 = 1"), 2)
		h.At("2024-12-17T00:00:00+09:00")
		ended(t, h.unchanged("R-SEC-1", func() error {
			_, err := h.Desk.ReadSecrets(t.Context(), h.Administrator, ref.ID)
			return err
		}))
		h.tick()
		equal(t, "sealed rows", h.count("secrets", "1 = 1"), 0)
		if _, err := h.Ring.Key(key[0].Name); err == nil {
			t.Error("R-SEC-6: the key is still there")
		}
		if files, _ := filepath.Glob(h.dsn + "*"); len(files) > 0 {
			equal(t, "the sealed bytes after", h.inFiles(files, rows[0].Sealed), false)
		}
		_, err = h.Desk.ReadSecrets(t.Context(), h.Administrator, ref.ID)
		ended(t, err)
		equal(t, "R-SEC-1 shown as ended", h.Case(h.Administrator, ref.ID).Reading.Ended, true)
		equal(t, "what was issued stays", len(h.ids(ref.ID)), 1)
	})
}

func (h *house) inFiles(files []string, part []byte) bool {
	h.t.Helper()
	for _, file := range files {
		content, err := os.ReadFile(file)
		h.ok(err)
		if strings.Contains(string(content), string(part)) {
			return true
		}
	}
	return false
}

// Trap 29: the end of the day is Tokyo's; trap 15: no other clock than the desk's is asked.
func TestTrap29EndOfDayInTokyo(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		ref, _ := h.Approved(sample.S2("2024-12-12"))
		for now, open := range map[string]bool{
			"2024-12-02T10:00:00+09:00": true, "2024-12-16T00:00:00Z": true, "2024-12-16T14:59:59.999999Z": true,
			"2024-12-16T15:00:00Z": false, "2024-12-17T00:00:00Z": false,
		} {
			h.At(now)
			_, err := h.Desk.ReadSecrets(t.Context(), h.Administrator, ref.ID)
			equal(t, "readable at "+now, err == nil, open)
			equal(t, "shown as readable at "+now, h.Case(h.Administrator, ref.ID).Reading.Readable, open)
		}
		for now, state := range map[string]application.State{
			"2024-12-11T14:59:59Z": application.Approved, "2024-12-11T15:00:00Z": application.InEffect} {
			h.At(now)
			equal(t, "R-CON-1 at "+now, h.Case(h.Administrator, ref.ID).State, state)
		}
	})
}

func TestTrap15OneClockForRules(t *testing.T) {
	eachSound(t, "2031-03-03T10:00:00+09:00", func(t *testing.T, h *house) {
		page, err := h.Desk.Start(t.Context(), h.Applicant)
		h.ok(err)
		ref, receipt := h.Registered(sample.S2(page.Earliest.String()))
		equal(t, "receipt of the desk clock's year", receipt, "3100001A")
		for _, table := range []string{"applications", "application_events", "audit_entries", "outbox"} {
			column := map[string]string{"applications": "created_at", "application_events": "at", "audit_entries": "at", "outbox": "created_at"}[table]
			for _, at := range h.rows("SELECT " + column + " FROM " + table) {
				if !strings.Contains(at, "2031-03-03") {
					t.Errorf("%s.%s is %s", table, column, at)
				}
			}
		}
		// R-CAL-3: deliveries and leases are of elapsed time.
		for _, row := range h.outbox(ref.ID) {
			if row.RunAt.After(time.Now().Add(time.Hour)) {
				t.Errorf("a mail is due at %v by the desk clock", row.RunAt)
			}
		}
	})
}

// Trap 30, R-CAL-1, R-SET-1: the deadlines of the table of R-CAL, through approvals.
func TestTrap30DeadlinesOverHolidays(t *testing.T) {
	for _, c := range []struct{ registered, start, deadline, last string }{
		{"2024-12-02", "2024-12-11", "2024-12-05", "2024-12-13"},
		{"2025-12-15", "2025-12-26", "2025-12-22", "2026-01-06"},
		{"2025-12-15", "2026-01-05", "2025-12-23", "2026-01-07"},
		{"2025-12-22", "2026-01-13", "2026-01-06", "2026-01-15"},
		{"2026-04-22", "2026-05-07", "2026-04-27", "2026-05-11"}, // over Golden Week
	} {
		t.Run("R-SET-1 start "+c.start, func(t *testing.T) {
			eachSound(t, c.registered+"T09:00:00+09:00", func(t *testing.T, h *house) {
				ref, approval := h.Approved(sample.S2(c.start))
				view := h.Case(h.Applicant, ref.ID)
				equal(t, "deadline", view.SettingsDeadline, day(c.deadline))
				equal(t, "last reading day", view.Reading.Period.LastDay, day(c.last))
				equal(t, "told at the approval", approval.ReadLast, day(c.last))
			})
		})
	}
}

// R-SEC-8, and trap 20: what was promised can be kept, because the key is there before the promise.
func TestTrap20KeyBeforePromise(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		ref := h.UnderExamination(sample.S2("2024-12-12"))
		h.ok(os.Chmod(filepath.Join(h.RingDir, "keys"), 0o500))
		t.Cleanup(func() { _ = os.Chmod(filepath.Join(h.RingDir, "keys"), 0o700) })
		if os.Geteuid() == 0 {
			h.ok(os.Rename(filepath.Join(h.RingDir, "ring.id"), filepath.Join(h.RingDir, "ring.away"))) // root may write anywhere
			defer func() { h.ok(os.Rename(filepath.Join(h.RingDir, "ring.away"), filepath.Join(h.RingDir, "ring.id"))) }()
		}
		before := h.count("user_codes", "1 = 1") + h.count("outbox", "1 = 1")
		if _, err := h.approve(ref, 1, "2024-12-12", ""); err == nil {
			t.Error("approved without a key")
		}
		equal(t, "nothing promised", h.count("user_codes", "1 = 1")+h.count("outbox", "1 = 1"), before)
		equal(t, "state", h.Case(h.Applicant, ref.ID).State, application.UnderExamination)
	})
}

func TestNotingSecrets(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		ref, _ := h.Approved(sample.S2("2024-12-12"))
		h.ok(h.Desk.NoteSecrets(t.Context(), h.Administrator, ref.ID))
		equal(t, "R-SEC-8 that person", h.Case(h.Administrator, ref.ID).Reading.Noted, true)
		equal(t, "R-SEC-8 not the other", h.Case(h.Applicant, ref.ID).Reading.Noted, false)
		for _, a := range []account.Actor{h.Viewer, h.Supervisor} {
			notFor(t, h.unchanged("noting by "+string(a.ID), func() error { return h.Desk.NoteSecrets(t.Context(), a, ref.ID) }))
		}
		h.At("2024-12-11T09:00:00+09:00")
		h.tick()
		same(t, "R-SEC-8 reminders go to who has not noted", to(h.letters(ref.ID, application.MailPasswordReminder)),
			[]string{sample.Email(h.Applicant)})
	})
}
