package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// A Restoring is what is asked of Restore.
type Restoring struct {
	File, DSN string
	// Replace lets a database that is not empty be replaced; what it held is put aside, not deleted.
	Replace bool
	// Programs is the folder of pg_restore, "" to look for it.
	Programs string
	Now      time.Time // names what is put aside
}

// Restore puts the database of a backup in the place of an empty one. Nothing is changed unless the whole
// backup is there and right; aside is where a database that was replaced lies now, "" for none. It does not
// migrate.
func Restore(ctx context.Context, r Restoring) (m Manifest, aside string, err error) {
	if m, aside, err = restore(ctx, r); err != nil {
		return m, "", fmt.Errorf("restoring %s: %w", r.File, err)
	}
	return m, aside, nil
}

func restore(ctx context.Context, r Restoring) (m Manifest, aside string, err error) {
	folder, kind := os.TempDir(), dialectPostgres
	if !isPostgres(r.DSN) {
		folder, kind = filepath.Dir(r.DSN), dialectSQLite // the same file system as the database
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return m, "", err
	}
	work, err := os.MkdirTemp(folder, ".restore-")
	if err != nil {
		return m, "", err
	}
	defer os.RemoveAll(work)
	part := filepath.Join(work, databasePart)
	if m, err = unpack(r.File, part); err != nil {
		return m, "", err
	}
	if m.Database != string(kind) {
		return m, "", fmt.Errorf("it is a backup of a %s database, and cannot become a %s one", m.Database, kind)
	}
	if newest, err := newestMigration(); err != nil || m.Migration > newest {
		return m, "", errors.Join(fmt.Errorf("its schema has version %d, and this program knows no more than %d", m.Migration, newest), err)
	}
	if kind == dialectPostgres {
		aside, err = restorePostgres(ctx, r, part)
	} else {
		aside, err = restoreSQLite(ctx, r, part)
	}
	return m, aside, err
}

func newestMigration() (int64, error) {
	names, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil || len(names) == 0 {
		return 0, errors.Join(errors.New("there are no migrations"), err)
	}
	var version int64
	_, err = fmt.Sscanf(filepath.Base(names[len(names)-1]), "%d_", &version)
	return version, err
}

// asideName ends the name of what is put aside.
func (r Restoring) asideName() string { return "before_" + r.Now.UTC().Format("20060102t150405") }
