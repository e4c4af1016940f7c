package issuance

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"uketsuke/internal/account"
	"uketsuke/internal/application"
	"uketsuke/internal/audit"
	"uketsuke/internal/desk/casefile"
	"uketsuke/internal/desk/command"
	"uketsuke/internal/mail"
	"uketsuke/internal/problem"
	"uketsuke/internal/store/column"
	"uketsuke/internal/store/query"
)

// TextMax bounds what an examiner writes to an applicant, in characters.
const TextMax = 1000

// Claim makes the actor the one who decides (R-EX-2).
func (d *Desk) Claim(ctx context.Context, actor account.Actor, ref command.Ref) error {
	return d.hold(ctx, actor, ref, application.Claim)
}

// TakeOver claims what a colleague holds, with a trace (R-EX-2).
func (d *Desk) TakeOver(ctx context.Context, actor account.Actor, ref command.Ref) error {
	return d.hold(ctx, actor, ref, application.TakeOver)
}

func (d *Desk) hold(ctx context.Context, actor account.Actor, ref command.Ref, c application.Command) error {
	return d.Command(ctx, actor, ref, c, func(a *command.Tx, step application.Step) error {
		before, beforeName := a.App.Holder, a.App.HolderName
		a.SetState(step)
		casefile.LetGo(a)
		a.App.Holder, a.App.HolderName = column.Text(actor.ID), actor.Name
		detail := map[string]string{}
		facts := map[audit.Key]string{}
		if before != "" {
			detail["before"], facts[audit.Holder] = beforeName, string(before)
		}
		if err := a.Record(string(c), detail, c == application.TakeOver); err != nil {
			return err
		}
		return a.Audit(string(c), facts, nil)
	})
}

// Release puts an application back to the unclaimed ones.
func (d *Desk) Release(ctx context.Context, actor account.Actor, ref command.Ref) error {
	return d.Command(ctx, actor, ref, application.Release, func(a *command.Tx, step application.Step) error {
		before := a.App.Holder
		a.SetState(step)
		casefile.LetGo(a)
		if err := a.Record(string(application.Release), nil, true); err != nil {
			return err
		}
		return a.Audit(string(application.Release), map[audit.Key]string{audit.Holder: string(before)}, nil)
	})
}

// AddRemark keeps an internal remark, which never leaves the centre.
func (d *Desk) AddRemark(ctx context.Context, actor account.Actor, ref command.Ref, item, body string) error {
	return d.Command(ctx, actor, ref, application.Remark, func(a *command.Tx, _ application.Step) error {
		body, problems := checkedText(body, "body", "R-EX-5", "内部メモ")
		if len(problems) > 0 {
			return problems
		}
		if err := insertRemark(a, item, body, true); err != nil {
			return err
		}
		if err := a.Record(string(application.Remark), nil, true); err != nil {
			return err
		}
		return a.Audit(string(application.Remark), nil, nil)
	})
}

// checkedText is a text that an examiner writes: needed, bounded, without control characters.
func checkedText(typed, field, rule, label string) (string, problem.List) {
	var l problem.List
	text := application.FoldLines(typed)
	switch n := len([]rune(text)); {
	case n == 0:
		l.Add(field, rule, "「%s」を入力してください。", label)
	case n > TextMax:
		l.Add(field, rule, "「%s」は%d文字以内で入力してください（現在%d文字）。", label, TextMax, n)
	case strings.ContainsFunc(text, isControl):
		l.Add(field, rule, "「%s」に使えない制御文字が含まれています。取り除いてください。", label)
	}
	return text, l
}

func isControl(r rune) bool { return r < ' ' && r != '\n' || r == 0x7f || r == 0xfffd }

func insertRemark(a *command.Tx, item, body string, internal bool) error {
	id, err := a.Runner.NewID()
	if err != nil {
		return err
	}
	err = a.Store.InsertRemark(a.Ctx, query.InsertRemarkParams{
		ID: id, Application: a.App.ID, Round: a.App.Round, Item: item, Body: body, Internal: internal,
		ByAccount: string(a.Actor.ID), ByName: a.Actor.Name, At: column.At(a.Now)})
	if err != nil {
		return fmt.Errorf("writing a remark: %w", err)
	}
	return nil
}

