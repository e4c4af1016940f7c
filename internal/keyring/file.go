package keyring

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"uketsuke/internal/forget"
)

func newKey() []byte {
	key := make([]byte, KeySize)
	rand.Read(key) // never fails: the program ends if the operating system has no randomness
	return key
}

// readKey reads a key into bytes that the caller forgets, and nowhere else.
func readKey(file string) ([]byte, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if info.Size() != KeySize {
		return nil, fmt.Errorf("%d bytes instead of %d: %w", info.Size(), KeySize, ErrDamaged)
	}
	key := make([]byte, KeySize)
	if _, err := io.ReadFull(f, key); err != nil {
		forget.Bytes(key)
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return key, nil
}

// makePrivate makes a directory that only its owner can enter, and refuses one that others can.
func makePrivate(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	if err := isPrivate(dir); err != nil {
		return err
	}
	return syncDir(filepath.Dir(dir))
}

// isPrivate refuses a directory that others than its owner can enter.
func isPrivate(dir string) error {
	info, err := os.Stat(dir)
	if err != nil {
		return err
	}
	if info.Mode().Perm()&0o077 != 0 {
		return fmt.Errorf("%s has mode %04o: %w", dir, info.Mode().Perm(), ErrExposed)
	}
	return nil
}

// writeNew writes and syncs a file that must not exist; after an error nothing of it is left.
func writeNew(file string, content []byte) error {
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return errors.Join(err, os.Remove(file))
	}
	return nil
}

// wipe overwrites a file with random bytes, in place, and unlinks it; a file that is gone is no error.
func wipe(file string) error {
	f, err := os.OpenFile(file, os.O_WRONLY, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	_, err = f.Write(newKey())
	if err == nil {
		err = f.Sync()
	}
	// Unlinked even if it could not be overwritten: one half of the destruction is better than none.
	return errors.Join(err, f.Close(), removeIfThere(file))
}

func removeIfThere(file string) error {
	if err := os.Remove(file); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// syncDir makes what was created or removed in a directory last; a directory that is gone needs nothing.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
