package cases

import (
	"net/http"
	"net/url"
	"slices"

	"uketsuke/internal/application"
	"uketsuke/internal/calendar"
	"uketsuke/internal/desk"
	"uketsuke/internal/problem"
	"uketsuke/internal/web/kit"
)

// An ApplicationsPage is the page 「申込内容の確認」: the establishment's applications.
type ApplicationsPage struct {
	kit.Frame
	Filter   FilterForm
	Filtered bool // something is filtered, so an empty list is not an empty desk
	Rows     []ListLine
	Empty    kit.Empty
	Pager    kit.Pager
	Sheet    kit.Export // the same list as CSV
}

// A ListLine is one application of a list in words.
type ListLine struct {
	Receipt string // "" before the first registration
	Items   string
	State   kit.Tag
	With    string
	Desired calendar.Date
	Start   calendar.Date
	Address string
	// Deadline is the last day for settings that are not complete, zero when nothing is missing.
	Deadline calendar.Date
}

// applicationsQuery is what the address asks of the list of applications. Addresses of earlier lists said the newest or the oldest first.
func (s *Pages) applicationsQuery(asked url.Values) (desk.ListQuery, problem.List) {
	q, wrong := s.FilterOf(asked)
	switch asked.Get("sort") {
	case sortOldest:
		q.Order = desk.OrderCreated
	case sortNewest, "":
		q.Order, q.Descending = desk.OrderCreated, asked.Get("order") != ascending
	}
	q.Search, q.After = kit.Printable(kit.CutSearch(asked.Get("search"))), kit.Printable(kit.Last(asked["after"]))
	return q, wrong
}

// ShowApplications shows the list. The address holds filter, search, order and the keys of the pages gone through,
// so that it can be kept and sent.
func (s *Pages) ShowApplications(v *kit.Request, f kit.Form) error {
	asked := v.HTTP.URL.Query()
	q, wrong := s.applicationsQuery(asked)
	f.Values, f.Problems = ShownValues(asked, "search"), append(f.Problems, wrong...)
	f.Values.Set("sort", string(q.Order))
	f.Values.Set("order", map[bool]string{true: descending, false: ascending}[q.Descending])
	var page desk.ListPage
	var err error
	if len(wrong) > 0 {
		v.Status = http.StatusUnprocessableEntity
	} else if page, err = s.Desk.Applications(v.Ctx(), v.Actor(), q); err != nil {
		return err
	}
	data := ApplicationsPage{
		Frame: v.Frame("/applications", f), Rows: ListLines(page.Rows, "/applications"), Filtered: Narrowed(q) || len(wrong) > 0,
		Filter: s.FilterForm(f, "申込受付番号・利用者コード・利用者ID", application.States(), OrderChoices(desk.OrderCreated)),
		Pager:  kit.PagerOf("/applications", asked, asked["after"], page.Next), Sheet: kit.ExportButton("この一覧をCSVで保存する", "/applications.csv", ShownValues(asked, "search")),
	}
	data.Back = kit.Link{Text: "トップメニューに戻る", Address: "/"}
	data.Empty = kit.Empty{Says: kit.Say("申込はまだありません。"), Link: applyLink(v)}
	if data.Filtered {
		data.Empty = kit.Empty{Says: kit.Say("条件に合う申込はありません。状態や検索の文字を変えてください。"), Link: kit.Link{Text: "条件を消してすべて表示する", Address: "/applications"}}
	}
	return v.Render("applications", data)
}

// applyLink leads to a new application, for those who may apply.
func applyLink(v *kit.Request) kit.Link {
	if !v.Actor().Role.MayApply() {
		return kit.Link{}
	}
	return kit.Link{Text: "契約情報を変更する", Address: "/apply"}
}

// stateFilter is the state chosen; anything that is none filters nothing.
func stateFilter(chosen string) []application.State {
	if state := application.State(chosen); slices.Contains(application.States(), state) {
		return []application.State{state}
	}
	return nil
}

func stateChoices(states []application.State) []kit.Choice {
	choices := make([]kit.Choice, len(states))
	for i, state := range states {
		choices[i] = kit.Choice{Value: string(state), Label: state.Japanese()}
	}
	return choices
}

// ListLines are applications in words; path is where they stand.
func ListLines(rows []desk.ListRow, path string) []ListLine {
	lines := make([]ListLine, len(rows))
	for i, row := range rows {
		lines[i] = ListLine{
			Receipt: row.Receipt, Items: row.Items, State: kit.StateTag(row.State), With: row.With,
			Desired: row.Desired, Start: row.Start, Address: path + "/" + url.PathEscape(row.ID),
		}
		lines[i].Deadline = missingSettings(row)
	}
	return lines
}

// missingSettings is the last day for settings that are not complete, zero when nothing is missing.
func missingSettings(row desk.ListRow) calendar.Date {
	if row.State == application.Approved && !row.SettingsComplete {
		return row.SettingsDeadline
	}
	return calendar.Date{}
}
