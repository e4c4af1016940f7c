package cases

import (
	"errors"
	"fmt"
	"iter"
	"net/http"
	"net/url"
	"runtime"
	"time"

	"uketsuke/internal/calendar"
	"uketsuke/internal/desk"
	"uketsuke/internal/web/kit"
)

// sheetPatience is how long a part of a download may take to be read, so that a long one is not cut off by the
// server's limit for a page, and one that nobody reads is.
const sheetPatience = time.Minute

// collectEvery is after how many rows a download clears up behind itself. Left to itself the heap would grow by as
// much as all that is idle in the process before anybody looks.
const collectEvery = 5000

// ExportApplications is the list of applications as CSV: every row of the list with the same filter, all pages in one.
func (s *Pages) ExportApplications(v *kit.Request, asked url.Values) (kit.Outgoing, error) {
	q, wrong := s.applicationsQuery(asked)
	file := kit.Outgoing{
		Export: desk.Export{Kind: "applications.csv", Establishment: v.Actor().Establishment, Filter: kit.FilterWords(asked)},
		What:   "申込の一覧", From: kit.Link{Text: "申込の一覧に戻る", Address: "/applications" + kit.Without(asked, "password")},
	}
	header := []string{"申込受付番号", "申込内容", "状態", "現在の担当", "登録日時", "利用開始希望日", "利用開始日", "システム設定申込の締切日"}
	each := func(row func(desk.ListRow) error) error {
		return s.Desk.ExportApplications(v.Ctx(), v.Actor(), q, row)
	}
	rows := Sheet(v, header, each, func(row desk.ListRow) []string {
		return []string{row.Receipt, Said(v, row.Items), Said(v, row.State.Japanese()), Said(v, row.With), CellTime(row.RegisteredAt),
			CellDay(row.Desired), CellDay(row.Start), CellDay(missingSettings(row))}
	})
	file.Send = func() (int, error) { return v.SendCSV(SheetName("applications", s.Desk.Now()), rows) }
	return file, wrong.Err()
}

// errEnough ends an export whose reader has gone.
var errEnough = errors.New("nobody reads on")

// Sheet is a CSV's rows, one after another as the export gives them; the header is in the language of the page.
func Sheet[T any](v *kit.Request, header []string, each func(func(T) error) error, cells func(T) []string) iter.Seq2[[]string, error] {
	return func(yield func([]string, error) bool) {
		said, n := make([]string, len(header)), 0
		for i, text := range header {
			said[i] = Said(v, text)
		}
		begun := false
		begin := func() bool { begun = true; return yield(said, nil) }
		err := each(func(row T) error {
			if n%kit.CSVFlush == 0 {
				patient(v)
			}
			if n%collectEvery == collectEvery-1 {
				runtime.GC()
			}
			if n++; !begun && !begin() || !yield(cells(row), nil) {
				return errEnough
			}
			return nil
		})
		switch {
		case errors.Is(err, errEnough):
		case err != nil:
			yield(nil, err)
		case !begun:
			begin()
		}
	}
}

// patient gives the reader time for the next part. Not every writer has a deadline to move.
func patient(v *kit.Request) {
	err := http.NewResponseController(v.Out).SetWriteDeadline(time.Now().Add(sheetPatience))
	if err != nil && !errors.Is(err, http.ErrNotSupported) {
		v.Kit.Log.WarnContext(v.Ctx(), "moving a deadline", "request", v.ID, "error", err)
	}
}

// Said is one of our words in the language of the page.
func Said(v *kit.Request, japanese string) string {
	if japanese == "" {
		return ""
	}
	return v.Kit.Renderer.Texts.Text(v.Lang, japanese)
}

// CellDay is a day as programs read it, "" for none.
func CellDay(d calendar.Date) string {
	if d.IsZero() {
		return ""
	}
	return d.String()
}

// CellTime is an instant in Japan as programs read it, "" for none.
func CellTime(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.In(calendar.Tokyo).Format("2006-01-02 15:04:05")
}

// SheetName is the name of a file of a list as of today.
func SheetName(list string, now time.Time) string {
	return fmt.Sprintf("%s-%s.csv", list, calendar.DateOf(now))
}
