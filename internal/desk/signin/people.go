package signin

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"uketsuke/internal/account"
	"uketsuke/internal/calendar"
	"uketsuke/internal/desk/command"
	"uketsuke/internal/problem"
	"uketsuke/internal/store/query"

	"github.com/alexedwards/argon2id"
)

// A Session is what the pages' header shows and what every command needs.
type Session struct {
	Actor                  account.Actor
	Company, Establishment string
	Language               string
	// SignIn is the sign-in that the session stands on. It was last seen, and ends if nobody comes again, at these
	// moments of elapsed time; LastsUntil is when it ends in any case.
	SignIn                     string
	SeenAt, EndsAt, LastsUntil time.Time
	// Mode is the desk's, as of this request.
	Mode command.ModeState
}

// TooManyTries says until when, in real time, no further try is looked at.
type TooManyTries struct{ Until time.Time }

func (t *TooManyTries) Error() string { return "too many tries" }

// ErrWrongPassword says that login or password is wrong, without saying which.
var ErrWrongPassword = errors.New("wrong login or password")

// passwordParams are the costs of argon2id.
func passwordParams() *argon2id.Params {
	return &argon2id.Params{Memory: 19 * 1024, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}
}

// HashPassword hashes a password that was chosen, after waiting its turn in the lane of those who are known: each hash takes 19 MiB
// for a while.
func HashPassword(ctx context.Context, password string) (string, error) {
	lane := friends()
	if err := lane.enter(ctx, lane.marksOf("", "")); err != nil {
		return "", err
	}
	defer lane.leave()
	hash, err := argon2id.CreateHash(account.Prepared(password), passwordParams())
	if err != nil {
		return "", fmt.Errorf("hashing a password: %w", err)
	}
	return hash, nil
}

// prove checks a password. A try is looked at and counted in one stay at the hashing, so that a try sees
// the ones before it: many at once are slowed like one after another. noAccountHash stands for nobody.
func (d *Desk) prove(ctx context.Context, subjects []string, p query.Account, password, from string) error {
	lane := laneOf(subjects)
	crowded, left := arriving.come(from)
	defer left()
	if err := d.MayTry(ctx, subjects); err != nil {
		if crowded && lane == strangers() {
			pause(ctx)
		}
		return err // without waiting for a place
	}
	marks := lane.marksOf(triedOf(subjects), from)
	if err := lane.enter(ctx, marks); err != nil {
		return err
	}
	defer lane.leave()
	if err := d.MayTry(ctx, subjects); err != nil {
		return err
	}
	hash := p.PasswordHash
	if p.Status != "active" {
		hash = noAccountHash
	}
	same, err := isPassword(password, hash)
	if err != nil {
		return err
	}
	if !same || p.Status != "active" {
		lane.missed(marks)
		return d.FailedTry(ctx, subjects, p, from)
	}
	return nil
}

// isPassword compares a password as it is prepared and, where that is something else, as it was typed: so were the
// ones hashed that were set before passwords were prepared.
func isPassword(password, hash string) (bool, error) {
	same, err := argon2id.ComparePasswordAndHash(account.Prepared(password), hash)
	if err == nil && !same && account.Prepared(password) != password {
		same, err = argon2id.ComparePasswordAndHash(password, hash)
	}
	if err != nil {
		return false, fmt.Errorf("comparing a password: %w", err)
	}
	return same, nil
}

// noAccountHash is compared with when there is no such account, so that the answer takes as long. It is
// the hash of a random string that nobody knows.
const noAccountHash = "$argon2id$v=19$m=19456,t=2,p=1$MDEyMzQ1Njc4OWFiY2RlZg$Z0zB2zVZ0m0mB0kqv7fVb0E6bH9c0t0m4y5x1b2n3aQ"

// longestLogin bounds, in bytes, what is looked for and counted: whatever is typed, a try leaves little behind.
const longestLogin = 256

// FoldLogin is a login as it is stored and looked for: small letters, no blanks around it, 256 bytes at most.
func FoldLogin(login string) string {
	return command.Cut(strings.ToLower(strings.TrimSpace(login)), longestLogin)
}

// Reauthenticate checks the actor's password again, before secrets are read and before approvals.
func (d *Desk) Reauthenticate(ctx context.Context, actor account.Actor, password, from string) error {
	p, err := d.DB.Read().GetAccount(ctx, string(actor.ID))
	if err != nil {
		return fmt.Errorf("reading account %s: %w", actor.ID, err)
	}
	if err := d.prove(ctx, []string{ownSubject(p.ID, from)}, p, password, from); err != nil {
		return err
	}
	return d.DoAs(ctx, actor, command.Always, func(a *command.Tx) error {
		if err := ForgetTries(a, ownSubject(p.ID, from)); err != nil {
			return err
		}
		return a.Audit("reauthenticate", nil, nil)
	})
}

// ActorOf is an account as whoever acts.
func ActorOf(p query.Account) account.Actor {
	return account.Actor{ID: account.ID(p.ID), Name: p.Name, Role: account.Role(p.Role), Establishment: string(p.Establishment)}
}

func (d *Desk) sessionOf(ctx context.Context, q command.Reader, p query.Account, signIn query.SignIn) (Session, error) {
	mode, err := command.ModeOf(ctx, q)
	s := Session{Actor: ActorOf(p), Language: p.Language, Mode: mode, SignIn: signIn.ID,
		LastsUntil: signIn.CreatedAt.Add(SessionLongest)}.seen(signIn.SeenAt.Time)
	if p.Establishment == "" || err != nil {
		return s, err
	}
	now, err := d.DeskTime(ctx)
	if err != nil {
		return s, err
	}
	est, err := command.EstablishmentOf(ctx, q, string(p.Establishment), calendar.DateOf(now))
	s.Company, s.Establishment = est.Company, est.Name
	return s, err
}

// SetLanguage keeps the actor's choice of language, "ja" or "en", for pages and mails.
func (d *Desk) SetLanguage(ctx context.Context, actor account.Actor, language string) error {
	if language != "ja" && language != "en" {
		return problem.List{problem.New("language", "R-MAIL-3", "言語は、日本語か英語を選択してください。")}
	}
	return d.DoAs(ctx, actor, command.Always, func(a *command.Tx) error {
		if err := a.Store.SetLanguage(ctx, query.SetLanguageParams{ID: string(actor.ID), Language: language}); err != nil {
			return fmt.Errorf("setting the language: %w", err)
		}
		return a.Audit("set-language", nil, nil)
	})
}
