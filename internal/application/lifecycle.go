package application

import (
	"fmt"
	"slices"
	"time"

	"uketsuke/internal/account"
	"uketsuke/internal/calendar"
)

// A Command is something that is done to an application.
type Command string

// The commands of lifecycle.md.
const (
	Save            Command = "save"
	ExpireDraft     Command = "expire-draft"
	Discard         Command = "discard"
	ExpireReturn    Command = "expire-return"
	Register        Command = "register"
	SaveSettings    Command = "save-settings"
	Withdraw        Command = "withdraw"
	Claim           Command = "claim"
	TakeOver        Command = "take-over"
	Release         Command = "release"
	Remark          Command = "remark"
	Return          Command = "return"
	Reject          Command = "reject"
	Propose         Command = "propose-approval"
	Approve         Command = "approve"
	Revoke          Command = "void"
	ChangeStartDate Command = "change-start-date"
)

// Commands lists every command.
func Commands() []Command {
	return []Command{Save, ExpireDraft, Discard, ExpireReturn, Register, SaveSettings, Withdraw, Claim,
		TakeOver, Release, Remark, Return, Reject, Propose, Approve, Revoke, ChangeStartDate}
}

// Gone is the next state of an application that is removed altogether.
const Gone State = ""

// A Recipient group of a mail: who it is sent to (lifecycle.md, R-MAIL-3).
type Recipient string

// The recipient groups.
const (
	ToApplicant      Recipient = "A" // the application's contact person
	ToAdministrators Recipient = "M" // the establishment's administrators
	ToPerson         Recipient = "P" // the person concerned
)

// A Condition narrows a step beyond state and role; the command's refusal names it.
type Condition string

// The conditions of the table's column "Who" and of the rules.
const (
	Always                  Condition = ""
	ByClaimant              Condition = "claimant"                // R-EX-2
	ByClaimantOrSupervisor  Condition = "claimant-or-supervisor"  // release
	ByClaimantNotRegistrant Condition = "claimant-not-registrant" // R-EX-6, where two eyes are enough
	ByClaimantFourEyes      Condition = "claimant-four-eyes"      // R-EX-6, the first pair
	ByOtherThanProposer     Condition = "other-than-proposer"     // R-EX-6, the second pair
	ByOtherThanClaimant     Condition = "other-than-claimant"     // taking over from oneself is nothing
	BeforeDeadline          Condition = "before-deadline"         // R-SET-1, R-SET-2
	BeforeStart             Condition = "before-start"            // R-EX-8
	AfterDeadline           Condition = "after-deadline"          // R-SET-1, the clock's void
	AfterNinetyDays         Condition = "after-90-days"           // R-APP-13, expiry of drafts and returns
)

// A Step is one row of the life cycle: who may do what, from which state, where it leads, and which
// mail tells whom. What has no row does not happen.
type Step struct {
	Command   Command
	From      State
	To        State
	By        []account.Role
	Condition Condition
	Mail      Mail // "" for none
	MailTo    []Recipient
}

var (
	applicants = []account.Role{account.Applicant, account.Administrator}
	examiners  = []account.Role{account.Examiner, account.Supervisor}
	supervisor = []account.Role{account.Supervisor}
	theClock   = []account.Role{account.Clock}
	aAndM      = []Recipient{ToApplicant, ToAdministrators}
)

