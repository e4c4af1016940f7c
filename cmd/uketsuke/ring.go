package main

import (
	"errors"
	"strings"

	"uketsuke/internal/desk"
	"uketsuke/internal/keyring"
)

// openRing opens the key ring, in its folder or in the token that is named.
func (f placeFlags) openRing() (*keyring.Ring, error) { return keyring.OpenAt(f.Ring, f.Keys) }

// A ringCommand looks after the ring as a whole.
type ringCommand struct {
	AcceptLoss acceptLossCommand `cmd:"" help:"Say that the ring of this database is lost for good, and that the one named by --keys or --ring takes its place. Passwords that were not read are gone."`
}

type acceptLossCommand struct {
	toolFlags
	Really bool `help:"Do it. Without this nothing is changed, and what would be done is printed."`
}

// Run accepts the loss.
func (c *acceptLossCommand) Run(p *process) (err error) {
	t, err := c.openAny(p)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, t.close()) }()
	if !c.Really {
		loss, err := t.desk.LookAtRing(p.ctx)
		if err != nil {
			return err
		}
		printLoss(p, loss)
		p.printf("nothing was changed; add --really to do it\n")
		return nil
	}
	loss, err := t.desk.AcceptRing(p.ctx, operatorActor())
	if err != nil {
		return err
	}
	printLoss(p, loss)
	p.printf("accepted\n")
	return nil
}

func printLoss(p *process, loss desk.RingLoss) {
	p.printf("lost: ring %s; in its place: ring %s\n", loss.Lost, loss.Accepted)
	if len(loss.Receipts) > 0 {
		p.printf("passwords that nobody can read any more, to be issued again: %s\n", strings.Join(loss.Receipts, " "))
	}
	p.printf("authenticator apps to be set up again: %d\n", loss.Authenticators)
}
