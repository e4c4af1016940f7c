package rehearsal

import (
	"bytes"
	"crypto/aes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha512"
	"crypto/x509"
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"testing"
	"time"
	"unsafe"

	"uketsuke/internal/forget/forgettest"
	"uketsuke/internal/keyring"
	"uketsuke/internal/keyring/softhsm"
	"uketsuke/internal/mail/mailtest"
	"uketsuke/internal/secret"
	"uketsuke/internal/store/storetest"
	"uketsuke/internal/trial"
)

// A trace is what would give a secret away, by what it is called.
type traces map[string][]byte

// ofKey adds a key of AES-256 in every form that opens what it sealed: its halves, which also stand in the key schedules of
// both directions, round keys of the middle, from which the whole follows, and text.
func (s traces) ofKey(name string, key []byte) {
	block, err := aes.NewCipher(key)
	if err != nil {
		panic(err) // a ring's key has 32 bytes
	}
	v := reflect.ValueOf(block)
	schedule := bytes.Clone(unsafe.Slice((*byte)(v.UnsafePointer()), v.Elem().Type().Size()))
	at := bytes.Index(schedule, key)
	if at < 0 {
		panic("the key does not begin its schedule")
	}
	s[name+", first half"], s[name+", second half"] = key[:16], key[16:]
	s[name+", round key"] = schedule[at+7*16 : at+8*16]
	s[name+", hex"] = []byte(hex.EncodeToString(key))
	s[name+", base64"] = []byte(base64.StdEncoding.EncodeToString(key)[:40])
}

// ofMAC adds a key of HMACs: as it is, and as the two pads hold it.
func (s traces) ofMAC(name string, key []byte) {
	pad := func(with byte) []byte {
		padded := bytes.Clone(key[:16])
		for i := range padded {
			padded[i] ^= with
		}
		return padded
	}
	s[name], s[name+", inner pad"], s[name+", outer pad"] = key[:16], pad(0x36), pad(0x5c)
}

// ofSeed adds a seed of Ed25519, and what is derived from it.
func (s traces) ofSeed(name string, seed []byte) {
	h := sha512.Sum512(seed)
	s[name], s[name+", scalar"], s[name+", prefix"] = seed[:16], h[4:20], h[32:48]
}

// ofPassword adds a password, and what is read aloud.
func (s traces) ofPassword(name, clear string) {
	s[name], s[name+", spelt"] = []byte(clear), []byte(secret.Spell(clear))
}

