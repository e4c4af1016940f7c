//go:build !linux

package clock

import "time"

func uptime() (time.Duration, bool) { return 0, false }

// Synchronised is always silent here: only Linux is asked.
func Synchronised() bool { return false }
