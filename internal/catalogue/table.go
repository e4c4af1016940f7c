package catalogue

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"uketsuke/internal/calendar"
)

// A Fault is something wrong in a catalogue file; Line counts from 1 and is 0 when it concerns the whole file.
type Fault struct {
	File string
	Line int
	Text string
}

func (f *Fault) Error() string {
	if f.Line == 0 {
		return f.File + ": " + f.Text
	}
	return fmt.Sprintf("%s:%d: %s", f.File, f.Line, f.Text)
}

// faults collects what is wrong, so that an operator sees everything at one start.
type faults []error

func (fs *faults) add(file string, line int, format string, args ...any) {
	*fs = append(*fs, &Fault{file, line, fmt.Sprintf(format, args...)})
}

// A row is a line of a file. Its methods read cells by their column and report what is wrong with them.
type row struct {
	file  string
	line  int
	cells map[string]string
	found *faults
}

func (r row) fault(format string, args ...any) { r.found.add(r.file, r.line, format, args...) }

// readTable reads the rows of a file that must have exactly these columns. A file with a fault in its form
// has no rows.
func readTable(from fs.FS, file string, columns []string, found *faults) []row {
	text, err := fs.ReadFile(from, file)
	if err != nil {
		found.add(file, 0, "cannot be read: %v", err)
		return nil
	}
	if !utf8.Valid(text) {
		found.add(file, 1+bytes.Count(text[:firstInvalid(text)], []byte("\n")), "is not UTF-8")
		return nil
	}
	in := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(text), "\ufeff")))
	header, err := in.Read()
	if err != nil {
		found.add(file, 1, "no header line")
		return nil
	}
	if !headerFits(file, header, columns, found) {
		return nil
	}
	return readRows(in, file, header, found)
}

// firstInvalid is the offset of the first byte that is not UTF-8.
func firstInvalid(text []byte) int {
	at := 0
	for at < len(text) {
		r, size := utf8.DecodeRune(text[at:])
		if r == utf8.RuneError && size == 1 {
			break
		}
		at += size
	}
	return at
}

func headerFits(file string, header, columns []string, found *faults) bool {
	before := len(*found)
	for i, name := range header {
		switch {
		case !slices.Contains(columns, name):
			found.add(file, 1, "unknown column %q", name)
		case slices.Contains(header[:i], name):
			found.add(file, 1, "column %q stands twice", name)
		}
	}
	for _, name := range columns {
		if !slices.Contains(header, name) {
			found.add(file, 1, "missing column %q", name)
		}
	}
	return len(*found) == before
}

func readRows(in *csv.Reader, file string, header []string, found *faults) []row {
	var rows []row
	for {
		cells, err := in.Read()
		if err == io.EOF {
			return rows
		}
		if broken := (*csv.ParseError)(nil); errors.As(err, &broken) {
			found.add(file, broken.StartLine, "%v", broken.Err)
			return nil
		}
		line, _ := in.FieldPos(0)
		r := row{file, line, map[string]string{}, found}
		for i, name := range header {
			r.cells[name] = strings.TrimSpace(cells[i])
		}
		rows = append(rows, r)
	}
}

// text is a cell that must not be empty.
func (r row) text(column string) string {
	if r.cells[column] == "" {
		r.fault("column %q is empty", column)
	}
	return r.cells[column]
}

// keyPattern keeps keys fit for names of form fields, which join them with dots.
var keyPattern = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]*$`)

func (r row) key(column string) string {
	if key := r.cells[column]; !keyPattern.MatchString(key) {
		r.fault("column %q: %q is not a key of a–z, 0–9, - and _", column, key)
	}
	return r.cells[column]
}

func (r row) oneOf(column string, allowed ...string) string {
	if !slices.Contains(allowed, r.cells[column]) {
		r.fault("column %q: %q is none of %s", column, r.cells[column], strings.Join(allowed, ", "))
	}
	return r.cells[column]
}

func (r row) yes(column string) bool { return r.oneOf(column, "yes", "no") == "yes" }

// number is a whole number of at least least.
func (r row) number(column string, least int) int {
	n, err := strconv.Atoi(r.cells[column])
	if err != nil || n < least {
		r.fault("column %q: %q is not a whole number from %d on", column, r.cells[column], least)
	}
	return n
}

func (r row) date(column string) calendar.Date {
	d, err := calendar.ParseDate(r.cells[column])
	if err != nil {
		r.fault("column %q: %q is not a day as YYYY-MM-DD", column, r.cells[column])
	}
	return d
}
