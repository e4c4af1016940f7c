package desk_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"uketsuke/internal/account"
	"uketsuke/internal/charge"
	"uketsuke/internal/desk"
	"uketsuke/internal/problem"
	"uketsuke/internal/sample"
)

const usageHead = "month,user_id,item,quantity,amount\n"

// january is a moment at which December 2024 is over.
const january = "2025-01-06T10:00:00+09:00"

func monthOf(t testing.TB, s string) charge.Month {
	t.Helper()
	m, err := charge.ParseMonth(s)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// usage imports lines for December 2024.
func (h *house) usage(lines string, dryRun bool) (desk.UsageReport, error) {
	return h.Desk.ImportUsage(h.t.Context(), h.Supervisor, monthOf(h.t, "2024-12"), strings.NewReader(usageHead+lines), dryRun)
}

// charges are those of an establishment in a month.
func (h *house) charges(actor account.Actor, establishment, month string) desk.ChargesPage {
	h.t.Helper()
	page, err := h.Desk.Charges(h.t.Context(), actor, establishment, monthOf(h.t, month))
	h.ok(err)
	return page
}

// s3 is the contract of scenario S3 from 12 December on: 1ANAC with statistics, 1BNAC without.
func (h *house) s3() {
	h.t.Helper()
	h.Approved(sample.S3("2024-12-12"))
	h.At("2024-12-12T09:30:00+09:00")
	h.tick()
	h.At(january)
}

// R-CON-5: the estimate by the contract, before any usage is known; three terminals of plan A, and one code's
// statistics from the month of its start on.
func TestEstimate(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		before := h.charges(h.Applicant, sample.Tokyo, "2024-12")
		h.s3()
		for month, total := range map[string]int64{"2024-11": 16500, "2024-12": 17600, "2025-01": 17600, "2025-12": 17600, "2020-04": 16500} {
			page := h.charges(h.Viewer, sample.Tokyo, month)
			if page.Bill.Total != total || page.Bill.Metered || len(page.Invoices) > 0 {
				t.Errorf("R-CON-5 %s costs %d yen, want %d: %+v", month, page.Bill.Total, total, page.Bill.Lines)
			}
		}
		if before.Bill.Total != 16500 {
			t.Errorf("R-CON-5 before the application %d", before.Bill.Total)
		}
		for _, month := range []string{"2020-03", "2026-02"} {
			_, err := h.Desk.Charges(t.Context(), h.Applicant, sample.Tokyo, monthOf(t, month))
			if wrong, ok := errors.AsType[problem.List](err); !ok || wrong[0].Rule != "R-CON-5" {
				t.Errorf("R-CON-5 %s is out of bounds: %v", month, err)
			}
		}
	})
}

// R-SET-1: what a void approval would have brought is not charged, recorded as void or not.
func TestVoidIsNotCharged(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		h.Approved(incomplete(sample.S3("2024-12-12")))
		if page := h.charges(h.Applicant, sample.Tokyo, "2024-12"); page.Bill.Total != 17600 {
			t.Errorf("R-CON-5 as known now %d", page.Bill.Total)
		}
		h.At("2024-12-20T09:00:00+09:00")
		for range 2 {
			if page := h.charges(h.Applicant, sample.Tokyo, "2024-12"); page.Bill.Total != 16500 {
				t.Errorf("R-SET-1 after the deadline %d", page.Bill.Total)
			}
			h.tick()
		}
	})
}

// R-CON-5, trap 27: whose charges an account may see, and who may import.
func TestChargesAreForTheirOwn(t *testing.T) {
	each(t, monday, func(t *testing.T, h *house) {
		h.s3()
		_, err := h.usage("2024-12,1ANACA0A,電文,33,330\n", false)
		h.ok(err)
		for _, actor := range h.All() {
			_, err := h.Desk.Charges(t.Context(), actor, sample.Tokyo, charge.Month{})
			_, _, paper := h.Desk.ChargesPaper(t.Context(), actor, sample.Tokyo, monthOf(t, "2024-12"), "")
			may := actor.Establishment == sample.Tokyo || actor.Role.OfCentre()
			if may && (err != nil || paper != nil) || !may && (!errors.Is(err, desk.ErrNotFound) || !errors.Is(paper, desk.ErrNotFound)) {
				t.Errorf("%s: %v, %v", actor.Name, err, paper)
			}
			_, imports := h.Desk.UsageImports(t.Context(), actor)
			_, err = h.Desk.ImportUsage(t.Context(), actor, monthOf(t, "2024-12"), strings.NewReader(usageHead), true)
			if may := actor.Role == account.Supervisor; may != (err == nil) || may != (imports == nil) || !may && !errors.Is(err, desk.ErrForbidden) {
				t.Errorf("%s imports: %v, %v", actor.Name, err, imports)
			}
		}
		// Somebody else's invoice is not found by its number.
		other := h.charges(h.SecondApplicant, sample.Second, "2024-12").Invoices[0].Number
		if _, _, err := h.Desk.ChargesPaper(t.Context(), h.Applicant, sample.Tokyo, monthOf(t, "2024-12"), other); !errors.Is(err, desk.ErrNotFound) {
			t.Errorf("trap 27 the invoice %s: %v", other, err)
		}
	})
}

