package people

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"uketsuke/internal/account"
	"uketsuke/internal/application"
	"uketsuke/internal/audit"
	"uketsuke/internal/desk/casefile"
	"uketsuke/internal/desk/command"
	"uketsuke/internal/desk/signin"
	"uketsuke/internal/mail"
	"uketsuke/internal/problem"
	"uketsuke/internal/store/column"
	"uketsuke/internal/store/query"
)

// A MemberRef names a person of a team, with the version of the account that the actor saw.
type MemberRef struct {
	Establishment string // "" for the centre
	Person        account.ID
	Version       int64
}

// A change is an act on somebody's account. Two who manage the same team wait for each other from its first
// statement on, so that neither can make the other's decision wrong.
type change struct {
	*command.Tx
	p   query.Account
	est command.Establishment
	// handed is how many applications went on, to whom.
	handed int
	to     query.Account
}

// changing of an account: by the actor as still allowed at this moment, on the version that was seen.
func (d *Desk) changeMember(ctx context.Context, actor account.Actor, ref MemberRef, f func(*change) error) error {
	if err := mayManage(actor, ref.Establishment); err != nil {
		return err
	}
	// Who gets in is decided in every mode: an account must be stoppable also while the desk is closed.
	return d.DoAs(ctx, actor, command.Always, func(a *command.Tx) error {
		c := &change{Tx: a}
		if err := lockTeam(c.Tx, ref.Establishment); err != nil {
			return err
		}
		var err error
		if c.est, err = d.teamNames(ctx, a.Store.Queries, ref.Establishment, a.Today()); err != nil {
			return err
		}
		if c.p, err = teamAccount(ctx, a.Store.Queries, ref.Establishment, ref.Person); err != nil {
			return err
		}
		if c.p.Version != ref.Version {
			return problem.List{problem.New("", teamRule(ref.Establishment), "この方のアカウントは、画面を開いたあとに変更されています。今の操作は行われていません。今の内容を確認して、もう一度操作してください。")}
		}
		return f(c)
	})
}

// lockTeam locks those who manage a team, and refuses an actor who was stopped meanwhile.
func lockTeam(a *command.Tx, establishment string) error {
	_, err := a.Store.LockLeaders(a.Ctx, query.LockLeadersParams{Establishment: command.TextOf(establishment), Centre: establishment == ""})
	if err != nil {
		return fmt.Errorf("locking who manages accounts: %w", err)
	}
	if establishment == "" {
		if _, err := a.Store.LockCentre(a.Ctx); err != nil {
			return fmt.Errorf("locking the people of the centre: %w", err)
		}
	}
	now, err := a.Store.GetAccount(a.Ctx, string(a.Actor.ID))
	if err != nil {
		return fmt.Errorf("reading account %s: %w", a.Actor.ID, err)
	}
	if now.Status != "active" || now.Role != string(a.Actor.Role) {
		return command.ErrForbidden
	}
	return nil
}

// teamRule is the page that says who manages whom.
func teamRule(establishment string) string {
	if establishment == "" {
		return "C10"
	}
	return "E17"
}

// ChangeRole gives a person another role. Whoever may work on applications no more hands theirs over. The person's
// sessions end, so that the new role begins with a new one.
func (d *Desk) ChangeRole(ctx context.Context, actor account.Actor, ref MemberRef, role account.Role, successor account.ID) error {
	return d.changeMember(ctx, actor, ref, func(c *change) error {
		switch {
		case c.p.Status == "stopped":
			return c.refuse("role", "停止中のアカウントの役割は変更できません。先に利用を再開してください。")
		case !slices.Contains(RolesOf(ref.Establishment), role):
			return c.refuse("role", "役割を選択してください。")
		case string(role) == c.p.Role:
			return c.refuse("role", "今と同じ役割です。変更する役割を選択してください。")
		}
		if err := c.mayLose("role"); err != nil {
			return err
		}
		if !role.MayApply() && !role.OfCentre() {
			if err := c.handOver(successor); err != nil {
				return err
			}
		}
		return c.become("role", role, c.p.Status)
	})
}

