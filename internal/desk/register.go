package desk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"uketsuke/internal/account"
	"uketsuke/internal/application"
	"uketsuke/internal/audit"

	"uketsuke/internal/mail"
	"uketsuke/internal/store"
	"uketsuke/internal/store/column"
	"uketsuke/internal/store/query"
	"uketsuke/internal/userid"
)

// Register is 「申込内容を登録する」: it freezes the draft as a version, gives it its receipt number, reserves
// its bonded areas and tells everybody, in one transaction. The same ref again gives the same receipt
// number (R-APP-14).
func (d *Desk) Register(ctx context.Context, actor account.Actor, ref Ref, rulesConfirmed bool) (string, error) {
	receipt := ""
	err := d.begin(ctx, actor, func(a *act) error {
		err := a.command(ref, application.Register, func(a *act, step application.Step) error {
			return a.register(step, ref.Version, rulesConfirmed)
		})
		if _, stale := errors.AsType[*Stale](err); stale {
			again, known, lookup := a.registeredFrom(ref)
			if lookup != nil {
				return lookup
			}
			if known {
				receipt = again
				return nil
			}
		}
		if err == nil {
			receipt = string(a.app.Receipt)
		}
		return err
	})
	return receipt, err
}

// registeredFrom finds the registration that a ref led to before.
func (a *act) registeredFrom(ref Ref) (string, bool, error) {
	versions, err := a.tx.ListVersions(a.ctx, ref.ID)
	if err != nil {
		return "", false, fmt.Errorf("reading the versions of application %s: %w", ref.ID, err)
	}
	for _, v := range versions {
		if v.DraftVersion == ref.Version {
			return v.Receipt, true, nil
		}
	}
	return "", false, nil
}

func (a *act) register(step application.Step, draftVersion int64, rulesConfirmed bool) error {
	est, err := a.lockEstablishment()
	if err != nil {
		return err
	}
	draft, err := draftOf(a.app)
	if err != nil {
		return err
	}
	settings, err := settingsOf(a.ctx, a.tx.Queries, a.app)
	if err != nil {
		return err
	}
	if err := a.bars(est, draft, settings, rulesConfirmed); err != nil {
		return err
	}
	if err := a.giveReceipt(); err != nil {
		return err
	}
	version, err := a.freeze(draft.Document, settings, draftVersion)
	if err != nil {
		return err
	}
	if err := a.recordSettings(draft.Document, settings); err != nil {
		return err
	}
	if err := a.touch(draft.Document); err != nil {
		return err
	}
	if err := a.reserveAreas(draft.Document, settings); err != nil {
		return err
	}
	a.registered(step, draft.Document, settings)
	if a.app.FourEyes, err = needsFourEyes(a.ctx, a.tx.Queries, draft.Document.Kinds); err != nil {
		return err
	}
	if a.app.Search, err = a.searchKey(est, draft.Document); err != nil {
		return err
	}
	if err := a.putDraft(application.Draft{Document: draft.Document}); err != nil {
		return err
	}
	detail := map[string]string{"receipt": string(a.app.Receipt), "desired_start": draft.Document.Desired.String(), "digest": version}
	if err := a.record(string(application.Register), detail, false); err != nil {
		return err
	}
	if err := a.mailTo(step.Mail, step.MailTo, nil); err != nil {
		return err
	}
	return a.audit(string(application.Register), map[audit.Key]string{
		audit.Receipt: string(a.app.Receipt), audit.DesiredStart: draft.Document.Desired.String(),
		audit.Digest: version, audit.RulesVersion: a.desk.Operator.RulesVersion,
	}, nil)
}

// bars is everything that bars the registration: the rules, pages whose typing was kept but not stored,
// and rules of use that were not confirmed (R-APP-17).
func (a *act) bars(est query.Establishment, draft application.Draft, settings application.Settings, rulesConfirmed bool) error {
	ground, err := a.desk.groundOf(a.ctx, a.tx.Queries, est, a.app.ID, draft.Document, settings, a.now)
	if err != nil {
		return err
	}
	ground.Calendar, ground.RegisteredAt, ground.Asker = a.cal, a.now, a.actor.Role
	problems := application.Problems(draft.Document, settings, ground)
	for _, page := range slices.Sorted(maps.Keys(draft.Typed)) {
		opens, err := a.canOpen(page, draft.Document)
		if err != nil {
			return err
		}
		if !opens {
			continue
		}
		problems.Add("typed."+page, "R-APP-13",
			"一時保存したままの入力があります。そのページを開いて内容を確定するか、入力を取り消してください。")
	}
	if !rulesConfirmed {
		problems.Add("rules", "R-APP-17", "利用規程をご確認のうえ、「利用規程を読み、同意します」にチェックを入れてください。")
	}
	return problems.Err()
}

