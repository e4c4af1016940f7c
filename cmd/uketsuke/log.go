package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"uketsuke/internal/courier"
	"uketsuke/internal/desk"
)

// auditFlags say how the audit log is kept, and how its checkpoints leave the machine.
type auditFlags struct {
	AuditFile          string        `placeholder:"FILE" env:"UKETSUKE_AUDIT_FILE" help:"File that checkpoints of the audit log are appended to, best on storage that cannot be written over."`
	AuditMail          []string      `placeholder:"ADDRESS" env:"UKETSUKE_AUDIT_MAIL" help:"Addresses that get the last checkpoint once a day."`
	AuditPush          string        `placeholder:"URL" env:"UKETSUKE_AUDIT_PUSH" help:"Address that each checkpoint is posted to, by https; http only on this machine."`
	AuditPushTokenFile string        `placeholder:"FILE" env:"UKETSUKE_AUDIT_PUSH_TOKEN_FILE" help:"File with the bearer token for it."`
	AuditEvery         time.Duration `default:"10m" env:"UKETSUKE_AUDIT_EVERY" help:"How long entries wait at most for a checkpoint."`
	AuditPersonalYears int           `default:"7" env:"UKETSUKE_AUDIT_PERSONAL_YEARS" help:"Years after which personal text of audit entries is removed."`
	AuditTextYears     int           `default:"10" env:"UKETSUKE_AUDIT_TEXT_YEARS" help:"Years after which their text is removed; the tree stays verifiable."`
}

// policy is how the log is kept.
func (f auditFlags) policy() desk.LogPolicy {
	return desk.LogPolicy{CheckpointEvery: f.AuditEvery, MailTo: f.AuditMail, PersonalYears: f.AuditPersonalYears, TextYears: f.AuditTextYears}
}

// fault is what is wrong in these settings.
func (f auditFlags) fault() error {
	switch {
	case f.AuditEvery != 0 && f.AuditEvery < time.Second: // 0 is the default
		return fmt.Errorf("audit-every: %v is less than a second", f.AuditEvery)
	case f.AuditPersonalYears < 0 || f.AuditTextYears < f.AuditPersonalYears:
		return errors.New("audit-personal-years, audit-text-years: whole years, and text not shorter than personal text")
	case f.AuditPush == "" && f.AuditPushTokenFile != "":
		return errors.New("audit-push-token-file: without audit-push there is no use for it")
	}
	return nil
}

// ways are the configured ways out.
func (f auditFlags) ways() ([]desk.Way, error) {
	var ways []desk.Way
	if f.AuditFile != "" {
		ways = append(ways, courier.File{Path: f.AuditFile})
	}
	if f.AuditPush == "" {
		return ways, nil
	}
	token := ""
	if f.AuditPushTokenFile != "" {
		text, err := os.ReadFile(f.AuditPushTokenFile)
		if err != nil {
			return nil, fmt.Errorf("audit-push-token-file: %w", err)
		}
		token = strings.TrimSpace(string(text))
	}
	push, err := courier.NewPush(f.AuditPush, token)
	if err != nil {
		return nil, fmt.Errorf("audit-push: %w", err)
	}
	return append(ways, push), nil
}

// How often the log is looked after. Entries that have committed wait no longer than this for their places.
const (
	logEvery  = 5 * time.Second
	sendEvery = 10 * time.Second
)

// keepLog gives audit entries their places and signs checkpoints, until ctx ends.
func (s *service) keepLog(ctx context.Context) {
	every(ctx, logEvery, func() {
		if err := s.logRound(ctx); err != nil && ctx.Err() == nil {
			s.log.ErrorContext(ctx, "keeping the audit log", "error", err)
		}
	})
}

// logRound is a round of the log's work, without what goes by the desk clock while that is doubted.
func (s *service) logRound(ctx context.Context) error {
	if s.inDoubt() {
		return s.desk.KeepLogInDoubt(ctx)
	}
	return s.desk.KeepLog(ctx)
}

// sendCheckpoints takes checkpoints out of the machine. It is apart from what keeps the log: an address that
// hangs holds up nothing else.
func (s *service) sendCheckpoints(ctx context.Context) {
	every(ctx, sendEvery, func() {
		if err := s.desk.SendCheckpoints(ctx); err != nil && ctx.Err() == nil {
			s.log.WarnContext(ctx, "sending checkpoints", "error", err)
		}
	})
}

// verifyLog carries out verifications that were asked for.
func (s *service) verifyLog(ctx context.Context) {
	every(ctx, logEvery, func() {
		if err := s.desk.VerifyAsked(ctx); err != nil && ctx.Err() == nil {
			s.log.ErrorContext(ctx, "verifying the audit log", "error", err)
		}
	})
}
