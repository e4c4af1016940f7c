package desk_test

import (
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"database/sql"

	"uketsuke/internal/desk"
	"uketsuke/internal/keyring"
	"uketsuke/internal/ledger"
	"uketsuke/internal/sample"
	"uketsuke/internal/store"
	"uketsuke/internal/store/pgtest"
	"uketsuke/internal/store/storetest"
)

// beside is a desk on a new migrated database, with the ring of a house and a ledger.
func (h *house) beside(book *ledger.Ledger) *house {
	h.t.Helper()
	dsn := filepath.Join(h.t.TempDir(), "another.db")
	driver, address := "sqlite", "file:"+url.PathEscape(dsn)
	if h.DB.Dialect() == "postgres" {
		dsn = pgtest.Cluster(h.t).NewDatabase(h.t, storetest.Migrate)
		driver, address = "pgx", dsn
	} else {
		h.ok(storetest.Migrate(dsn))
	}
	raw, err := sql.Open(driver, address)
	h.ok(err)
	h.t.Cleanup(func() { _ = raw.Close() })
	other := house{t: h.t, dsn: dsn, raw: raw}
	other.World = &sample.World{T: h.t, DB: storetest.Open(h.t, dsn), Ring: h.Ring, RingDir: h.RingDir, People: h.People}
	other.At(h.Now().Format(time.RFC3339Nano))
	other.World.Desk = other.Another(h.t)
	other.World.Desk.Ledger = book
	return &other
}

// newLedger is an empty one.
func (h *house) newLedger() *ledger.Ledger {
	h.t.Helper()
	book, err := ledger.Open(filepath.Join(h.t.TempDir(), "ledger"))
	h.ok(err)
	return book
}

// of is what the three say of themselves.
func (h *house) of(book *ledger.Ledger) [3]string {
	h.t.Helper()
	ring, err := h.Ring.Installation()
	h.ok(err)
	name, err := book.Installation()
	h.ok(err)
	database, err := h.DB.Read().GetInstallation(h.t.Context())
	if err = store.Missing(err); err != nil && !errors.Is(err, store.ErrNotFound) {
		h.t.Fatal(err)
	}
	return [3]string{database, ring, name}
}

// R-SEC-6, trap 38: database, ring and ledger know each other; what does not belong together is refused, and an older
// state of what does is not.
func TestInstallation(t *testing.T) {
	refused := func(t *testing.T, what string, err, want error) {
		t.Helper()
		if !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", what, err, want)
		}
	}
	each(t, monday, func(t *testing.T, h *house) {
		book := h.withLedger()
		ctx := t.Context()
		all := h.of(book)
		if len(all[0]) != 32 || all[1] != all[0] || all[2] != all[0] {
			t.Fatalf("after the first start: %v", all)
		}
		h.caughtUp()
		refused(t, "an empty database", h.beside(book).Desk.CheckRing(ctx), desk.ErrOtherDatabase)
		refused(t, "an empty database, its ledger empty too", h.beside(h.newLedger()).Desk.CheckRing(ctx), desk.ErrOtherDatabase)

		elsewhere := h.newLedger()
		_, err := elsewhere.Belong("ffffffffffffffffffffffffffffffff")
		h.ok(err)
		h.Desk.Ledger = elsewhere
		refused(t, "another's ledger", h.Desk.CheckRing(ctx), desk.ErrOtherLedger)
		nameless := h.newLedger()
		h.ok(nameless.Begin())
		h.Desk.Ledger = nameless
		refused(t, "a ledger that was used and has no name", h.Desk.CheckRing(ctx), desk.ErrOtherLedger)
		h.Desk.Ledger = h.newLedger()
		h.ok(h.Desk.CheckRing(ctx))
		equal(t, "a new ledger in the place of a lost one", h.of(h.Desk.Ledger), all)
		h.Desk.Ledger = book

		_, err = h.raw.ExecContext(ctx, "DELETE FROM installation")
		h.ok(err)
		h.ok(h.Desk.CheckRing(ctx))
		equal(t, "restored from before the upgrade", h.of(book), all)

		_, err = h.raw.ExecContext(ctx, "UPDATE installation SET name = 'ffffffffffffffffffffffffffffffff'")
		h.ok(err)
		refused(t, "another installation's database", h.Desk.CheckRing(ctx), desk.ErrOtherRing)
	})
}

// An installation of before this was known gets its name at the next start, wherever that one is killed.
func TestInstallationOfBefore(t *testing.T) {
	each(t, monday, func(t *testing.T, h *house) {
		ring, err := keyring.Open(filepath.Join(t.TempDir(), "before"))
		h.ok(err)
		h.Ring = ring
		_, _, err = ring.Create(day("2024-12-16"), "app")
		h.ok(err)
		for _, text := range []string{"DELETE FROM installation", "UPDATE ring SET ring = '" + ring.ID() + "'"} {
			_, err := h.raw.ExecContext(t.Context(), text)
			h.ok(err)
		}
		h.Desk = h.Another(t)
		book := h.newLedger()
		h.ok(book.Begin())
		h.Desk.Ledger = book
		equal(t, "of before", h.of(book), [3]string{})
		_, err = ring.Belong("0123456789abcdef0123456789abcdef") // and killed
		h.ok(err)
		h.ok(h.Desk.CheckRing(t.Context()))
		name := "0123456789abcdef0123456789abcdef"
		equal(t, "upgraded", h.of(book), [3]string{name, name, name})
	})
}

