package factors

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"uketsuke/internal/account"
	"uketsuke/internal/audit"
	"uketsuke/internal/desk/command"
	"uketsuke/internal/desk/signin"
	"uketsuke/internal/problem"
	"uketsuke/internal/store"
	"uketsuke/internal/store/column"
	"uketsuke/internal/store/query"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"
)

// Bounds of passkeys: how many an account has at most, how long a name is, and how long a browser has for its
// answer, in elapsed time.
const (
	mostPasskeys    = 20
	PasskeyNameMax  = 40
	passkeyAnswerIn = 5 * time.Minute
	handleBytes     = 32
)

// ErrPasskey says that an authenticator's answer was not taken; why is wrapped beside it, for the log.
var ErrPasskey = errors.New("the passkey was not taken")

// Options are what a browser asks its authenticator for, as JSON, and beside it what the desk must be given back
// with the answer. Kept belongs into the browser's session, once, and never to the browser.
type Options struct {
	Asked json.RawMessage
	Kept  []byte
}

// A ceremony is what Options.Kept holds. Account is whose passkey it must be, "" for anybody's.
type ceremony struct {
	Account account.ID           `json:"account"`
	Adding  bool                 `json:"adding"`
	At      time.Time            `json:"at"`
	Data    webauthn.SessionData `json:"data"`
}

// relyingParty is this service as authenticators know it: the host of its public address, and nothing that a request
// says. Attestation is not asked for: any authenticator that verifies its user will do.
func (d *Desk) relyingParty() (*webauthn.WebAuthn, error) {
	at, err := url.Parse(d.Operator.Mail.LoginURL)
	if err != nil {
		return nil, fmt.Errorf("reading the address of the login: %w", err)
	}
	required := true
	w, err := webauthn.New(&webauthn.Config{RPID: at.Hostname(), RPDisplayName: d.Operator.Mail.Service, RPOrigins: []string{at.Scheme + "://" + at.Host},
		AttestationPreference: protocol.PreferNoAttestation,
		AuthenticatorSelection: protocol.AuthenticatorSelection{ResidentKey: protocol.ResidentKeyRequirementRequired,
			RequireResidentKey: &required, UserVerification: protocol.VerificationRequired}})
	if err != nil {
		return nil, fmt.Errorf("making a relying party of the address of the login: %w", err)
	}
	return w, nil
}

// PasskeysPossible says whether browsers do passkeys at the service's address: it needs a name, and TLS but on the
// machine itself.
func (d *Desk) PasskeysPossible() bool {
	at, err := url.Parse(d.Operator.Mail.LoginURL)
	return err == nil && net.ParseIP(at.Hostname()) == nil && (at.Scheme == "https" || at.Hostname() == "localhost")
}

// A keyholder is an account as the library of passkeys asks for it.
type keyholder struct {
	account query.Account
	handle  []byte
	keys    []webauthn.Credential
}

func (k keyholder) WebAuthnID() []byte { return k.handle }

func (k keyholder) WebAuthnName() string { return k.account.Login }

func (k keyholder) WebAuthnDisplayName() string { return k.account.Name }

func (k keyholder) WebAuthnCredentials() []webauthn.Credential { return k.keys }

// keyholderOf reads an account with its passkeys. The handle is random and the same for all of them; it is drawn with
// the first.
func (d *Desk) keyholderOf(ctx context.Context, q command.Reader, p query.Account) (keyholder, error) {
	rows, err := q.ListPasskeys(ctx, p.ID)
	if err != nil {
		return keyholder{}, fmt.Errorf("reading the passkeys of %s: %w", p.ID, err)
	}
	k := keyholder{account: p}
	for _, row := range rows {
		key, err := credentialOf(row)
		if err != nil {
			return k, err
		}
		if k.handle, err = base64.RawURLEncoding.DecodeString(row.Handle); err != nil {
			return k, fmt.Errorf("reading the handle of %s: %w", p.ID, err)
		}
		k.keys = append(k.keys, key)
	}
	if k.handle == nil {
		k.handle = make([]byte, handleBytes)
		if _, err := io.ReadFull(d.Rand, k.handle); err != nil {
			return k, fmt.Errorf("drawing a handle: %w", err)
		}
	}
	return k, nil
}

