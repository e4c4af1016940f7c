package holding

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"uketsuke/internal/account"
	"uketsuke/internal/application"
	"uketsuke/internal/calendar"
	"uketsuke/internal/contract"
	"uketsuke/internal/desk/command"
	"uketsuke/internal/store"
	"uketsuke/internal/store/query"
	"uketsuke/internal/userid"
)

// A LifeState is what a user code or ID is today. The last three are tombstones (欠番): it exists in no contract
// and will never be issued again (R-ID-6).
type LifeState string

// The states of a life.
const (
	LifeComing        LifeState = "coming"          // issued, from its first day on
	LifeHeld          LifeState = "held"            // in the contract
	LifeDeleted       LifeState = "deleted"         // was in the contract
	LifeVoid          LifeState = "void"            // its application came to nothing before the start (R-EX-8, R-SET-1)
	LifeNeverInEffect LifeState = "never-in-effect" // no fact of it ever held
)

// Tombstone says whether it will never be used again.
func (s LifeState) Tombstone() bool { return s != LifeComing && s != LifeHeld }

// An Origin is what made something: an application, or an import when Application is "".
type Origin struct {
	Application, Receipt, Items string
	State                       application.State
	// EndedAt and EndReason are those of an application that came to nothing.
	EndedAt   time.Time
	EndReason string
}

// Imported says whether it came with an import, before the portal's own procedures.
func (o Origin) Imported() bool { return o.Application == "" }

// A Life is the history of one user code or one user ID, from its birth on.
type Life struct {
	Establishment command.Establishment
	Today         calendar.Date
	Code          userid.Code
	ID            userid.ID // "" for the life of a code
	BornAt        time.Time
	Born          Origin
	State         LifeState
	// Since is the first day in the contract, of this run; Until the first day out of it, when that is known.
	Since, Until calendar.Date
	Turns        []LifeTurn  // oldest first
	Lapses       []LifeLapse // what would have been, had it not come to nothing
	Reissues     []Reissue   // of passwords, never what they are (R-SEC-9)
	// Readings is how often the passwords were read, together with those of the same application.
	Readings int
	LastRead time.Time
	// IDs are those under the code, or the code's other ones.
	IDs []LifeID
}

// A LifeTurn is a day on which something became, or will become, different.
type LifeTurn struct {
	contract.Turn
	Origins []Origin
	// Tabs are the settings tabs that hold from the day on, for a code.
	Tabs []string
}

// A LifeLapse is what came to nothing.
type LifeLapse struct {
	contract.Lapse
	Origin Origin
}

// A Reissue is one issue of new passwords.
type Reissue struct {
	At     time.Time
	ID     userid.ID
	Origin Origin
}

// A LifeID is an ID under a code.
type LifeID struct {
	ID     userid.ID
	BornAt time.Time
	State  LifeState
}

// CodeLife is the history of a user code of an establishment.
func (d *Desk) CodeLife(ctx context.Context, actor account.Actor, establishment, typed string) (Life, error) {
	code, err := userid.ParseCode(typed)
	if err != nil {
		return Life{}, command.ErrNotFound
	}
	return d.life(ctx, actor, establishment, code, "")
}

// IDLife is the history of a user ID of an establishment.
func (d *Desk) IDLife(ctx context.Context, actor account.Actor, establishment, typed string) (Life, error) {
	id, err := userid.ParseID(typed)
	if err != nil {
		return Life{}, command.ErrNotFound
	}
	return d.life(ctx, actor, establishment, id.Code(), id)
}

func (d *Desk) life(ctx context.Context, actor account.Actor, establishment string, code userid.Code, id userid.ID) (Life, error) {
	if !actor.MaySee(establishment) {
		return Life{}, command.ErrNotFound
	}
	now, err := d.DeskTime(ctx)
	if err != nil {
		return Life{}, err
	}
	return lifeOf(ctx, d.DB.Read().Queries, establishment, code, id, now)
}

func lifeOf(ctx context.Context, q command.Reader, establishment string, code userid.Code, id userid.ID, now time.Time) (Life, error) {
	l := &lifeLoad{ctx: ctx, q: q, establishment: establishment, now: now,
		view: Life{Today: calendar.DateOf(now), Code: code, ID: id}}
	for _, load := range []func() error{l.origins, l.birth, l.facts, l.turns, l.tabs, l.reissues, l.readings, l.siblings} {
		if err := load(); err != nil {
			return Life{}, err
		}
	}
	var err error
	l.view.Establishment, err = command.EstablishmentOf(ctx, l.q, establishment, l.view.Today)
	return l.view, err
}

