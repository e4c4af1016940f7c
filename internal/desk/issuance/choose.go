package issuance

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"uketsuke/internal/application"
	"uketsuke/internal/desk/casefile"
	"uketsuke/internal/desk/command"
	"uketsuke/internal/problem"
	"uketsuke/internal/store/column"
	"uketsuke/internal/store/query"
	"uketsuke/internal/userid"
)

// What an examiner may choose instead of what the page proposes (R-ID-7): another free user code, also under another
// abbreviation of the company, and other numbers that were never used. What is chosen is born before anything is
// taken from a counter, so that a counter never takes it away.

// A choice is what was chosen for an approval, by placeholder; numbers stand at their place in the plan.
type choice struct {
	codes   map[int]userid.Code
	numbers map[int]map[int]userid.Number
}

// words are the codes and numbers chosen, blank between them, for the history and the check.
func (c choice) words() string {
	var words []string
	for _, placeholder := range slices.Sorted(maps.Keys(c.codes)) {
		words = append(words, string(c.codes[placeholder]))
	}
	for _, placeholder := range slices.Sorted(maps.Keys(c.numbers)) {
		for _, at := range slices.Sorted(maps.Keys(c.numbers[placeholder])) {
			words = append(words, string(c.numbers[placeholder][at]))
		}
	}
	return strings.Join(words, " ")
}

// chosen reads the choice and makes the chosen codes.
func chosen(a *command.Tx, est query.Establishment, doc application.Document, in casefile.ApproveForm) (choice, error) {
	c, err := readChoice(a, est, doc, in)
	if err != nil {
		return c, err
	}
	return c, bearCodes(a, est, c)
}

// readChoice reads the choice and refuses at its field what is not allowed; whether something is free is decided when
// it is made.
func readChoice(a *command.Tx, est query.Establishment, doc application.Document, in casefile.ApproveForm) (choice, error) {
	c := choice{codes: map[int]userid.Code{}, numbers: map[int]map[int]userid.Number{}}
	abbreviations, err := a.Store.ListAbbreviations(a.Ctx, est.Company)
	if err != nil {
		return c, fmt.Errorf("reading the company's abbreviations: %w", err)
	}
	taken, err := codesTaken(a, abbreviations)
	if err != nil {
		return c, err
	}
	var l problem.List
	proposals := slices.Clone(in.Proposed)
	for _, planned := range application.Plan(doc, a.Runner.Catalogue) {
		proposal := ""
		if len(proposals) > 0 {
			proposal, proposals = proposals[0], proposals[1:]
		}
		if planned.Existing == "" {
			wrong := chooseCode(est.Region, abbreviations, c, planned.Placeholder, in.Codes[planned.Placeholder], proposal)
			if code := c.codes[planned.Placeholder]; taken[code] {
				wrong.Add("code."+strconv.Itoa(planned.Placeholder), "R-ID-6", codeTaken, string(code))
			}
			l = append(l, wrong...)
		}
		l = append(l, chooseNumbers(c, planned, in.Numbers[planned.Placeholder])...)
	}
	return c, l.Err()
}

const codeTaken = "利用者コード「%s」は、すでに発行されているか欠番です。ほかの利用者コードを入力してください。"

// codesTaken are the codes that there ever were under the company's abbreviations. It only tells early: the key
// decides when the code is made.
func codesTaken(a *command.Tx, abbreviations []string) (map[userid.Code]bool, error) {
	taken := map[userid.Code]bool{}
	for _, abbreviation := range abbreviations {
		used, err := a.Store.CodesUnder(a.Ctx, abbreviation)
		if err != nil {
			return nil, fmt.Errorf("reading the codes under %s: %w", abbreviation, err)
		}
		for _, code := range used {
			taken[userid.Code(code)] = true
		}
	}
	return taken, nil
}

// chooseCode is R-ID-7 for one typed code; "" and the proposal itself leave it to the counter (R-ID-10).
func chooseCode(region string, abbreviations []string, c choice, placeholder int, typed, proposal string) problem.List {
	if folded := userid.Fold(typed); folded == "" || folded == proposal {
		return nil
	}
	field := "code." + strconv.Itoa(placeholder)
	code, err := userid.ParseCode(typed)
	if err != nil {
		return problem.List{problem.New(field, "R-ID-2", "「%s」は利用者コードの形式ではありません。営業所コード2文字と企業略称3文字で入力してください。", typed)}
	}
	var l problem.List
	switch {
	case userid.Reserved(code):
		l.Add(field, "R-ID-7", "「%s」で始まるコードはネットワークで予約されています。ほかの利用者コードを入力してください。", string(code[:2]))
	case !slices.Contains(abbreviations, code.Abbreviation()):
		l.Add(field, "R-ID-7", "企業略称「%s」はこの企業のものではありません。%sのいずれかを使ってください。", code.Abbreviation(), strings.Join(abbreviations, "、"))
	case code.OfficeOrdinal() == 0 || string(code[:1]) != region:
		l.Add(field, "R-ID-7", "営業所コード「%s」は使えません。1文字目は税関の地域「%s」、2文字目はI・Oを除く英字か数字にしてください。", string(code.Office()), region)
	case slices.Contains(slices.Collect(maps.Values(c.codes)), code):
		l.Add(field, "R-ID-8", "利用者コード「%s」が重複しています。利用者コードごとに別のコードを入力してください。", string(code))
	default:
		c.codes[placeholder] = code
	}
	return l
}

