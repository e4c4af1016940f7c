package main

import (
	"uketsuke/internal/account"
	"uketsuke/internal/store"
)

type resetFactorsCommand struct {
	toolFlags
	Login  string `required:"" help:"Login ID."`
	Really bool   `help:"Do it. Without this nothing is changed, and what would be done is printed."`
}

// Run takes the factors away. A person of the centre sets up a new one right after the next password.
func (c *resetFactorsCommand) Run(p *process) error {
	return c.use(p, func(t *tool) error {
		person, err := t.db.Read().GetAccountByLogin(p.ctx, c.Login)
		if err != nil {
			return misconfiguration(store.Missing(err))
		}
		if !c.Really {
			p.printf("would take away every second factor of %s (%s) and end the sessions; a mail tells the person\nnothing was changed; add --really to do it\n", c.Login, person.Name)
			return nil
		}
		if err := t.desk.ResetFactors(p.ctx, operatorActor(), account.ID(person.ID)); err != nil {
			return err
		}
		p.printf("%s (%s) has no second factor any more\n", c.Login, person.Name)
		return nil
	})
}
