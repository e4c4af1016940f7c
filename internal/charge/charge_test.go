package charge

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"uketsuke/internal/calendar"
	"uketsuke/internal/catalogue"
	"uketsuke/internal/contract"
	"uketsuke/internal/userid"

	"pgregory.net/rapid"
)

func d(s string) calendar.Date {
	if s == "" {
		return calendar.Date{}
	}
	return calendar.MustDate(s)
}

func month(t testing.TB, s string) Month {
	t.Helper()
	m, err := ParseMonth(s)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// list is the built-in price list.
func list(t testing.TB) []catalogue.Charge {
	t.Helper()
	c, err := catalogue.Load(nil)
	if err != nil {
		t.Fatal(err)
	}
	return c.Charges
}

func fact(from, to string) contract.Fact {
	return contract.Fact{ValidFrom: d(from), ValidTo: d(to), RecordedAt: d("2016-01-04").At(10, 0), BornBy: "a1"}
}

func terms(f contract.Fact, plan string, terminals int) contract.Facts {
	return contract.Facts{Terms: []contract.ContractTerm{{Fact: f, Plan: plan, Terminals: terminals, GeneralPlan: "B"}}}
}

func general(f contract.Fact, plan string, terminals int) contract.Facts {
	return contract.Facts{Terms: []contract.ContractTerm{{Fact: f, Plan: "B", GeneralPlan: plan, GeneralTerminals: terminals}}}
}

// code is a user code with one ID, with paid statistics and archive or without.
func code(f contract.Fact, id userid.ID, paid, archive bool) contract.Facts {
	return contract.Facts{
		Codes:    []contract.CodeTerm{{Fact: f, Code: id.Code(), Category: "common"}},
		IDs:      []contract.IDTerm{{Fact: f, ID: id, Trades: []string{"customs-broker"}, Method: "netnaccs"}},
		Services: []contract.CodeService{{Fact: f, Code: id.Code(), StatsPaid: paid, Archive: archive}},
	}
}

func plus(all ...contract.Facts) contract.Facts {
	var sum contract.Facts
	for _, f := range all {
		sum.Codes = append(sum.Codes, f.Codes...)
		sum.IDs = append(sum.IDs, f.IDs...)
		sum.Services = append(sum.Services, f.Services...)
		sum.Terms = append(sum.Terms, f.Terms...)
	}
	return sum
}

// services is a later fact on the services of a code.
func services(f contract.Fact, c userid.Code, paid, archive bool) contract.Facts {
	f.RecordedAt = f.RecordedAt.AddDate(1, 0, 0)
	return contract.Facts{Services: []contract.CodeService{{Fact: f, Code: c, StatsPaid: paid, Archive: archive}}}
}

// text writes a bill on one line for the tables.
func text(b Bill) string {
	var parts []string
	for _, l := range b.Lines {
		parts = append(parts, strings.ReplaceAll(fmt.Sprintf("%s %s %s %d×%d=%d", l.Part, l.Kind, l.Subject, l.Quantity, l.Price, l.Amount), "  ", " "))
	}
	for _, r := range b.Rates {
		parts = append(parts, fmt.Sprintf("%d%% of %d=%d", r.Rate, r.Subtotal, r.Tax))
	}
	return strings.Join(append(parts, fmt.Sprintf("total %d", b.Total)), "; ")
}

func TestOf(t *testing.T) {
	always := fact("2016-04-01", "")
	s3 := plus(terms(always, "B", 0), code(fact("2024-12-12", ""), "1ANACA0A", true, false), code(fact("2024-12-12", ""), "1BNACA0A", false, false))
	deleted := contract.Facts{Codes: []contract.CodeTerm{{Fact: contract.Fact{ValidFrom: d("2025-02-03"), RecordedAt: d("2025-01-20").Start(), BornBy: "a2"}, Code: "1ANAC", Ended: true}}}
	broken := fact("2024-12-01", "")
	broken.RevokedAt = d("2024-11-20").Start()
	dearer := append(list(t)[1:], catalogue.Charge{Key: "base-a", Name: "基本料金（Aプラン）", Amount: 5000, From: d("2017-10-08"), To: d("2025-03-15")},
		catalogue.Charge{Key: "base-a", Name: "基本料金（Aプラン）", Amount: 5500, From: d("2025-03-16")})
	for _, c := range []struct {
		name   string
		facts  contract.Facts
		month  string
		prices []catalogue.Charge
		usage  []Metered
		want   string
	}{
		{"R-CON-5 S3: statistics on one code", s3, "2025-01", nil, nil, "services statistics 1ANAC 1×1000=1000; 10% of 1000=100; total 1100"},
		{"R-CON-5 S3: the month of the start counts whole", s3, "2024-12", nil, nil, "services statistics 1ANAC 1×1000=1000; 10% of 1000=100; total 1100"},
		{"R-CON-5 S3: nothing the month before", s3, "2024-11", nil, nil, "10% of 0=0; total 0"},
		{"S11: a deleted code is charged for the month it was deleted in", plus(s3, deleted), "2025-02", nil, nil, "services statistics 1ANAC 1×1000=1000; 10% of 1000=100; total 1100"},
		{"S11: and not the month after", plus(s3, deleted), "2025-03", nil, nil, "10% of 0=0; total 0"},
		{"S11: a code deleted on the first of a month is not charged for it", plus(s3, contract.Facts{Codes: []contract.CodeTerm{{Fact: contract.Fact{ValidFrom: d("2025-02-01"), RecordedAt: d("2025-01-20").Start()}, Code: "1ANAC", Ended: true}}}),
			"2025-02", nil, nil, "10% of 0=0; total 0"},
		{"R-CON-5 plan A, three terminals", terms(always, "A", 3), "2024-12", nil, nil, "net base 3×5000=15000; 10% of 15000=1500; total 16500"},
		{"R-CON-5 plan B has no base fee", terms(always, "B", 3), "2024-12", nil, nil, "net base 3×0=0; 10% of 0=0; total 0"},
		{"R-CON-5 the general part apart", general(always, "A", 2), "2024-12", nil, nil, "general base 2×5000=10000; 10% of 10000=1000; total 11000"},
		{"R-CON-5 8 % until September 2019", terms(always, "A", 3), "2019-09", nil, nil, "net base 3×5000=15000; 8% of 15000=1200; total 16200"},
		{"R-CON-5 10 % from October 2019", terms(always, "A", 3), "2019-10", nil, nil, "net base 3×5000=15000; 10% of 15000=1500; total 16500"},
		{"R-CON-5 the price of the month's last day", terms(always, "A", 1), "2025-03", dearer, nil, "net base 1×5500=5500; 10% of 5500=550; total 6050"},
		{"R-CON-5 the price before", terms(always, "A", 1), "2025-02", dearer, nil, "net base 1×5000=5000; 10% of 5000=500; total 5500"},
		{"R-CON-5 the highest number of terminals of any day", plus(terms(always, "A", 2), terms(fact("2024-12-10", "2024-12-11"), "A", 5)), "2024-12", nil, nil, "net base 5×5000=25000; 10% of 25000=2500; total 27500"},
		{"R-CON-5 the plan of the last day", plus(terms(always, "A", 2), terms(fact("2024-12-31", ""), "B", 1)), "2024-12", nil, nil, "net base 2×0=0; 10% of 0=0; total 0"},
		{"R-CON-5 the plan of the last day with a contract", terms(fact("2024-04-01", "2024-12-10"), "A", 2), "2024-12", nil, nil, "net base 2×5000=10000; 10% of 10000=1000; total 11000"},
		{"R-CON-5 a service on for one day", plus(code(always, "1ANACA0A", false, false), services(fact("2024-12-05", "2024-12-06"), "1ANAC", true, true)), "2024-12", nil, nil,
			"services statistics 1ANAC 1×1000=1000; services archive 1ANAC 1×1000=1000; 10% of 2000=200; total 2200"},
		{"R-CON-5 the last day of a leap February", plus(code(always, "1ANACA0A", false, false), services(fact("2024-02-29", "2024-03-01"), "1ANAC", true, false)), "2024-02", nil, nil,
			"services statistics 1ANAC 1×1000=1000; 10% of 1000=100; total 1100"},
		{"R-CON-5 nothing of it in March", plus(code(always, "1ANACA0A", false, false), services(fact("2024-02-29", "2024-03-01"), "1ANAC", true, false)), "2024-03", nil, nil, "10% of 0=0; total 0"},
		{"R-CON-2 a revoked fact is not charged", code(broken, "1ANACA0A", true, true), "2024-12", nil, nil, "10% of 0=0; total 0"},
		{"R-CON-5 metered usage on the side of its ID; tax down, once", terms(always, "A", 1), "2024-12", nil, []Metered{{"1ANACA0B", "電文", 3, 33}, {"1ANAC001", "電文", 7, 66}, {"1ANACA0A", "電文", 1, 0}},
			"net base 1×5000=5000; net usage 1ANACA0A 1×0=0; net usage 1ANACA0B 3×0=33; general usage 1ANAC001 7×0=66; 10% of 5099=509; total 5608"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.prices == nil {
				c.prices = list(t)
			}
			bill, err := Of(c.facts, nil, month(t, c.month), c.prices, c.usage, c.usage != nil)
			if got := text(bill); err != nil || got != c.want {
				t.Errorf("%s, %v\n got %s\nwant %s", c.month, err, got, c.want)
			}
		})
	}
}

