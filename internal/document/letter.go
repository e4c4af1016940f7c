package document

import "strings"

// The styles of a letter.
var (
	body    = style{size: 10.5, leading: 17}
	side    = style{size: 10.5, leading: 15.5}
	small   = style{size: 8.5, leading: 13, tone: dim}
	heading = style{size: 11.5, leading: 20}
)

// block is where the party stands that writes the letter.
var block = strip{left + measure*0.46, measure * 0.54}

// half is where the party stands that the letter goes to.
var half = strip{left, measure * 0.62}

// dated sets lines against the right edge.
func (p *paper) dated(lines ...string) {
	s := body
	s.align = atRight
	p.writeAll(whole, s, lines...)
	p.gap(12)
	p.y = max(p.y, p.head+6)
}

// party sets a company's side of a letter; honorific is 様 or nothing.
func (p *paper) party(in strip, who Party, honorific string) {
	p.writeAll(in, side, postal(who.PostalCode), p.address(in, who.Address), who.Company, who.Establishment, who.Position)
	if who.Name != "" {
		p.write(in, side, strings.TrimRight(who.Name+"　"+honorific, "　"))
	}
}

// address ends lines before the name of a building rather than inside it.
func (p *paper) address(in strip, address string) string {
	return p.face.pack(strings.Split(address, "　"), "　", side.size, in.w)
}

func postal(code string) string {
	if code == "" {
		return ""
	}
	return "〒" + code
}

// opening sets title, sentence and 記.
func (p *paper) opening(title, sentence string) {
	p.gap(22)
	p.write(whole, style{size: 17, leading: 28, align: centred}, title)
	p.gap(12)
	p.write(whole, body, sentence)
	p.gap(8)
	p.write(whole, style{size: 12, leading: 18, align: centred}, "記")
	p.gap(8)
}

// closing sets 以上.
func (p *paper) closing() {
	s := body
	s.align = atRight
	p.gap(8)
	p.write(whole, s, "以上")
}

// headed begins a part, and keeps its heading together with the next h points.
func (p *paper) headed(words string, h float64) {
	p.gap(14)
	p.keep(heading.leading + 4 + h)
	p.write(whole, heading, words)
	p.gap(4)
}

// pair sets a label and its value beside it; a pair without a value is left out.
func (p *paper) pair(label, value string) {
	if value == "" {
		return
	}
	const indent = 118.0
	in := strip{left + indent, measure - indent}
	s := body
	s.tone = dim
	labels := p.face.lines(label, body.size, indent-10)
	values := p.face.lines(value, body.size, in.w)
	p.keep(body.leading * float64(len(labels)))
	for i := range max(len(labels), len(values)) {
		p.keep(body.leading)
		if i < len(labels) {
			p.put(whole, p.y, s, labels[i])
		}
		if i < len(values) {
			p.put(in, p.y, body, values[i])
		}
		p.y += body.leading
	}
	p.gap(3)
}

// codesWith lists the codes whose row says yes, each once, in the order of the rows.
func codesWith[R any](rows []R, code func(R) string, yes func(R) bool) string {
	var codes []string
	seen := map[string]bool{}
	for _, row := range rows {
		if yes(row) && !seen[code(row)] {
			seen[code(row)] = true
			codes = append(codes, code(row))
		}
	}
	return strings.Join(codes, "、")
}

// tableNotes sets the lines under a table, on one page if they fit on one.
func (p *paper) tableNotes(notes ...string) {
	p.gap(6)
	p.keep(float64(len(notes)) * small.leading)
	p.writeAll(whole, small, notes...)
}

func sign(yes bool) string {
	if yes {
		return "○"
	}
	return "×"
}

// orDash writes － for what there is none of.
func orDash(s string) string {
	if s == "" {
		return "－"
	}
	return s
}
