package signin

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"

	"uketsuke/internal/account"
	"uketsuke/internal/application"
	"uketsuke/internal/audit"
	"uketsuke/internal/desk/command"
	"uketsuke/internal/mail"
	"uketsuke/internal/store"
	"uketsuke/internal/store/column"
	"uketsuke/internal/store/query"
)

// How long a session lives, in elapsed time (R-CAL-3): without a visit, and in all. The last visit is noted
// at most every SessionNoted, so that reading pages does not write.
const (
	SessionIdle    = 30 * time.Minute
	SessionLongest = 12 * time.Hour
	SessionNoted   = 5 * time.Minute
)

// A Need is what must still come after a right password.
type Need string

// The needs.
const (
	NeedsNothing Need = ""
	NeedsSecond  Need = "second-factor" // one that the person has
	NeedsFactor  Need = "factor"        // one must be set up first: the role does not do without
)

// A Proof says that login and password were right. Nobody is signed in by it: SignedIn does that, once
// nothing is needed any more.
type Proof struct {
	Account account.ID
	Needs   Need
	// How is the first step, "password" or "oidc".
	How string
	// Epoch is that of the account's password: another password, and the proof is over.
	Epoch string
}

// EpochOf changes with the password of an account, and tells nothing of it.
func EpochOf(p query.Account) string {
	sum := sha256.Sum256([]byte(p.ID + "\n" + p.PasswordHash))
	return hex.EncodeToString(sum[:])
}

// proven is a proof of somebody as of what was read of the account.
func proven(ctx context.Context, q command.Reader, p query.Account, how string) (Proof, error) {
	needs, err := NeedOf(ctx, q, p)
	return Proof{Account: account.ID(p.ID), Needs: needs, How: how, Epoch: EpochOf(p)}, err
}

// SignIn checks login and password. by says from where; How is not yet known. Tries are slowed (tries.go). A wrong
// login and a wrong password are told apart neither by text nor by time.
func (d *Desk) SignIn(ctx context.Context, login, password string, by Arrival) (Proof, error) {
	login = FoldLogin(login)
	q := d.DB.Read().Queries
	p, err := q.GetAccountByLogin(ctx, login)
	if err = store.Missing(err); err != nil && !errors.Is(err, store.ErrNotFound) {
		return Proof{}, fmt.Errorf("reading an account: %w", err)
	}
	subjects, err := d.subjectsOf(ctx, q, p, login, by)
	if err == nil {
		err = d.prove(ctx, subjects, p, password, by.From)
	}
	if err != nil {
		return Proof{}, err
	}
	proof, err := proven(ctx, q, p, "password")
	if err == nil && proof.Needs == NeedsNothing && account.Length(password) < leastOf(NeedsNothing) {
		return Proof{}, ErrShortPassword
	}
	return proof, err
}

// ErrShortPassword says that a right password is not enough any more: it was chosen beside a second factor, which is gone
// (ASVS 6.2.1). A longer one is set through a link by mail.
var ErrShortPassword = errors.New("the password is too short to do without a second factor")

// An Arrival is how and from where somebody has come in.
type Arrival struct {
	How string // "password", "password+totp", "password+recovery", "password+passkey", "passkey", "oidc" or "oidc+…"
	// From is the network address, Agent what the browser calls itself, Device the mark that it keeps, ""
	// without one. The mark is kept hashed.
	From, Agent, Device string
	// Epoch is that of the Proof before it, "" where there was none.
	Epoch string
}

// mostAgent bounds, in bytes, what is kept of a browser's own name.
const mostAgent = 256

// SignedIn is the one end of every successful sign-in: it makes the session's row, forgets the failures, and
// leaves evidence. ErrNotFound: the account was stopped, or has another password, meanwhile; ErrForbidden: a password alone is not enough for it.
func (d *Desk) SignedIn(ctx context.Context, id account.ID, by Arrival) (Session, error) {
	p, err := ActiveAccount(ctx, d.DB.Read().Queries, id)
	if err != nil {
		return Session{}, err
	}
	var signIn query.SignIn
	err = d.DoAs(ctx, ActorOf(p), command.Always, func(a *command.Tx) error {
		if p, err = ActiveAccount(ctx, a.Store.Queries, id); err != nil {
			return err
		}
		if by.Epoch != "" && by.Epoch != EpochOf(p) {
			return command.ErrNotFound // another password since it was proven
		}
		if err := sufficient(ctx, a.Store.Queries, p, by); err != nil {
			return err
		}
		if signIn, err = beginSignIn(a, p, by); err != nil {
			return err
		}
		if err := ForgetTries(a, pairOf(p.Login, by.From), deviceSubject(p.Login, signIn.Device)); err != nil {
			return err
		}
		if err := knowDevice(a, p, signIn); err != nil {
			return err
		}
		return a.Audit("sign-in", map[audit.Key]string{audit.Mode: by.How}, map[audit.Key]string{audit.Remote: by.From})
	})
	if err != nil {
		return Session{}, err
	}
	return d.sessionOf(ctx, d.DB.Read().Queries, p, signIn)
}

