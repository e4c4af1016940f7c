package main

import (
	"slices"

	"uketsuke/internal/account"
	"uketsuke/internal/desk"
)

// tokens are those of the demo's gateways.
type tokens map[desk.Scope]string

// gateways makes the demo's tokens anew at each start: those of before cannot be shown again.
func (s *show) gateways() error {
	actor := account.OperatorActor("demo")
	s.tokens = tokens{}
	rows, err := s.service.desk.Gateways(s.ctx, actor)
	if err != nil {
		return err
	}
	for _, scope := range []desk.Scope{desk.ScopeLogon, desk.ScopeContract} {
		name := "demo-" + string(scope)
		if slices.ContainsFunc(rows, func(r desk.GatewayRow) bool { return r.Name == name && r.Revoked.IsZero() }) {
			if err := s.service.desk.RevokeGateway(s.ctx, actor, name, false); err != nil {
				return err
			}
		}
		if s.tokens[scope], err = s.service.desk.AddGateway(s.ctx, actor, name, scope, false); err != nil {
			return err
		}
	}
	return nil
}

func (s *show) greetMachines() {
	s.printf("tokens for /api/v1 (docs/operations.md has examples):\n  logon     %s\n  contract  %s\n", s.tokens[desk.ScopeLogon], s.tokens[desk.ScopeContract])
}
