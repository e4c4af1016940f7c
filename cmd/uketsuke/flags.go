package main

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"regexp"
	"strings"

	"uketsuke/internal/desk"
	"uketsuke/internal/mail"
)

// databaseFlag is the one thing that every command on the data needs.
type databaseFlag struct {
	Database string `default:"uketsuke.db" placeholder:"PATH|URL" env:"UKETSUKE_DATABASE" help:"SQLite file, or postgres://… address. A PostgreSQL password is better put into PGPASSFILE. On another machine the server is verified (sslmode=verify-full) unless the address or PGSSLMODE says otherwise."`
}

// placeFlags say where everything is kept.
type placeFlags struct {
	databaseFlag
	Keys      string `default:"keys" placeholder:"DIR" env:"UKETSUKE_KEYS" help:"Folder of the keys that seal initial passwords. Never part of a backup."`
	Ring      string `placeholder:"URI" env:"UKETSUKE_RING" help:"Token of an HSM that holds the keys instead, as pkcs11:token=LABEL?module-path=FILE&pin-source=FILE; the folder of the keys then holds only the ledger and a lock."`
	Ledger    string `placeholder:"DIR" env:"UKETSUKE_LEDGER" help:"Folder of the ledger of what was given out; ledger beside the keys by default. Never part of a backup."`
	Catalogue string `placeholder:"DIR" env:"UKETSUKE_CATALOGUE" help:"Folder of CSV files laid over the built-in catalogue."`
}

// registrationFlag is the centre as the issuer of invoices.
type registrationFlag struct {
	InvoiceRegistration string `env:"UKETSUKE_INVOICE_REGISTRATION" placeholder:"T0000000000000" help:"The centre's registration number as issuer of qualified invoices (適格請求書); without it invoices are plain ones."`
}

var registrationForm = regexp.MustCompile(`^T\d{13}$`)

// fault wants T and 13 digits; none is not judged.
func (f registrationFlag) fault() error {
	if f.InvoiceRegistration == "" || registrationForm.MatchString(f.InvoiceRegistration) {
		return nil
	}
	return fmt.Errorf("invoice-registration: %q is not T and 13 digits", f.InvoiceRegistration)
}

// operatorFlags are the centre: its name, its help desk, its limits.
type operatorFlags struct {
	registrationFlag
	Service        string `default:"NSS" env:"UKETSUKE_SERVICE" help:"Name of this service, in pages and mails."`
	Centre         string `env:"UKETSUKE_CENTRE" help:"Legal name of the centre."`
	CentreAddress  string `env:"UKETSUKE_CENTRE_ADDRESS" help:"Address of the centre, on the papers."`
	HelpDeskName   string `default:"ヘルプデスク" env:"UKETSUKE_HELP_DESK_NAME" help:"Name of the help desk."`
	HelpDeskPhone  string `env:"UKETSUKE_HELP_DESK_PHONE" help:"Its telephone number."`
	HelpDeskHours  string `env:"UKETSUKE_HELP_DESK_HOURS" help:"When it answers."`
	HelpDeskEmail  string `env:"UKETSUKE_HELP_DESK_EMAIL" help:"Its mail address, if it has one."`
	LoginURL       string `name:"login-url" env:"UKETSUKE_LOGIN_URL" placeholder:"URL" help:"Address of the login page as people reach it, the only address in mails."`
	MailPrefix     string `default:"【NSS】" env:"UKETSUKE_MAIL_PREFIX" help:"Beginning of every subject."`
	MailFrom       string `env:"UKETSUKE_MAIL_FROM" placeholder:"ADDRESS" help:"Send-only address that mails come from."`
	MailReturnPath string `env:"UKETSUKE_MAIL_RETURN_PATH" placeholder:"ADDRESS" help:"Where bounces go; the sender's address by default."`
	RulesVersion   string `env:"UKETSUKE_RULES_VERSION" help:"Version of the rules of use that applicants confirm (R-APP-17)."`
	RulesURL       string `name:"rules-url" env:"UKETSUKE_RULES_URL" placeholder:"URL" help:"Address of the rules of use."`
	CertificateURL string `name:"certificate-url" env:"UKETSUKE_CERTIFICATE_URL" placeholder:"URL" help:"Where client certificates are fetched."`
	SoftwareURL    string `name:"software-url" env:"UKETSUKE_SOFTWARE_URL" placeholder:"URL" help:"Where the package software is fetched."`
	ManualURL      string `name:"manual-url" env:"UKETSUKE_MANUAL_URL" placeholder:"URL" help:"Where the manuals are."`
	MaxCodes       int    `default:"20" env:"UKETSUKE_MAX_CODES" help:"Most new user codes of one application, to 200 (R-APP-7)."`
	MaxFile        int    `default:"50" env:"UKETSUKE_MAX_FILE" help:"Most MB of a file that establishments can fetch."`
	AnswerTarget   int    `default:"2" env:"UKETSUKE_ANSWER_TARGET" help:"Business days within which the centre means to answer."`
}

// operator is the centre as the desk knows it.
func (f operatorFlags) operator() desk.Operator {
	return desk.Operator{
		Mail: mail.Operator{
			Service: f.Service, Prefix: f.MailPrefix, Centre: f.Centre, LoginURL: f.LoginURL, From: f.MailFrom, ReturnPath: f.MailReturnPath,
			HelpDesk: mail.HelpDesk{Name: f.HelpDeskName, Phone: f.HelpDeskPhone, Hours: f.HelpDeskHours, Email: f.HelpDeskEmail},
		},
		Centre: f.Centre, Address: f.CentreAddress, InvoiceRegistration: f.InvoiceRegistration, RulesVersion: f.RulesVersion, RulesURL: f.RulesURL,
		MaxCodes: f.MaxCodes, AnswerTarget: f.AnswerTarget,
		CertificateURL: f.CertificateURL, SoftwareURL: f.SoftwareURL, ManualURL: f.ManualURL, MaxFileMB: f.MaxFile,
	}
}

