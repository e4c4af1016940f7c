package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"uketsuke/internal/store/column"
	"uketsuke/internal/store/query"
)

// Sessions keeps the browsers' sessions (scs.CtxStore). Tokens come hashed. It is safe for concurrent
// use; any number of processes share one database.
type Sessions struct {
	db *DB
	// elapsed reads real time, which rules sessions (R-CAL-3).
	elapsed func() time.Time
}

// NewSessions keeps sessions in db; elapsed reads real time.
func NewSessions(db *DB, elapsed func() time.Time) *Sessions {
	return &Sessions{db: db, elapsed: elapsed}
}

// FindCtx returns a session's data; one that has expired is not there.
func (s *Sessions) FindCtx(ctx context.Context, token string) (data []byte, found bool, err error) {
	data, err = s.db.Read().GetSession(ctx, query.GetSessionParams{Token: token, Now: column.At(s.elapsed())})
	if errors.Is(err, sql.ErrNoRows) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("reading a session: %w", err)
	}
	return data, true, nil
}

// CommitCtx adds a session or replaces its data; one that has ended stays ended, however late a request that began
// before comes, and its end is never put off: no more so the end of a token that was retired meanwhile.
func (s *Sessions) CommitCtx(ctx context.Context, token string, data []byte, expiry time.Time) error {
	err := s.db.InTx(ctx, func(tx *Tx) error {
		return tx.PutSession(ctx, query.PutSessionParams{Token: token, Data: data, ExpiresAt: column.At(expiry)})
	})
	if err != nil {
		return fmt.Errorf("keeping a session: %w", err)
	}
	return nil
}

// Retire lets a token count until a moment, and no longer.
func (s *Sessions) Retire(ctx context.Context, token string, until time.Time) error {
	err := s.db.InTx(ctx, func(tx *Tx) error {
		return tx.RetireSession(ctx, query.RetireSessionParams{Token: token, Until: column.At(until)})
	})
	if err != nil {
		return fmt.Errorf("retiring a session's token: %w", err)
	}
	return nil
}

// DeleteCtx ends a session; one that is not there is no error.
func (s *Sessions) DeleteCtx(ctx context.Context, token string) error {
	if err := s.db.InTx(ctx, func(tx *Tx) error { return tx.EndSession(ctx, token) }); err != nil {
		return fmt.Errorf("ending a session: %w", err)
	}
	return nil
}

// Find is FindCtx without a context, which scs.Store asks for.
func (s *Sessions) Find(token string) ([]byte, bool, error) {
	return s.FindCtx(context.Background(), token)
}

// Commit is CommitCtx without a context.
func (s *Sessions) Commit(token string, data []byte, expiry time.Time) error {
	return s.CommitCtx(context.Background(), token, data, expiry)
}

// Delete is DeleteCtx without a context.
func (s *Sessions) Delete(token string) error { return s.DeleteCtx(context.Background(), token) }

// Clean deletes the sessions that have expired and says how many.
func (s *Sessions) Clean(ctx context.Context) (int64, error) {
	var gone int64
	err := s.db.InTx(ctx, func(tx *Tx) error {
		var err error
		gone, err = tx.DeleteExpiredSessions(ctx, column.At(s.elapsed()))
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("cleaning sessions: %w", err)
	}
	return gone, nil
}
