package desk_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"uketsuke/internal/audit"
	"uketsuke/internal/calendar"
	"uketsuke/internal/desk"
	"uketsuke/internal/mail"
	"uketsuke/internal/sample"
)

// keepLog is one round of the log's work, not before its rest is over.
func (h *house) keepLog() {
	h.t.Helper()
	h.Pass(11 * time.Minute)
	h.ok(h.Desk.KeepLog(h.t.Context()))
}

func (h *house) logState() desk.LogState {
	h.t.Helper()
	state, err := h.Desk.LogState(h.t.Context())
	h.ok(err)
	return state
}

// keys are the public keys of the log, as `audit key` prints them.
func (h *house) logKeys() string {
	h.t.Helper()
	keys, err := h.Desk.LogKeys(h.t.Context())
	h.ok(err)
	var lines []string
	for _, use := range keys {
		lines = append(lines, use.Key)
	}
	return strings.Join(lines, "\n")
}

// exported is an export as the auditor verifies it, who knows the first key only.
func (h *house) exported(x desk.LogExport) (string, audit.Report) {
	h.t.Helper()
	var out bytes.Buffer
	h.ok(h.Desk.ExportLog(h.t.Context(), h.Supervisor, x, &out))
	first, _, _ := strings.Cut(h.logKeys(), "\n")
	trust, err := audit.NewTrust(first)
	h.ok(err)
	report, err := audit.VerifyExport(strings.NewReader(out.String()), trust)
	h.ok(err)
	return out.String(), report
}

func faultsOf(r audit.Report) []audit.Fault {
	var all []audit.Fault
	for _, f := range r.Findings {
		if !slices.Contains(all, f.Fault) {
			all = append(all, f.Fault)
		}
	}
	return all
}

// TestLog: every entry gets its place, whoever is at it, and what was signed is what an auditor verifies.
func TestLog(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		h.keepLog()
		state := h.logState()
		entries := h.count("audit_entries", "1 = 1")
		if state.Size < int64(entries)-2 || state.Last.Size == 0 || state.Origin == "" {
			t.Fatalf("%d entries: %+v", entries, state)
		}
		h.twoSequencers()
		h.lateEntry()
		_, report := h.exported(desk.LogExport{Personal: true})
		if !report.Clean() || report.Leaves < int64(entries) || report.Forgotten != 0 || report.Checkpoints < 2 {
			t.Errorf("the export: %+v", report)
		}
		if _, part := h.exported(desk.LogExport{From: 3, To: 9}); !part.Clean() || part.Leaves != 6 {
			t.Errorf("a part without personal text: %+v", part)
		}
		text, byDay := h.exported(desk.LogExport{Since: day("2024-12-02"), Until: day("2024-12-02")})
		if !byDay.Clean() || byDay.Leaves == 0 || strings.Contains(text, `"salt"`) {
			t.Errorf("a day without personal text: %+v", byDay)
		}
		h.rotated()
		h.proven()
		h.verifiedAsked()
	})
}

// twoSequencers run at once with people who act: no entry is lost, none has two places.
func (h *house) twoSequencers() {
	other := h.reopened()
	var work sync.WaitGroup
	for _, d := range []*desk.Desk{h.Desk, other} {
		work.Go(func() {
			for range 10 {
				if err := d.Searched(h.t.Context(), h.Examiner, "見本"); err != nil {
					h.t.Error(err)
				}
				if _, err := d.Checkpoint(h.t.Context()); err != nil {
					h.t.Error(err)
				}
			}
		})
	}
	work.Wait()
	_, err := h.Desk.Checkpoint(h.t.Context())
	h.ok(err)
	equal(h.t, "waiting", h.logState().Waiting, 0)
	equal(h.t, "a leaf for each entry", h.count("audit_leaves", "1 = 1"), h.count("audit_entries", "1 = 1"))
	equal(h.t, "places without gaps", h.count("audit_leaves", "seq >= (SELECT count(*) FROM audit_leaves)"), 0)
}

