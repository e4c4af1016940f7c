package application

import (
	"errors"
	"flag"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"uketsuke/internal/account"
	"uketsuke/internal/calendar"
)

var update = flag.Bool("update", false, "write the golden files anew")

// The permissions of lifecycle.md, written out by hand: command, states, roles. What is not here is refused.
var permitted = []struct {
	command Command
	from    []State
	roles   []account.Role
	to      State // "" the same, goneFor removed
}{
	{Save, []State{InDraft, Returned}, applicantRoles, ""},
	{ExpireDraft, []State{InDraft}, clockRole, goneFor},
	{Discard, []State{InDraft}, applicantRoles, goneFor},
	{ExpireReturn, []State{Returned}, clockRole, Withdrawn},
	{Register, []State{InDraft, Returned}, applicantRoles, Registered},
	{SaveSettings, []State{InDraft, Returned, Registered, UnderExamination, Approved}, applicantRoles, ""},
	{Withdraw, []State{Registered, UnderExamination, Returned}, applicantRoles, Withdrawn},
	{Claim, []State{Registered}, examinerRoles, UnderExamination},
	{TakeOver, []State{UnderExamination}, examinerRoles, ""},
	{Release, []State{UnderExamination}, examinerRoles, Registered},
	{Remark, []State{UnderExamination}, examinerRoles, ""},
	{Return, []State{UnderExamination}, examinerRoles, Returned},
	{Reject, []State{UnderExamination}, examinerRoles, Rejected},
	{Propose, []State{UnderExamination}, examinerRoles, ""},
	{Approve, []State{UnderExamination}, examinerRoles, Approved},
	{Revoke, []State{Approved}, []account.Role{account.Supervisor, account.Clock}, Void},
	{ChangeStartDate, []State{Approved}, []account.Role{account.Supervisor}, ""},
}

const goneFor State = "(gone)"

var (
	applicantRoles = []account.Role{account.Applicant, account.Administrator}
	examinerRoles  = []account.Role{account.Examiner, account.Supervisor}
	clockRole      = []account.Role{account.Clock}
)

func at(day string, hour, min int) time.Time { return calendar.MustDate(day).At(hour, min) }

// favourable is a standing, an actor and an instant in which every condition of a command is met.
func favourable(state State, c Command, role account.Role) (Standing, account.Actor, time.Time) {
	s := Standing{State: state, Holder: "holder", RegisteredBy: "registrant",
		Start: calendar.MustDate("2024-12-12"), Deadline: calendar.MustDate("2024-12-06"),
		Touched: at("2024-08-01", 10, 0)}
	now := at("2024-12-03", 10, 0)
	actor := account.Actor{ID: "holder", Role: role}
	if c == TakeOver {
		actor.ID = "colleague"
	}
	s.FourEyes = c == Propose
	if c == Revoke && role == account.Clock {
		now = at("2024-12-07", 0, 0)
	}
	if state == InEffect {
		s.State, s.SettingsComplete, now = Approved, true, at("2024-12-12", 0, 0)
	}
	return s, actor, now
}

// TestEveryCell walks states × commands × roles; the unknown command stands for all unknown ones.
func TestEveryCell(t *testing.T) {
	for _, state := range States() {
		for _, c := range append(Commands(), "approve-all") {
			for _, role := range append(account.Roles(), "nobody") {
				s, actor, now := favourable(state, c, role)
				before := s
				step, err := Decide(s, c, actor, now)
				to, why := expected(state, c, role)
				if s != before {
					t.Errorf("%s %s %s: deciding changed the standing", state, c, role)
				}
				var refusal *Refusal
				switch {
				case why == "" && (err != nil || step.To != to):
					t.Errorf("%s %s %s: got %q, %v; want %q", state, c, role, step.To, err, to)
				case why != "" && (!errors.As(err, &refusal) || refusal.Why != why):
					t.Errorf("%s %s %s: got %v, want refusal %s", state, c, role, err, why)
				case why != "" && (step.Command != "" || refusal.Error() == ""):
					t.Errorf("%s %s %s: a refusal came with a step", state, c, role)
				}
			}
		}
	}
}

