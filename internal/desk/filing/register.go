package filing

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"uketsuke/internal/account"
	"uketsuke/internal/application"
	"uketsuke/internal/audit"
	"uketsuke/internal/desk/casefile"
	"uketsuke/internal/desk/command"
	"uketsuke/internal/desk/holding"
	"uketsuke/internal/store/column"
	"uketsuke/internal/store/query"
	"uketsuke/internal/userid"
)

// Register is 「申込内容を登録する」: it freezes the draft as a version, gives it its receipt number, reserves
// its bonded areas and tells everybody, in one transaction. The same ref again gives the same receipt
// number (R-APP-14).
func (d *Desk) Register(ctx context.Context, actor account.Actor, ref command.Ref, rulesConfirmed bool) (string, error) {
	receipt := ""
	err := d.Do(ctx, actor, func(a *command.Tx) error {
		err := a.Command(ref, application.Register, func(a *command.Tx, step application.Step) error {
			return register(a, step, ref.Version, rulesConfirmed)
		})
		if _, stale := errors.AsType[*command.Stale](err); stale {
			again, known, lookup := registeredFrom(a, ref)
			if lookup != nil {
				return lookup
			}
			if known {
				receipt = again
				return nil
			}
		}
		if err == nil {
			receipt = string(a.App.Receipt)
		}
		return err
	})
	return receipt, err
}

