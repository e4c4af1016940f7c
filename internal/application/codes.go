package application

import (
	"fmt"
	"slices"
	"strings"

	"uketsuke/internal/catalogue"
	"uketsuke/internal/problem"
	"uketsuke/internal/userid"
)

// The system categories (システム設定区分, R-APP-6).
const (
	CategoryCommon = "common"
	CategoryAir    = "air"
	CategorySea    = "sea"
)

// Categories lists the system categories in the order of the page.
func Categories() []string { return []string{CategoryCommon, CategoryAir, CategorySea} }

// CategoryName is the name of a category as people read it, the key itself if it is none.
func CategoryName(category string) string {
	switch category {
	case CategoryCommon:
		return "共用"
	case CategoryAir:
		return "航空"
	case CategorySea:
		return "海上"
	}
	return category
}

// The bounds of R-APP-7; the bound of rows is ours and keeps a document readable.
const (
	CountMax = 99
	rowsMax  = 50
)

// CodesProblems judges the list of codes and each code on it. Each code's fields are below
// "codes.<placeholder>".
//   - R-APP-1: new codes only where user codes are applied for, and there they or changes; placeholders differ.
//   - R-APP-7: no more codes than allowed, and no more than are free.
func CodesProblems(d Document, g Ground) problem.List {
	var l problem.List
	applied := slices.Contains(d.Kinds, kindCode)
	changes := slices.ContainsFunc(d.Existing, func(e ExistingItem) bool { return e.Delete || e.ChangesCode() })
	switch n := len(d.Codes); {
	case applied && n == 0 && !changes:
		l.Add("codes", "R-APP-1", "追加・変更・削除する利用者コードがありません。「新規に利用者コードを追加する」から入力するか、契約中の利用者コードを選んでください。")
	case !applied && n > 0:
		l.Add("codes", "R-APP-1", "申込内容で「利用者コード」が選択されていません。申込内容を選択するか、利用者コードを一覧から削除してください。")
	case n > g.maxCodes():
		l.Add("codes", "R-APP-7", "1回の申込みで追加できる利用者コードは%d個までです。%d個減らしてください。", g.maxCodes(), n-g.maxCodes())
	case n > g.FreeCodes:
		l.Add("codes", "R-APP-7", "追加できる利用者コードの空きは残り%d個です。利用者コードを%d個減らすか、ヘルプデスクへお問い合わせください。",
			max(g.FreeCodes, 0), n-max(g.FreeCodes, 0))
	}
	seen := map[int]bool{}
	for _, item := range d.Codes {
		field := fmt.Sprintf("codes.%d", item.Placeholder)
		if item.Placeholder < 1 || item.Placeholder >= FirstExisting || seen[item.Placeholder] {
			l.Add(field, "R-APP-1", "利用者コードの番号が正しくありません。この利用者コードを削除して、追加し直してください。")
		}
		seen[item.Placeholder] = true
		l.Join(field, CodeProblems(item, g))
	}
	return l
}

// CodeProblems judges the settings of one code, R-APP-1 … R-APP-7. Fields are relative to the code:
// "category", "rows", "rows.<i>.trades|method|count", "statistics_paid", "statistics_free",
// "bonded_archive".
func CodeProblems(item CodeItem, g Ground) problem.List {
	return codeProblems(item, g.Catalogue, false)
}

// ExistingCodeProblems judges a code that exists already and is brought in from before the portal: as
// CodeProblems, but methods that are no longer offered stand (they are in the catalogue for this), and the
// count of R-APP-7, which bounds one application, does not apply.
func ExistingCodeProblems(item CodeItem, cat *catalogue.Catalogue) problem.List {
	return codeProblems(item, cat, true)
}

func codeProblems(item CodeItem, cat *catalogue.Catalogue, exists bool) problem.List {
	var l problem.List
	if !slices.Contains(Categories(), item.Category) {
		l.Add("category", "R-APP-1", "システム設定区分を「共用」「航空」「海上」から選択してください。")
	}
	switch {
	case len(item.Rows) == 0:
		l.Add("rows", "R-APP-1", "識別番号がありません。業種、処理方式、識別番号の数を入力して追加してください。")
	case len(item.Rows) > rowsMax:
		l.Add("rows", "R-APP-7", "1つの利用者コードに設定できる行は%d行までです。行をまとめてください。", rowsMax)
		return l
	}
	for i, row := range item.Rows {
		l.Join(fmt.Sprintf("rows.%d", i), rowProblems(row, item.Category, cat, exists))
	}
	l = append(l, groupProblems(item, cat)...)
	l = append(l, repeatedRows(item)...)
	l = append(l, capacityProblems(item, cat)...)
	return append(l, serviceProblems(item, cat)...)
}

// RowProblems judges one row under a category: R-APP-1, 2, 3, 6 and 7. Fields are "trades", "method" and
// "count".
func RowProblems(row Row, category string, cat *catalogue.Catalogue) problem.List {
	return rowProblems(row, category, cat, false)
}

