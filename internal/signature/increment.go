package signature

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"time"
	"unicode/utf16"
)

// ErrForm says that a file is not built as this product's papers are; nothing is signed then.
var ErrForm = errors.New("the file is no paper of this product")

// The parts of a file that an increment refers to. The papers have one classical table of objects and no
// compressed objects.
var (
	trailerForm = regexp.MustCompile(`(?s)^\ntrailer\n<<\n/Size (\d+)\n(/Root (\d+) 0 R\n.*)>>\nstartxref\n(\d+)\n%%EOF\n?$`)
	pagesForm   = regexp.MustCompile(`/Pages (\d+) 0 R`)
	kidForm     = regexp.MustCompile(`/Kids\s*\[\s*(\d+) 0 R`)
)

// room is how many bytes a signature may have: a chain of three certificates with RSA keys of 4096 bits
// needs less than half of it.
const room = 12 << 10

// Sign appends a signature to a paper: nothing is seen on the page, readers show it beside. at is the real
// time. The bytes before it stay as they are.
func (s *Signer) Sign(pdf []byte, reason string, at time.Time) ([]byte, error) {
	if at.Before(s.certificate.NotBefore) || !at.Before(s.Ends()) {
		return nil, &Outdated{From: s.certificate.NotBefore, Ends: s.Ends()}
	}
	file, contents, err := increment(pdf, s.Name(), reason, at)
	if err != nil {
		return nil, err
	}
	before, after := contents, contents+2+2*room // the brackets of the hexadecimal string count to it
	der, err := s.cms(append(file[:before:before], file[after:]...))
	if err != nil {
		return nil, err
	}
	if len(der) > room {
		return nil, fmt.Errorf("signing: the signature has %d bytes, there is room for %d", len(der), room)
	}
	hex.Encode(file[before+1:], der)
	return file, nil
}

// increment is a paper with an empty signature behind it, and where that signature's digits begin.
func increment(pdf []byte, name, reason string, at time.Time) (file []byte, contents int, err error) {
	trailer := trailerForm.FindSubmatch(pdf[max(0, bytes.LastIndex(pdf, []byte("\ntrailer\n"))):])
	if trailer == nil {
		return nil, 0, fmt.Errorf("reading the trailer: %w", ErrForm)
	}
	size, _ := strconv.Atoi(string(trailer[1]))
	root, _ := strconv.Atoi(string(trailer[3]))
	table, _ := strconv.Atoi(string(trailer[4]))
	objects, err := readTable(pdf, table, size)
	if err != nil {
		return nil, 0, err
	}
	catalogue, err1 := objects.body(root)
	page, body, err2 := objects.firstPage(catalogue)
	if err := errors.Join(err1, err2); err != nil {
		return nil, 0, err
	}
	signature, field := size, size+1
	out := &appended{file: append(bytes.Clone(pdf), '\n'), places: map[int]int{}}
	out.object(root, with(catalogue, fmt.Sprintf("/AcroForm << /Fields [%d 0 R] /SigFlags 3 >>", field)))
	out.object(page, with(body, fmt.Sprintf("/Annots [%d 0 R]", field)))
	contents = out.signature(signature, name, reason, at)
	out.object(field, fmt.Appendf(nil, "<< /Type /Annot /Subtype /Widget /FT /Sig /T (signature) /F 132 /Rect [0 0 0 0] /P %d 0 R /V %d 0 R >>", page, signature))
	out.table(size+2, trailer[2], table)
	out.rangesOf(contents)
	return out.file, contents, nil
}

// A body is a paper's bytes with the place of each object.
type body struct {
	pdf    []byte
	places []int
}

func readTable(pdf []byte, at, size int) (body, error) {
	const entry = 20
	head := fmt.Appendf(nil, "xref\n0 %d\n", size)
	if at < 0 || at > len(pdf) || !bytes.HasPrefix(pdf[at:], head) || size < 1 || len(pdf)-at-len(head) < size*entry {
		return body{}, fmt.Errorf("reading the table of objects: %w", ErrForm)
	}
	b := body{pdf, make([]int, size)}
	for i := range size {
		line := pdf[at+len(head)+i*entry:][:entry]
		place, err := strconv.Atoi(string(line[:10]))
		if err != nil || place < 0 || place > len(pdf) {
			return body{}, fmt.Errorf("reading the table of objects: %w", ErrForm)
		}
		b.places[i] = place
	}
	return b, nil
}

