package examine

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"uketsuke/internal/account"
	"uketsuke/internal/application"
	"uketsuke/internal/calendar"
	"uketsuke/internal/desk"
	"uketsuke/internal/problem"
	"uketsuke/internal/web/cases"
	"uketsuke/internal/web/holding"
	"uketsuke/internal/web/kit"
)

// An ExaminePage is the examiner's page of a case: one application as the centre sees it, with everything that a verdict needs.
type ExaminePage struct {
	kit.Frame
	Receipt, Items, Company string
	Address                 string
	State                   kit.Tag
	Holder                  string
	Wish                    calendar.Date
	Registered              kit.Sentence
	Registrant              string
	Ended                   kit.Notice
	Content                 cases.Content
	Since                   []kit.ChangedLine
	Adds                    []kit.Sentence               // what it does to the contract of today
	Changes                 []holding.ContractDifference // the same, before and after
	Checks                  []CheckLine
	Wrong                   int
	Planned                 []cases.IssuedLine
	FewCodes                []kit.Notice // the warning of R-ID-7, none while enough codes are free
	IssuedAt                string       // the page of what was issued, "" before the approval
	Earlier                 []cases.ListLine
	Internal                []desk.RemarkView
	InternalAt              string
	Internals               kit.Field
	History                 []cases.HistoryLine
	Versions                []cases.VersionLine
	Papers                  cases.Papers

	Version, Round           string
	Claim, TakeOver, Release string
	WhyNot                   kit.Sentence // why there is no verdict to give
	Verdict                  *Verdict
	Typed                    []kit.Pair // what was typed for a verdict that can no longer be given
}

// A CheckLine is one rule, kept or not (R-EX-3).
type CheckLine struct {
	Rule, Title string
	Problems    problem.List
}

// A Verdict is the form of approval, return and rejection.
type Verdict struct {
	Path, Version, Round  string
	Proposed              []string
	Approve               bool
	Propose               bool // under four eyes, by the claimant (R-EX-6)
	Others                bool // return and reject, by the claimant
	Proposal              *ProposalShown
	Choices               []ChoiceGroup // codes and numbers as they would be issued, editable (R-ID-7)
	WhyNoApproval         kit.Sentence
	Start, StartReason    kit.Field
	Deadline, LastReading calendar.Date
	Incomplete            bool
	Issues                bool // there are IDs to issue, and so passwords (R-SEC-11)
	Reissue               bool // no start date to confirm: complete with the approval (R-SEC-9)
	Password              kit.Field
	AskPassword           bool
	Remarks               []kit.Field
	Reject                kit.Field
}

