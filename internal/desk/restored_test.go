package desk_test

import (
	"database/sql"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"uketsuke/internal/application"
	"uketsuke/internal/desk"
	"uketsuke/internal/ledger"
	"uketsuke/internal/sample"
	"uketsuke/internal/store"
	"uketsuke/internal/store/pgtest"
	"uketsuke/internal/store/query"
	"uketsuke/internal/store/storetest"
)

// withLedger gives the house's desk a hand on the ring's ledger, as a process of its own has it.
func (h *house) withLedger() *ledger.Ledger {
	h.t.Helper()
	book, err := ledger.Open(filepath.Join(h.RingDir, "ledger"))
	h.ok(err)
	h.t.Cleanup(func() { _ = book.Close() })
	h.Desk.Ledger = book
	h.ok(h.Desk.CheckRing(h.t.Context()))
	return book
}

// caughtUp compares the database with the ledger, as each start does.
func (h *house) caughtUp() desk.Restored {
	h.t.Helper()
	found, err := h.Desk.CatchUp(h.t.Context())
	h.ok(err)
	return found
}

// accept lets a mail server accept everything that waits, and notes it in the ledger and, unless the process
// is killed before, in the database.
func (h *house) accept(book *ledger.Ledger, killed bool) {
	h.t.Helper()
	box := store.NewOutbox(h.DB, h.Elapsed, h.Now)
	rows, err := box.Claim(h.t.Context(), time.Minute, 1000)
	h.ok(err)
	for _, row := range rows {
		h.ok(book.Given(ledger.Entry{Kind: ledger.Mail, Key: row.MessageID, At: h.Now(), Application: row.Application, Detail: row.Kind, Stable: row.StableKey}))
		if !killed {
			h.ok(box.Accepted(h.t.Context(), row.ID, row.Fence, "250 ok"))
		}
	}
}

// backedUp is a backup of the house as it is now.
func (h *house) backedUp() string {
	h.t.Helper()
	file := filepath.Join(h.t.TempDir(), "backup")
	_, err := h.DB.Backup(h.t.Context(), store.Manifest{Product: "test", TakenAt: h.Now()}, file, "")
	h.ok(err)
	return file
}

// restored is the house with the database of a backup in the place of its own; ring and ledger stay.
func (h *house) restored(file string) *house {
	h.t.Helper()
	dsn := filepath.Join(h.t.TempDir(), "restored.db")
	if h.DB.Dialect() == "postgres" {
		dsn = pgtest.Cluster(h.t).NewDatabase(h.t, nil)
	}
	_, _, err := store.Restore(h.t.Context(), store.Restoring{File: file, DSN: dsn, Now: h.Now()})
	h.ok(err)
	driver, address := "pgx", dsn
	if h.DB.Dialect() == "sqlite" {
		driver, address = "sqlite", "file:"+url.PathEscape(dsn)
	}
	raw, err := sql.Open(driver, address)
	h.ok(err)
	h.t.Cleanup(func() { _ = raw.Close() })
	world := house{t: h.t, dsn: dsn, raw: raw}
	db := storetest.Open(h.t, dsn)
	world.World = &sample.World{T: h.t, DB: db, Ring: h.Ring, RingDir: h.RingDir, People: h.People}
	world.At(h.Now().Format(time.RFC3339Nano))
	h.Desk.Ledger = nil // the database that was replaced is no part of the story any more
	world.World.Desk = world.Another(h.t)
	return &world
}

// pressedAgain registers an application that was sent back, as if pressed by its applicant a second time.
func (h *house) pressedAgain(ref desk.Ref) string {
	h.t.Helper()
	receipt, err := h.Desk.Register(h.t.Context(), h.Applicant, h.Ref(ref.ID), true)
	h.ok(err)
	return receipt
}

