package application

import (
	"slices"

	"uketsuke/internal/catalogue"
	"uketsuke/internal/contract"
	"uketsuke/internal/userid"
)

// FirstExisting is the first placeholder that stands for a user code that exists. Those of new codes lie
// below it, so that one number names each item of an application, its settings and its kept typing.
const FirstExisting = 1001

// An ExistingItem is what is asked of one user code that exists (R-APP-8): its deletion, or any of a change of
// the code, of some of its IDs, of its settings, numbers to add and numbers to delete.
type ExistingItem struct {
	// Placeholder is FirstExisting or above and belongs to the code within this application.
	Placeholder int         `json:"placeholder"`
	Code        userid.Code `json:"code"`
	// Before is the code as the contract had it when the item was last stored, registered at the latest.
	Before CodeState `json:"before"`
	Delete bool      `json:"delete,omitempty"`
	// The choices for the code from the start date on; those of Before where nothing is to change.
	Category  string `json:"category"`
	StatsPaid bool   `json:"statistics_paid"`
	StatsFree bool   `json:"statistics_free"`
	Archive   bool   `json:"bonded_archive"`
	// IDs are those whose trades are to change.
	IDs []IDChange `json:"ids,omitempty"`
	// Settings says that all tabs of the code are opened for change; tabs of new trades are open anyway.
	Settings bool `json:"settings,omitempty"`
	// Add asks for numbers and Remove deletes some (kind ident-number).
	Add    []Row       `json:"add,omitempty"`
	Remove []userid.ID `json:"remove,omitempty"`
}

// An IDChange gives an existing user ID other trades; its method stays, because it decides the number.
type IDChange struct {
	ID           userid.ID `json:"id"`
	SingleSignOn bool      `json:"single_sign_on"`
	Trades       []string  `json:"trades"`
}

// A CodeState is what a user code is on a day.
type CodeState struct {
	Category  string    `json:"category"`
	StatsPaid bool      `json:"statistics_paid"`
	StatsFree bool      `json:"statistics_free"`
	Archive   bool      `json:"bonded_archive"`
	IDs       []IDState `json:"ids"` // sorted by ID
}

// An IDState is what a user ID is for on a day.
type IDState struct {
	ID           userid.ID `json:"id"`
	SingleSignOn bool      `json:"single_sign_on"`
	Trades       []string  `json:"trades"`
	Method       string    `json:"method"`
}

// StateOf is a code of a contract as an application states it.
func StateOf(code contract.Code) CodeState {
	s := CodeState{Category: code.Category, StatsPaid: code.StatsPaid, StatsFree: code.StatsFree, Archive: code.Archive, IDs: []IDState{}}
	for _, id := range code.IDs {
		s.IDs = append(s.IDs, IDState{ID: id.ID, SingleSignOn: id.SingleSignOn, Trades: id.Trades, Method: id.Method})
	}
	return s
}

// Same says whether two states say the same.
func (s CodeState) Same(o CodeState) bool {
	return s.Category == o.Category && s.StatsPaid == o.StatsPaid && s.StatsFree == o.StatsFree && s.Archive == o.Archive &&
		slices.EqualFunc(s.IDs, o.IDs, func(a, b IDState) bool {
			return a.ID == b.ID && a.SingleSignOn == b.SingleSignOn && a.Method == b.Method && slices.Equal(a.Trades, b.Trades)
		})
}

// isAlready says whether an ID is already what a change would make of it, in whatever order its trades stand.
func (s CodeState) isAlready(c IDChange) bool {
	return slices.ContainsFunc(s.IDs, func(id IDState) bool {
		return id.ID == c.ID && id.SingleSignOn == c.SingleSignOn &&
			slices.Equal(slices.Sorted(slices.Values(id.Trades)), slices.Sorted(slices.Values(c.Trades)))
	})
}

// NewExisting is an item that asks nothing yet of a code.
func NewExisting(placeholder int, code userid.Code, state CodeState) ExistingItem {
	return ExistingItem{Placeholder: placeholder, Code: code, Before: state, Category: state.Category,
		StatsPaid: state.StatsPaid, StatsFree: state.StatsFree, Archive: state.Archive}
}

// ChangesCode says whether the item changes the code itself, one of its IDs or its settings.
func (e ExistingItem) ChangesCode() bool {
	return e.Category != e.Before.Category || e.ChangesServices() || len(e.IDs) > 0 || e.Settings
}

// ChangesServices says whether the item changes statistics or archive.
func (e ExistingItem) ChangesServices() bool {
	return e.StatsPaid != e.Before.StatsPaid || e.StatsFree != e.Before.StatsFree || e.Archive != e.Before.Archive
}

// AsksNothing says whether the item changes nothing at all.
func (e ExistingItem) AsksNothing() bool {
	return !e.Delete && !e.ChangesCode() && len(e.Add) == 0 && len(e.Remove) == 0
}

// Kept are the IDs that the code has before and after, as they are to be after the change.
func (e ExistingItem) Kept() []IDState {
	var kept []IDState
	for _, id := range e.Before.IDs {
		if e.Delete || slices.Contains(e.Remove, id.ID) {
			continue
		}
		if change, changes := e.changeOf(id.ID); changes {
			id.SingleSignOn, id.Trades = change.SingleSignOn, change.Trades
		}
		kept = append(kept, id)
	}
	return kept
}

func (e ExistingItem) changeOf(id userid.ID) (IDChange, bool) {
	at := slices.IndexFunc(e.IDs, func(c IDChange) bool { return c.ID == id })
	if at < 0 {
		return IDChange{}, false
	}
	return e.IDs[at], true
}

