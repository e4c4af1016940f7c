package keyring

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Each folder of a ring has the ring's id in it, and the ring the file folders once all of them do: then a folder that is
// away, or mounted empty, is told from one in which nothing is left. For each of the ring's own keys there is drawn.<purpose>.<use>.<version>
// beside the folders until it is retired: such a key is drawn once, and another in its place would not know what the lost one has made.

const (
	idName      = "ring.id"
	drawnPrefix = "drawn."
)

func (d *directory) folders() []string { return []string{d.keys(), d.own(), d.aside()} }

func (d *directory) foldersFile() string { return filepath.Join(d.dir, "folders") }

func (d *directory) drawnFile(o Own) string {
	return filepath.Join(d.dir, drawnPrefix+o.String())
}

// ofRing says whether a name in a folder is the ring's own: its id, or one that is being written.
func ofRing(name string) bool { return name == idName || strings.HasPrefix(name, unfinished) }

func (d *directory) vouched() bool {
	_, err := os.Lstat(d.foldersFile())
	return err == nil
}

// begun says whether the ring was made before.
func (d *directory) begun() bool {
	_, err := os.Lstat(d.idFile())
	return err == nil || d.vouched()
}

// lostFolder is the error about a folder that is not the ring's.
func lostFolder(folder string, err error) error {
	return fmt.Errorf("%s is missing, or is not the folder with which the ring was made; mount it. If it is lost for good, name a new folder "+
		"for the ring and see: uketsuke admin ring accept-loss: %w", folder, errors.Join(ErrRingGone, err))
}

// checkFolders is ErrRingGone when a folder is away or another's. A ring of before has no identities: its folders need only
// be there, but for that of what is set aside.
func (d *directory) checkFolders() error {
	vouched := d.vouched()
	for _, folder := range d.folders() {
		id, err := os.ReadFile(filepath.Join(folder, idName))
		if !vouched && errors.Is(err, fs.ErrNotExist) {
			if _, err = os.Stat(folder); folder == d.aside() && errors.Is(err, fs.ErrNotExist) {
				err = nil
			}
			id = []byte(d.id)
		}
		if err != nil || string(id) != d.id {
			return lostFolder(folder, err)
		}
	}
	return nil
}

// vouch gives each folder its identity. It is written in the folder itself, which may be a disk of its own, and processes
// that do it together write the same.
func (d *directory) vouch() error {
	if d.vouched() {
		return d.noteDrawn()
	}
	for _, folder := range d.folders() {
		draft := filepath.Join(folder, unfinished+newID())
		err := writeNew(draft, []byte(d.id))
		if err == nil {
			err = os.Rename(draft, filepath.Join(folder, idName))
		}
		if err = errors.Join(err, syncDir(folder)); err != nil {
			return err
		}
	}
	if err := d.noteDrawn(); err != nil {
		return err
	}
	return d.putOnce(d.foldersFile(), []byte("keys ring aside\n"))
}

// noteDrawn notes the own keys that are there, for a ring of before, and for one whose process was killed between a key and
// its note.
func (d *directory) noteDrawn() error {
	there, err := d.drawnThere()
	for _, o := range there {
		if _, missing := os.Lstat(d.drawnFile(o)); missing != nil {
			err = errors.Join(err, d.putOnce(d.drawnFile(o), nil))
		}
	}
	return err
}

// drawnThere are the ring's own keys whose private halves are there, by their files' names alone.
func (d *directory) drawnThere() (there []Own, err error) {
	files, err := os.ReadDir(d.own())
	for _, f := range files {
		label := f.Name()
		if purposeForm.MatchString(label) {
			label += "." + string(ForMAC) + ".1"
		}
		if o, ok := parseOwn(label); ok {
			there = append(there, o)
		}
	}
	return there, err
}

// whole is ErrOwnLost when an own key of a purpose, "" for all, is missing that was drawn.
func (d *directory) whole(purpose string) error {
	which := drawnPrefix
	if purpose != "" {
		which += purpose + "."
	}
	files, err := os.ReadDir(d.dir) // before the keys: a note comes after its key
	if err != nil {
		return err
	}
	there, err := d.drawnThere()
	if err != nil {
		return err
	}
	has := map[string]bool{}
	for _, o := range there {
		has[d.drawnFile(o)] = true
	}
	for _, f := range files {
		note := filepath.Join(d.dir, f.Name())
		if !strings.HasPrefix(f.Name(), which) || has[note] {
			continue
		}
		if _, retired := os.Lstat(note); retired == nil { // else retired meanwhile
			err = errors.Join(err, fmt.Errorf("%s: %w", strings.TrimPrefix(f.Name(), drawnPrefix), ErrOwnLost))
		}
	}
	return err
}
