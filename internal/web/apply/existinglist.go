package apply

import (
	"slices"
	"strconv"

	"uketsuke/internal/application"
	"uketsuke/internal/calendar"
	"uketsuke/internal/desk"
	"uketsuke/internal/web/cases"
	"uketsuke/internal/web/kit"
)

// A HeldLine is a user code that the establishment holds today, with what this application makes of it.
type HeldLine struct {
	Code, Category string
	IDs            []cases.HeldIDLine
	Services       []string // Japanese texts
	// Items are what this application asks for, none without an item.
	Items     []kit.Tag
	Kept      bool // 入力途中
	Gone      bool // no longer held: the item can only be dropped
	TouchedBy string
	Settings  string // where its settings tabs are, "" when none is opened
	Complete  bool
	// The addresses of what can be done now; "" where it cannot.
	Edit, Change, Numbers, Delete, Drop string
}

// heldLines are the codes held today, then the items of codes that are no longer.
func (s *Pages) heldLines(c desk.Case, held []desk.HeldCode) []HeldLine {
	var lines []HeldLine
	for _, code := range held {
		lines = append(lines, s.heldLine(c, code))
	}
	for _, item := range c.Document.Existing {
		if !slices.ContainsFunc(held, func(h desk.HeldCode) bool { return h.Code == item.Code }) {
			lines = append(lines, HeldLine{Code: string(item.Code), Category: application.CategoryName(item.Category), Gone: true,
				Items: itemTags(item), Drop: kit.ApplicationPath(c.ID, "codes", strconv.Itoa(item.Placeholder), "remove")})
		}
	}
	return lines
}

func (s *Pages) heldLine(c desk.Case, code desk.HeldCode) HeldLine {
	path := kit.ApplicationPath(c.ID, "existing", string(code.Code))
	line := HeldLine{Code: string(code.Code), Category: application.CategoryName(code.State.Category), IDs: s.cases.HeldIDs(code.IDs),
		Services: cases.ServiceNames(code.State.StatsPaid, code.State.StatsFree, code.State.Archive), TouchedBy: code.TouchedBy}
	_, line.Kept = c.Draft.Typed["existing."+line.Code]
	item, is := c.Document.ExistingOf(code.Placeholder)
	if is {
		n := strconv.Itoa(item.Placeholder)
		line.Items, line.Drop = itemTags(item), kit.ApplicationPath(c.ID, "codes", n, "remove")
		if tabs, _ := cases.SettingsOf(c, item.Placeholder); len(tabs.Tabs) > 0 {
			line.Settings, line.Complete = kit.ApplicationPath(c.ID, "codes", n, "settings", cases.FirstIncomplete(c, item.Placeholder)), tabs.Complete
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
func itemTags(item application.ExistingItem) []kit.Tag {
	var tags []kit.Tag
	add := func(is bool, tag kit.Tag) {
		if is {
			tags = append(tags, tag)
		}
	}
	add(item.Delete, kit.Tag{Kind: "red", Text: "利用者コードの削除"})
	add(item.ChangesCode(), kit.Tag{Kind: "orange", Text: "変更"})
	add(len(item.Add) > 0, kit.Tag{Kind: "green", Text: "識別番号の追加"})
	add(len(item.Remove) > 0, kit.Tag{Kind: "red", Text: "識別番号の削除"})
	return tags
}

// A DeletePage asks once more before the deletion of a code is asked for, and says what goes with it (R-APP-8).
type DeletePage struct {
	Wizard
	Code     string
	IDs      []cases.HeldIDLine
	Services []string
	From     calendar.Date // the wish, zero before there is one
	// Instead says that a choice for this code gives way to the deletion, Ticks that the kind is ticked with it.
	Instead, Ticks bool
}

func (s *Pages) ShowDeleteExisting(v *kit.Request, f kit.Form) error {
	at, err := s.existingAt(v)
	if err != nil {
		return err
	}
	state := at.held.State
	data := DeletePage{Wizard: wizard(v, at.c, cases.StepCodes, f.OnPage(), at.rest("delete")...), Code: string(at.held.Code), IDs: s.cases.HeldIDs(at.held.IDs),
		Services: cases.ServiceNames(state.StatsPaid, state.StatsFree, state.Archive), From: at.c.Document.Desired,
		Instead: at.held.Placeholder != 0 && !at.item.Delete, Ticks: !at.c.Document.AsksCodes()}
	data.Back = kit.Link{Text: "申込情報の一覧に戻る", Address: kit.ApplicationPath(at.c.ID, "codes")}
	return v.Render("delete-existing", data)
}

func (s *Pages) DeleteExisting(v *kit.Request) error {
	in, err := v.Form("version", "return")
	if err != nil {
		return err
	}
	ref, err := v.Ref(in)
	if err != nil {
		return err
	}
	if _, err := s.Desk.DeleteExisting(v.Ctx(), v.Actor(), ref, v.HTTP.PathValue("code")); err != nil {
		return err
	}
	return onward(v, in, "codes")
}
