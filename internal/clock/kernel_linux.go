package clock

import (
	"time"

	"golang.org/x/sys/unix"
)

func uptime() (time.Duration, bool) {
	var at unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_BOOTTIME, &at); err != nil {
		return 0, false
	}
	return time.Duration(at.Nano()), true
}

// Synchronised says whether the kernel knows its time to be kept by NTP or PTP (adjtimex(2)). Setting the clock by
// hand takes this word back until a server has been heard again. False is silence: many good clocks have no such word.
func Synchronised() bool {
	var timex unix.Timex
	state, err := unix.Adjtimex(&timex)
	return err == nil && state != unix.TIME_ERROR && timex.Status&unix.STA_UNSYNC == 0
}
