package mail

import (
	"errors"
	"fmt"
	"strings"
)

// An Operator is the centre as its letters name it: configuration, none of it typed by users.
type Operator struct {
	Service string `json:"service"` // "NSS"
	Prefix  string `json:"prefix"`  // of every subject: "【NSS】"
	Centre  string `json:"centre"`  // the sender as readers know it
	// HelpDesk stands at the foot of every letter.
	HelpDesk HelpDesk `json:"help_desk"`
	// LoginURL is the portal's login page: the only address in a letter, since a link to more could be
	// opened by a mail scanner.
	LoginURL string `json:"login_url"`
	// From is the send-only address; its domain is that of the Message-IDs.
	From string `json:"from"`
	// ReturnPath is where bounces go; "" is From.
	ReturnPath string `json:"return_path,omitempty"`
	// BounceDomain is the domain whose mail comes back to this installation: then every mail has a return
	// path of its own there, and ReturnPath is not used. "" for none: then nobody here learns of bounces.
	BounceDomain string `json:"bounce_domain,omitempty"`
}

// A HelpDesk is whom to call; without Email there is no line for it.
type HelpDesk struct {
	Name  string `json:"name"`
	Phone string `json:"phone"`
	Hours string `json:"hours"`
	Email string `json:"email,omitempty"`
}

// Check says what is missing or unusable in the configuration, all of it at once.
func (op Operator) Check() error {
	var errs []error
	for _, f := range []struct{ name, value string }{
		{"service", op.Service}, {"centre", op.Centre}, {"login URL", op.LoginURL},
		{"help desk's name", op.HelpDesk.Name}, {"help desk's phone", op.HelpDesk.Phone}, {"help desk's hours", op.HelpDesk.Hours},
	} {
		if strings.TrimSpace(f.value) == "" {
			errs = append(errs, fmt.Errorf("mail: no %s", f.name))
		}
	}
	if oneLine(op.Prefix) != op.Prefix {
		errs = append(errs, errors.New("mail: the subject's prefix is not one clean line"))
	}
	for _, f := range []struct{ name, value string }{{"sender", op.From}, {"return path", op.returnPath()}} {
		if _, err := parseAddress(Person{Email: f.value}); err != nil {
			errs = append(errs, fmt.Errorf("mail: %s %q: %w", f.name, f.value, err))
		}
	}
	if _, err := parseAddress(Person{Email: "bounce@" + op.BounceDomain}); op.BounceDomain != "" && err != nil {
		errs = append(errs, fmt.Errorf("mail: domain of bounces %q: %w", op.BounceDomain, err))
	}
	return errors.Join(errs...)
}

func (op Operator) returnPath() string {
	if op.ReturnPath != "" {
		return op.ReturnPath
	}
	return op.From
}

// MessageID is the Message-ID of an outbox row, without angle brackets: the same in every attempt
// (R-MAIL-4). The row's id is made by us, of letters, digits and "-".
func (op Operator) MessageID(job string) string {
	from, err := parseAddress(Person{Email: op.From})
	if err != nil {
		return job + "@localhost"
	}
	_, domain, _ := strings.Cut(from.Address, "@")
	return job + "@" + domain
}
