package keyring

import (
	"crypto"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"uketsuke/internal/forget"
)

// publicSuffix ends the name of the file that keeps the public half of a retired key for signing.
const publicSuffix = ".public"

// ownFile is where a version lies. The first version for MACs has no suffix.
func (d *directory) ownFile(o Own) string {
	if o.Use == ForMAC && o.Version == 1 {
		return filepath.Join(d.own(), o.Purpose)
	}
	return filepath.Join(d.own(), o.String())
}

func (d *directory) owned(purpose string) ([]Own, error) {
	files, err := os.ReadDir(d.own())
	if err != nil {
		return nil, err
	}
	var found []Own
	for _, f := range files {
		label, retired := strings.CutSuffix(f.Name(), publicSuffix)
		if purposeForm.MatchString(label) {
			label += "." + string(ForMAC) + ".1"
		}
		o, ok := parseOwn(label)
		if !ok || purpose != "" && o.Purpose != purpose {
			continue
		}
		o.Retired = retired
		switch o, err := d.described(o, f); {
		case err == nil:
			found = append(found, o)
		case !errors.Is(err, fs.ErrNotExist): // retired meanwhile
			return nil, err
		}
	}
	return found, nil
}

func (d *directory) described(o Own, f fs.DirEntry) (Own, error) {
	info, err := f.Info()
	if err != nil {
		return o, err
	}
	o.Created = info.ModTime().UTC()
	if o.Use != ForSign {
		return o, nil
	}
	half, err := readKey(filepath.Join(d.own(), f.Name()))
	if err != nil {
		return o, fmt.Errorf("%s: %w", o, err)
	}
	if o.Retired {
		o.Public = half
		return o, nil
	}
	defer forget.Bytes(half)
	o.Public = publicOf(half)
	return o, nil
}

func (d *directory) draw(o Own) error {
	file, drawn := d.ownFile(o), d.drawnFile(o)
	if _, err := os.Lstat(drawn); err == nil {
		if _, err := os.Lstat(file); errors.Is(err, fs.ErrNotExist) {
			return ErrOwnLost
		}
	}
	key := newKey()
	defer forget.Bytes(key)
	if err := d.putOnce(file, key); err != nil {
		return err
	}
	return d.putOnce(drawn, nil) // after the key: a note without one says that it is lost
}

// ownKey reads a version into bytes that the caller forgets; ErrNoKey when it is retired.
func (d *directory) ownKey(o Own) ([]byte, error) {
	key, err := readKey(d.ownFile(o))
	if errors.Is(err, fs.ErrNotExist) {
		err = ErrNoKey
		if gone := d.present(); gone != nil {
			err = gone
		}
	}
	return key, err
}

func (d *directory) mac(o Own, message []byte) ([]byte, error) {
	key, err := d.ownKey(o)
	if err != nil {
		return nil, err
	}
	defer forget.Bytes(key)
	return forget.MAC(sha256.New, key, message), nil
}

func (d *directory) sealing(o Own) (Key, error) {
	key, err := d.ownKey(o)
	if err != nil {
		return nil, err
	}
	return inMemory(key), nil
}

func (d *directory) signer(o Own) (crypto.Signer, error) {
	seed, err := d.ownKey(o)
	if err != nil {
		return nil, err
	}
	defer forget.Bytes(seed)
	o.Public = publicOf(seed)
	return &fileSigner{d, o}, nil
}

func (d *directory) retire(o Own) error {
	file := d.ownFile(o)
	if o.Use == ForSign {
		public := file + publicSuffix
		if err := errors.Join(d.putOnce(public, o.Public), os.Chtimes(public, o.Created, o.Created)); err != nil {
			return err
		}
	}
	// The note before the key: killed in between, the next to open the ring notes it again.
	return errors.Join(removeIfThere(d.drawnFile(o)), syncDir(d.dir), wipe(file), syncDir(d.own()))
}
