package cases

import (
	"slices"
	"strconv"
	"strings"

	"uketsuke/internal/application"
	"uketsuke/internal/desk"
	"uketsuke/internal/web/kit"
)

// A Content is everything an application asks for, with the remarks at their items: part "content".
type Content struct {
	Whole          []desk.RemarkView
	Start          []kit.Pair
	StartRemarks   []desk.RemarkView
	Contact        []kit.Pair
	ContactRemarks []desk.RemarkView
	Rows           []application.TableRow
	Legend         []string
	Codes          []CodeContent
	// Changed say what differs from the version before: "start", "contact" or "codes".
	Changed map[string]bool
	Notes   []kit.Sentence // what the table has no column for
	Reissue []HeldIDLine
}

// A CodeContent is one code with its settings.
type CodeContent struct {
	Placeholder int
	Name        string
	Complete    bool
	Needed      bool
	Settings    []SettingsShown
	Remarks     []desk.RemarkView
	Changed     bool   // its settings differ from the version before
	Edit        string // where the settings can be changed now, "" when they cannot
}

// ContentOf is an application in words, with these remarks at their items.
func (s *Pages) ContentOf(c desk.Case, remarks []desk.RemarkView) Content {
	at := func(items ...string) []desk.RemarkView {
		return slices.DeleteFunc(slices.Clone(remarks), func(r desk.RemarkView) bool { return !slices.Contains(items, r.Item) })
	}
	content := Content{
		Whole: at(""), Start: uncorrectable(StartPairs(c, s.Desk)), StartRemarks: at("kinds", "desired", "reason"),
		Contact: ContactPairs(c.Document.Contact), ContactRemarks: at("contact"), Rows: c.Rows, Legend: c.Legend, Changed: map[string]bool{},
	}
	if !c.Start.IsZero() {
		content.Start = slices.Insert(content.Start, 2, kit.Pair{Term: "利用開始日（確定）", Day: c.Start})
		if c.StartReason != "" {
			content.Start = slices.Insert(content.Start, 3, kit.Pair{Term: "希望日と異なる理由", Value: c.StartReason})
		}
	}
	shown := SettingsShownOf(c)
	for _, placeholder := range c.Document.Placeholders() {
		code, _ := SettingsOf(c, placeholder)
		n := strconv.Itoa(placeholder)
		one := CodeContent{Placeholder: placeholder, Name: codeName(c, placeholder), Complete: code.Complete, Needed: len(code.Tabs) > 0, Remarks: at("codes."+n, "settings."+n)}
		for _, tab := range shown {
			if tab.Name == c.Document.ItemName(placeholder) {
				one.Settings = append(one.Settings, tab)
			}
		}
		if _, exists := c.Document.ExistingOf(placeholder); !exists || one.Needed || len(one.Remarks) > 0 {
			content.Codes = append(content.Codes, one)
		}
	}
	content.Notes = TableNotes(c)
	return content
}

// TableNotes say what the table 「申込情報」 has no column for: the archive service and changes of settings.
func TableNotes(c desk.Case) []kit.Sentence {
	var archive, stopped, settings []string
	for _, item := range c.Document.Codes {
		if item.Archive {
			archive = append(archive, codeName(c, item.Placeholder))
		}
	}
	for _, item := range c.Document.Existing {
		switch {
		case item.Delete:
			continue
		case item.Archive && !item.Before.Archive:
			archive = append(archive, string(item.Code))
		case !item.Archive && item.Before.Archive:
			stopped = append(stopped, string(item.Code))
		}
		if item.Settings {
			settings = append(settings, string(item.Code))
		}
	}
	var notes []kit.Sentence
	note := func(says string, names []string) {
		if len(names) > 0 {
			notes = append(notes, kit.Say(says, kit.Word(strings.Join(names, "、"))))
		}
	}
	note("保税管理資料保存サービスを申し込む利用者コード：%s", archive)
	note("保税管理資料保存サービスをやめる利用者コード：%s", stopped)
	note("システム設定を変更する利用者コード：%s", settings)
	return notes
}

// uncorrectable takes the links to the wizard's pages away.
func uncorrectable(pairs []kit.Pair) []kit.Pair {
	for i := range pairs {
		pairs[i].Correct = kit.Link{}
	}
	return pairs
}

// RemarksNow are the remarks to be answered: those of the last return while it is returned.
func RemarksNow(c desk.Case) []desk.RemarkView {
	if c.State != application.Returned {
		return nil
	}
	return remarksOf(c, c.Round)
}

// remarksOf are the remarks of a round in the order of the pages, as they were written.
func remarksOf(c desk.Case, round int) []desk.RemarkView {
	var remarks []desk.RemarkView
	for _, r := range slices.Backward(c.Remarks) {
		if r.Round == round {
			remarks = append(remarks, r)
		}
	}
	return remarks
}

// Mark notes where the content differs from the version before.
func (c *Content) Mark(since []application.Difference) {
	for _, d := range since {
		head, rest, _ := strings.Cut(d.Field, ".")
		switch head {
		case "kinds", "desired", "reason", "desired_start_date":
			c.Changed["start"] = true
		case "contact":
			c.Changed["contact"] = true
		case "codes":
			c.Changed["codes"] = true
		case "settings":
			n, _, _ := strings.Cut(rest, ".")
			for i := range c.Codes {
				c.Codes[i].Changed = c.Codes[i].Changed || strconv.Itoa(c.Codes[i].Placeholder) == n
			}
		}
	}
}
