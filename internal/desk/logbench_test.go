package desk_test

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"uketsuke/internal/account"
	"uketsuke/internal/audit"
	"uketsuke/internal/sample"
	"uketsuke/internal/store"
	"uketsuke/internal/store/column"
	"uketsuke/internal/store/pgtest"
	"uketsuke/internal/store/query"
	"uketsuke/internal/store/storetest"
)

// BenchmarkLog says what the log costs an act at most: transactions that write nothing but an entry, with and
// without the row by which it waits for its place, turn by turn in one run on databases that sync every commit;
// then how many entries a second get their places, and are verified.
// go test -run - -bench 'Log$' -benchtime 20000x
func BenchmarkLog(b *testing.B) {
	for name, dsn := range map[string]func() string{
		"sqlite":   func() string { return filepath.Join(b.TempDir(), "u.db") },
		"postgres": func() string { return pgtest.Durable(b).NewDatabase(b, nil) },
	} {
		b.Run(name, func(b *testing.B) {
			at := dsn()
			if err := storetest.Migrate(at); err != nil {
				b.Fatal(err)
			}
			benchLog(b, sample.New(b, storetest.Open(b, at), monday))
		})
	}
}

// turns is how many single transactions of each sort are timed.
const turns = 200

func benchLog(b *testing.B, w *sample.World) {
	var took [2][]time.Duration
	for n := range 2 * turns {
		begun := time.Now()
		writeEntries(b, w, fmt.Sprintf("turn-%06d", n), 1, n%2 == 1)
		took[n%2] = append(took[n%2], time.Since(begun))
	}
	b.ReportMetric(float64(median(took[1]))/float64(median(took[0])), "act-ratio")
	for n := 0; n < b.N; n += 1000 {
		writeEntries(b, w, fmt.Sprintf("many-%09d", n), 1000, true)
	}
	begun := time.Now()
	if _, err := w.Desk.Checkpoint(b.Context()); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(b.N)/time.Since(begun).Seconds(), "places/s")
	begun = time.Now()
	report, err := w.Desk.VerifyLog(b.Context())
	if err != nil || !report.Clean() {
		b.Fatal(report.Findings, err)
	}
	b.ReportMetric(float64(report.Leaves)/time.Since(begun).Seconds(), "verified/s")
}

func writeEntries(b *testing.B, w *sample.World, id string, n int, waits bool) {
	err := w.DB.InTx(b.Context(), func(tx *store.Tx) error {
		for i := range n {
			e := audit.Entry{ID: fmt.Sprintf("%s-%04d", id, i), At: w.Now(), Actor: w.Examiner.ID, ActorName: w.Examiner.Name, Role: account.Examiner, Act: "search",
				Personal: map[audit.Key]string{audit.Search: "見本"}}
			r, err := e.Record(w.Desk.Rand)
			if err != nil {
				return err
			}
			err = tx.InsertAudit(b.Context(), query.InsertAuditParams{ID: r.ID, At: column.At(e.At), Actor: r.Actor, Act: r.Act, Entry: r.Text,
				Hash: r.Hash, Personal: r.Personal.Text, Salt: r.Personal.Salt})
			if err != nil || !waits {
				return err
			}
			if err := tx.AwaitLeaf(b.Context(), r.ID); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
}
