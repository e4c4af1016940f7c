package cases

import (
	"net/url"
	"slices"
	"strconv"

	"uketsuke/internal/application"
	"uketsuke/internal/calendar"
	"uketsuke/internal/desk"
	"uketsuke/internal/web/kit"
)

// A CasePage is the page of one application.
type CasePage struct {
	kit.Frame
	CaseHead
	Reason   kit.Notice // why it ended, or what the start date's change was for
	Content  Content
	Versions []VersionLine
	History  []HistoryLine
	Papers   Papers
	Buttons  []kit.Link
	Copy     CopyButton
	Withdraw string // where it can be withdrawn, "" when it cannot
	Settings []kit.Link
	Deadline kit.Sentence
	Missed   []MailLine // mails that did not arrive
}

// A CaseHead is what stands above the tabs of the pages of an application.
type CaseHead struct {
	Receipt string
	Items   string
	State   kit.Tag
	With    string
	Phases  []kit.Phase
	Tabs    []kit.Link
}

// A VersionLine is one registration of an application.
type VersionLine struct {
	Receipt, Registrant, Digest string
	Round                       int
	Registered                  kit.Sentence
	Address                     string
	Latest                      bool
}

// Papers are the documents that can be had, and from which day the notice can.
type Papers struct {
	Form, FormWareki     string
	Notice, NoticeWareki string
	NoticeFrom           calendar.Date
	// Receipt and ReceiptWareki are the 申込受付票, for the establishment alone.
	Receipt, ReceiptWareki string
}

// The tabs of the application's page.
const (
	tabContent = "content"
	tabThen    = "contract"
	tabIDs     = "ids"
)

// ShowCase shows an application; a draft opens where its applicant left off.
func (s *Pages) ShowCase(v *kit.Request, f kit.Form) error {
	c, err := s.Desk.Case(v.Ctx(), v.Actor(), v.HTTP.PathValue("id"))
	if err != nil {
		return err
	}
	if c.State == application.InDraft && slices.Contains(c.Allowed, application.Save) {
		return v.SeeOther(kit.ApplicationPath(c.ID, StepPaths()[firstOpen(c)]))
	}
	data := CasePage{
		Frame: v.Frame(kit.ApplicationPath(c.ID), f.OnPage()), CaseHead: caseHead(c, tabContent), Content: s.ContentOf(c, RemarksNow(c)),
		Reason: EndNotice(c), Versions: VersionLines(c, kit.ApplicationPath(c.ID)), History: HistoryOf(c), Papers: PapersOf(c, kit.ApplicationPath(c.ID)).withReceipt(kit.ApplicationPath(c.ID)),
		Buttons: caseButtons(c), Copy: copyButton(c, v.Actor().Role), Missed: MailLines(c.Mails),
	}
	if data.Content.Reissue, err = s.ReissueLines(v, c); err != nil {
		return err
	}
	if slices.Contains(c.Allowed, application.Withdraw) {
		data.Withdraw = kit.ApplicationPath(c.ID, "withdraw")
	}
	if slices.Contains(c.Allowed, application.SaveSettings) {
		for i, code := range data.Content.Codes {
			data.Content.Codes[i].Edit = kit.ApplicationPath(c.ID, "codes", strconv.Itoa(code.Placeholder), "settings", FirstIncomplete(c, code.Placeholder))
		}
	}
	if slices.Contains(c.Allowed, application.SaveSettings) && c.SettingsNeeded && !c.SettingsComplete {
		data.Settings, data.Deadline = settingsLinks(c), settingsDeadlineWords(c)
	}
	data.Back = kit.Link{Text: "申込の一覧に戻る", Address: "/applications"}
	return v.Render("case", data)
}

// firstOpen is the first step of the wizard that is not filled in.
func firstOpen(c desk.Case) int {
	switch {
	case !StartFilled(c.Document):
		return StepStart
	case !c.Document.Contact.Confirmed:
		return StepContact
	}
	return StepCodes
}

