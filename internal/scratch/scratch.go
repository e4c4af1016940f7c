// Package scratch answers one question for tests: where do they keep what they throw away, when that it survives
// a power failure is not what they test?
//
// A folder in memory takes every sync at once. On a disk, the syncs of a few hundred databases and key rings are
// most of the time of a test run, and the disk's mood decides how long it takes.
package scratch

import (
	"os"
	"sync"
	"testing"

	"golang.org/x/sys/unix"
)

// memory is where Linux has a file system in memory.
const memory = "/dev/shm"

// roomLeast is how many bytes must be free there: containers often give it 64 MB, which one database server fills.
const roomLeast = 1 << 30

// Root is the folder in memory, or the system's folder for temporary files where there is none with room.
var Root = sync.OnceValue(func() string {
	var s unix.Statfs_t
	if err := unix.Statfs(memory, &s); err != nil || s.Type != unix.TMPFS_MAGIC || s.Bavail*uint64(s.Bsize) < roomLeast {
		return os.TempDir()
	}
	if err := unix.Access(memory, unix.W_OK); err != nil {
		return os.TempDir()
	}
	return memory
})

// Dir makes a folder below Root that goes with the test.
func Dir(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp(Root(), "uketsuke-test-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	return dir
}
