package kit

import (
	"uketsuke/internal/calendar"
)

// A Notice is a box that says something: part "notice". Kind is "info", "success", "warning" or "error".
type Notice struct {
	Kind    string
	Heading string
	Says    Sentence
	Link    Link
}

// A Step is one page of the wizard: part "steps" over []Step. An Address makes a finished one a link.
type Step struct {
	Text    string
	Address string
	Done    bool
	Current bool
}

// A Phase is one of the three of an application's way: part "phases" over []Phase.
type Phase struct {
	Text    string
	Says    Sentence
	Done    bool
	Current bool
}

// PhasesAt are the three phases with one of them current, 1 to 3; 0 marks none, 4 all done.
func PhasesAt(current int) []Phase {
	texts := []string{"1. 変更申込", "2. 申込内容の確認", "3. 利用開始日以降"}
	phases := make([]Phase, len(texts))
	for i, text := range texts {
		phases[i] = Phase{Text: text, Done: i+1 < current, Current: i+1 == current}
	}
	return phases
}

// A Tag is a short word in a coloured frame: part "tag". Kind is "plain", "blue", "green", "orange", "red" or "gray".
type Tag struct {
	Kind string
	Text string
}

// A Pair is a term and what it is: part "pairs" over []Pair. The value stands as it is; a Day or
// Sentence is shown in words.
type Pair struct {
	Term    string
	Value   string
	Day     Day
	Says    Sentence
	Tag     Tag
	Mono    bool // an ID or a number, in the face that tells 0 from O
	Correct Link // leads to where it can be corrected
}

// A NewsItem is a line of 新着情報: part "news" over []NewsItem. 「詳細」 is a POST to Action, since it
// leaves the mark "read".
type NewsItem struct {
	Day     Day
	Receipt string
	Subject string // Japanese text
	Unread  bool
	Action  string
}

// Empty is what a list says that has nothing in it: part "empty".
type Empty struct {
	Says Sentence
	Link Link
}

// A Pager leads through a long list: part "pager". A zero Link is shown as reached.
type Pager struct {
	Before, Next Link
	OldestFirst  bool     // the way on leads to the newer ones
	Says         Sentence // which part of how many is shown
}

// A Period is the strip of the reading period, from its first mark to the end of its last: part "period".
type Period struct {
	Caption string // Japanese text, what the strip shows
	Open    bool   // the passwords can be read now
	Today   calendar.Date
	Marks   []Mark   // in the order of their days
	Says    Sentence // days left, or since when it is over
}

// A Mark is a day of a Period.
type Mark struct {
	Text string // Japanese text, such as 利用開始日
	Day  calendar.Date
}

// At is how far the strip, 1000 units long, is filled at the end of a day. Each mark has an equal part of
// it, filled in proportion to the days until the next mark; the last mark's part is its own day.
func (p Period) At(day calendar.Date) int {
	filled := 0
	for i, m := range p.Marks {
		days := 1
		if i+1 < len(p.Marks) {
			days = max(1, p.Marks[i+1].Day.Sub(m.Day))
		}
		gone := max(0, min(days, day.Sub(m.Day)+1))
		filled += 1000 * gone / (days * len(p.Marks))
	}
	return filled
}

// Start is where the part of a mark begins.
func (p Period) Start(mark int) int { return 1000 * mark / max(1, len(p.Marks)) }

// Passed says whether the day has come.
func (p Period) Passed(day calendar.Date) bool { return !day.After(p.Today) }

// An IDFigure explains an ID by its eight boxes: part "id-figure". Unknown characters may be "－" or "？".
type IDFigure struct {
	Code   string // 利用者コード, 5 characters
	Number string // 識別番号, 3 characters
}

// Boxes splits a text into its characters, one per box.
func (IDFigure) Boxes(text string) []string {
	boxes := make([]string, 0, len(text))
	for _, c := range text {
		boxes = append(boxes, string(c))
	}
	return boxes
}
