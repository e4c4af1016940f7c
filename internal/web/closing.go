package web

import (
	"cmp"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"

	"uketsuke/internal/account"
	"uketsuke/internal/calendar"
	"uketsuke/internal/desk"
	"uketsuke/internal/problem"
)

// A ClosingPage is page C5: one year of the centre's calendar.
type ClosingPage struct {
	Frame
	Year           string
	Business       int
	Before, After  Link // the years beside it
	Months         []ClosingMonth
	MayEdit        bool
	Day, Name, CSV Field
}

// A ClosingMonth is a month with its days off that the day of the week does not explain.
type ClosingMonth struct {
	Month    Month
	Business int
	Days     []ClosingDay
}

// A ClosingDay is one day off. TakeBack is its day as a form sends it, "" when it cannot be taken back.
type ClosingDay struct {
	Day      calendar.Date
	Why      Sentence
	Kind     Tag // zero for a day that the law or the turn of the year closes
	Entered  Sentence
	TakeBack string
}

// closingFileMost is how large a file of closing days may be, in bytes.
const closingFileMost = 256 << 10

// showCalendar shows a year.
func (s *Server) showCalendar(v *visit, f Form) error {
	year, _ := strconv.Atoi(v.r.URL.Query().Get("year"))
	view, err := s.Desk.CalendarYear(v.ctx(), v.actor(), year)
	if err != nil {
		return err
	}
	data := ClosingPage{
		Frame: v.frame("/desk/calendar", f), Year: strconv.Itoa(view.Year), Business: view.Business, MayEdit: v.actor().Role == account.Supervisor,
		Day:  f.Field(Field{Name: "day", Label: "日付", Type: "date", Required: true, Width: "m", Earliest: view.Today.AddDays(1).String()}),
		Name: f.Field(Field{Name: "name", Label: "名称", Required: true, Max: 40, Width: "l", Hint: Say("例：システム更改日")}),
		CSV: f.Field(Field{Name: "csv", Label: "CSVの内容", Rows: 6,
			Hint: Say("1行目は day,name,closed です。2行目から、2026-08-14,夏季休業,yes のように1日を1行で書きます。取り消す日は closed を no にします。closed の列は省略できます。")}),
	}
	if view.Year > view.First {
		data.Before = yearLink(view.Year - 1)
	}
	if view.Year < view.Last {
		data.After = yearLink(view.Year + 1)
	}
	for _, month := range view.Months {
		data.Months = append(data.Months, closingMonth(view.Year, month))
	}
	return v.render("desk-calendar", data)
}

func yearLink(year int) Link {
	return Link{Text: strconv.Itoa(year), Address: "/desk/calendar?year=" + strconv.Itoa(year)}
}

func closingMonth(year int, m desk.CalendarMonth) ClosingMonth {
	month := ClosingMonth{Month: Month{Date: calendar.NewDate(year, m.Month, 1)}, Business: m.Business}
	for _, day := range m.Days {
		line := ClosingDay{Day: day.Day, Why: Say("%s", day.Why)}
		if day.Entered {
			line.Kind = Tag{Kind: "blue", Text: "センターの休業日"}
			line.Entered = Say("%s に %s が入力", day.At, cmp.Or(day.ByName, "運用者"))
		}
		if day.TakeBack {
			line.TakeBack = day.Day.String()
		}
		month.Days = append(month.Days, line)
	}
	return month
}

// A ClosingPreviewPage says what an edit of the calendar would change and what not, before it is saved.
type ClosingPreviewPage struct {
	Frame
	Edits                    []ClosingLine
	EarliestBefore, Earliest calendar.Date
	LatestBefore, Latest     calendar.Date
	Wishes                   []WishLine
	Targets                  []TargetLine
	Promised                 []PromiseLine
	CSV, Digest              string
}

// A ClosingLine is one edit in words.
type ClosingLine struct {
	Day  calendar.Date
	Kind Tag
	Name string
}

// A WishLine is an open application whose wish or proposed start the edit concerns.
type WishLine struct {
	Receipt, Company, Address string
	State                     Tag
	Wish                      calendar.Date
	Closed                    bool
	Before, After             calendar.Date
}

// A TargetLine is an application whose answer is due on another day.
type TargetLine struct {
	Receipt, Company, Address string
	Before, After             calendar.Date
}

// A PromiseLine is an approved application whose promised days stay.
type PromiseLine struct {
	Receipt, Company, Address    string
	Start, Deadline, LastReading calendar.Date
	Closed                       bool
}

