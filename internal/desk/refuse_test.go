package desk_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"uketsuke/internal/account"
	"uketsuke/internal/application"
	"uketsuke/internal/desk"
	"uketsuke/internal/sample"
)

// A try is one command as somebody would press it, on an application at a version.
type try func(context.Context, *house, account.Actor, desk.Ref) error

// tries are all commands of people on an application.
func tries() map[application.Command][]try {
	start := desk.StartForm{Kinds: []string{"user-code"}, Desired: "2024-12-12", Reason: "理由"}
	return map[application.Command][]try{
		application.Save: {
			func(ctx context.Context, h *house, a account.Actor, r desk.Ref) error {
				return h.Desk.SaveStart(ctx, a, r, start)
			},
			func(ctx context.Context, h *house, a account.Actor, r desk.Ref) error {
				return h.Desk.KeepTyped(ctx, a, r, "start", map[string][]string{"reason": {"x"}})
			},
			func(ctx context.Context, h *house, a account.Actor, r desk.Ref) error {
				return h.Desk.RemoveCode(ctx, a, r, 1)
			},
			func(ctx context.Context, h *house, a account.Actor, r desk.Ref) error {
				return h.Desk.UseEarliest(ctx, a, r)
			},
			func(ctx context.Context, h *house, a account.Actor, r desk.Ref) error {
				_, err := h.Desk.SetCode(ctx, a, r, 0, sample.Block("netnaccs", "1", "customs-broker"))
				return err
			},
		},
		application.Discard: {func(ctx context.Context, h *house, a account.Actor, r desk.Ref) error {
			return h.Desk.Discard(ctx, a, r)
		}},
		application.Register: {func(ctx context.Context, h *house, a account.Actor, r desk.Ref) error {
			_, err := h.Desk.Register(ctx, a, r, true)
			return err
		}},
		application.SaveSettings: {func(ctx context.Context, h *house, a account.Actor, r desk.Ref) error {
			return h.Desk.SaveSettings(ctx, a, r, 1, application.NameTab, sample.CompleteTab(h.Desk.Catalogue, application.NameTab, 1))
		}},
		application.Withdraw: {func(ctx context.Context, h *house, a account.Actor, r desk.Ref) error {
			return h.Desk.Withdraw(ctx, a, r)
		}},
		application.Claim: {func(ctx context.Context, h *house, a account.Actor, r desk.Ref) error { return h.Desk.Claim(ctx, a, r) }},
		application.TakeOver: {func(ctx context.Context, h *house, a account.Actor, r desk.Ref) error {
			return h.Desk.TakeOver(ctx, a, r)
		}},
		application.Release: {func(ctx context.Context, h *house, a account.Actor, r desk.Ref) error {
			return h.Desk.Release(ctx, a, r)
		}},
		application.Remark: {func(ctx context.Context, h *house, a account.Actor, r desk.Ref) error {
			return h.Desk.AddRemark(ctx, a, r, "", "内部")
		}},
		application.Return: {func(ctx context.Context, h *house, a account.Actor, r desk.Ref) error {
			return h.Desk.Return(ctx, a, r, 1, []desk.RemarkForm{{Body: "直してください。"}})
		}},
		application.Reject: {func(ctx context.Context, h *house, a account.Actor, r desk.Ref) error {
			return h.Desk.Reject(ctx, a, r, 1, "理由")
		}},
		application.Approve: {func(ctx context.Context, h *house, a account.Actor, r desk.Ref) error {
			_, err := h.Desk.Approve(ctx, a, r, desk.ApproveForm{Round: 1, Start: "2024-12-12"})
			return err
		}},
		application.Revoke: {func(ctx context.Context, h *house, a account.Actor, r desk.Ref) error {
			return h.Desk.Void(ctx, a, r, "理由")
		}},
		application.ChangeStartDate: {func(ctx context.Context, h *house, a account.Actor, r desk.Ref) error {
			return h.Desk.ChangeStart(ctx, a, r, desk.StartChangeForm{Start: "2024-12-16", Reason: "理由"})
		}},
	}
}

// inEachState makes one application in every stored state but the draft's; the draft is made apart,
// because the centre may not know of it.
func (h *house) inEachState() map[application.State]desk.Ref {
	o := sample.S2("2024-12-12")
	registered, _ := h.Registered(o)
	withdrawn, _ := h.Registered(o)
	h.ok(h.Desk.Withdraw(h.t.Context(), h.Applicant, withdrawn))
	rejected := h.UnderExamination(o)
	h.ok(h.Desk.Reject(h.t.Context(), h.Examiner, rejected, 1, "理由"))
	approved, _ := h.Approved(o)
	void, _ := h.Approved(o)
	h.ok(h.Desk.Void(h.t.Context(), h.Supervisor, void, "理由"))
	return map[application.State]desk.Ref{
		application.InDraft: h.Draft(o), application.Registered: registered, application.UnderExamination: h.UnderExamination(o),
		application.Returned: h.Returned(o), application.Approved: approved, application.Withdrawn: h.Ref(withdrawn.ID),
		application.Rejected: h.Ref(rejected.ID), application.Void: h.Ref(void.ID),
	}
}