// Lifecycle is the whole life cycle of an application: buttons, permissions, mails, diagram,
// documentation and tests read this table and nothing else.
func Lifecycle() []Step {
	return []Step{
		{Save, InDraft, InDraft, applicants, Always, "", nil},
		{Save, Returned, Returned, applicants, Always, "", nil},
		{ExpireDraft, InDraft, Gone, theClock, AfterNinetyDays, "", nil},
		{Discard, InDraft, Gone, applicants, Always, "", nil},
		{ExpireReturn, Returned, Withdrawn, theClock, AfterNinetyDays, MailReturnExpired, aAndM},
		{Register, InDraft, Registered, applicants, Always, MailRegistered, aAndM},
		{Register, Returned, Registered, applicants, Always, MailRegistered, aAndM},
		{SaveSettings, InDraft, InDraft, applicants, Always, "", nil},
		{SaveSettings, Returned, Returned, applicants, Always, "", nil},
		{SaveSettings, Registered, Registered, applicants, Always, "", nil},
		{SaveSettings, UnderExamination, UnderExamination, applicants, Always, "", nil},
		// The mail of this row goes out when the save makes the settings complete.
		{SaveSettings, Approved, Approved, applicants, BeforeDeadline, MailSettingsComplete, aAndM},
		{Withdraw, Registered, Withdrawn, applicants, Always, MailWithdrawn, aAndM},
		{Withdraw, UnderExamination, Withdrawn, applicants, Always, MailWithdrawn, aAndM},
		{Withdraw, Returned, Withdrawn, applicants, Always, MailWithdrawn, aAndM},
		{Claim, Registered, UnderExamination, examiners, Always, "", nil},
		{TakeOver, UnderExamination, UnderExamination, examiners, ByOtherThanClaimant, "", nil},
		{Release, UnderExamination, Registered, examiners, ByClaimantOrSupervisor, "", nil},
		{Remark, UnderExamination, UnderExamination, examiners, Always, "", nil},
		{Return, UnderExamination, Returned, examiners, ByClaimant, MailReturned, aAndM},
		{Reject, UnderExamination, Rejected, examiners, ByClaimant, MailRejected, aAndM},
		{Propose, UnderExamination, UnderExamination, examiners, ByClaimantFourEyes, "", nil},
		{Approve, UnderExamination, Approved, examiners, ByClaimantNotRegistrant, MailApproved, aAndM},
		{Approve, UnderExamination, Approved, examiners, ByOtherThanProposer, MailApproved, aAndM},
		{Revoke, Approved, Void, theClock, AfterDeadline, MailVoid, aAndM},
		{Revoke, Approved, Void, supervisor, BeforeStart, MailVoid, aAndM},
		{ChangeStartDate, Approved, Approved, supervisor, BeforeStart, MailStartDateChanged, aAndM},
	}
}

// KeepDays is how long an unused draft or an unanswered return is kept, and AnnounceDays when its end
// is announced, both in days after the last save or the return (R-APP-13, lifecycle.md).
const (
	KeepDays     = 90
	AnnounceDays = 76
)

// A Standing is what the life cycle needs to know of an application.
type Standing struct {
	// State is the stored state.
	State        State
	Holder       account.ID
	RegisteredBy account.ID
	// FourEyes says that one proposes the approval and another approves (R-EX-6); ProposedBy is who proposed the one
	// that stands, "" for none.
	FourEyes   bool
	ProposedBy account.ID
	// Start is the confirmed StartDate, and Deadline the stored SettingsDeadline; zero before approval,
	// Deadline zero also when no settings are needed.
	Start            calendar.Date
	Deadline         calendar.Date
	SettingsComplete bool
	// Touched is the last save of a draft, or the instant of the last return.
	Touched time.Time
}

// StateAt is the state shown to people at an instant: what has become true by the clock counts, recorded
// or not (R-CON-1, R-CON-4, R-SET-1).
func (s Standing) StateAt(now time.Time) State {
	if s.State != Approved {
		return s.State
	}
	today := calendar.DateOf(now)
	switch {
	case s.DeadlineMissed(now):
		return Void
	case !today.Before(s.Start):
		return InEffect
	}
	return Approved
}

// DeadlineMissed says whether the approval is revoked by R-SET-1: settings are needed, not complete, and
// the day of the stored deadline is over.
func (s Standing) DeadlineMissed(now time.Time) bool {
	return s.State == Approved && !s.Deadline.IsZero() && !s.SettingsComplete &&
		calendar.DateOf(now).After(s.Deadline)
}

