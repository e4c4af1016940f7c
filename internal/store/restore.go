package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
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
// backup is there and right, and then in one step: killed at any moment, the database is what it was or the
// backup's. aside is where a database that was replaced lies now, "" for none. It does not migrate.
func Restore(ctx context.Context, r Restoring) (m Manifest, aside string, err error) {
	if m, aside, err = restore(ctx, r); err != nil {
		return m, "", fmt.Errorf("restoring %s: %w", r.File, err)
	}
	return m, aside, nil
}

func restore(ctx context.Context, r Restoring) (m Manifest, aside string, err error) {
	kind := dialectSQLite
	if isPostgres(r.DSN) {
		kind = dialectPostgres
	}
	if _, err := CleanRestore(ctx, r.DSN); err != nil {
		return m, "", err
	}
	work, done, err := r.workFolder()
	if err != nil {
		return m, "", err
	}
	defer done()
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
	if err := mark(work, wholePart); err != nil {
		return m, "", err
	}
	if kind == dialectPostgres {
		aside, err = restorePostgres(ctx, r, work)
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
func (r Restoring) asideName() string {
	return "before_" + strings.Replace(r.Now.UTC().Format("20060102t150405.000"), ".", "_", 1)
}
