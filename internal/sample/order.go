package sample

import (
	"maps"
	"slices"

	"uketsuke/internal/account"
	"uketsuke/internal/application"
	"uketsuke/internal/desk"
)

// An Order is what an applicant wants, in the words of the pages.
type Order struct {
	// By registers it; the zero Actor is the applicant of Tokyo.
	By      account.Actor
	Desired string
	Reason  string
	// Email is the contact's; "" is that of the account.
	Email string
	// Codes are the forms of each code, in the order in which its blocks are added.
	Codes [][]desk.CodeForm
	// Existing are the forms about codes that exist, by code, and Reissue the IDs that get new passwords.
	Existing map[string]desk.ExistingForm
	Reissue  []string
	// Incomplete leaves the last tab of the last code without a required field.
	Incomplete bool
	// Areas is added to the numbers of the bonded areas that the settings name.
	Areas int
}

// Block is a form of page E8: one row of identification numbers, single sign-on where several trades are
// given.
func Block(method, count string, trades ...string) desk.CodeForm {
	sso := "no"
	if len(trades) > 1 {
		sso = "yes"
	}
	return desk.CodeForm{Category: application.CategoryCommon, SingleSignOn: sso, Trades: trades, Method: method, Count: count}
}

// WithStatistics is the form with paid and free statistics.
func WithStatistics(f desk.CodeForm) desk.CodeForm {
	f.StatsPaid, f.StatsFree = true, true
	return f
}

// S1 is one code, 通関業 and 混載業 with numbers of their own.
func S1(desired string) Order {
	return Order{Desired: desired, Codes: [][]desk.CodeForm{{
		WithStatistics(Block("netnaccs", "1", "customs-broker")), WithStatistics(Block("netnaccs", "1", "consolidator")),
	}}}
}

// S2 is one ID for two trades.
func S2(desired string) Order {
	return Order{Desired: desired, Codes: [][]desk.CodeForm{{WithStatistics(Block("netnaccs", "1", "customs-broker", "consolidator"))}}}
}

// S3 is two codes with a trade each.
func S3(desired string) Order {
	return Order{Desired: desired, Codes: [][]desk.CodeForm{
		{WithStatistics(Block("netnaccs", "1", "customs-broker"))}, {Block("netnaccs", "1", "consolidator")},
	}}
}

// Warehouse is one code whose settings name a bonded area (R-APP-9), that of the given number.
func Warehouse(desired string, area int) Order {
	return Order{Desired: desired, Areas: area - 1, Codes: [][]desk.CodeForm{{Block("netnaccs", "1", "bonded-warehouse")}}}
}

// Draft makes a draft of an order, every page passed.
func (w *World) Draft(o Order) desk.Ref {
	w.T.Helper()
	ctx, by := w.T.Context(), o.by(w)
	ref, err := w.Desk.Begin(ctx, by)
	w.must(err)
	id := ref.ID
	w.must(w.Desk.SaveStart(ctx, by, w.Ref(id), desk.StartForm{Kinds: o.kinds(), Desired: o.Desired, Reason: o.reason()}))
	w.must(w.Desk.SaveContact(ctx, by, w.Ref(id), o.contact(by)))
	for _, blocks := range o.Codes {
		placeholder := 0
		for _, block := range blocks {
			placeholder, err = w.Desk.AddRows(ctx, by, w.Ref(id), placeholder, block)
			w.must(err)
		}
	}
	w.must(w.ask(by, id, o))
	w.fill(by, id, o)
	return w.Ref(id)
}

// ask stores what the order says about codes and IDs that exist.
func (w *World) ask(by account.Actor, id string, o Order) error {
	ctx := w.T.Context()
	for _, code := range slices.Sorted(maps.Keys(o.Existing)) {
		if _, err := w.Desk.SetExisting(ctx, by, w.Ref(id), code, o.Existing[code]); err != nil {
			return err
		}
	}
	if len(o.Reissue) == 0 {
		return nil
	}
	return w.Desk.SetReissue(ctx, by, w.Ref(id), o.Reissue)
}

// kinds are the kinds that the order needs.
func (o Order) kinds() []string {
	if len(o.Reissue) > 0 {
		return []string{"password-reissue"}
	}
	var code, number bool
	for _, form := range o.Existing {
		adds := len(form.Block.Trades)+len(form.Remove) > 0
		number = number || adds
		code = code || form.Delete || !adds
	}
	var kinds []string
	if code || len(o.Existing) == 0 || len(o.Codes) > 0 {
		kinds = append(kinds, "user-code")
	}
	if number {
		kinds = append(kinds, "ident-number")
	}
	return kinds
}

// Keep is the form that leaves a common code with these services as it is, to be changed.
func Keep(statsPaid, statsFree bool) desk.ExistingForm {
	return desk.ExistingForm{Category: application.CategoryCommon, StatsPaid: statsPaid, StatsFree: statsFree}
}

func (o Order) by(w *World) account.Actor {
	if o.By.ID == "" {
		return w.Applicant
	}
	return o.By
}

func (o Order) reason() string {
	if o.Reason == "" {
		return "業務量の増加に伴い、利用者コードを追加するため。"
	}
	return o.Reason
}

func (o Order) contact(by account.Actor) application.Contact {
	email := o.Email
	if email == "" {
		email = Email(by)
	}
	return application.Contact{Name: by.Name, Kana: "ミホン ハナコ", Department: "通関部", Position: "主任",
		Phone: "03-1234-5678", Extension: "12", Fax: "03-1234-5679", Email: email, Confirmed: true}
}

// fill saves every settings tab of a draft.
func (w *World) fill(by account.Actor, id string, o Order) {
	w.T.Helper()
	tabs := application.Tabs(w.Case(by, id).Document, w.Desk.Catalogue)
	for i, t := range tabs {
		values := CompleteTab(w.Desk.Catalogue, t.Tab, o.Areas+t.Placeholder)
		if o.Incomplete && i == len(tabs)-1 {
			values = IncompleteTab(w.Desk.Catalogue, t.Tab, o.Areas+t.Placeholder)
		}
		w.must(w.Desk.SaveSettings(w.T.Context(), by, w.Ref(id), t.Placeholder, t.Tab, values))
	}
}

// Complete saves what an incomplete order left open.
func (w *World) Complete(by account.Actor, id string, o Order) {
	w.T.Helper()
	w.must(w.CompleteErr(by, id, o))
}

// CompleteErr is Complete with the desk's answer.
func (w *World) CompleteErr(by account.Actor, id string, o Order) error {
	w.T.Helper()
	tabs := application.Tabs(w.Case(by, id).Document, w.Desk.Catalogue)
	t := tabs[len(tabs)-1]
	return w.Desk.SaveSettings(w.T.Context(), by, w.Ref(id), t.Placeholder, t.Tab, CompleteTab(w.Desk.Catalogue, t.Tab, o.Areas+t.Placeholder))
}
