package holding

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"

	"uketsuke/internal/calendar"
	"uketsuke/internal/contract"
	"uketsuke/internal/desk"
	"uketsuke/internal/web/kit"
)

// contractFiles are the rows of the page as files.
func contractFiles(base string, page desk.ContractPage) []kit.Export {
	on := url.Values{"on": {page.On.String()}}
	return []kit.Export{kit.ExportButton("CSVで保存する", base+".csv", on), kit.ExportButton("JSONで保存する", base+".json", on)}
}

// exportContract is the contract of the day that a file is asked for; send answers with it.
func (s *Pages) exportContract(v *kit.Request, asked url.Values, format string, send func(*kit.Request, desk.ContractPage, contractPlace) (int, error)) (kit.Outgoing, error) {
	place := placeAsked(v)
	back := place.toContract()
	back.Address += kit.Without(asked, "password")
	on, wrong := contractDay("on", asked.Get("on"))
	if err := wrong.Err(); err != nil {
		return kit.Outgoing{From: back}, err
	}
	page, err := s.Desk.Contract(v.Ctx(), v.Actor(), place.establishment, on)
	return kit.Outgoing{
		Export: desk.Export{Kind: "contract." + format, Establishment: place.establishment, Filter: kit.FilterWords(asked)}, What: "契約内容", From: back,
		Send: func() (int, error) { return send(v, page, place) },
	}, err
}

func (s *Pages) ExportContractCSV(v *kit.Request, asked url.Values) (kit.Outgoing, error) {
	return s.exportContract(v, asked, "csv", s.sendContractCSV)
}

func (s *Pages) ExportContractJSON(v *kit.Request, asked url.Values) (kit.Outgoing, error) {
	return s.exportContract(v, asked, "json", s.sendContractJSON)
}

// sendContractCSV answers with the rows of the contract, in the language of the pages; days are written as
// 2024-12-12, so that a spreadsheet reads them.
func (s *Pages) sendContractCSV(v *kit.Request, page desk.ContractPage, place contractPlace) (int, error) {
	return v.SendCSV("contract-"+page.On.String()+".csv", func(yield func([]string, error) bool) {
		if !yield(wordsOf(v, append([]string{"表示する日", "種類", "対象"}, contractLabels()...)), nil) {
			return
		}
		for _, line := range s.ContractLines(page.Contract, place.base) {
			if !yield(contractRow(v, page.On, line), nil) {
				return
			}
		}
	})
}

// wordsOf are texts of ours in the language of the pages.
func wordsOf(v *kit.Request, japanese []string) []string {
	words := make([]string, len(japanese))
	for i, text := range japanese {
		words[i] = v.Kit.Renderer.Texts.Text(v.Lang, text)
	}
	return words
}

// contractRow is one line of the file, each cell under its heading.
func contractRow(v *kit.Request, on calendar.Date, line ContractLine) []string {
	row := append([]string{on.String()}, wordsOf(v, []string{kindName(line.Line.Kind), line.Name})...)
	for _, label := range contractLabels() {
		text := ""
		for _, cell := range line.Cells {
			switch {
			case cell.Label != label:
			case label == cellTerminals:
				text = strconv.Itoa(line.Line.Terminals)
			case cell.Says.Text != "":
				text = v.Kit.Renderer.Texts.Sentence(v.Lang, cell.Says)
			default:
				text = cell.Day.String()
			}
		}
		row = append(row, text)
	}
	return row
}

// A contractJSON is the contract as of a day for programs: catalogue keys, days as 2024-12-12, null for what is
// not known or does not apply. What it says of a past day never changes, so it then says nothing of what is
// coming.
type contractJSON struct {
	On calendar.Date `json:"on"`
	// AsKnownNow says that the day is yet to come, so that the answer may still change (R-CON-2).
	AsKnownNow    bool         `json:"as_known_now"`
	Establishment string       `json:"establishment"`
	Name          string       `json:"name"`
	Lines         []lineJSON   `json:"lines"`
	Coming        []changeJSON `json:"coming"`
}

type lineJSON struct {
	Kind         contract.Kind  `json:"kind"`
	Subject      string         `json:"subject"`
	Plan         *string        `json:"plan"`
	Terminals    *int           `json:"terminals"`
	Category     *string        `json:"category"`
	Trades       []string       `json:"trades"`
	Method       *string        `json:"method"`
	SingleSignOn *bool          `json:"single_sign_on"`
	StatsPaid    *bool          `json:"statistics_paid"`
	StatsFree    *bool          `json:"statistics_free"`
	Archive      *bool          `json:"bonded_archive"`
	Since        *calendar.Date `json:"since"`
	Until        *calendar.Date `json:"until"`
}

type changeJSON struct {
	Day calendar.Date `json:"day"`
	// Renamed says that name, address or signatory of the establishment change.
	Renamed     bool             `json:"renamed"`
	Differences []differenceJSON `json:"differences"`
}

type differenceJSON struct {
	Before *lineJSON `json:"before"`
	After  *lineJSON `json:"after"`
}

func asJSON(l contract.Line) *lineJSON {
	if l.Kind == "" {
		return nil
	}
	j := lineJSON{Kind: l.Kind, Subject: l.Subject}
	switch l.Kind {
	case contract.OfPart:
		j.Plan, j.Terminals = &l.Plan, &l.Terminals
		return &j
	case contract.OfCode:
		j.StatsPaid, j.StatsFree, j.Archive = &l.StatsPaid, &l.StatsFree, &l.Archive
	case contract.OfID:
		j.Method, j.SingleSignOn = &l.Method, &l.SingleSignOn
	}
	j.Category, j.Trades, j.Since = &l.Category, append([]string{}, l.Trades...), &l.Since
	if !l.Until.IsZero() {
		j.Until = &l.Until
	}
	return &j
}

// sendContractJSON answers with the same rows for programs.
func (s *Pages) sendContractJSON(v *kit.Request, page desk.ContractPage, place contractPlace) (int, error) {
	data := contractJSON{On: page.On, AsKnownNow: page.On.After(page.Today), Establishment: place.establishment,
		Name: page.Contract.Establishment.Name, Lines: []lineJSON{}}
	for _, line := range s.ContractLines(page.Contract, place.base) {
		data.Lines = append(data.Lines, *asJSON(line.Line))
	}
	if !page.On.Before(page.Today) {
		data.Coming = []changeJSON{}
	} else {
		page.Coming = nil
	}
	for _, change := range page.Coming {
		one := changeJSON{Day: change.Day, Renamed: change.Renamed(), Differences: []differenceJSON{}}
		for _, d := range change.Differences() {
			one.Differences = append(one.Differences, differenceJSON{asJSON(d.Before), asJSON(d.After)})
		}
		data.Coming = append(data.Coming, one)
	}
	text, err := json.MarshalIndent(data, "", "  ")
	if err != nil {
		return 0, fmt.Errorf("writing the contract as JSON: %w", err)
	}
	v.Attach("application/json; charset=utf-8", "contract-"+page.On.String()+".json")
	_, _ = v.Out.Write(append(text, '\n')) // an error means that the browser has gone
	return len(data.Lines), nil
}
