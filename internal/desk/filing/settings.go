package filing

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"uketsuke/internal/account"
	"uketsuke/internal/application"
	"uketsuke/internal/audit"
	"uketsuke/internal/catalogue"
	"uketsuke/internal/desk/casefile"
	"uketsuke/internal/desk/command"
	"uketsuke/internal/desk/holding"
	"uketsuke/internal/problem"
	"uketsuke/internal/store"
	"uketsuke/internal/store/column"
	"uketsuke/internal/store/query"
)

// SaveSettings stores the values of one settings tab of a code (R-SET-2): into the draft while it is one,
// later as a record of its own, until the deadline. It does not touch the version of the decision: an
// examiner's page stays valid while settings are completed.
func (d *Desk) SaveSettings(ctx context.Context, actor account.Actor, ref command.Ref, placeholder int, tab string, typed map[string]string) error {
	app, err := d.DB.Read().GetApplication(ctx, ref.ID)
	if err = store.Missing(err); errors.Is(err, store.ErrNotFound) || err == nil && !command.MaySee(actor, app) {
		return command.ErrNotFound
	} else if err != nil {
		return fmt.Errorf("reading application %s: %w", ref.ID, err)
	}
	if app.State == string(application.InDraft) {
		return d.saveDraftSettings(ctx, actor, ref, placeholder, tab, typed)
	}
	return d.Do(ctx, actor, func(a *command.Tx) error {
		if err := a.LockInState(ref, app.State); err != nil {
			return err
		}
		step, err := application.Decide(command.StandingOf(a.App), application.SaveSettings, actor, a.Now)
		if err != nil {
			return err
		}
		return saveSettings(a, step, placeholder, tab, typed)
	})
}

func (d *Desk) saveDraftSettings(ctx context.Context, actor account.Actor, ref command.Ref, placeholder int, tab string, typed map[string]string) error {
	return d.edit(ctx, actor, ref, settingsPage(placeholder, tab), func(a *command.Tx, draft *application.Draft) error {
		values, err := checkTab(a, draft.Document, draft.Settings, placeholder, tab, typed)
		if err != nil {
			return err
		}
		if draft.Settings == nil {
			draft.Settings = application.Settings{}
		}
		casefile.SetTab(draft.Settings, placeholder, tab, values)
		return nil
	})
}

// settingsPage is the name under which 一時保存 keeps a tab.
func settingsPage(placeholder int, tab string) string {
	return "settings." + strconv.Itoa(placeholder) + "." + tab
}

// checkTab checks what was typed into a tab, and that no other code of the application names the same
// bonded area (R-APP-9). The fields of the problems are those of the tab.
func checkTab(a *command.Tx, doc application.Document, settings application.Settings, placeholder int, tab string,
	typed map[string]string) (map[string]string, error) {
	tabs, _ := doc.TabsAt(placeholder, a.Runner.Catalogue)
	if !slices.Contains(tabs, tab) {
		return nil, command.ErrNotFound
	}
	var named []application.Area
	for _, field := range a.Runner.Catalogue.FieldsOf(tab) {
		if value, wrong := field.Check(typed[field.Key]); field.Type == catalogue.TypeBondedArea && wrong == nil && value != "" {
			named = append(named, application.Area{Code: value, Placeholder: placeholder, Tab: tab, Field: field.Key})
		}
	}
	taken, err := holding.TakenAreas(a.Ctx, a.Store.Queries, a.App.ID, doc, named, a.Now)
	if err != nil {
		return nil, err
	}
	for _, other := range application.BondedAreas(doc, settings, a.Runner.Catalogue) {
		if other.Placeholder != placeholder {
			taken[other.Code] = true
		}
	}
	values, problems := application.SettingsProblems(tab, typed,
		application.Ground{Catalogue: a.Runner.Catalogue, Calendar: a.Calendar, RegisteredAt: a.Now, TakenAreas: taken})
	return values, problems.Err()
}

