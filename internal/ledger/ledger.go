package ledger

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"uketsuke/internal/clock"
)

// Block is how many numbers of a series are reserved at once.
const Block = 32

// A Ledger is one process's hand on the ledger. It may be used by several goroutines; a nil Ledger notes
// nothing.
type Ledger struct {
	dir string

	mu       sync.Mutex
	own      *os.File // this process's file; nil before the first note
	size     int64    // of own, as far as it is whole
	batches  int64
	reserved map[string]int64
	broken   error

	eyes     sync.Mutex
	followed map[string]*following // the processes' files by their names
	seenBase os.FileInfo
	seenMark string
}

// Open opens the ledger in a directory, which is made when missing.
func Open(dir string) (*Ledger, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("opening the ledger: %w", err)
	}
	return &Ledger{dir: dir, reserved: map[string]int64{}, followed: map[string]*following{}}, nil
}

// A Noted is the batch of one act; nil is that of an act that gives out nothing.
type Noted struct {
	ledger  *Ledger
	batch   int64
	file    string // that it stands in
	entries []Entry
}

// Note writes what an act gives out, before its transaction commits. When it returns, no crash can make
// anybody give out the same again. An error means that the act must not be done.
func (l *Ledger) Note(entries []Entry) (*Noted, error) {
	if l == nil || len(entries) == 0 {
		return nil, nil
	}
	noted, file, err := l.note(entries)
	if err == nil && file != nil {
		err = file.Sync()
	}
	if err != nil {
		return nil, fmt.Errorf("noting in the ledger what is given out: %w", err)
	}
	return noted, nil
}

// note appends the batch, and returns the file if it has to be synced.
func (l *Ledger) note(entries []Entry) (noted *Noted, file *os.File, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.begun(); err != nil {
		return nil, nil, err
	}
	reserve, sync := map[string]int64{}, false
	for _, e := range entries {
		sync = sync || !e.Lazy
		if e.Series == "" || e.Number <= max(l.reserved[e.Series], reserve[e.Series]) {
			continue
		}
		reserve[e.Series] = e.Number
		if e.Ahead {
			reserve[e.Series] += Block - 1
		}
	}
	lines := []line{{Batch: l.batches + 1, Entries: entries}}
	if len(reserve) > 0 {
		lines = append([]line{{Reserve: reserve}}, lines...)
	}
	if err := l.append(lines...); err != nil {
		return nil, nil, err
	}
	if len(reserve) > 0 {
		// Synced here, before anybody else rests on it.
		if err := l.own.Sync(); err != nil {
			l.broken = err
			return nil, nil, err
		}
		sync = false
	}
	maps.Copy(l.reserved, reserve)
	l.batches++
	if sync {
		file = l.own
	}
	return &Noted{l, l.batches, filepath.Base(l.own.Name()), numbered(slices.Clone(entries))}, file, nil
}

// Done says that the act's transaction has committed. What it cannot write stays perhaps given out.
func (n *Noted) Done() error { return n.close(func(b int64) line { return line{Done: b} }) }

// Undone says that the act's transaction has surely not committed: what it took is free again.
func (n *Noted) Undone() error { return n.close(func(b int64) line { return line{Undone: b} }) }

// Unsure says that nobody knows whether the act's transaction has committed: what it took is perhaps given out, and the
// next review keeps it from everybody.
func (n *Noted) Unsure() error { return n.close(func(b int64) line { return line{Unsure: b} }) }

func (n *Noted) close(as func(int64) line) error {
	if n == nil {
		return nil
	}
	n.ledger.mu.Lock()
	defer n.ledger.mu.Unlock()
	if err := n.ledger.append(as(n.batch)); err != nil {
		return fmt.Errorf("noting in the ledger how an act ended: %w", err)
	}
	return nil
}

// Given writes something that has left the house already, and syncs it: a mail that a server has accepted.
func (l *Ledger) Given(e Entry) error {
	if l == nil {
		return nil
	}
	if err := l.given(e); err != nil {
		return fmt.Errorf("noting in the ledger what was given out: %w", err)
	}
	return nil
}

func (l *Ledger) given(e Entry) error {
	l.mu.Lock()
	err := l.begun()
	if err == nil {
		err = l.append(line{Entries: []Entry{e}})
	}
	file := l.own
	l.mu.Unlock()
	if err != nil {
		return err
	}
	return file.Sync()
}

