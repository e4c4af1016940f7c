package audit_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"

	. "uketsuke/internal/audit"
)

// A specimen is a file as an auditor gets it, with what the auditor knows from elsewhere. It goes to both verifiers.
type specimen struct {
	Name            string   `json:"name"`
	File            []byte   `json:"file"`
	Proof           bool     `json:"proof"`
	Keys            []string `json:"keys"`
	Saved, Witness  []string
	SavedBytes      [][]byte
	verdict         Verdict
	faults, caveats []string
}

// judged is what a verifier says of a specimen.
type judged struct {
	Verdict Verdict  `json:"verdict"`
	Faults  []string `json:"faults"`
	Caveats []string `json:"caveats"`
}

func (s specimen) wanted() judged { return judged{s.verdict, noNil(s.faults), noNil(s.caveats)} }

func noNil(list []string) []string { return append([]string{}, list...) }

// judge asks the verifier of this package.
func (s specimen) judge() (judged, error) {
	trust, err := NewTrust(s.Keys...)
	if err == nil {
		err = trust.Witness(s.Witness...)
	}
	if err != nil {
		return judged{}, err
	}
	if s.Proof {
		p, err := ParseProof(s.File)
		if err != nil {
			return judged{Refuted, []string{"refused"}, []string{}}, nil
		}
		proven, err := p.Verify(trust, s.Saved...)
		if err != nil {
			return judged{Refuted, []string{"refused"}, []string{}}, nil
		}
		return judged{proven.Verdict(), []string{}, words(proven.Caveats)}, nil
	}
	r, err := VerifyExport(bytes.NewReader(s.File), trust, s.Saved...)
	if err != nil {
		return judged{Refuted, []string{"refused"}, []string{}}, nil
	}
	j := judged{r.Verdict(), words(faults(r)), []string{}}
	if r.Clean() {
		j.Caveats = words(r.Caveats)
	}
	return j, nil
}

func words[T ~string](list []T) []string {
	all := []string{}
	for _, w := range list {
		all = append(all, string(w))
	}
	slices.Sort(all)
	return all
}

// TestCorpus: every good and forged file has the verdict that it must have, and the verifier in another language says the
// same.
func TestCorpus(t *testing.T) {
	t.Parallel()
	all := specimens(t)
	for _, s := range all {
		got, err := s.judge()
		if err != nil || !same(got, s.wanted()) {
			t.Errorf("%s: %+v, %v, want %+v", s.Name, got, err, s.wanted())
		}
	}
	if t.Failed() {
		return
	}
	others := python(t, all)
	for i, s := range all {
		if !same(others[i], s.wanted()) {
			t.Errorf("%s: the second verifier says %+v, want %+v", s.Name, others[i], s.wanted())
		}
	}
}

func same(a, b judged) bool {
	return a.Verdict == b.Verdict && slices.Equal(a.Faults, b.Faults) && slices.Equal(a.Caveats, b.Caveats)
}

// second asks the other verifier about all specimens in one process.
const second = `
import base64, io, json, sys
sys.path.insert(0, "../../tools/audit")
import verify_audit as v
said = []
for s in json.load(sys.stdin):
    raw = base64.b64decode(s["file"])
    given = (v.verify_proof, raw) if s["proof"] else (v.verify_export, io.BytesIO(raw))
    saved = [base64.b64decode(f).decode("utf-8", "surrogateescape") for f in s["SavedBytes"] or []]
    status, found, caveats = v.verdict(*given, s["keys"], saved, s["Witness"] or [])
    said.append({"verdict": status, "faults": sorted({f[0] for f in found}), "caveats": [] if found else caveats})
json.dump(said, sys.stdout)
`

func python(t *testing.T, all []specimen) []judged {
	t.Helper()
	for i := range all { // text that was cut in the middle of a character is no JSON
		all[i].SavedBytes = nil
		for _, file := range all[i].Saved {
			all[i].SavedBytes = append(all[i].SavedBytes, []byte(file))
		}
	}
	in, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	run := exec.CommandContext(t.Context(), "python3", "-B", "-c", second)
	var complaint bytes.Buffer
	run.Stdin, run.Stderr = bytes.NewReader(in), &complaint
	out, err := run.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, complaint.String())
	}
	var said []judged
	if err := json.Unmarshal(out, &said); err != nil || len(said) != len(all) {
		t.Fatalf("%d answers for %d files: %v", len(said), len(all), err)
	}
	return said
}

