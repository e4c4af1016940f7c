package web

import (
	"net/url"
	"slices"
	"strconv"
	"time"

	"uketsuke/internal/account"
	"uketsuke/internal/application"
	"uketsuke/internal/calendar"
	"uketsuke/internal/desk"
)

// A QueuePage is page C1: what waits for the centre.
type QueuePage struct {
	Frame
	Tabs   []Link
	Target int // business days within which the centre means to answer
	Rows   []QueueLine
	Empty  Empty
	Search Field
	State  Select
	Found  Sentence // what was searched for, when this is the answer to a search
	Pager  Pager
}

// A QueueLine is one application in the queue, with what the actor can do about it.
type QueueLine struct {
	Receipt, Items, Company, Establishment string
	State                                  Tag
	Holder                                 string
	Mine, Waits, Overdue                   bool
	Waiting                                int
	Wish                                   calendar.Date
	Start                                  calendar.Date
	Address, Version                       string
	Claim, TakeOver                        string // where the buttons post to, "" for none
}

// The queues of C1, the default first.
const (
	queueMine      = "mine"
	queueUnclaimed = "unclaimed"
	queueAll       = "all"
	queueFound     = "found"
)

// What was searched for is kept in the session: it may be a name, which no address and no log should hold.
const (
	keyDeskSearch = "desk-search"
	keyDeskState  = "desk-state"
)

// showQueue shows one of the queues, or what the last search found.
func (s *Server) showQueue(v *visit, f Form) error {
	asked := v.r.URL.Query()
	queue := queueOf(asked.Get("queue"))
	q := desk.ListQuery{Queue: queue, After: printable(last(asked["after"]))}
	if f.Values == nil {
		f.Values = url.Values{}
	}
	if queue == queueFound {
		f.Values = url.Values{"search": {s.sessions.GetString(v.ctx(), keyDeskSearch)}, "state": {s.sessions.GetString(v.ctx(), keyDeskState)}}
		q.Queue, q.Search, q.States = queueAll, f.Values.Get("search"), stateFilter(f.Values.Get("state"))
	}
	page, err := s.Desk.Queue(v.ctx(), v.actor(), q)
	if err != nil {
		return err
	}
	data := QueuePage{
		Frame: v.frame("/desk", f.onPage("search", "state")), Tabs: queueTabs(queue), Target: s.Desk.Operator.AnswerTarget, Rows: v.queueLines(page.Rows),
		Search: f.Field(Field{Name: "search", Label: "申込受付番号・利用者コード・利用者ID・企業名"}),
		State:  f.Select(Select{Name: "state", Label: "状態", Empty: "すべて", Choices: stateChoices(application.States()[1:])}),
		Pager:  pagerOf("/desk", asked, asked["after"], page.Next), Empty: emptyQueue(queue),
	}
	if queue == queueFound {
		data.Found = foundWords(q)
	}
	return v.render("queue", data)
}

func queueOf(asked string) string {
	if slices.Contains([]string{queueUnclaimed, queueAll, queueFound}, asked) {
		return asked
	}
	return queueMine
}

func queueTabs(current string) []Link {
	tabs := []Link{
		{Text: "自分の担当", Address: "/desk", Current: current == queueMine},
		{Text: "未担当", Address: "/desk?queue=unclaimed", Current: current == queueUnclaimed},
		{Text: "すべて", Address: "/desk?queue=all", Current: current == queueAll},
	}
	if current == queueFound {
		tabs = append(tabs, Link{Text: "検索結果", Address: "/desk?queue=found", Current: true})
	}
	return tabs
}

func emptyQueue(queue string) Empty {
	switch queue {
	case queueMine:
		return Empty{Says: Say("担当している審査中の申込はありません。"), Link: Link{Text: "未担当の申込を見る", Address: "/desk?queue=unclaimed"}}
	case queueUnclaimed:
		return Empty{Says: Say("担当を待っている申込はありません。")}
	case queueFound:
		return Empty{Says: Say("条件に合う申込はありません。検索の文字や状態を変えてください。")}
	}
	return Empty{Says: Say("センターで審査を待っている申込はありません。")}
}

func foundWords(q desk.ListQuery) Sentence {
	state := "すべて"
	if len(q.States) > 0 {
		state = q.States[0].Japanese()
	}
	if q.Search == "" {
		return Say("状態「%s」の申込", Say(state))
	}
	return Say("「%s」を含む申込（状態：%s）", q.Search, Say(state))
}

// queueLines are the rows in words; the buttons are what the life cycle allows the actor.
func (v *visit) queueLines(rows []desk.ListRow) []QueueLine {
	lines := make([]QueueLine, len(rows))
	for i, row := range rows {
		path := deskPath(row.ID)
		lines[i] = QueueLine{
			Receipt: row.Receipt, Items: row.Items, Company: row.Company, Establishment: row.Establishment, State: stateTag(row.State),
			Holder: row.HolderName, Mine: row.Holder == v.actor().ID && row.State == application.UnderExamination,
			Waits:   row.State == application.Registered || row.State == application.UnderExamination,
			Overdue: row.Overdue, Waiting: row.Waiting, Wish: row.Desired, Start: row.Start,
			Address: path, Version: strconv.FormatInt(row.Version, 10),
		}
		if mayFromList(application.Claim, row, v.actor()) {
			lines[i].Claim = path + "/claim"
		}
		if mayFromList(application.TakeOver, row, v.actor()) {
			lines[i].TakeOver = path + "/take-over"
		}
	}
	return lines
}

// mayFromList says whether a command of the queue is open: claiming and taking over look at state and holder
// only.
func mayFromList(c application.Command, row desk.ListRow, actor account.Actor) bool {
	standing := application.Standing{State: row.State, Holder: row.Holder}
	_, err := application.Decide(standing, c, actor, time.Time{})
	return err == nil
}

func deskPath(id string, rest ...string) string {
	path := "/desk/applications/" + url.PathEscape(id)
	for _, part := range rest {
		path += "/" + part
	}
	return path
}

// searchDesk keeps what is searched for and leads to what it finds.
func (s *Server) searchDesk(v *visit) error {
	in, err := v.form("search", "state")
	if err != nil {
		return err
	}
	if err := s.Desk.Searched(v.ctx(), v.actor(), in.Get("search")); err != nil {
		return err
	}
	s.sessions.Put(v.ctx(), keyDeskSearch, in.Get("search"))
	s.sessions.Put(v.ctx(), keyDeskState, in.Get("state"))
	return v.seeOther("/desk?queue=found")
}
