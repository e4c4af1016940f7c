package desk

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"uketsuke/internal/account"
	"uketsuke/internal/application"
	"uketsuke/internal/audit"
	"uketsuke/internal/calendar"
	"uketsuke/internal/charge"
	"uketsuke/internal/contract"
	"uketsuke/internal/secret"
	"uketsuke/internal/store"
	"uketsuke/internal/store/column"
	"uketsuke/internal/store/query"
	"uketsuke/internal/userid"
)

// pageSize is how many rows a list shows.
const pageSize = 50

func joinItems(doc application.Document, d *Desk) string {
	return strings.Join(application.ItemNames(doc, d.Catalogue), "、")
}

// factsOf loads every fact of an establishment.
func factsOf(ctx context.Context, q reader, establishment string) (contract.Facts, error) {
	var f contract.Facts
	codes, err1 := q.ListCodeTerms(ctx, establishment)
	ids, err2 := q.ListIDTerms(ctx, establishment)
	services, err3 := q.ListCodeServices(ctx, establishment)
	terms, err4 := q.ListContractTerms(ctx, establishment)
	names, err5 := q.ListEstablishmentTerms(ctx, establishment)
	if err := errors.Join(err1, err2, err3, err4, err5); err != nil {
		return f, fmt.Errorf("reading the contract of %s: %w", establishment, err)
	}
	fact := func(from, to column.Day, recorded, revoked column.Time, app string) contract.Fact {
		return contract.Fact{ValidFrom: from.Date, ValidTo: to.Date, RecordedAt: recorded.Time, RevokedAt: revoked.Time, BornBy: app}
	}
	for _, t := range codes {
		f.Codes = append(f.Codes, contract.CodeTerm{Fact: fact(t.ValidFrom, t.ValidTo, t.RecordedAt, t.RevokedAt, t.Application),
			Code: userid.Code(t.Code), Category: t.Category, Ended: t.Ended})
	}
	for _, t := range ids {
		f.IDs = append(f.IDs, contract.IDTerm{Fact: fact(t.ValidFrom, t.ValidTo, t.RecordedAt, t.RevokedAt, t.Application),
			ID: userid.ID(t.UserID), Trades: strings.Fields(t.Trades), Method: t.Method, SingleSignOn: t.SingleSignOn, Ended: t.Ended})
	}
	for _, t := range services {
		f.Services = append(f.Services, contract.CodeService{Fact: fact(t.ValidFrom, t.ValidTo, t.RecordedAt, t.RevokedAt, t.Application),
			Code: userid.Code(t.Code), StatsPaid: t.StatisticsPaid, StatsFree: t.StatisticsFree, Archive: t.BondedArchive})
	}
	for _, t := range terms {
		f.Terms = append(f.Terms, contract.ContractTerm{Fact: fact(t.ValidFrom, t.ValidTo, t.RecordedAt, t.RevokedAt, t.Application),
			Plan: t.Plan, Terminals: int(t.Terminals), GeneralPlan: t.GeneralPlan, GeneralTerminals: int(t.GeneralTerminals)})
	}
	for _, t := range names {
		f.Establishment = append(f.Establishment, contract.EstablishmentTerm{
			Fact: fact(t.ValidFrom, t.ValidTo, t.RecordedAt, t.RevokedAt, t.Application),
			Name: t.Name, NameKana: t.NameKana, PostalCode: t.PostalCode, Address: t.Address, Phone: t.Phone, Fax: t.Fax,
			EmergencyFax: t.EmergencyFax, SignatoryPosition: t.SignatoryPosition, SignatoryName: t.SignatoryName})
	}
	return f, nil
}

// voidedOf says which applications of an establishment came to nothing as of now.
func voidedOf(ctx context.Context, q reader, establishment string, now time.Time) (contract.Voided, error) {
	rows, err := q.VoidedApplications(ctx, query.VoidedApplicationsParams{Establishment: establishment,
		SettingsDeadline: column.On(calendar.DateOf(now))})
	if err != nil {
		return nil, fmt.Errorf("reading the void applications of %s: %w", establishment, err)
	}
	void := make(map[string]bool, len(rows))
	for _, id := range rows {
		void[id] = true
	}
	return func(app string) bool { return void[app] }, nil
}

