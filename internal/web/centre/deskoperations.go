package centre

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"uketsuke/internal/account"
	"uketsuke/internal/calendar"
	"uketsuke/internal/desk"
	"uketsuke/internal/web/kit"
)

// An OperationsPage is the page of modes and background work.
type OperationsPage struct {
	kit.Frame
	Condition *ConditionPart
	Mode      kit.Tag
	Since     kit.Sentence
	Notice    string
	NoticeEn  string
	MayEdit   bool
	Seen      string // the switch that the form was shown after
	Choices   kit.Choices
	Text      kit.Field
	TextEn    kit.Field
	Until     calendar.Date
	Passing   []PassingLine
	Switches  []SwitchLine
	Jobs      []JobLine
	Signing   desk.Signing
	Aside     desk.AsideKeys
	Late      int
	Behind    bool
}

// A PassingLine is a last day that comes soon, whatever the mode.
type PassingLine struct {
	Day                       calendar.Date
	What                      string
	Receipt, Company, Address string
}

// A SwitchLine is a switch of the mode.
type SwitchLine struct {
	At     time.Time
	Mode   kit.Tag
	By     string
	Notice string
}

// A JobLine is background work in words.
type JobLine struct {
	Name, Key   string
	Part        bool // a pass of the clock's round
	State       kit.Tag
	LastSuccess time.Time
	Age         kit.Sentence
	Next        time.Time
	FailedAt    time.Time
	Failure     string
}

// ShowOperations shows the mode and the jobs.
func (s *Pages) ShowOperations(v *kit.Request, f kit.Form) error {
	view, err := s.Desk.Operations(v.Ctx(), v.Actor())
	if err != nil {
		return err
	}
	if f.Values == nil {
		f.Values = url.Values{"mode": {string(view.Mode.Mode)}, "notice": {view.Mode.Notice}, "notice_en": {view.Mode.NoticeEn}}
	}
	data := OperationsPage{
		Frame: v.Frame("/desk/operations", f), Condition: s.conditionPart(), Mode: modeTag(view.Mode.Mode), Notice: view.Mode.Notice, NoticeEn: view.Mode.NoticeEn,
		MayEdit: v.Actor().Role == account.Supervisor, Seen: strconv.FormatInt(view.Mode.Number, 10), Choices: f.Choices(modeChoices()),
		Text:   f.Field(kit.Field{Name: "notice", Label: "お知らせ（日本語）", Rows: 3, Max: desk.AnnouncementMax, Hint: kit.Say("すべてのページとログイン画面に表示します。「受付中」にするときは空欄でかまいません。")}),
		TextEn: f.Field(kit.Field{Name: "notice_en", Label: "お知らせ（英語）", Rows: 3, Max: desk.AnnouncementMax, Optional: true, Hint: kit.Say("空欄のときは、英語の画面にも日本語のお知らせを表示します。")}),
		Until:  view.Until, Signing: view.Signing, Aside: view.Aside, Behind: view.Behind,
	}
	if !view.Mode.Since.IsZero() {
		data.Since = kit.Say("%s から", view.Mode.Since)
	}
	for _, p := range view.Passing {
		line := PassingLine{Day: p.Day, What: "パスワードを参照できる最後の日", Receipt: p.Receipt, Company: p.Company, Address: kit.DeskPath(p.Application)}
		if p.Settings {
			line.What = "システム設定申込の締切日"
		}
		data.Passing = append(data.Passing, line)
	}
	for _, m := range view.Switches {
		data.Switches = append(data.Switches, SwitchLine{m.Since, modeTag(m.Mode), m.By, m.Notice})
	}
	for _, job := range view.Jobs {
		data.Jobs = append(data.Jobs, jobLine(job))
		if job.Late {
			data.Late++
		}
	}
	return v.Render("desk-operations", data)
}

func modeTag(m desk.Mode) kit.Tag {
	switch m {
	case desk.ModeReadOnly:
		return kit.Tag{Kind: "orange", Text: "閲覧のみ"}
	case desk.ModeClosed:
		return kit.Tag{Kind: "red", Text: "停止"}
	}
	return kit.Tag{Kind: "green", Text: "受付中"}
}

