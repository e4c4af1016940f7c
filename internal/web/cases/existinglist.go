package cases

import (
	"uketsuke/internal/desk"
)

// A HeldIDLine is one user ID of it in words.
type HeldIDLine struct {
	ID, Number   string
	Trades       []string
	Method       string
	SingleSignOn bool
}

// HeldIDs are user IDs as pages list them, with trades in words.
func (s *Pages) HeldIDs(ids []desk.HeldID) []HeldIDLine {
	var lines []HeldIDLine
	for _, id := range ids {
		lines = append(lines, HeldIDLine{string(id.ID), string(id.ID.Number()), s.TradeNames(id.Trades), s.MethodWord(id.Method), id.SingleSignOn})
	}
	return lines
}

// ServiceNames are the services that a code has, in words.
func ServiceNames(paid, free, archive bool) []string {
	var names []string
	for _, x := range []struct {
		has  bool
		name string
	}{{paid, "管理統計資料 有料分"}, {free, "管理統計資料 無料分"}, {archive, "保税管理資料保存サービス"}} {
		if x.has {
			names = append(names, x.name)
		}
	}
	return names
}
