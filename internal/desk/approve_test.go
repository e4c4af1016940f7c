package desk_test

import (
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"uketsuke/internal/account"
	"uketsuke/internal/application"
	"uketsuke/internal/desk"
	"uketsuke/internal/sample"
)

// S8, and R-ID-10: two approvals at once, each by a desk of its own, never share a code.
func TestTwoApprovalsAtOnce(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		refs := []desk.Ref{
			h.UnderExamination(sample.S2("2024-12-12")),
			h.UnderExamination(by(h.SecondApplicant, sample.S2("2024-12-12"))),
			h.UnderExamination(by(h.SecondApplicant, sample.S1("2024-12-12"))),
			h.UnderExamination(sample.S3("2024-12-12")),
		}
		proposed, err := h.Desk.Examine(t.Context(), h.Examiner, refs[0].ID)
		h.ok(err)
		equal(t, "R-ID-7 proposed", string(proposed.Planned[0].Code), "1ANAC")
		desks := []*desk.Desk{h.Desk, h.reopened()}
		approvals, errs := together(len(refs), func(i int) (desk.Approval, error) {
			form := desk.ApproveForm{Round: 1, Start: "2024-12-12", Proposed: []string{"1ANAC"}}
			return desks[i%2].Approve(t.Context(), h.Examiner, refs[i], form)
		})
		var codes []string
		for i, approval := range approvals {
			if errs[i] != nil {
				t.Errorf("R-ID-10: no error on any side, got %v", errs[i])
			}
			for _, code := range approval.Codes {
				codes = append(codes, string(code.Code))
			}
			same(t, "mails", to(h.letters(refs[i].ID, application.MailApproved)), to(h.letters(refs[i].ID, application.MailRegistered)))
			first := len(approval.Codes) == 1 && approval.Codes[0].Code == "1ANAC"
			equal(t, "R-ID-10 told when it differs", approval.Differs, !first)
		}
		slices.Sort(codes)
		same(t, "R-ID-10 codes", codes, []string{"1ANAC", "1BNAC", "1CNAC", "1DNAC", "1ENAC"})
	})
}

func TestApprovedTwice(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		ref := h.UnderExamination(sample.S2("2024-12-12"))
		_, errs := together(4, func(int) (desk.Approval, error) { return h.approve(ref, 1, "2024-12-12", "") })
		approved := 0
		for _, err := range errs {
			if err == nil {
				approved++
				continue
			}
			stale(t, err)
		}
		equal(t, "S9 approved once", approved, 1)
		same(t, "mails", to(h.letters(ref.ID, application.MailApproved)), h.aAndM())
		same(t, "IDs", h.ids(ref.ID), []string{"1ANACA0A"})
		keys, err := h.Ring.List()
		h.ok(err)
		equal(t, "keys left in the ring", len(keys), 1)
	})
}

// failing is a random source that fails from its nth reading on.
type failing struct {
	io.Reader
	left int
}

var errInjected = errors.New("injected")

func (f *failing) Read(p []byte) (int, error) {
	if f.left--; f.left < 0 {
		return 0, errInjected
	}
	return f.Reader.Read(p)
}

// R-EX-7: wherever an approval or a registration stops, nothing of it remains.
func TestAllOrNothing(t *testing.T) {
	for name, command := range map[string]func(*house) func(*desk.Desk) error{
		"R-EX-7 approval": func(h *house) func(*desk.Desk) error {
			ref := h.UnderExamination(sample.S1("2024-12-12"))
			return func(d *desk.Desk) error {
				_, err := d.Approve(h.t.Context(), h.Examiner, ref, desk.ApproveForm{Round: 1, Start: "2024-12-12"})
				return err
			}
		},
		"S9 registration": func(h *house) func(*desk.Desk) error {
			ref := h.Draft(sample.Warehouse("2024-12-12", 1))
			return func(d *desk.Desk) error {
				_, err := d.Register(h.t.Context(), h.Applicant, ref, true)
				return err
			}
		},
		"R-EX-9 change of start": func(h *house) func(*desk.Desk) error {
			ref, _ := h.Approved(sample.S2("2024-12-12"))
			return func(d *desk.Desk) error {
				return d.ChangeStart(h.t.Context(), h.Supervisor, ref, desk.StartChangeForm{Start: "2024-12-16", Reason: "機器の都合。"})
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			eachSound(t, monday, func(t *testing.T, h *house) {
				run := command(h)
				d, random := h.Another(t), &failing{Reader: h.Desk.Rand}
				d.Rand = random
				stops := 0
				for ; stops < 200; stops++ {
					random.left = stops
					err := h.stopped(func() error { return run(d) })
					if err == nil {
						break
					}
					if !errors.Is(err, errInjected) {
						t.Fatalf("after %d: %v", stops, err)
					}
				}
				if stops < 7 || stops == 200 {
					t.Errorf("stopped at %d places", stops)
				}
			})
		})
	}
}

