package cases

import (
	"strconv"
	"strings"

	"uketsuke/internal/application"
	"uketsuke/internal/calendar"
	"uketsuke/internal/catalogue"
	"uketsuke/internal/contract"
	"uketsuke/internal/desk"
	"uketsuke/internal/web/kit"
)

// SettingsShown is one tab of a code's settings in words.
type SettingsShown struct {
	Name     string // 追加1
	Title    string
	Complete bool
	Pairs    []kit.Pair
	Edit     string
}

// A ContractRow is one user ID of a contract in words.
type ContractRow struct {
	Code, Number string
	Category     string
	Trades       []string
	Method       string
	SingleSignOn bool
	StatsPaid    bool
	StatsFree    bool
	Archive      bool
	Since, Until calendar.Date
	// Mark says what becomes of the ID; the zero Tag when nothing does.
	Mark kit.Tag
}

// StartPairs are what the page of what to apply for asked for, in words.
func StartPairs(c desk.Case, d *desk.Desk) []kit.Pair {
	var kinds []string
	for _, key := range c.Document.Kinds {
		if k, ok := d.Catalogue.Kind(key); ok {
			key = KindLabel(k)
		}
		kinds = append(kinds, key)
	}
	edit := kit.Link{Text: "修正する", Address: kit.ApplicationPath(c.ID, "start") + "?return=confirm"}
	wish := kit.Pair{Term: "利用開始希望日", Day: c.Document.Desired, Correct: edit}
	if c.Document.IsReissue() {
		wish = kit.Pair{Term: "利用開始希望日", Says: NoWish()}
	}
	return []kit.Pair{
		{Term: "申込内容", Says: kit.Say(kit.OrNone(strings.Join(kinds, "、"))), Correct: edit},
		wish,
		{Term: "変更する理由", Value: kit.OrNone(c.Document.Reason), Correct: edit},
	}
}

// NoWish stands where a re-issue has no day (R-SEC-9).
func NoWish() kit.Sentence { return kit.Say("なし（承認と同時に再発行します）") }

// ContactPairs are a contact's lines, in the order of the form.
func ContactPairs(c application.Contact) []kit.Pair {
	return []kit.Pair{
		{Term: "氏名", Value: kit.OrNone(c.Name)}, {Term: "氏名（フリガナ）", Value: kit.OrNone(c.Kana)}, {Term: "部署名", Value: kit.OrNone(c.Department)},
		{Term: "役職", Value: kit.OrNone(c.Position)}, {Term: "電話番号", Value: kit.OrNone(c.Phone)}, {Term: "内線番号", Value: kit.OrNone(c.Extension)},
		{Term: "FAX番号", Value: kit.OrNone(c.Fax)}, {Term: "メールアドレス", Value: kit.OrNone(c.Email)},
	}
}

// SettingsShownOf are all tabs of all codes in words.
func SettingsShownOf(c desk.Case) []SettingsShown {
	var shown []SettingsShown
	for _, code := range c.CodeSettings {
		for _, tab := range code.Tabs {
			one := SettingsShown{Name: c.Document.ItemName(code.Placeholder), Title: tab.Title, Complete: tab.Complete,
				Edit: kit.ApplicationPath(c.ID, "codes", strconv.Itoa(code.Placeholder), "settings", tab.Tab) + "?return=confirm"}
			for _, field := range tab.Fields {
				if value := tab.Values[field.Key]; value != "" {
					one.Pairs = append(one.Pairs, settingPair(field, value))
				}
			}
			shown = append(shown, one)
		}
	}
	return shown
}

// settingPair is a setting in words: a choice is one of our words, a date is shown as dates are, and
// everything else stands as it was typed.
func settingPair(field catalogue.Field, value string) kit.Pair {
	if day, err := calendar.ParseDate(value); err == nil && field.Type == "date" {
		return kit.Pair{Term: field.Label, Day: day}
	}
	if field.Choices() != nil {
		return kit.Pair{Term: field.Label, Says: kit.Say(field.Shown(value))}
	}
	return kit.Pair{Term: field.Label, Value: field.Shown(value)}
}

// contractRows are the IDs of a contract.
func (s *Pages) contractRows(c contract.Contract) []ContractRow {
	var rows []ContractRow
	for _, code := range c.Codes {
		for _, id := range code.IDs {
			rows = append(rows, ContractRow{
				Code: string(code.Code), Number: string(id.ID.Number()), Category: application.CategoryName(code.Category),
				Trades: s.TradeNames(id.Trades), Method: s.MethodWord(id.Method), SingleSignOn: id.SingleSignOn,
				StatsPaid: code.StatsPaid, StatsFree: code.StatsFree, Archive: code.Archive, Since: id.Since, Until: id.Until,
			})
		}
	}
	return rows
}

// Class is how the row of the table is coloured; the tag says the same in words.
func (r ContractRow) Class() string {
	return map[string]string{"green": "added", "red": "removed", "orange": "changed"}[r.Mark.Kind]
}

// Services names what the row's user code has switched on.
func (r ContractRow) Services() []string { return ServiceNames(r.StatsPaid, r.StatsFree, r.Archive) }
