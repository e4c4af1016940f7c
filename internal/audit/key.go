package audit

// A Key names a detail of an entry. The set is fixed: a fact that needs a new key is looked at once, here,
// whether it may stand in evidence for ever. No key is for a secret, a key of the ring, a one-time link or
// a session.
type Key string

// Keys of Detail: facts about things.
const (
	Receipt         Key = "receipt"           // receipt number
	Version         Key = "version"           // of the application's content
	Digest          Key = "digest"            // of a frozen content, a paper or a file
	State           Key = "state"             // the state after the act
	StateBefore     Key = "state_before"      // and before
	DesiredStart    Key = "desired_start"     // 利用開始希望日
	StartDate       Key = "start_date"        // 利用開始日
	StartDateBefore Key = "start_date_before" // before it was changed
	Deadline        Key = "settings_deadline"
	LastReadingDay  Key = "last_reading_day"
	UserCodes       Key = "user_codes" // how many
	UserIDs         Key = "user_ids"   // how many
	Receipts        Key = "receipts"   // how many
	Invoices        Key = "invoices"   // how many
	Mails           Key = "mails"      // how many
	LogSize         Key = "log_size"   // entries of the log at a published checkpoint
	Remarks         Key = "remarks"    // how many
	Code            Key = "code"       // a user code, or a placeholder
	Tab             Key = "tab"        // of the system settings
	Complete        Key = "complete"   // "true" or "false"
	Role            Key = "role"       // of an account that is made or changed
	RoleBefore      Key = "role_before"
	Holder          Key = "holder"     // the account that held an application before
	Successor       Key = "successor"  // the account that takes over
	Paper           Key = "paper"      // kind of a paper
	Rows            Key = "rows"       // how many rows were exported, found or imported
	Keys            Key = "keys"       // how many keys were destroyed
	TrueInstant     Key = "true_since" // when a thing recorded now became true
	Day             Key = "day"        // a closing day
	RulesVersion    Key = "rules_of_use"
	Mode            Key = "mode" // how: "clock", "job", "command line"
	Kind            Key = "kind" // of a thing: "certificate", "software"
	Terminal        Key = "terminal"
	SetupStep       Key = "setup_step"  // U業務
	Scope           Key = "scope"       // of a gateway
	Month           Key = "month"       // of metered usage
	MailStatus      Key = "mail_status" // why a mail came back, such as "5.1.1"
	Bound           Key = "bound"       // of retention: what stands before this leaf
	Size            Key = "size"        // of the log, in leaves
	DayTo           Key = "day_to"      // the last of several days
	SigningKey      Key = "signing_key" // public half
	Findings        Key = "findings"    // how many
	Failures        Key = "failures"    // how many within the last hour, this one too
)

// Keys of Personal: what a person typed, or what tells of one.
const (
	Reason  Key = "reason"
	Name    Key = "name"
	Address Key = "address" // mail address
	Search  Key = "search"  // what was searched for
	File    Key = "file"    // name of a file
	Remote  Key = "remote"  // network address
)

var details = set(Receipt, Version, Digest, State, StateBefore, DesiredStart, StartDate, StartDateBefore, Deadline,
	LastReadingDay, UserCodes, UserIDs, Receipts, Invoices, Mails, LogSize, Remarks, Code, Tab, Complete, Role, RoleBefore, Holder, Successor, Paper, Rows, Keys, TrueInstant,
	Day, RulesVersion, Mode, Kind, Terminal, SetupStep, Scope, Month, MailStatus, Bound, Size, DayTo, SigningKey, Findings, Failures)

var personals = set(Reason, Name, Address, Search, File, Remote)

func set(keys ...Key) map[Key]bool {
	in := make(map[Key]bool, len(keys))
	for _, k := range keys {
		in[k] = true
	}
	return in
}
