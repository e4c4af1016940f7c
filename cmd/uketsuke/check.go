package main

import "errors"

// errFindings says that a check has found something, which is printed already.
var errFindings = errors.New("differences found")

// A checkCommand derives anew what must have been issued and mailed.
type checkCommand struct {
	toolFlags
}

// Run checks; the exit status is 1 when something differs.
func (c *checkCommand) Run(p *process) error {
	return c.look(p, func(t *tool) error { return printFindings(p, t) })
}

// printFindings checks, and prints what it finds.
func printFindings(p *process, t *tool) error {
	findings, err := t.desk.Check(p.ctx)
	if err != nil {
		return err
	}
	for _, finding := range findings {
		p.printf("%s\n", finding)
	}
	if len(findings) > 0 {
		return errFindings
	}
	p.printf("no difference\n")
	return nil
}
