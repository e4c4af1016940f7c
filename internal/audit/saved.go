package audit

import (
	"regexp"
	"strings"
)

// Checkpoints splits a file into the signed checkpoints it holds, as they are appended one after another.
func Checkpoints(file string) []string {
	var all []string
	for file = savedText(file); file != ""; {
		var one string
		one, file = cutCheckpoint(file)
		all = append(all, one)
	}
	return all
}

// savedText undoes what mail programs and a courier do around checkpoints.
func savedText(file string) string {
	return strings.TrimLeft(strings.ReplaceAll(file, "\r\n", "\n"), "\n")
}

// cutCheckpoint takes the first checkpoint off a file. What is not whole is all of the rest: it will not open.
func cutCheckpoint(file string) (one, rest string) {
	text, rest, found := strings.Cut(file, "\n\n")
	if !found {
		return file, ""
	}
	end := 0
	for strings.HasPrefix(rest[end:], "— ") {
		next := strings.IndexByte(rest[end:], '\n')
		if next < 0 {
			end = len(rest)
			break
		}
		end += next + 1
	}
	return text + "\n\n" + rest[:end], strings.TrimLeft(rest[end:], "\n")
}

// An opened is a checkpoint of a saved file, or why it is not to be believed.
type opened struct {
	Checkpoint
	err error
}

// openSaved opens what a saved file holds of a log's checkpoints. A piece that was torn when it was written, since the disk
// was full or the machine went down, is counted and passed over: it says nothing, for nobody and against nobody.
func (t *Trust) openSaved(file, origin string) (all []opened, torn int) {
	for file = savedText(file); file != ""; {
		one, rest := cutCheckpoint(file)
		c, err := t.Open(one)
		if err != nil {
			if unended, end := t.tear(file, origin); end > 0 {
				if unended == nil {
					torn++
				} else {
					all = append(all, *unended)
				}
				file = strings.TrimLeft(file[end:], "\n")
				continue
			}
		}
		all, file = append(all, opened{c, err}), rest
	}
	return all, torn
}

// tear finds where the torn piece ends that a file begins with: at its own end, or where a checkpoint begins that opens.
// One that lacks its last line end alone is whole. An end of 0 says that nothing was torn there: what does not open is forged.
func (t *Trust) tear(file, origin string) (unended *opened, end int) {
	for end := range begins(file, origin) {
		piece := strings.TrimRight(file[:end], "\n")
		unended := (*opened)(nil)
		if !areTorn(piece, origin) {
			c, err := t.Open(piece + "\n")
			if err != nil {
				continue
			}
			unended = &opened{c, nil}
		}
		if end < len(file) {
			next, _ := cutCheckpoint(file[end:])
			if _, err := t.Open(next); err != nil {
				continue
			}
		}
		return unended, end
	}
	return nil, 0
}

// begins are the places behind the first where a checkpoint may begin, and the end of a file: not farther than a few
// checkpoints are long.
func begins(file, origin string) func(yield func(int) bool) {
	most := 4 * (len(origin)*2 + 256)
	return func(yield func(int) bool) {
		for at := 1; at < min(len(file), most); at++ {
			if strings.HasPrefix(file[at:], origin+"\n") && !yield(at) {
				return
			}
		}
		if len(file) <= most {
			yield(len(file))
		}
	}
}

// areTorn says whether a piece is one or several torn checkpoints, with empty lines between them.
func areTorn(piece, origin string) bool {
	piece = strings.Trim(piece, "\n")
	if isTorn(piece, origin) {
		return true
	}
	for at := strings.LastIndex(piece, "\n\n"); at >= 0; at = strings.LastIndex(piece[:at], "\n\n") {
		if isTorn(piece[:at], origin) && areTorn(piece[at:], origin) {
			return true
		}
	}
	return false
}

// The lines of a checkpoint whose length does not change with the log, as far as they can be cut.
var (
	sizeLine  = regexp.MustCompile(`^[1-9][0-9]{0,18}$`)
	rootLine  = regexp.MustCompile(`^[A-Za-z0-9+/]{43}=$`)
	rootCut   = regexp.MustCompile(`^[A-Za-z0-9+/]{0,43}$`)
	signedCut = regexp.MustCompile(`^[A-Za-z0-9+/]{0,91}$`)
	digit     = regexp.MustCompile(`[0-9]`)
)

const timeLine = "time 0000-00-00T00:00:00.000000Z"

// isTorn says whether a piece is the beginning of a checkpoint, cut before its first signature was whole. What has a whole
// signature is not torn, whoever made that.
func isTorn(piece, origin string) bool {
	lines := strings.Split(piece, "\n")
	if piece == "" || len(lines) > 6 {
		return false
	}
	for i, line := range lines {
		last := i == len(lines)-1
		fits := false
		switch i {
		case 0:
			fits = line == origin || last && strings.HasPrefix(origin, line)
		case 1:
			fits = sizeLine.MatchString(line)
		case 2:
			fits = rootLine.MatchString(line) || last && rootCut.MatchString(line)
		case 3:
			form := digit.ReplaceAllString(line, "0")
			fits = form == timeLine || last && strings.HasPrefix(timeLine, form)
		case 4:
			fits = line == ""
		case 5:
			by := "— " + origin + " "
			signature, signs := strings.CutPrefix(line, by)
			fits = strings.HasPrefix(by, line) || signs && signedCut.MatchString(signature)
		}
		if !fits {
			return false
		}
	}
	return true
}
