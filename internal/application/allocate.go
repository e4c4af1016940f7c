package application

import (
	"uketsuke/internal/catalogue"
	"uketsuke/internal/userid"
)

// A PlannedCode is one user code that an approval has to issue, with its numbers in the order in which
// they are taken (R-ID-8, R-ID-9).
type PlannedCode struct {
	Placeholder int
	// Existing is the code to which the numbers are added, "" for a code to be issued.
	Existing userid.Code
	Numbers  []PlannedNumber
}

// A PlannedNumber is one identification number to issue: for which row, of which series.
type PlannedNumber struct {
	Row   int // index into the item's rows
	Class userid.Class
}

// Plan lists what an approval issues: one code per placeholder (R-ID-8), its numbers in the order of the
// rows (R-ID-9), and the numbers that are added to existing codes (R-APP-8). The store gives each its lowest never-used value. The document must have passed Problems;
// the class of an unknown method is "".
func Plan(d Document, cat *catalogue.Catalogue) []PlannedCode {
	var plan []PlannedCode
	for _, item := range d.Codes {
		plan = append(plan, PlannedCode{Placeholder: item.Placeholder, Numbers: plannedNumbers(item.Rows, cat)})
	}
	for _, item := range d.Existing {
		if len(item.Add) > 0 {
			plan = append(plan, PlannedCode{item.Placeholder, item.Code, plannedNumbers(item.Add, cat)})
		}
	}
	return plan
}

func plannedNumbers(rows []Row, cat *catalogue.Catalogue) []PlannedNumber {
	var numbers []PlannedNumber
	for i, row := range rows {
		method, _ := cat.Method(row.Method)
		for range row.Count {
			numbers = append(numbers, PlannedNumber{i, method.Class})
		}
	}
	return numbers
}

// An IssuedCode is the user code that a placeholder became, with its IDs by row.
type IssuedCode struct {
	Code userid.Code
	// Rows holds the IDs of each row of the item, in the order in which they were taken.
	Rows [][]userid.ID
}

// An Issued maps placeholders to what they became.
type Issued map[int]IssuedCode

// Preview says which IDs the plan would give if the new codes, in the order of the document, were these: the
// live picture of the IDs. used are the IDs that existing codes ever had; new codes have none. Codes beyond
// the given ones are left out, as are numbers beyond the end of a series.
func Preview(d Document, cat *catalogue.Catalogue, codes []userid.Code, used map[userid.ID]bool) Issued {
	issued := Issued{}
	for _, planned := range Plan(d, cat) {
		code := planned.Existing
		if code == "" {
			if len(codes) == 0 {
				continue
			}
			code, codes = codes[0], codes[1:]
		}
		item, _ := d.Asked(planned.Placeholder)
		issued[planned.Placeholder] = previewCode(code, planned.Numbers, len(item.Rows), used)
	}
	return issued
}

func previewCode(code userid.Code, numbers []PlannedNumber, rows int, used map[userid.ID]bool) IssuedCode {
	become := IssuedCode{Code: code, Rows: make([][]userid.ID, rows)}
	next := map[userid.Class]int{}
	for _, n := range numbers {
		for {
			number, err := userid.NumberAt(n.Class, next[n.Class])
			if err != nil {
				break
			}
			next[n.Class]++
			if id := userid.NewID(code, number); !used[id] {
				become.Rows[n.Row] = append(become.Rows[n.Row], id)
				break
			}
		}
	}
	return become
}
