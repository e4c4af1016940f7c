package document

import (
	"strconv"
	"strings"

	"uketsuke/internal/calendar"
	"uketsuke/internal/charge"
)

// Charges are what the paper of a month's charges says: an invoice as it was frozen, or an estimate.
type Charges struct {
	// Estimate is a 見込額, which says of itself that it is no invoice. It has no number and no digest.
	Estimate bool
	Number   string
	// Replaces is the number of the invoice that this one takes the place of, "" for none.
	Replaces string
	// Date is the day of issue, or the day on which an estimate is made.
	Date    calendar.Date
	Service string
	Sender  SenderParty
	// Registration is the sender's number as issuer of 適格請求書, "" when it has none.
	Registration string
	Recipient    Party
	From, To     calendar.Date // period of supply
	Bill         charge.Bill
	// Digest is of the frozen content, as hexadecimal digits.
	Digest string
	// Genuine is how the paper is checked.
	Genuine Genuine
}

// title is what the paper calls itself.
func (c Charges) title() string {
	switch {
	case c.Estimate:
		return "基本料金等の見込額"
	case c.Registration != "":
		return "適格請求書"
	}
	return "請求書"
}

// layOutCharges composes the invoice or the estimate.
func layOutCharges(face *face, c Charges) *paper {
	p := &paper{
		face:   face,
		title:  strings.TrimSpace(c.title() + " " + c.Number),
		author: c.Sender.Name,
		number: strings.TrimSpace("請求書番号 " + c.Number + "　" + c.Service),
		notes:  []string{"請求内容のダイジェスト " + c.Digest},
	}
	if c.Estimate {
		p.stamp, p.number = "見込額", c.Service
		p.notes = []string{"この書面は請求書ではありません。金額は、契約の変更や利用実績により変わります。"}
	}
	if !c.Date.IsZero() {
		p.made = c.Date.Start().In(calendar.Tokyo)
	}
	p.turn()
	p.genuine(c.Genuine)
	p.chargesLetter(c)
	p.chargesLines(c.Bill)
	p.chargesTotals(c.Bill)
	p.closing()
	p.finish()
	return p
}

func (p *paper) chargesLetter(c Charges) {
	if c.Estimate {
		p.dated(letterDay(c.Date, false))
	} else {
		p.dated("請求書番号 "+c.Number, "発行日 "+letterDay(c.Date, false))
	}
	p.writeAll(half, side, postal(c.Recipient.PostalCode), p.address(half, c.Recipient.Address), c.Recipient.Company,
		strings.TrimSpace(c.Recipient.Establishment+"　御中"))
	p.gap(14)
	p.writeAll(block, side, postal(c.Sender.PostalCode), p.address(block, c.Sender.Address), c.Sender.Name)
	if c.Registration != "" {
		p.write(block, side, "登録番号 "+c.Registration)
	}
	if c.Estimate {
		p.opening(c.title(), "契約の内容から計算した見込みの金額です。従量料金は含んでいません。この書面は請求書ではありません。")
		p.pair("見込額（税込）", yen(c.Bill.Total))
	} else {
		p.opening(c.title(), "下記のとおり請求します。")
		p.pair("請求金額（税込）", yen(c.Bill.Total))
	}
	p.pair("対象期間", c.From.Japanese()+"～"+c.To.Japanese())
	p.pair("netNACCS", basePaper(c.Bill.Net))
	if c.Bill.General.Terminals > 0 { // every contract has a general plan, not every one a terminal there
		p.pair("一般NACCS", basePaper(c.Bill.General))
	}
	if c.Replaces != "" {
		p.pair("差し替え", "この請求書は、請求書 "+c.Replaces+" に代わるものです。")
	}
}

// basePaper says plan and terminals, nothing where no contract stood.
func basePaper(b charge.Base) string {
	if b.Plan == "" {
		return ""
	}
	return b.Plan + "プラン　端末" + strconv.Itoa(b.Terminals) + "台"
}

func (p *paper) chargesLines(b charge.Bill) {
	p.headed("内訳", 60)
	if len(b.Lines) == 0 {
		p.write(whole, body, "この月の料金はありません。")
		return
	}
	t := table{columns: []column{
		{"", "区分", 62, atLeft}, {"", "内容", 121, atLeft}, {"", "対象", 58, centred}, {"", "数量", 64, atRight},
		{"", "単価（円）", 52, atRight}, {"", "税率", 34, atRight}, {"", "金額（円、税抜）", measure - 391, atRight},
	}}
	for _, l := range b.Lines {
		t.rows = append(t.rows, []string{l.Part.Japanese(), l.Name, orDash(l.Subject), charge.Thousands(l.Quantity),
			unitPrice(l), strconv.Itoa(l.Rate) + "%", charge.Thousands(l.Amount)})
	}
	p.table(t)
}

// unitPrice is － for metered usage, which comes with its amount.
func unitPrice(l charge.Line) string {
	if l.Kind == charge.Usage {
		return "－"
	}
	return charge.Thousands(l.Price)
}

func (p *paper) chargesTotals(b charge.Bill) {
	p.headed("税率ごとの合計", 60)
	t := table{columns: []column{{"", "税率", 94, atLeft}, {"", "対象額（円、税抜）", 126, atRight},
		{"", "消費税額（円）", 126, atRight}, {"", "合計（円、税込）", measure - 346, atRight}}}
	for _, r := range b.Rates {
		t.rows = append(t.rows, []string{strconv.Itoa(r.Rate) + "%対象", charge.Thousands(r.Subtotal), charge.Thousands(r.Tax), charge.Thousands(r.Subtotal + r.Tax)})
	}
	t.rows = append(t.rows, []string{"合計", charge.Thousands(b.Subtotal), charge.Thousands(b.Tax), charge.Thousands(b.Total)})
	p.table(t)
	p.tableNotes("消費税額は、税率ごとに税抜金額を合計してから計算し、1円未満を切り捨てています。",
		"月の途中で始まったもの、終わったものも、1か月分の料金です（日割りはありません）。")
}

// yen writes an amount as 11,000円.
func yen(n int64) string { return charge.Thousands(n) + "円" }
