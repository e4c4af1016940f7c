package desk_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"uketsuke/internal/account"
	"uketsuke/internal/application"
	"uketsuke/internal/desk"
	"uketsuke/internal/sample"
)

// mode switches the desk's mode as a supervisor does.
func (h *house) mode(m desk.Mode) {
	h.t.Helper()
	now, err := h.Desk.Mode(h.t.Context())
	h.ok(err)
	h.ok(h.Desk.SetMode(h.t.Context(), h.Supervisor, now.Number, desk.ModeForm{Mode: m, Notice: "点検のお知らせ", NoticeEn: "Under maintenance"}))
}

// shut says that err is the mode's refusal.
func shut(t *testing.T, what string, err error, want desk.Mode) {
	t.Helper()
	if n, is := errors.AsType[*desk.NotOpen](err); !is || n.Mode != want || n.Notice != "点検のお知らせ" {
		t.Errorf("%s: want the refusal of %s, got %v", what, want, err)
	}
}

// C10: while the desk is not open no command of a person is carried out, whoever it is; nothing is written.
func TestModesRefuseCommands(t *testing.T) {
	for _, mode := range []desk.Mode{desk.ModeReadOnly, desk.ModeClosed} {
		t.Run("C10 "+string(mode), func(t *testing.T) {
			eachSound(t, monday, func(t *testing.T, h *house) {
				ctx := t.Context()
				draft, exam := h.Draft(sample.S2("2024-12-12")), h.UnderExamination(sample.S2("2024-12-12"))
				approved, _ := h.Approved(incomplete(sample.S2("2024-12-12")))
				waiting, _ := h.Registered(sample.S1("2024-12-12"))
				p, err := h.Desk.PreviewClosing(ctx, h.Supervisor, []desk.ClosingEdit{closing("2024-12-24", "x")})
				h.ok(err)
				h.mode(mode)
				for what, f := range map[string]func() error{
					"begin": func() error { _, err := h.Desk.Begin(ctx, h.Applicant); return err },
					"keep": func() error {
						return h.Desk.KeepTyped(ctx, h.Applicant, draft, "start", map[string][]string{"reason": {"x"}})
					},
					"register": func() error { _, err := h.Desk.Register(ctx, h.Applicant, draft, true); return err },
					"discard":  func() error { return h.Desk.Discard(ctx, h.Applicant, draft) },
					"settings": func() error { return h.CompleteErr(h.Applicant, approved.ID, incomplete(sample.S2("2024-12-12"))) },
					"withdraw": func() error { return h.Desk.Withdraw(ctx, h.Applicant, waiting) },
					"claim":    func() error { return h.Desk.Claim(ctx, h.Examiner, waiting) },
					"approve":  func() error { _, err := h.approve(exam, 1, "2024-12-12", ""); return err },
					"return": func() error {
						return h.Desk.Return(ctx, h.Examiner, exam, 1, []desk.RemarkForm{{Item: "reason", Body: "x"}})
					},
					"change start": func() error {
						return h.Desk.ChangeStart(ctx, h.Supervisor, approved, desk.StartChangeForm{Start: "2024-12-18", Reason: "x"})
					},
					"void":     func() error { return h.Desk.Void(ctx, h.Supervisor, approved, "x") },
					"calendar": func() error { return h.Desk.SaveClosing(ctx, h.Supervisor, p.Edits, p.Digest) },
					"notice":   func() error { _, err := h.Desk.PublishNotice(ctx, h.Supervisor, h.notice("x")); return err },
				} {
					shut(t, what, h.unchanged(what, f), mode)
				}
				h.mode(desk.ModeOpen)
				h.ok(h.Desk.Claim(ctx, h.Examiner, waiting))
			})
		})
	}
}

