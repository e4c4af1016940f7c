package web

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
)

// An IDNoticePage is page E14, 「ID通知内容」. It never holds a secret.
type IDNoticePage struct {
	Frame
	CaseHead
	Issued   []IssuedLine
	Start    calendar.Date
	Approved calendar.Date
	Settings calendar.Date // deadline of settings that are not complete
	Period   Period
	Advice   Sentence
	Readable bool
	MayRead  bool
	Ended    bool
	Noted    bool
	WhyNot   Sentence
	Action   string
	NoteAt   string
	Once     string
	Password Field
	Readings []ReadingLine
	Figure   IDFigure
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
	At     Sentence
	IDs    int
}

// A SecretsPage is the answer to reading: all IDs of the application with their passwords, once (R-SEC-5).
type SecretsPage struct {
	Frame
	Receipt, Company, Establishment string
	Start                           calendar.Date
	Advice                          Sentence
	IDs                             []SecretLine
	NoteAt, Again                   string
	NoStart                         bool // a re-issue: Start is the day of it
	ReadAt                          Sentence
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

// showIDs shows what was issued, and whether the passwords can be read.
func (s *Server) showIDs(v *visit, f Form) error {
	c, err := s.Desk.Case(v.ctx(), v.actor(), v.r.PathValue("id"))
	if err != nil {
		return err
	}
	if len(c.Issued) == 0 {
		return desk.ErrNotFound
	}
	password, err := v.whoField(f)
	if err != nil {
		return err
	}
	path := applicationPath(c.ID, "ids")
	data := IDNoticePage{
		Frame: v.frame(path, f.onPage("password")), CaseHead: caseHead(c, tabIDs), Issued: s.issuedLines(c.Issued), Start: c.Start,
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
		data.Once = v.offerOnce()
	}
	if administrator := v.actor().Role == account.Administrator; administrator {
		data.Reissue = data.Ended
		if data.Readable {
			data.Erase = path + "/erase"
		}
	}
	data.Back = Link{Text: "申込の一覧に戻る", Address: "/applications"}
	return v.render("ids", data)
}

// read fills in what may be said of the passwords.
func (p *IDNoticePage) read(r desk.Reading, c desk.Case) {
	p.Readable, p.MayRead, p.Noted = r.Readable, r.MayRead, r.Noted
	p.Ended = r.Ended && c.State != application.Void
	p.Advice = adviceOf(r.Period, c)
	p.Period = periodStrip(r, c)
	p.WhyNot = whyNoSecrets(r, c)
	for _, reading := range r.Readings {
		p.Readings = append(p.Readings, ReadingLine{Reader: reading.Reader, At: Say("%s", reading.At), IDs: reading.IDs})
	}
}

// adviceOf is the operator's advice with both days (R-SEC-2); a re-issue has no start date to speak of.
func adviceOf(p secret.Period, c desk.Case) Sentence {
	if c.Document.IsReissue() {
		return Say("再発行の翌日（%s）までにお控えください（参照できるのは%sまで）。", p.Advised, p.LastDay)
	}
	return Say("利用開始日の翌日（%s）までにお控えください（参照できるのは%sまで）。", p.Advised, p.LastDay)
}

// periodStrip is the strip of the reading period with its real days (R-SEC-1).
func periodStrip(r desk.Reading, c desk.Case) Period {
	p := Period{
		Caption: "パスワードの参照期間", Open: r.Readable, Today: c.Today,
		Marks: []Mark{
			{"審査終了日（ID払出し日）", calendar.DateOf(r.Period.From)}, {"利用開始日", r.Period.Start},
			{"控えるおすすめの日", r.Period.Advised}, {"参照できる最後の日", r.Period.LastDay},
		},
	}
	if c.Document.IsReissue() {
		p.Marks = []Mark{{"再発行した日", calendar.DateOf(r.Period.From)}, {"控えるおすすめの日", r.Period.Advised}, {"参照できる最後の日", r.Period.LastDay}}
	}
	switch left := r.Period.DaysLeft(c.Now); {
	case r.Readable && left == 1:
		p.Says = Say("今日（%s）が、参照できる最後の日です。", r.Period.LastDay)
	case r.Readable:
		p.Says = Say("今日を含めて、あと%d日参照できます（%sまで）。", left, r.Period.LastDay)
	case r.Ended && c.Today.Before(r.Period.FirstClosed) && c.State != application.Void:
		p.Says = Say("参照期間の終わりを待たずに、パスワードが消去または再発行されました。")
	case !c.Today.Before(r.Period.FirstClosed):
		p.Says = Say("%sに参照期間が終わりました。", r.Period.LastDay)
	}
	return p
}

// whyNoSecrets says why there is no button; a person who may not read is told who may.
func whyNoSecrets(r desk.Reading, c desk.Case) Sentence {
	switch {
	case c.State == application.Void:
		return Say("承認が無効になったため、パスワードは参照できません。")
	case !r.Readable:
		return Say("パスワードはどなたにも表示できません。まだ控えていない場合は、管理責任者がパスワードの再発行（パスワード変更手続き）を申し込んでください。")
	case !r.MayRead:
		return Say("パスワードを参照できるのは、管理責任者と、この申込を登録した方です。必要な場合は、管理責任者にご依頼ください。")
	}
	return Sentence{}
}

func (s *Server) issuedLines(codes []desk.IssuedCode) []IssuedLine {
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

func (s *Server) issuedLine(id desk.IssuedID) IssuedLine {
	code := ""
	if len(id.ID) == 8 {
		code = string(id.ID.Code())
	}
	return IssuedLine{Code: code, Number: string(id.Number), Trades: s.tradeNames(id.Trades), Method: s.methodWord(id.Method), SingleSignOn: id.SingleSignOn}
}

// figureOf explains the first ID that was issued.
func figureOf(codes []desk.IssuedCode) IDFigure {
	for _, code := range codes {
		for _, id := range code.IDs {
			return IDFigure{Code: string(code.Code), Number: string(id.Number)}
		}
	}
	return IDFigure{}
}

// readSecrets answers the deliberate POST with the page itself: the password is asked for each time, and a
// reload asks again (R-SEC-5).
func (s *Server) readSecrets(v *visit) error {
	in, err := v.form("password", "once")
	if err != nil {
		return err
	}
	first, err := v.spendOnce(in.Get("once"))
	if err != nil {
		return err
	}
	if !first {
		return problem.List{problem.New("password", "R-SEC-5", "パスワードを表示するたびに確認が必要です。もう一度、ログインに使うパスワードを入力してください。")}
	}
	if err := v.confirm(in.Get("password")); err != nil {
		return err
	}
	notice, err := s.Desk.ReadSecrets(v.ctx(), v.actor(), v.r.PathValue("id"))
	if err != nil {
		return s.notReadable(v, err)
	}
	defer notice.Forget()
	hidden := newCover()
	return v.renderCovered("secrets", s.secretsPage(v, notice, hidden), hidden)
}

// notReadable answers with the page that says why, when the period ended or the person may not.
func (s *Server) notReadable(v *visit, err error) error {
	var not *desk.NotReadable
	if !errors.As(err, &not) {
		return err
	}
	if !not.Ended {
		return desk.ErrForbidden
	}
	v.status = http.StatusConflict
	v.flash = append(v.flash, Notice{Kind: "error", Heading: "参照期間を過ぎました", Says: Say("パスワードは表示できませんでした。")})
	return s.showIDs(v, Form{})
}

func (s *Server) secretsPage(v *visit, notice desk.IDNotice, hidden *cover) SecretsPage {
	c := notice.Case
	path := applicationPath(c.ID, "ids")
	data := SecretsPage{
		Frame: v.frame(path, Form{}), Receipt: c.Receipt, Company: c.Establishment.Company, Establishment: c.Establishment.Name, Start: c.Start,
		NoteAt: path + "/noted", Again: path, ReadAt: Say("%s", c.Now), Reader: v.actor().Name, NoStart: c.Document.IsReissue(),
	}
	if c.Reading != nil {
		data.Advice = adviceOf(c.Reading.Period, c)
	}
	for _, id := range notice.IDs {
		line := SecretLine{IssuedLine: s.issuedLine(id.IssuedID), IDSpelt: spellID(id.ID), Replaced: id.Replaced,
			PasswordLabel: secret.Password.Japanese(), UserPasswordLabel: secret.UserPassword.Japanese()}
		line.Password, line.PasswordSpelt = hidden.of(id.Password)
		line.UserPassword, line.UserPasswordSpelt = hidden.of(id.UserPassword)
		data.IDs = append(data.IDs, line)
	}
	data.Back = Link{Text: "ID通知内容に戻る", Address: path}
	return data
}

func spellID(id userid.ID) string { return secret.Spell(string(id)) }

// noteSecrets is 「控えました」 (R-SEC-8).
func (s *Server) noteSecrets(v *visit) error {
	if _, err := v.form(); err != nil {
		return err
	}
	id := v.r.PathValue("id")
	if err := s.Desk.NoteSecrets(v.ctx(), v.actor(), id); err != nil {
		return s.notReadable(v, err)
	}
	return v.seeOther(applicationPath(id, "ids"), "控えたことを記録しました。パスワードについてのお知らせは、今後あなたには送られません。")
}
