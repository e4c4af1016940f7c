package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"uketsuke/internal/application"
	"uketsuke/internal/calendar"
	"uketsuke/internal/catalogue"
	"uketsuke/internal/problem"
	"uketsuke/internal/secret"
	"uketsuke/internal/userid"
	"uketsuke/internal/web"
)

// An explainCommand asks one rule, for the help desk and for scripts.
type explainCommand struct {
	ReadingPeriod explainReadingPeriod `cmd:"" help:"Until when initial passwords can be read (R-SEC-1), day by day."`
	EarliestStart explainEarliestStart `cmd:"" help:"Which start dates can be wished for (R-APP-11)."`
	Approval      explainApproval      `cmd:"" help:"Which start date an approval can confirm (R-EX-9)."`
	NextNumber    explainNextNumber    `cmd:"" help:"Which identification number follows (R-ID-4)."`
	Lifecycle     explainLifecycle     `cmd:"" help:"The life cycle of an application."`
}

// An explainer holds what the explanations of days have in common.
type explainer struct {
	Closed  []string `placeholder:"DAY" help:"A closing day of the centre; may be given several times."`
	JSON    bool     `name:"json" help:"Answer in JSON."`
	English bool     `help:"Answer in English."`
}

// calendar is the business calendar with the closing days given.
func (e explainer) calendar() (*calendar.Calendar, error) {
	closed := map[calendar.Date]string{}
	for _, text := range e.Closed {
		day, err := typedDay("closed", text)
		if err != nil {
			return nil, err
		}
		closed[day] = ""
	}
	return calendar.New(closed), nil
}

// answer prints the facts as JSON, or the lines in words.
func (e explainer) answer(p *process, facts any, lines []string) error {
	if !e.JSON {
		p.printf("%s\n", strings.Join(lines, "\n"))
		return nil
	}
	text, err := json.Marshal(facts)
	if err != nil {
		return fmt.Errorf("writing the answer: %w", err)
	}
	p.printf("%s\n", text)
	return nil
}

// say chooses the language.
func (e explainer) say(ja, en string) string {
	if e.English {
		return en
	}
	return ja
}

// day words a day.
func (e explainer) day(d calendar.Date) string { return e.say(d.Japanese(), d.English()) }

// refuse words the problems of a rule; nil if there are none.
func (e explainer) refuse(problems problem.List) error {
	if len(problems) == 0 || !e.English {
		return problems.Err()
	}
	texts, err := web.ReadTexts()
	if err != nil {
		return err
	}
	var said problem.List
	for _, p := range problems {
		said.Add(p.Field, p.Rule, "%s", texts.Problem(web.English, p))
	}
	return said
}

// typedDay reads a day of the command line.
func typedDay(flag, text string) (calendar.Date, error) {
	day, err := calendar.ParseTyped(text)
	if err != nil {
		return calendar.Date{}, fmt.Errorf("--%s: %w", flag, err)
	}
	return day, nil
}

// An explainReadingPeriod asks R-SEC-1, R-SEC-2 and R-SET-1.
type explainReadingPeriod struct {
	explainer
	Approved string `required:"" placeholder:"DAY" help:"Day of the approval."`
	Start    string `required:"" placeholder:"DAY" help:"Confirmed start date."`
}

// A readingPeriod is the answer in JSON.
type readingPeriod struct {
	Approved         calendar.Date `json:"approved"`
	Start            calendar.Date `json:"start"`
	SettingsDeadline calendar.Date `json:"settings_deadline"`
	AdvisedDay       calendar.Date `json:"advised_day"`
	LastReadingDay   calendar.Date `json:"last_reading_day"`
	FirstClosedDay   calendar.Date `json:"first_closed_day"`
}

func periodOf(cal *calendar.Calendar, approved, start calendar.Date) readingPeriod {
	period := secret.PeriodFor(cal, approved.Start(), start)
	return readingPeriod{
		Approved: approved, Start: start, SettingsDeadline: application.SettingsDeadline(cal, start),
		AdvisedDay: period.Advised, LastReadingDay: period.LastDay, FirstClosedDay: period.FirstClosed,
	}
}

