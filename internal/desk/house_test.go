package desk_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"uketsuke/internal/account"
	"uketsuke/internal/application"
	"uketsuke/internal/calendar"
	"uketsuke/internal/desk"
	"uketsuke/internal/mail"
	"uketsuke/internal/problem"
	"uketsuke/internal/sample"
	"uketsuke/internal/store"
	"uketsuke/internal/store/pgtest"
	"uketsuke/internal/store/query"
	"uketsuke/internal/store/storetest"
)

// A house is a World whose database the test can also look into, and break, from outside.
type house struct {
	*sample.World
	t   *testing.T
	dsn string
	raw *sql.DB
}

// monday is the "now" of most stories.
const monday = "2024-12-02T10:00:00+09:00"

// begun are the tests that each has put beside the others.
var begun sync.Map

// each runs f on both databases at once, each with a house of its own whose desk clock stands at now, beside other tests.
// What it tests must therefore be its own: whoever measures time or memory, or fills what the process shares, is no such
// test.
func each(t *testing.T, now string, f func(*testing.T, *house)) {
	t.Helper()
	if _, again := begun.LoadOrStore(t, true); !again {
		t.Parallel()
	}
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		dsn := storetest.SQLiteFile(t)
		f(t, newHouse(t, now, dsn, "sqlite", "file:"+url.PathEscape(dsn)+"?_pragma=busy_timeout(10000)"))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		dsn := pgtest.Cluster(t).NewDatabase(t, storetest.Migrate)
		f(t, newHouse(t, now, dsn, "pgx", dsn))
	})
}

// eachSound is each, and in the end the independent check finds nothing amiss with what the test did.
func eachSound(t *testing.T, now string, f func(*testing.T, *house)) {
	t.Helper()
	each(t, now, func(t *testing.T, h *house) {
		f(t, h)
		findings, err := h.Desk.Check(t.Context())
		h.ok(err)
		for _, finding := range findings {
			t.Errorf("the check finds: %s", finding)
		}
	})
}

func newHouse(t *testing.T, now, dsn, driver, rawDSN string) *house {
	t.Helper()
	db := storetest.Open(t, dsn)
	raw, err := sql.Open(driver, rawDSN)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := raw.Close(); err != nil {
			t.Error(err)
		}
	})
	return &house{World: sample.New(t, db, now), t: t, dsn: dsn, raw: raw}
}

