package cases

import (
	"errors"
	"net/http"
	"slices"

	"uketsuke/internal/account"
	"uketsuke/internal/application"
	"uketsuke/internal/calendar"
	"uketsuke/internal/desk"
	"uketsuke/internal/problem"
	"uketsuke/internal/secret"
	"uketsuke/internal/userid"
	"uketsuke/internal/web/kit"
)

// An IDNoticePage is the page 「ID通知内容」. It never holds a secret.
type IDNoticePage struct {
	kit.Frame
	CaseHead
	Issued   []IssuedLine
	Start    calendar.Date
	Approved calendar.Date
	Settings calendar.Date // deadline of settings that are not complete
	Period   kit.Period
	Advice   kit.Sentence
	Readable bool
	MayRead  bool
	Ended    bool
	Noted    bool
	WhyNot   kit.Sentence
	Action   string
	NoteAt   string
	Once     string
	Password kit.Field
	Readings []ReadingLine
	Figure   kit.IDFigure
	NoStart  bool   // a re-issue: in effect with the approval (R-SEC-9)
	Erase    string // where an administrator destroys the passwords early, "" when nobody can here
	Reissue  bool   // an administrator can ask for new passwords
}

// An IssuedLine is one user ID in words.
type IssuedLine struct {
	Name         string // 追加1, 追加 or 再発行
	Code, Number string
	Category     string
	Trades       []string
	Method       string
	SingleSignOn bool
}

// A ReadingLine is one act of reading the passwords.
type ReadingLine struct {
	Reader string
	At     kit.Sentence
	IDs    int
}

// A SecretsPage is the answer to reading: all IDs of the application with their passwords, once (R-SEC-5).
type SecretsPage struct {
	kit.Frame
	Receipt, Company, Establishment string
	Start                           calendar.Date
	Advice                          kit.Sentence
	IDs                             []SecretLine
	NoteAt, Again                   string
	NoStart                         bool // a re-issue: Start is the day of it
	ReadAt                          kit.Sentence
	Reader                          string
}

// A SecretLine is a user ID with the marks of its two passwords and of how they are read aloud.
type SecretLine struct {
	IssuedLine
	IDSpelt                          string
	Replaced                         bool
	Password, PasswordSpelt          string
	UserPassword, UserPasswordSpelt  string
	PasswordLabel, UserPasswordLabel string
}

// ShowIDs shows what was issued, and whether the passwords can be read.
func (s *Pages) ShowIDs(v *kit.Request, f kit.Form) error {
	c, err := s.Desk.Case(v.Ctx(), v.Actor(), v.HTTP.PathValue("id"))
	if err != nil {
		return err
	}
	if len(c.Issued) == 0 {
		return desk.ErrNotFound
	}
	password, err := v.WhoField(f)
	if err != nil {
		return err
	}
	path := kit.ApplicationPath(c.ID, "ids")
	data := IDNoticePage{
		Frame: v.Frame(path, f.OnPage("password")), CaseHead: caseHead(c, tabIDs), Issued: s.IssuedLines(c.Issued), Start: c.Start,
		Approved: calendar.DateOf(c.ApprovedAt), Action: path, NoteAt: path + "/noted",
		Password: password,
		Figure:   figureOf(c.Issued), NoStart: c.Document.IsReissue(),
	}
	if slices.Contains(c.Allowed, application.SaveSettings) && !c.SettingsComplete {
		data.Settings = c.SettingsDeadline
	}
	if c.Reading != nil {
		data.read(*c.Reading, c)
	}
	if data.Readable && data.MayRead {
		data.Once = v.OfferOnce()
	}
	if administrator := v.Actor().Role == account.Administrator; administrator {
		data.Reissue = data.Ended
		if data.Readable {
			data.Erase = path + "/erase"
		}
	}
	data.Back = kit.Link{Text: "申込の一覧に戻る", Address: "/applications"}
	return v.Render("ids", data)
}

