package audit_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
	"pgregory.net/rapid"

	"uketsuke/internal/account"
	. "uketsuke/internal/audit"
	"uketsuke/internal/calendar"
)

const origin = "desk.example.jp/audit"

var signedAt = time.Date(2024, 12, 2, 1, 0, 0, 0, time.UTC)

// signerOf is a signer whose key is made of one byte.
func signerOf(t testing.TB, seed byte) (note.Signer, string) {
	t.Helper()
	return signerNamed(t, origin, seed)
}

func keyOf(seed byte) ed25519.PrivateKey {
	return ed25519.NewKeyFromSeed(bytes.Repeat([]byte{seed}, ed25519.SeedSize))
}

// A kept is a log as tests alter it.
type kept struct {
	t       testing.TB
	entries []Record
	keys    []KeyUse
	signers []note.Signer
	signed  map[int64]string
}

func newLog(t testing.TB, n int) *kept {
	s, public := signerOf(t, 1)
	l := &kept{t: t, signers: []note.Signer{s}, keys: []KeyUse{{Key: public}}, signed: map[int64]string{}}
	l.add(n)
	return l
}

func (l *kept) add(n int) {
	for range n {
		l.entry("approve", map[Key]string{Receipt: strconv.Itoa(len(l.entries))})
	}
}

func (l *kept) entry(act string, detail map[Key]string) {
	e := Entry{ID: fmt.Sprintf("e%d", len(l.entries)), At: signedAt, Actor: "x1", ActorName: "審査 花子", Role: account.Examiner, Act: act, Detail: detail}
	r, err := e.Record(bytes.NewReader(bytes.Repeat([]byte{byte(len(l.entries))}, 16)))
	if err != nil {
		l.t.Fatal(err)
	}
	l.entries = append(l.entries, r)
}

// at is the checkpoint of the first size entries, as they are now.
func (l *kept) at(size int) Checkpoint {
	var r Range
	for _, e := range l.entries[:size] {
		r.Add(LeafHash(e.Text))
	}
	return Checkpoint{Origin: origin, Size: int64(size), Root: r.Root(), At: signedAt}
}

// sign signs the first size entries and keeps the checkpoint with the log.
func (l *kept) sign(size int) string {
	signed, err := l.at(size).Sign(l.signers...)
	if err != nil {
		l.t.Fatal(err)
	}
	l.signed[int64(size)] = signed
	return signed
}

// subtree is the root of the leaves of a place.
func (l *kept) subtree(p Place) TreeHash {
	var r Range
	for i := p.Index << p.Level; i < (p.Index+1)<<p.Level; i++ {
		r.Add(LeafHash(l.entries[i].Text))
	}
	return r.Root()
}

func (l *kept) edge(from, to int64) []Node {
	var nodes []Node
	for _, p := range Edge(from, to) {
		nodes = append(nodes, Node{Level: p.Level, Hash: l.subtree(p)})
	}
	return nodes
}

// export is the export of the leaves from one to another, one line per element.
func (l *kept) export(from, to int) []string {
	var out bytes.Buffer
	size := int64(slices.Max(append(slices.Collect(mapsKeys(l.signed)), 0)))
	x, err := NewExporter(&out, Head{Origin: origin, From: int64(from), To: int64(to), Size: size, Personal: true,
		Left: l.edge(0, int64(from)), Right: l.edge(int64(to), size), Keys: l.keys})
	if err != nil {
		l.t.Fatal(err)
	}
	for i, e := range l.entries[from:to] {
		err := x.Leaf(Leaf{Seq: int64(from + i), Hash: LeafHash(e.Text), Entry: e.Text, Personal: e.Personal.Text, Salt: e.Personal.Salt})
		if signed := l.signed[int64(from+i+1)]; signed != "" && from+i+1 < to {
			err = errors.Join(err, x.Checkpoint(signed))
		}
		if err != nil {
			l.t.Fatal(err)
		}
	}
	if err := errors.Join(x.Checkpoint(l.signed[size]), x.End()); err != nil {
		l.t.Fatal(err)
	}
	return strings.SplitAfter(out.String(), "\n")[:strings.Count(out.String(), "\n")]
}

