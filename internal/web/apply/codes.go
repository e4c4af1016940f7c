package apply

import (
	"strconv"

	"uketsuke/internal/application"
	"uketsuke/internal/calendar"
	"uketsuke/internal/desk"
	"uketsuke/internal/web/cases"
	"uketsuke/internal/web/kit"
)

// A CodesPage is the list of the codes of one application.
type CodesPage struct {
	Wizard
	Rows   []application.TableRow
	Legend []string
	Notes  []kit.Sentence // what the table has no column for
	Codes  []CodeLine
	// Held are the codes of the contract, New is where a code is added, "" when that was not ticked; Kinds leads to the page of what to apply for.
	Held  []HeldLine
	New   string
	Kinds string
	Typed bool // a new code was begun and kept
	Next  string
	// Incomplete says that settings are missing; Deadline is until when, if it started on the wish.
	Incomplete bool
	Deadline   Deadline
	Most       int
}

// A CodeLine is one code of the list with what can be done about it.
type CodeLine struct {
	Name     string
	Complete bool
	Kept     bool // 入力途中
	Edit     string
	Settings string
	Remove   string
	Category string
	IDs      int
}

// A Deadline is the last day for the settings if the start is as wished (R-SET-1).
type Deadline struct {
	Wish, Day calendar.Date
}

// Words are the sentence that says it.
func (d Deadline) Words() kit.Sentence {
	if d.Day.IsZero() {
		return kit.Say("システム設定が未入力の利用者コードがあります。利用開始日の4営業日前までに入力してください。間に合わないと、承認は無効になります。")
	}
	return kit.Say("システム設定が未入力の利用者コードがあります。利用開始日の4営業日前（希望どおり%sに利用を開始する場合は%s）までに入力してください。間に合わないと、承認は無効になります。", d.Wish, d.Day)
}

func (s *Pages) ShowCodes(v *kit.Request, f kit.Form) error {
	c, err := s.draft(v)
	if err != nil {
		return err
	}
	if c.Document.IsReissue() {
		return v.SeeOther(kit.ApplicationPath(c.ID, "reissue"))
	}
	held, err := s.Desk.Held(v.Ctx(), v.Actor(), c.ID)
	if err != nil {
		return err
	}
	_, typed := c.Draft.Typed["code.0"]
	data := CodesPage{
		Wizard: wizard(v, c, cases.StepCodes, f.OnPage(), "codes"), Rows: c.Rows, Legend: c.Legend, Notes: cases.TableNotes(c), Codes: codeLines(c),
		Held: s.heldLines(c, held), Kinds: kit.ApplicationPath(c.ID, "start"), Next: kit.ApplicationPath(c.ID, "confirm"), Typed: typed,
		Incomplete: c.SettingsNeeded && !c.SettingsComplete && len(c.Document.Placeholders()) > 0, Deadline: Deadline{Wish: c.Document.Desired, Day: c.WishDeadline}, Most: s.Desk.Operator.MaxCodes,
	}
	if c.Document.AsksCodes() {
		data.New = kit.ApplicationPath(c.ID, "codes", "0")
	}
	return v.Render("codes", data)
}

// codeLines are the codes of an application with their addresses.
func codeLines(c desk.Case) []CodeLine {
	var lines []CodeLine
	for _, item := range c.Document.Codes {
		n := strconv.Itoa(item.Placeholder)
		line := CodeLine{
			Name: application.PlaceholderName(item.Placeholder), Category: application.CategoryName(item.Category), Complete: completeCode(c, item.Placeholder),
			Edit: kit.ApplicationPath(c.ID, "codes", n), Remove: kit.ApplicationPath(c.ID, "codes", n, "remove"),
			Settings: kit.ApplicationPath(c.ID, "codes", n, "settings", cases.FirstIncomplete(c, item.Placeholder)),
		}
		for _, row := range item.Rows {
			line.IDs += row.Count
		}
		_, line.Kept = c.Draft.Typed["code."+n]
		lines = append(lines, line)
	}
	return lines
}

func completeCode(c desk.Case, placeholder int) bool {
	code, ok := cases.SettingsOf(c, placeholder)
	return ok && code.Complete
}

// A RemoveCodePage asks once more before a code, or what was typed for a new one, goes.
type RemoveCodePage struct {
	Wizard
	Name  string
	Drops bool // a code that exists: it stays in the contract as it is
	Begun bool // a new code that was begun and kept, not in the list yet
	Rows  []application.TableRow
}

// placeholder is the code the address names.
func placeholder(v *kit.Request) (int, error) {
	n, err := strconv.Atoi(v.HTTP.PathValue("n"))
	if err != nil || n < 0 || strconv.Itoa(n) != v.HTTP.PathValue("n") {
		return 0, desk.ErrNotFound
	}
	return n, nil
}

func (s *Pages) ShowRemoveCode(v *kit.Request, f kit.Form) error {
	c, err := s.draft(v)
	if err != nil {
		return err
	}
	n, err := placeholder(v)
	if err != nil {
		return err
	}
	_, known := c.Document.Asked(n)
	_, begun := c.Draft.Typed["code."+strconv.Itoa(n)]
	if !known && !(n == 0 && begun) {
		return desk.ErrNotFound
	}
	data := RemoveCodePage{Wizard: wizard(v, c, cases.StepCodes, f.OnPage(), "codes", strconv.Itoa(n), "remove"), Name: c.Document.ItemName(n), Begun: !known,
		Drops: n >= application.FirstExisting}
	data.Back = kit.Link{Text: "戻る", Address: kit.ApplicationPath(c.ID, "codes")}
	for _, row := range c.Rows {
		if row.Placeholder == n {
			data.Rows = append(data.Rows, row)
		}
	}
	return v.Render("remove-code", data)
}

// RemoveCode takes a code out of the application.
func (s *Pages) RemoveCode(v *kit.Request) error {
	in, err := v.Form("version", "return")
	if err != nil {
		return err
	}
	n, err := placeholder(v)
	if err != nil {
		return err
	}
	ref, err := v.Ref(in)
	if err != nil {
		return err
	}
	remove, done := s.Desk.RemoveCode, "利用者コードを一覧から削除しました。"
	switch {
	case n == 0:
		done = "入力途中の利用者コードを取り消しました。"
	case n >= application.FirstExisting:
		remove, done = s.Desk.RemoveExisting, "利用者コードをこの申込から外しました。契約の内容は変わりません。"
	}
	if err := remove(v.Ctx(), v.Actor(), ref, n); err != nil {
		return err
	}
	return v.SeeOther(kit.ApplicationPath(ref.ID, "codes"), done)
}
