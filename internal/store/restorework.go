package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

// A restore works in a folder of its own, which only the account can enter, and which is locked while its process
// lives. What a kill leaves of it says afterwards what was going on.

// The parts of the folder. The last two are empty: the backup is unpacked and right, and the database was empty.
const (
	workPrefix = ".restore-"
	planPart   = "plan.json"
	wholePart  = "whole"
	emptyPart  = "empty"
)

// mark makes one of the empty parts.
func mark(work, part string) error { return os.WriteFile(filepath.Join(work, part), nil, 0o600) }

func marked(work, part string) bool {
	_, err := os.Stat(filepath.Join(work, part))
	return err == nil
}

// A plan is what a restore is about to do.
type plan struct {
	File  string    `json:"file"`
	Begun time.Time `json:"begun"`
	Aside string    `json:"aside"` // the name of what is put aside, if anything is
}

// workPlace is where the folders of a database's restores lie, and how their names begin. A SQLite database's are on
// its own file system.
func workPlace(dsn string) (folder, prefix string) {
	if !isPostgres(dsn) {
		return filepath.Dir(dsn), workPrefix
	}
	sum := sha256.Sum256([]byte(dsn))
	return os.TempDir(), workPrefix + hex.EncodeToString(sum[:6]) + "-"
}

// workFolder makes the folder, locked, with the plan in it. done removes it.
func (r Restoring) workFolder() (work string, done func(), err error) {
	folder, prefix := workPlace(r.DSN)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return "", nil, err
	}
	if work, err = os.MkdirTemp(folder, prefix); err != nil {
		return "", nil, err
	}
	lock, mine, err := lockFolder(work)
	if err == nil && !mine {
		err = ErrInUse
	}
	done = func() { _ = os.RemoveAll(work); _ = lock.Close() }
	text, jsonErr := json.Marshal(plan{File: r.File, Begun: r.Now.UTC(), Aside: r.asideName()})
	if err = errors.Join(err, jsonErr); err == nil {
		err = os.WriteFile(filepath.Join(work, planPart), text, 0o600)
	}
	if err != nil {
		done()
		return "", nil, err
	}
	return work, done, nil
}

// lockFolder locks a folder of our own unless a living process has. PostgreSQL's lie where every account may make one: what
// another account has made, or a link leads to, says nothing and keeps nobody from starting.
func lockFolder(work string) (lock *os.File, mine bool, err error) {
	lock, err = os.OpenFile(work, os.O_RDONLY|syscall.O_DIRECTORY|syscall.O_NOFOLLOW, 0)
	if err != nil {
		return nil, false, err
	}
	// The folder that is open is asked, not its name, which may lead elsewhere by now.
	info, err := lock.Stat()
	if err != nil {
		return lock, false, err
	}
	if owner, is := info.Sys().(*syscall.Stat_t); !is || owner.Uid != uint32(os.Geteuid()) {
		return lock, false, nil
	}
	err = syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return lock, false, nil
	}
	return lock, err == nil, err
}

// CleanRestore removes what restores of a database that were killed have left, and says of each what it had done:
// nothing, or everything.
func CleanRestore(ctx context.Context, dsn string) (told []string, err error) {
	folder, prefix := workPlace(dsn)
	entries, err := os.ReadDir(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("looking for what a restore has left: %w", err)
	}
	for _, e := range entries {
		if !e.IsDir() || !strings.HasPrefix(e.Name(), prefix) {
			continue
		}
		said, left := cleanWork(ctx, dsn, filepath.Join(folder, e.Name()))
		if left != nil {
			return told, fmt.Errorf("removing what a restore has left: %w", left)
		}
		if said != "" {
			told = append(told, said)
		}
	}
	return told, nil
}

func cleanWork(ctx context.Context, dsn, work string) (said string, err error) {
	lock, mine, err := lockFolder(work)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.ELOOP) || errors.Is(err, syscall.ENOTDIR) {
		return "", nil // gone, another account's, or changed since it was listed
	}
	if err != nil {
		return "", err
	}
	defer lock.Close()
	if !mine {
		return "", nil
	}
	text, err := os.ReadFile(filepath.Join(work, planPart))
	var p plan
	if err != nil || json.Unmarshal(text, &p) != nil {
		return "", os.RemoveAll(work) // killed before there was a plan
	}
	replaced, err := p.done(ctx, dsn, work)
	if err != nil {
		return "", err
	}
	said = fmt.Sprintf("restoring %s, begun %s, was killed before it changed anything: the database is what it was; "+
		"to complete it, run the same command again", p.File, p.Begun.Format(time.RFC3339))
	if replaced {
		said = fmt.Sprintf("restoring %s, begun %s, was killed after the database had become the backup's; what stood there before, if anything, "+
			"is %s, and uketsuke restore --undo --replace puts it back", p.File, p.Begun.Format(time.RFC3339), p.Aside)
	}
	return said, os.RemoveAll(work)
}

// done says whether the one step was taken. What was linked to be put aside goes when it was not.
func (p plan) done(ctx context.Context, dsn, work string) (bool, error) {
	if isPostgres(dsn) {
		if marked(work, emptyPart) {
			return Begun(ctx, dsn)
		}
		aside, err := PutAside(ctx, dsn)
		return slices.Contains(aside, p.Aside), err
	}
	if marked(work, wholePart) && !marked(work, databasePart) {
		return true, nil // the unpacked file was moved into the database's place
	}
	aside := dsn + "." + p.Aside
	linked, linkErr := os.Stat(aside)
	living, liveErr := os.Stat(dsn)
	if linkErr == nil && liveErr == nil && os.SameFile(linked, living) {
		return false, os.Remove(aside)
	}
	return false, nil
}
