package application

import (
	"fmt"
	"slices"
	"strings"

	"uketsuke/internal/catalogue"
)

// A Difference is one thing that stands differently in two versions, for the examiner. What is not
// there in a version is "".
type Difference struct {
	Where  string // Japanese label, such as 「追加1 1行目 業種」
	Field  string // path as in a Problem
	Before string
	After  string
}

// Differences lists what differs from a to b, in the order of the pages; removed codes come last.
func Differences(a, b Document, cat *catalogue.Catalogue) []Difference {
	return compare(documentLines(a, cat), documentLines(b, cat))
}

// SettingsDifferences lists what differs from a to b in the settings of the codes of a document.
func SettingsDifferences(a, b Settings, d Document, cat *catalogue.Catalogue) []Difference {
	return compare(settingsLines(d, a, cat), settingsLines(d, b, cat))
}

// A line is one value of a version with its place; versions are compared line by line.
type line struct{ where, field, value string }

func compare(before, after []line) []Difference {
	var differences []Difference
	old := map[string]string{}
	for _, l := range before {
		old[l.field] = l.value
	}
	seen := map[string]bool{}
	for _, l := range after {
		seen[l.field] = true
		if old[l.field] != l.value {
			differences = append(differences, Difference{l.where, l.field, old[l.field], l.value})
		}
	}
	for _, l := range before {
		if !seen[l.field] && l.value != "" {
			differences = append(differences, Difference{l.where, l.field, l.value, ""})
		}
	}
	return differences
}

func documentLines(d Document, cat *catalogue.Catalogue) []line {
	lines := []line{
		{"申込内容", "kinds", kindNames(d.Kinds, cat)},
		{"利用開始希望日", "desired", d.Desired.Japanese()},
		{"変更する理由", "reason", d.Reason},
		{"申込担当者 氏名", "contact.name", d.Contact.Name},
		{"申込担当者 フリガナ", "contact.kana", d.Contact.Kana},
		{"申込担当者 部署名", "contact.department", d.Contact.Department},
		{"申込担当者 役職", "contact.position", d.Contact.Position},
		{"申込担当者 電話番号", "contact.phone", d.Contact.Phone},
		{"申込担当者 内線番号", "contact.extension", d.Contact.Extension},
		{"申込担当者 FAX番号", "contact.fax", d.Contact.Fax},
		{"申込担当者 メールアドレス", "contact.email", d.Contact.Email},
	}
	for _, item := range d.Codes {
		lines = append(lines, codeLines(item, cat)...)
	}
	for _, item := range d.Existing {
		lines = append(lines, existingLines(item, cat)...)
	}
	for _, id := range d.Reissue {
		lines = append(lines, line{"パスワード再発行", "reissue." + string(id), string(id)})
	}
	return lines
}

// existingLines are what is asked of a code that exists: its deletion, or the code as it is to be.
func existingLines(item ExistingItem, cat *catalogue.Catalogue) []line {
	name, field := string(item.Code), fmt.Sprintf("codes.%d", item.Placeholder)
	if item.Delete {
		return []line{{name + " 申込内容", field + ".operation", "削除"}}
	}
	lines := []line{{name + " 申込内容", field + ".operation", "変更"}}
	for _, id := range item.Kept() {
		lines = append(lines, line{string(id.ID) + " 業種", field + ".ids." + string(id.ID), strings.Join(tradeShorts(id.Trades, cat), "・")})
	}
	for _, id := range item.Remove {
		lines = append(lines, line{string(id) + " 削除", field + ".remove." + string(id), string(id)})
	}
	after := item.After()
	after.Rows = item.Add
	for _, l := range codeLines(after, cat) {
		l.where = strings.Replace(l.where, PlaceholderName(item.Placeholder), name, 1)
		lines = append(lines, l)
	}
	return append(lines, line{name + " システム設定", field + ".settings", choose(item.Settings, "変更する", "変更しない")})
}

func codeLines(item CodeItem, cat *catalogue.Catalogue) []line {
	name, field := PlaceholderName(item.Placeholder), fmt.Sprintf("codes.%d", item.Placeholder)
	lines := []line{{name + " システム設定区分", field + ".category", CategoryName(item.Category)}}
	for i, row := range item.Rows {
		where, at := name+" "+fmt.Sprintf("%d行目", i+1)+" ", fmt.Sprintf("%s.rows.%d.", field, i)
		lines = append(lines,
			line{where + "シングルサインオン要否", at + "single_sign_on", choose(row.SingleSignOn, "要", "否")},
			line{where + "業種", at + "trades", strings.Join(tradeShorts(row.Trades, cat), "・")},
			line{where + "処理方式", at + "method", methodShort(row.Method, cat)},
			line{where + "識別番号の数", at + "count", fmt.Sprint(row.Count)})
	}
	return append(lines,
		line{name + " 管理統計資料 有料分", field + "." + ServicePaid, choose(item.StatsPaid, "○", "×")},
		line{name + " 管理統計資料 無料分", field + "." + ServiceFree, choose(item.StatsFree, "○", "×")},
		line{name + " 保税管理資料保存サービス", field + "." + ServiceArchive, choose(item.Archive, "○", "×")})
}

func settingsLines(d Document, s Settings, cat *catalogue.Catalogue) []line {
	var lines []line
	for _, t := range Tabs(d, cat) {
		where := d.ItemName(t.Placeholder) + " " + TabName(t.Tab, cat) + " "
		for _, field := range cat.FieldsOf(t.Tab) {
			lines = append(lines, line{where + field.Label, settingsField(t) + "." + field.Key,
				field.Shown(s[t.Placeholder][t.Tab][field.Key])})
		}
	}
	return lines
}

func kindNames(keys []string, cat *catalogue.Catalogue) string {
	names := slices.Clone(keys)
	for i, key := range keys {
		if kind, known := cat.Kind(key); known {
			names[i] = kind.Name
		}
	}
	return strings.Join(names, "・")
}

func choose(yes bool, one, other string) string {
	if yes {
		return one
	}
	return other
}
