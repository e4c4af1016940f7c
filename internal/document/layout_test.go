package document

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"uketsuke/internal/charge"
)

// near says whether two places on a page are the same to the eye.
func near(a, b float64) bool { return math.Abs(a-b) < 0.05 }

// laidOut are papers of every kind, with tables that are short, long, grouped and broken over pages.
func laidOut(t *testing.T) map[string]*paper {
	t.Helper()
	f := func() *face { return newFace(&printer(t).measure) }
	longest := longestForm()
	longest.Rows, longest.Settings = longest.Rows[:50], longest.Settings[:2]
	invoice, long := sampleInvoice(t), sampleInvoice(t)
	invoice.Genuine = genuine("202412-00001-2")
	for i := range 60 {
		long.Bill.Lines = append(long.Bill.Lines, charge.Line{Part: charge.General, Kind: charge.Usage, Name: strings.Repeat("長い項目", 1+i%9),
			Subject: fmt.Sprintf("1BNAC%03d", i), Quantity: 1, Amount: 1, Rate: 10})
	}
	return map[string]*paper{
		"form": layOutForm(f(), sampleForm()), "longest form": layOutForm(f(), longest), "notice": layOutNotice(f(), sampleNotice()),
		"invoice": layOutCharges(f(), invoice), "long invoice": layOutCharges(f(), long), "estimate": layOutCharges(f(), sampleEstimate(t)),
		"receipt": layOutReceipt(f(), sampleReceipt()),
	}
}

// middle is the height of the middle of a line of Japanese, as the eye sees it.
func (m text) middle() float64 { return m.y - 0.38*m.size }

// boxes are the rectangles of a page; the line above the foot belongs to none.
func (g *page) boxes(t *testing.T) []tint {
	t.Helper()
	var boxes []tint
	lines := slices.DeleteFunc(slices.Clone(g.lines), func(l line) bool { return near(l.y1, foot) && near(l.y2, foot) })
	for four := range slices.Chunk(lines, 4) {
		if len(four) < 4 {
			t.Fatalf("lines that are no rectangle: %v", four)
		}
		x, y, w, h := four[0].x1, four[0].y1, four[0].x2-four[0].x1, four[1].y1-four[0].y1
		want := []line{{x, y, x + w, y}, {x, y + h, x + w, y + h}, {x, y, x, y + h}, {x + w, y, x + w, y + h}}
		if w <= 0 || h <= 0 || !slices.Equal(four, want) {
			t.Fatalf("lines that are no rectangle: %v", four)
		}
		boxes = append(boxes, tint{x, y, w, h})
	}
	return boxes
}

// No two texts of a page lie on each other: all of it can be read.
func TestTextsDoNotOverlap(t *testing.T) {
	t.Parallel()
	for name, p := range laidOut(t) {
		for n, g := range p.pages {
			for i, a := range g.texts {
				for _, b := range g.texts[:i] {
					apart := math.Abs(a.middle()-b.middle()) > (a.size+b.size)*0.48
					beside := a.x+p.face.width(a.s, a.size) < b.x+0.05 || b.x+p.face.width(b.s, b.size) < a.x+0.05
					if strings.TrimSpace(a.s) != "" && strings.TrimSpace(b.s) != "" && !apart && !beside {
						t.Errorf("%s, page %d: %q and %q lie on each other", name, n+1, a.s, b.s)
					}
				}
			}
		}
	}
}

// A table is closed: its cells fill the measure and lie below each other without gap, the ground of its head is
// as wide and as high as the head.
func TestTablesAreClosed(t *testing.T) {
	t.Parallel()
	for name, p := range laidOut(t) {
		tables := 0
		for n, g := range p.pages {
			boxes := g.boxes(t)
			if p.stamp != "" {
				boxes = boxes[1:]
			}
			for _, ground := range g.tints {
				tables++
				above := slices.ContainsFunc(boxes, func(b tint) bool { return near(b.y, ground.y) })
				below := slices.ContainsFunc(boxes, func(b tint) bool { return near(b.y+b.h, ground.y+ground.h) })
				if !near(ground.x, left) || !near(ground.x+ground.w, right) || !above || !below {
					t.Errorf("%s, page %d: the ground %v is not that of a head", name, n+1, ground)
				}
			}
			for i, b := range boxes {
				touches := func(x, y func(tint) bool) bool {
					return slices.ContainsFunc(boxes, func(o tint) bool { return x(o) && y(o) })
				}
				level := func(o tint) bool { return o.y < b.y+b.h && b.y < o.y+o.h }
				if !near(b.x, left) && !touches(func(o tint) bool { return near(o.x+o.w, b.x) }, level) ||
					!near(b.x+b.w, right) && !touches(func(o tint) bool { return near(o.x, b.x+b.w) }, level) {
					t.Errorf("%s, page %d: nothing stands beside the cell %v", name, n+1, b)
				}
				over := func(o tint) bool { return o.x < b.x+b.w-0.1 && b.x < o.x+o.w-0.1 }
				head := slices.ContainsFunc(g.tints, func(o tint) bool { return near(o.y, b.y) })
				if !head && !touches(over, func(o tint) bool { return near(o.y+o.h, b.y) }) {
					t.Errorf("%s, page %d: nothing stands above the cell %v", name, n+1, b)
				}
				for _, o := range boxes[:i] {
					if over(o) && o.y < b.y+b.h-0.1 && b.y < o.y+o.h-0.1 {
						t.Errorf("%s, page %d: the cells %v and %v lie on each other", name, n+1, b, o)
					}
				}
				if b.y+b.h > bottom+0.05 {
					t.Errorf("%s, page %d: the cell %v reaches into the foot", name, n+1, b)
				}
			}
		}
		if tables == 0 && name != "receipt" {
			t.Errorf("%s has no table", name)
		}
	}
}

