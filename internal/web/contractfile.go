package web

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"

	"uketsuke/internal/calendar"
	"uketsuke/internal/contract"
	"uketsuke/internal/desk"
)

// contractFiles are the rows of the page as files.
func contractFiles(base string, page desk.ContractPage) []Export {
	on := url.Values{"on": {page.On.String()}}
	return []Export{exportButton("CSVで保存する", base+".csv", on), exportButton("JSONで保存する", base+".json", on)}
}

// exportContract is the contract of the day that a file is asked for; send answers with it.
func (s *Server) exportContract(v *visit, asked url.Values, format string, send func(*visit, desk.ContractPage, contractPlace) (int, error)) (outgoing, error) {
	place := v.contractPlace()
	back := place.toContract()
	back.Address += without(asked, "password")
	on, wrong := contractDay("on", asked.Get("on"))
	if err := wrong.Err(); err != nil {
		return outgoing{from: back}, err
	}
	page, err := s.Desk.Contract(v.ctx(), v.actor(), place.establishment, on)
	return outgoing{
		Export: desk.Export{Kind: "contract." + format, Establishment: place.establishment, Filter: filterWords(asked)}, what: "契約内容", from: back,
		send: func() (int, error) { return send(v, page, place) },
	}, err
}

func (s *Server) exportContractCSV(v *visit, asked url.Values) (outgoing, error) {
	return s.exportContract(v, asked, "csv", s.sendContractCSV)
}

func (s *Server) exportContractJSON(v *visit, asked url.Values) (outgoing, error) {
	return s.exportContract(v, asked, "json", s.sendContractJSON)
}

// sendContractCSV answers with the rows of the contract, in the language of the pages; days are written as
// 2024-12-12, so that a spreadsheet reads them.
func (s *Server) sendContractCSV(v *visit, page desk.ContractPage, place contractPlace) (int, error) {
	return v.sendCSV("contract-"+page.On.String()+".csv", func(yield func([]string, error) bool) {
		if !yield(v.texts(append([]string{"表示する日", "種類", "対象"}, contractLabels()...)), nil) {
			return
		}
		for _, line := range s.contractLines(page.Contract, place.base) {
			if !yield(v.contractRow(page.On, line), nil) {
				return
			}
		}
	})
}

// texts are texts of ours in the language of the pages.
func (v *visit) texts(japanese []string) []string {
	words := make([]string, len(japanese))
	for i, text := range japanese {
		words[i] = v.s.pages.Texts.Text(v.lang, text)
	}
	return words
}

// contractRow is one line of the file, each cell under its heading.
func (v *visit) contractRow(on calendar.Date, line ContractLine) []string {
	row := append([]string{on.String()}, v.texts([]string{kindName(line.Line.Kind), line.Name})...)
	for _, label := range contractLabels() {
		text := ""
		for _, cell := range line.Cells {
			switch {
			case cell.Label != label:
			case label == cellTerminals:
				text = strconv.Itoa(line.Line.Terminals)
			case cell.Says.Text != "":
				text = v.s.pages.Texts.Sentence(v.lang, cell.Says)
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
func (s *Server) sendContractJSON(v *visit, page desk.ContractPage, place contractPlace) (int, error) {
	data := contractJSON{On: page.On, AsKnownNow: page.On.After(page.Today), Establishment: place.establishment,
		Name: page.Contract.Establishment.Name, Lines: []lineJSON{}}
	for _, line := range s.contractLines(page.Contract, place.base) {
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
	v.attach("application/json; charset=utf-8", "contract-"+page.On.String()+".json")
	_, _ = v.w.Write(append(text, '\n')) // an error means that the browser has gone
	return len(data.Lines), nil
}
