package keyring

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"uketsuke/internal/calendar"
)

// What is set aside lies in aside/<day of setting aside>/<name>: the same file, moved, so that no copy of a key is made
// and its time of making stays.

func (d *directory) asideFile(n Name, on calendar.Date) string {
	return filepath.Join(d.aside(), on.String(), filepath.FromSlash(string(n)))
}

func (d *directory) setAside(n Name, on calendar.Date) error {
	return d.move(d.file(n), d.asideFile(n, on))
}

func (d *directory) bringBack(e Entry) error {
	return d.move(d.asideFile(e.Name, e.Aside), d.file(e.Name))
}

// move moves a key within the ring, and makes that last: where it has come to before where it was. One that is gone was
// moved or destroyed by another process. The directory that it comes to may go, empty, before it is there.
func (d *directory) move(from, to string) error {
	const attempts = 100
	var err error
	for range attempts {
		if err = os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
			return err
		}
		if err = os.Rename(from, to); !errors.Is(err, fs.ErrNotExist) {
			break
		}
		if _, err := os.Lstat(from); errors.Is(err, fs.ErrNotExist) {
			return nil
		}
	}
	for dir := filepath.Dir(to); err == nil && dir != d.dir; dir = filepath.Dir(dir) {
		err = syncDir(dir)
	}
	if err != nil {
		return err
	}
	return d.dropDays(from)
}

func (d *directory) installationFile() string { return filepath.Join(d.dir, "installation") }

func (d *directory) installation() (string, error) {
	name, err := os.ReadFile(d.installationFile())
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err == nil && !idForm.Match(name) {
		err = ErrDamaged
	}
	return string(name), err
}

func (d *directory) belong(name string) error {
	return d.putOnce(d.installationFile(), []byte(name))
}
