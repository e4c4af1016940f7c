package mail

import (
	"errors"
	"fmt"
	"net/mail"
	"slices"
	"strings"
	"time"

	"uketsuke/internal/application"
	"uketsuke/internal/calendar"
)

// A Person is the one reader of a mail.
type Person struct {
	Name  string `json:"name"`
	Email string `json:"email"`
	// Department is the reader's; "" in an applicant's own letter is the letter's Department.
	Department string `json:"department,omitempty"`
	// Language is the reader's, such as "ja"; "" and one without letters are Japanese.
	Language string `json:"language,omitempty"`
}

// A Remark is what the centre asks to correct at one item of a returned application. Internal remarks are
// never put here.
type Remark struct {
	Item string `json:"item"` // as the page calls it; "" is the whole application
	Text string `json:"text"`
}

// A Letter is everything that one mail may say: facts, not sentences. It is the JSON payload of an outbox
// row. Which facts a kind cannot do without, Check knows; the others stay zero.
type Letter struct {
	Kind application.Mail `json:"kind"`
	To   Person           `json:"to"`
	// ToAdministrator makes the letter say who the applicant is (R-MAIL-3).
	ToAdministrator bool `json:"to_administrator,omitempty"`
	// WrittenAt is the instant of the event by the desk clock: the mail's date, the same in every attempt.
	WrittenAt time.Time `json:"written_at"`

	Company       string `json:"company"`
	Establishment string `json:"establishment"`
	Department    string `json:"department,omitempty"` // the applicant's
	Applicant     string `json:"applicant,omitempty"`  // 申込担当者

	Receipt string `json:"receipt,omitempty"`
	// RegisteredOn is the day of the registration that Receipt belongs to (申込受付年月日).
	RegisteredOn calendar.Date `json:"registered_on"`
	Items        []string      `json:"items,omitempty"` // 申込内容, as the pages call them
	Desired      calendar.Date `json:"desired"`
	// Start is confirmed by the centre; StartReason says why it is not the wish, or why it was moved.
	Start         calendar.Date `json:"start"`
	StartReason   string        `json:"start_reason,omitempty"`
	PreviousStart calendar.Date `json:"previous_start"`

	// SettingsDeadline is the last day for the system settings; before the approval it is the one that
	// follows from the wish. It is told only while SettingsIncomplete.
	SettingsDeadline   calendar.Date `json:"settings_deadline"`
	SettingsIncomplete bool          `json:"settings_incomplete,omitempty"`

	// Reissue says that new passwords were asked for and nothing else: there is no start date to speak of, and the
	// approval is the completion (R-SEC-9).
	Reissue bool `json:"reissue,omitempty"`

	// IDsIssued says that there are passwords to read, on the days of R-SEC-1 and R-SEC-2 (R-SEC-11).
	IDsIssued   bool          `json:"ids_issued,omitempty"`
	ReadFrom    calendar.Date `json:"read_from"`
	ReadAdvised calendar.Date `json:"read_advised"`
	ReadLast    calendar.Date `json:"read_last"`

	Remarks []Remark `json:"remarks,omitempty"` // of this return, all of them
	// Reason is that of a rejection, or of a void by the centre; "" at a void by the clock.
	Reason string `json:"reason,omitempty"`

	Reader string    `json:"reader,omitempty"` // who has read the passwords first, and when
	ReadAt time.Time `json:"read_at"`

	// Link names the one-time set-up link of an invitation. The link itself is never stored: URL is known only
	// while the mail is being sent, and a letter that is only looked at does not show it.
	Link string `json:"link,omitempty"`
	URL  string `json:"-"`

	// Change is what was done to an account.
	Change *AccountChange `json:"change,omitempty"`

	// Remote is the network address that somebody came from, Agent what the browser calls itself.
	Remote string `json:"remote,omitempty"`
	Agent  string `json:"agent,omitempty"`

	// Checkpoint is a signed checkpoint of the audit log, as it was signed.
	Checkpoint string `json:"checkpoint,omitempty"`

	// ExpiresOn is the day on which a draft is removed or a returned application counts as withdrawn.
	ExpiresOn calendar.Date `json:"expires_on"`
}

// An AccountChange is what somebody did to an account. Person and By are names at that time.
type AccountChange struct {
	Person string `json:"person"`
	By     string `json:"by"`
	// Done is "invite", "role", "stop", "reactivate", "end-sessions" or "hand-over", or the act that changed a credential.
	Done string `json:"done"`
	// PreviousRole and Role are the roles' Japanese names: of a change of role, and of who was invited.
	PreviousRole string `json:"previous_role,omitempty"`
	Role         string `json:"role,omitempty"`
	// Applications is how many were handed over, Successor to whom; "" to nobody.
	Applications int    `json:"applications,omitempty"`
	Successor    string `json:"successor,omitempty"`
}

// A need is a fact that letters of a kind cannot do without.
type need struct {
	fact string // the JSON name of the field
	has  func(Letter) bool
}

// Check says what a letter lacks: an address, or facts that its kind needs. It is asked when the row is
// written, so that no event is recorded whose mail cannot be made.
func (l Letter) Check() error {
	if _, err := parseAddress(l.To); err != nil {
		return fmt.Errorf("letter %q: %w", l.Kind, err)
	}
	needs, known := needsOf(l.Kind, l)
	if !known {
		return fmt.Errorf("letter: no such kind %q", l.Kind)
	}
	var lacking []string
	for _, n := range slices.Concat(needsOfAll(), needs) {
		if !n.has(l) {
			lacking = append(lacking, n.fact)
		}
	}
	if lacking != nil {
		return fmt.Errorf("letter %q: lacks %s", l.Kind, strings.Join(lacking, ", "))
	}
	return nil
}