func TestVoidedFactsAreNotCharged(t *testing.T) {
	voided := func(application string) bool { return application == "a1" }
	bill, err := Of(code(fact("2024-12-10", ""), "1ANACA0A", true, true), voided, month(t, "2024-12"), list(t), nil, false)
	if err != nil || bill.Total != 0 || bill.Owed() {
		t.Errorf("R-SET-1: %s, %v", text(bill), err)
	}
}

func TestNoPrice(t *testing.T) {
	_, err := Of(terms(fact("2016-04-01", ""), "A", 1), nil, month(t, "2017-09"), list(t), nil, false)
	if missing, ok := errors.AsType[*NoPrice](err); !ok || missing.Key != "base-a" || missing.Day != d("2017-09-30") {
		t.Errorf("R-CON-5 before the price list: %v", err)
	}
	if Priced(list(t), month(t, "2014-03")) || !Priced(list(t), month(t, "2014-04")) {
		t.Error("R-CON-5 the rate of tax begins in April 2014")
	}
}

// R-CON-5: each side of the contract and each kind of line is found and added up by itself.
func TestPartsAndKindsOfABill(t *testing.T) {
	t.Parallel()
	facts := plus(general(fact("2016-04-01", ""), "A", 2), code(fact("2016-04-01", ""), "1ANACA0A", true, true), code(fact("2016-04-01", ""), "1BNACA0A", true, false))
	bill, err := Of(facts, nil, month(t, "2024-12"), list(t), []Metered{{"1ANACA0A", "電文", 3, 33}, {"1BNACA0A", "電文", 4, 44}}, true)
	if err != nil {
		t.Fatal(err)
	}
	for part, want := range map[Part]string{
		Net: "usage 1ANACA0A, usage 1BNACA0A", General: "base ", Services: "statistics 1ANAC, statistics 1BNAC, archive 1ANAC",
	} {
		var lines []string
		for _, l := range bill.OfPart(part) {
			lines = append(lines, string(l.Kind)+" "+l.Subject)
		}
		if got := strings.Join(lines, ", "); got != want {
			t.Errorf("R-CON-5 of %s: %s, want %s", part, got, want)
		}
	}
	for kind, want := range map[Kind]int64{BaseFee: 10000, Statistics: 2000, Archive: 1000, Usage: 77} {
		if got := bill.OfKind(kind); got != want {
			t.Errorf("R-CON-5 %s: %d yen, want %d", kind, got, want)
		}
	}
}

