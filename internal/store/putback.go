package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// asideForm is what Restoring.asideName makes, and made.
var asideForm = regexp.MustCompile(`^before_\d{8}t\d{6}(_\d{3})?$`)

// ErrNothingAside: no restore has put a database aside here.
var ErrNothingAside = errors.New("no restore has put a database aside here")

// PutAside are the names of the databases that restores have put aside, the latest last.
func PutAside(ctx context.Context, dsn string) (names []string, err error) {
	if isPostgres(dsn) {
		names, err = asidePostgres(ctx, dsn)
	} else {
		names, err = asideSQLite(dsn)
	}
	if err != nil {
		return nil, fmt.Errorf("looking for what a restore has put aside: %w", err)
	}
	names = slices.DeleteFunc(names, func(name string) bool { return !asideForm.MatchString(name) })
	slices.Sort(names)
	return names, nil
}

func asideSQLite(dsn string) (names []string, err error) {
	files, err := os.ReadDir(filepath.Dir(dsn))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	for _, f := range files {
		if name, is := strings.CutPrefix(f.Name(), filepath.Base(dsn)+"."); is {
			names = append(names, name)
		}
	}
	return names, err
}

func asidePostgres(ctx context.Context, dsn string) (names []string, err error) {
	conn, err := oneConnection(dsn)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	rows, err := conn.QueryContext(ctx, "SELECT schemaname FROM pg_tables WHERE schemaname LIKE 'before_%' AND tablename = 'audit_entries'")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, err
		}
		names = append(names, name)
	}
	return names, rows.Err()
}

func oneConnection(dsn string) (*sql.DB, error) {
	dsn, err := verified(dsn)
	if err != nil {
		return nil, err
	}
	conn, err := sql.Open("pgx", dsn)
	if err != nil {
		return nil, err
	}
	conn.SetMaxOpenConns(1)
	return conn, nil
}

// PutBack undoes the last restore: what it has put aside becomes the database again, in one step. A database that was
// begun is in its place only with r.Replace, and is put aside itself. back and aside name what was moved.
func PutBack(ctx context.Context, r Restoring) (back, aside string, err error) {
	names, err := PutAside(ctx, r.DSN)
	if err != nil {
		return "", "", err
	}
	if len(names) == 0 {
		return "", "", ErrNothingAside
	}
	back = names[len(names)-1]
	begun, err := Begun(ctx, r.DSN)
	if err != nil {
		return "", "", err
	}
	if begun && !r.Replace {
		return "", "", ErrNotEmpty
	}
	if begun {
		aside = r.asideName()
	}
	if isPostgres(r.DSN) {
		err = putBackPostgres(ctx, r, back, aside)
	} else {
		err = putBackSQLite(ctx, r, back)
	}
	if err != nil {
		return "", "", fmt.Errorf("putting back %s: %w", back, err)
	}
	return back, aside, nil
}

func putBackSQLite(ctx context.Context, r Restoring, back string) error {
	r.Replace = true
	from := r.DSN + "." + back
	if err := soundSQLite(ctx, from); err != nil {
		return err
	}
	_, err := restoreSQLite(ctx, r, from)
	return err
}

func putBackPostgres(ctx context.Context, r Restoring, back, aside string) (err error) {
	conn, err := oneConnection(r.DSN)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	if err := unusedPostgres(ctx, conn); err != nil {
		return err
	}
	move := "DROP SCHEMA public CASCADE"
	if aside != "" {
		move = "ALTER SCHEMA public RENAME TO " + aside
	} else if err := nothingOfOthers(ctx, conn); err != nil {
		return err
	}
	// Texts sent together are one transaction.
	_, err = conn.ExecContext(ctx, move+"; ALTER SCHEMA "+back+" RENAME TO public")
	return err
}

// nothingOfOthers refuses to throw away a schema that holds what is not this product's.
func nothingOfOthers(ctx context.Context, conn *sql.DB) error {
	var all int
	row := conn.QueryRowContext(ctx, "SELECT COUNT(*) FROM pg_tables WHERE schemaname = 'public'")
	if err := row.Scan(&all); err != nil {
		return err
	}
	empty, err := isEmpty(ctx, conn, postgresSchema)
	if err != nil {
		return err
	}
	var ours int
	if err := conn.QueryRowContext(ctx, postgresSchema).Scan(&ours); err != nil {
		return err
	}
	if all > 0 && (ours == 0 || !empty) {
		return errors.New("the schema public holds tables of something else")
	}
	return nil
}
