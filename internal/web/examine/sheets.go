package examine

import (
	"net/url"
	"strconv"

	"uketsuke/internal/desk"
	"uketsuke/internal/web/cases"
	"uketsuke/internal/web/kit"
)

// ExportQueue is the queue as CSV: every row of the list with the same filter and search, all pages in one.
func (s *Pages) ExportQueue(v *kit.Request, asked url.Values) (kit.Outgoing, error) {
	q, wrong := s.queueQuery(asked, kit.CutSearch(asked.Get("search")))
	file := kit.Outgoing{
		Export: desk.Export{Kind: "queue.csv", Filter: kit.FilterWords(asked)},
		What:   "申込の一覧", From: kit.Link{Text: "申込の一覧に戻る", Address: "/desk" + kit.Without(asked, "search", "password")},
	}
	header := []string{"申込受付番号", "企業名", "事業所名", "申込内容", "状態", "担当者", "登録日時", "待ち日数（営業日）",
		"目標までの日数（営業日）", "利用開始希望日", "利用開始日"}
	each := func(row func(desk.ListRow) error) error { return s.Desk.ExportQueue(v.Ctx(), v.Actor(), q, row) }
	rows := cases.Sheet(v, header, each, func(row desk.ListRow) []string {
		waiting, left := "", ""
		if waits(row) {
			waiting, left = strconv.Itoa(row.Waiting), strconv.Itoa(row.Left)
		}
		return []string{row.Receipt, row.Company, row.Establishment, cases.Said(v, row.Items), cases.Said(v, row.State.Japanese()), row.HolderName,
			cases.CellTime(row.RegisteredAt), waiting, left, cases.CellDay(row.Desired), cases.CellDay(row.Start)}
	})
	file.Send = func() (int, error) { return v.SendCSV(cases.SheetName("desk", s.Desk.Now()), rows) }
	return file, wrong.Err()
}
