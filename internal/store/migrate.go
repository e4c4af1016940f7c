package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"

	"uketsuke/internal/store/query"
)

// ErrSchema says that the schema is not one that this binary knows whole. Nothing was changed.
var ErrSchema = errors.New("the database has another schema than this program knows")

// Migrate brings the schema up to date, forward only; concurrent calls wait for each other. A schema that a newer
// binary has made, or that of another build, is refused with ErrSchema: its rules are not known here.
func (db *DB) Migrate(ctx context.Context) error {
	unlock, err := db.lockMigration(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	provider, err := db.provider()
	if err != nil {
		return err
	}
	if err := db.KnowsSchema(ctx); err != nil {
		return err
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("migrating the schema: %w", err)
	}
	return db.noteSchema(ctx)
}

// KnowsSchema is ErrSchema where the schema is not this binary's, or an older one on the way to it. Another process may
// have changed it since this one has opened the database.
func (db *DB) KnowsSchema(ctx context.Context) error {
	has, newest, err := db.Migration(ctx)
	if err != nil {
		return err
	}
	if has > newest {
		return fmt.Errorf("%w: it is at %d, and this program knows it up to %d. Use the newer program, or restore a backup from before it into an empty place",
			ErrSchema, has, newest)
	}
	if has < digestsSince {
		return nil
	}
	known, err := migrationDigests()
	if err != nil {
		return err
	}
	rows, err := db.Read().ListSchemaDigests(ctx)
	if err != nil {
		return fmt.Errorf("reading of which migrations the schema is made: %w", err)
	}
	for _, row := range rows {
		if known[row.Version] != row.Digest {
			return fmt.Errorf("%w: its step %d is not the one of this program. Use the program that made it", ErrSchema, row.Version)
		}
	}
	return nil
}

// digestsSince is the migration from which on digests are noted.
const digestsSince = 10

func (db *DB) noteSchema(ctx context.Context) error {
	known, err := migrationDigests()
	if err != nil {
		return err
	}
	rows, err := db.Read().ListSchemaDigests(ctx)
	if err != nil || len(rows) == len(known) {
		return err
	}
	err = db.InTx(ctx, func(tx *Tx) error {
		for version, digest := range known {
			if err := tx.InsertSchemaDigest(ctx, query.InsertSchemaDigestParams{Version: version, Digest: digest}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("noting of which migrations the schema is made: %w", err)
	}
	return nil
}

// migrationDigests are the digests of this binary's migrations by their number.
func migrationDigests() (map[int64]string, error) {
	files, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return nil, fmt.Errorf("listing the migrations: %w", err)
	}
	digests := map[int64]string{}
	for _, name := range files {
		text, err := migrations.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("reading a migration: %w", err)
		}
		version, err := goose.NumericComponent(name)
		if err != nil {
			return nil, fmt.Errorf("numbering a migration: %w", err)
		}
		sum := sha256.Sum256(text)
		digests[version] = hex.EncodeToString(sum[:])
	}
	return digests, nil
}

// Migration is the number of the newest migration that the database has, and of the newest that there is.
func (db *DB) Migration(ctx context.Context) (has, newest int64, err error) {
	provider, err := db.provider()
	if err != nil {
		return 0, 0, err
	}
	sources := provider.ListSources()
	newest = sources[len(sources)-1].Version
	if has, err = provider.GetDBVersion(ctx); err != nil {
		return 0, 0, fmt.Errorf("reading the schema's version: %w", err)
	}
	return has, newest, nil
}

func (db *DB) provider() (*goose.Provider, error) {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, fmt.Errorf("opening the migrations: %w", err)
	}
	provider, err := goose.NewProvider(db.dialect.goose(), db.write, files)
	if err != nil {
		return nil, fmt.Errorf("preparing the migrations: %w", err)
	}
	return provider, nil
}