// R-CON-5: there is something to bill when either part of a contract stood, or when something was used.
func TestOwed(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name string
		bill Bill
		want bool
	}{
		{"no contract and no line", Bill{Month: month(t, "2024-12"), Rates: []RateTotal{{Rate: 10}}}, false},
		{"netNACCS alone", Bill{Net: Base{Plan: "B"}}, true},
		{"general alone", Bill{General: Base{Plan: "B"}}, true},
		{"usage alone", Bill{Lines: []Line{{Part: Net, Kind: Usage}}}, true},
	} {
		if got := row.bill.Owed(); got != row.want {
			t.Errorf("R-CON-5 %s: %t", row.name, got)
		}
	}
}

// R-CON-5: tax is rounded down once per rate, and the lowest rate stands first.
func TestTaxOncePerRate(t *testing.T) {
	t.Parallel()
	b := &billing{bill: Bill{Lines: []Line{
		{Part: Net, Kind: Usage, Subject: "1ANACA0A", Amount: 19, Rate: 10}, {Part: Net, Kind: Usage, Subject: "1ANACA0B", Amount: 18, Rate: 8},
		{Part: Net, Kind: Usage, Subject: "1ANACA0C", Amount: 19, Rate: 10}, {Part: Net, Kind: Usage, Subject: "1ANACA0D", Amount: 18, Rate: 8},
	}}}
	const want = "net usage 1ANACA0A 0×0=19; net usage 1ANACA0B 0×0=18; net usage 1ANACA0C 0×0=19; net usage 1ANACA0D 0×0=18; 8% of 36=2; 10% of 38=3; total 79"
	if got := text(b.sum()); got != want {
		t.Errorf("R-CON-5\n got %s\nwant %s", got, want)
	}
}

