package ledger_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	. "uketsuke/internal/ledger"
)

var now = time.Date(2024, 12, 2, 1, 0, 0, 0, time.UTC)

func open(t *testing.T, dir string) *Ledger {
	t.Helper()
	l, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// first makes a ledger that has been reviewed once, under the mark that it returns.
func first(t *testing.T) (dir, mark string) {
	t.Helper()
	dir = t.TempDir()
	err := open(t, dir).Review("", now, func(r *Review) error {
		if r.Known || !r.Whole {
			t.Errorf("a fresh ledger is known %v, whole %v", r.Known, r.Whole)
		}
		mark = r.Mark
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return dir, mark
}

func code(key string) Entry { return Entry{Kind: Code, Key: key, At: now} }

func receipt(n int64) Entry {
	return Entry{Kind: Receipt, Key: fmt.Sprintf("24%05dA", n), At: now, Series: "receipt:2024", Number: n, Ahead: true, Lazy: true}
}

// note notes a batch and ends it with end, which may be nil.
func note(t *testing.T, l *Ledger, end func(*Noted) error, entries ...Entry) {
	t.Helper()
	noted, err := l.Note(entries)
	if err == nil && end != nil {
		err = end(noted)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// peek is what the ledger knows beyond a mark, in words.
func peek(t *testing.T, dir, mark string) string {
	t.Helper()
	r, err := open(t, dir).Peek(mark, now)
	if err != nil {
		t.Fatal(err)
	}
	var words []string
	for _, e := range r.Entries {
		word := e.Key
		if e.Perhaps {
			word += "?"
		}
		words = append(words, word)
	}
	if n := r.Series["receipt:2024"]; n > 0 {
		words = append(words, fmt.Sprint(n))
	}
	return strings.Join(words, " ")
}

// file is the one file of a process in a ledger.
func file(t *testing.T, dir string) string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*.log"))
	if err != nil || len(names) != 1 {
		t.Fatalf("%v, %v", names, err)
	}
	return names[0]
}

// die leaves the ledger as a killed process does: its file stays as it is, its lock is gone.
func die(t *testing.T, dir string, change func(text string) string) {
	t.Helper()
	name := file(t, dir)
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	// A new file in its place has nobody's lock.
	if err := errors.Join(os.Remove(name), os.WriteFile(name, []byte(change(string(text))), 0o600)); err != nil {
		t.Fatal(err)
	}
}

func asItIs(text string) string { return text }

// otherBoot makes the machine have gone down meanwhile.
func otherBoot(text string) string {
	head, rest, _ := strings.Cut(text, "\n")
	_, body, _ := strings.Cut(head, " ")
	before, after, _ := strings.Cut(body, `"boot":"`)
	if len(after) > 0 {
		body = before + `"boot":"another` + after[len("another"):]
	}
	return Line(body) + rest
}

func TestWhatIsKnownAfterAProcess(t *testing.T) {
	for _, row := range []struct {
		name string
		do   func(*Ledger)
		die  func(string) string // nil: it is closed orderly
		want string
	}{
		{"R-ID-6 done", func(l *Ledger) { note(t, l, (*Noted).Done, code("1ANAC")) }, asItIs, "1ANAC"},
		{"R-ID-6 rolled back", func(l *Ledger) { note(t, l, (*Noted).Undone, code("1ANAC")) }, asItIs, ""},
		{"R-ID-6 killed before its end was noted", func(l *Ledger) { note(t, l, nil, code("1ANAC")) }, asItIs, "1ANAC?"},
		{"R-ID-6 last line cut", func(l *Ledger) { note(t, l, (*Noted).Done, code("1ANAC")) },
			func(text string) string { return text[:len(text)-3] }, "1ANAC?"},
		{"R-ID-6 last line cut and ended", func(l *Ledger) { note(t, l, (*Noted).Done, code("1ANAC")) },
			func(text string) string { return text[:len(text)-3] + "\n" }, "1ANAC?"},
		{"R-APP-15 closed: exactly what was taken", func(l *Ledger) { note(t, l, (*Noted).Done, receipt(7)) }, nil, "2400007A 7"},
		{"R-APP-15 killed: exactly what was taken", func(l *Ledger) { note(t, l, (*Noted).Done, receipt(7)) }, asItIs, "2400007A 7"},
		{"R-APP-15 the machine went down: what may have been taken", func(l *Ledger) { note(t, l, (*Noted).Done, receipt(7)) }, otherBoot,
			fmt.Sprintf("2400007A %d", 7+Block-1)},
		{"R-MAIL-4 accepted", func(l *Ledger) {
			if err := l.Given(Entry{Kind: Mail, Key: "a@b", At: now}); err != nil {
				t.Fatal(err)
			}
		}, asItIs, "a@b"},
	} {
		t.Run(row.name, func(t *testing.T) {
			dir, mark := first(t)
			l := open(t, dir)
			row.do(l)
			if row.die == nil {
				if err := l.Close(); err != nil {
					t.Fatal(err)
				}
			} else {
				die(t, dir, row.die)
			}
			if got := peek(t, dir, mark); got != row.want {
				t.Errorf("%q; want %q", got, row.want)
			}
		})
	}
}

// While a process lives, nobody judges what it has begun.
func TestOpenBatchesOfTheLivingAreLetBe(t *testing.T) {
	dir, mark := first(t)
	l := open(t, dir)
	note(t, l, (*Noted).Done, code("1ANAC"))
	note(t, l, nil, code("1BNAC"))
	if got := peek(t, dir, mark); got != "1ANAC" {
		t.Errorf("%q", got)
	}
	err := open(t, dir).Review(mark, now, func(r *Review) error {
		if r.Running != 1 {
			t.Errorf("%d processes are said to run", r.Running)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if got := peek(t, dir, ""); got != "1ANAC 1BNAC?" {
		t.Errorf("after it: %q", got)
	}
}

// A review's base holds what was reviewed; with the same mark only what is new is looked at, with another one
// everything.
func TestReview(t *testing.T) {
	dir, mark := first(t)
	next := func(mark string, f func(*Review) error) string {
		var after string
		err := open(t, dir).Review(mark, now, func(r *Review) error { after = r.Mark; return f(r) })
		if err != nil {
			t.Fatal(err)
		}
		return after
	}
	l := open(t, dir)
	note(t, l, (*Noted).Done, code("1ANAC"), receipt(3))
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	second := next(mark, func(r *Review) error { return nil })
	if got := peek(t, dir, second); got != "" {
		t.Errorf("reviewed, and yet new: %q", got)
	}
	if names, err := filepath.Glob(filepath.Join(dir, "*.log")); err != nil || len(names) > 0 {
		t.Errorf("files of processes that have ended stay: %v, %v", names, err)
	}
	if got := peek(t, dir, mark); got != "1ANAC 2400003A 3" {
		t.Errorf("R-ID-6 with the mark of an older database: %q", got)
	}
	third := next(mark, func(r *Review) error { r.Include(code("1CNAC")); return nil })
	if got := peek(t, dir, ""); got != "1ANAC 1CNAC 2400003A 3" {
		t.Errorf("written whole: %q", got)
	}
	refused := errors.New("no")
	if err := open(t, dir).Review(third, now, func(*Review) error { return refused }); !errors.Is(err, refused) {
		t.Error(err)
	}
	if got := peek(t, dir, third); got != "" {
		t.Errorf("after a review that failed: %q", got)
	}
}

// What need not be kept for ever goes; what nobody may be given again stays.
func TestOldEntries(t *testing.T) {
	dir, mark := first(t)
	l := open(t, dir)
	letter := Entry{Kind: Receipt, Key: "2400001B", At: now}
	note(t, l, (*Noted).Done, code("1ANAC"), receipt(1), letter)
	if err := errors.Join(l.Given(Entry{Kind: Mail, Key: "a@b", At: now}), l.Close()); err != nil {
		t.Fatal(err)
	}
	later := now.AddDate(2, 0, 0)
	for range 2 {
		err := open(t, dir).Review(mark, later, func(r *Review) error { mark = r.Mark; return nil })
		if err != nil {
			t.Fatal(err)
		}
	}
	if got := peek(t, dir, ""); got != "1ANAC 2400001B 1" {
		t.Errorf("R-APP-15: %q", got)
	}
}

// Damage that no crash makes is told and not passed over.
func TestDamage(t *testing.T) {
	dir, mark := first(t)
	l := open(t, dir)
	note(t, l, (*Noted).Done, code("1ANAC"))
	note(t, l, (*Noted).Done, code("1BNAC"))
	die(t, dir, func(text string) string { return strings.Replace(text, "1ANAC", "1XNAC", 1) })
	if _, err := open(t, dir).Peek(mark, now); !errors.Is(err, ErrDamaged) {
		t.Errorf("%v", err)
	}
}

// Many at once: every number is noted, and few of them wait for the disk.
func TestTogether(t *testing.T) {
	dir, mark := first(t)
	l := open(t, dir)
	var wait sync.WaitGroup
	for worker := range 8 {
		wait.Go(func() {
			for n := range 50 {
				noted, err := l.Note([]Entry{receipt(int64(worker*50 + n + 1))})
				if err := errors.Join(err, noted.Done()); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wait.Wait()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	r, err := open(t, dir).Peek(mark, now)
	if err != nil || len(r.Entries) != 400 || r.Series["receipt:2024"] != 400 {
		t.Errorf("%d entries, %v, %v", len(r.Entries), r.Series, err)
	}
}

// A desk without a ledger notes nothing.
func TestNone(t *testing.T) {
	var l *Ledger
	noted, err := l.Note([]Entry{code("1ANAC")})
	if err := errors.Join(err, noted.Done(), noted.Undone(), l.Given(code("1ANAC")), l.Close()); err != nil {
		t.Error(err)
	}
}

// Whose own file is taken away, or exchanged, notes nothing any more: nobody would ever read it.
func TestOwnFileTakenAway(t *testing.T) {
	for name, take := range map[string]func(file string) error{
		"removed":   os.Remove,
		"exchanged": func(file string) error { return errors.Join(os.Remove(file), os.WriteFile(file, nil, 0o600)) },
		"away":      func(file string) error { return os.Rename(filepath.Dir(file), filepath.Dir(file)+"-away") },
	} {
		t.Run(name, func(t *testing.T) {
			dir, mark := first(t)
			l := open(t, dir)
			note(t, l, (*Noted).Done, code("1ANAC"))
			begun, err := l.Note([]Entry{code("1BNAC")})
			if err == nil {
				err = take(file(t, dir))
			}
			if err != nil {
				t.Fatal(err)
			}
			if _, err := l.Look(begun); err == nil {
				t.Error("R-ID-6: an act may commit whose note is gone")
			}
			if _, err := l.Note([]Entry{code("1CNAC")}); err == nil {
				t.Error("R-ID-6: a code is noted where nobody reads it")
			}
			if err := l.Given(Entry{Kind: Mail, Key: "a@b", At: now}); err == nil {
				t.Error("R-MAIL-4: a mail is noted where nobody reads it")
			}
			if name == "away" {
				return
			}
			err = open(t, dir).Review(mark, now, func(r *Review) error {
				if name == "removed" && (!r.Whole || r.Missing != 1) {
					t.Errorf("the file of a process is gone, and the review is whole %v, missing %d", r.Whole, r.Missing)
				}
				mark = r.Mark
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			if r, err := open(t, dir).Peek(mark, now); err != nil || r.Whole || r.Missing > 0 {
				t.Errorf("after a review: %+v, %v", r, err)
			}
		})
	}
}
