package web

import (
	"errors"
	"fmt"
	"iter"
	"net/http"
	"net/url"
	"runtime"
	"strconv"
	"time"

	"uketsuke/internal/calendar"
	"uketsuke/internal/desk"
)

// sheetPatience is how long a part of a download may take to be read, so that a long one is not cut off by the
// server's limit for a page, and one that nobody reads is.
const sheetPatience = time.Minute

// collectEvery is after how many rows a download clears up behind itself. Left to itself the heap would grow by as
// much as all that is idle in the process before anybody looks (trap 22).
const collectEvery = 5000

// exportApplications is E12 as CSV: every row of the list with the same filter, all pages in one.
func (s *Server) exportApplications(v *visit, asked url.Values) (outgoing, error) {
	q, wrong := s.applicationsQuery(asked)
	file := outgoing{
		Export: desk.Export{Kind: "applications.csv", Establishment: v.actor().Establishment, Filter: filterWords(asked)},
		what:   "申込の一覧", from: Link{Text: "申込の一覧に戻る", Address: "/applications" + without(asked, "password")},
	}
	header := []string{"申込受付番号", "申込内容", "状態", "現在の担当", "登録日時", "利用開始希望日", "利用開始日", "システム設定申込の締切日"}
	each := func(row func(desk.ListRow) error) error {
		return s.Desk.ExportApplications(v.ctx(), v.actor(), q, row)
	}
	rows := sheet(v, header, each, func(row desk.ListRow) []string {
		return []string{row.Receipt, v.said(row.Items), v.said(row.State.Japanese()), v.said(row.With), cellTime(row.RegisteredAt),
			cellDay(row.Desired), cellDay(row.Start), cellDay(missingSettings(row))}
	})
	file.send = func() (int, error) { return v.sendCSV(sheetName("applications", s.Desk.Now()), rows) }
	return file, wrong.Err()
}

// exportQueue is C1 as CSV: every row of the list with the same filter and search, all pages in one.
func (s *Server) exportQueue(v *visit, asked url.Values) (outgoing, error) {
	q, wrong := s.queueQuery(asked, cutSearch(asked.Get("search")))
	file := outgoing{
		Export: desk.Export{Kind: "queue.csv", Filter: filterWords(asked)},
		what:   "申込の一覧", from: Link{Text: "申込の一覧に戻る", Address: "/desk" + without(asked, "search", "password")},
	}
	header := []string{"申込受付番号", "企業名", "事業所名", "申込内容", "状態", "担当者", "登録日時", "待ち日数（営業日）",
		"目標までの日数（営業日）", "利用開始希望日", "利用開始日"}
	each := func(row func(desk.ListRow) error) error { return s.Desk.ExportQueue(v.ctx(), v.actor(), q, row) }
	rows := sheet(v, header, each, func(row desk.ListRow) []string {
		waiting, left := "", ""
		if waits(row) {
			waiting, left = strconv.Itoa(row.Waiting), strconv.Itoa(row.Left)
		}
		return []string{row.Receipt, row.Company, row.Establishment, v.said(row.Items), v.said(row.State.Japanese()), row.HolderName,
			cellTime(row.RegisteredAt), waiting, left, cellDay(row.Desired), cellDay(row.Start)}
	})
	file.send = func() (int, error) { return v.sendCSV(sheetName("desk", s.Desk.Now()), rows) }
	return file, wrong.Err()
}

// errEnough ends an export whose reader has gone.
var errEnough = errors.New("nobody reads on")

// sheet is a CSV's rows, one after another as the export gives them; the header is in the language of the page.
func sheet[T any](v *visit, header []string, each func(func(T) error) error, cells func(T) []string) iter.Seq2[[]string, error] {
	return func(yield func([]string, error) bool) {
		said, n := make([]string, len(header)), 0
		for i, text := range header {
			said[i] = v.said(text)
		}
		begun := false
		begin := func() bool { begun = true; return yield(said, nil) }
		err := each(func(row T) error {
			if n%csvFlush == 0 {
				v.patient()
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
func (v *visit) patient() {
	err := http.NewResponseController(v.w).SetWriteDeadline(time.Now().Add(sheetPatience))
	if err != nil && !errors.Is(err, http.ErrNotSupported) {
		v.s.Log.WarnContext(v.ctx(), "moving a deadline", "request", v.id, "error", err)
	}
}

// said is one of our words in the language of the page.
func (v *visit) said(japanese string) string {
	if japanese == "" {
		return ""
	}
	return v.s.pages.Texts.Text(v.lang, japanese)
}

// cellDay is a day as programs read it, "" for none.
func cellDay(d calendar.Date) string {
	if d.IsZero() {
		return ""
	}
	return d.String()
}

// cellTime is an instant in Japan as programs read it, "" for none.
func cellTime(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.In(calendar.Tokyo).Format("2006-01-02 15:04:05")
}

// sheetName is the name of a file of a list as of today.
func sheetName(list string, now time.Time) string {
	return fmt.Sprintf("%s-%s.csv", list, calendar.DateOf(now))
}