// stopped is unchanged for a command that fails; one that succeeds may change what it likes. A receipt
// number may be lost on the way (R-APP-15).
func (h *house) stopped(f func() error) error {
	h.t.Helper()
	before := h.dump()
	err := f()
	if err == nil {
		return nil
	}
	for table, rows := range h.dump() {
		if before[table] != rows && table != "counters" {
			h.t.Errorf("%s changed by a command that failed with %v", table, err)
		}
	}
	return err
}

// R-EX-7, at the very last statement: the row of the application itself, refused by the database.
func TestLastStatementFails(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		ref := h.UnderExamination(sample.S1("2024-12-12"))
		for _, statement := range refuseState[h.DB.Dialect()] {
			_, err := h.raw.ExecContext(t.Context(), statement)
			h.ok(err)
		}
		err := h.unchanged("an approval", func() error { _, err := h.approve(ref, 1, "2024-12-12", ""); return err })
		if err == nil || !strings.Contains(err.Error(), "injected") {
			t.Errorf("want the injected error, got %v", err)
		}
		equal(t, "mails announced", h.Mailed.Load(), 1) // the registration's
	})
}

var refuseState = map[string][]string{
	"sqlite": {`CREATE TRIGGER refuse BEFORE UPDATE ON applications WHEN NEW.state = 'approved'
		BEGIN SELECT RAISE(ABORT, 'injected'); END`},
	"postgres": {`CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'injected'; END $$`,
		`CREATE TRIGGER refuse BEFORE UPDATE ON applications FOR EACH ROW WHEN (NEW.state = 'approved') EXECUTE FUNCTION refuse()`},
}

func TestClaims(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		ref, _ := h.Registered(sample.S2("2024-12-12"))
		_, errs := together(2, func(i int) (int, error) {
			return 0, h.Desk.Claim(t.Context(), []account.Actor{h.Examiner, h.Colleague}[i], ref)
		})
		if (errs[0] == nil) == (errs[1] == nil) {
			t.Fatalf("R-EX-2 one claimant, got %v", errs)
		}
		holder, other := h.Examiner, h.Colleague
		if errs[0] != nil {
			holder, other = other, holder
		}
		equal(t, "R-EX-2 claimant", h.Case(h.Examiner, ref.ID).Holder, holder.ID)
		verdict := func() error {
			_, err := h.Desk.Approve(t.Context(), other, h.Ref(ref.ID), desk.ApproveForm{Round: 1, Start: "2024-12-12"})
			return err
		}
		refused(t, h.unchanged("R-EX-2 not the claimant", verdict), application.NotMet)
		refused(t, h.Desk.Release(t.Context(), other, h.Ref(ref.ID)), application.NotMet)
		h.ok(h.Desk.TakeOver(t.Context(), other, h.Ref(ref.ID)))
		events := h.Case(h.Examiner, ref.ID).Events
		equal(t, "R-EX-2 a trace", events[len(events)-1].Detail["before"], holder.Name)
		for _, e := range h.Case(h.Applicant, ref.ID).Events {
			if e.Internal || e.Kind == string(application.TakeOver) {
				t.Errorf("the applicant sees who took over: %+v", e)
			}
		}
		h.ok(verdict())
	})
}