// C10: read-only lets people read what was issued, because its period runs; closed keeps the establishments out,
// and the centre looks on. Signing in and out is always possible, and so is what the clock does.
func TestModesLetReadingAndTheClockGoOn(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		ctx := t.Context()
		ref, _ := h.Approved(sample.S2("2024-12-12"))
		missed, _ := h.Approved(incomplete(sample.S2("2024-12-12")))
		top, err := h.Desk.Top(ctx, h.Applicant)
		h.ok(err)
		h.mode(desk.ModeReadOnly)
		_, err = h.Desk.ReadSecrets(ctx, h.Administrator, ref.ID)
		h.ok(err)
		h.ok(h.Desk.NoteSecrets(ctx, h.Administrator, ref.ID))
		_, err = h.Desk.OpenNews(ctx, h.Applicant, top.News[0].ID)
		h.ok(err)
		h.ok(h.Desk.Searched(ctx, h.Examiner, "NAC"))
		h.mode(desk.ModeClosed)
		_, err = h.Desk.ReadSecrets(ctx, h.Administrator, ref.ID)
		shut(t, "reading in a closed desk", err, desk.ModeClosed)
		_, err = h.Desk.OpenNews(ctx, h.Applicant, top.News[0].ID)
		shut(t, "news in a closed desk", err, desk.ModeClosed)
		h.ok(h.Desk.Searched(ctx, h.Examiner, "NAC"))
		_, err = h.Desk.Examine(ctx, h.Examiner, ref.ID)
		h.ok(err)
		for _, who := range h.All() {
			session := h.signIn(who)
			equal(t, "session's mode", session.Mode.Mode, desk.ModeClosed)
			equal(t, "kept from the pages", session.Mode.Bars(who.Role), who.Role.OfEstablishment())
			h.ok(h.Desk.SetLanguage(ctx, who, "en"))
			h.ok(h.Desk.SignOut(ctx, who, session.SignIn))
		}
		h.At("2024-12-12T09:00:00+09:00")
		h.tick()
		equal(t, "R-SET-1 goes on", h.Case(h.Applicant, missed.ID).Stored, application.Void)
		equal(t, "利用開始のお知らせ goes on", len(h.letters(ref.ID, application.MailInEffect)), 2)
	})
}

// Trap 26 at the mode: whoever may switch can always switch back; nobody else can at all.
func TestTrap26AClosedDeskCanBeOpened(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		for _, m := range []desk.Mode{desk.ModeReadOnly, desk.ModeClosed, desk.ModeReadOnly} {
			h.mode(m)
			for _, who := range h.All() {
				err := h.Desk.SetMode(t.Context(), who, 99, desk.ModeForm{Mode: desk.ModeOpen})
				if who.Role == account.Supervisor {
					stale(t, err) // another page's; of the right one below
				} else if !errors.Is(err, desk.ErrForbidden) {
					t.Errorf("%s switches: %v", who.Role, err)
				}
			}
		}
		h.At("2024-12-02T10:05:00+09:00")
		h.mode(desk.ModeOpen)
		h.Draft(sample.S2("2024-12-12"))
	})
}