// read fills in what may be said of the passwords.
func (p *IDNoticePage) read(r desk.Reading, c desk.Case) {
	p.Readable, p.MayRead, p.Noted = r.Readable, r.MayRead, r.Noted
	p.Ended = r.Ended && c.State != application.Void
	p.Advice = adviceOf(r.Period, c)
	p.Period = PeriodStrip(r, c)
	p.WhyNot = whyNoSecrets(r, c)
	for _, reading := range r.Readings {
		p.Readings = append(p.Readings, ReadingLine{Reader: reading.Reader, At: kit.Say("%s", reading.At), IDs: reading.IDs})
	}
}

// adviceOf is the operator's advice with both days (R-SEC-2); a re-issue has no start date to speak of.
func adviceOf(p secret.Period, c desk.Case) kit.Sentence {
	if c.Document.IsReissue() {
		return kit.Say("再発行の翌日（%s）までにお控えください（参照できるのは%sまで）。", p.Advised, p.LastDay)
	}
	return kit.Say("利用開始日の翌日（%s）までにお控えください（参照できるのは%sまで）。", p.Advised, p.LastDay)
}

// PeriodStrip is the strip of the reading period with its real days (R-SEC-1).
func PeriodStrip(r desk.Reading, c desk.Case) kit.Period {
	p := kit.Period{
		Caption: "パスワードの参照期間", Open: r.Readable, Today: c.Today,
		Marks: []kit.Mark{
			{Text: "審査終了日（ID払出し日）", Day: calendar.DateOf(r.Period.From)}, {Text: "利用開始日", Day: r.Period.Start},
			{Text: "控えるおすすめの日", Day: r.Period.Advised}, {Text: "参照できる最後の日", Day: r.Period.LastDay},
		},
	}
	if c.Document.IsReissue() {
		p.Marks = []kit.Mark{{Text: "再発行した日", Day: calendar.DateOf(r.Period.From)}, {Text: "控えるおすすめの日", Day: r.Period.Advised}, {Text: "参照できる最後の日", Day: r.Period.LastDay}}
	}
	switch left := r.Period.DaysLeft(c.Now); {
	case r.Readable && left == 1:
		p.Says = kit.Say("今日（%s）が、参照できる最後の日です。", r.Period.LastDay)
	case r.Readable:
		p.Says = kit.Say("今日を含めて、あと%d日参照できます（%sまで）。", left, r.Period.LastDay)
	case r.Ended && c.Today.Before(r.Period.FirstClosed) && c.State != application.Void:
		p.Says = kit.Say("参照期間の終わりを待たずに、パスワードが消去または再発行されました。")
	case !c.Today.Before(r.Period.FirstClosed):
		p.Says = kit.Say("%sに参照期間が終わりました。", r.Period.LastDay)
	}
	return p
}

// whyNoSecrets says why there is no button; a person who may not read is told who may.
func whyNoSecrets(r desk.Reading, c desk.Case) kit.Sentence {
	switch {
	case c.State == application.Void:
		return kit.Say("承認が無効になったため、パスワードは参照できません。")
	case !r.Readable:
		return kit.Say("パスワードはどなたにも表示できません。まだ控えていない場合は、管理責任者がパスワードの再発行（パスワード変更手続き）を申し込んでください。")
	case !r.MayRead:
		return kit.Say("パスワードを参照できるのは、管理責任者と、この申込を登録した方です。必要な場合は、管理責任者にご依頼ください。")
	}
	return kit.Sentence{}
}

// IssuedLines are what an approval brought, one line a user ID, without secrets.
func (s *Pages) IssuedLines(codes []desk.IssuedCode) []IssuedLine {
	var lines []IssuedLine
	for _, code := range codes {
		for _, id := range code.IDs {
			line := s.issuedLine(id)
			line.Name, line.Category = issuedWhy(code), application.CategoryName(code.Category)
			lines = append(lines, line)
		}
	}
	return lines
}

func (s *Pages) issuedLine(id desk.IssuedID) IssuedLine {
	code := ""
	if len(id.ID) == 8 {
		code = string(id.ID.Code())
	}
	return IssuedLine{Code: code, Number: string(id.Number), Trades: s.TradeNames(id.Trades), Method: s.MethodWord(id.Method), SingleSignOn: id.SingleSignOn}
}

