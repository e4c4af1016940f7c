package apply

import (
	"errors"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"uketsuke/internal/application"
	"uketsuke/internal/catalogue"
	"uketsuke/internal/desk"
	"uketsuke/internal/problem"
	"uketsuke/internal/web/cases"
	"uketsuke/internal/web/kit"
)

// A SettingsPage is one tab of a code's system settings.
type SettingsPage struct {
	Wizard
	Name, Title string
	Tabs        []SettingsTab
	Controls    []Control
	// Alike leads to the same tab with the values of another code filled in (追加1と同じ).
	Alike     []kit.Link
	Prefilled kit.Sentence
	Missing   []string
	InWizard  bool
	Next      string // the title of the next tab, "" on the last
	Deadline  kit.Sentence
}

// A SettingsTab is one tab with how far it is.
type SettingsTab struct {
	kit.Link
	Complete bool
}

// A Control is one field of a form: exactly one of its parts.
type Control struct {
	Field   *kit.Field
	Select  *kit.Select
	Choices *kit.Choices
}

// A settingsAt is the tab of a code that the address names.
type settingsAt struct {
	c    desk.Case
	code desk.CodeSettings
	tab  desk.TabState
	// place is where the tab stands among the code's tabs.
	place int
}

// settingsTab finds the tab, for whoever may save settings in the application's state (R-SET-2).
func (s *Pages) settingsTab(v *kit.Request) (settingsAt, error) {
	c, err := s.Desk.Written(v.Ctx(), v.Actor(), v.HTTP.PathValue("id"))
	if err != nil {
		return settingsAt{}, err
	}
	n, err := placeholder(v)
	if err != nil {
		return settingsAt{}, err
	}
	code, ok := cases.SettingsOf(c, n)
	place := slices.IndexFunc(code.Tabs, func(t desk.TabState) bool { return t.Tab == v.HTTP.PathValue("tab") })
	if !ok || place < 0 {
		return settingsAt{}, desk.ErrNotFound
	}
	if !slices.Contains(c.Allowed, application.SaveSettings) {
		return settingsAt{}, &application.Refusal{Command: application.SaveSettings, State: c.State, Role: v.Actor().Role, Why: application.WrongState}
	}
	return settingsAt{c, code, code.Tabs[place], place}, nil
}

// path is the address of a tab of this code.
func (at settingsAt) path(tab string) string {
	return kit.ApplicationPath(at.c.ID, "codes", strconv.Itoa(at.code.Placeholder), "settings", tab)
}

// page is the name under which 一時保存 keeps the tab.
func (at settingsAt) page() string {
	return "settings." + strconv.Itoa(at.code.Placeholder) + "." + at.tab.Tab
}

func (s *Pages) ShowSettings(v *kit.Request, f kit.Form) error {
	at, err := s.settingsTab(v)
	if err != nil {
		return err
	}
	var names []string
	for _, field := range at.tab.Fields {
		names = append(names, field.Key)
	}
	data := SettingsPage{Name: at.c.Document.ItemName(at.code.Placeholder), Title: at.tab.Title, InWizard: slices.Contains(at.c.Allowed, application.Save)}
	f = reopened(at.c, at.page(), f, func() kit.Form {
		values, from := at.prefill(v.HTTP.URL.Query().Get("as"))
		data.Prefilled = from
		return kit.Form{Values: values}
	}, func(typed url.Values) kit.Form {
		_, wrong := application.SettingsProblems(at.tab.Tab, flat(typed), application.Ground{Catalogue: s.Desk.Catalogue})
		return kit.Form{Values: typed, Problems: wrong}
	})
	f = f.OnPage(names...)
	for _, field := range at.tab.Fields {
		data.Controls = append(data.Controls, controlFor(field, f))
	}
	data.Wizard = wizard(v, at.c, cases.StepCodes, f, "codes", strconv.Itoa(at.code.Placeholder), "settings", at.tab.Tab)
	at.around(&data)
	return v.Render("settings", data)
}

