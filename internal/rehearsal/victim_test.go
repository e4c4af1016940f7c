package rehearsal

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"modernc.org/sqlite"

	"uketsuke/internal/account"
	"uketsuke/internal/catalogue"
	"uketsuke/internal/desk"
	"uketsuke/internal/document"
	"uketsuke/internal/keyring"
	"uketsuke/internal/ledger"
	"uketsuke/internal/sample"
	"uketsuke/internal/store"
)

// A victim is a process that does one act and kills itself at its n-th statement. It is this test binary,
// started once more.
type victim struct {
	DSN, Keys string
	Now       time.Time
	Act       string // "register", "approve" or "sequence"
	By        account.Actor
	Ref       desk.Ref
	Start     string
	// At is the statement before which it dies, from 1. One more than there are: after the commit, before
	// anybody was told.
	At int
}

// victimVariable holds the victim as JSON in the environment of its process.
const victimVariable = "REHEARSAL_VICTIM"

// A fuse counts statements once it is lit, and kills the process when its number has come.
type fuse struct {
	mu   sync.Mutex
	lit  bool
	left int
}

func (f *fuse) light() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.lit = true
}

func (f *fuse) burn() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.lit {
		return
	}
	if f.left--; f.left == 0 {
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
		select {} // nothing more happens in this process
	}
}

// die carries a victim out; it returns only when the act was over before its statement came.
func die(text string) error {
	var v victim
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		return err
	}
	f := &fuse{left: v.At}
	dsn, err := f.fit(v.DSN)
	if err != nil {
		return err
	}
	d, err := deskOn(dsn, v.Keys, v.Now)
	if err != nil {
		return err
	}
	f.light()
	ctx := context.Background()
	switch v.Act {
	case "register":
		_, err = d.Register(ctx, v.By, v.Ref, true)
	case "approve":
		_, err = d.Approve(ctx, v.By, v.Ref, desk.ApproveForm{Round: 1, Start: v.Start})
	case "sequence":
		err = d.KeepLog(ctx)
	}
	f.burn()
	return err
}

// deskOn is a desk of this process on a database, a ring and a ledger, its clock standing still. It begins as serve does.
func deskOn(dsn, keys string, now time.Time) (*desk.Desk, error) {
	db, err := store.Open(context.Background(), dsn)
	if err != nil {
		return nil, err
	}
	ring, err := keyring.Open(keys)
	if err != nil {
		return nil, err
	}
	cat, err := catalogue.Load(nil)
	if err != nil {
		return nil, err
	}
	book, err := ledger.Open(filepath.Join(keys, "ledger"))
	if err != nil {
		return nil, err
	}
	d, err := desk.New(desk.Config{DB: db, Ring: ring, Ledger: book, Printer: new(document.Printer), Catalogue: cat, Operator: sample.Operator(),
		Now: func() time.Time { return now }, Elapsed: time.Now, Rand: rand.Reader, Log: slog.New(slog.DiscardHandler),
		Audit: desk.LogPolicy{CheckpointEvery: time.Second}})
	if err == nil {
		err = d.CheckRing(context.Background())
	}
	if err == nil {
		_, err = d.CatchUp(context.Background())
	}
	if err != nil {
		return nil, err
	}
	return d, book.Begin()
}

// fit puts the fuse between store and database, and returns the address to open.
func (f *fuse) fit(dsn string) (string, error) {
	if strings.HasPrefix(dsn, "postgres://") {
		return f.between(dsn)
	}
	// SQLite's own hooks: each row that a statement writes, and the commit. What only reads leaves nothing.
	sqlite.RegisterConnectionHook(func(conn sqlite.ExecQuerierContext, _ string) error {
		hooks, ok := conn.(sqlite.HookRegisterer)
		if !ok {
			return fmt.Errorf("%T takes no hooks", conn)
		}
		hooks.RegisterPreUpdateHook(func(sqlite.SQLitePreUpdateData) { f.burn() })
		hooks.RegisterCommitHook(func() int32 { f.burn(); return 0 })
		return nil
	})
	return dsn, nil
}

// between listens at a socket of its own and passes everything on to PostgreSQL, burning at each statement
// before it passes on.
func (f *fuse) between(dsn string) (string, error) {
	u, err := url.Parse(dsn)
	if err != nil {
		return "", err
	}
	query := u.Query()
	const name = ".s.PGSQL.5432"
	server := filepath.Join(query.Get("host"), name)
	dir := filepath.Dir(os.Getenv(socketVariable))
	l, err := net.Listen("unix", os.Getenv(socketVariable))
	if err != nil {
		return "", err
	}
	go func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			go f.pass(client, server)
		}
	}()
	query.Set("host", dir)
	u.RawQuery = query.Encode()
	return u.String(), nil
}

// socketVariable names the socket; its directory goes with the test that starts the victim.
const socketVariable = "REHEARSAL_SOCKET"

func (f *fuse) pass(client net.Conn, server string) {
	defer client.Close()
	backend, err := net.Dial("unix", server)
	if err != nil {
		return
	}
	defer backend.Close()
	go func() { _, _ = io.Copy(client, backend); _ = client.Close() }()
	typed := 0 // the first message has no type
	for {
		head := make([]byte, typed+4)
		if _, err := io.ReadFull(client, head); err != nil {
			return
		}
		body := make([]byte, binary.BigEndian.Uint32(head[typed:])-4)
		if _, err := io.ReadFull(client, body); err != nil {
			return
		}
		// Execute, or a simple query such as commit.
		if typed == 1 && (head[0] == 'E' || head[0] == 'Q') {
			f.burn()
		}
		if _, err := backend.Write(append(head, body...)); err != nil {
			return
		}
		typed = 1
	}
}