// TestRestoredBackup is R-ID-6, R-APP-15 and R-MAIL-4 with a real backup and a real restore: nothing that was
// given out after the backup is given out again, and no letter of the clock goes twice.
func TestRestoredBackup(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		book := h.withLedger()
		equal(t, "a first start has forgotten nothing", h.caughtUp().ID, "")
		start, wish := "2024-12-12", "2024-12-26"
		waits, begins := h.UnderExamination(sample.S2(start)), h.UnderExamination(sample.S2(start))
		_, err := h.Desk.Approve(t.Context(), h.Examiner, begins, desk.ApproveForm{Round: 1, Start: start})
		h.ok(err)
		back, draft := h.Returned(sample.S2(wish)), h.Draft(sample.S2(wish))
		h.accept(book, false)
		file := h.backedUp()

		late, err := h.Desk.Register(t.Context(), h.Applicant, draft, true)
		h.ok(err)
		again := h.pressedAgain(back)
		first, err := h.Desk.Approve(t.Context(), h.Examiner, h.Ref(waits.ID), desk.ApproveForm{Round: 1, Start: start})
		h.ok(err)
		h.At("2024-12-12T09:30:00+09:00")
		h.tick()
		h.accept(book, false)
		mailed := h.count("outbox", "accepted_at IS NOT NULL")
		h.ok(book.NoteCheckpoint(h.Now(), 41, "checkpoint"))
		h.ok(book.Close())

		r := h.restored(file)
		r.withLedger()
		findings, err := r.Desk.Check(t.Context())
		h.ok(err)
		if !slices.ContainsFunc(findings, func(f desk.Finding) bool { return f.Rule == "R-ID-6" }) {
			t.Errorf("the check does not see that the database is behind its ledger: %v", findings)
		}
		found := r.caughtUp()
		forgotten := int64(mailed - r.count("outbox", "accepted_at IS NOT NULL"))
		equal(t, "forgotten", found, desk.Restored{ID: found.ID, At: found.At, Codes: 1, IDs: 1, Receipts: 2, Mails: forgotten, Checkpoint: "41"})
		equal(t, "a second start has forgotten nothing", r.caughtUp().ID, "")
		equal(t, "evidence", r.count("audit_entries", "act = 'restored'"), 1)

		r.tick() // what the clock had done since the backup is done again, and told to nobody
		equal(t, "R-MAIL-4 letters of the clock that wait", r.count("outbox", "accepted_at IS NULL"), 0)
		equal(t, "its letters", len(r.letters(begins.ID, application.MailInEffect)), len(h.letters(begins.ID, application.MailInEffect)))

		equal(t, "R-APP-15 the letter after a forgotten one", r.pressedAgain(back), strings.TrimSuffix(again, "B")+"C")
		number := r.pressedAgain(draft)
		if number <= late {
			t.Errorf("R-APP-15: %s was given out after %s", number, late)
		}
		second, err := r.Desk.Approve(t.Context(), r.Examiner, r.Ref(waits.ID), desk.ApproveForm{Round: 1, Start: "2024-12-20", Reason: "復元のため"})
		h.ok(err)
		if first.Codes[0].Code == second.Codes[0].Code {
			t.Errorf("R-ID-6: %s was issued twice", second.Codes[0].Code)
		}
		equal(t, "a new approval is told of", r.count("outbox", "accepted_at IS NULL") > 0, true)
		sound(t, r)
	})
}

// sound fails for whatever the check finds in a house.
func sound(t *testing.T, h *house) {
	t.Helper()
	findings, err := h.Desk.Check(t.Context())
	h.ok(err)
	for _, finding := range findings {
		t.Errorf("the check finds: %s", finding)
	}
}

