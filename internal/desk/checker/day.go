package checker

import (
	"time"

	"uketsuke/internal/account"
	"uketsuke/internal/calendar"
	"uketsuke/internal/desk/command"
	"uketsuke/internal/store/column"
	"uketsuke/internal/store/query"
)

// The check of the centre's day: calendar, modes and notices.

// modeGrace is how long a command that had begun when the mode was switched may take to commit.
const modeGrace = time.Minute

func (k *checking) centreDay() error {
	for _, pass := range []func() error{k.closings, k.modes, k.notices} {
		if err := pass(); err != nil {
			return err
		}
	}
	return nil
}

// closings looks at the entries of the calendar: none is missing or out of its time, each closes an open day or
// takes back what was entered, and none of a person is for a day that had come (R-CON-2).
func (k *checking) closings() error {
	rows, err := k.q.ListClosingEntries(k.ctx)
	if err != nil {
		return err
	}
	entered := map[calendar.Date]bool{}
	before := time.Time{}
	for i, row := range rows {
		switch {
		case row.Number != int64(i+1):
			k.add("R-CAL-1", "", "entry %d of the calendar stands at place %d: one is missing", row.Number, i+1)
		case row.RecordedAt.Before(before):
			k.add("R-CAL-3", "", "entry %d of the calendar is older than the one before it", row.Number)
		case row.Closed == entered[row.Day.Date]:
			k.add("R-CAL-1", "", "entry %d of the calendar changes nothing for %s", row.Number, row.Day)
		case row.RecordedBy != string(account.OperatorActor("").ID) && !row.Day.After(calendar.DateOf(row.RecordedAt.Time)):
			k.add("R-CON-2", "", "entry %d of the calendar was made for %s, which had come", row.Number, row.Day)
		}
		entered[row.Day.Date], before = row.Closed, row.RecordedAt.Time
	}
	return nil
}

// modes looks at the switches: none is missing, and while the desk was not open nobody changed anything.
func (k *checking) modes() error {
	rows, err := k.q.AllModes(k.ctx)
	if err != nil {
		return err
	}
	for i, row := range rows {
		if row.Number != int64(i+1) {
			k.add("C10", "", "switch %d of the mode stands at place %d: one is missing", row.Number, i+1)
		}
		if row.Mode == string(command.ModeOpen) {
			continue
		}
		until := k.now.Add(time.Hour)
		if i+1 < len(rows) {
			until = rows[i+1].RecordedAt.Time
		}
		events, err := k.q.EventsOfPeopleBetween(k.ctx, query.EventsOfPeopleBetweenParams{
			AfterAt: column.At(row.RecordedAt.Add(modeGrace)), BeforeAt: column.At(until), Most: command.CheckPage})
		if err != nil {
			return err
		}
		for _, e := range events {
			k.add("C10", e.Application, "%s happened at %s, while the desk was %s", e.Kind, instant(e.At.Time), row.Mode)
		}
	}
	return nil
}

// notices looks at notices that cannot be, and at who has opened which.
func (k *checking) notices() error {
	wrong, err := k.q.WrongNotices(k.ctx)
	if err != nil {
		return err
	}
	for _, id := range wrong {
		k.add("C6", "", "the notice %s has days or an establishment that cannot be", id)
	}
	reads, err := k.q.WrongNoticeReads(k.ctx)
	for _, read := range reads {
		k.add("C6", "", "the notice %s was opened by %s, whom it is not for", read.Notice, read.Account)
	}
	return err
}
