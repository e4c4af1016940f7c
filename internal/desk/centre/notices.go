package centre

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"uketsuke/internal/account"
	"uketsuke/internal/application"
	"uketsuke/internal/audit"
	"uketsuke/internal/calendar"
	"uketsuke/internal/catalogue"
	"uketsuke/internal/desk/command"
	"uketsuke/internal/problem"
	"uketsuke/internal/store"
	"uketsuke/internal/store/column"
	"uketsuke/internal/store/query"

	"github.com/google/uuid"
)

// Notices of the centre, to all establishments or to one, on the days from–until of the desk clock.
// They are plain text.

// The bounds of a notice, in characters.
const (
	NoticeTitleMax = 60
	NoticeBodyMax  = 2000
)

// noticesMost is how many notices a page shows.
const noticesMost = 50

// A NoticeForm is a notice as a supervisor types it. Key makes saving twice one notice; PreviewNotice gives it.
type NoticeForm struct {
	Key           string
	ToAll         bool
	Establishment string // an id, or a part of the names of one establishment
	From, Until   string // Until may be empty
	Title, Body   string
	TitleEn       string // both of the English texts or neither
	BodyEn        string
	OnLogin       bool // also on the login page
}

// A Notice is one as it is shown. The establishment is for the centre's pages only.
type Notice struct {
	ID                             string
	Establishment, Company         string // "" for all
	Title, Body, TitleEn, BodyEn   string
	From, Until                    calendar.Date // Until is zero: until it is withdrawn
	OnLogin, Unread                bool
	RecordedAt, WithdrawnAt        time.Time
	Readers                        int
	Withdrawn, BeforeDays, DaysOut bool // withdrawn; its days are to come; its days are over
}

func (n *Notice) onDay(today calendar.Date) {
	n.Withdrawn = !n.WithdrawnAt.IsZero()
	n.BeforeDays = n.From.After(today)
	n.DaysOut = !n.Until.IsZero() && n.Until.Before(today)
}

// PreviewNotice checks what was typed and says how it will be shown, and to whom. Its ID is the key with which
// it is published.
func (d *Desk) PreviewNotice(ctx context.Context, actor account.Actor, in NoticeForm) (Notice, error) {
	if actor.Role != account.Supervisor {
		return Notice{}, command.ErrForbidden
	}
	now, err := d.DeskTime(ctx)
	if err != nil {
		return Notice{}, err
	}
	n, err := noticeOf(ctx, d.DB.Read().Queries, in, calendar.DateOf(now))
	if err != nil {
		return n, err
	}
	n.ID, err = d.NewID()
	return n, err
}

// PublishNotice stores a notice. The same key again is the same notice, and stores nothing.
func (d *Desk) PublishNotice(ctx context.Context, actor account.Actor, in NoticeForm) (string, error) {
	if actor.Role != account.Supervisor {
		return "", command.ErrForbidden
	}
	if key, err := uuid.Parse(in.Key); err != nil || key.Version() != 7 || key.String() != in.Key {
		return "", problem.List{problem.New("", "C6", "表示の確認からやり直してください。")}
	}
	err := d.Do(ctx, actor, func(a *command.Tx) error {
		if _, err := a.Store.GetNotice(ctx, in.Key); err == nil {
			return nil
		} else if !errors.Is(store.Missing(err), store.ErrNotFound) {
			return fmt.Errorf("reading a notice: %w", err)
		}
		n, err := noticeOf(ctx, a.Store.Queries, in, a.Today())
		if err != nil {
			return err
		}
		err = a.Store.InsertNotice(ctx, query.InsertNoticeParams{ID: in.Key, Establishment: n.Establishment, Title: n.Title, Body: n.Body,
			TitleEn: n.TitleEn, BodyEn: n.BodyEn, ShownFrom: column.On(n.From), ShownUntil: column.On(n.Until), OnLogin: n.OnLogin,
			RecordedAt: column.At(a.Now), RecordedBy: string(actor.ID)})
		if err != nil {
			return fmt.Errorf("publishing a notice: %w", err)
		}
		return auditNotice(a, "publish-notice", in.Key, n)
	})
	return in.Key, err
}

