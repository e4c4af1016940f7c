package mail

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"text/template"

	"github.com/jba/templatecheck"

	"uketsuke/internal/application"
)

//go:embed letters
var embedded embed.FS

// japanese is the language of every reader who has chosen none.
const japanese = "ja"

// Letters are the operator's letters in every language there is.
type Letters struct {
	op        Operator
	languages map[string]map[application.Mail]sheet
}

// A sheet is one letter in one language. Its subject can show nothing but a heading.
type sheet struct {
	subject *templatecheck.CheckedTemplate[heading]
	body    *templatecheck.CheckedTemplate[view]
}

// NewLetters reads and checks all letters. A letter missing in a language, an unknown field and a wrong
// configuration are errors here, so that none is left for the moment of sending.
func NewLetters(op Operator) (*Letters, error) {
	if err := op.Check(); err != nil {
		return nil, err
	}
	files, err := fs.Sub(embedded, "letters")
	if err != nil {
		return nil, fmt.Errorf("open letters: %w", err)
	}
	languages, err := readLanguages(files)
	if err != nil {
		return nil, err
	}
	return &Letters{op: op, languages: languages}, nil
}

// readLanguages reads a folder per language; Japanese must be among them.
func readLanguages(files fs.FS) (map[string]map[application.Mail]sheet, error) {
	folders, err := fs.ReadDir(files, ".")
	if err != nil {
		return nil, fmt.Errorf("read letters: %w", err)
	}
	languages := map[string]map[application.Mail]sheet{}
	for _, folder := range folders {
		if languages[folder.Name()], err = readSheets(files, folder.Name()); err != nil {
			return nil, err
		}
	}
	if languages[japanese] == nil {
		return nil, fmt.Errorf("read letters: no folder %q", japanese)
	}
	return languages, nil
}

// readSheets reads all letters of a language: frame.txt, which all share, and one file per kind.
func readSheets(files fs.FS, language string) (map[application.Mail]sheet, error) {
	frame, err := template.New("frame.txt").Option("missingkey=error").ParseFS(files, path.Join(language, "frame.txt"))
	if err != nil {
		return nil, fmt.Errorf("parse frame of letters: %w", err)
	}
	sheets := map[application.Mail]sheet{}
	for _, kind := range application.Mails() {
		if sheets[kind], err = readSheet(frame, files, path.Join(language, string(kind)+".txt")); err != nil {
			return nil, fmt.Errorf("letter %q in %s: %w", kind, language, err)
		}
	}
	return sheets, nil
}

// readSheet parses one file into the frame and checks every path of it against what a letter can show.
func readSheet(frame *template.Template, files fs.FS, name string) (sheet, error) {
	t, err := frame.Clone()
	if err != nil {
		return sheet{}, err
	}
	if t, err = t.ParseFS(files, name); err != nil {
		return sheet{}, err
	}
	for _, part := range []string{"subject", "body", "letter"} {
		if t.Lookup(part) == nil {
			return sheet{}, fmt.Errorf("defines no %q", part)
		}
	}
	subject, err := templatecheck.NewChecked[heading](t.Lookup("subject"))
	if err != nil {
		return sheet{}, err
	}
	body, err := templatecheck.NewChecked[view](t.Lookup("letter"))
	return sheet{subject, body}, err
}

// Render writes a letter. An error means that the letter lacks what Check demands.
func (ls *Letters) Render(l Letter) (Message, error) {
	if err := l.Check(); err != nil {
		return Message{}, err
	}
	language, ok := ls.languages[l.To.Language]
	if !ok {
		language = ls.languages[japanese]
	}
	var subject, body strings.Builder
	if err := language[l.Kind].subject.Execute(&subject, heading{oneLine(l.Receipt)}); err != nil {
		return Message{}, fmt.Errorf("write subject of letter %q: %w", l.Kind, err)
	}
	if err := language[l.Kind].body.Execute(&body, newView(ls.op, l)); err != nil {
		return Message{}, fmt.Errorf("write letter %q: %w", l.Kind, err)
	}
	return ls.address(l, subject.String(), body.String())
}

// address puts a written letter into its envelope.
func (ls *Letters) address(l Letter, subject, body string) (Message, error) {
	to, err := parseAddress(l.To)
	if err != nil {
		return Message{}, fmt.Errorf("letter %q: %w", l.Kind, err)
	}
	from, err := parseAddress(Person{Name: ls.op.Centre, Email: ls.op.From})
	if err != nil {
		return Message{}, fmt.Errorf("sender of letter %q: %w", l.Kind, err)
	}
	back, err := parseAddress(Person{Email: ls.op.returnPath()})
	if err != nil {
		return Message{}, fmt.Errorf("return path of letter %q: %w", l.Kind, err)
	}
	return Message{
		To: to, From: from, ReturnPath: back.Address,
		Subject: ls.op.Prefix + strings.TrimSpace(subject), Body: tidy(body), Date: l.WrittenAt,
	}, nil
}