// NoteCheckpoint writes that a state of the audit log was published: its size and the text of its note.
func (l *Ledger) NoteCheckpoint(at time.Time, size int64, text string) error {
	return l.Given(Entry{Kind: Checkpoint, Key: fmt.Sprintf("%020d", size), At: at, Detail: text})
}

// Begin makes this process's file, so that everybody sees that it runs.
func (l *Ledger) Begin() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.begun(); err != nil {
		return fmt.Errorf("beginning a file of the ledger: %w", err)
	}
	return nil
}

// begun makes this process's file at the first note, locked as long as the process lives.
func (l *Ledger) begun() error {
	if l.broken != nil || l.own != nil {
		return l.broken
	}
	name := make([]byte, 16)
	rand.Read(name) // never fails
	file, err := os.OpenFile(filepath.Join(l.dir, hex.EncodeToString(name)+".log"), os.O_WRONLY|os.O_CREATE|os.O_EXCL|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	l.own, l.size = file, 0
	err = errors.Join(syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB), l.append(line{Begin: &beginning{At: time.Now().UTC(), Boot: clock.BootID()}}),
		file.Sync(), os.WriteFile(begunBy(file.Name()), nil, 0o600), syncDir(l.dir))
	if err != nil {
		l.own = nil
		return errors.Join(err, file.Close(), drop(file.Name()))
	}
	return nil
}

// begunBy is an empty file beside a process's own one, which says that there is that one: a review knows by it that
// somebody has taken it away. It is made after it, and goes before it.
func begunBy(log string) string { return strings.TrimSuffix(log, ".log") + begunExt }

const begunExt = ".begun"

// drop removes a process's file.
func drop(log string) error {
	if err := os.Remove(begunBy(log)); err != nil && !errors.Is(err, fs.ErrNotExist) { // one of an older program has none
		return err
	}
	return os.Remove(log)
}

// ErrTakenAway: what a process noted from here on would be read by nobody.
var ErrTakenAway = errors.New("the file that this process writes was taken away or exchanged; start the service again")

// seen says whether this process's file is still the one that everybody sees.
func seen(own *os.File) error {
	held, err := own.Stat()
	if err != nil {
		return err
	}
	shown, err := os.Stat(own.Name())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err != nil || !os.SameFile(held, shown) {
		return fmt.Errorf("%s: %w", own.Name(), ErrTakenAway)
	}
	return nil
}

// append writes whole lines or nothing; a file of which that is not known any more is not written again.
func (l *Ledger) append(lines ...line) error {
	if l.broken != nil {
		return l.broken
	}
	if err := seen(l.own); err != nil {
		return err
	}
	var text []byte
	for _, each := range lines {
		encoded, err := each.encode()
		if err != nil {
			return err
		}
		text = append(text, encoded...)
	}
	if _, err := l.own.Write(text); err != nil {
		if cut := l.own.Truncate(l.size); cut != nil {
			l.broken = errors.Join(err, cut)
		}
		return err
	}
	l.size += int64(len(text))
	return nil
}

// Close ends this process's part: what its series have come to is known exactly from then on.
func (l *Ledger) Close() error {
	if l == nil {
		return nil
	}
	l.letGo()
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.own == nil {
		return nil
	}
	err := l.append(line{End: true})
	err = errors.Join(err, l.own.Sync(), l.own.Close())
	l.own = nil
	return err
}

// letGo ends the reading of the files; a later look begins anew.
func (l *Ledger) letGo() {
	l.eyes.Lock()
	defer l.eyes.Unlock()
	for name, f := range l.followed {
		_ = f.file.Close() // it was only read
		delete(l.followed, name)
	}
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// Probe says why nothing could be noted now, nil when all is well: the directory is away, or its disk is full.
func (l *Ledger) Probe() error {
	if l == nil {
		return nil
	}
	if err := l.probe(); err != nil {
		return fmt.Errorf("trying the ledger: %w", err)
	}
	return nil
}

// probe writes a file beside the others, and takes it away; this process's own file must still be the one that
// everybody sees.
func (l *Ledger) probe() error {
	l.mu.Lock()
	broken, own := l.broken, l.own
	l.mu.Unlock()
	if broken != nil {
		return broken
	}
	if own != nil {
		if err := seen(own); err != nil {
			return err
		}
	}
	file, err := os.CreateTemp(l.dir, "probe-*.tmp")
	if err != nil {
		return err
	}
	_, err = file.Write(make([]byte, 4096))
	return errors.Join(err, file.Sync(), file.Close(), os.Remove(file.Name()))
}
