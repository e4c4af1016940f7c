package document

// A column of a table. Columns of the same group that stand side by side share its heading above
// their own.
type column struct {
	group, head string
	width       float64
	align       alignment
}

// A table repeats its head on every page.
type table struct {
	columns []column
	rows    [][]string
}

const (
	cellPad  = 4.0
	headSize = 8.0
	headLine = 12.0
)

var (
	cell     = style{size: 8.5, leading: 12.5}
	cellHead = style{size: headSize, leading: headLine, align: centred}
)

// table sets a table of the whole measure. A row moves to the next page whole, unless it is longer
// than a page.
func (p *paper) table(t table) {
	p.keep(t.headHeight() + 2*cell.leading + 2*cellPad)
	p.tableHead(t)
	for _, row := range t.rows {
		p.tableRow(t, row)
	}
}

func (t table) levels() int {
	for _, c := range t.columns {
		if c.group != "" {
			return 2
		}
	}
	return 1
}

func (t table) headHeight() float64 { return float64(t.levels()) * (headLine + cellPad + 1) }

func (p *paper) tableHead(t table) {
	h, x := t.headHeight(), left
	p.page().tints = append(p.page().tints, tint{left, p.y, measure, h})
	for i, c := range t.columns {
		switch {
		case c.group == "":
			p.headCell(strip{x, c.width}, p.y, h, c.head)
		default:
			if i == 0 || t.columns[i-1].group != c.group {
				p.headCell(strip{x, t.groupWidth(i)}, p.y, h/2, c.group)
			}
			p.headCell(strip{x, c.width}, p.y+h/2, h/2, c.head)
		}
		x += c.width
	}
	p.y += h
}

// groupWidth is the width of the columns from i on that share a group.
func (t table) groupWidth(i int) float64 {
	var w float64
	for _, c := range t.columns[i:] {
		if c.group != t.columns[i].group {
			break
		}
		w += c.width
	}
	return w
}

func (p *paper) headCell(in strip, y, h float64, words string) {
	p.page().box(in.x, y, in.w, h)
	p.put(in, y+(h-headLine)/2, cellHead, words)
}

// tableRow sets one row, in as many pieces as it needs pages.
func (p *paper) tableRow(t table, row []string) {
	cells, most := p.cellLines(t, row)
	tall := func(n int) float64 { return float64(n)*cell.leading + 2*cellPad }
	page := int((bottom - top - t.headHeight() - 2*cellPad) / cell.leading) // lines on an empty page
	for from := 0; from < most; {
		n := min(most-from, page)
		if p.y+tall(n) > bottom {
			p.turn()
			p.tableHead(t)
		}
		p.rowPiece(t, cells, from, n)
		p.y += tall(n)
		from += n
	}
}

// cellLines breaks every cell of a row, and says how many lines the longest has.
func (p *paper) cellLines(t table, row []string) (cells [][]string, most int) {
	cells = make([][]string, len(t.columns))
	for i, c := range t.columns {
		cells[i] = p.face.lines(row[i], cell.size, c.width-2*cellPad)
		most = max(most, len(cells[i]))
	}
	return cells, most
}

// rowPiece sets n lines of a row from line from on; short cells stand in the middle of it.
func (p *paper) rowPiece(t table, cells [][]string, from, n int) {
	x, h := left, float64(n)*cell.leading+2*cellPad
	for i, c := range t.columns {
		p.page().box(x, p.y, c.width, h)
		lines := cells[i][min(from, len(cells[i])):min(from+n, len(cells[i]))]
		y := p.y + (h-float64(len(lines))*cell.leading)/2
		s := cell
		s.align = c.align
		for _, words := range lines {
			p.put(strip{x + cellPad, c.width - 2*cellPad}, y, s, words)
			y += cell.leading
		}
		x += c.width
	}
}

// trades names the trades of a row, each whole.
func (p *paper) trades(in column, names []string) string {
	return p.face.pack(names, "・", cell.size, in.width-2*cellPad)
}