// Stop takes an account out of use at once: its sessions and its open links end, its applications go to the successor,
// those at the centre back to the unclaimed ones for "". Nothing that the person did changes.
func (d *Desk) Stop(ctx context.Context, actor account.Actor, ref MemberRef, successor account.ID) error {
	return d.changeMember(ctx, actor, ref, func(c *change) error {
		if c.p.Status == "stopped" {
			return c.refuse("stop", "このアカウントは、すでに停止しています。")
		}
		if err := c.mayLose("stop"); err != nil {
			return err
		}
		if err := c.handOver(successor); err != nil {
			return err
		}
		if err := signin.EndLinksOf(c.Tx, c.p.ID); err != nil {
			return err
		}
		return c.become("stop", account.Role(c.p.Role), "stopped")
	})
}

// Reactivate lets a stopped account in again, with the role and password it had; one that was never set up is invited
// anew.
func (d *Desk) Reactivate(ctx context.Context, actor account.Actor, ref MemberRef) error {
	return d.changeMember(ctx, actor, ref, func(c *change) error {
		if c.p.Status != "stopped" {
			return c.refuse("reactivate", "このアカウントは停止していません。")
		}
		if c.p.PasswordHash != "" {
			return c.become("reactivate", account.Role(c.p.Role), "active")
		}
		if err := c.become("reactivate", account.Role(c.p.Role), "invited"); err != nil {
			return err
		}
		return invite(c.Tx, "link-person", c.est, c.p)
	})
}

// EndSessions ends all sessions of a person, who signs in anew.
func (d *Desk) EndSessions(ctx context.Context, actor account.Actor, ref MemberRef) error {
	return d.changeMember(ctx, actor, ref, func(c *change) error {
		if err := signin.EndSignIns(c.Tx, c.p.ID, "", "stopped"); err != nil {
			return err
		}
		return c.note("end-sessions", account.Role(c.p.Role))
	})
}

// mayLose refuses to take away the last who manages the team, the second pair of eyes that a rule needs, and what is
// one's own: somebody else must still be there, and is asked.
func (c *change) mayLose(field string) error {
	others, err := countLeaders(c.Ctx, c.Store.Queries, c.p)
	switch {
	case err != nil:
		return err
	case leads(c.p) && others == 0 && c.p.Establishment == "":
		return c.refuse(field, "センターで最後の審査責任者のため、役割の変更や停止はできません。先に別の方を審査責任者にして、その方がログインできることを確認してください。")
	case leads(c.p) && others == 0:
		return c.refuse(field, "この事業所で最後の管理責任者のため、役割の変更や停止はできません。先に別の方を管理責任者にして、その方がログインできることを確認してください。")
	case c.p.ID == string(c.Actor.ID):
		return c.refuse(field, "ご自身の役割の変更や停止はできません。ほかの管理責任者または審査責任者に依頼してください。")
	case c.p.Establishment != "" || field != "stop" || c.p.Status != "active":
		return nil
	}
	return c.keepsFourEyes()
}

// keepsFourEyes refuses to stop somebody of the centre without whom a rule of four eyes could not be met (R-EX-6).
func (c *change) keepsFourEyes() error {
	required, err := casefile.FourEyesKinds(c.Ctx, c.Store.Queries)
	if err != nil {
		return err
	}
	people, err := c.Store.CountDeciders(c.Ctx)
	if err != nil {
		return fmt.Errorf("counting who can approve: %w", err)
	}
	for _, on := range required {
		if on && people <= casefile.NeededForFourEyes {
			return problem.List{problem.New("stop", "R-EX-6", "二人承認の種別があり、承認できる方が%d人だけのため停止できません。先に審査担当者を追加するか、二人承認を解除してください。", int(people))}
		}
	}
	return nil
}

func (c *change) refuse(field, text string, args ...any) error {
	return problem.List{problem.New(field, teamRule(string(c.p.Establishment)), text, args...)}
}