// Every command, in every state, by everybody: what the table does not allow changes nothing and says why;
// nobody learns of another establishment's application, nor the centre of a draft (traps 6 and 27); a page
// at an older version is stale. Trap 32: what the table allows is tried too, so that every open state has a
// way out.
func TestEveryCommandEveryStateEveryRole(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		states := h.inEachState()
		people := append(h.All(), account.Actor{ID: "nobody", Name: "誰か", Role: "guest"})
		commands := tries()
		for _, state := range []application.State{application.InDraft, application.Registered, application.UnderExamination,
			application.Returned, application.Approved, application.Withdrawn, application.Rejected, application.Void} {
			ref := h.Ref(states[state].ID)
			row, err := h.DB.Read().GetApplication(t.Context(), ref.ID)
			h.ok(err)
			standing := application.Standing{State: state, Holder: account.ID(row.Holder), RegisteredBy: account.ID(row.RegisteredBy),
				Start: row.StartDate.Date, Deadline: row.SettingsDeadline.Date, SettingsComplete: row.SettingsComplete}
			before := h.dump()
			for command, presses := range commands {
				for _, actor := range people {
					_, refusal := application.Decide(standing, command, actor, h.Now())
					known := actor.Establishment == sample.Tokyo || actor.Role.OfCentre() && state != application.InDraft
					for _, press := range presses {
						name := string(state) + " " + string(command) + " by " + string(actor.ID)
						if known && refusal == nil {
							continue
						}
						err := press(t.Context(), h, actor, ref)
						if !known && !errors.Is(err, desk.ErrNotFound) {
							t.Errorf("trap 27: %s: want nothing found, got %v", name, err)
						}
						if known {
							r, is := errors.AsType[*application.Refusal](err)
							want, _ := errors.AsType[*application.Refusal](refusal)
							if !is || r.Why != want.Why {
								t.Errorf("%s: want %v, got %v", name, refusal, err)
							}
						}
					}
				}
			}
			for table, rows := range h.dump() {
				if before[table] != rows {
					t.Errorf("%s: %s changed by refused commands", state, table)
				}
			}
		}
	})
}

// Every command that the table allows succeeds, and a page at an older version is stale.
func TestEveryAllowedCommand(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		for command, presses := range tries() {
			for _, step := range application.Lifecycle() {
				if step.Command != command || step.By[0] == account.Clock {
					continue
				}
				for _, press := range presses {
					name := string(step.From) + " " + string(command)
					ref := h.inState(step.From)
					actor := h.who(command)
					old := desk.Ref{ID: ref.ID, Version: ref.Version - 1}
					if command != application.SaveSettings || step.From == application.InDraft {
						stale(t, h.unchanged(name+" stale", func() error { return press(t.Context(), h, actor, old) }))
					}
					if err := press(t.Context(), h, actor, ref); err != nil {
						t.Errorf("%s: %v", name, err)
						continue
					}
					if step.To == application.Gone {
						equal(t, name, h.count("applications", "id = $1", ref.ID), 0)
						continue
					}
					view := h.Case(h.Administrator, ref.ID)
					equal(t, name, view.Stored, step.To)
				}
			}
		}
	})
}

// inState makes a fresh application in a state.
func (h *house) inState(state application.State) desk.Ref {
	o := sample.S2("2024-12-12")
	switch state {
	case application.InDraft:
		return h.Draft(o)
	case application.Registered:
		ref, _ := h.Registered(o)
		return ref
	case application.UnderExamination:
		return h.UnderExamination(o)
	case application.Returned:
		return h.Returned(o)
	case application.Approved:
		ref, _ := h.Approved(o)
		return ref
	}
	h.t.Fatalf("no application in state %s", state)
	return desk.Ref{}
}

// who is somebody who may carry a command out.
func (h *house) who(c application.Command) account.Actor {
	switch c {
	case application.Claim, application.Release, application.Remark, application.Return, application.Reject, application.Approve:
		return h.Examiner
	case application.TakeOver:
		return h.Colleague
	case application.Revoke, application.ChangeStartDate:
		return h.Supervisor
	}
	return h.Administrator
}

