package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"
	"uketsuke/internal/web/kit"

	"uketsuke/internal/account"
	"uketsuke/internal/charge"
	"uketsuke/internal/demo"
	"uketsuke/internal/desk"
	"uketsuke/internal/door"
	"uketsuke/internal/mail"
	"uketsuke/internal/mail/catcher"
	"uketsuke/internal/store"
)

// A demoCommand shows everything at once, with nothing else needed.
type demoCommand struct {
	Listen string `default:"localhost:8080" placeholder:"HOST:PORT" help:"Where the browser is awaited; anywhere but on this machine by TLS. Passkeys want a name, not a number."`
	Data   string `default:"var/demo" placeholder:"DIR" help:"Folder of the demo; delete it to begin anew."`
	Now    string `placeholder:"INSTANT" help:"When a new folder begins, such as 2024-11-29T10:00:00+09:00; the present by default."`
	NoOpen bool   `help:"Do not open the browser."`
	identityFlags
}

// Run shows the demo until it is interrupted.
func (c *demoCommand) Run(p *process) error {
	start, startErr := c.start()
	if err := misconfiguration(startErr, listenAddress(c.Listen)); err != nil {
		return err
	}
	if err := os.MkdirAll(c.Data, 0o700); err != nil {
		return fmt.Errorf("making the demo's folder: %w", err)
	}
	log, err := os.OpenFile(filepath.Join(c.Data, "log.json"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("opening the demo's log: %w", err)
	}
	show := &show{demoCommand: c, process: p, log: slog.New(slog.NewJSONHandler(log, nil))}
	return errors.Join(show.run(start), log.Close())
}

// start is the moment of --now, zero without it.
func (c *demoCommand) start() (time.Time, error) {
	if c.Now == "" {
		return time.Time{}, nil
	}
	start, err := time.Parse(time.RFC3339, c.Now)
	if err != nil {
		return time.Time{}, fmt.Errorf("now: %q is no instant such as 2024-11-29T10:00:00+09:00", c.Now)
	}
	return start, nil
}

// A show is a demo on its way.
type show struct {
	*demoCommand
	*process
	log     *slog.Logger
	clock   *demo.Clock
	tokens  tokens
	mails   *catcher.Catcher
	service *service
	address string // of the first page
}

func (s *show) run(start time.Time) (err error) {
	listener, secure, err := s.listen()
	if err != nil {
		return err
	}
	defer listener.Close()
	var fresh bool
	if s.clock, fresh, err = demo.OpenClock(filepath.Join(s.Data, "clock.json"), start, time.Now); err != nil {
		return err
	}
	if !fresh && !start.IsZero() {
		fmt.Fprintln(s.stderr, "uketsuke: the folder has its own clock already, so --now does nothing")
	}
	smtp, err := s.catch()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.mails.Close()) }()
	if err := s.open(smtp, secure); err != nil {
		return err
	}
	s.greet()
	return errors.Join(s.service.run(s.ctx, listener, s.service.handler()), s.service.close())
}

// listen opens the door: in clear for this machine alone, else with a certificate of our own making.
func (s *show) listen() (net.Listener, bool, error) {
	listener, err := net.Listen("tcp", s.Listen)
	if err != nil {
		return nil, false, misconfiguration(fmt.Errorf("listen: %w", err))
	}
	listener = door.NewGate(listener, seats(), seats()) // one machine, one neighbourhood
	host, _, err := net.SplitHostPort(s.Listen)
	if err != nil {
		return nil, false, errors.Join(err, listener.Close())
	}
	_, port, err := net.SplitHostPort(listener.Addr().String())
	if err != nil {
		return nil, false, errors.Join(err, listener.Close())
	}
	if demo.IsLoopback(host) {
		s.address = "http://" + net.JoinHostPort(host, port) + "/"
		return listener, false, nil
	}
	certificate, err := demo.Certificate(host, time.Now())
	if err != nil {
		return nil, false, errors.Join(err, listener.Close())
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	s.address = "https://" + net.JoinHostPort(host, port) + "/"
	return tls.NewListener(listener, doorTLS(func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return &certificate, nil })), true, nil
}

// catch starts the mail server, which only this machine can reach.
func (s *show) catch() (mail.Sender, error) {
	var err error
	if s.mails, err = catcher.Open(filepath.Join(s.Data, "mails")); err != nil {
		return mail.Sender{}, err
	}
	at, err := s.mails.Listen("127.0.0.1:0")
	if err != nil {
		return mail.Sender{}, err
	}
	tcp, ok := at.(*net.TCPAddr)
	if !ok {
		return mail.Sender{}, fmt.Errorf("the mail catcher listens at %s, which has no port", at)
	}
	return mail.Sender{Host: "127.0.0.1", Port: tcp.Port, Mode: mail.ModePlain}, nil
}

