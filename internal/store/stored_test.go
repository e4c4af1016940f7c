package store_test

import (
	"database/sql"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"uketsuke/internal/store"
	"uketsuke/internal/store/column"
	"uketsuke/internal/store/query"
	"uketsuke/internal/store/storetest"
)

// A database that the first schema made is brought to the newest one: nothing in it is lost or changed, and
// what the migrations derive is right.
func TestMigrateStoredCopy(t *testing.T) {
	t.Parallel()
	newest := newestMigration(t)
	storetest.EachStored(t, "0001", func(t *testing.T, dsn string, raw *sql.DB) {
		before := tablesOf(t, raw)
		if len(before) < 34 {
			t.Fatalf("the stored copy has only the tables %v", before)
		}
		kept := map[string][]string{}
		for _, table := range before {
			if kept[table.name] = table.rows(t, raw); len(kept[table.name]) == 0 {
				t.Errorf("the stored copy has no row in %s, so nothing is shown about it", table.name)
			}
		}
		db := storetest.Open(t, dsn)
		for range 2 {
			if err := db.Migrate(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		var version int64
		if err := raw.QueryRowContext(t.Context(), "SELECT max(version_id) FROM goose_db_version").Scan(&version); err != nil || version != newest {
			t.Errorf("the schema is at %d, %v; the newest migration is %d", version, err, newest)
		}
		for _, table := range before {
			if table.name == "closing_days" {
				continue // moved, see below
			}
			if after := table.rows(t, raw); !slices.Equal(after, kept[table.name]) {
				t.Errorf("%s is not as it was:\n%s\nbefore:\n%s", table.name, strings.Join(after, "\n"), strings.Join(kept[table.name], "\n"))
			}
		}
		derived(t, db, kept["closing_days"])
		written(t, db)
	})
}

// derived reads through queries what the migrations made of the rows.
func derived(t *testing.T, db *store.DB, closing []string) {
	t.Helper()
	ctx, q := t.Context(), db.Read().Queries
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	entries, err := q.ListClosingEntries(ctx)
	must(err)
	var moved []string
	for _, e := range entries {
		if !e.Closed {
			t.Errorf("%s was closed and is not", e.Day)
		}
		moved = append(moved, fmt.Sprintf("%s | %s | %s", e.Day, e.Name, e.RecordedAt.UTC().Format("2006-01-02T15:04:05.000000Z")))
	}
	if slices.Sort(moved); len(moved) != 2 || !slices.Equal(moved, closing) {
		t.Errorf("R-CAL-1: closing days %q, were %q", moved, closing)
	}
	// One area stands under an issued code, the other was only reserved (R-APP-9).
	codes := map[string]int{}
	for _, app := range applications(t, db) {
		areas, err := q.ListAreasOf(ctx, app.ID)
		must(err)
		for _, area := range areas {
			if codes[area.UserCode]++; area.FreedBy != "" {
				t.Errorf("R-APP-9: area %s is freed by %q", area.Code, area.FreedBy)
			}
		}
		if !app.ProposedAt.IsZero() || app.Proposal != "" || app.WaitedDays != 0 || app.CopiedFrom != "" {
			t.Errorf("application %s has what nobody gave it: %+v", app.ID, app)
		}
	}
	if len(codes) != 2 || codes["1CNAC"] != 1 || codes[""] != 1 {
		t.Errorf("R-APP-9: areas stand under %v, want one under 1CNAC and one reserved", codes)
	}
	terms, err := q.ListContractTerms(ctx, "e-mukashi")
	must(err)
	if len(terms) != 1 || terms[0].Plan != "B" || terms[0].Terminals != 5 || terms[0].GeneralPlan != "B" || terms[0].GeneralTerminals != 0 {
		t.Errorf("R-CON-5: the contract is %+v", terms)
	}
	code, err := q.ListCodeTerms(ctx, "e-tokyo")
	must(err)
	ids, err := q.ListIDTerms(ctx, "e-tokyo")
	must(err)
	if len(code) != 4 || len(ids) != 4 || slices.ContainsFunc(code, func(c query.CodeTerm) bool { return c.Ended }) ||
		slices.ContainsFunc(ids, func(i query.IDTerm) bool { return i.Ended }) {
		t.Errorf("R-APP-8: code terms %+v, ID terms %+v", code, ids)
	}
}

// written does with the migrated database what the product does next: it counts on, and no key is given again.
func written(t *testing.T, db *store.DB) {
	t.Helper()
	write(t, db, func(tx *store.Tx) error {
		n, err := tx.InsertUserCode(t.Context(), query.InsertUserCodeParams{Code: "1ANAC", Establishment: "e-tokyo", Application: "a", BornAt: column.At(monday)})
		if err == nil && n != 0 {
			t.Error("R-ID-6: a code of the stored copy was given once more")
		}
		return err
	})
	write(t, db, func(tx *store.Tx) error {
		n, err := tx.TakeReceipt(t.Context(), "receipt:2024")
		if err == nil && n != 7 {
			t.Errorf("R-APP-15: after six receipt numbers comes %d", n)
		}
		return err
	})
}

func applications(t *testing.T, db *store.DB) []query.Application {
	t.Helper()
	apps, err := db.Read().AllApplications(t.Context(), query.AllApplicationsParams{Most: 100})
	if err != nil || len(apps) != 7 {
		t.Fatalf("%d applications, %v", len(apps), err)
	}
	return apps
}

// newestMigration is the number of the last migration there is.
func newestMigration(t *testing.T) int64 {
	t.Helper()
	files, err := os.ReadDir("migrations")
	if err != nil {
		t.Fatal(err)
	}
	number, _, _ := strings.Cut(files[len(files)-1].Name(), "_")
	newest, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return newest
}

// A storedTable is a table with the columns it had before the migrations.
type storedTable struct {
	name    string
	columns []string
}

// tablesOf are the product's own tables.
func tablesOf(t *testing.T, raw *sql.DB) []storedTable {
	t.Helper()
	text := `SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1, ordinal_position`
	if strings.Contains(fmt.Sprintf("%T", raw.Driver()), "sqlite") {
		text = `SELECT m.name, c.name FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table' ORDER BY 1, c.cid`
	}
	var tables []storedTable
	for _, line := range linesOf(t, raw, text) {
		name, column, _ := strings.Cut(line, " | ")
		if strings.HasPrefix(name, "goose") || strings.HasPrefix(name, "sqlite") {
			continue
		}
		if len(tables) == 0 || tables[len(tables)-1].name != name {
			tables = append(tables, storedTable{name: name})
		}
		last := &tables[len(tables)-1]
		last.columns = append(last.columns, column)
	}
	return tables
}

// rows are the table's rows in the columns it had, sorted.
func (s storedTable) rows(t *testing.T, raw *sql.DB) []string {
	t.Helper()
	lines := linesOf(t, raw, "SELECT "+strings.Join(s.columns, ", ")+" FROM "+s.name)
	slices.Sort(lines)
	return lines
}

// linesOf are the rows of a query, each as one line.
func linesOf(t *testing.T, raw *sql.DB, text string) []string {
	t.Helper()
	rows, err := raw.QueryContext(t.Context(), text)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for rows.Next() {
		cells, into := make([]sql.NullString, len(columns)), make([]any, len(columns))
		for i := range cells {
			into[i] = &cells[i]
		}
		if err := rows.Scan(into...); err != nil {
			t.Fatal(err)
		}
		var line []string
		for _, cell := range cells {
			line = append(line, cell.String)
		}
		lines = append(lines, strings.Join(line, " | "))
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return lines
}
