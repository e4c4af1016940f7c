package centre

import (
	"net/url"
	"slices"
	"strconv"

	"uketsuke/internal/application"
	"uketsuke/internal/desk"
	"uketsuke/internal/web/cases"
	"uketsuke/internal/web/kit"
)

// A MailsPage is the page of mails: the mails on their way, newest first.
type MailsPage struct {
	kit.Frame
	Search kit.Field
	State  kit.Select
	Found  kit.Sentence // what was searched for, when this is the answer to a search
	Tabs   []kit.Link
	Rows   []cases.MailLine
	Empty  kit.Empty
	Pager  kit.Pager
	Means  kit.Sentence // what "accepted" means here
}

// keyMailSearch keeps in the session what was searched for: it may be an address, which no URL and no log
// should hold.
const keyMailSearch = "mail-search"

// ShowMails lists mails; the address holds the state and the keys of the pages gone through.
func (s *Pages) ShowMails(v *kit.Request, f kit.Form) error {
	asked := v.HTTP.URL.Query()
	q := desk.MailQuery{Status: mailStatus(asked.Get("state")), After: kit.Printable(kit.Last(asked["after"]))}
	searched := asked.Get(kit.NameSearched) == "yes"
	if searched {
		q.Search = s.SessionManager.GetString(v.Ctx(), keyMailSearch)
	}
	if f.Values == nil {
		f.Values = url.Values{"search": {q.Search}, "state": {string(q.Status)}}
	}
	list, err := s.Desk.Mails(v.Ctx(), v.Actor(), q)
	if err != nil {
		return err
	}
	data := MailsPage{
		Frame: v.Frame("/desk/mails", f.OnPage("search", "state")), Tabs: mailTabs(q.Status, searched), Rows: cases.MailLines(list.Rows),
		Search: f.Field(kit.Field{Name: "search", Label: "宛先・申込受付番号・利用者コード・企業名"}),
		State:  f.Select(kit.Select{Name: "state", Label: "状況", Empty: "すべて", Choices: mailChoices()}),
		Pager:  kit.PagerOf("/desk/mails", asked, asked["after"], list.Next), Empty: emptyMails(q.Status, searched), Means: s.cases.AcceptedMeans(),
	}
	if searched {
		data.Found = kit.Say("「%s」の検索結果（状況：%s）", q.Search, mailStatusWords(q.Status))
	}
	return v.Render("mails", data)
}

// mailStatus is the state chosen; anything that is none chooses nothing away.
func mailStatus(chosen string) desk.MailStatus {
	if status := desk.MailStatus(chosen); slices.Contains(desk.MailStatuses(), status) {
		return status
	}
	return ""
}

func mailStatusWords(status desk.MailStatus) kit.Sentence {
	if status == "" {
		return kit.Say("すべて")
	}
	return kit.Say(status.Japanese())
}

func mailChoices() []kit.Choice {
	var choices []kit.Choice
	for _, status := range desk.MailStatuses() {
		choices = append(choices, kit.Choice{Value: string(status), Label: status.Japanese()})
	}
	return choices
}

func mailTabs(current desk.MailStatus, searched bool) []kit.Link {
	tabs := []kit.Link{{Text: "すべて", Address: "/desk/mails", Current: current == "" && !searched}}
	for _, status := range desk.MailStatuses() {
		tabs = append(tabs, kit.Link{Text: status.Japanese(), Address: "/desk/mails?state=" + string(status), Current: current == status && !searched})
	}
	return tabs
}

func emptyMails(status desk.MailStatus, searched bool) kit.Empty {
	switch {
	case searched:
		return kit.Empty{Says: kit.Say("条件に合うメールはありません。検索の文字や状況を変えてください。"), Link: kit.Link{Text: "条件を消してすべて表示する", Address: "/desk/mails"}}
	case status == desk.MailUnseen:
		return kit.Empty{Says: kit.Say("確認が必要な送信失敗や不達はありません。")}
	}
	return kit.Empty{Says: kit.Say("該当するメールはありません。")}
}

