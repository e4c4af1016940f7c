package rehearsal

import (
	"database/sql"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"uketsuke/internal/mail/mailtest"
	"uketsuke/internal/store/pgtest"
	"uketsuke/internal/store/storetest"
)

// What surrounds the product fails while it runs: the disk is full, the database crashes, the mail server
// misbehaves. Each time nothing that was acknowledged is lost, nothing happens twice, people get a page that says
// so, and the same process goes on by itself when the fault is over.

// A disk is a small one that a test can fill.
type disk struct {
	t   *testing.T
	dir string
}

// mount puts a disk of so many megabytes at a directory. Only root may; elsewhere these tests do not run.
func (d *disk) mount(megabytes string) func(dir string) error {
	return func(dir string) error {
		err := unix.Mount("tmpfs", dir, "tmpfs", unix.MS_NOSUID|unix.MS_NODEV, "mode=0777,size="+megabytes+"m")
		if errors.Is(err, unix.EPERM) {
			d.t.Skip("mounting a small disk is for root on a machine that allows it")
		}
		if err != nil {
			return err
		}
		d.dir = dir
		d.t.Cleanup(func() {
			if err := unix.Unmount(dir, unix.MNT_DETACH); err != nil {
				d.t.Error(err)
			}
			_ = os.Remove(dir)
		})
		return nil
	}
}

func (d *disk) ballast() string { return filepath.Join(d.dir, "ballast") }

// fill leaves no free block.
func (d *disk) fill() {
	d.t.Helper()
	f, err := os.Create(d.ballast())
	if err != nil {
		d.t.Fatal(err)
	}
	defer f.Close()
	for _, size := range []int64{1 << 20, 4096} {
		for err == nil {
			_, err = io.CopyN(f, zeros{}, size)
		}
		if !errors.Is(err, syscall.ENOSPC) {
			d.t.Fatal(err)
		}
		err = nil
	}
}

func (d *disk) free() {
	d.t.Helper()
	if err := os.Remove(d.ballast()); err != nil {
		d.t.Fatal(err)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func TestFullDisk(t *testing.T) {
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) {
		d := &disk{t: t}
		dir, err := os.MkdirTemp("/tmp", "small")
		if err == nil {
			err = d.mount("24")(dir)
		}
		if err != nil {
			t.Fatal(err)
		}
		dsn := filepath.Join(dir, "uketsuke.db")
		fullDisk(t, d, dsn, func() {
			// The log's file could be written again without a new block.
			db, err := sql.Open("sqlite", dsn)
			if err == nil {
				_, err = db.Exec("PRAGMA wal_checkpoint(TRUNCATE)")
				err = errors.Join(err, db.Close())
			}
			if err != nil {
				t.Fatal(err)
			}
		})
	})
	t.Run("postgres", func(t *testing.T) {
		d := &disk{t: t}
		server := pgtest.DurableOn(t, d.mount("160"))
		fullDisk(t, d, server.NewDatabase(t, storetest.Migrate), func() {})
	})
}

func fullDisk(t *testing.T, d *disk, dsn string, before func()) {
	t.Helper()
	if err := storetest.Migrate(dsn); err != nil {
		t.Fatal(err)
	}
	const most = 60
	h := newHouse(t, dsn, most)
	b := h.signedIn("applicant")
	work := &registration{h: h}
	if err := work.Prepare(b, most); err != nil {
		t.Fatal(err)
	}
	before()
	d.fill()
	done, refused := 0, 0
	for i := range most {
		a, err := b.pressRegister(work, i)
		if err != nil {
			t.Fatalf("the full disk ended the process: %v\n%s", err, h.log)
		}
		if a.status == http.StatusSeeOther {
			done++
			continue
		}
		refused++
		if a.status < 500 || !strings.Contains(a.body, "<h1") {
			t.Errorf("on a full disk the answer is %d without a page", a.status)
		}
		if refused == 3 {
			break
		}
	}
	if refused == 0 {
		t.Fatal("the disk was never full for a registration")
	}
	h.comesTo(http.StatusServiceUnavailable)
	d.free()
	h.comesTo(http.StatusOK)
	told := map[int]string{}
	for i := range done + refused {
		if err := work.Press(b, i); err != nil {
			t.Fatalf("after the disk has room again: registration %d: %v\n%s", i, err, h.log)
		}
		seen, err := work.Look(b, i)
		if err != nil {
			t.Fatal(err)
		}
		told[i] = seen
	}
	work.ids = work.ids[:done+refused]
	if err := work.Verify(t.Context(), h.db, told); err != nil {
		t.Error(err)
	}
	t.Logf("%d registered on a full disk, %d refused, all of them registered afterwards", done, refused)
	h.wellAfter()
}

