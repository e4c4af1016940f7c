package casefile

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"uketsuke/internal/account"
	"uketsuke/internal/application"
	"uketsuke/internal/calendar"
	"uketsuke/internal/desk/command"
	"uketsuke/internal/desk/holding"
	"uketsuke/internal/desk/mailroom"
	"uketsuke/internal/secret"
	"uketsuke/internal/store"
	"uketsuke/internal/store/query"
)

// Case is one application with everything the actor may see of it.
func (d *Desk) Case(ctx context.Context, actor account.Actor, id string) (Case, error) {
	return d.load(ctx, actor, id, (*caseLoad).head, (*caseLoad).content, (*caseLoad).settings, (*caseLoad).change, (*caseLoad).history,
		(*caseLoad).issue, (*caseLoad).reading, (*caseLoad).contract, (*caseLoad).mails)
}

// Written is what was written of one application: the Case without who read its passwords, without the contract and mails.
func (d *Desk) Written(ctx context.Context, actor account.Actor, id string) (Case, error) {
	return d.load(ctx, actor, id, (*caseLoad).head, (*caseLoad).content, (*caseLoad).settings, (*caseLoad).change, (*caseLoad).history,
		(*caseLoad).issue)
}

func (d *Desk) load(ctx context.Context, actor account.Actor, id string, parts ...func(*caseLoad) error) (Case, error) {
	now, err := d.DeskTime(ctx)
	if err != nil {
		return Case{}, err
	}
	q := d.DB.Read().Queries
	app, err := command.Visible(ctx, q, actor, id)
	if err != nil {
		return Case{}, err
	}
	c := &caseLoad{ctx: ctx, d: d, q: q, actor: actor, app: app, now: now}
	for _, load := range parts {
		if err := load(c); err != nil {
			return Case{}, err
		}
	}
	return c.view, nil
}

// A caseLoad fills one Case, part by part.
type caseLoad struct {
	ctx    context.Context
	d      *Desk
	q      command.Reader
	actor  account.Actor
	app    query.Application
	now    time.Time
	issued application.Issued
	view   Case
}

// head is what the row itself says.
func (c *caseLoad) head() error {
	est, err := command.EstablishmentOf(c.ctx, c.q, c.app.Establishment, calendar.DateOf(c.now))
	if err != nil {
		return err
	}
	if est.Administrators, err = command.AdministratorsOf(c.ctx, c.q, est.ID); err != nil {
		return err
	}
	a, s := c.app, command.StandingOf(c.app)
	c.view = Case{
		ID: a.ID, Establishment: est, State: s.StateAt(c.now), Stored: s.State, Version: a.Version,
		Round: int(a.Round), Receipt: string(a.Receipt), Items: a.Items,
		CreatedAt: a.CreatedAt.Time, RegisteredAt: a.RegisteredAt.Time, ApprovedAt: a.ApprovedAt.Time,
		EndedAt: a.EndedAt.Time, TouchedAt: a.TouchedAt.Time, RegisteredBy: account.ID(a.RegisteredBy),
		Holder: account.ID(a.Holder), HolderName: a.HolderName, Start: a.StartDate.Date,
		StartReason: a.StartReason, EndReason: a.EndReason, SettingsDeadline: a.SettingsDeadline.Date,
		Allowed: application.Allowed(s, c.actor, c.now), Today: calendar.DateOf(c.now), Now: c.now,
	}
	c.view.With = with(c.view.State)
	c.view.FourEyes = a.FourEyes
	if c.actor.Role.OfCentre() && a.ProposedBy != "" && s.State == application.UnderExamination {
		proposal, err := ProposalOf(a)
		if err != nil {
			return err
		}
		c.view.Proposal = &proposal
	}
	if s.DeadlineMissed(c.now) {
		c.view.EndedAt = s.Deadline.AddDays(1).Start()
	}
	if s.State == application.InDraft || s.State == application.Returned {
		c.view.ExpiresOn = command.ExpiresOn(a)
	}
	return nil
}

// with says who has the application now, in words of the glossary.
func with(s application.State) string {
	switch s {
	case application.InDraft, application.Returned:
		return "申込担当者"
	case application.Registered, application.UnderExamination:
		return "センター"
	}
	return ""
}

