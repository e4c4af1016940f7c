package main

import (
	"fmt"

	"uketsuke/internal/desk"
)

// A gatewayCommand is about those who ask over the programming interface.
type gatewayCommand struct {
	Add    addGatewayCommand    `cmd:"" help:"Let a gateway ask and print its token, this once."`
	Revoke revokeGatewayCommand `cmd:"" help:"End a gateway's token at once."`
	List   listGatewaysCommand  `cmd:"" help:"List the gateways and what they were answered."`
}

type addGatewayCommand struct {
	toolFlags
	Name   string `arg:"" help:"Its name: lower-case letters, digits and hyphens."`
	Scope  string `default:"logon" placeholder:"logon|contract" help:"What it may ask: whether IDs may log on, or what an establishment's contract holds."`
	Really bool   `help:"Do it. Without this nothing is changed, and what would be done is printed."`
}

// Run adds the gateway. Its token is kept nowhere.
func (c *addGatewayCommand) Run(p *process) error {
	return c.use(p, func(t *tool) error {
		token, err := t.desk.AddGateway(p.ctx, operatorActor(), c.Name, desk.Scope(c.Scope), !c.Really)
		switch {
		case err != nil:
			return err
		case !c.Really:
			p.printf("would add: gateway %s, scope %s\nnothing was changed; add --really to do it\n", c.Name, c.Scope)
			return nil
		}
		p.printf("added: gateway %s, scope %s\ntoken, shown this once: %s\n", c.Name, c.Scope, token)
		return nil
	})
}

type revokeGatewayCommand struct {
	toolFlags
	Name   string `arg:"" help:"Its name."`
	Really bool   `help:"Do it. Without this nothing is changed, and what would be done is printed."`
}

// Run revokes the gateway.
func (c *revokeGatewayCommand) Run(p *process) error {
	return c.use(p, func(t *tool) error {
		if err := t.desk.RevokeGateway(p.ctx, operatorActor(), c.Name, !c.Really); err != nil {
			return err
		}
		if !c.Really {
			p.printf("would revoke: gateway %s\nnothing was changed; add --really to do it\n", c.Name)
			return nil
		}
		p.printf("revoked: gateway %s\n", c.Name)
		return nil
	})
}

type listGatewaysCommand struct{ toolFlags }

// Run lists the gateways, revoked ones too.
func (c *listGatewaysCommand) Run(p *process) error {
	return c.use(p, func(t *tool) error {
		rows, err := t.desk.Gateways(p.ctx, operatorActor())
		if err != nil {
			return err
		}
		if len(rows) == 0 {
			p.printf("no gateways\n")
		}
		for _, r := range rows {
			state := "in use"
			if !r.Revoked.IsZero() {
				state = "revoked " + r.Revoked.Format("2006-01-02")
			}
			a := r.Answers
			p.printf("%s  %s  %s  added %s by %s  %s\n", r.Name, r.Scope, state, r.Added.Format("2006-01-02"), r.By,
				fmt.Sprintf("entitled %d, denied %d, unknown %d, contracts %d", a.Entitled, a.Denied, a.Unknown, a.Contracts))
		}
		return nil
	})
}
