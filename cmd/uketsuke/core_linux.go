package main

import (
	"errors"
	"fmt"

	"golang.org/x/sys/unix"
)

// keepToItself lets nobody have the memory of this process, where secrets pass through: no core is written when it dies, and no
// other process of its account may look into it or attach a debugger.
func keepToItself() error {
	_, err := unix.PrctlRetInt(unix.PR_SET_DUMPABLE, 0, 0, 0, 0)
	if err = errors.Join(err, unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{})); err != nil {
		return fmt.Errorf("turning core dumps off: %w", err)
	}
	return nil
}
