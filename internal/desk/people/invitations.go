package people

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strings"

	"uketsuke/internal/account"
	"uketsuke/internal/application"
	"uketsuke/internal/audit"
	"uketsuke/internal/calendar"
	"uketsuke/internal/desk/command"
	"uketsuke/internal/desk/signin"
	"uketsuke/internal/mail"
	"uketsuke/internal/problem"
	"uketsuke/internal/store"
	"uketsuke/internal/store/column"
	"uketsuke/internal/store/query"
)

// Invite gives a person of an establishment, or of the centre for "", an account, and sends the one-time link to that
// person alone (R-MAIL-3). Those who manage the team learn of it without the link.
func (d *Desk) Invite(ctx context.Context, actor account.Actor, establishment string, in PersonForm) error {
	if err := mayManage(actor, establishment); err != nil {
		return err
	}
	err := d.inviteOnce(ctx, actor, establishment, in)
	if errors.Is(err, errLoginTaken) { // by somebody who was invited at this moment
		err = d.inviteOnce(ctx, actor, establishment, in)
	}
	return err
}

// errLoginTaken says that another account has taken the login between the look and the write.
var errLoginTaken = errors.New("the login was taken meanwhile")

func (d *Desk) inviteOnce(ctx context.Context, actor account.Actor, establishment string, in PersonForm) error {
	return d.Do(ctx, actor, func(a *command.Tx) error {
		if err := lockTeam(a, establishment); err != nil {
			return err
		}
		est, err := d.teamNames(ctx, a.Store.Queries, establishment, a.Today())
		if err != nil {
			return err
		}
		p, problems := readPerson(in, RolesOf(establishment))
		if len(problems) > 0 {
			return problems
		}
		if p.ID, err = d.NewID(); err != nil {
			return err
		}
		p.Establishment = command.TextOf(establishment)
		if p.Login, err = freeLogin(a, p.Login, p.Establishment); err != nil {
			return err
		}
		err = a.Store.InsertAccount(ctx, query.InsertAccountParams{ID: p.ID, Establishment: p.Establishment, Role: p.Role, Login: p.Login,
			Name: p.Name, NameKana: p.NameKana, Department: p.Department, Position: p.Position, Phone: p.Phone, Email: p.Email,
			Status: "invited", CreatedAt: column.At(a.Now)})
		if d.DB.IsTaken(err) {
			return errLoginTaken
		} else if err != nil {
			return fmt.Errorf("writing an account: %w", err)
		}
		if err := accountEvent(a, "invite", p, account.Role(p.Role), 0, query.Account{}); err != nil {
			return err
		}
		c := &change{Tx: a, p: p, est: est}
		if err := c.tellLeaders(&mail.AccountChange{Person: p.Name, By: actor.Name, Done: "invite", Role: account.Role(p.Role).Japanese()}); err != nil {
			return err
		}
		return invite(a, "add-person", est, p)
	})
}

// freeLogin is the login of somebody new: the mail address. Where it signs in to another establishment already, it
// gets a number that nobody can guess, which the person is told on the page of the link and nobody else is: inviting
// somebody does not tell whether they have an account elsewhere (ASVS 6.3.8). Of one's own people that is no secret.
func freeLogin(a *command.Tx, login string, establishment column.Text) (string, error) {
	team, err := a.Store.ListTeam(a.Ctx, query.ListTeamParams{Establishment: establishment, Centre: establishment == ""})
	if err != nil {
		return "", fmt.Errorf("reading the team: %w", err)
	}
	if slices.ContainsFunc(team, func(p query.Account) bool { return p.Login == login || signin.FoldLogin(p.Email) == login }) {
		return "", problem.List{problem.New("email", "ASVS-6.3.1", "このメールアドレスの方は、すでにアカウントの一覧にあります。別のアドレスを入力するか、その方に新しいリンクを送ってください。")}
	}
	local, host, _ := strings.Cut(login, "@")
	for {
		_, err := a.Store.GetAccountByLogin(a.Ctx, login)
		if err = store.Missing(err); errors.Is(err, store.ErrNotFound) {
			return login, nil
		} else if err != nil {
			return "", fmt.Errorf("looking whether a login is free: %w", err)
		}
		number, err := rand.Int(a.Runner.Rand, big.NewInt(9000))
		if err != nil {
			return "", fmt.Errorf("drawing a login: %w", err)
		}
		login = fmt.Sprintf("%s+%d@%s", local, 1000+number.Int64(), host)
	}
}