// caseHead is the head of an application with one of its tabs current. The tab of the IDs is there once
// some were issued.
func caseHead(c desk.Case, current string) CaseHead {
	tabs := []kit.Link{{Text: "申込情報", Address: kit.ApplicationPath(c.ID), Current: current == tabContent}}
	if c.ContractThen != nil && !c.Document.IsReissue() {
		tabs = append(tabs, kit.Link{Text: "netNACCS", Address: kit.ApplicationPath(c.ID, "contract"), Current: current == tabThen})
	}
	if len(c.Issued) > 0 {
		tabs = append(tabs, kit.Link{Text: "ID通知内容", Address: kit.ApplicationPath(c.ID, "ids"), Current: current == tabIDs})
	}
	return CaseHead{Receipt: c.Receipt, Items: c.Items, State: kit.StateTag(c.State), With: c.With, Phases: phasesOf(c), Tabs: tabs}
}

// PhaseReissued is the third phase of an application that has no start date (R-SEC-9).
const PhaseReissued = "3. 再発行のあと"

// phasesOf are the three phases with what is known of their days.
func phasesOf(c desk.Case) []kit.Phase {
	var phases []kit.Phase
	switch c.State {
	case application.InDraft, application.Returned:
		phases = kit.PhasesAt(1)
	case application.Registered, application.UnderExamination:
		phases = kit.PhasesAt(2)
	case application.Approved, application.InEffect:
		phases = kit.PhasesAt(3)
		phases[2].Current = c.State == application.InEffect
		phases[2].Says = kit.Say("利用開始日 %s", c.Start)
		if c.Document.IsReissue() {
			phases[2].Says = kit.Say("再発行 %s", c.Start)
		}
		phases[1].Says = kit.Say("審査終了 %s", calendar.DateOf(c.ApprovedAt))
	default:
		phases = kit.PhasesAt(0)
	}
	if c.Document.IsReissue() {
		phases[2].Text = PhaseReissued
	}
	if !c.RegisteredAt.IsZero() {
		phases[0].Says = kit.Say("登録 %s", calendar.DateOf(c.RegisteredAt))
	}
	return phases
}

// EndNotice says why an application ended, or that corrections are asked for.
func EndNotice(c desk.Case) kit.Notice {
	switch c.State {
	case application.Returned:
		return kit.Notice{Kind: "warning", Heading: "修正のお願い", Says: kit.Say("センターから修正のお願いがあります。各項目の指摘をご確認のうえ、%sまでに修正して、もう一度登録してください。過ぎると取下げになります。", c.ExpiresOn.AddDays(-1))}
	case application.Rejected:
		return kit.Notice{Kind: "error", Heading: "お申込みをお受けできませんでした", Says: kit.Say("理由：%s", kit.OrNone(c.EndReason))}
	case application.Void:
		if c.EndReason == "" {
			return kit.Notice{Kind: "error", Heading: "承認は無効になりました", Says: kit.Say("システム設定申込の締切日（%s）までにシステム設定の入力が完了しなかったため、承認は無効になりました。", c.SettingsDeadline)}
		}
		return kit.Notice{Kind: "error", Heading: "承認は無効になりました", Says: kit.Say("理由：%s", c.EndReason)}
	case application.Withdrawn:
		return kit.Notice{Kind: "info", Heading: "この申込は取り下げられました", Says: kit.Say("取下げ日時：%s", c.EndedAt)}
	}
	return kit.Notice{}
}

// caseButtons are what the actor can do next; only what the life cycle allows is there.
func caseButtons(c desk.Case) []kit.Link {
	var links []kit.Link
	if c.State == application.Returned && slices.Contains(c.Allowed, application.Register) {
		links = append(links, kit.Link{Text: "修正して、もう一度登録する", Address: kit.ApplicationPath(c.ID, "codes")})
	}
	if c.Reading != nil && c.Reading.Readable && c.Reading.MayRead {
		links = append(links, kit.Link{Text: "ID通知内容を開く", Address: kit.ApplicationPath(c.ID, "ids")})
	}
	if (c.State == application.Approved || c.State == application.InEffect) && startsSomething(c) {
		links = append(links, kit.Link{Text: "利用開始の準備", Address: kit.ApplicationPath(c.ID, "prepare")})
	}
	return links
}

