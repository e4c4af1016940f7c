package main

import (
	"fmt"
	"strings"
	"time"

	"uketsuke/internal/account"
	"uketsuke/internal/calendar"
	"uketsuke/internal/desk"
)

// An adminCommand adds one thing, or many from a file.
type adminCommand struct {
	Company       addCompany       `cmd:"" help:"Companies."`
	Establishment addEstablishment `cmd:"" help:"Establishments."`
	Person        addPerson        `cmd:"" help:"People."`
	Import        importCommand    `cmd:"" help:"Add companies, establishments, people and closing days from a file."`
	ImportUsage   usageCommand     `cmd:"" help:"Take in the metered usage of a month and issue its invoices."`
	Clock         clockCommand     `cmd:"" help:"The desk clock."`
	Keys          keysCommand      `cmd:"" help:"The ring's own long-lived keys."`
	Ring          ringCommand      `cmd:"" help:"The key ring."`
	File          fileCommand      `cmd:"" help:"Client certificates and package software."`
	Gateway       gatewayCommand   `cmd:"" help:"Tokens of the programming interface."`
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
	Add          addPersonCommand    `cmd:"" help:"Add a person and print the one-time link by which they set a password."`
	Link         linkPersonCommand   `cmd:"" help:"Print a new one-time link for a person who has lost the password or the first link."`
	ResetFactors resetFactorsCommand `cmd:"" help:"Take away every second factor of a person who has lost them, and end their sessions."`
}

type linkPersonCommand struct {
	setupFlags
	Login string `required:"" help:"Login ID."`
}

// Run makes the new link; the password of before works until it is used.
func (c *linkPersonCommand) Run(p *process) error {
	return c.bring(p, desk.Setup{Links: []string{c.Login}})
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
		at, err := t.desk.AcceptClock(p.ctx, operatorActor(), desk.Witnesses{Database: elsewhere(t.db)})
		if err != nil {
			return err
		}
		p.printf("the clock is right: %s\n", at.Format(time.RFC3339))
		return nil
	})
}
