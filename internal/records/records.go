// Package records answers "is each record of this CSV file as short as a record of its form can be?" while the file streams.
//
// Words: a record is a line, or several when a quotation is open; too wide is one that is longer or has more columns than
// any record of the form.
package records

import (
	"fmt"
	"io"
)

// The bounds of every form that is read here.
const (
	// Longest is in bytes: an item, each character of four bytes, and what else a line has, quoted or not, several times over.
	Longest = 4 << 10
	// MostColumns are as many as are still told with their number.
	MostColumns = 100
)

// A TooWide is a record of a CSV file that is longer or has more columns than any record of the file's form.
type TooWide struct {
	Line           int // where it begins, from 1
	Bytes, Columns int // the most that a record may have
}

func (t *TooWide) Error() string {
	return fmt.Sprintf("the record of line %d has more than %d bytes or %d columns", t.Line, t.Bytes, t.Columns)
}

// A Reader passes a CSV file on as long as each record has at most so many bytes and columns. encoding/csv takes a whole record
// into memory, with a slice and a string for each column, before anybody can look at it: 63 MB of commas became 5 GB. So the
// bounds are counted in what streams, byte by byte: a record ends with the line, unless a quotation is open.
type Reader struct {
	from           io.Reader
	bytes, columns int

	line, begun int // lines so far, and where the record began
	n, commas   int // of the record
	quoted      bool
	err         error
}

// Bounded reads a CSV file whose records have at most so many bytes and columns; one that is wider ends it with a *TooWide.
func Bounded(from io.Reader, bytes, columns int) *Reader {
	return &Reader{from: from, bytes: bytes, columns: columns, line: 1, begun: 1}
}

func (r *Reader) Read(into []byte) (int, error) {
	if r.err != nil {
		return 0, r.err
	}
	n, err := r.from.Read(into)
	for i, c := range into[:n] {
		if r.n++; c == ',' && !r.quoted {
			r.commas++
		}
		if r.n > r.bytes || r.commas >= r.columns {
			r.err = &TooWide{Line: r.begun, Bytes: r.bytes, Columns: r.columns}
			return i, r.err
		}
		switch {
		case c == '"':
			r.quoted = !r.quoted
		case c == '\n':
			r.line++
			if !r.quoted {
				r.n, r.commas, r.begun = 0, 0, r.line
			}
		}
	}
	return n, err
}