// SearchMails keeps what is searched for and leads to what it finds.
func (s *Pages) SearchMails(v *kit.Request) error {
	in, err := v.Form("search", "state")
	if err != nil {
		return err
	}
	search, asked := kit.CutSearch(in.Get("search")), url.Values{}
	if status := mailStatus(in.Get("state")); status != "" {
		asked.Set("state", string(status))
	}
	if search != "" {
		if err := s.Desk.Searched(v.Ctx(), v.Actor(), search); err != nil {
			return err
		}
		s.SessionManager.Put(v.Ctx(), keyMailSearch, search)
		asked.Set(kit.NameSearched, "yes")
	}
	if len(asked) == 0 {
		return v.SeeOther("/desk/mails")
	}
	return v.SeeOther("/desk/mails?" + asked.Encode())
}

// A MailPage is one mail on the page of mails, with its text.
type MailPage struct {
	kit.Frame
	cases.MailLine
	Facts  []kit.Pair
	Text   string       // "" when it cannot be written
	Again  []kit.Link   // the mails that repeat it
	Resend string       // where the button posts to, "" when it cannot be sent again
	Mark   string       // of the page, so that pressing twice sends once
	Same   bool         // the button sends the same mail, not a new one
	WhyNot kit.Notice   // why there is no button
	Seen   string       // where 「確認しました」 posts to, "" when there is nothing to take note of
	Means  kit.Sentence // what "accepted" means here
}

// ShowMail shows a mail.
func (s *Pages) ShowMail(v *kit.Request, f kit.Form) error {
	m, err := s.Desk.Mail(v.Ctx(), v.Actor(), v.HTTP.PathValue("mail"))
	if err != nil {
		return err
	}
	path := cases.MailPath(m.ID)
	data := MailPage{Frame: v.Frame(path, f), MailLine: cases.MailLineOf(m.MailRow), Facts: mailFacts(m), Mark: strconv.FormatInt(m.Mark, 10),
		Same: m.Status == desk.MailFailed, Means: s.cases.AcceptedMeans()}
	if m.Message != nil {
		data.Text = m.Message.Body
	}
	for _, again := range m.Again {
		data.Again = append(data.Again, kit.Link{Text: again.Status.Japanese(), Address: cases.MailPath(again.ID)})
	}
	if len(m.WhyNot) > 0 {
		data.WhyNot = kit.Notice{Kind: "info", Heading: "もう一度送ることはできません", Says: kit.Say(m.WhyNot[0].Text, m.WhyNot[0].Args...)}
	} else {
		data.Resend = path + "/resend"
	}
	if data.Unseen {
		data.MailLine.Unseen, data.Seen = true, path+"/seen"
	}
	data.Back = kit.Link{Text: "メールの一覧に戻る", Address: "/desk/mails"}
	return v.Render("mail", data)
}