// lateEntry commits after entries with later ids have their places: it must get one all the same.
func (h *house) lateEntry() {
	earlier := h.rows("SELECT MIN(id) FROM audit_entries")[0]
	early := "00" + earlier[2:]
	_, err := h.raw.ExecContext(h.t.Context(), `INSERT INTO audit_entries (id, at, actor, act, establishment, application, entry, hash, personal, salt)
SELECT $1, at, actor, act, establishment, application, REPLACE(entry, id, $1), hash, personal, salt FROM audit_entries WHERE id = $2`, early, earlier)
	h.ok(err)
	text := h.rows("SELECT entry FROM audit_entries WHERE id = '" + early + "'")[0]
	_, err = h.raw.ExecContext(h.t.Context(), "UPDATE audit_entries SET hash = $1 WHERE id = $2", audit.Hash(text), early)
	h.ok(err)
	_, err = h.raw.ExecContext(h.t.Context(), "INSERT INTO audit_pending (entry) VALUES ($1)", early)
	h.ok(err)
	_, err = h.Desk.Checkpoint(h.t.Context())
	h.ok(err)
	equal(h.t, "an entry whose id is before all others has a place", h.count("audit_leaves", "entry = $1", early), 1)
}

// rotated: after a rotation the old key has named the new one, and an auditor who knows the first one follows.
func (h *house) rotated() {
	_, err := h.Ring.Rotate("audit-log")
	h.ok(err)
	last, err := h.Desk.Checkpoint(h.t.Context())
	h.ok(err)
	equal(h.t, "a checkpoint is signed by one key and hands nothing over", strings.Count(last.Signed, "\n— "), 1)
	_, err = h.Ring.Retire("audit-log")
	h.ok(err)
	if _, report := h.exported(desk.LogExport{}); !report.Clean() {
		h.t.Errorf("after the rotation: %v", report.Findings)
	}
	equal(h.t, "keys", len(strings.Split(h.logKeys(), "\n")), 2)
	equal(h.t, "the entry about it", h.count("audit_entries", "act = 'use-log-key'"), 2)
}

// proven: one entry is proven without the rest.
func (h *house) proven() {
	id := h.rows("SELECT MAX(id) FROM audit_entries WHERE act = 'search'")[0]
	p, err := h.Desk.ProveEntry(h.t.Context(), h.Supervisor, id)
	h.ok(err)
	trust, err := audit.NewTrust(h.logKeys())
	h.ok(err)
	if _, err := p.Proof.Verify(trust); err != nil || p.Said.Personal[audit.Search] != "見本" {
		h.t.Errorf("%+v, %v", p.Said, err)
	}
	if _, err := h.Desk.ProveEntry(h.t.Context(), h.Examiner, id); !errors.Is(err, desk.ErrForbidden) {
		h.t.Errorf("an examiner has a proof: %v", err)
	}
	if _, err := h.Desk.ProveEntry(h.t.Context(), h.Supervisor, "none"); !errors.Is(err, desk.ErrNotFound) {
		h.t.Errorf("a proof of nothing: %v", err)
	}
}

// verifiedAsked: a verification that somebody asked for has its outcome.
func (h *house) verifiedAsked() {
	h.ok(h.Desk.AskVerification(h.t.Context(), h.Supervisor))
	if err := h.Desk.AskVerification(h.t.Context(), h.Examiner); !errors.Is(err, desk.ErrForbidden) {
		h.t.Errorf("an examiner asks: %v", err)
	}
	h.ok(h.Desk.VerifyAsked(h.t.Context()))
	view, err := h.Desk.AuditLog(h.t.Context(), h.Supervisor, desk.AuditQuery{})
	h.ok(err)
	if view.Verified.DoneAt.IsZero() || view.Verified.Findings != 0 || view.Verified.Size == 0 {
		h.t.Errorf("the verification: %+v", view.Verified)
	}
}

// A log that has lost all its checkpoints is no log that has not begun (ASVS 16.4.2).
func TestLogWithoutItsCheckpoints(t *testing.T) {
	each(t, monday, func(t *testing.T, h *house) {
		if report, err := h.Desk.VerifyLog(t.Context()); err != nil || !report.Clean() {
			t.Errorf("a log that has not begun: %v, %v", report.Findings, err)
		}
		h.keepLog()
		_, err := h.raw.ExecContext(t.Context(), "DELETE FROM audit_checkpoints")
		h.ok(err)
		if report, err := h.Desk.VerifyLog(t.Context()); err != nil || report.Clean() {
			t.Errorf("entries that no checkpoint covers any more pass for a log that has not begun: %+v, %v", report, err)
		}
	})
}

