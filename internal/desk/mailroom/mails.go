package mailroom

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"uketsuke/internal/account"
	"uketsuke/internal/application"
	"uketsuke/internal/calendar"
	"uketsuke/internal/catalogue"
	"uketsuke/internal/desk/command"
	"uketsuke/internal/mail"
	"uketsuke/internal/problem"
	"uketsuke/internal/store"
	"uketsuke/internal/store/query"
)

// A MailStatus is how far a mail is. None says "delivered": nobody tells us that (R-MAIL-4).
type MailStatus string

// The states of a mail, and those whose trouble nobody has taken note of. One that came back has been accepted
// before; it is never called so again.
const (
	MailWaiting  = MailStatus(store.MailWaiting)
	MailAccepted = MailStatus(store.MailAccepted)
	MailFailed   = MailStatus(store.MailFailed)
	MailBounced  = MailStatus(store.MailBounced)
	MailUnseen   = MailStatus(store.MailUnseen)
)

// MailStatuses lists what the mail desk's list can be narrowed to.
func MailStatuses() []MailStatus {
	return []MailStatus{MailUnseen, MailWaiting, MailAccepted, MailFailed, MailBounced}
}

// Japanese is the status as the pages show it.
func (s MailStatus) Japanese() string {
	switch s {
	case MailWaiting:
		return "送信待ち"
	case MailAccepted:
		return "サーバー受付済"
	case MailFailed:
		return "送信失敗"
	case MailBounced:
		return "不達"
	case MailUnseen:
		return "未確認の送信失敗・不達"
	}
	return string(s)
}

// A MailQuery chooses what the mail desk lists; zero fields choose nothing away.
type MailQuery struct {
	Status MailStatus
	Search string
	After  string // key of the last row of the page before
}

// A MailList is the list of mails, newest first.
type MailList struct {
	Rows []MailRow
	Next string // key of the next page, "" when there is none
}

// A MailPage is one mail on the page of mails.
type MailPage struct {
	MailRow
	// Message is the mail as it is written from its stored facts; nil when it cannot be written.
	Message   *mail.Message
	MessageID string
	// Again are the mails that repeat this one.
	Again []MailRow
	// Mark is what Resend is to be given, so that pressing twice sends once.
	Mark int64
	// WhyNot says why it cannot be sent again now; none if it can.
	WhyNot problem.List
}

// A MailTemplate is a kind of letter with what an example of it says.
type MailTemplate struct {
	Kind    application.Mail
	To      []application.Recipient
	Message mail.Message
}

// ReadsBounces says whether mail that comes back reaches this installation.
func (d *Desk) ReadsBounces() bool { return d.Operator.Mail.BounceDomain != "" }

// Mails is the list of mails. What is searched for is a recipient, or what an application can be found by.
func (d *Desk) Mails(ctx context.Context, actor account.Actor, q MailQuery) (MailList, error) {
	if !actor.Role.OfCentre() {
		return MailList{}, command.ErrForbidden
	}
	rows, err := d.DB.Read().ListMails(ctx, store.MailFilter{State: store.MailState(q.Status), Search: catalogue.SearchKey(q.Search),
		After: q.After, Most: command.PageSize + 1})
	if err != nil {
		return MailList{}, err
	}
	var list MailList
	if len(rows) > command.PageSize {
		rows = rows[:command.PageSize]
		list.Next = rows[command.PageSize-1].ID
	}
	for _, r := range rows {
		line := MailRowOf(query.Outbox{ID: r.ID, Kind: r.Kind, Application: r.Application, Recipient: r.Recipient, CreatedAt: r.CreatedAt,
			AcceptedAt: r.AcceptedAt, FailedAt: r.FailedAt, BouncedAt: r.BouncedAt, DelayedAt: r.DelayedAt, SeenAt: r.SeenAt,
			Attempts: r.Attempts, ResendOf: r.ResendOf})
		line.Receipt = r.Receipt
		list.Rows = append(list.Rows, line)
	}
	return list, nil
}

// mostUnseen is how far the mails that nobody has taken note of are counted.
const mostUnseen = 100

// UnseenMails is how many mails failed or came back and nobody has taken note of it, at most mostUnseen.
func (d *Desk) UnseenMails(ctx context.Context, actor account.Actor) (int, error) {
	if !actor.Role.OfCentre() {
		return 0, command.ErrForbidden
	}
	n, err := d.DB.Read().CountTroubledMails(ctx, mostUnseen)
	if err != nil {
		return 0, fmt.Errorf("counting the mails that did not arrive: %w", err)
	}
	return int(n), nil
}