// A ring that works for another installation does not take a lost one's place.
func TestAcceptedRingIsNobodyElses(t *testing.T) {
	each(t, monday, func(t *testing.T, h *house) {
		ring, err := keyring.Open(filepath.Join(t.TempDir(), "other"))
		h.ok(err)
		_, err = ring.Belong("ffffffffffffffffffffffffffffffff")
		h.ok(err)
		h.Ring = ring
		h.Desk = h.Another(t)
		if _, err := h.Desk.AcceptRing(t.Context(), operator()); !errors.Is(err, desk.ErrOtherRing) {
			t.Error(err)
		}
	})
}

// R-SEC-6, trap 38: an older copy of the database is put in place beside the ring. What it does not know is set aside and
// told; with the right one back, everything can be read again, before its first round and without anybody's doing.
func TestKeysOutliveAnOlderDatabase(t *testing.T) {
	each(t, monday, func(t *testing.T, h *house) {
		file := h.backedUp()
		read, _ := h.Approved(sample.S2("2024-12-12"))
		gone, _ := h.Approved(sample.S2("2024-12-12"))
		r := h.restored(file)
		h.ok(r.Desk.CheckRing(t.Context()))
		r.Pass(keyring.Grace + time.Minute)
		r.tick()
		aside, err := r.Desk.KeysAside(t.Context())
		h.ok(err)
		equal(t, "set aside", len(aside), 2)
		equal(t, "evidence", r.count("audit_entries", "act = 'set-aside-keys'"), 1)
		findings, err := r.Desk.Check(t.Context())
		h.ok(err)
		if len(findings) != 1 || findings[0].Rule != "R-SEC-6" || !strings.HasPrefix(findings[0].Text, "2 keys belong to applications") {
			t.Errorf("the check finds %v", findings)
		}
		page, err := r.Desk.Operations(t.Context(), r.Supervisor)
		h.ok(err)
		equal(t, "C10", page.Aside, desk.AsideKeys{Keys: 2, Until: aside[0].LastDay})

		if _, err := h.Desk.BringBack(t.Context(), h.Supervisor); !errors.Is(err, desk.ErrForbidden) {
			t.Errorf("a supervisor: %v", err)
		}
		equal(t, "the older database names none", len(must(r.Desk.BringBack(t.Context(), operator()))(t)), 0)
		equal(t, "the right one names both", len(must(h.Desk.BringBack(t.Context(), operator()))(t)), 2)
		_, err = h.Desk.ReadSecrets(t.Context(), h.Administrator, read.ID)
		h.ok(err)

		r.tick() // the wrong one once more
		h.ok(h.Desk.EraseSecrets(t.Context(), h.Administrator, h.Ref(gone.ID)))
		h.tick()
		_, err = h.Desk.ReadSecrets(t.Context(), h.Administrator, read.ID)
		h.ok(err)
		left := must(h.Ring.List())(t)
		equal(t, "R-SEC-8 what was erased meanwhile is gone wherever it lay", len(left)+len(must(h.Ring.ListAside())(t)), 1)
		sound(t, h)
	})
}

// R-SEC-6, trap 38: the older copy knows the application, only not its approval. That a database does not need a key is not
// that the key is dead.
func TestKeysOutliveAnOlderDatabaseThatKnowsTheApplication(t *testing.T) {
	each(t, monday, func(t *testing.T, h *house) {
		ref := h.UnderExamination(sample.S2("2024-12-12"))
		file := h.backedUp()
		_, err := h.Desk.Approve(t.Context(), h.Examiner, ref, desk.ApproveForm{Round: 1, Start: "2024-12-12"})
		h.ok(err)
		r := h.restored(file)
		r.Pass(keyring.Grace + time.Minute)
		r.tick()
		equal(t, "set aside", len(must(h.Ring.ListAside())(t)), 1)
		h.tick() // the right one again
		_, err = h.Desk.ReadSecrets(t.Context(), h.Administrator, ref.ID)
		h.ok(err)
		sound(t, h)
	})
}

// R-SEC-6, R-SEC-8: a key that an act has declared dead is destroyed by the next round when the process was killed between
// the commit and the destruction, however young it is and wherever it lies.
func TestDeadKeysAreDestroyedByTheNextRound(t *testing.T) {
	for what, end := range map[string]func(*house, desk.Ref) error{
		"moved start": func(h *house, ref desk.Ref) error {
			return h.Desk.ChangeStart(h.t.Context(), h.Supervisor, ref, desk.StartChangeForm{Start: "2024-12-13", Reason: "延期のため"})
		},
		"erased": func(h *house, ref desk.Ref) error { return h.Desk.EraseSecrets(h.t.Context(), h.Administrator, ref) },
		"void":   func(h *house, ref desk.Ref) error { return h.Desk.Void(h.t.Context(), h.Supervisor, ref, "誤り") },
	} {
		t.Run(what, func(t *testing.T) {
			each(t, monday, func(t *testing.T, h *house) {
				ref, _ := h.Approved(sample.S2("2024-12-12"))
				key := must(h.Ring.List())(t)[0].Name
				file := filepath.Join(h.RingDir, "keys", filepath.FromSlash(string(key)))
				bytes := must(os.ReadFile(file))(t)
				h.ok(end(h, h.Ref(ref.ID)))
				h.ok(os.MkdirAll(filepath.Dir(file), 0o700))
				h.ok(os.WriteFile(file, bytes, 0o600)) // as if killed before it went
				h.tick()
				if err := h.Ring.Has(key); !errors.Is(err, keyring.ErrNoKey) {
					t.Errorf("in the ring still: %v", err)
				}
				equal(t, "set aside", len(must(h.Ring.ListAside())(t)), 0)
			})
		})
	}
}

// must gives a value, or ends the test.
func must[T any](value T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}
