// Package trial answers two questions for tests: where do they keep what they throw away, and how much do they try?
//
// A folder in memory takes every sync at once. On a disk, the syncs of a few hundred databases and key rings are
// most of the time of a test run, and the disk's mood decides how long it takes. What a power failure must leave is
// therefore tested elsewhere, on the disk.
//
// A harness that tries many things (random histories, kills, every address) has two sizes: the quick one still finds the
// faults it was made for and runs with every check; the thorough one looks for what nobody has thought of, and is a part
// of `make thorough`.
package trial

import (
	"os"
	"strconv"
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

// Durable is a folder for what must outlive killed processes: in memory at the quick sizes, which keeps what a process has written
// as a disk does, and on the disk at the thorough ones.
func Durable(t testing.TB) string {
	t.Helper()
	if Thorough() {
		return t.TempDir()
	}
	return Dir(t)
}

// thorough is the environment's variable that asks for the thorough size of everything.
const thorough = "UKETSUKE_THOROUGH"

// Thorough says whether the thorough sizes are asked for.
func Thorough() bool { return os.Getenv(thorough) != "" }

// Size is the number that the environment's variable name gives, or else the thorough or the quick one.
func Size(t testing.TB, name string, quick, most int) int {
	t.Helper()
	text := os.Getenv(name)
	switch {
	case text == "" && Thorough():
		return most
	case text == "":
		return quick
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return n
}