// A lifeLoad fills one Life, part by part, with one statement per part whatever the length of the history.
type lifeLoad struct {
	ctx           context.Context
	q             command.Reader
	establishment string
	now           time.Time
	of            contract.Facts // of the code or the ID
	under         contract.Facts // of the code with all its IDs
	voided        contract.Voided
	apps          map[string]Origin
	view          Life
}

// origins are the applications that have to do with the code.
func (l *lifeLoad) origins() error {
	rows, err := l.q.ApplicationsOfCode(l.ctx, query.ApplicationsOfCodeParams{Establishment: l.establishment, Code: string(l.view.Code)})
	if err != nil {
		return fmt.Errorf("reading the applications of code %s: %w", l.view.Code, err)
	}
	l.apps = map[string]Origin{}
	for _, row := range rows {
		s := application.Standing{State: application.State(row.State), Start: row.StartDate.Date, Deadline: row.SettingsDeadline.Date,
			SettingsComplete: row.SettingsComplete}
		origin := Origin{Application: row.ID, Receipt: string(row.Receipt), Items: row.Items, State: s.StateAt(l.now),
			EndedAt: row.EndedAt.Time, EndReason: row.EndReason}
		if s.DeadlineMissed(l.now) {
			origin.EndedAt = s.Deadline.AddDays(1).Start()
		}
		l.apps[row.ID] = origin
	}
	return nil
}

// origin is an application, or the zero Origin for an import.
func (l *lifeLoad) origin(bornBy string) Origin { return l.apps[bornBy] }

// birth finds the row that was written when the code or ID was issued; another establishment's is not found.
func (l *lifeLoad) birth() error {
	var born string
	code, err := l.q.GetUserCode(l.ctx, query.GetUserCodeParams{Code: string(l.view.Code), Establishment: l.establishment})
	born, l.view.BornAt = code.Application, code.BornAt.Time
	if err == nil && l.view.ID != "" {
		var id query.UserID
		id, err = l.q.GetUserID(l.ctx, query.GetUserIDParams{ID: string(l.view.ID), Establishment: l.establishment})
		born, l.view.BornAt = id.Application, id.BornAt.Time
	}
	if err = store.Missing(err); errors.Is(err, store.ErrNotFound) {
		return command.ErrNotFound
	} else if err != nil {
		return fmt.Errorf("reading the birth of %s%s: %w", l.view.Code, l.view.ID, err)
	}
	l.view.Born = l.origin(born)
	return nil
}

func (l *lifeLoad) facts() error {
	facts, voided, err := contractFacts(l.ctx, l.q, l.establishment, l.now)
	if err != nil {
		return err
	}
	l.voided = voided
	l.under = facts.OfCode(l.view.Code)
	if l.of = l.under; l.view.ID != "" {
		l.of = facts.OfID(l.view.ID)
	}
	return nil
}

// turns are what became different, what came to nothing, and what it is today.
func (l *lifeLoad) turns() error {
	subject := l.subject()
	for _, turn := range contract.Turns(l.of, l.voided) {
		if l.view.ID != "" {
			turn.Differences = slices.DeleteFunc(turn.Differences, func(d contract.Difference) bool { return d.Subject() != subject })
		}
		if len(turn.Differences) > 0 {
			l.view.Turns = append(l.view.Turns, LifeTurn{Turn: turn, Origins: l.originsOf(turn.BornBy)})
		}
	}
	lapsed := l.of
	if l.view.ID != "" {
		lapsed.Codes = nil
	}
	for _, lapse := range contract.Lapses(lapsed, l.voided) {
		l.view.Lapses = append(l.view.Lapses, LifeLapse{lapse, l.origin(lapse.BornBy)})
	}
	l.view.State, l.view.Since, l.view.Until = stateOf(l.view.Turns, subject, l.view.Today, l.view.Born.State)
	return nil
}

func (l *lifeLoad) subject() string {
	if l.view.ID != "" {
		return string(l.view.ID)
	}
	return string(l.view.Code)
}

func (l *lifeLoad) originsOf(born []string) []Origin {
	var all []Origin
	for _, b := range born {
		all = append(all, l.origin(b))
	}
	return all
}