// ShowExamine shows an application to the centre in any state.
func (s *Pages) ShowExamine(v *kit.Request, f kit.Form) error {
	x, err := s.Desk.Examine(v.Ctx(), v.Actor(), v.HTTP.PathValue("id"))
	if err != nil {
		return err
	}
	c := x.Case
	path := kit.DeskPath(c.ID)
	f = f.OnPage(append(verdictNames(c.Document), choiceNames(x.Planned)...)...)
	data := ExaminePage{
		Frame: v.Frame(path, f), Receipt: c.Receipt, Items: c.Items, Company: c.Establishment.Company + " " + c.Establishment.Name, Address: path,
		State: kit.StateTag(c.State), Holder: c.HolderName, Wish: c.Desired, Registered: kit.Say("%s", c.RegisteredAt), Registrant: c.Registrant,
		Ended: endNoticeAtDesk(c), Content: s.cases.ContentOf(c, cases.RemarksNow(c)), Since: kit.ChangedLines(x.Since), Earlier: cases.ListLines(x.Earlier, "/desk/applications"),
		Internal: c.Internal, Version: strconv.FormatInt(c.Version, 10), Round: strconv.Itoa(c.Round),
		History: cases.HistoryOf(c), Versions: cases.VersionLines(c, path), Papers: cases.PapersOf(c, path),
	}
	data.Content.Mark(x.Since)
	data.allow(c)
	if c.State == application.Registered || c.State == application.UnderExamination {
		data.Checks, data.Wrong = checkLines(x.Checks)
		data.Planned = s.cases.IssuedLines(x.Planned)
		data.Adds = addsWords(x.Planned, c.Document)
		if data.Changes, err = s.plannedChanges(v, c); err != nil {
			return err
		}
		if x.CodesLeft <= desk.FewCodes {
			data.FewCodes = []kit.Notice{{Kind: "warning", Says: kit.Say("この地域でこの企業に発行できる利用者コードは、残り%d個です（この申込の分を含みます）。なくなる前に企業略称の追加をご検討ください。", x.CodesLeft)}}
		}
	}
	if !c.ApprovedAt.IsZero() {
		data.IssuedAt = path + "/issued"
	}
	if data.Content.Reissue, err = s.cases.ReissueLines(v, c); err != nil {
		return err
	}
	if slices.Contains(c.Allowed, application.Remark) {
		data.InternalAt = path + "/remark"
		data.Internals = f.Field(kit.Field{Name: "body", Label: "新しいメモ", Rows: 3, Max: desk.TextMax, Hint: kit.Say("センターの中だけで共有します。申込者には表示されません。")})
	}
	if slices.Contains(c.Allowed, application.Return) || slices.Contains(c.Allowed, application.Approve) {
		data.Verdict = verdict(v, x, f)
		if data.Verdict.Password, err = v.WhoField(f); err != nil {
			return err
		}
	} else {
		data.Typed = typedPairs(c, f)
	}
	data.Back = kit.Link{Text: "受付窓口に戻る", Address: "/desk"}
	return v.Render("examine", data)
}

// allow fills in the buttons about who decides, and says why there is no verdict to give.
func (p *ExaminePage) allow(c desk.Case) {
	for command, at := range map[application.Command]*string{application.Claim: &p.Claim, application.TakeOver: &p.TakeOver, application.Release: &p.Release} {
		if slices.Contains(c.Allowed, command) {
			*at = p.Address + "/" + string(command)
		}
	}
	switch {
	case c.State == application.Registered:
		p.WhyNot = kit.Say("まだ担当者がいません。判断するには、「担当する」を押してください。")
	case c.State == application.UnderExamination && slices.Contains(c.Allowed, application.Approve):
	case c.State == application.UnderExamination && p.TakeOver != "":
		p.WhyNot = kit.Say("%sさんが担当しています。判断できるのは担当者だけです。引き継ぐには、「担当を引き継ぐ」を押してください。", c.HolderName)
	case c.State == application.Returned:
		p.WhyNot = kit.Say("申込者の修正を待っています。表示しているのは、最後に登録された内容です。")
	}
}

// endNoticeAtDesk is how it ended, for the centre.
func endNoticeAtDesk(c desk.Case) kit.Notice {
	if c.State == application.Returned {
		return kit.Notice{}
	}
	return cases.EndNotice(c)
}

func checkLines(checks []application.Check) (lines []CheckLine, wrong int) {
	for _, check := range checks {
		lines = append(lines, CheckLine{check.Rule, check.Title, check.Problems})
		if !check.Green() {
			wrong++
		}
	}
	return lines, wrong
}

// addsWords count what the application does to the contract of today.
func addsWords(planned []desk.IssuedCode, doc application.Document) []kit.Sentence {
	codes, ids, changed, deleted, removed := 0, 0, 0, 0, 0
	for _, code := range planned {
		ids += len(code.IDs)
		if code.Placeholder < application.FirstExisting {
			codes++
		}
	}
	for _, item := range doc.Existing {
		switch {
		case item.Delete:
			deleted++
			continue
		case item.ChangesCode():
			changed++
		}
		removed += len(item.Remove)
	}
	var says []kit.Sentence
	say := func(text string, n int) {
		if n > 0 {
			says = append(says, kit.Say(text, n))
		}
	}
	if codes > 0 {
		says = append(says, kit.Say("現在の契約に、利用者コード%d件と利用者ID%d件を加えます。", codes, ids))
	} else {
		say("現在の契約に、利用者ID%d件を加えます。", ids)
	}
	say("利用者コード%d件の内容を変更します。", changed)
	say("利用者コード%d件を、その下の利用者IDとともに削除します。", deleted)
	say("利用者ID%d件を削除します。", removed)
	say("利用者ID%d件のパスワードを再発行します。契約の内容は変わりません。", len(doc.Reissue))
	return says
}

