package benchmark

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"uketsuke/internal/desk"
	"uketsuke/internal/sample"
	"uketsuke/internal/userid"
)

// Both commands are measured against a bare transaction, by this many clients.
const (
	registering = 16
	approving   = 8
)

func TestRegistrations(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) { registrations(t, onSQLite(t), 0.6) })
	t.Run("postgres", func(t *testing.T) { registrations(t, onPostgres(t), 0.4) })
}

// registrations measures the registration of an application for three codes, each client for an
// establishment of its own.
func registrations(t *testing.T, h *house, reach float64) {
	rounds, perRound := sized(7, 1), sized(320, 16)
	h.At(inEffectOn)
	ref, _ := h.Registered(threeCodes(desiredLater))
	written, err := patternOf(t.Context(), h.bare, ofApplication, ref.ID)
	h.must(err)
	drafted, err := patternOf(t.Context(), h.bare, ofApplication, h.Draft(threeCodes(desiredLater)).ID)
	h.must(err)
	h.settle(registering)
	refs := h.drafts(h.Draft(threeCodes(desiredLater)), rounds*perRound)
	desk := &lane{name: "register", clients: registering, run: func(_, i int) error {
		_, err := h.Desk.Register(t.Context(), h.who(1+i%registering), refs[i], true)
		return err
	}}
	compare(t, h, "P1", "registrations of 3 codes, 16 clients, "+h.db.Dialect(), desk, bareRows(written, drafted), rounds, perRound, reach)
}

// drafts makes copies of a draft, in turn for each copied establishment.
func (h *house) drafts(ref desk.Ref, count int) []desk.Ref {
	h.T.Helper()
	o := h.original(ref)
	refs := make([]desk.Ref, count)
	h.must(h.copying(h.T.Context(), func(c *copier) error {
		for i := range refs {
			id, err := h.again(c, o, 1+i%h.copies, 0)
			if err != nil {
				return err
			}
			refs[i] = desk.Ref{ID: id, Version: ref.Version}
		}
		return nil
	}))
	return refs
}

// bareRows are the sizes of what a command writes: the rows that are there after it and not before, and the
// three that it updates: application, establishment and counter.
func bareRows(after, before pattern) []int {
	var sizes []int
	for i, t := range after {
		for j, row := range t.rows {
			if t.table == "applications" || j >= len(before[i].rows) {
				_, bytes := pattern{{rows: [][]any{row}}}.weight()
				sizes = append(sizes, bytes)
			}
		}
	}
	return append(sizes, 100, 30)
}

// compare runs a command in turns with a bare transaction that writes rows of the given sizes.
func compare(t *testing.T, h *house, number, what string, command *lane, sizes []int, rounds, perRound int, reach float64) {
	t.Helper()
	bare := h.bareLane(command.clients, sizes)
	timings := race(t, rounds, perRound, bare, command)
	r := ratio(timings[1], timings[0])
	total := 0
	for _, size := range sizes {
		total += size
	}
	measured.add(t, figure{
		number: number, what: what, got: perSecond(timings[1].rate()),
		reference: fmt.Sprintf("%s (%d rows, %.1f KB)", perSecond(timings[0].rate()), len(sizes), float64(total)/1000),
		ratio:     fmt.Sprintf("%.2f", r), reach: fmt.Sprintf("≥ %.1f", reach), verdict: reached(r >= reach),
	})
}

// bareLane inserts rows and nothing else, one transaction per run.
func (h *house) bareLane(clients int, sizes []int) *lane {
	h.T.Helper()
	ctx := h.T.Context()
	_, err := h.bare.ExecContext(ctx, "CREATE TABLE bare (id text PRIMARY KEY, body text NOT NULL)")
	h.must(err)
	insert, err := h.bare.PrepareContext(ctx, "INSERT INTO bare (id, body) VALUES ($1, $2)")
	h.must(err)
	h.T.Cleanup(func() { _ = insert.Close() })
	body := strings.Repeat("x", slices.Max(sizes))
	return &lane{name: "bare transaction", clients: clients, run: func(_, i int) error {
		tx, err := h.bare.BeginTx(ctx, nil)
		if err != nil {
			return err
		}
		defer tx.Rollback()
		in := tx.StmtContext(ctx, insert)
		for n, size := range sizes {
			if _, err := in.ExecContext(ctx, fmt.Sprintf("%010d-%04d", i, n), body[:max(1, size-15)]); err != nil {
				return err
			}
		}
		return tx.Commit()
	}}
}

// abbreviations gives the company of Tokyo further ones, because each has few codes in a region.
func (h *house) abbreviations(count int) {
	h.T.Helper()
	for n := 1; n <= count; n++ {
		_, err := h.bare.ExecContext(h.T.Context(), "INSERT INTO company_abbreviations (abbreviation, company, position) VALUES ($1, 'c-mihon', $2)", abbreviation(n), 1+n)
		h.must(err)
	}
}

func TestApprovals(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) { approvals(t, onSQLite(t)) })
	t.Run("postgres", func(t *testing.T) { approvals(t, onPostgres(t)) })
}

// approvals measures approvals that contend for the codes of one company: every code is given once, and
// none of them fails.
func approvals(t *testing.T, h *house) {
	rounds, perRound := sized(5, 1), sized(40, 8)
	h.At(inEffectOn)
	h.abbreviations(1 + rounds*perRound/userid.OfficesPerRegion)
	order := sample.S2(desiredLater)
	before, err := patternOf(t.Context(), h.bare, ofApplication, h.UnderExamination(order).ID)
	h.must(err)
	done, _ := h.Approved(order)
	written, err := patternOf(t.Context(), h.bare, append(ofApplication, [2]string{"secrets", "application"}), done.ID)
	h.must(err)
	before = append(before, tableRows{})
	refs := make([]desk.Ref, rounds*perRound)
	for i := range refs {
		refs[i] = h.UnderExamination(order)
	}
	codes := make(chan string, len(refs))
	approve := &lane{name: "approve", clients: approving, run: func(_, i int) error {
		approval, err := h.Desk.Approve(context.WithoutCancel(t.Context()), h.Examiner, refs[i], desk.ApproveForm{Round: 1, Start: desiredLater})
		if err == nil {
			codes <- string(approval.Codes[0].Code)
		}
		return err
	}}
	compare(t, h, "P5", "approvals contending for one company's codes, 8 clients, "+h.db.Dialect(), approve, bareRows(written, before), rounds, perRound, 0.4)
	close(codes)
	seen := map[string]bool{}
	for code := range codes {
		if seen[code] {
			t.Errorf("%s was given twice", code)
		}
		seen[code] = true
	}
}
