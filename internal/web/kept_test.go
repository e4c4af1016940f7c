package web

import (
	"strings"
	"testing"

	"uketsuke/internal/web/htmlcheck"
)

// R-APP-13: a new code that was begun and kept bars the registration, so the list offers to give it up.
func TestABegunCodeCanBeGivenUp(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.as(t, "hanako")
	codes := h.filled(t, b, "2024-12-10")
	b.want(b.get(codes.path+"/0/remove"), 404)
	code := b.get(codes.path + "/0")
	b.want(b.post(code.path, code.with("do", "keep", "category", "common", "count", "x")), 200)
	b.want(b.get(codes.path), 200, htmlcheck.In(".notice", htmlcheck.HasText("入力途中の利用者コードがあります")),
		htmlcheck.In(`a[href="`+codes.path+`/0/remove"]`))
	asked := b.want(b.get(codes.path+"/0/remove"), 200, htmlcheck.In("h1", htmlcheck.HasText("取り消しますか")))
	b.want(b.post(asked.path, asked.with()), 200, htmlcheck.In(".notice.success", htmlcheck.HasText("取り消しました")),
		htmlcheck.NotIn(`a[href="`+codes.path+`/0/remove"]`))
	b.want(b.get(codes.path+"/0"), 200, htmlcheck.NotIn(`input[value="x"]`))
}

// The table 「申込情報」 has no column for the archive service; E7 and E10 say it below, as E10 shows everything.
func TestTheArchiveServiceIsShown(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.as(t, "hanako")
	codes := h.filled(t, b, "2024-12-10")
	code := b.get(codes.path + "/0")
	b.want(b.post(code.path, code.with("do", "set", "category", "common", "single_sign_on", "no", "trades", "bonded-warehouse",
		"method", "netnaccs", "count", "1", "statistics_paid", "yes", "bonded_archive", "yes")), 200)
	for _, path := range []string{codes.path, strings.TrimSuffix(codes.path, "codes") + "confirm"} {
		b.want(b.get(path), 200, htmlcheck.In("main", htmlcheck.HasText("保税管理資料保存サービスを申し込む利用者コード：追加1")))
	}
}

// What the establishment reads at once: after the registration when an answer may come (R-EX-1), and from the
// approval on what to prepare, while logging on waits for the start date (R-CON-3).
func TestWhatIsSaidAtOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	hanako, shinsa := h.as(t, "hanako"), h.as(t, "shinsa")
	id := registered(t, hanako, true)
	own, desk := "/applications/"+id, "/desk/applications/"+id
	hanako.want(hanako.get(own+"/registered"), 200, htmlcheck.In("h2", htmlcheck.HasText("審査終了までしばらくお待ちください")),
		htmlcheck.In("main", htmlcheck.HasText("回答は翌営業日以降になることがあります")))
	hanako.want(hanako.get(own+"/prepare"), 404)
	c2 := shinsa.post(desk+"/claim", shinsa.get(desk).with())
	shinsa.want(shinsa.post(desk+"/approve", c2.with("round", c2.hidden("round"), "start", "2024-12-10", "password", testPassword)), 200)
	hanako.want(hanako.get(own+"/prepare"), 200, htmlcheck.In("main", htmlcheck.HasText("デジタル証明書は端末ごとに1つ必要です"), htmlcheck.HasText("端末にパッケージソフトを入れてください")),
		htmlcheck.In("main", htmlcheck.HasText("ログオンできるのは、利用開始日からです")))
}

// R-SET-2: settings may be left incomplete in the wizard, with the deadline shown, on E9 too.
func TestSettingsShowTheDeadlineOfTheWish(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.as(t, "hanako")
	codes := h.filled(t, b, "2024-12-10")
	code := b.get(codes.path + "/0")
	b.want(b.post(code.path, code.with("do", "set", "category", "common", "single_sign_on", "no", "trades", "customs-broker", "method", "netnaccs", "count", "1")), 200,
		htmlcheck.In(".notice.warning", htmlcheck.HasText("利用開始日の4営業日前"), htmlcheck.HasText("2024年12月4日(水)")))
}
