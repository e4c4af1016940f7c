package mail

import (
	"testing"
	"time"
)

// R-MAIL-4: the waits are those that the comment promises.
func TestRetry(t *testing.T) {
	t.Parallel()
	var total time.Duration
	attempt := 1
	for ; ; attempt++ {
		wait, giveUp := Retry(attempt)
		if giveUp {
			break
		}
		if last, _ := Retry(attempt - 1); attempt > 1 && wait < last {
			t.Errorf("the wait after attempt %d is shorter than the one before", attempt)
		}
		total += wait
	}
	if attempt != 26 || total != 72*time.Hour+15*time.Minute {
		t.Errorf("given up at attempt %d after %v", attempt, total)
	}
	for attempt, want := range map[int]time.Duration{
		0: time.Minute, 1: time.Minute, 2: 2 * time.Minute, 8: 128 * time.Minute, 9: 4 * time.Hour, 25: 4 * time.Hour,
	} {
		if wait, giveUp := Retry(attempt); wait != want || giveUp {
			t.Errorf("Retry(%d) = %v, %v; want %v", attempt, wait, giveUp, want)
		}
	}
	if _, giveUp := Retry(1000); !giveUp {
		t.Error("never gives up")
	}
}