// Mail is one mail on the page of mails, with its text.
func (d *Desk) Mail(ctx context.Context, actor account.Actor, id string) (MailPage, error) {
	now, err := d.DeskTime(ctx)
	if err != nil {
		return MailPage{}, err
	}
	q := d.DB.Read().Queries
	row, app, err := mailOfCentre(ctx, q, actor, id)
	if err != nil {
		return MailPage{}, err
	}
	page := MailPage{MailRow: MailRowOf(row), MessageID: row.MessageID, Mark: row.Resent}
	page.Receipt = string(app.Receipt)
	again, err := q.ResentOf(ctx, query.ResentOfParams{ID: id, Application: row.Application})
	if err != nil {
		return MailPage{}, fmt.Errorf("reading what repeats mail %s: %w", id, err)
	}
	for _, r := range again {
		page.Again = append(page.Again, MailRowOf(r))
	}
	var letter mail.Letter
	if err := json.Unmarshal([]byte(row.Payload), &letter); err != nil {
		page.WhyNot = unreadable()
		return page, nil
	}
	letters, err := d.letters()
	if err != nil {
		return page, err
	}
	if m, err := letters.Render(letter); err == nil {
		page.Message = &m
	}
	page.WhyNot, err = whyNotAgain(ctx, d.Runner, q, row, app, letter, now)
	return page, err
}

// mailOfCentre is a mail that the actor may know of, with its application: none of a draft (R-APP-13).
func mailOfCentre(ctx context.Context, q command.Reader, actor account.Actor, id string) (query.Outbox, query.Application, error) {
	if !actor.Role.OfCentre() {
		return query.Outbox{}, query.Application{}, command.ErrForbidden
	}
	row, err := mailRowOf(ctx, q, id)
	if err != nil || row.Application == "" {
		return row, query.Application{}, err
	}
	app, err := command.Visible(ctx, q, actor, row.Application)
	return row, app, err
}

func mailRowOf(ctx context.Context, q command.Reader, id string) (query.Outbox, error) {
	row, err := q.GetMail(ctx, id)
	if err = store.Missing(err); errors.Is(err, store.ErrNotFound) {
		return row, command.ErrNotFound
	} else if err != nil {
		return row, fmt.Errorf("reading mail %s: %w", id, err)
	}
	return row, nil
}

// whyNotAgain says why a mail cannot be sent again: it is still on its way, or what it says is not so any
// more.
func whyNotAgain(ctx context.Context, d *command.Runner, q command.Reader, row query.Outbox, app query.Application, l mail.Letter, now time.Time) (problem.List, error) {
	var why problem.List
	if MailRowOf(row).Status == MailWaiting {
		why.Add("", "R-MAIL-4", "送信待ちのメールは、自動で送られます。送り直すことができるのは、サーバーが受け付けたか、送信できなかったメールです。")
		return why, nil
	}
	if l.Link != "" {
		return whyNoLink(ctx, d, q, l.Link)
	}
	if app.ID == "" {
		return nil, nil
	}
	standing, err := letterStanding(ctx, q, app, l, now)
	if err != nil {
		return nil, err
	}
	return l.Outdated(standing), nil
}

// whyNoLink says why the one-time link of an invitation leads nowhere any more: it was used, a newer one took its
// place, or its time is over.
func whyNoLink(ctx context.Context, d *command.Runner, q command.Reader, id string) (problem.List, error) {
	link, err := q.GetSetupLink(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("reading the link of an invitation: %w", store.Missing(err))
	}
	var why problem.List
	if !link.UsedAt.IsZero() || !d.Elapsed().Before(link.ExpiresAt.Time) {
		why.Add("", "R-MAIL-4", "このご案内のリンクは使用済みか、期限が過ぎているか、新しいリンクに替わっているため、もう送れません。事業所の画面から新しいリンクを送ってください。")
	}
	return why, nil
}