func auditNotice(a *command.Tx, name, id string, n Notice) error {
	a.App.Establishment = n.Establishment
	return a.AuditOf(name, id, map[audit.Key]string{audit.Day: n.From.String(), audit.Digest: audit.Hash(n.Title + "\n" + n.Body + "\n" + n.TitleEn + "\n" + n.BodyEn)}, nil)
}

// noticeOf reads a form.
func noticeOf(ctx context.Context, q command.Reader, in NoticeForm, today calendar.Date) (Notice, error) {
	fold := func(text string) string { return strings.TrimSpace(application.FoldLines(text)) }
	n := Notice{Title: fold(in.Title), Body: fold(in.Body), TitleEn: fold(in.TitleEn), BodyEn: fold(in.BodyEn), OnLogin: in.OnLogin}
	l := noticeTexts(n)
	l = append(l, n.days(in, today)...)
	if in.OnLogin && !in.ToAll {
		l.Add("on_login", "C6", "ログイン画面に表示できるのは、すべての事業所へのお知らせだけです。宛先を変えるか、この印を外してください。")
	}
	if !in.ToAll {
		wrong, err := n.addressee(ctx, q, in.Establishment, today)
		if err != nil {
			return n, err
		}
		l = append(l, wrong...)
	}
	n.onDay(today)
	return n, l.Err()
}

func noticeTexts(n Notice) problem.List {
	var l problem.List
	needed := func(field, text string, most int, label string) {
		switch count := utf8.RuneCountInString(text); {
		case count == 0:
			l.Add(field, "C6", "%sを入力してください。", label)
		case count > most:
			l.Add(field, "C6", "%sは%d文字以内で入力してください。", label, most)
		case most == NoticeTitleMax && strings.Contains(text, "\n"):
			l.Add(field, "C6", "%sは1行で入力してください。", label)
		}
	}
	needed("title", n.Title, NoticeTitleMax, "件名")
	needed("body", n.Body, NoticeBodyMax, "本文")
	if n.TitleEn != "" || n.BodyEn != "" {
		needed("title_en", n.TitleEn, NoticeTitleMax, "件名（英語）")
		needed("body_en", n.BodyEn, NoticeBodyMax, "本文（英語）")
	}
	return l
}

// days reads from and until: both not before today, in their order.
func (n *Notice) days(in NoticeForm, today calendar.Date) problem.List {
	var l problem.List
	var err error
	if n.From, err = calendar.ParseTyped(in.From); err != nil {
		l.Add("from", "C6", "表示を始める日を、2026-04-01 のように入力してください。")
	} else if n.From.Before(today) {
		l.Add("from", "C6", "表示を始める日は、今日（%s）以降にしてください。", today)
	}
	if strings.TrimSpace(in.Until) == "" {
		return l
	}
	if n.Until, err = calendar.ParseTyped(in.Until); err != nil {
		l.Add("until", "C6", "表示を終える日を、2026-04-30 のように入力してください。空欄にすると、取り下げるまで表示します。")
	} else if n.Until.Before(n.From) || n.Until.Before(today) {
		l.Add("until", "C6", "表示を終える日は、表示を始める日以降にしてください。")
	}
	return l
}