// readPerson folds and judges what was typed of a person as of a contact person (R-APP-12).
func readPerson(in PersonForm, roles []account.Role) (query.Account, problem.List) {
	c := application.FoldContact(application.Contact{Name: in.Name, Kana: in.NameKana, Department: in.Department, Position: in.Position,
		Phone: in.Phone, Email: in.Email, Confirmed: true})
	var problems problem.List
	for _, p := range application.ContactProblems(c) {
		if p.Field = strings.TrimPrefix(p.Field, "contact."); p.Field == "name" {
			p = problem.New("name", "R-APP-12", "氏名を40文字以内で入力してください。")
		}
		problems = append(problems, p)
	}
	if !slices.Contains(roles, account.Role(in.Role)) {
		problems.Add("role", "R-APP-12", "役割を選択してください。")
	}
	return query.Account{Role: in.Role, Login: signin.FoldLogin(c.Email), Name: c.Name, NameKana: c.Kana, Department: c.Department,
		Position: c.Position, Phone: c.Phone, Email: c.Email}, problems
}

// SendLink gives a person a new one-time link and sends it to that person alone; links from before are over, a
// password that is set stays until the link is used. Administrators send it to those who have not come yet; whoever
// has lost a password asks for a new one, or the centre helps.
func (d *Desk) SendLink(ctx context.Context, actor account.Actor, establishment string, person account.ID) error {
	if err := mayManage(actor, establishment); err != nil {
		return err
	}
	return d.Do(ctx, actor, func(a *command.Tx) error {
		if err := lockTeam(a, establishment); err != nil {
			return err
		}
		est, err := d.teamNames(ctx, a.Store.Queries, establishment, a.Today())
		if err != nil {
			return err
		}
		p, err := teamAccount(ctx, a.Store.Queries, establishment, person)
		if err != nil {
			return err
		}
		c := &change{Tx: a, p: p, est: est}
		switch {
		case p.Status == "stopped":
			return c.refuse("link", "停止中の方にはリンクを送れません。先に利用を再開してください。")
		case p.Status == "active" && (actor.Role != account.Supervisor || establishment == ""):
			return c.refuse("link", "この方は、すでにパスワードを設定しています。パスワードを忘れた場合は、ログイン画面からご本人が再設定できます。")
		}
		if err := accountEvent(a, "link", p, account.Role(p.Role), 0, query.Account{}); err != nil {
			return err
		}
		if err := signin.EndLinksOf(c.Tx, c.p.ID); err != nil {
			return err
		}
		return invite(a, "link-person", est, p)
	})
}

// WithdrawInvitation ends an invitation that was not taken up; the account is stopped and can be opened again.
func (d *Desk) WithdrawInvitation(ctx context.Context, actor account.Actor, ref MemberRef) error {
	return d.changeMember(ctx, actor, ref, func(c *change) error {
		if c.p.Status != "invited" {
			return c.refuse("withdraw", "この方への招待は、すでに使われたか、取り消されています。")
		}
		if err := signin.EndLinksOf(c.Tx, c.p.ID); err != nil {
			return err
		}
		n, err := c.Store.WriteAccount(c.Ctx, query.WriteAccountParams{ID: c.p.ID, Role: c.p.Role, Status: "stopped", Version: c.p.Version})
		if err != nil {
			return fmt.Errorf("writing account %s: %w", c.p.ID, err)
		}
		if n != 1 {
			return errors.New("withdrawing an invitation: the account has moved on in its own transaction")
		}
		if err := accountEvent(c.Tx, "withdraw-invitation", c.p, account.Role(c.p.Role), 0, query.Account{}); err != nil {
			return err
		}
		c.App.Establishment = string(c.p.Establishment)
		return c.AuditOf("withdraw-invitation", c.p.ID, map[audit.Key]string{audit.Role: c.p.Role}, map[audit.Key]string{audit.Name: c.p.Name})
	})
}

// invite makes the link, writes its mail and the evidence.
func invite(a *command.Tx, name string, est command.Establishment, p query.Account) error {
	link, expires, err := setupLink(a, p.ID)
	if err != nil {
		return err
	}
	a.Event = link // an invitation is keyed by its link
	err = a.Post(mail.Letter{Kind: application.MailInvited, To: command.PersonOfMail(p), WrittenAt: a.Now, Company: est.Company,
		Establishment: est.Name, Link: link, ExpiresOn: calendar.DateOf(expires)})
	if err != nil {
		return err
	}
	a.App.Establishment = string(p.Establishment)
	return a.AuditOf(name, p.ID, map[audit.Key]string{audit.Role: p.Role}, map[audit.Key]string{audit.Name: p.Name})
}
