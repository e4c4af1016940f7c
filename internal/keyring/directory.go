package keyring

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"uketsuke/internal/calendar"
	"uketsuke/internal/forget"
	"uketsuke/internal/secret"
)

// A directory keeps a ring in files.
type directory struct{ dir, id string }

func openDirectory(dir string) (*directory, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	d := &directory{dir: dir}
	parts := append([]string{dir}, d.folders()...)
	for _, part := range parts { // all of them before the first is made: a refusal leaves nothing behind
		if err := isPrivate(part); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
	}
	if d.begun() { // a folder that is missing is missed, and not made anew
		return d, d.again()
	}
	for _, part := range parts {
		if err := makePrivate(part); err != nil {
			return nil, err
		}
	}
	if err := d.putOnce(d.idFile(), []byte(newID())); err != nil {
		return nil, err
	}
	if d.id, err = d.readID(); err != nil {
		return nil, err
	}
	return d, d.vouch()
}

// again opens a ring that was made before.
func (d *directory) again() (err error) {
	if d.id, err = d.readID(); err != nil {
		return err
	}
	if err := d.checkFolders(); err != nil {
		return err
	}
	if d.vouched() {
		return d.noteDrawn()
	}
	return makePrivate(d.aside())
}

func newID() string {
	id := make([]byte, 16)
	rand.Read(id)
	return hex.EncodeToString(id)
}

func (d *directory) keys() string   { return filepath.Join(d.dir, "keys") }
func (d *directory) own() string    { return filepath.Join(d.dir, "ring") }
func (d *directory) aside() string  { return filepath.Join(d.dir, "aside") }
func (d *directory) idFile() string { return filepath.Join(d.dir, idName) }
func (d *directory) close() error   { return nil }
func (d *directory) file(n Name) string {
	return filepath.Join(d.keys(), filepath.FromSlash(string(n)))
}

func (d *directory) readID() (string, error) {
	id, err := os.ReadFile(d.idFile())
	if err != nil {
		return "", err
	}
	if !idForm.Match(id) {
		return "", fmt.Errorf("ring.id: %w", ErrDamaged)
	}
	return string(id), nil
}

func (d *directory) present() error {
	if id, err := d.readID(); err != nil || id != d.id {
		return fmt.Errorf("%s: %w", d.dir, errors.Join(ErrRingGone, err))
	}
	return d.checkFolders()
}

// A bytesKey is a key in memory for as long as it is used.
type bytesKey struct{ key []byte }

// inMemory is a key that was read or drawn. One that nobody forgets, say because of a panic, goes with the garbage.
func inMemory(key []byte) *bytesKey {
	k := &bytesKey{key}
	runtime.AddCleanup(k, func(key []byte) { forget.Bytes(key) }, key)
	return k
}

// Seal seals as the pure package says.
func (k *bytesKey) Seal(place string, clear []byte) ([]byte, error) {
	return secret.Seal(rand.Reader, k.key, place, clear)
}

// Open opens what Seal made.
func (k *bytesKey) Open(place string, sealed []byte) ([]byte, error) {
	return secret.Open(k.key, place, sealed)
}

// Forget overwrites the bytes. What is asked of the key then fails: nothing is ever sealed under zeros.
func (k *bytesKey) Forget() {
	forget.Bytes(k.key)
	k.key = nil
}

func (d *directory) create(n Name) (Key, error) {
	file, key := d.file(n), newKey()
	if err := writeInDay(file, key); err != nil {
		forget.Bytes(key)
		return nil, err
	}
	if err := errors.Join(syncDir(filepath.Dir(file)), syncDir(d.keys())); err != nil {
		forget.Bytes(key)
		return nil, errors.Join(err, wipe(file))
	}
	return inMemory(key), nil
}

// writeInDay writes a new key into the directory of its day. Another process may remove that directory,
// when it has become empty, between its making and the key's: then it is made again.
func writeInDay(file string, key []byte) error {
	const attempts = 100
	var err error
	for range attempts {
		if err = os.Mkdir(filepath.Dir(file), 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
			return err
		}
		if err = writeNew(file, key); !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return err
}

func (d *directory) key(n Name) (Key, error) {
	key, err := readKey(d.file(n))
	if errors.Is(err, fs.ErrNotExist) {
		err = ErrNoKey
		if gone := d.present(); gone != nil {
			err = gone
		}
	}
	if err != nil {
		return nil, err
	}
	return inMemory(key), nil
}

// destroy: overwritten, synced, unlinked, synced; the directory of its day goes with its last key.
func (d *directory) destroy(n Name) error {
	sets, err := os.ReadDir(d.aside())
	if errors.Is(err, fs.ErrNotExist) { // a ring of before has none
		err = nil
	}
	files := []string{d.file(n)}
	for _, set := range sets {
		if !set.IsDir() {
			continue
		}
		files = append(files, filepath.Join(d.aside(), set.Name(), filepath.FromSlash(string(n))))
	}
	for _, file := range files {
		err = errors.Join(err, wipe(file), d.dropDays(file))
	}
	return err
}

// dropDays makes last what went from a key's directory, and removes that one, and the one above it, when empty.
func (d *directory) dropDays(file string) error {
	var problems []error
	for day := filepath.Dir(file); day != d.keys() && day != d.aside(); day = filepath.Dir(day) {
		problems = append(problems, syncDir(day), d.dropDay(day))
	}
	return errors.Join(problems...)
}

// dropDay removes the directory of a day if it is empty.
func (d *directory) dropDay(dir string) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) || len(entries) > 0 {
		return nil
	}
	if err != nil {
		return err
	}
	// A key made meanwhile keeps its directory: not empty counts as ErrExist.
	if err := removeIfThere(dir); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return syncDir(filepath.Dir(dir))
}

