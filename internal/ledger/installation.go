package ledger

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
)

var installationForm = regexp.MustCompile(`^[0-9a-f]{32}$`)

func (l *Ledger) installation() string { return filepath.Join(l.dir, "installation") }

// Installation is the name of the installation that the ledger belongs to, "" while it has none. Its database and its
// key ring have the same.
func (l *Ledger) Installation() (string, error) {
	name, err := os.ReadFile(l.installation())
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err == nil && !installationForm.Match(name) {
		err = fmt.Errorf("%s: %w", l.installation(), ErrDamaged)
	}
	if err != nil {
		return "", fmt.Errorf("reading whose ledger it is: %w", err)
	}
	return string(name), nil
}

// Belong gives the ledger its installation's name, once and for ever, and returns the one that it has then: of
// processes that come together the first one names it.
func (l *Ledger) Belong(name string) (string, error) {
	unlock, err := l.lock()
	if err != nil {
		return "", err
	}
	defer unlock()
	known, err := l.Installation()
	if err != nil || known != "" {
		return known, err
	}
	if err := l.name(name); err != nil {
		return "", fmt.Errorf("naming the ledger's installation: %w", err)
	}
	return l.Installation()
}

// name writes the file so that nobody ever sees a part of it.
func (l *Ledger) name(name string) error {
	draft := l.installation() + ".new"
	file, err := os.OpenFile(draft, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = file.WriteString(name)
	if err = errors.Join(err, file.Sync(), file.Close()); err != nil {
		return err
	}
	return errors.Join(os.Rename(draft, l.installation()), syncDir(l.dir))
}

// Used says whether anything was ever noted here, or the ledger has a name: it belongs to a database then.
func (l *Ledger) Used() (bool, error) {
	files, err := os.ReadDir(l.dir)
	if err != nil {
		return false, fmt.Errorf("looking whether the ledger was used: %w", err)
	}
	return slices.ContainsFunc(files, func(f fs.DirEntry) bool {
		return f.Name() == "installation" || f.Name() == "base" || filepath.Ext(f.Name()) == ".log"
	}), nil
}