// TestLogAltered: what is altered in the database is found there too, against checkpoints kept outside.
func TestLogAltered(t *testing.T) {
	each(t, monday, func(t *testing.T, h *house) {
		h.keepLog()
		saved := h.logState().Last.Signed
		n := h.logState().Last.Size
		for _, row := range []struct {
			name, do, undo string
			want           []audit.Fault
			check          string
		}{
			{"entry changed", "UPDATE audit_entries SET entry = REPLACE(entry, 'import', 'impart') WHERE act = 'import'",
				"UPDATE audit_entries SET entry = REPLACE(entry, 'impart', 'import') WHERE act = 'import'", []audit.Fault{audit.Changed}, "changed"},
			{"hash that is none", "UPDATE audit_leaves SET hash = '*' || hash WHERE seq = 2", "UPDATE audit_leaves SET hash = substr(hash, 2) WHERE seq = 2",
				[]audit.Fault{audit.Changed}, "changed"},
			{"leaf removed", "UPDATE audit_leaves SET seq = -1 WHERE seq = 2", "UPDATE audit_leaves SET seq = 2 WHERE seq = -1",
				[]audit.Fault{audit.Removed, audit.TailCut}, "removed"},
			{"entry removed", "UPDATE audit_entries SET id = 'x' || id WHERE act = 'import'", "UPDATE audit_entries SET id = substr(id, 2) WHERE act = 'import'",
				[]audit.Fault{audit.Vanished}, "is gone, and"},
			{"trap 18 tail cut with its checkpoints", "UPDATE audit_checkpoints SET size = -size", "UPDATE audit_checkpoints SET size = -size",
				[]audit.Fault{audit.TailCut}, ""},
			{"trap 23 personal text gone without a word", "UPDATE audit_entries SET personal = '*' || personal, salt = '*' || salt", "UPDATE audit_entries SET personal = substr(personal, 2), salt = substr(salt, 2)",
				[]audit.Fault{audit.Changed}, "changed"},
		} {
			_, err := h.raw.ExecContext(t.Context(), row.do)
			h.ok(err)
			report, err := h.Desk.VerifyLog(t.Context(), saved)
			h.ok(err)
			if got := faultsOf(report); !containsAll(got, row.want) {
				t.Errorf("%s: found %v, want %v", row.name, got, row.want)
			}
			if row.check == "changed" { // the one on the page says so too, and is over
				_, err = h.raw.ExecContext(t.Context(), "DELETE FROM audit_verifications")
				h.ok(err)
				h.ok(h.Desk.AskVerification(t.Context(), h.Supervisor))
				h.ok(h.Desk.VerifyAsked(t.Context()))
				equal(t, row.name+": verifications with findings", h.count("audit_verifications", "findings > 0 AND done_at IS NOT NULL"), 1)
			}
			findings, err := h.Desk.Check(t.Context())
			h.ok(err)
			if row.check != "" && !slices.ContainsFunc(findings, func(f desk.Finding) bool { return strings.Contains(f.Text, row.check) }) {
				t.Errorf("%s: the check finds %v", row.name, findings)
			}
			_, err = h.raw.ExecContext(t.Context(), row.undo)
			h.ok(err)
		}
		if report, err := h.Desk.VerifyLog(t.Context(), saved); err != nil || !report.Clean() || report.Saved != 1 {
			t.Errorf("as it was: %+v, %v", report, err)
		}
		where, err := h.Desk.LogStands(t.Context(), saved)
		equal(t, "the log holds what was saved", where, desk.LogHolds)
		h.ok(err)
		_, err = h.raw.ExecContext(t.Context(), "UPDATE audit_tree SET size = $1", n-1)
		h.ok(err)
		where, err = h.Desk.LogStands(t.Context(), saved)
		equal(t, "a log that is shorter", where, desk.LogBehind)
		h.ok(err)
	})
}

func containsAll(got, want []audit.Fault) bool {
	return !slices.ContainsFunc(want, func(f audit.Fault) bool { return !slices.Contains(got, f) })
}

// TestLogIsBounded: trap 23. Personal text and text are removed in their time, each with an entry that says so,
// and the tree is verified as before.
// The check of what stands in the applications' histories does not miss the entries.
func TestLogIsBounded(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		ref, _ := h.Registered(sample.S2("2024-12-12"))
		h.ok(h.Desk.Withdraw(t.Context(), h.Applicant, ref))
		h.ok(h.Desk.Discard(t.Context(), h.Applicant, h.Draft(sample.S2("2024-12-12"))))
		h.keepLog()
		saved := h.logState().Last.Signed
		old := h.count("audit_entries", "1 = 1")
		h.At("2031-12-03T09:00:00+09:00")
		h.keepLog()
		equal(t, "trap 23: personal text is gone", h.count("audit_entries", "salt <> '' AND at < '2031'"), 0)
		equal(t, "text is not", h.count("audit_entries", "at < '2031'"), old)
		h.At("2034-12-04T09:00:00+09:00")
		h.keepLog()
		equal(t, "trap 23: text is gone", h.count("audit_entries", "at < '2031'"), 0)
		equal(t, "an entry each", h.count("audit_entries", "act IN ('forget-personal', 'drop-entries')"), 2)
		_, err := h.Desk.Checkpoint(t.Context())
		h.ok(err)
		report, err := h.Desk.VerifyLog(t.Context(), saved)
		h.ok(err)
		if !report.Clean() || report.Saved != 1 || report.Dropped < int64(old) {
			t.Errorf("trap 23: %+v", report)
		}
		if _, x := h.exported(desk.LogExport{Personal: true}); !x.Clean() || x.Dropped < int64(old) {
			t.Errorf("trap 23: the export: %+v", x)
		}
	})
}