// in counts the copies of each in the process's own memory.
func (s traces) in(t *testing.T, pid int) map[string]int {
	t.Helper()
	masked := map[string]forgettest.Masked{}
	for name, trace := range s {
		masked[name] = forgettest.Mask(trace, 0)
	}
	found, searched, err := forgettest.Count(pid, masked)
	if errors.Is(err, fs.ErrPermission) {
		t.Skipf("only root may look into the memory of the process: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d MB searched for %d traces", searched>>20, len(s))
	return found
}

var collection = regexp.MustCompile(`gc (\d+) @`)

// collected is how many collections the process has told of.
func (h *house) collected() int {
	all := collection.FindAllStringSubmatch(h.log.String(), -1)
	if len(all) == 0 {
		return 0
	}
	n, _ := strconv.Atoi(all[len(all)-1][1])
	return n
}

// collect opens pages until the process has collected its garbage twice.
func (h *house) collect() {
	h.t.Helper()
	b := h.browser()
	for wanted := h.collected() + 2; h.collected() < wanted; {
		if _, err := b.get("look", "/login"); err != nil {
			h.t.Fatal(err)
		}
	}
}

// gone wants no copy of any: at once, since nothing here waits for a collection, and after two. What a signal has saved of the
// registers at the wrong moment is told, and has to go when others follow.
func (h *house) gone(when string, s traces) {
	h.t.Helper()
	<-time.After(settled)
	look := func(moment string, tell func(string, ...any)) (left int) {
		found := s.in(h.t, h.process.Process.Pid)
		for _, name := range slices.Sorted(maps.Keys(found)) {
			tell("R-SEC-6: %s, %s: %d copies of %s in the memory of the process", when, moment, found[name], name)
		}
		return len(found)
	}
	if left := look("at once", h.t.Logf); left > registers {
		h.t.Errorf("R-SEC-6: %s: copies of %d traces at once", when, left)
	}
	for range forgettest.Tries {
		h.collect()
		if look("after collections", h.t.Logf) == 0 {
			return
		}
	}
	look("at last", h.t.Errorf)
}

// registers is how many traces a signal may have saved. What is not overwritten at all leaves more: a page has four passwords, a key
// several forms.
const registers = 2

// settled is how long what has answered may still be putting its things away.
const settled = 200 * time.Millisecond

var shown = regexp.MustCompile(`secret-text">([A-Z2-9]{8})<`)

// readPasswords shows the passwords of an application.
func (b *browser) readPasswords(id string) ([]string, error) {
	path := "/applications/" + id + "/ids"
	a, err := b.get("open", path)
	if err != nil {
		return nil, err
	}
	form := a.form(path)
	if form == nil {
		return nil, fmt.Errorf("%s offers nothing to read: %d", path, a.status)
	}
	form.Set("password", password)
	a, err = b.post("read", path, form)
	if err != nil {
		return nil, err
	}
	var clear []string
	for _, found := range shown.FindAllStringSubmatch(a.body, -1) {
		clear = append(clear, found[1])
	}
	if a.status != http.StatusOK || len(clear) != 4 {
		return nil, fmt.Errorf("reading: %d, %d passwords", a.status, len(clear))
	}
	return clear, nil
}

// issue registers and approves n applications, and gives their ids.
func (h *house) issue(n int) []string {
	h.t.Helper()
	of := &registration{h: h}
	works := []Work{of, &approval{h: h, of: of, issued: fresh}}
	for _, work := range works {
		b := h.signedIn(work.Login())
		if err := work.Prepare(b, n); err != nil {
			h.t.Fatal(err)
		}
		for i := range n {
			if _, _, err := h.do(work, b, i); err != nil {
				h.t.Fatal(err)
			}
		}
	}
	return of.ids
}

// R-SEC-6: destroyed is destroyed in memory too. The memory of the real process is searched for passwords once they were shown, by
// TLS with either HTTP, and for keys once they were destroyed.
func TestSecretsLeaveNoTraceInMemory(t *testing.T) {
	t.Parallel()
	dsn := filepath.Join(trial.Durable(t), "uketsuke.db")
	if err := storetest.Migrate(dsn); err != nil {
		t.Fatal(err)
	}
	h := newHouse(t, dsn, 2)
	h.anew("GODEBUG=gctrace=1", newCertificate(t))
	ids := h.issue(2)
	keys, own := h.keyTraces()
	passwords := traces{}
	for i, version := range []string{"HTTP/1.1", "HTTP/2.0"} {
		h.certificate.http2 = version == "HTTP/2.0"
		if spoken := h.show(passwords, ids[i]); spoken != version {
			t.Errorf("%s was spoken, want %s", spoken, version)
		}
		h.gone("after the page of passwords by "+version, passwords)
	}
	if known := (traces{"the address of the ring": []byte(h.keys)}).in(t, h.process.Process.Pid); len(known) != 1 {
		t.Fatal("the search does not find what is surely there")
	}
	h.destroy(ids, own)
	maps.Copy(keys, passwords)
	h.gone("after keys were destroyed", keys)
}

// anew starts the process anew, with a setting of its environment and its own TLS.
func (h *house) anew(environment string, own *certificate) {
	h.t.Helper()
	h.stop()
	h.environment, h.certificate = []string{environment}, own
	h.start()
}

// Passwords that an HSM has sealed and opened, shown behind a proxy. Its library shares the process; what it keeps of keys is its maker's affair.
func TestPasswordsLeaveNoTraceWithAnHSM(t *testing.T) {
	dsn := filepath.Join(trial.Durable(t), "uketsuke.db")
	if err := storetest.Migrate(dsn); err != nil {
		t.Fatal(err)
	}
	h := newHouseKeeping(t, dsn, 2, mailtest.Start(t, mailtest.Options{}), filepath.Join(trial.Durable(t), "ledger"), "--ring", softhsm.New(t).URI)
	h.anew("GODEBUG=gctrace=1", nil)
	passwords := traces{}
	h.show(passwords, h.issue(1)[0])
	h.gone("after the page of passwords", passwords)
}

// show shows the passwords of an application, waits as long as they may take to go, and says by which protocol they came.
func (h *house) show(into traces, id string) (spoken string) {
	h.t.Helper()
	b := h.signedIn("applicant")
	clear, err := b.readPasswords(id)
	if err != nil {
		h.t.Fatal(err)
	}
	for i, one := range clear {
		into.ofPassword(fmt.Sprintf("password %d of application %s", i+1, id), one)
	}
	<-time.After(time.Duration(trial.Size(h.t, "REHEARSAL_MEMORY_SECONDS", 0, 60)) * time.Second)
	return b.spoken
}

// keyTraces are the keys of the house while it has them, and the ring's own among them.
func (h *house) keyTraces() (traces, []keyring.Own) {
	t, keys := h.t, traces{}
	t.Helper()
	ring, err := keyring.Open(h.keys)
	if err != nil {
		t.Fatal(err)
	}
	entries, err := ring.List()
	if err != nil || len(entries) != 2 {
		t.Fatalf("%d keys, %v", len(entries), err)
	}
	file := func(parts ...string) []byte {
		key, err := os.ReadFile(filepath.Join(append([]string{h.keys}, parts...)...))
		if err != nil {
			t.Fatal(err)
		}
		return key
	}
	for i, e := range entries {
		keys.ofKey(fmt.Sprintf("key %d of an approval", i+1), file("keys", string(e.Name)))
	}
	link := regexp.MustCompile(`https://desk\.example(/\S+)`).FindStringSubmatch(h.tool("admin", "person", "link", "--login", "applicant",
		"--login-url", "https://desk.example/login", "--really"))
	if link == nil {
		t.Fatal("no link was printed")
	}
	if a, err := h.browser().get("look", link[1]); err != nil || a.status != http.StatusOK {
		t.Fatalf("the link: %d, %v", a.status, err)
	}
	own, err := ring.Owned()
	if err != nil || len(own) < 3 {
		t.Fatalf("the ring's own keys: %v, %v", own, err)
	}
	for _, o := range own {
		name := "own key " + o.String()
		switch o.Use {
		case keyring.ForMAC:
			keys.ofMAC(name, file("ring", o.Purpose))
		case keyring.ForSeal:
			keys.ofKey(name, file("ring", o.String()))
		case keyring.ForSign:
			keys.ofSeed(name, file("ring", o.String()))
		}
	}
	keys.ofMAC("the secret of an authenticator app", []byte(appSecret))
	keys["the secret of an authenticator app, as typed"] = []byte(base32.StdEncoding.EncodeToString([]byte(appSecret)))

	return keys, own
}

// destroy ends the passwords of two applications, and rotates and retires the ring's own keys.
func (h *house) destroy(ids []string, own []keyring.Own) {
	h.t.Helper()
	for _, work := range []Work{erasure(h, ids[:1]), voiding(h, ids[1:])} {
		if _, _, err := h.do(work, h.signedIn(work.Login()), 0); err != nil {
			h.t.Fatal(err)
		}
	}
	if left, err := os.ReadDir(filepath.Join(h.keys, "keys")); err != nil || len(left) != 1 || left[0].Name() != "ring.id" {
		h.t.Errorf("%d keys are left, %v", len(left), err)
	}
	for _, o := range own {
		h.rotate(o.Purpose)
	}
	h.signedIn("examiner") // under the new keys
}

// A certificate is one that the test's own browsers believe.
type certificate struct {
	file, keyFile string
	roots         *x509.CertPool
	http2         bool
}

func newCertificate(t *testing.T) *certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	plan := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, plan, plan, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	c := &certificate{file: filepath.Join(trial.Durable(t), "cert.pem"), keyFile: filepath.Join(trial.Durable(t), "key.pem"), roots: x509.NewCertPool()}
	whole := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	c.roots.AppendCertsFromPEM(whole)
	err = errors.Join(os.WriteFile(c.file, whole, 0o600),
		os.WriteFile(c.keyFile, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: sealed}), 0o600))
	if err != nil {
		t.Fatal(err)
	}
	return c
}
