package holding

import (
	"errors"
	"iter"
	"net/url"
	"strconv"

	"uketsuke/internal/calendar"
	"uketsuke/internal/charge"
	"uketsuke/internal/desk"
	"uketsuke/internal/problem"
	"uketsuke/internal/web/kit"
)

// A ChargesPage is the page of charges; the centre sees the same of any establishment.
type ChargesPage struct {
	kit.Frame
	Heading  string // what the page is called: with an invoice, or an estimate
	Of       string // company and establishment, for the centre; "" for the establishment itself
	Estimate bool
	Month    charge.Month
	Field    kit.Field
	Before   kit.Link // to the month before, the zero Link at the first
	Next     kit.Link
	Pairs    []kit.Pair
	Lines    []ChargeLine
	Rates    []ChargeRate
	Total    ChargeRate // of all rates
	Invoices []ChargeInvoice
	CSV      kit.Export
	PDF      string
}

// A ChargeLine is a line of the bill in words.
type ChargeLine struct {
	Part                    string // Japanese text
	Name, Subject           string
	Quantity, Price, Amount string
	Rate                    int
}

// A ChargeRate is what a rate of tax is paid on, in yen.
type ChargeRate struct {
	Rate                 int
	Subtotal, Tax, Total string
}

// A ChargeInvoice is one revision of the month's invoice.
type ChargeInvoice struct {
	Number, Replaces, Digest string
	Day                      calendar.Date
	Address                  string
}

// The names of the page of charges.
const (
	chargesHeading  = "請求金額の参照"
	estimateHeading = "基本料金等の見込額"
)

// chargesPath is where the charges of a visit stand, and whose they are.
func chargesPath(v *kit.Request) (path, of string) {
	if of = v.HTTP.PathValue("id"); of != "" {
		return "/desk/establishments/" + url.PathEscape(of) + "/charges", of
	}
	return "/charges", v.Actor().Establishment
}

// chargesAsked are the charges that a visit asks for; what is wrong with the month leaves today's.
func (s *Pages) chargesAsked(v *kit.Request, typed string) (desk.ChargesPage, problem.List, error) {
	_, of := chargesPath(v)
	month, wrong := kit.MonthAsked(typed)
	page, err := s.Desk.Charges(v.Ctx(), v.Actor(), of, month)
	if errors.As(err, &wrong) {
		page, err = s.Desk.Charges(v.Ctx(), v.Actor(), of, charge.Month{})
	}
	return page, wrong, err
}

func (s *Pages) ShowCharges(v *kit.Request, f kit.Form) error {
	page, wrong, err := s.chargesAsked(v, v.HTTP.URL.Query().Get("month"))
	if err != nil {
		return err
	}
	path, _ := chargesPath(v)
	f.Problems, f.Values = wrong, url.Values{"month": {page.Month.String()}}
	if len(wrong) > 0 {
		v.Status = 422
		f.Values.Set("month", kit.Printable(v.HTTP.URL.Query().Get("month")))
	}
	data := chargesPage(page, path)
	data.Frame = v.Frame(path, f)
	data.Back = kit.Link{Text: "トップメニューに戻る", Address: "/"}
	if v.Actor().Role.OfCentre() {
		data.Of, data.Back = page.Establishment.Company+" "+page.Establishment.Name, kit.Link{Text: "事業所に戻る", Address: kit.EstablishmentPath(page.Establishment.ID)}
	}
	data.Field = f.Field(kit.Field{Name: "month", Label: "対象月", Type: "month", Earliest: page.Earliest.String(), Latest: page.Latest.String(),
		Hint: kit.Say("「2024-12」の形で入力します。")})
	return v.Render("charges", data)
}

// chargesPage is a month in words.
func chargesPage(page desk.ChargesPage, path string) ChargesPage {
	query := "?month=" + page.Month.String()
	data := ChargesPage{
		Heading: chargesHeading, Estimate: !page.Bill.Metered, Month: page.Month, CSV: kit.ExportButton("CSVで保存する", path+".csv", url.Values{"month": {page.Month.String()}}), PDF: path + ".pdf" + query,
		Pairs: chargePairs(page.Bill), Lines: chargeLines(page.Bill),
		Total: ChargeRate{0, charge.Thousands(page.Bill.Subtotal), charge.Thousands(page.Bill.Tax), charge.Thousands(page.Bill.Total)},
	}
	if data.Estimate {
		data.Heading = estimateHeading
	}
	if page.Earliest.Before(page.Month) {
		data.Before = kit.Link{Text: "前の月へ", Address: path + "?month=" + page.Month.Add(-1).String()}
	}
	if page.Month.Before(page.Latest) {
		data.Next = kit.Link{Text: "次の月へ", Address: path + "?month=" + page.Month.Add(1).String()}
	}
	for _, r := range page.Bill.Rates {
		data.Rates = append(data.Rates, ChargeRate{r.Rate, charge.Thousands(r.Subtotal), charge.Thousands(r.Tax), charge.Thousands(r.Subtotal + r.Tax)})
	}
	for _, i := range page.Invoices {
		data.Invoices = append(data.Invoices, ChargeInvoice{i.Number, i.Replaces, i.Digest, i.IssuedOn, path + ".pdf" + query + "&number=" + url.QueryEscape(i.Number)})
	}
	return data
}

