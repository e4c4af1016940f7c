package benchmark

import (
	"bufio"
	"bytes"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"uketsuke/internal/sample"
)

var binary = flag.String("binary", "", "the product, built as it is shipped")

// TestProcess measures the real binary: its size, its start, its memory.
func TestProcess(t *testing.T) {
	if *binary == "" {
		t.Skip("no -binary to measure")
	}
	h := onSQLite(t)
	h.live(sized(establishmentsS, 10))
	var starts []float64
	for range sized(7, 1) - 1 {
		p := h.start()
		starts = append(starts, p.first.Seconds())
		p.stop()
	}
	p := h.start()
	starts = append(starts, p.first.Seconds())
	idle := p.resident()
	loaded := p.load()
	p.stop()
	info, err := os.Stat(*binary)
	h.must(err)
	first := time.Duration(median(starts) * float64(time.Second))
	measured.add(t, figure{number: "P9", what: "start of the process to the first page, set S", got: milliseconds(first), reach: "≤ 300 ms", verdict: reached(first <= 300*time.Millisecond)})
	measured.add(t, figure{number: "P9", what: "binary", got: fmt.Sprintf("%.1f MB", float64(info.Size())/1e6), reach: "≤ 45 MB", verdict: reached(info.Size() <= 45e6)})
	measured.add(t, figure{number: "P8", what: "resident memory idle, set S", got: fmt.Sprintf("%.0f MB", idle), reach: "≤ 80 MB", verdict: reached(idle <= 80)})
	measured.add(t, figure{number: "P8", what: "resident memory while 8 clients read pages, set S", got: fmt.Sprintf("%.0f MB", loaded), reach: "≤ 256 MB", verdict: reached(loaded <= 256)})
}

// A process is the running product.
type process struct {
	t       testing.TB
	cmd     *exec.Cmd
	address string
	first   time.Duration // from its start to the end of the first page
	logged  chan struct{}
}

func (h *house) start() *process {
	h.T.Helper()
	free, err := net.Listen("tcp", "127.0.0.1:0")
	h.must(err)
	p := &process{t: h.T, address: free.Addr().String(), logged: make(chan struct{})}
	h.must(free.Close())
	p.cmd = exec.Command(*binary, "serve", "--listen", p.address, "--behind-proxy", "--database", h.dsn, "--keys", h.RingDir,
		"--centre", "見本センター", "--centre-address", "東京都", "--help-desk-phone", "0120-000-000", "--help-desk-hours", "平日",
		"--login-url", "https://desk.example/login", "--mail-from", "nss@centre.example", "--rules-version", "1",
		"--rules-url", "https://desk.example/rules", "--smtp-host", "127.0.0.1", "--smtp-port", "9", "--smtp-mode", "plain")
	out, err := p.cmd.StderrPipe()
	h.must(err)
	began := time.Now()
	h.must(p.cmd.Start())
	lines := bufio.NewReader(out)
	for {
		line, err := lines.ReadBytes('\n')
		if bytes.Contains(line, []byte(`"msg":"ready"`)) {
			break
		}
		if err != nil {
			h.T.Fatalf("the process never was ready: %s: %v", line, err)
		}
	}
	go func() { defer close(p.logged); _, _ = io.Copy(io.Discard, lines) }()
	p.get(http.DefaultClient, "/login", "")
	p.first = time.Since(began)
	return p
}

// get reads a page with a session's cookie, which a jar would not send without TLS.
func (p *process) get(client *http.Client, path, cookie string) {
	r, err := http.NewRequestWithContext(p.t.Context(), http.MethodGet, "http://"+p.address+path, nil)
	if err != nil {
		p.t.Error(err)
		return
	}
	r.Header.Set("Cookie", cookie)
	answer, err := client.Do(r)
	if err != nil {
		p.t.Error(err)
		return
	}
	defer answer.Body.Close()
	if _, err := io.Copy(io.Discard, answer.Body); err != nil || answer.StatusCode != http.StatusOK {
		p.t.Errorf("%s: %s: %v", path, answer.Status, err)
	}
}

// load lets 8 clients read pages and returns the resident memory afterwards.
func (p *process) load() float64 {
	p.t.Helper()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 8},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	defer client.CloseIdleConnections()
	answer, err := client.PostForm("http://"+p.address+"/login", url.Values{"login": {fmt.Sprintf("applicant-%05d", visitor)}, "password": {sample.Password}, "to": {"/"}})
	if err != nil {
		p.t.Fatal(err)
	}
	defer answer.Body.Close()
	cookie := ""
	for _, c := range answer.Cookies() {
		cookie += c.Name + "=" + c.Value + "; "
	}
	paths := []string{"/", "/contract", "/applications"}
	reading := &lane{name: "reading", clients: 8, run: func(_, i int) error {
		p.get(client, paths[i%len(paths)], cookie)
		return nil
	}}
	race(p.t, 1, sized(3000, 30), reading)
	return p.resident()
}

// resident is the memory that the process holds, in MB.
func (p *process) resident() float64 {
	p.t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		p.t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(text), "VmRSS:")
	kilobytes, err := strconv.ParseFloat(strings.Fields(rest)[0], 64)
	if err != nil {
		p.t.Fatal(err)
	}
	return kilobytes / 1000
}

func (p *process) stop() {
	p.t.Helper()
	if err := p.cmd.Process.Signal(os.Interrupt); err != nil {
		p.t.Error(err)
	}
	<-p.logged
	_ = p.cmd.Wait()
}
