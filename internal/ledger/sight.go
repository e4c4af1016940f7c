package ledger

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// A Sight is what the processes have noted up to a moment, as far as a database must know it. It is taken after the act
// has noted its own: of two acts in two databases, one at least sees the other.
type Sight struct {
	// Mark is that of the last review, "" when there was none.
	Mark string
	// Latest are things that were given out surely, one of each act that may have been the last one to commit. A database
	// keeps its commits in their order: one that knows these has forgotten nothing that stands in the processes' files.
	Latest []Entry
	// Contested are those of the act's own things that another act has noted and not ended, or whose end nobody knows.
	Contested []Entry
	// Published is the size of the largest checkpoint of the audit log in the processes' files.
	Published int64
}

// Look takes in what was noted since the last look. own is the batch of the act that asks, nil for none.
func (l *Ledger) Look(own *Noted) (Sight, error) {
	if l == nil {
		return Sight{}, nil
	}
	l.eyes.Lock()
	defer l.eyes.Unlock()
	s, err := l.sight(own)
	if err == nil && own != nil {
		err = l.held() // the last moment before the act commits
	}
	if err != nil {
		return Sight{}, fmt.Errorf("reading what was noted in the ledger: %w", err)
	}
	return s, nil
}

// held says that this process's file, if it has one, is where it was.
func (l *Ledger) held() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.own == nil {
		return nil
	}
	return seen(l.own)
}

// sight reads the base's mark before the files: one that vanishes in between is in the base under a later mark.
func (l *Ledger) sight(own *Noted) (s Sight, err error) {
	if s.Mark, err = l.baseMark(); err != nil {
		return s, err
	}
	if err := l.follow(); err != nil {
		return s, err
	}
	for name, f := range l.followed {
		s.Published = max(s.Published, f.published)
		for _, act := range f.latest {
			s.Latest = append(s.Latest, act.thing)
		}
		if own == nil {
			continue
		}
		for batch, o := range f.open {
			if name != own.file || batch != own.batch {
				s.Contested = append(s.Contested, same(own.entries, o.entries)...)
			}
		}
	}
	return s, nil
}

// same are the things of one list that stand in another as well.
func same(own, others []Entry) []Entry {
	var both []Entry
	for _, e := range own {
		if slices.ContainsFunc(others, func(o Entry) bool { return o.Kind == e.Kind && o.Key == e.Key }) {
			both = append(both, e)
		}
	}
	return both
}

// baseMark reads the base's last line only when the base has changed.
func (l *Ledger) baseMark() (string, error) {
	info, err := os.Stat(l.base())
	if errors.Is(err, fs.ErrNotExist) {
		l.seenBase = nil
		return "", nil
	}
	if err != nil {
		return "", err
	}
	if before := l.seenBase; before != nil && os.SameFile(before, info) && before.Size() == info.Size() {
		return l.seenMark, nil
	}
	_, mark, err := l.ends()
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err == nil {
		l.seenBase, l.seenMark = info, mark
	}
	return mark, err
}

// follow reads on in every file, from where it was read to. Those that are gone are in the base.
func (l *Ledger) follow() error {
	names, err := logNames(l.dir)
	if err != nil {
		return err
	}
	for name, f := range l.followed {
		if !slices.Contains(names, name) {
			_ = f.file.Close() // it was only read
			delete(l.followed, name)
		}
	}
	for _, name := range names {
		f := l.followed[name]
		if f == nil {
			file, err := os.Open(filepath.Join(l.dir, name))
			if errors.Is(err, fs.ErrNotExist) {
				continue
			}
			if err != nil {
				return err
			}
			f = &following{file: file, open: map[int64]noted{}}
			l.followed[name] = f
		}
		if err := f.readOn(); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

// logNames are the names of the processes' files.
func logNames(dir string) ([]string, error) {
	d, err := os.Open(dir)
	if err != nil {
		return nil, err
	}
	names, err := d.Readdirnames(-1)
	if err = errors.Join(err, d.Close()); err != nil {
		return nil, err
	}
	return slices.DeleteFunc(names, func(name string) bool { return filepath.Ext(name) != ".log" }), nil
}

// A following is the file of a process, read as far as it was written. Its lines are numbered.
type following struct {
	file      *os.File
	read      int64
	line      int64
	open      map[int64]noted // batches without an end, and those whose end nobody knows
	latest    []done
	published int64
}

// A noted is a batch that was noted at a line; a done is one that ended at a line, by one of its things.
type (
	noted struct {
		line    int64
		entries []Entry
	}
	done struct {
		line  int64
		thing Entry
	}
)

func (f *following) readOn() error {
	info, err := f.file.Stat()
	if err != nil || info.Size() <= f.read {
		return err
	}
	text := make([]byte, info.Size()-f.read)
	n, err := f.file.ReadAt(text, f.read)
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	text = text[:n]
	for {
		end := bytes.IndexByte(text, '\n')
		if end < 0 {
			return nil // a line that is being written
		}
		l, err := decode(text[:end])
		if err != nil {
			return err
		}
		f.take(l)
		text, f.read = text[end+1:], f.read+int64(end)+1
	}
}

func (f *following) take(l line) {
	f.line++
	switch {
	case l.Batch != 0:
		f.open[l.Batch] = noted{f.line, numbered(l.Entries)}
	case l.Done != 0:
		f.done(f.open[l.Done])
		delete(f.open, l.Done)
	case l.Undone != 0:
		delete(f.open, l.Undone)
	default:
		for _, e := range l.Entries {
			if e.Kind == Checkpoint {
				f.published = max(f.published, e.Size())
			}
		}
	}
}

// done keeps the acts of which any may have committed last. One that had ended before this one was noted has committed
// before it, so that this one speaks for it; those that ran beside it stay.
func (f *following) done(act noted) {
	if len(act.entries) == 0 {
		return
	}
	f.latest = slices.DeleteFunc(f.latest, func(d done) bool { return d.line < act.line })
	f.latest = append(f.latest, done{f.line, act.entries[0]})
}

// numbered are the things that a database keeps by their own key.
func numbered(entries []Entry) []Entry {
	return slices.DeleteFunc(entries, func(e Entry) bool { return e.Kind == Mail || e.Kind == Checkpoint })
}

// closing is how long an act that ends is waited for.
const closing = 300 * time.Millisecond

// AwaitEnd waits a moment until nobody else's act has the things of a batch open any more. It says whether that came about;
// where it did not, an act was killed, hangs, or ended as nobody knows: a review decides.
func (l *Ledger) AwaitEnd(own *Noted) (bool, error) {
	for begun := time.Now(); ; <-time.After(2 * time.Millisecond) {
		s, err := l.Look(own)
		if err != nil || len(s.Contested) == 0 {
			return err == nil, err
		}
		if time.Since(begun) > closing {
			return false, nil
		}
	}
}