func credentialOf(row query.Passkey) (webauthn.Credential, error) {
	var key webauthn.Credential
	if err := json.Unmarshal([]byte(row.Credential), &key); err != nil {
		return key, fmt.Errorf("reading passkey %s: %w", row.ID, err)
	}
	return key, nil
}

// BeginPasskey asks for a new passkey of a person, one of an authenticator that holds none of theirs yet.
func (d *Desk) BeginPasskey(ctx context.Context, by Enroller) (Options, error) {
	w, err := d.relyingParty()
	if err != nil {
		return Options{}, err
	}
	q := d.DB.Read().Queries
	p, err := signin.ActiveAccount(ctx, q, by.ID)
	if err != nil {
		return Options{}, err
	}
	k, err := d.keyholderOf(ctx, q, p)
	if err != nil {
		return Options{}, err
	}
	asked, data, err := w.BeginRegistration(k, webauthn.WithExclusions(webauthn.Credentials(k.keys).CredentialDescriptors()))
	if err != nil {
		return Options{}, fmt.Errorf("asking for a passkey: %w", err)
	}
	return d.options(asked, ceremony{Account: by.ID, Adding: true, Data: *data})
}

// BeginPasskeyProof asks for a passkey of an account, or of anybody who has one for "".
func (d *Desk) BeginPasskeyProof(ctx context.Context, id account.ID) (Options, error) {
	w, err := d.relyingParty()
	if err != nil {
		return Options{}, err
	}
	if id == "" {
		asked, data, err := w.BeginDiscoverableLogin()
		if err != nil {
			return Options{}, fmt.Errorf("asking for a passkey: %w", err)
		}
		return d.options(asked, ceremony{Data: *data})
	}
	q := d.DB.Read().Queries
	p, err := signin.ActiveAccount(ctx, q, id)
	if err != nil {
		return Options{}, err
	}
	k, err := d.keyholderOf(ctx, q, p)
	if err != nil {
		return Options{}, err
	}
	if len(k.keys) == 0 {
		return Options{}, command.ErrNotFound
	}
	asked, data, err := w.BeginLogin(k)
	if err != nil {
		return Options{}, fmt.Errorf("asking for a passkey: %w", err)
	}
	return d.options(asked, ceremony{Account: id, Data: *data})
}

func (d *Desk) options(asked any, c ceremony) (Options, error) {
	c.At = d.Elapsed()
	text, err1 := json.Marshal(asked)
	kept, err2 := json.Marshal(c)
	if err := errors.Join(err1, err2); err != nil {
		return Options{}, fmt.Errorf("writing what is asked of a passkey: %w", err)
	}
	return Options{Asked: text, Kept: kept}, nil
}

// resume reads a ceremony that an answer belongs to.
func (d *Desk) resume(kept []byte, adding bool) (ceremony, error) {
	var c ceremony
	if len(kept) == 0 {
		return c, fmt.Errorf("%w: nothing was asked", ErrPasskey)
	}
	if err := json.Unmarshal(kept, &c); err != nil {
		return c, fmt.Errorf("reading what was asked of a passkey: %w", err)
	}
	if c.Adding != adding || d.Elapsed().Sub(c.At) > passkeyAnswerIn {
		return c, fmt.Errorf("%w: something else was asked, or too long ago", ErrPasskey)
	}
	return c, nil
}

// AddPasskey registers what a browser has answered to BeginPasskey. name is what the person calls it, "" for a
// number. ErrPasskey: the answer is not good; a problem.List: the name is not.
func (d *Desk) AddPasskey(ctx context.Context, by Enroller, kept []byte, name, answer string) error {
	c, err := d.resume(kept, true)
	if err == nil && c.Account != by.ID {
		err = fmt.Errorf("%w: somebody else was asked", ErrPasskey)
	}
	if err != nil {
		return err
	}
	name = strings.TrimSpace(signin.Plain(name))
	if utf8.RuneCountInString(name) > PasskeyNameMax {
		return problem.List{problem.New("name", "R-APP-12", "パスキーの名前は%d文字以内で入力してください。", PasskeyNameMax)}
	}
	return d.enrolling(ctx, by, func(a *command.Tx, p query.Account) error {
		k, err := d.keyholderOf(ctx, a.Store.Queries, p)
		if err != nil {
			return err
		}
		if len(k.keys) >= mostPasskeys {
			return problem.List{problem.New("name", "ASVS-6.5.8", "パスキーは%d個まで登録できます。使っていないものを削除してください。", mostPasskeys)}
		}
		if len(k.keys) == 0 {
			k.handle = c.Data.UserID // as the authenticator was told
		}
		key, err := d.created(k, c, answer)
		if err != nil {
			return err
		}
		if name == "" {
			name = fmt.Sprintf("パスキー %d", len(k.keys)+1)
		}
		return addPasskey(a, k, name, key)
	})
}

