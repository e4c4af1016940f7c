package web

import (
	"net/http"
	"net/url"
	"slices"

	"uketsuke/internal/application"
	"uketsuke/internal/calendar"
	"uketsuke/internal/desk"
	"uketsuke/internal/problem"
)

// An ApplicationsPage is page E12, 「申込内容の確認」: the establishment's applications.
type ApplicationsPage struct {
	Frame
	Filter   FilterForm
	Filtered bool // something is filtered, so an empty list is not an empty desk
	Rows     []ListLine
	Empty    Empty
	Pager    Pager
	Sheet    Export // the same list as CSV
}

// A ListLine is one application of a list in words.
type ListLine struct {
	Receipt string // "" before the first registration
	Items   string
	State   Tag
	With    string
	Desired calendar.Date
	Start   calendar.Date
	Address string
	// Deadline is the last day for settings that are not complete, zero when nothing is missing.
	Deadline calendar.Date
}

// maxTrail bounds how many pages back a list knows its way; further back leads to the first page.
const maxTrail = 30

// applicationsQuery is what the address asks of E12. Addresses of earlier lists said the newest or the oldest first.
func (s *Server) applicationsQuery(asked url.Values) (desk.ListQuery, problem.List) {
	q, wrong := s.filterOf(asked)
	switch asked.Get("sort") {
	case sortOldest:
		q.Order = desk.OrderCreated
	case sortNewest, "":
		q.Order, q.Descending = desk.OrderCreated, asked.Get("order") != ascending
	}
	q.Search, q.After = printable(cutSearch(asked.Get("search"))), printable(last(asked["after"]))
	return q, wrong
}

// showApplications shows the list. The address holds filter, search, order and the keys of the pages gone through,
// so that it can be kept and sent.
func (s *Server) showApplications(v *visit, f Form) error {
	asked := v.r.URL.Query()
	q, wrong := s.applicationsQuery(asked)
	f.Values, f.Problems = shownValues(asked, "search"), append(f.Problems, wrong...)
	f.Values.Set("sort", string(q.Order))
	f.Values.Set("order", map[bool]string{true: descending, false: ascending}[q.Descending])
	var page desk.ListPage
	var err error
	if len(wrong) > 0 {
		v.status = http.StatusUnprocessableEntity
	} else if page, err = s.Desk.Applications(v.ctx(), v.actor(), q); err != nil {
		return err
	}
	data := ApplicationsPage{
		Frame: v.frame("/applications", f), Rows: listLines(page.Rows, "/applications"), Filtered: narrowed(q) || len(wrong) > 0,
		Filter: s.filterForm(f, "申込受付番号・利用者コード・利用者ID", application.States(), orderChoices(desk.OrderCreated)),
		Pager:  pagerOf("/applications", asked, asked["after"], page.Next), Sheet: exportButton("この一覧をCSVで保存する", "/applications.csv", shownValues(asked, "search")),
	}
	data.Back = Link{Text: "トップメニューに戻る", Address: "/"}
	data.Empty = Empty{Says: Say("申込はまだありません。"), Link: v.applyLink()}
	if data.Filtered {
		data.Empty = Empty{Says: Say("条件に合う申込はありません。状態や検索の文字を変えてください。"), Link: Link{Text: "条件を消してすべて表示する", Address: "/applications"}}
	}
	return v.render("applications", data)
}

// applyLink leads to a new application, for those who may apply.
func (v *visit) applyLink() Link {
	if !v.actor().Role.MayApply() {
		return Link{}
	}
	return Link{Text: "契約情報を変更する", Address: "/apply"}
}

func last(keys []string) string {
	if len(keys) == 0 {
		return ""
	}
	return keys[len(keys)-1]
}

// stateFilter is the state chosen; anything that is none filters nothing.
func stateFilter(chosen string) []application.State {
	if state := application.State(chosen); slices.Contains(application.States(), state) {
		return []application.State{state}
	}
	return nil
}

func stateChoices(states []application.State) []Choice {
	choices := make([]Choice, len(states))
	for i, state := range states {
		choices[i] = Choice{Value: string(state), Label: state.Japanese()}
	}
	return choices
}

// pagerOf leads one page on and one back; trail are the keys of the pages gone through.
func pagerOf(path string, asked url.Values, trail []string, next string) Pager {
	at := func(trail []string) string {
		query := url.Values{"after": trail}
		for name, values := range asked {
			for _, value := range values {
				if name != "after" && value != "" {
					query.Add(name, value)
				}
			}
		}
		if encoded := query.Encode(); encoded != "" {
			return path + "?" + encoded
		}
		return path
	}
	var p Pager
	if len(trail) > 0 {
		p.Before = Link{Address: at(trail[:len(trail)-1])}
	}
	if next != "" {
		p.Next = Link{Address: at(append(slices.Clone(trail[max(0, len(trail)-maxTrail):]), next))}
	}
	return p
}

// listLines are applications in words; path is where they stand.
func listLines(rows []desk.ListRow, path string) []ListLine {
	lines := make([]ListLine, len(rows))
	for i, row := range rows {
		lines[i] = ListLine{
			Receipt: row.Receipt, Items: row.Items, State: stateTag(row.State), With: row.With,
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

// stateTag is a state as a coloured word.
func stateTag(state application.State) Tag {
	kinds := map[application.State]string{
		application.InDraft: "plain", application.Registered: "blue", application.UnderExamination: "blue", application.Returned: "orange",
		application.Approved: "green", application.InEffect: "green", application.Withdrawn: "gray", application.Rejected: "red", application.Void: "red",
	}
	return Tag{Kind: kinds[state], Text: state.Japanese()}
}