// The disk of the keys is full, and the ledger lies on it too: nothing is approved or registered that could not be noted or
// sealed, and the same presses do it once there is room.
func TestFullDiskOfKeys(t *testing.T) {
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) { fullDiskOfKeys(t, filepath.Join(t.TempDir(), "uketsuke.db")) })
	t.Run("postgres", func(t *testing.T) { fullDiskOfKeys(t, pgtest.Cluster(t).NewDatabase(t, nil)) })
}

func fullDiskOfKeys(t *testing.T, dsn string) {
	t.Helper()
	if err := storetest.Migrate(dsn); err != nil {
		t.Fatal(err)
	}
	d := &disk{t: t}
	dir, err := os.MkdirTemp("/tmp", "keys")
	if err == nil {
		err = d.mount("4")(dir)
	}
	if err != nil {
		t.Fatal(err)
	}
	const most = 6
	h := newHouseKeeping(t, dsn, most, mailtest.Start(t, mailtest.Options{}), filepath.Join(dir, "keys"))
	applicant, examiner := h.signedIn("applicant"), h.signedIn("examiner")
	filed := &registration{h: h}
	if err := filed.Prepare(applicant, most); err != nil {
		t.Fatal(err)
	}
	works := []struct {
		work Work
		by   *browser
	}{{filed, applicant}, {&approval{h: h, of: filed, issued: fresh}, examiner}}
	for i, w := range works {
		if i > 0 {
			if err := w.work.Prepare(w.by, most); err != nil {
				t.Fatal(err)
			}
		}
		d.fill()
		if i == 0 {
			h.comesTo(http.StatusServiceUnavailable)
		}
		refused := 0
		for n := range most {
			if err := w.work.Press(w.by, n); err != nil {
				if errors.Is(err, errGone) {
					t.Fatalf("the full disk ended the process: %v\n%s", err, h.log)
				}
				refused++
			}
		}
		if refused == 0 && i > 0 { // what a registration notes may fit into the block that the ledger has
			t.Errorf("%s: the disk of the keys was never full", w.work.Name())
		}
		d.free()
		if i == 0 {
			h.comesTo(http.StatusOK)
		}
		told := map[int]string{}
		for n := range most {
			if err := w.work.Press(w.by, n); err != nil {
				t.Fatalf("%s %d, after the disk has room again: %v\n%s", w.work.Name(), n, err, h.log)
			}
			if told[n], err = w.work.Look(w.by, n); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.work.Verify(t.Context(), h.db, told); err != nil {
			t.Error(err)
		}
		t.Logf("%s: %d of %d refused while the disk of the keys was full, all of them done afterwards", w.work.Name(), refused, most)
	}
	h.wellAfter()
}

// comesTo waits until whoever sends people here is told to, or not to.
func (h *house) comesTo(status int) {
	h.t.Helper()
	var said string
	for range 300 {
		var got int
		if got, said = h.health("/readyz"); got == status {
			return
		}
		<-time.After(50 * time.Millisecond)
	}
	h.t.Errorf("/readyz does not come to %d: %q", status, said)
}

// wellAfter wants nothing lost: every mail comes, and the check finds no difference.
func (h *house) wellAfter() {
	h.t.Helper()
	h.mailed()
	h.stop()
	h.sound("at the end")
}

// The database crashes while people register: the process answers with an error page or with the receipt, and
// goes on when the database is back.
func TestDatabaseCrashes(t *testing.T) {
	t.Parallel()
	server := pgtest.Durable(t)
	dsn := server.NewDatabase(t, storetest.Migrate)
	const n, crashes = 12, 2
	h := newHouse(t, dsn, n)
	work := &registration{h: h}
	if err := work.Prepare(h.signedIn("applicant"), n); err != nil {
		t.Fatal(err)
	}
	var people sync.WaitGroup
	told := map[int]string{}
	var mu sync.Mutex
	failures := 0
	hands := []*browser{h.signedIn("applicant"), h.signedIn("applicant"), h.signedIn("applicant")}
	for hand, b := range hands {
		people.Go(func() {
			for i := hand; i < n; i += len(hands) {
				if hand == 0 && i%(n/crashes) == 0 {
					if err := server.Crash(); err != nil {
						t.Error(err)
					}
				}
				for try := 0; ; try++ {
					a, err := b.pressRegister(work, i)
					if err != nil || try == 600 {
						t.Errorf("registration %d: status %d, %v", i, a.status, err)
						return
					}
					if a.status == http.StatusSeeOther && strings.HasSuffix(a.location, "/registered") {
						break
					}
					mu.Lock()
					failures++
					mu.Unlock()
					<-time.After(50 * time.Millisecond) // as a person waits before pressing again
				}
				seen, err := work.Look(b, i)
				for try := 0; err != nil && try < 100; try++ {
					<-time.After(50 * time.Millisecond)
					seen, err = work.Look(b, i)
				}
				mu.Lock()
				told[i] = seen
				mu.Unlock()
				if err != nil {
					t.Errorf("registration %d: acknowledged and lost: %v", i, err)
				}
			}
		})
	}
	people.Wait()
	if err := work.Verify(t.Context(), h.db, told); err != nil {
		t.Error(err)
	}
	t.Logf("%d crashes of the database, %d presses answered with an error", crashes, failures)
	h.wellAfter()
}

// R-MAIL-4: a mail server that greylists, hangs up in the middle of a mail, hangs up after it, and refuses
// somebody for good. Every mail arrives that can, under its one Message-ID.
func TestMailServerMisbehaves(t *testing.T) {
	t.Parallel()
	dsn := filepath.Join(t.TempDir(), "uketsuke.db")
	if err := storetest.Migrate(dsn); err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	met := map[string]int{}
	misbehave := func(stage mailtest.Stage, n int) error {
		mu.Lock()
		defer mu.Unlock()
		for _, fault := range []struct {
			stage mailtest.Stage
			n     int
			what  string
			err   error
		}{
			{mailtest.Connect, 1, "no greeting", mailtest.ErrCut},
			{mailtest.Rcpt, 1, "greylisted", mailtest.Refuse(451, "try again later")},
			{mailtest.Data, 1, "cut in the middle of the mail", mailtest.ErrCut},
			{mailtest.Data, 2, "no room", mailtest.Refuse(452, "insufficient storage")},
			{mailtest.Accepted, 1, "cut after the mail", mailtest.ErrCut},
		} {
			if stage == fault.stage && n == fault.n {
				met[fault.what]++
				return fault.err
			}
		}
		return nil
	}
	h := newHouseWith(t, dsn, 3, mailtest.Start(t, mailtest.Options{Answer: misbehave}))
	work := &registration{h: h}
	b := h.signedIn("applicant")
	if err := work.Prepare(b, 3); err != nil {
		t.Fatal(err)
	}
	for i := range 3 {
		if err := work.Press(b, i); err != nil {
			t.Errorf("registering does not wait for the mail server: %v", err)
		}
	}
	h.allSent()
	sent, repeated := h.mailed()
	if len(met) != 5 {
		t.Errorf("the mails met %v, want all five faults", met)
	}
	if repeated != 1 {
		t.Errorf("R-MAIL-4: %d mails came again, want the one that was cut after it had been taken", repeated)
	}
	t.Logf("%d mails, %d again; faults: %v", sent, repeated, met)
	h.wellAfter()
}

// allSent lets the waits between tries pass until every mail was taken.
func (h *house) allSent() {
	h.t.Helper()
	for range 600 {
		rows, err := allMails(h.t.Context(), h.db)
		if err != nil {
			h.t.Fatal(err)
		}
		left := 0
		for _, row := range rows {
			if !row.FailedAt.IsZero() {
				h.t.Fatalf("the mail %s was given up: %s", row.MessageID, row.Reply)
			}
			if row.AcceptedAt.IsZero() {
				left++
			}
		}
		if left == 0 {
			return
		}
		h.endLeases()
		<-time.After(100 * time.Millisecond)
	}
	h.t.Fatal("mails are left")
}
