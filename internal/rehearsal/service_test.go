package rehearsal

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"uketsuke/internal/account"
	"uketsuke/internal/application"
	"uketsuke/internal/calendar"
	"uketsuke/internal/desk"
	"uketsuke/internal/mail/mailtest"
	"uketsuke/internal/store"
	"uketsuke/internal/store/storetest"
	"uketsuke/internal/trial"
)

// built is the real binary, built once for all tests of this run.
var built = sync.OnceValues(func() (string, error) {
	binary := filepath.Join(os.Getenv(folderVariable), "uketsuke")
	out, err := exec.Command("go", "build", "-o", binary, "uketsuke/cmd/uketsuke").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("building the binary: %w\n%s", err, out)
	}
	return binary, nil
})

// folderVariable names the folder of the binary, which goes with the test run.
const folderVariable = "REHEARSAL_FOLDER"

func withFolder(run func() int) int {
	dir, err := os.MkdirTemp("", "rehearsal")
	if err == nil {
		err = os.Setenv(folderVariable, dir)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	return run()
}

func TestMain(m *testing.M) {
	if text := os.Getenv(victimVariable); text != "" {
		if err := die(text); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	if text := os.Getenv(allotmentVariable); text != "" {
		if err := work(text); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(withFolder(m.Run))
}

// A house is the real process with a database, a key ring and a mail server that outlive it.
type house struct {
	t       *testing.T
	binary  string
	dsn     string
	keys    string
	address string // HOST:PORT, the same for every process
	mails   *mailtest.Server
	db      *store.DB // the test's own eyes

	// environment is what the process is told besides the test's own; ring are the arguments that say where its keys are, if not
	// in their folder.
	environment, ring []string
	// cage is the file by which the process goes into a cgroup, "" for none.
	cage string
	// certificate is that of its own TLS; nil: it stands behind a proxy.
	certificate *certificate

	process *exec.Cmd
	log     *journal
	read    chan struct{} // closed when the process's log has ended

	signing sync.Mutex // one sign-in with a code at a time

	mu     sync.Mutex
	up     chan struct{} // closed while a process serves
	flight map[string]int
}

// A journal is what a process has said so far; it may still be saying more.
type journal struct {
	mu   sync.Mutex
	said bytes.Buffer
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.said.Write(p)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.said.String()
}

// password is everybody's.
const password = "a quiet harbour at noon"

// newHouse furnishes a database for as many applications and starts the first process.
func newHouse(t *testing.T, dsn string, applications int) *house {
	t.Helper()
	return newHouseWith(t, dsn, applications, mailtest.Start(t, mailtest.Options{}))
}

// newHouseWith is newHouse with a mail server of its own kind.
func newHouseWith(t *testing.T, dsn string, applications int, mails *mailtest.Server) *house {
	t.Helper()
	return newHouseKeeping(t, dsn, applications, mails, filepath.Join(trial.Durable(t), "keys"))
}

// newHouseKeeping is newHouseWith with its keys, and the ledger beside them, in a folder of its own, or the ledger alone and the
// keys in a ring.
func newHouseKeeping(t *testing.T, dsn string, applications int, mails *mailtest.Server, keys string, ring ...string) *house {
	t.Helper()
	h := emptyHouse(t, dsn, mails, keys)
	h.ring = ring
	setup, err := json.Marshal(furniture(applications))
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(trial.Durable(t), "setup.json")
	if err := os.WriteFile(file, setup, 0o600); err != nil {
		t.Fatal(err)
	}
	h.tool("seed", "--really", "--file", file)
	h.start()
	return h
}

// emptyHouse is a house on what a test has filled itself, without a process.
func emptyHouse(t *testing.T, dsn string, mails *mailtest.Server, keys string) *house {
	t.Helper()
	binary, err := built()
	if err != nil {
		t.Fatal(err)
	}
	h := &house{t: t, binary: binary, dsn: dsn, keys: keys, address: freeAddress(t),
		mails: mails, up: make(chan struct{}), flight: map[string]int{}, db: storetest.Open(t, dsn)}
	t.Cleanup(func() {
		if h.process != nil && h.process.ProcessState == nil {
			h.kill()
		}
	})
	return h
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// furniture is one company with codes enough for everything, and one person of each role.
func furniture(applications int) desk.Setup {
	var codes []desk.NewCode
	for n := range reissues(applications) {
		codes = append(codes, desk.NewCode{Code: imported(n), Category: application.CategoryCommon,
			IDs: []desk.NewID{{Number: "A0A", Trades: []string{"customs-broker"}, Method: "netnaccs"}}})
	}
	var abbreviations []string
	for n := range applications/30 + 2 {
		abbreviations = append(abbreviations, fmt.Sprintf("K%02d", n))
	}
	for n := range len(codes)/24 + 1 {
		abbreviations = append(abbreviations, fmt.Sprintf("R%02d", n))
	}
	person := func(login, establishment string, role account.Role) desk.NewPerson {
		return desk.NewPerson{ID: login, Login: login, Establishment: establishment, Role: role, Name: login, NameKana: "ミホン",
			Phone: "03-1234-5678", Email: login + "@mihon.example", Password: password, TOTP: appOf(role)}
	}
	return desk.Setup{
		Companies: []desk.NewCompany{{ID: "mihon", Name: "見本商事株式会社", NameKana: "ミホンショウジ", Abbreviations: abbreviations}},
		Establishments: []desk.NewEstablishment{{ID: "tokyo", Company: "mihon", Region: "1", Name: "東京事業所", NameKana: "トウキョウ",
			PostalCode: "105-0013", Address: "東京都港区浜松町1-1-1", Phone: "03-1234-5678", SignatoryPosition: "代表取締役",
			SignatoryName: "見本 一郎", Plan: "A", Terminals: 1, Since: calendar.MustDate("2020-04-01"), Codes: codes}},
		People: []desk.NewPerson{person("applicant", "tokyo", account.Applicant), person("administrator", "tokyo", account.Administrator),
			person("examiner", "", account.Examiner), person("supervisor", "", account.Supervisor)},
	}
}

// tool runs another command of the binary on the same data and returns what it prints.
func (h *house) tool(args ...string) string {
	h.t.Helper()
	out, err := exec.Command(h.binary, slices.Concat(args, []string{"--database", h.dsn, "--keys", h.keys}, h.ring)...).CombinedOutput()
	if err != nil {
		h.t.Errorf("uketsuke %v: %v\n%s", args, err, out)
	}
	return string(out)
}

// command is the process to be, with every setting it needs.
func (h *house) command() *exec.Cmd {
	door := []string{"--behind-proxy"}
	if h.certificate != nil {
		door = []string{"--tls-cert", h.certificate.file, "--tls-key", h.certificate.keyFile}
	}
	command := exec.Command(h.binary, "serve", "--listen", h.address, "--database", h.dsn, "--keys", h.keys,
		"--centre", "見本センター", "--centre-address", "東京都", "--help-desk-phone", "0120-000-000", "--help-desk-hours", "平日",
		"--login-url", "https://desk.example/login", "--mail-from", "nss@centre.example", "--rules-version", "1",
		"--rules-url", "https://desk.example/rules", "--smtp-host", h.mails.Host, "--smtp-port", strconv.Itoa(h.mails.Port), "--smtp-mode", "plain",
		"--audit-every", "1s")
	command.Args = slices.Concat(command.Args, door, h.ring)
	if h.cage != "" { // a shell steps in and becomes the process
		args := command.Args
		command = exec.Command("/bin/sh", append([]string{"-c", `echo $$ >"$0" && exec "$@"`, h.cage}, args...)...)
	}
	command.Env = append(os.Environ(), h.environment...)
	return command
}

// unborn starts a process and kills it after a moment, ready or not.
func (h *house) unborn(life time.Duration) {
	h.t.Helper()
	process := h.command()
	if err := process.Start(); err != nil {
		h.t.Fatal(err)
	}
	<-time.After(life)
	if err := process.Process.Kill(); err != nil {
		h.t.Error(err)
	}
	_ = process.Wait() // "signal: killed" is what was meant
}

// start starts a process and waits until it says that it is ready.
func (h *house) start() {
	h.t.Helper()
	h.process = h.command()
	out, err := h.process.StderrPipe()
	if err != nil {
		h.t.Fatal(err)
	}
	if err := h.process.Start(); err != nil {
		h.t.Fatal(err)
	}
	h.log, h.read = &journal{}, make(chan struct{})
	lines := bufio.NewReader(out)
	for {
		line, err := lines.ReadBytes('\n')
		_, _ = h.log.Write(line)
		if bytes.Contains(line, []byte(`"msg":"ready"`)) {
			break
		}
		if err != nil {
			h.t.Fatalf("the process never was ready: %v\n%s", err, h.log)
		}
	}
	go func(log *journal, read chan struct{}) { defer close(read); _, _ = io.Copy(log, lines) }(h.log, h.read)
	h.mu.Lock()
	close(h.up)
	h.mu.Unlock()
}

// kill is kill -9. It returns what was in flight at that moment.
func (h *house) kill() (flight []string) {
	h.t.Helper()
	h.mu.Lock()
	for name, n := range h.flight {
		if n > 0 {
			flight = append(flight, name)
		}
	}
	if err := h.process.Process.Kill(); err != nil {
		h.t.Error(err)
	}
	h.up = make(chan struct{})
	h.mu.Unlock()
	h.ended()
	return flight
}

func (h *house) ended() {
	<-h.read
	_ = h.process.Wait() // "signal: killed" is what was meant
}

// stop ends the process as an operator does: what is on its way is noted first.
func (h *house) stop() {
	h.t.Helper()
	if err := h.process.Process.Signal(syscall.SIGTERM); err != nil {
		h.t.Error(err)
	}
	h.mu.Lock()
	h.up = make(chan struct{})
	h.mu.Unlock()
	h.ended()
	if !h.process.ProcessState.Success() {
		h.t.Errorf("the process ended with %v\n%s", h.process.ProcessState, h.log)
	}
}

// await waits until a process serves.
func (h *house) await() {
	h.mu.Lock()
	up := h.up
	h.mu.Unlock()
	select {
	case <-up:
	case <-time.After(time.Minute):
		panic("no process came up within a minute")
	}
}
