package desk_test

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"uketsuke/internal/account"
	"uketsuke/internal/application"
	"uketsuke/internal/calendar"
	"uketsuke/internal/catalogue"
	"uketsuke/internal/desk"
	"uketsuke/internal/sample"
	"uketsuke/internal/store/column"
	"uketsuke/internal/store/query"
)

// multiply copies every application so many times, each copy with a key, a receipt number and days of its own:
// lists read nothing else.
func (h *house) multiply(times int) {
	h.t.Helper()
	rows, err := h.raw.QueryContext(h.t.Context(), "SELECT * FROM applications LIMIT 1")
	h.ok(err)
	columns, err := rows.Columns()
	h.ok(err)
	h.ok(rows.Close())
	exprs := slices.Clone(columns)
	for i, name := range columns {
		switch name {
		case "id":
			exprs[i] = "a.id || '-' || substr('000000' || n.i, length('000000' || n.i) - 5)"
		case "receipt":
			exprs[i] = "'9' || substr(a.receipt, 2, 1) || substr('000000' || n.i, length('000000' || n.i) - 5) || substr(a.receipt, 3)"
		case "registered_at", "created_at":
			exprs[i] = "substr(a." + name + ", 1, 8) || substr('0' || (n.i % 28 + 1), length('0' || (n.i % 28 + 1)) - 1) || substr(a." + name + ", 11)"
		default:
			exprs[i] = "a." + name
		}
	}
	_, err = h.raw.ExecContext(h.t.Context(), fmt.Sprintf(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d)
INSERT INTO applications (%s) SELECT %s FROM applications a, n`, times, strings.Join(columns, ", "), strings.Join(exprs, ", ")))
	h.ok(err)
}

// everything are applications of two establishments in every state, stored and derived.
func everything(h *house) {
	past(h.t, h)
	h.UnderExamination(by(h.OtherApplicant, sample.S1("2025-01-10")))
	h.Registered(by(h.OtherApplicant, sample.S2("2025-01-14")))
	h.Approved(incomplete(sample.S2("2025-01-06"))) // its deadline will have passed, recorded by nobody
	h.Approved(sample.S3("2025-01-20"))
	h.Approved(sample.S2("2024-12-27")) // in effect from the day of the lists on
	h.At("2024-12-27T12:00:00+09:00")
}

// naive is what a list must show, found by looking at every row.
func (h *house) naive(actor account.Actor, q desk.ListQuery, atDesk bool) []string {
	h.t.Helper()
	all, err := h.DB.Read().AllApplications(h.t.Context(), query.AllApplicationsParams{Most: 1 << 30})
	h.ok(err)
	shown := func(a query.Application) application.State {
		return application.Standing{State: application.State(a.State), Start: a.StartDate.Date, Deadline: a.SettingsDeadline.Date,
			SettingsComplete: a.SettingsComplete}.StateAt(h.Now())
	}
	waiting := []application.State{application.Registered, application.UnderExamination}
	queued := atDesk && q.Queue != "found" && (q.Queue != "" || q.Search == "" && len(q.States) == 0)
	var rows []query.Application
	for _, a := range all {
		start := cmp.Or(a.StartDate, a.DesiredStart).Date
		registered := calendar.DateOf(a.RegisteredAt.Time)
		switch {
		case atDesk && a.Round == 0, !atDesk && a.Establishment != actor.Establishment:
		case queued && !slices.Contains(waiting, shown(a)):
		case q.Queue == "mine" && atDesk && (a.Holder != column.Text(actor.ID) || shown(a) != application.UnderExamination):
		case q.Queue == "unclaimed" && atDesk && shown(a) != application.Registered:
		case len(q.States) > 0 && !slices.Contains(q.States, shown(a)):
		case q.Kind != "" && !slices.Contains(strings.Fields(a.Kinds), q.Kind):
		case !q.RegisteredFrom.IsZero() && (a.RegisteredAt.IsZero() || registered.Before(q.RegisteredFrom)):
		case !q.RegisteredTo.IsZero() && (a.RegisteredAt.IsZero() || registered.After(q.RegisteredTo)):
		case !q.StartFrom.IsZero() && (start.IsZero() || start.Before(q.StartFrom)):
		case !q.StartTo.IsZero() && (start.IsZero() || start.After(q.StartTo)):
		case slices.ContainsFunc(catalogue.SearchTerms(q.Search), func(term string) bool {
			return !strings.Contains(strings.ReplaceAll(a.Search, "-", ""), term)
		}):
		default:
			rows = append(rows, a)
		}
	}
	order, down := q.Order, q.Descending
	if order == "" {
		order, down = desk.OrderCreated, true
		if atDesk {
			order, down = desk.OrderRegistered, false
		}
		if queued {
			order = desk.OrderWaiting
		}
	}
	if order == desk.OrderWaiting && !queued {
		order = desk.OrderRegistered
	}
	text := func(v any, err error) string { h.ok(err); return fmt.Sprint(cmp.Or(v, any(""))) }
	key := func(a query.Application) string {
		switch order {
		case desk.OrderReceipt:
			return string(a.Receipt)
		case desk.OrderDesired:
			return text(a.DesiredStart.Value())
		case desk.OrderStart:
			return text(a.StartDate.Value())
		case desk.OrderWaiting:
			return text(a.WaitingSince.Value())
		case desk.OrderRegistered:
			return text(a.RegisteredAt.Value())
		case desk.OrderState:
			rank := string(rune('a' + slices.Index(application.States(), shown(a))))
			if atDesk {
				return rank + text(a.RegisteredAt.Value())
			}
			return rank + text(a.CreatedAt.Value())
		}
		return text(a.CreatedAt.Value())
	}
	slices.SortFunc(rows, func(a, b query.Application) int {
		if down {
			a, b = b, a
		}
		return cmp.Or(strings.Compare(key(a), key(b)), strings.Compare(a.ID, b.ID))
	})
	var ids []string
	for _, a := range rows {
		ids = append(ids, a.ID)
	}
	return ids
}

// anyQuery draws filters and orders; each is mostly absent, so that those that are there are met by something.
func anyQuery(t *rapid.T) desk.ListQuery {
	seldom := func(name string) bool { return rapid.IntRange(0, 4).Draw(t, name+"?") == 0 }
	date := func(name string) calendar.Date {
		if !seldom(name) {
			return calendar.Date{}
		}
		return day(rapid.SampledFrom([]string{"2024-11-20", "2024-12-02", "2024-12-10", "2024-12-12", "2024-12-27", "2025-01-06"}).Draw(t, name))
	}
	q := desk.ListQuery{RegisteredFrom: date("registered from"), RegisteredTo: date("registered to"), StartFrom: date("start from"), StartTo: date("start to"),
		Order: rapid.SampledFrom(append(desk.Orders(), "")).Draw(t, "order"), Descending: rapid.Bool().Draw(t, "descending"),
		Queue: rapid.SampledFrom([]string{"", "mine", "unclaimed", "all", "found", "found"}).Draw(t, "queue")}
	if seldom("states") || seldom("more states") {
		q.States = rapid.SliceOfNDistinct(rapid.SampledFrom(application.States()), 1, 3, rapid.ID).Draw(t, "states")
	}
	if seldom("kind") {
		q.Kind = rapid.SampledFrom([]string{"user-code", "ident-number", "user", "none"}).Draw(t, "kind")
	}
	if seldom("search") {
		q.Search = rapid.SampledFrom([]string{"見本", "みほん", "ﾐﾎﾝ 東京", "１ａｎａｃ", "0312345678", "03-1234", "24-0000", "いない", "%", "_"}).Draw(t, "search")
	}
	return q
}

// Whatever is chosen, together and in whichever order: the pages, walked to the end, and the export hold what
// looking at every row finds, in the same order (trap 21), and no draft is ever the centre's (trap 6).
func TestTrap21ListsAreWhatTheyAreAskedFor(t *testing.T) {
	each(t, monday, func(t *testing.T, h *house) {
		everything(h)
		h.multiply(8)
		found := 0
		rapid.Check(t, func(r *rapid.T) {
			q := anyQuery(r)
			actor := rapid.SampledFrom([]account.Actor{h.Applicant, h.OtherApplicant, h.Examiner, h.Colleague}).Draw(r, "actor")
			atDesk := actor.Role.OfCentre()
			want := h.naive(actor, q, atDesk)
			paged, exported := h.listed(actor, q)
			if !slices.Equal(paged, want) {
				r.Fatalf("trap 21: %+v for %s: the pages hold %d rows %v, want %d %v", q, actor.ID, len(paged), paged, len(want), want)
			}
			if !slices.Equal(exported, want) {
				r.Fatalf("trap 21: %+v for %s: the export holds %d rows, want %d", q, actor.ID, len(exported), len(want))
			}
			found += len(want)
		})
		if found == 0 {
			t.Error("no query ever found anything")
		}
	})
}

// listed are the ids of a list, page by page and as exported.
func (h *house) listed(actor account.Actor, q desk.ListQuery) (paged, exported []string) {
	h.t.Helper()
	list, export := h.Desk.Applications, h.Desk.ExportApplications
	if actor.Role.OfCentre() {
		list, export = h.Desk.Queue, h.Desk.ExportQueue
	}
	for {
		page, err := list(h.t.Context(), actor, q)
		h.ok(err)
		for _, row := range page.Rows {
			paged = append(paged, row.ID)
		}
		if q.After = page.Next; page.Next == "" {
			break
		}
	}
	h.ok(export(h.t.Context(), actor, q, func(row desk.ListRow) error { exported = append(exported, row.ID); return nil }))
	return paged, exported
}

// C1: the centre's clock stands still while an application is returned, and what is due first stands first
// however often it came.
func TestTheClockPausesWhileReturned(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		long, _ := h.Registered(sample.S2("2025-01-20"))
		h.At("2024-12-04T10:00:00+09:00") // two business days later
		h.ok(h.Desk.Claim(t.Context(), h.Examiner, h.Ref(long.ID)))
		h.ok(h.Desk.Return(t.Context(), h.Examiner, h.Ref(long.ID), 1, []desk.RemarkForm{{Body: "理由を詳しくご記入ください。"}}))
		h.At("2024-12-16T10:00:00+09:00") // eight more with the applicant
		other, _ := h.Registered(sample.S2("2025-01-20"))
		h.At("2024-12-17T10:00:00+09:00")
		h.reregistered(h.Ref(long.ID))
		h.At("2024-12-18T10:00:00+09:00")
		queue, err := h.Desk.Queue(t.Context(), h.Examiner, desk.ListQuery{Queue: "all"})
		h.ok(err)
		var got []string
		for _, row := range queue.Rows {
			got = append(got, fmt.Sprintf("%s waits %d, %d left, overdue %v", row.ID, row.Waiting, row.Left, row.Overdue))
		}
		same(t, "the queue", got, []string{long.ID + " waits 3, -1 left, overdue true", other.ID + " waits 2, 0 left, overdue false"})
	})
}

// An export stops when its reader does, and is nobody else's.
func TestExportStopsAndRefuses(t *testing.T) {
	each(t, monday, func(t *testing.T, h *house) {
		h.Registered(sample.S2("2024-12-12"))
		h.multiply(600)
		enough, n := errors.New("enough"), 0
		err := h.Desk.ExportQueue(t.Context(), h.Examiner, desk.ListQuery{Queue: "found"}, func(desk.ListRow) error {
			if n++; n == 550 {
				return enough
			}
			return nil
		})
		if !errors.Is(err, enough) || n != 550 {
			t.Errorf("after %d rows: %v", n, err)
		}
		none := func(desk.ListRow) error { t.Error("a row for somebody else"); return nil }
		if err := h.Desk.ExportQueue(t.Context(), h.Applicant, desk.ListQuery{}, none); !errors.Is(err, desk.ErrForbidden) {
			t.Errorf("the desk's for an applicant: %v", err)
		}
		if err := h.Desk.ExportApplications(t.Context(), h.Examiner, desk.ListQuery{}, none); !errors.Is(err, desk.ErrForbidden) {
			t.Errorf("an establishment's for the centre: %v", err)
		}
		h.ok(h.Desk.ExportApplications(t.Context(), h.OtherApplicant, desk.ListQuery{}, none))
	})
}
