package centre

import (
	"slices"
	"strings"

	"uketsuke/internal/account"
	"uketsuke/internal/audit"
	"uketsuke/internal/desk"
	"uketsuke/internal/web/kit"
)

// ActWords are the acts of the audit log in Japanese. An act without words is shown as その他 with its name, and
// a test finds that it has none.
var ActWords = map[string]string{
	"save": "下書きの保存", "expire-draft": "下書きの期限による削除", "discard": "下書きの破棄", "expire-return": "期限による取下げ", "register": "申込の登録",
	"save-settings": "システム設定の保存", "withdraw": "取下げ", "claim": "担当の開始", "take-over": "担当の引き継ぎ", "release": "担当の解除", "remark": "内部の指摘の記入",
	"return": "差戻し", "reject": "不承諾", "propose-approval": "承認の提案", "approve": "承認", "void": "無効", "change-start-date": "利用開始日の変更",

	"begin": "申込の開始", "in-effect": "利用開始の記録", "reminder-sent": "お知らせの送信", "reminder-skipped": "お知らせの省略", "announce-end": "期限の予告",
	"end-secrets": "参照期間終了による破棄", "sweep-keys": "不要な鍵の破棄", "set-aside-keys": "鍵の別保管", "bring-back-keys": "別に保管した鍵の復帰",
	"accept-clock": "時計のずれの承認",

	"complete-settings": "システム設定の完了", "read-secrets": "パスワードの参照", "note-secrets": "パスワードの控えの報告", "erase-secrets": "パスワードの消去",

	"sign-in": "ログイン", "sign-in-failed": "ログインの失敗", "second-factor-failed": "二段階認証の失敗", "sign-out": "ログアウト", "end-session": "セッションの終了",
	"end-sessions": "全セッションの終了", "reauthenticate": "再認証", "set-first-password": "初回パスワードの設定", "set-totp": "認証アプリの登録", "remove-totp": "認証アプリの削除",
	"make-recovery-codes": "回復コードの発行", "use-recovery-code": "回復コードの使用", "add-passkey": "パスキーの登録", "remove-passkey": "パスキーの削除",
	"doubt-passkey": "パスキーの複製の疑い", "reset-factors": "二段階認証の解除", "set-language": "表示言語の変更", "keep-typed": "入力内容の一時保管",

	"ask-reset": "パスワード再設定の依頼", "ask-reset-in-vain": "該当のないパスワード再設定の依頼", "ask-address": "メールアドレス変更の依頼", "change-address": "メールアドレスの変更",
	"set-mails": "受け取るメールの変更",

	"add-person": "利用者の追加", "link-person": "設定リンクの発行", "withdraw-invitation": "招待の取消し", "change-role": "役割の変更", "stop-person": "利用の停止",
	"reactivate-person": "利用の再開", "hand-over-work": "担当業務の引き渡し",
	"hand-over": "申込の引き渡し", "set-up-first": "最初の審査責任者の登録", "link-identity": "外部のログインの結び付け", "unlink-identity": "外部のログインの切り離し",

	"edit-calendar": "暦の変更", "publish-notice": "お知らせの掲載", "withdraw-notice": "お知らせの取下げ", "open-notice": "お知らせの閲覧", "open-news": "新着情報の閲覧",
	"set-mode": "運用状態の切替え", "set-four-eyes": "二人承認の切替え", "add-file": "ファイルの登録", "withdraw-file": "ファイルの取下げ", "fetch-file": "ファイルの取得",
	"tick-setup": "準備作業の完了の記録", "untick-setup": "準備作業の完了の取消し", "add-gateway": "接続先の追加", "revoke-gateway": "接続先の廃止", "import": "データの取込み",
	"import-usage": "従量料金の取込み",

	"bounce-mail": "メールの不達", "resend-mail": "メールの再送", "delay-mail": "メールの遅延", "see-mail": "メールの確認",

	"search": "検索", "export": "ファイルの書出し", "export-sent": "ファイルの書出しの完了", "check-paper-slowed": "書面の確認の制限",

	"search-audit": "監査記録の検索", "export-audit": "監査記録の書出し", "verify-audit": "監査記録の検証", "prove-entry": "監査記録の証明の発行", "use-log-key": "監査記録の署名鍵の使用開始", "restate-hand-over": "監査記録の署名鍵の引継ぎの言い直し",
	"forget-personal": "古い監査記録の個人情報の削除", "drop-entries": "古い監査記録の本文の削除", "restored": "バックアップからの復元",
	"rotate-key": "鍵の更新", "retire-key": "古い鍵の破棄", "accept-ring": "鍵束の喪失の確定", "mail-checkpoint": "チェックポイントのメール送信",
	"unreadable": "読み取れない記録",
}

// ActSentence says an act in words, and one that has none by its name.
func ActSentence(act string) kit.Sentence {
	if words := ActWords[act]; words != "" {
		return kit.Say(words)
	}
	return kit.Say("その他（%s）", act)
}

// actChoices are the acts to choose from, in the order of their names.
func actChoices() []kit.Choice {
	var choices []kit.Choice
	for _, act := range desk.Acts() {
		if words := ActWords[act]; words != "" {
			choices = append(choices, kit.Choice{Value: act, Label: words})
		}
	}
	slices.SortFunc(choices, func(a, b kit.Choice) int { return strings.Compare(a.Label, b.Label) })
	return choices
}

// keyWords are the facts of an entry in Japanese; a fact without words is shown by its key.
var keyWords = map[audit.Key]string{
	audit.Receipt: "申込受付番号", audit.State: "状態", audit.StateBefore: "前の状態", audit.StartDate: "利用開始日", audit.DesiredStart: "利用開始希望日",
	audit.StartDateBefore: "前の利用開始日", audit.Deadline: "システム設定申込の締切日", audit.LastReadingDay: "参照できる最後の日", audit.UserCodes: "利用者コードの数", audit.UserIDs: "利用者IDの数",
	audit.Digest: "ダイジェスト", audit.Version: "版", audit.Role: "役割", audit.Rows: "件数", audit.Kind: "種類", audit.Mode: "方法", audit.Day: "日", audit.DayTo: "最後の日",
	audit.Code: "利用者コード", audit.Tab: "タブ", audit.Bound: "境の位置", audit.Size: "監査記録の件数", audit.LogSize: "チェックポイントの監査記録の件数", audit.SigningKey: "公開鍵", audit.Keys: "鍵の数",
	audit.Complete: "完了", audit.Remarks: "指摘の数", audit.Paper: "書面", audit.Month: "月",
	audit.Reason: "理由", audit.Name: "氏名", audit.Address: "メールアドレス", audit.Search: "検索した文字", audit.File: "ファイル名", audit.Remote: "接続元",
}

// auditRoles are the roles in words.
var auditRoles = map[account.Role]string{
	account.Applicant: "申込担当者", account.Administrator: "管理責任者", account.Viewer: "閲覧者", account.Examiner: "審査担当者", account.Supervisor: "審査責任者",
	account.Clock: "システム", account.Operator: "運用者",
}
