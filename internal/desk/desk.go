// Package desk answers "what happens when someone presses the button?" by its rooms.
//
// One exported method is one thing a person or the clock does, and one transaction: the facts are loaded under a guard, the pure
// rules are asked, the rows are written, then history, news, mail and the audit entry, and all of it commits together or not at
// all. Pages, commands of the binary, seed and jobs call the same methods; there is no second door.
//
// This package only opens the rooms and hands each what it asks of others; every rule stands in a room, and so does the meaning of
// each name below.
package desk

import (
	"context"

	"uketsuke/internal/desk/auditlog"
	"uketsuke/internal/desk/billing"
	"uketsuke/internal/desk/casefile"
	"uketsuke/internal/desk/centre"
	"uketsuke/internal/desk/checker"
	"uketsuke/internal/desk/command"
	"uketsuke/internal/desk/factors"
	"uketsuke/internal/desk/files"
	"uketsuke/internal/desk/filing"
	"uketsuke/internal/desk/holding"
	"uketsuke/internal/desk/home"
	"uketsuke/internal/desk/issuance"
	"uketsuke/internal/desk/jobs"
	"uketsuke/internal/desk/mailroom"
	"uketsuke/internal/desk/operations"
	"uketsuke/internal/desk/papers"
	"uketsuke/internal/desk/people"
	"uketsuke/internal/desk/recovery"
	"uketsuke/internal/desk/signin"
)

// The rooms, as a Desk holds them.
type (
	centreRoom     = centre.Desk
	mailroomRoom   = mailroom.Desk
	holdingRoom    = holding.Desk
	casefileRoom   = casefile.Desk
	signinRoom     = signin.Desk
	factorsRoom    = factors.Desk
	auditlogRoom   = auditlog.Desk
	filingRoom     = filing.Desk
	papersRoom     = papers.Desk
	billingRoom    = billing.Desk
	filesRoom      = files.Desk
	issuanceRoom   = issuance.Desk
	peopleRoom     = people.Desk
	recoveryRoom   = recovery.Desk
	jobsRoom       = jobs.Desk
	homeRoom       = home.Desk
	operationsRoom = operations.Desk
	checkerRoom    = checker.Desk
)

// A Desk is all rooms on one runner. It is safe for concurrent use.
type Desk struct {
	*command.Runner
	*centreRoom
	*mailroomRoom
	*holdingRoom
	*casefileRoom
	*signinRoom
	*factorsRoom
	*auditlogRoom
	*filingRoom
	*papersRoom
	*billingRoom
	*filesRoom
	*issuanceRoom
	*peopleRoom
	*recoveryRoom
	*jobsRoom
	*homeRoom
	*operationsRoom
	*checkerRoom
}

// New checks a configuration and opens the rooms.
func New(c Config) (*Desk, error) {
	r, err := command.New(c)
	if err != nil {
		return nil, err
	}
	d := &Desk{Runner: r}
	d.centreRoom = centre.New(r)
	d.mailroomRoom = mailroom.New(r)
	d.holdingRoom = holding.New(r)
	d.casefileRoom = casefile.New(r)
	d.signinRoom = signin.New(r)
	d.factorsRoom = factors.New(d.signinRoom)
	d.auditlogRoom = auditlog.New(r)
	d.filingRoom = filing.New(r, d.casefileRoom)
	d.papersRoom = papers.New(r, d.casefileRoom, d.signinRoom)
	d.billingRoom = billing.New(r, d.papersRoom)
	d.filesRoom = files.New(r, d.casefileRoom)
	d.issuanceRoom = issuance.New(r, d.casefileRoom)
	d.peopleRoom = people.New(r, d.casefileRoom, d.signinRoom)
	d.recoveryRoom = recovery.New(r, d.auditlogRoom)
	d.jobsRoom = jobs.New(r, d.issuanceRoom, d.recoveryRoom)
	d.homeRoom = home.New(r)
	d.operationsRoom = operations.New(r, d.papersRoom, d.recoveryRoom)
	d.checkerRoom = checker.New(r, d.auditlogRoom, d.recoveryRoom)
	r.CompareLedger = func(ctx context.Context) (bool, error) {
		found, err := d.CatchUp(ctx)
		return found.ID != "", err
	}
	return d, nil
}
