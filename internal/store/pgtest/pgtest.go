// Package pgtest starts PostgreSQL servers that live for a test and leave nothing behind.
//
// A server here is one throw-away cluster: a data directory of its own, in memory unless it must be durable, reached by
// a Unix socket only. It answers one question: where is a database that nobody else touches? A database is
// made by cloning the template, which is migrated once per server.
//
// Each server has a keeper, a shell that holds the other end of a pipe. However the test binary ends,
// a kill included, the pipe closes; the keeper then stops the server and removes its directory.
package pgtest

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
)

// A Server is one running cluster.
type Server struct {
	process
	admin     *sql.DB
	databases atomic.Int64

	templateOnce sync.Once
	templateErr  error
}

// shared is the one server of the test binary; it is not durable, which makes it fast.
var shared = sync.OnceValues(func() (*Server, error) { return start(fast, nil) })

// database is the environment's variable that leaves PostgreSQL out while somebody works on a package: "sqlite".
const database = "UKETSUKE_TEST_DATABASE"

// wanted skips a test that needs PostgreSQL where it is left out.
func wanted(t testing.TB) {
	t.Helper()
	if os.Getenv(database) == "sqlite" {
		t.Skip("on SQLite alone, as " + database + " says")
	}
}

// Cluster returns the one server of this test binary, started when first asked for. Without
// PostgreSQL the test fails, and the message names the package to install.
func Cluster(t testing.TB) *Server {
	t.Helper()
	wanted(t)
	server, err := shared()
	if err != nil {
		t.Fatal(err)
	}
	return server
}

// Durable starts a server of the test's own that syncs every commit to the disk, as production does,
// and that goes on while the processes which use it are killed. It stops with the test.
func Durable(t testing.TB) *Server {
	t.Helper()
	return DurableOn(t, nil)
}

// DurableOn is Durable with its directory on a disk that disk mounts there, such as one that can become full.
func DurableOn(t testing.TB, disk func(dir string) error) *Server {
	t.Helper()
	wanted(t)
	server, err := start(durable, disk)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.stop(); err != nil {
			t.Error(err)
		}
	})
	return server
}

// Crash kills one of the server's processes with SIGKILL: the server drops every connection, recovers from its
// log as after a power failure, and takes connections again. It waits until all of the server's processes have begun: a
// crash while PostgreSQL still starts them after the one before can leave it waiting for one of them for ever.
func (s *Server) Crash() error {
	var pid int
	var err error
	for range 200 { // the crash before may have cut our connection, and recovery takes a moment
		err = s.admin.QueryRow(`SELECT a.pid FROM pg_stat_activity a WHERE a.backend_type = 'walwriter' AND 5 = (SELECT COUNT(DISTINCT backend_type) FROM pg_stat_activity
			WHERE backend_type IN ('walwriter', 'checkpointer', 'background writer', 'autovacuum launcher', 'logical replication launcher'))`).Scan(&pid)
		if err == nil {
			break
		}
		<-time.After(50 * time.Millisecond)
	}
	if err == nil {
		err = syscall.Kill(pid, syscall.SIGKILL)
	}
	if err != nil {
		return fmt.Errorf("crash postgresql: %w", err)
	}
	return nil
}

// NewDatabase makes an empty database, dropped when the test ends, and returns its address
// (postgres://…). With migrate, it is a clone of the template that the first migrate of this server
// has built; migrate must have closed its connections when it returns. With nil it has no tables.
func (s *Server) NewDatabase(t testing.TB, migrate func(dsn string) error) string {
	t.Helper()
	template := "template0"
	if migrate != nil {
		template = "uketsuke_template"
		s.templateOnce.Do(func() { s.templateErr = s.build(template, migrate) })
		if s.templateErr != nil {
			t.Fatal(s.templateErr)
		}
	}
	name := fmt.Sprintf("test_%d", s.databases.Add(1))
	if err := s.create(name, template); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		// FORCE, because a pool that the test has just closed may still be saying goodbye.
		if err := s.exec("DROP DATABASE " + name + " WITH (FORCE)"); err != nil {
			t.Error(err)
		}
	})
	return s.address(name)
}

func (s *Server) build(name string, migrate func(dsn string) error) error {
	if err := s.create(name, "template0"); err != nil {
		return err
	}
	if err := migrate(s.address(name)); err != nil {
		return fmt.Errorf("migrate the template database: %w", err)
	}
	return nil
}

func (s *Server) create(name, template string) error {
	// The files are copied: writing the template's pages into the log one by one, as PostgreSQL does unless told, takes ten
	// times as long.
	return s.exec("CREATE DATABASE " + name + " TEMPLATE " + template + " STRATEGY FILE_COPY")
}

func (s *Server) exec(statement string) error {
	if _, err := s.admin.ExecContext(context.Background(), statement); err != nil {
		return fmt.Errorf("%s: %w", strings.ToLower(statement), err)
	}
	return nil
}

// address is the DSN of a database of this server. The port is named because it is part of the
// socket's file name, and PGPORT must not decide it.
func (s *Server) address(database string) string {
	return "postgres://postgres@/" + database + "?host=" + s.dir + "&port=" + port
}

// OverTCP lets a database of this server be reached over TCP while the test runs, without TLS, as on another machine:
// nothing says of 0.0.0.0 that it is this one.
func (s *Server) OverTCP(t testing.TB, dsn string) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var carried sync.WaitGroup
	carried.Go(func() {
		for {
			from, err := listener.Accept()
			if err != nil {
				return // the test has ended
			}
			carried.Go(func() { carry(from, filepath.Join(s.dir, ".s.PGSQL."+port)) })
		}
	})
	t.Cleanup(func() { _ = listener.Close(); carried.Wait() })
	_, at, _ := net.SplitHostPort(listener.Addr().String())
	database, _, _ := strings.Cut(strings.TrimPrefix(dsn, "postgres://postgres@/"), "?")
	return "postgres://postgres@0.0.0.0:" + at + "/" + database
}

// carry carries bytes between a connection and a socket until one of them ends.
func carry(from net.Conn, socket string) {
	to, err := net.Dial("unix", socket)
	if err != nil {
		_ = from.Close()
		return
	}
	var both sync.WaitGroup
	for _, way := range [][2]net.Conn{{from, to}, {to, from}} {
		both.Go(func() {
			_, _ = io.Copy(way[0], way[1])
			_ = from.Close()
			_ = to.Close()
		})
	}
	both.Wait()
}

func start(d durability, disk func(dir string) error) (*Server, error) {
	process, err := startProcess(d, disk)
	if err != nil {
		return nil, err
	}
	return attend(process)
}

// attend opens the administrative connections of a server that runs.
func attend(p process) (server *Server, err error) {
	server = &Server{process: p}
	server.admin, err = sql.Open("pgx", server.address("postgres"))
	if err != nil {
		return nil, fmt.Errorf("open the throw-away postgresql: %w", err)
	}
	return server, nil
}

func (s *Server) stop() error {
	if err := s.admin.Close(); err != nil {
		return fmt.Errorf("close the administrative connection: %w", err)
	}
	return s.process.stop()
}
