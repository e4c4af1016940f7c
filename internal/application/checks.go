package application

import (
	"slices"
	"time"

	"uketsuke/internal/account"
	"uketsuke/internal/calendar"
	"uketsuke/internal/catalogue"
	"uketsuke/internal/problem"
	"uketsuke/internal/userid"
)

// DefaultMaxCodes is how many new codes one application may ask for unless configured (R-APP-7).
const DefaultMaxCodes = 20

// A Ground is what the rules need to know of the world to judge an application.
type Ground struct {
	Catalogue *catalogue.Catalogue
	Calendar  *calendar.Calendar
	// RegisteredAt is the instant of registration; while the applicant is still at work, now. Examination
	// and approval judge by the instant of registration, never by now (R-APP-11).
	RegisteredAt time.Time
	// MaxCodes is the greatest number of new codes, 0 for DefaultMaxCodes.
	MaxCodes int
	// FreeCodes is how many user codes are free under the company's abbreviations in the establishment's
	// customs region (R-APP-7).
	FreeCodes int
	// TakenAreas are the bonded-area codes that others hold or have reserved (R-APP-9).
	TakenAreas map[string]bool
	// Holding are the codes that the establishment holds on the day of the judgement (R-APP-8), NumbersUsed how
	// many numbers of a code were ever used.
	Holding     map[userid.Code]CodeState
	NumbersUsed map[userid.Code]map[userid.Class]int
	// TouchedBy are the receipt numbers of the establishment's other open applications, by what they touch
	// (R-APP-10).
	TouchedBy map[string]string
	// Asker is the role of who registers, "" when that was judged before (R-SEC-9).
	Asker account.Role
}

func (g Ground) maxCodes() int {
	if g.MaxCodes == 0 {
		return DefaultMaxCodes
	}
	return g.MaxCodes
}

// Problems is everything that bars the registration, and so the approval, of a document with its
// settings, in the order of the pages. Settings that are merely missing bar neither (R-SET-2).
func Problems(d Document, s Settings, g Ground) problem.List {
	l := KindProblems(d.Kinds, g.Catalogue)
	if NeedsStart(d.Kinds, g.Catalogue) {
		l = append(l, WishProblems(g.Calendar, d.Desired, g.RegisteredAt)...)
	}
	l = append(l, ReasonProblems(d.Reason)...)
	l = append(l, ContactProblems(d.Contact)...)
	l = append(l, CodesProblems(d, g)...)
	l = append(l, ExistingProblems(d, g)...)
	l = append(l, ReissueProblems(d, g)...)
	l = append(l, storedSettingsProblems(d, s, g)...)
	return append(l, AreaProblems(d, s, g)...)
}

// A Check is one rule as the examiner's page shows it: green without problems, red with them (R-EX-3).
type Check struct {
	Rule     string
	Title    string // Japanese
	Problems problem.List
}

// Green says whether the rule is kept.
func (c Check) Green() bool { return len(c.Problems) == 0 }

// Checks judges a document by every rule, one Check per rule, in the order of the rules (R-EX-3).
func Checks(d Document, s Settings, g Ground) []Check {
	checks := []Check{
		{Rule: "R-APP-1", Title: "申込内容が選択され、利用者コードごとに必要な項目がそろっている"},
		{Rule: "R-APP-2", Title: "シングルサインオン「否」の識別番号は業種が1つである"},
		{Rule: "R-APP-3", Title: "シングルサインオン「要」の業種は2つ以上で、共用できる組み合わせである"},
		{Rule: "R-APP-4", Title: "1つの利用者コードの業種は、すべて同じグループに属する"},
		{Rule: "R-APP-5", Title: "管理統計資料と保税管理資料保存サービスは、業種に応じて選ばれている"},
		{Rule: "R-APP-6", Title: "システム設定区分と業種が一致する"},
		{Rule: "R-APP-7", Title: "処理方式と数が正しく、利用者コードに空きがある"},
		{Rule: "R-APP-8", Title: "変更・削除する利用者コードと識別番号は契約にあり、登録したときのままである"},
		{Rule: "R-APP-9", Title: "保税地域コードは、ほかの利用者コードで使われていない"},
		{Rule: "R-APP-10", Title: "同じ利用者コードに、ほかの申込みがない"},
		{Rule: "R-APP-11", Title: "利用開始希望日は、登録日から数えて申込みできる期間の営業日である"},
		{Rule: "R-APP-12", Title: "理由と申込担当者が正しく入力されている"},
		{Rule: "R-SEC-9", Title: "パスワード再発行は管理責任者が、現在の利用者IDについて申し込んでいる"},
		{Rule: "R-SET-3", Title: "入力済みのシステム設定の値が正しい"},
	}
	for _, p := range Problems(d, s, g) {
		for i := range checks {
			if checks[i].Rule == p.Rule {
				checks[i].Problems = append(checks[i].Problems, p)
			}
		}
	}
	return checks
}

// StartPageProblems judges the page of what to apply for: kinds, wish and reason. The fields are
// "kinds", "desired" and "reason"; fold the reason with FoldLines first.
func StartPageProblems(kinds []string, desired calendar.Date, reason string, g Ground) problem.List {
	l := KindProblems(kinds, g.Catalogue)
	if NeedsStart(kinds, g.Catalogue) {
		l = append(l, WishProblems(g.Calendar, desired, g.RegisteredAt)...)
	}
	return append(l, ReasonProblems(reason)...)
}

// NeedsStart says whether what was ticked has a start date: all kinds but the re-issue of passwords have one
// (R-SEC-9). Nothing ticked yet has one.
func NeedsStart(kinds []string, cat *catalogue.Catalogue) bool {
	return len(kinds) == 0 || slices.ContainsFunc(kinds, func(key string) bool {
		kind, known := cat.Kind(key)
		return !known || kind.StartDate
	})
}

// KindProblems says what is wrong with the kinds ticked (R-APP-1): at least one, each known and offered,
// none twice.
func KindProblems(kinds []string, cat *catalogue.Catalogue) problem.List {
	var l problem.List
	if len(kinds) == 0 {
		l.Add("kinds", "R-APP-1", "申込内容を1つ以上選択してください。")
	}
	seen := map[string]bool{}
	for _, key := range kinds {
		kind, known := cat.Kind(key)
		switch {
		case !known:
			l.Add("kinds", "R-APP-1", "現在は受け付けていない申込内容が含まれています。選択し直してください。")
		case !kind.Offered:
			l.Add("kinds", "R-APP-1", "「%s」は現在お申し込みいただけません。選択を外してください。", Word{ja: kind.Name})
		case seen[key]:
			l.Add("kinds", "R-APP-1", "「%s」が重複しています。1つにしてください。", Word{ja: kind.Name})
		}
		seen[key] = true
	}
	if len(kinds) > 1 && slices.Contains(kinds, kindReissue) {
		l.Add("kinds", "R-SEC-9", "「パスワード再発行」は、ほかの申込内容と同時にお申し込みいただけません。別の申込みにしてください。")
	}
	return l
}

// ReasonProblems judges the reason after FoldLines: 1–500 characters (R-APP-12).
func ReasonProblems(reason string) problem.List {
	var l problem.List
	textRule{"reason", "R-APP-12", Word{"変更する理由", "Reason"}, ReasonMax, true, true}.check(&l, reason)
	return l
}