func modeChoices() kit.Choices {
	hints := map[desk.Mode]kit.Sentence{
		desk.ModeOpen:     kit.Say("すべての操作ができます。"),
		desk.ModeReadOnly: kit.Say("申込も審査もできません。参照期間が進むため、パスワードの参照と「控えました」はできます。"),
		desk.ModeClosed:   kit.Say("加えて、事業所の方は画面を使えません。お知らせだけを表示します。センターの方は閲覧できます。"),
	}
	c := kit.Choices{Name: "mode", Label: "運用状態", Required: true}
	for _, m := range desk.Modes() {
		c.Choices = append(c.Choices, kit.Choice{Value: string(m), Label: modeTag(m).Text, Hint: hints[m]})
	}
	return c
}

// SetMode switches the mode.
func (s *Pages) SetMode(v *kit.Request) error {
	in, err := v.Form("seen", "mode", "notice", "notice_en")
	if err != nil {
		return err
	}
	seen, err := strconv.ParseInt(in.Get("seen"), 10, 64)
	if err != nil {
		return kit.StatusError(http.StatusBadRequest)
	}
	err = s.Desk.SetMode(v.Ctx(), v.Actor(), seen, desk.ModeForm{Mode: desk.Mode(in.Get("mode")), Notice: in.Get("notice"), NoticeEn: in.Get("notice_en")})
	if stale, is := errors.AsType[*desk.Stale](err); is && stale.ID == "mode" {
		v.Status = http.StatusConflict
		v.Flash = append(v.Flash, kit.Notice{Kind: "error", Heading: "先に変更されています", Says: kit.Say("この画面を開いたあとに、ほかの方が運用状態を切り替えました。今の状態を確認して、必要であればもう一度切り替えてください。")})
		return s.ShowOperations(v, kit.Form{Values: v.Typed()})
	}
	if err != nil {
		return err
	}
	return v.SeeOther("/desk/operations", "運用状態を切り替えました。")
}

func jobLine(job desk.Job) JobLine {
	line := JobLine{Name: jobWord(job.Name), Key: "job-" + strings.ReplaceAll(job.Name, "/", "-"), Part: strings.Contains(job.Name, "/"), LastSuccess: job.LastSuccess,
		Next: job.Next, FailedAt: job.FailedAt, Failure: job.Failure, State: kit.Tag{Kind: "green", Text: "正常"}}
	if !job.LastSuccess.IsZero() {
		line.Age = ageWords(job.Age)
	}
	switch {
	case job.Late:
		line.State = kit.Tag{Kind: "red", Text: "遅延"}
	case job.Failure != "":
		line.State = kit.Tag{Kind: "orange", Text: "失敗"}
	case job.LastSuccess.IsZero():
		line.State = kit.Tag{Kind: "gray", Text: "未実行"}
	}
	return line
}

func ageWords(age time.Duration) kit.Sentence {
	switch {
	case age < time.Minute:
		return kit.Say("%d秒前", max(0, int(age.Seconds())))
	case age < 2*time.Hour:
		return kit.Say("%d分前", int(age.Minutes()))
	case age < 48*time.Hour:
		return kit.Say("%d時間前", int(age.Hours()))
	}
	return kit.Say("%d日前", int(age.Hours()/24))
}

// jobWord names a job; one without a name keeps its key.
func jobWord(name string) string {
	switch name {
	case "clock":
		return "時計の仕事（全体）"
	case "clock/remind-settings":
		return "システム設定のお知らせ"
	case "clock/void":
		return "締切日を過ぎた承認の無効"
	case "clock/effect":
		return "利用開始のお知らせ"
	case "clock/remind-passwords":
		return "パスワード確認のお知らせ"
	case "clock/announce":
		return "下書き・差戻しの期限の予告"
	case "clock/expire":
		return "下書き・差戻しの期限切れ"
	case "clock/end-secrets":
		return "参照期間が終わったパスワードの消去"
	case "clock/sweep":
		return "使われない鍵の破棄"
	case desk.MailJob:
		return "メールの送信"
	case desk.LogJob:
		return "監査記録の整理と署名"
	case desk.CleanJob:
		return "古いログイン記録の整理"
	}
	return name
}
