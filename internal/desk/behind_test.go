package desk_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"uketsuke/internal/desk"
	"uketsuke/internal/ledger"
	"uketsuke/internal/sample"
)

// secondProcess is a second process of the house: a desk with a hand of its own on the ledger.
func (h *house) secondProcess() *desk.Desk {
	h.t.Helper()
	book, err := ledger.Open(filepath.Join(h.RingDir, "ledger"))
	h.ok(err)
	h.t.Cleanup(func() { _ = book.Close() })
	other := h.Another(h.t)
	other.Ledger = book
	return other
}

// putBack puts an older state of the database under the living desks, as a promoted standby or a file put back does.
func (h *house) putBack(file string, living ...*desk.Desk) *house {
	h.t.Helper()
	book, now := h.Desk.Ledger, h.Desk
	older := h.restored(file)
	older.World.Desk, now.Ledger = now, book
	for _, d := range append(living, now) {
		d.DB = older.DB
	}
	return older
}

// behind fails unless an act was refused because the database is behind.
func behind(t *testing.T, what string, err error) {
	t.Helper()
	if !errors.Is(err, desk.ErrBehind) {
		t.Errorf("R-ID-6: %s beside a database that is behind its ledger: %v", what, err)
	}
}

// R-ID-6, R-APP-15: the database falls behind its ledger while two processes live, as after the promotion of an
// asynchronous standby. Neither gives anything out until one of them has let it catch up; then both go on, and nothing is
// given out a second time.
func TestBehindWhileProcessesLive(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		h.withLedger()
		other := h.secondProcess()
		h.caughtUp()
		start := "2024-12-12"
		waits, draft, next, back := h.UnderExamination(sample.S2(start)), h.Draft(sample.S2(start)), h.Draft(sample.S2(start)), h.Returned(sample.S2(start))
		file := h.backedUp()
		late, err := other.Register(t.Context(), h.Applicant, draft, true)
		h.ok(err)
		first, err := h.Desk.Approve(t.Context(), h.Examiner, waits, desk.ApproveForm{Round: 1, Start: start})
		h.ok(err)
		again := h.pressedAgain(back)

		r := h.putBack(file, other)
		_, err = r.Desk.Register(t.Context(), r.Applicant, next, true)
		behind(t, "a registration", err)
		_, err = other.Approve(t.Context(), r.Examiner, waits, desk.ApproveForm{Round: 1, Start: start})
		behind(t, "an approval", err)
		_, err = other.Register(t.Context(), r.Applicant, draft, true)
		behind(t, "the registration that was lost", err)
		equal(t, "both say so", [2]bool{r.Desk.Behind(), other.Behind()}, [2]bool{true, true})
		may, err := other.MayPost(t.Context())
		h.ok(err)
		equal(t, "R-MAIL-4 letters may leave", may, false)
		equal(t, "R-ID-6 codes of the refused approval", r.count("user_codes", "application = $1", waits.ID), 0)

		h.ok(other.KeepUp(t.Context()))
		h.ok(r.Desk.KeepUp(t.Context()))
		equal(t, "behind afterwards", [2]bool{r.Desk.Behind(), other.Behind()}, [2]bool{false, false})
		restores, err := r.Desk.Restores(t.Context(), r.Examiner)
		h.ok(err)
		if len(restores) != 1 || restores[0].Receipts != 2 || restores[0].Codes != 1 {
			t.Errorf("what was lost: %+v", restores)
		}
		for _, d := range []*desk.Desk{r.Desk, other} {
			number, err := d.Register(t.Context(), r.Applicant, r.Draft(sample.S2(start)), true)
			h.ok(err)
			if number <= late {
				t.Errorf("R-APP-15: %s was given out after %s", number, late)
			}
		}
		second, err := r.Desk.Approve(t.Context(), r.Examiner, waits, desk.ApproveForm{Round: 1, Start: start})
		h.ok(err)
		if first.Codes[0].Code == second.Codes[0].Code {
			t.Errorf("R-ID-6: %s was issued twice", second.Codes[0].Code)
		}
		equal(t, "R-APP-15 the letter after a forgotten one", r.pressedAgain(back), strings.TrimSuffix(again, "B")+"C")
		sound(t, r)
	})
}

