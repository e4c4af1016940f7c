package web

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"uketsuke/internal/calendar"
	"uketsuke/internal/desk"
)

// A FilesPage is 「デジタル証明書・パッケージソフト」: what the operator offers to an establishment.
type FilesPage struct {
	Frame
	May   bool // by R-CON-3
	Files FilesShown
}

// FilesShown is what an establishment is offered: part "offered-files". Each terminal has a line, with a
// certificate or without.
type FilesShown struct {
	Certificates []TerminalLine
	Software     []FileShown
	MayFetch     bool
}

// A TerminalLine is a netNACCS terminal; a zero File says that there is no certificate for it yet.
type TerminalLine struct {
	Terminal int
	File     FileShown
}

// A FileShown is one file in words. It is fetched by a POST to Action, since that leaves a trace.
type FileShown struct {
	Name, Digest, Action string
	Size                 Sentence
	Day                  calendar.Date
	Fetches              []Sentence
}

// showFiles shows what is offered, to an establishment that may have it.
func (s *Server) showFiles(v *visit, f Form) error {
	page, err := s.Desk.Files(v.ctx(), v.actor())
	if err != nil {
		return err
	}
	data := FilesPage{Frame: v.frame("/files", f), May: page.May, Files: filesShown(page.Files, page.Terminals, page.MayFetch)}
	data.Back = Link{Text: "トップメニューに戻る", Address: "/"}
	return v.render("files", data)
}

func filesShown(files []desk.OfferedFile, terminals int, mayFetch bool) FilesShown {
	shown := FilesShown{MayFetch: mayFetch}
	certificates := map[int]FileShown{}
	for _, file := range files {
		if file.Kind == desk.FileSoftware {
			shown.Software = append(shown.Software, fileShown(file))
			continue
		}
		certificates[file.Terminal] = fileShown(file)
		terminals = max(terminals, file.Terminal)
	}
	for n := 1; n <= terminals; n++ {
		shown.Certificates = append(shown.Certificates, TerminalLine{Terminal: n, File: certificates[n]})
	}
	return shown
}

func fileShown(file desk.OfferedFile) FileShown {
	shown := FileShown{Name: file.Name, Digest: file.Digest, Size: sizeWords(file.Size), Day: calendar.DateOf(file.At), Action: "/files/" + url.PathEscape(file.ID)}
	for _, fetch := range file.Fetches {
		shown.Fetches = append(shown.Fetches, Say("%s %s", fetch.By, fetch.At))
	}
	return shown
}

// sizeWords is a size as people read it.
func sizeWords(bytes int64) Sentence {
	switch {
	case bytes < 10<<10:
		return Say("%dバイト", bytes)
	case bytes < 10<<20:
		return Say("%d KB", bytes>>10)
	}
	return Say("%d MB", bytes>>20)
}

// fetchFile answers with the file itself: the fetch is recorded first, so it is a POST, and nothing that
// looks ahead for a browser can make one.
func (s *Server) fetchFile(v *visit) error {
	if _, err := v.form(); err != nil {
		return err
	}
	file, err := s.Desk.FetchFile(v.ctx(), v.actor(), v.r.PathValue("file"))
	if err != nil {
		return err
	}
	return v.send(file)
}

// slowest is how long a file may take to come in, and each part of one to go out.
const slowest = 10 * time.Minute

// wait gives request and answer the time that a large file takes, instead of a page's.
func (v *visit) wait() error {
	control, end := http.NewResponseController(v.w), v.s.Elapsed().Add(slowest)
	err := errors.Join(control.SetReadDeadline(end), control.SetWriteDeadline(end))
	if errors.Is(err, http.ErrNotSupported) {
		return nil
	}
	return err
}

// send streams a file whole: ranges are not offered. Half a file is no file, so a failure on the way breaks
// the connection, and the log says why.
func (v *visit) send(file desk.Download) error {
	h := v.w.Header()
	h.Set("Content-Type", file.MediaType)
	h.Set("Content-Disposition", attachment(file.Name))
	h.Set("Content-Length", strconv.FormatInt(file.Size, 10))
	h.Set("Cache-Control", "no-store")
	h.Set("Accept-Ranges", "none")
	v.w.WriteHeader(http.StatusOK)
	if err := file.CopyTo(v.ctx(), v.w, v.wait); err != nil {
		v.s.Log.WarnContext(v.ctx(), "a file was not sent whole", "request", v.id, "file", file.ID, "error", err)
	}
	return nil // what is shorter than announced ends with a broken connection
}

// attachment names a file for saving, in any script (RFC 6266).
func attachment(name string) string {
	return "attachment; filename*=UTF-8''" + strings.ReplaceAll(url.QueryEscape(name), "+", "%20")
}