// faults is everything that is wrong in the centre's settings.
func (f operatorFlags) faults() []error {
	faults := []error{
		given("centre", f.Centre), given("centre-address", f.CentreAddress), given("help-desk-phone", f.HelpDeskPhone),
		given("help-desk-hours", f.HelpDeskHours), given("login-url", f.LoginURL), given("mail-from", f.MailFrom),
		given("rules-version", f.RulesVersion), given("rules-url", f.RulesURL),
		address("login-url", f.LoginURL), address("rules-url", f.RulesURL), address("certificate-url", f.CertificateURL),
		address("software-url", f.SoftwareURL), address("manual-url", f.ManualURL), f.registrationFlag.fault(),
	}
	if f.MaxCodes < 1 || f.MaxCodes > 200 {
		faults = append(faults, fmt.Errorf("max-codes: %d is not between 1 and 200", f.MaxCodes))
	}
	if f.MaxFile < 1 || f.MaxFile > 1000 {
		faults = append(faults, fmt.Errorf("max-file: %d is not between 1 and 1000", f.MaxFile))
	}
	if f.AnswerTarget < 1 {
		faults = append(faults, fmt.Errorf("answer-target: %d is less than one business day", f.AnswerTarget))
	}
	// What is missing is told above, under the settings' own names.
	if err := f.operator().Mail.Check(); err != nil && f.complete() {
		faults = append(faults, err)
	}
	return faults
}

func (f operatorFlags) complete() bool {
	return f.Centre != "" && f.HelpDeskPhone != "" && f.HelpDeskHours != "" && f.LoginURL != "" && f.MailFrom != ""
}

// given wants a setting that has no sensible default.
func given(name, value string) error {
	if strings.TrimSpace(value) == "" {
		return fmt.Errorf("%s: not set", name)
	}
	return nil
}

// address wants an address that a browser can open; "" is not judged.
func address(name, value string) error {
	if value == "" {
		return nil
	}
	at, err := url.Parse(value)
	if err != nil || at.Host == "" || at.Scheme != "https" && at.Scheme != "http" {
		return fmt.Errorf("%s: %q is no address such as https://desk.example.jp/login", name, value)
	}
	return nil
}

// smtpFlags are the mail server. Its password comes from a file or from the environment only: a command line
// can be read by every account of the machine.
type smtpFlags struct {
	SMTPHost         string `name:"smtp-host" env:"UKETSUKE_SMTP_HOST" help:"Mail server."`
	SMTPPort         int    `name:"smtp-port" default:"587" env:"UKETSUKE_SMTP_PORT" help:"Its port."`
	SMTPMode         string `name:"smtp-mode" default:"starttls" placeholder:"MODE" env:"UKETSUKE_SMTP_MODE" help:"starttls, tls, or plain for a server on the same machine."`
	SMTPUser         string `name:"smtp-user" env:"UKETSUKE_SMTP_USER" help:"User name there, if it asks for one."`
	SMTPPasswordFile string `name:"smtp-password-file" placeholder:"FILE" env:"UKETSUKE_SMTP_PASSWORD_FILE" help:"File that holds the password; or put it into the variable UKETSUKE_SMTP_PASSWORD."`
}

// smtpPassword is the variable that holds the mail server's password.
const smtpPassword = "UKETSUKE_SMTP_PASSWORD"

// sender is the way to the mail server.
func (f smtpFlags) sender() (mail.Sender, error) {
	s := mail.Sender{Host: f.SMTPHost, Port: f.SMTPPort, Mode: mail.Mode(f.SMTPMode), Username: f.SMTPUser, Password: os.Getenv(smtpPassword)}
	if f.SMTPPasswordFile != "" {
		if s.Password != "" {
			return s, fmt.Errorf("smtp-password-file: %s is set too", smtpPassword)
		}
		text, err := os.ReadFile(f.SMTPPasswordFile)
		if err != nil {
			return s, fmt.Errorf("smtp-password-file: %w", err)
		}
		s.Password = strings.TrimRight(string(text), "\r\n")
	}
	if f.SMTPHost == "" {
		return s, errors.New("smtp-host: not set")
	}
	return s, s.Check()
}

// listenFlags are the door.
type listenFlags struct {
	Listen      string `default:":8443" placeholder:"HOST:PORT" env:"UKETSUKE_LISTEN" help:"Where browsers are awaited."`
	TLSCert     string `name:"tls-cert" placeholder:"FILE" env:"UKETSUKE_TLS_CERT" help:"Certificate chain in PEM."`
	TLSKey      string `name:"tls-key" placeholder:"FILE" env:"UKETSUKE_TLS_KEY" help:"Its private key in PEM."`
	BehindProxy bool   `env:"UKETSUKE_BEHIND_PROXY" help:"A proxy that ends TLS stands before it, and nobody else can reach it: plain HTTP, caller's address from X-Forwarded-For."`
}

// listenAddress wants HOST:PORT.
func listenAddress(value string) error {
	if _, port, err := net.SplitHostPort(value); err != nil || port == "" {
		return fmt.Errorf("listen: %q is not HOST:PORT", value)
	}
	return nil
}