// canOpen says whether a page whose typing was kept still exists: a tab goes with its trade, a code can be taken
// out, and one that exists can leave the contract; what nobody can open any more bars nothing.
func (a *act) canOpen(page string, doc application.Document) (bool, error) {
	code, existing := strings.CutPrefix(page, existingPage+".")
	if !existing {
		return a.desk.stands(page, doc), nil
	}
	holding, err := a.desk.holding(a.ctx, a.tx.Queries, a.app.Establishment, a.now)
	_, holds := holding[userid.Code(code)]
	return holds, err
}

// stands says whether a page of the application's own items still exists.
func (d *Desk) stands(page string, doc application.Document) bool {
	parts := strings.Split(page, ".")
	if len(parts) < 2 || page == newCodePage {
		return true
	}
	placeholder, err := strconv.Atoi(parts[1])
	tabs, known := doc.TabsAt(placeholder, d.Catalogue)
	if err != nil || !known {
		return false
	}
	return len(parts) < 3 || slices.Contains(tabs, parts[2])
}

// giveReceipt takes the next number of the year, or counts the letter on after a return (R-APP-15).
func (a *act) giveReceipt() error {
	if a.app.Round > 0 {
		before, err := application.ParseReceipt(string(a.app.Receipt))
		if err != nil {
			return fmt.Errorf("counting on the receipt number: %w", err)
		}
		for lost := true; lost; { // a letter that a restored database has forgotten is not given again (R-APP-15)
			before.Round++
			if lost, err = a.isLost("receipt", before.String()); err != nil {
				return err
			}
		}
		a.app.Receipt = column.Text(before.String())
		a.app.Round++
		a.giveNextReceipt()
		return nil
	}
	year := a.today().Year()
	sequence, err := a.tx.TakeReceipt(a.ctx, fmt.Sprintf("receipt:%d", year))
	if err != nil {
		return fmt.Errorf("taking a receipt number: %w", err)
	}
	a.app.Receipt = column.Text(application.ReceiptNumber(year, int(sequence), 0))
	a.app.Round = 1
	a.giveFirstReceipt(fmt.Sprintf("receipt:%d", year), sequence)
	return nil
}

// freeze stores the document as the version that the centre examines (R-APP-16) and returns its digest.
func (a *act) freeze(doc application.Document, settings application.Settings, draftVersion int64) (string, error) {
	content, err := application.Encode(doc)
	if err != nil {
		return "", fmt.Errorf("freezing the document: %w", err)
	}
	recorded, err := json.Marshal(settings)
	if err != nil {
		return "", fmt.Errorf("freezing the settings: %w", err)
	}
	digest := application.Digest(content)
	err = a.tx.InsertVersion(a.ctx, query.InsertVersionParams{
		Application: a.app.ID, Round: a.app.Round, Receipt: string(a.app.Receipt), Content: string(content),
		Digest: digest, Settings: string(recorded), DraftVersion: draftVersion,
		RulesVersion: a.desk.Operator.RulesVersion, RegisteredAt: column.At(a.now),
		RegisteredBy: string(a.actor.ID), Registrant: a.actor.Name,
	})
	if err != nil {
		return "", fmt.Errorf("freezing the document: %w", err)
	}
	return digest, nil
}

// recordSettings makes records of the settings of every tab that is shown and has none yet: those that the draft
// held, and those that an existing code has.
func (a *act) recordSettings(doc application.Document, settings application.Settings) error {
	rows, err := a.tx.ListSettingRecords(a.ctx, a.app.ID)
	if err != nil {
		return fmt.Errorf("reading the settings of application %s: %w", a.app.ID, err)
	}
	recorded := map[application.Tab]bool{}
	for _, row := range rows {
		recorded[application.Tab{Placeholder: int(row.Placeholder), Tab: row.Tab}] = true
	}
	for _, t := range application.Tabs(doc, a.desk.Catalogue) {
		values, saved := settings[t.Placeholder][t.Tab]
		if !saved || recorded[t] {
			continue
		}
		complete := application.CompleteTab(t.Tab, values, a.desk.Catalogue)
		if err := a.recordTab(t.Placeholder, t.Tab, values, complete); err != nil {
			return err
		}
	}
	return nil
}

