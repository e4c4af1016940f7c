package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/pressly/goose/v3"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// Everything in which the two databases differ stands in this file.

// A dialect is one of the two databases.
type dialect string

const (
	dialectSQLite   dialect = "sqlite"
	dialectPostgres dialect = "postgres"
)

func (d dialect) goose() goose.Dialect {
	if d == dialectPostgres {
		return goose.DialectPostgres
	}
	return goose.DialectSQLite3
}

// openSQLite opens two pools on one file: one connection that writes with immediate transactions, and
// several that may only read. Every pragma stands in the DSN, so that each connection gets it.
func openSQLite(ctx context.Context, path string) (*DB, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("making the folder of the database: %w", err)
	}
	base := (&url.URL{Scheme: "file", Opaque: url.PathEscape(path)}).String() +
		"?_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)" +
		"&_pragma=foreign_keys(1)&_pragma=secure_delete(1)&_pragma=temp_store(MEMORY)"
	writing, err := sqlite.NewConnector(base + "&_txlock=immediate")
	if err != nil {
		return nil, fmt.Errorf("opening the database: %w", err)
	}
	write := sql.OpenDB(keeping{writing})
	write.SetMaxOpenConns(1)
	write.SetConnMaxIdleTime(0)
	// The first connection makes the file; only then may readers, which cannot, come.
	if err := write.PingContext(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("opening the database %s: %w", path, err), write.Close())
	}
	if err := holdsEveryText(ctx, write, "PRAGMA encoding", "UTF-8", "give it another name, and a new one is made"); err != nil {
		return nil, errors.Join(err, write.Close())
	}
	if err := os.Chmod(path, 0o600); err != nil {
		return nil, errors.Join(fmt.Errorf("closing the database to others: %w", err), write.Close())
	}
	file, err := os.Stat(path)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("looking for the file of the database: %w", err), write.Close())
	}
	reading, err := sqlite.NewConnector(base + "&_pragma=query_only(1)")
	if err != nil {
		return nil, errors.Join(fmt.Errorf("opening the database for reading: %w", err), write.Close())
	}
	read := sql.OpenDB(keeping{reading})
	read.SetMaxOpenConns(8)
	read.SetMaxIdleConns(8)
	return &DB{dialect: dialectSQLite, write: write, read: read, path: path, file: file}, nil
}

// openPostgres opens one pool for both sides; every write is guarded, so READ COMMITTED is enough.
func openPostgres(ctx context.Context, dsn string) (*DB, error) {
	dsn, err := verified(dsn)
	if err != nil {
		return nil, err
	}
	weak, err := weakness(dsn)
	if err != nil {
		return nil, err
	}
	pool, err := sql.Open("pgx", dsn)
	if err != nil {
		return nil, fmt.Errorf("opening the database: %w", err)
	}
	pool.SetMaxOpenConns(32)
	pool.SetMaxIdleConns(32)
	if err := pool.PingContext(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("reaching PostgreSQL: %w", err), pool.Close())
	}
	if err := holdsEveryText(ctx, pool, "SHOW server_encoding", "UTF8", "make it with createdb --encoding=UTF8 --template=template0"); err != nil {
		return nil, errors.Join(err, pool.Close())
	}
	apart, err := sql.Open("pgx", dsn)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("opening the database: %w", err), pool.Close())
	}
	apart.SetMaxOpenConns(4)
	apart.SetMaxIdleConns(4)
	return &DB{dialect: dialectPostgres, write: pool, read: pool, apart: apart, dsn: dsn, weakness: weak}, nil
}

// holdsEveryText refuses a database that is kept in another encoding than wanted: it loses names, or sorts and
// compares them by other bytes.
func holdsEveryText(ctx context.Context, pool *sql.DB, text, wanted, remedy string) error {
	var encoding string
	if err := pool.QueryRowContext(ctx, text).Scan(&encoding); err != nil {
		return fmt.Errorf("asking for the database's encoding: %w", err)
	}
	if encoding != wanted {
		return fmt.Errorf("the database is kept in %s instead of %s, which not every text fits: %s", encoding, wanted, remedy)
	}
	return nil
}

// retryable says whether the transaction failed only because of another one.
func (d dialect) retryable(err error) bool {
	if d == dialectSQLite {
		if failure, ok := errors.AsType[*sqlite.Error](err); ok {
			return failure.Code()&0xff == sqlite3.SQLITE_BUSY
		}
		return false
	}
	failure, ok := errors.AsType[*pgconn.PgError](err)
	return ok && (failure.Code == "40001" || failure.Code == "40P01")
}

