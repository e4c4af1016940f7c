package document

import (
	"fmt"
	"strings"
	"time"

	"uketsuke/internal/calendar"
)

// A Receipt is what a 申込受付票 says: that a version of an application was filed, when and by whom.
type Receipt struct {
	// Centre is the operator's name, Service the service's; the latter stands in the foot.
	Centre, Service string
	// Receipt is the 申込受付番号 of this registration; it is also the number of the document.
	Receipt      string
	RegisteredAt time.Time
	// Registrant is who registered, by name as it was then.
	Registrant string
	Applicant  Party
	Items      []string
	// Desired is zero where nothing is wished for (R-SEC-9).
	Desired calendar.Date
	// Digest is of the registered version, as hexadecimal digits.
	Digest string
	// Genuine is how the paper is checked.
	Genuine Genuine
	// Wareki writes 令和 beside 西暦.
	Wareki bool
}

const receiptTitle = "申込受付票"

// FilingReceipt makes the 申込受付票 as a PDF file. The same Receipt always gives the same bytes (R-APP-16).
func (p *Printer) FilingReceipt(r Receipt) ([]byte, error) {
	pdf, err := p.print(layOutReceipt(newFace(&p.measure), r))
	if err != nil {
		return nil, fmt.Errorf("printing the filing receipt %s: %w", r.Receipt, err)
	}
	return pdf, nil
}

func layOutReceipt(face *face, r Receipt) *paper {
	p := &paper{
		face:   face,
		title:  receiptTitle + " " + r.Receipt,
		author: r.Centre,
		made:   r.RegisteredAt.In(calendar.Tokyo),
		number: strings.TrimSpace("申込受付番号 " + r.Receipt + "　" + r.Service),
		notes:  []string{"この受付票は、お申込みを受け付けたことを示すものです。承認を示すものではありません。"},
	}
	p.turn()
	p.genuine(r.Genuine)
	p.dated(letterDay(calendar.DateOf(r.RegisteredAt), r.Wareki))
	p.party(half, r.Applicant, "様")
	p.gap(14)
	p.write(block, side, r.Centre)
	p.opening(receiptTitle, "下記のとおりお申込みを受け付けました。")
	p.pair("申込受付番号", r.Receipt)
	p.pair("受付日時", moment(r.RegisteredAt, r.Wareki))
	p.pair("登録した方", r.Registrant)
	p.pair("申込内容", strings.Join(r.Items, "\n"))
	p.pair("利用開始希望日", day(r.Desired, r.Wareki))
	p.pair("ダイジェスト", inHalves(r.Digest))
	p.closing()
	p.finish()
	return p
}

// inHalves puts a digest on two lines of the same length, to be compared more easily.
func inHalves(digest string) string {
	if len(digest) < 2 {
		return digest
	}
	return digest[:len(digest)/2] + "\n" + digest[len(digest)/2:]
}