// chooseNumbers is R-ID-9 for the typed numbers of one code; "" takes the lowest never-used one.
func chooseNumbers(c choice, planned application.PlannedCode, typed []string) problem.List {
	var l problem.List
	for i, one := range typed {
		if i >= len(planned.Numbers) || userid.Fold(one) == "" {
			continue
		}
		field := fmt.Sprintf("number.%d.%d", planned.Placeholder, i)
		number, err := userid.ParseNumber(one)
		if err != nil {
			l.Add(field, "R-ID-4", "「%s」は識別番号の形式ではありません。A0A や 001 のように3文字で入力してください。", one)
			continue
		}
		_, generated := userid.Ordinal(number)
		switch {
		case number.Class() != planned.Numbers[i].Class:
			l.Add(field, "R-ID-3", "識別番号「%s」は、この処理方式の番号ではありません。netNACCSは英字、一般NACCSは数字で始まります。", string(number))
		case !generated:
			l.Add(field, "R-ID-5", "識別番号「%s」は使えません。I・Oを含む番号と000は発行しません。", string(number))
		case slices.Contains(slices.Collect(maps.Values(c.numbers[planned.Placeholder])), number):
			l.Add(field, "R-ID-9", "識別番号「%s」が重複しています。別の番号を入力してください。", string(number))
		default:
			if c.numbers[planned.Placeholder] == nil {
				c.numbers[planned.Placeholder] = map[int]userid.Number{}
			}
			c.numbers[planned.Placeholder][i] = number
		}
	}
	return l
}

// bearCodes makes the chosen codes in sorted order; one that was ever used is refused at its field (R-ID-6).
func bearCodes(a *command.Tx, est query.Establishment, c choice) error {
	var l problem.List
	placeholders := slices.SortedFunc(maps.Keys(c.codes), func(x, y int) int { return strings.Compare(string(c.codes[x]), string(c.codes[y])) })
	for _, placeholder := range placeholders {
		code := c.codes[placeholder]
		fresh, err := a.Store.InsertUserCode(a.Ctx, query.InsertUserCodeParams{Code: string(code), Establishment: est.ID,
			Application: a.App.ID, Placeholder: int64(placeholder), BornAt: column.At(a.Now)})
		if err != nil {
			return fmt.Errorf("issuing user code %s: %w", code, err)
		}
		if fresh != 1 {
			l.Add("code."+strconv.Itoa(placeholder), "R-ID-6", codeTaken, string(code))
		}
		a.GiveCode(string(code), est.ID, a.App.ID)
	}
	return l.Err()
}

// idFor is the ID with the chosen number, or with the lowest never-used one.
func idFor(a *command.Tx, code userid.Code, placeholder, at int, planned application.PlannedNumber, c choice) (userid.ID, error) {
	if number, is := c.numbers[placeholder][at]; is {
		return userid.NewID(code, number), nil
	}
	return takeID(a, code, planned)
}

// bearNumbers makes the IDs of the chosen numbers of a code; one that was ever used is refused at its field (R-ID-6).
func bearNumbers(a *command.Tx, code userid.Code, planned application.PlannedCode, c choice) error {
	var l problem.List
	for _, at := range slices.Sorted(maps.Keys(c.numbers[planned.Placeholder])) {
		number := c.numbers[planned.Placeholder][at]
		id := userid.NewID(code, number)
		fresh, err := a.Store.InsertUserID(a.Ctx, query.InsertUserIDParams{ID: string(id), Code: string(code), Number: string(number),
			Establishment: a.App.Establishment, Application: a.App.ID, RowIndex: int64(planned.Numbers[at].Row), BornAt: column.At(a.Now)})
		if err != nil {
			return fmt.Errorf("issuing user ID %s: %w", id, err)
		}
		if fresh != 1 {
			l.Add(fmt.Sprintf("number.%d.%d", planned.Placeholder, at), "R-ID-6", "利用者ID「%s」は、すでに発行されているか欠番です。ほかの識別番号を入力してください。", string(id))
		}
		a.GiveID(string(id), a.App.Establishment, a.App.ID)
	}
	return l.Err()
}