// IsTaken says whether err is the violation of a unique key.
func (db *DB) IsTaken(err error) bool {
	if failure, ok := errors.AsType[*sqlite.Error](err); ok {
		return failure.Code() == sqlite3.SQLITE_CONSTRAINT_UNIQUE || failure.Code() == sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY
	}
	failure, ok := errors.AsType[*pgconn.PgError](err)
	return ok && failure.Code == "23505"
}

// migrationLock is the key of the advisory lock under which PostgreSQL is migrated.
const migrationLock = 0x756b65747375 // "uketsu"

// lockMigration keeps two processes from migrating at once. SQLite's one writer does it by itself.
func (db *DB) lockMigration(ctx context.Context) (func(), error) {
	if db.dialect == dialectSQLite {
		return func() {}, nil
	}
	conn, err := db.write.Conn(ctx)
	if err != nil {
		return nil, fmt.Errorf("locking the migration: %w", err)
	}
	if _, err := conn.ExecContext(ctx, "SELECT pg_advisory_lock($1)", int64(migrationLock)); err != nil {
		return nil, errors.Join(fmt.Errorf("locking the migration: %w", err), conn.Close())
	}
	return func() {
		// Closing the connection would free the lock too; the pool keeps it open, so it is freed by hand.
		_, _ = conn.ExecContext(context.WithoutCancel(ctx), "SELECT pg_advisory_unlock($1)", int64(migrationLock))
		_ = conn.Close()
	}, nil
}

// TakeReceipt takes the next number of a year's receipt series, from 1. On PostgreSQL it does so in a
// transaction of its own, so that registrations do not queue behind each other's commits; that one need
// not wait for the disk, because the registration's commit comes later in the same log. A number whose
// registration fails is a gap (R-APP-15 promises none).
func (tx *Tx) TakeReceipt(ctx context.Context, series string) (int64, error) {
	if tx.db.dialect == dialectSQLite {
		return tx.TakeNext(ctx, series)
	}
	var next int64
	err := tx.db.inTx(ctx, tx.db.apart, func(apart *Tx) error {
		if _, err := apart.tx.ExecContext(ctx, "SET LOCAL synchronous_commit = off"); err != nil {
			return fmt.Errorf("taking a receipt number: %w", err)
		}
		var err error
		next, err = apart.TakeNext(ctx, series)
		return err
	})
	return next, err
}

// ShredLog empties SQLite's write-ahead log, so that a destroyed row does not live on in it.
// PostgreSQL keeps its log; what protects there is that the key is gone.
func (db *DB) ShredLog(ctx context.Context) error {
	if db.dialect == dialectPostgres {
		return nil
	}
	var busy, frames, moved int
	row := db.write.QueryRowContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)")
	if err := row.Scan(&busy, &frames, &moved); err != nil {
		return fmt.Errorf("emptying the write-ahead log: %w", err)
	}
	if busy != 0 {
		return errors.New("emptying the write-ahead log: a reader is in the way")
	}
	return nil
}

// A Clock is what the database says its time is.
type Clock struct {
	At time.Time
	// Elsewhere says that it is another machine's clock, as far as addresses tell: a witness of its own.
	Elsewhere bool
}

// Clock reads the database's own clock. It decides nothing by itself; it is asked how far it is from this machine's. The
// addresses at the two ends of a connection to this machine are the same, or there are none (a socket, a file).
func (db *DB) Clock(ctx context.Context) (c Clock, err error) {
	text := "SELECT strftime('%Y-%m-%dT%H:%M:%f', 'now'), 0"
	if db.dialect == dialectPostgres {
		text = `SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS'),
			CASE WHEN inet_server_addr() IS NULL OR host(inet_server_addr()) = host(inet_client_addr()) THEN 0 ELSE 1 END`
	}
	var said string
	var elsewhere int
	if err = db.read.QueryRowContext(ctx, text).Scan(&said, &elsewhere); err == nil {
		c.At, err = time.Parse("2006-01-02T15:04:05.000", said)
	}
	if err != nil {
		return Clock{}, fmt.Errorf("reading the database's clock: %w", err)
	}
	c.Elsewhere = elsewhere == 1
	return c, nil
}
