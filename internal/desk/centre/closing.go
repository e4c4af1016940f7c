package centre

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"uketsuke/internal/account"
	"uketsuke/internal/application"
	"uketsuke/internal/audit"
	"uketsuke/internal/calendar"
	"uketsuke/internal/desk/command"
	"uketsuke/internal/problem"
	"uketsuke/internal/store/column"
	"uketsuke/internal/store/query"
)

// The centre's closing days, and what an edit of them would and would not change. Days that were
// promised are stored as dates and stay (R-SET-1, R-SEC-3); everything that is counted anew – the
// possible wishes, the targets of the queue, what an approval proposes – follows the edit.

// A ClosingEdit closes a day, under a name, or takes such an entry back.
type ClosingEdit struct {
	Day    calendar.Date
	Closed bool
	Name   string
	// Line is where it stands in a file, 0 for one that was typed by itself.
	Line int `json:"-"`
}

// closingNameMax bounds the name of a closing day, in characters.
const closingNameMax = 40

// lastYear is the last year of the centre's calendar on a day: three years ahead, while the holidays are known
// (R-CAL-2).
func lastYear(today calendar.Date) int { return min(today.Year()+3, 2099) }

// closingProblems says what is wrong with edits, at the fields "day" and "name", or at "csv" with the line for
// those of a file. The rules:
//   - a day is after today: for days up to today the answer never changes (R-CON-2),
//   - no day is named twice,
//   - a day that is closed has a name, and is a business day before; why it is none is said,
//   - only what was entered can be taken back.
func closingProblems(edits []ClosingEdit, rows []query.ClosingEntry, today calendar.Date) problem.List {
	var l problem.List
	if len(edits) == 0 {
		l.Add("day", "R-CAL-1", "休業日を1日以上入力してください。")
	}
	entered := command.ClosedOn(rows, time.Time{})
	cal := calendar.New(entered)
	seen := map[calendar.Date]bool{}
	for _, e := range edits {
		for _, p := range editProblems(e, entered, cal, today, seen[e.Day]) {
			if e.Line > 0 {
				p = problem.New("csv", p.Rule, "%d行目：%s", e.Line, p)
			}
			l = append(l, p)
		}
		seen[e.Day] = true
	}
	return l
}

func editProblems(e ClosingEdit, entered map[calendar.Date]string, cal *calendar.Calendar, today calendar.Date, again bool) problem.List {
	var l problem.List
	_, isEntered := entered[e.Day]
	ja, en := cal.WhyClosed(e.Day)
	switch {
	case e.Day.IsZero():
		l.Add("day", "R-CAL-1", "日付を入力してください。")
		return l
	case !e.Day.After(today):
		l.Add("day", "R-CON-2", "%sは変更できません。今日までの日の暦は変わりません。明日以降の日を指定してください。", e.Day)
	case e.Day.Year() > lastYear(today):
		l.Add("day", "R-CAL-2", "%s年までの日を指定してください。", fmt.Sprint(lastYear(today)))
	case again:
		l.Add("day", "R-CAL-1", "%sが2回あります。1回だけにしてください。", e.Day)
	case e.Closed && ja != "":
		l.Add("day", "R-CAL-1", "%sは、すでに休みです（%s）。営業日を指定してください。", e.Day, ClosedDay{ja, en})
	case !e.Closed && !isEntered:
		l.Add("day", "R-CAL-1", "%sは、センターの休業日として入力されていません。入力済みの休業日を指定してください。", e.Day)
	}
	switch {
	case e.Closed && e.Name == "":
		l.Add("name", "R-CAL-1", "休業日の名称を入力してください。")
	case !application.Printable(e.Name, false):
		l.Add("name", "R-CAL-1", "名称に使えない文字（改行や制御文字など）が含まれています。取り除いてください。")
	case utf8.RuneCountInString(e.Name) > closingNameMax:
		l.Add("name", "R-CAL-1", "名称は%d文字以内で入力してください。", closingNameMax)
	}
	return l
}

