package main

import (
	"cmp"
	"crypto/rand"
	"errors"
	"log/slog"
	"os/user"
	"time"

	"uketsuke/internal/account"
	"uketsuke/internal/clock"
	"uketsuke/internal/desk"
	"uketsuke/internal/document"
	"uketsuke/internal/ledger"
	"uketsuke/internal/store"
)

// toolFlags are what every command needs that works on the data without serving.
type toolFlags struct {
	placeFlags `group:"Places"`
	LoginURL   string `name:"login-url" env:"UKETSUKE_LOGIN_URL" placeholder:"URL" help:"Address of the login page as people reach it, the only address in mails."`
	Centre     string `env:"UKETSUKE_CENTRE" help:"Legal name of the centre."`
}

// A tool is a desk without a door.
type tool struct {
	db     *store.DB
	desk   *desk.Desk
	ledger *ledger.Ledger
}

// close closes what was opened.
func (t *tool) close() error { return errors.Join(t.db.Close(), t.ledger.Close()) }

// open opens the data, with the ring that belongs to it.
func (f toolFlags) open(p *process) (*tool, error) {
	t, err := f.openAny(p)
	if err != nil {
		return nil, err
	}
	if err := t.desk.CheckRing(p.ctx); err != nil {
		return nil, errors.Join(misconfiguration(err), t.close())
	}
	return t, nil
}

// openAny opens the data, whosever the ring is. Letters and papers are not written by tools, so they need no
// name in them.
func (f toolFlags) openAny(p *process) (*tool, error) {
	tables, catalogueErr := loadCatalogue(f.Catalogue)
	if err := misconfiguration(catalogueErr, address("login-url", f.LoginURL)); err != nil {
		return nil, err
	}
	printer, printerErr := document.NewPrinter()
	db, ring, book, err := f.placeFlags.open(p.ctx, p.warn)
	if err := misconfiguration(err, printerErr); err != nil {
		if db != nil {
			err = errors.Join(err, db.Close())
		}
		return nil, err
	}
	centre := operatorFlags{Centre: cmp.Or(f.Centre, "センター"), LoginURL: f.LoginURL, RulesVersion: "-", MaxCodes: 20, AnswerTarget: 1}
	elapsed := &clock.Steady{}
	if err := follow(p.ctx, db, elapsed); err != nil {
		return nil, errors.Join(misconfiguration(aboutDatabase(err)), db.Close())
	}
	d, err := desk.New(desk.Config{
		DB: db, Ring: ring, Ledger: book, Printer: printer, Catalogue: tables, Operator: centre.operator(), Now: time.Now, Elapsed: elapsed.Now,
		Rand: rand.Reader, Log: slog.New(slog.NewJSONHandler(p.stderr, nil)),
	})
	if err != nil {
		return nil, errors.Join(misconfiguration(err), db.Close())
	}
	return &tool{db, d, book}, nil
}

// use opens the data, does something with it and closes it. A database that was restored from a backup catches
// up with its ledger first.
func (f toolFlags) use(p *process, do func(*tool) error) error {
	return f.look(p, func(t *tool) error {
		if _, err := t.desk.CatchUp(p.ctx); err != nil {
			return err
		}
		return do(t)
	})
}

// look is use for a command that changes nothing.
func (f toolFlags) look(p *process, do func(*tool) error) error {
	t, err := f.open(p)
	if err != nil {
		return err
	}
	return errors.Join(do(t), t.close())
}

// operatorActor is who runs this command.
func operatorActor() account.Actor {
	name := "unknown"
	if who, err := user.Current(); err == nil {
		name = who.Username
	}
	return account.OperatorActor(name)
}