// After is the code as it is to be, in the form of a new code: a row for each ID that is kept, then those to add.
func (e ExistingItem) After() CodeItem {
	item := CodeItem{Placeholder: e.Placeholder, Category: e.Category, StatsPaid: e.StatsPaid, StatsFree: e.StatsFree, Archive: e.Archive}
	for _, id := range e.Kept() {
		item.Rows = append(item.Rows, Row{SingleSignOn: id.SingleSignOn, Trades: id.Trades, Method: id.Method, Count: 1})
	}
	item.Rows = append(item.Rows, e.Add...)
	return item
}

// beforeTrades are the trades that the code had.
func (e ExistingItem) beforeTrades() []string {
	item := CodeItem{}
	for _, id := range e.Before.IDs {
		item.Rows = append(item.Rows, Row{Trades: id.Trades})
	}
	return item.Trades()
}

// tabs are the settings tabs that the item opens: all when settings are to change, else those of trades that
// the code did not have; none when it is deleted.
func (e ExistingItem) tabs(cat *catalogue.Catalogue) []string {
	if e.Delete {
		return nil
	}
	tabs := TabsOf(e.After(), cat)
	if e.Settings {
		return tabs
	}
	had := e.beforeTrades()
	return slices.DeleteFunc(tabs, func(tab string) bool { return tab == NameTab || slices.Contains(had, tab) })
}

// ExistingOf returns the item of an existing code.
func (d Document) ExistingOf(placeholder int) (ExistingItem, bool) {
	for _, item := range d.Existing {
		if item.Placeholder == placeholder {
			return item, true
		}
	}
	return ExistingItem{}, false
}

// NextExisting is the placeholder for another existing code: one that no item of this
// application ever had.
func (d Document) NextExisting() int {
	next := max(FirstExisting-1, d.LastExisting)
	for _, item := range d.Existing {
		next = max(next, item.Placeholder)
	}
	return next + 1
}

// Asked is what is to be issued under a placeholder: the new code, or the numbers to add to an existing one.
func (d Document) Asked(placeholder int) (CodeItem, bool) {
	if item, is := d.ExistingOf(placeholder); is {
		return CodeItem{Placeholder: placeholder, Category: item.Category, Rows: item.Add,
			StatsPaid: item.StatsPaid, StatsFree: item.StatsFree, Archive: item.Archive}, true
	}
	return d.Code(placeholder)
}

// ItemName is 「追加n」 for a new code and the code itself for one that exists.
func (d Document) ItemName(placeholder int) string {
	if item, is := d.ExistingOf(placeholder); is {
		return string(item.Code)
	}
	return PlaceholderName(placeholder)
}

// TabsAt lists the settings tabs that the application opens for a placeholder; false when there is no such
// item.
func (d Document) TabsAt(placeholder int, cat *catalogue.Catalogue) ([]string, bool) {
	if item, is := d.ExistingOf(placeholder); is {
		return item.tabs(cat), true
	}
	item, known := d.Code(placeholder)
	if !known {
		return nil, false
	}
	return TabsOf(item, cat), true
}

// Placeholders are those of every item, new codes first.
func (d Document) Placeholders() []int {
	var all []int
	for _, item := range d.Codes {
		all = append(all, item.Placeholder)
	}
	for _, item := range d.Existing {
		all = append(all, item.Placeholder)
	}
	return all
}

// reissueMark makes a re-issue a thing of its own among what applications touch (R-SEC-9).
const reissueMark = "reissue:"

// Touches are the existing things that the application touches (R-APP-10): user codes, and IDs whose passwords
// are to be issued again under a mark of their own, because those conflict only with each other.
func (d Document) Touches() []string {
	var touched []string
	for _, item := range d.Existing {
		touched = append(touched, string(item.Code))
	}
	for _, id := range d.Reissue {
		touched = append(touched, reissueMark+string(id))
	}
	slices.Sort(touched)
	return slices.Compact(touched)
}

// IsReissue says whether the application asks for passwords alone: it has no start date of its own and is
// complete with its approval (R-SEC-9).
func (d Document) IsReissue() bool { return slices.Equal(d.Kinds, []string{kindReissue}) }

// ReissueSubject is what a re-issue of an ID touches.
func ReissueSubject(id userid.ID) string { return reissueMark + string(id) }

// Refreshed is a document whose items of existing codes rest on what is held now: codes and IDs that are gone fall
// away, and choices that were those of the contract follow it.
func Refreshed(d Document, held map[userid.Code]CodeState) Document {
	ids := heldIDs(Ground{Holding: held})
	d.Reissue = slices.DeleteFunc(slices.Clone(d.Reissue), func(id userid.ID) bool { return !ids[id] })
	var existing []ExistingItem
	for _, item := range d.Existing {
		state, holds := held[item.Code]
		if !holds {
			continue
		}
		if item.Category == item.Before.Category {
			item.Category = state.Category
		}
		if !item.ChangesServices() {
			item.StatsPaid, item.StatsFree, item.Archive = state.StatsPaid, state.StatsFree, state.Archive
		}
		item.Before = state
		item.IDs = slices.DeleteFunc(slices.Clone(item.IDs), func(c IDChange) bool { return !ids[c.ID] || state.isAlready(c) })
		item.Remove = slices.DeleteFunc(slices.Clone(item.Remove), func(id userid.ID) bool { return !ids[id] })
		existing = append(existing, item)
	}
	d.Existing = existing
	return d
}