// open opens the service of the folder and makes its companies and people the first time.
func (s *show) open(sender mail.Sender, secure bool) error {
	tables, err := loadCatalogue("")
	if err != nil {
		return err
	}
	s.service, err = openService(s.ctx, serviceConfig{
		placeFlags: placeFlags{databaseFlag: databaseFlag{filepath.Join(s.Data, "uketsuke.db")}, Keys: filepath.Join(s.Data, "keys")},
		tables:     tables, operator: demo.Operator(s.address + "login"), sender: sender, now: s.clock.Now, log: s.log,
	})
	if err != nil {
		return err
	}
	if err := s.gateways(); err != nil {
		return errors.Join(err, s.service.close())
	}
	if err := s.returnMail(); err != nil {
		return errors.Join(err, s.service.close())
	}
	if s.service.identities, err = s.providers(s.address + "login"); err != nil {
		return errors.Join(misconfiguration(err), s.service.close())
	}
	pages := &demo.Pages{Clock: s.clock, Mails: s.mails, Moved: s.moved, Log: s.log}
	err = s.people()
	if err == nil {
		err = pages.Prepare()
	}
	if err == nil {
		s.service.server, err = s.service.webServer(secure, &kit.Demo{Now: s.clock.Now, Mails: demo.MailsAddress, Handler: pages, Logins: demo.Logins(), Code: s.service.desk.CodeShown})
	}
	if err != nil {
		return errors.Join(err, s.service.close())
	}
	return nil
}

// returnMail lets mail for addresses without a mailbox come back, as it does from other servers.
func (s *show) returnMail() error {
	if err := s.service.awaitBounces("127.0.0.1:0"); err != nil {
		return err
	}
	s.mails.BounceTo(s.service.bounces.Addr().String())
	return nil
}

// people makes the demo's companies and people, unless they are there.
func (s *show) people() error {
	setup := demo.Setup()
	_, err := s.service.db.Read().GetCompany(s.ctx, setup.Companies[0].ID)
	if err == nil || !errors.Is(store.Missing(err), store.ErrNotFound) {
		return err
	}
	if _, err := s.service.desk.Import(s.ctx, account.OperatorActor("demo"), setup, false); err != nil {
		return fmt.Errorf("making the demo's companies: %w", err)
	}
	return s.usage()
}

// usage brings the metered usage of last month, so that charges can be seen with an invoice and without.
func (s *show) usage() error {
	month, err := s.service.desk.UsageMonth(s.ctx)
	if err != nil || !charge.Priced(s.service.desk.Catalogue.Charges, month) {
		return err
	}
	if _, err := s.service.desk.ImportUsage(s.ctx, account.OperatorActor("demo"), month, strings.NewReader(demo.Usage(month)), false); err != nil {
		return fmt.Errorf("making the demo's usage: %w", err)
	}
	return nil
}

// moved takes the clock's new moment for right, and does what it brings.
func (s *show) moved(ctx context.Context) error {
	if _, err := s.service.desk.AcceptClock(ctx, account.OperatorActor("demo"), desk.Witnesses{}); err != nil {
		return err
	}
	return s.service.tick(ctx)
}

// greet prints where to look and as whom.
func (s *show) greet() {
	s.printf("uketsuke demo: %s\n\n", s.address)
	for _, login := range demo.Logins() {
		s.printf("  %-10s  %s  %s\n", login.Login, login.Password, login.Who)
	}
	s.printf("\nmails: %s\nclock: %s (moved forward in the bar above every page)\nfolder: %s\n", s.address+demo.MailsAddress[1:],
		s.clock.Now().In(time.FixedZone("JST", 9*60*60)).Format("2006-01-02 15:04 JST"), s.Data)
	s.greetMachines()
	if !s.NoOpen {
		s.browse()
	}
}

// browse opens the browser where there is a desktop; where it does not open, the address stands printed.
func (s *show) browse() {
	program := "xdg-open"
	switch {
	case runtime.GOOS == "darwin":
		program = "open"
	case runtime.GOOS != "linux" || os.Getenv("DISPLAY")+os.Getenv("WAYLAND_DISPLAY") == "":
		return
	}
	if err := exec.CommandContext(s.ctx, program, s.address).Start(); err != nil {
		s.log.Info("no browser opened", "error", err)
	}
}