// Trap 32: nobody is stuck. In every state that is not an end, somebody has a command.
func TestTrap32EveryOpenStateHasAWayOut(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		for state, ref := range h.inEachState() {
			var open []application.Command
			for _, actor := range []account.Actor{h.Applicant, h.Supervisor, h.Colleague} {
				if view, err := h.Desk.Case(t.Context(), actor, ref.ID); err == nil {
					open = append(open, view.Allowed...)
				}
			}
			ends := slices.Contains([]application.State{application.Withdrawn, application.Rejected, application.Void}, state)
			if ends != (len(open) == 0) {
				t.Errorf("%s: open commands %v", state, open)
			}
		}
	})
}

// Traps 6 and 27: reading.
func TestTrap27NothingOfOthersIsShown(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		ctx := t.Context()
		draft := h.Draft(sample.S1("2024-12-12"))
		approved, _ := h.Approved(sample.S1("2024-12-12"))
		reads := map[string]func(account.Actor, string) error{
			"case":    func(a account.Actor, id string) error { _, err := h.Desk.Case(ctx, a, id); return err },
			"version": func(a account.Actor, id string) error { _, _, err := h.Desk.Version(ctx, a, id, 1); return err },
			"wished":  func(a account.Actor, id string) error { _, _, err := h.Desk.ContractAsWished(ctx, a, id); return err },
			"preview": func(a account.Actor, id string) error {
				_, err := h.Desk.Preview(ctx, a, id, 0, desk.CodeForm{})
				return err
			},
			"form": func(a account.Actor, id string) error {
				_, _, err := h.Desk.ApplicationForm(ctx, a, id, 1, false)
				return err
			},
			"notice": func(a account.Actor, id string) error {
				_, _, err := h.Desk.ApprovalNotice(ctx, a, id, false)
				return err
			},
			"secrets": func(a account.Actor, id string) error { _, err := h.Desk.ReadSecrets(ctx, a, id); return err },
			"noted":   func(a account.Actor, id string) error { return h.Desk.NoteSecrets(ctx, a, id) },
			"contract": func(a account.Actor, _ string) error {
				_, err := h.Desk.Contract(ctx, a, sample.Tokyo, day("2024-12-12"))
				return err
			},
		}
		before := h.dump()
		for name, read := range reads {
			for _, stranger := range []account.Actor{h.OtherApplicant, h.OtherAdministrator, h.SecondApplicant} {
				if err := read(stranger, approved.ID); !errors.Is(err, desk.ErrNotFound) {
					t.Errorf("%s by %s: %v", name, stranger.ID, err)
				}
			}
			for _, staff := range []account.Actor{h.Examiner, h.Supervisor} {
				if err := read(staff, draft.ID); name != "contract" && !errors.Is(err, desk.ErrNotFound) {
					t.Errorf("trap 6: %s of a draft by %s: %v", name, staff.ID, err)
				}
			}
		}
		for table, rows := range h.dump() {
			if before[table] != rows {
				t.Errorf("%s changed by refused reading", table)
			}
		}
		for _, q := range []desk.ListQuery{{}, {Search: "見本"}, {States: application.States()}, {Queue: "unclaimed"}} {
			list, err := h.Desk.Queue(ctx, h.Supervisor, q)
			h.ok(err)
			for _, row := range list.Rows {
				if row.ID == draft.ID {
					t.Errorf("trap 6: the draft is in the queue %+v", q)
				}
			}
			list, err = h.Desk.Applications(ctx, h.OtherApplicant, q)
			h.ok(err)
			equal(t, "another's list", len(list.Rows), 0)
		}
		top, err := h.Desk.Top(ctx, h.OtherApplicant)
		h.ok(err)
		equal(t, "another's news", len(top.News)+len(top.Todo), 0)
		mine, err := h.Desk.Top(ctx, h.Applicant)
		h.ok(err)
		if _, err := h.Desk.OpenNews(ctx, h.OtherApplicant, mine.News[0].ID); !errors.Is(err, desk.ErrNotFound) {
			t.Errorf("another's news opened: %v", err)
		}
		for name, err := range map[string]error{
			"queue":   second(h.Desk.Queue(ctx, h.Applicant, desk.ListQuery{})),
			"list":    second(h.Desk.Applications(ctx, h.Examiner, desk.ListQuery{})),
			"top":     second(h.Desk.Top(ctx, h.Examiner)),
			"examine": second(h.Desk.Examine(ctx, h.Administrator, approved.ID)),
			"begin":   second(h.Desk.Begin(ctx, h.Viewer)),
			"preview": second(h.Desk.Preview(ctx, h.Examiner, approved.ID, 0, desk.CodeForm{})),
			"import":  second(h.Desk.Import(ctx, h.Supervisor, desk.Setup{}, false)),
		} {
			if !errors.Is(err, desk.ErrForbidden) {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

func second[T any](_ T, err error) error { return err }
