package desk

import (
	"time"

	"uketsuke/internal/account"
	"uketsuke/internal/application"
	"uketsuke/internal/calendar"
	"uketsuke/internal/catalogue"
	"uketsuke/internal/contract"
	"uketsuke/internal/secret"
	"uketsuke/internal/userid"
)

// What pages show. Every struct here is made for an actor and holds nothing that actor may not see.

// An Establishment is the contract unit as of today.
type Establishment struct {
	ID, Company, CompanyKana, Name, NameKana      string
	Region                                        string
	Abbreviations                                 []string
	PostalCode, Address, Phone, Fax, EmergencyFax string
	SignatoryPosition, SignatoryName              string
	Administrators                                []Person
}

// A Person is an account as others may see it.
type Person struct {
	ID                                                 account.ID
	Name, NameKana, Department, Position, Phone, Email string
	Role                                               account.Role
}

// A TopMenu is page E2.
type TopMenu struct {
	Establishment Establishment
	News          []News
	// Notices are those of the centre that are shown today, unread first.
	Notices []Notice
	// Todo is what needs doing, most urgent first.
	Todo []Todo
}

// A News item is a line of 新着情報.
type News struct {
	ID, Application, Receipt, Subject string
	At                                time.Time
	Unread                            bool
}

// TodoKind tells what needs doing.
type TodoKind string

// The kinds of what needs doing on the top menu.
const (
	TodoReturned  TodoKind = "returned"  // correct and register again; Day is the last day for it
	TodoSettings  TodoKind = "settings"  // complete the settings; Day is the deadline
	TodoPasswords TodoKind = "passwords" // unread passwords; Day is the last reading day
	TodoDraft     TodoKind = "draft"     // a draft that is not registered; Day is the day it is removed
	TodoVoid      TodoKind = "void"      // void by the deadline and not begun anew; Day is the deadline
	TodoSetup     TodoKind = "setup"     // U業務 that are not ticked; Day is the last day of this reminder
)

// A Todo is one thing that needs doing.
type Todo struct {
	Kind                 TodoKind
	Application, Receipt string
	Items                string
	Day                  calendar.Date
	// BusinessDaysLeft counts from today to Day, Day included.
	BusinessDaysLeft int
	// Done of All steps are ticked, for TodoSetup.
	Done, All int
}

// A ContractPage is page E3: the contract as of a day, and what is coming.
type ContractPage struct {
	Establishment Establishment
	On            calendar.Date
	Today         calendar.Date
	Contract      contract.Contract
	Coming        []contract.Change
}

// A StartPage is what E4 and E5 need: kinds to choose from, and the possible days.
type StartPage struct {
	Kinds            []catalogue.Kind
	BaseDay          calendar.Date
	Earliest, Latest calendar.Date
	// Days are the business days from Earliest to Latest.
	Days  []calendar.Date
	Today calendar.Date
	// Closed are the days of the months from Earliest to Latest that are no business days.
	Closed map[calendar.Date]ClosedDay
}

// A ClosedDay names the reason for which a day is no business day (R-CAL-1).
type ClosedDay struct{ ja, en string }

// Japanese is the reason in Japanese, such as 元日.
func (c ClosedDay) Japanese() string { return c.ja }

// English is the reason in English; a closing day keeps the name that the centre gave it.
func (c ClosedDay) English() string { return c.en }

// A ListPage is page E12 or the queue of C1.
type ListPage struct {
	Rows []ListRow
	// Next is the key of the next page, "" when there is none.
	Next string
}

// A ListRow is one application in a list.
type ListRow struct {
	ID, Receipt, Items      string
	Company, Establishment  string
	State                   application.State
	With                    string // who has it now, in words of the glossary
	Holder                  account.ID
	HolderName              string
	Desired, Start          calendar.Date
	CreatedAt, RegisteredAt time.Time
	Waiting                 int // business days at the centre, rounds before included, while it is there
	Left                    int // business days until the target; negative when overdue
	Overdue                 bool
	Version                 int64
	SettingsDeadline        calendar.Date
	SettingsComplete        bool
}