// ActiveAccount is an account that may sign in; ErrNotFound: it was stopped, or nobody has taken it yet.
func ActiveAccount(ctx context.Context, q command.Reader, id account.ID) (query.Account, error) {
	p, err := q.GetAccount(ctx, string(id))
	if err = store.Missing(err); errors.Is(err, store.ErrNotFound) || err == nil && p.Status != "active" {
		return p, command.ErrNotFound
	} else if err != nil {
		return p, fmt.Errorf("reading account %s: %w", id, err)
	}
	return p, nil
}

// beginSignIn writes the row of a sign-in.
func beginSignIn(a *command.Tx, p query.Account, by Arrival) (query.SignIn, error) {
	id, err := a.Runner.NewID()
	if err != nil {
		return query.SignIn{}, err
	}
	at := column.At(a.Runner.Elapsed())
	how := by.How
	if strings.HasPrefix(how, "oidc") {
		how = "oidc" // what came besides stands in the evidence
	}
	s := query.SignIn{ID: id, Account: p.ID, How: how, Address: by.From, Agent: command.Cut(Plain(by.Agent), mostAgent),
		Device: deviceOf(p.ID, by.Device), CreatedAt: at, SeenAt: at}
	err = a.Store.InsertSignIn(a.Ctx, query.InsertSignInParams{ID: s.ID, Account: s.Account, How: s.How, Address: s.Address,
		Agent: s.Agent, Device: s.Device, CreatedAt: at, SeenAt: at})
	if err != nil {
		return s, fmt.Errorf("writing a sign-in: %w", err)
	}
	return s, nil
}

// knowDevice notes the browser of a sign-in, and tells the person of one that is not known. The first one of an
// account is not told of: there is nothing it could differ from.
func knowDevice(a *command.Tx, p query.Account, s query.SignIn) error {
	seen, err := a.Store.SeeDevice(a.Ctx, query.SeeDeviceParams{Account: p.ID, Device: s.Device, LastAt: s.CreatedAt})
	switch {
	case err != nil:
		return fmt.Errorf("noting a device: %w", err)
	case seen == 1:
		return nil
	}
	known, err := a.Store.CountDevices(a.Ctx, p.ID)
	if err != nil {
		return fmt.Errorf("counting the devices of %s: %w", p.ID, err)
	}
	if err := a.Store.InsertDevice(a.Ctx, query.InsertDeviceParams{Account: p.ID, Device: s.Device, At: s.CreatedAt}); err != nil {
		return fmt.Errorf("noting a device: %w", err)
	}
	if known == 0 {
		return nil
	}
	a.Event = s.ID
	return tellOfAccount(a, application.MailNewDevice, p, p.Email, func(l *mail.Letter) { l.Remote, l.Agent = cmp.Or(s.Address, "-"), account.Browser(s.Agent) })
}

// Plain is a text that anybody may have sent, without what no page or database takes.
func Plain(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, ""))
}

// deviceOf is a browser's mark as it is kept: another one for each account, so that rows do not tell who shares
// a computer.
func deviceOf(account, mark string) string {
	if mark == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(account + " " + mark))
	return hex.EncodeToString(sum[:])
}

// Actor reads, on every request, sign-in and account of a session anew: who was stopped, and whose session has
// ended or lasted too long, is out at once. It is ErrNotFound then.
func (d *Desk) Actor(ctx context.Context, signIn string) (Session, error) {
	q := d.DB.Read().Queries
	row, err := q.GetSignedIn(ctx, signIn)
	if err = store.Missing(err); errors.Is(err, store.ErrNotFound) {
		return Session{}, command.ErrNotFound
	} else if err != nil {
		return Session{}, fmt.Errorf("reading the sign-in %s: %w", signIn, err)
	}
	s, err := d.sessionOf(ctx, q, row.Account, row.SignIn)
	if err == nil && !d.Elapsed().Before(s.EndsAt) {
		return Session{}, command.ErrNotFound
	}
	return s, err
}

// Seen notes a visit, which puts the session's end off. It is no act of a person and leaves no evidence.
func (d *Desk) Seen(ctx context.Context, s Session) (Session, error) {
	at := d.Elapsed()
	err := d.DB.InTx(ctx, func(tx *store.Tx) error {
		return tx.SeeSignIn(ctx, query.SeeSignInParams{ID: s.SignIn, SeenAt: column.At(at)})
	})
	if err != nil {
		return s, fmt.Errorf("noting a visit: %w", err)
	}
	return s.seen(at), nil
}

