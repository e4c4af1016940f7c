package desk_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"uketsuke/internal/account"
	"uketsuke/internal/desk"
	"uketsuke/internal/sample"
)

// notice is a notice to all from today on, with the key of a preview.
func (h *house) notice(title string) desk.NoticeForm {
	h.t.Helper()
	in := desk.NoticeForm{ToAll: true, From: "2024-12-02", Title: title, Body: "1行目\r\n2行目"}
	n, err := h.Desk.PreviewNotice(h.t.Context(), h.Supervisor, in)
	h.ok(err)
	in.Key = n.ID
	return in
}

// publish publishes what change makes of a notice.
func (h *house) publish(title string, change func(*desk.NoticeForm)) string {
	h.t.Helper()
	in := h.notice(title)
	if change != nil {
		change(&in)
	}
	id, err := h.Desk.PublishNotice(h.t.Context(), h.Supervisor, in)
	h.ok(err)
	return id
}

// titles are the notices on somebody's top menu.
func (h *house) titles(who account.Actor) []string {
	h.t.Helper()
	top, err := h.Desk.Top(h.t.Context(), who)
	h.ok(err)
	var titles []string
	for _, n := range top.Notices {
		titles = append(titles, n.Title)
	}
	return titles
}

// C6: from the first to the last day of the desk clock, in Japan (trap 29).
func TestNoticesAreShownOnTheirDays(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		h.publish("期間", func(in *desk.NoticeForm) { in.From, in.Until = "2024-12-03", "2024年12月4日" })
		open := h.publish("無期限", nil)
		for at, want := range map[string][]string{
			"2024-12-02T23:59:59+09:00": {"無期限"}, "2024-12-03T00:00:00+09:00": {"期間", "無期限"},
			"2024-12-04T23:59:59+09:00": {"期間", "無期限"}, "2024-12-05T00:00:00+09:00": {"無期限"}, "2030-01-01T00:00:00+09:00": {"無期限"},
		} {
			h.At(at)
			same(t, "C6 at "+at, h.titles(h.Applicant), want)
		}
		h.At("2030-01-02T00:00:00+09:00")
		h.ok(h.Desk.WithdrawNotice(t.Context(), h.Supervisor, open))
		h.ok(h.unchanged("withdrawn twice", func() error { return h.Desk.WithdrawNotice(t.Context(), h.Supervisor, open) }))
		equal(t, "C6 withdrawn", len(h.titles(h.Applicant)), 0)
		if err := h.Desk.OpenNotice(t.Context(), h.Applicant, open); !errors.Is(err, desk.ErrNotFound) {
			t.Errorf("opening a withdrawn notice: %v", err)
		}
	})
}

// Trap 27: a notice to one establishment is not there for another, by whatever way.
func TestTrap27NoticesAreForTheirEstablishment(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		ctx := t.Context()
		id := h.publish("東京だけ", func(in *desk.NoticeForm) { in.ToAll, in.Establishment = false, sample.Tokyo })
		same(t, "the right one", h.titles(h.Viewer), []string{"東京だけ"})
		for _, who := range []account.Actor{h.SecondApplicant, h.OtherAdministrator} {
			equal(t, "another's menu", len(h.titles(who)), 0)
			if _, err := h.Desk.Notice(ctx, who, id); !errors.Is(err, desk.ErrNotFound) {
				t.Errorf("trap 27 %s looks: %v", who.ID, err)
			}
			if err := h.unchanged("trap 27", func() error { return h.Desk.OpenNotice(ctx, who, id) }); !errors.Is(err, desk.ErrNotFound) {
				t.Errorf("trap 27 %s opens: %v", who.ID, err)
			}
		}
		own, err := h.Desk.Notice(ctx, h.Viewer, id)
		h.ok(err)
		equal(t, "line breaks stay, folded", own.Body, "1行目\n2行目")
		equal(t, "not whom it is for", own.Establishment, "")
		if err := h.Desk.OpenNotice(ctx, h.Examiner, id); !errors.Is(err, desk.ErrForbidden) {
			t.Errorf("the centre opens: %v", err)
		}
	})
}

// Unread first; opening leaves the mark once, and per person.
func TestOpeningANotice(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		old := h.publish("先", nil)
		h.publish("後", nil)
		same(t, "the newest first", h.titles(h.Applicant), []string{"後", "先"})
		newer, err := h.Desk.Top(t.Context(), h.Applicant)
		h.ok(err)
		h.ok(h.Desk.OpenNotice(t.Context(), h.Applicant, newer.Notices[0].ID))
		same(t, "unread first", h.titles(h.Applicant), []string{"先", "後"})
		same(t, "not for a colleague", h.titles(h.Viewer), []string{"後", "先"})
		h.ok(h.Desk.OpenNotice(t.Context(), h.Applicant, old))
		h.ok(h.unchanged("opened again", func() error { return h.Desk.OpenNotice(t.Context(), h.Applicant, old) }))
		list, err := h.Desk.Notices(t.Context(), h.Examiner, "")
		h.ok(err)
		equal(t, "readers", list.Rows[0].Readers+list.Rows[1].Readers, 2)
	})
}

