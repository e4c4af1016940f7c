package holding

import (
	"net/url"
	"slices"

	"uketsuke/internal/application"
	"uketsuke/internal/calendar"
	"uketsuke/internal/contract"
	"uketsuke/internal/userid"
	"uketsuke/internal/web/kit"
)

// A ContractLine is one row of a contract in words. Page, CSV and comparison are made of these, JSON of the
// contract.Line in it.
type ContractLine struct {
	Line    contract.Line
	Name    string // a code or ID as it stands, a part by its name
	Address string // of its history; "" for a part
	Cells   []ContractCell
}

// A ContractCell is one field of a line. A zero Sentence beside a zero Day says nothing.
type ContractCell struct {
	Label string
	Says  kit.Sentence
	Day   calendar.Date
	// Mark is "yes" or "no" for a service that is there or not.
	Mark string
	// Own says that the field is of the thing itself and does not follow from another.
	Own bool
}

// The headings of the cells, in the order in which they stand in a file.
const (
	cellPlan         = "料金プラン"
	cellTerminals    = "台数"
	cellCategory     = "区分"
	cellTrades       = "業種"
	cellMethod       = "処理方式"
	cellSingleSignOn = "シングルサインオン"
	cellPaid         = "有料分"
	cellFree         = "無料分"
	cellArchive      = "保税管理資料保存サービス"
	cellSince        = "利用開始"
	cellUntil        = "利用終了"
)

func contractLabels() []string {
	return []string{cellPlan, cellTerminals, cellCategory, cellTrades, cellMethod, cellSingleSignOn, cellPaid, cellFree, cellArchive, cellSince, cellUntil}
}

// ContractLines are the rows of a contract in words. base is the address of the contract's pages.
func (s *Pages) ContractLines(c contract.Contract, base string) []ContractLine {
	var lines []ContractLine
	for _, line := range c.Lines() {
		lines = append(lines, s.contractLine(line, base))
	}
	return lines
}

func (s *Pages) contractLine(line contract.Line, base string) ContractLine {
	l := ContractLine{Line: line, Name: line.Subject, Cells: s.contractCells(line)}
	switch line.Kind {
	case contract.OfPart:
		l.Name = partName(line.Subject)
	case contract.OfCode:
		l.Address = base + "/codes/" + url.PathEscape(line.Subject)
	case contract.OfID:
		l.Address = base + "/ids/" + url.PathEscape(line.Subject)
	}
	return l
}

func (s *Pages) contractCells(l contract.Line) []ContractCell {
	category := ContractCell{Label: cellCategory, Says: kit.Say(application.CategoryName(l.Category)), Own: l.Kind == contract.OfCode}
	trades := ContractCell{Label: cellTrades, Says: kit.Say(kit.OrNone(s.TradeWords(l.Trades))), Own: l.Kind == contract.OfID}
	days := []ContractCell{{Label: cellSince, Day: l.Since}, {Label: cellUntil, Day: l.Until}}
	switch l.Kind {
	case contract.OfPart:
		return []ContractCell{{Label: cellPlan, Says: planName(l.Plan), Own: true}, {Label: cellTerminals, Says: kit.Say("%d台", l.Terminals), Own: true}}
	case contract.OfCode:
		return append([]ContractCell{category, trades, markCell(cellPaid, l.StatsPaid), markCell(cellFree, l.StatsFree), markCell(cellArchive, l.Archive)}, days...)
	case contract.OfID:
		method := ContractCell{Label: cellMethod, Says: kit.Say(s.MethodWord(l.Method)), Own: true}
		return append([]ContractCell{category, trades, method, {Label: cellSingleSignOn, Says: signOnWord(l.SingleSignOn), Own: true}}, days...)
	}
	return nil
}

func markCell(label string, has bool) ContractCell {
	if has {
		return ContractCell{Label: label, Says: kit.Say("あり"), Mark: "yes", Own: true}
	}
	return ContractCell{Label: label, Says: kit.Say("なし"), Mark: "no", Own: true}
}

func signOnWord(has bool) kit.Sentence {
	if has {
		return kit.Say("要")
	}
	return kit.Say("否")
}

