package pgtest

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"uketsuke/internal/trial"
)

// port only names the socket's file: no server listens on the network.
const port = "5432"

// A durability is the set of server flags that decide what a commit survives.
type durability []string

var (
	fast    = durability{"-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off", "-c", "autovacuum=off"}
	durable = durability{"-c", "fsync=on", "-c", "synchronous_commit=on", "-c", "full_page_writes=on"}
)

// keeper starts the server ("$@"), says nothing more, and waits for the end of its input. It is the
// server's parent, so that its wait is certain even where nobody reaps orphans. INT is PostgreSQL's
// fast shutdown: clients are cut off, which plain TERM would wait for. A directory on a disk of its own is
// emptied; whoever mounted it removes it.
const keeper = `dir=$1; shift; "$@" & server=$!; exec 2>/dev/null; read -r _; kill -INT $server; wait $server; rm -rf "$dir" || [ -z "$(ls -A "$dir")" ]`

// A process is a server's keeper and the directory that it will remove.
type process struct {
	dir   string // holds data and the socket; short, since a socket's path has 107 bytes at most
	lease io.Closer
	cmd   *exec.Cmd
}

// startProcess starts a server in a new directory; with disk, that puts the server's own disk there first.
func startProcess(d durability, disk func(dir string) error) (process, error) {
	bin, err := programs()
	if err != nil {
		return process{}, err
	}
	owner, err := serverUser()
	if err != nil {
		return process{}, err
	}
	dir, err := newDirectory(folderOf(d), owner, disk)
	if err != nil {
		return process{}, err
	}
	p, err := launch(bin, dir, owner, d)
	if err != nil {
		return process{}, errors.Join(err, os.RemoveAll(dir))
	}
	return p, nil
}

func launch(bin, dir string, owner *syscall.Credential, d durability) (process, error) {
	data := filepath.Join(dir, "data")
	initdb := command(owner, dir, filepath.Join(bin, "initdb"),
		"--no-sync", "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8", "-D", data)
	if out, err := initdb.CombinedOutput(); err != nil {
		return process{}, fmt.Errorf("create a throw-away postgresql cluster: %w\n%s", err, out)
	}
	return serve(bin, dir, owner, d)
}

// serve starts a server on a cluster that is there, and waits until it takes connections.
func serve(bin, dir string, owner *syscall.Credential, d durability) (process, error) {
	data := filepath.Join(dir, "data")
	args := []string{"-c", keeper, "keeper", dir, filepath.Join(bin, "postgres"),
		"-D", data, "-k", dir, "-p", port, "-c", "listen_addresses=", "-c", "max_connections=200"}
	cmd := command(owner, dir, "/bin/sh", append(args, d...)...)
	lease, err := cmd.StdinPipe()
	if err != nil {
		return process{}, fmt.Errorf("open the keeper's pipe: %w", err)
	}
	log, err := cmd.StderrPipe()
	if err != nil {
		return process{}, fmt.Errorf("open the server's log: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return process{}, fmt.Errorf("start postgresql: %w", err)
	}
	p := process{dir: dir, lease: lease, cmd: cmd}
	if err := ready(log); err != nil {
		return process{}, errors.Join(err, p.stop())
	}
	return p, nil
}

// stop ends the keeper's input and waits until server and directory are gone.
func (p process) stop() error {
	if err := p.lease.Close(); err != nil {
		return fmt.Errorf("let go of postgresql: %w", err)
	}
	if err := p.cmd.Wait(); err != nil {
		return fmt.Errorf("stop postgresql: %w", err)
	}
	return nil
}

// ready reads the log until the server takes connections, then leaves the rest to a goroutine: a log
// that nobody reads would block the server.
func ready(log io.Reader) error {
	var seen strings.Builder
	lines := bufio.NewScanner(log)
	for lines.Scan() {
		// "… connections", or of a standby "… read-only connections".
		if strings.Contains(lines.Text(), "database system is ready to accept") {
			go io.Copy(io.Discard, log) // ends with the server
			return nil
		}
		fmt.Fprintln(&seen, lines.Text())
	}
	return fmt.Errorf("start postgresql: it ended before it was ready\n%s", seen.String())
}

// command runs a program as owner (nil: as we are), in a process group of its own so that a key
// pressed at the terminal does not reach it, and with nothing of our environment but the path:
// variables such as PGDATA must not decide anything.
func command(owner *syscall.Credential, dir, name string, args ...string) *exec.Cmd {
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C", "TZ=UTC"}
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: owner, Setpgid: true}
	return cmd
}

// folderOf is where a cluster's directory is made: in memory where there is room, but at the thorough sizes on the disk if it
// syncs. A process that is killed leaves to the system what it has written, in memory as on a disk; a disk adds only its own time
// for each sync, which is 2 ms on one machine and 50 on the next. It is never below TMPDIR: the path must be short, and passable
// for the server's user.
func folderOf(d durability) string {
	inMemory := slices.Equal(d, fast) || !trial.Thorough()
	if root := trial.Root(); inMemory && root != os.TempDir() {
		return root
	}
	return "/tmp"
}

// newDirectory makes the cluster's directory in a folder.
func newDirectory(folder string, owner *syscall.Credential, disk func(dir string) error) (string, error) {
	dir, err := os.MkdirTemp(folder, "pgtest")
	if err != nil {
		return "", fmt.Errorf("make a directory for postgresql: %w", err)
	}
	if disk != nil {
		if err := disk(dir); err != nil {
			return "", errors.Join(fmt.Errorf("give postgresql a disk of its own: %w", err), os.Remove(dir))
		}
	}
	if owner == nil {
		return dir, nil
	}
	if err := os.Chown(dir, int(owner.Uid), int(owner.Gid)); err != nil {
		return "", errors.Join(fmt.Errorf("give %s to the server's user: %w", dir, err), os.Remove(dir))
	}
	return dir, nil
}

// serverUser is whom the server must run as: PostgreSQL refuses root, so root lends it the identity
// of postgres or nobody. Anybody else runs it as themselves (nil).
func serverUser() (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, errU := strconv.ParseUint(u.Uid, 10, 32)
		gid, errG := strconv.ParseUint(u.Gid, 10, 32)
		if err := errors.Join(errU, errG); err != nil {
			return nil, fmt.Errorf("read the ids of user %s: %w", name, err)
		}
		return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
	}
	return nil, errors.New("postgresql does not run as root, and there is no user postgres or nobody to run it as")
}

// programs is the directory of initdb and postgres: that of the PATH, else Debian's newest version.
func programs() (string, error) {
	installed, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil {
		return "", fmt.Errorf("look for postgresql: %w", err)
	}
	slices.SortFunc(installed, func(a, b string) int { return major(b) - major(a) })
	if onPath, err := exec.LookPath("initdb"); err == nil {
		installed = slices.Insert(installed, 0, onPath)
	}
	for _, initdb := range installed {
		dir := filepath.Dir(initdb)
		if _, err := exec.LookPath(filepath.Join(dir, "postgres")); err == nil {
			return dir, nil
		}
	}
	return "", errors.New("postgresql is not installed: neither in the PATH nor under /usr/lib/postgresql are initdb and postgres; on Debian: apt-get install postgresql")
}

// major is the 15 of /usr/lib/postgresql/15/bin/initdb.
func major(initdb string) int {
	n, err := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(initdb))))
	if err != nil {
		return 0
	}
	return n
}