// An Order is what a list of applications is sorted by; equal ones stand in the order of their making.
type Order string

// The orders of the lists. Of a list of states each state stands by itself, in the order of a life, and by
// registration within.
const (
	OrderCreated    Order = "created"
	OrderReceipt    Order = "receipt"
	OrderRegistered Order = "registered"
	OrderDesired    Order = "desired"
	OrderStart      Order = "start"
	OrderState      Order = "state"
	OrderWaiting    Order = "waiting" // longest at the centre first, when ascending: due soonest
)

// Orders lists every order.
func Orders() []Order {
	return []Order{OrderCreated, OrderReceipt, OrderRegistered, OrderDesired, OrderStart, OrderState, OrderWaiting}
}

// A ListQuery chooses what a list shows; every field that is not zero narrows it, all together.
type ListQuery struct {
	// States are states as shown, InEffect included; none means all.
	States []application.State
	// Kind is the key of an item that the latest registration asks for.
	Kind string
	// RegisteredFrom and RegisteredTo are the first and the last day of registration.
	RegisteredFrom, RegisteredTo calendar.Date
	// StartFrom and StartTo are the first and the last start date: the confirmed one, before that the wish.
	StartFrom, StartTo calendar.Date
	Search             string
	After              string
	// Order is "" for the list's own: E12's newest first, the desk's queues by what is due first, everything
	// by registration.
	Order      Order
	Descending bool
	// Queue is "mine", "unclaimed" or "all" of what waits at the desk, or "found" for every state.
	Queue string
}

// A Case is one application with everything the actor may see of it: pages E7 to E14 and C2, C3.
type Case struct {
	ID            string
	Establishment Establishment
	// State is the state as of now, Stored the one in the database.
	State, Stored application.State
	Version       int64
	Round         int
	Receipt       string
	Items         string
	With          string
	// Draft is what is worked on; only while a draft or returned, and only for the establishment.
	Draft application.Draft
	// Document is the draft's for a draft or returned application as the establishment sees it,
	// otherwise the latest registered one.
	Document application.Document
	Settings application.Settings
	// Tabs and completeness per placeholder.
	CodeSettings []CodeSettings
	// SettingsNeeded says whether any tab is to be filled; SettingsComplete whether all are right.
	SettingsNeeded, SettingsComplete bool
	Rows                             []application.TableRow
	Legend                           []string

	CreatedAt, RegisteredAt, ApprovedAt, EndedAt, TouchedAt time.Time
	RegisteredBy                                            account.ID
	Registrant                                              string
	Digest                                                  string
	Holder                                                  account.ID
	HolderName                                              string
	Desired, Start                                          calendar.Date
	StartReason                                             string
	EndReason                                               string
	SettingsDeadline                                        calendar.Date
	// EarliestChange is the first day to which the start date can be moved today (R-EX-9), for the centre;
	// zero when there is no start date to move.
	EarliestChange calendar.Date
	// WishDeadline is the deadline if the start is as wished, for what is said before the approval; zero
	// without a wish or a need.
	WishDeadline calendar.Date
	// ExpiresOn is the day on which an untouched draft or unanswered return ends.
	ExpiresOn calendar.Date

	// FourEyes says that the approval takes two people (R-EX-6); Proposal is what the first of them proposed, only
	// for the centre.
	FourEyes bool
	Proposal *Proposal
	// Allowed are the commands open to the actor now.
	Allowed []application.Command

	Versions []Version
	Events   []Event
	// Remarks are those of returns, newest round first; Internal only for the centre.
	Remarks  []RemarkView
	Internal []RemarkView

	// Issued are the codes and IDs that this application brought, from the approval on.
	Issued []IssuedCode
	// Reading is about the passwords; nil when none were issued.
	Reading *Reading
	// ContractThen is the contract as of the confirmed start date (or the wish), nil before approval for
	// the centre's lists.
	ContractThen *contract.Contract

	// Mails are the application's outbox rows, for the centre; the establishment gets those that did not
	// arrive.
	Mails []MailRow
	// Today is the day of the desk clock, Now its reading.
	Today calendar.Date
	Now   time.Time
}