// chargePairs say what the base fee rests on, and what each kind of charge comes to.
func chargePairs(b charge.Bill) []kit.Pair {
	pairs := []kit.Pair{{Term: "netNACCS", Says: baseWords(b.Net)}, {Term: "一般NACCS", Says: baseWords(b.General)}}
	for _, kind := range []struct {
		kind charge.Kind
		term string
	}{{charge.BaseFee, "基本料金"}, {charge.Statistics, "管理統計資料（有料分）"}, {charge.Archive, "保税管理資料保存サービス"}, {charge.Usage, "従量料金"}} {
		says := kit.Say("%s円（税抜）", charge.Thousands(b.OfKind(kind.kind)))
		if kind.kind == charge.Usage && !b.Metered {
			says = kit.Say("まだ取り込まれていません")
		}
		pairs = append(pairs, kit.Pair{Term: kind.term, Says: says})
	}
	return append(pairs, kit.Pair{Term: "合計", Says: kit.Say("%s円（税込）", charge.Thousands(b.Total))})
}

// baseWords say plan and terminals of a part.
func baseWords(b charge.Base) kit.Sentence {
	switch b.Plan {
	case "A":
		return kit.Say("Aプラン、端末%d台", b.Terminals)
	case "B":
		return kit.Say("Bプラン、端末%d台", b.Terminals)
	}
	return kit.Say("この月の契約はありません")
}

func chargeLines(b charge.Bill) []ChargeLine {
	lines := make([]ChargeLine, len(b.Lines))
	for i, l := range b.Lines {
		lines[i] = ChargeLine{l.Part.Japanese(), l.Name, kit.OrNone(l.Subject), charge.Thousands(l.Quantity), charge.Thousands(l.Price), charge.Thousands(l.Amount), l.Rate}
		if l.Kind == charge.Usage {
			lines[i].Price = kit.None
		}
	}
	return lines
}

// ExportCharges is a file of exactly what the page shows.
func (s *Pages) ExportCharges(v *kit.Request, asked url.Values) (kit.Outgoing, error) {
	path, of := chargesPath(v)
	page, wrong, err := s.chargesAsked(v, asked.Get("month"))
	return kit.Outgoing{
		Export: desk.Export{Kind: "charges.csv", Establishment: of, Filter: kit.FilterWords(asked)}, What: chargesHeading,
		From: kit.Link{Text: "料金に戻る", Address: path + kit.Without(asked, "password")},
		Send: func() (int, error) {
			return v.SendCSV("charges-"+page.Month.String()+".csv", chargeRows(v, chargesPage(page, path)))
		},
	}, errors.Join(err, wrong.Err())
}

func chargeRows(v *kit.Request, page ChargesPage) iter.Seq2[[]string, error] {
	t := func(text string, args ...any) string { return v.Kit.Renderer.Texts.Text(v.Lang, text, args...) }
	return func(yield func([]string, error) bool) {
		row := func(cells ...string) bool {
			return yield(append([]string{page.Month.String(), t(page.Heading)}, cells...), nil)
		}
		ok := yield([]string{t("対象月"), t("表題"), t("区分"), t("内容"), t("コード・ID"), t("数量"), t("単価（円）"), t("税率"), t("金額（円）")}, nil)
		for _, pair := range page.Pairs[:2] {
			ok = ok && row(t("契約"), t(pair.Term), "", "", "", "", v.Kit.Renderer.Texts.Sentence(v.Lang, pair.Says))
		}
		for _, l := range page.Lines {
			ok = ok && row(t(l.Part), t(l.Name), l.Subject, l.Quantity, l.Price, strconv.Itoa(l.Rate)+"%", l.Amount)
		}
		for _, r := range page.Rates {
			rate := strconv.Itoa(r.Rate) + "%"
			ok = ok && row(t("合計"), t("対象額（税抜）"), "", "", "", rate, r.Subtotal) && row(t("合計"), t("消費税"), "", "", "", rate, r.Tax)
		}
		_ = ok && row(t("合計"), t("合計（税込）"), "", "", "", "", page.Total.Total)
	}
}

// SendChargesPaper answers with the invoice, the latest or the one asked for, or with the estimate.
func (s *Pages) SendChargesPaper(v *kit.Request, _ kit.Form) error {
	_, of := chargesPath(v)
	asked := v.HTTP.URL.Query()
	month, wrong := kit.MonthAsked(asked.Get("month"))
	if err := wrong.Err(); err != nil {
		return err
	}
	pdf, name, err := s.Desk.ChargesPaper(v.Ctx(), v.Actor(), of, month, asked.Get("number"))
	return v.SendPaper(pdf, name, err)
}
