// Package document makes the papers of the procedure as PDF.
//
// Its words: a paper is an A4 document of Japanese letter form. The form (申込書) is what the
// establishment keeps of what it registered; the notice (承認通知) is what the centre answers once
// the change is in effect. A sheet (別紙) hangs behind a form.
//
// It answers one question: what do the papers say? Data goes in ready to be shown, bytes come out;
// there is no clock, no file and no chance in it, so the same data gives the same bytes (R-APP-16).
package document

import "errors"

// A Printer makes papers. It is made once and may be used by many goroutines.
type Printer struct{}

// NewPrinter parses the typeface.
func NewPrinter() (*Printer, error) { return &Printer{}, nil }

// ApplicationForm makes the 申込書 of one registered version as a PDF file.
func (p *Printer) ApplicationForm(f Form) ([]byte, error) {
	return nil, errors.New("the application form is not laid out")
}

// ApprovalNotice makes the 承認通知 as a PDF file.
func (p *Printer) ApprovalNotice(n Notice) ([]byte, error) {
	return nil, errors.New("the approval notice is not laid out")
}
