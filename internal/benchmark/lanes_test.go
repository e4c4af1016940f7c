package benchmark

import (
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// A lane is work that several clients repeat. run does it once; i counts from 0 over all clients and rounds.
type lane struct {
	name    string
	clients int
	run     func(client, i int) error
	done    int
}

// A timing is what a lane took: one rate per round, and the time of every single run.
type timing struct {
	rates []float64 // per second
	took  []time.Duration
}

// race lets lanes take turns for some rounds of each runs, and returns their timings in the same order.
func race(t testing.TB, rounds, each int, lanes ...*lane) []timing {
	t.Helper()
	timings := make([]timing, len(lanes))
	for range rounds {
		for i, l := range lanes {
			took, wall, err := l.round(each)
			if err != nil {
				t.Fatalf("%s: %v", l.name, err)
			}
			timings[i].rates = append(timings[i].rates, float64(each)/wall.Seconds())
			timings[i].took = append(timings[i].took, took...)
		}
	}
	return timings
}

// round runs a lane each times, all clients at once.
func (l *lane) round(each int) (took []time.Duration, wall time.Duration, err error) {
	took = make([]time.Duration, each)
	var next atomic.Int64
	var failed atomic.Pointer[error]
	var clients sync.WaitGroup
	began := time.Now()
	for client := range l.clients {
		clients.Go(func() {
			for failed.Load() == nil {
				i := int(next.Add(1)) - 1
				if i >= each {
					return
				}
				start := time.Now()
				if err := l.run(client, l.done+i); err != nil {
					failed.Store(&err)
				}
				took[i] = time.Since(start)
			}
		})
	}
	clients.Wait()
	wall = time.Since(began)
	l.done += each
	if err := failed.Load(); err != nil {
		return nil, 0, *err
	}
	return took, wall, nil
}

// rate is the median of the rounds, per second.
func (t timing) rate() float64 { return median(t.rates) }

// quantile is the time within which a share of all runs ended.
func (t timing) quantile(share float64) time.Duration {
	sorted := slices.Sorted(slices.Values(t.took))
	return sorted[min(len(sorted)-1, int(share*float64(len(sorted))))]
}

func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[len(sorted)/2]
}

// ratio is the median over the rounds of what one lane did for each run of another in the same round.
func ratio(of, by timing) float64 {
	ratios := make([]float64, len(of.rates))
	for i := range ratios {
		ratios[i] = of.rates[i] / by.rates[i]
	}
	return median(ratios)
}

func milliseconds(d time.Duration) string {
	return fmt.Sprintf("%.1f ms", float64(d)/float64(time.Millisecond))
}

func perSecond(rate float64) string { return fmt.Sprintf("%.0f/s", rate) }
