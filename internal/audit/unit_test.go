package audit_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"golang.org/x/mod/sumdb/note"

	. "uketsuke/internal/audit"
	"uketsuke/internal/calendar"
)

// A checkpoint's text is what C2SP's tlog-checkpoint has, and a line with the time.
func TestTexts(t *testing.T) {
	t.Parallel()
	c := Checkpoint{Origin: origin, Size: 3, At: signedAt.In(calendar.Tokyo)}
	if want := origin + "\n3\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\ntime 2024-12-02T01:00:00.000000Z\n"; c.Text() != want {
		t.Errorf("the checkpoint is\n%s", c.Text())
	}
	h := HandOver{Origin: origin, Old: "a", New: "b", Size: 3, Day: calendar.DateOf(signedAt)}
	if want := "uketsuke-hand-over-1\n" + origin + "\nfrom a\nto b\nsize 3\nday 2024-12-02\n"; h.Text() != want {
		t.Errorf("the hand-over is\n%s", h.Text())
	}
	if got := (Finding{Fault: Changed, Seq: 3, Text: "x"}).String(); got != "changed at 3: x" {
		t.Errorf("a finding: %s", got)
	}
}

// Keys come one per line, with words for people; two that a note cannot tell apart, and other spellings, are refused.
func TestTrust(t *testing.T) {
	t.Parallel()
	signer, public := signerOf(t, 1)
	a, b := twins(t)
	l := newLog(t, 2)
	signed := l.sign(2)
	for name, row := range map[string]struct {
		lines []string
		fine  bool
	}{
		"one":                {[]string{public}, true},
		"with words":         {[]string{"# first\n\n " + public + " \r\n# last"}, true},
		"twice":              {[]string{public, public + "\n" + public}, true},
		"none":               {[]string{"# none", ""}, false},
		"no key":             {[]string{public, "x+y+z"}, false},
		"capital digits":     {[]string{capitals(public)}, false},
		"of another kind":    {[]string{newWatcher(8).public()}, false},
		"twins":              {[]string{public, a.public, b.public}, false},
		"one twin":           {[]string{public, a.public}, true},
		"a key after a hash": {[]string{public + "#"}, false},
	} {
		trust, err := NewTrust(row.lines...)
		if (err == nil) != row.fine {
			t.Errorf("%s: %v", name, err)
		}
		if err != nil {
			continue
		}
		if c, err := trust.Open(signed); err != nil || c.Size != 2 {
			t.Errorf("%s: %+v, %v", name, c, err)
		}
	}
	trust, _ := NewTrust(public)
	for name, row := range map[string]struct {
		signed string
		want   error
	}{
		"of another key": {added(t, l.at(2).Text()+"\n", a.signer), ErrForged},
		"of no form":     {l.noted(signer, "x\n"), ErrCheckpoint},
		"no note":        {"x", ErrForged},
	} {
		if _, err := trust.Open(row.signed); !errors.Is(err, row.want) {
			t.Errorf("%s: %v, want %v", name, err, row.want)
		}
	}
}

func (l *kept) noted(by note.Signer, text string) string {
	signed, err := note.Sign(&note.Note{Text: text}, by)
	if err != nil {
		l.t.Fatal(err)
	}
	return string(signed)
}