// mailFacts are what is known of a mail.
func mailFacts(m desk.MailPage) []kit.Pair {
	facts := []kit.Pair{{Term: "宛先", Value: m.Recipient}}
	if m.Message != nil {
		facts = append(facts, kit.Pair{Term: "差出人", Value: m.Message.From.Name + " <" + m.Message.From.Address + ">"}, kit.Pair{Term: "件名", Value: m.Message.Subject})
	}
	facts = append(facts, kit.Pair{Term: "Message-ID", Value: m.MessageID, Mono: true}, kit.Pair{Term: "作成", Says: kit.Say("%s", m.At)},
		kit.Pair{Term: "送信を試みた回数", Says: kit.Say("%d回", m.Attempts)})
	at := func(term string, says kit.Sentence, shown bool) {
		if shown {
			facts = append(facts, kit.Pair{Term: term, Says: says})
		}
	}
	at("サーバーの受付", kit.Say("%s", m.AcceptedAt), !m.AcceptedAt.IsZero())
	at("送信の失敗", kit.Say("%s", m.FailedAt), !m.FailedAt.IsZero())
	if m.Reply != "" {
		facts = append(facts, kit.Pair{Term: "サーバーの返答", Value: m.Reply})
	}
	at("配送の遅れの連絡", kit.Say("%s", m.DelayedAt), !m.DelayedAt.IsZero())
	at("戻ってきた日時", kit.Say("%s", m.BouncedAt), !m.BouncedAt.IsZero())
	if m.Bounce != "" {
		facts = append(facts, kit.Pair{Term: "届かなかった理由（相手のサーバーの言葉）", Value: m.Bounce})
	}
	if m.ResendOf != "" {
		facts = append(facts, kit.Pair{Term: "送り直し", Says: kit.Say("前に送ったメールの送り直しです。"), Correct: kit.Link{Text: "前のメールを見る", Address: cases.MailPath(m.ResendOf)}})
	}
	return facts
}

// ResendMail sends a mail again.
func (s *Pages) ResendMail(v *kit.Request) error {
	in, err := v.Form("mark")
	if err != nil {
		return err
	}
	mark, err := strconv.ParseInt(in.Get("mark"), 10, 64)
	if err != nil {
		return kit.StatusError(400)
	}
	id := v.HTTP.PathValue("mail")
	sent, err := s.Desk.Resend(v.Ctx(), v.Actor(), id, mark)
	switch {
	case err != nil:
		return err
	case sent == "":
		return v.SeeOther(cases.MailPath(id), "このメールは、すでに送り直されています。二重には送っていません。")
	}
	return v.SeeOther(cases.MailPath(sent), "メールをもう一度送ります。送信待ちに入りました。")
}

// SeeMail is 「確認しました」.
func (s *Pages) SeeMail(v *kit.Request) error {
	if _, err := v.Form(); err != nil {
		return err
	}
	if err := s.Desk.SeeMail(v.Ctx(), v.Actor(), v.HTTP.PathValue("mail")); err != nil {
		return err
	}
	return v.SeeOther("/desk/mails?state="+string(desk.MailUnseen), "確認済みにしました。")
}

// A MailTemplatesPage shows an example of every letter.
type MailTemplatesPage struct {
	kit.Frame
	Tabs    []kit.Link
	Letters []LetterExample
}

// A LetterExample is one kind of letter.
type LetterExample struct {
	Kind, Subject, Text string
	To                  []string // groups that get it
}

// ShowMailTemplates shows every kind of letter, written by the code that writes the real ones.
func (s *Pages) ShowMailTemplates(v *kit.Request, f kit.Form) error {
	administrator := v.HTTP.URL.Query().Get("to") == "administrator"
	all, err := s.Desk.MailTemplates(v.Actor(), administrator)
	if err != nil {
		return err
	}
	data := MailTemplatesPage{Frame: v.Frame("/desk/mails/templates", f), Tabs: []kit.Link{
		{Text: "申込担当者あての文面", Address: "/desk/mails/templates", Current: !administrator},
		{Text: "管理責任者あての文面", Address: "/desk/mails/templates?to=administrator", Current: administrator},
	}}
	for _, t := range all {
		data.Letters = append(data.Letters, LetterExample{Kind: t.Kind.Japanese(), Subject: t.Message.Subject, Text: t.Message.Body, To: groupWords(t.To)})
	}
	data.Back = kit.Link{Text: "メールの一覧に戻る", Address: "/desk/mails"}
	return v.Render("mail-templates", data)
}

func groupWords(groups []application.Recipient) []string {
	var words []string
	for _, group := range groups {
		switch group {
		case application.ToApplicant:
			words = append(words, "申込担当者")
		case application.ToAdministrators:
			words = append(words, "管理責任者")
		case application.ToPerson:
			words = append(words, "本人")
		}
	}
	return words
}
