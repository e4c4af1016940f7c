package application

import (
	"errors"
	"slices"
	"testing"
	"time"

	"uketsuke/internal/account"
	"uketsuke/internal/calendar"
)

// TestWindowOfWishes: the window says why its first day is the first, and nothing when it is as always (R-APP-11).
func TestWindowOfWishes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, at           string
		closed, afterHours bool
		registered, latest string
	}{
		{"R-APP-11 in time on a business day", "2024-11-29T10:00:00+09:00", false, false, "2024-11-29", "2025-05-29"},
		{"R-APP-11 after hours", "2024-11-29T17:00:01+09:00", false, true, "2024-11-29", "2025-06-02"},
		{"R-APP-11 a closed day", "2024-11-30T10:00:00+09:00", true, false, "2024-11-30", "2025-06-02"},
		{"R-APP-11 a closed day in the evening", "2024-11-30T18:00:00+09:00", true, false, "2024-11-30", "2025-06-02"},
	} {
		w := WhyEarliest(cal, tokyo(t, c.at))
		if w.ClosedDay != c.closed || w.AfterHours != c.afterHours || w.Registered != d(c.registered) || w.Latest != d(c.latest) {
			t.Errorf("%s: %+v", c.name, w)
		}
	}
}

// TestRefusedDaysSayWhy: each refusal of a day names the day that would do (R-APP-11, R-EX-4, R-EX-9).
func TestRefusedDaysSayWhy(t *testing.T) {
	t.Parallel()
	registered := tokyo(t, "2024-11-29T10:00:00+09:00")
	said(t, "R-APP-11 no wish names both ends", WishProblems(cal, calendar.Date{}, registered), "2024年12月10日(火)", "2025年5月29日(木)")
	said(t, "R-APP-11 too late", WishProblems(cal, d("2025-06-02"), registered), "以前", "2025年5月29日(木)")
	said(t, "R-APP-11 no business day names the next", WishProblems(cal, d("2024-12-14"), registered), "2024年12月14日(土)", "2024年12月16日(月)")
	start := func(day string, complete bool) []string {
		var texts []string
		var asked calendar.Date
		if day != "" {
			asked = d(day)
		}
		for _, p := range StartProblems(cal, d("2024-12-12"), asked, d("2024-12-18"), complete, "") {
			texts = append(texts, p.Rule+" "+p.String())
		}
		return texts
	}
	for _, c := range []struct {
		name, day string
		complete  bool
		want      string
	}{
		{"R-EX-4 none", "", true, "R-EX-4 利用開始日を入力してください。最も早い日は2024年12月19日(木)です。"},
		{"R-EX-9 incomplete, too early", "2024-12-25", false, "R-EX-9 システム設定が未入力のため、利用開始日は6営業日後の2024年12月26日(木)以降にしてください。それより前では締切日までの日数が足りません。"},
		{"R-EX-9 complete, too early", "2024-12-18", true, "R-EX-9 利用開始日は、翌営業日の2024年12月19日(木)以降にしてください。"},
		{"R-EX-4 a day that is refused asks for no reason besides", "2024-12-11", true, "R-EX-4 利用開始日は、利用開始希望日の2024年12月12日(木)より前にはできません。希望日以降の営業日を指定してください。"},
	} {
		if got := start(c.day, c.complete); !slices.Equal(got, []string{c.want}) {
			t.Errorf("%s: %q", c.name, got)
		}
	}
	if l := StartProblems(cal, d("2024-12-12"), d("2024-12-12"), d("2024-12-02"), true, "a\x00"); len(l) != 1 || l[0].Field != "start_reason" {
		t.Errorf("R-EX-4 a reason that is not needed must still be one: %v", l)
	}
	for complete, want := range map[bool]string{true: "審査終了日の翌営業日以降でなければ利用を開始できないため", false: "システム設定の入力期間を確保するため（審査終了日から6営業日後以降）"} {
		if got := StartReason(cal, d("2024-12-12"), d("2024-12-18"), complete); got != want {
			t.Errorf("R-EX-9 complete %t: %q", complete, got)
		}
	}
	said(t, "R-EX-9 only to a later day", StartChangeProblems(cal, d("2024-12-12"), d("2025-01-10"), d("2025-01-10"), d("2024-12-18"), true, "理由"), "現在の2025年1月10日(金)より後")
	expectOne(t, StartChangeProblems(cal, d("2024-12-12"), d("2025-01-10"), d("2025-01-14"), d("2024-12-18"), true, "理由"), "", "")
	if l := StartChangeProblems(cal, d("2024-12-12"), d("2025-01-10"), d("2024-12-14"), d("2024-12-18"), true, "理由"); len(l) != 1 {
		t.Errorf("R-EX-9 what is no business day is told that alone: %v", l)
	}
}

