package application

// A Notice is a mail that no command sends: time or a reading does (lifecycle.md).
type Notice struct {
	Mail Mail
	To   []Recipient
	// States are those an application is in when the mail goes out.
	States []State
	// When says in English on what it goes out, for the documentation.
	When string
}

// Notices lists every mail that is not the mail of a Step.
func Notices() []Notice {
	administrators := []Recipient{ToAdministrators}
	return []Notice{
		{MailDraftExpiring, []Recipient{ToPerson}, []State{InDraft}, "day 76 after the last save"},
		{MailReturnExpiring, aAndM, []State{Returned}, "day 76 after the return"},
		{MailInEffect, aAndM, []State{InEffect}, "the start date has come"},
		{MailSettingsReminder, aAndM, []State{Approved}, "09:00 of start −10, −6, −5 and −4 BD, settings incomplete"},
		{MailPasswordReminder, aAndM, []State{Approved, InEffect}, "09:00 of start −1 BD, start, start +1 BD and the last reading day, an ID unread"},
		{MailSecretRead, administrators, []State{Approved, InEffect}, "the first reading of the passwords"},
		{MailInvited, []Recipient{ToPerson}, nil, "a person gets an account or a new set-up link; about no application"},
		{MailAccountChanged, []Recipient{ToPerson, ToAdministrators}, nil, "an account's role is changed, it is stopped, opened again or its sessions are ended; about no application, for the centre's people to its supervisors"},
		{MailFactorsChanged, []Recipient{ToPerson}, nil, "a second factor of an account is set up, taken away or reset, a recovery code is used, or wrong codes are typed again and again; about no application"},
		{MailReset, []Recipient{ToPerson}, nil, "somebody asks to set another password on the login page; about no application"},
		{MailCredential, []Recipient{ToPerson}, nil, "a password is set, or a mail address is changed or asked to be: to the address before too; about no application"},
		{MailConfirmAddress, []Recipient{ToPerson}, nil, "a person gives another mail address, to that one; about no application"},
		{MailNewDevice, []Recipient{ToPerson}, nil, "a person signs in with a browser that is not known; about no application"},
		{MailAuditCheckpoint, []Recipient{ToPerson}, nil, "once a day while there are new entries, to the configured addresses; about no application"},
	}
}

// Japanese is the name of the mail as the history and the documentation show it.
func (m Mail) Japanese() string { return mailNames[m] }

var mailNames = map[Mail]string{
	MailRegistered:       "受付完了",
	MailWithdrawn:        "取下げ",
	MailReturnExpired:    "取下げ（期限）",
	MailReturnExpiring:   "差戻しの期限のお知らせ",
	MailDraftExpiring:    "下書きの削除予定",
	MailReturned:         "申込内容の修正のお願い（差戻し）",
	MailRejected:         "お申込みをお受けできない旨のお知らせ",
	MailApproved:         "利用申込確認完了",
	MailVoid:             "無効",
	MailStartDateChanged: "利用開始日変更",
	MailInEffect:         "利用開始のお知らせ",
	MailSettingsComplete: "システム設定の完了",
	MailSettingsReminder: "システム設定申込の締切日",
	MailPasswordReminder: "パスワードご確認のお願い",
	MailSecretRead:       "パスワード参照のお知らせ",
	MailInvited:          "アカウント登録のご案内",
	MailAccountChanged:   "アカウントの変更のお知らせ",
	MailFactorsChanged:   "認証方法のお知らせ",
	MailReset:            "パスワード再設定",
	MailCredential:       "認証手段の変更",
	MailConfirmAddress:   "メールアドレスの確認",
	MailNewDevice:        "新しい端末からのログインのお知らせ",
	MailAuditCheckpoint:  "監査記録のチェックポイント",
}