// figureOf explains the first ID that was issued.
func figureOf(codes []desk.IssuedCode) kit.IDFigure {
	for _, code := range codes {
		for _, id := range code.IDs {
			return kit.IDFigure{Code: string(code.Code), Number: string(id.Number)}
		}
	}
	return kit.IDFigure{}
}

// ReadSecrets answers the deliberate POST with the page itself: the password is asked for each time, and a
// reload asks again (R-SEC-5).
func (s *Pages) ReadSecrets(v *kit.Request) error {
	in, err := v.Form("password", "once")
	if err != nil {
		return err
	}
	first, err := v.SpendOnce(in.Get("once"))
	if err != nil {
		return err
	}
	if !first {
		return problem.List{problem.New("password", "R-SEC-5", "パスワードを表示するたびに確認が必要です。もう一度、ログインに使うパスワードを入力してください。")}
	}
	if err := v.Confirm(in.Get("password")); err != nil {
		return err
	}
	notice, err := s.Desk.ReadSecrets(v.Ctx(), v.Actor(), v.HTTP.PathValue("id"))
	if err != nil {
		return s.notReadable(v, err)
	}
	defer notice.Forget()
	hidden := kit.NewCover()
	return v.RenderCovered("secrets", s.secretsPage(v, notice, hidden), hidden)
}

// notReadable answers with the page that says why, when the period ended or the person may not.
func (s *Pages) notReadable(v *kit.Request, err error) error {
	var not *desk.NotReadable
	if !errors.As(err, &not) {
		return err
	}
	if !not.Ended {
		return desk.ErrForbidden
	}
	v.Status = http.StatusConflict
	v.Flash = append(v.Flash, kit.Notice{Kind: "error", Heading: "参照期間を過ぎました", Says: kit.Say("パスワードは表示できませんでした。")})
	return s.ShowIDs(v, kit.Form{})
}

func (s *Pages) secretsPage(v *kit.Request, notice desk.IDNotice, hidden *kit.Cover) SecretsPage {
	c := notice.Case
	path := kit.ApplicationPath(c.ID, "ids")
	data := SecretsPage{
		Frame: v.Frame(path, kit.Form{}), Receipt: c.Receipt, Company: c.Establishment.Company, Establishment: c.Establishment.Name, Start: c.Start,
		NoteAt: path + "/noted", Again: path, ReadAt: kit.Say("%s", c.Now), Reader: v.Actor().Name, NoStart: c.Document.IsReissue(),
	}
	if c.Reading != nil {
		data.Advice = adviceOf(c.Reading.Period, c)
	}
	for _, id := range notice.IDs {
		line := SecretLine{IssuedLine: s.issuedLine(id.IssuedID), IDSpelt: spellID(id.ID), Replaced: id.Replaced,
			PasswordLabel: secret.Password.Japanese(), UserPasswordLabel: secret.UserPassword.Japanese()}
		line.Password, line.PasswordSpelt = hidden.Of(id.Password)
		line.UserPassword, line.UserPasswordSpelt = hidden.Of(id.UserPassword)
		data.IDs = append(data.IDs, line)
	}
	data.Back = kit.Link{Text: "ID通知内容に戻る", Address: path}
	return data
}

func spellID(id userid.ID) string { return secret.Spell(string(id)) }

// NoteSecrets is 「控えました」 (R-SEC-8).
func (s *Pages) NoteSecrets(v *kit.Request) error {
	if _, err := v.Form(); err != nil {
		return err
	}
	id := v.HTTP.PathValue("id")
	if err := s.Desk.NoteSecrets(v.Ctx(), v.Actor(), id); err != nil {
		return s.notReadable(v, err)
	}
	return v.SeeOther(kit.ApplicationPath(id, "ids"), "控えたことを記録しました。パスワードについてのお知らせは、今後あなたには送られません。")
}
