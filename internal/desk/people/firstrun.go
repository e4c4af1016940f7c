package people

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"uketsuke/internal/account"
	"uketsuke/internal/audit"
	"uketsuke/internal/desk/command"
	"uketsuke/internal/desk/signin"
	"uketsuke/internal/problem"
	"uketsuke/internal/store"
	"uketsuke/internal/store/column"
	"uketsuke/internal/store/query"
)

// The first run (ASVS 6.3.2): there is no account that everybody knows. As long as nobody of the centre has one, the
// service prints a one-time link by which the first supervisor makes it; everybody else is invited.

// FirstLink is the path of that link below the portal's address, and until when it can be used; "" once the centre has
// people. The same is given again until it was used or is over.
func (d *Desk) FirstLink(ctx context.Context) (path string, expires time.Time, err error) {
	var link query.FirstLink
	err = d.DB.InTx(ctx, func(tx *store.Tx) error {
		link = query.FirstLink{}
		people, err := tx.CountCentre(ctx)
		if err != nil || people > 0 {
			return err
		}
		link, err = d.firstLink(ctx, tx)
		return err
	})
	if err != nil || link.ID == "" {
		return "", expires, err
	}
	token, err := signin.LinkToken(d.Runner, link.ID)
	return "/first/" + token, link.ExpiresAt.Time, err
}

func (d *Desk) firstLink(ctx context.Context, tx *store.Tx) (query.FirstLink, error) {
	elapsed := d.Elapsed()
	link, err := tx.OpenFirstLink(ctx, column.At(elapsed))
	if err = store.Missing(err); err == nil || !errors.Is(err, store.ErrNotFound) {
		return link, err
	}
	id, err := d.NewID()
	if err != nil {
		return link, err
	}
	link = query.FirstLink{ID: id, ExpiresAt: column.At(elapsed.Add(signin.LinkLife)), CreatedAt: column.At(elapsed)}
	err = tx.InsertFirstLink(ctx, query.InsertFirstLinkParams{ID: id, ExpiresAt: link.ExpiresAt, CreatedAt: link.CreatedAt})
	if err != nil {
		return link, fmt.Errorf("writing the link of the first run: %w", err)
	}
	return link, nil
}

// FirstRun says whether a token opens the first run; looking uses nothing up. ErrNotFound: it does not, or
// not any more.
func (d *Desk) FirstRun(ctx context.Context, token string) error {
	return d.mayBeFirst(ctx, d.DB.Read().Queries, token)
}

func (d *Desk) mayBeFirst(ctx context.Context, q command.Reader, token string) error {
	id, _, _ := strings.Cut(token, ".")
	ours, err := d.signin.MadeHere(id, token)
	if err != nil {
		return err
	}
	if !ours {
		return command.ErrNotFound
	}
	people, err := q.CountCentre(ctx)
	if err != nil {
		return fmt.Errorf("counting the people of the centre: %w", err)
	}
	open, err := q.OpenFirstLink(ctx, column.At(d.Elapsed()))
	if err = store.Missing(err); errors.Is(err, store.ErrNotFound) || err == nil && (open.ID != id || people > 0) {
		return command.ErrNotFound
	} else if err != nil {
		return fmt.Errorf("reading the link of the first run: %w", err)
	}
	return nil
}

// BecomeFirst makes the first supervisor, once. What is typed is judged as for an invitation and as a first password.
func (d *Desk) BecomeFirst(ctx context.Context, token string, in PersonForm, password, again string) error {
	if err := d.FirstRun(ctx, token); err != nil {
		return err
	}
	in.Role = string(account.Supervisor)
	p, problems := readPerson(in, RolesOf(""))
	words, err := d.signin.WordsOf(ctx, d.DB.Read().Queries, p)
	if err != nil {
		return err
	}
	problems = append(problems, account.NewPassword{Password: password, Again: again, Words: words}.Problems()...)
	if err := problems.Err(); err != nil {
		return err
	}
	hash, err := signin.HashPassword(ctx, password)
	if err != nil {
		return err
	}
	id, _, _ := strings.Cut(token, ".")
	return d.Do(ctx, account.OperatorActor(p.Name), func(a *command.Tx) error {
		used, err := a.Store.UseFirstLink(ctx, query.UseFirstLinkParams{ID: id, UsedAt: column.At(d.Elapsed()), Now: column.At(d.Elapsed())})
		if err != nil {
			return fmt.Errorf("using the link of the first run: %w", err)
		}
		people, err := a.Store.CountCentre(ctx)
		if err != nil {
			return fmt.Errorf("counting the people of the centre: %w", err)
		}
		if used != 1 || people > 0 {
			return command.ErrNotFound
		}
		if p.ID, err = d.NewID(); err != nil {
			return err
		}
		err = a.Store.InsertAccount(ctx, query.InsertAccountParams{ID: p.ID, Role: p.Role, Login: p.Login, Name: p.Name, NameKana: p.NameKana,
			Department: p.Department, Position: p.Position, Phone: p.Phone, Email: p.Email, PasswordHash: hash, Status: "active", CreatedAt: column.At(a.Now)})
		if d.DB.IsTaken(err) {
			return problem.List{problem.New("email", "ASVS-6.3.1", "このメールアドレスは、すでにログインIDとして使われています。別のアドレスを入力するか、その方に新しいリンクを送ってください。")}
		} else if err != nil {
			return fmt.Errorf("writing an account: %w", err)
		}
		return a.AuditOf("set-up-first", p.ID, map[audit.Key]string{audit.Role: p.Role}, map[audit.Key]string{audit.Name: p.Name})
	})
}
