package document

import "github.com/signintech/gopdf"

// A tone is a shade of grey, 0 black to 1 white.
type tone float64

const (
	black tone = 0
	dim   tone = 0.35
	hair  tone = 0.55 // lines of tables
	pale  tone = 0.94 // ground of table headers
)

// Marks are measured in points from the upper left corner of the page; a text's y is its base line.
type (
	text struct {
		x, y, size float64
		tone       tone
		s          string
	}
	line struct{ x1, y1, x2, y2 float64 }
	tint struct{ x, y, w, h float64 }
	// A bar is black: a part of a QR code.
	bar struct{ x, y, w, h float64 }
)

// A page is drawn tints first and texts last, each in the order in which it was put down.
type page struct {
	tints []tint
	bars  []bar
	lines []line
	texts []text
}

func (g *page) draw(pdf *gopdf.GoPdf) error {
	pdf.SetGrayFill(float64(pale))
	for _, t := range g.tints {
		pdf.RectFromUpperLeftWithStyle(t.x, t.y, t.w, t.h, "F")
	}
	pdf.SetGrayFill(float64(black))
	for _, b := range g.bars {
		pdf.RectFromUpperLeftWithStyle(b.x, b.y, b.w, b.h, "F")
	}
	pdf.SetGrayStroke(float64(hair))
	pdf.SetLineWidth(0.5)
	for _, l := range g.lines {
		pdf.Line(l.x1, l.y1, l.x2, l.y2)
	}
	for _, t := range g.texts {
		if t.s == "" {
			continue
		}
		if err := pdf.SetFontWithStyle(family, gopdf.Regular, t.size); err != nil {
			return err
		}
		pdf.SetGrayFill(float64(t.tone))
		pdf.SetXY(t.x, t.y)
		if err := pdf.Text(t.s); err != nil {
			return err
		}
	}
	return nil
}

// box puts the four lines of a rectangle down.
func (g *page) box(x, y, w, h float64) {
	g.lines = append(g.lines, line{x, y, x + w, y}, line{x, y + h, x + w, y + h},
		line{x, y, x, y + h}, line{x + w, y, x + w, y + h})
}
