package main

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"time"

	"uketsuke/internal/api"
	"uketsuke/internal/catalogue"
	"uketsuke/internal/clock"
	"uketsuke/internal/desk"
	"uketsuke/internal/document"
	"uketsuke/internal/door"
	"uketsuke/internal/mail"
	"uketsuke/internal/signature"
	"uketsuke/internal/store"
)

// A serveCommand is the service itself.
type serveCommand struct {
	listenFlags   `group:"Door"`
	placeFlags    `group:"Places"`
	operatorFlags `group:"Centre"`
	paperFlags    `group:"Papers"`
	smtpFlags     `group:"Mail server"`
	bounceFlags   `group:"Mail server"`
	auditFlags    `group:"Audit log"`
	identityFlags `group:"Centre"`
}

// Run serves until SIGTERM. Everything that is wrong in the configuration is told before anybody can
// connect.
func (c *serveCommand) Run(p *process) error {
	log := slog.New(slog.NewJSONHandler(p.stderr, nil))
	certificate, tlsErr := c.certificate()
	sender, smtpErr := c.sender()
	tables, catalogueErr := loadCatalogue(c.Catalogue)
	signer, signerErr := c.signer()
	ways, waysErr := c.ways()
	providers, providersErr := c.providers(c.LoginURL)
	operator := c.operator()
	operator.Mail.BounceDomain = c.BounceDomain
	faults := append(c.faults(), listenAddress(c.Listen), c.bounceFlags.fault(), tlsErr, smtpErr, catalogueErr, signerErr, c.auditFlags.fault(), waysErr, providersErr)
	if err := misconfiguration(faults...); err != nil {
		return err
	}
	fit(p.ctx, log, os.DirFS("/"))
	s, err := openService(p.ctx, serviceConfig{
		placeFlags: c.placeFlags, tables: tables, operator: operator, sender: sender, signer: signer, now: time.Now, log: log,
		audit: c.policy(), ways: ways,
	})
	if err != nil {
		return err
	}
	if s.guard, err = s.desk.WatchClock(p.ctx, s.witnesses()); err != nil {
		return errors.Join(err, s.close())
	}
	s.identities = providers
	if s.server, err = s.webServer(true, nil); err != nil {
		return errors.Join(err, s.close())
	}
	if err := s.awaitBounces(c.BounceListen); err != nil {
		return errors.Join(err, s.close())
	}
	listener, err := net.Listen("tcp", c.Listen)
	if err != nil {
		return errors.Join(misconfiguration(fmt.Errorf("listen: %w", err)), s.close())
	}
	most := seats()
	each := most / 4
	if c.BehindProxy {
		each = most // everybody comes from there
	}
	listener = door.NewGate(listener, most, each)
	if s.certificate = certificate; certificate != nil {
		listener = tls.NewListener(listener, doorTLS(certificate.shown))
	}
	handler := s.handler()
	if c.BehindProxy {
		handler = fromProxy(handler)
	}
	if err := c.welcome(p, s); err != nil {
		return errors.Join(err, listener.Close(), s.close())
	}
	s.look(p.ctx)
	log.Info("ready", "listen", listener.Addr().String(), "version", version())
	return errors.Join(s.run(p.ctx, listener, handler), s.close())
}

// certificate is the one for TLS, nil behind a proxy. One of both must have been chosen: nobody gets plain
// HTTP by leaving something out.
func (f listenFlags) certificate() (*certificate, error) {
	switch {
	case f.BehindProxy && f.TLSCert+f.TLSKey != "":
		return nil, errors.New("behind-proxy: the proxy ends TLS, so there is no use for tls-cert and tls-key")
	case f.BehindProxy:
		return nil, nil
	case f.TLSCert == "" || f.TLSKey == "":
		return nil, errors.New("tls-cert, tls-key: both are needed, or behind-proxy")
	}
	d, err := openCertificate(f.TLSCert, f.TLSKey)
	if err != nil {
		return nil, fmt.Errorf("tls-cert, tls-key: %w", err)
	}
	return d, nil
}