// What stands in a cell keeps off its lines, is set left, right or centred, and stands in the middle of its height.
func TestTextsInCells(t *testing.T) {
	t.Parallel()
	for name, p := range laidOut(t) {
		for n, g := range p.pages {
			for _, b := range g.boxes(t) {
				var sum, count float64
				for _, m := range g.texts {
					if m.middle() < b.y || m.middle() > b.y+b.h || m.x < b.x || m.x > b.x+b.w || m.s == "" {
						continue
					}
					sum, count = sum+m.middle(), count+1
					end := m.x + p.face.width(m.s, m.size)
					if m.x < b.x+0.4 || end > b.x+b.w-0.4 || m.middle()-m.size/2 < b.y || m.middle()+m.size/2 > b.y+b.h {
						t.Errorf("%s, page %d: %q stands on the lines of its cell %v", name, n+1, m.s, b)
					}
					if !near(m.x, b.x+cellPad) && !near(end, b.x+b.w-cellPad) && !near(m.x-b.x, b.x+b.w-end) {
						t.Errorf("%s, page %d: %q is set neither left nor right nor centred in %v", name, n+1, m.s, b)
					}
				}
				if count > 0 && math.Abs(sum/count-(b.y+b.h/2)) > 0.6 {
					t.Errorf("%s, page %d: what stands in %v has its middle at %.1f", name, n+1, b, sum/count)
				}
			}
		}
	}
}

// A letter's title is centred; its date, its end and the number of the page stand at the right edge; the letter
// begins below the head; 審査前 stands in its box.
func TestLettersStandAsLettersDo(t *testing.T) {
	t.Parallel()
	all := laidOut(t)
	for name, p := range all {
		for n, g := range p.pages {
			count := g.texts[len(g.texts)-1]
			if count.s != fmt.Sprintf("%d/%d", n+1, len(p.pages)) || !near(count.x+p.face.width(count.s, count.size), right) || count.middle() < foot {
				t.Errorf("%s, page %d: its number %q stands at %.1f, %.1f", name, n+1, count.s, count.x, count.y)
			}
			for i, note := range append([]string{p.number}, p.notes...) {
				m := g.texts[len(g.texts)-2-len(p.notes)+i]
				if m.s != p.face.cut(note, m.size, measure-50) || m.middle()-m.size/2 < foot || m.y > pageHeight-30 || !near(m.x, left) {
					t.Errorf("%s, page %d: %q stands at %.1f where %q should", name, n+1, m.s, m.y, note)
				}
			}
			for _, m := range g.texts {
				if m.s == "以上" && !near(m.x+p.face.width(m.s, m.size), right) {
					t.Errorf("%s: 以上 stands at %.1f", name, m.x)
				}
				if m.size == 17 && !near(m.x-left, right-m.x-p.face.width(m.s, m.size)) {
					t.Errorf("%s: the title stands at %.1f", name, m.x)
				}
				if n == 0 && m.middle() > p.head && m.middle()-m.size/2 < p.head+4 {
					t.Errorf("%s: %q stands too close to the head", name, m.s)
				}
			}
		}
	}
	p := all["form"]
	stamp, boxed := p.pages[0].texts[0], p.pages[0].boxes(t)[0]
	if stamp.s != "審査前" || !near(stamp.x-boxed.x, boxed.x+boxed.w-stamp.x-p.face.width(stamp.s, stamp.size)) || !near(boxed.x+boxed.w, right) || boxed.w < p.face.width(stamp.s, stamp.size)+10 || boxed.y+boxed.h > top {
		t.Errorf("審査前 stands at %v in %v", stamp, boxed)
	}
	if p.head < qrTop+qrSize || all["estimate"].head != 0 {
		t.Errorf("the head ends at %.1f, without a code at %.1f", p.head, all["estimate"].head)
	}
}

