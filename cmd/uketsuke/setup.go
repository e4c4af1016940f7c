package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/url"
	"os"
	"slices"

	"uketsuke/internal/desk"
)

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
	text, err := readBounded(from, file, mostOfSetup)
	if err != nil {
		return setup, misconfiguration(fmt.Errorf("reading the set-up: %w", err))
	}
	in := json.NewDecoder(bytes.NewReader(text))
	in.DisallowUnknownFields()
	if err := in.Decode(&setup); err != nil {
		return setup, misconfiguration(fmt.Errorf("reading the set-up %s: %w", file, err))
	}
	if _, err := in.Token(); !errors.Is(err, io.EOF) {
		return setup, misconfiguration(fmt.Errorf("reading the set-up %s: something stands behind the object", file))
	}
	return setup, nil
}