// startsSomething says whether there is anything to prepare: IDs that are new, or a code that is otherwise used.
func startsSomething(c desk.Case) bool {
	return !c.Document.IsReissue() && (len(c.Issued) > 0 || slices.ContainsFunc(c.Document.Existing, application.ExistingItem.ChangesCode))
}

// settingsLinks lead to each code whose settings are not complete.
func settingsLinks(c desk.Case) []kit.Link {
	var links []kit.Link
	for _, code := range c.CodeSettings {
		if !code.Complete && len(code.Tabs) > 0 {
			links = append(links, kit.Link{Text: codeName(c, code.Placeholder),
				Address: kit.ApplicationPath(c.ID, "codes", strconv.Itoa(code.Placeholder), "settings", FirstIncomplete(c, code.Placeholder))})
		}
	}
	return links
}

// codeName is the issued code, or the placeholder as long as there is none.
func codeName(c desk.Case, placeholder int) string {
	for _, code := range c.Issued {
		if code.Placeholder == placeholder && placeholder < application.FirstExisting {
			return application.PlaceholderName(placeholder) + "（" + string(code.Code) + "）"
		}
	}
	return c.Document.ItemName(placeholder)
}

func settingsDeadlineWords(c desk.Case) kit.Sentence {
	if c.SettingsDeadline.IsZero() {
		return kit.Say("システム設定がまだ入力されていません。利用開始日の4営業日前までに入力してください。間に合わないと、承認は無効になります。")
	}
	return kit.Say("システム設定がまだ入力されていません。利用開始日の4営業日前（%s）までに入力してください。間に合わないと、承認は無効になります。", c.SettingsDeadline)
}

// PapersOf are the papers of an application below an address.
func PapersOf(c desk.Case, path string) Papers {
	var p Papers
	if len(c.Versions) > 0 {
		p.Form = path + "/form.pdf"
		p.FormWareki = p.Form + "?wareki=yes"
	}
	switch c.State {
	case application.Approved:
		p.NoticeFrom = c.Start
	case application.InEffect:
		p.Notice = path + "/notice.pdf"
		p.NoticeWareki = p.Notice + "?wareki=yes"
	}
	return p
}

// withReceipt adds the 申込受付票 where something was registered.
func (p Papers) withReceipt(path string) Papers {
	if p.Form != "" {
		p.Receipt = path + "/receipt.pdf"
		p.ReceiptWareki = p.Receipt + "?wareki=yes"
	}
	return p
}

// VersionLines are the registrations, newest first.
func VersionLines(c desk.Case, path string) []VersionLine {
	var lines []VersionLine
	for i, version := range slices.Backward(c.Versions) {
		lines = append(lines, VersionLine{
			Receipt: version.Receipt, Registrant: version.Registrant, Digest: version.Digest, Round: version.Round,
			Registered: kit.Say("%s", version.RegisteredAt), Latest: i == len(c.Versions)-1,
			Address: path + "/versions/" + strconv.Itoa(version.Round),
		})
	}
	return lines
}

// A ContractThenPage is the tab 「netNACCS」 of the application's page: the contract as of the confirmed start date.
type ContractThenPage struct {
	kit.Frame
	CaseHead
	Start  calendar.Date
	Coming bool // the day is still to come
	Void   bool
	Rows   []ContractRow
}

