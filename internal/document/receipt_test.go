package document

import (
	"strings"
	"testing"
	"time"

	"uketsuke/internal/calendar"
)

func sampleReceipt() Receipt {
	return Receipt{
		Centre: "見本ネットワーク運営センター", Service: "NSS", Receipt: "2400001B", Registrant: "見本 花子",
		RegisteredAt: time.Date(2024, 11, 29, 1, 2, 3, 0, time.UTC), Applicant: sampleForm().Applicant,
		Items: []string{"利用者コード（追加）", "識別番号（追加）"}, Desired: calendar.MustDate("2024-12-10"), Digest: strings.Repeat("0123456789abcdef", 4),
		Genuine: genuine("2400001B"),
	}
}

func TestFilingReceipt(t *testing.T) {
	p := printer(t)
	wareki := sampleReceipt()
	wareki.Wareki, wareki.Desired = true, calendar.Date{}
	for name, r := range map[string]Receipt{"receipt": sampleReceipt(), "receipt-wareki": wareki} {
		t.Run(name, func(t *testing.T) {
			content, err := p.FilingReceipt(r)
			path := pdf(t, content, err)
			sound(t, path)
			golden(t, name, plain(t, path))
			inside(t, layOutReceipt(newFace(&p.measure), r))
		})
	}
	empty, err := p.FilingReceipt(Receipt{})
	sound(t, pdf(t, empty, err))
}
