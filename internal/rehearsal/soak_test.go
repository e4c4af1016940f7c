package rehearsal

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"mime/multipart"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"uketsuke/internal/store/storetest"
	"uketsuke/internal/trial"
)

// The soak: what a small machine gives, and what is left when the hostile have gone.
const (
	soakMemory = 256 << 20
	// soakGo is what serve makes of it in a cgroup of that size. Where no cgroup can be made it is said to the
	// process, and the resident memory is measured instead.
	soakGo = "198MiB"
	// soakGrowth is by how much the last third's most may be above the first's.
	soakGrowth = 24 << 20
	// goroutinesMost are those of an idle process, with room for a tick of its clock.
	goroutinesMost = 80
	filesMore      = 12
)

// Issue of bounds: with all kinds of hostile requests at once, in 256 MB, the process lives, everything that people do is done
// and kept, the memory is flat, and descriptors and goroutines are back to what they were. SOAK_SECONDS is how long.
func TestSoak(t *testing.T) {
	seconds := trial.Size(t, "SOAK_SECONDS", 20, 30*60)
	dsn := filepath.Join(t.TempDir(), "uketsuke.db")
	if err := storetest.Migrate(dsn); err != nil {
		t.Fatal(err)
	}
	h := newHouse(t, dsn, seconds)
	h.stop()
	h.environment = []string{"GOTRACEBACK=all"}
	if h.caged(soakMemory) {
		t.Log("in a cgroup of 256 MB")
	} else {
		t.Log("no cgroup can be made here: GOMEMLIMIT is what serve makes of one of 256 MB, and the resident memory is measured")
		h.environment = append(h.environment, "GOMEMLIMIT="+soakGo)
	}
	h.start()
	people := h.settle(10)
	h.busy(people)
	registrar := h.browser()
	registrar.from = "198.51.100.9"
	began := time.Now()
	if err := registrar.signIn("applicant"); err != nil {
		t.Fatal(err)
	}
	// Five seconds, or on a machine that has much else to do as many times what a sign-in takes before the hostile come.
	patience := max(5*time.Second, 20*time.Since(began))
	idle := h.descriptors()
	t.Logf("idle: %d MB, %d descriptors", h.resident()>>20, idle)
	end := time.Now().Add(time.Duration(seconds) * time.Second)
	var hostile sync.WaitGroup
	acts := &acting{patience: patience}
	for _, mob := range h.mobs() {
		for range mob.members {
			hostile.Go(func() {
				for time.Now().Before(end) || !acts.enough() {
					mob.act()
					time.Sleep(mob.pause)
				}
			})
		}
	}
	h.honest(acts, registrar, people, end)
	thirds := h.watch(end)
	acts.wait()
	hostile.Wait()
	t.Logf("resident at most %d, %d and %d MB in the thirds; %s", thirds[0]>>20, thirds[1]>>20, thirds[2]>>20, acts)
	if most := max(thirds[0], thirds[1], thirds[2]); most > soakMemory {
		t.Errorf("%d MB resident, of %d", most>>20, soakMemory>>20)
	}
	if thirds[2] > thirds[0]+soakGrowth {
		t.Errorf("the memory grows: %d MB in the first third, %d in the last", thirds[0]>>20, thirds[2]>>20)
	}
	acts.judge(t)
	h.calm(idle)
	h.says(h.tool("check"), `^no difference\n$`)
	h.goroutines()
}

