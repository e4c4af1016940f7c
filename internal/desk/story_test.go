package desk_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"uketsuke/internal/application"
	"uketsuke/internal/desk"
	"uketsuke/internal/sample"
)

// table is 「申込情報」, one line per row.
func table(rows []application.TableRow) []string {
	mark := func(b bool) string {
		if b {
			return "○"
		}
		return "×"
	}
	var lines []string
	for _, r := range rows {
		lines = append(lines, strings.Join([]string{r.Operation, r.Category, strings.Join(r.Trades, "・"), r.Method, r.Code, r.Number,
			strconv.Itoa(r.Count), mark(r.StatsPaid), mark(r.StatsFree)}, " "))
	}
	return lines
}

func TestS1OneCodeTwoNumbers(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		page, err := h.Desk.Start(t.Context(), h.Applicant)
		h.ok(err)
		equal(t, "R-APP-11 earliest", page.Earliest, day("2024-12-11"))
		ref, receipt := h.Registered(sample.S1("2024-12-12"))
		equal(t, "receipt", receipt, "2400001A")
		view := h.Case(h.Applicant, ref.ID)
		same(t, "申込情報", table(view.Rows), []string{"追加 共用 通関 net 追加1 － 1 ○ ○", "追加 共用 混載 net 追加1 － 1 ○ ○"})
		same(t, "legend", view.Legend, []string{"追加1 同士は同じ利用者コードになります"})
		same(t, "R-MAIL-1", to(h.letters(ref.ID, "")), h.aAndM())

		h.ok(h.Desk.Claim(t.Context(), h.Examiner, ref))
		x, err := h.Desk.Examine(t.Context(), h.Examiner, ref.ID)
		h.ok(err)
		equal(t, "R-EX-9 earliest start", x.Earliest, day("2024-12-12"))
		equal(t, "reason proposed", x.EarliestReason, "")
		for _, c := range x.Checks {
			if len(c.Problems) > 0 {
				t.Errorf("R-EX-3 %s: %v", c.Rule, c.Problems)
			}
		}
		approval, err := h.approve(h.Ref(ref.ID), 1, "2024-12-12", "")
		h.ok(err)
		equal(t, "start", approval.Start, day("2024-12-12"))
		same(t, "IDs", h.ids(ref.ID), []string{"1ANACA0A", "1ANACA0B"})
		view = h.Case(h.Applicant, ref.ID)
		equal(t, "deadline", view.SettingsDeadline, day("2024-12-06"))
		equal(t, "last reading day", view.Reading.Period.LastDay, day("2024-12-16"))
		ids := view.Issued[0].IDs
		same(t, "trades of A0A", ids[0].Trades, []string{"customs-broker"})
		same(t, "trades of A0B", ids[1].Trades, []string{"consolidator"})
		same(t, "approval mails", to(h.letters(ref.ID, application.MailApproved)), h.aAndM())
	})
}

func TestS2OneIDForTwoTrades(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		ref, _ := h.Registered(sample.S2("2024-12-12"))
		same(t, "申込情報", table(h.Case(h.Applicant, ref.ID).Rows), []string{"追加 共用 通関・混載 net 追加1 － 1 ○ ○"})
		h.ok(h.Desk.Claim(t.Context(), h.Examiner, ref))
		_, err := h.approve(h.Ref(ref.ID), 1, "2024-12-12", "")
		h.ok(err)
		same(t, "IDs", h.ids(ref.ID), []string{"1ANACA0A"})
		same(t, "trades", h.Case(h.Applicant, ref.ID).Issued[0].IDs[0].Trades, []string{"customs-broker", "consolidator"})
	})
}