func (d *Desk) contractOn(ctx context.Context, q reader, establishment string, day calendar.Date, now time.Time) (contract.Contract, error) {
	facts, err := factsOf(ctx, q, establishment)
	if err != nil {
		return contract.Contract{}, err
	}
	voided, err := voidedOf(ctx, q, establishment, now)
	if err != nil {
		return contract.Contract{}, err
	}
	return contract.AsOf(facts, day, voided), nil
}

// ContractAsWished is the contract of today beside the one that the application would make of it on its
// start date, wished or confirmed: the marks of E10 and C2. What other applications change until then is in it.
func (d *Desk) ContractAsWished(ctx context.Context, actor account.Actor, id string) (today, then contract.Contract, err error) {
	w, err := d.wished(ctx, actor, id)
	if err != nil {
		return today, then, err
	}
	return contract.AsOf(w.facts, w.today, w.voided), contract.AsOf(w.with, w.day, w.voided), nil
}

// ChargeAsWished is what the application alone does to the monthly charge from its start date on, at the prices of
// that day (R-CON-5, E10): what others change until then is on both sides.
func (d *Desk) ChargeAsWished(ctx context.Context, actor account.Actor, id string) (charge.Change, error) {
	w, err := d.wished(ctx, actor, id)
	if err != nil {
		return charge.Change{}, err
	}
	return charge.ChangeOf(contract.AsOf(w.facts, w.day, w.voided), contract.AsOf(w.with, w.day, w.voided), w.day, d.Catalogue.Charges)
}

// A wish is the facts of an establishment without and with what an application would make of them.
type wish struct {
	facts, with contract.Facts
	voided      contract.Voided
	today, day  calendar.Date // day is the start, wished or confirmed; today while there is no wish
}

func (d *Desk) wished(ctx context.Context, actor account.Actor, id string) (w wish, err error) {
	now, err := d.moment(ctx)
	if err != nil {
		return w, err
	}
	q := d.DB.Read().Queries
	app, err := visible(ctx, q, actor, id)
	if err != nil {
		return w, err
	}
	view, err := d.Case(ctx, actor, id)
	if err != nil {
		return w, err
	}
	if w.facts, err = factsOf(ctx, q, app.Establishment); err != nil {
		return w, err
	}
	if w.voided, err = voidedOf(ctx, q, app.Establishment, now); err != nil {
		return w, err
	}
	w.today, w.with = calendar.DateOf(now), w.facts
	w.day = cmp.Or(view.Start, view.Desired, w.today)
	if !app.ApprovedAt.IsZero() {
		return w, nil // its facts stand already
	}
	planned, err := d.planned(ctx, q, app, view.Document)
	if err != nil {
		return w, err
	}
	effects := application.Effects(id, view.Document, planned, w.day, now)
	w.with.Codes = slices.Concat(w.facts.Codes, effects.Codes)
	w.with.IDs = slices.Concat(w.facts.IDs, effects.IDs)
	w.with.Services = slices.Concat(w.facts.Services, effects.Services)
	return w, nil
}

// planned is what an approval would issue now: a proposal that nobody has yet (R-ID-7).
func (d *Desk) planned(ctx context.Context, q reader, app query.Application, doc application.Document) (application.Issued, error) {
	est, err := q.GetEstablishment(ctx, app.Establishment)
	if err != nil {
		return nil, fmt.Errorf("reading establishment %s: %w", app.Establishment, err)
	}
	free, err := d.freeCandidates(ctx, q, est)
	if err != nil {
		return nil, err
	}
	used, err := usedIDs(ctx, q, est.ID, doc)
	if err != nil {
		return nil, err
	}
	return application.Preview(doc, d.Catalogue, free, used), nil
}