// around fills in tabs, ways on and back.
func (at settingsAt) around(data *SettingsPage) {
	query := ""
	if data.Return != "" {
		query = "?return=" + data.Return
	}
	switch {
	case !data.InWizard:
		data.Back = kit.Link{Text: "この申込に戻る", Address: kit.ApplicationPath(at.c.ID)}
	case data.Return == "":
		data.Back = kit.Link{Text: "申込情報の一覧に戻る", Address: kit.ApplicationPath(at.c.ID, "codes")}
	}
	for i, tab := range at.code.Tabs {
		data.Tabs = append(data.Tabs, SettingsTab{kit.Link{Text: tab.Title, Address: at.path(tab.Tab) + query, Current: i == at.place}, tab.Complete})
	}
	if at.place+1 < len(at.code.Tabs) {
		data.Next = at.code.Tabs[at.place+1].Title
	}
	switch {
	case at.c.SettingsComplete || !at.c.SettingsNeeded:
	case at.c.SettingsDeadline.IsZero():
		data.Deadline = Deadline{Wish: at.c.Document.Desired, Day: at.c.WishDeadline}.Words()
	default:
		data.Deadline = kit.Say("システム設定申込の締切日は%sです。この日までに入力が終わらないと、承認は無効になります。", at.c.SettingsDeadline)
	}
	for _, n := range at.c.Document.Placeholders() {
		if n != at.code.Placeholder && len(at.c.Settings[n][at.tab.Tab]) > 0 {
			data.Alike = append(data.Alike, kit.Link{Text: at.c.Document.ItemName(n),
				Address: at.path(at.tab.Tab) + "?" + url.Values{"as": {strconv.Itoa(n)}, "return": {data.Return}}.Encode()})
		}
	}
	if len(at.tab.Values) > 0 {
		data.Missing = at.tab.Missing
	}
}

// prefill are the values to begin with: another code's when asked for, those saved, or for a tab never
// saved the company's own; and the sentence that says so.
func (at settingsAt) prefill(as string) (url.Values, kit.Sentence) {
	if n, err := strconv.Atoi(as); err == nil && len(at.c.Settings[n][at.tab.Tab]) > 0 {
		return spread(at.c.Settings[n][at.tab.Tab]), kit.Say("%sと同じ内容を入れました。まだ保存されていません。", kit.Word(at.c.Document.ItemName(n)))
	}
	if saved := at.c.Settings[at.code.Placeholder][at.tab.Tab]; len(saved) > 0 {
		return spread(saved), at.standing()
	}
	if at.tab.Tab != application.NameTab {
		return url.Values{}, kit.Sentence{}
	}
	return companyValues(at.c.Establishment, at.tab.Fields), kit.Say("契約者情報の内容を入れました。確認し、必要なら直して保存してください。まだ保存されていません。")
}

// standing says that the values are those of the contract, of an existing code whose tab was not saved yet.
func (at settingsAt) standing() kit.Sentence {
	_, saved := at.c.Draft.Settings[at.code.Placeholder][at.tab.Tab]
	if _, exists := at.c.Document.ExistingOf(at.code.Placeholder); !exists || saved || at.c.State != application.InDraft {
		return kit.Sentence{}
	}
	return kit.Say("契約中の設定内容を入れました。変えるところを直して保存してください。")
}

// companyValues are the company's data as the tab 名称 has them.
func companyValues(e desk.Establishment, fields []catalogue.Field) url.Values {
	values := url.Values{
		"company_name": {e.Company}, "company_name_kana": {e.CompanyKana}, "office_name": {e.Name}, "office_name_kana": {e.NameKana},
		"postal_code": {e.PostalCode}, "address": {e.Address}, "phone": {e.Phone}, "fax": {e.Fax},
	}
	for _, field := range fields {
		if field.Type != "prefecture" {
			continue
		}
		for _, prefecture := range field.Choices() {
			if strings.HasPrefix(e.Address, prefecture) {
				values.Set(field.Key, prefecture)
			}
		}
	}
	return values
}

func spread(values map[string]string) url.Values {
	form := url.Values{}
	for name, value := range values {
		form.Set(name, value)
	}
	return form
}

func flat(form url.Values) map[string]string {
	values := map[string]string{}
	for name := range form {
		values[name] = form.Get(name)
	}
	return values
}

