package desk_test

import (
	"fmt"
	"strings"
	"testing"

	"uketsuke/internal/account"
	"uketsuke/internal/application"
	"uketsuke/internal/desk"
	"uketsuke/internal/mail"
	"uketsuke/internal/sample"
)

func (h *house) written(l mail.Letter) mail.Message {
	h.t.Helper()
	letters, err := mail.NewLetters(sample.Operator().Mail)
	h.ok(err)
	m, err := letters.Render(l)
	h.ok(err)
	return m
}

func TestMailsOfAnApplication(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		ref, receipt := h.Registered(incomplete(sample.S2("2024-12-12")))
		h.ok(h.Desk.Claim(t.Context(), h.Examiner, ref))
		_, err := h.approve(h.Ref(ref.ID), 1, "2024-12-16", "機器の都合のため。")
		h.ok(err)
		for _, kind := range []application.Mail{application.MailRegistered, application.MailApproved} {
			letters := h.letters(ref.ID, kind)
			same(t, "R-MAIL-1 recipients of "+string(kind), to(letters), h.aAndM())
			for _, l := range letters {
				equal(t, "receipt", l.Receipt, receipt)
				equal(t, "R-MAIL-3 in their own name", l.To.Name, map[string]string{
					sample.Email(h.Applicant): h.Applicant.Name, sample.Email(h.Administrator): h.Administrator.Name}[l.To.Email])
				admin := l.To.Email == sample.Email(h.Administrator)
				equal(t, "R-MAIL-3 as administrator", l.ToAdministrator, admin)
				text := h.written(l).Body
				equal(t, "R-MAIL-3 says who the applicant is: "+text, strings.Contains(text, h.Applicant.Name), true)
			}
		}
		l := h.letters(ref.ID, application.MailApproved)[0]
		m := h.written(l)
		equal(t, "R-MAIL-2 subject", m.Subject, "【NSS】利用申込確認完了のお知らせ")
		equal(t, "R-MAIL-2 deadline while incomplete", l.SettingsDeadline, day("2024-12-10"))
		equal(t, "R-MAIL-2 incomplete", l.SettingsIncomplete, true)
		equal(t, "R-MAIL-2 passwords readable to", l.ReadLast, day("2024-12-18"))
		for _, said := range []string{receipt, "2024年12月2日", sample.Operator().Mail.LoginURL, "ID通知内容", "2024年12月18日", "2024年12月10日"} {
			if !strings.Contains(m.Body, said) {
				t.Errorf("R-MAIL-2: %s is not in\n%s", said, m.Body)
			}
		}
		for _, id := range h.ids(ref.ID) {
			if strings.Contains(m.Body, id) {
				t.Errorf("R-MAIL-5: %s in\n%s", id, m.Body)
			}
		}
		for _, row := range h.outbox(ref.ID) {
			if !strings.HasSuffix(row.MessageID, "@centre.example") {
				t.Errorf("R-MAIL-4 Message-ID %s", row.MessageID)
			}
		}
	})
}

func TestOneCopyPerAddress(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		o := sample.S2("2024-12-12")
		o.Email = strings.ToUpper(sample.Email(h.Administrator)[:5]) + sample.Email(h.Administrator)[5:]
		ref, _ := h.Registered(o)
		letters := h.letters(ref.ID, "")
		equal(t, "R-MAIL-3 one copy", len(letters), 1)
		equal(t, "the applicant's own", letters[0].ToAdministrator, false)
	})
}

// Trap 2, R-MAIL-3: entering a state again mails again; trap 8: nothing of the earlier round is left.
func TestTrap2MailEachTimeAStateIsEntered(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		ref := h.Returned(sample.S2("2024-12-12"))
		for round := 2; round <= 3; round++ {
			_, err := h.Desk.Register(t.Context(), h.Applicant, h.Ref(ref.ID), true)
			h.ok(err)
			h.ok(h.Desk.Claim(t.Context(), h.Examiner, h.Ref(ref.ID)))
			h.ok(h.Desk.Return(t.Context(), h.Examiner, h.Ref(ref.ID), round, []desk.RemarkForm{{Item: "desired", Body: fmt.Sprint("第", round, "回")}}))
			equal(t, "受付完了", len(h.letters(ref.ID, application.MailRegistered)), 2*round)
			equal(t, "差戻し", len(h.letters(ref.ID, application.MailReturned)), 2*round)
		}
		last := h.letters(ref.ID, application.MailReturned)
		equal(t, "trap 8 remarks of this return alone", len(last[len(last)-1].Remarks), 1)
		equal(t, "trap 8 its remark", last[len(last)-1].Remarks[0].Text, "第3回")
		equal(t, "its receipt", last[len(last)-1].Receipt, "2400001C")
		view := h.Case(h.Applicant, ref.ID)
		equal(t, "newest remark first", view.Remarks[0].Body, "第3回")
	})
}

