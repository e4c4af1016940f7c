package web

import (
	"errors"
	"net/http"
	"net/url"

	"uketsuke/internal/calendar"
	"uketsuke/internal/desk"
	"uketsuke/internal/problem"
)

// A ContractComparePage shows what differs between the contract of two days.
type ContractComparePage struct {
	Frame
	Base        string
	Whose       string
	From, To    Field
	Days        [2]calendar.Date // zero while they cannot be read
	Known       bool             // the later day has come: the answer never changes
	Differences []ContractDifference
	File        Export
}

// showContractComparison asks for two days and says what differs; a day that is wrong stays as it was typed.
func (s *Server) showContractComparison(v *visit, f Form) error {
	place, asked := v.contractPlace(), v.r.URL.Query()
	f.Values = url.Values{"from": {printable(asked.Get("from"))}, "to": {printable(asked.Get("to"))}}
	data := ContractComparePage{Base: place.base}
	comparison, err := s.comparisonAsked(v, place, asked)
	var wrong problem.List
	switch {
	case errors.As(err, &wrong):
		f.Problems, v.status = append(f.Problems, wrong...), http.StatusUnprocessableEntity
	case err != nil:
		return err
	default:
		f.Values = url.Values{"from": {comparison.From.String()}, "to": {comparison.To.String()}}
		data.Days, data.Known = [2]calendar.Date{comparison.From, comparison.To}, !comparison.To.After(comparison.Today)
		data.Differences = s.changeWords(comparison.Change, place.base)
		data.File = exportButton("CSVで保存する", place.base+"/compare.csv", f.Values)
		if place.centre {
			data.Whose = comparison.Establishment.Company + " " + comparison.Establishment.Name
		}
	}
	data.Frame = v.frame(place.base+"/compare", f)
	data.From = f.Field(Field{Name: "from", Label: "比較元の日", Type: "date"})
	data.To = f.Field(Field{Name: "to", Label: "比較先の日", Type: "date"})
	data.Back = place.toContract()
	return v.render("contract-compare", data)
}

// comparisonAsked is the comparison of the days asked for, or what is wrong about them.
func (s *Server) comparisonAsked(v *visit, place contractPlace, asked url.Values) (desk.ContractComparison, error) {
	from, wrong := contractDay("from", asked.Get("from"))
	to, more := contractDay("to", asked.Get("to"))
	if err := append(wrong, more...).Err(); err != nil {
		return desk.ContractComparison{}, err
	}
	return s.Desk.CompareContract(v.ctx(), v.actor(), place.establishment, from, to)
}

// exportComparison is what differs between two days as a file.
func (s *Server) exportComparison(v *visit, asked url.Values) (outgoing, error) {
	place := v.contractPlace()
	c, err := s.comparisonAsked(v, place, asked)
	return outgoing{
		Export: desk.Export{Kind: "contract-comparison.csv", Establishment: place.establishment, Filter: filterWords(asked)}, what: "契約内容の比較",
		from: Link{Text: "契約内容の比較に戻る", Address: place.base + "/compare" + without(asked, "password")},
		send: func() (int, error) { return s.sendComparison(v, c, place) },
	}, err
}

// sendComparison answers with one row per field that differs.
func (s *Server) sendComparison(v *visit, c desk.ContractComparison, place contractPlace) (int, error) {
	texts := v.s.pages.Texts
	return v.sendCSV("contract-"+c.From.String()+"-"+c.To.String()+".csv", func(yield func([]string, error) bool) {
		if !yield(v.texts([]string{"比較元の日", "比較先の日", "変更の内容", "種類", "対象", "項目", "変更前", "変更後"}), nil) {
			return
		}
		for _, d := range s.changeWords(c.Change, place.base) {
			for _, change := range d.Changes {
				row := append([]string{c.From.String(), c.To.String()}, v.texts([]string{d.Operation.Text, d.Kind, d.Name, change.Where})...)
				if !yield(append(row, texts.Sentence(v.lang, change.Before), texts.Sentence(v.lang, change.After)), nil) {
					return
				}
			}
		}
	})
}