// stateOf is what a code or ID is on a day, by the turns of its life: since and until are the ends of the run of
// days around the day, or of the first run to come, or of the last that was.
func stateOf(turns []LifeTurn, subject string, today calendar.Date, born application.State) (state LifeState, since, until calendar.Date) {
	state = LifeNeverInEffect
	if born == application.Void {
		state = LifeVoid
	}
	for _, turn := range turns {
		at := slices.IndexFunc(turn.Differences, func(d contract.Difference) bool { return d.Subject() == subject })
		if at < 0 {
			continue
		}
		d, come := turn.Differences[at], !turn.Day.After(today)
		switch {
		case d.Before.Kind == "" && come:
			state, since, until = LifeHeld, turn.Day, calendar.Date{}
		case d.Before.Kind == "" && state != LifeHeld:
			state, since, until = LifeComing, turn.Day, calendar.Date{}
		case d.After.Kind == "" && come:
			state, until = LifeDeleted, turn.Day
		case d.After.Kind == "" && until.IsZero():
			until = turn.Day
		}
	}
	return state, since, until
}

// tabs adds the days from which settings of the code hold.
func (l *lifeLoad) tabs() error {
	if l.view.ID != "" {
		return nil
	}
	rows, err := l.q.ListCodeSettings(l.ctx, l.establishment)
	if err != nil {
		return fmt.Errorf("reading the settings of code %s: %w", l.view.Code, err)
	}
	for _, row := range rows {
		if row.Code == string(l.view.Code) && row.RevokedAt.IsZero() && !l.voided(row.Application) {
			l.addTab(row.ValidFrom.Date, row.Tab, row.Application)
		}
	}
	slices.SortStableFunc(l.view.Turns, func(a, b LifeTurn) int { return a.Day.Compare(b.Day) })
	return nil
}

func (l *lifeLoad) addTab(day calendar.Date, tab, born string) {
	at := slices.IndexFunc(l.view.Turns, func(t LifeTurn) bool { return t.Day == day })
	if at < 0 {
		l.view.Turns = append(l.view.Turns, LifeTurn{Turn: contract.Turn{Day: day, BornBy: []string{born}}, Origins: l.originsOf([]string{born})})
		at = len(l.view.Turns) - 1
	}
	turn := &l.view.Turns[at]
	turn.Tabs = append(turn.Tabs, tab)
	if !slices.Contains(turn.BornBy, born) {
		turn.BornBy, turn.Origins = append(turn.BornBy, born), append(turn.Origins, l.origin(born))
	}
}

// reissues are the issues of new passwords; an application that was not approved, or is void, issued none.
func (l *lifeLoad) reissues() error {
	rows, err := l.q.ReissuesOfCode(l.ctx, string(l.view.Code))
	if err != nil {
		return fmt.Errorf("reading the re-issues of code %s: %w", l.view.Code, err)
	}
	for _, row := range rows {
		if l.view.ID != "" && row.ID != string(l.view.ID) || row.ApprovedAt.IsZero() {
			continue
		}
		l.view.Reissues = append(l.view.Reissues, Reissue{At: row.ApprovedAt.Time, ID: userid.ID(row.ID), Origin: l.origin(row.Application)})
	}
	return nil
}

// readings counts who has read the passwords: of the application that issued the ID, and of its re-issues.
func (l *lifeLoad) readings() error {
	rows, err := l.q.ReadingsOfCode(l.ctx, string(l.view.Code))
	if err != nil {
		return fmt.Errorf("reading the readings of code %s: %w", l.view.Code, err)
	}
	for _, row := range rows {
		if l.view.ID == "" || row.Application == l.view.Born.Application || slices.ContainsFunc(l.view.Reissues, func(r Reissue) bool { return r.Origin.Application == row.Application }) {
			l.view.Readings++
			l.view.LastRead = row.At.Time
		}
	}
	return nil
}

// siblings are the IDs under the code with what each is today.
func (l *lifeLoad) siblings() error {
	rows, err := l.q.ListIDsOfCode(l.ctx, string(l.view.Code))
	if err != nil {
		return fmt.Errorf("reading the IDs of code %s: %w", l.view.Code, err)
	}
	var turns []LifeTurn
	for _, turn := range contract.Turns(l.under, l.voided) {
		turns = append(turns, LifeTurn{Turn: turn})
	}
	for _, row := range rows {
		if row.ID == string(l.view.ID) {
			continue
		}
		state, _, _ := stateOf(turns, row.ID, l.view.Today, l.origin(row.Application).State)
		l.view.IDs = append(l.view.IDs, LifeID{userid.ID(row.ID), row.BornAt.Time, state})
	}
	return nil
}
