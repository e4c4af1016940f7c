package holding

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"time"

	"uketsuke/internal/account"
	"uketsuke/internal/audit"
	"uketsuke/internal/calendar"
	"uketsuke/internal/desk/command"
	"uketsuke/internal/problem"
	"uketsuke/internal/store"
	"uketsuke/internal/store/column"
	"uketsuke/internal/store/query"
)

// A Scope is the one thing that a gateway may ask for.
type Scope string

// The scopes; the schema checks them too.
const (
	ScopeLogon    Scope = "logon"    // may this ID log on today?
	ScopeContract Scope = "contract" // what does this establishment hold on a day?
)

// A Gateway is a machine of the network that may ask over the programming interface.
type Gateway struct {
	ID, Name string
	Scope    Scope
}

// ErrNoGateway says that a token is of no gateway that is in use, without saying why.
var ErrNoGateway = errors.New("no such gateway")

// A token is prefix, name and secret, with hyphens between. The name finds the row; the secret, 256 random
// bits, is stored hashed only. So much chance needs no slow hash.
const (
	tokenPrefix = "uketsuke"
	tokenName   = 8  // bytes
	tokenSecret = 32 // bytes
	noGateway   = "0000000000000000000000000000000000000000000000000000000000000000"
)

var gatewayName = regexp.MustCompile(`^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$`)

// GatewayOf finds the gateway of a token, ErrNoGateway if there is none. A name that is not known and a
// secret that is wrong take the same steps.
func (d *Desk) GatewayOf(ctx context.Context, token string) (Gateway, error) {
	prefix, rest, _ := strings.Cut(token, "-")
	id, secret, _ := strings.Cut(rest, "-")
	if prefix != tokenPrefix || len(id) != 2*tokenName || len(secret) != 2*tokenSecret || !ascii(id) {
		return Gateway{}, ErrNoGateway
	}
	row, err := d.DB.Read().GetGateway(ctx, id)
	if err = store.Missing(err); errors.Is(err, store.ErrNotFound) {
		row.Hash = noGateway
	} else if err != nil {
		return Gateway{}, fmt.Errorf("reading a gateway: %w", err)
	}
	same := subtle.ConstantTimeCompare([]byte(hashToken(secret)), []byte(row.Hash)) == 1
	if !same || row.ID == "" || !row.RevokedAt.IsZero() {
		return Gateway{}, ErrNoGateway
	}
	return Gateway{ID: row.ID, Name: row.Name, Scope: Scope(row.Scope)}, nil
}

// ascii says whether a text is only of digits and letters a–f, as names of tokens are.
func ascii(text string) bool { return strings.Trim(text, "0123456789abcdef") == "" }

