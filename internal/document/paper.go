package document

import (
	"fmt"
	"strings"
	"time"

	"github.com/signintech/gopdf"

	"uketsuke/internal/calendar"
)

// The A4 page in points: the text stands between left and right, top and bottom, the foot below.
const (
	pageWidth, pageHeight = 595.28, 841.89
	left, right           = 62.0, pageWidth - 62.0
	top, bottom           = 64.0, pageHeight - 82.0
	foot                  = pageHeight - 70.0
	measure               = right - left
)

// An alignment says where in its column a line stands.
type alignment int

const (
	atLeft alignment = iota
	centred
	atRight
)

// A style is how lines are set.
type style struct {
	size, leading float64
	tone          tone
	align         alignment
}

// A paper is laid out from top to bottom; what does not fit goes to the next page.
type paper struct {
	face  *face
	pages []*page
	y     float64 // where the next thing begins

	title, author string
	made          time.Time
	// stamp is set in a box at the head of every page, such as 審査前.
	stamp string
	// number is the document's; notes are the other lines of the foot.
	number string
	notes  []string
	// head is where the head of the first page ends at the left; the letter begins below it.
	head float64
	// fault is why the paper cannot be printed.
	fault error
}

// A strip is a vertical part of the page.
type strip struct{ x, w float64 }

var whole = strip{left, measure}

func (p *paper) page() *page { return p.pages[len(p.pages)-1] }

// turn begins a new page.
func (p *paper) turn() {
	p.pages = append(p.pages, new(page))
	p.y = top
	if p.stamp == "" {
		return
	}
	const y = 34
	s := style{size: 11, leading: 20, align: centred}
	w := p.face.width(p.stamp, s.size) + 20
	p.page().box(right-w, y, w, s.leading)
	p.put(strip{right - w, w}, y, s, p.stamp)
}

// keep turns the page unless h points are left on it. At the head of a page there is nothing to gain.
func (p *paper) keep(h float64) {
	if p.y > top && p.y+h > bottom {
		p.turn()
	}
}

// gap leaves space, except at the head of a page.
func (p *paper) gap(h float64) {
	if p.y > top {
		p.y += h
	}
}

// put sets one clean line on the page at hand.
func (p *paper) put(in strip, y float64, s style, words string) { p.putOn(p.page(), in, y, s, words) }

// putOn sets one clean line whose leading begins at y. A CJK glyph's middle is 0.38 em above the base line.
func (p *paper) putOn(g *page, in strip, y float64, s style, words string) {
	x := in.x
	switch s.align {
	case centred:
		x += (in.w - p.face.width(words, s.size)) / 2
	case atRight:
		x += in.w - p.face.width(words, s.size)
	}
	g.texts = append(g.texts, text{x, y + s.leading/2 + 0.38*s.size, s.size, s.tone, words})
}

// write sets text in a strip, breaking lines and pages.
func (p *paper) write(in strip, s style, words string) {
	for _, words := range p.face.lines(words, s.size, in.w) {
		p.keep(s.leading)
		p.put(in, p.y, s, words)
		p.y += s.leading
	}
}

// writeAll sets each part that is not empty on lines of its own.
func (p *paper) writeAll(in strip, s style, parts ...string) {
	for _, part := range parts {
		if part != "" {
			p.write(in, s, part)
		}
	}
}

// finish sets the foot of every page, now that their number is known.
func (p *paper) finish() {
	s := style{size: 7.5, leading: 10.5, tone: dim}
	notes := strip{left, measure - 50}
	lines := append([]string{p.number}, p.notes...)
	for i, g := range p.pages {
		g.lines = append(g.lines, line{left, foot, right, foot})
		for n, words := range lines {
			p.putOn(g, notes, foot+5+float64(n)*s.leading, s, p.face.cut(words, s.size, notes.w))
		}
		count := fmt.Sprintf("%d/%d", i+1, len(p.pages))
		p.putOn(g, whole, foot+4, style{size: 9, leading: 12, tone: dim, align: atRight}, count)
	}
}

// info is what the file says about itself. The library writes 16 bits per character there, so what
// needs more becomes 〓.
func (p *paper) info() gopdf.PdfInfo {
	plain := func(s string) string {
		return strings.Map(func(r rune) rune {
			if r > 0xFFFF {
				return geta
			}
			return r
		}, p.face.clean(s))
	}
	return gopdf.PdfInfo{Title: plain(p.title), Author: plain(p.author), Producer: "uketsuke", CreationDate: p.made}
}

// day writes a day as 2024年12月10日(火), with 令和 beside it if wanted.
func day(d calendar.Date, wareki bool) string { return beside(d.Japanese(), d, wareki) }

// letterDay writes a day as at the head of a letter, without the day of the week.
func letterDay(d calendar.Date, wareki bool) string {
	if d.IsZero() {
		return ""
	}
	return beside(fmt.Sprintf("%d年%d月%d日", d.Year(), d.Month(), d.Day()), d, wareki)
}

func beside(western string, d calendar.Date, wareki bool) string {
	if !wareki || d.IsZero() {
		return western
	}
	return western + "（" + d.Wareki() + "）"
}

// moment writes an instant in Japan.
func moment(t time.Time, wareki bool) string {
	return day(calendar.DateOf(t), wareki) + " " + t.In(calendar.Tokyo).Format("15:04:05")
}