// content is the working copy, the document that counts for this actor, and the registered versions.
func (c *caseLoad) content() error {
	versions, err := store.Once(c.ctx, "ListVersions", c.q.ListVersions, c.app.ID)
	if err != nil {
		return fmt.Errorf("reading the versions of application %s: %w", c.app.ID, err)
	}
	for _, v := range versions {
		doc, err := application.Decode([]byte(v.Content))
		if err != nil {
			return fmt.Errorf("reading version %d of application %s: %w", v.Round, c.app.ID, err)
		}
		c.view.Versions = append(c.view.Versions, Version{Round: int(v.Round), Receipt: v.Receipt, Digest: v.Digest,
			Document: doc, RegisteredAt: v.RegisteredAt.Time, Registrant: v.Registrant})
		c.view.Document, c.view.Digest, c.view.Registrant = doc, v.Digest, v.Registrant
	}
	working := c.app.State == string(application.InDraft) || c.app.State == string(application.Returned)
	if working && c.actor.Role.OfEstablishment() {
		if c.view.Draft, err = command.DraftOf(c.app); err != nil {
			return err
		}
		c.view.Document = c.view.Draft.Document
	}
	c.view.Desired = c.view.Document.Desired
	if c.view.Items == "" {
		c.view.Items = joinItems(c.view.Document, c.d.Runner)
	}
	return nil
}

// settings is how far the settings of each code are.
func (c *caseLoad) settings() error {
	settings, err := SettingsOf(c.ctx, c.q, c.app)
	if err != nil {
		return err
	}
	cat, doc := c.d.Catalogue, c.view.Document
	c.view.Settings = settings
	c.view.SettingsNeeded = application.NeedsSettings(doc, cat)
	c.view.SettingsComplete = application.Complete(doc, settings, cat)
	if c.view.SettingsNeeded && !doc.Desired.IsZero() {
		cal, err := command.BusinessCalendar(c.ctx, c.q)
		if err != nil {
			return err
		}
		c.view.WishDeadline = application.SettingsDeadline(cal, doc.Desired)
	}
	for _, placeholder := range doc.Placeholders() {
		tabs, _ := doc.TabsAt(placeholder, cat)
		code := CodeSettings{Placeholder: placeholder, Complete: application.CompleteItem(doc, placeholder, settings, cat)}
		for _, tab := range tabs {
			values := settings[placeholder][tab]
			code.Tabs = append(code.Tabs, TabState{Tab: tab, Title: application.TabName(tab, cat), Fields: cat.FieldsOf(tab),
				Values: values, Complete: application.CompleteTab(tab, values, cat), Missing: missingLabels(tab, values, c.d.Runner)})
		}
		c.view.CodeSettings = append(c.view.CodeSettings, code)
	}
	return nil
}

func missingLabels(tab string, values map[string]string, d *command.Runner) []string {
	var labels []string
	for _, p := range application.Missing(tab, values, d.Catalogue) {
		if field, known := d.Catalogue.Field(tab, p.Field); known {
			labels = append(labels, field.Label)
		}
	}
	return labels
}

// change is the first day to which the start date can be moved (R-EX-4, R-EX-9): only to a later one.
func (c *caseLoad) change() error {
	if !c.actor.Role.OfCentre() || c.view.State != application.Approved {
		return nil
	}
	cal, err := command.BusinessCalendar(c.ctx, c.q)
	if err != nil {
		return err
	}
	complete := c.app.SettingsComplete || !c.view.SettingsNeeded
	c.view.EarliestChange = application.EarliestStart(cal, c.view.Desired, c.view.Today, complete)
	if !c.view.EarliestChange.After(c.view.Start) {
		c.view.EarliestChange = cal.AddBusinessDays(c.view.Start, 1)
	}
	return nil
}