// become writes role and status; the person's sessions end.
func (c *change) become(kind string, role account.Role, status string) error {
	n, err := c.Store.WriteAccount(c.Ctx, query.WriteAccountParams{ID: c.p.ID, Role: string(role), Status: status, Version: c.p.Version})
	if err != nil {
		return fmt.Errorf("writing account %s: %w", c.p.ID, err)
	}
	if n != 1 {
		return &command.Stale{ID: c.p.ID, Seen: c.p.Version, Now: c.p.Version + 1}
	}
	if err := signin.EndSignIns(c.Tx, c.p.ID, "", "stopped"); err != nil {
		return err
	}
	return c.note(kind, role)
}

// note leaves what was done: the account's event, mails to all concerned, evidence.
func (c *change) note(kind string, role account.Role) error {
	before := account.Role(c.p.Role)
	if err := accountEvent(c.Tx, kind, c.p, role, c.handed, c.to); err != nil {
		return err
	}
	done := &mail.AccountChange{Person: c.p.Name, By: c.Actor.Name, Done: kind}
	if kind == "role" {
		done.PreviousRole, done.Role = before.Japanese(), role.Japanese()
	}
	if c.handed > 0 {
		done.Applications, done.Successor = c.handed, c.to.Name
	}
	if err := c.tell(done); err != nil {
		return err
	}
	c.App = query.Application{Establishment: string(c.p.Establishment)}
	facts := map[audit.Key]string{audit.Role: string(role)}
	if role != before {
		facts[audit.RoleBefore] = string(before)
	}
	if c.handed > 0 {
		facts[audit.Rows], facts[audit.Successor] = strconv.Itoa(c.handed), c.to.ID
	}
	return c.AuditOf(AccountAct(kind), c.p.ID, facts, map[audit.Key]string{audit.Name: c.p.Name})
}

// AccountAct is the name of an act on an account in the evidence.
func AccountAct(kind string) string {
	return map[string]string{"role": "change-role", "stop": "stop-person", "reactivate": "reactivate-person", "end-sessions": "end-sessions",
		"hand-over": "hand-over-work", "invite": "add-person", "link": "link-person", "withdraw-invitation": "withdraw-invitation"}[kind]
}

// accountEvent writes what was done to an account; mails of no application are keyed by it.
func accountEvent(a *command.Tx, kind string, p query.Account, role account.Role, handed int, to query.Account) error {
	id, err := a.Runner.NewID()
	if err != nil {
		return err
	}
	err = a.Store.InsertAccountEvent(a.Ctx, query.InsertAccountEventParams{ID: id, Account: p.ID, Establishment: string(p.Establishment),
		At: column.At(a.Now), Actor: string(a.Actor.ID), ActorName: a.Actor.Name, ActorRole: string(a.Actor.Role), Name: p.Name, Kind: kind,
		RoleBefore: p.Role, Role: string(role), Applications: int64(handed), Successor: to.ID, SuccessorName: to.Name})
	if err != nil {
		return fmt.Errorf("writing what was done to an account: %w", err)
	}
	a.Event = id
	return nil
}

// tell mails what was done to an account: to the person, to everybody who manages the team, and to who takes over.
// Ended sessions are the person's own matter.
func (c *change) tell(done *mail.AccountChange) error {
	if err := c.tellPerson(c.p, done); err != nil || done.Done == "end-sessions" {
		return err
	}
	if c.handed > 0 && c.to.ID != "" {
		if err := c.tellPerson(c.to, done); err != nil {
			return err
		}
	}
	return c.tellLeaders(done)
}

func (c *change) tellLeaders(done *mail.AccountChange) error {
	leaders, err := c.Store.ListLeaders(c.Ctx, query.ListLeadersParams{Establishment: c.p.Establishment, Centre: c.p.Establishment == ""})
	if err != nil {
		return fmt.Errorf("reading who manages accounts: %w", err)
	}
	for _, p := range leaders {
		if err := c.tellPerson(p, done); err != nil {
			return err
		}
	}
	return nil
}

// tellPerson writes the letter of the last event for one person; the same address gets it once.
func (c *change) tellPerson(p query.Account, done *mail.AccountChange) error {
	return c.Post(mail.Letter{Kind: application.MailAccountChanged, To: command.PersonOfMail(p), WrittenAt: c.Now,
		Company: c.est.Company, Establishment: c.est.Name, Change: done})
}
