package apply

import (
	"slices"
	"strings"

	"uketsuke/internal/application"
	"uketsuke/internal/web/kit"
)

// The controls of the page of a code that exists.

// changeControls are the part that changes the code itself: category, services, settings, and its IDs.
func (s *Pages) changeControls(data *ExistingPage, at existingAt, f kit.Form) {
	before := at.item.Before
	data.Category = f.Choices(kit.Choices{Name: "category", Label: "システム設定区分", Required: true, Inline: true,
		Hint: kit.Say("現在は「%s」です。航空は海上の業種を、海上は航空の業種を選べません。", kit.Word(application.CategoryName(before.Category))), Choices: categoryChoices()})
	var trades []string
	for _, id := range before.IDs {
		data.IDs = append(data.IDs, s.existingID(id, at, f))
		trades = slices.Concat(trades, id.Trades, f.Values[idField(id.ID, "trades")])
	}
	for _, row := range at.item.Add {
		trades = append(trades, row.Trades...)
	}
	for _, choice := range application.StatisticsOffer(slices.Concat(trades, f.Values["trades"]), true, s.Desk.Catalogue) {
		data.Services = append(data.Services, serviceTick(choice, true, f))
	}
	data.Settings = f.Tick(kit.Tick{Name: "settings", Label: "システム設定も変更する",
		Hint: kit.Say("チェックすると、次の画面で契約中の設定内容を変更できます。新しく加わる業種の設定は、チェックしなくても入力します。")})
}

// existingID is what one ID of the code is and is to be. Its method decides its number and stays.
func (s *Pages) existingID(id application.IDState, at existingAt, f kit.Form) ExistingID {
	sso, trades := idField(id.ID, "single_sign_on"), idField(id.ID, "trades")
	others := application.CodeItem{Category: f.Values.Get("category")}
	for _, other := range at.item.Before.IDs {
		if other.ID != id.ID && !slices.Contains(f.Values["remove"], string(other.ID)) {
			others.Rows = append(others.Rows, application.Row{Trades: f.Values[idField(other.ID, "trades")]})
		}
	}
	x := ExistingID{
		ID: string(id.ID), Method: s.MethodWord(id.Method), Now: idNow(id, s.Kit),
		SSO: f.Choices(kit.Choices{Name: sso, Label: "シングルサインオン要否", Required: true, Inline: true,
			Choices: []kit.Choice{{Value: "yes", Label: "要", Hint: kit.Say("1つの利用者IDで複数の業種を使う")}, {Value: "no", Label: "否", Hint: kit.Say("業種は1つにする")}}}),
		Trades: f.Choices(kit.Choices{Name: trades, Label: "業種", Required: true, Many: true,
			Hint:    kit.Say("いまの区分や組み合わせでは選べない業種には、理由を示しています。あわせて変えるときは選べます。"),
			Choices: notedTrades(application.Offer(others, f.Values.Get(sso) == "yes", nil, s.Desk.Catalogue))}),
	}
	typed := slices.Sorted(slices.Values(f.Values[trades]))
	x.Open = len(x.SSO.Problems)+len(x.Trades.Problems) > 0 || f.Values.Get(sso) != yesNo(id.SingleSignOn) ||
		!slices.Equal(typed, slices.Sorted(slices.Values(id.Trades)))
	return x
}

// idNow says what an ID is today.
func idNow(id application.IDState, s *kit.Kit) kit.Sentence {
	trades := s.TradeWords(id.Trades)
	if id.SingleSignOn {
		return kit.Say("現在：%s（シングルサインオン 要）", kit.Word(trades))
	}
	return kit.Say("現在：%s（シングルサインオン 否）", kit.Word(trades))
}

// notedTrades offers every trade, because what bars one may be changed on the same page, and says why one is
// barred as things stand.
func notedTrades(offer []application.Choice) []kit.Choice {
	choices := possibleOnly(offer)
	for i := range choices {
		choices[i].Hint, choices[i].Refused = choices[i].Refused, kit.Sentence{}
	}
	return choices
}

// numberControls are the part that adds numbers and deletes some.
func (s *Pages) numberControls(data *ExistingPage, at existingAt, f kit.Form) {
	after := application.CodeItem{Category: f.Values.Get("category"), Rows: slices.Clone(at.item.Add)}
	if !data.AsksCodes {
		after.Category = at.item.Before.Category
	}
	remove := kit.Choices{Name: "remove", Label: "削除する識別番号", Many: true, Hint: kit.Say("削除した識別番号は欠番になり、二度と発行されません。")}
	for _, id := range at.item.Before.IDs {
		going := slices.Contains(f.Values["remove"], string(id.ID))
		if !going {
			after.Rows = append(after.Rows, application.Row{Trades: id.Trades})
		}
		remove.Choices = append(remove.Choices, kit.Choice{Value: string(id.ID), Label: string(id.ID),
			Hint: kit.Say("%s ／ %s", kit.Word(s.TradeWords(id.Trades)), kit.Word(s.MethodWord(id.Method)))})
	}
	data.Remove = f.Choices(remove)
	data.LastNumber = len(f.Values["remove"]) > 0 && len(after.Rows) == 0
	data.Block = s.numberBlock(after, at.item.Add, f)
}

// numberBlock is the block of one number on the page of a code, as it is to be, with the rows that are in the list already.
func (s *Pages) numberBlock(after application.CodeItem, rows []application.Row, f kit.Form) NumberBlock {
	controls := s.codeControls(after, f)
	block := NumberBlock{SSO: controls.SSO, Trades: controls.Trades, Method: controls.Method, Count: controls.Count}
	block.SSO.Required, block.Trades.Required, block.Method.Required, block.Count.Required = false, false, false, false
	block.Trades.Choices = f.Choices(kit.Choices{Name: "trades",
		Choices: possibleTrades(application.Offer(after, f.Values.Get("single_sign_on") == "yes", nil, s.Desk.Catalogue), f.Values["trades"])}).Choices
	lines := application.TableRows(application.Document{Codes: []application.CodeItem{{Rows: rows}}}, s.Desk.Catalogue, nil)
	for i, line := range lines {
		block.Rows = append(block.Rows, CodeRow{i, strings.Join(line.Trades, "・"), line.Method, line.Count, line.SingleSignOn})
	}
	return block
}
