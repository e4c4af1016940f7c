package rehearsal

import (
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"uketsuke/internal/account"
	"uketsuke/internal/application"
	"uketsuke/internal/audit"
	"uketsuke/internal/desk"
	"uketsuke/internal/ledger"
	"uketsuke/internal/sample"
	"uketsuke/internal/store/pgtest"
	"uketsuke/internal/store/storetest"
	"uketsuke/internal/trial"
)

// monday is when everything happens.
const monday = "2024-12-02T10:00:00+09:00"

// S9, R-EX-7, R-APP-14: killed at any statement, either all of it or none has happened, and the retry
// completes it. Of a round of the audit log's work each step may have happened; the next round completes it.
func TestKilledAtEveryStatement(t *testing.T) {
	t.Parallel()
	for _, act := range []string{"register", "approve", "sequence"} {
		t.Run(act+"/sqlite", func(t *testing.T) {
			t.Parallel()
			everyStatement(t, act, func() string { return filepath.Join(trial.Durable(t), "uketsuke.db") })
		})
		t.Run(act+"/postgres", func(t *testing.T) {
			t.Parallel()
			everyStatement(t, act, func() string { return pgtest.Cluster(t).NewDatabase(t, nil) })
		})
	}
}

// everyStatement kills an act at its first statement, at its second, until it survives.
func everyStatement(t *testing.T, act string, database func() string) {
	// One world has codes for 34 approvals.
	const perWorld = 30
	var w *sample.World
	dsn := ""
	happened, statements := 0, 0
	for at := 1; ; at++ {
		if (at-1)%perWorld == 0 {
			sound(t, w)
			dsn = database()
			if err := storetest.Migrate(dsn); err != nil {
				t.Fatal(err)
			}
			w = sample.New(t, storetest.Open(t, dsn), monday)
			withLedger(t, w)
		}
		v := prepare(w, act)
		v.DSN, v.Keys, v.Now, v.At = dsn, w.RingDir, w.Now(), at
		if survived := v.run(t); survived {
			statements = at - 1
			break
		}
		if v.after(t, w) {
			happened++
		}
	}
	sound(t, w)
	t.Logf("%s: killed at each of %d statements and after the last, which is the commit; %d times it had happened", act, statements-1, happened)
	if act == "sequence" {
		if statements < 10 {
			t.Errorf("a round of the log has %d statements", statements)
		}
		return
	}
	if statements < 10 || happened != 1 {
		t.Errorf("R-EX-7: of %d kills, %d came after the commit, want the last one only", statements, happened)
	}
}

// withLedger gives the desk of a world the ledger that its victims write too.
func withLedger(t *testing.T, w *sample.World) {
	t.Helper()
	book, err := ledger.Open(filepath.Join(w.RingDir, "ledger"))
	if err == nil {
		w.Desk.Ledger = book
		err = errors.Join(w.Desk.CheckRing(t.Context()), restart(t, w), book.Begin())
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := book.Close(); err != nil {
			t.Error(err)
		}
	})
}

// restart is what the next process does first: what a killed one has perhaps given out is given out no more (R-ID-6).
func restart(t *testing.T, w *sample.World) error {
	t.Helper()
	_, err := w.Desk.CatchUp(t.Context())
	return err
}

// prepare makes an application ready for the act.
func prepare(w *sample.World, act string) victim {
	if act == "sequence" {
		w.Draft(sample.S2("2024-12-12")) // leaves entries that wait for their places
		return victim{Act: act, By: w.Applicant}
	}
	if act == "register" {
		return victim{Act: act, By: w.Applicant, Ref: w.Draft(sample.S2("2024-12-12"))}
	}
	return victim{Act: act, By: w.Examiner, Ref: w.UnderExamination(sample.S2("2024-12-12")), Start: "2024-12-12"}
}

// run lets the victim die and says whether it survived.
func (v victim) run(t *testing.T) bool {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	dir, err := os.MkdirTemp("/tmp", "victim") // a socket's path is short
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	process := exec.Command(os.Args[0])
	process.Env = append(os.Environ(), victimVariable+"="+string(text), socketVariable+"="+filepath.Join(dir, ".s.PGSQL.5432"))
	out, err := process.CombinedOutput()
	if err == nil {
		return true
	}
	if status, ok := process.ProcessState.Sys().(syscall.WaitStatus); !ok || status.Signal() != syscall.SIGKILL {
		t.Fatalf("the victim was not killed: %v\n%s", err, out)
	}
	return false
}