// A CalendarPreview is what edits would change and what not, as of Now.
type CalendarPreview struct {
	Edits []ClosingEdit
	// Entries is the number of entries so far.
	Entries int
	Today   calendar.Date
	// Earliest and Latest are the possible wishes of a registration now, before and after (R-APP-11).
	EarliestBefore, Earliest calendar.Date
	LatestBefore, Latest     calendar.Date
	// Targets are the applications whose target day moves, Wishes those whose wish or proposed start does.
	Targets []TargetMoved
	Wishes  []WishTouched
	// Promised are approved applications whose days would be others by the new calendar, or fall on an edited
	// day: they stay as they were promised.
	Promised []PromiseKept
	// Digest is that of everything above: what was seen before saving.
	Digest string
}

// A TargetMoved is an application whose answer is due on another day.
type TargetMoved struct {
	Application, Receipt, Company string
	Before, After                 calendar.Date
}

// A WishTouched is an open application of which the edit changes what an approval today would propose, or
// whose wish is no business day any more. The wish itself stays right: it was judged at its registration.
type WishTouched struct {
	Application, Receipt, Company string
	State                         application.State
	Wish                          calendar.Date
	WishClosed                    bool
	Before, After                 calendar.Date
}

// A PromiseKept is an approved application whose stored days stay.
type PromiseKept struct {
	Application, Receipt, Company string
	Start                         calendar.Date
	StartClosed                   bool
	Deadline                      calendar.Date // zero when none was promised or it is met
	LastReading                   calendar.Date // zero when nothing is to be read
	// NewDeadline and NewLastReading are what the new calendar would have given.
	NewDeadline, NewLastReading calendar.Date
}

// A StalePreview says that what was previewed is not what would be done now; Preview is that of now.
type StalePreview struct{ Preview CalendarPreview }

func (s *StalePreview) Error() string { return "the preview of the calendar is stale" }

// PreviewClosing shows what edits of the calendar would change. Nothing is stored.
func (d *Desk) PreviewClosing(ctx context.Context, actor account.Actor, edits []ClosingEdit) (CalendarPreview, error) {
	if actor.Role != account.Supervisor {
		return CalendarPreview{}, command.ErrForbidden
	}
	now, err := d.DeskTime(ctx)
	if err != nil {
		return CalendarPreview{}, err
	}
	return d.closingPreview(ctx, d.DB.Read().Queries, edits, now)
}

func (d *Desk) closingPreview(ctx context.Context, q command.Reader, edits []ClosingEdit, now time.Time) (CalendarPreview, error) {
	rows, err := q.ListClosingEntries(ctx)
	if err != nil {
		return CalendarPreview{}, fmt.Errorf("reading the closing days: %w", err)
	}
	today := calendar.DateOf(now)
	if err := closingProblems(edits, rows, today).Err(); err != nil {
		return CalendarPreview{}, err
	}
	before, after := calendar.New(command.ClosedOn(rows, time.Time{})), calendar.New(withEdits(command.ClosedOn(rows, time.Time{}), edits))
	p := CalendarPreview{Edits: edits, Entries: len(rows), Today: today,
		EarliestBefore: application.EarliestWish(before, now), Earliest: application.EarliestWish(after, now),
		LatestBefore: application.LatestWish(before, now), Latest: application.LatestWish(after, now)}
	if err := d.touchedByEdit(ctx, q, &p, before, after); err != nil {
		return p, err
	}
	if err := promisesKept(ctx, q, &p, before, after); err != nil {
		return p, err
	}
	text, err := json.Marshal(p)
	p.Digest = audit.Hash(string(text))
	return p, err
}

func withEdits(closed map[calendar.Date]string, edits []ClosingEdit) map[calendar.Date]string {
	for _, e := range edits {
		if e.Closed {
			closed[e.Day] = e.Name
		} else {
			delete(closed, e.Day)
		}
	}
	return closed
}

