package web

import (
	"net/url"
	"strconv"
	"strings"

	"uketsuke/internal/calendar"
	"uketsuke/internal/desk"
	"uketsuke/internal/userid"
)

// A DeskFilesPage is the centre's page of certificates and software.
type DeskFilesPage struct {
	Frame
	Rows          []DeskFile
	Empty         Empty
	Next          string // address of the next page, "" when there is none
	MayChange     bool
	Kind          Choices
	Establishment Field
	Terminal      Field
	File          Upload
	Replace       Tick
}

// A DeskFile is one file that is offered now.
type DeskFile struct {
	Kind, For, Name, Digest, By string
	Terminal                    int
	Size                        Sentence
	Day                         calendar.Date
	Fetched                     Sentence
	Withdraw                    string // address, "" for who may not
}

// An Upload is a field for a file: part "upload".
type Upload struct {
	Field
	Accept string
}

func (s *Server) showDeskFiles(v *visit, f Form) error {
	page, err := s.Desk.OfferedFiles(v.ctx(), v.actor(), printable(v.r.URL.Query().Get("after")))
	if err != nil {
		return err
	}
	if f.Values == nil {
		f.Values = url.Values{"establishment": {printable(v.r.URL.Query().Get("establishment"))}}
	}
	data := DeskFilesPage{Frame: v.frame("/desk/files", f), MayChange: page.MayChange, Empty: Empty{Says: Say("登録されているファイルはありません。")}}
	if page.Next != "" {
		data.Next = "/desk/files?" + url.Values{"after": {page.Next}}.Encode()
	}
	for _, file := range page.Files {
		data.Rows = append(data.Rows, deskFile(file, page.MayChange))
	}
	s.uploadFields(&data, f)
	data.Back = Link{Text: "受付窓口に戻る", Address: "/desk"}
	return v.render("desk-files", data)
}

func (s *Server) uploadFields(data *DeskFilesPage, f Form) {
	endings := append(desk.FileEndings(desk.FileCertificate), desk.FileEndings(desk.FileSoftware)...)
	data.Kind = f.Choices(Choices{Name: "kind", Label: "種類", Required: true, Choices: []Choice{
		{Value: string(desk.FileCertificate), Label: "デジタル証明書", Hint: Say("1つの事業所の1つの端末のためのものです。")},
		{Value: string(desk.FileSoftware), Label: "パッケージソフト", Hint: Say("すべての事業所が取得できます。")}}})
	data.Establishment = f.Field(Field{Name: "establishment", Label: "事業所（デジタル証明書の場合）", Hint: Say("事業所の識別子か、企業名・事業所名の一部を入力してください。")})
	data.Terminal = f.Field(Field{Name: "terminal", Label: "端末の番号（デジタル証明書の場合）", InputMode: "numeric", Width: "xs", Hint: Say("1からnetNACCS台数まで")})
	data.File = Upload{Field: f.Field(Field{Name: "file", Label: "ファイル", Required: true,
		Hint: Say("%dMBまで。デジタル証明書は%s、パッケージソフトは%sのファイルです。", s.Desk.Operator.MaxFile()>>20,
			strings.Join(desk.FileEndings(desk.FileCertificate), " "), strings.Join(desk.FileEndings(desk.FileSoftware), " "))}), Accept: strings.Join(endings, ",")}
	data.Replace = f.Tick(Tick{Name: "replace", Label: "今あるものと置き換える", Hint: Say("同じ端末の証明書や、同じ名前のソフトウェアは、取得できなくなります。")})
}

func fileKindName(kind desk.FileKind) string {
	if kind == desk.FileCertificate {
		return "デジタル証明書"
	}
	return "パッケージソフト"
}

func deskFile(file desk.OfferedFile, mayChange bool) DeskFile {
	row := DeskFile{Kind: fileKindName(file.Kind), Name: file.Name, Digest: file.Digest, By: file.By, Terminal: file.Terminal, Size: sizeWords(file.Size), Day: calendar.DateOf(file.At)}
	if file.Kind == desk.FileCertificate {
		row.For = file.Company + "（" + file.Establishment + "）"
		row.Fetched = Say("まだ誰も取得していません。")
	}
	if len(file.Fetches) > 0 {
		row.Fetched = Say("取得%d回　最後は%s（%s）", file.FetchCount, file.Fetches[0].At, file.Fetches[0].By)
	}
	if mayChange {
		row.Withdraw = "/desk/files/" + url.PathEscape(file.ID) + "/withdraw"
	}
	return row
}

// addFile takes an uploaded file.
func (s *Server) addFile(v *visit) error {
	in, err := v.form("kind", "establishment", "terminal", "replace")
	if err != nil {
		return err
	}
	form := desk.FileForm{Kind: desk.FileKind(in.Get("kind")), Establishment: in.Get("establishment"), Replace: in.Get("replace") == "yes"}
	if form.Kind == desk.FileCertificate {
		form.Terminal = typedTerminal(in.Get("terminal"))
	}
	file, err := v.file("file", "R-CON-3")
	if err != nil {
		return err
	}
	form.Name = v.r.MultipartForm.File["file"][0].Filename
	_, addErr := s.Desk.AddFile(v.ctx(), v.actor(), form, file, false)
	if closeErr := file.Close(); addErr == nil {
		addErr = closeErr
	}
	if addErr != nil {
		return addErr
	}
	return v.seeOther("/desk/files", "ファイルを登録しました。")
}

// typedTerminal is the number that was typed, 0 for none that can be read: the rule then says what is right.
func typedTerminal(typed string) int {
	n, err := strconv.Atoi(userid.Fold(typed))
	if err != nil {
		return 0
	}
	return n
}

// A WithdrawFilePage asks before a file is taken away.
type WithdrawFilePage struct {
	Frame
	File   DeskFile
	Action string
}

func (s *Server) showWithdrawFile(v *visit, f Form) error {
	file, err := s.Desk.OfferedFile(v.ctx(), v.actor(), v.r.PathValue("file"))
	if err != nil {
		return err
	}
	path := "/desk/files/" + url.PathEscape(file.ID) + "/withdraw"
	data := WithdrawFilePage{Frame: v.frame(path, f), File: deskFile(file, true), Action: path}
	data.Back = Link{Text: "デジタル証明書・パッケージソフトに戻る", Address: "/desk/files"}
	return v.render("withdraw-file", data)
}

func (s *Server) withdrawFile(v *visit) error {
	if _, err := v.form(); err != nil {
		return err
	}
	if err := s.Desk.WithdrawFile(v.ctx(), v.actor(), v.r.PathValue("file")); err != nil {
		return err
	}
	return v.seeOther("/desk/files", "ファイルを取り下げました。")
}