func (h *house) ok(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

// dump is every row of the database as text, by table, and the names of the keys in the ring. The clock's
// mark and the background jobs are left out.
func (h *house) dump() map[string]string {
	h.t.Helper()
	dump, tables := map[string]string{}, h.tables()
	if len(tables) < 20 {
		h.t.Fatalf("the test sees only the tables %v", tables)
	}
	for _, table := range tables {
		if table != "clock_mark" && table != "jobs" && !strings.HasPrefix(table, "goose") && !strings.HasPrefix(table, "sqlite") {
			dump[table] = strings.Join(h.rows("SELECT * FROM "+table), "\n")
		}
	}
	keys, err := h.Ring.List()
	h.ok(err)
	for _, key := range keys {
		dump["keys in the ring"] += string(key.Name) + "\n"
	}
	return dump
}

func (h *house) tables() []string {
	if h.DB.Dialect() == "sqlite" {
		return h.rows("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
	}
	return h.rows("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' ORDER BY table_name")
}

// rows are the rows of a query, each as one line, sorted.
func (h *house) rows(text string, args ...any) []string {
	h.t.Helper()
	rows, err := h.raw.QueryContext(h.t.Context(), text, args...)
	h.ok(err)
	defer rows.Close()
	columns, err := rows.Columns()
	h.ok(err)
	var lines []string
	for rows.Next() {
		values, into := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		h.ok(rows.Scan(into...))
		cells := make([]string, len(values))
		for i, v := range values {
			if b, is := v.([]byte); is {
				v = string(b)
			}
			cells[i] = fmt.Sprint(v)
		}
		lines = append(lines, strings.Join(cells, " | "))
	}
	h.ok(rows.Err())
	slices.Sort(lines)
	return lines
}

// count is the number of rows of a table that meet a condition.
func (h *house) count(table, condition string, args ...any) int {
	h.t.Helper()
	var n int
	h.ok(h.raw.QueryRowContext(h.t.Context(), "SELECT count(*) FROM "+table+" WHERE "+condition, args...).Scan(&n))
	return n
}

// unchanged runs f and says which rows it has written: there must be none, in the ring neither.
func (h *house) unchanged(name string, f func() error) error {
	h.t.Helper()
	before := h.dump()
	err := f()
	for table, rows := range h.dump() {
		for line := range strings.SplitSeq(rows, "\n") {
			if !slices.Contains(strings.Split(before[table], "\n"), line) {
				h.t.Errorf("%s: %s has a new or changed row: %.300s", name, table, line)
			}
		}
		if strings.Count(before[table], "\n") > strings.Count(rows, "\n") {
			h.t.Errorf("%s: %s has lost a row", name, table)
		}
	}
	return err
}

// letters are the letters in the outbox for an application, in the order of their writing; kind "" is all.
func (h *house) letters(id string, kind application.Mail) []mail.Letter {
	h.t.Helper()
	var letters []mail.Letter
	for _, row := range h.outbox(id) {
		var l mail.Letter
		h.ok(json.Unmarshal([]byte(row.Payload), &l))
		if kind == "" || l.Kind == kind {
			letters = append(letters, l)
		}
	}
	return letters
}

func (h *house) outbox(id string) []query.Outbox {
	h.t.Helper()
	rows, err := h.DB.Read().ListOutboxOf(h.t.Context(), id)
	h.ok(err)
	return rows
}

// to are the addresses of letters.
func to(letters []mail.Letter) []string {
	var addresses []string
	for _, l := range letters {
		addresses = append(addresses, l.To.Email)
	}
	slices.Sort(addresses)
	return addresses
}

// aAndM are the addresses of Tokyo's applicant and administrator, sorted.
func (h *house) aAndM() []string {
	return []string{sample.Email(h.Administrator), sample.Email(h.Applicant)}
}

// ids are the user IDs that an application brought, in order.
func (h *house) ids(id string) []string {
	h.t.Helper()
	var ids []string
	for _, code := range h.Case(h.Examiner, id).Issued {
		for _, issued := range code.IDs {
			ids = append(ids, string(issued.ID))
		}
	}
	return ids
}

func (h *house) approve(ref desk.Ref, round int, start, reason string) (desk.Approval, error) {
	return h.Desk.Approve(h.t.Context(), h.Examiner, ref, desk.ApproveForm{Round: round, Start: start, Reason: reason})
}

func (h *house) tick() {
	h.t.Helper()
	h.ok(h.Desk.Tick(h.t.Context()))
}

// broken says that err is a list of problems, one of them under the rule, at the field when one is given.
func broken(t *testing.T, err error, rule, field string) {
	t.Helper()
	l, is := errors.AsType[problem.List](err)
	if !is {
		t.Fatalf("want a problem under %s, got %v", rule, err)
	}
	for _, p := range l {
		if p.Rule == rule && (field == "" || p.Field == field) {
			return
		}
	}
	t.Errorf("want a problem under %s at %q, got %v", rule, field, l)
}

// refused says that err is a refusal of the life cycle of one kind.
func refused(t *testing.T, err error, why application.Why) {
	t.Helper()
	if r, is := errors.AsType[*application.Refusal](err); !is || r.Why != why {
		t.Errorf("want the refusal %s, got %v", why, err)
	}
}

func stale(t *testing.T, err error) {
	t.Helper()
	if _, is := errors.AsType[*desk.Stale](err); !is {
		t.Errorf("want a stale page, got %v", err)
	}
}

func equal[T comparable](t *testing.T, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

func same[T comparable](t *testing.T, what string, got, want []T) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

func day(s string) calendar.Date { return calendar.MustDate(s) }

// incomplete is the order with a required setting left open.
func incomplete(o sample.Order) sample.Order {
	o.Incomplete = true
	return o
}

// by is the order of another applicant.
func by(a account.Actor, o sample.Order) sample.Order {
	o.By = a
	return o
}

// reopened is a second process on the same database and ring.
func (h *house) reopened() *desk.Desk {
	h.t.Helper()
	db, err := store.Open(context.Background(), h.dsn)
	h.ok(err)
	h.t.Cleanup(func() { _ = db.Close() })
	c := h.Desk.Config
	c.DB = db
	d, err := desk.New(c)
	h.ok(err)
	return d
}

func asNotReadable(err error) (*desk.NotReadable, bool) { return errors.AsType[*desk.NotReadable](err) }

func operator() account.Actor { return account.OperatorActor("test") }
