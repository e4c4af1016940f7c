package document

import (
	"fmt"
	"strings"

	"github.com/boombuler/barcode/qr"
)

// A Genuine is what a paper says about itself, so that whoever holds it can have it checked. The zero value
// sets nothing: a paper without a number or a digest cannot be checked.
type Genuine struct {
	// Page is the address of the check page as it is typed; Address leads there with the number and the
	// digest, and is set as a QR code.
	Page, Address string
	// Number and Digest are what is typed on the check page.
	Number, Digest string
	// Signature is one sentence on the electronic signature, "" where none is meant to be.
	Signature string
}

// The head of a paper's first page: the QR code is a square of qrSize points at the left, its quiet zone of
// four modules included, as the standard asks; what can be typed instead stands beside it, and the date
// beyond that.
const (
	qrSize  = 66.0
	qrQuiet = 4
	qrTop   = 26.0
	qrSays  = 268.0
)

// genuine sets the head that says how the paper is checked. It stands above the letter, so that the letter
// needs no page more for it.
func (p *paper) genuine(g Genuine) {
	if g.Address == "" {
		return
	}
	code, err := squares(g.Address)
	if err != nil {
		p.fault = err
		return
	}
	p.qr(left, qrTop, code)
	in, y := strip{left + qrSize + 4, qrSays}, qrTop+6
	fine, typed := style{size: 7.5, leading: 11, tone: dim}, style{size: 8.5, leading: 11.5}
	for _, part := range []struct {
		style
		label, words string
	}{
		{fine, "", "この書面が本物かどうかは、QRコードまたは次のページで確認できます。"}, {fine, "", g.Page},
		{typed, "番号　", g.Number}, {typed, "ダイジェスト　", g.Digest}, {fine, "", g.Signature},
	} {
		if part.words == "" {
			continue
		}
		lines := p.face.lines(part.label+part.words, part.size, in.w)
		for _, words := range lines[:min(2, len(lines))] {
			p.put(in, y, part.style, words)
			y += part.leading
		}
	}
	p.head = max(qrTop+qrSize, y)
}

// squares is the QR code of an address, row by row: true is dark. Level M can lose 15 % of it.
func squares(address string) ([][]bool, error) {
	code, err := qr.Encode(address, qr.M, qr.Auto)
	if err != nil {
		return nil, fmt.Errorf("making a QR code: %w", err)
	}
	n := code.Bounds().Dx()
	rows := make([][]bool, n)
	for y := range n {
		rows[y] = make([]bool, n)
		for x := range n {
			grey, _, _, _ := code.At(x, y).RGBA()
			rows[y][x] = grey == 0
		}
	}
	return rows, nil
}

// qr sets a QR code, quiet zone included, in the square that begins at x, y. What is dark side by side is one
// bar; bars overlap a little, since viewers leave white hairs between shapes that only touch.
func (p *paper) qr(x, y float64, rows [][]bool) {
	const lap = 0.06
	module := qrSize / float64(len(rows)+2*qrQuiet)
	at := func(n int) float64 { return float64(n+qrQuiet) * module }
	for down, row := range rows {
		for from := 0; from < len(row); from++ {
			to := from
			for to < len(row) && row[to] {
				to++
			}
			if to > from {
				p.page().bars = append(p.page().bars, bar{x + at(from), y + at(down), float64(to-from)*module + lap, module + lap})
			}
			from = to
		}
	}
}

// InFours writes hexadecimal digits in groups of four, as they are typed from a paper.
func InFours(digits string) string {
	var groups []string
	for len(digits) > 4 {
		groups, digits = append(groups, digits[:4]), digits[4:]
	}
	return strings.Join(append(groups, digits), " ")
}