func (d *directory) look() (keys []Entry, strangers []error, err error) {
	if err := d.present(); err != nil {
		return nil, nil, err
	}
	if keys, strangers, err = d.lookIn("keys"); err != nil {
		return nil, nil, err
	}
	sets, err := os.ReadDir(d.aside())
	if err != nil && !errors.Is(err, fs.ErrNotExist) { // a ring of before has none
		return nil, nil, err
	}
	for _, set := range sets {
		if ofRing(set.Name()) {
			continue
		}
		on, err := calendar.ParseDate(set.Name())
		if err != nil || !set.IsDir() {
			strangers = append(strangers, fmt.Errorf("aside/%s: %w", set.Name(), ErrStranger))
			continue
		}
		some, odd, err := d.lookIn(filepath.Join("aside", set.Name()))
		if err != nil && !errors.Is(err, fs.ErrNotExist) { // its last key went meanwhile
			return nil, nil, err
		}
		for _, e := range some {
			e.Aside = on
			keys = append(keys, e)
		}
		strangers = append(strangers, odd...)
	}
	return keys, strangers, nil
}

// lookIn lists the keys below a folder of the ring, by the directories of their days.
func (d *directory) lookIn(folder string) (keys []Entry, strangers []error, err error) {
	days, err := os.ReadDir(filepath.Join(d.dir, folder))
	if err != nil {
		return nil, nil, err
	}
	stranger := func(name string, why error) {
		strangers = append(strangers, fmt.Errorf("%s/%s: %w", folder, name, errors.Join(ErrStranger, why)))
	}
	for _, day := range days {
		if ofRing(day.Name()) {
			continue
		}
		if !day.IsDir() {
			stranger(day.Name(), nil)
			continue
		}
		files, err := os.ReadDir(filepath.Join(d.dir, folder, day.Name()))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, nil, err
		}
		for _, f := range files {
			e, err := entry(day.Name(), f)
			switch {
			case err == nil:
				keys = append(keys, e)
			case !errors.Is(err, fs.ErrNotExist):
				stranger(day.Name()+"/"+f.Name(), err)
			}
		}
	}
	return keys, strangers, nil
}

func entry(day string, f fs.DirEntry) (Entry, error) {
	name := Name(day + "/" + f.Name())
	last, err := name.LastDay()
	if err != nil {
		return Entry{}, err
	}
	if !f.Type().IsRegular() {
		return Entry{}, ErrName
	}
	info, err := f.Info()
	if err != nil {
		return Entry{}, err
	}
	return Entry{Name: name, LastDay: last, Created: info.ModTime().UTC()}, nil
}

// unfinished begins the names of files that putOnce is still writing.
const unfinished = ".new-"

// putOnce makes a file with its content unless it exists: written and synced under another name first, then
// linked, so that no process ever sees a part of it and the first one wins.
func (d *directory) putOnce(file string, content []byte) error {
	draft := filepath.Join(d.dir, unfinished+newID())
	if err := writeNew(draft, content); err != nil {
		return err
	}
	err := os.Link(draft, file)
	if errors.Is(err, fs.ErrExist) {
		err = nil
	}
	return errors.Join(err, os.Remove(draft), syncDir(filepath.Dir(file)), syncDir(d.dir))
}

// tidy unlinks what a crash inside putOnce left. It is not overwritten: it may be a second link to the
// ring's living id or key.
func (d *directory) tidy(now time.Time) error {
	var problems []error
	for _, dir := range append([]string{d.dir}, d.folders()...) {
		files, err := os.ReadDir(dir)
		problems = append(problems, err)
		for _, f := range files {
			if !strings.HasPrefix(f.Name(), unfinished) {
				continue
			}
			if info, err := f.Info(); err == nil && now.Sub(info.ModTime()) > Grace {
				problems = append(problems, removeIfThere(filepath.Join(dir, f.Name())))
			}
		}
	}
	return errors.Join(problems...)
}
