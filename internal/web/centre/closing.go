package centre

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
	"uketsuke/internal/web/kit"
)

// A ClosingPage is the page of the centre's calendar: one year of the centre's calendar.
type ClosingPage struct {
	kit.Frame
	Year           string
	Business       int
	Before, After  kit.Link // the years beside it
	Months         []ClosingMonth
	MayEdit        bool
	Day, Name, CSV kit.Field
}

// A ClosingMonth is a month with its days off that the day of the week does not explain.
type ClosingMonth struct {
	Month    kit.Month
	Business int
	Days     []ClosingDay
}

// A ClosingDay is one day off. TakeBack is its day as a form sends it, "" when it cannot be taken back.
type ClosingDay struct {
	Day      calendar.Date
	Why      kit.Sentence
	Kind     kit.Tag // zero for a day that the law or the turn of the year closes
	Entered  kit.Sentence
	TakeBack string
}

// ShowCalendar shows a year.
func (s *Pages) ShowCalendar(v *kit.Request, f kit.Form) error {
	year, _ := strconv.Atoi(v.HTTP.URL.Query().Get("year"))
	view, err := s.Desk.CalendarYear(v.Ctx(), v.Actor(), year)
	if err != nil {
		return err
	}
	data := ClosingPage{
		Frame: v.Frame("/desk/calendar", f), Year: strconv.Itoa(view.Year), Business: view.Business, MayEdit: v.Actor().Role == account.Supervisor,
		Day:  f.Field(kit.Field{Name: "day", Label: "日付", Type: "date", Required: true, Width: "m", Earliest: view.Today.AddDays(1).String()}),
		Name: f.Field(kit.Field{Name: "name", Label: "名称", Required: true, Max: 40, Width: "l", Hint: kit.Say("例：システム更改日")}),
		CSV: f.Field(kit.Field{Name: "csv", Label: "CSVの内容", Rows: 6,
			Hint: kit.Say("1行目は day,name,closed です。2行目から、2026-08-14,夏季休業,yes のように1日を1行で書きます。取り消す日は closed を no にします。closed の列は省略できます。")}),
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
	return v.Render("desk-calendar", data)
}

func yearLink(year int) kit.Link {
	return kit.Link{Text: strconv.Itoa(year), Address: "/desk/calendar?year=" + strconv.Itoa(year)}
}

func closingMonth(year int, m desk.CalendarMonth) ClosingMonth {
	month := ClosingMonth{Month: kit.Month{Date: calendar.NewDate(year, m.Month, 1)}, Business: m.Business}
	for _, day := range m.Days {
		line := ClosingDay{Day: day.Day, Why: kit.Say("%s", day.Why)}
		if day.Entered {
			line.Kind = kit.Tag{Kind: "blue", Text: "センターの休業日"}
			line.Entered = kit.Say("%s に %s が入力", day.At, cmp.Or(day.ByName, "運用者"))
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
	kit.Frame
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
	Kind kit.Tag
	Name string
}

// A WishLine is an open application whose wish or proposed start the edit concerns.
type WishLine struct {
	Receipt, Company, Address string
	State                     kit.Tag
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

// PreviewClosing answers a typed edit, or a file of them, with what it would change.
func (s *Pages) PreviewClosing(v *kit.Request) error {
	in, err := v.Form("do", "day", "name", "csv")
	if err != nil {
		return err
	}
	edits, err := closingEdits(v, in)
	if err != nil {
		return err
	}
	preview, err := s.Desk.PreviewClosing(v.Ctx(), v.Actor(), edits)
	if err != nil {
		return err
	}
	return showClosingPreview(v, preview)
}

// closingEdits reads the form's edits: one day to close, one to take back, or a file, typed or chosen.
func closingEdits(v *kit.Request, in url.Values) ([]desk.ClosingEdit, error) {
	if in.Get("do") == "import" {
		text, err := closingFile(v, in.Get("csv"))
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
func closingFile(v *kit.Request, typed string) (string, error) {
	file, _, err := v.HTTP.FormFile("file")
	if errors.Is(err, http.ErrMissingFile) || errors.Is(err, http.ErrNotMultipart) {
		return typed, nil
	} else if err != nil {
		return "", kit.StatusError(http.StatusBadRequest)
	}
	defer file.Close()
	read, err := io.ReadAll(io.LimitReader(file, kit.ClosingFileMost))
	if err != nil {
		return "", kit.StatusError(http.StatusBadRequest)
	}
	text := strings.TrimPrefix(kit.Lines(string(read)), "\ufeff")
	if len(read) == 0 {
		return typed, nil
	}
	if !utf8.Valid(read) || !kit.Sound(text) {
		return "", problem.List{problem.New("csv", "R-CAL-1", "ファイルをUTF-8の文字として読み取れません。UTF-8のCSVで保存し直してください。")}
	}
	v.HTTP.PostForm.Set("csv", text)
	return text, nil
}

func showClosingPreview(v *kit.Request, p desk.CalendarPreview) error {
	data := ClosingPreviewPage{Frame: v.Frame("/desk/calendar", kit.Form{}), EarliestBefore: p.EarliestBefore, Earliest: p.Earliest,
		LatestBefore: p.LatestBefore, Latest: p.Latest, CSV: desk.ClosingCSV(p.Edits), Digest: p.Digest}
	data.Back = kit.Link{Text: "暦に戻る", Address: "/desk/calendar"}
	for _, e := range p.Edits {
		line := ClosingLine{Day: e.Day, Name: e.Name, Kind: kit.Tag{Kind: "orange", Text: "休業日にする"}}
		if !e.Closed {
			line.Kind = kit.Tag{Kind: "blue", Text: "休業日を取り消す"}
		}
		data.Edits = append(data.Edits, line)
	}
	for _, w := range p.Wishes {
		data.Wishes = append(data.Wishes, WishLine{Receipt: w.Receipt, Company: w.Company, Address: kit.DeskPath(w.Application), State: kit.StateTag(w.State),
			Wish: w.Wish, Closed: w.WishClosed, Before: w.Before, After: w.After})
	}
	for _, t := range p.Targets {
		data.Targets = append(data.Targets, TargetLine{t.Receipt, t.Company, kit.DeskPath(t.Application), t.Before, t.After})
	}
	for _, k := range p.Promised {
		data.Promised = append(data.Promised, PromiseLine{k.Receipt, k.Company, kit.DeskPath(k.Application), k.Start, k.Deadline, k.LastReading, k.StartClosed})
	}
	return v.Render("desk-calendar-preview", data)
}

// SaveClosing stores what was previewed; what would be done by now being something else, it is shown anew.
func (s *Pages) SaveClosing(v *kit.Request) error {
	in, err := v.Form("csv", "digest")
	if err != nil {
		return err
	}
	edits, err := desk.ParseClosingCSV(in.Get("csv"))
	if err != nil {
		return err
	}
	err = s.Desk.SaveClosing(v.Ctx(), v.Actor(), edits, in.Get("digest"))
	if stale, is := errors.AsType[*desk.StalePreview](err); is {
		v.Status = http.StatusConflict
		v.Flash = append(v.Flash, kit.Notice{Kind: "error", Heading: "確認したあとに状況が変わりました", Says: kit.Say("まだ保存していません。下の内容をもう一度確認してから保存してください。")})
		return showClosingPreview(v, stale.Preview)
	}
	if err != nil {
		return err
	}
	return v.SeeOther("/desk/calendar?year="+strconv.Itoa(edits[0].Day.Year()), "暦を変更しました。すでにお知らせした締切日や参照期間は変わっていません。")
}
