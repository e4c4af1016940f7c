package apply

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"uketsuke/internal/application"
	"uketsuke/internal/calendar"
	"uketsuke/internal/contract"
	"uketsuke/internal/desk"
	"uketsuke/internal/problem"
	"uketsuke/internal/web/cases"
	"uketsuke/internal/web/holding"
	"uketsuke/internal/web/kit"
)

// A ConfirmPage is the confirmation: everything once more before it is registered.
type ConfirmPage struct {
	Wizard
	Start, Contact []kit.Pair
	Rows           []application.TableRow
	Legend         []string
	Notes          []kit.Sentence // what the table has no column for
	Reissue        []cases.HeldIDLine
	Changes        []holding.ContractDifference // against today's contract, before and after
	Charge         *ChargeComparison            // nil when it cannot be said
	Settings       []cases.SettingsShown
	Then           []cases.ContractRow
	Totals         []kit.Pair
	Dates          []kit.Pair
	// NewEarliest is set when the wish is no longer possible: the day that one button takes instead.
	NewEarliest calendar.Date
	Incomplete  bool
	Deadline    Deadline
	NoStart     bool // a re-issue: nothing of the contract changes, and there is no day (R-SEC-9)
	Rules       kit.Tick
	RulesURL    string
	RulesText   string
	Codes, Edit string
}

func (s *Pages) ShowConfirm(v *kit.Request, f kit.Form) error {
	c, err := s.draft(v)
	if err != nil {
		return err
	}
	possible, err := s.Desk.Start(v.Ctx(), v.Actor())
	if err != nil {
		return err
	}
	today, then, err := s.Desk.ContractAsWished(v.Ctx(), v.Actor(), c.ID)
	if err != nil {
		return err
	}
	reissue, err := s.cases.ReissueLines(v, c)
	if err != nil {
		return err
	}
	f.Problems = atSections(f.Problems)
	data := ConfirmPage{
		Start: cases.StartPairs(c, s.Desk), Contact: cases.ContactPairs(c.Document.Contact), Rows: c.Rows, Legend: c.Legend, Notes: cases.TableNotes(c), Settings: cases.SettingsShownOf(c),
		Then: s.cases.MarkedRows(today, then, nil), Totals: totals(today, then), Dates: dateWords(possible),
		Incomplete: c.SettingsNeeded && !c.SettingsComplete && asksSomething(c.Document), Deadline: Deadline{Wish: c.Document.Desired, Day: c.WishDeadline},
		Rules:    f.Tick(kit.Tick{Name: "rules", Label: "利用規程を読み、同意します", Required: true}),
		RulesURL: s.Operator.Rules, RulesText: s.Desk.Operator.RulesVersion, Codes: kit.ApplicationPath(c.ID, "codes"), Edit: "?return=confirm",
	}
	data.Reissue, data.NoStart = reissue, c.Document.IsReissue()
	if data.NoStart {
		data.Dates = nil
	}
	data.Changes = s.PlannedWords(today, then, "/contract")
	if data.Charge, err = s.chargeComparison(v, c); err != nil {
		return err
	}
	if wish := c.Document.Desired; !wish.IsZero() && wish.Before(possible.Earliest) {
		data.NewEarliest = possible.Earliest
	}
	data.Wizard = wizard(v, c, cases.StepConfirm, f, "confirm")
	data.Return = ""
	data.Back = kit.Link{Text: "戻る", Address: data.Codes}
	return v.Render("confirm", data)
}

// atSections moves problems to the section of the page that shows what they are about.
func atSections(problems problem.List) problem.List {
	moved := slices.Clone(problems)
	for i, p := range moved {
		switch head, _, _ := strings.Cut(p.Field, "."); head {
		case "kinds", "desired", "reason":
			moved[i].Field = "section-start"
		case "contact":
			moved[i].Field = "section-contact"
		case "codes", "reissue":
			moved[i].Field = "section-codes"
		case "settings":
			moved[i].Field = "section-settings"
		case "rules", "":
		default:
			moved[i].Field = ""
		}
	}
	return moved
}

// totals say how many codes and IDs there are today and then.
func totals(today, then contract.Contract) []kit.Pair {
	codes := kit.Say("現在 %d → 変更後 %d", len(today.Codes), len(then.Codes))
	ids := kit.Say("現在 %d → 変更後 %d", idCount(today), idCount(then))
	return []kit.Pair{{Term: "利用者コードの数", Says: codes}, {Term: "利用者IDの数", Says: ids}}
}

func idCount(c contract.Contract) int {
	n := 0
	for _, code := range c.Codes {
		n += len(code.IDs)
	}
	return n
}

