package examine

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"uketsuke/internal/account"
	"uketsuke/internal/application"
	"uketsuke/internal/calendar"
	"uketsuke/internal/desk"
	"uketsuke/internal/problem"
	"uketsuke/internal/web/cases"
	"uketsuke/internal/web/kit"
)

// A QueuePage is the queue: what waits for the centre.
type QueuePage struct {
	kit.Frame
	Tabs    []kit.Link
	Target  int  // business days within which the centre means to answer
	Due     bool // what is due first stands first
	Rows    []QueueLine
	Queue   string
	Several bool // some rows can be claimed together
	Claimed []kit.Notice
	Empty   kit.Empty
	Filter  cases.FilterForm
	Found   kit.Sentence // what was searched for, when this is the answer to a search
	Pager   kit.Pager
	Sheet   kit.Export // the same list as CSV
}

// A QueueLine is one application in the queue, with what the actor can do about it.
type QueueLine struct {
	Receipt, Items, Company, Establishment string
	State                                  kit.Tag
	Holder                                 string
	Mine, Waits, Overdue                   bool
	Waiting                                int
	Left                                   kit.Sentence // until the target, or how far beyond it
	Wish                                   calendar.Date
	Start                                  calendar.Date
	Address, Version                       string
	Claim, TakeOver                        string // where the buttons post to, "" for none
	Mark                                   string // names the row among several that are claimed, "" when it cannot be
}

// The queues of the queue, the default first.
const (
	queueMine      = "mine"
	queueUnclaimed = "unclaimed"
	queueAll       = "all"
	queueFound     = "found"
)

const keyDeskSearch = "desk-search"

// queueQuery is what an address or a form asks of the queue, with what is searched for.
func (s *Pages) queueQuery(asked url.Values, search string) (desk.ListQuery, problem.List) {
	q, wrong := s.cases.FilterOf(asked)
	q.Queue, q.After, q.Search = queueOf(asked.Get("queue")), kit.Printable(kit.Last(asked["after"])), search
	return q, wrong
}

// lastSearch is what was searched for last, where an address says that something was.
func lastSearch(v *kit.Request, asked url.Values) (string, problem.List) {
	if asked.Get(kit.NameSearched) != "yes" {
		return "", nil
	}
	search := v.Kit.SessionManager.GetString(v.Ctx(), keyDeskSearch)
	if search == "" {
		return "", problem.List{problem.New("search", "R-APP-12", "検索した文字は保存されていません。もう一度入力して検索してください。")}
	}
	return search, nil
}

// ShowQueue shows one of the queues, narrowed as the address says and by the last search if it says so.
func (s *Pages) ShowQueue(v *kit.Request, f kit.Form) error {
	asked := v.HTTP.URL.Query()
	search, lost := lastSearch(v, asked)
	q, wrong := s.queueQuery(asked, search)
	wrong = append(wrong, lost...)
	if f.Values == nil {
		f.Values = cases.ShownValues(asked)
		f.Values.Set("search", q.Search)
		f.Values.Set("queue", queueFound)
		if cases.Narrowed(q) || len(wrong) > 0 {
			f.Values.Set("queue", q.Queue)
		}
	}
	f.Problems = append(f.Problems, wrong...)
	var page desk.ListPage
	var err error
	if len(wrong) > 0 {
		v.Status = http.StatusUnprocessableEntity
	} else if page, err = s.Desk.Queue(v.Ctx(), v.Actor(), q); err != nil {
		return err
	}
	data := QueuePage{
		Frame: v.Frame("/desk", f.OnPage(append(cases.FilterNames(), "search", "queue")...)), Tabs: queueTabs(q.Queue), Target: s.Desk.Operator.AnswerTarget,
		Due: q.Queue != queueFound && (q.Order == "" || q.Order == desk.OrderWaiting && !q.Descending), Queue: q.Queue, Rows: queueLines(v, page.Rows), Claimed: claimed(v), Empty: emptyQueue(q),
		Filter: s.cases.FilterForm(f, "申込受付番号・利用者コード・利用者ID・企業名", application.States()[1:], cases.OrderChoices(desk.OrderWaiting)),
		Pager:  kit.PagerOf("/desk", asked, asked["after"], page.Next), Sheet: kit.ExportButton("この一覧をCSVで保存する", "/desk.csv", searched(cases.ShownValues(asked, "queue"), search)),
	}
	trouble, err := s.cases.MailTrouble(v)
	if err != nil {
		return err
	}
	data.Flash = append(data.Flash, trouble...)
	data.Several = slices.ContainsFunc(data.Rows, func(l QueueLine) bool { return l.Mark != "" })
	data.Filter.Button, data.Filter.Sort.Empty = "検索する", "標準の順"
	data.Filter.Queue = f.Select(kit.Select{Name: "queue", Label: "対象", Choices: []kit.Choice{{Value: queueFound, Label: "すべての申込"},
		{Value: queueAll, Label: "審査を待つ申込"}, {Value: queueUnclaimed, Label: "未担当"}, {Value: queueMine, Label: "自分の担当"}}})
	if cases.Narrowed(q) {
		data.Found = foundWords(q)
	}
	return v.Render("queue", data)
}

