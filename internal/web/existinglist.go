package web

import (
	"slices"
	"strconv"

	"uketsuke/internal/application"
	"uketsuke/internal/calendar"
	"uketsuke/internal/desk"
)

// A HeldLine is a user code that the establishment holds today, with what this application makes of it (E7).
type HeldLine struct {
	Code, Category string
	IDs            []HeldIDLine
	Services       []string // Japanese texts
	// Items are what this application asks for, none without an item.
	Items     []Tag
	Kept      bool // 入力途中
	Gone      bool // no longer held: the item can only be dropped
	TouchedBy string
	Settings  string // where its settings tabs are, "" when none is opened
	Complete  bool
	// The addresses of what can be done now; "" where it cannot.
	Edit, Change, Numbers, Delete, Drop string
}

// A HeldIDLine is one user ID of it in words.
type HeldIDLine struct {
	ID, Number   string
	Trades       []string
	Method       string
	SingleSignOn bool
}

// heldLines are the codes held today, then the items of codes that are no longer.
func (s *Server) heldLines(c desk.Case, held []desk.HeldCode) []HeldLine {
	var lines []HeldLine
	for _, code := range held {
		lines = append(lines, s.heldLine(c, code))
	}
	for _, item := range c.Document.Existing {
		if !slices.ContainsFunc(held, func(h desk.HeldCode) bool { return h.Code == item.Code }) {
			lines = append(lines, HeldLine{Code: string(item.Code), Category: application.CategoryName(item.Category), Gone: true,
				Items: itemTags(item), Drop: applicationPath(c.ID, "codes", strconv.Itoa(item.Placeholder), "remove")})
		}
	}
	return lines
}

func (s *Server) heldLine(c desk.Case, code desk.HeldCode) HeldLine {
	path := applicationPath(c.ID, "existing", string(code.Code))
	line := HeldLine{Code: string(code.Code), Category: application.CategoryName(code.State.Category), IDs: s.heldIDs(code.IDs),
		Services: serviceNames(code.State.StatsPaid, code.State.StatsFree, code.State.Archive), TouchedBy: code.TouchedBy}
	_, line.Kept = c.Draft.Typed["existing."+line.Code]
	item, is := c.Document.ExistingOf(code.Placeholder)
	if is {
		n := strconv.Itoa(item.Placeholder)
		line.Items, line.Drop = itemTags(item), applicationPath(c.ID, "codes", n, "remove")
		if tabs, _ := settingsOf(c, item.Placeholder); len(tabs.Tabs) > 0 {
			line.Settings, line.Complete = applicationPath(c.ID, "codes", n, "settings", firstIncomplete(c, item.Placeholder)), tabs.Complete
		}
	}
	doc := c.Document
	switch {
	case code.TouchedBy != "":
	case is && !item.Delete:
		line.Edit = path
	default:
		if doc.AsksCodes() {
			line.Change = path
		}
		if doc.AsksNumbers() && !is {
			line.Numbers = path + "#block"
		}
	}
	if code.TouchedBy == "" && doc.AsksCodes() && !item.Delete {
		line.Delete = path + "/delete"
	}
	return line
}

// itemTags say what an item asks of its code.
func itemTags(item application.ExistingItem) []Tag {
	var tags []Tag
	add := func(is bool, tag Tag) {
		if is {
			tags = append(tags, tag)
		}
	}
	add(item.Delete, Tag{"red", "利用者コードの削除"})
	add(item.ChangesCode(), Tag{"orange", "変更"})
	add(len(item.Add) > 0, Tag{"green", "識別番号の追加"})
	add(len(item.Remove) > 0, Tag{"red", "識別番号の削除"})
	return tags
}

func (s *Server) heldIDs(ids []desk.HeldID) []HeldIDLine {
	var lines []HeldIDLine
	for _, id := range ids {
		lines = append(lines, HeldIDLine{string(id.ID), string(id.ID.Number()), s.tradeNames(id.Trades), s.methodWord(id.Method), id.SingleSignOn})
	}
	return lines
}

func serviceNames(paid, free, archive bool) []string {
	var names []string
	for _, x := range []struct {
		has  bool
		name string
	}{{paid, "管理統計資料 有料分"}, {free, "管理統計資料 無料分"}, {archive, "保税管理資料保存サービス"}} {
		if x.has {
			names = append(names, x.name)
		}
	}
	return names
}

// A DeletePage asks once more before the deletion of a code is asked for, and says what goes with it (R-APP-8).
type DeletePage struct {
	Wizard
	Code     string
	IDs      []HeldIDLine
	Services []string
	From     calendar.Date // the wish, zero before there is one
	// Instead says that a choice for this code gives way to the deletion, Ticks that the kind is ticked with it.
	Instead, Ticks bool
}

func (s *Server) showDeleteExisting(v *visit, f Form) error {
	at, err := s.existingAt(v)
	if err != nil {
		return err
	}
	state := at.held.State
	data := DeletePage{Wizard: v.wizard(at.c, stepCodes, f.onPage(), at.rest("delete")...), Code: string(at.held.Code), IDs: s.heldIDs(at.held.IDs),
		Services: serviceNames(state.StatsPaid, state.StatsFree, state.Archive), From: at.c.Document.Desired,
		Instead: at.held.Placeholder != 0 && !at.item.Delete, Ticks: !at.c.Document.AsksCodes()}
	data.Back = Link{Text: "申込情報の一覧に戻る", Address: applicationPath(at.c.ID, "codes")}
	return v.render("delete-existing", data)
}

func (s *Server) deleteExisting(v *visit) error {
	in, err := v.form("version", "return")
	if err != nil {
		return err
	}
	ref, err := v.ref(in)
	if err != nil {
		return err
	}
	if _, err := s.Desk.DeleteExisting(v.ctx(), v.actor(), ref, v.r.PathValue("code")); err != nil {
		return err
	}
	return v.onward(in, "codes")
}