// Module by module the bars are the code, and around it is nothing for four modules.
func TestBarsAreTheCode(t *testing.T) {
	t.Parallel()
	r := sampleReceipt()
	rows, err := squares(r.Genuine.Address)
	if err != nil {
		t.Fatal(err)
	}
	if !rows[0][0] || rows[1][1] || !rows[3][3] || rows[7][7] {
		t.Fatal("the corner of a code is a dark ring about a dark square")
	}
	bars := layOutReceipt(newFace(&printer(t).measure), r).pages[0].bars
	module := qrSize / float64(len(rows)+8)
	for y := -4; y < len(rows)+4; y++ {
		for x := -4; x < len(rows)+4; x++ {
			cx, cy := left+(float64(x)+4.5)*module, qrTop+(float64(y)+4.5)*module
			dark := slices.ContainsFunc(bars, func(b bar) bool { return b.x < cx && cx < b.x+b.w && b.y < cy && cy < b.y+b.h })
			within := x >= 0 && y >= 0 && x < len(rows) && y < len(rows)
			if dark != (within && rows[y][x]) {
				t.Fatalf("module %d, %d is dark: %t", x, y, dark)
			}
		}
	}
	for _, b := range bars {
		if over := b.h - module; b.w < module || over < 0.01 || over > module/4 || math.Mod(b.w, module) > module/4 {
			t.Fatalf("the bar %v overlaps the next by %.2f of %.2f", b, over, module)
		}
	}
}

// A page is used until nothing more fits, and what is kept together turns the page together.
func TestPagesAreFilled(t *testing.T) {
	t.Parallel()
	blank := func(y float64) *paper {
		p := &paper{face: newFace(&printer(t).measure)}
		p.turn()
		p.y = y
		return p
	}
	fit := bottom - body.leading
	for _, row := range []struct {
		name  string
		at    float64
		do    func(*paper)
		pages int
		y     float64
	}{
		{"a line that just fits", fit, func(p *paper) { p.write(whole, body, "あ") }, 1, bottom},
		{"a line that does not", fit + 0.1, func(p *paper) { p.write(whole, body, "あ") }, 2, top + body.leading},
		{"what is kept at the head of a page turns none", top, func(p *paper) { p.keep(2000) }, 1, top},
		{"no space is left at the head of a page", top, func(p *paper) { p.gap(14) }, 1, top},
		{"space is left below something", top + 1, func(p *paper) { p.gap(14) }, 1, top + 15},
		{"a heading goes with what follows it", bottom - heading.leading - 14 - 4 - 60 + 0.1, func(p *paper) { p.headed("見出し", 60) }, 2, top + heading.leading + 4},
		{"a heading stays when what follows it fits", bottom - heading.leading - 14 - 4 - 60, func(p *paper) { p.headed("見出し", 60) }, 1, bottom - 60},
		{"notes stand on one page", bottom - 6 - 2*small.leading + 0.1, func(p *paper) { p.tableNotes("あ", "い") }, 2, top + 2*small.leading},
		{"notes that fit stay", bottom - 6 - 2*small.leading, func(p *paper) { p.tableNotes("あ", "い") }, 1, bottom},
		{"a label of two lines is not parted", bottom - 2*body.leading + 0.1, func(p *paper) { p.pair("署名されたチェックポイント", "い") }, 2, top + 2*body.leading + 3},
		{"a pair of one line stays", fit, func(p *paper) { p.pair("あ", "い") }, 1, bottom + 3},
		{"a long value goes on", fit, func(p *paper) { p.pair("あ", "い\nう") }, 2, top + body.leading + 3},
		{"a pair without a value is left out", fit, func(p *paper) { p.pair("あ", "") }, 1, fit},
		{"nothing in the parts of an address", fit, func(p *paper) { p.writeAll(whole, body, "", "あ", "") }, 1, bottom},
	} {
		p := blank(row.at)
		if row.do(p); len(p.pages) != row.pages || !near(p.y, row.y) {
			t.Errorf("%s: %d pages, then at %.1f; want %d, %.1f", row.name, len(p.pages), p.y, row.pages, row.y)
		}
	}
}