// R-CON-5: an import issues invoices, the same file changes nothing, a later one replaces what differs, and
// what was issued prints the same for ever.
func TestImportUsage(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		h.s3()
		lines := "2024-12,１ａｎａｃA0A,電文処理,33,330\n2024-12,1BNACA0A,\"電文, 処理\",0,5\n"
		var dry desk.UsageReport
		h.ok(h.unchanged("a dry run", func() (err error) { dry, err = h.usage(lines, true); return err }))
		report, err := h.usage(lines, false)
		h.ok(err)
		if report != dry || report.Lines != 2 || report.Amount != 335 || report.Issued != 3 || report.Reissued+report.Kept != 0 || report.Unchanged {
			t.Errorf("R-CON-5 %+v, dry %+v", report, dry)
		}
		page := h.charges(h.Applicant, sample.Tokyo, "2024-12")
		// 3 × 5000 + 1000 + 330 + 5 = 16335; tax 1633.5, down.
		if b := page.Bill; b.Subtotal != 16335 || b.Tax != 1633 || b.Total != 17968 || !b.Metered || len(b.Lines) != 4 {
			t.Errorf("R-CON-5 the bill: %+v", b)
		}
		if len(page.Invoices) != 1 || !strings.HasPrefix(page.Invoices[0].Number, "202412-0000") || !strings.HasSuffix(page.Invoices[0].Number, "-1") {
			t.Errorf("R-CON-5 the invoices: %+v", page.Invoices)
		}
		first, _, err := h.Desk.ChargesPaper(t.Context(), h.Applicant, sample.Tokyo, page.Month, "")
		h.ok(err)

		h.ok(h.unchanged("the same file", func() error {
			again, err := h.usage(lines, false)
			if !again.Unchanged || again.Digest != report.Digest {
				t.Errorf("R-CON-5 the same file: %+v", again)
			}
			return err
		}))

		h.At("2025-01-07T10:00:00+09:00")
		h.Desk.Operator.Centre = "改称センター株式会社"
		later, err := h.usage("2024-12,1ANACA0A,電文処理,34,340\n", false)
		h.ok(err)
		if later.Issued != 0 || later.Reissued != 1 || later.Kept != 2 || later.Replaces.Lines != 2 {
			t.Errorf("R-CON-5 a later import: %+v", later)
		}
		page = h.charges(h.Applicant, sample.Tokyo, "2024-12")
		if page.Bill.Subtotal != 16340 || len(page.Invoices) != 2 || page.Invoices[0].Replaces != page.Invoices[1].Number {
			t.Errorf("R-CON-5 after it: %d, %+v", page.Bill.Subtotal, page.Invoices)
		}
		same, _, err := h.Desk.ChargesPaper(t.Context(), h.Applicant, sample.Tokyo, page.Month, page.Invoices[1].Number)
		if err != nil || !bytes.Equal(same, first) {
			t.Errorf("R-APP-16 the first invoice prints other bytes now: %v", err)
		}
		if standing := h.count("usage_imports", "month = '2024-12' AND revoked_at IS NULL"); standing != 1 {
			t.Errorf("R-CON-5 %d imports stand", standing)
		}
	})
}

