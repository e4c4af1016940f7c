package desk_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"uketsuke/internal/application"
	"uketsuke/internal/desk"
	"uketsuke/internal/sample"
)

// Trap 1 of the clock, R-SET-1: void from 00:00 after the deadline, recorded with that instant even when
// nobody was there for days.
func TestClockVoidsWithTheTrueInstant(t *testing.T) {
	for name, at := range map[string]string{"at once": "2024-12-07T00:00:00+09:00", "nine days late": "2024-12-16T11:00:00+09:00"} {
		t.Run("R-SET-1 "+name, func(t *testing.T) {
			eachSound(t, monday, func(t *testing.T, h *house) {
				ref, _ := h.Approved(incomplete(sample.S2("2024-12-12")))
				h.At("2024-12-06T23:59:59.999999+09:00")
				h.tick()
				equal(t, "on the last day", h.Case(h.Applicant, ref.ID).Stored, application.Approved)
				h.At(at)
				h.tick()
				view := h.Case(h.Applicant, ref.ID)
				equal(t, "stored", view.Stored, application.Void)
				truly := time.Date(2024, 12, 6, 15, 0, 0, 0, time.UTC)
				equal(t, "ended", view.EndedAt, truly)
				equal(t, "history", view.Events[slices.IndexFunc(view.Events, func(e desk.Event) bool { return e.State == application.Void })].At, truly)
				same(t, "mailed", to(h.letters(ref.ID, application.MailVoid)), h.aAndM())
				equal(t, "R-SEC-6 sealed rows", h.count("secrets", "1 = 1"), 0)
				equal(t, "no start is told of", len(h.letters(ref.ID, application.MailInEffect)), 0)
				equal(t, "tombstones", h.count("user_ids", "1 = 1"), 1)
				equal(t, "facts", h.count("id_terms", "revoked_at IS NULL"), 0)
				h.unchanged("a second round", func() error { h.tick(); return nil })
				page := h.Case(h.Applicant, ref.ID)
				equal(t, "no way on", len(page.Allowed), 0)
			})
		})
	}
}

func TestClockTellsOfTheStartOnce(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		ref, _ := h.Approved(sample.S2("2024-12-12"))
		h.At("2024-12-11T23:59:59+09:00")
		h.tick()
		equal(t, "the day before", len(h.letters(ref.ID, application.MailInEffect)), 0)
		h.At("2024-12-12T00:00:00+09:00")
		h.tick()
		h.tick()
		same(t, "利用開始のお知らせ", to(h.letters(ref.ID, application.MailInEffect)), h.aAndM())
		equal(t, "state", h.Case(h.Applicant, ref.ID).State, application.InEffect)
		top, err := h.Desk.Top(t.Context(), h.Applicant)
		h.ok(err)
		equal(t, "news", top.News[0].Subject, "利用開始のお知らせ")
	})
}

// reminders are what became of the reminders of a kind: "day outcome why".
func (h *house) reminders(id string, kind application.Mail) []string {
	h.t.Helper()
	rows, err := h.DB.Read().ListReminders(h.t.Context(), id)
	h.ok(err)
	var said []string
	for _, row := range rows {
		if row.Kind == string(kind) {
			said = append(said, row.DueAt.Time.In(time.FixedZone("JST", 9*3600)).Format("01-02T15")+" "+row.Outcome+" "+row.Why)
		}
	}
	return said
}

