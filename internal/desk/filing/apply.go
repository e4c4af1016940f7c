package filing

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
	"uketsuke/internal/desk/casefile"
	"uketsuke/internal/desk/command"
	"uketsuke/internal/problem"
	"uketsuke/internal/store/column"
	"uketsuke/internal/store/query"
	"uketsuke/internal/userid"
)

// mostDrafts is how many drafts an establishment has at most; ours.
const mostDrafts = 100

// Begin makes a new draft for the actor's establishment, its contact person prefilled from the account
// and still to be confirmed (R-APP-12, R-APP-13).
func (d *Desk) Begin(ctx context.Context, actor account.Actor) (command.Ref, error) {
	var ref command.Ref
	err := d.Do(ctx, actor, func(a *command.Tx) error {
		if !actor.Role.MayApply() {
			return command.ErrForbidden
		}
		id, err := d.NewID()
		if err != nil {
			return err
		}
		// Two at once may both be the last one: nothing rests on the exact number.
		drafts, err := a.Store.CountDrafts(ctx, actor.Establishment)
		if err != nil {
			return fmt.Errorf("counting the drafts: %w", err)
		}
		if drafts >= mostDrafts {
			return problem.List{problem.New("", "R-APP-13", "作成中の申込が%d件あります。「申込内容の確認」から、使わないものを破棄してください。", drafts)}
		}
		person, err := a.Store.GetAccount(ctx, string(actor.ID))
		if err != nil {
			return fmt.Errorf("reading the account of the applicant: %w", err)
		}
		est, err := a.Store.GetEstablishment(ctx, actor.Establishment)
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
		err = a.Store.InsertApplication(ctx, query.InsertApplicationParams{
			ID: id, Establishment: est.ID, Draft: string(text), DraftBy: string(actor.ID),
			TouchedAt: column.At(a.Now), CreatedAt: column.At(a.Now), CreatedBy: string(actor.ID), Search: est.Search,
		})
		if err != nil {
			return fmt.Errorf("writing a draft: %w", err)
		}
		a.App = query.Application{ID: id, Establishment: est.ID, State: string(application.InDraft)}
		ref = command.Ref{ID: id, Version: 1}
		if err := a.Record("begin", nil, false); err != nil {
			return err
		}
		return a.Audit("begin", nil, nil)
	})
	return ref, err
}

// edit is one save of the working copy (R-APP-13). page names the form whose kept typing is dropped when
// the save passes.
func (d *Desk) edit(ctx context.Context, actor account.Actor, ref command.Ref, page string,
	change func(*command.Tx, *application.Draft) error) error {
	return d.Command(ctx, actor, ref, application.Save, func(a *command.Tx, _ application.Step) error {
		draft, err := command.DraftOf(a.App)
		if err != nil {
			return err
		}
		if err := change(a, &draft); err != nil {
			return err
		}
		delete(draft.Typed, page)
		if err := a.PutDraft(draft); err != nil {
			return err
		}
		return a.Audit(string(application.Save), nil, nil)
	})
}

// ground is the ground of a working copy as of now.
func ground(a *command.Tx, doc application.Document, settings application.Settings) (application.Ground, error) {
	est, err := a.Store.GetEstablishment(a.Ctx, a.App.Establishment)
	if err != nil {
		return application.Ground{}, fmt.Errorf("reading establishment %s: %w", a.App.Establishment, err)
	}
	ground, err := casefile.GroundOf(a.Ctx, a.Runner, a.Store.Queries, est, a.App.ID, doc, settings, a.Now)
	ground.Calendar, ground.RegisteredAt = a.Calendar, a.Now
	return ground, err
}

// SaveStart stores the page of what to apply for: what to apply for, the wish and the reason.
func (d *Desk) SaveStart(ctx context.Context, actor account.Actor, ref command.Ref, in StartForm) error {
	return d.edit(ctx, actor, ref, "start", func(a *command.Tx, draft *application.Draft) error {
		desired, reason, problems := d.readStart(in, a.Calendar, a.Now)
		draft.Document.Kinds, draft.Document.Desired, draft.Document.Reason = in.Kinds, desired, reason
		return problems.Err()
	})
}

