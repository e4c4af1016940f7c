package desk_test

import (
	"errors"
	"sync"
	"testing"

	"uketsuke/internal/account"
	"uketsuke/internal/desk"
	"uketsuke/internal/sample"
	"uketsuke/internal/userid"
)

// E15, R-CON-3: U業務 can be read from the approval on and ticked from the start date on, by those who may
// apply, each with who and when; taking a tick back is possible; what was ticked twice stays the first's.
func TestSetupIsTickedFromTheStartOn(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		ctx := t.Context()
		ref, _ := h.Approved(sample.S1("2024-12-12"))
		id := userid.ID(h.ids(ref.ID)[0])
		page := func(actor account.Actor) desk.Preparation {
			p, err := h.Desk.Preparation(ctx, actor, ref.ID)
			h.ok(err)
			return p
		}
		p := page(h.Applicant)
		equal(t, "IDs", len(p.IDs), 2)
		equal(t, "done", p.Done, 0)
		equal(t, "may tick", p.MayTick, false)
		h.At("2024-12-11T23:59:59.999999+09:00")
		broken(t, h.unchanged("ticking before the start", func() error { return h.Desk.TickSetup(ctx, h.Applicant, ref.ID, id, "URY") }), "R-CON-3", "")
		h.At("2024-12-12T00:00:00+09:00")
		h.ok(h.Desk.TickSetup(ctx, h.Applicant, ref.ID, id, "URY"))
		h.ok(h.Desk.TickSetup(ctx, h.Administrator, ref.ID, id, "URY"))
		equal(t, "who", page(h.Viewer).IDs[0].Steps[0].By, h.Applicant.Name)
		equal(t, "when", page(h.Viewer).IDs[0].Steps[0].At, h.Now())
		equal(t, "viewers cannot", page(h.Viewer).MayTick, false)
		h.ok(h.Desk.UntickSetup(ctx, h.Administrator, ref.ID, id, "URY"))
		equal(t, "taken back", page(h.Applicant).Done, 0)
		h.ok(h.Desk.TickSetup(ctx, h.Administrator, ref.ID, id, "*"))
		p = page(h.Applicant)
		equal(t, "all of one ID", p.IDs[0].Done, len(p.IDs[0].Steps))
		equal(t, "none of the other", p.IDs[1].Done, 0)
		equal(t, "evidence", h.count("audit_entries", "act IN ('tick-setup', 'untick-setup')"), 3)
		for name, err := range map[string]error{
			"viewer":                h.Desk.TickSetup(ctx, h.Viewer, ref.ID, id, "UOK"),
			"centre":                h.Desk.TickSetup(ctx, h.Supervisor, ref.ID, id, "UOK"),
			"another establishment": h.Desk.TickSetup(ctx, h.OtherApplicant, ref.ID, id, "UOK"),
			"a step of no trade":    h.Desk.TickSetup(ctx, h.Applicant, ref.ID, id, "UBA"),
			"another's ID":          h.Desk.TickSetup(ctx, h.Applicant, ref.ID, "1ZZZZA0A", "UOK"),
		} {
			if !errors.Is(err, desk.ErrForbidden) && !errors.Is(err, desk.ErrNotFound) {
				t.Errorf("%s: got %v", name, err)
			}
		}
	})
}

// E15: never for an approval that came to nothing, recorded or not.
func TestNoSetupForTheVoid(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		ref, _ := h.Approved(incomplete(sample.S1("2024-12-12")))
		id := userid.ID(h.ids(ref.ID)[0])
		h.At("2024-12-12T09:00:00+09:00")
		_, err := h.Desk.Preparation(t.Context(), h.Applicant, ref.ID)
		equal(t, "void page", errors.Is(err, desk.ErrNotFound), true)
		equal(t, "void tick", errors.Is(h.Desk.TickSetup(t.Context(), h.Applicant, ref.ID, id, "URY"), desk.ErrNotFound), true)
		menu, err := h.Desk.Top(t.Context(), h.Applicant)
		h.ok(err)
		for _, todo := range menu.Todo {
			equal(t, "void todo", todo.Kind == desk.TodoSetup, false)
		}
	})
}

// E2: what is left of U業務 stands on the top menu for ten business days after the start, until it is done.
func TestSetupOnTheTopMenu(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		ref, _ := h.Approved(sample.S1("2024-12-12"))
		left := func(at string) (n int, done int) {
			h.At(at)
			menu, err := h.Desk.Top(t.Context(), h.Applicant)
			h.ok(err)
			for _, todo := range menu.Todo {
				if todo.Kind == desk.TodoSetup {
					n, done = n+1, todo.Done
				}
			}
			return n, done
		}
		for at, want := range map[string]int{"2024-12-11T23:59:59+09:00": 0} {
			n, _ := left(at)
			equal(t, "before the start", n, want)
		}
		n, _ := left("2024-12-12T00:00:00+09:00")
		equal(t, "on the start", n, 1)
		ids := h.ids(ref.ID)
		h.ok(h.Desk.TickSetup(t.Context(), h.Applicant, ref.ID, userid.ID(ids[0]), "*"))
		n, done := left("2024-12-26T09:00:00+09:00")
		equal(t, "tenth business day", n, 1)
		equal(t, "done is counted", done > 0, true)
		h.ok(h.Desk.TickSetup(t.Context(), h.Applicant, ref.ID, userid.ID(ids[1]), "*"))
		n, _ = left("2024-12-26T10:00:00+09:00")
		equal(t, "all done", n, 0)
		h.ok(h.Desk.UntickSetup(t.Context(), h.Applicant, ref.ID, userid.ID(ids[1]), "URY"))
		n, _ = left("2024-12-26T23:59:59+09:00")
		equal(t, "last moment of the reminder", n, 1)
		n, _ = left("2024-12-27T00:00:00+09:00")
		equal(t, "no longer after ten business days", n, 0)
	})
}

// Two people tick the same step at once: both are content, one is noted.
func TestTwoTickAtOnce(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		ref, _ := h.Approved(sample.S1("2024-12-12"))
		id := userid.ID(h.ids(ref.ID)[0])
		h.At("2024-12-12T09:00:00+09:00")
		other := h.reopened()
		results := make([]error, 2)
		var both sync.WaitGroup
		both.Go(func() { results[0] = h.Desk.TickSetup(t.Context(), h.Applicant, ref.ID, id, "*") })
		both.Go(func() { results[1] = other.TickSetup(t.Context(), h.Administrator, ref.ID, id, "*") })
		both.Wait()
		h.ok(errors.Join(results...))
		p, err := h.Desk.Preparation(t.Context(), h.Applicant, ref.ID)
		h.ok(err)
		equal(t, "each step once", h.count("setup_ticks", "1 = 1"), len(p.IDs[0].Steps))
	})
}
