package web

import (
	"net/url"
	"slices"

	"uketsuke/internal/application"
	"uketsuke/internal/calendar"
	"uketsuke/internal/desk"
)

// An IssuedPage is page C3: what an approval brought, and what became of it.
type IssuedPage struct {
	Frame
	Receipt, Items, Company string
	State                   Tag
	Ended                   Notice
	Facts                   []Pair
	Issued                  []IssuedLine
	Period                  Period
	Readings                []ReadingLine
	Secrets                 bool
	Mails                   []MailLine
	MailMeans               Sentence
	Case                    string
	Void, ChangeStart       string // where the supervisor can, "" where nobody can
	SupervisorOnly          bool
	Reissue                 bool // complete with the approval: no start date, nothing to void (R-SEC-9)
	Papers                  Papers
}

// showIssued shows what was issued; passwords are never here.
func (s *Server) showIssued(v *visit, f Form) error {
	c, err := s.issuedCase(v)
	if err != nil {
		return err
	}
	path := deskPath(c.ID)
	data := IssuedPage{
		Frame: v.frame(path+"/issued", f), Receipt: c.Receipt, Items: c.Items, Company: c.Establishment.Company + " " + c.Establishment.Name,
		State: stateTag(c.State), Ended: endNotice(c), Facts: approvalFacts(c), Issued: s.issuedLines(c.Issued), Mails: mailLines(c.Mails), MailMeans: s.acceptedMeans(),
		Case: path, SupervisorOnly: c.State == application.Approved, Reissue: c.Document.IsReissue(), Papers: papersOf(c, path),
	}
	if c.Reading != nil {
		data.Secrets, data.Period = true, periodStrip(*c.Reading, c)
		for _, reading := range c.Reading.Readings {
			data.Readings = append(data.Readings, ReadingLine{Reader: reading.Reader, At: Say("%s", reading.At), IDs: reading.IDs})
		}
	}
	if slices.Contains(c.Allowed, application.Revoke) {
		data.Void, data.SupervisorOnly = path+"/void", false
	}
	if slices.Contains(c.Allowed, application.ChangeStartDate) {
		data.ChangeStart, data.SupervisorOnly = path+"/change-start", false
	}
	data.Back = Link{Text: "この申込に戻る", Address: path}
	return v.render("issued", data)
}

// issuedCase is an application that was approved once.
func (s *Server) issuedCase(v *visit) (desk.Case, error) {
	c, err := s.Desk.Case(v.ctx(), v.actor(), v.r.PathValue("id"))
	if err == nil && c.ApprovedAt.IsZero() {
		return c, desk.ErrNotFound
	}
	return c, err
}

// approvalFacts are the days of an approval.
func approvalFacts(c desk.Case) []Pair {
	facts := []Pair{
		{Term: "審査終了日（ID払出し日）", Says: Say("%s", c.ApprovedAt)}, {Term: "利用開始希望日", Day: c.Desired}, {Term: "利用開始日", Day: c.Start},
	}
	if c.Document.IsReissue() {
		return []Pair{{Term: "再発行した日", Says: Say("%s", c.ApprovedAt)}, {Term: "利用開始日", Says: noWish()}}
	}
	if c.StartReason != "" {
		facts = append(facts, Pair{Term: "希望日と異なる理由", Value: c.StartReason})
	}
	if !c.SettingsDeadline.IsZero() {
		state := Tag{Kind: "green", Text: "入力済"}
		if !c.SettingsComplete {
			state = Tag{Kind: "orange", Text: "未入力"}
		}
		facts = append(facts, Pair{Term: "システム設定", Tag: state}, Pair{Term: "システム設定申込の締切日", Day: c.SettingsDeadline})
	}
	return facts
}

// A VoidPage asks for the reason before an approval is revoked.
type VoidPage struct {
	Frame
	Receipt, Items, Company, Action, Version string
	Codes                                    []string
	Reason                                   Field
	AskPassword                              bool
	Password                                 Field
}

