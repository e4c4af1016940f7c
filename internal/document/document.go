// Package document makes the papers of the procedure as PDF.
//
// Its words: a paper is an A4 document of Japanese letter form. The form (申込書) is what the
// establishment keeps of what it registered; the notice (承認通知) is what the centre answers once
// the change is in effect. A sheet (別紙) hangs behind a form. A mark is one thing drawn on a page: a
// text, a line or a tint.
//
// It answers one question: what do the papers say? Data goes in ready to be shown, bytes come out;
// there is no clock, no file and no chance in it, so the same data gives the same bytes (R-APP-16).
package document

import (
	"bytes"
	"fmt"

	"github.com/signintech/gopdf"

	"uketsuke/internal/document/fonts"
)

// family is the typeface's name in the file. The six letters before the plus are how a PDF says that
// only the glyphs used are inside.
const family = "UKETSK+NotoSansJP"

// A Printer makes papers. It is made once and may be used by many goroutines: the parsed typeface is
// only read, and every paper has its own subset of it.
type Printer struct {
	fonts   gopdf.FontContainer
	measure gopdf.SubsetFontObj
}

// NewPrinter parses the typeface, twice, because the container that papers are drawn from does not let
// anybody measure with it.
func NewPrinter() (*Printer, error) {
	p := new(Printer)
	if err := p.fonts.AddTTFFontData(family, fonts.Regular); err != nil {
		return nil, fmt.Errorf("parsing the typeface to draw with: %w", err)
	}
	if err := p.measure.SetTTFData(fonts.Regular); err != nil {
		return nil, fmt.Errorf("parsing the typeface to measure with: %w", err)
	}
	return p, nil
}

// ApplicationForm makes the 申込書 of one registered version as a PDF file. The same Form always gives
// the same bytes (R-APP-16).
func (p *Printer) ApplicationForm(f Form) ([]byte, error) {
	pdf, err := p.print(layOutForm(newFace(&p.measure), f))
	if err != nil {
		return nil, fmt.Errorf("printing the application form %s: %w", f.Receipt, err)
	}
	return pdf, nil
}

// ApprovalNotice makes the 承認通知 as a PDF file. The same Notice always gives the same bytes
// (R-APP-16). That it is given out only from the start date on is the caller's to see to.
func (p *Printer) ApprovalNotice(n Notice) ([]byte, error) {
	pdf, err := p.print(layOutNotice(newFace(&p.measure), n))
	if err != nil {
		return nil, fmt.Errorf("printing the approval notice %s: %w", n.Number, err)
	}
	return pdf, nil
}

// Charges makes the paper of a month's charges as a PDF file: an invoice, or an estimate. The same Charges
// always give the same bytes (R-APP-16).
func (p *Printer) Charges(c Charges) ([]byte, error) {
	pdf, err := p.print(layOutCharges(newFace(&p.measure), c))
	if err != nil {
		return nil, fmt.Errorf("printing the charges %s %s: %w", c.Bill.Month, c.Number, err)
	}
	return pdf, nil
}

// print draws the pages of a paper.
func (p *Printer) print(paper *paper) ([]byte, error) {
	if paper.fault != nil {
		return nil, paper.fault
	}
	var pdf gopdf.GoPdf
	pdf.Start(gopdf.Config{PageSize: *gopdf.PageSizeA4})
	pdf.SetInfo(paper.info())
	if err := pdf.AddTTFFontFromFontContainer(family, &p.fonts); err != nil {
		return nil, err
	}
	for _, page := range paper.pages {
		pdf.AddPage()
		if err := page.draw(&pdf); err != nil {
			return nil, err
		}
	}
	var out bytes.Buffer
	if _, err := pdf.WriteTo(&out); err != nil {
		return nil, err
	}
	return mendTextMap(out.Bytes())
}
