package web

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"uketsuke/internal/application"
	"uketsuke/internal/calendar"
	"uketsuke/internal/catalogue"
	"uketsuke/internal/contract"
	"uketsuke/internal/desk"
	"uketsuke/internal/problem"
)

// A ConfirmPage is page E10: everything once more before it is registered.
type ConfirmPage struct {
	Wizard
	Start, Contact []Pair
	Rows           []application.TableRow
	Legend         []string
	Notes          []Sentence // what the table has no column for
	Reissue        []HeldIDLine
	Changes        []ContractDifference // against today's contract, before and after
	Charge         *ChargeComparison    // nil when it cannot be said
	Settings       []SettingsShown
	Then           []ContractRow
	Totals         []Pair
	Dates          []Pair
	// NewEarliest is set when the wish is no longer possible: the day that one button takes instead.
	NewEarliest calendar.Date
	Incomplete  bool
	Deadline    Deadline
	NoStart     bool // a re-issue: nothing of the contract changes, and there is no day (R-SEC-9)
	Rules       Tick
	RulesURL    string
	RulesText   string
	Codes, Edit string
}

// SettingsShown is one tab of a code's settings in words.
type SettingsShown struct {
	Name     string // 追加1
	Title    string
	Complete bool
	Pairs    []Pair
	Edit     string
}

// A ContractRow is one user ID of a contract in words.
type ContractRow struct {
	Code, Number string
	Category     string
	Trades       []string
	Method       string
	SingleSignOn bool
	StatsPaid    bool
	StatsFree    bool
	Archive      bool
	Since, Until calendar.Date
	// Mark says what becomes of the ID; the zero Tag when nothing does.
	Mark Tag
}