func planName(plan string) kit.Sentence {
	switch plan {
	case "A":
		return kit.Say("Aプラン")
	case "B":
		return kit.Say("Bプラン")
	}
	return kit.Say("－")
}

func partName(part string) string {
	if part == string(userid.General) {
		return "一般NACCS"
	}
	return "netNACCS"
}

// kindName is what a line says something of.
func kindName(k contract.Kind) string {
	switch k {
	case contract.OfCode:
		return "利用者コード"
	case contract.OfID:
		return "利用者ID"
	}
	return "契約"
}

// linesOfClass are the lines of a kind that belong to a part of the contract; an empty class means both.
func linesOfClass(lines []ContractLine, kind contract.Kind, class userid.Class) []ContractLine {
	var found []ContractLine
	for _, l := range lines {
		if l.Line.Kind == kind && (class == "" || l.Line.StandsOn(class)) {
			found = append(found, l)
		}
	}
	return found
}

// cellsOf are the lines with the cells of some headings alone.
func cellsOf(lines []ContractLine, labels ...string) []ContractLine {
	lines = slices.Clone(lines)
	for i, l := range lines {
		lines[i].Cells = slices.DeleteFunc(slices.Clone(l.Cells), func(c ContractCell) bool { return !slices.Contains(labels, c.Label) })
	}
	return lines
}

// A ContractDifference is one thing that is not the same on two days: part "contract-difference".
type ContractDifference struct {
	Kind      string // Japanese, what it is
	Name      string // which one
	Mono      bool
	Address   string
	Operation kit.Tag // 追加, 変更 or 削除
	Changes   []kit.ChangedLine
}

// DifferenceWords says what a difference is: every cell of what comes or goes, the differing ones of what stays.
func (s *Pages) DifferenceWords(d contract.Difference, base string) ContractDifference {
	before, after := s.contractLine(d.Before, base), s.contractLine(d.After, base)
	named := after
	x := ContractDifference{Kind: kindName(d.Kind()), Mono: d.Kind() != contract.OfPart, Operation: kit.Tag{Kind: "orange", Text: "変更"}}
	switch {
	case d.Before.Kind == "":
		x.Operation = kit.Tag{Kind: "green", Text: "追加"}
	case d.After.Kind == "":
		x.Operation, named = kit.Tag{Kind: "red", Text: "削除"}, before
	}
	x.Name, x.Address = named.Name, named.Address
	for i, cell := range named.Cells {
		line := kit.ChangedLine{Where: cell.Label, Before: saidBy(before.Cells, i), After: saidBy(after.Cells, i)}
		if cell.Own && (len(before.Cells) == 0 || len(after.Cells) == 0 || !sameSentence(line.Before, line.After)) {
			x.Changes = append(x.Changes, line)
		}
	}
	return x
}

func saidBy(cells []ContractCell, at int) kit.Sentence {
	if at < len(cells) {
		return cells[at].Says
	}
	return kit.Sentence{}
}

func sameSentence(a, b kit.Sentence) bool { return a.Text == b.Text && slices.Equal(a.Args, b.Args) }

// changeWords says what a change does, the establishment's names first.
func (s *Pages) changeWords(c contract.Change, base string) []ContractDifference {
	var all []ContractDifference
	if c.Renamed() {
		all = append(all, companyDifference(c))
	}
	for _, d := range c.Differences() {
		all = append(all, s.DifferenceWords(d, base))
	}
	return all
}

// companyDifference says what of name, address and signatory is not the same.
func companyDifference(c contract.Change) ContractDifference {
	x := ContractDifference{Kind: "契約者情報", Operation: kit.Tag{Kind: "orange", Text: "変更"}}
	after := kit.TermPairs(c.After.Establishment)
	for i, pair := range kit.TermPairs(c.Before.Establishment) {
		if pair.Value != after[i].Value {
			x.Changes = append(x.Changes, kit.ChangedLine{Where: pair.Term, Before: kit.Say("%s", pair.Value), After: kit.Say("%s", after[i].Value)})
		}
	}
	return x
}