// readStart reads the page of what to apply for and says what is wrong with it as of an instant.
func (d *Desk) readStart(in StartForm, cal *calendar.Calendar, now time.Time) (calendar.Date, string, problem.List) {
	if !application.NeedsStart(in.Kinds, d.Catalogue) {
		in.Desired = "" // a re-issue has no start date (R-SEC-9)
	}
	desired, problems := command.ParseDay(in.Desired, "desired", "R-APP-11", "利用開始希望日")
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

// StartProblems says what is wrong with a kept form of the page of what to apply for, seen from now; it stores nothing.
func (d *Desk) StartProblems(ctx context.Context, in StartForm) (problem.List, error) {
	now, err := d.DeskTime(ctx)
	if err != nil {
		return nil, err
	}
	cal, err := command.BusinessCalendar(ctx, d.DB.Read().Queries)
	if err != nil {
		return nil, err
	}
	_, _, problems := d.readStart(in, cal, now)
	return problems, nil
}

// SaveContact stores the page of the person in charge. Passing the page is the confirmation (R-APP-12).
func (d *Desk) SaveContact(ctx context.Context, actor account.Actor, ref command.Ref, in application.Contact) error {
	return d.edit(ctx, actor, ref, "contact", func(_ *command.Tx, draft *application.Draft) error {
		contact := application.FoldContact(in)
		draft.Document.Contact = contact
		return application.ContactProblems(contact).Err()
	})
}

// KeepTyped is 一時保存: the page's form as typed, right or wrong (R-APP-13). Nothing else changes.
func (d *Desk) KeepTyped(ctx context.Context, actor account.Actor, ref command.Ref, page string, form map[string][]string) error {
	return d.Command(ctx, actor, ref, application.Save, func(a *command.Tx, _ application.Step) error {
		if !isPage(page) {
			return fmt.Errorf("keeping what was typed: no page %q", page)
		}
		draft, err := command.DraftOf(a.App)
		if err != nil {
			return err
		}
		if draft.Typed == nil {
			draft.Typed = map[string]map[string][]string{}
		}
		draft.Typed[page] = maps.Clone(form)
		if err := a.PutDraft(draft); err != nil {
			return err
		}
		return a.Audit("keep-typed", nil, nil)
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
func (d *Desk) UseEarliest(ctx context.Context, actor account.Actor, ref command.Ref) error {
	return d.edit(ctx, actor, ref, "", func(a *command.Tx, draft *application.Draft) error {
		draft.Document.Desired = application.EarliestWish(a.Calendar, a.Now)
		// What else was kept of the page stays kept.
		delete(draft.Typed["start"], "desired")
		return nil
	})
}

// Discard removes a draft for good. What was written in it goes; its events and the audit say that it was
// there.
func (d *Desk) Discard(ctx context.Context, actor account.Actor, ref command.Ref) error {
	return d.Do(ctx, actor, func(a *command.Tx) error {
		if err := a.Guard(ref); err != nil {
			return err
		}
		if _, err := application.Decide(command.StandingOf(a.App), application.Discard, actor, a.Now); err != nil {
			return err
		}
		return RemoveDraft(a, application.Discard)
	})
}

// RemoveDraft deletes the draft that the act holds.
func RemoveDraft(a *command.Tx, c application.Command) error {
	gone, err := a.Store.DeleteDraft(a.Ctx, query.DeleteDraftParams{ID: a.App.ID, Version: a.App.Version})
	if err != nil {
		return fmt.Errorf("removing draft %s: %w", a.App.ID, err)
	}
	if gone != 1 {
		return fmt.Errorf("removing draft %s: it is no longer a draft", a.App.ID)
	}
	return a.Audit(string(c), nil, nil)
}

// Withdraw takes an application back before it is decided (R-EX-8).
func (d *Desk) Withdraw(ctx context.Context, actor account.Actor, ref command.Ref) error {
	return d.Command(ctx, actor, ref, application.Withdraw, func(a *command.Tx, step application.Step) error {
		return casefile.EndApplication(a, step, a.Now, "", nil)
	})
}