// A mail that a server has accepted is not sent again by the process that comes after the one that was killed
// before it could note it; an act whose commit nobody knows of gives its numbers to nobody.
func TestKilledBetweenLedgerAndDatabase(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		book := h.withLedger()
		h.caughtUp()
		h.Registered(sample.S2("2024-12-12"))
		h.accept(book, true)
		perhaps, err := book.Note([]ledger.Entry{{Kind: ledger.Code, Key: "1AMHN", At: h.Now()}})
		h.ok(err)
		_ = perhaps // killed here
		h.ok(book.Close())
		h.withLedger()
		equal(t, "forgotten", h.caughtUp().ID, "")
		equal(t, "R-MAIL-4 waiting", h.count("outbox", "accepted_at IS NULL"), 0)
		equal(t, "R-ID-6 kept", h.count("lost", "kind = 'code' AND restored = ''"), 1)
	})
}

// A ledger that is lost, or was never there, is made from the database; from then on it knows what came before.
func TestLedgerMadeFromTheDatabase(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		file := h.backedUp()
		ref, approval := h.Approved(sample.S2("2024-12-12"))
		h.withLedger()
		equal(t, "forgotten", h.caughtUp().ID, "")
		h.ok(h.Desk.Ledger.Close())
		r := h.restored(file)
		r.withLedger()
		found := r.caughtUp()
		equal(t, "R-ID-6 codes", found.Codes, 1)
		equal(t, "R-APP-15 registrations", found.Receipts, 1)
		if _, next := r.Registered(sample.S2("2024-12-12")); next <= h.Case(h.Applicant, ref.ID).Receipt {
			t.Errorf("R-APP-15: %s was given out twice", next)
		}
		equal(t, "R-ID-6", r.count("lost", "kind = 'code' AND thing = $1", string(approval.Codes[0].Code)), 1)
		sound(t, r)
	})
}

// What an import had brought and a restore forgot is brought by the same import again, and by nobody else.
func TestForgottenImport(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		h.withLedger()
		h.caughtUp()
		file := h.backedUp()
		bring := func(h *house, id string) error {
			_, err := h.Desk.Import(t.Context(), operator(), desk.Setup{Establishments: []desk.NewEstablishment{{
				ID: id, Company: "c-mihon", Region: "1", Name: id, NameKana: id, Address: "東京都", SignatoryName: "見本", SignatoryPosition: "社長",
				Plan: "B", Terminals: 1, Since: day("2024-04-01"), Codes: []desk.NewCode{{Code: "1ZNAC", Category: "common", IDs: []desk.NewID{
					{Number: "A0A", Trades: []string{"customs-broker"}, Method: "netnaccs"}}}},
			}}}, false)
			return err
		}
		h.ok(bring(h, "e-new"))
		h.ok(h.Desk.Ledger.Close())
		r := h.restored(file)
		r.withLedger()
		equal(t, "forgotten", r.caughtUp().Codes, 1)
		broken(t, bring(r, "e-another"), "R-ID-6", "code")
		r.ok(bring(r, "e-new"))
		sound(t, r)
	})
}

// A crash has left SQLite's write-ahead log, and the database beside it is gone: the log is not played into what is
// restored, and is put aside, not thrown away.
func TestRestoredBesideALeftLog(t *testing.T) {
	each(t, monday, func(t *testing.T, h *house) {
		if h.DB.Dialect() != "sqlite" {
			return
		}
		h.Registered(sample.S2("2024-12-12"))
		file := h.backedUp()
		h.Registered(sample.S2("2024-12-12"))
		left, err := os.ReadFile(h.dsn + "-wal")
		h.ok(err)
		if len(left) == 0 {
			t.Fatal("there is nothing in the write-ahead log")
		}
		dsn := filepath.Join(t.TempDir(), "restored.db")
		h.ok(os.WriteFile(dsn+"-wal", left, 0o600))
		_, aside, err := store.Restore(t.Context(), store.Restoring{File: file, DSN: dsn, Now: h.Now()})
		h.ok(err)
		kept, err := os.ReadFile(aside)
		h.ok(err)
		equal(t, "what was put aside", string(kept) == string(left), true)
		db := storetest.Open(t, dsn)
		rows, err := db.Read().ListCounters(t.Context(), query.ListCountersParams{Most: 10})
		h.ok(err)
		if len(rows) == 0 {
			t.Error("the restored database has no counters")
		}
	})
}