// previewClosing answers a typed edit, or a file of them, with what it would change.
func (s *Server) previewClosing(v *visit) error {
	in, err := v.form("do", "day", "name", "csv")
	if err != nil {
		return err
	}
	edits, err := v.closingEdits(in)
	if err != nil {
		return err
	}
	preview, err := s.Desk.PreviewClosing(v.ctx(), v.actor(), edits)
	if err != nil {
		return err
	}
	return v.showClosingPreview(preview)
}

// closingEdits reads the form's edits: one day to close, one to take back, or a file, typed or chosen.
func (v *visit) closingEdits(in url.Values) ([]desk.ClosingEdit, error) {
	if in.Get("do") == "import" {
		text, err := v.closingFile(in.Get("csv"))
		if err != nil {
			return nil, err
		}
		return desk.ParseClosingCSV(text)
	}
	day, err := calendar.ParseTyped(in.Get("day"))
	if err != nil {
		return nil, problem.List{problem.New("day", "R-CAL-1", "日付を、2026-08-14 のように入力してください。")}
	}
	return []desk.ClosingEdit{{Day: day, Closed: in.Get("do") != "remove", Name: strings.TrimSpace(in.Get("name"))}}, nil
}

// closingFile is the chosen file's text, or what was typed when none was chosen. It takes the typed text's
// place, so that it comes back with the page.
func (v *visit) closingFile(typed string) (string, error) {
	file, _, err := v.r.FormFile("file")
	if errors.Is(err, http.ErrMissingFile) || errors.Is(err, http.ErrNotMultipart) {
		return typed, nil
	} else if err != nil {
		return "", statusError(http.StatusBadRequest)
	}
	defer file.Close()
	read, err := io.ReadAll(io.LimitReader(file, closingFileMost))
	if err != nil {
		return "", statusError(http.StatusBadRequest)
	}
	text := strings.TrimPrefix(lines(string(read)), "\ufeff")
	if len(read) == 0 {
		return typed, nil
	}
	if !utf8.Valid(read) || !sound(text) {
		return "", problem.List{problem.New("csv", "R-CAL-1", "ファイルをUTF-8の文字として読み取れません。UTF-8のCSVで保存し直してください。")}
	}
	v.r.PostForm.Set("csv", text)
	return text, nil
}

func (v *visit) showClosingPreview(p desk.CalendarPreview) error {
	data := ClosingPreviewPage{Frame: v.frame("/desk/calendar", Form{}), EarliestBefore: p.EarliestBefore, Earliest: p.Earliest,
		LatestBefore: p.LatestBefore, Latest: p.Latest, CSV: desk.ClosingCSV(p.Edits), Digest: p.Digest}
	data.Back = Link{Text: "暦に戻る", Address: "/desk/calendar"}
	for _, e := range p.Edits {
		line := ClosingLine{Day: e.Day, Name: e.Name, Kind: Tag{Kind: "orange", Text: "休業日にする"}}
		if !e.Closed {
			line.Kind = Tag{Kind: "blue", Text: "休業日を取り消す"}
		}
		data.Edits = append(data.Edits, line)
	}
	for _, w := range p.Wishes {
		data.Wishes = append(data.Wishes, WishLine{Receipt: w.Receipt, Company: w.Company, Address: deskPath(w.Application), State: stateTag(w.State),
			Wish: w.Wish, Closed: w.WishClosed, Before: w.Before, After: w.After})
	}
	for _, t := range p.Targets {
		data.Targets = append(data.Targets, TargetLine{t.Receipt, t.Company, deskPath(t.Application), t.Before, t.After})
	}
	for _, k := range p.Promised {
		data.Promised = append(data.Promised, PromiseLine{k.Receipt, k.Company, deskPath(k.Application), k.Start, k.Deadline, k.LastReading, k.StartClosed})
	}
	return v.render("desk-calendar-preview", data)
}

// saveClosing stores what was previewed; what would be done by now being something else, it is shown anew.
func (s *Server) saveClosing(v *visit) error {
	in, err := v.form("csv", "digest")
	if err != nil {
		return err
	}
	edits, err := desk.ParseClosingCSV(in.Get("csv"))
	if err != nil {
		return err
	}
	err = s.Desk.SaveClosing(v.ctx(), v.actor(), edits, in.Get("digest"))
	if stale, is := errors.AsType[*desk.StalePreview](err); is {
		v.status = http.StatusConflict
		v.flash = append(v.flash, Notice{Kind: "error", Heading: "確認したあとに状況が変わりました", Says: Say("まだ保存していません。下の内容をもう一度確認してから保存してください。")})
		return v.showClosingPreview(stale.Preview)
	}
	if err != nil {
		return err
	}
	return v.seeOther("/desk/calendar?year="+strconv.Itoa(edits[0].Day.Year()), "暦を変更しました。すでにお知らせした締切日や参照期間は変わっていません。")
}
