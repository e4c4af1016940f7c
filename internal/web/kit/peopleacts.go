package kit

// AccountFields are what is asked of everybody who gets an account.
func AccountFields() []Field {
	return []Field{
		{Name: "name", Label: "氏名", Required: true, Max: 40}, {Name: "kana", Label: "氏名（フリガナ）", Required: true, Max: 40},
		{Name: "department", Label: "部署名", Optional: true}, {Name: "position", Label: "役職", Optional: true},
		{Name: "phone", Label: "電話番号", Required: true, InputMode: "tel", Width: "m"},
		{Name: "email", Label: "メールアドレス", Required: true, InputMode: "email", Hint: Say("ご案内のメールは、このアドレスにだけ送ります。ログインIDは、ご案内のリンクを開いた画面でご本人に表示します。")},
	}
}