// A row stays whole while it fits on a page of its own; a table's head has two rows under it or none.
func TestRowsOfTables(t *testing.T) {
	t.Parallel()
	tall := func(n int) []string { return []string{strings.TrimSuffix(strings.Repeat("行\n", n), "\n")} }
	one := table{columns: []column{{"", "見出し", measure, atLeft}}}
	height := func(n int) float64 { return float64(n)*cell.leading + 2*cellPad }
	grouped := table{columns: []column{{"", "甲", 100, atLeft}, {"組", "乙", measure - 100, atLeft}}}
	if h := one.headHeight(); h < headLine || h > 2*headLine || grouped.headHeight() != 2*h {
		t.Errorf("a head of one line is %.1f high, of two %.1f", h, grouped.headHeight())
	}
	most := int((bottom - top - one.headHeight() - 2*cellPad) / cell.leading)
	for _, row := range []struct {
		name  string
		at    float64
		lines []int
		pages []int // texts on each
	}{
		{"a row that just fits", bottom - one.headHeight() - height(3), []int{3}, []int{4}},
		{"a row that does not goes whole", bottom - one.headHeight() - height(3) + 0.1, []int{3}, []int{1, 4}},
		{"a row as high as a page", top, []int{most}, []int{1 + most}},
		{"a row that is higher is parted", top, []int{most + 2}, []int{1 + most, 3}},
		{"no head without room for a row of two lines", bottom - one.headHeight() - height(2) + 0.1, []int{1}, []int{0, 2}},
		{"a head with just the room", bottom - one.headHeight() - height(2), []int{1}, []int{2}},
	} {
		p := &paper{face: newFace(&printer(t).measure)}
		p.turn()
		p.y = row.at
		full := one
		for _, n := range row.lines {
			full.rows = append(full.rows, tall(n))
		}
		p.table(full)
		var got []int
		for _, g := range p.pages {
			got = append(got, len(g.texts))
		}
		if !slices.Equal(got, row.pages) {
			t.Errorf("%s: texts %v, want %v", row.name, got, row.pages)
		}
		if end := top + one.headHeight() + height(row.pages[len(row.pages)-1]-1); len(row.pages) > 1 && !near(p.y, end) {
			t.Errorf("%s: ends at %.1f, want %.1f", row.name, p.y, end)
		}
	}
}

// What the library would write as two characters into the file's description becomes one 〓.
func TestInfoOfTheFile(t *testing.T) {
	t.Parallel()
	p := &paper{face: newFace(&printer(t).measure), title: "𠮷田｡", author: "髙\U00010000"}
	if info := p.info(); info.Title != "〓田｡" || info.Author != "髙〓" {
		t.Errorf("%q, %q", info.Title, info.Author)
	}
}

// said are the texts of a paper, page by page.
func said(p *paper) []string {
	var pages []string
	for _, g := range p.pages {
		var words []string
		for _, m := range g.texts {
			words = append(words, m.s)
		}
		pages = append(pages, strings.Join(words, "|"))
	}
	return pages
}

// The contact person and 以上 are never parted from their heading, wherever the table before them ends.
func TestContactStaysTogether(t *testing.T) {
	t.Parallel()
	f, face := sampleForm(), newFace(&printer(t).measure)
	f.Settings = nil
	row := f.Rows[0]
	turned := map[bool]int{}
	for n := range 20 {
		for lines := range 4 {
			f.Rows, f.Reason = slices.Repeat([]Row{row}, n), strings.Repeat("あ\n", lines)+"い"
			for _, words := range said(layOutForm(face, f)) {
				parts := 0
				for _, part := range []string{"申込担当者", "電子メール", "以上"} {
					parts += strings.Count(words, part)
				}
				if parts != 0 && parts != 3 {
					t.Errorf("%d rows, reason of %d lines: the contact is parted: %s", n, lines+1, words)
				}
				turned[strings.Contains(words, "申込担当者") && !strings.Contains(words, "申込情報")]++
			}
		}
	}
	if turned[true] == 0 || turned[false] == 0 {
		t.Errorf("the contact turned %d pages: too few or too many to show anything", turned[true])
	}
}

// A part without anything in it is not begun, and one that is missing is said to be missing.
func TestEmptyParts(t *testing.T) {
	t.Parallel()
	face := newFace(&printer(t).measure)
	bare := strings.Join(said(layOutForm(face, Form{})), "|") + strings.Join(said(layOutNotice(face, Notice{})), "|")
	for _, part := range []string{"申込情報", "承認した内容", "お問い合わせ先", "別紙", "管理統計資料"} {
		if strings.Contains(bare, part) {
			t.Errorf("%s stands on a paper that has none: %s", part, bare)
		}
	}
	f := sampleForm()
	f.Settings = []SettingsSheet{{Title: "甲", Missing: true, Fields: []LabelledValue{{"項", "値"}}}, {Title: "乙"}}
	pages := said(layOutForm(face, f))
	if words := pages[len(pages)-1]; strings.Count(words, "未入力") != 2 || strings.Contains(words, "入力内容") || strings.Contains(words, "値") {
		t.Errorf("R-SET-2 sheets without settings: %s", words)
	}
	r := sampleReceipt()
	r.Genuine.Page = ""
	if words := said(layOutReceipt(face, r))[0]; !strings.Contains(words, "番号　"+r.Genuine.Number) || !strings.Contains(words, r.Genuine.Digest) {
		t.Errorf("without a page's address number and digest are not said: %s", words)
	}
}
