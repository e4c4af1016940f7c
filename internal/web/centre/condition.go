package centre

import (
	"uketsuke/internal/web/kit"
)

// Findings says each code in words, with what to do.
var Findings = map[kit.FindingCode]string{
	kit.FindNotLooked:         "状態の確認が止まっています。サーバーが過負荷になっていないか確認してください。",
	kit.FindDatabase:          "データベースが応答しません。",
	kit.FindDatabaseWrite:     "データベースに書き込めません。ディスクの空きと、データベースが読み取り専用になっていないことを確認してください。",
	kit.FindDatabaseSlow:      "データベースへの書き込みに時間がかかっています。",
	kit.FindSchema:            "データベースが、このプログラムの知らない版に更新されています。このサーバーを新しいプログラムで起動し直してください。",
	kit.FindKeys:              "鍵の保管場所を使えません。パスワードの発行と参照ができません。保管場所が接続されていて、空きがあることを確認してください。",
	kit.FindLedger:            "発行台帳に記録できません。受付と発行ができません。台帳の保管場所が接続されていて、空きがあることを確認してください。",
	kit.FindBehind:            "データベースが発行台帳より古いため、台帳との照合が終わるまで発行を止めています。ほかの操作はできます。",
	kit.FindClock:             "このサーバーの時刻を信用できません。確認されるまで、無効・期限切れ・鍵の消去など、元に戻せない処理を止めています。ほかの操作はできます。",
	kit.FindClocksApart:       "このサーバーとデータベースの時計が1秒以上ずれています。",
	kit.FindLate:              "定期の仕事が遅れています。",
	kit.FindPapers:            "書面に署名できません。書面は、署名がないことを明記して発行しています。",
	kit.FindPapersSoon:        "書面に署名する証明書の有効期間がまもなく終わります。",
	kit.FindCertificateSoon:   "この画面の通信を保護する証明書の有効期間が、2週間以内に終わります。",
	kit.FindCertificateEnded:  "この画面の通信を保護する証明書の有効期間が終わっています。",
	kit.FindCertificateUnread: "新しい証明書を読み込めません。前の証明書を使い続けています。",
}

// A ConditionPart is a Condition in words.
type ConditionPart struct {
	Tag      kit.Tag
	Findings []FindingLine
}

// A FindingLine is a finding in words.
type FindingLine struct{ Code, Says string }

// conditionPart puts a condition into words; nil is that of a server that was not told how it is.
func (s *Pages) conditionPart() *ConditionPart {
	if s.Condition == nil {
		return nil
	}
	now := s.Condition()
	part := &ConditionPart{Tag: kit.Tag{Kind: "green", Text: "正常"}}
	switch now.Word {
	case "degraded":
		part.Tag = kit.Tag{Kind: "orange", Text: "一部に異常"}
	case "not ready":
		part.Tag = kit.Tag{Kind: "red", Text: "使えません"}
	}
	for _, code := range now.Found {
		part.Findings = append(part.Findings, FindingLine{string(code), Findings[code]})
	}
	return part
}