// shown refuses a verdict on another registered version than the one the examiner saw (R-EX-5).
func shown(a *command.Tx, round int) error {
	if int64(round) != a.App.Round {
		return &command.Stale{ID: a.App.ID, Seen: int64(round), Now: a.App.Round}
	}
	return nil
}

// Return sends an application back with remarks per item. The remarks come to be with the return itself,
// so that none can be seen before.
func (d *Desk) Return(ctx context.Context, actor account.Actor, ref command.Ref, round int, remarks []RemarkForm) error {
	return d.Command(ctx, actor, ref, application.Return, func(a *command.Tx, step application.Step) error {
		if err := shown(a, round); err != nil {
			return err
		}
		doc, _, err := command.RegisteredDocument(a.Ctx, a.Store.Queries, a.App)
		if err != nil {
			return err
		}
		said, err := checkedRemarks(remarks)
		if err != nil {
			return err
		}
		var letter []mail.Remark
		for _, r := range said {
			if err := insertRemark(a, r.Item, r.Body, false); err != nil {
				return err
			}
			letter = append(letter, mail.Remark{Item: casefile.ItemLabel(r.Item, doc), Text: r.Body})
		}
		a.SetState(step)
		a.App.WaitedDays += int64(casefile.WaitedDays(a.Calendar, a.App.RegisteredAt.Time, a.Now)) // the clock pauses until it comes again
		casefile.LetGo(a)
		a.App.TouchedAt, a.App.AnnouncedAt = column.At(a.Now), column.Time{}
		keeper := a.App.DraftBy
		if err := a.PutDraft(application.Draft{Document: doc}); err != nil {
			return err
		}
		a.App.DraftBy = keeper // the working copy stays the applicant's
		if err := a.Record(string(application.Return), map[string]string{"remarks": strconv.Itoa(len(said))}, false); err != nil {
			return err
		}
		if err := a.News(command.NewsSubject(application.Return)); err != nil {
			return err
		}
		if err := a.MailTo(step.Mail, step.MailTo, func(l *mail.Letter) { l.Remarks, l.ExpiresOn = letter, a.ExpiresOn() }); err != nil {
			return err
		}
		return a.Audit(string(application.Return), map[audit.Key]string{
			audit.Receipt: string(a.App.Receipt), audit.Remarks: strconv.Itoa(len(said))}, nil)
	})
}

// checkedRemarks are the remarks with a text; there must be one.
func checkedRemarks(remarks []RemarkForm) ([]RemarkForm, error) {
	var said []RemarkForm
	var problems problem.List
	for i, r := range remarks {
		if strings.TrimSpace(r.Body) == "" {
			continue
		}
		body, l := checkedText(r.Body, "remarks."+strconv.Itoa(i), "R-EX-5", "指摘")
		problems = append(problems, l...)
		said = append(said, RemarkForm{Item: r.Item, Body: body})
	}
	if len(said) == 0 {
		problems.Add("remarks", "R-EX-5", "差戻しには、項目ごとの指摘が1つ以上必要です。直していただきたい項目に指摘を入力してください。")
	}
	return said, problems.Err()
}

// Reject turns an application down, with a reason that the applicant is told.
func (d *Desk) Reject(ctx context.Context, actor account.Actor, ref command.Ref, round int, reason string) error {
	return d.Command(ctx, actor, ref, application.Reject, func(a *command.Tx, step application.Step) error {
		if err := shown(a, round); err != nil {
			return err
		}
		reason, problems := checkedText(reason, "reason", "R-EX-5", "お受けできない理由")
		if len(problems) > 0 {
			return problems
		}
		return casefile.EndApplication(a, step, a.Now, reason, func(l *mail.Letter) { l.Reason = reason })
	})
}
