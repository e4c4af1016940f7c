package application

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"uketsuke/internal/account"
	"uketsuke/internal/problem"
	"uketsuke/internal/userid"
)

// The kinds of items, keys of application-kinds.csv.
const (
	kindCode    = "user-code"
	kindNumber  = "ident-number"
	kindReissue = "password-reissue"
)

// ExistingProblems judges what is asked of codes that exist. The fields of an item are below
// "codes.<placeholder>".
//   - R-APP-1: items are there if their kinds were ticked, each asks for something, none stands twice.
//   - R-APP-8: each code is held today and is as the applicant saw it.
//   - R-APP-10: no other open application touches it.
//   - R-APP-2 … R-APP-7 for the code as it is to be.
func ExistingProblems(d Document, g Ground) problem.List {
	l := missingItems(d)
	seen := map[userid.Code]bool{}
	for _, item := range d.Existing {
		field := fmt.Sprintf("codes.%d", item.Placeholder)
		if seen[item.Code] || item.Placeholder < FirstExisting {
			l.Add(field, "R-APP-1", "利用者コード「%s」が重複しています。1つにまとめてください。", string(item.Code))
		}
		seen[item.Code] = true
		if receipt := g.TouchedBy[string(item.Code)]; receipt != "" {
			l.Add(field, "R-APP-10", "利用者コード「%s」は、申込受付番号 %s で申込み中です。利用開始日を迎えてから、または取下げ後にお申し込みください。", string(item.Code), receipt)
		}
		l.Join(field, ExistingItemProblems(d.Kinds, item, g))
	}
	return l
}

// missingItems is R-APP-1: what was ticked asks for something.
func missingItems(d Document) problem.List {
	var l problem.List
	numbers := slices.ContainsFunc(d.Existing, func(e ExistingItem) bool { return len(e.Add)+len(e.Remove) > 0 })
	if slices.Contains(d.Kinds, kindNumber) && !numbers {
		l.Add("codes", "R-APP-1", "追加・削除する識別番号がありません。利用者コードを選び、識別番号を追加または削除してください。")
	}
	return l
}

// ExistingItemProblems judges one item. Fields are relative to it: "category", "ids.<ID>.trades",
// "add.<i>.trades|method|count", "remove", "statistics_paid", "statistics_free", "bonded_archive", "".
func ExistingItemProblems(kinds []string, item ExistingItem, g Ground) problem.List {
	var l problem.List
	held, holds := g.Holding[item.Code]
	switch {
	case !holds:
		l.Add("", "R-APP-8", "利用者コード「%s」は、本日時点の契約にありません。一覧から選び直してください。", string(item.Code))
		return l
	case !held.Same(item.Before):
		l.Add("", "R-APP-8", "利用者コード「%s」の契約内容が、入力後に変わりました。この利用者コードを開いて内容を確認し、設定し直してください。", string(item.Code))
		return l
	case item.AsksNothing():
		l.Add("", "R-APP-1", "利用者コード「%s」には変更がありません。内容を変更するか、一覧から外してください。", string(item.Code))
	}
	l = append(l, kindsOf(kinds, item)...)
	if item.Delete {
		return append(l, deletionProblems(item)...)
	}
	return append(append(l, numberProblems(item)...), changedCodeProblems(item, g)...)
}

// kindsOf is R-APP-1: what is asked belongs to a kind that was ticked.
func kindsOf(kinds []string, item ExistingItem) problem.List {
	var l problem.List
	if (item.Delete || item.ChangesCode()) && !slices.Contains(kinds, kindCode) {
		l.Add("", "R-APP-1", "利用者コードの変更・削除には、申込内容で「利用者コード」を選択してください。")
	}
	if len(item.Add)+len(item.Remove) > 0 && !slices.Contains(kinds, kindNumber) {
		l.Add("", "R-APP-1", "識別番号の追加・削除には、申込内容で「識別番号」を選択してください。")
	}
	return l
}

func deletionProblems(item ExistingItem) problem.List {
	var l problem.List
	if item.ChangesCode() || len(item.Add)+len(item.Remove) > 0 {
		l.Add("", "R-APP-8", "削除する利用者コードには、ほかの変更を申し込めません。削除か変更のどちらかにしてください。")
	}
	return l
}

// numberProblems is R-APP-8 for numbers to delete and IDs to change: each is the code's, and one stays.
func numberProblems(item ExistingItem) problem.List {
	var l problem.List
	known := func(id userid.ID) bool {
		return slices.ContainsFunc(item.Before.IDs, func(s IDState) bool { return s.ID == id })
	}
	seen := map[userid.ID]bool{}
	for _, id := range item.Remove {
		if !known(id) || seen[id] {
			l.Add("remove", "R-APP-8", "利用者ID「%s」は、この利用者コードの識別番号として選択できません。選び直してください。", string(id))
		}
		seen[id] = true
	}
	for _, change := range item.IDs {
		if !known(change.ID) || seen[change.ID] {
			l.Add("ids."+string(change.ID)+".trades", "R-APP-8", "利用者ID「%s」は変更できません。削除する識別番号、または契約にない識別番号です。", string(change.ID))
		}
		seen[change.ID] = true
	}
	if len(item.Remove) > 0 && len(item.After().Rows) == 0 {
		l.Add("remove", "R-APP-8", "すべての識別番号を削除することはできません。利用者コードごと削除する場合は「利用者コードを削除する」を選択してください。")
	}
	return l
}

