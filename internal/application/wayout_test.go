package application

import (
	"testing"
	"time"

	"uketsuke/internal/account"
	"uketsuke/internal/calendar"

	"pgregory.net/rapid"
)

// Nobody gets stuck: the tests here try so many days and histories that they stand last, in a file of its own, so that a fault
// which a table finds is told at once.

// TestNoDeadCase is R-EX-9 and trap 31 over every base day of 2024–2027: the wish is the earliest possible,
// b+7, the approval comes on b+k.
func TestNoDeadCase(t *testing.T) {
	last := d("2027-12-31")
	for b := d("2024-01-01"); !b.After(last); b = b.AddDays(1) {
		if !cal.IsBusinessDay(b) {
			continue
		}
		wish := EarliestWish(cal, b.At(9, 0))
		for k := 0; k <= 15; k++ {
			approved := cal.AddBusinessDays(b, k)
			for _, complete := range []bool{true, false} {
				start := EarliestStart(cal, wish, approved, complete)
				if want := formula(b, k, complete); start != want {
					t.Fatalf("base %s k=%d complete=%t: start %s, want %s", b, k, complete, start, want)
				}
				if !start.After(approved) || start.Before(wish) || !cal.IsBusinessDay(start) {
					t.Fatalf("base %s k=%d: start %s, approved %s, wish %s", b, k, start, approved, wish)
				}
				away := cal.BusinessDaysBetween(approved, SettingsDeadline(cal, start))
				if !complete && away < 2 {
					t.Fatalf("base %s k=%d: the deadline is %d BD away", b, k, away)
				}
				if early := cal.AddBusinessDays(start, -1); len(StartProblems(cal, wish, early, approved, complete, "理由")) == 0 {
					t.Fatalf("base %s k=%d: the day before the earliest start is let pass", b, k)
				}
			}
		}
	}
}

// formula is R-EX-9's: complete: k ≤ 6 as wished, else b+k+1; incomplete: k ≤ 1 as wished, else b+k+6.
func formula(b calendar.Date, k int, complete bool) calendar.Date {
	switch {
	case complete && k > 6:
		return cal.AddBusinessDays(b, k+1)
	case !complete && k > 1:
		return cal.AddBusinessDays(b, k+6)
	}
	return cal.AddBusinessDays(b, 7)
}

// people act in the random walks and in the test of the way out; two of each who may be needed.
var people = []account.Actor{
	{ID: "a1", Role: account.Applicant}, {ID: "m1", Role: account.Administrator}, {ID: "v1", Role: account.Viewer},
	{ID: "e1", Role: account.Examiner}, {ID: "e2", Role: account.Examiner}, {ID: "s1", Role: account.Supervisor},
	account.ClockActor(),
}

// apply does what a desk does with a step.
func apply(s Standing, step Step, actor account.Actor, now time.Time, cal *calendar.Calendar, complete bool) Standing {
	s.State = step.To
	switch step.Command {
	case Register:
		s.RegisteredBy, s.Holder = actor.ID, ""
	case Claim, TakeOver:
		s.Holder = actor.ID
	case Release:
		s.Holder = ""
	case Save, Return:
		s.Touched = now
	case SaveSettings:
		s.SettingsComplete = s.SettingsComplete || complete
	case Approve, ChangeStartDate:
		s.Start = EarliestStart(cal, s.Start, calendar.DateOf(now), s.SettingsComplete)
		s.Deadline = SettingsDeadline(cal, s.Start)
	}
	return s
}

// TestRandomWalks: whatever people do in whatever order, nothing is approved that was not examined, ended
// states offer nothing, and every other moment has a way out for somebody.
func TestRandomWalks(t *testing.T) {
	cal := calendar.New(nil)
	rapid.Check(t, func(t *rapid.T) {
		now := at("2024-12-02", 10, 0)
		s := Standing{State: InDraft, Touched: now}
		visited := []State{InDraft}
		for range rapid.IntRange(1, 40).Draw(t, "steps") {
			now = now.Add(time.Duration(rapid.IntRange(0, 72).Draw(t, "hours")) * time.Hour)
			c := rapid.SampledFrom(Commands()).Draw(t, "command")
			actor := rapid.SampledFrom(people).Draw(t, "actor")
			shown := s.StateAt(now)
			step, err := Decide(s, c, actor, now)
			if shown.Ended() && !(shown == Void && s.State == Approved) && err == nil {
				t.Fatalf("%s offered %s to %s", shown, c, actor.Role)
			}
			if err != nil {
				continue
			}
			if step.To == Approved && step.From != Approved {
				if visited[len(visited)-1] != UnderExamination || s.Holder != actor.ID || s.RegisteredBy == actor.ID {
					t.Fatalf("approved after %v by %s, held by %s", visited, actor.ID, s.Holder)
				}
			}
			s = apply(s, step, actor, now, cal, rapid.Bool().Draw(t, "complete"))
			visited = append(visited, s.State)
			if s.State == Gone {
				return
			}
			wayOut(t, s, now)
		}
	})
}

// fataler is what *testing.T and *rapid.T share.
type fataler interface{ Fatalf(string, ...any) }

// wayOut fails unless the application has ended, or somebody can move it to another state now.
func wayOut(t fataler, s Standing, now time.Time) {
	if s.StateAt(now).Ended() {
		return
	}
	for _, actor := range people {
		for _, c := range Allowed(s, actor, now) {
			if step, _ := Decide(s, c, actor, now); step.To != s.State {
				return
			}
		}
	}
	t.Fatalf("nobody can leave %s at %s", s.State, now)
}

// TestWayOut is trap 32: every state that has not ended has a way out for somebody at every moment.
func TestWayOut(t *testing.T) {
	for _, state := range States() {
		for day := calendar.MustDate("2024-12-01"); day.Before(calendar.MustDate("2025-04-01")); day = day.AddDays(1) {
			for _, complete := range []bool{true, false} {
				s, _, _ := favourable(state, Save, account.Applicant)
				s.SettingsComplete = complete
				wayOut(t, s, day.Start())
				wayOut(t, s, day.At(23, 59))
			}
		}
	}
}
