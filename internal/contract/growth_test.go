package contract

import (
	"fmt"
	"testing"
	"time"

	"uketsuke/internal/userid"
)

// many are the facts of codes that were each issued with two IDs and then changed so often.
func many(codes, changes int) Facts {
	var facts Facts
	for n := range codes {
		code := userid.Code(fmt.Sprintf("%05d", n))
		f := fact("2015-04-01", "")
		facts.Codes = append(facts.Codes, CodeTerm{Fact: f, Code: code, Category: "common"})
		for _, number := range []string{"A0A", "A0B"} {
			facts.IDs = append(facts.IDs, IDTerm{Fact: f, ID: userid.ID(string(code) + number), Trades: []string{"a"}, Method: "netnaccs"})
		}
		for i := range changes + 1 {
			f.ValidFrom = d("2015-04-01").AddDays(30*i + n%7)
			facts.Services = append(facts.Services, CodeService{f, code, i%2 == 0, true, false})
		}
	}
	return facts
}

// Trap 16: opening the contract reads every fact anew, so its time must grow with the facts and not with their
// square. The fastest of several runs counts, because others use the machine too.
func TestTimeGrowsWithFacts(t *testing.T) {
	took := func(codes int) time.Duration {
		facts := many(codes, 24)
		var best time.Duration
		for range 7 {
			begun := time.Now()
			if c := AsOf(facts, d("2025-01-01"), nil); len(c.Codes) != codes {
				t.Fatalf("%d codes, want %d", len(c.Codes), codes)
			}
			if spent := time.Since(begun); best == 0 || spent < best {
				best = spent
			}
		}
		return best
	}
	few, many := took(40), took(1600)
	t.Logf("AsOf of 40 codes with 25 services each: %v, of 1600: %v", few, many)
	if many > 8*40*few {
		t.Errorf("trap 16: forty times the facts take %d times as long", many/few)
	}
}

func BenchmarkAsOf(b *testing.B) {
	for _, codes := range []int{10, 100, 1000} {
		facts := many(codes, 24)
		b.Run(fmt.Sprintf("%d codes with 25 services each", codes), func(b *testing.B) {
			for b.Loop() {
				AsOf(facts, d("2025-01-01"), nil)
			}
		})
	}
}
