package desk

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"strconv"
	"strings"
	"time"

	"uketsuke/internal/account"
	"uketsuke/internal/application"
	"uketsuke/internal/calendar"
	"uketsuke/internal/problem"
	"uketsuke/internal/store/column"
	"uketsuke/internal/store/query"
	"uketsuke/internal/userid"
)

// mostDrafts is how many drafts an establishment has at most; ours.
const mostDrafts = 100

// Begin makes a new draft for the actor's establishment, its contact person prefilled from the account
// and still to be confirmed (R-APP-12, R-APP-13).
func (d *Desk) Begin(ctx context.Context, actor account.Actor) (Ref, error) {
	var ref Ref
	err := d.begin(ctx, actor, func(a *act) error {
		if !actor.Role.MayApply() {
			return ErrForbidden
		}
		id, err := d.newID()
		if err != nil {
			return err
		}
		// Two at once may both be the last one: nothing rests on the exact number.
		drafts, err := a.tx.CountDrafts(ctx, actor.Establishment)
		if err != nil {
			return fmt.Errorf("counting the drafts: %w", err)
		}
		if drafts >= mostDrafts {
			return problem.List{problem.New("", "R-APP-13", "作成中の申込が%d件あります。「申込内容の確認」から、使わないものを破棄してください。", drafts)}
		}
		person, err := a.tx.GetAccount(ctx, string(actor.ID))
		if err != nil {
			return fmt.Errorf("reading the account of the applicant: %w", err)
		}
		est, err := a.tx.GetEstablishment(ctx, actor.Establishment)
		if err != nil {
			return fmt.Errorf("reading the establishment of the applicant: %w", err)
		}
		draft := application.Draft{Document: application.Document{Contact: application.Contact{
			Name: person.Name, Kana: person.NameKana, Department: person.Department,
			Position: person.Position, Phone: person.Phone, Email: person.Email,
		}}}
		text, err := json.Marshal(draft)
		if err != nil {
			return fmt.Errorf("writing a draft: %w", err)
		}
		err = a.tx.InsertApplication(ctx, query.InsertApplicationParams{
			ID: id, Establishment: est.ID, Draft: string(text), DraftBy: string(actor.ID),
			TouchedAt: column.At(a.now), CreatedAt: column.At(a.now), CreatedBy: string(actor.ID), Search: est.Search,
		})
		if err != nil {
			return fmt.Errorf("writing a draft: %w", err)
		}
		a.app = query.Application{ID: id, Establishment: est.ID, State: string(application.InDraft)}
		ref = Ref{ID: id, Version: 1}
		if err := a.record("begin", nil, false); err != nil {
			return err
		}
		return a.audit("begin", nil, nil)
	})
	return ref, err
}

// edit is one save of the working copy (R-APP-13). page names the form whose kept typing is dropped when
// the save passes.
func (d *Desk) edit(ctx context.Context, actor account.Actor, ref Ref, page string,
	change func(*act, *application.Draft) error) error {
	return d.command(ctx, actor, ref, application.Save, func(a *act, _ application.Step) error {
		draft, err := draftOf(a.app)
		if err != nil {
			return err
		}
		if err := change(a, &draft); err != nil {
			return err
		}
		delete(draft.Typed, page)
		if err := a.putDraft(draft); err != nil {
			return err
		}
		return a.audit(string(application.Save), nil, nil)
	})
}

// ground is the ground of a working copy as of now.
func (a *act) ground(doc application.Document, settings application.Settings) (application.Ground, error) {
	est, err := a.tx.GetEstablishment(a.ctx, a.app.Establishment)
	if err != nil {
		return application.Ground{}, fmt.Errorf("reading establishment %s: %w", a.app.Establishment, err)
	}
	ground, err := a.desk.groundOf(a.ctx, a.tx.Queries, est, a.app.ID, doc, settings, a.now)
	ground.Calendar, ground.RegisteredAt = a.cal, a.now
	return ground, err
}

// SaveStart stores page E5: what to apply for, the wish and the reason.
func (d *Desk) SaveStart(ctx context.Context, actor account.Actor, ref Ref, in StartForm) error {
	return d.edit(ctx, actor, ref, "start", func(a *act, draft *application.Draft) error {
		desired, reason, problems := d.readStart(in, a.cal, a.now)
		draft.Document.Kinds, draft.Document.Desired, draft.Document.Reason = in.Kinds, desired, reason
		return problems.Err()
	})
}

// readStart reads page E5 and says what is wrong with it as of an instant.
func (d *Desk) readStart(in StartForm, cal *calendar.Calendar, now time.Time) (calendar.Date, string, problem.List) {
	if !application.NeedsStart(in.Kinds, d.Catalogue) {
		in.Desired = "" // a re-issue has no start date (R-SEC-9)
	}
	desired, problems := parseDay(in.Desired, "desired", "R-APP-11", "利用開始希望日")
	reason := application.FoldLines(in.Reason)
	ground := application.Ground{Catalogue: d.Catalogue, Calendar: cal, RegisteredAt: now}
	unread := len(problems) > 0 // what cannot be read is not judged too
	for _, p := range application.StartPageProblems(in.Kinds, desired, reason, ground) {
		if p.Field != "desired" || !unread {
			problems = append(problems, p)
		}
	}
	return desired, reason, problems
}

