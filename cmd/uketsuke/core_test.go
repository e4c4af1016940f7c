//go:build linux

package main

import (
	"io"
	"testing"

	"golang.org/x/sys/unix"
)

// Every command keeps its memory to itself before it does anything (R-SEC-6).
func TestMemoryIsKept(t *testing.T) {
	t.Parallel()
	if got := run([]string{"version"}, io.Discard, io.Discard); got != 0 {
		t.Fatalf("exit status %d", got)
	}
	dumpable, err := unix.PrctlRetInt(unix.PR_GET_DUMPABLE, 0, 0, 0, 0)
	if err != nil || dumpable != 0 {
		t.Errorf("others may look into the memory: %d, %v", dumpable, err)
	}
	var core unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_CORE, &core); err != nil || core != (unix.Rlimit{}) {
		t.Errorf("a core is written: %+v, %v", core, err)
	}
}