// history is the events and remarks; what is internal stays with the centre.
func (c *caseLoad) history() error {
	events, err := store.Once(c.ctx, "ListEvents", c.q.ListEvents, c.app.ID)
	if err != nil {
		return fmt.Errorf("reading the history of application %s: %w", c.app.ID, err)
	}
	for _, e := range events {
		if e.Internal && !c.actor.Role.OfCentre() || e.Round == 0 && c.actor.Role.OfCentre() {
			continue
		}
		detail := map[string]string{}
		if err := json.Unmarshal([]byte(e.Detail), &detail); err != nil {
			return fmt.Errorf("reading event %s: %w", e.ID, err)
		}
		c.view.Events = append(c.view.Events, Event{At: e.At.Time, ActorName: e.ActorName, Role: account.Role(e.Role),
			Kind: e.Kind, State: application.State(e.State), Round: int(e.Round), Detail: detail, Internal: e.Internal})
	}
	remarks, err := store.Once(c.ctx, "ListRemarks", c.q.ListRemarks, c.app.ID)
	if err != nil {
		return fmt.Errorf("reading the remarks of application %s: %w", c.app.ID, err)
	}
	for _, r := range slices.Backward(remarks) {
		view := RemarkView{Round: int(r.Round), Item: r.Item, Label: ItemLabel(r.Item, c.view.Document), Body: r.Body,
			ByName: r.ByName, At: r.At.Time}
		switch {
		case !r.Internal:
			c.view.Remarks = append(c.view.Remarks, view)
		case c.actor.Role.OfCentre():
			c.view.Internal = append(c.view.Internal, view)
		}
	}
	return nil
}

// issue is what the application brought, and the table 「申込情報」 with it.
func (c *caseLoad) issue() error {
	if !c.app.ApprovedAt.IsZero() {
		var err error
		if c.issued, c.view.Issued, err = IssuedOf(c.ctx, c.d.Runner, c.q, c.app, c.view.Document, c.now); err != nil {
			return err
		}
	}
	c.view.Rows = application.TableRows(c.view.Document, c.d.Catalogue, c.issued)
	c.view.Legend = application.Legend(c.view.Document)
	return nil
}

// reading is what may be said of the passwords without showing them.
func (c *caseLoad) reading() error {
	if c.app.ReadLast.IsZero() {
		return nil
	}
	readings, err := store.Once(c.ctx, "ListSecretReadings", c.q.ListSecretReadings, c.app.ID)
	if err != nil {
		return fmt.Errorf("reading who has read: %w", err)
	}
	noted, err := store.Once(c.ctx, "ListSecretsNoted", c.q.ListSecretsNoted, c.app.ID)
	if err != nil {
		return fmt.Errorf("reading who has noted: %w", err)
	}
	sealed, err := store.Once(c.ctx, "ListSecrets", c.q.ListSecrets, c.app.ID)
	if err != nil {
		return fmt.Errorf("reading the sealed secrets: %w", err)
	}
	// A later re-issue may have taken the place of every one of them (R-SEC-9).
	alive := len(sealed) > 0 && (c.view.State == application.Approved || c.view.State == application.InEffect)
	r := &Reading{Period: command.PeriodOf(c.app), MayRead: secret.MayRead(c.actor, c.app.Establishment, account.ID(c.app.RegisteredBy), true)}
	r.Readable = alive && c.app.SecretsEndedAt.IsZero() && r.Period.Readable(c.now)
	r.Ended = !r.Readable
	for _, n := range noted {
		r.Noted = r.Noted || n.Account == string(c.actor.ID)
	}
	for _, row := range readings {
		r.Readings = append(r.Readings, SecretReading{Reader: row.Reader, At: row.At.Time, IDs: int(row.Ids)})
	}
	c.view.Reading = r
	return nil
}

// contract is the contract as it will stand on the start date, confirmed or wished.
func (c *caseLoad) contract() error {
	day := c.view.Start
	if day.IsZero() {
		return nil
	}
	then, err := holding.ContractOn(c.ctx, c.d.Runner, c.q, c.app.Establishment, day, c.now)
	if err != nil {
		return err
	}
	c.view.ContractThen = &then
	return nil
}

// mails are the outbox rows, for the centre; the establishment sees those that did not arrive.
func (c *caseLoad) mails() error {
	rows, err := store.Once(c.ctx, "ListOutboxOf", c.q.ListOutboxOf, c.app.ID)
	if err != nil {
		return fmt.Errorf("reading the mails of application %s: %w", c.app.ID, err)
	}
	if !c.actor.Role.OfCentre() {
		c.view.Mails = mailroom.NotArrived(rows)
		return nil
	}
	for _, row := range rows {
		if row.Kind == string(application.MailDraftExpiring) {
			continue
		}
		c.view.Mails = append(c.view.Mails, mailroom.MailRowOf(row))
	}
	return nil
}
