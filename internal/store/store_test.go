package store_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"uketsuke/internal/store"
	"uketsuke/internal/store/column"
	"uketsuke/internal/store/pgtest"
	"uketsuke/internal/store/query"
	"uketsuke/internal/store/storetest"
)

// Migrating an empty database makes every table; doing it again, or many at once, changes nothing.
func TestMigrate(t *testing.T) {
	t.Parallel()
	dsns := map[string]string{
		"sqlite":   filepath.Join(t.TempDir(), "folder", "uketsuke.db"),
		"postgres": pgtest.Cluster(t).NewDatabase(t, nil),
	}
	for name, dsn := range dsns {
		t.Run(name, func(t *testing.T) {
			db := storetest.Open(t, dsn)
			if _, err := db.Read().ListClosingEntries(t.Context()); err == nil {
				t.Error("a table before the migration")
			}
			var group sync.WaitGroup
			for range 4 {
				group.Go(func() {
					if err := db.Migrate(t.Context()); err != nil {
						t.Error(err)
					}
				})
			}
			group.Wait()
			contract(t, db, "c", "e")
			if err := db.Migrate(t.Context()); err != nil {
				t.Fatal(err)
			}
			if _, err := db.Read().GetEstablishment(t.Context(), "e"); err != nil {
				t.Error(err)
			}
			if db.Dialect() != name {
				t.Errorf("dialect %q", db.Dialect())
			}
		})
	}
}

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	blocked := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(blocked, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, dsn := range map[string]string{
		"folder under a file": filepath.Join(blocked, "uketsuke.db"),
		"a folder":            t.TempDir(),
		"no server":           "postgres://nobody@127.0.0.1:1/none?connect_timeout=2",
		"no such address":     "postgres://%zz",
	} {
		if db, err := store.Open(t.Context(), dsn); err == nil {
			t.Errorf("%s: opened", name)
			_ = db.Close()
		}
	}
}

// Nothing of a transaction stays when its function fails or panics.
func TestInTxIsAllOrNothing(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		broken := errors.New("broken")
		insert := func(tx *store.Tx) error {
			return tx.InsertCompany(ctx, query.InsertCompanyParams{ID: "c", Name: "n", NameKana: "n", CreatedAt: column.At(monday)})
		}
		if err := db.InTx(ctx, func(tx *store.Tx) error { return errors.Join(insert(tx), broken) }); !errors.Is(err, broken) {
			t.Errorf("error: %v", err)
		}
		func() {
			defer func() {
				if recover() == nil {
					t.Error("the panic is gone")
				}
			}()
			_ = db.InTx(ctx, func(tx *store.Tx) error {
				if err := insert(tx); err != nil {
					return err
				}
				panic("broken")
			})
		}()
		if _, err := db.Read().GetCompany(ctx, "c"); !errors.Is(store.Missing(err), store.ErrNotFound) {
			t.Errorf("after rollbacks: %v", err)
		}
		write(t, db, insert)
		if _, err := db.Read().GetCompany(ctx, "c"); err != nil {
			t.Errorf("after the commit: %v", err)
		}
		if err := db.InTx(ctx, insert); !db.IsTaken(err) {
			t.Errorf("a second row of one key: %v", err)
		}
	})
}

