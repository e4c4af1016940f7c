package store

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// PostgreSQL is backed up and restored by its own programs, pg_dump, pg_restore and psql: they know its catalogue, and
// one dump is one moment of the database. They must not be older than the server.

// ErrNoProgram: pg_dump, pg_restore or psql is not installed.
var ErrNoProgram = errors.New("not found; install the server's client package (Debian: postgresql-client) or name its folder with pg-bin")

func dumpPostgres(ctx context.Context, dsn, to, programs string) error {
	// What a restore has put aside is no part of the database.
	return runPostgres(ctx, programs, "pg_dump", dsn, "--format=custom", "--no-owner", "--no-privileges",
		"--exclude-schema=before_*", "--file="+to)
}

// runPostgres runs one of PostgreSQL's programs on a database.
func runPostgres(ctx context.Context, programs, name, dsn string, args ...string) error {
	cmd, err := postgresProgram(ctx, programs, name, dsn, args...)
	if err != nil {
		return err
	}
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %s", name, err, strings.TrimSpace(string(out)))
	}
	return nil
}

// postgresProgram is one of PostgreSQL's programs on a database, which it reaches as the driver does. The password goes
// by the environment: a command line can be read by every account of the machine.
func postgresProgram(ctx context.Context, programs, name, dsn string, args ...string) (*exec.Cmd, error) {
	program, err := findProgram(programs, name)
	if err != nil {
		return nil, err
	}
	if dsn, err = verified(dsn); err != nil {
		return nil, err
	}
	at, err := url.Parse(dsn)
	if err != nil {
		return nil, errors.New("the address of the database cannot be read")
	}
	env, err := environment(dsn)
	if err != nil {
		return nil, err
	}
	if password, has := at.User.Password(); has {
		at.User = url.User(at.User.Username())
		env = append(env, "PGPASSWORD="+password)
	}
	cmd := exec.CommandContext(ctx, program, append(args, "--dbname="+at.String())...)
	cmd.Env = env
	return cmd, nil
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

// restorePostgres fills the database from an archive. What stood there before is put aside as a schema of another name,
// in the transaction that restores: killed at any moment, the database is the old one or the new.
func restorePostgres(ctx context.Context, r Restoring, work string) (aside string, err error) {
	dsn, err := verified(r.DSN)
	if err != nil {
		return "", err
	}
	empty, err := mayReplacePostgres(ctx, r, dsn)
	if err != nil {
		return "", err
	}
	aside = r.asideName()
	first := "BEGIN; ALTER SCHEMA public RENAME TO " + aside + "; CREATE SCHEMA public;\n"
	last := "COMMIT;\n"
	if empty {
		if err := mark(work, emptyPart); err != nil {
			return "", err
		}
		last = "DROP SCHEMA " + aside + " CASCADE; " + last
		aside = ""
	}
	return aside, pourPostgres(ctx, r, dsn, first, filepath.Join(work, databasePart), last)
}

// mayReplacePostgres says whether the database is empty, and refuses one that is not to be replaced or is in use.
func mayReplacePostgres(ctx context.Context, r Restoring, dsn string) (empty bool, err error) {
	conn, err := sql.Open("pgx", dsn)
	if err != nil {
		return false, err
	}
	conn.SetMaxOpenConns(1)
	defer func() { err = errors.Join(err, conn.Close()) }()
	empty, err = isEmpty(ctx, conn, postgresSchema)
	if err != nil {
		return false, err
	}
	if !empty && !r.Replace {
		return false, ErrNotEmpty
	}
	return empty, unusedPostgres(ctx, conn)
}

func unusedPostgres(ctx context.Context, conn *sql.DB) error {
	var others int
	row := conn.QueryRowContext(ctx, "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'")
	if err := row.Scan(&others); err != nil || others > 0 {
		return errors.Join(ErrInUse, err)
	}
	return nil
}

// pourPostgres lets psql do what stands first, the archive as pg_restore writes it, and what stands last, which commits.
// When this process is killed the texts end before that, and psql leaves without it.
func pourPostgres(ctx context.Context, r Restoring, dsn, first, archive, last string) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	psql, err := postgresProgram(ctx, r.Programs, "psql", dsn, "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--output="+os.DevNull)
	if err != nil {
		return err
	}
	unpacker, err := findProgram(r.Programs, "pg_restore")
	if err != nil {
		return err
	}
	texts, err := psql.StdinPipe()
	if err != nil {
		return err
	}
	var said, why bytes.Buffer
	psql.Stderr = &said
	if err := psql.Start(); err != nil {
		return err
	}
	unpack := exec.CommandContext(ctx, unpacker, "--no-owner", "--no-privileges", "--exit-on-error", "--schema=public", "--file=-", archive)
	unpack.Env, unpack.Stdout, unpack.Stderr = append(os.Environ(), "LC_ALL=C"), texts, &why
	_, err = io.WriteString(texts, first)
	if err == nil {
		err = unpack.Run()
	}
	if err == nil {
		_, err = io.WriteString(texts, last)
	}
	if err != nil {
		err = fmt.Errorf("pg_restore: %w: %s", err, strings.TrimSpace(why.String()))
	}
	if err = errors.Join(err, texts.Close()); err != nil {
		stop()
	}
	if failed := psql.Wait(); failed != nil {
		err = errors.Join(err, fmt.Errorf("psql: %w: %s", failed, strings.TrimSpace(said.String())))
	}
	return err
}
