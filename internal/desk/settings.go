package desk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"uketsuke/internal/account"
	"uketsuke/internal/application"
	"uketsuke/internal/audit"
	"uketsuke/internal/catalogue"
	"uketsuke/internal/problem"
	"uketsuke/internal/store"
	"uketsuke/internal/store/column"
	"uketsuke/internal/store/query"
)

// SaveSettings stores the values of one settings tab of a code (R-SET-2): into the draft while it is one,
// later as a record of its own, until the deadline. It does not touch the version of the decision: an
// examiner's page stays valid while settings are completed.
func (d *Desk) SaveSettings(ctx context.Context, actor account.Actor, ref Ref, placeholder int, tab string, typed map[string]string) error {
	app, err := d.DB.Read().GetApplication(ctx, ref.ID)
	if err = store.Missing(err); errors.Is(err, store.ErrNotFound) || err == nil && !maySee(actor, app) {
		return ErrNotFound
	} else if err != nil {
		return fmt.Errorf("reading application %s: %w", ref.ID, err)
	}
	if app.State == string(application.InDraft) {
		return d.saveDraftSettings(ctx, actor, ref, placeholder, tab, typed)
	}
	return d.begin(ctx, actor, func(a *act) error {
		if err := a.lockInState(ref, app.State); err != nil {
			return err
		}
		step, err := application.Decide(standing(a.app), application.SaveSettings, actor, a.now)
		if err != nil {
			return err
		}
		return a.saveSettings(step, placeholder, tab, typed)
	})
}

// lockInState locks an application by its state; a state that moved on meanwhile makes the page stale.
func (a *act) lockInState(ref Ref, state string) error {
	app, err := a.tx.LockApplication(a.ctx, query.LockApplicationParams{ID: ref.ID, State: state})
	if err = store.Missing(err); errors.Is(err, store.ErrNotFound) {
		return a.notGuarded(ref)
	} else if err != nil {
		return fmt.Errorf("locking application %s: %w", ref.ID, err)
	}
	a.app = app
	return nil
}

func (d *Desk) saveDraftSettings(ctx context.Context, actor account.Actor, ref Ref, placeholder int, tab string, typed map[string]string) error {
	return d.edit(ctx, actor, ref, settingsPage(placeholder, tab), func(a *act, draft *application.Draft) error {
		values, err := a.checkTab(draft.Document, draft.Settings, placeholder, tab, typed)
		if err != nil {
			return err
		}
		if draft.Settings == nil {
			draft.Settings = application.Settings{}
		}
		setTab(draft.Settings, placeholder, tab, values)
		return nil
	})
}

// settingsPage is the name under which 一時保存 keeps a tab.
func settingsPage(placeholder int, tab string) string {
	return "settings." + strconv.Itoa(placeholder) + "." + tab
}

// checkTab checks what was typed into a tab, and that no other code of the application names the same
// bonded area (R-APP-9). The fields of the problems are those of the tab.
func (a *act) checkTab(doc application.Document, settings application.Settings, placeholder int, tab string,
	typed map[string]string) (map[string]string, error) {
	tabs, _ := doc.TabsAt(placeholder, a.desk.Catalogue)
	if !slices.Contains(tabs, tab) {
		return nil, ErrNotFound
	}
	var named []application.Area
	for _, field := range a.desk.Catalogue.FieldsOf(tab) {
		if value, wrong := field.Check(typed[field.Key]); field.Type == catalogue.TypeBondedArea && wrong == nil && value != "" {
			named = append(named, application.Area{Code: value, Placeholder: placeholder, Tab: tab, Field: field.Key})
		}
	}
	taken, err := takenAreas(a.ctx, a.tx.Queries, a.app.ID, doc, named, a.now)
	if err != nil {
		return nil, err
	}
	for _, other := range application.BondedAreas(doc, settings, a.desk.Catalogue) {
		if other.Placeholder != placeholder {
			taken[other.Code] = true
		}
	}
	values, problems := application.SettingsProblems(tab, typed,
		application.Ground{Catalogue: a.desk.Catalogue, Calendar: a.cal, RegisteredAt: a.now, TakenAreas: taken})
	return values, problems.Err()
}

