package cases

import (
	"slices"
	"time"

	"uketsuke/internal/account"
	"uketsuke/internal/application"
	"uketsuke/internal/calendar"
	"uketsuke/internal/desk"
	"uketsuke/internal/web/kit"
)

// A HistoryLine is one thing that happened to an application, in words: part "history".
type HistoryLine struct {
	At       time.Time
	Says     kit.Sentence
	Who      string
	Internal bool
	Details  []kit.Sentence
}

// HistoryOf is what happened, newest first. Remarks of a return stand with it.
func HistoryOf(c desk.Case) []HistoryLine {
	var lines []HistoryLine
	for _, event := range slices.Backward(c.Events) {
		line := HistoryLine{At: event.At, Says: eventWords(event), Who: whoDid(event), Internal: event.Internal, Details: eventDetails(event)}
		if event.Kind == string(application.Return) {
			for _, r := range remarksOf(c, event.Round) {
				line.Details = append(line.Details, kit.Say("%s：%s", r.Label, r.Body))
			}
		}
		lines = append(lines, line)
	}
	return lines
}

// whoDid names a person; what the clock did needs no name.
func whoDid(e desk.Event) string {
	if e.Role == account.Clock {
		return ""
	}
	return e.ActorName
}

// eventWords say what happened.
func eventWords(e desk.Event) kit.Sentence {
	texts := map[string]string{
		"begin": "申込の作成を始めました", string(application.Register): "申込を登録しました", string(application.SaveSettings): "システム設定を保存しました",
		"complete-settings": "システム設定の入力が完了しました", string(application.Withdraw): "申込を取り下げました",
		string(application.ExpireReturn): "期限までに再登録がなかったため、取下げになりました", string(application.Claim): "審査を始めました",
		string(application.TakeOver): "審査の担当が替わりました", string(application.Release): "審査の担当を外れました", string(application.Remark): "内部メモを残しました",
		string(application.Return): "申込を差し戻しました", string(application.Reject): "申込を不承諾としました", string(application.Approve): "申込を承認し、利用者コードを払い出しました",
		string(application.Revoke): "承認が無効になりました", string(application.ChangeStartDate): "利用開始日を変更しました", "read-secrets": "パスワードが参照されました",
		"in-effect": "利用開始日になりました", "end-secrets": "パスワードの参照期間が終わりました",
		"reminder-sent": "確認をお願いするメールを送りました", "reminder-skipped": "確認をお願いするメールを見送りました",
		"bounce-mail": "メールが届かずに戻りました", "resend-mail": "メールをもう一度送りました",
		"announce-end": "保管期限が近いことをお知らせしました",
	}
	if text, known := texts[e.Kind]; known {
		return kit.Say(text)
	}
	return kit.Say("その他の記録（%s）", e.Kind)
}

// eventDetails say the days and words that came with it.
func eventDetails(e desk.Event) []kit.Sentence {
	var details []kit.Sentence
	day := func(key, text string) {
		if d, err := calendar.ParseDate(e.Detail[key]); err == nil {
			details = append(details, kit.Say(text, d))
		}
	}
	word := func(key, text string) {
		if value := e.Detail[key]; value != "" {
			details = append(details, kit.Say(text, value))
		}
	}
	if e.Kind == "bounce-mail" || e.Kind == "resend-mail" {
		details = append(details, kit.Say("メール：%s", application.Mail(e.Detail["mail"])))
	}
	word("receipt", "申込受付番号：%s")
	word("copied", "もとの申込：%s")
	day("desired_start", "利用開始希望日：%s")
	switch application.Command(e.Kind) {
	case application.TakeOver:
		word("before", "前の担当：%s")
	case application.ChangeStartDate:
		day("before", "変更前の利用開始日：%s")
	}
	day("start", "利用開始日：%s")
	day("deadline", "システム設定申込の締切日：%s")
	day("read_last", "パスワードを参照できる最後の日：%s")
	word("reason", "理由：%s")
	word("code", "対象：%s")
	return details
}