// Run answers, or refuses a start date that no approval can confirm.
func (e *explainReadingPeriod) Run(p *process) error {
	cal, err := e.calendar()
	if err != nil {
		return err
	}
	approved, err := typedDay("approved", e.Approved)
	if err != nil {
		return err
	}
	start, err := typedDay("start", e.Start)
	if err != nil {
		return err
	}
	if err := e.refuse(application.StartProblems(cal, start, start, approved, true, "")); err != nil {
		return err
	}
	period := periodOf(cal, approved, start)
	return e.answer(p, period, e.days(cal, period))
}

// days is the period in words, a line for each day from the approval on.
func (e *explainReadingPeriod) days(cal *calendar.Calendar, period readingPeriod) []string {
	var lines []string
	for day := period.Approved; !day.After(period.FirstClosedDay); day = day.AddDays(1) {
		var notes []string
		if ja, en := cal.WhyClosed(day); ja != "" {
			notes = append(notes, e.say(ja, en))
		}
		for _, note := range []struct {
			on     calendar.Date
			ja, en string
		}{
			{period.Approved, "審査終了日（ID払出し日）。このときから参照できます", "approval: can be read from now on"},
			{period.SettingsDeadline, "システム設定申込の締切日", "last day for the system settings"},
			{period.Start, "利用開始日", "start date"},
			{period.AdvisedDay, "この日までにお控えください", "note the passwords by this day"},
			{period.LastReadingDay, "参照できる最後の日（24時まで）", "last day on which they can be read (to midnight)"},
			{period.FirstClosedDay, "0時から参照できません", "cannot be read any more, from 00:00"},
		} {
			if day == note.on {
				notes = append(notes, e.say(note.ja, note.en))
			}
		}
		lines = append(lines, strings.TrimSpace(e.day(day)+"  "+strings.Join(notes, e.say("、", "; "))))
	}
	return lines
}

// An explainEarliestStart asks R-APP-11.
type explainEarliestStart struct {
	explainer
	Registered string `required:"" placeholder:"INSTANT" help:"When the registration arrives, such as 2024-11-29T10:00:00+09:00."`
}

// Run answers.
func (e *explainEarliestStart) Run(p *process) error {
	cal, err := e.calendar()
	if err != nil {
		return err
	}
	at, err := time.Parse(time.RFC3339, e.Registered)
	if err != nil {
		return fmt.Errorf("--registered: %q is no instant such as 2024-11-29T10:00:00+09:00", e.Registered)
	}
	window := application.WhyEarliest(cal, at)
	why := e.say("受付した日を起点の日として数えます。", "Counted from the day of registration.")
	switch {
	case window.ClosedDay:
		why = e.say("営業日でない日に受け付けるため、次の営業日から数えます。", "It arrives on a day that is no business day, so the next one counts.")
	case window.AfterHours:
		why = e.say("17時を過ぎて受け付けるため、次の営業日から数えます。", "It arrives after 17:00, so the next business day counts.")
	}
	return e.answer(p, struct {
		Base       calendar.Date `json:"base_day"`
		Earliest   calendar.Date `json:"earliest_start"`
		Latest     calendar.Date `json:"latest_start"`
		ClosedDay  bool          `json:"closed_day"`
		AfterHours bool          `json:"after_hours"`
	}{window.Base, window.Earliest, window.Latest, window.ClosedDay, window.AfterHours}, []string{
		why,
		e.say("起点の日: ", "Counted from: ") + e.day(window.Base),
		e.say("最も早い利用開始希望日（起点の日の7営業日後）: ", "Earliest wish (7 business days later): ") + e.day(window.Earliest),
		e.say("最も遅い利用開始希望日（起点の日の6か月後まで）: ", "Latest wish (within 6 months): ") + e.day(window.Latest),
	})
}

// An explainApproval asks R-EX-9.
type explainApproval struct {
	explainer
	Approved           string `required:"" placeholder:"DAY" help:"Day of the approval."`
	Wish               string `required:"" placeholder:"DAY" help:"Start date that was wished for."`
	SettingsIncomplete bool   `help:"The system settings are not complete."`
}