// touch notes which existing things the application touches from now on (R-APP-10).
func (a *act) touch(doc application.Document) error {
	if err := a.tx.DeleteTouches(a.ctx, a.app.ID); err != nil {
		return fmt.Errorf("noting what application %s touches: %w", a.app.ID, err)
	}
	for _, subject := range doc.Touches() {
		if err := a.tx.InsertTouch(a.ctx, query.InsertTouchParams{Application: a.app.ID, Subject: subject}); err != nil {
			return fmt.Errorf("noting what application %s touches: %w", a.app.ID, err)
		}
	}
	return nil
}

// reserveAreas reserves what the document's settings name and frees what an earlier round named.
func (a *act) reserveAreas(doc application.Document, settings application.Settings) error {
	held, err := a.tx.ListAreasOf(a.ctx, a.app.ID)
	if err != nil {
		return fmt.Errorf("reading the reserved bonded areas: %w", err)
	}
	var before []application.Area
	for _, row := range held {
		before = append(before, application.Area{Code: row.Code})
	}
	return a.moveAreas(doc, before, application.BondedAreas(doc, settings, a.desk.Catalogue))
}

// registered sets every column of the row that a registration decides.
func (a *act) registered(step application.Step, doc application.Document, settings application.Settings) {
	a.setState(step)
	a.app.Kinds = strings.Join(doc.Kinds, " ")
	a.app.Items = strings.Join(application.ItemNames(doc, a.desk.Catalogue), "、")
	a.app.DesiredStart = column.On(doc.Desired)
	a.app.RegisteredAt, a.app.RegisteredBy = column.At(a.now), column.Text(a.actor.ID)
	a.app.WaitingSince = column.At(waitingSince(a.cal, a.now, a.app.WaitedDays))
	a.letGo()
	a.app.SettingsComplete = application.Complete(doc, settings, a.desk.Catalogue)
	a.app.AnnouncedAt = column.Time{}
}

// end takes an application into an ended state: its areas are free, its establishment is told.
func (a *act) end(step application.Step, at time.Time, reason string, fill func(*mail.Letter)) error {
	a.setState(step)
	a.app.EndedAt, a.app.EndReason = column.At(at), reason
	a.letGo()
	if err := a.tx.FreeAreasOf(a.ctx, a.app.ID); err != nil {
		return fmt.Errorf("freeing the bonded areas: %w", err)
	}
	detail := map[string]string{}
	if reason != "" {
		detail["reason"] = reason
	}
	kind := string(step.Command)
	if err := a.recordAt(at, kind, detail, false); err != nil {
		return err
	}
	if step.Command != application.Withdraw {
		if err := a.news(newsSubject(step.Command)); err != nil {
			return err
		}
	}
	if err := a.mailTo(step.Mail, step.MailTo, fill); err != nil {
		return err
	}
	facts := map[audit.Key]string{audit.Receipt: string(a.app.Receipt), audit.State: a.app.State}
	if !at.Equal(a.now) {
		facts[audit.TrueInstant] = at.UTC().Format(audit.TimeFormat)
	}
	return a.audit(kind, facts, personalReason(reason))
}

func personalReason(reason string) map[audit.Key]string {
	if reason == "" {
		return nil
	}
	return map[audit.Key]string{audit.Reason: reason}
}

// newsSubject is the line under 新着情報 for what the centre or the clock did.
func newsSubject(c application.Command) string {
	switch c {
	case application.Return:
		return "申込内容の修正のお願い（差戻し）"
	case application.Reject:
		return "お申込みをお受けできない旨のお知らせ"
	case application.Approve:
		return "利用申込確認完了のお知らせ"
	case application.Revoke:
		return "申込みが無効になりました"
	case application.ChangeStartDate:
		return "利用開始日変更のお知らせ"
	case application.ExpireReturn:
		return "申込みの取下げ（期限）のお知らせ"
	}
	return string(c)
}

// visible loads an application that the actor may know of.
func visible(ctx context.Context, q reader, actor account.Actor, id string) (query.Application, error) {
	app, err := q.GetApplication(ctx, id)
	if err = store.Missing(err); errors.Is(err, store.ErrNotFound) {
		return app, ErrNotFound
	} else if err != nil {
		return app, fmt.Errorf("reading application %s: %w", id, err)
	}
	if !maySee(actor, app) {
		return app, ErrNotFound
	}
	return app, nil
}
