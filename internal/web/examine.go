package web

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
)

// An ExaminePage is page C2: one application as the centre sees it, with everything that a verdict needs.
type ExaminePage struct {
	Frame
	Receipt, Items, Company string
	Address                 string
	State                   Tag
	Holder                  string
	Wish                    calendar.Date
	Registered              Sentence
	Registrant              string
	Ended                   Notice
	Content                 Content
	Since                   []ChangedLine
	Adds                    []Sentence           // what it does to the contract of today
	Changes                 []ContractDifference // the same, before and after
	Checks                  []CheckLine
	Wrong                   int
	Planned                 []IssuedLine
	FewCodes                []Notice // the warning of R-ID-7, none while enough codes are free
	IssuedAt                string   // page C3, "" before the approval
	Earlier                 []ListLine
	Internal                []desk.RemarkView
	InternalAt              string
	Internals               Field
	History                 []HistoryLine
	Versions                []VersionLine
	Papers                  Papers

	Version, Round           string
	Claim, TakeOver, Release string
	WhyNot                   Sentence // why there is no verdict to give
	Verdict                  *Verdict
	Typed                    []Pair // what was typed for a verdict that can no longer be given
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
	WhyNoApproval         Sentence
	Start, StartReason    Field
	Deadline, LastReading calendar.Date
	Incomplete            bool
	Issues                bool // there are IDs to issue, and so passwords (R-SEC-11)
	Reissue               bool // no start date to confirm: complete with the approval (R-SEC-9)
	Password              Field
	AskPassword           bool
	Remarks               []Field
	Reject                Field
}

// showExamine shows an application to the centre in any state.
func (s *Server) showExamine(v *visit, f Form) error {
	x, err := s.Desk.Examine(v.ctx(), v.actor(), v.r.PathValue("id"))
	if err != nil {
		return err
	}
	c := x.Case
	path := deskPath(c.ID)
	f = f.onPage(append(verdictNames(c.Document), choiceNames(x.Planned)...)...)
	data := ExaminePage{
		Frame: v.frame(path, f), Receipt: c.Receipt, Items: c.Items, Company: c.Establishment.Company + " " + c.Establishment.Name, Address: path,
		State: stateTag(c.State), Holder: c.HolderName, Wish: c.Desired, Registered: Say("%s", c.RegisteredAt), Registrant: c.Registrant,
		Ended: endNoticeAtDesk(c), Content: s.contentOf(c, remarksNow(c)), Since: changedLines(x.Since), Earlier: listLines(x.Earlier, "/desk/applications"),
		Internal: c.Internal, Version: strconv.FormatInt(c.Version, 10), Round: strconv.Itoa(c.Round),
		History: historyOf(c), Versions: versionLines(c, path), Papers: papersOf(c, path),
	}
	data.Content.mark(x.Since)
	data.allow(c)
	if c.State == application.Registered || c.State == application.UnderExamination {
		data.Checks, data.Wrong = checkLines(x.Checks)
		data.Planned = s.issuedLines(x.Planned)
		data.Adds = addsWords(x.Planned, c.Document)
		if data.Changes, err = s.plannedChanges(v, c); err != nil {
			return err
		}
		if x.CodesLeft <= desk.FewCodes {
			data.FewCodes = []Notice{{Kind: "warning", Says: Say("この地域でこの企業に発行できる利用者コードは、残り%d個です（この申込の分を含みます）。なくなる前に企業略称の追加をご検討ください。", x.CodesLeft)}}
		}
	}
	if !c.ApprovedAt.IsZero() {
		data.IssuedAt = path + "/issued"
	}
	if data.Content.Reissue, err = s.reissueLines(v, c); err != nil {
		return err
	}
	if slices.Contains(c.Allowed, application.Remark) {
		data.InternalAt = path + "/remark"
		data.Internals = f.Field(Field{Name: "body", Label: "新しいメモ", Rows: 3, Max: desk.TextMax, Hint: Say("センターの中だけで共有します。申込者には表示されません。")})
	}
	if slices.Contains(c.Allowed, application.Return) || slices.Contains(c.Allowed, application.Approve) {
		data.Verdict = v.verdict(x, f)
		if data.Verdict.Password, err = v.whoField(f); err != nil {
			return err
		}
	} else {
		data.Typed = typedPairs(c, f)
	}
	data.Back = Link{Text: "受付窓口に戻る", Address: "/desk"}
	return v.render("examine", data)
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
		p.WhyNot = Say("まだ担当者がいません。判断するには、「担当する」を押してください。")
	case c.State == application.UnderExamination && slices.Contains(c.Allowed, application.Approve):
	case c.State == application.UnderExamination && p.TakeOver != "":
		p.WhyNot = Say("%sさんが担当しています。判断できるのは担当者だけです。引き継ぐには、「担当を引き継ぐ」を押してください。", c.HolderName)
	case c.State == application.Returned:
		p.WhyNot = Say("申込者の修正を待っています。表示しているのは、最後に登録された内容です。")
	}
}

