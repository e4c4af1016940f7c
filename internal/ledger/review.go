package ledger

import (
	"bufio"
	"bytes"
	"cmp"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

// A Review compares the ledger with a database. Entries and Series are what the ledger knows beyond what was
// reviewed with this same database before; Whole says that this is everything, because the database is
// another one, or the base has to be written anew.
type Review struct {
	// Known says that there was a ledger at all: without one it is made from the database.
	Known bool
	Whole bool
	// Series are the counters' values, at least; Entries are sorted by kind and key.
	Series  map[string]int64
	Entries []Entry
	// Mark is to be stored in the database before the review ends.
	Mark string
	// Running counts the other processes that write the ledger at this moment.
	Running int
	// Missing counts the files of processes that somebody has taken away: what only they knew is not known any more.
	Missing int

	believed time.Time
	based    map[string]int64 // what the base says of the series, when it is not read whole
	dead     []string         // files that go into the base
	gone     []string         // what is left of those that were taken away
	locks    []*os.File
	tally    *tally
	extra    []Entry // from the database, for a whole base
}

// rewriteAfter is the age at which the base is written anew, without what needs not be kept.
const rewriteAfter = 30 * 24 * time.Hour

// Review holds everybody else's reviews off, reads what is new, and calls f with it. What f returns without
// an error for is then reviewed: the base holds it, and the files of processes that have ended are gone.
// mark is the one that the database has, "" for none; believed is how far the clock has come by everybody's belief, since
// entries that are old by it are dropped: never the reading of a clock that nobody vouches for. The zero time drops nothing.
func (l *Ledger) Review(mark string, believed time.Time, f func(*Review) error) error {
	unlock, err := l.lock()
	if err != nil {
		return err
	}
	defer unlock()
	r, err := l.look(mark, believed)
	if err != nil {
		return fmt.Errorf("reading the ledger: %w", err)
	}
	defer r.release()
	if err := f(r); err != nil {
		return err
	}
	if err := l.settle(r); err != nil {
		return fmt.Errorf("writing the ledger's base: %w", err)
	}
	return nil
}

// Peek is a review that changes nothing.
func (l *Ledger) Peek(mark string, believed time.Time) (*Review, error) {
	unlock, err := l.lock()
	if err != nil {
		return nil, err
	}
	defer unlock()
	r, err := l.look(mark, believed)
	if err != nil {
		return nil, fmt.Errorf("reading the ledger: %w", err)
	}
	return r, r.release()
}

// ErrReviewing says that a review goes on for longer than was waited for.
var ErrReviewing = errors.New("the ledger is being reviewed")

// reviewing is how long the end of a review is waited for: one that finds nothing takes milliseconds.
const reviewing = 3 * time.Second

// Unreviewed calls f while nobody reviews.
func (l *Ledger) Unreviewed(f func() error) error {
	file, err := os.OpenFile(filepath.Join(l.dir, "lock"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return fmt.Errorf("locking the ledger: %w", err)
	}
	defer file.Close() // which unlocks
	for begun := time.Now(); ; <-time.After(2 * time.Millisecond) {
		err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		switch {
		case err == nil:
			return f()
		case !errors.Is(err, syscall.EWOULDBLOCK):
			return fmt.Errorf("locking the ledger: %w", err)
		case time.Since(begun) > reviewing:
			return ErrReviewing
		}
	}
}

func (l *Ledger) base() string { return filepath.Join(l.dir, "base") }

// lock waits for whoever reviews.
func (l *Ledger) lock() (func(), error) {
	file, err := os.OpenFile(filepath.Join(l.dir, "lock"), os.O_RDWR|os.O_CREATE, 0o600)
	if err == nil {
		if err = syscall.Flock(int(file.Fd()), syscall.LOCK_EX); err != nil {
			err = errors.Join(err, file.Close())
		}
	}
	if err != nil {
		return nil, fmt.Errorf("locking the ledger: %w", err)
	}
	return func() { _ = file.Close() }, nil
}

func (l *Ledger) look(mark string, believed time.Time) (*Review, error) {
	next := make([]byte, 16)
	rand.Read(next)
	r := &Review{Mark: hex.EncodeToString(next), believed: believed, tally: newTally()}
	begin, last, err := l.ends()
	switch {
	case errors.Is(err, fs.ErrNotExist):
		r.Whole = true
	case err != nil:
		return nil, err
	default:
		r.Known, r.Whole = true, last == "" || last != mark || believed.Sub(begin) > rewriteAfter
	}
	if err := l.missing(r); err != nil {
		return nil, err
	}
	if r.Known && r.Whole {
		if err := read(l.base(), r.tally.based); err != nil {
			return nil, err
		}
	}
	if r.Known && !r.Whole {
		var err error
		if r.based, err = basedSeries(l.base()); err != nil {
			return nil, err
		}
	}
	if err := l.logs(r); err != nil {
		return nil, errors.Join(err, r.release())
	}
	r.Series = r.tally.series
	r.tally.all(func(e Entry) { r.Entries = append(r.Entries, e) })
	slices.SortFunc(r.Entries, func(a, b Entry) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Key, b.Key), a.At.Compare(b.At))
	})
	return r, nil
}

// Reached is what the whole ledger says a series has come to. A database that has come farther was noted in a ledger that is
// not here any more.
func (r *Review) Reached(series string) int64 { return max(r.based[series], r.tally.series[series]) }

// basedSeries reads of a base the series alone, which is much less than all of it.
func basedSeries(name string) (map[string]int64, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	t, in := newTally(), bufio.NewReaderSize(file, 1<<16)
	for {
		text, err := in.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return t.series, nil
		}
		if err != nil {
			return nil, err
		}
		if !bytes.Contains(text[:min(len(text), 24)], []byte(`{"reserve":`)) {
			continue
		}
		l, err := decode(text[:len(text)-1])
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		t.based(l)
	}
}

