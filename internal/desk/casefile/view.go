package casefile

import (
	"time"

	"uketsuke/internal/account"
	"uketsuke/internal/application"
	"uketsuke/internal/calendar"
	"uketsuke/internal/catalogue"
	"uketsuke/internal/contract"
	"uketsuke/internal/desk/command"
	"uketsuke/internal/desk/mailroom"
	"uketsuke/internal/secret"
	"uketsuke/internal/userid"
)

// A ListPage is the list of applications or the queue.
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
	// Order is "" for the list's own: the establishment's newest first, the desk's queues by what is due first, everything
	// by registration.
	Order      Order
	Descending bool
	// Queue is "mine", "unclaimed" or "all" of what waits at the desk, or "found" for every state.
	Queue string
}

// A Case is one application with everything the actor may see of it: what the pages of an application show.
type Case struct {
	ID            string
	Establishment command.Establishment
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
	Mails []mailroom.MailRow
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