// A database is behind as well when it knows another review than the ledger's base, whatever was given out since.
func TestBehindTheLastReview(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		h.withLedger()
		h.caughtUp()
		draft := h.Draft(sample.S2("2024-12-12"))
		file := h.backedUp()
		h.caughtUp()
		r := h.putBack(file)
		_, err := r.Desk.Register(t.Context(), r.Applicant, draft, true)
		behind(t, "a registration", err)
		h.ok(r.Desk.KeepUp(t.Context()))
		equal(t, "nothing was lost", r.count("restores", "1 = 1"), 0)
		_, err = r.Desk.Register(t.Context(), r.Applicant, draft, true)
		h.ok(err)
	})
}

// R-ID-6, R-APP-15: thing and owner are compared. A number that the ledger knows as one application's and the database
// as another's was given out twice: the check and the next review say which, and to whom, and nothing stays refused.
func TestGivenToTwo(t *testing.T) {
	each(t, monday, func(t *testing.T, h *house) {
		book := h.withLedger()
		h.caughtUp()
		ref, approval := h.Approved(sample.S2("2024-12-12"))
		code, receipt := string(approval.Codes[0].Code), h.Case(h.Applicant, ref.ID).Receipt
		noted, err := book.Note([]ledger.Entry{
			{Kind: ledger.Code, Key: code, At: h.Now(), Application: "lost-one", Establishment: "e-lost"},
			{Kind: ledger.Receipt, Key: receipt, At: h.Now(), Application: "lost-one", Establishment: "e-lost"}})
		h.ok(err)
		h.ok(noted.Done())
		told := func(when string) {
			t.Helper()
			findings, err := h.Desk.Check(t.Context())
			h.ok(err)
			for thing, rule := range map[string]string{code: "R-ID-6", receipt: "R-APP-15"} {
				n := 0
				for _, f := range findings {
					if f.Rule == rule && strings.Contains(f.Text, thing) && strings.Contains(f.Text, "given out twice") {
						if n++; !strings.Contains(f.Text, "lost-one of establishment e-lost") || !strings.Contains(f.Text, ref.ID) {
							t.Errorf("%s the finding does not say to whom: %s", when, f)
						}
					}
				}
				if n != 1 {
					t.Errorf("%s %s is told of %d times: %v", when, thing, n, findings)
				}
			}
		}
		told("before a review")
		_, err = h.Desk.Register(t.Context(), h.Applicant, h.Draft(sample.S2("2024-12-12")), true)
		behind(t, "a registration", err)
		h.ok(h.Desk.KeepUp(t.Context()))
		told("after it")
		restores, err := h.Desk.Restores(t.Context(), h.Examiner)
		h.ok(err)
		if len(restores) != 1 || restores[0].Codes != 1 || restores[0].Receipts != 1 {
			t.Errorf("what was lost: %+v", restores)
		}
		equal(t, "who has the code now", restores[0].Kinds[0].List[0].Again, ref.ID)
		h.Registered(sample.S2("2024-12-12"))
		equal(t, "behind", h.Desk.Behind(), false)
	})
}

// A number that somebody else has noted and not ended is given to nobody: when the other act was rolled back it is free, and
// when nobody knows its end, because its process was killed or the commit got no answer, it is passed over. No alarm is
// raised by any of these.
func TestContestedNumbers(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		h.withLedger()
		h.caughtUp()
		other := h.secondProcess().Ledger
		var sequence int
		hold := func(end func(*ledger.Noted) error) (passed int) {
			t.Helper()
			held := fmt.Sprintf("24%05dA", sequence+1)
			noted, err := other.Note([]ledger.Entry{{Kind: ledger.Receipt, Key: held, At: h.Now(), Application: "other", Series: "receipt:2024", Number: int64(sequence + 1)}})
			h.ok(err)
			h.ok(end(noted))
			before := sequence
			_, receipt := h.Registered(sample.S2("2024-12-12"))
			_, err = fmt.Sscanf(receipt, "24%05dA", &sequence)
			h.ok(err)
			return sequence - before - 1
		}
		_, receipt := h.Registered(sample.S2("2024-12-12"))
		_, err := fmt.Sscanf(receipt, "24%05dA", &sequence)
		h.ok(err)
		equal(t, "rolled back", hold((*ledger.Noted).Undone), 0)
		equal(t, "a commit without an answer", hold((*ledger.Noted).Unsure) > 0, true)
		equal(t, "killed", hold(func(*ledger.Noted) error { return other.Close() }) > 0, true)
		equal(t, "alarms", h.count("restores", "1 = 1"), 0)
		equal(t, "behind", h.Desk.Behind(), false)
	})
}