// usedIDs are the IDs that the existing codes of a document ever had.
func usedIDs(ctx context.Context, q reader, establishment string, doc application.Document) (map[userid.ID]bool, error) {
	if len(doc.Existing) == 0 {
		return nil, nil
	}
	rows, err := q.ListIDsOfEstablishment(ctx, establishment)
	if err != nil {
		return nil, fmt.Errorf("reading the IDs of establishment %s: %w", establishment, err)
	}
	used := make(map[userid.ID]bool, len(rows))
	for _, row := range rows {
		used[userid.ID(row.ID)] = true
	}
	return used, nil
}

// plannedCodes writes a proposal as the pages show issued codes.
func plannedCodes(doc application.Document, planned application.Issued) []IssuedCode {
	var codes []IssuedCode
	for _, placeholder := range doc.Placeholders() {
		become, is := planned[placeholder]
		item, _ := doc.Asked(placeholder)
		if !is {
			continue
		}
		view := IssuedCode{Placeholder: item.Placeholder, Code: become.Code, Category: item.Category}
		for i, ids := range become.Rows {
			for _, id := range ids {
				row := item.Rows[i]
				view.IDs = append(view.IDs, IssuedID{ID: id, Number: id.Number(), Trades: row.Trades, Method: row.Method, SingleSignOn: row.SingleSignOn})
			}
		}
		codes = append(codes, view)
	}
	return codes
}

// Preview is the live picture of E8: the codes and IDs that the application would give if it were approved
// now, with the form's block added to its code as far as it can be read.
func (d *Desk) Preview(ctx context.Context, actor account.Actor, id string, placeholder int, form CodeForm) ([]IssuedCode, error) {
	q := d.DB.Read().Queries
	app, err := visible(ctx, q, actor, id)
	if err != nil {
		return nil, err
	}
	if !actor.Role.OfEstablishment() {
		return nil, ErrForbidden // a returned application's working copy is not for the centre
	}
	draft, err := draftOf(app)
	if err != nil {
		return nil, err
	}
	doc := draft.Document
	item, err := itemOf(doc, placeholder)
	if err != nil {
		return nil, err
	}
	item, _ = withForm(item, form, false)
	if len(item.Rows) > 0 {
		doc.Codes = slices.Clone(doc.Codes)
		at := slices.Index(placeholders(doc), item.Placeholder)
		if at < 0 {
			doc.Codes = append(doc.Codes, item)
		} else {
			doc.Codes[at] = item
		}
	}
	planned, err := d.planned(ctx, q, app, doc)
	return plannedCodes(doc, planned), err
}

// Start is what E4 and E5 need: what can be applied for, and the possible days (R-APP-11).
func (d *Desk) Start(ctx context.Context, _ account.Actor) (StartPage, error) {
	now, err := d.moment(ctx)
	if err != nil {
		return StartPage{}, err
	}
	cal, err := businessCalendar(ctx, d.DB.Read().Queries)
	if err != nil {
		return StartPage{}, err
	}
	page := StartPage{BaseDay: application.BaseDay(cal, now), Earliest: application.EarliestWish(cal, now),
		Latest: application.LatestWish(cal, now), Today: calendar.DateOf(now)}
	for _, kind := range d.Catalogue.Kinds {
		if kind.Offered {
			page.Kinds = append(page.Kinds, kind)
		}
	}
	for day := page.Earliest; !day.After(page.Latest); day = day.AddDays(1) {
		if cal.IsBusinessDay(day) {
			page.Days = append(page.Days, day)
		}
	}
	page.Closed = closedDays(cal, page.Earliest, page.Latest)
	return page, nil
}

// closedDays are the days that are no business days, with the reason, in the months from one day to another.
func closedDays(cal *calendar.Calendar, from, to calendar.Date) map[calendar.Date]ClosedDay {
	closed := map[calendar.Date]ClosedDay{}
	end := calendar.NewDate(to.Year(), to.Month(), 1).AddMonths(1)
	for day := calendar.NewDate(from.Year(), from.Month(), 1); day.Before(end); day = day.AddDays(1) {
		if ja, en := cal.WhyClosed(day); ja != "" {
			closed[day] = ClosedDay{ja, en}
		}
	}
	return closed
}