// A serialization failure or a deadlock is run again, and not for ever; other errors are not.
func TestInTxRunsAgain(t *testing.T) {
	t.Parallel()
	db := storetest.Postgres(t)
	for code, want := range map[string]int{"40001": 3, "40P01": 3, "23505": 1} {
		runs := 0
		err := db.InTx(t.Context(), func(*store.Tx) error {
			if runs++; runs < 3 {
				return fmt.Errorf("writing: %w", &pgconn.PgError{Code: code})
			}
			return nil
		})
		if runs != want || (err == nil) != (want == 3) {
			t.Errorf("%s: %d runs, %v", code, runs, err)
		}
	}
	runs := 0
	err := db.InTx(t.Context(), func(*store.Tx) error { runs++; return &pgconn.PgError{Code: "40001"} })
	if err == nil || runs != 8 {
		t.Errorf("always failing: %d runs, %v", runs, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	err = db.InTx(ctx, func(*store.Tx) error { cancel(); return &pgconn.PgError{Code: "40001"} })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// Two transactions that lock two rows in opposite orders both succeed: the one that loses runs again.
func TestDeadlockIsResolved(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		contract(t, db, "c", "e1")
		contract(t, db, "d", "e2")
		ctx := t.Context()
		var group sync.WaitGroup
		for _, order := range [][]string{{"e1", "e2"}, {"e2", "e1"}} {
			group.Go(func() {
				for range 20 {
					err := db.InTx(ctx, func(tx *store.Tx) error {
						for _, id := range order {
							if _, err := tx.LockEstablishment(ctx, id); err != nil {
								return err
							}
						}
						return nil
					})
					if err != nil {
						t.Error(err)
					}
				}
			})
		}
		group.Wait()
		e, err := db.Read().GetEstablishment(ctx, "e1")
		if err != nil || e.Version != 41 {
			t.Errorf("version %d, %v", e.Version, err)
		}
	})
}

// Numbers taken by many at once never repeat, and what was committed has no gap (R-ID-10).
func TestTakeNext(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		const workers, each = 8, 25
		var mu sync.Mutex
		var taken []int64
		var group sync.WaitGroup
		undone := errors.New("undone")
		for range workers {
			group.Go(func() {
				for i := range each {
					var got int64
					err := db.InTx(t.Context(), func(tx *store.Tx) (err error) {
						if got, err = tx.TakeNext(t.Context(), "office 1 NAC"); err == nil && i%5 == 4 {
							return undone // gives its number back
						}
						return err
					})
					if errors.Is(err, undone) {
						continue
					}
					if err != nil {
						t.Error(err)
					}
					mu.Lock()
					taken = append(taken, got)
					mu.Unlock()
				}
			})
		}
		group.Wait()
		slices.Sort(taken)
		if len(taken) != workers*each*4/5 {
			t.Fatalf("%d numbers", len(taken))
		}
		for i, n := range taken {
			if n != int64(i+1) {
				t.Fatalf("place %d holds %d", i, n)
			}
		}
	})
}

// Receipt numbers never repeat, whatever becomes of the registration (R-APP-15).
func TestTakeReceipt(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		seen := map[int64]bool{}
		for i := range 6 {
			err := db.InTx(t.Context(), func(tx *store.Tx) error {
				n, err := tx.TakeReceipt(t.Context(), "receipt 2024")
				if err != nil {
					return err
				}
				if i%2 == 1 {
					return errors.New("undone")
				}
				if seen[n] || n < 1 {
					t.Errorf("%d twice or none", n)
				}
				seen[n] = true
				return nil
			})
			if (err != nil) != (i%2 == 1) {
				t.Error(err)
			}
		}
	})
}

// A guarded update of a version that is no longer there finds no row and changes nothing (R-EX-5).
func TestGuard(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		contract(t, db, "c", "e")
		drafts(t, db, "e", 1)
		ctx := t.Context()
		guard := func(version int64) error {
			return db.InTx(ctx, func(tx *store.Tx) error {
				_, err := tx.GuardApplication(ctx, query.GuardApplicationParams{ID: "a0", Version: version})
				return store.Missing(err)
			})
		}
		var group sync.WaitGroup
		results := make(chan error, 8)
		for range 8 {
			group.Go(func() { results <- guard(1) })
		}
		group.Wait()
		close(results)
		var won int
		for err := range results {
			if err == nil {
				won++
			} else if !errors.Is(err, store.ErrNotFound) {
				t.Error(err)
			}
		}
		a, err := db.Read().GetApplication(ctx, "a0")
		if won != 1 || err != nil || a.Version != 2 {
			t.Errorf("%d won, version %d, %v", won, a.Version, err)
		}
	})
}

// A code that is taken gives zero rows and no error, so that the transaction can take the next (R-ID-10);
// a tombstone takes part (R-ID-6).
func TestInsertUserCode(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		contract(t, db, "c", "e")
		ctx := t.Context()
		write(t, db, func(tx *store.Tx) error {
			for i, want := range []int64{1, 0} {
				n, err := tx.InsertUserCode(ctx, query.InsertUserCodeParams{Code: "1ANAC", Establishment: "e", Application: "import", BornAt: column.At(monday)})
				if err != nil || n != want {
					t.Errorf("insert %d: %d rows, %v", i, n, err)
				}
			}
			for i, want := range []int64{1, 0} {
				n, err := tx.InsertUserID(ctx, query.InsertUserIDParams{ID: "1ANACA0A", Code: "1ANAC", Number: "A0A", Establishment: "e", Application: "import", BornAt: column.At(monday)})
				if err != nil || n != want {
					t.Errorf("insert of an ID %d: %d rows, %v", i, n, err)
				}
			}
			return nil
		})
	})
}

