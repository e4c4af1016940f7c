package store

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
)

// PostgreSQL's drivers take TLS when the server offers it, whoever that is, and else go on in clear (sslmode=prefer).
// Off this machine that protects from nobody who is on the way, so the mode there is verify-full (ASVS 12.3.1, 12.3.2).

// modeVariable is the environment's sslmode, for the driver and for PostgreSQL's own programs.
const modeVariable = "PGSSLMODE"

// verified is a PostgreSQL address with sslmode=verify-full:
//   - where a host of it is reached over TCP and is not this machine,
//   - and where neither the address nor PGSSLMODE chooses a mode.
//
// Any other is returned as it is.
func verified(dsn string) (string, error) {
	hosts, err := hostsOf(dsn)
	if err != nil {
		return "", err
	}
	if !slices.ContainsFunc(hosts, host.remote) || modeChosen(dsn) {
		return dsn, nil
	}
	mark := "?"
	if strings.Contains(dsn, "?") {
		mark = "&"
	}
	dsn += mark + "sslmode=verify-full"
	if hosts, err = hostsOf(dsn); err == nil && slices.ContainsFunc(hosts, host.weak) {
		err = errors.New("say in the address how TLS is used, such as sslmode=verify-full")
	}
	return dsn, err
}

// modeChosen says whether somebody has chosen how TLS is used; ssl=true is an old name of sslmode=require.
func modeChosen(dsn string) bool {
	_, query, _ := strings.Cut(dsn, "?")
	values, err := url.ParseQuery(query)
	return err == nil && values.Get("sslmode")+values.Get("ssl") != "" || os.Getenv(modeVariable) != ""
}

// A host is one of those that an address names, with how TLS is used there; nil for none.
type host struct {
	name string
	port uint16
	tls  *tls.Config
}

// hostsOf are the hosts of an address as the driver understands it, with the environment and PostgreSQL's files.
func hostsOf(dsn string) ([]host, error) {
	c, err := pgconn.ParseConfig(dsn)
	if err != nil {
		return nil, fmt.Errorf("reading the address of the database: %w", err)
	}
	hosts := []host{{c.Host, c.Port, c.TLSConfig}}
	for _, f := range c.Fallbacks {
		hosts = append(hosts, host{f.Host, f.Port, f.TLSConfig})
	}
	return hosts, nil
}

// remote says whether others could be on the way: it is neither a socket nor a name or number of this machine.
func (h host) remote() bool {
	network, _ := pgconn.NetworkAddress(h.name, h.port)
	ip := net.ParseIP(h.name)
	return network != "unix" && !strings.EqualFold(h.name, "localhost") && (ip == nil || !ip.IsLoopback())
}

// weak says whether somebody on the way could read along, or be taken for the server.
func (h host) weak() bool { return h.remote() && (h.tls == nil || h.tls.InsecureSkipVerify) }

// bySystem says whether the server is believed by the system's authorities: no file of authorities is named.
func (h host) bySystem() bool { return h.remote() && !h.weak() && h.tls.RootCAs == nil }

// weakness says what is weak about the way to PostgreSQL, "" for nothing.
func weakness(dsn string) (string, error) {
	hosts, err := hostsOf(dsn)
	if err != nil {
		return "", err
	}
	at := slices.IndexFunc(hosts, host.weak)
	if at < 0 {
		return "", nil
	}
	return "PostgreSQL at " + hosts[at].name + " is reached without making sure that it is that server; whoever is on the way may read along: use sslmode=verify-full", nil
}

// Weakness says what is weak about the way to the database, "" for nothing; whoever starts a process tells it.
func (db *DB) Weakness() string { return db.weakness }

// Unsafe names the settings of the server under which what was acknowledged can be lost, none for SQLite, whose own are
// part of how it is opened.
func (db *DB) Unsafe(ctx context.Context) ([]string, error) {
	if db.dialect == dialectSQLite {
		return nil, nil
	}
	rows, err := db.read.QueryContext(ctx, `SELECT name || '=' || setting FROM pg_settings
		WHERE name IN ('fsync', 'full_page_writes', 'synchronous_commit') AND setting IN ('off', 'local') ORDER BY name`)
	if err != nil {
		return nil, fmt.Errorf("reading the settings of PostgreSQL: %w", err)
	}
	defer rows.Close()
	var list []string
	for rows.Next() {
		var setting string
		if err := rows.Scan(&setting); err != nil {
			return nil, fmt.Errorf("reading the settings of PostgreSQL: %w", err)
		}
		list = append(list, setting)
	}
	return list, rows.Err()
}
