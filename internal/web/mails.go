package web

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"uketsuke/internal/application"
	"uketsuke/internal/desk"
)

// A MailsPage is page C7: the mails on their way, newest first.
type MailsPage struct {
	Frame
	Search Field
	State  Select
	Found  Sentence // what was searched for, when this is the answer to a search
	Tabs   []Link
	Rows   []MailLine
	Empty  Empty
	Pager  Pager
	Means  Sentence // what "accepted" means here
}

// A MailLine is one mail on C3, C7 and E13. Accepted by the server is not delivered, and what came back is not
// accepted (R-MAIL-4, trap 24).
type MailLine struct {
	Kind, Recipient string
	Receipt         string
	Application     string // address of the application it is about, "" for none
	Written         Sentence
	Status          Tag
	Says            Sentence
	Reply           string // what servers said, as they said it
	Address         string
	Unseen, Repeats bool
}

// keyMailSearch keeps in the session what was searched for: it may be an address, which no URL and no log
// should hold.
const keyMailSearch = "mail-search"

// showMails lists mails; the address holds the state and the keys of the pages gone through.
func (s *Server) showMails(v *visit, f Form) error {
	asked := v.r.URL.Query()
	q := desk.MailQuery{Status: mailStatus(asked.Get("state")), After: printable(last(asked["after"]))}
	searched := asked.Get(nameSearched) == "yes"
	if searched {
		q.Search = s.sessions.GetString(v.ctx(), keyMailSearch)
	}
	if f.Values == nil {
		f.Values = url.Values{"search": {q.Search}, "state": {string(q.Status)}}
	}
	list, err := s.Desk.Mails(v.ctx(), v.actor(), q)
	if err != nil {
		return err
	}
	data := MailsPage{
		Frame: v.frame("/desk/mails", f.onPage("search", "state")), Tabs: mailTabs(q.Status, searched), Rows: mailLines(list.Rows),
		Search: f.Field(Field{Name: "search", Label: "宛先・申込受付番号・利用者コード・企業名"}),
		State:  f.Select(Select{Name: "state", Label: "状況", Empty: "すべて", Choices: mailChoices()}),
		Pager:  pagerOf("/desk/mails", asked, asked["after"], list.Next), Empty: emptyMails(q.Status, searched), Means: s.acceptedMeans(),
	}
	if searched {
		data.Found = Say("「%s」の検索結果（状況：%s）", q.Search, mailStatusWords(q.Status))
	}
	return v.render("mails", data)
}

// acceptedMeans says what is known of a mail that the server took.
func (s *Server) acceptedMeans() Sentence {
	if s.Desk.ReadsBounces() {
		return Say("「サーバー受付済」は、メールサーバーが受け付けたことを表し、相手に届いたことまでは表しません。届かずに戻ってきたメールは「不達」と表示します。")
	}
	return Say("「サーバー受付済」は、メールサーバーが受け付けたことを表し、相手に届いたことまでは表しません。届かずに戻ったメールは、ここには表示されません。")
}

// mailStatus is the state chosen; anything that is none chooses nothing away.
func mailStatus(chosen string) desk.MailStatus {
	if status := desk.MailStatus(chosen); slices.Contains(desk.MailStatuses(), status) {
		return status
	}
	return ""
}

func mailStatusWords(status desk.MailStatus) Sentence {
	if status == "" {
		return Say("すべて")
	}
	return Say(status.Japanese())
}

func mailChoices() []Choice {
	var choices []Choice
	for _, status := range desk.MailStatuses() {
		choices = append(choices, Choice{Value: string(status), Label: status.Japanese()})
	}
	return choices
}

func mailTabs(current desk.MailStatus, searched bool) []Link {
	tabs := []Link{{Text: "すべて", Address: "/desk/mails", Current: current == "" && !searched}}
	for _, status := range desk.MailStatuses() {
		tabs = append(tabs, Link{Text: status.Japanese(), Address: "/desk/mails?state=" + string(status), Current: current == status && !searched})
	}
	return tabs
}

func emptyMails(status desk.MailStatus, searched bool) Empty {
	switch {
	case searched:
		return Empty{Says: Say("条件に合うメールはありません。検索の文字や状況を変えてください。"), Link: Link{Text: "条件を消してすべて表示する", Address: "/desk/mails"}}
	case status == desk.MailUnseen:
		return Empty{Says: Say("確認が必要な送信失敗や不達はありません。")}
	}
	return Empty{Says: Say("該当するメールはありません。")}
}

