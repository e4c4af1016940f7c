package casefile

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"uketsuke/internal/account"
	"uketsuke/internal/application"
	"uketsuke/internal/calendar"
	"uketsuke/internal/catalogue"
	"uketsuke/internal/desk/command"
	"uketsuke/internal/store"
	"uketsuke/internal/store/column"
)

// exportChunk is how many rows an export reads at once. Each is a short reading of its own: a slow download
// holds no snapshot, behind which SQLite's log could not be emptied.
const exportChunk = 500

// Applications is the list of applications: the establishment's own.
func (d *Desk) Applications(ctx context.Context, actor account.Actor, q ListQuery) (ListPage, error) {
	l, err := d.listOf(ctx, actor, q, false)
	if err != nil {
		return ListPage{}, err
	}
	return l.page(ctx, q.After)
}

// Queue is the queue: what waits for the centre, due first; queue "found", a search and a state look at everything.
func (d *Desk) Queue(ctx context.Context, actor account.Actor, q ListQuery) (ListPage, error) {
	l, err := d.listOf(ctx, actor, q, true)
	if err != nil {
		return ListPage{}, err
	}
	return l.page(ctx, q.After)
}

// ExportApplications gives every row of the applications in the list's order, all pages in one, without holding them.
func (d *Desk) ExportApplications(ctx context.Context, actor account.Actor, q ListQuery, row func(ListRow) error) error {
	l, err := d.listOf(ctx, actor, q, false)
	if err != nil {
		return err
	}
	return l.each(ctx, row)
}

// ExportQueue gives every row of the queue in the list's order, all pages in one, without holding them. Drafts are
// never among them.
func (d *Desk) ExportQueue(ctx context.Context, actor account.Actor, q ListQuery, row func(ListRow) error) error {
	l, err := d.listOf(ctx, actor, q, true)
	if err != nil {
		return err
	}
	return l.each(ctx, row)
}

// A listing is a list as of one moment, made for one actor.
type listing struct {
	d      *Desk
	cal    *calendar.Calendar
	now    time.Time
	filter store.ListFilter
	// waited are the business days from a base day until now: counted once a day of the list, not once a row.
	waited map[calendar.Date]int
	// waits says that the list holds only what waits for the centre.
	waits bool
	// states are gone through one after another when the list is sorted by state.
	states []application.State
}

// listOf decides what an actor's list holds and how it is sorted.
func (d *Desk) listOf(ctx context.Context, actor account.Actor, q ListQuery, atDesk bool) (*listing, error) {
	if atDesk && !actor.Role.OfCentre() || !atDesk && !actor.Role.OfEstablishment() {
		return nil, command.ErrForbidden
	}
	l, err := d.newListing(ctx)
	if err != nil {
		return nil, err
	}
	order := OrderCreated
	if atDesk {
		q.States, order = l.queue(actor, q)
	} else {
		l.filter.Establishment = actor.Establishment
	}
	l.choose(q)
	l.sort(q, order)
	return l, nil
}

func (d *Desk) newListing(ctx context.Context) (*listing, error) {
	now, err := d.DeskTime(ctx)
	if err != nil {
		return nil, err
	}
	cal, err := command.BusinessCalendar(ctx, d.DB.Read().Queries)
	if err != nil {
		return nil, err
	}
	return &listing{d: d, cal: cal, now: now, waited: map[calendar.Date]int{}, filter: store.ListFilter{Today: column.On(calendar.DateOf(now))}}, nil
}

// queue is what a queue of the desk holds and how it stands there. What waits is due first; of everything
// the registrations come in their order.
func (l *listing) queue(actor account.Actor, q ListQuery) ([]application.State, Order) {
	waiting := []application.State{application.Registered, application.UnderExamination}
	switch q.Queue {
	case "mine":
		l.filter.Holder = string(actor.ID)
		waiting = waiting[1:]
	case "unclaimed":
		l.filter.Unclaimed = true
		waiting = waiting[:1]
	case "found":
		return q.States, OrderRegistered
	case "":
		if q.Search != "" || len(q.States) > 0 {
			return q.States, OrderRegistered
		}
	}
	l.waits = true
	if len(q.States) > 0 { // both narrow
		waiting = slices.DeleteFunc(waiting, func(s application.State) bool { return !slices.Contains(q.States, s) })
		if len(waiting) == 0 {
			l.filter.Most = -1
		}
	}
	return waiting, OrderWaiting
}