// Trap 8: what an earlier round held does not stand in the next.
func TestTrap8NothingOfAnEarlierRoundIsLeft(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		ref := h.Returned(sample.S3("2024-12-12"))
		h.ok(h.Desk.KeepTyped(t.Context(), h.Applicant, ref, "contact", map[string][]string{"name": {"途中"}}))
		contact := h.Case(h.Applicant, ref.ID).Draft.Document.Contact
		contact.Email, contact.Confirmed = "second@mihon.example", true
		h.ok(h.Desk.SaveContact(t.Context(), h.Applicant, h.Ref(ref.ID), contact))
		h.ok(h.Desk.RemoveCode(t.Context(), h.Applicant, h.Ref(ref.ID), 1))
		_, err := h.Desk.Register(t.Context(), h.Applicant, h.Ref(ref.ID), true)
		h.ok(err)
		view := h.Case(h.Examiner, ref.ID)
		equal(t, "holder", view.Holder, account.ID(""))
		equal(t, "codes", len(view.Document.Codes), 1)
		equal(t, "settings of codes", len(view.CodeSettings), 1)
		letters := h.letters(ref.ID, application.MailRegistered)
		equal(t, "the new contact is told", letters[2].To.Email, "second@mihon.example")
		h.ok(h.Desk.Claim(t.Context(), h.Examiner, h.Ref(ref.ID)))
		approval, err := h.approve(h.Ref(ref.ID), 2, "2024-12-12", "")
		h.ok(err)
		equal(t, "one code", len(approval.Codes), 1)
		equal(t, "R-ID-8 its placeholder", approval.Codes[0].Placeholder, 2)
		equal(t, "settings facts", h.count("code_settings", "code = '1ANAC'"), 2)
		if typed := h.Case(h.Applicant, ref.ID).Draft.Typed; len(typed) > 0 {
			t.Errorf("typed values left: %v", typed)
		}
	})
}

// Trap 7: internal remarks never leave the centre, and those of a return come to be with it.
func TestTrap7Remarks(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		ref := h.UnderExamination(sample.S2("2024-12-12"))
		h.ok(h.Desk.AddRemark(t.Context(), h.Colleague, ref, "reason", "過去の申込みを確認"))
		equal(t, "the centre sees it", len(h.Case(h.Supervisor, ref.ID).Internal), 1)
		equal(t, "R-EX-5 needs a remark", len(h.Case(h.Applicant, ref.ID).Remarks), 0)
		err := h.unchanged("R-EX-5 no remark", func() error {
			return h.Desk.Return(t.Context(), h.Examiner, h.Ref(ref.ID), 1, []desk.RemarkForm{{Item: "reason", Body: "  "}})
		})
		broken(t, err, "R-EX-5", "remarks")
		h.ok(h.Desk.Return(t.Context(), h.Examiner, h.Ref(ref.ID), 1, []desk.RemarkForm{{Item: "reason", Body: "理由を詳しく。"}}))
		view := h.Case(h.Applicant, ref.ID)
		equal(t, "remarks", len(view.Remarks), 1)
		equal(t, "internal", len(view.Internal), 0)
		for _, l := range h.letters(ref.ID, application.MailReturned) {
			if text := h.written(l).Body; strings.Contains(text, "過去の申込みを確認") || !strings.Contains(text, "理由を詳しく。") {
				t.Errorf("trap 7: %s", text)
			}
		}
		for _, e := range view.Events {
			if e.Kind == string(application.Remark) {
				t.Error("trap 7: the applicant sees that an internal remark was made")
			}
		}
	})
}

func TestRejection(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		ref := h.UnderExamination(sample.S2("2024-12-12"))
		err := h.unchanged("R-EX-5 no reason", func() error { return h.Desk.Reject(t.Context(), h.Examiner, ref, 1, "") })
		broken(t, err, "R-EX-5", "reason")
		h.ok(h.Desk.Reject(t.Context(), h.Examiner, ref, 1, "契約の条件を満たさないため。"))
		same(t, "mails", to(h.letters(ref.ID, application.MailRejected)), h.aAndM())
		equal(t, "reason", h.letters(ref.ID, application.MailRejected)[0].Reason, "契約の条件を満たさないため。")
		equal(t, "no codes", h.count("user_codes", "1 = 1"), 0)
	})
}

// R-CON-1, R-CON-2: the contract of the day before, of the day and of the day after.
func TestContractAsOf(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		ref, _ := h.Approved(sample.S3("2024-12-12"))
		contract := func(on string) (codes []string) {
			page, err := h.Desk.Contract(t.Context(), h.Viewer, sample.Tokyo, day(on))
			h.ok(err)
			for _, code := range page.Contract.Codes {
				for _, id := range code.IDs {
					codes = append(codes, string(id.ID))
				}
			}
			return codes
		}
		both := []string{"1ANACA0A", "1BNACA0A"}
		same(t, "R-CON-1 the day before", contract("2024-12-11"), nil)
		same(t, "R-CON-1 the day", contract("2024-12-12"), both)
		same(t, "R-CON-1 the day after", contract("2024-12-13"), both)
		page, err := h.Desk.Contract(t.Context(), h.Viewer, sample.Tokyo, day("2024-12-02"))
		h.ok(err)
		if len(page.Coming) == 0 {
			t.Error("R-CON-1: nothing is shown as coming")
		}
		h.At("2024-12-20T10:00:00+09:00")
		same(t, "R-CON-2 the same when asked later", contract("2024-12-11"), nil)
		today, then, err := h.Desk.ContractAsWished(t.Context(), h.Applicant, ref.ID)
		h.ok(err)
		equal(t, "today and then", len(today.Codes)+len(then.Codes), 4)
	})
}