// S11: statistics paid off, one code gone.
func TestChangeOf(t *testing.T) {
	before := contract.Contract{Plan: "A", Terminals: 1, Codes: []contract.Code{{Code: "1ANAC", StatsPaid: true}, {Code: "1BNAC", StatsPaid: true, Archive: true}}}
	after := contract.Contract{Plan: "A", Terminals: 1, Codes: []contract.Code{{Code: "1ANAC"}}}
	change, err := ChangeOf(before, after, d("2025-02-03"), list(t))
	if err != nil || change.Before.Total != 8800 || change.After.Total != 5500 || change.Difference != -3300 {
		t.Errorf("R-CON-5: %d, then %d: %d, %v", change.Before.Total, change.After.Total, change.Difference, err)
	}
}

func TestMonth(t *testing.T) {
	for _, c := range []struct{ month, last, next string }{
		{"2024-02", "2024-02-29", "2024-03"}, {"2025-02", "2025-02-28", "2025-03"}, {"2024-12", "2024-12-31", "2025-01"},
	} {
		m := month(t, c.month)
		if m.Last() != d(c.last) || m.Add(1).String() != c.next || m.Add(1).Add(-1) != m || MonthOf(m.Last()) != m {
			t.Errorf("%s ends on %s, then %s", m, m.Last(), m.Add(1))
		}
	}
	for _, s := range []string{"", "2024", "2024-13", "2024-00", "2024-1", "2024-12-01", "1999-12", "２０２４-12"} {
		if m, err := ParseMonth(s); err == nil {
			t.Errorf("%q is read as %s", s, m)
		}
	}
}

// A month travels in files and addresses as it is written, and none as nothing.
func TestMonthAsText(t *testing.T) {
	t.Parallel()
	type held struct{ Month, None Month }
	got := held{None: month(t, "2020-01")}
	text, err := json.Marshal(held{Month: month(t, "2024-12")})
	if err != nil || string(text) != `{"Month":"2024-12","None":""}` {
		t.Fatalf("%s, %v", text, err)
	}
	if err := json.Unmarshal(text, &got); err != nil || got.Month != month(t, "2024-12") || !got.None.IsZero() {
		t.Errorf("%s reads as %+v, %v", text, got, err)
	}
	if err := json.Unmarshal([]byte(`{"Month":"2024-13"}`), &got); err == nil {
		t.Errorf("2024-13 reads as %+v", got)
	}
	if m := month(t, "2024-12"); m.Japanese() != "2024年12月" || m.English() != "December 2024" || !m.Before(m.Add(1)) || m.Before(m) {
		t.Errorf("%s, %s", m.Japanese(), m.English())
	}
}

