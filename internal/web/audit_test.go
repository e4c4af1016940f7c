package web

import (
	"bytes"
	"encoding/json"
	"net/url"
	"strings"
	"testing"

	"uketsuke/internal/account"
	"uketsuke/internal/audit"
	"uketsuke/internal/desk"
	"uketsuke/internal/web/centre"
	"uketsuke/internal/web/htmlcheck"
)

// Every act that can stand in the log has words, and one that has none is named honestly.
func TestActsHaveWords(t *testing.T) {
	t.Parallel()
	for _, act := range desk.Acts() {
		if centre.ActWords[act] == "" {
			t.Errorf("the act %q has no words", act)
		}
	}
	if got := centre.ActSentence("never-heard-of"); got.Text != "その他（%s）" {
		t.Errorf("an act without words: %+v", got)
	}
}

// C8 through the pages: search with its evidence, verification, the proof of one entry, the export.
func TestJourneyThroughTheAuditLog(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	registered(t, h.as(t, "hanako"), true)
	boss := h.as(t, "sekinin")
	boss.want(boss.get("/desk/audit"), 200, htmlcheck.In("table", htmlcheck.HasText("申込の登録"), htmlcheck.HasText("ログイン")),
		htmlcheck.In("#verify", htmlcheck.HasText("まだ検証していません"), htmlcheck.HasText("設定されていません")))
	boss.want(boss.post("/desk/audit/search", url.Values{"from": {"きょう"}}), 422, htmlcheck.In("#from", htmlcheck.HasAttr("value", "きょう")), htmlcheck.In(".summary", htmlcheck.HasText("日付")))
	boss.want(boss.post("/desk/audit/search", url.Values{"from": {"2024-12-02"}, "to": {"2024-12-01"}}), 422, htmlcheck.In(".summary", htmlcheck.HasText("以後")))
	found := boss.want(boss.post("/desk/audit/search", url.Values{"act": {"register"}}), 200, htmlcheck.In("table", htmlcheck.HasText("2400001A")))
	if strings.Contains(found.path, "register") {
		t.Errorf("the address tells what was searched for: %s", found.path)
	}
	boss.want(boss.post("/desk/audit/search", url.Values{"about": {"2499999A"}}), 200, htmlcheck.In("main", htmlcheck.HasText("条件に合う記録はありません")))
	boss.want(boss.post("/desk/audit/search", url.Values{"text": {"いない人"}}), 200, htmlcheck.In("table", htmlcheck.HasText("監査記録の検索"))) // itself
	boss.want(boss.post("/desk/audit/search", url.Values{"act": {"search-audit"}}), 200, htmlcheck.In("table", htmlcheck.HasText("監査記録の検索")))
	boss.want(boss.post("/desk/audit/verify", url.Values{}), 200)

	rows, err := h.desk.AuditLog(t.Context(), account.Actor{ID: "x", Role: account.Supervisor}, desk.AuditQuery{Act: "register"})
	if err != nil || len(rows.Rows) != 1 {
		t.Fatal(rows, err)
	}
	entry := centre.AuditPath(rows.Rows[0].Said.ID)
	boss.want(boss.get(entry), 200, htmlcheck.In("main", htmlcheck.HasText("申込の登録"), htmlcheck.HasText(`"act":"register"`)))
	boss.want(boss.get("/desk/audit/none"), 404)
	proof := boss.post(entry+"/proof.json", url.Values{"password": {testPassword}})
	var p audit.Proof
	keys, err := h.desk.LogKeys(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(proof.body, &p); err != nil {
		t.Fatalf("%v: %s", err, proof.body)
	}
	trust, err := audit.NewTrust(keys[0].Key)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Verify(trust); err != nil {
		t.Error(err)
	}
	if paper := boss.post(entry+"/proof.pdf", url.Values{}); !bytes.HasPrefix(paper.body, []byte("%PDF-")) {
		t.Errorf("the proof as a paper: %d", paper.status)
	}
	file := boss.post("/desk/audit.jsonl", url.Values{"from": {"2024-11-01"}, "personal": {"yes"}})
	report, err := audit.VerifyExport(bytes.NewReader(file.body), trust)
	if err != nil || !report.Clean() || report.Leaves == 0 {
		t.Errorf("the export: %+v, %v", report, err)
	}
	shinsa := h.as(t, "shinsa")
	shinsa.want(shinsa.get("/desk/audit"), 403)
}