// touchedByEdit finds the applications with the centre that the edit concerns.
func (d *Desk) touchedByEdit(ctx context.Context, q command.Reader, p *CalendarPreview, before, after *calendar.Calendar) error {
	rows, err := q.ApplicationsAtCentre(ctx)
	if err != nil {
		return fmt.Errorf("reading what waits for the centre: %w", err)
	}
	for _, row := range rows {
		target := func(cal *calendar.Calendar) calendar.Date {
			return cal.AddBusinessDays(application.BaseDay(cal, row.RegisteredAt.Time), max(0, d.Operator.AnswerTarget-int(row.WaitedDays)))
		}
		state := application.State(row.State)
		if was, is := target(before), target(after); was != is && state != application.Returned {
			p.Targets = append(p.Targets, TargetMoved{row.ID, string(row.Receipt), row.Company, was, is})
		}
		start := func(cal *calendar.Calendar) calendar.Date {
			return application.EarliestStart(cal, row.DesiredStart.Date, p.Today, row.SettingsComplete)
		}
		w := WishTouched{Application: row.ID, Receipt: string(row.Receipt), Company: row.Company, State: state, Wish: row.DesiredStart.Date,
			WishClosed: !after.IsBusinessDay(row.DesiredStart.Date), Before: start(before), After: start(after)}
		if w.Before != w.After || w.WishClosed && before.IsBusinessDay(w.Wish) {
			p.Wishes = append(p.Wishes, w)
		}
	}
	return nil
}

// promisesKept finds the approved applications around the edited days.
func promisesKept(ctx context.Context, q command.Reader, p *CalendarPreview, before, after *calendar.Calendar) error {
	rows, err := q.ApplicationsPromised(ctx, column.On(p.Today))
	if err != nil {
		return fmt.Errorf("reading what was promised: %w", err)
	}
	edited := map[calendar.Date]bool{}
	for _, e := range p.Edits {
		edited[e.Day] = true
	}
	for _, row := range rows {
		start := row.StartDate.Date
		k := PromiseKept{Application: row.ID, Receipt: string(row.Receipt), Company: row.Company, Start: start, StartClosed: !after.IsBusinessDay(start)}
		if !row.SettingsComplete && !row.SettingsDeadline.Before(p.Today) {
			k.Deadline, k.NewDeadline = row.SettingsDeadline.Date, application.SettingsDeadline(after, start)
		}
		if row.SecretsEndedAt.IsZero() && !row.ReadLast.Before(p.Today) {
			k.LastReading, k.NewLastReading = row.ReadLast.Date, after.AddBusinessDays(start, 2)
		}
		moved := !k.Deadline.IsZero() && application.SettingsDeadline(before, start) != k.NewDeadline ||
			!k.LastReading.IsZero() && before.AddBusinessDays(start, 2) != k.NewLastReading
		if moved || edited[start] || edited[k.Deadline] || edited[k.LastReading] {
			p.Promised = append(p.Promised, k)
		}
	}
	return nil
}

// SaveClosing enters edits that were previewed. seen is the preview's digest: when what would be done now is
// something else, nothing is stored and the answer is a *StalePreview.
func (d *Desk) SaveClosing(ctx context.Context, actor account.Actor, edits []ClosingEdit, seen string) error {
	if actor.Role != account.Supervisor {
		return command.ErrForbidden
	}
	return d.Do(ctx, actor, func(a *command.Tx) error {
		p, err := d.closingPreview(ctx, a.Store.Queries, edits, a.Now)
		if err != nil {
			return err
		}
		if p.Digest != seen {
			return &StalePreview{p}
		}
		for i, e := range edits {
			err := a.Store.InsertClosingEntry(ctx, query.InsertClosingEntryParams{Number: int64(p.Entries + 1 + i), Day: column.On(e.Day),
				Closed: e.Closed, Name: e.Name, RecordedAt: column.At(a.Now), RecordedBy: string(actor.ID)})
			if d.DB.IsTaken(err) {
				return &StalePreview{p} // somebody else was faster by a moment
			} else if err != nil {
				return fmt.Errorf("entering a closing day: %w", err)
			}
		}
		return a.Audit("edit-calendar", map[audit.Key]string{audit.Day: edits[0].Day.String(), audit.Rows: fmt.Sprint(len(edits)),
			audit.Digest: seen}, nil)
	})
}

