package rehearsal

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"uketsuke/internal/store/pgtest"
	"uketsuke/internal/store/storetest"
	"uketsuke/internal/trial"
)

// TestRestored is R-ID-6, R-APP-15 and R-MAIL-4 with the real binary: a backup is taken while it serves, work goes on
// and is mailed, and the backup is restored. Nothing that was given out is given out again. On SQLite the file is
// then also put back by hand, which no command of ours sees.
func TestRestored(t *testing.T) {
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) {
		dsn := filepath.Join(trial.Durable(t), "uketsuke.db")
		if err := storetest.Migrate(dsn); err != nil {
			t.Fatal(err)
		}
		restored(t, dsn)
	})
	t.Run("postgres", func(t *testing.T) { restored(t, pgtest.Durable(t).NewDatabase(t, storetest.Migrate)) })
}

// exitOf runs another command of the binary on the same data; it must end with a status, and says what it printed.
func (h *house) exitOf(status int, args ...string) string {
	h.t.Helper()
	cmd := exec.Command(h.binary, append(args, "--database", h.dsn, "--keys", h.keys)...)
	out, err := cmd.CombinedOutput()
	if got := cmd.ProcessState.ExitCode(); got != status {
		h.t.Errorf("uketsuke %v ends with %d: %v\n%s", args, got, err, out)
	}
	return string(out)
}

// codes are the user codes that the portal has issued.
func (h *house) codes() []string {
	h.t.Helper()
	list, err := h.db.Read().GivenOut(h.t.Context(), "code", "", 10000)
	if err != nil {
		h.t.Fatal(err)
	}
	var codes []string
	for _, g := range list {
		if g.Application != "import" {
			codes = append(codes, g.Key)
		}
	}
	return codes
}

// settled waits until nothing waits in the outbox.
func (h *house) settled() {
	h.t.Helper()
	for range 200 {
		waiting, err := h.db.Read().WaitingMails(h.t.Context())
		if err != nil {
			h.t.Fatal(err)
		}
		if len(waiting) == 0 {
			return
		}
		<-time.After(50 * time.Millisecond)
	}
	h.t.Fatal("mails wait for ever")
}

func restored(t *testing.T, dsn string) {
	h := newHouse(t, dsn, 3)
	asks := &registration{h: h}
	grants := &approval{h: h, of: asks}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	applicant, examiner := h.signedIn("applicant"), h.signedIn("examiner")
	must(asks.Prepare(applicant, 3))
	registers := func(by *browser, i int) string {
		t.Helper()
		must(asks.Press(by, i))
		receipt, err := asks.Look(by, i)
		must(err)
		return receipt
	}
	first := registers(applicant, 0)
	must(grants.Prepare(examiner, 1))
	h.settled()
	backup := filepath.Join(trial.Durable(t), "backup.tar")
	h.exitOf(0, "backup", backup)
	if info, err := os.Stat(backup); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the backup: %v, %v", info.Mode(), err)
	}
	lost := registers(applicant, 1)
	must(grants.Press(examiner, 0))
	h.settled()
	before := h.codes()
	if out := h.exitOf(1, "restore", backup, "--replace"); !strings.Contains(out, "stop the service everywhere first") {
		t.Errorf("restored under a running service: %s", out)
	}
	h.stop()
	if out := h.exitOf(2, "restore", backup); !strings.Contains(out, "not empty") {
		t.Errorf("restored over a database that is not empty: %s", out)
	}
	must(h.db.Close())
	out := h.exitOf(0, "restore", backup, "--replace")
	if !strings.Contains(out, "1 registrations, 1 user codes, 2 user IDs") || !strings.Contains(out, "no difference") {
		t.Errorf("what the restore says: %s", out)
	}
	newest := h.again(t, grants, first, lost, before, registers)
	if strings.HasPrefix(dsn, "postgres:") {
		return
	}
	// A copy of the file, put back by hand.
	h.stop()
	must(h.db.Close())
	aside, err := filepath.Glob(dsn + ".before_*")
	if err != nil || len(aside) != 1 {
		t.Fatalf("put aside: %v, %v", aside, err)
	}
	for _, end := range []string{"", "-wal", "-shm"} {
		if err := os.Remove(dsn + end); err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
	}
	must(os.Rename(aside[0], dsn))
	h.start()
	h.db = storetest.Open(t, dsn)
	if got := registers(h.signedIn("applicant"), 2); got <= newest {
		t.Errorf("R-APP-15: %s was given out before", got)
	}
	if out := h.tool("check"); !strings.Contains(out, "no difference") {
		t.Error(out)
	}
	if !strings.Contains(h.log.String(), "behind its ledger") {
		t.Error("the file was put back, and the start did not see it")
	}
}

// again goes on after a restore: the process starts, nothing is repeated, and the lost work is done anew.
func (h *house) again(t *testing.T, grants *approval, first, lost string, before []string, registers func(*browser, int) string) (newest string) {
	t.Helper()
	h.start()
	h.db = storetest.Open(t, h.dsn)
	if newest = registers(h.signedIn("applicant"), 1); newest <= lost {
		t.Errorf("R-APP-15: %s was given out after %s and %s", newest, first, lost)
	}
	if err := grants.Press(h.signedIn("examiner"), 0); err != nil {
		t.Fatal(err)
	}
	h.settled()
	for _, code := range h.codes() {
		if slices.Contains(before, code) {
			t.Errorf("R-ID-6: %s was issued twice", code)
		}
	}
	if out := h.tool("check"); !strings.Contains(out, "no difference") {
		t.Error(out)
	}
	came := map[string]int{}
	for _, mail := range h.mails.Received() {
		if came[mail.MessageID]++; came[mail.MessageID] > 1 {
			t.Errorf("R-MAIL-4: %s came %d times", mail.MessageID, came[mail.MessageID])
		}
	}
	return newest
}