// Many acts at once, in two processes that share the ledger, raise no alarm, and reviews beside them neither.
func TestNoFalseAlarm(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		h.withLedger()
		other := h.secondProcess()
		h.caughtUp()
		var refs []desk.Ref
		for range 16 {
			refs = append(refs, h.UnderExamination(sample.S2("2024-12-12")))
		}
		var drafts []desk.Ref
		for range 24 {
			drafts = append(drafts, h.Draft(sample.S2("2024-12-12")))
		}
		var all sync.WaitGroup
		must := func(what string, err error) {
			if err != nil {
				t.Errorf("%s: %v", what, err)
			}
		}
		by := func(i int) *desk.Desk { return []*desk.Desk{h.Desk, other}[i%2] }
		for i, ref := range refs {
			all.Go(func() {
				_, err := by(i).Approve(t.Context(), h.Examiner, ref, desk.ApproveForm{Round: 1, Start: "2024-12-12"})
				must("approve", err)
			})
		}
		for i, ref := range drafts {
			all.Go(func() {
				_, err := by(i).Register(t.Context(), h.Applicant, ref, true)
				must("register", err)
			})
		}
		all.Go(func() {
			for range 3 {
				_, err := other.CatchUp(t.Context())
				must("catch up", err)
				must("keep up", h.Desk.KeepUp(t.Context()))
			}
		})
		all.Wait()
		equal(t, "alarms", h.count("restores", "1 = 1"), 0)
		equal(t, "behind", [2]bool{h.Desk.Behind(), other.Behind()}, [2]bool{false, false})
	})
}

// No checkpoint is signed in a database that has forgotten entries of a published one, until the restart was recorded.
func TestNoCheckpointWhileBehind(t *testing.T) {
	each(t, monday, func(t *testing.T, h *house) {
		h.withLedger()
		h.caughtUp()
		_, err := h.Desk.Checkpoint(t.Context())
		h.ok(err)
		file := h.backedUp()
		h.Registered(sample.S2("2024-12-12"))
		published, err := h.Desk.Checkpoint(t.Context())
		h.ok(err)
		r := h.putBack(file)
		kept, err := r.Desk.Checkpoint(t.Context())
		h.ok(err)
		if kept.Size >= published.Size {
			t.Errorf("the older database has a checkpoint of %d entries, as many as the newer one's %d", kept.Size, published.Size)
		}
		h.ok(r.Desk.KeepUp(t.Context()))
		equal(t, "restores", r.count("restores", "1 = 1"), 1)
		after, err := r.Desk.Checkpoint(t.Context())
		h.ok(err)
		if after.Number == kept.Number {
			t.Error("no checkpoint was signed after the restart was recorded")
		}
	})
}

// R-APP-15: an act that took its number before a review made that a lost one, and comes to its end after it, does not give
// it out. The act is held between the two by a lock on what it writes next; SQLite has one writer and no such moment.
func TestNumberTakenBeforeAReview(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		if h.DB.Dialect() == "sqlite" {
			return
		}
		h.withLedger()
		h.caughtUp()
		draft, next := h.Draft(sample.S2("2024-12-12")), h.Draft(sample.S2("2024-12-12"))
		file := h.backedUp()
		lost, err := h.Desk.Register(t.Context(), h.Applicant, draft, true)
		h.ok(err)
		r := h.putBack(file)
		holding, err := r.raw.BeginTx(t.Context(), nil)
		r.ok(err)
		_, err = holding.ExecContext(t.Context(), "LOCK TABLE application_events IN EXCLUSIVE MODE")
		r.ok(err)
		var number string
		pressed := make(chan error)
		go func() {
			var err error
			number, err = r.Desk.Register(t.Context(), r.Applicant, next, true)
			pressed <- err
		}()
		for r.count("pg_locks", "NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())") == 0 {
			<-time.After(time.Millisecond)
		}
		r.ok(r.Desk.KeepUp(t.Context()))
		r.ok(holding.Commit())
		r.ok(<-pressed)
		if number <= lost {
			t.Errorf("R-APP-15: %s was given out after %s", number, lost)
		}
	})
}
