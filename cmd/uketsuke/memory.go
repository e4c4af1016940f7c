package main

import (
	"context"
	"io/fs"
	"log/slog"
	"math"
	"os"
	"path"
	"runtime/debug"
	"strconv"
	"strings"
	"syscall"
)

const (
	// memoryLeast is what a service needs, by the soak test (docs/operations.md).
	memoryLeast = 256 << 20
	// sqliteShare is what SQLite has beside Go's heap: nine connections with two megabytes of pages each, and what they sort.
	sqliteShare = 32 << 20
	// filesLeast are as many connections as a gate has at least, and what the database and the mails need.
	filesLeast = 1024
	// seatsMost is how many connections are open at once where descriptors allow it.
	seatsMost = 2048
)

// seats is how many connections may be open: half of the descriptors, since the databases, mails and files need some too.
func seats() int {
	return max(64, min(seatsMost, int(min(files()/2, math.MaxInt32))))
}

// files is how many descriptors the process may have; Go has raised that to the hard limit.
func files() uint64 {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		return filesLeast // as a system gives where it says nothing
	}
	return limit.Cur
}

// fit makes Go's collector work to the memory that the cgroup gives, unless the operator has said GOMEMLIMIT, and warns of what
// is small. Our own lines instead of a package for it: two kinds of files are read, once.
func fit(ctx context.Context, log *slog.Logger, root fs.FS) {
	given, bounded := cgroupLimit(root)
	if bounded && os.Getenv("GOMEMLIMIT") == "" {
		limit := goShare(given)
		debug.SetMemoryLimit(limit)
		log.InfoContext(ctx, "memory", "cgroup", given, "go", limit)
	}
	if bounded && given < memoryLeast {
		log.WarnContext(ctx, "memory is small", "bytes", given, "needed", memoryLeast, "remedy", "give the service's cgroup 256 MB or more (docs/operations.md, sizing)")
	}
	if n := files(); n < filesLeast {
		log.WarnContext(ctx, "file descriptors are few", "most", n, "needed", filesLeast, "connections", seats(), "remedy", "LimitNOFILE=65536 in the unit, or ulimit -n")
	}
}

// goShare is what Go's heap may have of a process's memory: nine tenths without SQLite's share, half at least.
func goShare(given int64) int64 { return max(given/2, given/10*9-sqliteShare) }

// cgroupLimit is the smallest limit of the process's cgroup and those above it, of version 2 and of version 1, as the files
// below root say. false: nothing is bounded.
func cgroupLimit(root fs.FS) (least int64, bounded bool) {
	text, err := fs.ReadFile(root, "proc/self/cgroup")
	if err != nil {
		return 0, false
	}
	least = math.MaxInt64
	for line := range strings.Lines(string(text)) {
		parts := strings.SplitN(strings.TrimSpace(line), ":", 3)
		switch {
		case len(parts) != 3:
		case parts[0] == "0" && parts[1] == "":
			least = min(least, limitAbove(root, "sys/fs/cgroup", parts[2], "memory.max"))
		case strings.Contains(","+parts[1]+",", ",memory,"):
			least = min(least, limitAbove(root, "sys/fs/cgroup/memory", parts[2], "memory.limit_in_bytes"))
		}
	}
	return least, least < unbounded
}

// unbounded is from where on a limit is none: version 1 writes the largest number of whole pages.
const unbounded = 1 << 60

// limitAbove is the smallest limit from a cgroup up to its mount. In a container the path is often not there; its mount is.
func limitAbove(root fs.FS, mount, cgroup, file string) int64 {
	least := int64(math.MaxInt64)
	for at := path.Clean("/" + cgroup); ; at = path.Dir(at) {
		if text, err := fs.ReadFile(root, path.Join(mount, at, file)); err == nil {
			if n, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64); err == nil {
				least = min(least, n)
			}
		}
		if at == "/" {
			return least
		}
	}
}