// The file of a living process is removed from the ledger: nothing is given out any more, and the next start writes the
// ledger's base from the database, so that an older copy of the database gives nothing out again.
func TestLedgerFileTakenAway(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		book := h.withLedger()
		h.caughtUp()
		file := h.backedUp()
		_, last := h.Registered(sample.S2("2024-12-12"))
		draft := h.Draft(sample.S2("2024-12-12"))
		logs, err := filepath.Glob(filepath.Join(h.RingDir, "ledger", "*.log"))
		h.ok(err)
		equal(t, "files of processes", len(logs), 1)
		h.ok(os.Remove(logs[0]))
		if receipt, err := h.Desk.Register(t.Context(), h.Applicant, draft, true); err == nil {
			t.Errorf("R-APP-15: %s is given out, and no ledger knows it", receipt)
		}
		_ = book.Close() // which says that it could not

		h.withLedger() // the next start
		equal(t, "forgotten", h.caughtUp().ID, "")
		h.ok(h.Desk.Ledger.Close())
		r := h.restored(file)
		r.withLedger()
		equal(t, "R-APP-15 registrations", r.caughtUp().Receipts, 1)
		if _, next := r.Registered(sample.S2("2024-12-12")); next <= last {
			t.Errorf("R-APP-15: %s was given out twice", next)
		}
	})
}

// The ledger is older than the database, as one that was copied back, and nothing in it says so: its counters do.
func TestLedgerOlderThanItsDatabase(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		h.withLedger()
		h.caughtUp()
		dir, file := filepath.Join(h.RingDir, "ledger"), h.backedUp()
		_, last := h.Registered(sample.S2("2024-12-12"))
		h.ok(h.Desk.Ledger.Close())
		lost, err := filepath.Glob(filepath.Join(dir, "*.*"))
		h.ok(err)
		for _, name := range lost {
			h.ok(os.Remove(name))
		}
		started := func() os.FileInfo {
			h.withLedger()
			equal(t, "forgotten", h.caughtUp().ID, "")
			h.ok(h.Desk.Ledger.Close())
			info, err := os.Stat(filepath.Join(dir, "base"))
			h.ok(err)
			return info
		}
		if !os.SameFile(started(), started()) {
			t.Error("a second start writes the ledger anew")
		}
		r := h.restored(file)
		r.withLedger()
		equal(t, "R-APP-15 registrations", r.caughtUp().Receipts, 1)
		if _, next := r.Registered(sample.S2("2024-12-12")); next <= last {
			t.Errorf("R-APP-15: %s was given out twice", next)
		}
	})
}

// A start whose clock is wrong drops nothing from the ledger: a mail that was sent, and a registration that was lost, are
// known when the clock is right again and an older database is put back.
func TestLedgerUnderAWrongClock(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		book := h.withLedger()
		h.caughtUp()
		file := h.backedUp()
		h.Registered(sample.S2("2024-12-12"))
		h.accept(book, false)
		mailed := h.count("outbox", "accepted_at IS NOT NULL")
		h.ok(book.Close())

		right := h.Now()
		h.At(right.AddDate(0, 0, 401).Format(time.RFC3339))
		for range 2 { // the first takes the file into the base, the second might write that anew
			h.withLedger()
			h.caughtUp()
			h.ok(h.Desk.Ledger.Close())
		}
		h.At(right.Format(time.RFC3339))
		r := h.restored(file)
		r.withLedger()
		found := r.caughtUp()
		equal(t, "R-APP-15 registrations", found.Receipts, 1)
		equal(t, "R-MAIL-4 mails", found.Mails, int64(mailed-r.count("outbox", "accepted_at IS NOT NULL")))
	})
}
