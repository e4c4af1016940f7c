package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// PostgreSQL is backed up and restored by its own programs, pg_dump and pg_restore: they know its catalogue, and
// one dump is one moment of the database. They must not be older than the server.

// ErrNoProgram: pg_dump or pg_restore is not installed.
var ErrNoProgram = errors.New("not found; install the server's client package (Debian: postgresql-client) or name its folder with pg-bin")

func dumpPostgres(ctx context.Context, dsn, to, programs string) error {
	// What a restore has put aside is no part of the database.
	return runPostgres(ctx, programs, "pg_dump", dsn, "--format=custom", "--no-owner", "--no-privileges",
		"--exclude-schema=before_*", "--file="+to)
}

// runPostgres runs one of PostgreSQL's programs on a database, which it reaches as the driver does. The password goes
// by the environment: a command line can be read by every account of the machine.
func runPostgres(ctx context.Context, programs, name, dsn string, args ...string) error {
	program, err := findProgram(programs, name)
	if err != nil {
		return err
	}
	if dsn, err = verified(dsn); err != nil {
		return err
	}
	at, err := url.Parse(dsn)
	if err != nil {
		return errors.New("the address of the database cannot be read")
	}
	env, err := environment(dsn)
	if err != nil {
		return err
	}
	if password, has := at.User.Password(); has {
		at.User = url.User(at.User.Username())
		env = append(env, "PGPASSWORD="+password)
	}
	cmd := exec.CommandContext(ctx, program, append(args, "--dbname="+at.String())...)
	cmd.Env = env
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %s", name, err, strings.TrimSpace(string(out)))
	}
	return nil
}

// environment is that of a program of PostgreSQL. Without a file of authorities the driver believes the system's, and
// the programs do so only when they are told.
func environment(dsn string) ([]string, error) {
	env := append(os.Environ(), "LC_ALL=C")
	hosts, err := hostsOf(dsn)
	if err == nil && slices.ContainsFunc(hosts, host.bySystem) {
		env = append(env, "PGSSLROOTCERT=system")
	}
	return env, err
}

// findProgram looks in the folder named, then in the PATH, then for Debian's newest version.
func findProgram(folder, name string) (string, error) {
	if folder != "" {
		return filepath.Join(folder, name), nil
	}
	if found, err := exec.LookPath(name); err == nil {
		return found, nil
	}
	installed, err := filepath.Glob("/usr/lib/postgresql/*/bin/" + name)
	if err != nil || len(installed) == 0 {
		return "", fmt.Errorf("%s: %w", name, ErrNoProgram)
	}
	return slices.MaxFunc(installed, func(a, b string) int { return versionOf(a) - versionOf(b) }), nil
}

// versionOf is the 15 of /usr/lib/postgresql/15/bin/pg_dump.
func versionOf(program string) int {
	n, _ := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(program)))) // no number is the oldest
	return n
}

// restorePostgres fills the database from an archive. What stood there before is put aside as a schema of
// another name, and comes back when the archive cannot be restored.
func restorePostgres(ctx context.Context, r Restoring, part string) (aside string, err error) {
	dsn, err := verified(r.DSN)
	if err != nil {
		return "", err
	}
	conn, err := sql.Open("pgx", dsn)
	if err != nil {
		return "", err
	}
	conn.SetMaxOpenConns(1)
	defer func() { err = errors.Join(err, conn.Close()) }()
	empty, err := isEmpty(ctx, conn, "SELECT COUNT(*) FROM pg_tables WHERE schemaname = 'public' AND tablename = 'audit_entries'")
	if err != nil {
		return "", err
	}
	if !empty && !r.Replace {
		return "", ErrNotEmpty
	}
	var others int
	row := conn.QueryRowContext(ctx, "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'")
	if err := row.Scan(&others); err != nil || others > 0 {
		return "", errors.Join(ErrInUse, err)
	}
	aside = r.asideName()
	if _, err := conn.ExecContext(ctx, "ALTER SCHEMA public RENAME TO "+aside+"; CREATE SCHEMA public"); err != nil {
		return "", fmt.Errorf("putting the database's schema aside: %w", err)
	}
	err = runPostgres(ctx, r.Programs, "pg_restore", dsn, "--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction",
		"--schema=public", part)
	undo := "DROP SCHEMA " + aside + " CASCADE"
	if err != nil {
		undo = "DROP SCHEMA public CASCADE; ALTER SCHEMA " + aside + " RENAME TO public"
	}
	if err != nil || empty {
		aside = ""
		_, failed := conn.ExecContext(context.WithoutCancel(ctx), undo)
		err = errors.Join(err, failed)
	}
	return aside, err
}
