package desk_test

import (
	"errors"
	"testing"

	"uketsuke/internal/application"
	"uketsuke/internal/desk"
	"uketsuke/internal/sample"
)

func TestFourEyes(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		ctx := t.Context()
		ref := h.UnderExamination(sample.S2("2024-12-12"))
		if err := h.Desk.SetFourEyes(ctx, h.Examiner, "user-code", true); !errors.Is(err, desk.ErrForbidden) {
			t.Errorf("R-EX-6 an examiner turns the rule on: %v", err)
		}
		h.ok(h.Desk.SetFourEyes(ctx, h.Supervisor, "user-code", true))
		form := desk.ApproveForm{Round: 1, Start: "2024-12-12"}
		_, err := h.Desk.Approve(ctx, h.Examiner, ref, form)
		if _, stale := errors.AsType[*desk.Stale](err); !stale {
			t.Errorf("R-EX-6 a page from before the rule: %v", err)
		}
		refused := func(name string, err error) {
			t.Helper()
			if _, is := errors.AsType[*application.Refusal](err); !is {
				t.Errorf("R-EX-6 %s: %v", name, err)
			}
		}
		_, err = h.Desk.Approve(ctx, h.Examiner, h.Ref(ref.ID), form)
		refused("the claimant alone", err)
		_, err = h.Desk.Approve(ctx, h.Colleague, h.Ref(ref.ID), form)
		refused("nobody has proposed", err)
		refused("a colleague proposes", h.Desk.Propose(ctx, h.Colleague, h.Ref(ref.ID), form))
		broken(t, h.Desk.Propose(ctx, h.Examiner, h.Ref(ref.ID), desk.ApproveForm{Round: 1, Start: "2024-12-11"}), "R-EX-4", "start")
		h.ok(h.Desk.Propose(ctx, h.Examiner, h.Ref(ref.ID), desk.ApproveForm{Round: 1, Start: "2024-12-13", Reason: "準備のため", Codes: map[int]string{1: "1CNAC"}}))
		equal(t, "R-EX-6 nothing is issued", len(h.ids(ref.ID)), 0)
		_, err = h.Desk.Approve(ctx, h.Examiner, h.Ref(ref.ID), form)
		refused("the proposer approves", err)
		_, err = h.Desk.Approve(ctx, h.Colleague, h.Ref(ref.ID), form)
		broken(t, err, "R-EX-6", "start")
		h.ok(h.Desk.TakeOver(ctx, h.Supervisor, h.Ref(ref.ID)))
		_, err = h.Desk.Approve(ctx, h.Colleague, h.Ref(ref.ID), form)
		refused("the proposal went with its claimant", err)
		h.ok(h.Desk.Propose(ctx, h.Supervisor, h.Ref(ref.ID), desk.ApproveForm{Round: 1, Start: "2024-12-13", Reason: "準備のため", Codes: map[int]string{1: "1CNAC"}}))
		_, err = h.Desk.Approve(ctx, h.Colleague, h.Ref(ref.ID), desk.ApproveForm{Round: 1, Start: "2024-12-13"})
		h.ok(err)
		same(t, "R-EX-6 exactly what was proposed", h.ids(ref.ID), []string{"1CNACA0A"})
		equal(t, "R-EX-6 its reason", h.Case(h.Applicant, ref.ID).StartReason, "準備のため")
	})
}

// Trap 26: a rule that leaves nobody able to approve is refused, and one that comes to do so says it at once.
func TestFourEyesNeedTwoPeople(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		ref := h.UnderExamination(sample.S2("2024-12-12"))
		h.ok(h.Desk.SetFourEyes(t.Context(), h.Supervisor, "user-code", true))
		if _, err := h.raw.Exec("UPDATE accounts SET status = 'stopped' WHERE role IN ('examiner', 'supervisor') AND id <> 'p-examiner'"); err != nil {
			t.Fatal(err)
		}
		err := h.unchanged("propose", func() error {
			return h.Desk.Propose(t.Context(), h.Examiner, h.Ref(ref.ID), desk.ApproveForm{Round: 1, Start: "2024-12-12"})
		})
		broken(t, err, "R-EX-6", "")
		err = h.unchanged("turn on", func() error { return h.Desk.SetFourEyes(t.Context(), h.Supervisor, "ident-number", true) })
		broken(t, err, "R-EX-6", "kind.ident-number")
		h.ok(h.Desk.SetFourEyes(t.Context(), h.Supervisor, "user-code", false))
		_, err = h.approve(h.Ref(ref.ID), 1, "2024-12-12", "")
		h.ok(err)
		_, err = h.raw.ExecContext(t.Context(), "UPDATE accounts SET status = 'active'") // the check knows who stops people
		h.ok(err)
	})
}

func TestChosenCodesAndNumbers(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		h.approved(sample.S2("2024-12-12"))
		ref := h.UnderExamination(sample.Order{Desired: "2024-12-12", Codes: sample.S1("").Codes})
		try := func(codes map[int]string, numbers map[int][]string) error {
			return h.unchanged("approve", func() error {
				_, err := h.Desk.Approve(t.Context(), h.Examiner, h.Ref(ref.ID), desk.ApproveForm{Round: 1, Start: "2024-12-12",
					Proposed: []string{"1BNAC"}, Codes: codes, Numbers: numbers})
				if err == nil {
					return errors.New("approved")
				}
				return err
			})
		}
		for _, c := range []struct {
			name, code string
			numbers    []string
			rule       string
			field      string
		}{
			{"R-ID-2 no code", "1A", nil, "R-ID-2", "code.1"},
			{"R-ID-6 one that exists", "1ANAC", nil, "R-ID-6", "code.1"},
			{"R-ID-7 somebody else's abbreviation", "1BREI", nil, "R-ID-7", "code.1"},
			{"R-ID-7 another region", "2BNAC", nil, "R-ID-7", "code.1"},
			{"R-ID-7 a letter that is not given out", "1INAC", nil, "R-ID-7", "code.1"},
			{"R-ID-7 reserved", "V1NAC", nil, "R-ID-7", "code.1"},
			{"R-ID-4 no number", "", []string{"AA"}, "R-ID-4", "number.1.0"},
			{"R-ID-3 of the other class", "", []string{"001"}, "R-ID-3", "number.1.0"},
			{"R-ID-5 with I", "", []string{"A0I"}, "R-ID-5", "number.1.0"},
			{"R-ID-9 twice", "", []string{"B0A", "b0a"}, "R-ID-9", "number.1.1"},
		} {
			broken(t, try(map[int]string{1: c.code}, map[int][]string{1: c.numbers}), c.rule, c.field)
		}
		approval, err := h.Desk.Approve(t.Context(), h.Examiner, h.Ref(ref.ID), desk.ApproveForm{Round: 1, Start: "2024-12-12",
			Proposed: []string{"1BNAC"}, Codes: map[int]string{1: "１ｄｎａｃ"}, Numbers: map[int][]string{1: {"", "a0a"}}})
		h.ok(err)
		equal(t, "R-ID-10 the result says that it is not what was proposed", approval.Differs, true)
		same(t, "R-ID-9 the chosen number, and the lowest free one before it", h.ids(ref.ID), []string{"1DNACA0B", "1DNACA0A"})
		for _, want := range []string{"1BNAC", "1CNAC", "1ENAC"} {
			next := h.UnderExamination(sample.S2("2024-12-12"))
			got, err := h.approve(next, 1, "2024-12-12", "")
			h.ok(err)
			equal(t, "R-ID-6 the counter goes round what was chosen", string(got.Codes[0].Code), want)
		}
	})
}
