package apply

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"uketsuke/internal/application"
	"uketsuke/internal/desk"
	"uketsuke/internal/problem"
	"uketsuke/internal/userid"
	"uketsuke/internal/web/cases"
	"uketsuke/internal/web/kit"
)

// An ExistingPage is the page of a user code that exists: what it is now beside what it is to be (R-APP-8).
type ExistingPage struct {
	Wizard
	Code string
	// AsksCodes and AsksNumbers say which parts the page has, by what was ticked; Kinds leads to the page of what to apply for.
	AsksCodes, AsksNumbers bool
	Kinds                  kit.Link
	TouchedBy              string // the receipt number of another open application (R-APP-10)
	Deleting               bool   // its deletion is asked for so far
	Now                    []kit.Pair
	Category               kit.Choices
	IDs                    []ExistingID
	Services               []kit.Tick
	Settings               kit.Tick
	Block                  NumberBlock
	Remove                 kit.Choices
	LastNumber             bool   // every number was ticked to go: the code can be deleted instead
	Delete                 string // where the deletion is asked for
	Preview                PreviewPart
	PreviewURL             string
}

// An ExistingID is a user ID that the code has, with what it is to be.
type ExistingID struct {
	ID, Method string
	Now        kit.Sentence
	SSO        kit.Choices
	Trades     kit.Choices
	Open       bool // something about it is to change, or wrong
}

// A NumberBlock is the block 「識別番号に関する項目」 with the rows that are in the list already.
type NumberBlock struct {
	Rows   []CodeRow
	SSO    kit.Choices
	Trades kit.Choices
	Method kit.Select
	Count  kit.Field
}

// An existingAt is the code that the address names, as the establishment holds it today.
type existingAt struct {
	c    desk.Case
	held desk.HeldCode
	item application.ExistingItem
}

func (s *Pages) existingAt(v *kit.Request) (existingAt, error) {
	c, err := s.draft(v)
	if err != nil {
		return existingAt{}, err
	}
	held, err := s.Desk.Held(v.Ctx(), v.Actor(), c.ID)
	if err != nil {
		return existingAt{}, err
	}
	code, err := userid.ParseCode(v.HTTP.PathValue("code"))
	at := slices.IndexFunc(held, func(h desk.HeldCode) bool { return h.Code == code })
	if err != nil || at < 0 {
		return existingAt{}, desk.ErrNotFound
	}
	item, is := c.Document.ExistingOf(held[at].Placeholder)
	if !is {
		item = application.NewExisting(0, code, held[at].State)
	}
	item.Before = held[at].State
	return existingAt{c, held[at], item}, nil
}

// page is the name under which 一時保存 keeps the page, rest its address below the application.
func (at existingAt) page() string { return "existing." + string(at.held.Code) }

func (at existingAt) rest(more ...string) []string {
	return append([]string{"existing", string(at.held.Code)}, more...)
}

func (at existingAt) path(more ...string) string {
	return kit.ApplicationPath(at.c.ID, at.rest(more...)...)
}

// idField is the name of a field about an ID that the code has.
func idField(id userid.ID, name string) string { return "ids." + string(id) + "." + name }

// names are the fields of the page, by what was ticked.
func (at existingAt) names() []string {
	var names []string
	if at.c.Document.AsksCodes() {
		names = append(names, "category", "settings", application.ServicePaid, application.ServiceFree, application.ServiceArchive)
		for _, id := range at.item.Before.IDs {
			names = append(names, idField(id.ID, "single_sign_on"), idField(id.ID, "trades"))
		}
	}
	if at.c.Document.AsksNumbers() {
		names = append(names, "single_sign_on", "trades", "method", "count", "remove")
	}
	return names
}