func TestS3TwoCodes(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		ref, _ := h.Registered(sample.S3("2024-12-12"))
		view := h.Case(h.Applicant, ref.ID)
		same(t, "申込情報", table(view.Rows), []string{"追加 共用 通関 net 追加1 － 1 ○ ○", "追加 共用 混載 net 追加2 － 1 × ×"})
		same(t, "legend", view.Legend, []string{"追加1 と 追加2 は異なる利用者コードになります"})
		h.ok(h.Desk.Claim(t.Context(), h.Examiner, ref))
		_, err := h.approve(h.Ref(ref.ID), 1, "2024-12-12", "")
		h.ok(err)
		same(t, "IDs", h.ids(ref.ID), []string{"1ANACA0A", "1BNACA0A"})

		t.Run("R-APP-5 free statistics on 混載業 alone", func(t *testing.T) {
			draft := h.Draft(sample.S3("2024-12-12"))
			form := sample.Block("netnaccs", "1")
			form.StatsFree = true
			err := h.unchanged("SetCode", func() error {
				_, err := h.Desk.SetCode(t.Context(), h.Applicant, draft, 2, form)
				return err
			})
			broken(t, err, "R-APP-5", "statistics_free")
		})
	})
}

func TestS4DifferentGroups(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		draft := h.Draft(sample.Order{Desired: "2024-12-12"})
		form := sample.Block("netnaccs", "1", "customs-broker", "bonded-warehouse")
		form.SingleSignOn = "no"
		_, err := h.Desk.SetCode(t.Context(), h.Applicant, draft, 0, form)
		broken(t, err, "R-APP-4", "trades")
		parts, err := h.Desk.SplitCode(t.Context(), h.Applicant, draft, 0, form)
		h.ok(err)
		same(t, "placeholders", parts, []int{1, 2})
		same(t, "申込情報", table(h.Case(h.Applicant, draft.ID).Rows),
			[]string{"追加 共用 通関 net 追加1 － 1 × ×", "追加 共用 保税 net 追加2 － 1 × ×"})
	})
}

func TestS5ReadingPeriod(t *testing.T) {
	eachSound(t, "2024-11-29T10:00:00+09:00", func(t *testing.T, h *house) {
		page, err := h.Desk.Start(t.Context(), h.Applicant)
		h.ok(err)
		equal(t, "R-APP-11 earliest", page.Earliest, day("2024-12-10"))
		ref, _ := h.Registered(sample.S2("2024-12-10"))
		h.At(monday)
		h.ok(h.Desk.Claim(t.Context(), h.Examiner, ref))
		_, err = h.approve(h.Ref(ref.ID), 1, "2024-12-10", "")
		h.ok(err)
		notice, err := h.Desk.ReadSecrets(t.Context(), h.Administrator, ref.ID)
		h.ok(err)
		equal(t, "IDs shown", len(notice.IDs), 1)
		h.At("2024-12-12T23:59:59+09:00")
		again, err := h.Desk.ReadSecrets(t.Context(), h.Applicant, ref.ID)
		h.ok(err)
		equal(t, "the same password", string(again.IDs[0].Password), string(notice.IDs[0].Password))
		h.At("2024-12-12T15:00:00Z")
		_, err = h.Desk.ReadSecrets(t.Context(), h.Administrator, ref.ID)
		ended(t, err)
		h.tick()
		keys, err := h.Ring.List()
		h.ok(err)
		equal(t, "keys left", len(keys), 0)
		equal(t, "sealed rows left", h.count("secrets", "1 = 1"), 0)
	})
}

