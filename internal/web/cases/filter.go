package cases

import (
	"net/url"
	"slices"
	"strings"

	"uketsuke/internal/application"
	"uketsuke/internal/calendar"
	"uketsuke/internal/desk"
	"uketsuke/internal/problem"
	"uketsuke/internal/web/kit"
)

// A FilterForm is what narrows and sorts a list of applications: part "list-filter".
type FilterForm struct {
	Search                       kit.Field
	States                       kit.Choices
	Kind, Queue                  kit.Select
	RegisteredFrom, RegisteredTo kit.Field
	StartFrom, StartTo           kit.Field
	Sort, Order                  kit.Select
	Button                       string
	// Open shows the fields that are seldom used, because one of them is.
	Open bool
}

// The names of the filter in addresses and forms.
const (
	sortNewest = "newest" // addresses of earlier lists
	sortOldest = "oldest"
	descending = "desc"
	ascending  = "asc"
)

// FilterNames are the fields of a filter but the search.
func FilterNames() []string {
	return []string{"state", "kind", "registered_from", "registered_to", "start_from", "start_to", "sort", "order"}
}

// FilterOf reads a filter out of an address; a choice that there is none of chooses nothing, and a day that
// cannot be read is said.
func (s *Pages) FilterOf(asked url.Values) (desk.ListQuery, problem.List) {
	var wrong problem.List
	day := func(name, label string) calendar.Date {
		typed := kit.Printable(asked.Get(name))
		if strings.TrimSpace(typed) == "" {
			return calendar.Date{}
		}
		date, err := calendar.ParseTyped(typed)
		if err != nil {
			wrong.Add(name, "R-CAL-1", "「%s」の日付を読み取れません。2024-12-10のように、実在する日付を入力してください。", label)
		}
		return date
	}
	q := desk.ListQuery{
		RegisteredFrom: day("registered_from", "登録日（から）"), RegisteredTo: day("registered_to", "登録日（まで）"),
		StartFrom: day("start_from", "利用開始日（から）"), StartTo: day("start_to", "利用開始日（まで）"),
		Descending: asked.Get("order") == descending,
	}
	for _, chosen := range asked["state"] {
		q.States = append(q.States, stateFilter(chosen)...)
	}
	if _, known := s.Desk.Catalogue.Kind(asked.Get("kind")); known {
		q.Kind = asked.Get("kind")
	}
	if order := desk.Order(asked.Get("sort")); slices.Contains(desk.Orders(), order) {
		q.Order = order
	}
	if !q.RegisteredTo.IsZero() && q.RegisteredTo.Before(q.RegisteredFrom) {
		wrong.Add("registered_to", "R-CAL-1", "期間の終わりの日は、始まりの日以後にしてください。")
	}
	if !q.StartTo.IsZero() && q.StartTo.Before(q.StartFrom) {
		wrong.Add("start_to", "R-CAL-1", "期間の終わりの日は、始まりの日以後にしてください。")
	}
	return q, wrong
}

// Narrowed says whether a query leaves anything out.
func Narrowed(q desk.ListQuery) bool {
	return len(q.States) > 0 || q.Kind != "" || q.Search != "" || !q.RegisteredFrom.IsZero() || !q.RegisteredTo.IsZero() ||
		!q.StartFrom.IsZero() || !q.StartTo.IsZero()
}

// FilterForm shows a filter as it was chosen.
func (s *Pages) FilterForm(f kit.Form, search string, states []application.State, orders []kit.Choice) FilterForm {
	var kinds []kit.Choice
	for _, kind := range s.Desk.Catalogue.Kinds {
		if kind.Offered {
			kinds = append(kinds, kit.Choice{Value: kind.Key, Label: kind.Name})
		}
	}
	return FilterForm{
		Search:         f.Field(kit.Field{Name: "search", Label: search}),
		States:         f.Choices(kit.Choices{Name: "state", Label: "状態（選ばないとすべて）", Many: true, Inline: true, Choices: stateChoices(states)}),
		Kind:           f.Select(kit.Select{Name: "kind", Label: "申込内容", Empty: "すべて", Choices: kinds}),
		RegisteredFrom: f.Field(kit.Field{Name: "registered_from", Label: "登録日（から）", Type: "date"}),
		RegisteredTo:   f.Field(kit.Field{Name: "registered_to", Label: "登録日（まで）", Type: "date"}),
		StartFrom:      f.Field(kit.Field{Name: "start_from", Label: "利用開始日（から）", Type: "date", Hint: kit.Say("確定前は希望日で選びます。")}),
		StartTo:        f.Field(kit.Field{Name: "start_to", Label: "利用開始日（まで）", Type: "date"}),
		Sort:           f.Select(kit.Select{Name: "sort", Label: "並び順", Choices: orders}),
		Order: f.Select(kit.Select{Name: "order", Label: "順序", Choices: []kit.Choice{
			{Value: ascending, Label: "昇順（古い・小さい順）"}, {Value: descending, Label: "降順（新しい・大きい順）"}}}),
		Button: "表示する",
		Open: f.Values.Get("kind") != "" || f.Values.Get("registered_from")+f.Values.Get("registered_to")+f.Values.Get("start_from")+f.Values.Get("start_to") != "" ||
			len(f.Values["state"]) > 0 || len(f.Problems) > 0,
	}
}

// OrderChoices are the orders of a list, its own first.
func OrderChoices(own desk.Order) []kit.Choice {
	choices := []kit.Choice{
		{Value: string(desk.OrderReceipt), Label: "申込受付番号"}, {Value: string(desk.OrderRegistered), Label: "登録日時"},
		{Value: string(desk.OrderDesired), Label: "利用開始希望日"}, {Value: string(desk.OrderStart), Label: "利用開始日"},
		{Value: string(desk.OrderState), Label: "状態"},
	}
	if own == desk.OrderWaiting {
		return append([]kit.Choice{{Value: string(own), Label: "回答期限の近い順"}}, choices...)
	}
	return append([]kit.Choice{{Value: string(own), Label: "作成日時"}}, choices...)
}

// ShownValues are an address's filter as the form shows it.
func ShownValues(asked url.Values, names ...string) url.Values {
	values := url.Values{}
	for _, name := range append(FilterNames(), names...) {
		for _, value := range asked[name] {
			values.Add(name, kit.Printable(value))
		}
	}
	return values
}
