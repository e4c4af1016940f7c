package cases

import (
	"slices"

	"uketsuke/internal/application"
	"uketsuke/internal/calendar"
	"uketsuke/internal/desk"
	"uketsuke/internal/web/kit"
)

// A PreparePage is the page 「利用開始の準備」.
type PreparePage struct {
	kit.Frame
	Receipt                       string
	Start                         calendar.Date
	Started                       bool
	Certificate, Software, Manual string
	Certificated                  bool // some method needs a certificate per terminal
	IDs                           []SetupLine
	Done, All                     int
	Action                        string // where ticks are posted to, "" for who may not tick now
	Settings                      calendar.Date
	Files                         FilesShown
	Case, Notice                  string
}

// A SetupLine is one new user ID with its U業務.
type SetupLine struct {
	ID        string
	Trades    []string
	Method    string
	Steps     []StepLine
	Done, All int
	AllValue  string // what the button sends that ticks all of them
}

// A StepLine is one U業務 of an ID. Value is what its button sends.
type StepLine struct {
	Code, Name, Value string
	By                kit.Sentence // who has done it and when, zero before
}

// ShowPrepare shows what is to be done until and from the start date. It is readable from the approval on
// (R-CON-3).
func (s *Pages) ShowPrepare(v *kit.Request, f kit.Form) error {
	p, err := s.Desk.Preparation(v.Ctx(), v.Actor(), v.HTTP.PathValue("id"))
	if err != nil {
		return err
	}
	c, o := p.Case, s.Desk.Operator
	data := PreparePage{
		Frame: v.Frame(kit.ApplicationPath(c.ID, "prepare"), f), Receipt: c.Receipt, Start: c.Start, Started: p.Started,
		Certificate: o.CertificateURL, Software: o.SoftwareURL, Manual: o.ManualURL, IDs: s.setupLines(p.IDs), Done: p.Done, All: p.All,
		Certificated: s.certificated(p.IDs), Case: kit.ApplicationPath(c.ID),
	}
	if p.MayTick {
		data.Action = kit.ApplicationPath(c.ID, "prepare")
	}
	if c.Reading != nil {
		data.Notice = kit.ApplicationPath(c.ID, "ids")
	}
	if slices.Contains(c.Allowed, application.SaveSettings) && c.SettingsNeeded && !c.SettingsComplete {
		data.Settings = c.SettingsDeadline
	}
	data.Files = filesShown(p.Files, p.Terminals, v.Actor().Role.MayApply())
	data.Back = kit.Link{Text: "この申込に戻る", Address: kit.ApplicationPath(c.ID)}
	return v.Render("prepare", data)
}

// certificated says whether some ID logs on by a method that needs a certificate per terminal.
func (s *Pages) certificated(ids []desk.IDSetup) bool {
	return slices.ContainsFunc(ids, func(id desk.IDSetup) bool {
		m, known := s.Desk.Catalogue.Method(id.Method)
		return known && m.Certificate
	})
}

func (s *Pages) setupLines(ids []desk.IDSetup) []SetupLine {
	var lines []SetupLine
	for _, id := range ids {
		line := SetupLine{ID: string(id.ID), Trades: s.TradeNames(id.Trades), Method: s.MethodWord(id.Method), Done: id.Done, All: len(id.Steps),
			AllValue: string(id.ID) + " *"}
		for _, step := range id.Steps {
			one := StepLine{Code: step.Code, Name: step.Name, Value: string(id.ID) + " " + step.Code}
			if step.By != "" {
				one.By = kit.Say("%s %s", step.By, step.At)
			}
			line.Steps = append(line.Steps, one)
		}
		lines = append(lines, line)
	}
	return lines
}

// TickSetup notes a U業務 as done, or takes that back.
func (s *Pages) TickSetup(v *kit.Request) error {
	in, err := v.Form("tick", "untick")
	if err != nil {
		return err
	}
	do, typed := s.Desk.TickSetup, in.Get("tick")
	if typed == "" {
		do, typed = s.Desk.UntickSetup, in.Get("untick")
	}
	id, step, err := desk.ParseTick(typed)
	if err != nil {
		return err
	}
	if err := do(v.Ctx(), v.Actor(), v.HTTP.PathValue("id"), id, step); err != nil {
		return err
	}
	return v.SeeOther(kit.ApplicationPath(v.HTTP.PathValue("id"), "prepare") + "#" + string(id))
}
