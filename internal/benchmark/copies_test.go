package benchmark

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"testing"

	"uketsuke/internal/audit"
	"uketsuke/internal/store"

	_ "github.com/jackc/pgx/v5/stdlib"
	_ "modernc.org/sqlite"
)

// A place is a database with two ways to write beside the store: bare for transactions to compare with, bulk
// for copies, which need not survive anything.
type place struct {
	db         *store.DB
	bare, bulk *sql.DB
}

// beside opens further ways into the database at dsn; bare is as durable as the store's own.
func beside(t testing.TB, db *store.DB, dsn string) place {
	t.Helper()
	if db.Dialect() != "sqlite" {
		pool := open(t, "pgx", dsn, 32)
		return place{db, pool, pool}
	}
	dsn = "file:" + dsn + "?_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_txlock=immediate"
	return place{
		db:   db,
		bare: open(t, "sqlite", dsn+"&_pragma=synchronous(FULL)&_pragma=foreign_keys(1)&_pragma=secure_delete(1)", 1),
		bulk: open(t, "sqlite", dsn+"&_pragma=synchronous(OFF)&_pragma=cache_size(-200000)", 1),
	}
}

func open(t testing.TB, driver, dsn string, connections int) *sql.DB {
	t.Helper()
	pool, err := sql.Open(driver, dsn)
	if err != nil {
		t.Fatal(err)
	}
	pool.SetMaxOpenConns(connections)
	pool.SetMaxIdleConns(connections)
	t.Cleanup(func() {
		if err := pool.Close(); err != nil {
			t.Error(err)
		}
	})
	return pool
}

// A pattern is every row of one thing, table by table in the order in which they can be inserted.
type pattern []tableRows

type tableRows struct {
	table   string
	columns []string
	rows    [][]any
}

// The tables of an establishment and of an application, with the column that says whose a row is.
var (
	ofCompany       = [][2]string{{"companies", "id"}, {"company_abbreviations", "company"}}
	ofEstablishment = [][2]string{{"establishments", "id"}, {"establishment_terms", "establishment"},
		{"contract_terms", "establishment"}, {"accounts", "establishment"}}
	ofApplication = [][2]string{{"applications", "id"}, {"application_versions", "application"},
		{"application_events", "application"}, {"setting_records", "application"}, {"user_codes", "application"},
		{"user_ids", "application"}, {"code_terms", "application"}, {"id_terms", "application"},
		{"code_services", "application"}, {"code_settings", "application"}, {"secret_readings", "application"},
		{"reminders", "application"}, {"news", "application"}, {"outbox", "application"}, {"audit_entries", "application"}}
)

// patternOf reads the rows of tables that belong to key.
func patternOf(ctx context.Context, db *sql.DB, tables [][2]string, key string) (pattern, error) {
	var p pattern
	for _, table := range tables {
		read, err := rowsOf(ctx, db, table[0], table[1], key)
		if err != nil {
			return nil, fmt.Errorf("reading the pattern %s: %w", table[0], err)
		}
		p = append(p, read)
	}
	return p, nil
}

func rowsOf(ctx context.Context, db *sql.DB, table, column, key string) (tableRows, error) {
	read := tableRows{table: table}
	rows, err := db.QueryContext(ctx, "SELECT * FROM "+table+" WHERE "+column+" = $1", key)
	if err != nil {
		return read, err
	}
	defer rows.Close()
	if read.columns, err = rows.Columns(); err != nil {
		return read, err
	}
	for rows.Next() {
		row := make([]any, len(read.columns))
		into := make([]any, len(row))
		for i := range row {
			into[i] = &row[i]
		}
		if err := rows.Scan(into...); err != nil {
			return read, err
		}
		read.rows = append(read.rows, row)
	}
	return read, rows.Err()
}

// ids are the keys of the pattern's rows, all of which a copy must change.
func (p pattern) ids() []string {
	var ids []string
	for _, t := range p {
		for i, column := range t.columns {
			for _, row := range t.rows {
				if id, is := row[i].(string); is && column == "id" && len(id) == 36 {
					ids = append(ids, id)
				}
			}
		}
	}
	return ids
}

// weight is how many rows a pattern has, and how many bytes stand in them.
func (p pattern) weight() (rows, bytes int) {
	for _, t := range p {
		rows += len(t.rows)
		for _, row := range t.rows {
			for _, value := range row {
				switch v := value.(type) {
				case string:
					bytes += len(v)
				case []byte:
					bytes += len(v)
				default:
					bytes += 8
				}
			}
		}
	}
	return rows, bytes
}

