package main

import (
	"fmt"
	"net/url"
	"time"
)

// welcome prints the one-time link of the first run, as long as nobody of the centre has an account: there is none
// that everybody knows (ASVS 6.3.2). It goes to the standard output and into no log.
func (c *serveCommand) welcome(p *process, s *service) error {
	path, expires, err := s.desk.FirstLink(p.ctx)
	if err != nil || path == "" {
		return err
	}
	at, err := url.Parse(c.LoginURL)
	if err != nil {
		return fmt.Errorf("login-url: %w", err)
	}
	at.Path, at.RawQuery = path, ""
	p.printf("nobody of the centre has an account; link for the first supervisor, once, until %s: %s\n", expires.UTC().Format(time.RFC3339), at)
	return nil
}