func rowProblems(row Row, category string, cat *catalogue.Catalogue, exists bool) problem.List {
	trades, l := knownTrades(row.Trades, cat)
	if row.SingleSignOn {
		l = append(l, sharedProblems(row.Trades, trades)...)
	} else if len(row.Trades) != 1 {
		l.Add("trades", "R-APP-2", "シングルサインオンが「否」の識別番号には、業種を1つだけ選択してください。")
	}
	for _, t := range trades {
		if excluded(category, string(t.Medium)) {
			l.Add("trades", "R-APP-6", "システム設定区分「%s」では業種「%s」を選択できません。区分を「共用」にするか、業種を変更してください。",
				Word{ja: CategoryName(category)}, tradeWord(t))
		}
	}
	method, known := cat.Method(row.Method)
	switch {
	case row.Method == "":
		l.Add("method", "R-APP-7", "処理方式を選択してください。")
	case !known:
		l.Add("method", "R-APP-7", "この処理方式は選択できません。選択し直してください。")
	case !method.Offered && !exists:
		l.Add("method", "R-APP-7", "処理方式「%s」は新規の受付を終了しています。ほかの処理方式を選択してください。", Word{ja: method.Name})
	}
	if row.Count < 1 || row.Count > CountMax && !exists {
		l.Add("count", "R-APP-7", "識別番号の数は1から%dまでの整数で入力してください。", CountMax)
	}
	return l
}

// knownTrades looks trades up; what the catalogue does not know, and what stands twice, is a problem
// (R-APP-1), never the end of a draft.
func knownTrades(keys []string, cat *catalogue.Catalogue) ([]catalogue.Trade, problem.List) {
	var trades []catalogue.Trade
	var l problem.List
	seen := map[string]bool{}
	for _, key := range keys {
		trade, known := cat.Trade(key)
		switch {
		case !known:
			l.Add("trades", "R-APP-1", "現在は取り扱っていない業種が含まれています。業種を選択し直してください。")
		case seen[key]:
			l.Add("trades", "R-APP-1", "業種「%s」が重複しています。1つにしてください。", tradeWord(trade))
		default:
			trades = append(trades, trade)
		}
		seen[key] = true
	}
	return trades, l
}

// sharedProblems is R-APP-3: single sign-on needs at least two trades, each marked for it, of one group.
func sharedProblems(keys []string, trades []catalogue.Trade) problem.List {
	var l problem.List
	if len(keys) < 2 {
		l.Add("trades", "R-APP-3", "シングルサインオンを「要」にするには、業種を2つ以上選択してください。1つの場合は「否」を選択してください。")
	}
	for _, t := range trades {
		switch {
		case !t.SSO:
			l.Add("trades", "R-APP-3", "業種「%s」はシングルサインオンの対象外です。選択を外し、シングルサインオン「否」の行として追加してください。", tradeWord(t))
		case t.SSOGroup != trades[0].SSOGroup:
			l.Add("trades", "R-APP-3", "業種「%s」と業種「%s」は、同じ利用者IDで共用できません。別の行または別の利用者コードに分けてください。",
				tradeWord(trades[0]), tradeWord(t))
		}
	}
	return l
}

// groupProblems is R-APP-4: trades of different groups never stand under one code. It stands at the row
// that brings in the second group.
func groupProblems(item CodeItem, cat *catalogue.Catalogue) problem.List {
	var l problem.List
	var first catalogue.Trade
	for i, row := range item.Rows {
		for _, key := range row.Trades {
			trade, known := cat.Trade(key)
			switch {
			case !known:
			case first.Key == "":
				first = trade
			case trade.SSOGroup != first.SSOGroup:
				l.Add(fmt.Sprintf("rows.%d.trades", i), "R-APP-4",
					"業種「%s」と業種「%s」は、1つの利用者コードにまとめられません。利用者コードを分けてください。", tradeWord(first), tradeWord(trade))
				return l
			}
		}
	}
	return l
}

// repeatedRows is R-APP-7's last point: the same trades with the same single sign-on and method twice.
func repeatedRows(item CodeItem) problem.List {
	var l problem.List
	seen := map[string]int{}
	for i, row := range item.Rows {
		trades := slices.Sorted(slices.Values(row.Trades))
		key := fmt.Sprint(row.SingleSignOn, "\x00", row.Method, "\x00", strings.Join(trades, "\x00"))
		if earlier, is := seen[key]; is {
			l.Add(fmt.Sprintf("rows.%d", i), "R-APP-7", "%d行目と同じ業種・処理方式の行です。行を分けずに、%d行目の識別番号の数を増やしてください。", earlier+1, earlier+1)
			continue
		}
		seen[key] = i
	}
	return l
}

// capacityProblems refuses more numbers of a class than its series holds (R-ID-4, R-APP-7).
func capacityProblems(item CodeItem, cat *catalogue.Catalogue) problem.List {
	var l problem.List
	wanted := map[userid.Class]int{}
	for _, row := range item.Rows {
		if method, known := cat.Method(row.Method); known && row.Count > 0 {
			wanted[method.Class] += row.Count
		}
	}
	for _, class := range []userid.Class{userid.Net, userid.General} {
		if n := wanted[class]; n > class.Capacity() {
			l.Add("rows", "R-APP-7", "1つの利用者コードで使える識別番号の数を超えています（合計%d）。識別番号の数を減らすか、利用者コードを分けてください。", n)
		}
	}
	return l
}

// excluded is R-APP-6: air excludes sea trades and the reverse; common allows all.
func excluded(category, medium string) bool {
	return category == CategoryAir && medium == CategorySea || category == CategorySea && medium == CategoryAir
}

func tradeWord(t catalogue.Trade) Word { return Word{t.Name, t.English} }