func (s *Pages) ShowExisting(v *kit.Request, f kit.Form) error {
	at, err := s.existingAt(v)
	if err != nil {
		return err
	}
	f = reopened(at.c, at.page(), f, func() kit.Form { return existingStored(at.item) },
		func(typed url.Values) kit.Form { return kit.Form{Values: typed, Problems: s.existingWrong(at, typed)} })
	f.Problems = existingFields(f.Problems)
	f = f.OnPage(append(at.names(), "block")...)
	data := ExistingPage{
		Wizard: wizard(v, at.c, cases.StepCodes, f, at.rest()...), Code: string(at.held.Code), AsksCodes: at.c.Document.AsksCodes(),
		AsksNumbers: at.c.Document.AsksNumbers(), Kinds: kit.Link{Text: "申込内容の選択", Address: kit.ApplicationPath(at.c.ID, "start")},
		TouchedBy: at.held.TouchedBy, Deleting: at.item.Delete, Now: statePairs(at.held.State), Delete: at.path("delete"), PreviewURL: at.path("preview"),
	}
	if data.Return == "" {
		data.Back = kit.Link{Text: "申込情報の一覧に戻る", Address: kit.ApplicationPath(at.c.ID, "codes")}
	}
	if data.AsksCodes {
		s.changeControls(&data, at, f)
	}
	if data.AsksNumbers {
		s.numberControls(&data, at, f)
		planned, err := s.Desk.PreviewExisting(v.Ctx(), v.Actor(), at.c.ID, data.Code, at.form(f.Values))
		if err != nil {
			return err
		}
		data.Preview = s.previewOf(planned)
		data.Preview.Numbers = true
	}
	return v.Render("existing", data)
}

// statePairs are a code as it is, but for its IDs.
func statePairs(state application.CodeState) []kit.Pair {
	return []kit.Pair{
		{Term: "システム設定区分", Says: kit.Say(application.CategoryName(state.Category))}, {Term: "管理統計資料 有料分", Says: hasWord(state.StatsPaid)},
		{Term: "管理統計資料 無料分", Says: hasWord(state.StatsFree)}, {Term: "保税管理資料保存サービス", Says: hasWord(state.Archive)},
	}
}

func hasWord(has bool) kit.Sentence {
	if has {
		return kit.Say("あり")
	}
	return kit.Say("なし")
}

// existingStored is the form of a code as the draft has it, with an empty block.
func existingStored(item application.ExistingItem) kit.Form {
	values := url.Values{"category": {item.Category}, "count": {"1"}}
	for name, on := range map[string]bool{application.ServicePaid: item.StatsPaid, application.ServiceFree: item.StatsFree,
		application.ServiceArchive: item.Archive, "settings": item.Settings} {
		if on {
			values.Set(name, "yes")
		}
	}
	for _, id := range slices.Concat(item.Before.IDs, item.Kept()) { // what is to change counts
		values.Set(idField(id.ID, "single_sign_on"), yesNo(id.SingleSignOn))
		values[idField(id.ID, "trades")] = id.Trades
	}
	for _, id := range item.Remove {
		values.Add("remove", string(id))
	}
	return kit.Form{Values: values}
}

func yesNo(yes bool) string {
	if yes {
		return "yes"
	}
	return "no"
}

// form is what was typed; a part that the page does not have leaves the code as it is.
func (at existingAt) form(in url.Values) desk.ExistingForm {
	before := at.item.Before
	form := desk.ExistingForm{Category: before.Category, StatsPaid: before.StatsPaid, StatsFree: before.StatsFree, Archive: before.Archive}
	if at.c.Document.AsksCodes() {
		form.Category, form.Settings = in.Get("category"), in.Get("settings") == "yes"
		form.StatsPaid, form.StatsFree = in.Get(application.ServicePaid) == "yes", in.Get(application.ServiceFree) == "yes"
		form.Archive = in.Get(application.ServiceArchive) == "yes"
		form.IDs = map[string]desk.IDForm{}
		for _, id := range before.IDs {
			form.IDs[string(id.ID)] = desk.IDForm{SingleSignOn: in.Get(idField(id.ID, "single_sign_on")), Trades: in[idField(id.ID, "trades")]}
		}
	}
	if at.c.Document.AsksNumbers() {
		form.Remove = in["remove"]
		form.Block = desk.CodeForm{SingleSignOn: in.Get("single_sign_on"), Trades: in["trades"], Method: in.Get("method"), Count: in.Get("count")}
	}
	return form
}

// existingWrong is what is wrong with a kept form; what is not typed yet is no fault here.
func (s *Pages) existingWrong(at existingAt, in url.Values) problem.List {
	var wrong problem.List
	if at.c.Document.AsksCodes() {
		for _, id := range at.item.Before.IDs {
			row := application.Row{SingleSignOn: in.Get(idField(id.ID, "single_sign_on")) == "yes", Trades: in[idField(id.ID, "trades")], Method: id.Method, Count: 1}
			wrong.Join("ids."+string(id.ID), slices.DeleteFunc(application.RowProblems(row, in.Get("category"), s.Desk.Catalogue),
				func(p problem.Problem) bool { return p.Rule == "R-APP-7" })) // the method stays as it is
		}
	}
	block := codeForm(in)
	if block.Category == "" {
		block.Category = at.item.Category
	}
	return append(wrong, s.codeWrong(application.CodeItem{}, block)...)
}