func TestSwitchingTheMode(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		ctx := t.Context()
		try := func(seen int64, in desk.ModeForm) error {
			return h.unchanged("a switch that is refused", func() error { return h.Desk.SetMode(ctx, h.Supervisor, seen, in) })
		}
		broken(t, try(0, desk.ModeForm{Mode: "ajar", Notice: "x"}), "C10", "mode")
		broken(t, try(0, desk.ModeForm{Mode: desk.ModeOpen}), "C10", "mode")
		broken(t, try(0, desk.ModeForm{Mode: desk.ModeClosed, Notice: " \n"}), "C10", "notice")
		broken(t, try(0, desk.ModeForm{Mode: desk.ModeClosed, Notice: strings.Repeat("停", 401)}), "C10", "notice")
		broken(t, try(0, desk.ModeForm{Mode: desk.ModeClosed, Notice: "x", NoticeEn: strings.Repeat("x", 401)}), "C10", "notice_en")
		h.mode(desk.ModeClosed)
		stale(t, try(0, desk.ModeForm{Mode: desk.ModeReadOnly, Notice: "x"}))
		broken(t, try(1, desk.ModeForm{Mode: desk.ModeClosed, Notice: "点検のお知らせ", NoticeEn: "Under maintenance"}), "C10", "mode")
		_, errs := together(4, func(int) (int, error) {
			return 0, h.Desk.SetMode(ctx, h.Supervisor, 1, desk.ModeForm{Mode: desk.ModeOpen})
		})
		switched := 0
		for _, err := range errs {
			if err == nil {
				switched++
			} else {
				stale(t, err)
			}
		}
		equal(t, "four at once", switched, 1)
		view, err := h.Desk.Operations(ctx, h.Examiner)
		h.ok(err)
		equal(t, "mode", view.Mode.Mode, desk.ModeOpen)
		equal(t, "switches", len(view.Switches), 2)
		equal(t, "who", view.Switches[1].By, h.Supervisor.Name)
	})
}

// What passes meanwhile is said before the switch: deadlines and last reading days of the next five business
// days, the fifth included.
func TestWhatPassesMeanwhile(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		soon, _ := h.Approved(incomplete(sample.S2("2024-12-13"))) // deadline 12-09, last reading day 12-17
		h.Approved(incomplete(sample.S2("2024-12-16")))            // deadline 12-10
		read, _ := h.Approved(sample.S2("2024-12-12"))             // last reading day 12-16
		passing := func() []string {
			t.Helper()
			view, err := h.Desk.Operations(t.Context(), h.Supervisor)
			h.ok(err)
			var said []string
			for _, p := range view.Passing {
				said = append(said, p.Day.String()+" "+p.Receipt+" "+map[bool]string{true: "settings", false: "reading"}[p.Settings])
			}
			return said
		}
		receipt := func(id string) string { return h.Case(h.Examiner, id).Receipt }
		same(t, "C10 until Mon 12-09", passing(), []string{"2024-12-09 " + receipt(soon.ID) + " settings"})
		h.Complete(h.Applicant, soon.ID, incomplete(sample.S2("2024-12-13")))
		equal(t, "C10 not what is complete", len(passing()), 0)
		h.At("2024-12-12T12:00:00+09:00")
		same(t, "C10 until Thu 12-19", passing()[:1], []string{"2024-12-16 " + receipt(read.ID) + " reading"})
		if _, err := h.Desk.Operations(t.Context(), h.Administrator); !errors.Is(err, desk.ErrForbidden) {
			t.Errorf("an establishment looks: %v", err)
		}
	})
}

// The check sees what was done while the desk was shut, and a switch that is gone.
func TestTheCheckSeesTheModes(t *testing.T) {
	each(t, monday, func(t *testing.T, h *house) {
		h.mode(desk.ModeReadOnly)
		h.At("2024-12-02T11:00:00+09:00")
		h.mode(desk.ModeOpen)
		h.Registered(sample.S2("2024-12-12"))
		found := func() int {
			t.Helper()
			findings, err := h.Desk.Check(t.Context())
			h.ok(err)
			return len(slices.DeleteFunc(findings, func(f desk.Finding) bool { return f.Rule != "C10" }))
		}
		equal(t, "nothing amiss", found(), 0)
		_, err := h.raw.ExecContext(t.Context(), "UPDATE modes SET recorded_at = $1 WHERE number = 2", h.Now().Add(time.Hour).Format("2006-01-02T15:04:05.000000Z"))
		h.ok(err)
		if found() == 0 {
			t.Error("a registration in a shut desk is not found")
		}
		_, err = h.raw.ExecContext(t.Context(), "DELETE FROM modes WHERE number = 1")
		h.ok(err)
		equal(t, "a switch is gone", found(), 1)
	})
}
