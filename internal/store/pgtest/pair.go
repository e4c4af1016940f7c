package pgtest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// A Pair is a primary with a standby that follows it by streaming replication: asynchronously, unless Synchronous is called.
// Both sync every commit to the disk.
type Pair struct {
	Primary, Standby *Server
}

// Replicated starts a pair that stops with the test.
func Replicated(t testing.TB) *Pair {
	t.Helper()
	primary := Durable(t)
	standby, err := follow(primary)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := standby.stop(); err != nil {
			t.Error(err)
		}
	})
	return &Pair{primary, standby}
}

// follow starts a standby of a server from a base backup.
func follow(primary *Server) (*Server, error) {
	bin, err := programs()
	if err != nil {
		return nil, err
	}
	copier := filepath.Join(bin, "pg_basebackup")
	if real, err := filepath.EvalSymlinks(filepath.Join(bin, "initdb")); err == nil {
		copier = filepath.Join(filepath.Dir(real), "pg_basebackup") // the PATH may name only some of the programs
	}
	owner, err := serverUser()
	if err != nil {
		return nil, err
	}
	dir, err := newDirectory(folderOf(durable), owner, nil)
	if err != nil {
		return nil, err
	}
	copying := command(owner, dir, copier,
		"-h", primary.dir, "-p", port, "-U", "postgres", "-D", filepath.Join(dir, "data"), "-R", "-X", "stream", "-c", "fast", "--no-sync")
	if out, err := copying.CombinedOutput(); err != nil {
		return nil, errors.Join(fmt.Errorf("copy the primary: %w\n%s", err, out), os.RemoveAll(dir))
	}
	p, err := serve(bin, dir, owner, durable)
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	return attend(p)
}

// NewDatabase makes the pair's database, which goes with it, and returns its address: it names both servers and asks for
// the one that can be written to.
func (p *Pair) NewDatabase(t testing.TB, name string) string {
	t.Helper()
	if err := p.Primary.create(name, "template0"); err != nil {
		t.Fatal(err)
	}
	return "postgres://postgres@/" + name + "?host=" + p.Primary.dir + "," + p.Standby.dir + "&port=" + port + "," + port + "&target_session_attrs=read-write"
}

// Synchronous lets commits wait for the standby, by a level of synchronous_commit: "on", "remote_apply"; "off" waits for
// no disk at all, and "local" for the primary's alone.
func (p *Pair) Synchronous(t testing.TB, level string) {
	t.Helper()
	names := "''"
	if level == "on" || level == "remote_apply" {
		names = "'*'"
	}
	for _, statement := range []string{"ALTER SYSTEM SET synchronous_standby_names = " + names, "ALTER SYSTEM SET synchronous_commit = '" + level + "'", "SELECT pg_reload_conf()"} {
		if err := p.Primary.exec(statement); err != nil {
			t.Fatal(err)
		}
	}
	if names != "''" {
		p.await(t, "the standby to be synchronous", p.Primary, "SELECT count(*) > 0 FROM pg_stat_replication WHERE sync_state = 'sync'")
	}
}

// CaughtUp waits until the standby has everything that the primary has written.
func (p *Pair) CaughtUp(t testing.TB) {
	t.Helper()
	var written string
	if err := p.Primary.admin.QueryRow("SELECT pg_current_wal_flush_lsn()::text").Scan(&written); err != nil {
		t.Fatal(err)
	}
	p.await(t, "the standby to catch up", p.Standby, "SELECT pg_last_wal_replay_lsn() >= '"+written+"'::pg_lsn")
}

// Cut ends the replication: what the primary writes from then on, the standby never has.
func (p *Pair) Cut(t testing.TB) {
	t.Helper()
	for _, statement := range []string{"ALTER SYSTEM SET primary_conninfo = ''", "SELECT pg_reload_conf()"} {
		if err := p.Standby.exec(statement); err != nil {
			t.Fatal(err)
		}
	}
	p.await(t, "the replication to end", p.Standby, "SELECT count(*) = 0 FROM pg_stat_wal_receiver")
}

// Kill kills every process of the primary with SIGKILL, as when its machine is lost.
func (p *Pair) Kill(t testing.TB) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(p.Primary.dir, "data", "postmaster.pid"))
	if err != nil {
		t.Fatal(err)
	}
	first, _, _ := strings.Cut(string(text), "\n")
	postmaster, err := strconv.Atoi(first)
	if err != nil {
		t.Fatal(err)
	}
	for _, pid := range append([]int{postmaster}, children(postmaster)...) {
		if err := syscall.Kill(pid, syscall.SIGKILL); err != nil && !errors.Is(err, syscall.ESRCH) {
			t.Error(err)
		}
	}
}

// children are the processes that a process has begun, as they are now.
func children(parent int) []int {
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		return nil
	}
	var pids []int
	for _, name := range stats {
		text, err := os.ReadFile(name)
		if err != nil {
			continue // it has ended
		}
		_, rest, _ := strings.Cut(string(text), ") ")
		fields := strings.Fields(rest)
		pid, err := strconv.Atoi(filepath.Base(filepath.Dir(name)))
		if err == nil && len(fields) > 1 && fields[1] == strconv.Itoa(parent) {
			pids = append(pids, pid)
		}
	}
	return pids
}

// Promote makes the standby a primary.
func (p *Pair) Promote(t testing.TB) {
	t.Helper()
	if err := p.Standby.exec("SELECT pg_promote(true, 60)"); err != nil {
		t.Fatal(err)
	}
}

func (p *Pair) await(t testing.TB, what string, on *Server, question string) {
	t.Helper()
	for range 600 {
		var is bool
		err := on.admin.QueryRowContext(context.Background(), question).Scan(&is)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			t.Fatalf("waiting for %s: %v", what, err)
		}
		if is {
			return
		}
		<-time.After(50 * time.Millisecond)
	}
	t.Fatalf("waited in vain for %s", what)
}
