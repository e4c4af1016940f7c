package desk

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"uketsuke/internal/account"
	"uketsuke/internal/application"
	"uketsuke/internal/audit"
	"uketsuke/internal/mail"
	"uketsuke/internal/problem"
	"uketsuke/internal/store/column"
	"uketsuke/internal/store/query"
)

// TextMax bounds what an examiner writes to an applicant, in characters.
const TextMax = 1000

// Claim makes the actor the one who decides (R-EX-2).
func (d *Desk) Claim(ctx context.Context, actor account.Actor, ref Ref) error {
	return d.hold(ctx, actor, ref, application.Claim)
}

// TakeOver claims what a colleague holds, with a trace (R-EX-2).
func (d *Desk) TakeOver(ctx context.Context, actor account.Actor, ref Ref) error {
	return d.hold(ctx, actor, ref, application.TakeOver)
}

func (d *Desk) hold(ctx context.Context, actor account.Actor, ref Ref, c application.Command) error {
	return d.command(ctx, actor, ref, c, func(a *act, step application.Step) error {
		before, beforeName := a.app.Holder, a.app.HolderName
		a.setState(step)
		a.letGo()
		a.app.Holder, a.app.HolderName = column.Text(actor.ID), actor.Name
		detail := map[string]string{}
		facts := map[audit.Key]string{}
		if before != "" {
			detail["before"], facts[audit.Holder] = beforeName, string(before)
		}
		if err := a.record(string(c), detail, c == application.TakeOver); err != nil {
			return err
		}
		return a.audit(string(c), facts, nil)
	})
}

// Release puts an application back to the unclaimed ones.
func (d *Desk) Release(ctx context.Context, actor account.Actor, ref Ref) error {
	return d.command(ctx, actor, ref, application.Release, func(a *act, step application.Step) error {
		before := a.app.Holder
		a.setState(step)
		a.letGo()
		if err := a.record(string(application.Release), nil, true); err != nil {
			return err
		}
		return a.audit(string(application.Release), map[audit.Key]string{audit.Holder: string(before)}, nil)
	})
}

// AddRemark keeps an internal remark, which never leaves the centre.
func (d *Desk) AddRemark(ctx context.Context, actor account.Actor, ref Ref, item, body string) error {
	return d.command(ctx, actor, ref, application.Remark, func(a *act, _ application.Step) error {
		body, problems := checkedText(body, "body", "R-EX-5", "内部メモ")
		if len(problems) > 0 {
			return problems
		}
		if err := a.insertRemark(item, body, true); err != nil {
			return err
		}
		if err := a.record(string(application.Remark), nil, true); err != nil {
			return err
		}
		return a.audit(string(application.Remark), nil, nil)
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

func (a *act) insertRemark(item, body string, internal bool) error {
	id, err := a.desk.newID()
	if err != nil {
		return err
	}
	err = a.tx.InsertRemark(a.ctx, query.InsertRemarkParams{
		ID: id, Application: a.app.ID, Round: a.app.Round, Item: item, Body: body, Internal: internal,
		ByAccount: string(a.actor.ID), ByName: a.actor.Name, At: column.At(a.now)})
	if err != nil {
		return fmt.Errorf("writing a remark: %w", err)
	}
	return nil
}

// shown refuses a verdict on another registered version than the one the examiner saw (R-EX-5).
func (a *act) shown(round int) error {
	if int64(round) != a.app.Round {
		return &Stale{ID: a.app.ID, Seen: int64(round), Now: a.app.Round}
	}
	return nil
}

// Return sends an application back with remarks per item. The remarks come to be with the return itself,
// so that none can be seen before (trap 7).
func (d *Desk) Return(ctx context.Context, actor account.Actor, ref Ref, round int, remarks []RemarkForm) error {
	return d.command(ctx, actor, ref, application.Return, func(a *act, step application.Step) error {
		if err := a.shown(round); err != nil {
			return err
		}
		doc, _, err := registeredDocument(a.ctx, a.tx.Queries, a.app)
		if err != nil {
			return err
		}
		said, err := checkedRemarks(remarks)
		if err != nil {
			return err
		}
		var letter []mail.Remark
		for _, r := range said {
			if err := a.insertRemark(r.Item, r.Body, false); err != nil {
				return err
			}
			letter = append(letter, mail.Remark{Item: itemLabel(r.Item, doc), Text: r.Body})
		}
		a.setState(step)
		a.app.WaitedDays += int64(waitedDays(a.cal, a.app.RegisteredAt.Time, a.now)) // the clock pauses until it comes again
		a.letGo()
		a.app.TouchedAt, a.app.AnnouncedAt = column.At(a.now), column.Time{}
		keeper := a.app.DraftBy
		if err := a.putDraft(application.Draft{Document: doc}); err != nil {
			return err
		}
		a.app.DraftBy = keeper // the working copy stays the applicant's
		if err := a.record(string(application.Return), map[string]string{"remarks": strconv.Itoa(len(said))}, false); err != nil {
			return err
		}
		if err := a.news(newsSubject(application.Return)); err != nil {
			return err
		}
		if err := a.mailTo(step.Mail, step.MailTo, func(l *mail.Letter) { l.Remarks, l.ExpiresOn = letter, a.expiresOn() }); err != nil {
			return err
		}
		return a.audit(string(application.Return), map[audit.Key]string{
			audit.Receipt: string(a.app.Receipt), audit.Remarks: strconv.Itoa(len(said))}, nil)
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

// itemLabel names the item a remark stands at.
func itemLabel(path string, doc application.Document) string {
	parts := strings.Split(path, ".")
	switch parts[0] {
	case "desired":
		return "利用開始希望日"
	case "reason":
		return "変更する理由"
	case "contact":
		return "申込担当者"
	case "reissue":
		return "パスワード再発行"
	case "codes", "settings":
		if len(parts) > 1 {
			if n, err := strconv.Atoi(parts[1]); err == nil {
				if _, known := doc.Asked(n); known && parts[0] == "settings" {
					return doc.ItemName(n) + "のシステム設定"
				}
				return doc.ItemName(n)
			}
		}
		return "申込情報"
	}
	return "申込み全体"
}

// Reject turns an application down, with a reason that the applicant is told.
func (d *Desk) Reject(ctx context.Context, actor account.Actor, ref Ref, round int, reason string) error {
	return d.command(ctx, actor, ref, application.Reject, func(a *act, step application.Step) error {
		if err := a.shown(round); err != nil {
			return err
		}
		reason, problems := checkedText(reason, "reason", "R-EX-5", "お受けできない理由")
		if len(problems) > 0 {
			return problems
		}
		return a.end(step, a.now, reason, func(l *mail.Letter) { l.Reason = reason })
	})
}