// plannedChanges is what would differ from today's contract, before and after.
func (s *Pages) plannedChanges(v *kit.Request, c desk.Case) ([]holding.ContractDifference, error) {
	if c.Document.IsReissue() {
		return nil, nil
	}
	today, then, err := s.Desk.ContractAsWished(v.Ctx(), v.Actor(), c.ID)
	if err != nil {
		return nil, err
	}
	return s.apply.PlannedWords(today, then, "/desk/establishments/"+url.PathEscape(c.Establishment.ID)+"/contract"), nil
}

// verdict is the form of the verdicts, with what is proposed or what was typed.
func verdict(v *kit.Request, x desk.Examination, f kit.Form) *Verdict {
	c := x.Case
	if f.Values.Get("version") == "" { // opened afresh, or changed by somebody else meanwhile
		f.Values = merged(url.Values{"start": {x.Earliest.String()}, "start_reason": {x.EarliestReason}}, f.Values)
	}
	verdict := &Verdict{
		Path: kit.DeskPath(c.ID), Version: cases.VersionShown(c, f), Round: strconv.Itoa(c.Round), Proposed: codesOf(x.Planned),
		Approve:  slices.Contains(c.Allowed, application.Approve),
		Propose:  slices.Contains(c.Allowed, application.Propose),
		Others:   slices.Contains(c.Allowed, application.Return),
		Proposal: proposalShown(c),
		Deadline: x.Deadline, LastReading: x.LastReading, Incomplete: c.SettingsNeeded && !c.SettingsComplete, Reissue: c.Document.IsReissue(), Issues: len(x.Planned) > 0,
		Start: f.Field(kit.Field{Name: "start", Label: "利用開始日", Type: "date", Required: true, Earliest: x.Earliest.String(),
			Hint: kit.Say("希望日は%sです。最も早い日は%sです。", c.Desired, x.Earliest)}),
		StartReason: f.Field(kit.Field{Name: "start_reason", Label: "希望日と異なる理由", Rows: 3, Max: application.ReasonMax, Hint: kit.Say("希望日と異なる日にするときは必ず入力してください。申込者に表示されます。")}),
		AskPassword: !v.Confirmed(),
		Reject:      f.Field(kit.Field{Name: "reason", Label: "お受けできない理由", Rows: 4, Max: desk.TextMax, Hint: kit.Say("申込者に表示し、メールでもお知らせします。")}),
	}
	verdict.Choices = choiceGroups(x.Planned, f)
	switch {
	case verdict.Approve, verdict.Propose && verdict.Proposal == nil:
	case c.FourEyes:
		verdict.WhyNoApproval = kit.Say("承認を提案しました。ほかの審査担当者か審査責任者の承認を待っています。内容を改めるときは、もう一度提案してください。")
	default:
		verdict.WhyNoApproval = kit.Say("ご自身で登録した申込は承認できません。ほかの審査担当者に引き継いでください。")
	}
	for _, item := range remarkItems(c) {
		verdict.Remarks = append(verdict.Remarks, f.Field(kit.Field{Name: remarkName(item.path), Label: item.label, Rows: 2, Max: desk.TextMax}))
	}
	return verdict
}