// letterStanding is how the application of a letter stands.
func letterStanding(ctx context.Context, q command.Reader, app query.Application, l mail.Letter, now time.Time) (mail.Standing, error) {
	state := command.StandingOf(app).StateAt(now)
	alive := state == application.Approved || state == application.InEffect
	s := mail.Standing{
		State: state, Receipt: string(app.Receipt), Start: app.StartDate.Date, SettingsDeadline: app.SettingsDeadline.Date,
		SettingsComplete: app.SettingsComplete || !app.ApprovedAt.IsZero() && app.SettingsDeadline.IsZero(), Today: calendar.DateOf(now),
		Readable: alive && !app.ReadLast.IsZero() && app.SecretsEndedAt.IsZero() && command.PeriodOf(app).Readable(now),
	}
	sealed, err := store.Once(ctx, "ListSecrets", q.ListSecrets, app.ID)
	if err != nil {
		return s, fmt.Errorf("reading the sealed secrets: %w", err)
	}
	s.Readable = s.Readable && len(sealed) > 0 // all may have been issued again since (R-SEC-9)
	readings, err := store.Once(ctx, "ListSecretReadings", q.ListSecretReadings, app.ID)
	if err != nil {
		return s, fmt.Errorf("reading who has read: %w", err)
	}
	noted, err := store.Once(ctx, "ListSecretsNoted", q.ListSecretsNoted, app.ID)
	if err != nil {
		return s, fmt.Errorf("reading who has noted: %w", err)
	}
	s.Read = len(readings) > 0
	for _, n := range noted {
		p, err := q.GetAccount(ctx, n.Account)
		if err != nil {
			return s, fmt.Errorf("reading account %s: %w", n.Account, err)
		}
		s.Read = s.Read || strings.EqualFold(p.Email, l.To.Email)
	}
	return s, nil
}

func unreadable() problem.List {
	var why problem.List
	why.Add("", "R-MAIL-4", "保存されている内容を読み取れないため、このメールは送れません。ヘルプデスクにお問い合わせください。")
	return why
}

// letters write what the mail desk shows, by the same code as what is sent. A desk of a tool has none: the
// commands of the binary do without the centre's mail settings.
func (d *Desk) letters() (*mail.Letters, error) {
	letters, err := mail.NewLetters(d.Operator.Mail)
	if err != nil {
		return nil, fmt.Errorf("preparing the letters: %w", err)
	}
	return letters, nil
}

// MailTemplates writes an example of every kind of letter, by the code that writes the real ones; for an
// administrator or for the applicant.
func (d *Desk) MailTemplates(actor account.Actor, administrator bool) ([]MailTemplate, error) {
	if !actor.Role.OfCentre() {
		return nil, command.ErrForbidden
	}
	letters, err := d.letters()
	if err != nil {
		return nil, err
	}
	var all []MailTemplate
	for _, kind := range application.Mails() {
		m, err := letters.Render(mail.Example(kind, administrator))
		if err != nil {
			return nil, fmt.Errorf("writing the example of a mail: %w", err)
		}
		all = append(all, MailTemplate{Kind: kind, To: recipientsOf(kind), Message: m})
	}
	return all, nil
}

// recipientsOf are the groups that get a kind of mail, by the life cycle's table.
func recipientsOf(kind application.Mail) []application.Recipient {
	for _, step := range application.Lifecycle() {
		if step.Mail == kind {
			return step.MailTo
		}
	}
	for _, n := range application.Notices() {
		if n.Mail == kind {
			return n.To
		}
	}
	return nil
}

// MailRowOf says how far a mail is: accepted by the server is not delivered, and what came back is not
// accepted (R-MAIL-4).
func MailRowOf(row query.Outbox) MailRow {
	m := MailRow{ID: row.ID, Kind: application.Mail(row.Kind), Application: row.Application, Recipient: row.Recipient, At: row.CreatedAt.Time,
		Status: MailWaiting, Attempts: int(row.Attempts), Reply: row.Reply, AcceptedAt: row.AcceptedAt.Time, RetryAt: row.RunAt.Time,
		FailedAt: row.FailedAt.Time, BouncedAt: row.BouncedAt.Time, DelayedAt: row.DelayedAt.Time, Bounce: row.Bounce,
		Seen: !row.SeenAt.IsZero(), ResendOf: row.ResendOf}
	switch {
	case !row.BouncedAt.IsZero():
		m.Status, m.DelayedAt = MailBounced, time.Time{}
	case !row.FailedAt.IsZero():
		m.Status = MailFailed
	case !row.AcceptedAt.IsZero():
		m.Status = MailAccepted
	}
	return m
}

// NotArrived are the mails of an application that failed or came back, unless a repetition of one is on its
// way or was accepted. What servers said is left out: it is for those who run them.
func NotArrived(rows []query.Outbox) []MailRow {
	mended := map[string]bool{}
	for _, row := range rows {
		if s := MailRowOf(row).Status; row.ResendOf != "" && (s == MailAccepted || s == MailWaiting) {
			mended[row.ResendOf] = true
		}
	}
	var missed []MailRow
	for _, row := range rows {
		m := MailRowOf(row)
		if (m.Status == MailFailed || m.Status == MailBounced) && !mended[row.ID] {
			m.Reply, m.Bounce = "", ""
			missed = append(missed, m)
		}
	}
	return missed
}