// created checks an authenticator's answer to a request for a new passkey.
func (d *Desk) created(k keyholder, c ceremony, answer string) (*webauthn.Credential, error) {
	w, err := d.relyingParty()
	if err != nil {
		return nil, err
	}
	parsed, err := protocol.ParseCredentialCreationResponseBytes([]byte(answer))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrPasskey, err)
	}
	key, err := w.CreateCredential(k, c.Data, parsed)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrPasskey, err)
	}
	key.Attestation = webauthn.CredentialAttestation{} // it was not asked for and proves nothing
	return key, nil
}

func addPasskey(a *command.Tx, k keyholder, name string, key *webauthn.Credential) error {
	text, err := json.Marshal(key)
	if err != nil {
		return fmt.Errorf("writing a passkey: %w", err)
	}
	rows, err := a.Store.InsertPasskey(a.Ctx, query.InsertPasskeyParams{ID: base64.RawURLEncoding.EncodeToString(key.ID), Account: k.account.ID,
		Handle: base64.RawURLEncoding.EncodeToString(k.handle), Name: name, Credential: string(text), CreatedAt: column.At(a.Runner.Elapsed())})
	if err != nil {
		return fmt.Errorf("writing a passkey: %w", err)
	}
	if rows != 1 {
		return fmt.Errorf("%w: it is registered already", ErrPasskey)
	}
	return signin.FactorChanged(a, "add-passkey", k.account, "passkey-added", nil)
}

// ProvePasskey checks what a browser has answered to BeginPasskeyProof and says whose passkey it is. A sign count
// that goes back is noted and the person told, because there may be a copy of the passkey. ErrPasskey: the answer
// is not good, or the account may not sign in.
func (d *Desk) ProvePasskey(ctx context.Context, kept []byte, answer, from string) (account.ID, error) {
	row, key, err := d.asserted(ctx, kept, answer)
	if errors.Is(err, ErrPasskey) {
		if failed := d.countPasskey(ctx, from, row.Account); failed != nil {
			return "", failed
		}
		return "", err
	} else if err != nil {
		return "", err
	}
	id := account.ID(row.Account)
	err = d.ofAccount(ctx, id, func(a *command.Tx, p query.Account) error { return usePasskey(a, p, row, key) })
	if errors.Is(err, command.ErrNotFound) {
		err = fmt.Errorf("%w: the account is stopped", ErrPasskey)
	}
	return id, err
}

// countPasskey counts a passkey that was not taken against the address it came from, and leaves evidence. It slows nobody:
// there is nothing to guess.
func (d *Desk) countPasskey(ctx context.Context, from, id string) error {
	p, err := d.DB.Read().GetAccount(ctx, id)
	if err = store.Missing(err); err != nil && !errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("reading account %s: %w", id, err)
	}
	if err := d.FailedTry(ctx, []string{"passkey:" + account.Network(from)}, p, from); !errors.Is(err, signin.ErrWrongPassword) {
		return err
	}
	return nil
}

// asserted checks an authenticator's answer, and gives the passkey as it was stored and as it is after this use.
func (d *Desk) asserted(ctx context.Context, kept []byte, answer string) (query.Passkey, *webauthn.Credential, error) {
	c, err := d.resume(kept, false)
	if err != nil {
		return query.Passkey{}, nil, err
	}
	w, err := d.relyingParty()
	if err != nil {
		return query.Passkey{}, nil, err
	}
	parsed, err := protocol.ParseCredentialRequestResponseBytes([]byte(answer))
	if err != nil {
		return query.Passkey{}, nil, fmt.Errorf("%w: %w", ErrPasskey, err)
	}
	row, k, err := d.holderOf(ctx, c, parsed.RawID)
	if err != nil {
		return query.Passkey{}, nil, err
	}
	var key *webauthn.Credential
	if c.Account == "" {
		_, key, err = w.ValidatePasskeyLogin(func(_, _ []byte) (webauthn.User, error) { return k, nil }, c.Data, parsed)
	} else {
		key, err = w.ValidateLogin(k, c.Data, parsed)
	}
	if err != nil {
		return row, nil, fmt.Errorf("%w: %w", ErrPasskey, err)
	}
	return row, key, nil
}