// R-SET-4: at −10, −6, −5 and −4 BD while incomplete, each once, 09:00 of its day.
func TestSettingsReminders(t *testing.T) {
	const start = "2024-12-20" // −10: 12-06, −6: 12-12, −5: 12-13, −4: 12-16
	walk := func(h *house, instants ...string) {
		for _, at := range instants {
			h.At(at)
			h.tick()
			h.tick()
		}
	}
	t.Run("R-SET-4 each once", func(t *testing.T) {
		eachSound(t, monday, func(t *testing.T, h *house) {
			ref, _ := h.Approved(incomplete(sample.S2(start)))
			walk(h, "2024-12-06T08:59:59+09:00")
			equal(t, "not before 09:00", len(h.letters(ref.ID, application.MailSettingsReminder)), 0)
			walk(h, "2024-12-06T09:00:00+09:00", "2024-12-12T09:00:00+09:00", "2024-12-13T12:00:00+09:00", "2024-12-16T09:00:01+09:00")
			same(t, "reminders", h.reminders(ref.ID, application.MailSettingsReminder),
				[]string{"12-06T09 sent ", "12-12T09 sent ", "12-13T09 sent ", "12-16T09 sent "})
			equal(t, "mails", len(h.letters(ref.ID, application.MailSettingsReminder)), 8)
			equal(t, "says the deadline", h.letters(ref.ID, application.MailSettingsReminder)[0].SettingsDeadline, day("2024-12-16"))
		})
	})
	t.Run("R-SET-4 late ones give way to the newest", func(t *testing.T) {
		eachSound(t, monday, func(t *testing.T, h *house) {
			ref, _ := h.Approved(incomplete(sample.S2(start)))
			walk(h, "2024-12-13T10:00:00+09:00")
			same(t, "reminders", h.reminders(ref.ID, application.MailSettingsReminder),
				[]string{"12-06T09 skipped newer-due", "12-12T09 skipped newer-due", "12-13T09 sent "})
			equal(t, "one pair", len(h.letters(ref.ID, application.MailSettingsReminder)), 2)
			skips := 0
			for _, e := range h.Case(h.Examiner, ref.ID).Events {
				if e.Kind == "reminder-skipped" {
					skips++
				}
			}
			equal(t, "each skip is an event", skips, 2)
		})
	})
	t.Run("R-SET-4 not after the approval, and reason gone", func(t *testing.T) {
		eachSound(t, monday, func(t *testing.T, h *house) {
			o := incomplete(sample.S2(start))
			ref := h.UnderExamination(o)
			h.At("2024-12-12T09:00:00+09:00")
			_, err := h.approve(ref, 1, start, "")
			h.ok(err)
			h.At("2024-12-12T12:00:00+09:00")
			h.Complete(h.Applicant, ref.ID, o)
			walk(h, "2024-12-12T13:00:00+09:00", "2024-12-16T10:00:00+09:00")
			same(t, "reminders", h.reminders(ref.ID, application.MailSettingsReminder),
				[]string{"12-06T09 skipped not-after-approval", "12-12T09 skipped not-after-approval", "12-13T09 skipped reason-gone", "12-16T09 skipped reason-gone"})
			equal(t, "no mail", len(h.letters(ref.ID, application.MailSettingsReminder)), 0)
		})
	})
	t.Run("R-SET-4 none after the deadline", func(t *testing.T) {
		eachSound(t, monday, func(t *testing.T, h *house) {
			ref, _ := h.Approved(incomplete(sample.S2(start)))
			walk(h, "2024-12-17T00:00:00+09:00")
			equal(t, "no reminder of what is void", len(h.letters(ref.ID, application.MailSettingsReminder)), 0)
			equal(t, "void", len(h.letters(ref.ID, application.MailVoid)), 2)
		})
	})
}

// R-SEC-10: −1 BD, start, +1 BD and the last reading day, while nobody has read.
func TestPasswordReminders(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		ref, _ := h.Approved(sample.S2("2024-12-12"))
		for _, at := range []string{"2024-12-11T09:00:00+09:00", "2024-12-12T09:00:00+09:00", "2024-12-13T09:00:00+09:00"} {
			h.At(at)
			h.tick()
			h.tick()
		}
		equal(t, "R-SEC-10 mails", len(h.letters(ref.ID, application.MailPasswordReminder)), 6)
		_, err := h.Desk.ReadSecrets(t.Context(), h.Administrator, ref.ID)
		h.ok(err)
		h.At("2024-12-16T09:00:00+09:00")
		h.tick()
		same(t, "R-SEC-10", h.reminders(ref.ID, application.MailPasswordReminder),
			[]string{"12-11T09 sent ", "12-12T09 sent ", "12-13T09 sent ", "12-16T09 skipped reason-gone"})
	})
	eachSound(t, monday, func(t *testing.T, h *house) {
		ref, _ := h.Approved(sample.S2("2024-12-12"))
		h.At("2024-12-17T00:00:00+09:00")
		h.tick()
		equal(t, "R-SEC-10 none after the period", len(h.letters(ref.ID, application.MailPasswordReminder)), 0)
		equal(t, "R-SEC-6 keys", h.count("secrets", "1 = 1"), 0)
	})
}

