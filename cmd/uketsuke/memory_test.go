package main

import (
	"bytes"
	"log/slog"
	"runtime/debug"
	"strings"
	"testing"
	"testing/fstest"
)

// The limit of the cgroup is found in both versions, from within a container too, and the smallest above counts.
func TestCgroupLimit(t *testing.T) {
	t.Parallel()
	file := func(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text + "\n")} }
	for name, c := range map[string]struct {
		files   fstest.MapFS
		want    int64
		bounded bool
	}{
		"version 2":               {fstest.MapFS{"proc/self/cgroup": file("0::/system.slice/desk.service"), "sys/fs/cgroup/system.slice/desk.service/memory.max": file("268435456"), "sys/fs/cgroup/system.slice/memory.max": file("max")}, 256 << 20, true},
		"the slice has less":      {fstest.MapFS{"proc/self/cgroup": file("0::/a.slice/b"), "sys/fs/cgroup/a.slice/b/memory.max": file("max"), "sys/fs/cgroup/a.slice/memory.max": file("1073741824")}, 1 << 30, true},
		"version 2, in a pod":     {fstest.MapFS{"proc/self/cgroup": file("0::/"), "sys/fs/cgroup/memory.max": file("536870912")}, 512 << 20, true},
		"version 1":               {fstest.MapFS{"proc/self/cgroup": file("5:cpu,cpuacct:/x\n4:memory:/docker/abc"), "sys/fs/cgroup/memory/docker/abc/memory.limit_in_bytes": file("268435456")}, 256 << 20, true},
		"version 1, in a pod":     {fstest.MapFS{"proc/self/cgroup": file("4:memory:/docker/abc\n0::/"), "sys/fs/cgroup/memory/memory.limit_in_bytes": file("268435456")}, 256 << 20, true},
		"version 1, nothing said": {fstest.MapFS{"proc/self/cgroup": file("4:memory:/"), "sys/fs/cgroup/memory/memory.limit_in_bytes": file("9223372036854771712")}, 9223372036854771712, false},
		"nothing said":            {fstest.MapFS{"proc/self/cgroup": file("0::/"), "sys/fs/cgroup/memory.max": file("max")}, 0, false},
		"no cgroups":              {fstest.MapFS{}, 0, false},
	} {
		got, bounded := cgroupLimit(c.files)
		if bounded != c.bounded || bounded && got != c.want {
			t.Errorf("%s: %d, %v", name, got, bounded)
		}
	}
	if got := goShare(memoryLeast); got >= memoryLeast || got < 160<<20 {
		t.Errorf("of 256 MB Go gets %d MB", got>>20)
	}
	if got := goShare(64 << 20); got != 32<<20 {
		t.Errorf("of 64 MB Go gets %d MB", got>>20)
	}
}

// serve takes the limit from the cgroup, unless the operator has said one, and warns of a small one with what to do.
func TestServeFitsItsMemory(t *testing.T) { // the limit is the process's own
	before := debug.SetMemoryLimit(-1)
	defer debug.SetMemoryLimit(before)
	small := fstest.MapFS{"proc/self/cgroup": {Data: []byte("0::/\n")}, "sys/fs/cgroup/memory.max": {Data: []byte("134217728\n")}}
	for said, want := range map[string]int64{"": goShare(128 << 20), "1GiB": before} {
		debug.SetMemoryLimit(before)
		t.Setenv("GOMEMLIMIT", said)
		var log bytes.Buffer
		fit(t.Context(), slog.New(slog.NewTextHandler(&log, nil)), small)
		if got := debug.SetMemoryLimit(-1); got != want {
			t.Errorf("with GOMEMLIMIT=%q: %d, want %d", said, got, want)
		}
		if !strings.Contains(log.String(), `level=WARN msg="memory is small"`) || !strings.Contains(log.String(), "remedy=") {
			t.Errorf("with GOMEMLIMIT=%q: %s", said, &log)
		}
	}
}