// drawn is a random contract of a few facts around December 2024, and a month near it.
func drawn(t *rapid.T) (contract.Facts, Month) {
	var facts contract.Facts
	for i := range rapid.IntRange(0, 8).Draw(t, "facts") {
		from := d("2024-10-20").AddDays(rapid.IntRange(0, 100).Draw(t, "from"))
		f := contract.Fact{ValidFrom: from, RecordedAt: d("2024-10-01").Start().AddDate(0, 0, i)}
		if rapid.Bool().Draw(t, "ends") {
			f.ValidTo = from.AddDays(rapid.IntRange(1, 40).Draw(t, "length"))
		}
		id := rapid.SampledFrom([]userid.ID{"1ANACA0A", "1ANACA0B", "1BNACA0A"}).Draw(t, "id")
		switch rapid.IntRange(0, 2).Draw(t, "kind") {
		case 0:
			facts = plus(facts, terms(f, rapid.SampledFrom([]string{"A", "B"}).Draw(t, "plan"), rapid.IntRange(0, 5).Draw(t, "terminals")))
		case 1:
			facts = plus(facts, contract.Facts{Codes: []contract.CodeTerm{{Fact: f, Code: id.Code(), Ended: true}}})
		default:
			facts = plus(facts, code(f, id, rapid.Bool().Draw(t, "paid"), rapid.Bool().Draw(t, "archive")))
		}
	}
	return facts, MonthOf(d("2024-10-01")).Add(rapid.IntRange(0, 5).Draw(t, "month"))
}

// The lines add up; asking every day of the month gives the same as asking only those on which something
// turns; and a service more never makes the bill lower.
func TestBillProperties(t *testing.T) {
	prices := list(t)
	rapid.Check(t, func(t *rapid.T) {
		facts, m := drawn(t)
		usage := []Metered{{"1ANACA0A", "電文", 1, rapid.Int64Range(0, 1_000_000).Draw(t, "usage")}}
		bill, err := Of(facts, nil, m, prices, usage, true)
		if err != nil {
			t.Fatal(err)
		}
		var sum int64
		for _, l := range bill.Lines {
			if sum += l.Amount; l.Kind != Usage && l.Quantity*l.Price != l.Amount {
				t.Fatalf("R-CON-5 %d × %d is not %d", l.Quantity, l.Price, l.Amount)
			}
		}
		if sum != bill.Subtotal || bill.Subtotal+bill.Tax != bill.Total || bill.Tax != sum*10/100 {
			t.Fatalf("R-CON-5 the lines are %d, the bill is %s", sum, text(bill))
		}
		every := standing{statistics: map[userid.Code]bool{}, archive: map[userid.Code]bool{}}
		for day := m.First(); !day.After(m.Last()); day = day.AddDays(1) {
			every.see(contract.AsOf(facts, day, nil))
		}
		if daily, err := every.bill(m, m.Last(), prices, usage, true); err != nil || text(daily) != text(bill) {
			t.Fatalf("R-CON-5 day by day %s, %v\nby the days that turn %s", text(daily), err, text(bill))
		}
		more := plus(facts, code(contract.Fact{ValidFrom: m.First(), RecordedAt: d("2024-09-01").Start()}, "1CNACA0A", true, true))
		if dearer, err := Of(more, nil, m, prices, usage, true); err != nil || dearer.Total != bill.Total+2200 {
			t.Fatalf("R-CON-5 a code with both services more: %d, then %d, %v", bill.Total, dearer.Total, err)
		}
	})
}

func TestThousands(t *testing.T) {
	for n, want := range map[int64]string{0: "0", 999: "999", 1000: "1,000", 1234567: "1,234,567", -100: "-100", -123456: "-123,456"} {
		if got := Thousands(n); got != want {
			t.Errorf("%d is written %s, not %s", n, got, want)
		}
	}
}