// Texts of instants sort as the instants do, and come back as they went, to the microsecond.
func TestTimesAsText(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		instants := []time.Time{
			monday, monday.Add(time.Microsecond), monday.Add(10 * time.Microsecond), monday.Add(time.Second),
			monday.Add(9 * time.Hour).In(time.FixedZone("JST", 9*60*60)), monday.AddDate(0, 0, 8), monday.AddDate(10, 0, 0),
		}
		write(t, db, func(tx *store.Tx) error {
			for i := range instants {
				at := instants[len(instants)-1-i]
				if err := tx.PutSession(ctx, query.PutSessionParams{Token: fmt.Sprint(i), Data: []byte{0, 255}, ExpiresAt: column.At(at)}); err != nil {
					return err
				}
			}
			return nil
		})
		rows, err := db.ReadSide().QueryContext(ctx, "SELECT expires_at FROM sessions ORDER BY expires_at")
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		var got []time.Time
		for rows.Next() {
			var at column.Time
			if err := rows.Scan(&at); err != nil {
				t.Fatal(err)
			}
			got = append(got, at.Time)
		}
		if !slices.EqualFunc(got, instants, time.Time.Equal) {
			t.Errorf("%v, want %v", got, instants)
		}
	})
}

// The read side refuses to write: what only reads cannot take SQLite's lock.
func TestReadSideOfSQLite(t *testing.T) {
	t.Parallel()
	db := storetest.SQLite(t)
	if _, err := db.ReadSide().ExecContext(t.Context(), "DELETE FROM sessions"); err == nil {
		t.Error("the read side writes")
	}
	if info, err := os.Stat(db.Path()); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file is open to others: %v, %v", info.Mode(), err)
	}
}

// Every connection of SQLite has its settings, not only the first one of a pool.
func TestEachConnectionOfSQLite(t *testing.T) {
	t.Parallel()
	db := storetest.SQLite(t)
	pragmas := map[string]string{"foreign_keys": "1", "journal_mode": "wal", "synchronous": "2", "secure_delete": "1"}
	ask := func(conn *sql.Conn, pragma string) (value string) {
		if err := conn.QueryRowContext(t.Context(), "PRAGMA "+pragma).Scan(&value); err != nil {
			t.Error(err)
		}
		return value
	}
	for side, pool := range map[string]*sql.DB{"read": db.ReadSide(), "write": db.WriteSide()} {
		for n := range pool.Stats().MaxOpenConnections {
			conn, err := pool.Conn(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			for pragma, want := range pragmas {
				if got := ask(conn, pragma); got != want {
					t.Errorf("%s connection %d: %s = %s, want %s", side, n, pragma, got, want)
				}
			}
		}
	}
}

func TestForeignKeys(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		err := db.InTx(t.Context(), func(tx *store.Tx) error {
			return tx.InsertEstablishment(t.Context(), query.InsertEstablishmentParams{ID: "e", Company: "none", Region: "1", CreatedAt: column.At(monday)})
		})
		if err == nil || db.IsTaken(err) {
			t.Errorf("an establishment of no company: %v", err)
		}
	})
}

// Trap 35: what was deleted is in no file of SQLite any more once the log is emptied.
func TestShredLog(t *testing.T) {
	t.Parallel()
	db := storetest.SQLite(t)
	const sealed = "SEALED-BYTES-OF-A-PASSWORD"
	ctx := t.Context()
	write(t, db, func(tx *store.Tx) error {
		return tx.PutSession(ctx, query.PutSessionParams{Token: "t", Data: []byte(sealed), ExpiresAt: column.At(monday)})
	})
	write(t, db, func(tx *store.Tx) error {
		_, err := tx.DeleteExpiredSessions(ctx, column.At(monday.Add(time.Hour)))
		return err
	})
	if !contains(t, db.Path()+"-wal", sealed) {
		t.Fatal("the row never was in the log: this test sees nothing")
	}
	if err := db.ShredLog(ctx); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{db.Path(), db.Path() + "-wal"} {
		if contains(t, file, sealed) {
			t.Errorf("%s still holds the deleted row", filepath.Base(file))
		}
	}
}

func contains(t *testing.T, file, text string) bool {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Contains(string(content), text)
}