func queueOf(asked string) string {
	if slices.Contains([]string{queueUnclaimed, queueAll, queueFound}, asked) {
		return asked
	}
	return queueMine
}

func queueTabs(current string) []kit.Link {
	tabs := []kit.Link{
		{Text: "自分の担当", Address: "/desk", Current: current == queueMine},
		{Text: "未担当", Address: "/desk?queue=unclaimed", Current: current == queueUnclaimed},
		{Text: "審査を待つ申込", Address: "/desk?queue=all", Current: current == queueAll},
	}
	return append(tabs, kit.Link{Text: "すべての申込", Address: "/desk?queue=found", Current: current == queueFound})
}

func emptyQueue(q desk.ListQuery) kit.Empty {
	if cases.Narrowed(q) || q.Queue == queueFound {
		return kit.Empty{Says: kit.Say("条件に合う申込はありません。検索の文字や状態を変えてください。")}
	}
	switch q.Queue {
	case queueMine:
		return kit.Empty{Says: kit.Say("担当している審査中の申込はありません。"), Link: kit.Link{Text: "未担当の申込を見る", Address: "/desk?queue=unclaimed"}}
	case queueUnclaimed:
		return kit.Empty{Says: kit.Say("担当を待っている申込はありません。")}
	}
	return kit.Empty{Says: kit.Say("センターで審査を待っている申込はありません。")}
}

func foundWords(q desk.ListQuery) kit.Sentence {
	if q.Search == "" {
		return kit.Say("絞り込んだ申込")
	}
	return kit.Say("「%s」を含む申込", q.Search)
}

// queueLines are the rows in words; the buttons are what the life cycle allows the actor.
func queueLines(v *kit.Request, rows []desk.ListRow) []QueueLine {
	lines := make([]QueueLine, len(rows))
	for i, row := range rows {
		path := kit.DeskPath(row.ID)
		lines[i] = QueueLine{
			Receipt: row.Receipt, Items: row.Items, Company: row.Company, Establishment: row.Establishment, State: kit.StateTag(row.State),
			Holder: row.HolderName, Mine: row.Holder == v.Actor().ID && row.State == application.UnderExamination,
			Waits: waits(row), Overdue: row.Overdue, Waiting: row.Waiting, Left: leftWords(row), Wish: row.Desired, Start: row.Start,
			Address: path, Version: strconv.FormatInt(row.Version, 10),
		}
		if mayFromList(application.Claim, row, v.Actor()) {
			lines[i].Claim, lines[i].Mark = path+"/claim", MarkOf(row)
		}
		if mayFromList(application.TakeOver, row, v.Actor()) {
			lines[i].TakeOver = path + "/take-over"
		}
	}
	return lines
}

// waits says whether the centre's clock runs.
func waits(row desk.ListRow) bool {
	return row.State == application.Registered || row.State == application.UnderExamination
}

// leftWords say how far the target is, in words and not by a colour alone.
func leftWords(row desk.ListRow) kit.Sentence {
	switch {
	case !waits(row):
		return kit.Sentence{}
	case row.Left < 0:
		return kit.Say("目標を%d営業日超過", -row.Left)
	case row.Left == 0:
		return kit.Say("目標は今日まで")
	}
	return kit.Say("目標まであと%d営業日", row.Left)
}

// mayFromList says whether a command of the queue is open: claiming and taking over look at state and holder
// only.
func mayFromList(c application.Command, row desk.ListRow, actor account.Actor) bool {
	standing := application.Standing{State: row.State, Holder: row.Holder}
	_, err := application.Decide(standing, c, actor, time.Time{})
	return err == nil
}

// searched are the values of a list with what was searched for.
func searched(values url.Values, search string) url.Values {
	values.Set("search", search)
	return values
}

// SearchDesk keeps what is searched for and leads to what it finds; filter and order stand in the address.
func (s *Pages) SearchDesk(v *kit.Request) error {
	in, err := v.Form(append(cases.FilterNames(), "search", "queue")...)
	if err != nil {
		return err
	}
	search := kit.CutSearch(in.Get("search"))
	if err := s.Desk.Searched(v.Ctx(), v.Actor(), search); err != nil {
		return err
	}
	s.SessionManager.Put(v.Ctx(), keyDeskSearch, search)
	in.Del("search")
	if in.Get("queue") == "" {
		in.Set("queue", queueFound)
	}
	if search != "" {
		in.Set(kit.NameSearched, "yes")
	}
	return v.SeeOther("/desk" + kit.Without(in))
}
