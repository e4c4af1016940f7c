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
// square. The fastest of several runs counts, and runs are added while it looks too long, because others use the
// machine too: what grows with the square stays too long however often it is tried.
func TestTimeGrowsWithFacts(t *testing.T) {
	const few, times = 80, 16
	took := func(facts Facts) time.Duration {
		begun := time.Now()
		if c := AsOf(facts, d("2025-01-01"), nil); len(c.Codes) != len(facts.Codes) {
			t.Fatalf("%d codes, want %d", len(c.Codes), len(facts.Codes))
		}
		return time.Since(begun)
	}
	small, large := many(few, 24), many(times*few, 24)
	begun, short, long := time.Now(), took(small), took(large)
	for tries := 1; tries < 5 || long > 6*times*short && time.Since(begun) < 10*time.Second; tries++ {
		short, long = min(short, took(small)), min(long, took(large))
	}
	t.Logf("AsOf of %d codes with 25 services each: %v, of %d: %v", few, short, times*few, long)
	if long > 6*times*short {
		t.Errorf("trap 16: %d times the facts take %d times as long", times, long/short)
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
