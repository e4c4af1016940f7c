package pgtest

import (
	"database/sql"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

func query(t *testing.T, dsn, statement string) string {
	t.Helper()
	db, err := sql.Open("pgx", dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var answer string
	if err := db.QueryRow(statement).Scan(&answer); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
	return answer
}

func execute(dsn, statement string) error {
	db, err := sql.Open("pgx", dsn)
	if err != nil {
		return err
	}
	defer db.Close()
	_, err = db.Exec(statement)
	return err
}

func TestDatabasesAreClonesOfOneTemplateAndDoNotSeeEachOther(t *testing.T) {
	t.Parallel()
	server, err := start(fast, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.stop(); err != nil {
			t.Error(err)
		}
	})
	migrated := 0
	migrate := func(dsn string) error {
		migrated++
		return execute(dsn, "CREATE TABLE codes (code text)")
	}
	first, second := server.NewDatabase(t, migrate), server.NewDatabase(t, migrate)
	if migrated != 1 {
		t.Errorf("migrated %d times, want once", migrated)
	}
	if err := execute(first, "INSERT INTO codes VALUES ('A0A')"); err != nil {
		t.Fatal(err)
	}
	if got := query(t, first, "SELECT count(*)::text FROM codes"); got != "1" {
		t.Errorf("the first database holds %s rows, want 1", got)
	}
	if got := query(t, second, "SELECT count(*)::text FROM codes"); got != "0" {
		t.Errorf("the second database holds %s rows of the first", got)
	}
	empty := server.NewDatabase(t, nil)
	if got := query(t, empty, "SELECT count(*)::text FROM pg_tables WHERE schemaname = 'public'"); got != "0" {
		t.Errorf("a database without migrate has %s tables", got)
	}
}

func TestDatabaseIsDroppedWithItsTest(t *testing.T) {
	t.Parallel()
	server := Cluster(t)
	var dsn string
	t.Run("inner", func(t *testing.T) { dsn = server.NewDatabase(t, nil) })
	if err := execute(dsn, "SELECT 1"); err == nil || !strings.Contains(err.Error(), "does not exist") {
		t.Errorf("the database of a finished test answers %v", err)
	}
}

func TestDurableSyncsAndClusterDoesNot(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		server *Server
		want   string
	}{{Cluster(t), "off"}, {Durable(t), "on"}} {
		if got := query(t, c.server.address("postgres"), "SHOW fsync"); got != c.want {
			t.Errorf("fsync is %s, want %s", got, c.want)
		}
	}
}

func TestStopLeavesNothing(t *testing.T) {
	t.Parallel()
	server, err := start(fast, nil)
	if err != nil {
		t.Fatal(err)
	}
	pid := postmaster(t, server.dir)
	if err := server.stop(); err != nil {
		t.Fatal(err)
	}
	wantNothing(t, pid, server.dir)
}

// A killed test binary cannot clean up, so its keeper must: this test kills a copy of itself.
func TestKilledTestBinaryLeavesNothing(t *testing.T) {
	t.Parallel()
	if os.Getenv("PGTEST_VICTIM") != "" {
		server := Cluster(t)
		fmt.Printf("%d %d %s\n", server.cmd.Process.Pid, postmaster(t, server.dir), server.dir)
		select {} // until killed
	}
	wanted(t) // or the copy would skip
	victim := exec.Command(os.Args[0], "-test.run=^TestKilledTestBinaryLeavesNothing$")
	victim.Env = append(os.Environ(), "PGTEST_VICTIM=1")
	out, err := victim.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := victim.Start(); err != nil {
		t.Fatal(err)
	}
	var keeper, server int
	var dir string
	_, err = fmt.Fscan(out, &keeper, &server, &dir)
	ends := processEnd(t, keeper)
	if killErr := victim.Process.Kill(); killErr != nil {
		t.Error(killErr)
	}
	_ = victim.Wait() // "signal: killed", as intended
	if err != nil {
		t.Fatalf("read what the victim started: %v", err)
	}
	ends()
	wantNothing(t, server, dir)
}

// processEnd returns a function that waits until the process has ended.
func processEnd(t *testing.T, pid int) func() {
	t.Helper()
	fd, err := unix.PidfdOpen(pid, 0)
	if err != nil {
		t.Fatalf("watch process %d: %v", pid, err)
	}
	return func() {
		defer unix.Close(fd)
		const patience = 20_000 // milliseconds
		n, err := unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}, patience)
		if err == unix.EINTR {
			n, err = unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}, patience)
		}
		if err != nil || n != 1 {
			t.Errorf("process %d is still there: %v", pid, err)
		}
	}
}

func postmaster(t *testing.T, dir string) int {
	t.Helper()
	text, err := os.ReadFile(dir + "/data/postmaster.pid")
	if err != nil {
		t.Fatal(err)
	}
	first, _, _ := strings.Cut(string(text), "\n")
	pid, err := strconv.Atoi(first)
	if err != nil {
		t.Fatal(err)
	}
	return pid
}

func wantNothing(t *testing.T, pid int, dir string) {
	t.Helper()
	if err := unix.Kill(pid, 0); err != unix.ESRCH {
		t.Errorf("process %d of the server is still there (%v)", pid, err)
	}
	if _, err := os.Stat(dir); !os.IsNotExist(err) {
		t.Errorf("%s is still there (%v)", dir, err)
	}
}
