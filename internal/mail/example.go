package mail

import (
	"time"

	"uketsuke/internal/application"
	"uketsuke/internal/calendar"
)

// Example is a letter of a kind with invented facts, all of those that any kind can show: so that people
// see what the letters say without waiting for one. administrator chooses the copy for an administrator.
func Example(kind application.Mail, administrator bool) Letter {
	day := calendar.MustDate
	l := Letter{
		Kind: kind, To: Person{Name: "見本 花子", Email: "hanako@sample.example"},
		WrittenAt: time.Date(2024, 12, 2, 1, 30, 0, 0, time.UTC),
		Company:   "見本商事株式会社", Establishment: "東京事業所", Department: "通関部", Applicant: "見本 花子",
		Receipt: "2400001A", RegisteredOn: day("2024-11-29"), Items: []string{"利用者コード（追加・変更・削除）"},
		Desired: day("2024-12-10"), Start: day("2024-12-11"), StartReason: "センターの作業日程のためです。", PreviousStart: day("2024-12-10"),
		SettingsDeadline: day("2024-12-05"), SettingsIncomplete: true,
		IDsIssued: true, ReadFrom: day("2024-12-02"), ReadAdvised: day("2024-12-12"), ReadLast: day("2024-12-13"),
		Remarks: []Remark{{"利用開始希望日", "連休の前日です。後の日をお選びください。"}, {"", "ご不明な点はお電話ください。"}},
		Reason:  "契約内容に含まれない業種のためです。",
		Reader:  "見本 次郎", ReadAt: time.Date(2024, 12, 3, 0, 5, 0, 0, time.UTC), ExpiresOn: day("2025-03-03"), Link: "sample",
		Change: &AccountChange{Person: "見本 花子", By: "見本 次郎", Done: "role", PreviousRole: "申込担当者", Role: "管理責任者"},
	}
	l.Remote, l.Agent = "192.0.2.1", "Firefox"
	l.Checkpoint = "desk.example.jp/audit\n123\nRqL5pbkhAGgEZNcVX1hGmWmP0bjTknsD1SXWJYvTvXo=\ntime 2024-12-02T01:30:00.000000Z\n\n— desk.example.jp/audit AAAA\n"
	if kind == application.MailCredential {
		l.Change = &AccountChange{Person: "見本 花子", By: "見本 花子", Done: "change-password"}
	}
	if kind == application.MailFactorsChanged {
		l.Change = &AccountChange{Person: "見本 花子", By: "見本 花子", Done: "totp-set"}
	}
	if administrator {
		l.To = Person{Name: "見本 次郎", Email: "jiro@sample.example", Department: "情報システム部"}
		l.ToAdministrator = true
	}
	return l
}
