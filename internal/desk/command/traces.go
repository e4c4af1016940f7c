package command

import (
	"slices"
	"strings"

	"uketsuke/internal/account"
	"uketsuke/internal/application"
	"uketsuke/internal/audit"
	"uketsuke/internal/store/query"
)

// PersonalReason is a typed reason as evidence: it may name people, so retention removes it with their texts.
func PersonalReason(reason string) map[audit.Key]string {
	if reason == "" {
		return nil
	}
	return map[audit.Key]string{audit.Reason: reason}
}

// NewsSubject is the line under 新着情報 for what the centre or the clock did.
func NewsSubject(c application.Command) string {
	switch c {
	case application.Return:
		return "申込内容の修正のお願い（差戻し）"
	case application.Reject:
		return "お申込みをお受けできない旨のお知らせ"
	case application.Approve:
		return "利用申込確認完了のお知らせ"
	case application.Revoke:
		return "申込みが無効になりました"
	case application.ChangeStartDate:
		return "利用開始日変更のお知らせ"
	case application.ExpireReturn:
		return "申込みの取下げ（期限）のお知らせ"
	}
	return string(c)
}

// Wants says whether a person has not turned a kind of mail off; only an optional one can be.
func Wants(p query.Account, kind application.Mail) bool {
	return !slices.Contains(application.OptionalMails(account.Role(p.Role)), kind) || !slices.Contains(strings.Fields(p.Unwanted), string(kind))
}
