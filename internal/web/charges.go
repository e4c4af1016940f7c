package web

import (
	"errors"
	"iter"
	"net/url"
	"strconv"

	"uketsuke/internal/calendar"
	"uketsuke/internal/charge"
	"uketsuke/internal/desk"
	"uketsuke/internal/problem"
)

// A ChargesPage is page E16; the centre sees the same of any establishment.
type ChargesPage struct {
	Frame
	Heading  string // what the page is called: with an invoice, or an estimate
	Of       string // company and establishment, for the centre; "" for the establishment itself
	Estimate bool
	Month    charge.Month
	Field    Field
	Before   Link // to the month before, the zero Link at the first
	Next     Link
	Pairs    []Pair
	Lines    []ChargeLine
	Rates    []ChargeRate
	Total    ChargeRate // of all rates
	Invoices []ChargeInvoice
	CSV      Export
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

// The names of E16.
const (
	chargesHeading  = "請求金額の参照"
	estimateHeading = "基本料金等の見込額"
)

// chargesPath is where the charges of a visit stand, and whose they are.
func (v *visit) chargesPath() (path, of string) {
	if of = v.r.PathValue("id"); of != "" {
		return "/desk/establishments/" + url.PathEscape(of) + "/charges", of
	}
	return "/charges", v.actor().Establishment
}

// monthAsked is the month in the address; none is today's.
func monthAsked(typed string) (charge.Month, problem.List) {
	if typed == "" {
		return charge.Month{}, nil
	}
	month, err := charge.ParseMonth(typed)
	if err != nil {
		return charge.Month{}, problem.List{problem.New("month", "R-CON-5", "対象月を「2024-12」のように入力してください。")}
	}
	return month, nil
}

// chargesAsked are the charges that a visit asks for; what is wrong with the month leaves today's.
func (s *Server) chargesAsked(v *visit, typed string) (desk.ChargesPage, problem.List, error) {
	_, of := v.chargesPath()
	month, wrong := monthAsked(typed)
	page, err := s.Desk.Charges(v.ctx(), v.actor(), of, month)
	if errors.As(err, &wrong) {
		page, err = s.Desk.Charges(v.ctx(), v.actor(), of, charge.Month{})
	}
	return page, wrong, err
}

func (s *Server) showCharges(v *visit, f Form) error {
	page, wrong, err := s.chargesAsked(v, v.r.URL.Query().Get("month"))
	if err != nil {
		return err
	}
	path, _ := v.chargesPath()
	f.Problems, f.Values = wrong, url.Values{"month": {page.Month.String()}}
	if len(wrong) > 0 {
		v.status = 422
		f.Values.Set("month", printable(v.r.URL.Query().Get("month")))
	}
	data := chargesPage(page, path)
	data.Frame = v.frame(path, f)
	data.Back = Link{Text: "トップメニューに戻る", Address: "/"}
	if v.actor().Role.OfCentre() {
		data.Of, data.Back = page.Establishment.Company+" "+page.Establishment.Name, Link{Text: "事業所に戻る", Address: establishmentPath(page.Establishment.ID)}
	}
	data.Field = f.Field(Field{Name: "month", Label: "対象月", Type: "month", Earliest: page.Earliest.String(), Latest: page.Latest.String(),
		Hint: Say("「2024-12」の形で入力します。")})
	return v.render("charges", data)
}

// chargesPage is a month in words.
func chargesPage(page desk.ChargesPage, path string) ChargesPage {
	query := "?month=" + page.Month.String()
	data := ChargesPage{
		Heading: chargesHeading, Estimate: !page.Bill.Metered, Month: page.Month, CSV: exportButton("CSVで保存する", path+".csv", url.Values{"month": {page.Month.String()}}), PDF: path + ".pdf" + query,
		Pairs: chargePairs(page.Bill), Lines: chargeLines(page.Bill),
		Total: ChargeRate{0, charge.Thousands(page.Bill.Subtotal), charge.Thousands(page.Bill.Tax), charge.Thousands(page.Bill.Total)},
	}
	if data.Estimate {
		data.Heading = estimateHeading
	}
	if page.Earliest.Before(page.Month) {
		data.Before = Link{Text: "前の月へ", Address: path + "?month=" + page.Month.Add(-1).String()}
	}
	if page.Month.Before(page.Latest) {
		data.Next = Link{Text: "次の月へ", Address: path + "?month=" + page.Month.Add(1).String()}
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
func chargePairs(b charge.Bill) []Pair {
	pairs := []Pair{{Term: "netNACCS", Says: baseWords(b.Net)}, {Term: "一般NACCS", Says: baseWords(b.General)}}
	for _, kind := range []struct {
		kind charge.Kind
		term string
	}{{charge.BaseFee, "基本料金"}, {charge.Statistics, "管理統計資料（有料分）"}, {charge.Archive, "保税管理資料保存サービス"}, {charge.Usage, "従量料金"}} {
		says := Say("%s円（税抜）", charge.Thousands(b.OfKind(kind.kind)))
		if kind.kind == charge.Usage && !b.Metered {
			says = Say("まだ取り込まれていません")
		}
		pairs = append(pairs, Pair{Term: kind.term, Says: says})
	}
	return append(pairs, Pair{Term: "合計", Says: Say("%s円（税込）", charge.Thousands(b.Total))})
}

// baseWords say plan and terminals of a part.
func baseWords(b charge.Base) Sentence {
	switch b.Plan {
	case "A":
		return Say("Aプラン、端末%d台", b.Terminals)
	case "B":
		return Say("Bプラン、端末%d台", b.Terminals)
	}
	return Say("この月の契約はありません")
}

func chargeLines(b charge.Bill) []ChargeLine {
	lines := make([]ChargeLine, len(b.Lines))
	for i, l := range b.Lines {
		lines[i] = ChargeLine{l.Part.Japanese(), l.Name, orNone(l.Subject), charge.Thousands(l.Quantity), charge.Thousands(l.Price), charge.Thousands(l.Amount), l.Rate}
		if l.Kind == charge.Usage {
			lines[i].Price = none
		}
	}
	return lines
}

// exportCharges is a file of exactly what the page shows.
func (s *Server) exportCharges(v *visit, asked url.Values) (outgoing, error) {
	path, of := v.chargesPath()
	page, wrong, err := s.chargesAsked(v, asked.Get("month"))
	return outgoing{
		Export: desk.Export{Kind: "charges.csv", Establishment: of, Filter: filterWords(asked)}, what: chargesHeading,
		from: Link{Text: "料金に戻る", Address: path + without(asked, "password")},
		send: func() (int, error) {
			return v.sendCSV("charges-"+page.Month.String()+".csv", v.chargeRows(chargesPage(page, path)))
		},
	}, errors.Join(err, wrong.Err())
}

func (v *visit) chargeRows(page ChargesPage) iter.Seq2[[]string, error] {
	t := func(text string, args ...any) string { return v.s.pages.Texts.Text(v.lang, text, args...) }
	return func(yield func([]string, error) bool) {
		row := func(cells ...string) bool {
			return yield(append([]string{page.Month.String(), t(page.Heading)}, cells...), nil)
		}
		ok := yield([]string{t("対象月"), t("表題"), t("区分"), t("内容"), t("コード・ID"), t("数量"), t("単価（円）"), t("税率"), t("金額（円）")}, nil)
		for _, pair := range page.Pairs[:2] {
			ok = ok && row(t("契約"), t(pair.Term), "", "", "", "", v.s.pages.Texts.Sentence(v.lang, pair.Says))
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

// sendChargesPaper answers with the invoice, the latest or the one asked for, or with the estimate.
func (s *Server) sendChargesPaper(v *visit, _ Form) error {
	_, of := v.chargesPath()
	asked := v.r.URL.Query()
	month, wrong := monthAsked(asked.Get("month"))
	if err := wrong.Err(); err != nil {
		return err
	}
	pdf, name, err := s.Desk.ChargesPaper(v.ctx(), v.actor(), of, month, asked.Get("number"))
	return v.sendPaper(pdf, name, err)
}