// addressee finds the one establishment that was typed, by id or by a part of its names.
func (n *Notice) addressee(ctx context.Context, q command.Reader, typed string, today calendar.Date) (problem.List, error) {
	var l problem.List
	typed = strings.TrimSpace(typed)
	key := strings.NewReplacer("%", "", "_", "").Replace(catalogue.SearchKey(typed))
	if key == "" {
		l.Add("establishment", "C6", "宛先の事業所を、企業名か事業所名で入力してください。")
		return l, nil
	}
	if e, err := q.GetEstablishment(ctx, typed); err == nil {
		return nil, n.to(ctx, q, e.ID, today)
	} else if !errors.Is(store.Missing(err), store.ErrNotFound) {
		return nil, fmt.Errorf("reading an establishment: %w", err)
	}
	rows, err := q.EstablishmentChoices(ctx, query.EstablishmentChoicesParams{Pattern: "%" + key + "%", Most: 4})
	switch {
	case err != nil:
		return nil, fmt.Errorf("looking for an establishment: %w", err)
	case len(rows) == 1:
		return nil, n.to(ctx, q, rows[0].ID, today)
	case len(rows) == 0:
		l.Add("establishment", "C6", "「%s」に当てはまる事業所はありません。企業名か事業所名を確認してください。", typed)
	default:
		l.Add("establishment", "C6", "「%s」に当てはまる事業所が複数あります（%s %s、%s %s など）。1つに決まるように入力してください。", typed,
			rows[0].Company, rows[0].Name, rows[1].Company, rows[1].Name)
	}
	return l, nil
}

func (n *Notice) to(ctx context.Context, q command.Reader, id string, today calendar.Date) error {
	e, err := command.EstablishmentOf(ctx, q, id, today)
	n.Establishment, n.Company = id, strings.TrimSpace(e.Company+" "+e.Name)
	return err
}

// WithdrawNotice takes a notice back; withdrawn once more it stays as it was.
func (d *Desk) WithdrawNotice(ctx context.Context, actor account.Actor, id string) error {
	if actor.Role != account.Supervisor {
		return command.ErrForbidden
	}
	return d.Do(ctx, actor, func(a *command.Tx) error {
		row, err := a.Store.GetNotice(ctx, id)
		if err = store.Missing(err); errors.Is(err, store.ErrNotFound) {
			return command.ErrNotFound
		} else if err != nil {
			return fmt.Errorf("reading notice %s: %w", id, err)
		}
		done, err := a.Store.WithdrawNotice(ctx, query.WithdrawNoticeParams{ID: id, RevokedAt: column.At(a.Now)})
		if err != nil {
			return fmt.Errorf("withdrawing notice %s: %w", id, err)
		}
		if done == 0 {
			return nil
		}
		return auditNotice(a, "withdraw-notice", id, noticeFrom(row))
	})
}

func noticeFrom(row query.Notice) Notice {
	return Notice{ID: row.ID, Establishment: row.Establishment, Title: row.Title, Body: row.Body, TitleEn: row.TitleEn, BodyEn: row.BodyEn,
		From: row.ShownFrom.Date, Until: row.ShownUntil.Date, OnLogin: row.OnLogin, RecordedAt: row.RecordedAt.Time, WithdrawnAt: row.RevokedAt.Time}
}

// A NoticeList is the page of notices. Next is the key of the next page, "" when there is none.
type NoticeList struct {
	Rows  []Notice
	Next  string
	Today calendar.Date
}

// Notices is every notice, the newest first, without texts but the titles; after is the last page's Next.
func (d *Desk) Notices(ctx context.Context, actor account.Actor, after string) (NoticeList, error) {
	if !actor.Role.OfCentre() {
		return NoticeList{}, command.ErrForbidden
	}
	now, err := d.DeskTime(ctx)
	if err != nil {
		return NoticeList{}, err
	}
	rows, err := d.DB.Read().ListNotices(ctx, query.ListNoticesParams{Before: after, Most: noticesMost + 1})
	if err != nil {
		return NoticeList{}, fmt.Errorf("reading the notices: %w", err)
	}
	list := NoticeList{Today: calendar.DateOf(now)}
	if len(rows) > noticesMost {
		rows = rows[:noticesMost]
		list.Next = rows[noticesMost-1].ID
	}
	for _, row := range rows {
		n := Notice{ID: row.ID, Establishment: row.Establishment, Company: row.Company, Title: row.Title, TitleEn: row.TitleEn,
			From: row.ShownFrom.Date, Until: row.ShownUntil.Date, OnLogin: row.OnLogin, RecordedAt: row.RecordedAt.Time,
			WithdrawnAt: row.RevokedAt.Time, Readers: int(row.Readers)}
		n.onDay(list.Today)
		list.Rows = append(list.Rows, n)
	}
	return list, nil
}