// based takes in a line of the base.
func (t *tally) based(l line) {
	for _, e := range l.Entries {
		t.put(e)
	}
	for name, to := range l.Reserve {
		t.series[name] = max(t.series[name], to)
	}
}

// ends are the age of the base, and the mark that is its last line; "" when the last line is none.
func (l *Ledger) ends() (begin time.Time, mark string, err error) {
	file, err := os.Open(l.base())
	if err != nil {
		return begin, "", err
	}
	defer file.Close()
	first, err := bufio.NewReader(file).ReadBytes('\n')
	if err != nil {
		return begin, "", nil // nothing whole: everything is looked at
	}
	if head, err := decode(first[:len(first)-1]); err == nil && head.Begin != nil {
		begin = head.Begin.At
	}
	tail, err := (line{Mark: hex.EncodeToString(make([]byte, 16))}).encode()
	if err != nil {
		return begin, "", err
	}
	info, err := file.Stat()
	if err != nil {
		return begin, "", err
	}
	if _, err := file.ReadAt(tail, max(0, info.Size()-int64(len(tail)))); err != nil {
		return begin, "", nil
	}
	last, err := decode(tail[:len(tail)-1])
	if err != nil || tail[len(tail)-1] != '\n' {
		return begin, "", nil
	}
	return begin, last.Mark, nil
}

// logs takes in the files of the processes. Who has ended has let go of its lock.
func (l *Ledger) logs(r *Review) error {
	names, err := filepath.Glob(filepath.Join(l.dir, "*.log"))
	if err != nil {
		return err
	}
	for _, name := range names {
		file, err := os.OpenFile(name, os.O_RDWR, 0)
		if err != nil {
			return err
		}
		r.locks = append(r.locks, file)
		err = syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		lives := errors.Is(err, syscall.EWOULDBLOCK)
		if err != nil && !lives {
			return err // without locks nobody can tell who has ended
		}
		if lives && !l.isOwn(name) {
			r.Running++
		}
		if err := r.tally.log(name, lives); err != nil {
			return err
		}
		if !lives {
			r.dead = append(r.dead, name)
		}
	}
	return nil
}

// missing finds the files that somebody has taken away. The database may know more than what is left then, and the base is
// written whole with it.
func (l *Ledger) missing(r *Review) error {
	names, err := filepath.Glob(filepath.Join(l.dir, "*"+begunExt))
	if err != nil {
		return err
	}
	for _, name := range names {
		_, err := os.Stat(strings.TrimSuffix(name, begunExt) + ".log")
		switch {
		case err == nil:
		case errors.Is(err, fs.ErrNotExist):
			r.gone = append(r.gone, name)
			r.Missing, r.Whole = r.Missing+1, true
		default:
			return err
		}
	}
	return nil
}

func (l *Ledger) isOwn(name string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.own != nil && l.own.Name() == name
}

// Running counts the processes that have the ledger in their hands at this moment.
func (l *Ledger) Running() (int, error) {
	r := &Review{tally: newTally()}
	if err := l.logs(r); err != nil {
		return 0, errors.Join(fmt.Errorf("looking who writes the ledger: %w", err), r.release())
	}
	return r.Running, r.release()
}

// Include adds what the database knows to a base that is written whole.
func (r *Review) Include(entries ...Entry) { r.extra = append(r.extra, entries...) }

// IncludeSeries does so with a counter.
func (r *Review) IncludeSeries(name string, to int64) {
	r.tally.series[name] = max(r.tally.series[name], to)
}

func (r *Review) release() error {
	var problems []error
	for _, file := range r.locks {
		problems = append(problems, file.Close())
	}
	r.locks = nil
	return errors.Join(problems...)
}

// settle writes the base, by appending where that is enough, and only then drops the files it has taken in.
func (l *Ledger) settle(r *Review) error {
	for _, e := range r.extra {
		r.tally.put(e)
	}
	write := l.extend
	if r.Whole {
		write = l.rewrite
	}
	if err := write(r); err != nil {
		return err
	}
	for _, name := range r.dead {
		if err := drop(name); err != nil {
			return err
		}
	}
	for _, name := range r.gone {
		if err := os.Remove(name); err != nil {
			return err
		}
	}
	return syncDir(l.dir)
}

func (l *Ledger) extend(r *Review) error {
	file, err := os.OpenFile(l.base(), os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		return err
	}
	return errors.Join(r.write(file, false), file.Close())
}

func (l *Ledger) rewrite(r *Review) error {
	name := l.base() + ".new"
	file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	if err := errors.Join(r.write(file, true), file.Close()); err != nil {
		return err
	}
	return errors.Join(os.Rename(name, l.base()), syncDir(l.dir))
}

// write puts everything down, the mark last, and syncs.
func (r *Review) write(file *os.File, whole bool) error {
	out := bufio.NewWriterSize(file, 1<<16)
	put := func(l line) error {
		text, err := l.encode()
		if err == nil {
			_, err = out.Write(text)
		}
		return err
	}
	var problems []error
	if whole {
		problems = append(problems, put(line{Begin: &beginning{At: r.believed.UTC()}}))
	}
	if len(r.tally.series) > 0 {
		problems = append(problems, put(line{Reserve: r.tally.series}))
	}
	r.tally.all(func(e Entry) {
		if e.kept(r.believed) {
			problems = append(problems, put(line{Entries: []Entry{e}}))
		}
	})
	problems = append(problems, put(line{Mark: r.Mark}), out.Flush(), file.Sync())
	return errors.Join(problems...)
}
