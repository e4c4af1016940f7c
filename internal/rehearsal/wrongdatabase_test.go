package rehearsal

import (
	"bytes"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"uketsuke/internal/keyring"
	"uketsuke/internal/store/pgtest"
	"uketsuke/internal/store/storetest"
	"uketsuke/internal/trial"
)

// wrongDatabases runs a test with the real binary on both databases. another makes the address of a database that is
// not the house's: a SQLite file that is missing, or a PostgreSQL database without a table.
func wrongDatabases(t *testing.T, test func(t *testing.T, h *house, another func() string)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		dsn := filepath.Join(trial.Durable(t), "uketsuke.db")
		if err := storetest.Migrate(dsn); err != nil {
			t.Fatal(err)
		}
		test(t, newHouse(t, dsn, 3), func() string { return filepath.Join(trial.Durable(t), "uketsuke.db") })
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		server := pgtest.Durable(t)
		test(t, newHouse(t, server.NewDatabase(t, storetest.Migrate), 3), func() string { return server.NewDatabase(t, nil) })
	})
}

// issued registers and approves n applications, whose passwords nobody has read.
func (h *house) issued(n int) {
	h.t.Helper()
	asks := &registration{h: h}
	grants := &approval{h: h, of: asks}
	must := func(err error) {
		h.t.Helper()
		if err != nil {
			h.t.Fatal(err)
		}
	}
	applicant, examiner := h.signedIn("applicant"), h.signedIn("examiner")
	must(asks.Prepare(applicant, n))
	for i := range n {
		must(asks.Press(applicant, i))
	}
	must(grants.Prepare(examiner, n))
	for i := range n {
		must(grants.Press(examiner, i))
	}
}

// keyFiles are the keys of approvals in the folder, wherever below it they lie, aged beyond the grace.
func (h *house) keyFiles() map[string]string {
	h.t.Helper()
	found, old := map[string]string{}, time.Now().Add(-2*keyring.Grace)
	err := filepath.WalkDir(h.keys, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name := keyring.Name(filepath.Base(filepath.Dir(path)) + "/" + d.Name())
		if _, err := name.LastDay(); err != nil {
			return nil
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		found[string(name)] = string(content)
		return os.Chtimes(path, old, old)
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return found
}

// servedOn starts the service on another database beside the house's keys, and lets its clock work for a while if it
// gets ready. It returns what the process said and how it ended, -1 for not by itself.
func (h *house) servedOn(dsn string, life time.Duration) (said string, status int) {
	h.t.Helper()
	process := h.command()
	process.Args[indexAfter(process, "--database")] = dsn
	out := &journal{}
	process.Stderr, process.Stdout = out, out
	if err := process.Start(); err != nil {
		h.t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- process.Wait() }()
	select {
	case <-ended:
	case <-time.After(life):
		if err := process.Process.Kill(); err != nil {
			h.t.Error(err)
		}
		<-ended
	}
	return out.String(), process.ProcessState.ExitCode()
}

func indexAfter(cmd *exec.Cmd, flag string) int {
	for i, arg := range cmd.Args {
		if arg == flag {
			return i + 1
		}
	}
	panic(flag + " is not among the arguments")
}

// on runs another command of the binary beside the house's keys, on another database.
func (h *house) on(dsn string, args ...string) (said string, status int) {
	h.t.Helper()
	cmd := exec.Command(h.binary, append(args, "--database", dsn, "--keys", h.keys)...)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	_ = cmd.Run() // the status tells
	return out.String(), cmd.ProcessState.ExitCode()
}

// R-SEC-6, trap 38: a database that is missing, empty or mistyped beside a living ring is refused by the service and by
// every command, before a key, a file or a table is touched. With the right one everything goes on.
func TestWrongDatabase(t *testing.T) {
	t.Parallel()
	wrongDatabases(t, func(t *testing.T, h *house, another func() string) {
		h.issued(2)
		h.stop()
		keys := h.keyFiles()
		if len(keys) != 2 {
			t.Fatalf("%d keys were made", len(keys))
		}
		wrong := another()
		if said, status := h.servedOn(wrong, 8*time.Second); status != 2 || !strings.Contains(said, "not the database of these keys") || !strings.Contains(said, "uketsuke restore") {
			t.Errorf("the service ended with %d: %s", status, said)
		}
		seed := filepath.Join(trial.Durable(t), "seed.json")
		if err := os.WriteFile(seed, []byte(`{}`), 0o600); err != nil {
			t.Fatal(err)
		}
		for _, args := range [][]string{{"check"}, {"seed", "--really", "--file", seed}, {"admin", "keys", "list"},
			{"admin", "ring", "accept-loss", "--really"}, {"admin", "clock", "accept", "--really"}, {"audit", "checkpoint"}} {
			if said, status := h.on(wrong, args...); status != 2 || !strings.Contains(said, "not the database of these keys") {
				t.Errorf("%v ended with %d: %s", args, status, said)
			}
		}
		if _, err := os.Stat(wrong); err == nil {
			t.Error("a database was made where none should be")
		}
		h.wantKeys(keys)
		h.start()
		h.stop()
		h.wantKeys(keys)
		h.says(h.tool("check"), `^no difference\n$`)
	})
}

// wantKeys fails unless every key still lies in the ring's folder.
func (h *house) wantKeys(keys map[string]string) {
	h.t.Helper()
	now := h.keyFiles()
	for name, content := range keys {
		if now[name] != content {
			h.t.Errorf("R-SEC-6: the key %s of an unread password is gone", name)
		}
	}
}