// Run answers, or refuses a wish that no application can hold.
func (e *explainApproval) Run(p *process) error {
	cal, err := e.calendar()
	if err != nil {
		return err
	}
	approved, err := typedDay("approved", e.Approved)
	if err != nil {
		return err
	}
	wish, err := typedDay("wish", e.Wish)
	if err != nil {
		return err
	}
	// A wish that is no business day is one that no approval could confirm, however early.
	if err := e.refuse(application.StartProblems(cal, wish, wish, wish.AddDays(-60), true, "")); err != nil {
		return err
	}
	complete := !e.SettingsIncomplete
	period := periodOf(cal, approved, application.EarliestStart(cal, wish, approved, complete))
	reason := application.StartReason(cal, wish, approved, complete)
	lines := []string{e.say("最も早い利用開始日: ", "Earliest start date: ") + e.day(period.Start)}
	if reason != "" {
		lines = append(lines, e.say("希望日と異なる理由: ", "Reason for the difference from the wish: ")+reason)
	}
	return e.answer(p, struct {
		Earliest         calendar.Date `json:"earliest_start"`
		SettingsDeadline calendar.Date `json:"settings_deadline"`
		AdvisedDay       calendar.Date `json:"advised_day"`
		LastReadingDay   calendar.Date `json:"last_reading_day"`
		FirstClosedDay   calendar.Date `json:"first_closed_day"`
		AsWished         bool          `json:"as_wished"`
	}{period.Start, period.SettingsDeadline, period.AdvisedDay, period.LastReadingDay, period.FirstClosedDay, period.Start == wish},
		append(lines,
			e.say("システム設定申込の締切日: ", "Last day for the system settings: ")+e.day(period.SettingsDeadline),
			e.say("パスワードを参照できる最後の日: ", "Last day for reading the passwords: ")+e.day(period.LastReadingDay)))
}

// An explainNextNumber asks R-ID-4 and R-ID-5.
type explainNextNumber struct {
	Method    string `required:"" placeholder:"KEY" help:"Method of the catalogue, such as netnaccs."`
	After     string `placeholder:"NUMBER" help:"The number before; without it, the first."`
	Catalogue string `placeholder:"DIR" env:"UKETSUKE_CATALOGUE" help:"Folder of CSV files laid over the built-in catalogue."`
}

// Run prints the number.
func (e *explainNextNumber) Run(p *process) error {
	tables, err := loadCatalogue(e.Catalogue)
	if err != nil {
		return err
	}
	method, known := tables.Method(e.Method)
	var problems problem.List
	switch {
	case !known:
		problems.Add("method", "R-APP-7", "処理方式「%s」はありません。", e.Method)
	case !method.Offered:
		problems.Add("method", "R-APP-7", "処理方式「%s」は新たに申し込めません。", method.Name)
	}
	if err := problems.Err(); err != nil {
		return err
	}
	next, err := userid.NextNumber(method.Class, userid.Number(e.After))
	if malformed, ok := errors.AsType[userid.Malformed](err); ok {
		return problem.List{malformed.Problem}
	}
	if errors.Is(err, userid.ErrExhausted) {
		problems.Add("after", "R-ID-4", "「%s」より後の識別番号はありません。", userid.Fold(e.After))
		return problems
	}
	if err != nil {
		problems.Add("after", "R-ID-3", "識別番号「%s」は、処理方式「%s」の番号ではありません。", userid.Fold(e.After), method.Name)
		return problems
	}
	p.printf("%s\n", next)
	return nil
}

// loadCatalogue reads the built-in catalogue with a folder of the operator's laid over it, "" for none.
func loadCatalogue(dir string) (*catalogue.Catalogue, error) {
	if dir == "" {
		return catalogue.Load(nil)
	}
	return catalogue.Load(os.DirFS(dir))
}

// An explainLifecycle prints the life cycle as it runs.
type explainLifecycle struct {
	Format string `default:"markdown" enum:"markdown,mermaid,json" help:"One of ${enum}."`
}

// Run prints it.
func (e *explainLifecycle) Run(p *process) error {
	text, err := application.Describe(e.Format)
	if err != nil {
		return err
	}
	p.printf("%s\n", strings.TrimRight(text, "\n"))
	return nil
}
