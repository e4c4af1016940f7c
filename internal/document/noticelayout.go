package document

import (
	"strings"

	"uketsuke/internal/calendar"
)

const (
	noticeTitle    = "システムサービス利用契約変更通知"
	noticeSentence = "システムサービス利用契約の変更を下記のとおり承認しましたので、通知します。"
)

// layOutNotice composes the 承認通知.
func layOutNotice(face *face, n Notice) *paper {
	p := &paper{
		face:   face,
		title:  noticeTitle + " " + n.Number,
		author: n.Sender.Name,
		number: strings.TrimSpace(n.Number + "　" + n.Service),
		notes: []string{
			"この通知は大切に保管してください。",
			"承認した登録内容のダイジェスト " + n.Digest,
		},
	}
	if !n.Date.IsZero() {
		p.made = n.Date.Start().In(calendar.Tokyo)
	}
	p.turn()
	p.genuine(n.Genuine)
	p.noticeLetter(n)
	if len(n.Rows) > 0 {
		p.noticeTable(n)
	}
	if len(n.HelpDesk) > 0 {
		p.gap(12)
		p.pair("お問い合わせ先", strings.Join(n.HelpDesk, "\n"))
	}
	p.closing()
	p.finish()
	return p
}

func (p *paper) noticeLetter(n Notice) {
	p.dated(n.Number, letterDay(n.Date, n.Wareki))
	p.party(half, n.Addressee, "様")
	p.gap(14)
	p.writeAll(block, side, postal(n.Sender.PostalCode), p.address(block, n.Sender.Address),
		n.Sender.Name, n.Sender.Department, n.Sender.Signatory)
	p.opening(noticeTitle, noticeSentence)
	p.pair("申込受付番号", n.Receipt)
	p.pair("申込内容", strings.Join(n.Items, "\n"))
	p.pair("利用開始希望日", day(n.Desired, n.Wareki))
	begins := "利用開始日"
	if n.Reissue {
		begins = "再発行日"
	}
	p.pair(begins, day(n.Confirmed, n.Wareki))
	p.pair("希望日と異なる理由", n.DateReason)
}

// archived says whether the row leaves its code with the archive.
func (r NoticeRow) archived() bool {
	return r.Archive && r.Operation != "変更前" && r.Operation != "削除"
}

func (p *paper) noticeTable(n Notice) {
	t := table{columns: []column{
		{"", "申込内容", 44, centred}, {"", "区分", 34, centred},
		{"", "業種", 91, atLeft}, {"", "処理方式", 79, atLeft},
		{"利用者ID", "利用者コード", 57, centred}, {"利用者ID", "識別番号", 42, centred},
		{"利用者ID", "8桁のID", 58, centred},
		{"管理統計資料", "有料分", 33, centred}, {"管理統計資料", "無料分", measure - 438, centred},
	}}
	for _, r := range n.Rows {
		id := "－"
		if r.Number != "" {
			id = r.Code + r.Number
		}
		t.rows = append(t.rows, []string{r.Operation, r.Category, p.trades(t.columns[2], r.Trades), r.Method,
			orDash(r.Code), orDash(r.Number), id, sign(r.StatsPaid), sign(r.StatsFree)})
	}
	p.headed("承認した内容", 60)
	p.table(t)
	notes := []string{"管理統計資料　○：利用する　×：利用しない"}
	archive := codesWith(n.Rows, func(r NoticeRow) string { return r.Code }, NoticeRow.archived)
	if archive != "" {
		notes = append(notes, "保税管理資料保存サービスを利用する利用者コード："+archive)
	}
	p.tableNotes(append(notes, "パスワードは、この通知には記載していません。")...)
}