// threats are the rows of the threat model by their names: the specimens are their tests.
func TestThreatsAreTested(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../docs/audit.md")
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string]bool{}
	for line := range strings.Lines(string(page)) {
		cells := strings.Split(line, "|")
		if len(cells) < 6 || !strings.HasPrefix(strings.TrimSpace(cells[1]), "`T") {
			continue
		}
		name := strings.Trim(strings.TrimSpace(cells[1]), "`")
		if rows[name] {
			t.Errorf("the threat %s stands there twice", name)
		}
		rows[name] = true
	}
	tested := map[string]bool{}
	for _, s := range specimens(t) {
		name, _, is := strings.Cut(s.Name, " ")
		if !is || name[0] != 'T' {
			continue
		}
		if tested[name] = true; !rows[name] {
			t.Errorf("%s is no row of docs/audit.md", s.Name)
		}
	}
	for name := range rows {
		if !tested[name] {
			t.Errorf("the threat %s of docs/audit.md has no test", name)
		}
	}
	if len(rows) < 20 {
		t.Errorf("only %d threats", len(rows))
	}
}

// A lab is a log of thirteen entries, signed at five and at thirteen, whose auditor has the first key, and the last
// checkpoint from elsewhere.
type lab struct {
	*kept
	public string
	saved  string
}

const labSize = 13

func newLab(t testing.TB) *lab {
	_, public := signerOf(t, 1)
	l := &lab{kept: newLog(t, labSize), public: public}
	l.sign(5)
	l.saved = l.sign(labSize)
	return l
}

// whole is the export of everything.
func (l *lab) whole() []string { return l.export(0, len(l.entries)) }

// of makes a specimen of an export.
func (l *lab) of(lines []string) specimen {
	return specimen{File: []byte(strings.Join(lines, "")), Keys: []string{l.public}, Saved: []string{l.saved}}
}

// proof makes a specimen of a proof.
func (l *lab) proof(p Proof) specimen {
	text, err := json.Marshal(p)
	if err != nil {
		l.t.Fatal(err)
	}
	return specimen{File: append(text, '\n'), Proof: true, Keys: []string{l.public}, Saved: []string{l.saved}}
}

// proves is the proof of a leaf under the last checkpoint.
func (l *lab) proves(seq int64) Proof {
	var stored []TreeHash
	read := func(p Place) (TreeHash, error) { return stored[p.Position()], nil }
	for i, e := range l.entries {
		grown, err := Grown(int64(i), LeafHash(e.Text), read)
		if err != nil {
			l.t.Fatal(err)
		}
		stored = append(append(stored, LeafHash(e.Text)), grown...)
	}
	e := l.entries[seq]
	size := int64(len(l.entries))
	p, err := NewProof(Leaf{Seq: seq, Hash: LeafHash(e.Text), Entry: e.Text, Personal: e.Personal.Text, Salt: e.Personal.Salt}, size, l.signed[size], l.keys, read)
	if err != nil {
		l.t.Fatal(err)
	}
	return p
}

// forge lets a key of nobody sign everything from a size on, after a hand-over that the forger makes; the last entry is
// another one.
func (l *lab) forge(from int, handOver func(own note.Signer, public string) string) {
	own, public := signerOf(l.t, 66)
	l.entries = l.entries[:labSize-1]
	l.entry("reject", nil)
	l.keys = append(l.keys, KeyUse{Key: public, HandOver: handOver(own, public)})
	l.signers = []note.Signer{own}
	for size := range l.signed {
		if int(size) > from {
			l.sign(int(size))
		}
	}
}

// added is a note with one more signature on it, which anybody can add.
func added(t testing.TB, signed string, by note.Signer) string {
	t.Helper()
	at := strings.LastIndex(signed, "\n\n")
	more, err := note.Sign(&note.Note{Text: signed[:at+1]}, by)
	if err != nil {
		t.Fatal(err)
	}
	return signed + string(more[at+2:])
}

// A watcher is a witness that signs what it is given.
type watcher struct {
	name string
	key  ed25519.PrivateKey
}

func newWatcher(seed byte) watcher {
	return watcher{"witness.example/w", ed25519.NewKeyFromSeed(bytes.Repeat([]byte{seed}, ed25519.SeedSize))}
}

func (w watcher) kind() []byte { return append([]byte{4}, w.key.Public().(ed25519.PublicKey)...) }

func (w watcher) Name() string { return w.name }

func (w watcher) KeyHash() uint32 {
	sum := sha256.Sum256([]byte(w.name + "\n" + string(w.kind())))
	return binary.BigEndian.Uint32(sum[:])
}

func (w watcher) public() string {
	return fmt.Sprintf("%s+%08x+%s", w.name, w.KeyHash(), base64.StdEncoding.EncodeToString(w.kind()))
}

func (w watcher) Sign(text []byte) ([]byte, error) { return w.signAt(1733101200, text), nil }

func (w watcher) signAt(at uint64, text []byte) []byte {
	said := fmt.Appendf(nil, "cosignature/v1\ntime %d\n%s", at, text)
	return append(binary.BigEndian.AppendUint64(nil, at), ed25519.Sign(w.key, said)...)
}