func TestWritingANotice(t *testing.T) {
	each(t, monday, func(t *testing.T, h *house) {
		ctx := t.Context()
		good := desk.NoticeForm{ToAll: true, From: "2024-12-02", Title: "件名", Body: "本文"}
		for name, c := range map[string]struct {
			field  string
			change func(*desk.NoticeForm)
		}{
			"no title":              {"title", func(in *desk.NoticeForm) { in.Title = " " }},
			"a long title":          {"title", func(in *desk.NoticeForm) { in.Title = strings.Repeat("題", 61) }},
			"a title of two lines":  {"title", func(in *desk.NoticeForm) { in.Title = "a\nb" }},
			"no body":               {"body", func(in *desk.NoticeForm) { in.Body = "" }},
			"a long body":           {"body", func(in *desk.NoticeForm) { in.Body = strings.Repeat("文", 2001) }},
			"half an English":       {"body_en", func(in *desk.NoticeForm) { in.TitleEn = "x" }},
			"the other half":        {"title_en", func(in *desk.NoticeForm) { in.BodyEn = "x" }},
			"no first day":          {"from", func(in *desk.NoticeForm) { in.From = "" }},
			"a past first day":      {"from", func(in *desk.NoticeForm) { in.From = "2024-12-01" }},
			"a last day before it":  {"until", func(in *desk.NoticeForm) { in.From, in.Until = "2024-12-05", "2024-12-04" }},
			"no day":                {"until", func(in *desk.NoticeForm) { in.Until = "soon" }},
			"nobody":                {"establishment", func(in *desk.NoticeForm) { in.ToAll = false }},
			"somebody unknown":      {"establishment", func(in *desk.NoticeForm) { in.ToAll, in.Establishment = false, "どこにもない" }},
			"several":               {"establishment", func(in *desk.NoticeForm) { in.ToAll, in.Establishment = false, "見本商事" }},
			"everything by a sign":  {"establishment", func(in *desk.NoticeForm) { in.ToAll, in.Establishment = false, "%" }},
			"one on the login page": {"on_login", func(in *desk.NoticeForm) { in.ToAll, in.Establishment, in.OnLogin = false, sample.Tokyo, true }},
		} {
			in := good
			c.change(&in)
			_, err := h.Desk.PreviewNotice(ctx, h.Supervisor, in)
			broken(t, err, "C6", c.field)
			in.Key = h.notice("x").Key
			broken(t, h.unchanged(name, func() error { _, err := h.Desk.PublishNotice(ctx, h.Supervisor, in); return err }), "C6", c.field)
		}
		named := good
		named.ToAll, named.Establishment = false, "れいじ"
		n, err := h.Desk.PreviewNotice(ctx, h.Supervisor, named)
		h.ok(err)
		equal(t, "found by a part of its kana", n.Company, "例示物流株式会社 東京営業部")
		_, err = h.Desk.PublishNotice(ctx, h.Supervisor, good)
		broken(t, err, "C6", "")
		good.Key = h.notice("x").Key
		_, errs := together(3, func(int) (string, error) { return h.Desk.PublishNotice(ctx, h.Supervisor, good) })
		equal(t, "pressed three times", h.count("notices", "1 = 1"), 1)
		t.Logf("pressed at once: %v", errs)
		for _, who := range h.All() {
			if who.Role == account.Supervisor {
				continue
			}
			if _, err := h.Desk.PublishNotice(ctx, who, good); !errors.Is(err, desk.ErrForbidden) {
				t.Errorf("%s publishes: %v", who.Role, err)
			}
			if err := h.Desk.WithdrawNotice(ctx, who, good.Key); !errors.Is(err, desk.ErrForbidden) {
				t.Errorf("%s withdraws: %v", who.Role, err)
			}
			if _, err := h.Desk.Notices(ctx, who, ""); (err == nil) != who.Role.OfCentre() {
				t.Errorf("%s lists: %v", who.Role, err)
			}
		}
	})
}

func TestNoticesOnTheLoginPage(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		h.publish("普通", nil)
		stop := h.publish("停止の予定", func(in *desk.NoticeForm) { in.OnLogin, in.From = true, "2024-12-03" })
		shown := func() []string {
			t.Helper()
			notices, err := h.Desk.LoginNotices(t.Context())
			h.ok(err)
			var titles []string
			for _, n := range notices {
				titles = append(titles, n.Title)
			}
			return titles
		}
		equal(t, "before its day", len(shown()), 0)
		h.At("2024-12-03T00:00:00+09:00")
		same(t, "on its day", shown(), []string{"停止の予定"})
		h.ok(h.Desk.WithdrawNotice(t.Context(), h.Supervisor, stop))
		equal(t, "withdrawn", len(shown()), 0)
	})
}

// The check sees a notice that was opened by somebody it is not for.
func TestTheCheckSeesNotices(t *testing.T) {
	each(t, monday, func(t *testing.T, h *house) {
		id := h.publish("全員", nil)
		h.ok(h.Desk.OpenNotice(t.Context(), h.OtherApplicant, id))
		_, err := h.raw.ExecContext(t.Context(), "UPDATE notices SET establishment = $1", sample.Tokyo)
		h.ok(err)
		findings, err := h.Desk.Check(t.Context())
		h.ok(err)
		if !slices.ContainsFunc(findings, func(f desk.Finding) bool { return f.Rule == "C6" }) {
			t.Errorf("found only %v", findings)
		}
	})
}
