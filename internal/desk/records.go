package desk

import (
	"fmt"
	"io"
)

// A tooWide is a record of a CSV file that is longer or has more columns than any record of the file's form.
type tooWide struct {
	Line           int // where it begins, from 1
	Bytes, Columns int // the most that a record may have
}

func (t *tooWide) Error() string {
	return fmt.Sprintf("the record of line %d has more than %d bytes or %d columns", t.Line, t.Bytes, t.Columns)
}

// A records passes a CSV file on as long as each record has at most so many bytes and columns. encoding/csv takes a whole record
// into memory, with a slice and a string for each column, before anybody can look at it: 63 MB of commas became 5 GB. So the
// bounds are counted in what streams, byte by byte: a record ends with the line, unless a quotation is open.
type records struct {
	from           io.Reader
	bytes, columns int

	line, begun int // lines so far, and where the record began
	n, commas   int // of the record
	quoted      bool
	err         error
}

func newRecords(from io.Reader, bytes, columns int) *records {
	return &records{from: from, bytes: bytes, columns: columns, line: 1, begun: 1}
}

func (r *records) Read(into []byte) (int, error) {
	if r.err != nil {
		return 0, r.err
	}
	n, err := r.from.Read(into)
	for i, c := range into[:n] {
		if r.n++; c == ',' && !r.quoted {
			r.commas++
		}
		if r.n > r.bytes || r.commas >= r.columns {
			r.err = &tooWide{Line: r.begun, Bytes: r.bytes, Columns: r.columns}
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