// Top is page E2.
func (d *Desk) Top(ctx context.Context, actor account.Actor) (TopMenu, error) {
	if !actor.Role.OfEstablishment() {
		return TopMenu{}, ErrForbidden
	}
	now, err := d.moment(ctx)
	if err != nil {
		return TopMenu{}, err
	}
	q := d.DB.Read().Queries
	est, err := establishmentOf(ctx, q, actor.Establishment, calendar.DateOf(now))
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
	if page.Notices, err = noticesShown(ctx, q, actor, calendar.DateOf(now)); err != nil {
		return TopMenu{}, err
	}
	page.Todo, err = d.todo(ctx, q, actor, now)
	return page, err
}

// todo is what needs doing, most urgent first.
func (d *Desk) todo(ctx context.Context, q reader, actor account.Actor, now time.Time) ([]Todo, error) {
	cal, err := businessCalendar(ctx, q)
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

func (d *Desk) todoOf(ctx context.Context, q reader, actor account.Actor, app query.Application, now time.Time) ([]Todo, error) {
	expires := expiresOn(app).AddDays(-1)
	var todo []Todo
	switch standing(app).StateAt(now) {
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
	if app.ReadLast.IsZero() || !app.SecretsEndedAt.IsZero() || !periodOf(app).Readable(now) ||
		!secret.MayRead(actor, app.Establishment, account.ID(app.RegisteredBy), true) {
		return todo, nil
	}
	readings, err := q.ListSecretReadings(ctx, app.ID)
	if err != nil {
		return nil, fmt.Errorf("reading who has read: %w", err)
	}
	sealed, err := q.ListSecrets(ctx, app.ID)
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
	err := d.beginDoing(ctx, actor, looking, func(a *act) error {
		n, err := a.tx.GetNews(ctx, id)
		if err = store.Missing(err); errors.Is(err, store.ErrNotFound) || err == nil && !actor.MaySee(n.Establishment) {
			return ErrNotFound
		} else if err != nil {
			return fmt.Errorf("reading news %s: %w", id, err)
		}
		app = n.Application
		fresh, err := a.tx.InsertNewsRead(ctx, query.InsertNewsReadParams{News: id, Account: string(actor.ID), At: column.At(a.now)})
		if err != nil {
			return fmt.Errorf("noting that news was read: %w", err)
		}
		if fresh == 0 {
			return nil
		}
		return a.auditOf("open-news", id, nil, nil)
	})
	return app, err
}

// Version is one registered version of an application, as it was frozen.
func (d *Desk) Version(ctx context.Context, actor account.Actor, id string, round int) (Version, Case, error) {
	view, err := d.Case(ctx, actor, id)
	if err != nil {
		return Version{}, Case{}, err
	}
	for _, v := range view.Versions {
		if v.Round == round {
			return v, view, nil
		}
	}
	return Version{}, Case{}, ErrNotFound
}

// Examine is page C2: the case, every check, and what an approval today would do.
func (d *Desk) Examine(ctx context.Context, actor account.Actor, id string) (Examination, error) {
	if !actor.Role.OfCentre() {
		return Examination{}, ErrForbidden
	}
	view, err := d.Case(ctx, actor, id)
	if err != nil {
		return Examination{}, err
	}
	q := d.DB.Read().Queries
	app, err := visible(ctx, q, actor, id)
	if err != nil {
		return Examination{}, err
	}
	est, err := q.GetEstablishment(ctx, app.Establishment)
	if err != nil {
		return Examination{}, fmt.Errorf("reading establishment %s: %w", app.Establishment, err)
	}
	cal, err := businessCalendar(ctx, q)
	if err != nil {
		return Examination{}, err
	}
	then, err := businessCalendarAt(ctx, q, app.RegisteredAt.Time)
	if err != nil {
		return Examination{}, err
	}
	ground, err := d.groundOf(ctx, q, est, id, view.Document, view.Settings, view.Now)
	if err != nil {
		return Examination{}, err
	}
	ground.Calendar, ground.RegisteredAt = then, app.RegisteredAt.Time
	x := Examination{Case: view, CodesLeft: ground.FreeCodes, Checks: application.Checks(view.Document, view.Settings, ground)}
	complete := view.SettingsComplete || !view.SettingsNeeded
	x.Earliest = application.EarliestStart(cal, view.Desired, view.Today, complete)
	x.EarliestReason = application.StartReason(cal, view.Desired, view.Today, complete)
	if view.Document.IsReissue() {
		x.Earliest, x.EarliestReason = view.Today, ""
	}
	x.Deadline = application.SettingsDeadline(cal, x.Earliest)
	x.LastReading = cal.AddBusinessDays(x.Earliest, 2)
	if app.ApprovedAt.IsZero() {
		planned, err := d.planned(ctx, q, app, view.Document)
		if err != nil {
			return Examination{}, err
		}
		x.Planned = plannedCodes(view.Document, planned)
	}
	if x.Since, err = d.since(ctx, q, view); err != nil {
		return Examination{}, err
	}
	if _, err := application.Decide(standing(app), application.Approve, actor, view.Now); err != nil {
		if refusal, ok := errors.AsType[*application.Refusal](err); ok {
			x.WhyNot = string(refusal.Why) + " " + string(refusal.Condition)
		}
	}
	earlier, err := d.earlier(ctx, app.Establishment)
	if err != nil {
		return Examination{}, err
	}
	for _, row := range earlier {
		if row.ID != id {
			x.Earlier = append(x.Earlier, row)
		}
	}
	return x, nil
}

// since is what differs from the version before (S7): in the registered document, and in the settings that
// stand now against those recorded with that version. A code that is new has none to compare.
func (d *Desk) since(ctx context.Context, q reader, view Case) ([]application.Difference, error) {
	n := len(view.Versions)
	if n < 2 {
		return nil, nil
	}
	before, now := view.Versions[n-2], view.Versions[n-1]
	row, err := q.GetVersion(ctx, versionKey(view.ID, before.Round))
	if err != nil {
		return nil, fmt.Errorf("reading version %d of application %s: %w", before.Round, view.ID, err)
	}
	recorded := application.Settings{}
	if err := json.Unmarshal([]byte(row.Settings), &recorded); err != nil {
		return nil, fmt.Errorf("reading the settings of version %d: %w", before.Round, err)
	}
	kept := now.Document
	kept.Codes = slices.DeleteFunc(slices.Clone(kept.Codes), func(item application.CodeItem) bool {
		_, known := before.Document.Code(item.Placeholder)
		return !known
	})
	kept.Existing = slices.DeleteFunc(slices.Clone(kept.Existing), func(item application.ExistingItem) bool {
		_, known := before.Document.ExistingOf(item.Placeholder)
		return !known
	})
	return append(application.Differences(before.Document, now.Document, d.Catalogue),
		application.SettingsDifferences(recorded, view.Settings, kept, d.Catalogue)...), nil
}

// Searched leaves evidence that the centre's staff searched all establishments; what was searched for is
// personal text.
func (d *Desk) Searched(ctx context.Context, actor account.Actor, search string) error {
	if !actor.Role.OfCentre() {
		return ErrForbidden
	}
	return d.beginDoing(ctx, actor, looking, func(a *act) error {
		return a.audit("search", nil, map[audit.Key]string{audit.Search: cut(search, audit.MaxDetail)})
	})
}

// cut shortens text to at most n bytes, between characters.
func cut(text string, n int) string {
	for len(text) > n {
		_, size := utf8.DecodeLastRuneInString(text)
		text = text[:len(text)-size]
	}
	return text
}
