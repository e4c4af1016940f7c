package application

import "uketsuke/internal/account"

// A Mail is a kind of mail of the life cycle's table; the value names its template and is stored with
// the outbox row. What each says: R-MAIL-1, R-MAIL-2 and the letters themselves (internal/mail/letters).
type Mail string

// The mails of docs/lifecycle.md.
const (
	MailRegistered       Mail = "registered"         // 受付完了
	MailWithdrawn        Mail = "withdrawn"          // 取下げ
	MailReturnExpired    Mail = "return-expired"     // 取下げ（期限）
	MailReturnExpiring   Mail = "return-expiring"    // its announcement on day 76
	MailDraftExpiring    Mail = "draft-expiring"     // 下書きの削除予定
	MailReturned         Mail = "returned"           // 申込内容の修正のお願い（差戻し）
	MailRejected         Mail = "rejected"           // お申込みをお受けできない旨のお知らせ
	MailApproved         Mail = "approved"           // 利用申込確認完了のお知らせ
	MailVoid             Mail = "void"               // 無効
	MailStartDateChanged Mail = "start-date-changed" // 利用開始日変更
	MailInEffect         Mail = "in-effect"          // 利用開始のお知らせ
	MailSettingsComplete Mail = "settings-complete"  // システム設定の完了
	MailSettingsReminder Mail = "settings-reminder"  // システム設定申込の締切日
	MailPasswordReminder Mail = "password-reminder"  // パスワードご確認のお願い
	MailSecretRead       Mail = "secret-read"        // パスワード参照のお知らせ
	MailInvited          Mail = "invited"            // アカウント登録のご案内
	MailAccountChanged   Mail = "account-changed"    // アカウントの変更のお知らせ
	MailFactorsChanged   Mail = "factors-changed"    // 認証方法のお知らせ
	MailReset            Mail = "password-reset"     // パスワード再設定
	MailCredential       Mail = "credential-changed" // 認証手段の変更
	MailConfirmAddress   Mail = "confirm-address"    // メールアドレスの確認
	MailNewDevice        Mail = "new-device"         // 新しい端末からのログインのお知らせ
	MailAuditCheckpoint  Mail = "audit-checkpoint"   // 監査記録のチェックポイント
)

// Mails lists every kind of mail.
func Mails() []Mail {
	return []Mail{MailRegistered, MailWithdrawn, MailReturnExpired, MailReturnExpiring, MailDraftExpiring,
		MailReturned, MailRejected, MailApproved, MailVoid, MailStartDateChanged, MailInEffect,
		MailSettingsComplete, MailSettingsReminder, MailPasswordReminder, MailSecretRead, MailInvited,
		MailAccountChanged, MailFactorsChanged, MailReset, MailCredential, MailConfirmAddress, MailNewDevice,
		MailAuditCheckpoint}
}

// OfAccount says whether a mail is about somebody's account, or about the audit log, and about no application.
func (m Mail) OfAccount() bool {
	switch m {
	case MailInvited, MailAccountChanged, MailFactorsChanged, MailReset, MailCredential, MailConfirmAddress, MailNewDevice, MailAuditCheckpoint:
		return true
	}
	return false
}

// OptionalMails lists the mails that people of a role can turn off: copies for administrators that promise nothing,
// ask for nothing and warn of nothing. Whatever concerns a deadline, a decision, a secret or somebody's own access is
// always sent.
func OptionalMails(role account.Role) []Mail {
	if role != account.Administrator {
		return nil
	}
	return []Mail{MailSettingsComplete, MailInEffect}
}
