package main

import (
	"cmp"
	"crypto/rand"
	"errors"
	"log/slog"
	"os/user"
	"time"

	"uketsuke/internal/account"
	"uketsuke/internal/desk"
	"uketsuke/internal/document"
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
	db   *store.DB
	desk *desk.Desk
}

// open opens the data. Letters and papers are not written by tools, so they need no name in them.
func (f toolFlags) open(p *process) (*tool, error) {
	tables, catalogueErr := loadCatalogue(f.Catalogue)
	if err := misconfiguration(catalogueErr, address("login-url", f.LoginURL)); err != nil {
		return nil, err
	}
	db, dbErr := openDatabase(p.ctx, f.Database)
	ring, ringErr := f.openRing()
	printer, printerErr := document.NewPrinter()
	if err := misconfiguration(dbErr, ringErr, printerErr); err != nil {
		if db != nil {
			err = errors.Join(err, db.Close())
		}
		return nil, err
	}
	centre := operatorFlags{Centre: cmp.Or(f.Centre, "センター"), LoginURL: f.LoginURL, RulesVersion: "-", MaxCodes: 20, AnswerTarget: 1}
	d, err := desk.New(desk.Config{
		DB: db, Ring: ring, Printer: printer, Catalogue: tables, Operator: centre.operator(), Now: time.Now, Elapsed: time.Now,
		Rand: rand.Reader, Log: slog.New(slog.NewJSONHandler(p.stderr, nil)),
	})
	if err == nil {
		err = d.CheckRing(p.ctx)
	}
	if err != nil {
		return nil, errors.Join(misconfiguration(err), db.Close())
	}
	return &tool{db, d}, nil
}

// use opens the data, does something with it and closes it.
func (f toolFlags) use(p *process, do func(*tool) error) error {
	t, err := f.open(p)
	if err != nil {
		return err
	}
	return errors.Join(do(t), t.db.Close())
}

// operatorActor is who runs this command.
func operatorActor() account.Actor {
	name := "unknown"
	if who, err := user.Current(); err == nil {
		name = who.Username
	}
	return account.OperatorActor(name)
}
