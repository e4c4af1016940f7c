package web

import (
	"net/url"
	"slices"
	"testing"
	"time"

	"uketsuke/internal/account"
	"uketsuke/internal/contract"
	"uketsuke/internal/desk"
	"uketsuke/internal/userid"
	"uketsuke/internal/web/holding"
	"uketsuke/internal/web/htmlcheck"
)

var examiner = account.Actor{ID: "shinsa", Name: "審査 五郎", Role: account.Examiner}

// claimed is the application at its newest version, claimed by the examiner.
func (h *house) claimed(t *testing.T, id string) desk.Case {
	t.Helper()
	c, err := h.desk.Case(t.Context(), examiner, id)
	if err != nil {
		t.Fatal(err)
	}
	if err := h.desk.Claim(t.Context(), examiner, desk.Ref{ID: id, Version: c.Version}); err != nil {
		t.Fatal(err)
	}
	if c, err = h.desk.Case(t.Context(), examiner, id); err != nil {
		t.Fatal(err)
	}
	return c
}

// R-CON-1, R-CON-2: an approved change is coming before its start date, and stands from it on.
func TestContractAsOfADay(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.as(t, "hanako")
	id := registered(t, b, true)
	h.at(time.December, 2, 10)
	c := h.claimed(t, id)
	if _, err := h.desk.Approve(t.Context(), examiner, desk.Ref{ID: id, Version: c.Version}, desk.ApproveForm{Round: c.Round, Start: "2024-12-10"}); err != nil {
		t.Fatal(err)
	}
	coming := htmlcheck.In(".history", htmlcheck.HasText("2024年12月10日(火)"), htmlcheck.HasText("追加 利用者ID 1ANACA0A"))
	b.want(b.get("/contract"), 200, coming, htmlcheck.NotIn(".codes tbody tr"))
	b.want(b.get("/contract?on=2024-12-09"), 200, coming, htmlcheck.NotIn(".codes tbody tr"))
	b.want(b.get("/contract?on=2024-12-10"), 200, htmlcheck.Count(".codes tbody tr", 3), htmlcheck.In(".lead", htmlcheck.HasText("現時点で判明している内容")))
	b.want(b.get("/contract?on=2024-12-10"), 200, htmlcheck.In("main", htmlcheck.HasText("通関業・混載業"))) // the code's, E3
	b.want(b.get("/contract?tab=general&on=2024-12-10"), 200, htmlcheck.NotIn("tbody tr"))
	b.want(b.get("/contract?tab=charges&on=2024-12-10"), 200, htmlcheck.In("tbody td.id", htmlcheck.HasText("1ANAC")))
	b.want(b.get("/contract?on=2024-02-30"), 422, htmlcheck.In(`.summary a[href="#on"]`))
	b.want(h.as(t, "betsu").get("/contract?on=2024-12-10"), 200, htmlcheck.In("main", htmlcheck.NoText("1ANAC")))
	viewer := h.as(t, "etsuran")
	viewer.want(viewer.get("/contract"), 200, htmlcheck.NotIn(`a[href="/apply"]`))

	b.want(b.get("/"), 200, htmlcheck.In(".news .unread"), htmlcheck.In(".todo", htmlcheck.HasText("2024年12月12日(木)")))
}

// E3: a code stands on the tabs of the classes its IDs are of; one without any ID is not lost.
func TestCodesStandOnTheirTabs(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ids := func(all ...userid.ID) []contract.ID {
		var list []contract.ID
		for _, id := range all {
			list = append(list, contract.ID{ID: id})
		}
		return list
	}
	c := contract.Contract{Codes: []contract.Code{{Code: "1ANET", IDs: ids("1ANETA0A")}, {Code: "1BGEN", IDs: ids("1BGEN001")},
		{Code: "1CTWO", IDs: ids("1CTWO001", "1CTWOA0A")}, {Code: "1DNIL"}}}
	for tab, want := range map[string][]string{
		holding.TabNet: {"1ANET", "1CTWO", "1DNIL"}, holding.TabGeneral: {"1BGEN", "1CTWO"}, holding.TabCharges: {"1ANET", "1BGEN", "1CTWO", "1DNIL"},
	} {
		data := holding.ContractPage{Tab: tab}
		data.Fill(h.server.holding.ContractLines(c, "/contract"))
		var codes []string
		for _, code := range data.Codes {
			codes = append(codes, code.Name)
		}
		if !slices.Equal(codes, want) {
			t.Errorf("on %s stand %v, want %v", tab, codes, want)
		}
	}
}

// S7: the remarks of a return stand on the pages they concern, and the application is registered again.
func TestRemarksStandAtTheirItems(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.as(t, "hanako")
	id := registered(t, b, true)
	c := h.claimed(t, id)
	if err := h.desk.Return(t.Context(), examiner, desk.Ref{ID: id, Version: c.Version}, c.Round, []desk.RemarkForm{
		{Item: "reason", Body: "理由を詳しくお書きください。"}, {Item: "contact.phone", Body: "代表番号をお書きください。"}}); err != nil {
		t.Fatal(err)
	}
	path := "/applications/" + id
	start := b.want(b.get(path+"/start?return=confirm"), 200, htmlcheck.In(".notice.warning", htmlcheck.HasText("理由を詳しく"), htmlcheck.NoText("代表番号")))
	b.want(b.get(path+"/contact"), 200, htmlcheck.In(".notice.warning", htmlcheck.HasText("代表番号"), htmlcheck.NoText("理由を詳しく")))
	confirm := b.want(b.post(start.path, start.with("kinds", "user-code", "desired", "2024-12-10", "reason", "詳しい理由", "return", "confirm")), 200,
		htmlcheck.In("h1", htmlcheck.HasText("申込内容の確認")), htmlcheck.In(".notice.warning", htmlcheck.HasText("代表番号")))
	b.want(b.post(confirm.path, confirm.with("do", "register", "rules", "yes")), 200, htmlcheck.In(".done-panel", htmlcheck.HasText("2400001B")))
	b.want(b.post(path+"/start", url.Values{"version": {"1"}, "reason": {"x"}}), 409)
}