// after looks at what a killed act has left, does it again, and says whether it had happened.
func (v victim) after(t *testing.T, w *sample.World) (happened bool) {
	t.Helper()
	if err := restart(t, w); err != nil {
		t.Fatal(err)
	}
	if v.Act == "sequence" {
		v.sequenced(t, w)
		return false
	}
	before, done := application.InDraft, application.Registered
	if v.Act == "approve" {
		before, done = application.UnderExamination, application.Approved
	}
	state := w.Case(v.By, v.Ref.ID).State
	if state != before && state != done {
		t.Fatalf("killed at %d: it is %s", v.At, state)
	}
	findings(t, w, v, "after the kill")
	v.again(t, w, state == done)
	findings(t, w, v, "after the retry")
	if state := w.Case(v.By, v.Ref.ID).State; state != done {
		t.Errorf("killed at %d: after the retry it is %s", v.At, state)
	}
	return state == done
}

// sequenced wants the log of a killed round to be verified as it lies, and again after the next round, which leaves nothing
// waiting and nothing unsigned.
func (v victim) sequenced(t *testing.T, w *sample.World) {
	t.Helper()
	whole := func(when string) audit.Report {
		report, err := w.Desk.VerifyLog(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range report.Findings {
			t.Errorf("killed at %d, %s: %s", v.At, when, f)
		}
		return report
	}
	whole("after the kill")
	w.Pass(2 * time.Minute) // the lease of the dead ends
	if err := w.Desk.KeepLog(t.Context()); err != nil {
		t.Errorf("killed at %d: the next round: %v", v.At, err)
	}
	if _, err := w.Desk.Checkpoint(t.Context()); err != nil { // of what the round itself has left behind
		t.Fatal(err)
	}
	whole("after the next round")
	state, err := w.Desk.LogState(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if state.Waiting != 0 || state.Last.Size != state.Size || state.Size == 0 {
		t.Errorf("killed at %d: after the next round: %+v", v.At, state)
	}
}

// again is the retry of the person who got no answer.
func (v victim) again(t *testing.T, w *sample.World, happened bool) {
	t.Helper()
	if v.Act == "register" {
		receipt, err := w.Desk.Register(t.Context(), v.By, v.Ref, true)
		second, errSecond := w.Desk.Register(t.Context(), v.By, v.Ref, true)
		if err != nil || errSecond != nil || receipt != second {
			t.Errorf("R-APP-14 killed at %d: registered again: %s, %v, and again: %s, %v", v.At, receipt, err, second, errSecond)
		}
		return
	}
	approval, err := w.Desk.Approve(t.Context(), v.By, v.Ref, desk.ApproveForm{Round: 1, Start: v.Start})
	_, stale := errors.AsType[*desk.Stale](err)
	switch {
	case happened && !stale:
		t.Errorf("R-EX-7 killed at %d: approved again although it had happened: %v", v.At, err)
	case !happened && (err != nil || len(approval.Codes) != 1):
		t.Errorf("R-EX-7 killed at %d: the retry: %v, %v", v.At, approval, err)
	}
}

func findings(t *testing.T, w *sample.World, v victim, when string) {
	t.Helper()
	found, err := w.Desk.Check(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range found {
		t.Errorf("killed at %d, %s: %s", v.At, when, f)
	}
}

// sound sweeps the ring of a world, as the service does, and wants one key for each approval in it; the
// passwords can be read.
func sound(t *testing.T, w *sample.World) {
	t.Helper()
	if w == nil {
		return
	}
	w.Pass(11 * time.Minute)
	if err := w.Desk.Tick(t.Context()); err != nil {
		t.Fatal(err)
	}
	keys, err := w.Ring.List()
	if err != nil {
		t.Fatal(err)
	}
	named, err := w.DB.Read().ListSecretKeys(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(keys) != len(named) {
		t.Errorf("R-SEC-6: after the sweep %d keys are in the ring and %d are named", len(keys), len(named))
	}
	for _, name := range named {
		id, _, _ := strings.Cut(strings.SplitN(name, "/", 2)[1], "-"+name[strings.LastIndex(name, "-")+1:])
		if _, err := w.Desk.ReadSecrets(t.Context(), account.Actor(w.Administrator), id); err != nil {
			t.Errorf("R-SEC-6: reading what was issued under %s: %v", name, err)
		}
	}
}