// controlFor is the part for a field of the catalogue.
func controlFor(field catalogue.Field, f kit.Form) Control {
	hint := fieldHint(field)
	if field.Type == "yes-no" {
		c := f.Choices(kit.Choices{Name: field.Key, Label: field.Label, Hint: hint, Required: field.Required, Optional: !field.Required, Inline: true, Choices: fieldChoices(field)})
		return Control{Choices: &c}
	}
	if field.Choices() != nil {
		s := f.Select(kit.Select{Name: field.Key, Label: field.Label, Hint: hint, Required: field.Required, Optional: !field.Required, Empty: "選択してください", Choices: fieldChoices(field)})
		if value := s.Value; value != "" && !slices.Contains(field.Choices(), value) {
			s.Choices = append([]kit.Choice{{Value: value, Label: value}}, s.Choices...)
		}
		return Control{Select: &s}
	}
	x := f.Field(kit.Field{Name: field.Key, Label: field.Label, Hint: hint, Required: field.Required, Optional: !field.Required, Width: fieldWidth(field.Max)})
	return Control{Field: &x}
}

func fieldChoices(field catalogue.Field) []kit.Choice {
	var choices []kit.Choice
	for _, value := range field.Choices() {
		choices = append(choices, kit.Choice{Value: value, Label: field.Shown(value)})
	}
	return choices
}

func fieldWidth(most int) string {
	switch {
	case most == 0 || most > 30:
		return "l"
	case most > 8:
		return "m"
	case most > 3:
		return "s"
	}
	return "xs"
}

// fieldHint is the catalogue's example, with the bound.
func fieldHint(field catalogue.Field) kit.Sentence {
	hint := kit.Sentence{}
	if field.Hint != "" {
		hint = kit.Say(field.Hint)
	}
	switch {
	case field.Type == "date":
		return kit.Say("例：令和6年4月1日、R6.4.1、2024-04-01")
	case field.Hint == "" && field.Max > 0 && field.Choices() == nil:
		return kit.Say("%d文字まで", field.Max)
	}
	return hint
}

// SaveSettings stores one tab.
func (s *Pages) SaveSettings(v *kit.Request) error {
	at, err := s.settingsTab(v)
	if err != nil {
		return err
	}
	names := []string{"version", "return", "do"}
	for _, field := range at.tab.Fields {
		names = append(names, field.Key)
	}
	in, err := v.Form(names...)
	if err != nil {
		return err
	}
	if in.Get("do") == "keep" {
		return keep(v, in, at.page(), "codes", strconv.Itoa(at.code.Placeholder), "settings", at.tab.Tab)
	}
	ref, err := v.Ref(in)
	if err != nil {
		return err
	}
	typed := map[string]string{}
	for _, field := range at.tab.Fields {
		typed[field.Key] = in.Get(field.Key)
	}
	if err := s.Desk.SaveSettings(v.Ctx(), v.Actor(), ref, at.code.Placeholder, at.tab.Tab, typed); err != nil {
		return atFields(err)
	}
	return at.onward(v, in)
}

// onward leads to the next tab, the list, the confirmation or, outside the wizard, the application.
func (at settingsAt) onward(v *kit.Request, in url.Values) error {
	const saved = "システム設定を保存しました。"
	if in.Get("do") == "next" && at.place+1 < len(at.code.Tabs) {
		path := at.path(at.code.Tabs[at.place+1].Tab)
		if in.Get("return") == "confirm" {
			path += "?return=confirm"
		}
		return v.SeeOther(path, saved)
	}
	switch {
	case !slices.Contains(at.c.Allowed, application.Save):
		return v.SeeOther(kit.ApplicationPath(at.c.ID), saved)
	case in.Get("return") == "confirm":
		return v.SeeOther(kit.ApplicationPath(at.c.ID, "confirm"), saved)
	}
	return v.SeeOther(kit.ApplicationPath(at.c.ID, "codes"), saved)
}

// atFields makes the fields of problems plain keys, as the tab's inputs are named.
func atFields(err error) error {
	var problems problem.List
	if !errors.As(err, &problems) {
		return err
	}
	plain := make(problem.List, len(problems))
	for i, p := range problems {
		p.Field = p.Field[strings.LastIndex(p.Field, ".")+1:]
		plain[i] = p
	}
	return plain
}
