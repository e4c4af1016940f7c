package command

import (
	"context"
	"errors"
	"fmt"
	"time"

	"uketsuke/internal/account"
	"uketsuke/internal/store"
	"uketsuke/internal/store/query"
)

// A Mode says what people can do at the desk. The clock's work and the commands of the operator go on
// in every mode.
type Mode string

// The modes. Read-only: nothing is changed by a person, but what was issued can be read, because its period
// runs. Closed: the establishments' people have no pages either; the centre's staff looks.
const (
	ModeOpen     Mode = "open"
	ModeReadOnly Mode = "read-only"
	ModeClosed   Mode = "closed"
)

// Modes lists every mode, the usual one first.
func Modes() []Mode { return []Mode{ModeOpen, ModeReadOnly, ModeClosed} }

// A ModeState is the mode as it was switched last. Number counts the switches, 0 before the first.
type ModeState struct {
	Number           int64
	Mode             Mode
	Notice, NoticeEn string
	Since            time.Time
	By               string
}

// NotOpen says that the desk's mode does not let the actor do it; nothing was done.
type NotOpen struct{ ModeState }

func (n *NotOpen) Error() string { return fmt.Sprintf("the desk is %s", n.Mode) }

// Bars says whether the mode keeps a role from the pages altogether.
func (m ModeState) Bars(role account.Role) bool {
	return m.Mode == ModeClosed && role.OfEstablishment()
}

// A doing is what an act means for the mode: whether it needs an open desk.
type doing int

const (
	Changing doing = iota // a command of a person: the desk must be open
	Reading               // reads, and leaves a trace of it: not in a closed desk, but for the centre's staff
	Always                // signing in and out, and the switch itself: always, so that nobody is locked out
)

// admits refuses what the mode does not let a person do. It is the one place that asks.
func (d *Runner) admits(ctx context.Context, actor account.Actor, what doing) error {
	return AdmitsBy(ctx, d.DB.Read().Queries, actor, what)
}

// AdmitsBy is admits by what q reads: inside a transaction that is the transaction, which must not wait for a second
// connection while others wait for what it has locked.
func AdmitsBy(ctx context.Context, q Reader, actor account.Actor, what doing) error {
	if what == Always || !actor.Role.OfCentre() && !actor.Role.OfEstablishment() {
		return nil
	}
	mode, err := ModeOf(ctx, q)
	switch {
	case err != nil:
		return err
	case mode.Mode == ModeOpen, what == Reading && !mode.Bars(actor.Role):
		return nil
	}
	return &NotOpen{mode}
}

// DoAs is Do for an act that is no change: Reading or Always.
func (d *Runner) DoAs(ctx context.Context, actor account.Actor, what doing, f func(*Tx) error) error {
	now, err := d.DeskTime(ctx)
	if err != nil {
		return err
	}
	if err := d.admits(ctx, actor, what); err != nil {
		return err
	}
	return d.Transact(ctx, actor, now, f)
}

// Mode is the mode of now.
func (d *Runner) Mode(ctx context.Context) (ModeState, error) {
	return ModeOf(ctx, d.DB.Read().Queries)
}

// ModeOf is the mode that counts now; a desk that nobody has switched is open.
func ModeOf(ctx context.Context, q Reader) (ModeState, error) {
	row, err := store.Remember(ctx, "CurrentMode", func() (query.Mode, error) { return q.CurrentMode(ctx) })
	if err = store.Missing(err); errors.Is(err, store.ErrNotFound) {
		return ModeState{Mode: ModeOpen}, nil
	} else if err != nil {
		return ModeState{}, fmt.Errorf("reading the mode of the desk: %w", err)
	}
	return ReadModeState(row), nil
}

// ReadModeState reads a row of the switch.
func ReadModeState(row query.Mode) ModeState {
	return ModeState{Number: row.Number, Mode: Mode(row.Mode), Notice: row.Notice, NoticeEn: row.NoticeEn,
		Since: row.RecordedAt.Time, By: row.RecordedBy}
}

// AnnouncementMax bounds the notice of a mode, in characters.
const AnnouncementMax = 400

// SoonMost bounds how many coming days the page of operations names.
const SoonMost = 100

// ModesMost bounds how many past switches it names.
const ModesMost = 20