// StartProblems says what is wrong with a kept form of page E5, seen from now; it stores nothing.
func (d *Desk) StartProblems(ctx context.Context, in StartForm) (problem.List, error) {
	now, err := d.moment(ctx)
	if err != nil {
		return nil, err
	}
	cal, err := businessCalendar(ctx, d.DB.Read().Queries)
	if err != nil {
		return nil, err
	}
	_, _, problems := d.readStart(in, cal, now)
	return problems, nil
}

// parseDay reads a day as people write it.
func parseDay(typed, field, rule, label string) (calendar.Date, problem.List) {
	if strings.TrimSpace(typed) == "" {
		return calendar.Date{}, nil // that it is missing is for the rule to say
	}
	day, err := calendar.ParseTyped(typed)
	if err != nil {
		return day, problem.List{problem.New(field, rule,
			"「%s」の日付を読み取れません。2024-12-10、2024年12月10日、令和6年12月10日のように、実在する日付を入力してください。", label)}
	}
	return day, nil
}

// SaveContact stores page E6. Passing the page is the confirmation (R-APP-12).
func (d *Desk) SaveContact(ctx context.Context, actor account.Actor, ref Ref, in application.Contact) error {
	return d.edit(ctx, actor, ref, "contact", func(_ *act, draft *application.Draft) error {
		contact := application.FoldContact(in)
		draft.Document.Contact = contact
		return application.ContactProblems(contact).Err()
	})
}

// KeepTyped is 一時保存: the page's form as typed, right or wrong (R-APP-13). Nothing else changes.
func (d *Desk) KeepTyped(ctx context.Context, actor account.Actor, ref Ref, page string, form map[string][]string) error {
	return d.command(ctx, actor, ref, application.Save, func(a *act, _ application.Step) error {
		if !isPage(page) {
			return fmt.Errorf("keeping what was typed: no page %q", page)
		}
		draft, err := draftOf(a.app)
		if err != nil {
			return err
		}
		if draft.Typed == nil {
			draft.Typed = map[string]map[string][]string{}
		}
		draft.Typed[page] = maps.Clone(form)
		if err := a.putDraft(draft); err != nil {
			return err
		}
		return a.audit("keep-typed", nil, nil)
	})
}

// isPage says whether a name is that of a page whose typing can be kept.
func isPage(page string) bool {
	parts := strings.Split(page, ".")
	switch parts[0] {
	case "start", "contact":
		return len(parts) == 1
	case "code":
		return len(parts) == 2 && isNumber(parts[1])
	case existingPage:
		_, err := userid.ParseCode(parts[len(parts)-1])
		return len(parts) == 2 && err == nil
	case reissuePage:
		return len(parts) == 1
	case "settings":
		return len(parts) == 3 && isNumber(parts[1])
	}
	return false
}

func isNumber(s string) bool {
	n, err := strconv.Atoi(s)
	return err == nil && n >= 0 && n < 100000
}

// UseEarliest moves the wish to the earliest possible day: the one button of the confirmation page when
// the day has moved on while somebody was typing (R-APP-11).
func (d *Desk) UseEarliest(ctx context.Context, actor account.Actor, ref Ref) error {
	return d.edit(ctx, actor, ref, "", func(a *act, draft *application.Draft) error {
		draft.Document.Desired = application.EarliestWish(a.cal, a.now)
		// What else was kept of the page stays kept.
		delete(draft.Typed["start"], "desired")
		return nil
	})
}

// Discard removes a draft for good. What was written in it goes; its events and the audit say that it was
// there.
func (d *Desk) Discard(ctx context.Context, actor account.Actor, ref Ref) error {
	return d.begin(ctx, actor, func(a *act) error {
		if err := a.guard(ref); err != nil {
			return err
		}
		if _, err := application.Decide(standing(a.app), application.Discard, actor, a.now); err != nil {
			return err
		}
		return a.removeDraft(application.Discard)
	})
}

// removeDraft deletes the draft that the act holds.
func (a *act) removeDraft(c application.Command) error {
	gone, err := a.tx.DeleteDraft(a.ctx, query.DeleteDraftParams{ID: a.app.ID, Version: a.app.Version})
	if err != nil {
		return fmt.Errorf("removing draft %s: %w", a.app.ID, err)
	}
	if gone != 1 {
		return fmt.Errorf("removing draft %s: it is no longer a draft", a.app.ID)
	}
	return a.audit(string(c), nil, nil)
}

// Withdraw takes an application back before it is decided (R-EX-8).
func (d *Desk) Withdraw(ctx context.Context, actor account.Actor, ref Ref) error {
	return d.command(ctx, actor, ref, application.Withdraw, func(a *act, step application.Step) error {
		return a.end(step, a.now, "", nil)
	})
}
