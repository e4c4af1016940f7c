package mail

import "time"

const (
	firstWait    = time.Minute
	longestWait  = 4 * time.Hour
	lastAttempt  = 26
	doublingEnds = 9 // the attempt from which on the wait is the longest
)

// Retry says how long to wait after an attempt that the server put off, and whether to give up instead;
// the first attempt is 1 (R-MAIL-4).
//
// The waits are 1, 2, 4, 8, 16, 32, 64 and 128 minutes, then 4 hours each: long enough not to press a
// server that greylists, short enough to be there soon after a repair. The 26th attempt, 72 h 15 min
// after the first, is the last: then people are told on the application's page, and a weekend's outage
// has been outlived.
func Retry(attempt int) (wait time.Duration, giveUp bool) {
	switch {
	case attempt >= lastAttempt:
		return 0, true
	case attempt >= doublingEnds:
		return longestWait, false
	}
	return firstWait << max(attempt-1, 0), false
}