// typedPairs are the texts of a form that has no place on the page any more, so that they can be copied.
func typedPairs(c desk.Case, f kit.Form) []kit.Pair {
	var pairs []kit.Pair
	for _, item := range remarkItems(c) {
		if typed := f.Values.Get(remarkName(item.path)); typed != "" {
			pairs = append(pairs, kit.Pair{Term: item.label, Value: typed})
		}
	}
	for _, one := range []remarkItem{{"start_reason", "希望日と異なる理由"}, {"reason", "お受けできない理由"}} {
		if typed := f.Values.Get(one.path); typed != "" {
			pairs = append(pairs, kit.Pair{Term: one.label, Value: typed})
		}
	}
	return pairs
}

// merged is a with everything of b over it.
func merged(a, b url.Values) url.Values {
	for name, values := range b {
		a[name] = values
	}
	return a
}

func codesOf(codes []desk.IssuedCode) []string {
	var texts []string
	for _, code := range codes {
		texts = append(texts, string(code.Code))
	}
	return texts
}

// A remarkItem is something of an application that a remark can stand at.
type remarkItem struct{ path, label string }

// remarkItems lists them: the whole, the wish, the reason, the contact, each code and its settings.
func remarkItems(c desk.Case) []remarkItem {
	items := []remarkItem{{"", "申込全体"}, {"desired", "利用開始希望日"}, {"reason", "変更する理由"}, {"contact", "申込担当者"}}
	for _, placeholder := range c.Document.Placeholders() {
		n, name := strconv.Itoa(placeholder), c.Document.ItemName(placeholder)
		items = append(items, remarkItem{"codes." + n, name})
		if item, exists := c.Document.ExistingOf(placeholder); !exists || !item.Delete {
			items = append(items, remarkItem{"settings." + n, name + "のシステム設定"})
		}
	}
	return items
}

// remarkName is the name of the field for a remark at an item.
func remarkName(path string) string {
	if path == "" {
		return "remark"
	}
	return "remark." + path
}

// verdictNames are the fields of the examiner's page of a case.
func verdictNames(doc application.Document) []string {
	names := []string{"start", "start_reason", "password", "reason", "body"}
	for _, item := range remarkItems(desk.Case{Document: doc}) {
		names = append(names, remarkName(item.path))
	}
	return names
}

// verdictForm reads what the three verdicts post: one form, so that nothing typed for one is lost by another.
func verdictForm(v *kit.Request) (in url.Values, ref desk.Ref, round int, err error) {
	names := []string{"version", "round", "proposed", "start", "start_reason", "password", "reason"}
	for name := range v.HTTP.PostForm {
		if name == "remark" || strings.HasPrefix(name, "remark.") || IsChoice(name) {
			names = append(names, name)
		}
	}
	if in, err = v.Form(names...); err != nil {
		return in, ref, 0, err
	}
	if ref, err = v.Ref(in); err != nil {
		return in, ref, 0, err
	}
	round, err = strconv.Atoi(in.Get("round"))
	if err != nil {
		return in, ref, 0, desk.ErrNotFound
	}
	return in, ref, round, nil
}

// Approve approves after re-authentication, and leads to what was issued.
func (s *Pages) Approve(v *kit.Request) error {
	in, ref, round, err := verdictForm(v)
	if err != nil {
		return err
	}
	if err := v.SureBy(in); err != nil {
		return err
	}
	done, err := s.Desk.Approve(v.Ctx(), v.Actor(), ref, approveForm(in, round))
	if err != nil {
		return err
	}
	return v.SeeOther(kit.DeskPath(ref.ID, "issued"), s.approvedWords(v, done))
}