// Trap 25 beside R-SET-4: a start that was moved is reminded of on its own days.
func TestRemindersFollowAMovedStart(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		ref, _ := h.Approved(sample.S2("2024-12-12"))
		h.At("2024-12-11T09:00:00+09:00")
		h.tick()
		h.ok(h.Desk.ChangeStart(t.Context(), h.Supervisor, h.Ref(ref.ID), desk.StartChangeForm{Start: "2024-12-18", Reason: "機器の都合。"}))
		h.At("2024-12-17T09:00:00+09:00")
		h.tick()
		same(t, "R-SEC-10", h.reminders(ref.ID, application.MailPasswordReminder), []string{"12-11T09 sent ", "12-17T09 sent "})
	})
}

// R-APP-13 and lifecycle.md: announced on day 76, removed or withdrawn on day 90.
func TestExpiries(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) { // day 76: 2025-02-16, day 90: 2025-03-02
		draft, back := h.Draft(sample.S2("2024-12-12")), h.Returned(sample.Warehouse("2024-12-12", 1))
		h.At("2025-02-15T23:59:59+09:00")
		h.tick()
		equal(t, "R-APP-13 before day 76", len(h.letters(draft.ID, ""))+len(h.letters(back.ID, application.MailReturnExpiring)), 0)
		h.At("2025-02-16T09:00:00+09:00")
		h.tick()
		h.tick()
		same(t, "R-APP-13 下書きの削除予定 (P)", to(h.letters(draft.ID, application.MailDraftExpiring)), []string{sample.Email(h.Applicant)})
		same(t, "取下げ（期限）の予告 (A, M)", to(h.letters(back.ID, application.MailReturnExpiring)), h.aAndM())
		equal(t, "says when", h.letters(back.ID, application.MailReturnExpiring)[0].ExpiresOn, day("2025-03-02"))
		h.At("2025-03-01T23:59:59+09:00")
		h.tick()
		equal(t, "day 89", h.count("applications", "state IN ('draft', 'returned')"), 2)
		h.At("2025-03-02T00:00:00+09:00")
		h.tick()
		equal(t, "R-APP-13 removed", h.count("applications", "id = $1", draft.ID), 0)
		equal(t, "withdrawn", h.Case(h.Applicant, back.ID).State, application.Withdrawn)
		same(t, "取下げ（期限）", to(h.letters(back.ID, application.MailReturnExpired)), h.aAndM())
		equal(t, "R-APP-9 areas are free", h.count("bonded_areas", "1 = 1"), 0)
	})
	eachSound(t, monday, func(t *testing.T, h *house) {
		draft := h.Draft(sample.S2("2024-12-12"))
		h.At("2025-02-20T09:00:00+09:00")
		h.tick()
		h.ok(h.Desk.KeepTyped(t.Context(), h.Applicant, h.Ref(draft.ID), "start", map[string][]string{"reason": {"x"}}))
		h.At("2025-03-10T09:00:00+09:00")
		h.tick()
		equal(t, "R-APP-13 a save begins the days anew", h.count("applications", "id = $1", draft.ID), 1)
	})
	eachSound(t, monday, func(t *testing.T, h *house) {
		draft, back := h.Draft(sample.S2("2024-12-12")), h.Returned(sample.S2("2024-12-12"))
		h.At("2025-06-01T09:00:00+09:00") // down all the while
		h.tick()
		equal(t, "R-APP-13 nothing ends unannounced", h.count("applications", "state IN ('draft', 'returned')"), 2)
		equal(t, "announced with a week's notice", h.letters(draft.ID, application.MailDraftExpiring)[0].ExpiresOn, day("2025-06-08"))
		h.At("2025-06-08T00:00:00+09:00")
		h.tick()
		equal(t, "after the notice", h.count("applications", "state IN ('draft', 'returned')"), 0)
		equal(t, "the return", h.Case(h.Applicant, back.ID).State, application.Withdrawn)
	})
}

// R-CON-4: one round after weeks of downtime leaves what daily rounds would have left, but for reminders.
func TestCatchingUp(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		missed, _ := h.Approved(incomplete(sample.S2("2024-12-12")))
		started, _ := h.Approved(sample.S2("2024-12-12"))
		later, _ := h.Approved(sample.S2("2025-02-03"))
		h.At("2025-01-15T12:00:00+09:00")
		h.tick()
		equal(t, "void", h.Case(h.Applicant, missed.ID).Stored, application.Void)
		equal(t, "in effect", len(h.letters(started.ID, application.MailInEffect)), 2)
		equal(t, "no reminder of a closed period", len(h.letters(started.ID, application.MailPasswordReminder)), 0)
		equal(t, "sealed rows of the one to come", h.count("secrets", "application = $1", later.ID), 2)
		equal(t, "sealed rows of others", h.count("secrets", "application <> $1", later.ID), 0)
		keys, err := h.Ring.List()
		h.ok(err)
		equal(t, "keys", len(keys), 1)
		h.unchanged("a second round", func() error { h.tick(); return nil })
	})
}

