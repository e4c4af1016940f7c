package main

import (
	"fmt"
	"time"

	"uketsuke/internal/application"
	"uketsuke/internal/calendar"
)

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
