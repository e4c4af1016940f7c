package store

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
)

// SQLite's driver reads each text anew, which takes longer than most of our statements run. A connection
// therefore keeps the statements it has prepared; pgx does the same by itself.

// mostKept bounds the statements that a connection keeps: more than this product has texts.
const mostKept = 512

// A keeping is a connector whose connections keep their statements.
type keeping struct{ driver.Connector }

// A connection is what SQLite's driver offers, without its ways to run a text directly: database/sql then
// asks for a prepared statement every time.
type connection interface {
	driver.Conn
	driver.ConnPrepareContext
	driver.ConnBeginTx
	driver.Pinger
	driver.SessionResetter
	driver.Validator
}

// Connect opens a connection that keeps its statements.
func (k keeping) Connect(ctx context.Context) (driver.Conn, error) {
	opened, err := k.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	conn, ok := opened.(connection)
	if !ok {
		return nil, errors.Join(fmt.Errorf("opening a connection: %T cannot prepare statements", opened), opened.Close())
	}
	return &keepingConn{connection: conn, kept: map[string]*keptStatement{}}, nil
}

// A keepingConn is used by one goroutine at a time, as database/sql promises every driver.
type keepingConn struct {
	connection
	kept map[string]*keptStatement
}

// PrepareContext gives out the kept statement of a text. While that one's rows are still open, a second use
// of the same text gets a statement of its own.
func (c *keepingConn) PrepareContext(ctx context.Context, text string) (driver.Stmt, error) {
	if s := c.kept[text]; s != nil && !s.busy {
		s.busy = true
		return s, nil
	}
	prepared, err := c.connection.PrepareContext(ctx, text)
	if err != nil {
		return nil, err
	}
	fresh, ok := prepared.(statement)
	if !ok || c.kept[text] != nil || len(c.kept) >= mostKept {
		return prepared, nil
	}
	s := &keptStatement{statement: fresh, busy: true}
	c.kept[text] = s
	return s, nil
}

// Close ends the kept statements and the connection.
func (c *keepingConn) Close() error {
	var failed error
	for _, s := range c.kept {
		failed = errors.Join(failed, s.statement.Close())
	}
	return errors.Join(failed, c.connection.Close())
}

type statement interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
}

// A keptStatement outlives its closing; only its connection ends it.
type keptStatement struct {
	statement
	busy bool // given out and not yet closed
}

// Close gives the statement back to its connection.
func (s *keptStatement) Close() error {
	s.busy = false
	return nil
}
