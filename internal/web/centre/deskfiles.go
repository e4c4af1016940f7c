package centre

import (
	"net/url"
	"strconv"
	"strings"

	"uketsuke/internal/calendar"
	"uketsuke/internal/desk"
	"uketsuke/internal/userid"
	"uketsuke/internal/web/kit"
)

// A DeskFilesPage is the centre's page of certificates and software.
type DeskFilesPage struct {
	kit.Frame
	Rows          []DeskFile
	Empty         kit.Empty
	Next          string // address of the next page, "" when there is none
	MayChange     bool
	Kind          kit.Choices
	Establishment kit.Field
	Terminal      kit.Field
	File          Upload
	Replace       kit.Tick
}

// A DeskFile is one file that is offered now.
type DeskFile struct {
	Kind, For, Name, Digest, By string
	Terminal                    int
	Size                        kit.Sentence
	Day                         calendar.Date
	Fetched                     kit.Sentence
	Withdraw                    string // address, "" for who may not
}

// An Upload is a field for a file: part "upload".
type Upload struct {
	kit.Field
	Accept string
}

func (s *Pages) ShowDeskFiles(v *kit.Request, f kit.Form) error {
	page, err := s.Desk.OfferedFiles(v.Ctx(), v.Actor(), kit.Printable(v.HTTP.URL.Query().Get("after")))
	if err != nil {
		return err
	}
	if f.Values == nil {
		f.Values = url.Values{"establishment": {kit.Printable(v.HTTP.URL.Query().Get("establishment"))}}
	}
	data := DeskFilesPage{Frame: v.Frame("/desk/files", f), MayChange: page.MayChange, Empty: kit.Empty{Says: kit.Say("登録されているファイルはありません。")}}
	if page.Next != "" {
		data.Next = "/desk/files?" + url.Values{"after": {page.Next}}.Encode()
	}
	for _, file := range page.Files {
		data.Rows = append(data.Rows, deskFile(file, page.MayChange))
	}
	s.uploadFields(&data, f)
	data.Back = kit.Link{Text: "受付窓口に戻る", Address: "/desk"}
	return v.Render("desk-files", data)
}

func (s *Pages) uploadFields(data *DeskFilesPage, f kit.Form) {
	endings := append(desk.FileEndings(desk.FileCertificate), desk.FileEndings(desk.FileSoftware)...)
	data.Kind = f.Choices(kit.Choices{Name: "kind", Label: "種類", Required: true, Choices: []kit.Choice{
		{Value: string(desk.FileCertificate), Label: "デジタル証明書", Hint: kit.Say("1つの事業所の1つの端末のためのものです。")},
		{Value: string(desk.FileSoftware), Label: "パッケージソフト", Hint: kit.Say("すべての事業所が取得できます。")}}})
	data.Establishment = f.Field(kit.Field{Name: "establishment", Label: "事業所（デジタル証明書の場合）", Hint: kit.Say("事業所の識別子か、企業名・事業所名の一部を入力してください。")})
	data.Terminal = f.Field(kit.Field{Name: "terminal", Label: "端末の番号（デジタル証明書の場合）", InputMode: "numeric", Width: "xs", Hint: kit.Say("1からnetNACCS台数まで")})
	data.File = Upload{Field: f.Field(kit.Field{Name: "file", Label: "ファイル", Required: true,
		Hint: kit.Say("%dMBまで。デジタル証明書は%s、パッケージソフトは%sのファイルです。", s.Desk.Operator.MaxFile()>>20,
			strings.Join(desk.FileEndings(desk.FileCertificate), " "), strings.Join(desk.FileEndings(desk.FileSoftware), " "))}), Accept: strings.Join(endings, ",")}
	data.Replace = f.Tick(kit.Tick{Name: "replace", Label: "今あるものと置き換える", Hint: kit.Say("同じ端末の証明書や、同じ名前のソフトウェアは、取得できなくなります。")})
}

func fileKindName(kind desk.FileKind) string {
	if kind == desk.FileCertificate {
		return "デジタル証明書"
	}
	return "パッケージソフト"
}

func deskFile(file desk.OfferedFile, mayChange bool) DeskFile {
	row := DeskFile{Kind: fileKindName(file.Kind), Name: file.Name, Digest: file.Digest, By: file.By, Terminal: file.Terminal, Size: kit.SizeWords(file.Size), Day: calendar.DateOf(file.At)}
	if file.Kind == desk.FileCertificate {
		row.For = file.Company + "（" + file.Establishment + "）"
		row.Fetched = kit.Say("まだ誰も取得していません。")
	}
	if len(file.Fetches) > 0 {
		row.Fetched = kit.Say("取得%d回　最後は%s（%s）", file.FetchCount, file.Fetches[0].At, file.Fetches[0].By)
	}
	if mayChange {
		row.Withdraw = "/desk/files/" + url.PathEscape(file.ID) + "/withdraw"
	}
	return row
}

// AddFile takes an uploaded file.
func (s *Pages) AddFile(v *kit.Request) error {
	in, err := v.Form("kind", "establishment", "terminal", "replace")
	if err != nil {
		return err
	}
	form := desk.FileForm{Kind: desk.FileKind(in.Get("kind")), Establishment: in.Get("establishment"), Replace: in.Get("replace") == "yes"}
	if form.Kind == desk.FileCertificate {
		form.Terminal = typedTerminal(in.Get("terminal"))
	}
	file, err := v.File("file", "R-CON-3")
	if err != nil {
		return err
	}
	form.Name = v.HTTP.MultipartForm.File["file"][0].Filename
	_, addErr := s.Desk.AddFile(v.Ctx(), v.Actor(), form, file, false)
	if closeErr := file.Close(); addErr == nil {
		addErr = closeErr
	}
	if addErr != nil {
		return addErr
	}
	return v.SeeOther("/desk/files", "ファイルを登録しました。")
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
	kit.Frame
	File   DeskFile
	Action string
}

func (s *Pages) ShowWithdrawFile(v *kit.Request, f kit.Form) error {
	file, err := s.Desk.OfferedFile(v.Ctx(), v.Actor(), v.HTTP.PathValue("file"))
	if err != nil {
		return err
	}
	path := "/desk/files/" + url.PathEscape(file.ID) + "/withdraw"
	data := WithdrawFilePage{Frame: v.Frame(path, f), File: deskFile(file, true), Action: path}
	data.Back = kit.Link{Text: "デジタル証明書・パッケージソフトに戻る", Address: "/desk/files"}
	return v.Render("withdraw-file", data)
}

func (s *Pages) WithdrawFile(v *kit.Request) error {
	if _, err := v.Form(); err != nil {
		return err
	}
	if err := s.Desk.WithdrawFile(v.Ctx(), v.Actor(), v.HTTP.PathValue("file")); err != nil {
		return err
	}
	return v.SeeOther("/desk/files", "ファイルを取り下げました。")
}