// saveSettings records a tab of a registered application, moves its bonded areas, and after the approval
// completes the settings or keeps them complete.
func (a *act) saveSettings(step application.Step, placeholder int, tab string, typed map[string]string) error {
	if _, err := a.lockEstablishment(); err != nil {
		return err
	}
	doc, known, err := a.documentWith(placeholder)
	if err != nil {
		return err
	}
	if !known {
		return ErrNotFound
	}
	settings, err := settingsOf(a.ctx, a.tx.Queries, a.app)
	if err != nil {
		return err
	}
	before := application.BondedAreas(doc, settings, a.desk.Catalogue)
	values, err := a.checkTab(doc, settings, placeholder, tab, typed)
	if err != nil {
		return err
	}
	approved := a.app.State == string(application.Approved)
	complete := application.CompleteTab(tab, values, a.desk.Catalogue)
	if approved && a.app.SettingsComplete && !complete {
		return notComplete(tab, values, a.desk.Catalogue)
	}
	setTab(settings, placeholder, tab, values)
	if err := a.recordTab(placeholder, tab, values, complete); err != nil {
		return err
	}
	if err := atField(a.moveAreas(doc, before, application.BondedAreas(doc, settings, a.desk.Catalogue))); err != nil {
		return err
	}
	if err := a.dropTyped(settingsPage(placeholder, tab)); err != nil {
		return err
	}
	return a.settingsSaved(step, doc, settings, placeholder, tab)
}

// dropTyped forgets what 一時保存 kept of a page whose content is stored outside the draft (R-APP-13).
func (a *act) dropTyped(page string) error {
	draft, err := draftOf(a.app)
	if err != nil {
		return err
	}
	if _, kept := draft.Typed[page]; !kept {
		return nil
	}
	delete(draft.Typed, page)
	return a.putDraft(draft)
}

