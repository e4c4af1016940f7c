package examine

import (
	"net/url"
	"slices"

	"uketsuke/internal/application"
	"uketsuke/internal/calendar"
	"uketsuke/internal/desk"
	"uketsuke/internal/web/cases"
	"uketsuke/internal/web/kit"
)

// An IssuedPage is the page of what was issued: what an approval brought, and what became of it.
type IssuedPage struct {
	kit.Frame
	Receipt, Items, Company string
	State                   kit.Tag
	Ended                   kit.Notice
	Facts                   []kit.Pair
	Issued                  []cases.IssuedLine
	Period                  kit.Period
	Readings                []cases.ReadingLine
	Secrets                 bool
	Mails                   []cases.MailLine
	MailMeans               kit.Sentence
	Case                    string
	Void, ChangeStart       string // where the supervisor can, "" where nobody can
	SupervisorOnly          bool
	Reissue                 bool // complete with the approval: no start date, nothing to void (R-SEC-9)
	Papers                  cases.Papers
}

// ShowIssued shows what was issued; passwords are never here.
func (s *Pages) ShowIssued(v *kit.Request, f kit.Form) error {
	c, err := s.issuedCase(v)
	if err != nil {
		return err
	}
	path := kit.DeskPath(c.ID)
	data := IssuedPage{
		Frame: v.Frame(path+"/issued", f), Receipt: c.Receipt, Items: c.Items, Company: c.Establishment.Company + " " + c.Establishment.Name,
		State: kit.StateTag(c.State), Ended: cases.EndNotice(c), Facts: approvalFacts(c), Issued: s.cases.IssuedLines(c.Issued), Mails: cases.MailLines(c.Mails), MailMeans: s.cases.AcceptedMeans(),
		Case: path, SupervisorOnly: c.State == application.Approved, Reissue: c.Document.IsReissue(), Papers: cases.PapersOf(c, path),
	}
	if c.Reading != nil {
		data.Secrets, data.Period = true, cases.PeriodStrip(*c.Reading, c)
		for _, reading := range c.Reading.Readings {
			data.Readings = append(data.Readings, cases.ReadingLine{Reader: reading.Reader, At: kit.Say("%s", reading.At), IDs: reading.IDs})
		}
	}
	if slices.Contains(c.Allowed, application.Revoke) {
		data.Void, data.SupervisorOnly = path+"/void", false
	}
	if slices.Contains(c.Allowed, application.ChangeStartDate) {
		data.ChangeStart, data.SupervisorOnly = path+"/change-start", false
	}
	data.Back = kit.Link{Text: "この申込に戻る", Address: path}
	return v.Render("issued", data)
}

// issuedCase is an application that was approved once.
func (s *Pages) issuedCase(v *kit.Request) (desk.Case, error) {
	c, err := s.Desk.Case(v.Ctx(), v.Actor(), v.HTTP.PathValue("id"))
	if err == nil && c.ApprovedAt.IsZero() {
		return c, desk.ErrNotFound
	}
	return c, err
}

// approvalFacts are the days of an approval.
func approvalFacts(c desk.Case) []kit.Pair {
	facts := []kit.Pair{
		{Term: "審査終了日（ID払出し日）", Says: kit.Say("%s", c.ApprovedAt)}, {Term: "利用開始希望日", Day: c.Desired}, {Term: "利用開始日", Day: c.Start},
	}
	if c.Document.IsReissue() {
		return []kit.Pair{{Term: "再発行した日", Says: kit.Say("%s", c.ApprovedAt)}, {Term: "利用開始日", Says: cases.NoWish()}}
	}
	if c.StartReason != "" {
		facts = append(facts, kit.Pair{Term: "希望日と異なる理由", Value: c.StartReason})
	}
	if !c.SettingsDeadline.IsZero() {
		state := kit.Tag{Kind: "green", Text: "入力済"}
		if !c.SettingsComplete {
			state = kit.Tag{Kind: "orange", Text: "未入力"}
		}
		facts = append(facts, kit.Pair{Term: "システム設定", Tag: state}, kit.Pair{Term: "システム設定申込の締切日", Day: c.SettingsDeadline})
	}
	return facts
}

// A VoidPage asks for the reason before an approval is revoked.
type VoidPage struct {
	kit.Frame
	Receipt, Items, Company, Action, Version string
	Codes                                    []string
	Reason                                   kit.Field
	AskPassword                              bool
	Password                                 kit.Field
}