// changedCodeProblems is R-APP-2 … R-APP-7 for the code as it is to be. What stays as it is was right when it
// was issued: of an ID that does not change only what the change touches is judged.
func changedCodeProblems(item ExistingItem, g Ground) problem.List {
	var l problem.List
	if !slices.Contains(Categories(), item.Category) {
		l.Add("category", "R-APP-1", "システム設定区分を「共用」「航空」「海上」から選択してください。")
	}
	kept, after := item.Kept(), item.After()
	if len(after.Rows) == 0 {
		return l // that nothing may be left is said already (R-APP-8)
	}
	if len(item.Add) > rowsMax {
		l.Add("", "R-APP-7", "1つの利用者コードに設定できる行は%d行までです。行をまとめてください。", rowsMax)
		return l
	}
	for i, row := range after.Rows {
		problems := rowProblems(row, item.Category, g.Catalogue, i < len(kept))
		if i < len(kept) {
			if _, changes := item.changeOf(kept[i].ID); !changes {
				problems = slices.DeleteFunc(problems, func(p problem.Problem) bool { return p.Rule != "R-APP-6" })
			}
		}
		l.Join(rowField(i, kept), problems)
	}
	for _, p := range groupProblems(after, g.Catalogue) {
		p.Field = movedRow(p.Field, kept)
		l = append(l, p)
	}
	for _, p := range repeatedRows(CodeItem{Rows: item.Add}) {
		p.Field = "add." + strings.TrimPrefix(p.Field, "rows.")
		l = append(l, p)
	}
	l = append(l, leftProblems(item, g)...)
	return append(l, serviceProblems(after, g.Catalogue)...)
}

// rowField is the place of the i-th row of the code as it is to be.
func rowField(i int, kept []IDState) string {
	if i < len(kept) {
		return "ids." + string(kept[i].ID)
	}
	return "add." + strconv.Itoa(i-len(kept))
}

// movedRow turns "rows.<i>.trades" into the place of that row.
func movedRow(field string, kept []IDState) string {
	rest, _ := strings.CutPrefix(field, "rows.")
	number, name, _ := strings.Cut(rest, ".")
	i, err := strconv.Atoi(number)
	if err != nil {
		return field
	}
	return rowField(i, kept) + "." + name
}

// leftProblems refuses more numbers than the code's series still holds (R-ID-4, R-ID-6).
func leftProblems(item ExistingItem, g Ground) problem.List {
	var l problem.List
	wanted := map[userid.Class]int{}
	for _, row := range item.Add {
		if method, known := g.Catalogue.Method(row.Method); known && row.Count > 0 {
			wanted[method.Class] += row.Count
		}
	}
	for _, class := range []userid.Class{userid.Net, userid.General} {
		left := class.Capacity() - g.NumbersUsed[item.Code][class]
		if n := wanted[class]; n > left {
			l.Add("add", "R-ID-4", "利用者コード「%s」に追加できる識別番号は残り%d個です。識別番号の数を減らすか、新しい利用者コードを申し込んでください。", string(item.Code), left)
		}
	}
	return l
}

// ReissueProblems judges a request for new passwords (R-SEC-9). Fields are "kinds" and "reissue".
//   - it stands alone: it has no start date, the other kinds have one,
//   - an administrator asks for it,
//   - each ID is held today and named once,
//   - R-APP-10: no other open request names it.
func ReissueProblems(d Document, g Ground) problem.List {
	var l problem.List
	if !slices.Contains(d.Kinds, kindReissue) {
		if len(d.Reissue) > 0 {
			l.Add("reissue", "R-APP-1", "申込内容で「パスワード再発行」が選択されていません。申込内容を選択するか、利用者IDの選択を外してください。")
		}
		return l
	}
	if g.Asker != "" && g.Asker != account.Administrator {
		l.Add("kinds", "R-SEC-9", "パスワード再発行は、管理責任者だけがお申し込みいただけます。管理責任者に依頼してください。")
	}
	if len(d.Reissue) == 0 {
		l.Add("reissue", "R-SEC-9", "再発行する利用者IDを1つ以上選択してください。")
	}
	held := heldIDs(g)
	seen := map[userid.ID]bool{}
	for _, id := range d.Reissue {
		switch receipt := g.TouchedBy[reissueMark+string(id)]; {
		case !held[id] || seen[id]:
			l.Add("reissue", "R-SEC-9", "利用者ID「%s」は、本日時点の契約にないため再発行できません。選択を外してください。", string(id))
		case receipt != "":
			l.Add("reissue", "R-APP-10", "利用者ID「%s」のパスワード再発行は、申込受付番号 %s で申込み中です。選択を外してください。", string(id), receipt)
		}
		seen[id] = true
	}
	return l
}

func heldIDs(g Ground) map[userid.ID]bool {
	held := map[userid.ID]bool{}
	for _, code := range g.Holding {
		for _, id := range code.IDs {
			held[id.ID] = true
		}
	}
	return held
}