// A memory is a way for checkpoints that fails as often as it is told.
type memory struct {
	fails int
	got   []string
}

func (m *memory) Name() string { return "memory" }

func (m *memory) Send(_ context.Context, signed string) error {
	if m.fails > 0 {
		m.fails--
		return errors.New("down")
	}
	m.got = append(m.got, signed)
	return nil
}

// TestCheckpointsLeave: each way gets each checkpoint in order, also after it was down; one that is down keeps
// nothing else.
func TestCheckpointsLeave(t *testing.T) {
	each(t, monday, func(t *testing.T, h *house) {
		up, down := &memory{}, &memory{fails: 2}
		h.Desk.Ways = []desk.Way{named{down, "down"}, up}
		h.keepLog()
		if err := h.Desk.SendCheckpoints(t.Context()); err == nil {
			t.Error("nothing is said of a way that is down")
		}
		equal(t, "the other way", len(up.got), 1)
		h.ok(h.Desk.SendCheckpoints(t.Context()))
		equal(t, "it is not tried again at once", down.fails, 1)
		h.Pass(time.Minute)
		if err := h.Desk.SendCheckpoints(t.Context()); err == nil {
			t.Error("nothing is said of a way that is down")
		}
		h.ok(h.Desk.Searched(t.Context(), h.Examiner, "x"))
		h.keepLog()
		h.Pass(2 * time.Minute)
		h.ok(h.Desk.SendCheckpoints(t.Context()))
		same(t, "both have all, in order", down.got, up.got)
		equal(t, "all", len(up.got), h.count("audit_checkpoints", "1 = 1"))
	})
}

type named struct {
	desk.Way
	name string
}

func (n named) Name() string { return n.name }

// TestAuditSearch: C8 finds by each condition, page by page, and only supervisors find anything.
func TestAuditSearch(t *testing.T) {
	each(t, monday, func(t *testing.T, h *house) {
		app, _ := h.Approved(sample.S2("2024-12-12"))
		h.keepLog()
		receipt := h.rows("SELECT receipt FROM applications WHERE id = '" + app.ID + "'")[0]
		const odd = `A & B <"qu%ick_!">`
		h.ok(h.Desk.SearchedAudit(t.Context(), h.Supervisor, desk.AuditQuery{Text: odd}))
		h.keepLog()
		sought := func(r desk.AuditRow) bool { return strings.Contains(r.Said.Personal[audit.Search], odd) }
		for _, row := range []struct {
			name string
			q    desk.AuditQuery
			want func(desk.AuditRow) bool
		}{
			{"signs", desk.AuditQuery{Text: odd}, sought},
			{"capitals do not count", desk.AuditQuery{Text: strings.ToLower(odd)}, sought},
			{"act", desk.AuditQuery{Act: "approve"}, func(r desk.AuditRow) bool { return r.Said.Act == "approve" }},
			{"actor", desk.AuditQuery{Actor: string(h.Examiner.ID)}, func(r desk.AuditRow) bool { return r.Said.Actor == h.Examiner.ID }},
			{"receipt", desk.AuditQuery{About: receipt}, func(r desk.AuditRow) bool { return r.Said.Application == app.ID }},
			{"application", desk.AuditQuery{About: app.ID}, func(r desk.AuditRow) bool { return r.Said.Application == app.ID }},
			{"establishment", desk.AuditQuery{Establishment: h.Applicant.Establishment}, func(r desk.AuditRow) bool { return r.Said.Establishment == h.Applicant.Establishment }},
			{"days", desk.AuditQuery{From: day("2024-12-02"), To: day("2024-12-02")}, func(r desk.AuditRow) bool { return calendar.DateOf(r.Said.At) == day("2024-12-02") }},
			{"personal text", desk.AuditQuery{Text: h.Examiner.Name}, func(r desk.AuditRow) bool { return r.Said.ActorName == h.Examiner.Name }},
		} {
			view, err := h.Desk.AuditLog(t.Context(), h.Supervisor, row.q)
			h.ok(err)
			if len(view.Rows) == 0 || slices.ContainsFunc(view.Rows, func(r desk.AuditRow) bool { return !row.want(r) }) {
				t.Errorf("%s: %d rows", row.name, len(view.Rows))
			}
		}
		if _, err := h.Desk.AuditLog(t.Context(), h.Examiner, desk.AuditQuery{}); !errors.Is(err, desk.ErrForbidden) {
			t.Errorf("an examiner reads the log: %v", err)
		}
		h.ok(h.Desk.SearchedAudit(t.Context(), h.Supervisor, desk.AuditQuery{Text: "花子"}))
		equal(t, "the search is an entry", h.count("audit_entries", "act = 'search-audit'"), 2)
	})
}

