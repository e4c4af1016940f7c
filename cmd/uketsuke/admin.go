package main

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/url"
	"os"
	"os/user"
	"slices"
	"strings"
	"time"

	"uketsuke/internal/account"
	"uketsuke/internal/calendar"
	"uketsuke/internal/desk"
	"uketsuke/internal/document"
	"uketsuke/internal/keyring"
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
	ring, ringErr := keyring.Open(f.Keys)
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

// A migrateCommand brings the schema up to date.
type migrateCommand struct {
	Database string `default:"uketsuke.db" placeholder:"PATH|URL" env:"UKETSUKE_DATABASE" help:"SQLite file, or postgres://… address. A PostgreSQL password is better put into PGPASSFILE."`
}

// Run migrates.
func (c *migrateCommand) Run(p *process) error {
	db, err := openDatabase(p.ctx, c.Database)
	if err != nil {
		return misconfiguration(err)
	}
	p.printf("the schema is up to date (%s)\n", db.Dialect())
	return db.Close()
}

// setupFlags are those of every command that sets something up.
type setupFlags struct {
	toolFlags
	Really bool `help:"Do it. Without this nothing is changed, and what would be done is printed."`
}

// bring carries a setup out, or prints what it would do. Links that nobody can use yet are not printed.
func (f setupFlags) bring(p *process, setup desk.Setup) error {
	return f.use(p, func(t *tool) error {
		report, err := t.desk.Import(p.ctx, operatorActor(), setup, !f.Really)
		if err != nil {
			return err
		}
		verb := "would add"
		if f.Really {
			verb = "added"
		}
		for _, done := range report.Done {
			p.printf("%s: %s\n", verb, done)
		}
		if !f.Really {
			p.printf("nothing was changed; add --really to do it\n")
			return nil
		}
		return f.links(p, report.Links)
	})
}

// links prints the one-time links. Whoever holds one sets the person's first password, so they are to be
// handed over by a safe way.
func (f setupFlags) links(p *process, links map[string]string) error {
	for _, login := range slices.Sorted(maps.Keys(links)) {
		at := links[login]
		if f.LoginURL != "" {
			base, err := url.Parse(f.LoginURL)
			if err != nil {
				return fmt.Errorf("login-url: %w", err)
			}
			at = base.Scheme + "://" + base.Host + at
		}
		p.printf("link for %s, once, for 7 days: %s\n", login, at)
	}
	return nil
}

// A seedCommand sets up from a file of the documented form.
type seedCommand struct {
	setupFlags
	File string `required:"" placeholder:"FILE" help:"JSON file with companies, establishments, people and closing_days; - is standard input."`
}

// Run sets up.
func (c *seedCommand) Run(p *process) error {
	setup, err := readSetup(c.File)
	if err != nil {
		return err
	}
	return c.bring(p, setup)
}

// readSetup reads a setup; an unknown name in it is an error, because a slip must not be passed over.
func readSetup(file string) (setup desk.Setup, err error) {
	from := io.Reader(os.Stdin)
	if file != "-" {
		opened, err := os.Open(file)
		if err != nil {
			return setup, misconfiguration(fmt.Errorf("opening the set-up: %w", err))
		}
		defer opened.Close()
		from = opened
	}
	in := json.NewDecoder(from)
	in.DisallowUnknownFields()
	if err := in.Decode(&setup); err != nil {
		return setup, misconfiguration(fmt.Errorf("reading the set-up %s: %w", file, err))
	}
	if _, err := in.Token(); !errors.Is(err, io.EOF) {
		return setup, misconfiguration(fmt.Errorf("reading the set-up %s: something stands behind the object", file))
	}
	return setup, nil
}

// An adminCommand adds one thing, or many from a file.
type adminCommand struct {
	Company       addCompany       `cmd:"" help:"Companies."`
	Establishment addEstablishment `cmd:"" help:"Establishments."`
	Person        addPerson        `cmd:"" help:"People."`
	Import        importCommand    `cmd:"" help:"Add companies, establishments, people and closing days from a file."`
	Clock         clockCommand     `cmd:"" help:"The desk clock."`
}

type addCompany struct {
	Add addCompanyCommand `cmd:"" help:"Add a company."`
}

type addCompanyCommand struct {
	setupFlags
	ID           string   `name:"id" required:"" help:"Its key, such as nac."`
	Name         string   `required:"" help:"Its name."`
	NameKana     string   `help:"Its name in katakana."`
	Abbreviation []string `required:"" placeholder:"NAC" help:"Company abbreviation; several in the order of use."`
}

// Run adds the company.
func (c *addCompanyCommand) Run(p *process) error {
	return c.bring(p, desk.Setup{Companies: []desk.NewCompany{{ID: c.ID, Name: c.Name, NameKana: c.NameKana, Abbreviations: c.Abbreviation}}})
}