func (s *Pages) ShowVoid(v *kit.Request, f kit.Form) error {
	c, err := s.issuedCase(v)
	if err != nil {
		return err
	}
	if err := still(v, c, application.Revoke); err != nil {
		return err
	}
	path := kit.DeskPath(c.ID, "void")
	f = f.OnPage("reason", "password")
	data := VoidPage{
		Frame: v.Frame(path, f), Receipt: c.Receipt, Items: c.Items, Company: c.Establishment.Company + " " + c.Establishment.Name,
		Action: path, Version: cases.VersionShown(c, f), Codes: codesOf(c.Issued),
		Reason: f.Field(kit.Field{Name: "reason", Label: "無効にする理由", Rows: 4, Max: desk.TextMax, Required: true, Hint: kit.Say("申込者に表示し、メールでもお知らせします。")}),
	}
	data.AskPassword = !v.Confirmed()
	if data.Password, err = v.WhoField(f); err != nil {
		return err
	}
	data.Back = kit.Link{Text: "発行内容に戻る", Address: kit.DeskPath(c.ID, "issued")}
	return v.Render("void", data)
}

// still refuses a page about a command that is not open to the actor now.
func still(v *kit.Request, c desk.Case, command application.Command) error {
	if slices.Contains(c.Allowed, command) {
		return nil
	}
	why := application.WrongState
	if c.State == application.Approved {
		why = application.WrongRole
	}
	return &application.Refusal{Command: command, State: c.State, Role: v.Actor().Role, Why: why}
}

// Void revokes an approval before the start date (R-EX-8).
func (s *Pages) Void(v *kit.Request) error {
	in, err := v.Form("version", "reason", "password")
	if err != nil {
		return err
	}
	ref, err := v.Ref(in)
	if err != nil {
		return err
	}
	c, err := s.issuedCase(v)
	if err == nil {
		err = still(v, c, application.Revoke)
	}
	if err == nil {
		err = v.SureBy(in)
	}
	if err != nil {
		return err
	}
	if err := s.Desk.Void(v.Ctx(), v.Actor(), ref, in.Get("reason")); err != nil {
		return err
	}
	return v.SeeOther(kit.DeskPath(ref.ID, "issued"), "承認を無効にしました。申込担当者と管理責任者にメールでお知らせします。")
}

// A ChangeStartPage asks for another start date and its reason.
type ChangeStartPage struct {
	kit.Frame
	Receipt, Items, Company, Action, Version string
	Now                                      calendar.Date
	Secrets                                  bool
	Start, Reason                            kit.Field
}

func (s *Pages) ShowChangeStart(v *kit.Request, f kit.Form) error {
	c, err := s.issuedCase(v)
	if err != nil {
		return err
	}
	if err := still(v, c, application.ChangeStartDate); err != nil {
		return err
	}
	path := kit.DeskPath(c.ID, "change-start")
	f = f.OnPage("start", "start_reason")
	if f.Values == nil {
		f.Values = url.Values{"start": {c.EarliestChange.String()}}
	}
	data := ChangeStartPage{
		Frame: v.Frame(path, f), Receipt: c.Receipt, Items: c.Items, Company: c.Establishment.Company + " " + c.Establishment.Name,
		Action: path, Version: cases.VersionShown(c, f), Now: c.Start, Secrets: c.Reading != nil,
		Start:  f.Field(kit.Field{Name: "start", Label: "新しい利用開始日", Type: "date", Required: true, Earliest: c.EarliestChange.String(), Hint: kit.Say("今の利用開始日（%s）より後の営業日で、最も早い日は%sです。", c.Start, c.EarliestChange)}),
		Reason: f.Field(kit.Field{Name: "start_reason", Label: "変更の理由", Rows: 3, Max: application.ReasonMax, Required: true, Hint: kit.Say("申込者に表示し、メールでもお知らせします。")}),
	}
	data.Back = kit.Link{Text: "発行内容に戻る", Address: kit.DeskPath(c.ID, "issued")}
	return v.Render("change-start", data)
}

// ChangeStart moves the start date to a later day (R-EX-9).
func (s *Pages) ChangeStart(v *kit.Request) error {
	in, err := v.Form("version", "start", "start_reason")
	if err != nil {
		return err
	}
	ref, err := v.Ref(in)
	if err != nil {
		return err
	}
	err = s.Desk.ChangeStart(v.Ctx(), v.Actor(), ref, desk.StartChangeForm{Start: in.Get("start"), Reason: in.Get("start_reason")})
	if err != nil {
		return err
	}
	return v.SeeOther(kit.DeskPath(ref.ID, "issued"), "利用開始日を変更しました。締切日と参照期間も計算し直し、申込者にメールでお知らせします。")
}

// ShowVersionAtDesk shows a registered version to the centre.
func (s *Pages) ShowVersionAtDesk(v *kit.Request, f kit.Form) error {
	return s.cases.VersionBelow(v, f, "/desk/applications/")
}