// A Refusal says why a command was not carried out. It is one of three: the command is unknown, the state
// is wrong, or the role is; a fourth, the condition, names what else was missing.
type Refusal struct {
	Command   Command
	State     State
	Role      account.Role
	Why       Why
	Condition Condition
}

// Why tells the kinds of refusal apart.
type Why string

// The kinds of refusal.
const (
	UnknownCommand Why = "unknown-command"
	WrongState     Why = "wrong-state"
	WrongRole      Why = "wrong-role"
	NotMet         Why = "condition-not-met"
)

func (r *Refusal) Error() string {
	return fmt.Sprintf("command %q in state %q as %q refused: %s %s", r.Command, r.State, r.Role, r.Why, r.Condition)
}

// Decide says which step of the life cycle a command is for an actor at an instant, or refuses with a
// *Refusal that says which of command, state, role or condition it was. It changes nothing.
func Decide(s Standing, c Command, actor account.Actor, now time.Time) (Step, error) {
	state := s.StateAt(now)
	if c == Revoke && actor.Role == account.Clock && s.DeadlineMissed(now) {
		state = Approved // the clock records what is already true
	}
	refusal := &Refusal{Command: c, State: state, Role: actor.Role, Why: UnknownCommand}
	for _, step := range Lifecycle() {
		if step.Command != c {
			continue
		}
		if refusal.Why == UnknownCommand {
			refusal.Why = WrongState
		}
		if step.From != state {
			continue
		}
		if !slices.Contains(step.By, actor.Role) {
			if refusal.Why == WrongState {
				refusal.Why = WrongRole
			}
			continue
		}
		if s.meets(step.Condition, actor, now) {
			return step, nil
		}
		if !s.concerns(step.Condition) {
			continue // another row says what is missing
		}
		refusal.Why, refusal.Condition = NotMet, step.Condition
	}
	return Step{}, refusal
}

// concerns says whether a condition is one that this application can be asked for: of the two ways to approve the
// rule of four eyes rules out one (R-EX-6).
func (s Standing) concerns(c Condition) bool {
	switch c {
	case ByClaimantNotRegistrant:
		return !s.FourEyes
	case ByOtherThanProposer:
		return s.FourEyes
	}
	return true
}

// meets decides one condition; one case per condition, in the order of their declaration.
func (s Standing) meets(c Condition, actor account.Actor, now time.Time) bool {
	today := calendar.DateOf(now)
	switch c {
	case Always:
		return true
	case ByClaimant:
		return s.Holder == actor.ID
	case ByClaimantOrSupervisor:
		return s.Holder == actor.ID || actor.Role == account.Supervisor
	case ByClaimantNotRegistrant:
		return !s.FourEyes && s.Holder == actor.ID && s.RegisteredBy != actor.ID
	case ByClaimantFourEyes:
		return s.FourEyes && s.Holder == actor.ID && s.RegisteredBy != actor.ID
	case ByOtherThanProposer:
		return s.FourEyes && s.ProposedBy != "" && s.ProposedBy != actor.ID && s.RegisteredBy != actor.ID
	case ByOtherThanClaimant:
		return s.Holder != actor.ID
	case BeforeDeadline:
		return !s.Deadline.IsZero() && !today.After(s.Deadline)
	case BeforeStart:
		return today.Before(s.Start)
	case AfterDeadline:
		return s.DeadlineMissed(now)
	case AfterNinetyDays:
		return !now.Before(calendar.DateOf(s.Touched).AddDays(KeepDays).Start())
	}
	return false
}

// Allowed lists the commands open to an actor at an instant, in the order of the table: the buttons of a
// page and the API's allowed actions.
func Allowed(s Standing, actor account.Actor, now time.Time) []Command {
	var allowed []Command
	for _, c := range Commands() {
		if _, err := Decide(s, c, actor, now); err == nil {
			allowed = append(allowed, c)
		}
	}
	return allowed
}