// An establishment without a contract in the month gets an invoice only for what it used.
func TestOnlyWhoOwesIsInvoiced(t *testing.T) {
	eachSound(t, january, func(t *testing.T, h *house) {
		report, err := h.Desk.ImportUsage(t.Context(), h.Supervisor, monthOf(t, "2020-03"), strings.NewReader(usageHead), false)
		if err != nil || report.Issued != 0 {
			t.Errorf("R-CON-5 the month before the contracts: %+v, %v", report, err)
		}
		report, err = h.Desk.ImportUsage(t.Context(), h.Supervisor, monthOf(t, "2020-04"), strings.NewReader(usageHead), false)
		if err != nil || report.Issued != 3 {
			t.Errorf("R-CON-5 the month of the contracts' beginning: %+v, %v", report, err)
		}
	})
}

func TestImportUsageRefuses(t *testing.T) {
	many := strings.Repeat("2024-12,1ANACA0A,電文,x,1\n", 200)
	each(t, monday, func(t *testing.T, h *house) {
		h.s3()
		for _, c := range []struct{ name, file, want string }{
			{"empty", "", "1行目が見出しではありません"},
			{"other heading", "user_id,month,item,quantity,amount\n", "1行目が見出しではありません"},
			{"a line of commas", usageHead + strings.Repeat(",", 1<<20), "2行目が長すぎるか、列が多すぎます"},
			{"a head of commas", strings.Repeat(",", 1<<20), "1行目が長すぎるか、列が多すぎます"},
			{"a quotation that never ends", usageHead + "2024-12,1ANACA0A,\"" + strings.Repeat("\n", 1<<20), "2行目が長すぎるか、列が多すぎます"},
			{"another month", usageHead + "2024-11,1ANACA0A,電文,1,1\n", "2行目のmonth「2024-11」"},
			{"no user ID", usageHead + "2024-12,1ANA,電文,1,1\n", "2行目のuser_id「1ANA」が利用者IDの形ではありません"},
			{"an ID that was never issued", usageHead + "2024-12,1ANACA0A,電文,1,1\n2024-12,1ANACZ9Z,電文,1,1\n", "3行目のuser_id「1ANACZ9Z」は、発行されていない"},
			{"no item", usageHead + "2024-12,1ANACA0A, ,1,1\n", "2行目のitem"},
			{"an item with a line break", usageHead + "2024-12,1ANACA0A,\"電\n文\",1,1\n", "2行目のitem"},
			{"a long item", usageHead + "2024-12,1ANACA0A," + strings.Repeat("長", 61) + ",1,1\n", "2行目のitem"},
			{"a negative quantity", usageHead + "2024-12,1ANACA0A,電文,-1,1\n", "2行目のquantity「-1」"},
			{"an amount with separators", usageHead + "2024-12,1ANACA0A,電文,1,\"1,000\"\n", "2行目のamount「1,000」"},
			{"an amount with a fraction", usageHead + "2024-12,1ANACA0A,電文,1,1.5\n", "2行目のamount「1.5」"},
			{"full-width digits", usageHead + "2024-12,1ANACA0A,電文,1,１００\n", "2行目のamount「１００」"},
			{"a boundless amount", usageHead + "2024-12,1ANACA0A,電文,1,99999999999999999999\n", "2行目のamount"},
			{"a column too many", usageHead + "2024-12,1ANACA0A,電文,1,1,1\n", "2行目の列が6個"},
			{"the same ID and item twice", usageHead + "2024-12,1ANACA0A,電文,1,1\n2024-12,1BNACA0A,電文,1,1\n2024-12,1anaca0a,電文,2,2\n", "4行目の利用者ID「1ANACA0A」と項目「電文」の組は、2行目にもあります"},
			{"Shift_JIS", usageHead + "2024-12,1ANACA0A,\x93\x64\x95\xb6,1,1\n", "2行目をUTF-8として読めません"},
			{"a quotation mark left open", usageHead + "2024-12,1ANACA0A,\"電文,1,1\n", "CSVとして読めません"},
			{"more faults than anybody reads", usageHead + many, "読み取りを途中でやめました"},
		} {
			var err error
			_ = h.unchanged(c.name, func() error {
				_, err = h.Desk.ImportUsage(t.Context(), h.Supervisor, monthOf(t, "2024-12"), strings.NewReader(c.file), false)
				return nil
			})
			wrong, ok := errors.AsType[problem.List](err)
			if !ok || !strings.Contains(wrong.Error(), c.want) || len(wrong) > 51 || wrong[0].Rule != "R-CON-5" || wrong[0].Field != "file" {
				t.Errorf("R-CON-5 %s: %v", c.name, err)
			}
		}
		// A byte order mark is let be, as are lines that end as on Windows.
		if report, err := h.Desk.ImportUsage(t.Context(), h.Supervisor, monthOf(t, "2024-12"),
			strings.NewReader("\ufeff"+strings.ReplaceAll(usageHead+"2024-12,1ANACA0A,電文,1,1\n", "\n", "\r\n")), true); err != nil || report.Lines != 1 {
			t.Errorf("R-CON-5 a mark: %+v, %v", report, err)
		}
		for month, want := range map[string]string{"2025-01": "まだ終わっていません", "2014-03": "料金表にありません"} {
			_, err := h.Desk.ImportUsage(t.Context(), h.Supervisor, monthOf(t, month), strings.NewReader(usageHead), false)
			if wrong, ok := errors.AsType[problem.List](err); !ok || wrong[0].Field != "month" || !strings.Contains(wrong.Error(), want) {
				t.Errorf("R-CON-5 %s: %v", month, err)
			}
		}
	})
}