// A witness is named by a key of C2SP's tlog-cosignature, once.
func TestWitness(t *testing.T) {
	t.Parallel()
	_, public := signerOf(t, 1)
	w, other := newWatcher(8), newWatcher(9)
	for name, row := range map[string]struct {
		lines []string
		fine  bool
	}{
		"none":               {nil, true},
		"two":                {[]string{w.public() + "\n" + other.public()}, true},
		"twice":              {[]string{w.public(), w.public()}, false},
		"a key of a log":     {[]string{public}, false},
		"capital digits":     {[]string{capitals(w.public())}, false},
		"half a key":         {[]string{w.public()[:len(w.public())-4]}, false},
		"no key":             {[]string{"x"}, false},
		"no base64":          {[]string{"x+00000000+*"}, false},
		"another hash of it": {[]string{strings.Replace(w.public(), "+", "+0", 1)}, false},
	} {
		trust, err := NewTrust(public)
		if err == nil {
			err = trust.Witness(row.lines...)
		}
		if (err == nil) != row.fine {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A cosignature holds a time that fits into what POSIX calls one.
func TestCosignature(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	w := newWatcher(8)
	for name, row := range map[string]struct {
		sign func(text []byte) []byte
		want Verdict
	}{
		"now":           {func(text []byte) []byte { return w.signAt(1733101200, text) }, Verified},
		"at the end":    {func(text []byte) []byte { return w.signAt(1<<63-1, text) }, Verified},
		"after the end": {func(text []byte) []byte { return w.signAt(1<<63, text) }, Refuted},
		"longer":        {func(text []byte) []byte { return append(w.signAt(1, text), 0) }, Refuted},
		"shorter":       {func(text []byte) []byte { return w.signAt(1, text)[:71] }, Refuted},
		"nothing":       {func([]byte) []byte { return []byte{0} }, Refuted},
	} {
		l.signed[labSize] = added(t, l.saved, signing{w, row.sign})
		s := alone(l.of(l.whole()))
		s.Witness = []string{w.public()}
		if got, err := s.judge(); err != nil || got.Verdict != row.want {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}

// signing is a witness that signs in its own way.
type signing struct {
	watcher
	sign func([]byte) []byte
}

func (s signing) Sign(text []byte) ([]byte, error) { return s.sign(text), nil }

// Only keys of Ed25519 sign, and what cannot be signed is an error.
func TestSigners(t *testing.T) {
	t.Parallel()
	other, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := NewSigner(origin, other); err == nil {
		t.Error("a key of another kind signs")
	}
	if _, err := NewSigner("two words", keyOf(1)); err == nil {
		t.Error("a log's name with a blank signs")
	}
	if _, err := PublicLine(origin, []byte{1}); err == nil {
		t.Error("a key of one byte has a line")
	}
	dumb, err := NewSigner(origin, dumbKey{keyOf(1)})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := (Checkpoint{Origin: origin}).Sign(dumb); !errors.Is(err, errDumb) {
		t.Errorf("a checkpoint: %v", err)
	}
	if _, err := (HandOver{Origin: origin}).Sign(dumb); !errors.Is(err, errDumb) {
		t.Errorf("a hand-over: %v", err)
	}
}

var errDumb = errors.New("the key does not sign")

type dumbKey struct{ crypto.Signer }

func (dumbKey) Sign(io.Reader, []byte, crypto.SignerOpts) ([]byte, error) { return nil, errDumb }

// The tree of nothing, and subtrees where none fit.
func TestTree(t *testing.T) {
	t.Parallel()
	var r Range
	if r.Root().String() != "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=" {
		t.Errorf("the root of nothing is %s", r.Root())
	}
	leaf := LeafHash("x")
	if err := errors.Join(r.AddNode(Node{Level: 62, Hash: leaf}), (&Range{}).AddNode(Node{Level: 0, Hash: leaf})); err != nil {
		t.Error(err)
	}
	for _, level := range []int{-1, 63} {
		if err := (&Range{}).AddNode(Node{Level: level, Hash: leaf}); !errors.Is(err, ErrEdge) {
			t.Errorf("level %d: %v", level, err)
		}
	}
	var one Range
	one.Add(leaf)
	if err := one.AddNode(Node{Level: 1, Hash: leaf}); !errors.Is(err, ErrEdge) || one.Size() != 1 {
		t.Errorf("a subtree of two after one leaf: %v", err)
	}
	trust, _ := NewTrust(first(t))
	v := NewVerification(Head{Origin: origin, From: 1, To: 3, Size: 3, Left: []Node{{Level: 1, Hash: leaf}, {Level: 1, Hash: leaf}, {Level: 3, Hash: leaf}}}, trust)
	if r := v.Report(); !slices.Contains(faults(r), Altered) {
		t.Errorf("subtrees to the left that do not fit: %+v", r)
	}
	l := newLab(t)
	v = NewVerification(Head{Origin: origin, Size: labSize, Right: []Node{{Level: 63, Hash: leaf}}}, trust)
	v.Checkpoint(l.saved)
	if r := v.Report(); !slices.Equal(faults(r), []Fault{Altered, TailCut}) {
		t.Errorf("subtrees to the right that do not fit: %+v", r)
	}
	broken := errors.New("no node")
	none := func(Place) (TreeHash, error) { return TreeHash{}, broken }
	_, err1 := Grown(1, leaf, none)
	_, err2 := Root(2, none)
	_, err3 := NewProof(Leaf{Seq: 1}, 2, "", nil, none)
	for _, err := range []error{err1, err2, err3} {
		if !errors.Is(err, broken) {
			t.Errorf("without nodes: %v", err)
		}
	}
}

func first(t testing.TB) string {
	_, public := signerOf(t, 1)
	return public
}

// A hundred findings are told, the others counted.
func TestManyFindings(t *testing.T) {
	t.Parallel()
	l := newLog(t, 103)
	l.sign(103)
	lines := l.export(0, 103)
	for i := range lines {
		lines[i] = strings.Replace(lines[i], "approve", "reject", 1)
	}
	r := verify(t, lines, first(t))
	if len(r.Findings) != 100 || r.More != 3 || r.Clean() || r.Verdict() != Refuted {
		t.Errorf("%d findings and %d more", len(r.Findings), r.More)
	}
	for i, f := range r.Findings {
		if f.Fault != Changed || f.Seq != int64(i) {
			t.Fatalf("finding %d: %s", i, f)
		}
	}
}

// The report counts and says where it stands.
func TestReport(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	w := newWatcher(8)
	early := l.signed[5]
	l.signed[5] = added(t, early, w)
	trust, err := NewTrust(l.public)
	if err == nil {
		err = trust.Witness(w.public())
	}
	if err != nil {
		t.Fatal(err)
	}
	r, err := VerifyExport(strings.NewReader(strings.Join(l.export(0, 9), "")), trust)
	if err != nil || r.Origin != origin || r.From != 0 || r.To != 9 || r.Size != labSize || r.Leaves != 9 || r.Checkpoints != 2 || r.Witnessed != 1 || r.Vouched != 5 || r.Last.Size != labSize {
		t.Errorf("%+v, %v", r, err)
	}
	l.signed[5] = early
	r = verify(t, l.export(6, labSize), l.public, early, l.saved)
	if r.Passed != 1 || r.Saved != 1 || r.Vouched != labSize || !r.Clean() {
		t.Errorf("a part: %+v", r)
	}
	lines := slices.Delete(l.whole(), 4, 5)
	for want, f := range map[string]Fault{"removed at 3: the next leaf is 4": Removed, "tail-cut at 12": TailCut} {
		found := verify(t, lines, l.public).Findings
		if !slices.ContainsFunc(found, func(x Finding) bool { return x.Fault == f && strings.HasPrefix(x.String(), want) }) {
			t.Errorf("want %s: %v", want, found)
		}
	}
	broken := errors.New("broken pipe")
	for _, text := range []string{"", lines[0], lines[0] + lines[1]} {
		if _, err := VerifyExport(io.MultiReader(strings.NewReader(text), iotest.ErrReader(broken)), trust); !errors.Is(err, broken) {
			t.Errorf("after %d bytes: %v", len(text), err)
		}
	}
	for n, text := range map[string]string{"line 1": "x\n", "line 2": lines[0] + "x\n", "line 3": lines[0] + lines[1] + "x\n"} {
		if _, err := VerifyExport(strings.NewReader(text), trust); !errors.Is(err, ErrExport) || !strings.Contains(err.Error(), n+":") {
			t.Errorf("want %s: %v", n, err)
		}
	}
}

// A line may be as long as it may be, and not longer.
func TestLongestLine(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	trust, _ := NewTrust(l.public)
	said := func(n int) error {
		lines := slices.Insert(l.whole(), 1, `{"checkpoint":"`+strings.Repeat("x", n-len(`{"checkpoint":""}`+"\n"))+`"}`+"\n")
		_, err := VerifyExport(strings.NewReader(strings.Join(lines, "")), trust)
		return err
	}
	if err := said(1 << 20); err != nil {
		t.Errorf("a line of 1 MiB: %v", err)
	}
	if err := said(1<<20 + 1); !errors.Is(err, ErrExport) {
		t.Errorf("a longer one: %v", err)
	}
}

// An exporter says when it cannot write.
func TestExporterFails(t *testing.T) {
	t.Parallel()
	broken := errors.New("full")
	if _, err := NewExporter(failing{broken}, Head{}); !errors.Is(err, broken) {
		t.Errorf("the head: %v", err)
	}
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }

// What an entry says is read back as it was handed in, and what no entry says is an error.
func TestRead(t *testing.T) {
	t.Parallel()
	e := approval()
	r := record(t, e)
	said, err := Read(r.Text, r.Personal.Text)
	e.At = e.At.UTC().Truncate(time.Microsecond)
	if err != nil || !said.Kept || fmt.Sprint(said.Entry) != fmt.Sprint(e) {
		t.Errorf("%+v, %v", said, err)
	}
	if said, err := Read(r.Text, ""); err != nil || said.Kept || said.ActorName != "" || said.Personal != nil || said.Act != e.Act {
		t.Errorf("without personal text: %+v, %v", said, err)
	}
	for _, broken := range [][2]string{{"x", ""}, {strings.Replace(r.Text, "2024", "24", 1), ""}, {r.Text, "x"}} {
		if _, err := Read(broken[0], broken[1]); err == nil {
			t.Errorf("%q is read", broken)
		}
	}
	for spoil, want := range map[string]error{"x": nil, r.Text + " ": ErrSpelling, strings.Replace(r.Text, `{"act"`, `{"act":"x","act"`, 1): ErrSpelling} {
		bad := r
		bad.Text, bad.Hash = spoil, Hash(spoil)
		if err := bad.Check(); err == nil || want != nil && !errors.Is(err, want) {
			t.Errorf("a row with the text %q: %v", spoil, err)
		}
	}
	bad := r
	bad.Personal.Text = strings.Replace(r.Personal.Text, ":", ": ", 1)
	bad.Text = strings.Replace(r.Text, r.Personal.Hash(), bad.Personal.Hash(), 1)
	bad.Hash = Hash(bad.Text)
	if err := bad.Check(); !errors.Is(err, ErrSpelling) {
		t.Errorf("a row with a personal text in another spelling: %v", err)
	}
}

// Checkpoints that were appended one after another, and mailed, are taken apart.
func TestCheckpoints(t *testing.T) {
	t.Parallel()
	const a, b = "a\n\n— x AAAA\n— y AAAA\n", "b\nc\n\n— x AAAA\n"
	for text, want := range map[string][]string{
		"": nil, a: {a}, a + b: {a, b}, a + "\n\n" + b + "\n": {a, b}, strings.ReplaceAll(a+b, "\n", "\r\n"): {a, b},
		a + "half": {a, "half"}, a + strings.TrimSuffix(b, "\n"): {a, strings.TrimSuffix(b, "\n")}, "b\n\nc": {"b\n\n", "c"},
	} {
		if got := Checkpoints(text); !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// Caveats come with the verdict of their own.
func TestVerdict(t *testing.T) {
	t.Parallel()
	if got := (Report{Caveats: []Caveat{OwnWord}}).Verdict(); got != 3 {
		t.Errorf("with a caveat: %d", got)
	}
	if got := (Report{Caveats: []Caveat{OwnWord}, Findings: []Finding{{}}}).Verdict(); got != 1 {
		t.Errorf("with a finding too: %d", got)
	}
	if got := (Report{}).Verdict(); got != 0 {
		t.Errorf("with nothing: %d", got)
	}
	if got := (Proven{Caveats: []Caveat{NoPersonal}}).Verdict(); got != 3 {
		t.Errorf("a proof with a caveat: %d", got)
	}
}