// choose puts every filter of a query to work.
func (l *listing) choose(q ListQuery) {
	l.states = q.States
	l.filter.Kind, l.filter.Search = q.Kind, catalogue.SearchTerms(q.Search)
	l.filter.StartFrom, l.filter.StartTo = column.On(q.StartFrom), column.On(q.StartTo)
	if !q.RegisteredFrom.IsZero() {
		l.filter.RegisteredFrom = column.At(q.RegisteredFrom.Start())
	}
	if !q.RegisteredTo.IsZero() {
		l.filter.RegisteredBefore = column.At(q.RegisteredTo.AddDays(1).Start())
	}
}

// sort decides the order: the one asked for, or the list's own. Of the establishment's own the newest come first.
func (l *listing) sort(q ListQuery, own Order) {
	order := q.Order
	l.filter.OldestFirst = !q.Descending
	if order == "" {
		order = own
		l.filter.OldestFirst = own != OrderCreated
	}
	if order == OrderWaiting && !l.waits {
		order = OrderRegistered // what does not wait has no target
	}
	byState := order == OrderState
	if byState {
		order = OrderRegistered
		if l.filter.Establishment != "" {
			order = OrderCreated
		}
	}
	l.filter.Order = map[Order]store.Order{OrderReceipt: store.ByReceipt, OrderRegistered: store.ByRegistration,
		OrderWaiting: store.ByWaiting, OrderDesired: store.ByDesired, OrderStart: store.ByStart}[order]
	if !byState {
		l.filter.States, l.states = statesOf(l.states), nil
		return
	}
	all := application.States()
	if len(l.states) > 0 {
		all = slices.DeleteFunc(all, func(s application.State) bool { return !slices.Contains(l.states, s) })
	}
	if q.Descending {
		slices.Reverse(all)
	}
	l.states = all
}

func statesOf(states []application.State) []string {
	var names []string
	for _, s := range states {
		names = append(names, string(s))
	}
	return names
}

// page fills a page by key: it asks for one row more than it shows, to know whether there is a next page.
func (l *listing) page(ctx context.Context, after string) (ListPage, error) {
	rows, err := l.read(ctx, PlaceOf(after), command.PageSize+1)
	if err != nil {
		return ListPage{}, err
	}
	var page ListPage
	if len(rows) > command.PageSize {
		rows = rows[:command.PageSize]
		page.Next = rows[command.PageSize-1].place.String()
	}
	for _, row := range rows {
		page.Rows = append(page.Rows, l.row(row.ApplicationRow))
	}
	return page, nil
}

// each goes through the whole list, chunk by chunk.
func (l *listing) each(ctx context.Context, f func(ListRow) error) error {
	var at Place
	for {
		rows, err := l.read(ctx, at, exportChunk)
		if err != nil {
			return err
		}
		for _, row := range rows {
			if err := f(l.row(row.ApplicationRow)); err != nil {
				return err
			}
		}
		if len(rows) < exportChunk {
			return nil
		}
		at = rows[len(rows)-1].place
	}
}

// Earlier are the newest applications of an establishment as the centre may see them.
func (d *Desk) Earlier(ctx context.Context, establishment string) ([]ListRow, error) {
	l, err := d.newListing(ctx)
	if err != nil {
		return nil, err
	}
	l.filter.Establishment, l.filter.States = establishment, statesOf(registeredStates())
	page, err := l.page(ctx, "")
	return page.Rows, err
}

// registeredStates are all states but the draft, which the centre never sees.
func registeredStates() []application.State {
	return slices.DeleteFunc(application.States(), func(s application.State) bool { return s == application.InDraft })
}