// trap 1: nothing is decided while the application is with the applicant; R-EX-5: nor on another version.
func TestTrap1NoVerdictWhileWithTheApplicant(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		ref := h.Returned(sample.S2("2024-12-12"))
		verdicts := map[string]func(desk.Ref) error{
			"approve": func(r desk.Ref) error { _, err := h.approve(r, 1, "2024-12-12", ""); return err },
			"reject":  func(r desk.Ref) error { return h.Desk.Reject(t.Context(), h.Examiner, r, 1, "理由") },
			"return": func(r desk.Ref) error {
				return h.Desk.Return(t.Context(), h.Examiner, r, 1, []desk.RemarkForm{{Body: "もう一度。"}})
			},
		}
		for name, verdict := range verdicts {
			refused(t, h.unchanged(name, func() error { return verdict(ref) }), application.WrongState)
		}
		_, err := h.Desk.Register(t.Context(), h.Applicant, ref, true)
		h.ok(err)
		h.ok(h.Desk.Claim(t.Context(), h.Examiner, h.Ref(ref.ID)))
		for name, verdict := range verdicts {
			stale(t, h.unchanged("R-EX-5 "+name+" on the version before", func() error { return verdict(h.Ref(ref.ID)) }))
			stale(t, h.unchanged("R-EX-5 "+name+" of a page opened before", func() error { return verdict(ref) }))
		}
	})
}

func TestNobodyApprovesTheirOwn(t *testing.T) {
	each(t, monday, func(t *testing.T, h *house) {
		ref := h.UnderExamination(sample.S2("2024-12-12"))
		// Nobody has two roles; that an examiner registered it can only be so by moving the account.
		_, err := h.raw.ExecContext(t.Context(), "UPDATE applications SET registered_by = $1", string(h.Examiner.ID))
		h.ok(err)
		err = h.unchanged("R-EX-6", func() error { _, err := h.approve(ref, 1, "2024-12-12", ""); return err })
		refused(t, err, application.NotMet)
		x, err := h.Desk.Examine(t.Context(), h.Examiner, ref.ID)
		h.ok(err)
		if !strings.Contains(x.WhyNot, string(application.ByClaimantNotRegistrant)) {
			t.Errorf("trap 26: the page says why not, got %q", x.WhyNot)
		}
	})
}

// R-EX-4 and R-EX-9.
func TestTrap31NoApprovalMakesADeadCase(t *testing.T) {
	for _, c := range []struct {
		name, now, start, reason, rule, field string
		incomplete                            bool
	}{
		{"R-EX-4 nothing", monday, "", "", "R-EX-4", "start", false},
		{"R-EX-4 not a day", monday, "2024-02-30", "", "R-EX-4", "start", false},
		{"R-EX-4 earlier than the wish", monday, "2024-12-11", "x", "R-EX-4", "start", false},
		{"R-EX-4 a Saturday", monday, "2024-12-14", "x", "R-EX-4", "start", false},
		{"R-EX-4 no reason", monday, "2024-12-13", " ", "R-EX-4", "start_reason", false},
		{"R-EX-9 on the day of approval", "2024-12-12T10:00:00+09:00", "2024-12-12", "x", "R-EX-9", "start", false},
		{"R-EX-9 six days for settings", "2024-12-05T10:00:00+09:00", "2024-12-12", "x", "R-EX-9", "start", true},
		{"R-EX-9 over the turn of the year", "2024-12-26T10:00:00+09:00", "2025-01-08", "x", "R-EX-9", "start", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			eachSound(t, monday, func(t *testing.T, h *house) {
				o := sample.S2("2024-12-12")
				o.Incomplete = c.incomplete
				ref := h.UnderExamination(o)
				h.At(c.now)
				broken(t, h.unchanged(c.name, func() error { _, err := h.approve(ref, 1, c.start, c.reason); return err }), c.rule, c.field)
			})
		})
	}
}