// endNoticeAtDesk is how it ended, for the centre.
func endNoticeAtDesk(c desk.Case) Notice {
	if c.State == application.Returned {
		return Notice{}
	}
	return endNotice(c)
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
func addsWords(planned []desk.IssuedCode, doc application.Document) []Sentence {
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
	var says []Sentence
	say := func(text string, n int) {
		if n > 0 {
			says = append(says, Say(text, n))
		}
	}
	if codes > 0 {
		says = append(says, Say("現在の契約に、利用者コード%d件と利用者ID%d件を加えます。", codes, ids))
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
func (s *Server) plannedChanges(v *visit, c desk.Case) ([]ContractDifference, error) {
	if c.Document.IsReissue() {
		return nil, nil
	}
	today, then, err := s.Desk.ContractAsWished(v.ctx(), v.actor(), c.ID)
	if err != nil {
		return nil, err
	}
	return s.plannedWords(today, then, "/desk/establishments/"+url.PathEscape(c.Establishment.ID)+"/contract"), nil
}

// verdict is the form of the verdicts, with what is proposed or what was typed.
func (v *visit) verdict(x desk.Examination, f Form) *Verdict {
	c := x.Case
	if f.Values.Get("version") == "" { // opened afresh, or changed by somebody else meanwhile
		f.Values = merged(url.Values{"start": {x.Earliest.String()}, "start_reason": {x.EarliestReason}}, f.Values)
	}
	verdict := &Verdict{
		Path: deskPath(c.ID), Version: versionShown(c, f), Round: strconv.Itoa(c.Round), Proposed: codesOf(x.Planned),
		Approve:  slices.Contains(c.Allowed, application.Approve),
		Propose:  slices.Contains(c.Allowed, application.Propose),
		Others:   slices.Contains(c.Allowed, application.Return),
		Proposal: proposalShown(c),
		Deadline: x.Deadline, LastReading: x.LastReading, Incomplete: c.SettingsNeeded && !c.SettingsComplete, Reissue: c.Document.IsReissue(), Issues: len(x.Planned) > 0,
		Start: f.Field(Field{Name: "start", Label: "利用開始日", Type: "date", Required: true, Earliest: x.Earliest.String(),
			Hint: Say("希望日は%sです。最も早い日は%sです。", c.Desired, x.Earliest)}),
		StartReason: f.Field(Field{Name: "start_reason", Label: "希望日と異なる理由", Rows: 3, Max: application.ReasonMax, Hint: Say("希望日と異なる日にするときは必ず入力してください。申込者に表示されます。")}),
		AskPassword: !v.confirmed(),
		Reject:      f.Field(Field{Name: "reason", Label: "お受けできない理由", Rows: 4, Max: desk.TextMax, Hint: Say("申込者に表示し、メールでもお知らせします。")}),
	}
	verdict.Choices = choiceGroups(x.Planned, f)
	switch {
	case verdict.Approve, verdict.Propose && verdict.Proposal == nil:
	case c.FourEyes:
		verdict.WhyNoApproval = Say("承認を提案しました。ほかの審査担当者か審査責任者の承認を待っています。内容を改めるときは、もう一度提案してください。")
	default:
		verdict.WhyNoApproval = Say("ご自身で登録した申込は承認できません。ほかの審査担当者に引き継いでください。")
	}
	for _, item := range remarkItems(c) {
		verdict.Remarks = append(verdict.Remarks, f.Field(Field{Name: remarkName(item.path), Label: item.label, Rows: 2, Max: desk.TextMax}))
	}
	return verdict
}

// typedPairs are the texts of a form that has no place on the page any more, so that they can be copied.
func typedPairs(c desk.Case, f Form) []Pair {
	var pairs []Pair
	for _, item := range remarkItems(c) {
		if typed := f.Values.Get(remarkName(item.path)); typed != "" {
			pairs = append(pairs, Pair{Term: item.label, Value: typed})
		}
	}
	for _, one := range []remarkItem{{"start_reason", "希望日と異なる理由"}, {"reason", "お受けできない理由"}} {
		if typed := f.Values.Get(one.path); typed != "" {
			pairs = append(pairs, Pair{Term: one.label, Value: typed})
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

// verdictNames are the fields of C2.
func verdictNames(doc application.Document) []string {
	names := []string{"start", "start_reason", "password", "reason", "body"}
	for _, item := range remarkItems(desk.Case{Document: doc}) {
		names = append(names, remarkName(item.path))
	}
	return names
}

// verdictForm reads what the three verdicts post: one form, so that nothing typed for one is lost by another.
func (v *visit) verdictForm() (in url.Values, ref desk.Ref, round int, err error) {
	names := []string{"version", "round", "proposed", "start", "start_reason", "password", "reason"}
	for name := range v.r.PostForm {
		if name == "remark" || strings.HasPrefix(name, "remark.") || isChoice(name) {
			names = append(names, name)
		}
	}
	if in, err = v.form(names...); err != nil {
		return in, ref, 0, err
	}
	if ref, err = v.ref(in); err != nil {
		return in, ref, 0, err
	}
	round, err = strconv.Atoi(in.Get("round"))
	if err != nil {
		return in, ref, 0, desk.ErrNotFound
	}
	return in, ref, round, nil
}

// approve approves after re-authentication, and leads to what was issued.
func (s *Server) approve(v *visit) error {
	in, ref, round, err := v.verdictForm()
	if err != nil {
		return err
	}
	if err := v.sureBy(in); err != nil {
		return err
	}
	done, err := s.Desk.Approve(v.ctx(), v.actor(), ref, approveForm(in, round))
	if err != nil {
		return err
	}
	return v.seeOther(deskPath(ref.ID, "issued"), s.approvedWords(v, done))
}

// approvedWords say what was issued, and whether it is what the page proposed (R-ID-10).
func (s *Server) approvedWords(v *visit, done desk.Approval) string {
	codes := strings.Join(codesOf(done.Codes), "、")
	if codes == "" {
		return s.pages.Texts.Text(v.lang, "承認しました。発行する利用者コードと識別番号はありません。")
	}
	if done.Codes[0].Placeholder == 0 { // no code was asked for: passwords were issued again
		return s.pages.Texts.Text(v.lang, "承認しました。新しいパスワードを発行しました。これまでのパスワードは使えません。")
	}
	if done.Differs {
		return s.pages.Texts.Text(v.lang, "承認しました。発行した利用者コードは %s です。審査の間にほかの申込で使われたため、画面に示していた案とは異なります。", codes)
	}
	return s.pages.Texts.Text(v.lang, "承認しました。発行した利用者コードは %s です。画面に示していた案のとおりです。", codes)
}

// giveBack returns an application with the remarks that were typed.
func (s *Server) giveBack(v *visit) error {
	in, ref, round, err := v.verdictForm()
	if err != nil {
		return err
	}
	var remarks []desk.RemarkForm
	names := map[string]string{"remarks": "remark"}
	for _, name := range slices.Sorted(keys(in)) {
		if name == "remark" || strings.HasPrefix(name, "remark.") {
			names["remarks."+strconv.Itoa(len(remarks))] = name
			remarks = append(remarks, desk.RemarkForm{Item: strings.TrimPrefix(strings.TrimPrefix(name, "remark"), "."), Body: in.Get(name)})
		}
	}
	if err := s.Desk.Return(v.ctx(), v.actor(), ref, round, remarks); err != nil {
		return renamed(err, names)
	}
	return v.seeOther(deskPath(ref.ID), "申込を差し戻しました。申込担当者と管理責任者にメールでお知らせします。")
}

// reject turns an application down.
func (s *Server) reject(v *visit) error {
	in, ref, round, err := v.verdictForm()
	if err != nil {
		return err
	}
	if err := s.Desk.Reject(v.ctx(), v.actor(), ref, round, in.Get("reason")); err != nil {
		return err
	}
	return v.seeOther(deskPath(ref.ID), "申込を不承諾としました。申込担当者と管理責任者にメールでお知らせします。")
}

// claim makes the actor the one who decides.
func (s *Server) claim(v *visit) error {
	return v.hold(s.Desk.Claim, "担当になりました。内容を確認して判断してください。")
}

// takeOver makes the actor the one who decides instead of a colleague.
func (s *Server) takeOver(v *visit) error {
	return v.hold(s.Desk.TakeOver, "担当を引き継ぎました。内容を確認して判断してください。")
}

// release puts an application back to the unclaimed ones.
func (s *Server) release(v *visit) error {
	return v.hold(s.Desk.Release, "担当を外れました。未担当の申込に戻しました。")
}

// hold does one of the three commands about who decides.
func (v *visit) hold(do func(context.Context, account.Actor, desk.Ref) error, done string) error {
	ref, err := v.refAlone()
	if err != nil {
		return err
	}
	if err := do(v.ctx(), v.actor(), ref); err != nil {
		return err
	}
	return v.seeOther(deskPath(ref.ID), done)
}

// addRemark keeps an internal remark.
func (s *Server) addRemark(v *visit) error {
	in, err := v.form("version", "body")
	if err != nil {
		return err
	}
	ref, err := v.ref(in)
	if err != nil {
		return err
	}
	if err := s.Desk.AddRemark(v.ctx(), v.actor(), ref, "", in.Get("body")); err != nil {
		return err
	}
	return v.seeOther(deskPath(ref.ID)+"#internal-heading", "内部メモを残しました。")
}

// Returning says whether something was typed for a return, so that its part stands open.
func (v Verdict) Returning() bool {
	return slices.ContainsFunc(v.Remarks, func(f Field) bool { return f.Value != "" || len(f.Problems) > 0 })
}

// Rejecting says the same for a rejection.
func (v Verdict) Rejecting() bool { return v.Reject.Value != "" || len(v.Reject.Problems) > 0 }
