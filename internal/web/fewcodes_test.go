package web

import (
	"testing"

	"uketsuke/internal/account"
	"uketsuke/internal/calendar"
	"uketsuke/internal/desk"
	"uketsuke/internal/userid"
	"uketsuke/internal/web/htmlcheck"
)

// R-ID-7: the examiner is warned from 5 free codes on, and not before.
func TestFewCodesLeft(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	id := registered(t, h.as(t, "hanako"), true)
	shinsa := h.as(t, "shinsa")
	const warning = "発行できる利用者コードは"
	use := func(from, to int) {
		t.Helper()
		e := desk.NewEstablishment{ID: "kita" + string(rune('0'+from)), Company: "ce1", Region: "1", Name: "北営業所", Address: "東京都",
			SignatoryName: "見本 一郎", SignatoryPosition: "代表取締役", Plan: "A", Since: calendar.MustDate("2020-04-01")}
		for ordinal := from; ordinal < to; ordinal++ {
			office, err := userid.OfficeAt("1", ordinal)
			if err != nil {
				t.Fatal(err)
			}
			code := desk.NewCode{Code: string(office) + "NAC", Category: "common"}
			code.IDs = append(code.IDs, desk.NewID{Number: "A0A", Trades: []string{"customs-broker"}, Method: "netnaccs"})
			e.Codes = append(e.Codes, code)
		}
		if _, err := h.desk.Import(t.Context(), account.OperatorActor("test"), desk.Setup{Establishments: []desk.NewEstablishment{e}}, false); err != nil {
			t.Fatal(err)
		}
	}
	use(0, userid.OfficesPerRegion-desk.FewCodes-1)
	shinsa.want(shinsa.get("/desk/applications/"+id), 200, htmlcheck.NotIn(".notice.warning"))
	use(userid.OfficesPerRegion-desk.FewCodes-1, userid.OfficesPerRegion-desk.FewCodes)
	shinsa.want(shinsa.get("/desk/applications/"+id), 200, htmlcheck.In(".notice.warning", htmlcheck.HasText(warning), htmlcheck.HasText("残り5個")))
}
