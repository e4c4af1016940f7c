package apply

import (
	"net/url"

	"uketsuke/internal/application"
	"uketsuke/internal/web/cases"
	"uketsuke/internal/web/kit"
)

// A ContactPage is the page 「申込担当者の入力」.
type ContactPage struct {
	Wizard
	Fields    []kit.Field
	Confirmed kit.Tick
}

// contactFields are the fields of the page of the person in charge, without values.
func contactFields() []kit.Field {
	return []kit.Field{
		{Name: "contact.name", Label: "氏名", Required: true, Autocomplete: "name", Width: "l", Hint: kit.Say("40文字まで。例：見本 花子")},
		{Name: "contact.kana", Label: "氏名（フリガナ）", Required: true, Width: "l", Hint: kit.Say("全角カタカナ。例：ミホン ハナコ")},
		{Name: "contact.department", Label: "部署名", Optional: true, Autocomplete: "organization", Width: "l", Hint: kit.Say("60文字まで")},
		{Name: "contact.position", Label: "役職", Optional: true, Autocomplete: "organization-title", Width: "l"},
		{Name: "contact.phone", Label: "電話番号", Required: true, Type: "tel", Autocomplete: "tel", Width: "m", Hint: kit.Say("数字10桁または11桁。ハイフンはあってもなくてもかまいません。")},
		{Name: "contact.extension", Label: "内線番号", Optional: true, InputMode: "numeric", Width: "s"},
		{Name: "contact.fax", Label: "FAX番号", Optional: true, Type: "tel", Width: "m"},
		{Name: "contact.email", Label: "メールアドレス", Required: true, InputMode: "email", Autocomplete: "email", Width: "l", Hint: kit.Say("受付と審査結果のお知らせをお送りします。")},
	}
}

// contactNames are the names of all fields of the page of the person in charge.
func contactNames() []string {
	names := []string{"contact.confirmed"}
	for _, f := range contactFields() {
		names = append(names, f.Name)
	}
	return names
}

func (s *Pages) ShowContact(v *kit.Request, f kit.Form) error {
	c, err := s.draft(v)
	if err != nil {
		return err
	}
	f = reopened(c, "contact", f, func() kit.Form { return kit.Form{Values: contactValues(c.Document.Contact)} }, func(typed url.Values) kit.Form {
		return kit.Form{Values: typed, Problems: application.ContactProblems(application.FoldContact(contactOf(typed)))}
	}).OnPage(contactNames()...)
	data := ContactPage{Wizard: wizard(v, c, cases.StepContact, f, "contact"),
		Confirmed: f.Tick(kit.Tick{Name: "contact.confirmed", Label: "上の内容を確認しました", Required: true})}
	for _, field := range contactFields() {
		data.Fields = append(data.Fields, f.Field(field))
	}
	return v.Render("contact", data)
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

// SaveContact stores the page of the person in charge.
func (s *Pages) SaveContact(v *kit.Request) error {
	in, err := v.Form(append(contactNames(), "version", "return", "do")...)
	if err != nil {
		return err
	}
	if in.Get("do") == "keep" {
		return keep(v, in, "contact", "contact")
	}
	ref, err := v.Ref(in)
	if err != nil {
		return err
	}
	if err := s.Desk.SaveContact(v.Ctx(), v.Actor(), ref, contactOf(in)); err != nil {
		return err
	}
	return onward(v, in, "codes")
}