// A serviceConfig is what a service is made of.
type serviceConfig struct {
	placeFlags
	tables   *catalogue.Catalogue
	operator desk.Operator
	sender   mail.Sender
	signer   *signature.Signer // nil: papers are not signed
	now      func() time.Time  // the desk clock
	log      *slog.Logger
	audit    desk.LogPolicy
	ways     []desk.Way
}

// openService opens database and key ring, brings the schema up to date and puts the desk between them.
// What cannot be opened is a misconfiguration, all of it told together.
func openService(ctx context.Context, c serviceConfig) (*service, error) {
	letters, lettersErr := mail.NewLetters(c.operator.Mail)
	printer, printerErr := document.NewPrinter()
	db, ring, book, err := c.open(ctx, func(said string) { c.log.WarnContext(ctx, "restore", "left", said) })
	if err := misconfiguration(err, lettersErr, printerErr); err != nil {
		if db != nil {
			err = errors.Join(err, db.Close())
		}
		return nil, err
	}
	if weak := db.Weakness(); weak != "" {
		c.log.WarnContext(ctx, "database", "weakness", weak)
	}
	if unsafe, err := db.Unsafe(ctx); err != nil || len(unsafe) > 0 {
		c.log.WarnContext(ctx, "database", "unsafe", unsafe, "error", err)
	}
	s := &service{elapsed: &clock.Steady{}, db: db, ledger: book, log: c.log, wake: make(chan struct{}, 1), lags: make(chan struct{}, 1)}
	if err := follow(ctx, db, s.elapsed); err != nil {
		return nil, errors.Join(misconfiguration(aboutDatabase(err)), db.Close())
	}
	d, err := desk.New(desk.Config{
		DB: db, Ring: ring, Ledger: book, Printer: printer, Catalogue: c.tables, Operator: c.operator, Now: c.now, Elapsed: s.elapsed.Now,
		Rand: rand.Reader, Log: c.log, Signer: c.signer, Audit: c.audit, Ways: c.ways, Mailed: s.mailed, Lagging: s.lagging,
	})
	if err == nil {
		err = d.CheckRing(ctx)
	}
	if err == nil {
		_, err = d.CatchUp(ctx)
	}
	if err == nil {
		err = book.Begin()
	}
	if err == nil {
		s.machines, err = api.New(api.Config{Desk: d, Elapsed: s.elapsed.Now, Log: c.log})
	}
	if err != nil {
		return nil, errors.Join(misconfiguration(err), db.Close())
	}
	s.desk = d
	s.sessions = store.NewSessions(db, s.elapsed.Now)
	s.deliverer = newDeliverer(db, book, c.now, s.elapsed.Now, letters, c.sender, c.log, s.wake, s.mayPost)
	s.deliverer.Links = s.desk.LinkURL
	if s.deliverer.Paths, err = returnPaths(c.operator.Mail.BounceDomain, ring); err != nil {
		return nil, errors.Join(misconfiguration(err), db.Close())
	}
	return s, nil
}

// loadCatalogue reads the built-in catalogue with a folder of the operator's laid over it, "" for none. A folder that is
// not there, or in which nothing lies, is a mistyped name or one that is not mounted: it must not pass for the built-in
// catalogue.
func loadCatalogue(dir string) (*catalogue.Catalogue, error) {
	if dir == "" {
		return catalogue.Load(nil)
	}
	over := os.DirFS(dir)
	files, err := fs.Glob(over, "*.csv")
	if err == nil && len(files) == 0 {
		if _, err = os.ReadDir(dir); err == nil {
			err = fmt.Errorf("%s: no CSV file lies there; leave catalogue out to use the built-in one", dir)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("catalogue: %w", err)
	}
	return catalogue.Load(over)
}