// searchMails keeps what is searched for and leads to what it finds.
func (s *Server) searchMails(v *visit) error {
	in, err := v.form("search", "state")
	if err != nil {
		return err
	}
	search, asked := cutSearch(in.Get("search")), url.Values{}
	if status := mailStatus(in.Get("state")); status != "" {
		asked.Set("state", string(status))
	}
	if search != "" {
		if err := s.Desk.Searched(v.ctx(), v.actor(), search); err != nil {
			return err
		}
		s.sessions.Put(v.ctx(), keyMailSearch, search)
		asked.Set(nameSearched, "yes")
	}
	if len(asked) == 0 {
		return v.seeOther("/desk/mails")
	}
	return v.seeOther("/desk/mails?" + asked.Encode())
}

// mailLines are mails in words.
func mailLines(mails []desk.MailRow) []MailLine {
	lines := make([]MailLine, len(mails))
	for i, m := range mails {
		lines[i] = mailLine(m)
	}
	return lines
}

func mailLine(m desk.MailRow) MailLine {
	line := MailLine{
		Kind: m.Kind.Japanese(), Recipient: m.Recipient, Receipt: m.Receipt, Written: Say("%s", m.At), Reply: m.Reply, Address: mailPath(m.ID),
		Repeats: m.ResendOf != "", Status: Tag{mailColour(m), m.Status.Japanese()},
	}
	if m.Application != "" {
		line.Application = deskPath(m.Application)
	}
	switch m.Status {
	case desk.MailAccepted:
		line.Says = Say("%s", m.AcceptedAt)
		if !m.DelayedAt.IsZero() {
			line.Says, line.Reply = Say("%s。配送が遅れています（%sの連絡）。", m.AcceptedAt, m.DelayedAt), m.Bounce
		}
	case desk.MailFailed:
		line.Says, line.Unseen = Say("%d回試みました", m.Attempts), !m.Seen
	case desk.MailBounced:
		line.Says, line.Reply, line.Unseen = Say("%sに戻りました", m.BouncedAt), m.Bounce, !m.Seen
	case desk.MailWaiting:
		if m.Attempts > 0 {
			line.Says = Say("%d回試みました", m.Attempts)
		}
	}
	return line
}

func mailColour(m desk.MailRow) string {
	switch {
	case m.Status == desk.MailFailed || m.Status == desk.MailBounced:
		return "red"
	case m.Status == desk.MailWaiting:
		return "blue"
	case !m.DelayedAt.IsZero():
		return "orange"
	}
	return "green"
}

// mailTrouble is the hint of C1 that mails did not arrive and nobody has looked at them.
func (s *Server) mailTrouble(v *visit) ([]Notice, error) {
	n, err := s.Desk.UnseenMails(v.ctx(), v.actor())
	if err != nil || n == 0 {
		return nil, err
	}
	return []Notice{{Kind: "warning", Says: Say("届かなかったメールで、まだ確認していないものが%d件あります。", n),
		Link: Link{Text: "届かなかったメールを見る", Address: "/desk/mails?state=" + string(desk.MailUnseen)}}}, nil
}

func mailPath(id string, rest ...string) string {
	return strings.Join(append([]string{"/desk/mails/" + url.PathEscape(id)}, rest...), "/")
}

// A MailPage is one mail on C7, with its text.
type MailPage struct {
	Frame
	MailLine
	Facts  []Pair
	Text   string   // "" when it cannot be written
	Again  []Link   // the mails that repeat it
	Resend string   // where the button posts to, "" when it cannot be sent again
	Mark   string   // of the page, so that pressing twice sends once
	Same   bool     // the button sends the same mail, not a new one
	WhyNot Notice   // why there is no button
	Seen   string   // where 「確認しました」 posts to, "" when there is nothing to take note of
	Means  Sentence // what "accepted" means here
}

// showMail shows a mail.
func (s *Server) showMail(v *visit, f Form) error {
	m, err := s.Desk.Mail(v.ctx(), v.actor(), v.r.PathValue("mail"))
	if err != nil {
		return err
	}
	path := mailPath(m.ID)
	data := MailPage{Frame: v.frame(path, f), MailLine: mailLine(m.MailRow), Facts: mailFacts(m), Mark: strconv.FormatInt(m.Mark, 10),
		Same: m.Status == desk.MailFailed, Means: s.acceptedMeans()}
	if m.Message != nil {
		data.Text = m.Message.Body
	}
	for _, again := range m.Again {
		data.Again = append(data.Again, Link{Text: again.Status.Japanese(), Address: mailPath(again.ID)})
	}
	if len(m.WhyNot) > 0 {
		data.WhyNot = Notice{Kind: "info", Heading: "もう一度送ることはできません", Says: Say(m.WhyNot[0].Text, m.WhyNot[0].Args...)}
	} else {
		data.Resend = path + "/resend"
	}
	if data.Unseen {
		data.MailLine.Unseen, data.Seen = true, path+"/seen"
	}
	data.Back = Link{Text: "メールの一覧に戻る", Address: "/desk/mails"}
	return v.render("mail", data)
}