type addEstablishment struct {
	Add addEstablishmentCommand `cmd:"" help:"Add an establishment with its contract; one that has codes already comes by import."`
}

type addEstablishmentCommand struct {
	setupFlags
	ID                string `name:"id" required:"" help:"Its key, such as nac-tokyo."`
	Company           string `required:"" help:"Key of its company."`
	CustomsRegion     string `required:"" placeholder:"1" help:"Customs region: the first character of its user codes (R-ID-7)."`
	Name              string `required:"" help:"Its name."`
	NameKana          string `help:"Its name in katakana."`
	PostalCode        string `help:"Postal code."`
	Address           string `required:"" help:"Address."`
	Phone             string `help:"Telephone number."`
	Fax               string `help:"Fax number."`
	EmergencyFax      string `help:"Fax number for emergencies."`
	SignatoryPosition string `required:"" help:"Position of the signatory."`
	SignatoryName     string `required:"" help:"Name of the signatory."`
	Plan              string `default:"A" placeholder:"A|B" help:"Plan of charges."`
	Terminals         int    `help:"netNACCS terminals."`
	Since             string `required:"" placeholder:"DAY" help:"First day of the contract."`
}

// Run adds the establishment.
func (c *addEstablishmentCommand) Run(p *process) error {
	since, err := calendar.ParseTyped(c.Since)
	if err != nil {
		return misconfiguration(fmt.Errorf("since: %w", err))
	}
	return c.bring(p, desk.Setup{Establishments: []desk.NewEstablishment{{
		ID: c.ID, Company: c.Company, Region: c.CustomsRegion, Name: c.Name, NameKana: c.NameKana, PostalCode: c.PostalCode,
		Address: c.Address, Phone: c.Phone, Fax: c.Fax, EmergencyFax: c.EmergencyFax, SignatoryPosition: c.SignatoryPosition,
		SignatoryName: c.SignatoryName, Plan: c.Plan, Terminals: c.Terminals, Since: since,
	}}})
}

type addPerson struct {
	Add addPersonCommand `cmd:"" help:"Add a person and print the one-time link by which they set a password."`
}

type addPersonCommand struct {
	setupFlags
	Establishment string `help:"Key of the person's establishment; none for the centre's staff."`
	Role          string `required:"" help:"applicant, administrator, viewer, examiner or supervisor."`
	Login         string `required:"" help:"Login ID."`
	Name          string `required:"" help:"Name."`
	NameKana      string `help:"Name in katakana."`
	Department    string `help:"Department."`
	Position      string `help:"Position."`
	Phone         string `help:"Telephone number."`
	Email         string `required:"" help:"Mail address."`
}

// Run adds the person; the login is the account's key too.
func (c *addPersonCommand) Run(p *process) error {
	return c.bring(p, desk.Setup{People: []desk.NewPerson{{
		ID: strings.ToLower(c.Login), Establishment: c.Establishment, Role: account.Role(c.Role), Login: c.Login, Name: c.Name,
		NameKana: c.NameKana, Department: c.Department, Position: c.Position, Phone: c.Phone, Email: c.Email,
	}}})
}

type importCommand struct {
	setupFlags
	File string `arg:"" help:"JSON file with companies, establishments, people and closing_days; - is standard input."`
}

// Run imports.
func (c *importCommand) Run(p *process) error {
	setup, err := readSetup(c.File)
	if err != nil {
		return err
	}
	return c.bring(p, setup)
}

type clockCommand struct {
	Accept acceptCommand `cmd:"" help:"Say that this machine's clock is right after it has leapt; it can never be set back."`
}

type acceptCommand struct {
	toolFlags
	Really bool `help:"Do it. Without this nothing is changed, and what would be done is printed."`
}

// Run accepts the clock.
func (c *acceptCommand) Run(p *process) error {
	if !c.Really {
		p.printf("would take %s for the right time, for ever\nnothing was changed; add --really to do it\n", time.Now().Format(time.RFC3339))
		return nil
	}
	return c.use(p, func(t *tool) error {
		at, err := t.desk.AcceptClock(p.ctx, operatorActor())
		if err != nil {
			return err
		}
		p.printf("the clock is right: %s\n", at.Format(time.RFC3339))
		return nil
	})
}

// errFindings says that a check has found something, which is printed already.
var errFindings = errors.New("differences found")

// A checkCommand derives anew what must have been issued and mailed.
type checkCommand struct {
	toolFlags
}

// Run checks; the exit status is 1 when something differs.
func (c *checkCommand) Run(p *process) error {
	return c.use(p, func(t *tool) error { return t.check(p.ctx, p) })
}

func (t *tool) check(ctx context.Context, p *process) error { return nil }
