package keyring

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// KeySize is the length of every key in bytes.
const KeySize = 32

// What a caller may have to tell apart.
var (
	// ErrExposed: the directory, or a part of it, can be read or entered by other accounts of the machine.
	ErrExposed = errors.New("open to other accounts of this machine; allow its owner only (chmod 0700)")
	// ErrRingGone: the directory no longer holds the ring that was opened, say because it is not mounted.
	// Nothing may be concluded from keys that are missing then.
	ErrRingGone = errors.New("the key ring is not where it was opened")
	// ErrNoKey: the ring is there, the key is not: it was destroyed, or never made.
	ErrNoKey = errors.New("no such key")
	// ErrName: not a name of a key, an application or a purpose.
	ErrName = errors.New("not a name in a key ring")
	// ErrDamaged: a file of the ring has not the length or form of its kind.
	ErrDamaged = errors.New("a file of the key ring is damaged")
)

// A Ring is an open key ring. It may be used by several goroutines.
type Ring struct{ dir, id string }

// Open opens the ring in a directory, and makes directory and ring at their first use. A directory that
// other accounts can enter is refused with ErrExposed. The caller compares ID with the id that the
// database knows: a ring made anew has a new one.
func Open(dir string) (*Ring, error) {
	r, err := open(dir)
	if err != nil {
		return nil, fmt.Errorf("opening the key ring %s: %w", dir, err)
	}
	return r, nil
}

func open(dir string) (*Ring, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	r := &Ring{dir: dir}
	for _, part := range []string{dir, r.keys(), r.own()} {
		if err := makePrivate(part); err != nil {
			return nil, err
		}
	}
	id := make([]byte, 16)
	rand.Read(id)
	if err := r.putOnce(r.idFile(), []byte(hex.EncodeToString(id))); err != nil {
		return nil, err
	}
	r.id, err = r.readID()
	return r, err
}

// ID is the id of the ring: 32 hexadecimal digits, drawn when it was made.
func (r *Ring) ID() string { return r.id }

func (r *Ring) keys() string   { return filepath.Join(r.dir, "keys") }
func (r *Ring) own() string    { return filepath.Join(r.dir, "ring") }
func (r *Ring) idFile() string { return filepath.Join(r.dir, "ring.id") }

var idForm = regexp.MustCompile(`^[0-9a-f]{32}$`)

func (r *Ring) readID() (string, error) {
	id, err := os.ReadFile(r.idFile())
	if err != nil {
		return "", err
	}
	if !idForm.Match(id) {
		return "", fmt.Errorf("ring.id: %w", ErrDamaged)
	}
	return string(id), nil
}

// present is ErrRingGone unless the directory still holds the ring that was opened.
func (r *Ring) present() error {
	if id, err := r.readID(); err != nil || id != r.id {
		return fmt.Errorf("%s: %w", r.dir, errors.Join(ErrRingGone, err))
	}
	return nil
}

// unfinished begins the names of files that putOnce is still writing.
const unfinished = ".new-"

// putOnce makes a file with its content unless it exists: written and synced under another name first, then
// linked, so that no process ever sees a part of it and the first one wins.
func (r *Ring) putOnce(file string, content []byte) error {
	suffix := make([]byte, 16)
	rand.Read(suffix)
	draft := filepath.Join(r.dir, unfinished+hex.EncodeToString(suffix))
	if err := writeNew(draft, content); err != nil {
		return err
	}
	err := os.Link(draft, file)
	if errors.Is(err, fs.ErrExist) {
		err = nil
	}
	return errors.Join(err, os.Remove(draft), syncDir(filepath.Dir(file)), syncDir(r.dir))
}

func isUnfinished(name string) bool { return strings.HasPrefix(name, unfinished) }
