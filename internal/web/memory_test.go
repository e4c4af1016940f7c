package web

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"runtime/debug"
	"strconv"
	"strings"
	"testing"
	"time"

	"uketsuke/internal/store/pgtest"
	"uketsuke/internal/store/storetest"
	"uketsuke/internal/trial"
)

// trap22Size is how many rows an export of trap 22 has, and how much memory above idle, in bytes, it may take: what is
// needed for some hundred rows at a time and by the driver does not grow with them, so fewer rows may take less.
func trap22Size(t *testing.T) (rows int, most int64) {
	t.Helper()
	rows = trial.Size(t, "EXPORT_ROWS", 50_000, 200_000)
	if rows < 200_000 {
		return rows, 32 << 20
	}
	return rows, 64 << 20
}

// Trap 22: a file of 200,000 rows is served in at most 64 MB of resident memory above idle, as the operating
// system counts it for the whole process: desk, database driver, and the test's own client too.
func TestTrap22AnExportEatsNoMemory(t *testing.T) {
	if raceDetected {
		t.Skip("the race detector's own memory would be counted too")
	}
	if _, err := os.Stat("/proc/self/clear_refs"); err != nil {
		t.Skip("this system does not tell the highest resident memory")
	}
	t.Run("sqlite", func(t *testing.T) {
		path := storetest.SQLiteFile(t)
		exportOf(t, path, "sqlite", "file:"+url.PathEscape(path)+"?_pragma=busy_timeout(10000)&_pragma=synchronous(off)&_pragma=cache_size(-65536)", "?queue=found", "?queue=all")
	})
	t.Run("postgres", func(t *testing.T) {
		dsn := pgtest.Cluster(t).NewDatabase(t, storetest.Migrate)
		exportOf(t, dsn, "pgx", dsn, "?queue=all")
	})
}

func exportOf(t *testing.T, dsn, driver, raw string, queries ...string) {
	exported, most := trap22Size(t)
	h := houseOn(t, storetest.Open(t, dsn))
	id := registered(t, h.as(t, "hanako"), false)
	fill(t, driver, raw, id, exported)
	shinsa := h.as(t, "shinsa")
	shinsa.save("/desk.csv?queue=mine") // says who is there
	for _, query := range queries {
		shinsa.get("/desk" + query)
		debug.FreeOSMemory()
		if err := os.WriteFile("/proc/self/clear_refs", []byte("5"), 0); err != nil {
			t.Skipf("the highest resident memory cannot be set back: %v", err)
		}
		idle := resident(t, "VmRSS:")
		began := time.Now()
		lines := shinsa.lines("/desk.csv", strings.TrimPrefix(query, "?"))
		peak := resident(t, "VmHWM:") - idle
		t.Logf("%s: %d lines in %v, %.1f MB above idle (%.1f MB)", query, lines, time.Since(began).Round(time.Millisecond), float64(peak)/(1<<20), float64(idle)/(1<<20))
		if lines != exported+1 {
			t.Errorf("%s: %d lines, want %d and a head", query, lines, exported)
		}
		if peak > most {
			t.Errorf("trap 22: %s took %d MB above idle, at most %d are allowed", query, peak>>20, most>>20)
		}
	}
}

// fill copies an application until there are as many as trap 22 asks for, with days spread over years.
func fill(t *testing.T, driver, dsn, id string, want int) {
	t.Helper()
	db, err := sql.Open(driver, dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	ctx := context.WithoutCancel(t.Context())
	rows, err := db.QueryContext(ctx, "SELECT * FROM applications LIMIT 1")
	if err != nil {
		t.Fatal(err)
	}
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	if err := rows.Close(); err != nil {
		t.Fatal(err)
	}
	values := make([]string, len(columns))
	for i, name := range columns {
		switch name {
		case "id":
			values[i] = "a.id || '-' || n.i"
		case "receipt":
			values[i] = "'24' || (1000000 + n.i) || 'A'"
		case "registered_at", "created_at", "waiting_since":
			values[i] = "'20' || (10 + n.i % 14) || '-' || (10 + n.i % 3) || '-' || (10 + n.i % 17) || substr(a." + name + ", 11)"
		default:
			values[i] = "a." + name
		}
	}
	finish := unindexed(t, db, driver)
	_, err = db.ExecContext(ctx, fmt.Sprintf(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d)
INSERT INTO applications (%s) SELECT %s FROM applications a, n WHERE a.id = $1`, want-1, strings.Join(columns, ", "), strings.Join(values, ", ")), id)
	if err != nil {
		t.Fatal(err)
	}
	finish()
	if _, err := db.ExecContext(ctx, "ANALYZE"); err != nil {
		t.Fatal(err)
	}
}

// unindexed takes the indexes off the applications and gives what puts them back: an index that is made of rows in
// one go takes a fraction of the time of one that every row is put into.
func unindexed(t *testing.T, db *sql.DB, driver string) (finish func()) {
	t.Helper()
	made, named := "SELECT sql FROM sqlite_master WHERE type = 'index' AND tbl_name = 'applications' AND sql IS NOT NULL", "SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name = 'applications' AND sql IS NOT NULL"
	if driver == "pgx" {
		plain := " FROM pg_indexes WHERE tablename = 'applications' AND indexname NOT IN (SELECT conname FROM pg_constraint)"
		made, named = "SELECT indexdef"+plain, "SELECT indexname"+plain
	}
	again := rowsOf(t, db, made)
	for _, name := range rowsOf(t, db, named) {
		if _, err := db.ExecContext(t.Context(), "DROP INDEX "+name); err != nil {
			t.Fatal(err)
		}
	}
	if len(again) < 3 {
		t.Fatalf("only %d indexes", len(again))
	}
	return func() {
		for _, statement := range again {
			if _, err := db.ExecContext(t.Context(), statement); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// lines counts the lines of a file as it comes, keeping none.
func (b *browser) lines(path, form string) int {
	b.t.Helper()
	r, err := http.NewRequestWithContext(b.t.Context(), http.MethodPost, b.h.url+path, strings.NewReader(form))
	if err != nil {
		b.t.Fatal(err)
	}
	r.Header.Set("Content-Type", formKind)
	answer, err := b.client.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	defer answer.Body.Close()
	lines, buffer := 0, make([]byte, 32<<10)
	for {
		n, err := answer.Body.Read(buffer)
		lines += strings.Count(string(buffer[:n]), "\n")
		if err == io.EOF {
			return lines
		}
		if err != nil {
			b.t.Fatal(err)
		}
	}
}

// resident is what the operating system says of the process's memory, in bytes.
func resident(t *testing.T, what string) int64 {
	t.Helper()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(status), what)
	kilobytes, err := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return kilobytes << 10
}
