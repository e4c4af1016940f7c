package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// A full disk lets small writes pass for a long time: there is room in the log, and in pages that are there already. So
// a probe also takes as much new room as a large act would, and gives it back: rarely while all is well, each time while
// something has failed.
const (
	probeSize  = 256 << 10 // bytes
	probeEvery = time.Minute
)

// A trouble is what is remembered between probes.
type trouble struct {
	mu     sync.Mutex
	failed bool      // a write has failed since the last whole probe, for want of room or of a right to write
	whole  time.Time // the last probe that took new room
}

// noteWrite remembers an error by which nobody can write.
func (t *trouble) noteWrite(err error) {
	if err == nil || !cannotWrite(err) {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.failed = true
}

// due says whether new room has to be tried.
func (t *trouble) due(now time.Time) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.failed || now.Sub(t.whole) >= probeEvery
}

func (t *trouble) probed(err error, now time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.failed = err != nil; !t.failed {
		t.whole = now
	}
}

// cannotWrite says whether an error is of the kind that meets every writer: no room, no right to write, a failing disk.
func cannotWrite(err error) bool {
	if failure, is := errors.AsType[*sqlite.Error](err); is {
		switch failure.Code() & 0xff {
		case sqlite3.SQLITE_FULL, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN:
			return true
		}
		return false
	}
	failure, is := errors.AsType[*pgconn.PgError](err)
	// 53: insufficient resources; 58: system error; 25006: a transaction that may only read, as on a standby.
	return is && (strings.HasPrefix(failure.Code, "53") || strings.HasPrefix(failure.Code, "58") || failure.Code == "25006")
}

// ProbeWrite says why nothing could be written now, nil when all is well.
func (db *DB) ProbeWrite(ctx context.Context) error {
	err := db.InTx(ctx, func(tx *Tx) error { return tx.TouchMark(ctx) })
	if err != nil || !db.trouble.due(time.Now()) {
		return err
	}
	err = db.probeRoom(ctx)
	db.trouble.probed(err, time.Now())
	return err
}

func (db *DB) probeRoom(ctx context.Context) error {
	if db.dialect == dialectSQLite {
		return probeFile(filepath.Dir(db.path))
	}
	errBack := errors.New("rolled back on purpose")
	err := db.inTx(ctx, db.apart, func(tx *Tx) error {
		const rows = probeSize / 64
		_, err := tx.tx.ExecContext(ctx, fmt.Sprintf(`CREATE TEMPORARY TABLE uketsuke_probe ON COMMIT DROP AS
			SELECT g, md5(g::text) FROM generate_series(1, %d) AS g`, rows))
		if err != nil {
			return err
		}
		return errBack
	})
	if errors.Is(err, errBack) {
		return nil
	}
	if failure, is := errors.AsType[*pgconn.PgError](err); is && failure.Code == "42501" {
		return nil // the role may not make temporary tables: then only what fails tells
	}
	return fmt.Errorf("taking room for a trial: %w", err)
}

func probeFile(dir string) error {
	file, err := os.CreateTemp(dir, ".probe-*")
	if err != nil {
		return err
	}
	_, err = file.Write(make([]byte, probeSize))
	return errors.Join(err, file.Sync(), file.Close(), os.Remove(file.Name()))
}
