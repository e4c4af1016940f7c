package desk_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"uketsuke/internal/account"
	"uketsuke/internal/application"
	"uketsuke/internal/desk"
	"uketsuke/internal/problem"
	"uketsuke/internal/sample"
)

// closes enters closing days as a supervisor does, through the preview.
func (h *house) closes(edits ...desk.ClosingEdit) desk.CalendarPreview {
	h.t.Helper()
	p, err := h.Desk.PreviewClosing(h.t.Context(), h.Supervisor, edits)
	h.ok(err)
	h.ok(h.Desk.SaveClosing(h.t.Context(), h.Supervisor, edits, p.Digest))
	return p
}

func closing(on, name string) desk.ClosingEdit {
	return desk.ClosingEdit{Day: day(on), Closed: true, Name: name}
}

func reopening(on string) desk.ClosingEdit { return desk.ClosingEdit{Day: day(on)} }

// Trap 28, R-SET-1, R-SEC-3: days that were promised stay, and so do the days of their reminders; nothing that
// was sent is sent again because a day moved.
func TestTrap28AnEditMovesNothingThatWasPromised(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		late, _ := h.Approved(incomplete(sample.S2("2024-12-20"))) // −4 BD: 12-16, −6: 12-12, +2 BD: 12-24
		whole, _ := h.Approved(sample.S2("2024-12-12"))            // last reading day 12-16
		before := []desk.Case{h.Case(h.Applicant, late.ID), h.Case(h.Applicant, whole.ID)}
		h.At("2024-12-12T10:00:00+09:00")
		h.tick()
		edits := []desk.ClosingEdit{closing("2024-12-13", "臨時休業"), closing("2024-12-16", "臨時休業"), closing("2024-12-17", "臨時休業"), closing("2024-12-20", "臨時休業")}
		p := h.closes(edits...)
		var promised []string
		for _, k := range p.Promised {
			promised = append(promised, k.Receipt+" "+k.Deadline.String()+" "+k.LastReading.String()+" ("+k.NewDeadline.String()+" "+k.NewLastReading.String()+")")
		}
		same(t, "trap 28 the preview lists what stays", promised, []string{
			before[1].Receipt + "  2024-12-16 ( 2024-12-19)", before[0].Receipt + " 2024-12-16 2024-12-24 (2024-12-11 2024-12-24)"})
		for i, id := range []string{late.ID, whole.ID} {
			now := h.Case(h.Applicant, id)
			equal(t, "R-SET-1 deadline", now.SettingsDeadline, before[i].SettingsDeadline)
			equal(t, "R-SEC-3 period", now.Reading.Period, before[i].Reading.Period)
			equal(t, "start", now.Start, before[i].Start)
		}
		mails := len(h.letters(late.ID, application.MailSettingsReminder))
		h.tick()
		equal(t, "R-SET-4 the edit sends nothing again", len(h.letters(late.ID, application.MailSettingsReminder)), mails)
		for _, at := range []string{"2024-12-13T09:00:00+09:00", "2024-12-16T09:00:00+09:00"} {
			h.At(at)
			h.tick()
		}
		same(t, "R-SET-4 reminders on the promised days", h.reminders(late.ID, application.MailSettingsReminder),
			[]string{"12-06T09 skipped newer-due", "12-12T09 sent ", "12-13T09 sent ", "12-16T09 sent "})
		same(t, "R-SEC-10 on the promised days", h.reminders(whole.ID, application.MailPasswordReminder),
			[]string{"12-11T09 skipped newer-due", "12-12T09 sent ", "12-13T09 sent ", "12-16T09 sent "})
		_, err := h.Desk.ReadSecrets(t.Context(), h.Administrator, whole.ID)
		h.ok(err)
		h.At("2024-12-17T00:00:00+09:00")
		h.tick()
		equal(t, "R-SET-1 void at the stored deadline", h.Case(h.Applicant, late.ID).State, application.Void)
		_, err = h.Desk.ReadSecrets(t.Context(), h.Administrator, whole.ID)
		if ended, is := asNotReadable(err); !is || !ended.Ended {
			t.Errorf("R-SEC-3 the period ends as promised: %v", err)
		}
	})
}

