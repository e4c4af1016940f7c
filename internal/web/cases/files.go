package cases

import (
	"net/http"
	"net/url"
	"strconv"

	"uketsuke/internal/calendar"
	"uketsuke/internal/desk"
	"uketsuke/internal/web/kit"
)

// A FilesPage is 「デジタル証明書・パッケージソフト」: what the operator offers to an establishment.
type FilesPage struct {
	kit.Frame
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
	Size                 kit.Sentence
	Day                  calendar.Date
	Fetches              []kit.Sentence
}

// ShowFiles shows what is offered, to an establishment that may have it.
func (s *Pages) ShowFiles(v *kit.Request, f kit.Form) error {
	page, err := s.Desk.Files(v.Ctx(), v.Actor())
	if err != nil {
		return err
	}
	data := FilesPage{Frame: v.Frame("/files", f), May: page.May, Files: filesShown(page.Files, page.Terminals, page.MayFetch)}
	data.Back = kit.Link{Text: "トップメニューに戻る", Address: "/"}
	return v.Render("files", data)
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
	shown := FileShown{Name: file.Name, Digest: file.Digest, Size: kit.SizeWords(file.Size), Day: calendar.DateOf(file.At), Action: "/files/" + url.PathEscape(file.ID)}
	for _, fetch := range file.Fetches {
		shown.Fetches = append(shown.Fetches, kit.Say("%s %s", fetch.By, fetch.At))
	}
	return shown
}

// FetchFile answers with the file itself: the fetch is recorded first, so it is a POST, and nothing that
// looks ahead for a browser can make one.
func (s *Pages) FetchFile(v *kit.Request) error {
	if _, err := v.Form(); err != nil {
		return err
	}
	file, err := s.Desk.FetchFile(v.Ctx(), v.Actor(), v.HTTP.PathValue("file"))
	if err != nil {
		return err
	}
	return send(v, file)
}

// send streams a file whole: ranges are not offered. Half a file is no file, so a failure on the way breaks
// the connection, and the log says why.
func send(v *kit.Request, file desk.Download) error {
	h := v.Out.Header()
	h.Set("Content-Type", file.MediaType)
	h.Set("Content-Disposition", kit.Attachment(file.Name))
	h.Set("Content-Length", strconv.FormatInt(file.Size, 10))
	h.Set("Cache-Control", "no-store")
	h.Set("Accept-Ranges", "none")
	v.Out.WriteHeader(http.StatusOK)
	if err := file.CopyTo(v.Ctx(), v.Out, v.Wait); err != nil {
		v.Kit.Log.WarnContext(v.Ctx(), "a file was not sent whole", "request", v.ID, "file", file.ID, "error", err)
	}
	return nil // what is shorter than announced ends with a broken connection
}
