package main

import (
	"errors"
	"time"
)

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
	restores, err := t.desk.Noticed(p.ctx)
	if err != nil {
		return err
	}
	for _, r := range restores { // no difference any more: it was told, and people look after it
		p.printf("noticed on %s: %s; each is listed on /desk/operations/restored\n", r.At.UTC().Format(time.RFC3339), r)
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
