package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"uketsuke/internal/web/kit"

	"uketsuke/internal/application"
	"uketsuke/internal/calendar"
	"uketsuke/internal/problem"
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
	texts, err := kit.ReadTexts()
	if err != nil {
		return err
	}
	var said problem.List
	for _, p := range problems {
		said.Add(p.Field, p.Rule, "%s", texts.Problem(kit.English, p))
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
