package cases

import (
	"net/url"

	"uketsuke/internal/calendar"
	"uketsuke/internal/desk"
	"uketsuke/internal/web/kit"
)

// A TopPage is the top menu.
type TopPage struct {
	kit.Frame
	News []kit.NewsItem
	// Notices are those of the centre.
	Notices []kit.NoticeLine
	Todo    []TodoCard
	Apply   bool
}

// A TodoCard is one thing that needs doing.
type TodoCard struct {
	Heading string
	Receipt string
	Items   string
	Says    kit.Sentence
	Left    kit.Sentence
	Link    kit.Link
	Copy    CopyButton // stands instead of Link
}

// ShowTop shows the top menu; the centre's people have their desk instead.
func (s *Pages) ShowTop(v *kit.Request, f kit.Form) error {
	if v.Actor().Role.OfCentre() {
		return v.SeeOther("/desk")
	}
	menu, err := s.Desk.Top(v.Ctx(), v.Actor())
	if err != nil {
		return err
	}
	data := TopPage{Frame: v.Frame("/", f), Apply: v.Actor().Role.MayApply(), Notices: v.NoticeLines(menu.Notices)}
	for _, n := range menu.News {
		data.News = append(data.News, kit.NewsItem{Day: calendar.DateOf(n.At), Receipt: n.Receipt, Subject: n.Subject, Unread: n.Unread,
			Action: "/news/" + url.PathEscape(n.ID)})
	}
	if data.Apply { // who may only look has nothing to do
		for _, t := range menu.Todo {
			data.Todo = append(data.Todo, todoCard(t))
		}
	}
	return v.Render("top", data)
}

// todoCard says what needs doing, until when, and leads there.
func todoCard(t desk.Todo) TodoCard {
	card := TodoCard{Receipt: t.Receipt, Items: t.Items, Left: daysLeft(t)}
	at := kit.ApplicationPath(t.Application)
	switch t.Kind {
	case desk.TodoReturned:
		card.Heading, card.Link = "差戻しの申込があります", kit.Link{Text: "指摘を確認して修正する", Address: at}
		card.Says = kit.Say("%sまでに修正して、もう一度登録してください。過ぎると取下げになります。", t.Day)
	case desk.TodoSettings:
		card.Heading, card.Link = "システム設定が未入力です", kit.Link{Text: "システム設定を入力する", Address: at}
		card.Says = kit.Say("%sまでに入力してください。間に合わないと、承認は無効になります。", t.Day)
	case desk.TodoPasswords:
		card.Heading, card.Link = "まだ参照されていないパスワードがあります", kit.Link{Text: "ID通知内容を確認する", Address: at + "/ids"}
		card.Says = kit.Say("参照できるのは%sまでです。過ぎると参照できなくなります。", t.Day)
	case desk.TodoVoid:
		card.Heading, card.Copy = "承認が無効になった申込があります", CopyButton{Action: at + "/copy", Text: remake}
		card.Says = kit.Say("システム設定が%sまでに完了しなかったため、無効になりました。同じ内容でもう一度申し込めます。", t.Day)
	case desk.TodoSetup:
		card.Heading, card.Link = "利用開始後の登録（U業務）が残っています", kit.Link{Text: "利用開始の準備を見る", Address: at + "/prepare"}
		card.Says = kit.Say("済み %d／%d。利用者IDでログオンして行い、済んだものにしるしを付けてください。", t.Done, t.All)
	case desk.TodoDraft:
		card.Heading, card.Link = "作成中の申込があります", kit.Link{Text: "続きを入力する", Address: at}
		card.Says = kit.Say("%sまで保管します。それまでに登録してください。", t.Day)
	}
	return card
}

func daysLeft(t desk.Todo) kit.Sentence {
	switch {
	case t.BusinessDaysLeft <= 0, t.Kind == desk.TodoDraft:
		return kit.Sentence{}
	case t.BusinessDaysLeft == 1:
		return kit.Say("今日まで")
	}
	return kit.Say("あと%d営業日", t.BusinessDaysLeft)
}

// OpenNews marks a line of 新着情報 as read and leads to what it is about.
func (s *Pages) OpenNews(v *kit.Request) error {
	if _, err := v.Form(); err != nil {
		return err
	}
	id, err := s.Desk.OpenNews(v.Ctx(), v.Actor(), v.HTTP.PathValue("news"))
	if err != nil {
		return err
	}
	return v.SeeOther(kit.ApplicationPath(id))
}
