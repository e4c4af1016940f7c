package home

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"uketsuke/internal/account"
	"uketsuke/internal/application"
	"uketsuke/internal/calendar"
	"uketsuke/internal/desk/centre"
	"uketsuke/internal/desk/command"
	"uketsuke/internal/secret"
	"uketsuke/internal/store"
	"uketsuke/internal/store/column"
	"uketsuke/internal/store/query"
)

// Top is the top menu.
func (d *Desk) Top(ctx context.Context, actor account.Actor) (TopMenu, error) {
	if !actor.Role.OfEstablishment() {
		return TopMenu{}, command.ErrForbidden
	}
	now, err := d.DeskTime(ctx)
	if err != nil {
		return TopMenu{}, err
	}
	q := d.DB.Read().Queries
	est, err := command.EstablishmentOf(ctx, q, actor.Establishment, calendar.DateOf(now))
	if err != nil {
		return TopMenu{}, err
	}
	rows, err := q.ListNews(ctx, query.ListNewsParams{Account: string(actor.ID), Establishment: est.ID, Most: 20})
	if err != nil {
		return TopMenu{}, fmt.Errorf("reading the news: %w", err)
	}
	page := TopMenu{Establishment: est}
	for _, n := range rows {
		page.News = append(page.News, News{ID: n.ID, Application: n.Application, Receipt: n.Receipt, Subject: n.Subject,
			At: n.At.Time, Unread: n.Unread == 1})
	}
	if page.Notices, err = centre.NoticesShown(ctx, q, actor, calendar.DateOf(now)); err != nil {
		return TopMenu{}, err
	}
	page.Todo, err = d.todo(ctx, q, actor, now)
	return page, err
}

// todo is what needs doing, most urgent first.
func (d *Desk) todo(ctx context.Context, q command.Reader, actor account.Actor, now time.Time) ([]Todo, error) {
	cal, err := command.BusinessCalendar(ctx, q)
	if err != nil {
		return nil, err
	}
	apps, err := q.OpenApplications(ctx, query.OpenApplicationsParams{Establishment: actor.Establishment, Most: 200})
	if err != nil {
		return nil, fmt.Errorf("reading the open applications: %w", err)
	}
	today := calendar.DateOf(now)
	todo, err := d.setupTodo(ctx, q, cal, actor.Establishment, now)
	if err != nil {
		return nil, err
	}
	for _, app := range apps {
		found, err := d.todoOf(ctx, q, actor, app, now)
		if err != nil {
			return nil, err
		}
		for _, t := range found {
			t.Application, t.Receipt, t.Items = app.ID, string(app.Receipt), app.Items
			t.BusinessDaysLeft = cal.BusinessDaysBetween(today.AddDays(-1), t.Day)
			todo = append(todo, t)
		}
	}
	missed, err := voidTodo(ctx, q, actor.Establishment, today)
	if err != nil {
		return nil, err
	}
	todo = append(todo, missed...)
	slices.SortStableFunc(todo, func(a, b Todo) int { return a.Day.Compare(b.Day) })
	return todo, nil
}

func (d *Desk) todoOf(ctx context.Context, q command.Reader, actor account.Actor, app query.Application, now time.Time) ([]Todo, error) {
	expires := command.ExpiresOn(app).AddDays(-1)
	var todo []Todo
	switch command.StandingOf(app).StateAt(now) {
	case application.InDraft:
		return []Todo{{Kind: TodoDraft, Day: expires}}, nil
	case application.Returned:
		return []Todo{{Kind: TodoReturned, Day: expires}}, nil
	case application.Approved:
		if !app.SettingsComplete && !app.SettingsDeadline.IsZero() {
			todo = append(todo, Todo{Kind: TodoSettings, Day: app.SettingsDeadline.Date})
		}
	case application.InEffect:
	default:
		return nil, nil
	}
	if app.ReadLast.IsZero() || !app.SecretsEndedAt.IsZero() || !command.PeriodOf(app).Readable(now) ||
		!secret.MayRead(actor, app.Establishment, account.ID(app.RegisteredBy), true) {
		return todo, nil
	}
	readings, err := store.Once(ctx, "ListSecretReadings", q.ListSecretReadings, app.ID)
	if err != nil {
		return nil, fmt.Errorf("reading who has read: %w", err)
	}
	sealed, err := store.Once(ctx, "ListSecrets", q.ListSecrets, app.ID)
	if err != nil {
		return nil, fmt.Errorf("reading the sealed secrets: %w", err)
	}
	// What was issued again since cannot be read here any more (R-SEC-9).
	if len(readings) == 0 && len(sealed) > 0 {
		todo = append(todo, Todo{Kind: TodoPasswords, Day: app.ReadLast.Date})
	}
	return todo, nil
}

// OpenNews notes that the actor has read a piece of news and says which application it is about.
func (d *Desk) OpenNews(ctx context.Context, actor account.Actor, id string) (string, error) {
	app := ""
	err := d.DoAs(ctx, actor, command.Reading, func(a *command.Tx) error {
		n, err := a.Store.GetNews(ctx, id)
		if err = store.Missing(err); errors.Is(err, store.ErrNotFound) || err == nil && !actor.MaySee(n.Establishment) {
			return command.ErrNotFound
		} else if err != nil {
			return fmt.Errorf("reading news %s: %w", id, err)
		}
		app = n.Application
		fresh, err := a.Store.InsertNewsRead(ctx, query.InsertNewsReadParams{News: id, Account: string(actor.ID), At: column.At(a.Now)})
		if err != nil {
			return fmt.Errorf("noting that news was read: %w", err)
		}
		if fresh == 0 {
			return nil
		}
		return a.AuditOf("open-news", id, nil, nil)
	})
	return app, err
}