// A CalendarYear is the page of the centre's calendar: one year, month by month.
type CalendarYear struct {
	Year        int
	Today       calendar.Date
	First, Last int // the years that can be shown
	Months      []CalendarMonth
	Business    int // business days of the year
}

// A CalendarMonth is a month with its days that are closed for another reason than the weekend.
type CalendarMonth struct {
	Month    time.Month
	Business int
	Days     []CalendarDay
}

// A CalendarDay is one day off. Entered says that the centre entered it, by ByName at At; TakeBack that it
// can still be taken back.
type CalendarDay struct {
	Day      calendar.Date
	Why      ClosedDay
	Entered  bool
	ByName   string
	At       time.Time
	TakeBack bool
}

// firstCalendarYear is the first year whose holidays are known (R-CAL-2).
const firstCalendarYear = 2020

// CalendarYear is a year of the centre's calendar; 0 is the present one.
func (d *Desk) CalendarYear(ctx context.Context, actor account.Actor, year int) (CalendarYear, error) {
	if !actor.Role.OfCentre() {
		return CalendarYear{}, command.ErrForbidden
	}
	now, err := d.DeskTime(ctx)
	if err != nil {
		return CalendarYear{}, err
	}
	q := d.DB.Read().Queries
	rows, err := q.ListClosingEntries(ctx)
	if err != nil {
		return CalendarYear{}, fmt.Errorf("reading the closing days: %w", err)
	}
	view := CalendarYear{Year: year, Today: calendar.DateOf(now), First: firstCalendarYear, Last: lastYear(calendar.DateOf(now))}
	if year < view.First || year > view.Last {
		view.Year = view.Today.Year()
	}
	cal, entered := calendar.New(command.ClosedOn(rows, time.Time{})), d.enteredDays(ctx, q, rows)
	for month := time.January; month <= time.December; month++ {
		m := calendarMonth(cal, view.Year, month, entered, view.Today)
		view.Business += m.Business
		view.Months = append(view.Months, m)
	}
	return view, nil
}

// enteredDays are the closing days that stand, with who entered them.
func (d *Desk) enteredDays(ctx context.Context, q command.Reader, rows []query.ClosingEntry) map[calendar.Date]CalendarDay {
	days, names := map[calendar.Date]CalendarDay{}, map[string]string{}
	for _, row := range rows {
		if !row.Closed {
			delete(days, row.Day.Date)
			continue
		}
		if _, known := names[row.RecordedBy]; !known {
			if p, err := q.GetAccount(ctx, row.RecordedBy); err == nil {
				names[row.RecordedBy] = p.Name
			}
		}
		days[row.Day.Date] = CalendarDay{Day: row.Day.Date, Entered: true, ByName: names[row.RecordedBy], At: row.RecordedAt.Time}
	}
	return days
}

func calendarMonth(cal *calendar.Calendar, year int, month time.Month, entered map[calendar.Date]CalendarDay, today calendar.Date) CalendarMonth {
	m := CalendarMonth{Month: month}
	for day := calendar.NewDate(year, month, 1); day.Month() == month; day = day.AddDays(1) {
		if cal.IsBusinessDay(day) {
			m.Business++
			continue
		}
		of, isEntered := entered[day]
		ja, en := cal.WhyClosed(day)
		if !isEntered && en == day.Weekday().String() {
			continue
		}
		of.Day, of.Why, of.TakeBack = day, ClosedDay{ja, en}, isEntered && day.After(today)
		m.Days = append(m.Days, of)
	}
	return m
}

// ClosingCSV is edits as the import reads them.
func ClosingCSV(edits []ClosingEdit) string {
	var b strings.Builder
	b.WriteString(closingHeader + "\n")
	for _, e := range edits {
		closed := "no"
		if e.Closed {
			closed = "yes"
		}
		fmt.Fprintf(&b, "%s,%s,%s\n", e.Day, quoted(e.Name), closed)
	}
	return b.String()
}
