package command

import (
	"uketsuke/internal/application"
)

// Acts lists every act that leaves an audit entry, by the name that stands in it: the commands of the life cycle
// and all others.
func Acts() []string {
	var acts []string
	for _, c := range application.Commands() {
		acts = append(acts, string(c))
	}
	return append(acts, otherActs()...)
}

// otherActs are the acts that are no commands.
func otherActs() []string {
	return []string{
		// what time brings
		"begin", "in-effect", "reminder-sent", "reminder-skipped", "announce-end", "end-secrets", "sweep-keys", "set-aside-keys", "bring-back-keys",
		"accept-clock",
		// settings and passwords of the network
		"complete-settings", "read-secrets", "note-secrets", "erase-secrets",
		// signing in, and what somebody signs in with
		"sign-in", "sign-in-failed", "second-factor-failed", "sign-out", "end-session", "end-sessions", "reauthenticate", "set-first-password",
		"set-totp", "remove-totp", "make-recovery-codes", "use-recovery-code", "add-passkey", "remove-passkey", "doubt-passkey", "reset-factors",
		"ask-reset", "ask-reset-in-vain", "ask-address", "change-address", "set-mails", "set-language", "keep-typed",
		// people
		"add-person", "link-person", "withdraw-invitation", "change-role", "stop-person", "reactivate-person", "hand-over-work", "hand-over", "set-up-first",
		"link-identity", "unlink-identity",
		// the centre's day
		"edit-calendar", "publish-notice", "withdraw-notice", "open-notice", "open-news", "set-mode", "set-four-eyes",
		"add-file", "withdraw-file", "fetch-file", "tick-setup", "untick-setup", "add-gateway", "revoke-gateway", "import", "import-usage",
		// mails
		"bounce-mail", "resend-mail", "delay-mail", "see-mail",
		// looking at what belongs to others, and taking it out
		"search", "export", "export-sent", "check-paper-slowed",
		// the log about itself, and the database
		"search-audit", "export-audit", "verify-audit", "prove-entry", "use-log-key", "restate-hand-over", "forget-personal", "drop-entries", "restored", "rotate-key", "retire-key", "accept-ring", "mail-checkpoint",
	}
}