func TestWithdrawAndVoid(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		registered, _ := h.Registered(sample.S2("2024-12-12"))
		for name, ref := range map[string]desk.Ref{"registered": registered, "examined": h.UnderExamination(sample.S2("2024-12-12")),
			"returned": h.Returned(sample.S2("2024-12-12"))} {
			h.ok(h.Desk.Withdraw(t.Context(), h.Administrator, ref))
			equal(t, "R-EX-8 "+name, h.Case(h.Applicant, ref.ID).State, application.Withdrawn)
			same(t, "mails", to(h.letters(ref.ID, application.MailWithdrawn)), h.aAndM())
		}
		ref, _ := h.Approved(sample.S2("2024-12-12"))
		refused(t, h.unchanged("R-EX-8 after the approval", func() error { return h.Desk.Withdraw(t.Context(), h.Applicant, ref) }), application.WrongState)
		void := func(by account.Actor, reason string) error {
			return h.Desk.Void(t.Context(), by, h.Ref(ref.ID), reason)
		}
		refused(t, h.unchanged("R-EX-8 an examiner", func() error { return void(h.Examiner, "x") }), application.WrongRole)
		broken(t, h.unchanged("R-EX-8 no reason", func() error { return void(h.Supervisor, " ") }), "R-EX-8", "reason")
		h.ok(void(h.Supervisor, "申込者の依頼による。"))
		view := h.Case(h.Applicant, ref.ID)
		equal(t, "state", view.State, application.Void)
		equal(t, "reason", view.EndReason, "申込者の依頼による。")
		_, err := h.Desk.ReadSecrets(t.Context(), h.Administrator, ref.ID)
		ended(t, err)
		keys, err := h.Ring.List()
		h.ok(err)
		equal(t, "R-SEC-6 keys", len(keys), 0)
		page, err := h.Desk.Contract(t.Context(), h.Applicant, sample.Tokyo, day("2024-12-12"))
		h.ok(err)
		equal(t, "codes of the contract", len(page.Contract.Codes), 0)
		next, approval := h.Approved(sample.S2("2024-12-12"))
		equal(t, "R-ID-6", string(approval.Codes[0].Code), "1BNAC")
		h.At("2024-12-12T00:00:00+09:00")
		err = h.Desk.Void(t.Context(), h.Supervisor, next, "x")
		refused(t, err, application.WrongState)
	})
}

func TestChangeStart(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		ref, _ := h.Approved(sample.S2("2024-12-12"))
		before, err := h.Desk.ReadSecrets(t.Context(), h.Administrator, ref.ID)
		h.ok(err)
		keys, err := h.Ring.List()
		h.ok(err)
		change := func(start, reason string) error {
			return h.Desk.ChangeStart(t.Context(), h.Supervisor, h.Ref(ref.ID), desk.StartChangeForm{Start: start, Reason: reason})
		}
		broken(t, h.unchanged("R-EX-9 earlier", func() error { return change("2024-12-11", "x") }), "R-EX-4", "start")
		broken(t, h.unchanged("R-EX-9 the same", func() error { return change("2024-12-12", "x") }), "R-EX-9", "start")
		broken(t, h.unchanged("R-EX-9 no reason", func() error { return change("2024-12-16", "") }), "R-EX-4", "start_reason")
		h.ok(change("2024-12-27", "機器の都合のため。"))
		after, err := h.Ring.List()
		h.ok(err)
		if len(after) != 1 || after[0].Name == keys[0].Name || after[0].LastDay != day("2025-01-07") {
			t.Errorf("R-EX-9 a new key, the old one gone: before %v, after %v", keys, after)
		}
		view := h.Case(h.Applicant, ref.ID)
		equal(t, "R-SEC-3 last reading day", view.Reading.Period.LastDay, day("2025-01-07"))
		equal(t, "R-SET-1 deadline", view.SettingsDeadline, day("2024-12-23"))
		same(t, "announced", to(h.letters(ref.ID, application.MailStartDateChanged)), h.aAndM())
		equal(t, "from", h.letters(ref.ID, application.MailStartDateChanged)[0].PreviousStart, day("2024-12-12"))
		again, err := h.Desk.ReadSecrets(t.Context(), h.Administrator, ref.ID)
		h.ok(err)
		equal(t, "the same password", string(again.IDs[0].Password), string(before.IDs[0].Password))
		for on, codes := range map[string]int{"2024-12-12": 0, "2024-12-26": 0, "2024-12-27": 1} {
			page, err := h.Desk.Contract(t.Context(), h.Applicant, sample.Tokyo, day(on))
			h.ok(err)
			equal(t, "R-CON-2 codes on "+on, len(page.Contract.Codes), codes)
		}
	})
}
