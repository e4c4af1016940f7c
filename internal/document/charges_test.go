package document

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"uketsuke/internal/calendar"
	"uketsuke/internal/charge"
)

// sampleBill is a month of plan A with three terminals, one code with both services, and some usage.
func sampleBill(t testing.TB) charge.Bill {
	t.Helper()
	month, err := charge.ParseMonth("2024-12")
	if err != nil {
		t.Fatal(err)
	}
	return charge.Bill{
		Month: month, Net: charge.Base{Plan: "A", Terminals: 3}, General: charge.Base{Plan: "B"}, Metered: true,
		Lines: []charge.Line{
			{Part: charge.Net, Kind: charge.BaseFee, Name: "基本料金（Aプラン）", Quantity: 3, Price: 5000, Amount: 15000, Rate: 10},
			{Part: charge.Net, Kind: charge.Usage, Name: "電文処理（輸出入申告）", Subject: "1ANACA0A", Quantity: 12345, Amount: 98765, Rate: 10},
			{Part: charge.Services, Kind: charge.Statistics, Name: "管理統計資料（有料分）", Subject: "1ANAC", Quantity: 1, Price: 1000, Amount: 1000, Rate: 10},
			{Part: charge.Services, Kind: charge.Archive, Name: "保税管理資料保存サービス", Subject: "1ANAC", Quantity: 1, Price: 1000, Amount: 1000, Rate: 10},
		},
		Rates: []charge.RateTotal{{Rate: 10, Subtotal: 115765, Tax: 11576}}, Subtotal: 115765, Tax: 11576, Total: 127341,
	}
}

func sampleInvoice(t testing.TB) Charges {
	return Charges{
		Number: "202412-00001-2", Replaces: "202412-00001-1", Date: calendar.NewDate(2025, 1, 8), Service: "見本ネットワーク サポートシステム",
		Sender:       SenderParty{Address: "東京都千代田区霞が関九丁目９番９号", Name: "見本ネットワーク運営センター"},
		Registration: "T1234567890123", Recipient: Party{PostalCode: "105-0011", Address: applicant.Address, Company: applicant.Company, Establishment: applicant.Establishment},
		From: calendar.NewDate(2024, 12, 1), To: calendar.NewDate(2024, 12, 31), Bill: sampleBill(t), Digest: digest,
	}
}

func sampleEstimate(t testing.TB) Charges {
	c := sampleInvoice(t)
	c.Estimate, c.Number, c.Replaces, c.Registration, c.Digest = true, "", "", "", ""
	c.Bill.Lines = c.Bill.Lines[:1]
	c.Bill.Rates = []charge.RateTotal{{Rate: 10, Subtotal: 15000, Tax: 1500}}
	c.Bill.Subtotal, c.Bill.Tax, c.Bill.Total, c.Bill.Metered = 15000, 1500, 16500, false
	return c
}

func TestChargesText(t *testing.T) {
	p := printer(t)
	for name, c := range map[string]Charges{"invoice": sampleInvoice(t), "estimate": sampleEstimate(t)} {
		t.Run(name, func(t *testing.T) {
			content, err := p.Charges(c)
			path := pdf(t, content, err)
			sound(t, path)
			golden(t, name, plain(t, path))
			if again, err := p.Charges(c); err != nil || !bytes.Equal(content, again) {
				t.Errorf("R-APP-16: other bytes, or %v", err)
			}
		})
	}
}

// What an invoice must say by the law of consumption tax stands on it; an estimate says that it is none.
func TestChargesSayWhatTheyAre(t *testing.T) {
	said := func(c Charges) string {
		var words []string
		for _, page := range layOutCharges(newFace(&printer(t).measure), c).pages {
			for _, mark := range page.texts {
				words = append(words, mark.s)
			}
		}
		return strings.Join(words, " ")
	}
	invoice := said(sampleInvoice(t))
	for _, want := range []string{"適格請求書", "登録番号 T1234567890123", "見本ネットワーク運営センター", "見本商事株式会社", "2024年12月1日(日)～2024年12月31日(火)",
		"基本料金（Aプラン）", "10%対象 115,765 11,576 127,341", "202412-00001-2", "請求書 202412-00001-1 に代わる", digest, "2025年1月8日"} {
		if !strings.Contains(invoice, want) {
			t.Errorf("R-CON-5 the invoice does not say %q:\n%s", want, invoice)
		}
	}
	estimate := said(sampleEstimate(t))
	for _, want := range []string{"基本料金等の見込額", "この書面は請求書ではありません", "16,500"} {
		if !strings.Contains(estimate, want) {
			t.Errorf("R-CON-5 the estimate does not say %q:\n%s", want, estimate)
		}
	}
	if strings.Contains(estimate, "適格請求書") || strings.Contains(estimate, "登録番号") {
		t.Errorf("R-CON-5 the estimate looks like an invoice:\n%s", estimate)
	}
	unregistered := sampleInvoice(t)
	unregistered.Registration = ""
	if text := said(unregistered); strings.Contains(text, "適格") || !strings.Contains(text, "請求書") {
		t.Errorf("R-CON-5 without a number it is a plain invoice:\n%s", text)
	}
}

// A long bill flows over pages; no line of it is lost, and nothing leaves the page.
func TestChargesOverflow(t *testing.T) {
	c := sampleInvoice(t)
	for i := range 300 {
		c.Bill.Lines = append(c.Bill.Lines, charge.Line{Part: charge.General, Kind: charge.Usage, Name: strings.Repeat("長い項目", 15),
			Subject: fmt.Sprintf("1BNAC%03d", i), Quantity: 1_000_000_000, Amount: 1_000_000_000, Rate: 10})
	}
	content, err := printer(t).Charges(c)
	path := pdf(t, content, err)
	sound(t, path)
	if n := strings.Count(run(t, "poppler-utils", "pdftotext", "-raw", path, "-"), "1BNAC"); n != 300 {
		t.Errorf("%d of 300 lines are there", n)
	}
	inside(t, layOutCharges(newFace(&printer(t).measure), c))
}
