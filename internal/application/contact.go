package application

import (
	"net/mail"
	"regexp"
	"strings"
	"unicode/utf8"

	"uketsuke/internal/problem"
)

// The bounds of R-APP-12, in characters; those of position and extension are ours.
const (
	ReasonMax     = 500
	contactName   = 40
	contactKana   = 40
	departmentMax = 60
	positionMax   = 40
	extensionMax  = 10
	phoneMax      = 20 // with hyphens
	emailMax      = 254
	// ContactMax is what a contact person has in all.
	ContactMax = contactName + contactKana + departmentMax + positionMax + extensionMax + 2*phoneMax + emailMax
)

// FoldContact makes one spelling of what was typed: numbers and e-mail in half width, kana as full-width
// katakana, no blanks around anything. Broken text stays as it is, and is refused: folded, it might become whole.
func FoldContact(c Contact) Contact {
	c.Name = unlessBroken(foldLine, c.Name)
	c.Kana = unlessBroken(foldKana, c.Kana)
	c.Department = unlessBroken(foldLine, c.Department)
	c.Position = unlessBroken(foldLine, c.Position)
	c.Phone = unlessBroken(foldPhone, c.Phone)
	c.Extension = unlessBroken(foldPhone, c.Extension)
	c.Fax = unlessBroken(foldPhone, c.Fax)
	c.Email = unlessBroken(foldNarrow, c.Email)
	return c
}

func unlessBroken(fold func(string) string, s string) string {
	if !utf8.ValidString(s) {
		return s
	}
	return fold(s)
}

// ContactProblems judges a contact person after FoldContact (R-APP-12): name ≤ 40, kana in katakana,
// department ≤ 60, phone of 10–11 digits, e-mail, and that the values were confirmed. Position,
// department, extension and fax may be empty. Fields are below "contact".
func ContactProblems(c Contact) problem.List {
	var l problem.List
	rule := func(field, ja, en string, max int, required bool) textRule {
		return textRule{"contact." + field, "R-APP-12", Word{ja, en}, max, required, false}
	}
	rule("name", "申込担当者の氏名", "Name", contactName, true).check(&l, c.Name)
	if t := rule("kana", "氏名（フリガナ）", "Name in kana", contactKana, true); t.check(&l, c.Kana) && !katakana.MatchString(c.Kana) {
		l.Add(t.field, t.rule, "%sは全角カタカナで入力してください。", t.label)
	}
	rule("department", "部署名", "Department", departmentMax, false).check(&l, c.Department)
	rule("position", "役職", "Position", positionMax, false).check(&l, c.Position)
	phone(&l, rule("phone", "電話番号", "Telephone", phoneMax, true), c.Phone)
	if t := rule("extension", "内線番号", "Extension", extensionMax, false); t.check(&l, c.Extension) && !digitsOnly.MatchString(c.Extension) {
		l.Add(t.field, t.rule, "%sは数字で入力してください。", t.label)
	}
	phone(&l, rule("fax", "FAX番号", "Fax", phoneMax, false), c.Fax)
	email(&l, rule("email", "メールアドレス", "E-mail", emailMax, true), c.Email)
	if !c.Confirmed {
		l.Add("contact.confirmed", "R-APP-12", "申込担当者の内容をご確認のうえ、「上の内容を確認しました」にチェックを入れてください。")
	}
	return l
}

var (
	katakana   = regexp.MustCompile(`^[ァ-ヺー・ヽヾ゛゜ 　]+$`)
	digitsOnly = regexp.MustCompile(`^[0-9]+$`)
	phoneShape = regexp.MustCompile(`^[0-9][0-9-]*[0-9]$`)
	mailShape  = regexp.MustCompile(`^[A-Za-z0-9.!#$%&'*+/=?^_{|}~-]{1,64}@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z][A-Za-z0-9-]{0,61}[A-Za-z0-9]$`)
)

func phone(l *problem.List, t textRule, value string) {
	if !t.check(l, value) {
		return
	}
	digits := len(value) - strings.Count(value, "-")
	if !phoneShape.MatchString(value) || digits < 10 || digits > 11 {
		l.Add(t.field, t.rule, "%sは、数字10桁または11桁（ハイフンは任意）で入力してください。", t.label)
	}
}

func email(l *problem.List, t textRule, value string) {
	if !t.check(l, value) {
		return
	}
	if strings.IndexFunc(value, func(r rune) bool { return r > '~' }) >= 0 {
		l.Add(t.field, t.rule, "%sに全角文字など使用できない文字が含まれています。半角英数字で入力してください。", t.label)
		return
	}
	if address, err := mail.ParseAddress(value); err != nil || address.Address != value || !mailShape.MatchString(value) {
		l.Add(t.field, t.rule, "%sの形式が正しくありません。「name@example.co.jp」の形式で入力してください。", t.label)
	}
}
