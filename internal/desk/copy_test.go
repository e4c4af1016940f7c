package desk_test

import (
	"errors"
	"strings"
	"sync"
	"testing"

	"uketsuke/internal/application"
	"uketsuke/internal/desk"
	"uketsuke/internal/sample"
)

// What was registered once can be the beginning of a new application, whatever became of it.
func TestCopyAsNew(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		ctx := t.Context()
		registered, _ := h.Registered(sample.S1("2024-12-12"))
		withdrawn, _ := h.Registered(sample.S2("2024-12-12"))
		h.ok(h.Desk.Withdraw(ctx, h.Applicant, withdrawn))
		rejected := h.UnderExamination(sample.S3("2024-12-12"))
		h.ok(h.Desk.Reject(ctx, h.Examiner, rejected, 1, "対象外のため。"))
		approved, _ := h.Approved(sample.S2("2024-12-12"))
		void, _ := h.Approved(incomplete(sample.S3("2024-12-12")))
		h.ok(h.Desk.Void(ctx, h.Supervisor, h.Ref(void.ID), "取りやめのため。"))
		for name, id := range map[string]string{"registered": registered.ID, "withdrawn": withdrawn.ID, "rejected": rejected.ID,
			"approved": approved.ID, "void": void.ID} {
			from := h.Case(h.Applicant, id)
			ref, err := h.Desk.CopyAsNew(ctx, h.Applicant, id)
			h.ok(err)
			got := h.Case(h.Applicant, ref.ID)
			equal(t, name+": state", got.State, application.InDraft)
			equal(t, name+": reason", got.Document.Reason, from.Document.Reason)
			same(t, name+": kinds", got.Document.Kinds, from.Document.Kinds)
			equal(t, name+": codes", len(got.Document.Codes), len(from.Document.Codes))
			equal(t, name+": rows", len(got.Document.Codes[0].Rows), len(from.Document.Codes[0].Rows))
			equal(t, name+": settings", got.SettingsComplete, from.SettingsComplete)
			equal(t, name+": no wish", got.Document.Desired.IsZero(), true)
			equal(t, name+": contact to be confirmed again", got.Document.Contact.Confirmed, false)
			equal(t, name+": contact", got.Document.Contact.Name, from.Document.Contact.Name)
			equal(t, name+": where from", h.rows("SELECT copied_from FROM applications WHERE id = $1", ref.ID)[0], id)
			equal(t, name+": in the history", got.Events[0].Detail["copied"], from.Receipt)
			equal(t, name+": evidence", h.count("audit_entries", "application = $1 AND act = 'begin'", ref.ID), 1)
		}
	})
}

// A double click gives one draft; what was worked on since is not given again; nobody else's is copied.
func TestCopyTwiceIsOneDraft(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		ctx := t.Context()
		source, _ := h.Registered(sample.S2("2024-12-12"))
		var group sync.WaitGroup
		refs := make([]desk.Ref, 4)
		errs := make([]error, len(refs))
		for i := range refs {
			group.Go(func() { refs[i], errs[i] = h.Desk.CopyAsNew(ctx, h.Applicant, source.ID) })
		}
		group.Wait()
		h.ok(errors.Join(errs...))
		for _, ref := range refs {
			equal(t, "one draft", ref, refs[0])
		}
		other, err := h.Desk.CopyAsNew(ctx, h.Administrator, source.ID)
		h.ok(err)
		h.ok(h.Desk.UseEarliest(ctx, h.Applicant, refs[0]))
		again, err := h.Desk.CopyAsNew(ctx, h.Applicant, source.ID)
		h.ok(err)
		if other.ID == refs[0].ID || again.ID == refs[0].ID || again.ID == other.ID {
			t.Errorf("copies %v, %v, %v are one", refs[0], other, again)
		}
		for name, err := range map[string]error{
			"another establishment": h.unchanged("another", func() error { _, err := h.Desk.CopyAsNew(ctx, h.OtherApplicant, source.ID); return err }),
			"a draft":               h.unchanged("draft", func() error { _, err := h.Desk.CopyAsNew(ctx, h.Applicant, other.ID); return err }),
		} {
			if !errors.Is(err, desk.ErrNotFound) {
				t.Errorf("%s: %v", name, err)
			}
		}
		for _, actor := range []struct{ name string }{{"viewer"}, {"examiner"}} {
			who := h.Viewer
			if actor.name == "examiner" {
				who = h.Examiner
			}
			err := h.unchanged(actor.name, func() error { _, err := h.Desk.CopyAsNew(ctx, who, source.ID); return err })
			if !errors.Is(err, desk.ErrForbidden) {
				t.Errorf("%s: %v", actor.name, err)
			}
		}
	})
}

// A void by the deadline stands on the top menu until it is begun anew.
func TestVoidByDeadlineIsToDo(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		ref, _ := h.Approved(incomplete(sample.S2("2024-12-12")))
		todo := func() string {
			top, err := h.Desk.Top(t.Context(), h.Applicant)
			h.ok(err)
			var kinds []string
			for _, what := range top.Todo {
				kinds = append(kinds, string(what.Kind))
			}
			return strings.Join(kinds, " ")
		}
		h.At("2024-12-07T00:00:00+09:00")
		equal(t, "before anybody has recorded it", todo(), "void")
		h.tick()
		equal(t, "recorded", todo(), "void")
		_, err := h.Desk.CopyAsNew(t.Context(), h.Applicant, ref.ID)
		h.ok(err)
		equal(t, "begun anew", todo(), "draft")
		h.At("2025-03-10T00:00:00+09:00")
		h.tick()
	})
}
