package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/term"
)

// firstLinkFile is the file beside the keys that holds the one-time link of the first run.
const firstLinkFile = "first-link"

// welcome hands over the one-time link of the first run, as long as nobody of the centre has an account: there is none
// that everybody knows (ASVS 6.3.2). It is printed to a terminal, where a person looks on. Anything else that takes the
// output keeps it, as a service manager's journal does: then it goes into a file that its owner alone can read.
func (c *serveCommand) welcome(p *process, s *service) error {
	path, expires, err := s.desk.FirstLink(p.ctx)
	if err != nil {
		return err
	}
	file := filepath.Join(c.Keys, firstLinkFile)
	if path == "" {
		if err := os.Remove(file); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("taking away the link that was used: %w", err)
		}
		return nil
	}
	at, err := url.Parse(c.LoginURL)
	if err != nil {
		return fmt.Errorf("login-url: %w", err)
	}
	at.Path, at.RawQuery = path, ""
	until := expires.UTC().Format(time.RFC3339)
	if isTerminal(p.stdout) {
		p.printf("nobody of the centre has an account; link for the first supervisor, once, until %s: %s\n", until, at)
		return nil
	}
	if err := writePrivate(file, at.String()+"\n"); err != nil {
		return fmt.Errorf("writing the link for the first supervisor: %w", err)
	}
	s.log.InfoContext(p.ctx, "nobody of the centre has an account; the link for the first supervisor stands in a file", "file", file, "until", until)
	return nil
}

func isTerminal(w io.Writer) bool {
	file, is := w.(*os.File)
	return is && term.IsTerminal(int(file.Fd()))
}

// writePrivate writes a file that its owner alone can read, from its first byte on.
func writePrivate(name, text string) error {
	draft := name + ".new"
	if err := os.Remove(draft); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	file, err := os.OpenFile(draft, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = file.WriteString(text)
	if err = errors.Join(err, file.Close()); err != nil {
		return err
	}
	return os.Rename(draft, name)
}