func TestS6SettingsDeadline(t *testing.T) {
	eachSound(t, "2024-11-29T10:00:00+09:00", func(t *testing.T, h *house) {
		ref := h.UnderExamination(incomplete(sample.S2("2024-12-10")))
		h.At("2024-12-03T10:00:00+09:00")
		x, err := h.Desk.Examine(t.Context(), h.Examiner, ref.ID)
		h.ok(err)
		equal(t, "a day later", x.Earliest, day("2024-12-11"))
		equal(t, "its deadline", x.Deadline, day("2024-12-05"))
	})
	eachSound(t, "2024-11-29T10:00:00+09:00", func(t *testing.T, h *house) {
		ref := h.UnderExamination(incomplete(sample.S2("2024-12-10")))
		h.At(monday)
		x, err := h.Desk.Examine(t.Context(), h.Examiner, ref.ID)
		h.ok(err)
		equal(t, "first start", x.Earliest, day("2024-12-10"))
		equal(t, "deadline", x.Deadline, day("2024-12-04"))
		_, err = h.approve(ref, 1, "2024-12-10", "")
		h.ok(err)
		h.At("2024-12-04T23:59:59+09:00")
		equal(t, "still", h.Case(h.Applicant, ref.ID).State, application.Approved)
		h.At("2024-12-05T00:00:00+09:00")
		equal(t, "before the clock's work", h.Case(h.Applicant, ref.ID).State, application.Void)
		_, err = h.Desk.ReadSecrets(t.Context(), h.Administrator, ref.ID)
		ended(t, err)
		h.tick()
		same(t, "mailed", to(h.letters(ref.ID, application.MailVoid)), h.aAndM())
		equal(t, "recorded", h.Case(h.Applicant, ref.ID).Stored, application.Void)
		h.At("2024-12-05T10:00:00+09:00")
		next := h.UnderExamination(sample.S2("2024-12-16"))
		_, err = h.approve(next, 1, "2024-12-16", "")
		h.ok(err)
		same(t, "R-ID-6 never again", h.ids(next.ID), []string{"1BNACA0A"})
	})
}

func TestS7SentBack(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		ref := h.UnderExamination(incomplete(sample.S1("2024-12-12")))
		opened := ref
		remarks := []desk.RemarkForm{{Item: "reason", Body: "理由を具体的に。"}, {Item: "codes.1", Body: "混載業は必要ですか。"}}
		h.ok(h.Desk.Return(t.Context(), h.Examiner, ref, 1, remarks))
		view := h.Case(h.Applicant, ref.ID)
		equal(t, "remarks seen", len(view.Remarks), 2)
		for _, l := range h.letters(ref.ID, application.MailReturned) {
			equal(t, "remarks in the mail", len(l.Remarks), 2)
		}
		h.Complete(h.Applicant, ref.ID, sample.S1("2024-12-12"))
		err := h.unchanged("approve of a page opened before", func() error { _, err := h.approve(opened, 1, "2024-12-12", ""); return err })
		stale(t, err)

		h.At("2024-12-05T10:00:00+09:00")
		h.ok(h.Desk.RemoveRow(t.Context(), h.Applicant, h.Ref(ref.ID), 1, 1))
		_, err = h.Desk.Register(t.Context(), h.Applicant, h.Ref(ref.ID), true)
		broken(t, err, "R-APP-11", "desired") // the base day is counted anew
		h.ok(h.Desk.UseEarliest(t.Context(), h.Applicant, h.Ref(ref.ID)))
		receipt, err := h.Desk.Register(t.Context(), h.Applicant, h.Ref(ref.ID), true)
		h.ok(err)
		equal(t, "receipt", receipt, "2400001B")
		equal(t, "wish", h.Case(h.Applicant, ref.ID).Desired, day("2024-12-16"))
		h.ok(h.Desk.Claim(t.Context(), h.Examiner, h.Ref(ref.ID)))
		x, err := h.Desk.Examine(t.Context(), h.Examiner, ref.ID)
		h.ok(err)
		if len(x.Since) < 2 {
			t.Errorf("what changed: %+v", x.Since)
		}
		_, err = h.approve(h.Ref(ref.ID), 1, "2024-12-16", "")
		stale(t, err)
		_, err = h.approve(h.Ref(ref.ID), 2, "2024-12-16", "")
		h.ok(err)
		same(t, "IDs", h.ids(ref.ID), []string{"1ANACA0A"})
	})
}