func expected(state State, c Command, role account.Role) (to State, why Why) {
	for _, p := range permitted {
		switch {
		case p.command != c:
			continue
		case !slices.Contains(p.from, state):
			return "", WrongState
		case !slices.Contains(p.roles, role):
			return "", WrongRole
		case p.to == "":
			return state, ""
		case p.to == goneFor:
			return Gone, ""
		}
		return p.to, ""
	}
	return "", UnknownCommand
}

func TestConditions(t *testing.T) {
	approved := Standing{State: Approved, Start: calendar.MustDate("2024-12-12"), Deadline: calendar.MustDate("2024-12-06")}
	complete := approved
	complete.SettingsComplete = true
	claimed := Standing{State: UnderExamination, Holder: "e1", RegisteredBy: "a1"}
	own := Standing{State: UnderExamination, Holder: "e1", RegisteredBy: "e1"}
	four := claimed
	four.FourEyes = true
	proposed := four
	proposed.ProposedBy = "e1"
	draft := Standing{State: InDraft, Touched: at("2024-12-02", 23, 59)}
	returned := Standing{State: Returned, Touched: at("2024-12-02", 23, 59)}
	actor := func(id account.ID, role account.Role) account.Actor { return account.Actor{ID: id, Role: role} }
	for _, c := range []struct {
		name  string
		s     Standing
		do    Command
		by    account.Actor
		now   time.Time
		lacks Condition // "" when allowed
	}{
		{"R-EX-2 the claimant approves", claimed, Approve, actor("e1", account.Examiner), at("2024-12-02", 10, 0), ""},
		{"R-EX-2 a colleague does not", claimed, Approve, actor("e2", account.Examiner), at("2024-12-02", 10, 0), ByClaimantNotRegistrant},
		{"R-EX-6 the first pair of eyes", four, Propose, actor("e1", account.Examiner), at("2024-12-02", 10, 0), ""},
		{"R-EX-6 a colleague does not propose", four, Propose, actor("e2", account.Examiner), at("2024-12-02", 10, 0), ByClaimantFourEyes},
		{"R-EX-6 nothing to propose where two are enough", claimed, Propose, actor("e1", account.Examiner), at("2024-12-02", 10, 0), ByClaimantFourEyes},
		{"R-EX-6 nothing was proposed", four, Approve, actor("e2", account.Examiner), at("2024-12-02", 10, 0), ByOtherThanProposer},
		{"R-EX-6 the second pair", proposed, Approve, actor("e2", account.Examiner), at("2024-12-02", 10, 0), ""},
		{"R-EX-6 a supervisor is a second pair too", proposed, Approve, actor("s1", account.Supervisor), at("2024-12-02", 10, 0), ""},
		{"R-EX-6 the proposer does not approve", proposed, Approve, actor("e1", account.Examiner), at("2024-12-02", 10, 0), ByOtherThanProposer},
		{"R-EX-6 nor does the registrant", proposed, Approve, actor("a1", account.Examiner), at("2024-12-02", 10, 0), ByOtherThanProposer},
		{"R-EX-2 a supervisor is no claimant", claimed, Return, actor("s1", account.Supervisor), at("2024-12-02", 10, 0), ByClaimant},
		{"R-EX-2 a colleague takes over", claimed, TakeOver, actor("e2", account.Examiner), at("2024-12-02", 10, 0), ""},
		{"R-EX-2 nobody takes over from themselves", claimed, TakeOver, actor("e1", account.Examiner), at("2024-12-02", 10, 0), ByOtherThanClaimant},
		{"R-EX-2 a supervisor releases", claimed, Release, actor("s1", account.Supervisor), at("2024-12-02", 10, 0), ""},
		{"R-EX-2 a colleague does not release", claimed, Release, actor("e2", account.Examiner), at("2024-12-02", 10, 0), ByClaimantOrSupervisor},
		{"R-EX-6 nobody approves what they registered", own, Approve, actor("e1", account.Examiner), at("2024-12-02", 10, 0), ByClaimantNotRegistrant},
		{"R-EX-8 void on the eve of the start", complete, Revoke, actor("s1", account.Supervisor), at("2024-12-11", 23, 59), ""},
		{"R-SET-2 settings on the last minute of the deadline", approved, SaveSettings, actor("a1", account.Applicant), at("2024-12-06", 23, 59), ""},
		{"R-SET-2 complete settings after the deadline", complete, SaveSettings, actor("a1", account.Applicant), at("2024-12-07", 0, 0), BeforeDeadline},
		{"R-SET-1 the clock voids from 00:00 of the next day", approved, Revoke, account.ClockActor(), at("2024-12-07", 0, 0), ""},
		{"R-SET-1 not before", approved, Revoke, account.ClockActor(), at("2024-12-06", 23, 59), AfterDeadline},
		{"R-SET-1 not when complete", complete, Revoke, account.ClockActor(), at("2024-12-07", 0, 0), AfterDeadline},
		{"R-APP-13 a draft is kept 90 days", draft, ExpireDraft, account.ClockActor(), at("2025-03-01", 23, 59), AfterNinetyDays},
		{"R-APP-13 and removed on the ninetieth", draft, ExpireDraft, account.ClockActor(), at("2025-03-02", 0, 0), ""},
		{"R-APP-13 a return ends the same way", returned, ExpireReturn, account.ClockActor(), at("2025-03-02", 0, 0), ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Decide(c.s, c.do, c.by, c.now)
			var refusal *Refusal
			if c.lacks == "" && err != nil {
				t.Fatalf("refused: %v", err)
			}
			if c.lacks != "" && (!errors.As(err, &refusal) || refusal.Why != NotMet || refusal.Condition != c.lacks) {
				t.Fatalf("got %v, want the condition %s", err, c.lacks)
			}
		})
	}
}

