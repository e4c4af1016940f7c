package charge

import (
	"fmt"

	"uketsuke/internal/calendar"
	"uketsuke/internal/catalogue"
)

// The keys of charges.csv that a month is charged by; base-a and base-b are those of the plans.
const (
	keyStatistics = "stats-paid"
	keyArchive    = "bonded-archive"
	keyTax        = "tax"
)

func keyBase(plan string) string {
	if plan == "A" {
		return "base-a"
	}
	return "base-b"
}

// A NoPrice error says that the catalogue has no price or rate for a day.
type NoPrice struct {
	Key string
	Day calendar.Date
}

func (n *NoPrice) Error() string {
	return fmt.Sprintf("charges.csv has no %s for %s", n.Key, n.Day)
}

// Priced says whether the catalogue has a rate of tax for the last day of a month: before the price list
// begins nothing can be charged.
func Priced(prices []catalogue.Charge, month Month) bool {
	_, err := priceOn(prices, keyTax, month.Last())
	return err == nil
}

// priceOn is the price or rate that counts on a day; the catalogue's rows of one key do not overlap.
func priceOn(prices []catalogue.Charge, key string, day calendar.Date) (catalogue.Charge, error) {
	for _, p := range prices {
		if p.Key == key && !day.Before(p.From) && (p.To.IsZero() || !day.After(p.To)) {
			return p, nil
		}
	}
	return catalogue.Charge{}, &NoPrice{key, day}
}
