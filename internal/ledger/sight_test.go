package ledger_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"pgregory.net/rapid"

	. "uketsuke/internal/ledger"
)

// latest are the keys of the things that a database must know.
func latest(t testing.TB, l *Ledger) []string {
	t.Helper()
	s, err := l.Look(nil)
	if err != nil {
		t.Fatal(err)
	}
	var keys []string
	for _, e := range s.Latest {
		keys = append(keys, e.Key)
	}
	slices.Sort(keys)
	return keys
}

// R-ID-6: a database that has lost its last commits is found behind whatever was lost, and one that has lost nothing never
// is, although acts are noted in one order, commit in another and are noted as done in a third.
func TestLatestSpeaksForAll(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	rapid.Check(t, func(r *rapid.T) {
		home, err := os.MkdirTemp(dir, "ledger")
		if err != nil {
			t.Fatal(err)
		}
		books := []*Ledger{open(t, home), open(t, home)}
		type act struct {
			noted *Noted
			key   string
		}
		var running, committed []act
		var order, done []string // keys as they committed, and those that are noted as done
		next := 0
		take := func(list *[]act) act {
			i := rapid.IntRange(0, len(*list)-1).Draw(r, "which")
			a := (*list)[i]
			*list = slices.Delete(*list, i, i+1)
			return a
		}
		for range rapid.IntRange(1, 25).Draw(r, "steps") {
			switch step := rapid.SampledFrom([]string{"note", "note", "commit", "commit", "done", "done", "undone", "unsure"}).Draw(r, "step"); {
			case step == "note":
				next++
				key := fmt.Sprintf("%05d", next)
				noted, err := books[rapid.IntRange(0, 1).Draw(r, "process")].Note([]Entry{code(key)})
				if err != nil {
					t.Fatal(err)
				}
				running = append(running, act{noted, key})
			case step == "commit" && len(running) > 0:
				a := take(&running)
				committed, order = append(committed, a), append(order, a.key)
			case step == "done" && len(committed) > 0:
				a := take(&committed)
				if err := a.noted.Done(); err != nil {
					t.Fatal(err)
				}
				done = append(done, a.key)
			case step == "undone" && len(running) > 0:
				a := take(&running)
				if err := a.noted.Undone(); err != nil {
					t.Fatal(err)
				}
			case step == "unsure" && len(committed) > 0:
				a := take(&committed)
				if err := a.noted.Unsure(); err != nil {
					t.Fatal(err)
				}
			}
		}
		must := latest(t, books[1])
		for cut := range len(order) + 1 {
			knows := func(keys []string) bool {
				return !slices.ContainsFunc(keys, func(key string) bool { return !slices.Contains(order[:cut], key) })
			}
			if knows(must) != knows(done) {
				r.Fatalf("of the commits %v, with %v done, a database that has kept %d is judged by %v", order, done, cut, must)
			}
		}
		for _, book := range books {
			if err := book.Close(); err != nil {
				t.Fatal(err)
			}
		}
		if again := latest(t, open(t, home)); !slices.Equal(again, must) {
			r.Fatalf("who looks first now sees %v, not %v", again, must)
		}
	})
}

// Acts one after another leave one thing to ask for, however many there were.
func TestLatestStaysShort(t *testing.T) {
	t.Parallel()
	l := open(t, t.TempDir())
	for n := range int64(40) {
		note(t, l, (*Noted).Done, receipt(n+1))
	}
	if got := latest(t, l); !slices.Equal(got, []string{"2400040A"}) {
		t.Error(got)
	}
}

// What another act has noted and not ended is contested; once it has ended it is not, and of an end that nobody knows a
// review decides: the thing is perhaps given out, although its process lives.
func TestContested(t *testing.T) {
	t.Parallel()
	dir, mark := first(t)
	one, two := open(t, dir), open(t, dir)
	theirs, err := one.Note([]Entry{code("1AAAA")})
	if err != nil {
		t.Fatal(err)
	}
	ours, err := two.Note([]Entry{code("1AAAA"), code("1AAAB")})
	if err != nil {
		t.Fatal(err)
	}
	contested := func(want int) {
		t.Helper()
		s, err := two.Look(ours)
		if err != nil || len(s.Contested) != want || s.Mark != mark {
			t.Errorf("contested are %v under %q, want %d under %q: %v", s.Contested, s.Mark, want, mark, err)
		}
	}
	contested(1)
	if ended, err := two.AwaitEnd(ours); ended || err != nil {
		t.Errorf("nobody has ended it: %v, %v", ended, err)
	}
	if err := theirs.Unsure(); err != nil {
		t.Fatal(err)
	}
	contested(1)
	if err := ours.Undone(); err != nil {
		t.Fatal(err)
	}
	if got := peek(t, dir, mark); got != "1AAAA?" {
		t.Errorf("a review sees %q", got)
	}
	third, err := one.Note([]Entry{code("1AAAB")})
	if err != nil {
		t.Fatal(err)
	}
	contested(2)
	if err := third.Undone(); err != nil {
		t.Fatal(err)
	}
	contested(1)
}

// The mark is that of the base's last review, whoever has reviewed; files that a review has taken in are not asked for.
func TestSightAfterAReview(t *testing.T) {
	t.Parallel()
	dir, mark := first(t)
	eye := open(t, dir)
	ended := open(t, dir)
	note(t, ended, (*Noted).Done, code("1AAAA"))
	if got := latest(t, eye); !slices.Equal(got, []string{"1AAAA"}) {
		t.Error(got)
	}
	if err := ended.Close(); err != nil {
		t.Fatal(err)
	}
	next := ""
	if err := open(t, dir).Review(mark, now, func(r *Review) error { next = r.Mark; return nil }); err != nil {
		t.Fatal(err)
	}
	s, err := eye.Look(nil)
	if err != nil || s.Mark != next || len(s.Latest) > 0 {
		t.Errorf("after the review: %+v, %v; the mark is %s", s, err, next)
	}
}

// A line that is not what was written is an error of whoever looks; one that is still being written is not.
func TestSightOfADamagedFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	l := open(t, dir)
	note(t, l, (*Noted).Done, code("1AAAA"))
	names, err := filepath.Glob(filepath.Join(dir, "*.log"))
	if err != nil || len(names) != 1 {
		t.Fatal(names, err)
	}
	append := func(text string) {
		t.Helper()
		file, err := os.OpenFile(names[0], os.O_WRONLY|os.O_APPEND, 0)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := file.WriteString(text); err != nil {
			t.Fatal(err)
		}
		if err := file.Close(); err != nil {
			t.Fatal(err)
		}
	}
	append("0000")
	if _, err := open(t, dir).Look(nil); err != nil {
		t.Error(err)
	}
	append("0000 {}\n")
	if _, err := open(t, dir).Look(nil); err == nil {
		t.Error("a damaged line is read over")
	}
}

// A thing that was given to two is kept with both, through reviews.
func TestTwoOwners(t *testing.T) {
	t.Parallel()
	dir, mark := first(t)
	l := open(t, dir)
	for _, owner := range []string{"a", "b", "a"} {
		e := code("1AAAA")
		e.Application = owner
		note(t, l, (*Noted).Done, e)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if got := peek(t, dir, mark); got != "1AAAA 1AAAA" {
		t.Errorf("before a review: %q", got)
	}
	if err := open(t, dir).Review(mark, now, func(*Review) error { return nil }); err != nil {
		t.Fatal(err)
	}
	if got := peek(t, dir, ""); got != "1AAAA 1AAAA" {
		t.Errorf("after it: %q", got)
	}
}