func TestS10FullWidth(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		ref, _ := h.Approved(sample.S1("2024-12-12"))
		h.Registered(by(h.OtherApplicant, sample.S1("2024-12-12")))
		for _, typed := range []string{"1ANAC", "１ａｎａｃ", "1anac", "1ANACA0B", "ﾐﾎﾝｼｮｳｼﾞ", "２４００００１Ａ"} {
			list, err := h.Desk.Queue(t.Context(), h.Examiner, desk.ListQuery{Search: typed})
			h.ok(err)
			if len(list.Rows) != 1 || list.Rows[0].ID != ref.ID {
				t.Errorf("%s finds %d: %+v", typed, len(list.Rows), list.Rows)
			}
		}
		draft := h.Draft(sample.S1("2024-12-12"))
		contact := h.Case(h.Applicant, draft.ID).Document.Contact
		contact.Email = "ｈａｎａｋｏ＠ｍｉｈｏｎ．ｅｘａｍｐｌｅ"
		h.ok(h.Desk.SaveContact(t.Context(), h.Applicant, draft, contact))
		equal(t, "folded", h.Case(h.Applicant, draft.ID).Document.Contact.Email, "hanako@mihon.example")
		contact.Email = "花子@mihon.example"
		err := h.Desk.SaveContact(t.Context(), h.Applicant, h.Ref(draft.ID), contact)
		broken(t, err, "R-APP-12", "contact.email")
	})
}

func TestS13LateExamination(t *testing.T) {
	const late = "2024-12-18T10:00:00+09:00"
	eachSound(t, monday, func(t *testing.T, h *house) {
		ref := h.UnderExamination(incomplete(sample.S1("2024-12-12")))
		h.At(late)
		x, err := h.Desk.Examine(t.Context(), h.Examiner, ref.ID)
		h.ok(err)
		equal(t, "proposed", x.Earliest, day("2024-12-26"))
		err = h.unchanged("earlier", func() error { _, err := h.approve(ref, 1, "2024-12-25", x.EarliestReason); return err })
		broken(t, err, "R-EX-9", "start")
		_, err = h.approve(ref, 1, "2024-12-26", "")
		broken(t, err, "R-EX-4", "start_reason")
		_, err = h.approve(ref, 1, "2024-12-26", x.EarliestReason)
		h.ok(err)

		h.At("2024-12-20T10:00:00+09:00")
		h.ok(h.Desk.ChangeStart(t.Context(), h.Supervisor, h.Ref(ref.ID), desk.StartChangeForm{Start: "2025-01-06", Reason: "機器の都合のため。"}))
		view := h.Case(h.Applicant, ref.ID)
		equal(t, "deadline", view.SettingsDeadline, day("2024-12-24"))
		equal(t, "last reading day", view.Reading.Period.LastDay, day("2025-01-08"))
	})
	eachSound(t, monday, func(t *testing.T, h *house) {
		ref := h.UnderExamination(sample.S1("2024-12-12"))
		h.At(late)
		x, err := h.Desk.Examine(t.Context(), h.Examiner, ref.ID)
		h.ok(err)
		equal(t, "complete", x.Earliest, day("2024-12-19"))
	})
}

// ended says that the secrets can no longer be read by anybody.
func ended(t *testing.T, err error) {
	t.Helper()
	if n, is := asNotReadable(err); !is || !n.Ended {
		t.Errorf("want the end of the reading period, got %v", err)
	}
}

// notFor says that this account may not read.
func notFor(t *testing.T, err error) {
	t.Helper()
	if n, is := asNotReadable(err); !is || n.Ended {
		t.Errorf("want a refusal to read, got %v", err)
	}
}

func TestDeskClockNeverRunsBack(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		g, err := h.Desk.WatchClock(t.Context(), desk.Witnesses{})
		h.ok(err)
		h.ok(g.Observe(t.Context()))
		h.At("2024-12-01T10:00:00+09:00")
		ref := h.Draft(sample.S1("2024-12-12"))
		if at := h.Case(h.Applicant, ref.ID).CreatedAt; at.Before(time.Date(2024, 12, 2, 1, 0, 0, 0, time.UTC)) {
			t.Errorf("R-CAL-3: an earlier reading counts as the mark, got %v", at)
		}
	})
}