// ShowContractThen shows what the establishment will hold on the confirmed start date, and what this application changes in it.
func (s *Pages) ShowContractThen(v *kit.Request, f kit.Form) error {
	c, err := s.Desk.Case(v.Ctx(), v.Actor(), v.HTTP.PathValue("id"))
	if err != nil {
		return err
	}
	if c.ContractThen == nil {
		return desk.ErrNotFound
	}
	data := ContractThenPage{
		Frame: v.Frame(kit.ApplicationPath(c.ID, "contract"), f), CaseHead: caseHead(c, tabThen), Start: c.Start,
		Coming: c.Today.Before(c.Start), Void: c.State == application.Void,
	}
	before, err := s.Desk.Contract(v.Ctx(), v.Actor(), c.Establishment.ID, c.Start.AddDays(-1))
	if err != nil {
		return err
	}
	own := map[string]bool{}
	for _, code := range c.Issued {
		own[string(code.Code)] = true
	}
	for _, item := range c.Document.Existing {
		own[string(item.Code)] = true
	}
	data.Rows = s.MarkedRows(before.Contract, *c.ContractThen, func(code string) bool { return own[code] && !data.Void })
	data.Back = kit.Link{Text: "申込の一覧に戻る", Address: "/applications"}
	return v.Render("case-contract", data)
}

// A VersionPage is one registration as it was frozen.
type VersionPage struct {
	kit.Frame
	Line    VersionLine
	Content Content
	Form    string
}

// ShowVersion shows a registered version to the establishment.
func (s *Pages) ShowVersion(v *kit.Request, f kit.Form) error {
	return s.VersionBelow(v, f, "/applications/")
}

// VersionBelow shows one registered version, on a page that stands below the path given.
func (s *Pages) VersionBelow(v *kit.Request, f kit.Form, below string) error {
	round, err := strconv.Atoi(v.HTTP.PathValue("round"))
	if err != nil {
		return desk.ErrNotFound
	}
	version, c, err := s.Desk.Version(v.Ctx(), v.Actor(), v.HTTP.PathValue("id"), round)
	if err != nil {
		return err
	}
	path := below + url.PathEscape(c.ID)
	c.Document, c.Rows, c.Legend = version.Document, application.TableRows(version.Document, s.Desk.Catalogue, nil), application.Legend(version.Document)
	c.Start, c.StartReason, c.CodeSettings = calendar.Date{}, "", nil
	data := VersionPage{Frame: v.Frame(path+"/versions/"+strconv.Itoa(round), f), Content: s.ContentOf(c, remarksOf(c, round)),
		Form: path + "/form.pdf?round=" + strconv.Itoa(round)}
	for _, line := range VersionLines(c, path) {
		if line.Round == round {
			data.Line = line
		}
	}
	data.Back = kit.Link{Text: "この申込に戻る", Address: path}
	return v.Render("version", data)
}

// A WithdrawPage asks once more before an application is withdrawn.
type WithdrawPage struct {
	kit.Frame
	Receipt, Items, Action, Version string
}

// ShowWithdraw asks once more before an application is taken back.
func (s *Pages) ShowWithdraw(v *kit.Request, f kit.Form) error {
	c, err := s.Desk.Written(v.Ctx(), v.Actor(), v.HTTP.PathValue("id"))
	if err != nil {
		return err
	}
	if !slices.Contains(c.Allowed, application.Withdraw) {
		return &application.Refusal{Command: application.Withdraw, State: c.State, Role: v.Actor().Role, Why: application.WrongState}
	}
	path := kit.ApplicationPath(c.ID, "withdraw")
	data := WithdrawPage{Frame: v.Frame(path, f.OnPage()), Receipt: c.Receipt, Items: c.Items, Action: path, Version: VersionShown(c, f)}
	data.Back = kit.Link{Text: "この申込に戻る", Address: kit.ApplicationPath(c.ID)}
	return v.Render("withdraw", data)
}

// VersionShown is the version a form carries: the one it was typed on, or today's.
func VersionShown(c desk.Case, f kit.Form) string {
	if typed := f.Values.Get("version"); typed != "" {
		return typed
	}
	return strconv.FormatInt(c.Version, 10)
}

// Withdraw withdraws an application (R-EX-8).
func (s *Pages) Withdraw(v *kit.Request) error {
	ref, err := v.RefAlone()
	if err != nil {
		return err
	}
	if err := s.Desk.Withdraw(v.Ctx(), v.Actor(), ref); err != nil {
		return err
	}
	return v.SeeOther(kit.ApplicationPath(ref.ID), "申込を取り下げました。")
}
