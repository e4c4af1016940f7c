package application

import (
	"uketsuke/internal/catalogue"
	"uketsuke/internal/userid"
)

// A PlannedCode is one user code that an approval has to issue, with its numbers in the order in which
// they are taken (R-ID-8, R-ID-9).
type PlannedCode struct {
	Placeholder int
	Numbers     []PlannedNumber
}

// A PlannedNumber is one identification number to issue: for which row, of which series.
type PlannedNumber struct {
	Row   int // index into the item's rows
	Class userid.Class
}

// Plan lists what an approval issues: one code per placeholder (R-ID-8), its numbers in the order of the
// rows (R-ID-9). The store gives each its lowest never-used value. The document must have passed Problems;
// the class of an unknown method is "".
func Plan(d Document, cat *catalogue.Catalogue) []PlannedCode {
	var plan []PlannedCode
	for _, item := range d.Codes {
		code := PlannedCode{Placeholder: item.Placeholder}
		for i, row := range item.Rows {
			method, _ := cat.Method(row.Method)
			for range row.Count {
				code.Numbers = append(code.Numbers, PlannedNumber{i, method.Class})
			}
		}
		plan = append(plan, code)
	}
	return plan
}

// An IssuedCode is the user code that a placeholder became, with its IDs by row.
type IssuedCode struct {
	Code userid.Code
	// Rows holds the IDs of each row of the item, in the order in which they were taken.
	Rows [][]userid.ID
}

// An Issued maps placeholders to what they became.
type Issued map[int]IssuedCode

// Preview says which IDs the plan would give if the codes, in the order of the document, were these and
// had no numbers yet: the live picture of E8 and C2. Codes beyond the given ones are left out, as are
// numbers beyond the end of a series.
func Preview(d Document, cat *catalogue.Catalogue, codes []userid.Code) Issued {
	issued := Issued{}
	for i, planned := range Plan(d, cat) {
		if i >= len(codes) {
			break
		}
		code := IssuedCode{Code: codes[i], Rows: make([][]userid.ID, len(d.Codes[i].Rows))}
		next := map[userid.Class]int{}
		for _, n := range planned.Numbers {
			number, err := userid.NumberAt(n.Class, next[n.Class])
			if err != nil {
				continue
			}
			next[n.Class]++
			code.Rows[n.Row] = append(code.Rows[n.Row], userid.NewID(code.Code, number))
		}
		issued[planned.Placeholder] = code
	}
	return issued
}