// What is counted anew follows the edit: the earliest wish, the targets, and what an approval proposes. A wish
// that was right when it was registered stays right (R-APP-11).
func TestPreviewOfTheCalendar(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		_, receipt := h.Registered(sample.S2("2024-12-12"))
		h.At("2024-12-02T11:00:00+09:00")
		edits := []desk.ClosingEdit{closing("2024-12-03", "点検"), closing("2024-12-12", "点検")}
		var p desk.CalendarPreview
		h.ok(h.unchanged("a preview", func() (err error) {
			p, err = h.Desk.PreviewClosing(t.Context(), h.Supervisor, edits)
			return err
		}))
		equal(t, "R-APP-11 before", p.EarliestBefore, day("2024-12-11"))
		equal(t, "R-APP-11 after", p.Earliest, day("2024-12-13"))
		equal(t, "targets", len(p.Targets), 1)
		equal(t, "target before", p.Targets[0].Before, day("2024-12-04"))
		equal(t, "target after", p.Targets[0].After, day("2024-12-05"))
		equal(t, "wishes", len(p.Wishes), 1)
		w := p.Wishes[0]
		equal(t, "receipt", w.Receipt, receipt)
		equal(t, "no business day any more", w.WishClosed, true)
		equal(t, "R-EX-9 proposed before", w.Before, day("2024-12-12"))
		equal(t, "R-EX-9 proposed after", w.After, day("2024-12-13"))
		h.ok(h.Desk.SaveClosing(t.Context(), h.Supervisor, edits, p.Digest))
		start, err := h.Desk.Start(t.Context(), h.Applicant)
		h.ok(err)
		equal(t, "the possible days follow", start.Earliest, p.Earliest)
		x, err := h.Desk.Examine(t.Context(), h.Examiner, w.Application)
		h.ok(err)
		equal(t, "what C2 proposes is what was previewed", x.Earliest, w.After)
		for _, c := range x.Checks {
			if c.Rule == "R-APP-11" && len(c.Problems) > 0 {
				t.Errorf("R-APP-11: the wish was right when it was registered: %v", c)
			}
		}
	})
}

// An entry concerns days from tomorrow on (R-CON-2), changes something, and says what is wrong with it.
func TestWhichDaysCanBeClosed(t *testing.T) {
	each(t, monday, func(t *testing.T, h *house) {
		h.closes(closing("2024-12-24", "創立記念日"))
		for name, c := range map[string]struct {
			edit        desk.ClosingEdit
			rule, field string
		}{
			"R-CON-2 yesterday":             {closing("2024-11-29", "x"), "R-CON-2", "day"},
			"R-CON-2 today":                 {closing("2024-12-02", "x"), "R-CON-2", "day"},
			"R-CON-2 reopening today":       {reopening("2024-12-02"), "R-CON-2", "day"},
			"R-CAL-1 a Saturday":            {closing("2024-12-07", "x"), "R-CAL-1", "day"},
			"R-CAL-1 a holiday":             {closing("2025-01-13", "x"), "R-CAL-1", "day"},
			"R-CAL-1 the turn of the year":  {closing("2024-12-30", "x"), "R-CAL-1", "day"},
			"R-CAL-1 closed already":        {closing("2024-12-24", "x"), "R-CAL-1", "day"},
			"R-CAL-1 never entered":         {reopening("2024-12-25"), "R-CAL-1", "day"},
			"R-CAL-1 a holiday is not ours": {reopening("2025-01-13"), "R-CAL-1", "day"},
			"R-CAL-1 without a name":        {closing("2024-12-25", ""), "R-CAL-1", "name"},
			"R-CAL-1 a long name":           {closing("2024-12-25", strings.Repeat("休", 41)), "R-CAL-1", "name"},
			"R-CAL-2 beyond the calendar":   {closing("2028-01-04", "x"), "R-CAL-2", "day"},
		} {
			_, err := h.Desk.PreviewClosing(t.Context(), h.Supervisor, []desk.ClosingEdit{c.edit})
			broken(t, err, c.rule, c.field)
			err = h.unchanged(name, func() error {
				return h.Desk.SaveClosing(t.Context(), h.Supervisor, []desk.ClosingEdit{c.edit}, "")
			})
			broken(t, err, c.rule, c.field)
		}
		h.closes(reopening("2024-12-24"))
		h.closes(closing("2024-12-24", "再び"))
		equal(t, "every entry stays", h.count("closing_entries", "day = '2024-12-24'"), 3)
		year, err := h.Desk.CalendarYear(t.Context(), h.Examiner, 0)
		h.ok(err)
		december := year.Months[11]
		at := slices.IndexFunc(december.Days, func(d desk.CalendarDay) bool { return d.Day == day("2024-12-24") })
		equal(t, "the latest name", december.Days[at].Why.Japanese(), "再び")
		equal(t, "who", december.Days[at].ByName, h.Supervisor.Name)
		equal(t, "business days", december.Business, 19)
		h.At("2024-12-24T09:00:00+09:00")
		year, err = h.Desk.CalendarYear(t.Context(), h.Examiner, 2024)
		h.ok(err)
		equal(t, "R-CON-2 today cannot be taken back", year.Months[11].Days[at].TakeBack, false)
	})
}