// TestActsAreListed: every act that the source names where evidence is written is one of Acts.
func TestActsAreListed(t *testing.T) {
	acts := actsInSource(t)
	if len(acts) < 40 {
		t.Fatalf("the test finds only the acts %v", acts)
	}
	for _, act := range acts {
		if !slices.Contains(desk.Acts(), act) {
			t.Errorf("the act %q is not in Acts", act)
		}
	}
}

// evidenceCalls are the calls whose first text names an act.
var evidenceCalls = regexp.MustCompile(`\b(?:Audit|AuditOf|auditMail|auditNotice|auditExport|factorChanged|invite|link)\((?:a, |a\.Tx, |[a-z]+\.Tx, |ctx, actor, |context\.WithoutCancel\(ctx\), actor, )?"([a-z-]+)"`)

func actsInSource(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("*/*.go")
	if err != nil {
		t.Fatal(err)
	}
	var acts []string
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		for _, call := range evidenceCalls.FindAllStringSubmatch(string(text), -1) {
			acts = append(acts, call[1])
		}
	}
	slices.Sort(acts)
	return slices.Compact(acts)
}

// TestCheckpointIsMailed: the last checkpoint goes to the configured addresses once a day, while there are new ones,
// and what arrives can be verified.
func TestCheckpointIsMailed(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		h.Desk.Audit.MailTo = []string{"auditor@example.jp"}
		h.keepLog()
		h.keepLog()
		equal(t, "one mail a day", h.count("outbox", "kind = 'audit-checkpoint' AND recipient = 'auditor@example.jp'"), 1)
		h.Pass(25 * time.Hour)
		h.keepLog()
		equal(t, "and one the next day", h.count("outbox", "kind = 'audit-checkpoint'"), 2)
		var letter mail.Letter
		h.ok(json.Unmarshal([]byte(h.rows("SELECT payload FROM outbox WHERE kind = 'audit-checkpoint'")[0]), &letter))
		report, err := h.Desk.VerifyLog(t.Context(), strings.ReplaceAll(letter.Checkpoint, "\n", "\r\n"))
		if err != nil || !report.Clean() || report.Saved != 1 {
			t.Errorf("%+v, %v", report, err)
		}
	})
}

// R-CAL-3: while the desk clock is doubted the log gets its places and signatures, and what goes by that clock waits
// until it is believed: nothing is removed, no letter written, no verification asked for.
func TestLogWhileTheClockIsDoubted(t *testing.T) {
	each(t, monday, func(t *testing.T, h *house) {
		h.Desk.Audit.MailTo = []string{"auditor@example.jp"}
		byClock := "act IN ('forget-personal', 'drop-entries', 'mail-checkpoint', 'verify-audit')"
		guard, err := h.Desk.WatchClock(t.Context(), desk.Witnesses{})
		h.ok(err)
		h.At("2035-12-03T10:00:00+09:00")
		h.ok(guard.Observe(t.Context()))
		equal(t, "the clock is believed", guard.Doubt() == "", false)
		h.ok(h.Desk.Searched(t.Context(), h.Examiner, "見本"))
		h.Pass(11 * time.Minute)
		h.ok(h.Desk.KeepLogInDoubt(t.Context()))
		state := h.logState()
		equal(t, "waiting is what the first signature left", state.Waiting, int64(1))
		equal(t, "signed", state.Last.Size, state.Size)
		equal(t, "in doubt, by the clock", h.count("audit_entries", byClock), 0)
		h.keepLog()
		equal(t, "believed again, by the clock", h.count("audit_entries", byClock), 4)
	})
}