// body is the dictionary of an object that has no stream.
func (b body) body(number int) ([]byte, error) {
	head := fmt.Appendf(nil, "%d 0 obj\n", number)
	if number < 1 || number >= len(b.places) || !bytes.HasPrefix(b.pdf[b.places[number]:], head) {
		return nil, fmt.Errorf("reading object %d: %w", number, ErrForm)
	}
	rest := b.pdf[b.places[number]+len(head):]
	end := bytes.Index(rest, []byte("endobj"))
	if end < 0 || !bytes.HasPrefix(rest, []byte("<<")) || bytes.Contains(rest[:end], []byte("stream")) {
		return nil, fmt.Errorf("reading object %d: %w", number, ErrForm)
	}
	return bytes.TrimSpace(rest[:end]), nil
}

func (b body) firstPage(catalogue []byte) (int, []byte, error) {
	number := func(of []byte, form *regexp.Regexp) int {
		if parts := form.FindSubmatch(of); parts != nil {
			n, _ := strconv.Atoi(string(parts[1]))
			return n
		}
		return 0
	}
	pages, err := b.body(number(catalogue, pagesForm))
	if err != nil {
		return 0, nil, err
	}
	first := number(pages, kidForm)
	page, err := b.body(first)
	if err == nil && (bytes.Contains(page, []byte("/Annots")) || bytes.Contains(catalogue, []byte("/AcroForm"))) {
		err = fmt.Errorf("the paper has annotations already: %w", ErrForm)
	}
	return first, page, err
}

// with adds an entry to a dictionary.
func with(dictionary []byte, entry string) []byte {
	return fmt.Appendf(nil, "%s%s >>", bytes.TrimSuffix(dictionary, []byte(">>")), entry)
}

// appended is a file that grows by objects.
type appended struct {
	file   []byte
	places map[int]int
}

func (a *appended) object(number int, content []byte) {
	a.places[number] = len(a.file)
	a.file = fmt.Appendf(a.file, "%d 0 obj\n%s\nendobj\n", number, content)
}

// The ranges that a signature covers are written when the file's length is known, into as many bytes.
const rangesForm = "/ByteRange [0 %010d %010d %010d]"

// signature appends the dictionary of a signature that is still empty, and says where its contents begin.
func (a *appended) signature(number int, name, reason string, at time.Time) (contents int) {
	a.places[number] = len(a.file)
	a.file = fmt.Appendf(a.file, "%d 0 obj\n<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /adbe.pkcs7.detached /Name %s /Reason %s /M (D:%sZ) ",
		number, inUTF16(name), inUTF16(reason), at.UTC().Format("20060102150405"))
	a.file = fmt.Appendf(a.file, rangesForm+" /Contents ", 0, 0, 0)
	contents = len(a.file)
	a.file = append(append(append(a.file, '<'), bytes.Repeat([]byte{'0'}, 2*room)...), "> >>\nendobj\n"...)
	return contents
}

// table appends the table of the objects just appended; entries is what the trailer before says beside its
// size, and before where its table stands.
func (a *appended) table(size int, entries []byte, before int) {
	at := len(a.file)
	a.file = append(a.file, "xref\n"...)
	for _, n := range slices.Sorted(maps.Keys(a.places)) {
		a.file = fmt.Appendf(a.file, "%d 1\n%010d 00000 n \n", n, a.places[n])
	}
	a.file = fmt.Appendf(a.file, "trailer\n<<\n/Size %d\n%s/Prev %d\n>>\nstartxref\n%d\n%%%%EOF\n", size, entries, before, at)
}

// rangesOf writes which bytes the signature covers: all but itself.
func (a *appended) rangesOf(contents int) {
	after := contents + 2 + 2*room
	empty := fmt.Appendf(nil, rangesForm, 0, 0, 0)
	at := bytes.LastIndex(a.file[:contents], empty)
	copy(a.file[at:], fmt.Appendf(nil, rangesForm, contents, after, len(a.file)-after))
}

// inUTF16 writes text as a PDF string.
func inUTF16(text string) string {
	out := []byte("<FEFF")
	for _, unit := range utf16.Encode([]rune(text)) {
		out = fmt.Appendf(out, "%04X", unit)
	}
	return string(append(out, '>'))
}
