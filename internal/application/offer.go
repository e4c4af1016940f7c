package application

import (
	"slices"

	"uketsuke/internal/catalogue"
	"uketsuke/internal/problem"
)

// A Choice is something a page offers, or says why it does not. Why is the zero Problem when the
// choice is possible.
type Choice struct {
	Key      string
	Name     string
	English  string
	Possible bool
	Why      problem.Problem
}

// TradeChoice is a Choice of a trade.
type TradeChoice = Choice

// Offer lists every trade of the catalogue for a new row of a code: possible unless
//   - the category excludes it (R-APP-6),
//   - it is of another group than the code's rows or, with single sign-on, the ticked trades (R-APP-4),
//   - single sign-on is asked for and it cannot share an ID (R-APP-3).
//
// A ticked trade is offered as it is judged against the others.
func Offer(item CodeItem, sso bool, ticked []string, cat *catalogue.Catalogue) []TradeChoice {
	var choices []TradeChoice
	for _, trade := range cat.Trades {
		why := whyNot(trade, item, sso, ticked, cat)
		choices = append(choices, Choice{trade.Key, trade.Name, trade.English, why.Text == "", why})
	}
	return choices
}

// whyNot is the reason for which a trade cannot be chosen, the zero Problem if it can.
func whyNot(trade catalogue.Trade, item CodeItem, sso bool, ticked []string, cat *catalogue.Catalogue) problem.Problem {
	if excluded(item.Category, string(trade.Medium)) {
		return problem.New("trades", "R-APP-6", "システム設定区分が「%s」のため選択できません。", Word{ja: CategoryName(item.Category)})
	}
	for _, key := range slices.Concat(item.Trades(), ticked) {
		if other, known := cat.Trade(key); known && other.SSOGroup != trade.SSOGroup {
			return problem.New("trades", "R-APP-4", "「%s」とは1つの利用者コードにまとめられません。利用者コードを分けてください。", tradeWord(other))
		}
	}
	if sso && !trade.SSO {
		return problem.New("trades", "R-APP-3", "シングルサインオンの対象外です。")
	}
	return problem.Problem{}
}

// StatisticsOffer lists the three services for a code's trades (R-APP-5), with the reason where one is
// not possible; paid says whether paid statistics are chosen, which the archive needs.
func StatisticsOffer(trades []string, paid bool, cat *catalogue.Catalogue) []Choice {
	offered := OfferedServices(trades, cat)
	choice := func(key, name, english string, possible bool, why string) Choice {
		c := Choice{Key: key, Name: name, English: english, Possible: possible}
		if !possible {
			c.Why = problem.New(key, "R-APP-5", why)
		}
		return c
	}
	archive := choice(ServiceArchive, "保税管理資料保存サービス", "Bonded archive", offered.Archive, noArchive)
	if offered.Archive && !paid {
		archive = choice(ServiceArchive, archive.Name, archive.English, false, needsPaid)
	}
	return []Choice{
		choice(ServicePaid, "有料分", "Paid", offered.Paid, noPaid),
		choice(ServiceFree, "無料分", "Free", offered.Free, noFree),
		archive,
	}
}

// MethodOffer lists every method, possible if it is offered (R-APP-7).
func MethodOffer(cat *catalogue.Catalogue) []Choice {
	var choices []Choice
	for _, m := range cat.Methods {
		c := Choice{Key: m.Key, Name: m.Name, Possible: m.Offered}
		if !m.Offered {
			c.Why = problem.New("method", "R-APP-7", "新規の受付を終了しています。")
		}
		choices = append(choices, c)
	}
	return choices
}