// caged makes a cgroup of so many bytes of memory, without swap, for the processes to come; false where that is not
// allowed. What needs more is killed by the kernel.
func (h *house) caged(bytes int64) bool {
	limit := strconv.FormatInt(bytes, 10)
	for parent, files := range map[string][]string{
		"/sys/fs/cgroup/memory": {"memory.limit_in_bytes"},         // version 1
		"/sys/fs/cgroup":        {"memory.max", "memory.swap.max"}, // version 2
	} {
		dir := filepath.Join(parent, "uketsuke-"+filepath.Base(h.keys)+strconv.Itoa(os.Getpid()))
		if os.Mkdir(dir, 0o755) != nil {
			continue
		}
		set := true
		for i, file := range files {
			value := limit
			if i > 0 {
				value = "0"
			}
			// A file that is not there already is none of the kernel's.
			f, err := os.OpenFile(filepath.Join(dir, file), os.O_WRONLY, 0)
			if err == nil {
				_, err = f.WriteString(value)
				err = errors.Join(err, f.Close())
			}
			set = set && err == nil
		}
		if !set {
			_ = os.Remove(dir)
			continue
		}
		h.cage = filepath.Join(dir, "cgroup.procs")
		h.t.Cleanup(func() {
			if h.process.ProcessState == nil {
				h.kill()
			}
			if err := os.Remove(dir); err != nil {
				h.t.Error(err)
			}
		})
		return true
	}
	return false
}

// busy does once what people do, so that what is made once is there.
func (h *house) busy(people []string) {
	h.t.Helper()
	for _, login := range people {
		h.signedIn(login).client.CloseIdleConnections()
	}
}

// watch measures the resident memory until the end, and says the most of each third.
func (h *house) watch(end time.Time) (thirds [3]int64) {
	began := time.Now()
	for now := began; now.Before(end); now = time.Now() {
		third := min(2, int(3*now.Sub(began)/end.Sub(began)))
		thirds[third] = max(thirds[third], h.resident())
		time.Sleep(50 * time.Millisecond)
	}
	return thirds
}

// resident is the process's memory in bytes.
func (h *house) resident() int64 {
	h.t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", h.process.Process.Pid))
	if err != nil {
		h.t.Fatalf("the process has ended: %v\n%s", err, h.log)
	}
	for line := range strings.Lines(string(text)) {
		if rest, is := strings.CutPrefix(line, "VmRSS:"); is {
			kilobytes, err := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(rest), "kB")), 10, 64)
			if err != nil {
				h.t.Fatal(err)
			}
			return kilobytes << 10
		}
	}
	h.t.Fatalf("the process has ended\n%s", h.log)
	return 0
}

// descriptors are the open files of the process but for those of the database: its readers are eight at most, and how many of
// them had been needed before the crowd came says nothing.
func (h *house) descriptors() int {
	h.t.Helper()
	open, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", h.process.Process.Pid))
	if err != nil {
		h.t.Fatal(err)
	}
	n := 0
	for _, file := range open {
		to, err := os.Readlink(fmt.Sprintf("/proc/%d/fd/%s", h.process.Process.Pid, file.Name()))
		if err == nil && !strings.HasPrefix(to, h.dsn) {
			n++
		}
	}
	return n
}

// calm waits until the descriptors are as before.
func (h *house) calm(idle int) {
	h.t.Helper()
	for began := time.Now(); h.descriptors() > idle+filesMore; time.Sleep(100 * time.Millisecond) {
		if time.Since(began) > 15*time.Second {
			h.t.Errorf("%d descriptors are open, %d were before", h.descriptors(), idle)
			return
		}
	}
}

// goroutines ends the process with a word from each of its goroutines.
func (h *house) goroutines() {
	h.t.Helper()
	h.mu.Lock()
	h.up = make(chan struct{})
	h.mu.Unlock()
	if err := h.process.Process.Signal(syscall.SIGQUIT); err != nil {
		h.t.Fatal(err)
	}
	h.ended()
	n := strings.Count(h.log.String(), "\ngoroutine ")
	h.t.Logf("%d goroutines were left", n)
	if n == 0 || n > goroutinesMost {
		h.t.Errorf("%d goroutines are left", n)
	}
}

// An acting is what honest people have done.
type acting struct {
	all            sync.WaitGroup
	done, in, late atomic.Int64
	patience       time.Duration // after which a sign-in is late
	mu             sync.Mutex
	failed         []string
}

