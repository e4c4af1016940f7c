package main

import (
	"errors"
	"time"

	"uketsuke/internal/desk"
	"uketsuke/internal/keyring"
)

// A keysCommand looks after the ring's own keys. Those of approvals need nobody, since each lives for one reading
// period, unless a database did not know them.
type keysCommand struct {
	List   listKeysCommand  `cmd:"" help:"Print every version of every key, with its age."`
	Rotate rotateKeyCommand `cmd:"" help:"Draw a new version; what was made under the old ones still counts."`
	Retire retireKeyCommand `cmd:"" help:"Destroy every version but the newest; what only those recognise is dead then."`

	Aside     asideKeysCommand `cmd:"" help:"Print the keys that this database does not name, which are set aside."`
	BringBack bringBackCommand `cmd:"" help:"Bring back the keys that were set aside and that this database names."`
}

type listKeysCommand struct{ toolFlags }

// Run prints the inventory. It holds no key, only the public half of those that sign.
func (c *listKeysCommand) Run(p *process) error {
	return c.use(p, func(t *tool) error {
		all, err := t.desk.Ring.Owned()
		if err != nil {
			return err
		}
		for _, o := range all {
			state := "living"
			if o.Retired {
				state = "retired"
			}
			p.printf("%-40s %s %s\n", o, o.Created.Format(time.RFC3339), state)
		}
		return nil
	})
}

// A purposeFlags names what is rotated or retired.
type purposeFlags struct {
	toolFlags
	Purpose string `arg:"" help:"Purpose of the key, as list prints it before the first dot."`
	Really  bool   `help:"Do it. Without this nothing is changed, and what would be done is printed."`
}

type rotateKeyCommand struct{ purposeFlags }

// Run rotates.
func (c *rotateKeyCommand) Run(p *process) error {
	return c.use(p, func(t *tool) error {
		if !c.Really {
			all, err := t.desk.Ring.Owned()
			return errors.Join(err, c.would(p, "take the place of", all))
		}
		done, err := t.desk.RotateKey(p.ctx, operatorActor(), c.Purpose)
		printTurnover(p, done)
		return err
	})
}

type retireKeyCommand struct{ purposeFlags }

// Run retires.
func (c *retireKeyCommand) Run(p *process) error {
	return c.use(p, func(t *tool) error {
		if !c.Really {
			old, err := t.desk.Retirable(c.Purpose)
			return errors.Join(err, c.would(p, "destroy", old))
		}
		done, err := t.desk.RetireKey(p.ctx, operatorActor(), c.Purpose)
		printTurnover(p, done)
		return err
	})
}

// would prints what the command is about.
func (f purposeFlags) would(p *process, do string, keys []keyring.Own) error {
	for _, o := range keys {
		if o.Purpose == f.Purpose {
			p.printf("would %s %s of %s\n", do, o, o.Created.Format(time.RFC3339))
		}
	}
	p.printf("nothing was changed; add --really to do it\n")
	return nil
}

func printTurnover(p *process, done desk.Turnover) {
	for _, o := range done.Drawn {
		p.printf("drawn: %s\n", o)
	}
	for _, o := range done.Retired {
		p.printf("destroyed: %s\n", o)
	}
	p.printf("sealed anew: %d rows\n", done.Resealed)
}