// seen is the session as of a visit.
func (s Session) seen(at time.Time) Session {
	s.SeenAt, s.EndsAt = at, at.Add(SessionIdle)
	if s.LastsUntil.Before(s.EndsAt) {
		s.EndsAt = s.LastsUntil
	}
	return s
}

// SignOut ends the actor's own session by the actor's wish.
func (d *Desk) SignOut(ctx context.Context, actor account.Actor, signIn string) error {
	return d.DoAs(ctx, actor, command.Always, func(a *command.Tx) error {
		if _, err := endSignIn(a, signIn, "sign-out"); err != nil {
			return err
		}
		return a.Audit("sign-out", nil, nil)
	})
}

// A SignIn is one session of an account, as its owner sees it.
type SignIn struct {
	ID, How, Address, Browser string
	At, Seen                  time.Time
}

// SignIns lists the actor's own sessions that still count, the latest visit first.
func (d *Desk) SignIns(ctx context.Context, actor account.Actor) ([]SignIn, error) {
	now := d.Elapsed()
	rows, err := d.DB.Read().ListSignIns(ctx, query.ListSignInsParams{Account: string(actor.ID),
		IdleAt: column.At(now.Add(-SessionIdle)), BegunAt: column.At(now.Add(-SessionLongest))})
	if err != nil {
		return nil, fmt.Errorf("reading the sessions of %s: %w", actor.ID, err)
	}
	list := make([]SignIn, len(rows))
	for i, row := range rows {
		list[i] = SignIn{ID: row.ID, How: row.How, Address: row.Address, Browser: account.Browser(row.Agent), At: row.CreatedAt.Time, Seen: row.SeenAt.Time}
	}
	return list, nil
}

// EndSignIn ends one session of the actor's own. ErrNotFound: it is over already, or somebody else's.
func (d *Desk) EndSignIn(ctx context.Context, actor account.Actor, signIn string) error {
	return d.DoAs(ctx, actor, command.Always, func(a *command.Tx) error {
		ended, err := endSignIn(a, signIn, "person")
		if err != nil {
			return err
		}
		if !ended {
			return command.ErrNotFound
		}
		return a.Audit("end-session", nil, nil)
	})
}

// EndOtherSignIns ends every session of the actor's own but the one that is kept.
func (d *Desk) EndOtherSignIns(ctx context.Context, actor account.Actor, keep string) error {
	return d.DoAs(ctx, actor, command.Always, func(a *command.Tx) error {
		if err := EndSignIns(a, string(actor.ID), keep, "person"); err != nil {
			return err
		}
		return a.Audit("end-sessions", nil, nil)
	})
}

func endSignIn(a *command.Tx, signIn, why string) (bool, error) {
	ended, err := a.Store.EndSignIn(a.Ctx, query.EndSignInParams{ID: signIn, Account: string(a.Actor.ID), Why: why,
		EndedAt: column.At(a.Runner.Elapsed())})
	if err != nil {
		return false, fmt.Errorf("ending a session: %w", err)
	}
	return ended == 1, nil
}

// EndSignIns ends the sessions of an account but keep, "" for none. why is "person", "credential" or "stopped".
func EndSignIns(a *command.Tx, id, keep, why string) error {
	_, err := a.Store.EndSignIns(a.Ctx, query.EndSignInsParams{Account: id, Keep: keep, Why: why, EndedAt: column.At(a.Runner.Elapsed())})
	if err != nil {
		return fmt.Errorf("ending the sessions of %s: %w", id, err)
	}
	return nil
}

// How long an ended session's row is kept, and how long a browser is known that has not come again.
const (
	keepSignIn = 90 * 24 * time.Hour
	keepDevice = 400 * 24 * time.Hour
)

// ForgetSignIns marks the sessions that have lasted too long as ended, and deletes what is old.
func (d *Desk) ForgetSignIns(ctx context.Context) error {
	now := d.Elapsed()
	err := d.DB.InTx(ctx, func(tx *store.Tx) error {
		_, err1 := tx.EndIdleSignIns(ctx, query.EndIdleSignInsParams{EndedAt: column.At(now),
			IdleAt: column.At(now.Add(-SessionIdle)), BegunAt: column.At(now.Add(-SessionLongest))})
		_, err2 := tx.DeleteOldSignIns(ctx, column.At(now.Add(-keepSignIn)))
		_, err3 := tx.DeleteOldDevices(ctx, column.At(now.Add(-keepDevice)))
		return errors.Join(err1, err2, err3)
	})
	if err != nil {
		return fmt.Errorf("forgetting old sessions: %w", err)
	}
	return nil
}