func (a *acting) wait() { a.all.Wait() }

func (a *acting) String() string {
	return fmt.Sprintf("%d pages and registrations, %d sign-ins of new browsers, %d of them late", a.done.Load(), a.in.Load(), a.late.Load())
}

func (a *acting) fail(format string, args ...any) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.failed = append(a.failed, fmt.Sprintf(format, args...))
}

// leastDone is how often each kind of act is done at least, however slow the machine is meanwhile: as long as that takes, the
// hostile requests go on.
const leastDone = 5

// enough says whether that is so, or an act has failed.
func (a *acting) enough() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.failed) > 0 || a.done.Load() >= leastDone && a.in.Load() >= leastDone
}

// judge wants every act done, and 95 of 100 sign-ins in time.
func (a *acting) judge(t *testing.T) {
	t.Helper()
	for _, said := range a.failed {
		t.Error(said)
	}
	if a.late.Load() > max(1, a.in.Load()/20) {
		t.Errorf("%d of %d sign-ins took more than %s", a.late.Load(), a.in.Load(), a.patience)
	}
}

// honest lets people register applications, look at pages and sign in until the end.
func (h *house) honest(a *acting, b *browser, people []string, end time.Time) {
	work := &registration{h: h}
	a.all.Go(func() {
		for i := 0; time.Now().Before(end) || i < leastDone; i++ {
			if err := work.Prepare(b, 1); err != nil {
				a.fail("draft %d: %v", i, err)
				return
			}
			if err := work.Press(b, i); err != nil {
				a.fail("registration %d: %v", i, err)
				return
			}
			if _, err := work.Look(b, i); err != nil {
				a.fail("registration %d is not to be seen: %v", i, err)
				return
			}
			a.done.Add(1)
			time.Sleep(time.Second) // as people do, who read
		}
		for i := range work.ids {
			if _, err := work.Look(b, i); err != nil {
				a.fail("registration %d is lost: %v", i, err)
			}
		}
	})
	a.all.Go(func() {
		for i := 0; time.Now().Before(end) || i < leastDone; i++ {
			b := h.browser()
			b.from = fmt.Sprintf("198.51.%d.20", i%250)
			began := time.Now()
			if err := b.signIn(people[i%len(people)]); err != nil {
				a.late.Add(1)
			} else if time.Since(began) > a.patience {
				a.late.Add(1)
			}
			b.client.CloseIdleConnections()
			a.in.Add(1)
			time.Sleep(300 * time.Millisecond)
		}
	})
}

// A mob does one hostile thing again and again.
type mob struct {
	members int
	pause   time.Duration
	act     func()
}

func (h *house) mobs() []mob {
	var n atomic.Int64
	client := &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 100, IdleConnTimeout: time.Second}}
	supervisor := h.signedIn("supervisor")
	commas := h.upload(bytes.Repeat([]byte{','}, trial.Size(h.t, "SOAK_COMMAS", 16<<20, 60<<20)))
	return []mob{
		{100, 0, func() { h.raw(5*time.Second, "POST /login", "Content-Length: 1000000", strings.Repeat("a", 200_000)) }},
		{100, 0, func() { h.raw(5*time.Second, "POST /login", "Content-Length: 16000", strings.Repeat("a", 15_000)) }},
		{50, 0, func() {
			h.raw(5*time.Second, "POST /applications/x/start", "Content-Length: 1000000", strings.Repeat("a", 200_000))
		}},
		{20, 0, func() {
			h.raw(3*time.Second, "POST /api/v1/logon-check", "Content-Length: 4000\r\nContent-Type: application/json", "{")
		}},
		{50, 0, func() { h.slowly(5 * time.Second) }},
		{10, 100 * time.Millisecond, func() { h.raw(time.Second, "GET /", "X-Long: "+strings.Repeat("x", 1<<20), "") }},
		{100, 0, func() { h.raw(5*time.Second, "", "", "") }},
		{30, 0, func() {
			i := n.Add(1)
			h.guess(client, fmt.Sprintf("guess-%d", i), fmt.Sprintf("10.9.%d.3", i%60))
		}},
		{10, 50 * time.Millisecond, func() { h.junk(client) }},
		{5, 100 * time.Millisecond, func() {
			h.raw(time.Second, "POST /login", "Content-Length: 5\r\nTransfer-Encoding: chunked", "0\r\n\r\n")
		}},
		{5, 100 * time.Millisecond, func() {
			h.raw(time.Second, "POST /login", "Content-Length: 24\r\nContent-Encoding: gzip", "\x1f\x8b\x08\x00aaaaaaaaaaaaaaaaaaaa")
		}},
		{10, 20 * time.Millisecond, func() { h.raw(time.Millisecond, "GET /login", "", "") }},
		{1, 2 * time.Second, func() { h.send(supervisor, commas) }},
	}
}