// CodeSettings says how far the settings of one code are.
type CodeSettings struct {
	Placeholder int
	Tabs        []TabState
	Complete    bool
}

// TabState is one settings tab of a code.
type TabState struct {
	Tab, Title string
	Fields     []catalogue.Field
	Values     map[string]string
	Complete   bool
	// Missing are the labels of required fields that are empty.
	Missing []string
}

// A Version is one registration.
type Version struct {
	Round        int
	Receipt      string
	Digest       string
	Document     application.Document
	RegisteredAt time.Time
	Registrant   string
}

// An Event is one line of the history.
type Event struct {
	At        time.Time
	ActorName string
	Role      account.Role
	Kind      string // a command's name, or what the clock did
	State     application.State
	Round     int
	Detail    map[string]string
	Internal  bool
}

// A RemarkView is a remark of an examiner.
type RemarkView struct {
	Round  int
	Item   string // field path, "" for the whole
	Label  string // the item in words
	Body   string
	ByName string
	At     time.Time
}

// An IssuedCode is a user code with its IDs.
type IssuedCode struct {
	Placeholder int
	Code        userid.Code
	Category    string
	IDs         []IssuedID
}

// An IssuedID is one user ID, without secrets.
type IssuedID struct {
	ID           userid.ID
	Number       userid.Number
	Trades       []string // catalogue keys
	Method       string
	SingleSignOn bool
}

// A Reading is what may be said about the passwords of an application without showing them.
type Reading struct {
	Period   secret.Period
	Readable bool // now, by the period and because the secrets still exist
	Ended    bool
	MayRead  bool // this actor
	Noted    bool // this actor pressed 控えました
	Readings []SecretReading
}

// A SecretReading is one act of reading.
type SecretReading struct {
	Reader string
	At     time.Time
	IDs    int
}

// An IDNotice is the answer to reading the secrets: the only value that holds them in clear. Whoever has one forgets it.
type IDNotice struct {
	Case Case
	IDs  []RevealedID
}

// A RevealedID is a user ID with its initial passwords.
type RevealedID struct {
	IssuedID
	// Replaced says that the passwords were issued again since, so that these are dead (R-SEC-9).
	Replaced               bool
	Password, UserPassword []byte
}

// A MailRow is an outbox row on C3 and C7.
type MailRow struct {
	ID                   string
	Kind                 application.Mail
	Application, Receipt string // Receipt on C7 only
	Recipient            string
	At                   time.Time
	Status               MailStatus
	Attempts             int
	Reply                string // of the server that we hand mails to
	AcceptedAt, RetryAt  time.Time
	FailedAt, BouncedAt  time.Time
	// DelayedAt is when a server on the way said that it still tries, zero unless that is the last word.
	DelayedAt time.Time
	Bounce    string // what came back, in the words of a foreign server
	Seen      bool   // somebody has taken note of a failure or return
	ResendOf  string // the mail that this one repeats
}

// FewCodes is how many free user codes are few: from here on the examiner is warned (R-ID-7).
const FewCodes = 5

// An Examination is page C2 beside the Case.
type Examination struct {
	Case   Case
	Checks []application.Check
	// Planned are the codes and numbers as they would be issued now (R-ID-7).
	Planned []IssuedCode
	// CodesLeft is how many user codes are still free for the company in the region, those planned
	// included (R-ID-7).
	CodesLeft int
	// Earliest is the first possible start date and EarliestReason why, when it is not the wish (R-EX-9).
	Earliest       calendar.Date
	EarliestReason string
	// Deadline and LastReading follow from Earliest.
	Deadline, LastReading calendar.Date
	// Since is what changed since the version before, ToContract what changes in the contract.
	Since []application.Difference
	// Earlier are the establishment's other applications.
	Earlier []ListRow
	// MayApprove is false with WhyNot when the actor registered it, or is not its claimant.
	WhyNot string
}