// Notice is one notice: for the centre any, for an establishment only one that is shown to it today.
func (d *Desk) Notice(ctx context.Context, actor account.Actor, id string) (Notice, error) {
	now, err := d.DeskTime(ctx)
	if err != nil {
		return Notice{}, err
	}
	n, err := noticeFor(ctx, d.DB.Read().Queries, actor, id, calendar.DateOf(now))
	if err == nil && actor.Role.OfCentre() && n.Establishment != "" {
		err = n.to(ctx, d.DB.Read().Queries, n.Establishment, calendar.DateOf(now))
	}
	return n, err
}

func noticeFor(ctx context.Context, q command.Reader, actor account.Actor, id string, today calendar.Date) (Notice, error) {
	row, err := q.GetNotice(ctx, id)
	if err = store.Missing(err); errors.Is(err, store.ErrNotFound) {
		return Notice{}, command.ErrNotFound
	} else if err != nil {
		return Notice{}, fmt.Errorf("reading notice %s: %w", id, err)
	}
	n := noticeFrom(row)
	n.onDay(today)
	if actor.Role.OfCentre() {
		return n, nil
	}
	if !actor.Role.OfEstablishment() || n.Establishment != "" && !actor.MaySee(n.Establishment) || n.Withdrawn || n.BeforeDays || n.DaysOut {
		return Notice{}, command.ErrNotFound
	}
	n.Establishment = ""
	return n, nil
}

// OpenNotice notes that the actor, of an establishment, has opened a notice that is shown to them.
func (d *Desk) OpenNotice(ctx context.Context, actor account.Actor, id string) error {
	if !actor.Role.OfEstablishment() {
		return command.ErrForbidden
	}
	return d.DoAs(ctx, actor, command.Reading, func(a *command.Tx) error {
		if _, err := noticeFor(ctx, a.Store.Queries, actor, id, a.Today()); err != nil {
			return err
		}
		fresh, err := a.Store.InsertNoticeRead(ctx, query.InsertNoticeReadParams{Notice: id, Account: string(actor.ID), At: column.At(a.Now)})
		if err != nil {
			return fmt.Errorf("noting that a notice was read: %w", err)
		}
		if fresh == 0 {
			return nil
		}
		return a.AuditOf("open-notice", id, nil, nil)
	})
}

// NoticesShown are the notices on somebody's top menu on a day, unread first, without their bodies.
func NoticesShown(ctx context.Context, q command.Reader, actor account.Actor, today calendar.Date) ([]Notice, error) {
	rows, err := q.NoticesShown(ctx, query.NoticesShownParams{Account: string(actor.ID), Establishment: actor.Establishment,
		Day: column.On(today), Most: noticesMost})
	if err != nil {
		return nil, fmt.Errorf("reading the notices: %w", err)
	}
	var list []Notice
	for _, row := range rows {
		list = append(list, Notice{ID: row.ID, Title: row.Title, TitleEn: row.TitleEn, From: row.ShownFrom.Date, Until: row.ShownUntil.Date,
			Unread: row.Unread == 1})
	}
	return list, nil
}

// LoginNotices are the notices that everybody sees before signing in, on the days of the desk clock.
func (d *Desk) LoginNotices(ctx context.Context) ([]Notice, error) {
	now, err := d.DeskTime(ctx)
	if err != nil {
		return nil, err
	}
	rows, err := d.DB.Read().NoticesOnLogin(ctx, query.NoticesOnLoginParams{Day: column.On(calendar.DateOf(now)), Most: 5})
	if err != nil {
		return nil, fmt.Errorf("reading the notices of the login page: %w", err)
	}
	var list []Notice
	for _, row := range rows {
		list = append(list, noticeFrom(row))
	}
	return list, nil
}