// TestDeadlineMissed: every part of R-SET-1 is needed.
func TestDeadlineMissed(t *testing.T) {
	t.Parallel()
	missed := Standing{State: Approved, Start: d("2024-12-12"), Deadline: d("2024-12-06")}
	late := at("2024-12-07", 0, 0)
	for _, c := range []struct {
		name   string
		change func(*Standing)
		now    time.Time
		want   bool
	}{
		{"R-SET-1 missed", func(*Standing) {}, late, true},
		{"R-SET-1 the day itself counts", func(*Standing) {}, at("2024-12-06", 23, 59), false},
		{"R-SET-1 complete", func(s *Standing) { s.SettingsComplete = true }, late, false},
		{"R-SET-1 no settings are needed", func(s *Standing) { s.Deadline = calendar.Date{} }, late, false},
		{"R-SET-1 not approved", func(s *Standing) { s.State = UnderExamination }, late, false},
		{"R-SET-1 ended otherwise", func(s *Standing) { s.State = Withdrawn }, late, false},
	} {
		s := missed
		c.change(&s)
		if got := s.DeadlineMissed(c.now); got != c.want {
			t.Errorf("%s: missed %t", c.name, got)
		}
	}
}

// TestRefusalsOfWhatIsOver: what the clock has ended is in its new state for people, and for the clock only as far as it
// records that (R-CON-4, R-EX-8).
func TestRefusalsOfWhatIsOver(t *testing.T) {
	t.Parallel()
	missed := Standing{State: Approved, Start: d("2024-12-12"), Deadline: d("2024-12-06")}
	complete := missed
	complete.SettingsComplete = true
	free := Standing{State: Approved, Start: d("2024-12-12")}
	own := Standing{State: UnderExamination, Holder: "e1", RegisteredBy: "e1", FourEyes: true}
	proposed := Standing{State: UnderExamination, Holder: "e1", RegisteredBy: "a1", FourEyes: true, ProposedBy: "e1"}
	supervisor, examiner := account.Actor{ID: "s1", Role: account.Supervisor}, account.Actor{ID: "e1", Role: account.Examiner}
	applicant := account.Actor{ID: "a1", Role: account.Applicant}
	for _, c := range []struct {
		name  string
		s     Standing
		do    Command
		by    account.Actor
		now   time.Time
		why   Why
		lacks Condition
	}{
		{"R-EX-8 the centre voids nothing that is void already", missed, Revoke, supervisor, at("2024-12-07", 0, 0), WrongState, ""},
		{"R-EX-8 nor what is in effect", complete, Revoke, supervisor, at("2024-12-12", 0, 0), WrongState, ""},
		{"R-SET-1 the clock voids nothing that is in effect", complete, Revoke, account.ClockActor(), at("2024-12-12", 0, 0), WrongState, ""},
		{"R-SET-1 nor does it remove it", missed, ExpireDraft, account.ClockActor(), at("2024-12-07", 0, 0), WrongState, ""},
		{"R-EX-9 no other start for what is void", missed, ChangeStartDate, supervisor, at("2024-12-07", 0, 0), WrongState, ""},
		{"R-EX-9 nor for what is in effect", complete, ChangeStartDate, supervisor, at("2024-12-12", 0, 0), WrongState, ""},
		{"R-SET-2 there is no deadline, and nothing to save", free, SaveSettings, applicant, at("2024-12-03", 10, 0), NotMet, BeforeDeadline},
		{"R-EX-6 nobody proposes what they registered", own, Propose, examiner, at("2024-12-03", 10, 0), NotMet, ByClaimantFourEyes},
		{"R-EX-6 nor approves it", own, Approve, examiner, at("2024-12-03", 10, 0), NotMet, ByOtherThanProposer},
		{"R-EX-8 no withdrawal after the approval", free, Withdraw, applicant, at("2024-12-03", 10, 0), WrongState, ""},
		{"R-EX-5 an applicant gives no verdict", proposed, Approve, applicant, at("2024-12-03", 10, 0), WrongRole, ""},
	} {
		step, err := Decide(c.s, c.do, c.by, c.now)
		var refusal *Refusal
		if !errors.As(err, &refusal) || refusal.Why != c.why || refusal.Condition != c.lacks || step.Command != "" {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	if (Standing{}).meets("no such condition", supervisor, at("2024-12-03", 10, 0)) {
		t.Error("R-EX-5 a condition that is none is met")
	}
	if _, err := Decide(proposed, Release, examiner, at("2024-12-03", 10, 0)); err != nil {
		t.Errorf("R-EX-2 the claimant releases: %v", err)
	}
}

// TestButtons: what is allowed is what Decide lets pass, in the order of the commands.
func TestButtons(t *testing.T) {
	t.Parallel()
	claimed := Standing{State: UnderExamination, Holder: "e1", RegisteredBy: "a1"}
	now := at("2024-12-03", 10, 0)
	for _, c := range []struct {
		name string
		by   account.Actor
		want []Command
	}{
		{"R-EX-2 the claimant", account.Actor{ID: "e1", Role: account.Examiner}, []Command{Release, Remark, Return, Reject, Approve}},
		{"R-EX-2 a colleague", account.Actor{ID: "e2", Role: account.Examiner}, []Command{TakeOver, Remark}},
		{"R-EX-2 a supervisor", account.Actor{ID: "s1", Role: account.Supervisor}, []Command{TakeOver, Release, Remark}},
		{"R-EX-8 the applicant", account.Actor{ID: "a1", Role: account.Applicant}, []Command{SaveSettings, Withdraw}},
		{"R-EX-8 a viewer", account.Actor{ID: "v1", Role: account.Viewer}, nil},
	} {
		if got := Allowed(claimed, c.by, now); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

// TestOpenAndEnded: an application counts as open for R-APP-10 from its registration to its start.
func TestOpenAndEnded(t *testing.T) {
	t.Parallel()
	for state, want := range map[State][2]bool{
		InDraft: {}, Registered: {true}, UnderExamination: {true}, Returned: {true}, Approved: {true},
		InEffect: {false, true}, Withdrawn: {false, true}, Rejected: {false, true}, Void: {false, true}, "lost": {},
	} {
		if got := [2]bool{state.Open(), state.Ended()}; got != want {
			t.Errorf("R-APP-10 %s: open and ended %t, want %t", state, got, want)
		}
		if name := state.Japanese(); (name == string(state)) != (state == "lost") {
			t.Errorf("R-CON-4 %s is shown as %q", state, name)
		}
	}
}

// TestRemindersInAnyOrder: they are handled in the order of time, the newest is sent (R-SET-4).
func TestRemindersInAnyOrder(t *testing.T) {
	t.Parallel()
	days := []time.Time{at("2024-12-13", 9, 0), at("2024-12-06", 9, 0), at("2024-12-12", 9, 0), at("2024-12-16", 9, 0)}
	got := DueReminders(days, at("2024-12-06", 9, 0), at("2024-12-13", 9, 0), true, func(time.Time) bool { return false })
	want := []Reminding{{days[1], SkipNotAfterApproval}, {days[2], SkipNewerDue}, {days[0], ""}}
	if !slices.Equal(got, want) {
		t.Errorf("R-SET-4: %v, want %v", got, want)
	}
	got = DueReminders(days, at("2024-12-06", 8, 59), at("2024-12-06", 9, 0), false, func(time.Time) bool { return false })
	if !slices.Equal(got, []Reminding{{days[1], SkipReasonGone}}) {
		t.Errorf("R-SET-4 due at 09:00, after the approval, for nothing: %v", got)
	}
}