// What was previewed is what is saved: anything else since is told, and shown anew.
func TestAStalePreviewIsTold(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		edits := []desk.ClosingEdit{closing("2024-12-12", "点検")}
		p, err := h.Desk.PreviewClosing(t.Context(), h.Supervisor, edits)
		h.ok(err)
		h.Registered(sample.S2("2024-12-12"))
		err = h.unchanged("a save of what nobody saw", func() error { return h.Desk.SaveClosing(t.Context(), h.Supervisor, edits, p.Digest) })
		stale, is := errors.AsType[*desk.StalePreview](err)
		if !is || len(stale.Preview.Wishes) != 1 {
			t.Fatalf("want the preview of now, got %v", err)
		}
		h.ok(h.Desk.SaveClosing(t.Context(), h.Supervisor, edits, stale.Preview.Digest))
		other := []desk.ClosingEdit{closing("2024-12-13", "点検")}
		q, err := h.Desk.PreviewClosing(t.Context(), h.Supervisor, other)
		h.ok(err)
		_, errs := together(4, func(int) (int, error) { return 0, h.Desk.SaveClosing(t.Context(), h.Supervisor, other, q.Digest) })
		saved := 0
		for _, err := range errs {
			if err == nil {
				saved++
			}
		}
		equal(t, "four at once", saved, 1)
		equal(t, "entries", h.count("closing_entries", "1 = 1"), 2)
	})
}

func TestClosingDaysAreTheSupervisors(t *testing.T) {
	each(t, monday, func(t *testing.T, h *house) {
		edits := []desk.ClosingEdit{closing("2024-12-12", "点検")}
		for _, who := range h.All() {
			if who.Role == account.Supervisor {
				continue
			}
			if _, err := h.Desk.PreviewClosing(t.Context(), who, edits); !errors.Is(err, desk.ErrForbidden) {
				t.Errorf("%s previews: %v", who.Role, err)
			}
			if err := h.Desk.SaveClosing(t.Context(), who, edits, ""); !errors.Is(err, desk.ErrForbidden) {
				t.Errorf("%s saves: %v", who.Role, err)
			}
			if _, err := h.Desk.CalendarYear(t.Context(), who, 0); (err == nil) != who.Role.OfCentre() {
				t.Errorf("%s looks: %v", who.Role, err)
			}
		}
	})
}

func TestClosingCSV(t *testing.T) {
	for name, c := range map[string]struct{ text, want, wrong string }{
		"all columns":         {"day,name,closed\n2026-08-13,夏季休業,yes\n2026-08-14,,no\n", "2026-08-13 true 夏季休業;2026-08-14 false ", ""},
		"two columns":         {"day,name\n2026-08-13,夏季休業\n", "2026-08-13 true 夏季休業", ""},
		"mark, CRLF, quotes":  {"\ufeffday,name\r\n2026-08-13,\"夏季, 休業\"\r\n", "2026-08-13 true 夏季, 休業", ""},
		"blank lines":         {"day,name\n\n2026-08-13,夏\n\n", "2026-08-13 true 夏", ""},
		"no header":           {"2026-08-13,夏季休業\n", "", "1行目を"},
		"other header":        {"date,name\n2026-08-13,夏\n", "", "1行目を"},
		"empty":               {"", "", "1行目を"},
		"only the header":     {"day,name\n", "", "2行目から"},
		"no such day":         {"day,name\n2026-08-13,夏\n2026-02-30,冬\n", "", "3行目 day"},
		"typed otherwise":     {"day,name\n2026/08/13,夏\n", "", "2行目 day"},
		"missing column":      {"day,name,closed\n2026-08-13,夏\n", "", "2行目：項目が2つ"},
		"a column too many":   {"day,name\n2026-08-13,夏,yes\n", "", "2行目：項目が3つ"},
		"another word":        {"day,name,closed\n2026-08-13,夏,true\n", "", "2行目 closed"},
		"a line of commas":    {"day,name\n" + strings.Repeat(",", 100_000), "", "2行目：長すぎるか"},
		"a quote too many":    {"day,name\n2026-08-13,夏\"休\n", "", "2行目：引用符"},
		"more than can be":    {"day,name\n" + strings.Repeat("2026-08-13,夏\n", 401), "", "400日まで"},
		"all faults are told": {"day,name,closed\nx,夏,yes\n2026-08-13,夏,z\n", "", "3行目 closed"},
	} {
		t.Run("R-CAL-1 "+name, func(t *testing.T) {
			edits, err := desk.ParseClosingCSV(c.text)
			if c.wrong != "" {
				if l, is := errors.AsType[problem.List](err); !is || !strings.Contains(l.Error(), c.wrong) {
					t.Errorf("got %v, want %q", err, c.wrong)
				}
				return
			}
			var got []string
			for _, e := range edits {
				got = append(got, e.Day.String()+" "+map[bool]string{true: "true ", false: "false "}[e.Closed]+e.Name)
			}
			if err != nil || strings.Join(got, ";") != c.want {
				t.Errorf("got %q, %v, want %q", got, err, c.want)
			}
			again, err := desk.ParseClosingCSV(desk.ClosingCSV(edits))
			if err != nil || len(again) != len(edits) || again[0].Name != edits[0].Name {
				t.Errorf("written and read again: %v, %v", again, err)
			}
		})
	}
}