// A Place is where a row stands in a list: in which of the states gone through, its key and its id.
type Place struct {
	state   int
	Key, ID string
}

func (p Place) String() string { return strconv.Itoa(p.state) + "~" + p.Key + "~" + p.ID }

// PlaceOf reads a place out of an address; what is none is the beginning.
func PlaceOf(text string) Place {
	parts := strings.Split(text, "~")
	if len(parts) != 3 {
		return Place{}
	}
	state, err := strconv.Atoi(parts[0])
	if err != nil || state < 0 {
		return Place{}
	}
	return Place{state, parts[1], parts[2]}
}

// A placedRow is a row with where it stands.
type placedRow struct {
	store.ApplicationRow
	place Place
}

// read gives the rows after a place, at most so many. A list by state is one list per state, so that each
// goes along an index, however many applications there are.
func (l *listing) read(ctx context.Context, at Place, most int) ([]placedRow, error) {
	var found []placedRow
	if l.filter.Most < 0 {
		return nil, nil // no state is left to show
	}
	for state := at.state; len(found) < most && (state < len(l.states) || state == 0 && len(l.states) == 0); state++ {
		filter := l.filter
		if len(l.states) > 0 {
			filter.States = []string{string(l.states[state])}
		}
		if state == at.state {
			filter.AfterKey, filter.AfterID = at.Key, at.ID
		}
		filter.Most = most - len(found)
		rows, err := l.d.DB.Read().ListApplications(ctx, filter)
		if err != nil {
			return nil, fmt.Errorf("reading a list: %w", err)
		}
		for _, row := range rows {
			found = append(found, placedRow{row, Place{state, row.Key, row.ID}})
		}
	}
	return found, nil
}

// row is a line as of the list's moment. The centre's clock pauses while an application is returned: the
// business days of the rounds before stand in the row.
func (l *listing) row(row store.ApplicationRow) ListRow {
	state := application.Standing{State: application.State(row.State), Start: row.StartDate.Date,
		Deadline: row.Deadline.Date, SettingsComplete: row.SettingsComplete}.StateAt(l.now)
	line := ListRow{ID: row.ID, Receipt: row.Receipt, Items: row.Items, Company: row.CompanyName,
		Establishment: row.EstablishmentName, State: state, With: with(state), Holder: account.ID(row.Holder),
		HolderName: row.HolderName, Desired: row.DesiredStart.Date, Start: row.StartDate.Date,
		CreatedAt: row.CreatedAt.Time, RegisteredAt: row.RegisteredAt.Time, Version: row.Version,
		SettingsDeadline: row.Deadline.Date, SettingsComplete: row.SettingsComplete}
	if state == application.Registered || state == application.UnderExamination {
		line.Waiting = int(row.WaitedDays) + l.waitedSince(row.RegisteredAt.Time)
		line.Left = l.d.Operator.AnswerTarget - line.Waiting
		line.Overdue = line.Left < 0
	}
	return line
}

// waitedSince is waitedDays until the list's moment.
func (l *listing) waitedSince(registered time.Time) int {
	base := application.BaseDay(l.cal, registered)
	days, known := l.waited[base]
	if !known {
		days = WaitedDays(l.cal, registered, l.now)
		l.waited[base] = days
	}
	return days
}

// WaitedDays are the business days that a registration has been with the centre, its base day not counted
// (R-APP-11).
func WaitedDays(cal *calendar.Calendar, registered, now time.Time) int {
	return max(0, cal.BusinessDaysBetween(application.BaseDay(cal, registered), calendar.DateOf(now)))
}

// WaitingSince is since when the centre would have it without the pauses: the time of a registration on its
// base day, moved back by the business days of the rounds before.
func WaitingSince(cal *calendar.Calendar, registered time.Time, waited int64) time.Time {
	base := application.BaseDay(cal, registered)
	ofDay := registered.Sub(calendar.DateOf(registered).Start())
	return cal.AddBusinessDays(base, -int(waited)).Start().Add(ofDay)
}
