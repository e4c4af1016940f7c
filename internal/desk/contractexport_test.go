package desk

import (
	"context"
	"database/sql"
	"time"

	"uketsuke/internal/calendar"
	"uketsuke/internal/store/query"
	"uketsuke/internal/userid"
)

// A Counting database counts the statements of what is read through it.
type Counting struct {
	*sql.DB
	Statements int
}

func (c *Counting) QueryContext(ctx context.Context, text string, args ...any) (*sql.Rows, error) {
	c.Statements++
	return c.DB.QueryContext(ctx, text, args...)
}

func (c *Counting) QueryRowContext(ctx context.Context, text string, args ...any) *sql.Row {
	c.Statements++
	return c.DB.QueryRowContext(ctx, text, args...)
}

// ContractThrough is Desk.Contract through a counting database.
func ContractThrough(ctx context.Context, c *Counting, establishment string, now time.Time) (ContractPage, error) {
	return contractPage(ctx, query.New(c), establishment, calendar.Date{}, now)
}

// CodeLifeThrough is Desk.CodeLife through a counting database.
func CodeLifeThrough(ctx context.Context, c *Counting, establishment string, code userid.Code, now time.Time) (Life, error) {
	return lifeOf(ctx, query.New(c), establishment, code, "", now)
}
