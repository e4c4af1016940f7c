package signin

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"uketsuke/internal/account"
	"uketsuke/internal/audit"
	"uketsuke/internal/desk/command"
	"uketsuke/internal/store"
	"uketsuke/internal/store/column"
	"uketsuke/internal/store/query"
)

// Tries of passwords are slowed, and nobody is kept out by what others try (ASVS 6.3.1). Failures are counted against:
//
//   - a browser that has signed in to the account before: itself alone;
//   - the person of a session, who proves again who it is: account and address, apart from what is tried at the login;
//   - anybody else: the account from one address, which is slowed after a few; the account from anywhere, and the
//     address for any account, which are slowed after many and for a moment only.
//
// So a stranger who tries without end slows other strangers, and the owner only in a browser that the owner never used.
// There a link by mail helps, or a passkey.
const (
	freeTries     = 5
	freeTriesMany = 25
	longestTry    = time.Minute
	longestMany   = 5 * time.Second
	forgetTry     = time.Hour
)

// Subjects end in what no login has in it: logins are small letters without blanks.
func pairOf(login, from string) string { return "pair:" + login + " " + account.Network(from) }

func deviceSubject(login, device string) string { return "pair:" + login + " DEVICE " + device }

func ownSubject(id, from string) string { return "pair:OWN " + id + " " + account.Network(from) }

// subjectsOf are what a try of a login counts against.
func (d *Desk) subjectsOf(ctx context.Context, q command.Reader, p query.Account, login string, by Arrival) ([]string, error) {
	known, err := KnownDevice(ctx, q, p.ID, by.Device)
	if err != nil {
		return nil, err
	}
	if known != "" {
		return []string{deviceSubject(login, known)}, nil
	}
	return []string{pairOf(login, by.From), "login:" + login, "address:" + account.Network(by.From)}, nil
}

// triedOf is the subject that stands for the login whatever address it is tried from: a stranger's second, else the only one.
func triedOf(subjects []string) string { return subjects[min(1, len(subjects)-1)] }

// KnownDevice is a browser's mark as it is kept, "" when it has not signed in to the account before.
func KnownDevice(ctx context.Context, q command.Reader, id, mark string) (string, error) {
	device := deviceOf(id, mark)
	if id == "" || device == "" {
		return "", nil
	}
	known, err := q.KnowsDevice(ctx, query.KnowsDeviceParams{Account: id, Device: device})
	if err != nil {
		return "", fmt.Errorf("looking for a device: %w", err)
	}
	if known == 0 {
		return "", nil
	}
	return device, nil
}

// KnowsBrowser says whether a browser with this mark has signed in to an account.
func (d *Desk) KnowsBrowser(ctx context.Context, id account.ID, mark string) (bool, error) {
	known, err := KnownDevice(ctx, d.DB.Read().Queries, string(id), mark)
	return known != "", err
}

// ForgetTries forgets the failures of subjects that have succeeded.
func ForgetTries(a *command.Tx, subjects ...string) error {
	for _, subject := range subjects {
		if err := a.Store.DeleteTries(a.Ctx, subject); err != nil {
			return fmt.Errorf("forgetting failed tries: %w", err)
		}
	}
	return nil
}

// WaitAfter is how long nothing is looked at after so many failures of a subject: a second, doubled each
// time up to the longest.
func WaitAfter(subject string, failures int64) time.Duration {
	free, longest := int64(freeTriesMany), longestMany
	if strings.HasPrefix(subject, "pair:") {
		free, longest = freeTries, longestTry
	}
	if failures < free {
		return 0
	}
	return min(longest, time.Second<<min(failures-free, 6))
}

// MayTry refuses with a *TooManyTries while one of the subjects waits for its misses (ASVS 6.3.1).
func (d *Desk) MayTry(ctx context.Context, subjects []string) error {
	for _, subject := range subjects {
		tries, err := d.DB.Read().GetTries(ctx, subject)
		if err = store.Missing(err); errors.Is(err, store.ErrNotFound) {
			continue
		} else if err != nil {
			return fmt.Errorf("reading failed tries: %w", err)
		}
		if d.Elapsed().Before(tries.BlockedTo.Time) {
			return &TooManyTries{Until: tries.BlockedTo.Time}
		}
	}
	return nil
}

// FailedTry counts a failure from an address against its subjects, and leaves evidence: of every one at first, then of each
// freeTriesMany-th with their number, so that nobody fills the log.
func (d *Desk) FailedTry(ctx context.Context, subjects []string, p query.Account, from string) error {
	actor := ActorOf(p)
	if p.ID == "" {
		actor = account.Actor{ID: "unknown", Name: "", Role: account.Clock}
	}
	err := d.DoAs(ctx, actor, command.Always, func(a *command.Tx) error {
		most := int64(0)
		for _, subject := range subjects {
			failures, err := Count(a, subject)
			if err != nil {
				return err
			}
			most = max(most, failures)
		}
		if most > freeTriesMany && most%freeTriesMany != 0 {
			return nil
		}
		return a.Audit("sign-in-failed", map[audit.Key]string{audit.Failures: strconv.FormatInt(most, 10)},
			map[audit.Key]string{audit.Remote: from})
	})
	if err != nil {
		return err
	}
	return ErrWrongPassword
}

// Count is how often something was tried or asked for, with this time; pauses of forgetTry begin anew. Whoever counts
// several subjects does so in the same order as others.
func Count(a *command.Tx, subject string) (int64, error) {
	tries, err := TriesOf(a, subject)
	if err != nil {
		return 0, err
	}
	elapsed := a.Runner.Elapsed()
	tries.Failures++
	err = a.Store.PutTries(a.Ctx, query.PutTriesParams{Subject: subject, Failures: tries.Failures, LastAt: column.At(elapsed),
		BlockedTo: column.At(elapsed.Add(WaitAfter(subject, tries.Failures)))})
	if err != nil {
		return 0, fmt.Errorf("counting failed tries: %w", err)
	}
	return tries.Failures, nil
}

// TriesOf are the failures of a subject that still count, locked: whoever else counts it waits.
func TriesOf(a *command.Tx, subject string) (query.SignInTry, error) {
	tries, err := a.Store.LockTries(a.Ctx, query.LockTriesParams{Subject: subject, At: column.At(a.Runner.Elapsed())})
	if err != nil {
		return tries, fmt.Errorf("reading failed tries: %w", err)
	}
	if a.Runner.Elapsed().Sub(tries.LastAt.Time) > forgetTry {
		tries.Failures = 0
	}
	return tries, nil
}

// ForgetTries deletes the failures that count no more.
func (d *Desk) ForgetTries(ctx context.Context) error {
	err := d.DB.InTx(ctx, func(tx *store.Tx) error {
		_, err := tx.DeleteOldTries(ctx, column.At(d.Elapsed().Add(-forgetTry)))
		return err
	})
	if err != nil {
		return fmt.Errorf("forgetting old failures: %w", err)
	}
	return nil
}