func (s *Server) showVoid(v *visit, f Form) error {
	c, err := s.issuedCase(v)
	if err != nil {
		return err
	}
	if err := v.still(c, application.Revoke); err != nil {
		return err
	}
	path := deskPath(c.ID, "void")
	f = f.onPage("reason", "password")
	data := VoidPage{
		Frame: v.frame(path, f), Receipt: c.Receipt, Items: c.Items, Company: c.Establishment.Company + " " + c.Establishment.Name,
		Action: path, Version: versionShown(c, f), Codes: codesOf(c.Issued),
		Reason: f.Field(Field{Name: "reason", Label: "無効にする理由", Rows: 4, Max: desk.TextMax, Required: true, Hint: Say("申込者に表示し、メールでもお知らせします。")}),
	}
	data.AskPassword = !v.confirmed()
	if data.Password, err = v.whoField(f); err != nil {
		return err
	}
	data.Back = Link{Text: "発行内容に戻る", Address: deskPath(c.ID, "issued")}
	return v.render("void", data)
}

// still refuses a page about a command that is not open to the actor now.
func (v *visit) still(c desk.Case, command application.Command) error {
	if slices.Contains(c.Allowed, command) {
		return nil
	}
	why := application.WrongState
	if c.State == application.Approved {
		why = application.WrongRole
	}
	return &application.Refusal{Command: command, State: c.State, Role: v.actor().Role, Why: why}
}

// void revokes an approval before the start date (R-EX-8).
func (s *Server) void(v *visit) error {
	in, err := v.form("version", "reason", "password")
	if err != nil {
		return err
	}
	ref, err := v.ref(in)
	if err != nil {
		return err
	}
	c, err := s.issuedCase(v)
	if err == nil {
		err = v.still(c, application.Revoke)
	}
	if err == nil {
		err = v.sureBy(in)
	}
	if err != nil {
		return err
	}
	if err := s.Desk.Void(v.ctx(), v.actor(), ref, in.Get("reason")); err != nil {
		return err
	}
	return v.seeOther(deskPath(ref.ID, "issued"), "承認を無効にしました。申込担当者と管理責任者にメールでお知らせします。")
}

// A ChangeStartPage asks for another start date and its reason.
type ChangeStartPage struct {
	Frame
	Receipt, Items, Company, Action, Version string
	Now                                      calendar.Date
	Secrets                                  bool
	Start, Reason                            Field
}

func (s *Server) showChangeStart(v *visit, f Form) error {
	c, err := s.issuedCase(v)
	if err != nil {
		return err
	}
	if err := v.still(c, application.ChangeStartDate); err != nil {
		return err
	}
	path := deskPath(c.ID, "change-start")
	f = f.onPage("start", "start_reason")
	if f.Values == nil {
		f.Values = url.Values{"start": {c.EarliestChange.String()}}
	}
	data := ChangeStartPage{
		Frame: v.frame(path, f), Receipt: c.Receipt, Items: c.Items, Company: c.Establishment.Company + " " + c.Establishment.Name,
		Action: path, Version: versionShown(c, f), Now: c.Start, Secrets: c.Reading != nil,
		Start:  f.Field(Field{Name: "start", Label: "新しい利用開始日", Type: "date", Required: true, Earliest: c.EarliestChange.String(), Hint: Say("今の利用開始日（%s）より後の営業日で、最も早い日は%sです。", c.Start, c.EarliestChange)}),
		Reason: f.Field(Field{Name: "start_reason", Label: "変更の理由", Rows: 3, Max: application.ReasonMax, Required: true, Hint: Say("申込者に表示し、メールでもお知らせします。")}),
	}
	data.Back = Link{Text: "発行内容に戻る", Address: deskPath(c.ID, "issued")}
	return v.render("change-start", data)
}

// changeStart moves the start date to a later day (R-EX-9).
func (s *Server) changeStart(v *visit) error {
	in, err := v.form("version", "start", "start_reason")
	if err != nil {
		return err
	}
	ref, err := v.ref(in)
	if err != nil {
		return err
	}
	err = s.Desk.ChangeStart(v.ctx(), v.actor(), ref, desk.StartChangeForm{Start: in.Get("start"), Reason: in.Get("start_reason")})
	if err != nil {
		return err
	}
	return v.seeOther(deskPath(ref.ID, "issued"), "利用開始日を変更しました。締切日と参照期間も計算し直し、申込者にメールでお知らせします。")
}

// showVersionAtDesk shows a registered version to the centre.
func (s *Server) showVersionAtDesk(v *visit, f Form) error {
	return s.versionBelow(v, f, "/desk/applications/")
}