func (s *Server) showConfirm(v *visit, f Form) error {
	c, err := s.draft(v)
	if err != nil {
		return err
	}
	possible, err := s.Desk.Start(v.ctx(), v.actor())
	if err != nil {
		return err
	}
	today, then, err := s.Desk.ContractAsWished(v.ctx(), v.actor(), c.ID)
	if err != nil {
		return err
	}
	reissue, err := s.reissueLines(v, c)
	if err != nil {
		return err
	}
	f.Problems = atSections(f.Problems)
	data := ConfirmPage{
		Start: startPairs(c, s.Desk), Contact: contactPairs(c.Document.Contact), Rows: c.Rows, Legend: c.Legend, Notes: tableNotes(c), Settings: settingsShown(c),
		Then: s.markedRows(today, then, nil), Totals: totals(today, then), Dates: dateWords(possible),
		Incomplete: c.SettingsNeeded && !c.SettingsComplete && asksSomething(c.Document), Deadline: Deadline{Wish: c.Document.Desired, Day: c.WishDeadline},
		Rules:    f.Tick(Tick{Name: "rules", Label: "利用規程を読み、同意します", Required: true}),
		RulesURL: s.operator.Rules, RulesText: s.Desk.Operator.RulesVersion, Codes: applicationPath(c.ID, "codes"), Edit: "?return=confirm",
	}
	data.Reissue, data.NoStart = reissue, c.Document.IsReissue()
	if data.NoStart {
		data.Dates = nil
	}
	data.Changes = s.plannedWords(today, then, "/contract")
	if data.Charge, err = s.chargeComparison(v, c); err != nil {
		return err
	}
	if wish := c.Document.Desired; !wish.IsZero() && wish.Before(possible.Earliest) {
		data.NewEarliest = possible.Earliest
	}
	data.Wizard = v.wizard(c, stepConfirm, f, "confirm")
	data.Return = ""
	data.Back = Link{Text: "戻る", Address: data.Codes}
	return v.render("confirm", data)
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

// startPairs are what E5 asked for, in words.
func startPairs(c desk.Case, d *desk.Desk) []Pair {
	var kinds []string
	for _, key := range c.Document.Kinds {
		if k, ok := d.Catalogue.Kind(key); ok {
			key = kindLabel(k)
		}
		kinds = append(kinds, key)
	}
	edit := Link{Text: "修正する", Address: applicationPath(c.ID, "start") + "?return=confirm"}
	wish := Pair{Term: "利用開始希望日", Day: c.Document.Desired, Correct: edit}
	if c.Document.IsReissue() {
		wish = Pair{Term: "利用開始希望日", Says: noWish()}
	}
	return []Pair{
		{Term: "申込内容", Says: Say(orNone(strings.Join(kinds, "、"))), Correct: edit},
		wish,
		{Term: "変更する理由", Value: orNone(c.Document.Reason), Correct: edit},
	}
}

// noWish stands where a re-issue has no day (R-SEC-9).
func noWish() Sentence { return Say("なし（承認と同時に再発行します）") }

func orNone(text string) string {
	if text == "" {
		return none
	}
	return text
}

func contactPairs(c application.Contact) []Pair {
	return []Pair{
		{Term: "氏名", Value: orNone(c.Name)}, {Term: "氏名（フリガナ）", Value: orNone(c.Kana)}, {Term: "部署名", Value: orNone(c.Department)},
		{Term: "役職", Value: orNone(c.Position)}, {Term: "電話番号", Value: orNone(c.Phone)}, {Term: "内線番号", Value: orNone(c.Extension)},
		{Term: "FAX番号", Value: orNone(c.Fax)}, {Term: "メールアドレス", Value: orNone(c.Email)},
	}
}

// settingsShown are all tabs of all codes in words.
func settingsShown(c desk.Case) []SettingsShown {
	var shown []SettingsShown
	for _, code := range c.CodeSettings {
		for _, tab := range code.Tabs {
			one := SettingsShown{Name: c.Document.ItemName(code.Placeholder), Title: tab.Title, Complete: tab.Complete,
				Edit: applicationPath(c.ID, "codes", strconv.Itoa(code.Placeholder), "settings", tab.Tab) + "?return=confirm"}
			for _, field := range tab.Fields {
				if value := tab.Values[field.Key]; value != "" {
					one.Pairs = append(one.Pairs, settingPair(field, value))
				}
			}
			shown = append(shown, one)
		}
	}
	return shown
}

// settingPair is a setting in words: a choice is one of our words, a date is shown as dates are, and
// everything else stands as it was typed.
func settingPair(field catalogue.Field, value string) Pair {
	if day, err := calendar.ParseDate(value); err == nil && field.Type == "date" {
		return Pair{Term: field.Label, Day: day}
	}
	if field.Choices() != nil {
		return Pair{Term: field.Label, Says: Say(field.Shown(value))}
	}
	return Pair{Term: field.Label, Value: field.Shown(value)}
}

// contractRows are the IDs of a contract.
func (s *Server) contractRows(c contract.Contract) []ContractRow {
	var rows []ContractRow
	for _, code := range c.Codes {
		for _, id := range code.IDs {
			rows = append(rows, ContractRow{
				Code: string(code.Code), Number: string(id.ID.Number()), Category: application.CategoryName(code.Category),
				Trades: s.tradeNames(id.Trades), Method: s.methodWord(id.Method), SingleSignOn: id.SingleSignOn,
				StatsPaid: code.StatsPaid, StatsFree: code.StatsFree, Archive: code.Archive, Since: id.Since, Until: id.Until,
			})
		}
	}
	return rows
}

func (s *Server) tradeNames(keys []string) []string {
	names := make([]string, len(keys))
	for i, key := range keys {
		names[i] = s.tradeWords([]string{key})
	}
	return names
}

// totals say how many codes and IDs there are today and then.
func totals(today, then contract.Contract) []Pair {
	codes := Say("現在 %d → 変更後 %d", len(today.Codes), len(then.Codes))
	ids := Say("現在 %d → 変更後 %d", idCount(today), idCount(then))
	return []Pair{{Term: "利用者コードの数", Says: codes}, {Term: "利用者IDの数", Says: ids}}
}

func idCount(c contract.Contract) int {
	n := 0
	for _, code := range c.Codes {
		n += len(code.IDs)
	}
	return n
}

// dateWords explain from which day the wish is counted (R-APP-11).
func dateWords(p desk.StartPage) []Pair {
	return []Pair{
		{Term: "申込の基準日", Says: Say("%s（17:00までに登録した場合。過ぎると次の営業日になります）", p.BaseDay)},
		{Term: "いちばん早い利用開始希望日", Says: Say("%s（基準日の7営業日後）", p.Earliest)},
		{Term: "いちばん遅い利用開始希望日", Says: Say("%s（基準日の6か月後まで）", p.Latest)},
	}
}

// register is 「申込内容を登録する」; pressing it twice gives the same receipt number (R-APP-14).
func (s *Server) register(v *visit) error {
	in, err := v.form("version", "do", "rules")
	if err != nil {
		return err
	}
	ref, err := v.ref(in)
	if err != nil {
		return err
	}
	if in.Get("do") == "earliest" {
		if err := s.Desk.UseEarliest(v.ctx(), v.actor(), ref); err != nil {
			return err
		}
		return v.seeOther(applicationPath(ref.ID, "confirm"), "利用開始希望日を変更しました。内容を確認して登録してください。")
	}
	if _, err := s.Desk.Register(v.ctx(), v.actor(), ref, in.Get("rules") == "yes"); err != nil {
		var problems problem.List
		if errors.As(err, &problems) {
			return problems
		}
		return err
	}
	return v.seeOther(applicationPath(ref.ID, "registered"))
}

// A RegisteredPage is 「変更申込　申込登録完了」. It says that the answer may come on the next business day or later (R-EX-1).
type RegisteredPage struct {
	Frame
	Case      desk.Case
	Steps     []Step
	Addresses []string
	Phases    []Phase
	Pairs     []Pair
	Settings  string // where settings are completed, "" when there is nothing to do
	Deadline  Deadline
	Waiting   bool // the centre has not answered yet
	Detail    string
	Form      string
	Receipt   string // the paper
}

// showRegistered shows the receipt; it survives bookmark and reload, whatever has happened since.
func (s *Server) showRegistered(v *visit, f Form) error {
	c, err := s.Desk.Case(v.ctx(), v.actor(), v.r.PathValue("id"))
	if err != nil {
		return err
	}
	if c.Receipt == "" {
		return desk.ErrNotFound
	}
	data := RegisteredPage{
		Waiting: c.State == application.Registered || c.State == application.UnderExamination, Deadline: Deadline{Wish: c.Desired, Day: c.WishDeadline},
		Frame: v.frame(applicationPath(c.ID, "registered"), f), Case: c, Steps: stepsOf(c, stepDone), Addresses: mailedTo(c), Phases: phasesFor(c.State),
		Detail: applicationPath(c.ID), Form: applicationPath(c.ID, "form.pdf"), Receipt: applicationPath(c.ID, "receipt.pdf"),
		Pairs: []Pair{
			{Term: "申込受付番号", Value: c.Receipt, Mono: true}, {Term: "状態", Tag: Tag{Kind: "blue", Text: c.State.Japanese()}}, {Term: "登録日時", Says: Say("%s", c.RegisteredAt)},
			{Term: "登録した方", Value: c.Registrant}, {Term: "申込内容", Says: Say(c.Items)}, {Term: "利用開始希望日", Day: c.Desired},
		},
	}
	if c.Document.IsReissue() {
		data.Phases[2].Text = phaseReissued
		data.Pairs[len(data.Pairs)-1] = Pair{Term: "利用開始希望日", Says: noWish()}
	}
	for i := range data.Steps {
		data.Steps[i].Done, data.Steps[i].Address = i < stepDone, ""
	}
	if c.SettingsNeeded && !c.SettingsComplete && slices.Contains(c.Allowed, application.SaveSettings) && asksSomething(c.Document) {
		for _, code := range c.CodeSettings {
			if !code.Complete {
				data.Settings = applicationPath(c.ID, "codes", strconv.Itoa(code.Placeholder), "settings", firstIncomplete(c, code.Placeholder))
				break
			}
		}
	}
	return v.render("registered", data)
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
func phasesFor(state application.State) []Phase {
	switch state {
	case application.InDraft, application.Returned:
		return PhasesAt(1)
	case application.Registered, application.UnderExamination, application.Approved:
		return PhasesAt(2)
	case application.InEffect:
		return PhasesAt(3)
	}
	return PhasesAt(0)
}