// dateWords explain from which day the wish is counted (R-APP-11).
func dateWords(p desk.StartPage) []kit.Pair {
	return []kit.Pair{
		{Term: "申込の基準日", Says: kit.Say("%s（17:00までに登録した場合。過ぎると次の営業日になります）", p.BaseDay)},
		{Term: "いちばん早い利用開始希望日", Says: kit.Say("%s（基準日の7営業日後）", p.Earliest)},
		{Term: "いちばん遅い利用開始希望日", Says: kit.Say("%s（基準日の6か月後まで）", p.Latest)},
	}
}

// Register is 「申込内容を登録する」; pressing it twice gives the same receipt number (R-APP-14).
func (s *Pages) Register(v *kit.Request) error {
	in, err := v.Form("version", "do", "rules")
	if err != nil {
		return err
	}
	ref, err := v.Ref(in)
	if err != nil {
		return err
	}
	if in.Get("do") == "earliest" {
		if err := s.Desk.UseEarliest(v.Ctx(), v.Actor(), ref); err != nil {
			return err
		}
		return v.SeeOther(kit.ApplicationPath(ref.ID, "confirm"), "利用開始希望日を変更しました。内容を確認して登録してください。")
	}
	if _, err := s.Desk.Register(v.Ctx(), v.Actor(), ref, in.Get("rules") == "yes"); err != nil {
		var problems problem.List
		if errors.As(err, &problems) {
			return problems
		}
		return err
	}
	return v.SeeOther(kit.ApplicationPath(ref.ID, "registered"))
}

// A RegisteredPage is 「変更申込　申込登録完了」. It says that the answer may come on the next business day or later (R-EX-1).
type RegisteredPage struct {
	kit.Frame
	Case      desk.Case
	Steps     []kit.Step
	Addresses []string
	Phases    []kit.Phase
	Pairs     []kit.Pair
	Settings  string // where settings are completed, "" when there is nothing to do
	Deadline  Deadline
	Waiting   bool // the centre has not answered yet
	Detail    string
	Form      string
	Receipt   string // the paper
}

// ShowRegistered shows the receipt; it survives bookmark and reload, whatever has happened since.
func (s *Pages) ShowRegistered(v *kit.Request, f kit.Form) error {
	c, err := s.Desk.Written(v.Ctx(), v.Actor(), v.HTTP.PathValue("id"))
	if err != nil {
		return err
	}
	if c.Receipt == "" {
		return desk.ErrNotFound
	}
	data := RegisteredPage{
		Waiting: c.State == application.Registered || c.State == application.UnderExamination, Deadline: Deadline{Wish: c.Desired, Day: c.WishDeadline},
		Frame: v.Frame(kit.ApplicationPath(c.ID, "registered"), f), Case: c, Steps: stepsOf(c, cases.StepDone), Addresses: mailedTo(c), Phases: phasesFor(c.State),
		Detail: kit.ApplicationPath(c.ID), Form: kit.ApplicationPath(c.ID, "form.pdf"), Receipt: kit.ApplicationPath(c.ID, "receipt.pdf"),
		Pairs: []kit.Pair{
			{Term: "申込受付番号", Value: c.Receipt, Mono: true}, {Term: "状態", Tag: kit.Tag{Kind: "blue", Text: c.State.Japanese()}}, {Term: "登録日時", Says: kit.Say("%s", c.RegisteredAt)},
			{Term: "登録した方", Value: c.Registrant}, {Term: "申込内容", Says: kit.Say(c.Items)}, {Term: "利用開始希望日", Day: c.Desired},
		},
	}
	if c.Document.IsReissue() {
		data.Phases[2].Text = cases.PhaseReissued
		data.Pairs[len(data.Pairs)-1] = kit.Pair{Term: "利用開始希望日", Says: cases.NoWish()}
	}
	for i := range data.Steps {
		data.Steps[i].Done, data.Steps[i].Address = i < cases.StepDone, ""
	}
	if c.SettingsNeeded && !c.SettingsComplete && slices.Contains(c.Allowed, application.SaveSettings) && asksSomething(c.Document) {
		for _, code := range c.CodeSettings {
			if !code.Complete {
				data.Settings = kit.ApplicationPath(c.ID, "codes", strconv.Itoa(code.Placeholder), "settings", cases.FirstIncomplete(c, code.Placeholder))
				break
			}
		}
	}
	return v.Render("registered", data)
}

// mailedTo are the addresses that got the receipt: the contact's and the administrators', each once.
func mailedTo(c desk.Case) []string {
	addresses := []string{c.Document.Contact.Email}
	for _, p := range c.Establishment.Administrators {
		if !slices.Contains(addresses, p.Email) {
			addresses = append(addresses, p.Email)
		}
	}
	return addresses
}

// phasesFor are the three phases with the one an application is in.
func phasesFor(state application.State) []kit.Phase {
	switch state {
	case application.InDraft, application.Returned:
		return kit.PhasesAt(1)
	case application.Registered, application.UnderExamination, application.Approved:
		return kit.PhasesAt(2)
	case application.InEffect:
		return kit.PhasesAt(3)
	}
	return kit.PhasesAt(0)
}