// A file is taken as a whole or not at all, and what is wrong with a day of it names its line.
func TestAFileOfClosingDays(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		edits, err := desk.ParseClosingCSV("day,name\n2024-12-25,冬季休業\n2024-12-07,土曜\n2024-12-25,冬季休業\n")
		h.ok(err)
		_, err = h.Desk.PreviewClosing(t.Context(), h.Supervisor, edits)
		broken(t, err, "R-CAL-1", "csv")
		l, _ := errors.AsType[problem.List](err)
		equal(t, "each line that is wrong", len(l), 2)
		for i, want := range []string{"3行目：2024年12月7日(土)", "4行目：2024年12月25日(水)が2回"} {
			if !strings.HasPrefix(japaneseOf(l[i]), want) {
				t.Errorf("got %q, want %q", japaneseOf(l[i]), want)
			}
		}
		equal(t, "nothing stored", h.count("closing_entries", "1 = 1"), 0)
		edits, err = desk.ParseClosingCSV("day,name\n2024-12-25,冬季休業\n2024-12-26,冬季休業\n")
		h.ok(err)
		h.closes(edits...)
		equal(t, "stored", h.count("closing_entries", "recorded_by = $1", string(h.Supervisor.ID)), 2)
		equal(t, "evidence", h.count("audit_entries", "act = 'edit-calendar'"), 1)
	})
}

// japaneseOf is a problem's sentence with its days in words, as the pages say it.
func japaneseOf(p problem.Problem) string {
	args := slices.Clone(p.Args)
	for i, a := range args {
		switch a := a.(type) {
		case interface{ Japanese() string }:
			args[i] = a.Japanese()
		case problem.Problem:
			args[i] = japaneseOf(a)
		}
	}
	return problem.New(p.Field, p.Rule, p.Text, args...).String()
}

// The check sees an entry that cannot be: taken out, changed, or made for a day that had come.
func TestTheCheckSeesTheCalendar(t *testing.T) {
	each(t, monday, func(t *testing.T, h *house) {
		h.closes(closing("2024-12-24", "a"), closing("2024-12-25", "b"), closing("2024-12-26", "c"))
		finds := func(name, rule, statement string) {
			t.Helper()
			_, err := h.raw.ExecContext(context.Background(), statement)
			h.ok(err)
			findings, err := h.Desk.Check(t.Context())
			h.ok(err)
			if !slices.ContainsFunc(findings, func(f desk.Finding) bool { return f.Rule == rule }) {
				t.Errorf("%s: found %v, want %s", name, findings, rule)
			}
		}
		finds("a past day", "R-CON-2", "UPDATE closing_entries SET day = '2024-12-02' WHERE number = 3")
		finds("a changed entry", "R-CAL-1", "UPDATE closing_entries SET day = '2024-12-24' WHERE number = 3")
		finds("one taken out", "R-CAL-1", "DELETE FROM closing_entries WHERE number = 1")
	})
}