// A reader in the way is told, so that the caller tries again.
func TestShredLogWaitsForNobody(t *testing.T) {
	t.Parallel()
	if err := storetest.Postgres(t).ShredLog(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestDatabaseClock(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		said, err := db.Clock(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if time.Since(said.At).Abs() > time.Minute || said.Elsewhere {
			t.Errorf("%+v, want this machine's time, and not as a witness of its own", said)
		}
		if err := db.ProbeWrite(t.Context()); err != nil {
			t.Error(err)
		}
		if err := db.Ping(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

// A schema that a newer binary has made, or another build, is refused before anything is done on it.
func TestSchemaMustBeKnown(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		refused := func(what string, want error, said string) {
			t.Helper()
			err := db.Migrate(t.Context())
			if !errors.Is(err, want) || want != nil && !strings.Contains(err.Error(), said) {
				t.Errorf("%s: %v, want %v with %q", what, err, want, said)
			}
		}
		run := func(text string) {
			t.Helper()
			if _, err := db.WriteSide().ExecContext(t.Context(), text); err != nil {
				t.Fatal(err)
			}
		}
		refused("its own", nil, "")
		run("UPDATE schema_digests SET digest = 'x' || digest WHERE version = 7")
		refused("another step 7", store.ErrSchema, "step 7")
		run("DELETE FROM schema_digests WHERE version = 7")
		refused("noted again", nil, "")
		run("INSERT INTO schema_digests (version, digest) VALUES (5000, 'x')")
		refused("a step that nobody here knows", store.ErrSchema, "step 5000")
		run("DELETE FROM schema_digests WHERE version = 5000")
		run("INSERT INTO goose_db_version (version_id, is_applied) VALUES (9000, TRUE)")
		refused("a newer one", store.ErrSchema, "at 9000")
		if err := db.KnowsSchema(t.Context()); !errors.Is(err, store.ErrSchema) {
			t.Errorf("while the process runs: %v", err)
		}
	})
}

// A database that cannot hold every text is refused at once, with the way to make one that can.
func TestDatabaseHoldsEveryText(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "utf16.db")
	raw, err := sql.Open("sqlite", file)
	if err == nil {
		_, err = raw.ExecContext(t.Context(), "PRAGMA encoding = 'UTF-16le'; CREATE TABLE t (x)")
	}
	if err = errors.Join(err, raw.Close()); err != nil {
		t.Fatal(err)
	}
	server := pgtest.Cluster(t)
	address, err := url.Parse(server.NewDatabase(t, nil))
	if err != nil {
		t.Fatal(err)
	}
	maker, err := sql.Open("pgx", address.String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = maker.Close() })
	dsns := map[string]string{"UTF-16le": file}
	for _, encoding := range []string{"LATIN1", "SQL_ASCII"} {
		name := "other_" + strings.ToLower(encoding)
		if _, err := maker.ExecContext(t.Context(), fmt.Sprintf("CREATE DATABASE %s ENCODING '%s' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0", name, encoding)); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _, _ = maker.ExecContext(context.Background(), "DROP DATABASE "+name) })
		address.Path = "/" + name
		dsns[encoding] = address.String()
	}
	for encoding, dsn := range dsns {
		db, err := store.Open(t.Context(), dsn)
		if err == nil || !strings.Contains(err.Error(), "is kept in "+encoding) {
			t.Errorf("%s: %v", encoding, err)
		}
		if db != nil {
			t.Errorf("%s: open all the same: %v", encoding, db.Close())
		}
	}
}

// The role and the database of docs/install are enough for everything, own nothing else, and are told apart from a server
// that may lose what was acknowledged, as the tests' own in memory is.
func TestTheRoleOfTheInstallation(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "install", "postgresql.sql"))
	if err != nil {
		t.Fatal(err)
	}
	server := pgtest.Cluster(t)
	address, err := url.Parse(server.NewDatabase(t, nil))
	if err != nil {
		t.Fatal(err)
	}
	maker, err := sql.Open("pgx", address.String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for _, statement := range []string{"DROP DATABASE IF EXISTS uketsuke", "DROP ROLE IF EXISTS uketsuke"} {
			if _, err := maker.ExecContext(context.Background(), statement); err != nil {
				t.Error(err)
			}
		}
		_ = maker.Close()
	})
	for statement := range strings.SplitSeq(string(text), ";\n") {
		if strings.TrimSpace(statement) == "" {
			continue
		}
		if _, err := maker.ExecContext(t.Context(), statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
	address.Path, address.User = "/uketsuke", url.User("uketsuke")
	db := storetest.Open(t, address.String())
	if err := errors.Join(db.Migrate(t.Context()), db.ProbeWrite(t.Context())); err != nil {
		t.Error(err)
	}
	if said, err := db.Unsafe(t.Context()); err != nil || !slices.Contains(said, "fsync=off") {
		t.Errorf("of a server that keeps nothing it is said: %v, %v", said, err)
	}
}
