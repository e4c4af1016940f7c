package web

import (
	"net/url"

	"uketsuke/internal/application"
)

// A ContactPage is page E6, 「申込担当者の入力」.
type ContactPage struct {
	Wizard
	Fields    []Field
	Confirmed Tick
}

// contactFields are the fields of E6, without values.
func contactFields() []Field {
	return []Field{
		{Name: "contact.name", Label: "氏名", Required: true, Autocomplete: "name", Width: "l", Hint: Say("40文字まで。例：見本 花子")},
		{Name: "contact.kana", Label: "氏名（フリガナ）", Required: true, Width: "l", Hint: Say("全角カタカナ。例：ミホン ハナコ")},
		{Name: "contact.department", Label: "部署名", Optional: true, Autocomplete: "organization", Width: "l", Hint: Say("60文字まで")},
		{Name: "contact.position", Label: "役職", Optional: true, Autocomplete: "organization-title", Width: "l"},
		{Name: "contact.phone", Label: "電話番号", Required: true, Type: "tel", Autocomplete: "tel", Width: "m", Hint: Say("数字10桁または11桁。ハイフンはあってもなくてもかまいません。")},
		{Name: "contact.extension", Label: "内線番号", Optional: true, InputMode: "numeric", Width: "s"},
		{Name: "contact.fax", Label: "FAX番号", Optional: true, Type: "tel", Width: "m"},
		{Name: "contact.email", Label: "メールアドレス", Required: true, InputMode: "email", Autocomplete: "email", Width: "l", Hint: Say("受付と審査結果のお知らせをお送りします。")},
	}
}

// contactNames are the names of all fields of E6.
func contactNames() []string {
	names := []string{"contact.confirmed"}
	for _, f := range contactFields() {
		names = append(names, f.Name)
	}
	return names
}

func (s *Server) showContact(v *visit, f Form) error {
	c, err := s.draft(v)
	if err != nil {
		return err
	}
	f = reopened(c, "contact", f, func() Form { return Form{Values: contactValues(c.Document.Contact)} }, func(typed url.Values) Form {
		return Form{typed, application.ContactProblems(application.FoldContact(contactOf(typed)))}
	}).onPage(contactNames()...)
	data := ContactPage{Wizard: v.wizard(c, stepContact, f, "contact"),
		Confirmed: f.Tick(Tick{Name: "contact.confirmed", Label: "上の内容を確認しました", Required: true})}
	for _, field := range contactFields() {
		data.Fields = append(data.Fields, f.Field(field))
	}
	return v.render("contact", data)
}

func contactValues(c application.Contact) url.Values {
	values := url.Values{
		"contact.name": {c.Name}, "contact.kana": {c.Kana}, "contact.department": {c.Department}, "contact.position": {c.Position},
		"contact.phone": {c.Phone}, "contact.extension": {c.Extension}, "contact.fax": {c.Fax}, "contact.email": {c.Email},
	}
	if c.Confirmed {
		values.Set("contact.confirmed", "yes")
	}
	return values
}

func contactOf(in url.Values) application.Contact {
	return application.Contact{
		Name: in.Get("contact.name"), Kana: in.Get("contact.kana"), Department: in.Get("contact.department"), Position: in.Get("contact.position"),
		Phone: in.Get("contact.phone"), Extension: in.Get("contact.extension"), Fax: in.Get("contact.fax"), Email: in.Get("contact.email"),
		Confirmed: in.Get("contact.confirmed") == "yes",
	}
}

// saveContact stores page E6.
func (s *Server) saveContact(v *visit) error {
	in, err := v.form(append(contactNames(), "version", "return", "do")...)
	if err != nil {
		return err
	}
	if in.Get("do") == "keep" {
		return v.keep(in, "contact", "contact")
	}
	ref, err := v.ref(in)
	if err != nil {
		return err
	}
	if err := s.Desk.SaveContact(v.ctx(), v.actor(), ref, contactOf(in)); err != nil {
		return err
	}
	return v.onward(in, "codes")
}