// Trap 13 and 34 at the clock: two processes at once do nothing twice.
func TestTwoClocksAtOnce(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		var ids []string
		for i := range 4 {
			o := sample.S2("2024-12-12")
			o.Incomplete = i%2 == 0
			ref, _ := h.Approved(o)
			ids = append(ids, ref.ID)
		}
		h.At("2024-12-12T10:00:00+09:00")
		desks := []*desk.Desk{h.Desk, h.reopened(), h.reopened()}
		_, errs := together(6, func(i int) (int, error) { return 0, desks[i%3].Tick(t.Context()) })
		for _, err := range errs {
			h.ok(err)
		}
		for i, id := range ids {
			kinds := map[application.Mail]int{application.MailRegistered: 2, application.MailApproved: 2}
			if i%2 == 0 {
				kinds[application.MailVoid] = 2
			} else {
				kinds[application.MailInEffect], kinds[application.MailPasswordReminder] = 2, 2
			}
			got := map[application.Mail]int{}
			for _, l := range h.letters(id, "") {
				got[l.Kind]++
			}
			equal(t, "mails", asText(got), asText(kinds))
		}
	})
}

// Trap 14: a process that died with the lease does not stop the others for good.
func TestTrap14AStuckClockLosesItsLease(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		ref, _ := h.Approved(sample.S2("2024-12-12"))
		h.At("2024-12-12T00:00:00+09:00")
		h.tick()
		lease := h.Elapsed().Add(2 * time.Minute).UTC().Format("2006-01-02T15:04:05.000000Z")
		_, err := h.raw.ExecContext(t.Context(), "UPDATE jobs SET leased_until = $1, fence = fence + 1 WHERE name = 'clock'", lease)
		h.ok(err)
		h.At("2024-12-17T00:00:00+09:00")
		h.tick()
		equal(t, "while another is at it", h.count("secrets", "application = $1", ref.ID), 2)
		h.Pass(3 * time.Minute)
		h.tick()
		equal(t, "after its lease", h.count("secrets", "application = $1", ref.ID), 0)
	})
}

// Decision 7: keys of attempts that were killed are set aside and go on their last day, living ones stay.
func TestSweep(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		ref, _ := h.Approved(sample.S2("2024-12-12"))
		orphan, _, err := h.Ring.Create(day("2024-12-16"), ref.ID)
		h.ok(err)
		h.tick()
		if _, err := h.Ring.Key(orphan); err != nil {
			t.Errorf("swept within its grace: %v", err)
		}
		h.Pass(11 * time.Minute)
		h.tick()
		if _, err := h.Ring.Key(orphan); err == nil {
			t.Error("the orphan is still there")
		}
		equal(t, "set aside", len(must(h.Ring.ListAside())(t)), 1)
		sound(t, h)
		_, err = h.Desk.ReadSecrets(t.Context(), h.Administrator, ref.ID)
		h.ok(err)
	})
}

// Trap 13: a round that failed half way is finished by the next and repeats no mail.
func TestTrap13ARetryRepeatsNoMail(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		ref, _ := h.Approved(sample.S2("2024-12-12"))
		h.At("2024-12-12T09:00:00+09:00")
		random := &failing{Reader: h.Desk.Rand}
		broken := h.Another(t)
		broken.Rand = random
		for stop := range 30 {
			random.left = stop
			if err := broken.Tick(t.Context()); err == nil {
				break
			}
		}
		h.tick()
		equal(t, "利用開始のお知らせ", len(h.letters(ref.ID, application.MailInEffect)), 2)
		equal(t, "パスワードご確認のお願い", len(h.letters(ref.ID, application.MailPasswordReminder)), 2)
		ids := map[string]bool{}
		for _, row := range h.outbox(ref.ID) {
			ids[row.MessageID] = true
		}
		equal(t, "R-MAIL-4 a Message-ID each", len(ids), len(h.outbox(ref.ID)))
	})
}

func asText(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(err)
	}
	return string(text)
}
