package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"uketsuke/internal/application"
	"uketsuke/internal/calendar"
	"uketsuke/internal/desk"
)

// A CasePage is page E13, one application.
type CasePage struct {
	Frame
	CaseHead
	Reason   Notice // why it ended, or what the start date's change was for
	Content  Content
	Versions []VersionLine
	History  []HistoryLine
	Papers   Papers
	Buttons  []Link
	Copy     CopyButton
	Withdraw string // where it can be withdrawn, "" when it cannot
	Settings []Link
	Deadline Sentence
	Missed   []MailLine // mails that did not arrive
}

// A CaseHead is what stands above the tabs of E13 and E14.
type CaseHead struct {
	Receipt string
	Items   string
	State   Tag
	With    string
	Phases  []Phase
	Tabs    []Link
}

// A VersionLine is one registration of an application.
type VersionLine struct {
	Receipt, Registrant, Digest string
	Round                       int
	Registered                  Sentence
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

// The tabs of E13.
const (
	tabContent = "content"
	tabThen    = "contract"
	tabIDs     = "ids"
)

// showCase shows an application; a draft opens where its applicant left off.
func (s *Server) showCase(v *visit, f Form) error {
	c, err := s.Desk.Case(v.ctx(), v.actor(), v.r.PathValue("id"))
	if err != nil {
		return err
	}
	if c.State == application.InDraft && slices.Contains(c.Allowed, application.Save) {
		return v.seeOther(applicationPath(c.ID, stepPaths()[firstOpen(c)]))
	}
	data := CasePage{
		Frame: v.frame(applicationPath(c.ID), f.onPage()), CaseHead: caseHead(c, tabContent), Content: s.contentOf(c, remarksNow(c)),
		Reason: endNotice(c), Versions: versionLines(c, applicationPath(c.ID)), History: historyOf(c), Papers: papersOf(c, applicationPath(c.ID)).withReceipt(applicationPath(c.ID)),
		Buttons: caseButtons(c), Copy: copyButton(c, v.actor().Role), Missed: mailLines(c.Mails),
	}
	if data.Content.Reissue, err = s.reissueLines(v, c); err != nil {
		return err
	}
	if slices.Contains(c.Allowed, application.Withdraw) {
		data.Withdraw = applicationPath(c.ID, "withdraw")
	}
	if slices.Contains(c.Allowed, application.SaveSettings) {
		for i, code := range data.Content.Codes {
			data.Content.Codes[i].Edit = applicationPath(c.ID, "codes", strconv.Itoa(code.Placeholder), "settings", firstIncomplete(c, code.Placeholder))
		}
	}
	if slices.Contains(c.Allowed, application.SaveSettings) && c.SettingsNeeded && !c.SettingsComplete {
		data.Settings, data.Deadline = settingsLinks(c), settingsDeadlineWords(c)
	}
	data.Back = Link{Text: "申込の一覧に戻る", Address: "/applications"}
	return v.render("case", data)
}

// firstOpen is the first step of the wizard that is not filled in.
func firstOpen(c desk.Case) int {
	switch {
	case !startFilled(c.Document):
		return stepStart
	case !c.Document.Contact.Confirmed:
		return stepContact
	}
	return stepCodes
}

// caseHead is the head of an application with one of its tabs current. The tab of the IDs is there once
// some were issued.
func caseHead(c desk.Case, current string) CaseHead {
	tabs := []Link{{Text: "申込情報", Address: applicationPath(c.ID), Current: current == tabContent}}
	if c.ContractThen != nil && !c.Document.IsReissue() {
		tabs = append(tabs, Link{Text: "netNACCS", Address: applicationPath(c.ID, "contract"), Current: current == tabThen})
	}
	if len(c.Issued) > 0 {
		tabs = append(tabs, Link{Text: "ID通知内容", Address: applicationPath(c.ID, "ids"), Current: current == tabIDs})
	}
	return CaseHead{Receipt: c.Receipt, Items: c.Items, State: stateTag(c.State), With: c.With, Phases: phasesOf(c), Tabs: tabs}
}

// phaseReissued is the third phase of an application that has no start date (R-SEC-9).
const phaseReissued = "3. 再発行のあと"

// phasesOf are the three phases with what is known of their days.
func phasesOf(c desk.Case) []Phase {
	var phases []Phase
	switch c.State {
	case application.InDraft, application.Returned:
		phases = PhasesAt(1)
	case application.Registered, application.UnderExamination:
		phases = PhasesAt(2)
	case application.Approved, application.InEffect:
		phases = PhasesAt(3)
		phases[2].Current = c.State == application.InEffect
		phases[2].Says = Say("利用開始日 %s", c.Start)
		if c.Document.IsReissue() {
			phases[2].Says = Say("再発行 %s", c.Start)
		}
		phases[1].Says = Say("審査終了 %s", calendar.DateOf(c.ApprovedAt))
	default:
		phases = PhasesAt(0)
	}
	if c.Document.IsReissue() {
		phases[2].Text = phaseReissued
	}
	if !c.RegisteredAt.IsZero() {
		phases[0].Says = Say("登録 %s", calendar.DateOf(c.RegisteredAt))
	}
	return phases
}

// endNotice says why an application ended, or that corrections are asked for.
func endNotice(c desk.Case) Notice {
	switch c.State {
	case application.Returned:
		return Notice{Kind: "warning", Heading: "修正のお願い", Says: Say("センターから修正のお願いがあります。各項目の指摘をご確認のうえ、%sまでに修正して、もう一度登録してください。過ぎると取下げになります。", c.ExpiresOn.AddDays(-1))}
	case application.Rejected:
		return Notice{Kind: "error", Heading: "お申込みをお受けできませんでした", Says: Say("理由：%s", orNone(c.EndReason))}
	case application.Void:
		if c.EndReason == "" {
			return Notice{Kind: "error", Heading: "承認は無効になりました", Says: Say("システム設定申込の締切日（%s）までにシステム設定の入力が完了しなかったため、承認は無効になりました。", c.SettingsDeadline)}
		}
		return Notice{Kind: "error", Heading: "承認は無効になりました", Says: Say("理由：%s", c.EndReason)}
	case application.Withdrawn:
		return Notice{Kind: "info", Heading: "この申込は取り下げられました", Says: Say("取下げ日時：%s", c.EndedAt)}
	}
	return Notice{}
}

// caseButtons are what the actor can do next; only what the life cycle allows is there.
func caseButtons(c desk.Case) []Link {
	var links []Link
	if c.State == application.Returned && slices.Contains(c.Allowed, application.Register) {
		links = append(links, Link{Text: "修正して、もう一度登録する", Address: applicationPath(c.ID, "codes")})
	}
	if c.Reading != nil && c.Reading.Readable && c.Reading.MayRead {
		links = append(links, Link{Text: "ID通知内容を開く", Address: applicationPath(c.ID, "ids")})
	}
	if (c.State == application.Approved || c.State == application.InEffect) && startsSomething(c) {
		links = append(links, Link{Text: "利用開始の準備", Address: applicationPath(c.ID, "prepare")})
	}
	return links
}

// startsSomething says whether there is anything to prepare: IDs that are new, or a code that is otherwise used.
func startsSomething(c desk.Case) bool {
	return !c.Document.IsReissue() && (len(c.Issued) > 0 || slices.ContainsFunc(c.Document.Existing, application.ExistingItem.ChangesCode))
}

// settingsLinks lead to each code whose settings are not complete.
func settingsLinks(c desk.Case) []Link {
	var links []Link
	for _, code := range c.CodeSettings {
		if !code.Complete && len(code.Tabs) > 0 {
			links = append(links, Link{Text: codeName(c, code.Placeholder),
				Address: applicationPath(c.ID, "codes", strconv.Itoa(code.Placeholder), "settings", firstIncomplete(c, code.Placeholder))})
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

func settingsDeadlineWords(c desk.Case) Sentence {
	if c.SettingsDeadline.IsZero() {
		return Say("システム設定がまだ入力されていません。利用開始日の4営業日前までに入力してください。間に合わないと、承認は無効になります。")
	}
	return Say("システム設定がまだ入力されていません。利用開始日の4営業日前（%s）までに入力してください。間に合わないと、承認は無効になります。", c.SettingsDeadline)
}

// papersOf are the papers of an application below an address.
func papersOf(c desk.Case, path string) Papers {
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

// versionLines are the registrations, newest first.
func versionLines(c desk.Case, path string) []VersionLine {
	var lines []VersionLine
	for i, version := range slices.Backward(c.Versions) {
		lines = append(lines, VersionLine{
			Receipt: version.Receipt, Registrant: version.Registrant, Digest: version.Digest, Round: version.Round,
			Registered: Say("%s", version.RegisteredAt), Latest: i == len(c.Versions)-1,
			Address: path + "/versions/" + strconv.Itoa(version.Round),
		})
	}
	return lines
}

// A ContractThenPage is the tab 「netNACCS」 of E13: the contract as of the confirmed start date.
type ContractThenPage struct {
	Frame
	CaseHead
	Start  calendar.Date
	Coming bool // the day is still to come
	Void   bool
	Rows   []ContractRow
}

func (s *Server) showContractThen(v *visit, f Form) error {
	c, err := s.Desk.Case(v.ctx(), v.actor(), v.r.PathValue("id"))
	if err != nil {
		return err
	}
	if c.ContractThen == nil {
		return desk.ErrNotFound
	}
	data := ContractThenPage{
		Frame: v.frame(applicationPath(c.ID, "contract"), f), CaseHead: caseHead(c, tabThen), Start: c.Start,
		Coming: c.Today.Before(c.Start), Void: c.State == application.Void,
	}
	before, err := s.Desk.Contract(v.ctx(), v.actor(), c.Establishment.ID, c.Start.AddDays(-1))
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
	data.Rows = s.markedRows(before.Contract, *c.ContractThen, func(code string) bool { return own[code] && !data.Void })
	data.Back = Link{Text: "申込の一覧に戻る", Address: "/applications"}
	return v.render("case-contract", data)
}

// A VersionPage is one registration as it was frozen.
type VersionPage struct {
	Frame
	Line    VersionLine
	Content Content
	Form    string
}

// showVersion shows a registered version to the establishment.
func (s *Server) showVersion(v *visit, f Form) error { return s.versionBelow(v, f, "/applications/") }

func (s *Server) versionBelow(v *visit, f Form, below string) error {
	round, err := strconv.Atoi(v.r.PathValue("round"))
	if err != nil {
		return desk.ErrNotFound
	}
	version, c, err := s.Desk.Version(v.ctx(), v.actor(), v.r.PathValue("id"), round)
	if err != nil {
		return err
	}
	path := below + url.PathEscape(c.ID)
	c.Document, c.Rows, c.Legend = version.Document, application.TableRows(version.Document, s.Desk.Catalogue, nil), application.Legend(version.Document)
	c.Start, c.StartReason, c.CodeSettings = calendar.Date{}, "", nil
	data := VersionPage{Frame: v.frame(path+"/versions/"+strconv.Itoa(round), f), Content: s.contentOf(c, remarksOf(c, round)),
		Form: path + "/form.pdf?round=" + strconv.Itoa(round)}
	for _, line := range versionLines(c, path) {
		if line.Round == round {
			data.Line = line
		}
	}
	data.Back = Link{Text: "この申込に戻る", Address: path}
	return v.render("version", data)
}

// A WithdrawPage asks once more before an application is withdrawn.
type WithdrawPage struct {
	Frame
	Receipt, Items, Action, Version string
}

func (s *Server) showWithdraw(v *visit, f Form) error {
	c, err := s.Desk.Case(v.ctx(), v.actor(), v.r.PathValue("id"))
	if err != nil {
		return err
	}
	if !slices.Contains(c.Allowed, application.Withdraw) {
		return &application.Refusal{Command: application.Withdraw, State: c.State, Role: v.actor().Role, Why: application.WrongState}
	}
	path := applicationPath(c.ID, "withdraw")
	data := WithdrawPage{Frame: v.frame(path, f.onPage()), Receipt: c.Receipt, Items: c.Items, Action: path, Version: versionShown(c, f)}
	data.Back = Link{Text: "この申込に戻る", Address: applicationPath(c.ID)}
	return v.render("withdraw", data)
}

// versionShown is the version a form carries: the one it was typed on, or today's.
func versionShown(c desk.Case, f Form) string {
	if typed := f.Values.Get("version"); typed != "" {
		return typed
	}
	return strconv.FormatInt(c.Version, 10)
}

// withdraw withdraws an application (R-EX-8).
func (s *Server) withdraw(v *visit) error {
	ref, err := v.refAlone()
	if err != nil {
		return err
	}
	if err := s.Desk.Withdraw(v.ctx(), v.actor(), ref); err != nil {
		return err
	}
	return v.seeOther(applicationPath(ref.ID), "申込を取り下げました。")
}

// sendPaper answers with a PDF. Papers hold personal data, so no cache keeps them.
func (v *visit) sendPaper(pdf []byte, name string, err error) error {
	if err != nil {
		return err
	}
	h := v.w.Header()
	h.Set("Content-Type", "application/pdf")
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Disposition", "attachment; filename*=UTF-8''"+strings.ReplaceAll(url.QueryEscape(name), "+", "%20"))
	h.Set("Content-Length", strconv.Itoa(len(pdf)))
	v.w.WriteHeader(http.StatusOK)
	if _, err := v.w.Write(pdf); err != nil {
		return nil // the browser has gone
	}
	return nil
}
