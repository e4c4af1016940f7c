package ledger

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"maps"
	"os"
	"slices"
	"strconv"
	"time"

	"uketsuke/internal/clock"
)

// ErrDamaged: a line of the ledger is not what was written, and it is not the last one.
var ErrDamaged = errors.New("the ledger is damaged")

// A line is one line of any file; exactly one of its parts is there.
type line struct {
	Begin   *beginning       `json:"begin,omitempty"`
	Batch   int64            `json:"batch,omitempty"`
	Entries []Entry          `json:"entries,omitempty"` // of the batch, or given out surely when there is none
	Done    int64            `json:"done,omitempty"`
	Undone  int64            `json:"undone,omitempty"`
	Unsure  int64            `json:"unsure,omitempty"`  // nobody knows whether the batch's transaction has committed
	Reserve map[string]int64 `json:"reserve,omitempty"` // what the series may have come to
	End     bool             `json:"end,omitempty"`     // the process ended orderly
	Mark    string           `json:"mark,omitempty"`    // of the review that wrote the base
}

// A beginning is the first line of a file.
type beginning struct {
	At time.Time `json:"at"`
	// Boot is the machine's run: within one, nothing written is lost.
	Boot string `json:"boot,omitempty"`
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// encode makes the bytes of a line: eight digits of checksum, a blank, JSON.
func (l line) encode() ([]byte, error) {
	text, err := json.Marshal(l)
	if err != nil {
		return nil, err
	}
	return fmt.Appendf(nil, "%08x %s\n", crc32.Checksum(text, castagnoli), text), nil
}

func decode(text []byte) (l line, err error) {
	sum, body, _ := bytes.Cut(text, []byte(" "))
	want, err := strconv.ParseUint(string(sum), 16, 32)
	if err != nil || crc32.Checksum(body, castagnoli) != uint32(want) {
		return l, ErrDamaged
	}
	return l, json.Unmarshal(body, &l)
}

// read calls f with each line of a file. A last line that was cut is left out.
func read(name string, f func(line)) error {
	file, err := os.Open(name)
	if err != nil {
		return err
	}
	defer file.Close()
	in := bufio.NewReaderSize(file, 1<<16)
	for n := 1; ; n++ {
		text, err := in.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return nil // what stands without an end was never finished
		}
		if err != nil {
			return err
		}
		l, err := decode(text[:len(text)-1])
		if err != nil {
			if _, more := in.Peek(1); errors.Is(more, io.EOF) {
				return nil
			}
			return fmt.Errorf("%s, line %d: %w", name, n, err)
		}
		f(l)
	}
}

// A tally is what files say together.
type tally struct {
	entries map[Kind]map[string][]Entry // by key; several only when different owners were given the same
	series  map[string]int64
}

func newTally() *tally {
	return &tally{entries: map[Kind]map[string][]Entry{}, series: map[string]int64{}}
}

// put takes an entry in; one that was given out surely wins over one that was perhaps, to the same owner.
func (t *tally) put(e Entry) {
	of := t.entries[e.Kind]
	if of == nil {
		of = map[string][]Entry{}
		t.entries[e.Kind] = of
	}
	at := slices.IndexFunc(of[e.Key], e.SameOwner)
	switch {
	case at < 0:
		of[e.Key] = append(of[e.Key], e)
	case of[e.Key][at].Perhaps:
		of[e.Key][at] = e
	}
	if e.Series != "" {
		t.series[e.Series] = max(t.series[e.Series], e.Number)
	}
}

// all calls f with every entry.
func (t *tally) all(f func(Entry)) {
	for _, of := range t.entries {
		for _, entries := range of {
			for _, e := range entries {
				f(e)
			}
		}
	}
}

// log takes in the file of one process. Of one that lives, open batches are nobody's business yet.
func (t *tally) log(name string, lives bool) error {
	open, unsure, reserve := map[int64][]Entry{}, []Entry(nil), map[string]int64{}
	var begin beginning
	ended := false
	err := read(name, func(l line) {
		switch {
		case l.Begin != nil:
			begin = *l.Begin
		case l.Batch != 0:
			open[l.Batch] = l.Entries
		case l.Done != 0:
			t.putAll(open[l.Done], false)
			delete(open, l.Done)
		case l.Undone != 0:
			delete(open, l.Undone)
		case l.Unsure != 0:
			unsure = append(unsure, open[l.Unsure]...)
			delete(open, l.Unsure)
		case l.Reserve != nil:
			maps.Copy(reserve, l.Reserve)
		case l.End:
			ended = true
		default:
			t.putAll(l.Entries, false)
		}
	})
	t.putAll(unsure, true)
	if err != nil || lives {
		return err
	}
	for _, entries := range open {
		t.putAll(entries, true)
	}
	// Lines that were not synced may be gone with the machine: then the series may have come to its reserve.
	if !ended && (begin.Boot == "" || begin.Boot != clock.BootID()) {
		for name, to := range reserve {
			t.series[name] = max(t.series[name], to)
		}
	}
	return nil
}

func (t *tally) putAll(entries []Entry, perhaps bool) {
	for _, e := range entries {
		e.Perhaps = perhaps
		t.put(e)
	}
}