// documentWith is the document that a placeholder belongs to: the registered one, or the draft's while
// the application is returned.
func (a *act) documentWith(placeholder int) (application.Document, bool, error) {
	if a.app.State == string(application.Returned) {
		draft, err := draftOf(a.app)
		if err != nil {
			return application.Document{}, false, err
		}
		_, known := draft.Document.Asked(placeholder)
		return draft.Document, known, nil
	}
	doc, _, err := registeredDocument(a.ctx, a.tx.Queries, a.app)
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

func (a *act) recordTab(placeholder int, tab string, values map[string]string, complete bool) error {
	content, err := json.Marshal(values)
	if err != nil {
		return fmt.Errorf("writing settings: %w", err)
	}
	id, err := a.desk.newID()
	if err != nil {
		return err
	}
	err = a.tx.InsertSettingRecord(a.ctx, query.InsertSettingRecordParams{
		ID: id, Application: a.app.ID, Placeholder: int64(placeholder), Tab: tab, Content: string(content),
		Complete: complete, RecordedAt: column.At(a.now), RecordedBy: string(a.actor.ID),
	})
	if err != nil {
		return fmt.Errorf("writing settings: %w", err)
	}
	return nil
}

// moveAreas reserves the areas that are named now and frees those that no longer are, in sorted order
// (R-APP-9).
func (a *act) moveAreas(doc application.Document, before, after []application.Area) error {
	now := sortedCodes(after)
	for _, code := range now {
		at := slices.IndexFunc(after, func(area application.Area) bool { return area.Code == code })
		if err := a.reserve(doc, after[at]); err != nil {
			return err
		}
	}
	for _, code := range sortedCodes(before) {
		if slices.Contains(now, code) {
			continue
		}
		if err := a.tx.FreeArea(a.ctx, query.FreeAreaParams{Code: code, Application: a.app.ID}); err != nil {
			return fmt.Errorf("freeing a bonded area: %w", err)
		}
	}
	return nil
}

// atField moves the problems of a tab from their path in the application to the field of the page.
func atField(err error) error {
	l, is := errors.AsType[problem.List](err)
	if !is {
		return err
	}
	moved := slices.Clone(l)
	for i := range moved {
		moved[i].Field = moved[i].Field[strings.LastIndex(moved[i].Field, ".")+1:]
	}
	return moved
}

// reserve takes a bonded area for the application; one that somebody else took meanwhile is refused
// without saying by whom, at its field "settings.<placeholder>.<tab>.<field>".
func (a *act) reserve(doc application.Document, area application.Area) error {
	code, placeholder := area.Code, area.Placeholder
	under, err := a.codeUnder(doc, placeholder)
	if err != nil {
		return err
	}
	fresh, err := a.tx.ReserveArea(a.ctx, query.ReserveAreaParams{Code: code, Application: a.app.ID,
		Placeholder: int64(placeholder), UserCode: string(under), ReservedAt: column.At(a.now)})
	if err != nil {
		return fmt.Errorf("reserving a bonded area: %w", err)
	}
	if fresh == 1 {
		return nil
	}
	row, err := a.tx.GetArea(a.ctx, query.GetAreaParams{Code: code, Today: column.On(a.today())})
	if err != nil {
		return fmt.Errorf("reading a bonded area: %w", err)
	}
	if row.Application == a.app.ID && row.Placeholder == int64(placeholder) || standsUnder(row.UserCode, doc, placeholder) && row.Freed == 0 {
		return nil
	}
	if row.Application == a.app.ID || row.Freed == 1 {
		// It moves to another code of the same application, or the code that had it has let go of it.
		return errors.Join(a.tx.FreeArea(a.ctx, query.FreeAreaParams{Code: code, Application: row.Application}), a.reserve(doc, area))
	}
	return problem.List{problem.New(fmt.Sprintf("settings.%d.%s.%s", placeholder, area.Tab, area.Field), "R-APP-9",
		"保税地域コード「%s」は、すでに別の利用者コードで使われています。コードを確認し、正しいコードを入力してください。", code)}
}

// settingsSaved completes the settings when this save did, turns them into facts after the approval, and
// leaves history, mail and evidence.
func (a *act) settingsSaved(step application.Step, doc application.Document, settings application.Settings, placeholder int, tab string) error {
	completed := application.Complete(doc, settings, a.desk.Catalogue)
	now := completed && !a.app.SettingsComplete
	approved := a.app.State == string(application.Approved)
	a.app.SettingsComplete = completed
	kind := string(application.SaveSettings)
	if now {
		kind = "complete-settings"
	}
	detail := map[string]string{"code": doc.ItemName(placeholder), "tab": tab}
	if err := a.record(kind, detail, false); err != nil {
		return err
	}
	if approved && completed {
		if err := a.settingsFacts(doc, settings, a.app.StartDate); err != nil {
			return err
		}
		if err := a.letGoOfAreas(doc, settings); err != nil {
			return err
		}
	}
	if approved && now {
		if err := a.mailTo(step.Mail, step.MailTo, nil); err != nil {
			return err
		}
	}
	if err := a.write(); err != nil {
		return err
	}
	return a.audit(kind, map[audit.Key]string{audit.Code: detail["code"], audit.Tab: tab,
		audit.Complete: strconv.FormatBool(completed)}, nil)
}

// settingsFacts makes facts of complete settings, one per code and tab, from the start date; a fact that
// says something else is revoked first.
func (a *act) settingsFacts(doc application.Document, settings application.Settings, from column.Day) error {
	codes, err := codesBrought(a.ctx, a.tx.Queries, a.app, doc)
	if err != nil {
		return err
	}
	standing, err := a.standingSettings()
	if err != nil {
		return err
	}
	for _, t := range application.Tabs(doc, a.desk.Catalogue) {
		content, err := json.Marshal(settings[t.Placeholder][t.Tab])
		if err != nil {
			return fmt.Errorf("writing settings: %w", err)
		}
		code := string(codes[t.Placeholder])
		if err := a.settingsFact(code, t.Tab, string(content), standing[code+"/"+t.Tab], from); err != nil {
			return err
		}
	}
	return nil
}

// standingSettings are the contents of the facts that hold, by code and tab.
func (a *act) standingSettings() (map[string]string, error) {
	rows, err := a.tx.ListCodeSettingsOf(a.ctx, a.app.ID)
	if err != nil {
		return nil, fmt.Errorf("reading the settings of application %s: %w", a.app.ID, err)
	}
	standing := map[string]string{}
	for _, row := range rows {
		if row.RevokedAt.IsZero() {
			standing[row.Code+"/"+row.Tab] = row.Content
		}
	}
	return standing, nil
}

func (a *act) settingsFact(code, tab, content, standing string, from column.Day) error {
	if content == standing {
		return nil
	}
	if standing != "" {
		err := a.tx.RevokeCodeSettingTab(a.ctx, query.RevokeCodeSettingTabParams{
			RevokedAt: column.At(a.now), Application: a.app.ID, Code: code, Tab: tab})
		if err != nil {
			return fmt.Errorf("revoking settings: %w", err)
		}
	}
	id, err := a.desk.newID()
	if err != nil {
		return err
	}
	err = a.tx.InsertCodeSetting(a.ctx, query.InsertCodeSettingParams{
		ID: id, Establishment: a.app.Establishment, Code: code, Tab: tab, Content: content, ValidFrom: from,
		RecordedAt: column.At(a.now), Application: a.app.ID})
	if err != nil {
		return fmt.Errorf("writing settings: %w", err)
	}
	return nil
}