// saveSettings records a tab of a registered application, moves its bonded areas, and after the approval
// completes the settings or keeps them complete.
func saveSettings(a *command.Tx, step application.Step, placeholder int, tab string, typed map[string]string) error {
	if _, err := a.LockEstablishment(); err != nil {
		return err
	}
	doc, known, err := documentWith(a, placeholder)
	if err != nil {
		return err
	}
	if !known {
		return command.ErrNotFound
	}
	settings, err := casefile.SettingsOf(a.Ctx, a.Store.Queries, a.App)
	if err != nil {
		return err
	}
	before := application.BondedAreas(doc, settings, a.Runner.Catalogue)
	values, err := checkTab(a, doc, settings, placeholder, tab, typed)
	if err != nil {
		return err
	}
	approved := a.App.State == string(application.Approved)
	complete := application.CompleteTab(tab, values, a.Runner.Catalogue)
	if approved && a.App.SettingsComplete && !complete {
		return notComplete(tab, values, a.Runner.Catalogue)
	}
	casefile.SetTab(settings, placeholder, tab, values)
	if err := recordTab(a, placeholder, tab, values, complete); err != nil {
		return err
	}
	if err := casefile.AtField(casefile.MoveAreas(a, doc, before, application.BondedAreas(doc, settings, a.Runner.Catalogue))); err != nil {
		return err
	}
	if err := dropTyped(a, settingsPage(placeholder, tab)); err != nil {
		return err
	}
	return settingsSaved(a, step, doc, settings, placeholder, tab)
}

// dropTyped forgets what 一時保存 kept of a page whose content is stored outside the draft (R-APP-13).
func dropTyped(a *command.Tx, page string) error {
	draft, err := command.DraftOf(a.App)
	if err != nil {
		return err
	}
	if _, kept := draft.Typed[page]; !kept {
		return nil
	}
	delete(draft.Typed, page)
	return a.PutDraft(draft)
}

// documentWith is the document that a placeholder belongs to: the registered one, or the draft's while
// the application is returned.
func documentWith(a *command.Tx, placeholder int) (application.Document, bool, error) {
	if a.App.State == string(application.Returned) {
		draft, err := command.DraftOf(a.App)
		if err != nil {
			return application.Document{}, false, err
		}
		_, known := draft.Document.Asked(placeholder)
		return draft.Document, known, nil
	}
	doc, _, err := command.RegisteredDocument(a.Ctx, a.Store.Queries, a.App)
	_, known := doc.Asked(placeholder)
	return doc, known, err
}

// notComplete refuses a save that would make complete settings incomplete (R-SET-2).
func notComplete(tab string, values map[string]string, cat *catalogue.Catalogue) error {
	var l problem.List
	for _, p := range application.Missing(tab, values, cat) {
		l.Add(p.Field, "R-SET-2", "承認後は、完了したシステム設定を未入力に戻せません。この項目に入力してください。")
	}
	return l.Err()
}

func recordTab(a *command.Tx, placeholder int, tab string, values map[string]string, complete bool) error {
	content, err := json.Marshal(values)
	if err != nil {
		return fmt.Errorf("writing settings: %w", err)
	}
	id, err := a.Runner.NewID()
	if err != nil {
		return err
	}
	err = a.Store.InsertSettingRecord(a.Ctx, query.InsertSettingRecordParams{
		ID: id, Application: a.App.ID, Placeholder: int64(placeholder), Tab: tab, Content: string(content),
		Complete: complete, RecordedAt: column.At(a.Now), RecordedBy: string(a.Actor.ID),
	})
	if err != nil {
		return fmt.Errorf("writing settings: %w", err)
	}
	return nil
}

// settingsSaved completes the settings when this save did, turns them into facts after the approval, and
// leaves history, mail and evidence.
func settingsSaved(a *command.Tx, step application.Step, doc application.Document, settings application.Settings, placeholder int, tab string) error {
	completed := application.Complete(doc, settings, a.Runner.Catalogue)
	now := completed && !a.App.SettingsComplete
	approved := a.App.State == string(application.Approved)
	a.App.SettingsComplete = completed
	kind := string(application.SaveSettings)
	if now {
		kind = "complete-settings"
	}
	detail := map[string]string{"code": doc.ItemName(placeholder), "tab": tab}
	if err := a.Record(kind, detail, false); err != nil {
		return err
	}
	if approved && completed {
		if err := casefile.SettingsFacts(a, doc, settings, a.App.StartDate); err != nil {
			return err
		}
		if err := casefile.LetGoOfAreas(a, doc, settings); err != nil {
			return err
		}
	}
	if approved && now {
		if err := a.MailTo(step.Mail, step.MailTo, nil); err != nil {
			return err
		}
	}
	if err := a.Write(); err != nil {
		return err
	}
	return a.Audit(kind, map[audit.Key]string{audit.Code: detail["code"], audit.Tab: tab,
		audit.Complete: strconv.FormatBool(completed)}, nil)
}