// mailFacts are what is known of a mail.
func mailFacts(m desk.MailPage) []Pair {
	facts := []Pair{{Term: "宛先", Value: m.Recipient}}
	if m.Message != nil {
		facts = append(facts, Pair{Term: "差出人", Value: m.Message.From.Name + " <" + m.Message.From.Address + ">"}, Pair{Term: "件名", Value: m.Message.Subject})
	}
	facts = append(facts, Pair{Term: "Message-ID", Value: m.MessageID, Mono: true}, Pair{Term: "作成", Says: Say("%s", m.At)},
		Pair{Term: "送信を試みた回数", Says: Say("%d回", m.Attempts)})
	at := func(term string, says Sentence, shown bool) {
		if shown {
			facts = append(facts, Pair{Term: term, Says: says})
		}
	}
	at("サーバーの受付", Say("%s", m.AcceptedAt), !m.AcceptedAt.IsZero())
	at("送信の失敗", Say("%s", m.FailedAt), !m.FailedAt.IsZero())
	if m.Reply != "" {
		facts = append(facts, Pair{Term: "サーバーの返答", Value: m.Reply})
	}
	at("配送の遅れの連絡", Say("%s", m.DelayedAt), !m.DelayedAt.IsZero())
	at("戻ってきた日時", Say("%s", m.BouncedAt), !m.BouncedAt.IsZero())
	if m.Bounce != "" {
		facts = append(facts, Pair{Term: "届かなかった理由（相手のサーバーの言葉）", Value: m.Bounce})
	}
	if m.ResendOf != "" {
		facts = append(facts, Pair{Term: "送り直し", Says: Say("前に送ったメールの送り直しです。"), Correct: Link{Text: "前のメールを見る", Address: mailPath(m.ResendOf)}})
	}
	return facts
}

// resendMail sends a mail again.
func (s *Server) resendMail(v *visit) error {
	in, err := v.form("mark")
	if err != nil {
		return err
	}
	mark, err := strconv.ParseInt(in.Get("mark"), 10, 64)
	if err != nil {
		return statusError(400)
	}
	id := v.r.PathValue("mail")
	sent, err := s.Desk.Resend(v.ctx(), v.actor(), id, mark)
	switch {
	case err != nil:
		return err
	case sent == "":
		return v.seeOther(mailPath(id), "このメールは、すでに送り直されています。二重には送っていません。")
	}
	return v.seeOther(mailPath(sent), "メールをもう一度送ります。送信待ちに入りました。")
}

// seeMail is 「確認しました」.
func (s *Server) seeMail(v *visit) error {
	if _, err := v.form(); err != nil {
		return err
	}
	if err := s.Desk.SeeMail(v.ctx(), v.actor(), v.r.PathValue("mail")); err != nil {
		return err
	}
	return v.seeOther("/desk/mails?state="+string(desk.MailUnseen), "確認済みにしました。")
}

// A MailTemplatesPage shows an example of every letter.
type MailTemplatesPage struct {
	Frame
	Tabs    []Link
	Letters []LetterExample
}

// A LetterExample is one kind of letter.
type LetterExample struct {
	Kind, Subject, Text string
	To                  []string // groups that get it
}

// showMailTemplates shows every kind of letter, written by the code that writes the real ones.
func (s *Server) showMailTemplates(v *visit, f Form) error {
	administrator := v.r.URL.Query().Get("to") == "administrator"
	all, err := s.Desk.MailTemplates(v.actor(), administrator)
	if err != nil {
		return err
	}
	data := MailTemplatesPage{Frame: v.frame("/desk/mails/templates", f), Tabs: []Link{
		{Text: "申込担当者あての文面", Address: "/desk/mails/templates", Current: !administrator},
		{Text: "管理責任者あての文面", Address: "/desk/mails/templates?to=administrator", Current: administrator},
	}}
	for _, t := range all {
		data.Letters = append(data.Letters, LetterExample{Kind: t.Kind.Japanese(), Subject: t.Message.Subject, Text: t.Message.Body, To: groupWords(t.To)})
	}
	data.Back = Link{Text: "メールの一覧に戻る", Address: "/desk/mails"}
	return v.render("mail-templates", data)
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
