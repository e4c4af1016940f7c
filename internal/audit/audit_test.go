package audit_test

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"pgregory.net/rapid"

	"uketsuke/internal/account"
	. "uketsuke/internal/audit"
)

var update = flag.Bool("update", false, "write the golden files anew")

// approval is a whole entry.
func approval() Entry {
	return Entry{
		ID: "0193a1", At: time.Date(2024, 12, 2, 10, 0, 0, 123456789, time.FixedZone("", 9*60*60)),
		Actor: "x1", ActorName: "審査 花子", Role: account.Examiner, Act: "approve",
		Establishment: "e1", Application: "a1", Subject: "",
		Detail:   map[Key]string{StartDate: "2024-12-10", Receipt: "2400001A", LastReadingDay: "2024-12-12", UserCodes: "1"},
		Personal: map[Key]string{Reason: "希望日どおり\n<確認済>"},
	}
}

// zeros is a random source for goldens.
func zeros() *bytes.Reader { return bytes.NewReader(make([]byte, 16)) }

func record(t *testing.T, e Entry) Record {
	t.Helper()
	r, err := e.Record(zeros())
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestCanonical: trap 17. The bytes of an entry never change, or every hash of the past would be wrong; a
// change of this golden needs a new version of the line.
func TestCanonical(t *testing.T) {
	empty := Entry{ID: "0193a2", At: approval().At, Actor: "clock", Role: account.Clock, Act: "void"}
	var got strings.Builder
	for _, e := range []Entry{approval(), empty} {
		r := record(t, e)
		got.WriteString(r.Text + "\n" + r.Hash + "\n" + r.Personal.Salt + " " + r.Personal.Text + "\n")
	}
	const golden = "testdata/entries.golden"
	if *update {
		if err := os.WriteFile(golden, []byte(got.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil || got.String() != string(want) {
		t.Errorf("%s%v", got.String(), err)
	}
}

func TestRecord(t *testing.T) {
	r := record(t, approval())
	if strings.Contains(r.Text, "\n") || r.Hash != Hash(r.Text) {
		t.Errorf("trap 17: %s, %s", r.Text, r.Hash)
	}
	columns := [...]string{r.ID, r.At, r.Actor, r.Act, r.Establishment, r.Application}
	if columns != [...]string{"0193a1", "2024-12-02T01:00:00.123456Z", "x1", "approve", "e1", "a1"} {
		t.Errorf("columns %q", columns)
	}
	for _, personal := range []string{"花子", "希望日", r.Personal.Salt} {
		if strings.Contains(r.Text, personal) {
			t.Errorf("%q stands in the text that is kept for ever", personal)
		}
	}
	if err := r.Check(); err != nil {
		t.Error(err)
	}
	other, err := approval().Record(bytes.NewReader(bytes.Repeat([]byte{7}, 16)))
	if err != nil || other.Personal.Hash() == r.Personal.Hash() {
		t.Errorf("the same name under two salts has one hash, %v", err)
	}
}

func TestRecordRefuses(t *testing.T) {
	for name, row := range map[string]struct {
		spoil func(e *Entry)
		want  error
	}{
		"no id":                   {func(e *Entry) { e.ID = "" }, ErrIncomplete},
		"no time":                 {func(e *Entry) { e.At = time.Time{} }, ErrIncomplete},
		"no actor":                {func(e *Entry) { e.Actor = "" }, ErrIncomplete},
		"no role":                 {func(e *Entry) { e.Role = "" }, ErrIncomplete},
		"no act":                  {func(e *Entry) { e.Act = "" }, ErrIncomplete},
		"act is a sentence":       {func(e *Entry) { e.Act = "Approve it" }, ErrAct},
		"detail: a secret":        {func(e *Entry) { e.Detail["password"] = "ABCD2345" }, ErrDetail},
		"detail: unknown":         {func(e *Entry) { e.Detail["anything"] = "x" }, ErrDetail},
		"detail: personal key":    {func(e *Entry) { e.Detail[Reason] = "x" }, ErrDetail},
		"detail: too long":        {func(e *Entry) { e.Detail[Receipt] = strings.Repeat("x", MaxDetail+1) }, ErrDetail},
		"detail: not text":        {func(e *Entry) { e.Detail[Receipt] = "\xff" }, ErrDetail},
		"personal: a secret":      {func(e *Entry) { e.Personal["user-password"] = "ABCD2345" }, ErrDetail},
		"personal: not text":      {func(e *Entry) { e.Personal[Reason] = "\xff" }, ErrDetail},
		"establishment: not text": {func(e *Entry) { e.Establishment = "\xff" }, ErrDetail},
		"actor's name: not text":  {func(e *Entry) { e.ActorName = "\xff" }, ErrDetail},
	} {
		t.Run(name, func(t *testing.T) {
			e := approval()
			row.spoil(&e)
			r, err := e.Record(zeros())
			if !errors.Is(err, row.want) || r != (Record{}) {
				t.Errorf("%v, want %v", err, row.want)
			}
			if err != nil && strings.Contains(err.Error(), "ABCD2345") {
				t.Errorf("the error tells the value: %v", err)
			}
		})
	}
	broken := errors.New("no randomness")
	if r, err := approval().Record(iotest.ErrReader(broken)); !errors.Is(err, broken) || r != (Record{}) {
		t.Errorf("no salt: %v", err)
	}
}

func TestCheck(t *testing.T) {
	for name, row := range map[string]struct {
		alter func(r *Record)
		want  error
	}{
		"whole":                      {func(r *Record) {}, nil},
		"personal text removed":      {func(r *Record) { r.Personal = Personal{} }, nil},
		"id":                         {func(r *Record) { r.ID = "0193a2" }, ErrColumn},
		"time":                       {func(r *Record) { r.At = "2024-12-02T01:00:00.123457Z" }, ErrColumn},
		"actor":                      {func(r *Record) { r.Actor = "x2" }, ErrColumn},
		"act":                        {func(r *Record) { r.Act = "reject" }, ErrColumn},
		"establishment":              {func(r *Record) { r.Establishment = "e2" }, ErrColumn},
		"application":                {func(r *Record) { r.Application = "a2" }, ErrColumn},
		"text":                       {func(r *Record) { r.Text = strings.Replace(r.Text, "2400001A", "2400001B", 1) }, ErrHash},
		"a blank":                    {func(r *Record) { r.Text += " " }, ErrHash},
		"hash":                       {func(r *Record) { r.Hash = Hash("") }, ErrHash},
		"personal text":              {func(r *Record) { r.Personal.Text += " " }, ErrPersonal},
		"salt":                       {func(r *Record) { r.Personal.Salt = strings.Repeat("1", 32) }, ErrPersonal},
		"personal text without salt": {func(r *Record) { r.Personal.Salt = "" }, ErrPersonal},
	} {
		t.Run(name, func(t *testing.T) {
			r := record(t, approval())
			row.alter(&r)
			if err := r.Check(); !errors.Is(err, row.want) {
				t.Errorf("%v, want %v", err, row.want)
			}
		})
	}
}

// TestNoTwoEntriesShareAText: what differs in any field differs in its text or its personal text, and every
// record checks, whatever characters its fields hold.
func TestNoTwoEntriesShareAText(t *testing.T) {
	entries := rapid.Custom(func(t *rapid.T) Entry {
		text := rapid.StringN(0, 4, -1)
		return Entry{
			ID: "i" + text.Draw(t, "id"), At: time.UnixMicro(rapid.Int64Range(0, 3).Draw(t, "at")), Actor: "a", Role: account.Clock,
			ActorName: text.Draw(t, "name"), Act: rapid.StringMatching(`[ab]{1,2}`).Draw(t, "act"),
			Establishment: text.Draw(t, "establishment"), Application: text.Draw(t, "application"), Subject: text.Draw(t, "subject"),
			Detail:   map[Key]string{Code: text.Draw(t, "code"), Tab: text.Draw(t, "tab")},
			Personal: map[Key]string{Reason: text.Draw(t, "reason")},
		}
	})
	flat := func(e Entry) [11]string {
		return [...]string{e.ID, e.At.String(), string(e.Actor), e.ActorName, e.Act, e.Establishment, e.Application, e.Subject,
			e.Detail[Code], e.Detail[Tab], e.Personal[Reason]}
	}
	rapid.Check(t, func(t *rapid.T) {
		one, two := entries.Draw(t, "one"), entries.Draw(t, "two")
		a, err := one.Record(zeros())
		if err != nil {
			t.Fatal(err)
		}
		b, err := two.Record(zeros())
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(a.Check(), b.Check()); err != nil {
			t.Fatal(err)
		}
		if (a.Hash == b.Hash) != (flat(one) == flat(two)) {
			t.Fatalf("trap 17:\n%s\n%s", a.Text, b.Text)
		}
	})
}