// raw begins a request, sends what there is of it, waits for as long as it is given and hangs up.
func (h *house) raw(wait time.Duration, request, head, body string) {
	conn, err := net.DialTimeout("tcp", h.address, time.Second)
	if err != nil {
		time.Sleep(100 * time.Millisecond)
		return
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(wait))
	if request != "" {
		n := time.Now().UnixNano()
		fmt.Fprintf(conn, "%s HTTP/1.1\r\nHost: desk\r\nX-Forwarded-For: 10.%d.%d.1\r\nContent-Type: application/x-www-form-urlencoded\r\n%s\r\n\r\n%s",
			request, n/250%250, n%250, head, body)
	}
	_, _ = bufio.NewReader(conn).ReadByte()
	if wait > time.Millisecond {
		_, _ = conn.Read(make([]byte, 1<<14))
	}
}

// slowly sends a head, a byte at a time.
func (h *house) slowly(wait time.Duration) {
	conn, err := net.DialTimeout("tcp", h.address, time.Second)
	if err != nil {
		time.Sleep(100 * time.Millisecond)
		return
	}
	defer conn.Close()
	for end := time.Now().Add(wait); time.Now().Before(end); time.Sleep(200 * time.Millisecond) {
		if _, err := conn.Write([]byte("G")); err != nil {
			return
		}
	}
}

// junk asks the machines' door.
func (h *house) junk(client *http.Client) {
	for _, body := range []string{strings.Repeat("[", 4000), `{"user_id":` + strings.Repeat(`{"a":`, 700), strings.Repeat("x", 1<<20), "\x00\xff"} {
		r, err := http.NewRequest(http.MethodPost, "http://"+h.address+"/api/v1/logon-check", strings.NewReader(body))
		if err != nil {
			panic(err) // address and method are sound
		}
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Authorization", "Bearer nobody")
		if answer, err := client.Do(r); err == nil {
			_ = answer.Body.Close()
		}
	}
}

// A sending is a form with a file.
type sending struct {
	kind string
	body []byte
}

func (h *house) upload(file []byte) sending {
	h.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("file", "usage.csv")
	if err == nil {
		_, err = part.Write(file)
	}
	if err == nil {
		err = form.WriteField("month", "2020-01")
	}
	if err == nil {
		err = form.Close()
	}
	if err != nil {
		h.t.Fatal(err)
	}
	return sending{form.FormDataContentType(), body.Bytes()}
}

// send uploads a file of metered usage; what comes of it is the page's matter.
func (h *house) send(b *browser, s sending) {
	r, err := http.NewRequest(http.MethodPost, "http://"+h.address+"/desk/usage/preview", bytes.NewReader(s.body))
	if err != nil {
		panic(err) // address and method are sound
	}
	r.Header.Set("Content-Type", s.kind)
	for name, value := range b.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	if answer, err := b.client.Do(r); err == nil {
		_ = answer.Body.Close()
	}
}