// Two supervisors import at once: one import stands, and every invoice is right.
func TestImportsAtOnce(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		h.s3()
		done := make(chan error)
		for i := range 4 {
			go func() {
				_, err := h.Desk.ImportUsage(t.Context(), h.Supervisor, monthOf(t, "2024-12"),
					strings.NewReader(fmt.Sprintf("%s2024-12,1ANACA0A,電文,1,%d\n", usageHead, i)), false)
				done <- err
			}()
		}
		for range 4 {
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
		if standing := h.count("usage_imports", "revoked_at IS NULL"); standing != 1 {
			t.Errorf("R-CON-5 %d imports stand", standing)
		}
	})
}

// The check finds whatever is changed behind the desk's back.
func TestCheckFindsSpoiledCharges(t *testing.T) {
	for _, c := range []struct{ name, spoil, want string }{
		{"a line's amount", "UPDATE usage_lines SET amount = amount + 1", "facts and usage give"},
		{"a line is gone", "DELETE FROM usage_lines", "lines, not the"},
		{"a line of another establishment", "UPDATE usage_lines SET establishment = 'e-other'", "belongs to another establishment"},
		{"an invoice's content", "UPDATE invoices SET content = replace(content, '\"amount\":330', '\"amount\":331')", "not what its digest is of"},
		{"an invoice is gone", "DELETE FROM invoices WHERE establishment = 'e-second'", "establishment e-second has no invoice for 2024-12"},
		{"an invoice's revision", "UPDATE invoices SET revision = 2", "does not replace the revision before it"},
		{"an invoice of no import", "UPDATE usage_imports SET revoked_at = recorded_at, month = 'x'", "is of no month"},
		{"a fact", "UPDATE contract_terms SET terminals = 1", "facts and usage give"},
	} {
		t.Run(c.name, func(t *testing.T) {
			each(t, monday, func(t *testing.T, h *house) {
				h.s3()
				_, err := h.usage("2024-12,1ANACA0A,電文,33,330\n", false)
				h.ok(err)
				_, err = h.raw.ExecContext(t.Context(), c.spoil)
				h.ok(err)
				findings, err := h.Desk.Check(t.Context())
				h.ok(err)
				var said []string
				for _, f := range findings {
					said = append(said, f.String())
				}
				if text := strings.Join(said, "\n"); !strings.Contains(text, c.want) {
					t.Errorf("R-CON-5 %s: the check says %q", c.name, text)
				}
			})
		})
	}
}

// R-CON-5: what an application does to the monthly charge, for the confirmation page; what another one does until
// then is not its doing.
func TestChargeAsWished(t *testing.T) {
	each(t, monday, func(t *testing.T, h *house) {
		alone, _ := h.Registered(sample.S3("2024-12-12"))
		h.approved(sample.S3("2024-12-12"))
		for id, want := range map[string][2]int64{
			alone.ID:                            {17600, 18700},
			h.Draft(sample.S2("2024-12-13")).ID: {17600, 18700},
			h.Draft(sample.Warehouse("2024-12-11", 1)).ID: {16500, 16500},
		} {
			change, err := h.Desk.ChargeAsWished(t.Context(), h.Applicant, id)
			h.ok(err)
			same(t, "R-CON-5 before and after", []int64{change.Before.Total, change.After.Total}, want[:])
			equal(t, "R-CON-5 difference", change.Difference, want[1]-want[0])
		}
	})
}