func hashToken(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// AddGateway lets a gateway ask, and returns its token, which is shown this once and kept nowhere. A dry run
// does the same and rolls back; its token is worth nothing.
func (d *Desk) AddGateway(ctx context.Context, actor account.Actor, name string, scope Scope, dryRun bool) (string, error) {
	if actor.Role != account.Operator {
		return "", command.ErrForbidden
	}
	if err := gatewayProblems(name, scope); err != nil {
		return "", err
	}
	id, secret, err := d.newToken()
	if err != nil {
		return "", err
	}
	err = d.Do(ctx, actor, func(a *command.Tx) error {
		fresh, err := a.Store.InsertGateway(ctx, query.InsertGatewayParams{ID: id, Name: name, Scope: string(scope), Hash: hashToken(secret),
			RecordedAt: column.At(a.Now), RecordedBy: actor.Name})
		switch {
		case err != nil:
			return fmt.Errorf("writing gateway %s: %w", name, err)
		case fresh == 0:
			return problem.List{problem.New("name", "R-CON-3", "「%s」という名前のゲートウェイは、すでに使われています。先に取り消すか、別の名前にしてください。", name)}
		case dryRun:
			return command.ErrDryRun
		}
		return a.AuditOf("add-gateway", id, map[audit.Key]string{audit.Scope: string(scope)}, map[audit.Key]string{audit.Name: name})
	})
	if errors.Is(err, command.ErrDryRun) {
		err = nil
	}
	return tokenPrefix + "-" + id + "-" + secret, err
}

func gatewayProblems(name string, scope Scope) error {
	var l problem.List
	if !gatewayName.MatchString(name) {
		l.Add("name", "R-CON-3", "ゲートウェイの名前は、英小文字と数字とハイフンで40文字までにしてください。")
	}
	if scope != ScopeLogon && scope != ScopeContract {
		l.Add("scope", "R-CON-3", "できることは logon か contract のどちらかです。")
	}
	return l.Err()
}

func (d *Desk) newToken() (id, secret string, err error) {
	random := make([]byte, tokenName+tokenSecret)
	if _, err := io.ReadFull(d.Rand, random); err != nil {
		return "", "", fmt.Errorf("drawing a token: %w", err)
	}
	return hex.EncodeToString(random[:tokenName]), hex.EncodeToString(random[tokenName:]), nil
}

// RevokeGateway ends a gateway's token at once, in every process.
func (d *Desk) RevokeGateway(ctx context.Context, actor account.Actor, name string, dryRun bool) error {
	if actor.Role != account.Operator {
		return command.ErrForbidden
	}
	err := d.Do(ctx, actor, func(a *command.Tx) error {
		ended, err := a.Store.RevokeGateway(ctx, query.RevokeGatewayParams{RevokedAt: column.At(a.Now), Name: name})
		switch {
		case err != nil:
			return fmt.Errorf("revoking gateway %s: %w", name, err)
		case ended == 0:
			return problem.List{problem.New("name", "R-CON-3", "「%s」という名前で使われているゲートウェイはありません。", name)}
		case dryRun:
			return command.ErrDryRun
		}
		return a.AuditOf("revoke-gateway", "", nil, map[audit.Key]string{audit.Name: name})
	})
	if errors.Is(err, command.ErrDryRun) {
		err = nil
	}
	return err
}

// A GatewayRow is a gateway as the operator sees it: never its token. Revoked is zero while it is in use.
type GatewayRow struct {
	Gateway
	Added, Revoked time.Time
	By             string
	Answers        Answers
}

// Gateways lists every gateway there ever was, with all that it was answered.
func (d *Desk) Gateways(ctx context.Context, actor account.Actor) ([]GatewayRow, error) {
	if actor.Role != account.Operator {
		return nil, command.ErrForbidden
	}
	rows, err := d.DB.Read().ListGateways(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading the gateways: %w", err)
	}
	var list []GatewayRow
	for _, r := range rows {
		list = append(list, GatewayRow{Gateway: Gateway{r.ID, r.Name, Scope(r.Scope)}, Added: r.RecordedAt.Time, Revoked: r.RevokedAt.Time,
			By: r.RecordedBy, Answers: Answers{Entitled: r.Entitled, Denied: r.Denied, Unknown: r.Unknown, Contracts: r.Contracts}})
	}
	return list, nil
}

// Answers counts what a gateway was answered: a row per gateway and day instead of an entry per answer, so
// that the evidence does not grow with every logon.
type Answers struct {
	Entitled int64 // checks: yes
	Denied   int64 // checks: no, though the ID was issued once
	Unknown  int64 // checks: no such ID
	// Contracts counts contracts read.
	Contracts int64
}

// Plus is the sum of two counts.
func (a Answers) Plus(b Answers) Answers {
	return Answers{a.Entitled + b.Entitled, a.Denied + b.Denied, a.Unknown + b.Unknown, a.Contracts + b.Contracts}
}

// An AnswerDay is a day of a gateway.
type AnswerDay struct {
	Gateway string
	Day     calendar.Date
}

// CountAnswers adds counts to the days they belong to, all of them or none.
func (d *Desk) CountAnswers(ctx context.Context, counts map[AnswerDay]Answers) error {
	if len(counts) == 0 {
		return nil
	}
	return d.DB.InTx(ctx, func(tx *store.Tx) error {
		for _, key := range sortedDays(counts) {
			n := counts[key]
			err := tx.CountAnswers(ctx, query.CountAnswersParams{Gateway: key.Gateway, Day: column.On(key.Day), Entitled: n.Entitled,
				Denied: n.Denied, Unknown: n.Unknown, Contracts: n.Contracts})
			if err != nil {
				return fmt.Errorf("counting the answers of gateway %s: %w", key.Gateway, err)
			}
		}
		return nil
	})
}