// registeredFrom finds the registration that a ref led to before.
func registeredFrom(a *command.Tx, ref command.Ref) (string, bool, error) {
	versions, err := a.Store.ListVersions(a.Ctx, ref.ID)
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

func register(a *command.Tx, step application.Step, draftVersion int64, rulesConfirmed bool) error {
	est, err := a.LockEstablishment()
	if err != nil {
		return err
	}
	draft, err := command.DraftOf(a.App)
	if err != nil {
		return err
	}
	settings, err := casefile.SettingsOf(a.Ctx, a.Store.Queries, a.App)
	if err != nil {
		return err
	}
	if err := bars(a, est, draft, settings, rulesConfirmed); err != nil {
		return err
	}
	if err := giveReceipt(a); err != nil {
		return err
	}
	version, err := freeze(a, draft.Document, settings, draftVersion)
	if err != nil {
		return err
	}
	if err := recordSettings(a, draft.Document, settings); err != nil {
		return err
	}
	if err := touch(a, draft.Document); err != nil {
		return err
	}
	if err := reserveAreas(a, draft.Document, settings); err != nil {
		return err
	}
	registered(a, step, draft.Document, settings)
	if a.App.FourEyes, err = casefile.NeedsFourEyes(a.Ctx, a.Store.Queries, draft.Document.Kinds); err != nil {
		return err
	}
	if a.App.Search, err = casefile.SearchKey(a, est, draft.Document); err != nil {
		return err
	}
	if err := a.PutDraft(application.Draft{Document: draft.Document}); err != nil {
		return err
	}
	detail := map[string]string{"receipt": string(a.App.Receipt), "desired_start": draft.Document.Desired.String(), "digest": version}
	if err := a.Record(string(application.Register), detail, false); err != nil {
		return err
	}
	if err := a.MailTo(step.Mail, step.MailTo, nil); err != nil {
		return err
	}
	return a.Audit(string(application.Register), map[audit.Key]string{
		audit.Receipt: string(a.App.Receipt), audit.DesiredStart: draft.Document.Desired.String(),
		audit.Digest: version, audit.RulesVersion: a.Runner.Operator.RulesVersion,
	}, nil)
}

// bars is everything that bars the registration: the rules, pages whose typing was kept but not stored,
// and rules of use that were not confirmed (R-APP-17).
func bars(a *command.Tx, est query.Establishment, draft application.Draft, settings application.Settings, rulesConfirmed bool) error {
	ground, err := casefile.GroundOf(a.Ctx, a.Runner, a.Store.Queries, est, a.App.ID, draft.Document, settings, a.Now)
	if err != nil {
		return err
	}
	ground.Calendar, ground.RegisteredAt, ground.Asker = a.Calendar, a.Now, a.Actor.Role
	problems := application.Problems(draft.Document, settings, ground)
	for _, page := range slices.Sorted(maps.Keys(draft.Typed)) {
		opens, err := canOpen(a, page, draft.Document)
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
func canOpen(a *command.Tx, page string, doc application.Document) (bool, error) {
	code, existing := strings.CutPrefix(page, existingPage+".")
	if !existing {
		return stands(a.Runner, page, doc), nil
	}
	holding, err := holding.Held(a.Ctx, a.Runner, a.Store.Queries, a.App.Establishment, a.Now)
	_, holds := holding[userid.Code(code)]
	return holds, err
}

// stands says whether a page of the application's own items still exists.
func stands(d *command.Runner, page string, doc application.Document) bool {
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
func giveReceipt(a *command.Tx) error {
	if a.App.Round > 0 {
		before, err := application.ParseReceipt(string(a.App.Receipt))
		if err != nil {
			return fmt.Errorf("counting on the receipt number: %w", err)
		}
		for lost := true; lost; { // a letter that a restored database has forgotten is not given again (R-APP-15)
			before.Round++
			if lost, err = a.IsLost("receipt", before.String()); err != nil {
				return err
			}
		}
		a.App.Receipt = column.Text(before.String())
		a.App.Round++
		a.GiveNextReceipt()
		return nil
	}
	year := a.Today().Year()
	sequence, err := a.Store.TakeReceipt(a.Ctx, fmt.Sprintf("receipt:%d", year))
	if err != nil {
		return fmt.Errorf("taking a receipt number: %w", err)
	}
	a.App.Receipt = column.Text(application.ReceiptNumber(year, int(sequence), 0))
	a.App.Round = 1
	a.GiveFirstReceipt(fmt.Sprintf("receipt:%d", year), sequence)
	return nil
}

// freeze stores the document as the version that the centre examines (R-APP-16) and returns its digest.
func freeze(a *command.Tx, doc application.Document, settings application.Settings, draftVersion int64) (string, error) {
	content, err := application.Encode(doc)
	if err != nil {
		return "", fmt.Errorf("freezing the document: %w", err)
	}
	recorded, err := json.Marshal(settings)
	if err != nil {
		return "", fmt.Errorf("freezing the settings: %w", err)
	}
	digest := application.Digest(content)
	err = a.Store.InsertVersion(a.Ctx, query.InsertVersionParams{
		Application: a.App.ID, Round: a.App.Round, Receipt: string(a.App.Receipt), Content: string(content),
		Digest: digest, Settings: string(recorded), DraftVersion: draftVersion,
		RulesVersion: a.Runner.Operator.RulesVersion, RegisteredAt: column.At(a.Now),
		RegisteredBy: string(a.Actor.ID), Registrant: a.Actor.Name,
	})
	if err != nil {
		return "", fmt.Errorf("freezing the document: %w", err)
	}
	return digest, nil
}

// recordSettings makes records of the settings of every tab that is shown and has none yet: those that the draft
// held, and those that an existing code has.
func recordSettings(a *command.Tx, doc application.Document, settings application.Settings) error {
	rows, err := a.Store.ListSettingRecords(a.Ctx, a.App.ID)
	if err != nil {
		return fmt.Errorf("reading the settings of application %s: %w", a.App.ID, err)
	}
	recorded := map[application.Tab]bool{}
	for _, row := range rows {
		recorded[application.Tab{Placeholder: int(row.Placeholder), Tab: row.Tab}] = true
	}
	for _, t := range application.Tabs(doc, a.Runner.Catalogue) {
		values, saved := settings[t.Placeholder][t.Tab]
		if !saved || recorded[t] {
			continue
		}
		complete := application.CompleteTab(t.Tab, values, a.Runner.Catalogue)
		if err := recordTab(a, t.Placeholder, t.Tab, values, complete); err != nil {
			return err
		}
	}
	return nil
}

// touch notes which existing things the application touches from now on (R-APP-10).
func touch(a *command.Tx, doc application.Document) error {
	if err := a.Store.DeleteTouches(a.Ctx, a.App.ID); err != nil {
		return fmt.Errorf("noting what application %s touches: %w", a.App.ID, err)
	}
	for _, subject := range doc.Touches() {
		if err := a.Store.InsertTouch(a.Ctx, query.InsertTouchParams{Application: a.App.ID, Subject: subject}); err != nil {
			return fmt.Errorf("noting what application %s touches: %w", a.App.ID, err)
		}
	}
	return nil
}

// reserveAreas reserves what the document's settings name and frees what an earlier round named.
func reserveAreas(a *command.Tx, doc application.Document, settings application.Settings) error {
	held, err := a.Store.ListAreasOf(a.Ctx, a.App.ID)
	if err != nil {
		return fmt.Errorf("reading the reserved bonded areas: %w", err)
	}
	var before []application.Area
	for _, row := range held {
		before = append(before, application.Area{Code: row.Code})
	}
	return casefile.MoveAreas(a, doc, before, application.BondedAreas(doc, settings, a.Runner.Catalogue))
}

// registered sets every column of the row that a registration decides.
func registered(a *command.Tx, step application.Step, doc application.Document, settings application.Settings) {
	a.SetState(step)
	a.App.Kinds = strings.Join(doc.Kinds, " ")
	a.App.Items = strings.Join(application.ItemNames(doc, a.Runner.Catalogue), "、")
	a.App.DesiredStart = column.On(doc.Desired)
	a.App.RegisteredAt, a.App.RegisteredBy = column.At(a.Now), column.Text(a.Actor.ID)
	a.App.WaitingSince = column.At(casefile.WaitingSince(a.Calendar, a.Now, a.App.WaitedDays))
	casefile.LetGo(a)
	a.App.SettingsComplete = application.Complete(doc, settings, a.Runner.Catalogue)
	a.App.AnnouncedAt = column.Time{}
}