// approvedWords say what was issued, and whether it is what the page proposed (R-ID-10).
func (s *Pages) approvedWords(v *kit.Request, done desk.Approval) string {
	codes := strings.Join(codesOf(done.Codes), "、")
	if codes == "" {
		return s.Renderer.Texts.Text(v.Lang, "承認しました。発行する利用者コードと識別番号はありません。")
	}
	if done.Codes[0].Placeholder == 0 { // no code was asked for: passwords were issued again
		return s.Renderer.Texts.Text(v.Lang, "承認しました。新しいパスワードを発行しました。これまでのパスワードは使えません。")
	}
	if done.Differs {
		return s.Renderer.Texts.Text(v.Lang, "承認しました。発行した利用者コードは %s です。審査の間にほかの申込で使われたため、画面に示していた案とは異なります。", codes)
	}
	return s.Renderer.Texts.Text(v.Lang, "承認しました。発行した利用者コードは %s です。画面に示していた案のとおりです。", codes)
}

// GiveBack returns an application with the remarks that were typed.
func (s *Pages) GiveBack(v *kit.Request) error {
	in, ref, round, err := verdictForm(v)
	if err != nil {
		return err
	}
	var remarks []desk.RemarkForm
	names := map[string]string{"remarks": "remark"}
	for _, name := range slices.Sorted(kit.Keys(in)) {
		if name == "remark" || strings.HasPrefix(name, "remark.") {
			names["remarks."+strconv.Itoa(len(remarks))] = name
			remarks = append(remarks, desk.RemarkForm{Item: strings.TrimPrefix(strings.TrimPrefix(name, "remark"), "."), Body: in.Get(name)})
		}
	}
	if err := s.Desk.Return(v.Ctx(), v.Actor(), ref, round, remarks); err != nil {
		return kit.Renamed(err, names)
	}
	return v.SeeOther(kit.DeskPath(ref.ID), "申込を差し戻しました。申込担当者と管理責任者にメールでお知らせします。")
}

// Reject turns an application down.
func (s *Pages) Reject(v *kit.Request) error {
	in, ref, round, err := verdictForm(v)
	if err != nil {
		return err
	}
	if err := s.Desk.Reject(v.Ctx(), v.Actor(), ref, round, in.Get("reason")); err != nil {
		return err
	}
	return v.SeeOther(kit.DeskPath(ref.ID), "申込を不承諾としました。申込担当者と管理責任者にメールでお知らせします。")
}

// Claim makes the actor the one who decides.
func (s *Pages) Claim(v *kit.Request) error {
	return hold(v, s.Desk.Claim, "担当になりました。内容を確認して判断してください。")
}

// TakeOver makes the actor the one who decides instead of a colleague.
func (s *Pages) TakeOver(v *kit.Request) error {
	return hold(v, s.Desk.TakeOver, "担当を引き継ぎました。内容を確認して判断してください。")
}

// Release puts an application back to the unclaimed ones.
func (s *Pages) Release(v *kit.Request) error {
	return hold(v, s.Desk.Release, "担当を外れました。未担当の申込に戻しました。")
}

// hold does one of the three commands about who decides.
func hold(v *kit.Request, do func(context.Context, account.Actor, desk.Ref) error, done string) error {
	ref, err := v.RefAlone()
	if err != nil {
		return err
	}
	if err := do(v.Ctx(), v.Actor(), ref); err != nil {
		return err
	}
	return v.SeeOther(kit.DeskPath(ref.ID), done)
}

// AddRemark keeps an internal remark.
func (s *Pages) AddRemark(v *kit.Request) error {
	in, err := v.Form("version", "body")
	if err != nil {
		return err
	}
	ref, err := v.Ref(in)
	if err != nil {
		return err
	}
	if err := s.Desk.AddRemark(v.Ctx(), v.Actor(), ref, "", in.Get("body")); err != nil {
		return err
	}
	return v.SeeOther(kit.DeskPath(ref.ID)+"#internal-heading", "内部メモを残しました。")
}

// Returning says whether something was typed for a return, so that its part stands open.
func (v Verdict) Returning() bool {
	return slices.ContainsFunc(v.Remarks, func(f kit.Field) bool { return f.Value != "" || len(f.Problems) > 0 })
}

// Rejecting says the same for a rejection.
func (v Verdict) Rejecting() bool { return v.Reject.Value != "" || len(v.Reject.Problems) > 0 }
