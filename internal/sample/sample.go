// Package sample makes valid things in a given state for tests, through the desk and its real store.
//
// Words: a World is a desk on one database with two companies, three establishments and people of every
// role, under clocks that the test moves; an Order is what an applicant wants, as they would type it; a
// draft, a registered, an examined or an approved application is made of an Order by the same commands that
// people use. It answers: how does a test come by an application in the state it needs?
package sample

import (
	"crypto/rand"
	"log/slog"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"uketsuke/internal/account"
	"uketsuke/internal/catalogue"
	"uketsuke/internal/desk"
	"uketsuke/internal/document"
	"uketsuke/internal/keyring"
	"uketsuke/internal/mail"
	"uketsuke/internal/store"
	"uketsuke/internal/trial"
)

// A World is a desk with everything that the stories of the tests need. Its helpers end the test when a
// command that must succeed fails.
type World struct {
	T    testing.TB
	DB   *store.DB
	Ring *keyring.Ring
	// RingDir is the directory of Ring.
	RingDir string
	Desk    *desk.Desk
	People
	// Mailed counts the commits that put mail into the outbox.
	Mailed atomic.Int64

	now    atomic.Int64 // desk clock, Unix microseconds
	passed atomic.Int64 // added to real time, nanoseconds
}

// New makes a World on an empty migrated database, its desk clock standing at now (RFC 3339).
func New(t testing.TB, db *store.DB, now string) *World {
	t.Helper()
	w := On(t, db, now)
	w.must(w.Desk.CheckRing(t.Context())) // as each start does, before there is a key
	w.furnish()
	return w
}

// On makes a World on a migrated database that another World has filled. Its ring is a new one.
func On(t testing.TB, db *store.DB, now string) *World {
	t.Helper()
	w := &World{T: t, DB: db, RingDir: filepath.Join(trial.Dir(t), "ring"), People: people()}
	w.At(now)
	ring, err := keyring.Open(w.RingDir)
	w.must(err)
	w.Ring = ring
	w.Desk = w.Another(t)
	return w
}

// Another is a second desk on the same database, ring and clocks, as another process would have.
func (w *World) Another(t testing.TB) *desk.Desk {
	t.Helper()
	printer, err := document.NewPrinter()
	w.must(err)
	cat, err := catalogue.Load(nil)
	w.must(err)
	d, err := desk.New(desk.Config{
		DB: w.DB, Ring: w.Ring, Printer: printer, Catalogue: cat, Operator: Operator(), Now: w.Now,
		Elapsed: w.Elapsed, Rand: rand.Reader, Mailed: func() { w.Mailed.Add(1) },
		Log: slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn})),
	})
	w.must(err)
	return d
}

// At sets the desk clock to an instant, RFC 3339.
func (w *World) At(now string) {
	w.T.Helper()
	at, err := time.Parse(time.RFC3339Nano, now)
	w.must(err)
	w.now.Store(at.UnixMicro())
}

// Forward moves the desk clock, and elapsed time not at all.
func (w *World) Forward(d time.Duration) { w.now.Add(d.Microseconds()) }

// Now reads the desk clock.
func (w *World) Now() time.Time { return time.UnixMicro(w.now.Load()).UTC() }

// Elapsed reads elapsed time: real time and what the test let pass. The age of keys in the ring is told by
// the files' times, so it cannot be an invented time.
func (w *World) Elapsed() time.Time {
	return time.Now().UTC().Add(time.Duration(w.passed.Load())).Truncate(time.Microsecond)
}

// Pass lets elapsed time pass.
func (w *World) Pass(d time.Duration) { w.passed.Add(int64(d)) }

func (w *World) must(err error) {
	w.T.Helper()
	if err != nil {
		w.T.Fatal(err)
	}
}

// Operator is the centre as the tests configure it.
func Operator() desk.Operator {
	return desk.Operator{
		Mail: mail.Operator{
			Service: "NSS", Prefix: "【NSS】", Centre: "見本情報処理センター", From: "nss@centre.example",
			LoginURL: "https://nss.centre.example/login",
			HelpDesk: mail.HelpDesk{Name: "見本ヘルプデスク", Phone: "0120-000-000", Hours: "平日 9:00〜17:00", Email: "help@centre.example"},
		},
		Centre: "見本情報処理センター株式会社", Address: "東京都港区浜松町1-2-3",
		RulesVersion: "2024-04-01", RulesURL: "https://nss.centre.example/rules",
		MaxCodes: 20, AnswerTarget: 2,
		CertificateURL: "https://nss.centre.example/certificate", SoftwareURL: "https://nss.centre.example/software",
		ManualURL: "https://nss.centre.example/manual",
	}
}

// ops is who sets up.
func ops() account.Actor { return account.OperatorActor("sample") }