func TestStateAt(t *testing.T) {
	s := Standing{State: Approved, Start: calendar.MustDate("2024-12-10"), Deadline: calendar.MustDate("2024-12-04")}
	complete := s
	complete.SettingsComplete = true
	for _, c := range []struct {
		name string
		s    Standing
		now  time.Time
		want State
	}{
		{"R-CON-1 the evening before", complete, at("2024-12-09", 23, 59), Approved},
		{"R-CON-1 00:00 of the start", complete, at("2024-12-10", 0, 0), InEffect},
		{"R-SET-1 S6 the last minute", s, at("2024-12-04", 23, 59), Approved},
		{"R-SET-1 S6 void at 00:00, recorded or not", s, at("2024-12-05", 0, 0), Void},
		{"R-SET-1 void stays void after the start", s, at("2024-12-20", 0, 0), Void},
	} {
		if got := c.s.StateAt(c.now); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

func TestEveryMailIsSentBySomething(t *testing.T) {
	sent := map[Mail]bool{}
	for _, step := range Lifecycle() {
		if (step.Mail == "") != (len(step.MailTo) == 0) {
			t.Errorf("%s from %s: mail %q to %v", step.Command, step.From, step.Mail, step.MailTo)
		}
		sent[step.Mail] = true
	}
	for _, n := range Notices() {
		sent[n.Mail] = true
	}
	for _, m := range Mails() {
		if !sent[m] || m.Japanese() == "" {
			t.Errorf("%s %q: nothing sends it, or it has no name", m, m.Japanese())
		}
	}
}

// The golden file is the documentation itself.
const lifecycleDoc = "../../docs/lifecycle.md"

func TestDescribe(t *testing.T) {
	text, err := Describe("markdown")
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(lifecycleDoc, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	kept, err := os.ReadFile(lifecycleDoc)
	if err != nil || string(kept) != text {
		t.Errorf("docs/lifecycle.md is not current (%v); run the test with -update", err)
	}
	diagram, _ := Describe("mermaid")
	if !strings.Contains(text, diagram) || !strings.Contains(diagram, "under_examination --> approved : approve") {
		t.Errorf("the diagram misses the approval:\n%s", diagram)
	}
	asJSON, err := Describe("json")
	if err != nil || strings.Count(asJSON, `"command"`) != len(Lifecycle()) {
		t.Errorf("json: %v\n%s", err, asJSON)
	}
	if _, err := Describe("dot"); err == nil {
		t.Error("an unknown format was written")
	}
}
