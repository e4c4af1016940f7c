package holding

import (
	"errors"
	"net/http"
	"net/url"

	"uketsuke/internal/calendar"
	"uketsuke/internal/desk"
	"uketsuke/internal/problem"
	"uketsuke/internal/web/kit"
)

// A ContractComparePage shows what differs between the contract of two days.
type ContractComparePage struct {
	kit.Frame
	Base        string
	Whose       string
	From, To    kit.Field
	Days        [2]calendar.Date // zero while they cannot be read
	Known       bool             // the later day has come: the answer never changes
	Differences []ContractDifference
	File        kit.Export
}

// ShowContractComparison asks for two days and says what differs; a day that is wrong stays as it was typed.
func (s *Pages) ShowContractComparison(v *kit.Request, f kit.Form) error {
	place, asked := placeAsked(v), v.HTTP.URL.Query()
	f.Values = url.Values{"from": {kit.Printable(asked.Get("from"))}, "to": {kit.Printable(asked.Get("to"))}}
	data := ContractComparePage{Base: place.base}
	comparison, err := s.comparisonAsked(v, place, asked)
	var wrong problem.List
	switch {
	case errors.As(err, &wrong):
		f.Problems, v.Status = append(f.Problems, wrong...), http.StatusUnprocessableEntity
	case err != nil:
		return err
	default:
		f.Values = url.Values{"from": {comparison.From.String()}, "to": {comparison.To.String()}}
		data.Days, data.Known = [2]calendar.Date{comparison.From, comparison.To}, !comparison.To.After(comparison.Today)
		data.Differences = s.changeWords(comparison.Change, place.base)
		data.File = kit.ExportButton("CSVで保存する", place.base+"/compare.csv", f.Values)
		if place.centre {
			data.Whose = comparison.Establishment.Company + " " + comparison.Establishment.Name
		}
	}
	data.Frame = v.Frame(place.base+"/compare", f)
	data.From = f.Field(kit.Field{Name: "from", Label: "比較元の日", Type: "date"})
	data.To = f.Field(kit.Field{Name: "to", Label: "比較先の日", Type: "date"})
	data.Back = place.toContract()
	return v.Render("contract-compare", data)
}

// comparisonAsked is the comparison of the days asked for, or what is wrong about them.
func (s *Pages) comparisonAsked(v *kit.Request, place contractPlace, asked url.Values) (desk.ContractComparison, error) {
	from, wrong := contractDay("from", asked.Get("from"))
	to, more := contractDay("to", asked.Get("to"))
	if err := append(wrong, more...).Err(); err != nil {
		return desk.ContractComparison{}, err
	}
	return s.Desk.CompareContract(v.Ctx(), v.Actor(), place.establishment, from, to)
}

// ExportComparison is what differs between two days as a file.
func (s *Pages) ExportComparison(v *kit.Request, asked url.Values) (kit.Outgoing, error) {
	place := placeAsked(v)
	c, err := s.comparisonAsked(v, place, asked)
	return kit.Outgoing{
		Export: desk.Export{Kind: "contract-comparison.csv", Establishment: place.establishment, Filter: kit.FilterWords(asked)}, What: "契約内容の比較",
		From: kit.Link{Text: "契約内容の比較に戻る", Address: place.base + "/compare" + kit.Without(asked, "password")},
		Send: func() (int, error) { return s.sendComparison(v, c, place) },
	}, err
}

// sendComparison answers with one row per field that differs.
func (s *Pages) sendComparison(v *kit.Request, c desk.ContractComparison, place contractPlace) (int, error) {
	texts := v.Kit.Renderer.Texts
	return v.SendCSV("contract-"+c.From.String()+"-"+c.To.String()+".csv", func(yield func([]string, error) bool) {
		if !yield(wordsOf(v, []string{"比較元の日", "比較先の日", "変更の内容", "種類", "対象", "項目", "変更前", "変更後"}), nil) {
			return
		}
		for _, d := range s.changeWords(c.Change, place.base) {
			for _, change := range d.Changes {
				row := append([]string{c.From.String(), c.To.String()}, wordsOf(v, []string{d.Operation.Text, d.Kind, d.Name, change.Where})...)
				if !yield(append(row, texts.Sentence(v.Lang, change.Before), texts.Sentence(v.Lang, change.After)), nil) {
					return
				}
			}
		}
	})
}