func mapsKeys(m map[int64]string) func(func(int64) bool) {
	return func(yield func(int64) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

func verify(t testing.TB, lines []string, public string, saved ...string) Report {
	t.Helper()
	trust, err := NewTrust(public)
	if err != nil {
		t.Fatal(err)
	}
	report, err := VerifyExport(strings.NewReader(strings.Join(lines, "")), trust, saved...)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

func faults(r Report) []Fault {
	var all []Fault
	for _, f := range r.Findings {
		if !slices.Contains(all, f.Fault) {
			all = append(all, f.Fault)
		}
	}
	return all
}

func without(t testing.TB, text string, alter func(*Leaf)) string {
	t.Helper()
	var line struct {
		Leaf Leaf `json:"leaf"`
	}
	if err := json.Unmarshal([]byte(text), &line); err != nil {
		t.Fatal(err)
	}
	alter(&line.Leaf)
	out, err := json.Marshal(line)
	if err != nil {
		t.Fatal(err)
	}
	return string(out) + "\n"
}

func rehashed(t testing.TB, text string) string {
	return without(t, text, func(l *Leaf) { l.Hash = LeafHash(l.Entry) })
}

// renumbered counts the leaves anew and makes the end fit.
func renumbered(t testing.TB, lines []string) []string {
	n := int64(0)
	for i, line := range lines {
		switch {
		case strings.HasPrefix(line, `{"leaf"`):
			lines[i] = without(t, line, func(l *Leaf) { l.Seq = n })
			n++
		case strings.HasPrefix(line, `{"end"`):
			lines[i] = fmt.Sprintf(`{"end":{"leaves":%d}}`+"\n", n)
		}
	}
	lines[0] = strings.Replace(lines[0], `"to":13,"size":13`, fmt.Sprintf(`"to":%d,"size":%d`, n, n), 1)
	return lines
}

// TestRetention: trap 23. What retention has removed is counted.
func TestRetention(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	r := verify(t, l.retained(), l.public)
	if !r.Clean() || r.Dropped != 3 || r.Forgotten != 2 || r.Checkpoints != 3 {
		t.Errorf("trap 23: %+v", r)
	}
}

// replaced lets another key take the place of the one that signs, by a hand-over at the size of now.
func (l *kept) replaced(seed byte) {
	next, public := signerOf(l.t, seed)
	l.keys = append(l.keys, KeyUse{Key: public, HandOver: l.handOver(l.signers[0], l.keys[len(l.keys)-1].Key, public, len(l.entries))})
	l.signers = []note.Signer{next}
}

func (l *kept) handOver(by note.Signer, from, to string, size int) string {
	signed, err := HandOver{Origin: origin, Old: from, New: to, Size: int64(size), Day: calendar.DateOf(signedAt)}.Sign(by)
	if err != nil {
		l.t.Fatal(err)
	}
	return signed
}

// TestRotation: a key is believed when the key before has named it, and the old one no longer is.
func TestRotation(t *testing.T) {
	t.Parallel()
	_, first := signerOf(t, 1)
	_, secondPublic := signerOf(t, 2)
	l := newLog(t, 4)
	l.sign(2)
	l.sign(4)
	old := l.signers[0]
	l.replaced(2)
	l.add(3)
	saved := l.sign(7)
	r := verify(t, l.export(0, 7), first, saved)
	if !r.Clean() || r.Checkpoints != 3 || r.Saved != 1 || r.Verdict() != Verified {
		t.Errorf("rotation: %+v", r)
	}
	if r := verify(t, l.export(0, 7), first+"\n"+secondPublic, saved); !r.Clean() {
		t.Errorf("both keys are trusted: %+v", r)
	}
	l.signers = []note.Signer{old}
	l.sign(7)
	if got := faults(verify(t, l.export(0, 7), first)); !slices.Equal(got, []Fault{Forged, Unsigned}) {
		t.Errorf("signed by the key that was replaced: %v", got)
	}
}

// TestRestart: a restore that the log tells of is an explanation, and still a finding.
func TestRestart(t *testing.T) {
	_, public := signerOf(t, 1)
	before := newLog(t, 12)
	before.sign(6)
	early, late := before.sign(7), before.sign(12)
	l := newLog(t, 8)
	l.entry(ActRestore, map[Key]string{Size: "8", LogSize: "12"})
	l.add(6)
	l.sign(15)
	r := verify(t, l.export(0, 15), public, early+"\n"+late)
	if !slices.Equal(faults(r), []Fault{Restarted}) || r.Saved != 1 || !strings.Contains(r.Findings[0].Text, "restart after restore at size 8") {
		t.Errorf("%+v", r)
	}
	before.add(2)
	if got := faults(verify(t, l.export(0, 15), public, before.sign(14))); !slices.Equal(got, []Fault{Forked}) {
		t.Errorf("a checkpoint beyond what the restore knew: %v", got)
	}
	l.entries = slices.Delete(l.entries, 8, 9)
	delete(l.signed, 15)
	l.sign(14)
	if got := faults(verify(t, l.export(0, 14), public, late)); !slices.Equal(got, []Fault{Forked}) {
		t.Errorf("no word of a restore: %v", got)
	}
}

// TestParts: every part of a log is verified like the whole; tlog is the judge of the roots.
func TestParts(t *testing.T) {
	_, public := signerOf(t, 1)
	rapid.Check(t, func(rt *rapid.T) {
		size := rapid.IntRange(1, 40).Draw(rt, "size")
		l := newLog(t, size)
		middle := rapid.IntRange(1, size).Draw(rt, "middle")
		l.sign(middle)
		l.sign(size)
		from := rapid.IntRange(0, size-1).Draw(rt, "from")
		to := rapid.IntRange(from, size).Draw(rt, "to")
		r := verify(t, l.export(from, to), public)
		if !r.Clean() || r.Leaves != int64(to-from) {
			rt.Fatalf("%d to %d of %d: %v", from, to, size, r.Findings)
		}
		var stored []TreeHash
		read := func(p Place) (TreeHash, error) { return stored[p.Position()], nil }
		for i, e := range l.entries {
			grown, err := Grown(int64(i), LeafHash(e.Text), read)
			if err != nil {
				rt.Fatal(err)
			}
			stored = append(append(stored, LeafHash(e.Text)), grown...)
		}
		root, err := Root(int64(size), read)
		if err != nil || root != l.at(size).Root {
			rt.Fatalf("root %v, %v", root, err)
		}
		n := int64(rapid.IntRange(0, size-1).Draw(rt, "leaf"))
		leaf := Leaf{Seq: n, Hash: LeafHash(l.entries[n].Text), Entry: l.entries[n].Text}
		p, err := NewProof(leaf, int64(size), l.signed[int64(size)], l.keys, read)
		if err != nil {
			rt.Fatal(err)
		}
		trust, _ := NewTrust(public)
		if _, err := p.Verify(trust); err != nil {
			rt.Fatal(err)
		}
		p.Leaf.Entry = strings.Replace(p.Leaf.Entry, "approve", "reject", 1)
		if _, err := p.Verify(trust); !errors.Is(err, ErrProof) {
			rt.Fatalf("another text: %v", err)
		}
		p.Leaf.Hash = LeafHash(p.Leaf.Entry)
		if _, err := p.Verify(trust); !errors.Is(err, ErrProof) {
			rt.Fatalf("another leaf: %v", err)
		}
	})
	if tlog.HashSize != 32 {
		t.Error("not SHA-256")
	}
}

// TestVerifyRefuses: what is no export is an error, not a clean report.
func TestVerifyRefuses(t *testing.T) {
	_, public := signerOf(t, 1)
	trust, err := NewTrust("# the key\n" + public + "\n")
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"", "x", "{}\n", `{"head":{"format":"other"}}`} {
		if _, err := VerifyExport(strings.NewReader(text), trust); !errors.Is(err, ErrExport) {
			t.Errorf("%q: %v", text, err)
		}
	}
	for _, key := range []string{"", "# none", "x+y+z"} {
		if _, err := NewTrust(key); err == nil {
			t.Errorf("%q is taken for a key", key)
		}
	}
}

// BenchmarkVerify says how fast an export is verified.
func BenchmarkVerify(b *testing.B) {
	_, public := signerOf(b, 1)
	l := newLog(b, 10000)
	l.sign(10000)
	text := strings.Join(l.export(0, 10000), "")
	for b.Loop() {
		trust, _ := NewTrust(public)
		if r, err := VerifyExport(strings.NewReader(text), trust); err != nil || !r.Clean() {
			b.Fatal(r, err)
		}
	}
	b.ReportMetric(float64(10000*b.N)/b.Elapsed().Seconds(), "entries/s")
}