// holderOf reads a passkey by the id in an answer, with the account it belongs to.
func (d *Desk) holderOf(ctx context.Context, c ceremony, id []byte) (query.Passkey, keyholder, error) {
	q := d.DB.Read().Queries
	row, err := q.GetPasskey(ctx, base64.RawURLEncoding.EncodeToString(id))
	if err = store.Missing(err); errors.Is(err, store.ErrNotFound) || err == nil && c.Account != "" && row.Account != string(c.Account) {
		return query.Passkey{}, keyholder{}, fmt.Errorf("%w: there is no such one", ErrPasskey)
	} else if err != nil {
		return row, keyholder{}, fmt.Errorf("reading a passkey: %w", err)
	}
	p, err := signin.ActiveAccount(ctx, q, account.ID(row.Account))
	if errors.Is(err, command.ErrNotFound) {
		return row, keyholder{}, fmt.Errorf("%w: the account is stopped", ErrPasskey)
	} else if err != nil {
		return row, keyholder{}, err
	}
	k, err := d.keyholderOf(ctx, q, p)
	return row, k, err
}

func usePasskey(a *command.Tx, p query.Account, row query.Passkey, key *webauthn.Credential) error {
	now := column.At(a.Runner.Elapsed())
	doubted := key.Authenticator.CloneWarning && row.DoubtedAt.IsZero()
	if doubted {
		row.DoubtedAt = now
	}
	key.Authenticator.CloneWarning = false // each use is judged by itself; the row says when the first went back
	text, err := json.Marshal(key)
	if err != nil {
		return fmt.Errorf("writing a passkey: %w", err)
	}
	rows, err := a.Store.UsePasskey(a.Ctx, query.UsePasskeyParams{ID: row.ID, Seen: row.Credential, Credential: string(text), UsedAt: now, DoubtedAt: row.DoubtedAt})
	if err != nil {
		return fmt.Errorf("noting the use of a passkey: %w", err)
	}
	if rows != 1 {
		return fmt.Errorf("%w: it was removed or used meanwhile", ErrPasskey)
	}
	if doubted {
		return signin.FactorChanged(a, "doubt-passkey", p, "passkey-doubted", nil)
	}
	return nil
}

// ReauthenticateByPasskey checks a passkey of the actor's in the place of the password.
func (d *Desk) ReauthenticateByPasskey(ctx context.Context, actor account.Actor, kept []byte, answer, from string) error {
	id, err := d.ProvePasskey(ctx, kept, answer, from)
	if err != nil {
		return err
	}
	if id != actor.ID {
		return fmt.Errorf("%w: it is somebody else's", ErrPasskey)
	}
	return d.DoAs(ctx, actor, command.Always, func(a *command.Tx) error {
		return a.Audit("reauthenticate", map[audit.Key]string{audit.Mode: "passkey"}, nil)
	})
}

// RemovePasskey takes one of the actor's passkeys away. ErrNotFound: there is no such one.
func (d *Desk) RemovePasskey(ctx context.Context, actor account.Actor, key string) error {
	return d.ofAccount(ctx, actor.ID, func(a *command.Tx, p query.Account) error {
		row, err := a.Store.GetPasskey(ctx, key)
		if err = store.Missing(err); errors.Is(err, store.ErrNotFound) || err == nil && row.Account != p.ID {
			return command.ErrNotFound
		} else if err != nil {
			return fmt.Errorf("reading a passkey: %w", err)
		}
		last, err := lastFactor(a, p)
		if err != nil {
			return err
		}
		if _, err := a.Store.DeletePasskey(ctx, query.DeletePasskeyParams{ID: key, Account: p.ID}); err != nil {
			return fmt.Errorf("deleting a passkey: %w", err)
		}
		if err := dropCodes(a, p, last); err != nil {
			return err
		}
		return signin.FactorChanged(a, "remove-passkey", p, "passkey-removed", nil)
	})
}