// A stencil is a pattern cut at the texts that each copy replaces, so that copying only joins.
type stencil struct {
	pattern
	tokens []string
	cut    [][][]any // table, row, column: a value as it is, or []piece
}

// A piece is a text, and the number of the token that follows it, -1 for none.
type piece struct {
	text  string
	token int
}

func stencilOf(p pattern, tokens []string) stencil {
	s := stencil{pattern: p, tokens: tokens}
	for _, t := range p {
		table := make([][]any, len(t.rows))
		for i, row := range t.rows {
			table[i] = make([]any, len(row))
			for j, value := range row {
				table[i][j] = value
				if text, is := value.(string); is {
					table[i][j] = s.pieces(text)
				}
			}
		}
		s.cut = append(s.cut, table)
	}
	return s
}

// pieces cuts a text at its tokens; of two at one place the one named first counts.
func (s stencil) pieces(text string) []piece {
	var pieces []piece
	for {
		at, which := -1, -1
		for i, token := range s.tokens {
			if found := strings.Index(text, token); found >= 0 && (at < 0 || found < at) {
				at, which = found, i
			}
		}
		if at < 0 {
			return append(pieces, piece{text, -1})
		}
		pieces = append(pieces, piece{text[:at], which})
		text = text[at+len(s.tokens[which]):]
	}
}

func join(pieces []piece, values []string) string {
	if len(pieces) == 1 {
		return pieces[0].text
	}
	var b strings.Builder
	for _, p := range pieces {
		b.WriteString(p.text)
		if p.token >= 0 {
			b.WriteString(values[p.token])
		}
	}
	return b.String()
}

// A copier inserts copies in one transaction.
type copier struct {
	ctx        context.Context
	tx         *sql.Tx
	statements map[string]*sql.Stmt
}

// copying runs f in one transaction and leaves the database as a quiet hour would: SQLite's log written back,
// PostgreSQL's planner informed.
func (p place) copying(ctx context.Context, f func(*copier) error) error {
	tx, err := p.bulk.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := f(&copier{ctx: ctx, tx: tx, statements: map[string]*sql.Stmt{}}); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	if err := tx.Commit(); err != nil {
		return err
	}
	after := "ANALYZE"
	if p.db.Dialect() == "sqlite" {
		after = "PRAGMA wal_checkpoint(TRUNCATE)"
	}
	_, err = p.bulk.ExecContext(ctx, after)
	return err
}

// copy inserts a copy with the given values for the tokens. Evidence is hashed anew; adapt may change what
// is no text of its own.
func (c *copier) copy(s stencil, values []string, adapt func(table string, row []any)) error {
	for i, t := range s.pattern {
		if len(t.rows) == 0 {
			continue
		}
		insert, err := c.statement(t)
		if err != nil {
			return err
		}
		for _, row := range s.cut[i] {
			fresh := make([]any, len(row))
			for j, value := range row {
				if pieces, is := value.([]piece); is {
					value = join(pieces, values)
				}
				fresh[j] = value
			}
			t.rehash(fresh)
			if adapt != nil {
				adapt(t.table, fresh)
			}
			if _, err := insert.ExecContext(c.ctx, fresh...); err != nil {
				return fmt.Errorf("copying into %s: %w", t.table, err)
			}
		}
	}
	return nil
}

func (c *copier) statement(t tableRows) (*sql.Stmt, error) {
	if s := c.statements[t.table]; s != nil {
		return s, nil
	}
	marks := make([]string, len(t.columns))
	for i := range marks {
		marks[i] = fmt.Sprintf("$%d", i+1)
	}
	s, err := c.tx.PrepareContext(c.ctx, "INSERT INTO "+t.table+" ("+strings.Join(t.columns, ", ")+") VALUES ("+strings.Join(marks, ", ")+")")
	c.statements[t.table] = s
	return s, err
}

// rehash makes the hash of a copied entry fit its text.
func (t tableRows) rehash(row []any) {
	if t.table != "audit_entries" {
		return
	}
	text := ""
	for i, column := range t.columns {
		switch column {
		case "entry":
			text, _ = row[i].(string)
		case "hash":
			row[i] = audit.Hash(text)
		}
	}
}