// existingFields moves problems to the fields that the page has: rows in the list already to their block, and
// whatever concerns an ID to its trades.
func existingFields(problems problem.List) problem.List {
	moved := slices.Clone(problems)
	for i, p := range moved {
		head, _, _ := strings.Cut(p.Field, ".")
		switch {
		case head == "add":
			moved[i].Field = "block"
		case head == "ids" && !strings.HasSuffix(p.Field, ".single_sign_on"):
			moved[i].Field = p.Field[:strings.LastIndex(p.Field, ".")+1] + "trades"
		}
	}
	return moved
}

// SaveExisting does what the pressed button says: set the code, add or remove rows of numbers, keep it.
func (s *Pages) SaveExisting(v *kit.Request) error {
	at, err := s.existingAt(v)
	if err != nil {
		return err
	}
	in, err := v.Form(append(at.names(), "version", "return", "do")...)
	if err != nil {
		return err
	}
	ref, err := v.Ref(in)
	if err != nil {
		return err
	}
	if row, ok := strings.CutPrefix(in.Get("do"), "remove-"); ok {
		return s.removeAdded(v, at, ref, row, in)
	}
	form := at.form(in)
	switch in.Get("do") {
	case "keep":
		return keep(v, in, at.page(), at.rest()...)
	case "add":
		form.Adding = true
		if _, err := s.Desk.SetExisting(v.Ctx(), v.Actor(), ref, string(at.held.Code), form); err != nil {
			return err
		}
		return at.again(v, in, "識別番号を一覧に追加しました。続けて追加するか、「この内容で設定する」を押してください。")
	}
	n, err := s.Desk.SetExisting(v.Ctx(), v.Actor(), ref, string(at.held.Code), form)
	if err != nil {
		return err
	}
	return s.afterExisting(v, at.c.ID, n, in)
}

// again leads back to the page.
func (at existingAt) again(v *kit.Request, in url.Values, done string) error {
	path := at.path()
	if in.Get("return") == "confirm" {
		path += "?return=confirm"
	}
	return v.SeeOther(path+"#block", done)
}

// removeAdded takes a row of numbers to add out of the list.
func (s *Pages) removeAdded(v *kit.Request, at existingAt, ref desk.Ref, row string, in url.Values) error {
	index, err := strconv.Atoi(row)
	if err != nil {
		return kit.StatusError(http.StatusBadRequest)
	}
	if err := s.Desk.RemoveAddedRow(v.Ctx(), v.Actor(), ref, at.item.Placeholder, index); err != nil {
		return err
	}
	return at.again(v, in, "識別番号の行を削除しました。")
}

// afterExisting leads to the settings tabs that the item opens, else on.
func (s *Pages) afterExisting(v *kit.Request, id string, placeholder int, in url.Values) error {
	c, err := s.Desk.Written(v.Ctx(), v.Actor(), id)
	if err != nil {
		return err
	}
	code, _ := cases.SettingsOf(c, placeholder)
	if len(code.Tabs) == 0 {
		next := "codes"
		if in.Get("return") == "confirm" {
			next = "confirm"
		}
		return v.SeeOther(kit.ApplicationPath(id, next), "利用者コードの変更内容を保存しました。")
	}
	path := kit.ApplicationPath(id, "codes", strconv.Itoa(placeholder), "settings", code.Tabs[0].Tab)
	if in.Get("return") == "confirm" {
		path += "?return=confirm"
	}
	return v.SeeOther(path, "利用者コードの変更内容を保存しました。続けて、システム設定を確認してください。")
}

// PreviewExisting answers the script that keeps the picture up to date: the part alone.
func (s *Pages) PreviewExisting(v *kit.Request) error {
	at, err := s.existingAt(v)
	if err != nil {
		return err
	}
	planned, err := s.Desk.PreviewExisting(v.Ctx(), v.Actor(), at.c.ID, string(at.held.Code), at.form(v.Typed()))
	if err != nil {
		return err
	}
	part := s.previewOf(planned)
	part.Numbers = true
	html, err := s.Renderer.Part(v.Lang, "id-preview", part)
	if err != nil {
		return err
	}
	kit.Write(v.Out, http.StatusOK, html)
	return nil
}
