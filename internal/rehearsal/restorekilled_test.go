package rehearsal

import (
	"bytes"
	"context"
	"database/sql"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"uketsuke/internal/store"
	"uketsuke/internal/trial"
)

// RESTORE_KILLS is how many restores are killed on each database.
const restoreKills = "RESTORE_KILLS"

// A restoring is a house that is stopped, with a backup that is older than its database.
type restoring struct {
	*house
	backup, temp string
	keys         map[string]string
	took         time.Duration
}

// run runs the binary on the house's data, kills it after a while unless that is 0, and says what it printed.
func (r *restoring) run(life time.Duration, args ...string) (said string, status int) {
	r.t.Helper()
	cmd := exec.Command(r.binary, append(args, "--database", r.dsn, "--keys", r.house.keys)...)
	cmd.Env = append(os.Environ(), "TMPDIR="+r.temp)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		r.t.Fatal(err)
	}
	if life > 0 {
		kill := time.AfterFunc(life, func() { _ = cmd.Process.Kill() })
		defer kill.Stop()
	}
	_ = cmd.Wait() // the status tells
	r.alone()
	return out.String(), cmd.ProcessState.ExitCode()
}

// alone waits until PostgreSQL has seen that the process is gone.
func (r *restoring) alone() {
	r.t.Helper()
	if !strings.HasPrefix(r.dsn, "postgres:") {
		return
	}
	r.raw(func(conn *sql.DB) {
		for n := 1; n > 0; {
			row := conn.QueryRowContext(r.t.Context(), "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'")
			if err := row.Scan(&n); err != nil {
				r.t.Fatal(err)
			}
		}
	})
}

func (r *restoring) raw(do func(*sql.DB)) {
	r.t.Helper()
	conn, err := sql.Open("pgx", r.dsn)
	if err != nil {
		r.t.Fatal(err)
	}
	defer conn.Close()
	conn.SetMaxOpenConns(1)
	do(conn)
}

// registrations counts what the database knows.
func (r *restoring) registrations() int {
	r.t.Helper()
	db, err := store.Open(r.t.Context(), r.dsn)
	if err != nil {
		r.t.Fatal(err)
	}
	defer db.Close()
	list, err := db.Read().GivenOut(r.t.Context(), "receipt", "", 100)
	if err != nil {
		r.t.Fatal(err)
	}
	return len(list)
}

// left are the folders of restores that did not end.
func (r *restoring) left() []string {
	r.t.Helper()
	var all []string
	for _, dir := range []string{r.temp, filepath.Dir(r.dsn)} {
		found, err := filepath.Glob(filepath.Join(dir, ".restore-*"))
		if err != nil {
			r.t.Fatal(err)
		}
		all = append(all, found...)
	}
	return all
}

// R-SEC-6, R-ID-6: a restore is killed at random moments. The database is the one from before or the backup's, never an
// empty one; the next command says which, and one more completes or undoes it. No key of an unread password goes.
func TestRestoreKilled(t *testing.T) {
	t.Parallel()
	kills := trial.Size(t, restoreKills, 3, 100)
	random := int(time.Now().UnixNano() % 1_000_000)
	seed := trial.Size(t, "REHEARSAL_SEED", random, random)
	wrongDatabases(t, func(t *testing.T, h *house, _ func() string) {
		r := &restoring{house: h, backup: filepath.Join(trial.Durable(t), "backup.tar"), temp: trial.Durable(t)}
		h.issued(1)
		h.exitOf(0, "backup", r.backup)
		h.issued(1)
		h.stop()
		if err := h.db.Close(); err != nil {
			t.Fatal(err)
		}
		r.keys = h.keyFiles()
		r.halfRestored()
		begun := time.Now()
		r.wants(0, "no difference", "restore", r.backup, "--replace")
		r.took = time.Since(begun)
		r.wants(0, "no difference", "restore", "--undo", "--replace")
		random := rand.New(rand.NewPCG(uint64(seed), 0))
		old := 0
		for range kills {
			old += r.killed(random)
		}
		t.Logf("seed %d: %d restores of %v killed, %d of them before the database was the backup's", seed, kills, r.took, old)
		r.wants(0, "no difference", "restore", r.backup, "--replace")
		h.start()
		h.stop()
		h.wantKeys(r.keys)
	})
}

// wants runs a command that must end with a status and say something.
func (r *restoring) wants(status int, text string, args ...string) {
	r.t.Helper()
	if said, got := r.run(0, args...); got != status || !strings.Contains(said, text) {
		r.t.Errorf("%v ended with %d: %s", args, got, said)
	}
}

// killed kills one restore, and takes the house back to before it. It is 1 when nothing had been changed.
func (r *restoring) killed(random *rand.Rand) (old int) {
	r.t.Helper()
	// Most of a restore's time is spent after its one step, on comparing and checking.
	life := time.Duration(float64(r.took)*math.Pow(random.Float64(), 3)) + 1
	_, status := r.run(life, "restore", r.backup, "--replace")
	left := r.left()
	has := r.registrations()
	if has != 1 && has != 2 {
		r.t.Fatalf("killed with %d, the database has %d registrations", status, has)
	}
	said, status := r.run(0, "check")
	if status == 2 || len(left) > 0 && !strings.Contains(said, "was killed") && has == 1 {
		r.t.Errorf("the next command ended with %d: %s", status, said)
	}
	if has == 2 && status != 0 || strings.Contains(said, "before it changed anything") && has == 1 ||
		strings.Contains(said, "after the database had become") && has == 2 {
		r.t.Errorf("with %d registrations it ended with %d: %s", has, status, said)
	}
	if left := r.left(); len(left) > 0 {
		r.t.Errorf("left of a restore: %v", left)
	}
	r.wantKeys(r.keys)
	if has == 2 {
		return 1
	}
	r.wants(0, "no difference", "restore", "--undo", "--replace")
	return 0
}

// halfRestored is what a restore of before, killed between its steps, has left: nothing where the database was.
func (r *restoring) halfRestored() {
	r.t.Helper()
	const aside = "before_20260101t000000"
	if strings.HasPrefix(r.dsn, "postgres:") {
		r.raw(func(conn *sql.DB) {
			if _, err := conn.ExecContext(context.Background(), "ALTER SCHEMA public RENAME TO "+aside+"; CREATE SCHEMA public"); err != nil {
				r.t.Fatal(err)
			}
		})
	} else {
		for _, end := range []string{"", "-wal", "-shm"} {
			if err := os.Rename(r.dsn+end, r.dsn+"."+aside+end); err != nil && !os.IsNotExist(err) {
				r.t.Fatal(err)
			}
		}
	}
	if said, status := r.servedOn(r.dsn, 10*time.Second); status != 2 || !strings.Contains(said, "a restore was interrupted") {
		r.t.Errorf("the service ended with %d: %s", status, said)
	}
	r.wants(2, "uketsuke restore --undo", "check")
	cmd := exec.Command(r.binary, "migrate", "--database", r.dsn)
	if out, err := cmd.CombinedOutput(); err == nil || !strings.Contains(string(out), "a restore was interrupted") {
		r.t.Errorf("migrate: %v: %s", err, out)
	}
	r.wants(0, "no difference", "restore", "--undo")
	r.wantKeys(r.keys)
}