// needsOfAll are the facts of every letter's head.
func needsOfAll() []need {
	return []need{
		{"to.name", func(l Letter) bool { return l.To.Name != "" }},
		{"company", func(l Letter) bool { return l.Company != "" }},
		// The centre's own people belong to no establishment.
		{"establishment", func(l Letter) bool { return l.Establishment != "" || l.Kind.OfAccount() }},
		{"written_at", func(l Letter) bool { return !l.WrittenAt.IsZero() }},
		{"applicant", func(l Letter) bool { return !l.ToAdministrator || l.Applicant != "" }},
	}
}

// needsOf are the facts that one letter of a kind needs besides, and whether there is such a kind.
func needsOf(kind application.Mail, l Letter) (needs []need, known bool) {
	receipt := []need{
		{"receipt", func(l Letter) bool { return l.Receipt != "" }},
		{"registered_on", func(l Letter) bool { return !l.RegisteredOn.IsZero() }},
	}
	expires := need{"expires_on", func(l Letter) bool { return !l.ExpiresOn.IsZero() }}
	reason := need{"reason", func(l Letter) bool { return l.Reason != "" }}
	start := need{"start", func(l Letter) bool { return !l.Start.IsZero() }}
	deadline := need{"settings_deadline", func(l Letter) bool { return !l.SettingsDeadline.IsZero() }}
	switch kind {
	case application.MailDraftExpiring:
		return []need{expires}, true
	case application.MailInvited:
		return []need{expires, {"link", func(l Letter) bool { return l.Link != "" }}}, true
	case application.MailReset, application.MailConfirmAddress:
		return []need{{"link", func(l Letter) bool { return l.Link != "" }}}, true
	case application.MailAuditCheckpoint:
		return []need{{"checkpoint", func(l Letter) bool { return l.Checkpoint != "" }}}, true
	case application.MailNewDevice:
		return []need{{"remote", func(l Letter) bool { return l.Remote != "" }}}, true
	case application.MailAccountChanged, application.MailFactorsChanged, application.MailCredential:
		return []need{{"change", func(l Letter) bool {
			return l.Change != nil && l.Change.Person != "" && l.Change.By != "" && l.Change.Done != ""
		}}}, true
	case application.MailRegistered:
		return append(receipt, need{"desired", func(l Letter) bool { return l.Reissue || !l.Desired.IsZero() }}), true
	case application.MailWithdrawn, application.MailReturnExpired, application.MailSettingsComplete:
		return receipt, true
	case application.MailReturnExpiring:
		return append(receipt, expires), true
	case application.MailReturned:
		return append(receipt, need{"remarks", func(l Letter) bool { return len(l.Remarks) > 0 }}), true
	case application.MailRejected:
		return append(receipt, reason), true
	case application.MailVoid:
		if l.Reason == "" {
			receipt = append(receipt, deadline)
		}
		return receipt, true
	case application.MailApproved, application.MailInEffect:
		return slices.Concat(receipt, []need{start}, needsOfPromises(l)), true
	case application.MailStartDateChanged:
		return slices.Concat(receipt, []need{start,
			{"previous_start", func(l Letter) bool { return !l.PreviousStart.IsZero() }},
			{"start_reason", func(l Letter) bool { return l.StartReason != "" }},
		}, needsOfPromises(l)), true
	case application.MailSettingsReminder:
		return append(receipt, start, deadline), true
	case application.MailPasswordReminder:
		return slices.Concat(receipt, []need{start}, needsOfReading()), true
	case application.MailSecretRead:
		return append(receipt,
			need{"reader", func(l Letter) bool { return l.Reader != "" }},
			need{"read_at", func(l Letter) bool { return !l.ReadAt.IsZero() }}), true
	}
	return nil, false
}

// needsOfPromises are the days that an approved application must name: none if it has nothing to read and
// nothing to complete (R-SEC-11).
func needsOfPromises(l Letter) []need {
	var needs []need
	if l.IDsIssued {
		needs = needsOfReading()
	}
	if l.SettingsIncomplete {
		needs = append(needs, need{"settings_deadline", func(l Letter) bool { return !l.SettingsDeadline.IsZero() }})
	}
	return needs
}

func needsOfReading() []need {
	return []need{
		{"read_from", func(l Letter) bool { return !l.ReadFrom.IsZero() }},
		{"read_advised", func(l Letter) bool { return !l.ReadAdvised.IsZero() }},
		{"read_last", func(l Letter) bool { return !l.ReadLast.IsZero() }},
	}
}

// errAddress is the cause of every refused address; the address itself stays out of logs.
var errAddress = errors.New("no usable mail address")

// parseAddress makes the one header address of a person: an addr-spec in ASCII and nothing beside it. The
// name may hold anything; it is encoded when it is written (R-MAIL-5).
func parseAddress(p Person) (mail.Address, error) {
	local, domain, ok := strings.Cut(p.Email, "@")
	if !ok || !isASCIIWord(local) || domain == "" {
		return mail.Address{}, errAddress
	}
	domain, err := asciiDomain(domain)
	if err != nil {
		return mail.Address{}, errAddress
	}
	parsed, err := mail.ParseAddress(local + "@" + domain)
	if err != nil || parsed.Name != "" || parsed.Address != local+"@"+domain {
		return mail.Address{}, errAddress
	}
	// A backslash in an encoded name is no valid header: a wide one takes its place.
	name := strings.ReplaceAll(oneLine(p.Name), `\`, "＼")
	return mail.Address{Name: name, Address: parsed.Address}, nil
}
