package web

// A Condition is how one process of the product is, as the page of operations shows it.
type Condition struct {
	// Word is "ready", "degraded" or "not ready".
	Word string
	// Found are the codes of what is wrong, or soon will be. What the system said of it is for the log alone.
	Found []FindingCode
}

// A FindingCode is of fixed meaning: the addresses of health say it to machines.
type FindingCode string

// Every code.
const (
	FindNotLooked         FindingCode = "not-looked"
	FindDatabase          FindingCode = "database"
	FindDatabaseWrite     FindingCode = "database-write"
	FindDatabaseSlow      FindingCode = "database-slow"
	FindSchema            FindingCode = "schema"
	FindKeys              FindingCode = "keys"
	FindLedger            FindingCode = "ledger"
	FindBehind            FindingCode = "behind"
	FindClock             FindingCode = "clock"
	FindClocksApart       FindingCode = "clocks-apart"
	FindLate              FindingCode = "late"
	FindPapers            FindingCode = "papers"
	FindPapersSoon        FindingCode = "papers-certificate"
	FindCertificateSoon   FindingCode = "tls-certificate"
	FindCertificateEnded  FindingCode = "tls-certificate-ended"
	FindCertificateUnread FindingCode = "tls-certificate-unread"
)

// findings says each code in words, with what to do.
var findings = map[FindingCode]string{
	FindNotLooked:         "状態の確認が止まっています。サーバーが過負荷になっていないか確認してください。",
	FindDatabase:          "データベースが応答しません。",
	FindDatabaseWrite:     "データベースに書き込めません。ディスクの空きと、データベースが読み取り専用になっていないことを確認してください。",
	FindDatabaseSlow:      "データベースへの書き込みに時間がかかっています。",
	FindSchema:            "データベースが、このプログラムの知らない版に更新されています。このサーバーを新しいプログラムで起動し直してください。",
	FindKeys:              "鍵の保管場所を使えません。パスワードの発行と参照ができません。保管場所が接続されていて、空きがあることを確認してください。",
	FindLedger:            "発行台帳に記録できません。受付と発行ができません。台帳の保管場所が接続されていて、空きがあることを確認してください。",
	FindBehind:            "データベースが発行台帳より古いため、台帳との照合が終わるまで発行を止めています。ほかの操作はできます。",
	FindClock:             "このサーバーの時刻を信用できません。確認されるまで、無効・期限切れ・鍵の消去など、元に戻せない処理を止めています。ほかの操作はできます。",
	FindClocksApart:       "このサーバーとデータベースの時計が1秒以上ずれています。",
	FindLate:              "定期の仕事が遅れています。",
	FindPapers:            "書面に署名できません。書面は、署名がないことを明記して発行しています。",
	FindPapersSoon:        "書面に署名する証明書の有効期間がまもなく終わります。",
	FindCertificateSoon:   "この画面の通信を保護する証明書の有効期間が、2週間以内に終わります。",
	FindCertificateEnded:  "この画面の通信を保護する証明書の有効期間が終わっています。",
	FindCertificateUnread: "新しい証明書を読み込めません。前の証明書を使い続けています。",
}

// A ConditionPart is a Condition in words.
type ConditionPart struct {
	Tag      Tag
	Findings []FindingLine
}

// A FindingLine is a finding in words.
type FindingLine struct{ Code, Says string }

// conditionPart puts a condition into words; nil is that of a server that was not told how it is.
func (s *Server) conditionPart() *ConditionPart {
	if s.Condition == nil {
		return nil
	}
	now := s.Condition()
	part := &ConditionPart{Tag: Tag{Kind: "green", Text: "正常"}}
	switch now.Word {
	case "degraded":
		part.Tag = Tag{Kind: "orange", Text: "一部に異常"}
	case "not ready":
		part.Tag = Tag{Kind: "red", Text: "使えません"}
	}
	for _, code := range now.Found {
		part.Findings = append(part.Findings, FindingLine{string(code), findings[code]})
	}
	return part
}
