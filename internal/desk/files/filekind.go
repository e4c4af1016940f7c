package files

import (
	"bytes"
	"path"
	"strings"
	"unicode"
	"unicode/utf8"

	"uketsuke/internal/problem"
)

// FileKind is what a file of the operator is for.
type FileKind string

// The kinds; the schema checks them too.
const (
	FileCertificate FileKind = "certificate" // デジタル証明書, of one terminal of one establishment
	FileSoftware    FileKind = "software"    // パッケージソフト, for all
)

// A fileForm is how files with one ending look. The media type that a browser says is not asked: the ending
// decides, and the first bytes must fit it.
type fileForm struct {
	ending, mediaType string
	begins            []string // one of these
}

func fileForms(kind FileKind) []fileForm {
	zip := fileForm{".zip", "application/zip", []string{"PK\x03\x04"}}
	if kind == FileSoftware {
		return []fileForm{zip, {".exe", "application/vnd.microsoft.portable-executable", []string{"MZ"}},
			{".msi", "application/x-msi", []string{"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"}}, {".pdf", "application/pdf", []string{"%PDF-"}}}
	}
	der, pem := []string{"\x30\x82", "\x30\x80", "\x30\x81"}, "-----BEGIN "
	return []fileForm{{".p12", "application/x-pkcs12", der}, {".pfx", "application/x-pkcs12", der}, {".pem", "application/x-pem-file", []string{pem}},
		{".cer", "application/pkix-cert", append(der, pem)}, {".crt", "application/pkix-cert", append(der, pem)}, zip}
}

// FileEndings are the endings that a file of a kind may have, such as ".p12".
func FileEndings(kind FileKind) []string {
	var endings []string
	for _, f := range fileForms(kind) {
		endings = append(endings, f.ending)
	}
	return endings
}

// longestName bounds a file's name, in characters.
const longestName = 100

// mediaTypeOf is the media type under which a file is given out, or what is wrong with its name or content:
//   - a name of 1 to 100 characters that every system can store as it stands,
//   - with an ending of the kind,
//   - and a content that begins as files with that ending do.
func mediaTypeOf(kind FileKind, name string, head []byte) (string, problem.List) {
	if n := utf8.RuneCountInString(name); n == 0 || n > longestName || !storable(name) {
		return "", problem.List{problem.New("file", "R-CON-3", "ファイル名は100文字までで、記号「\\ / : * ? \" < > |」や制御文字を含まない名前にしてください。")}
	}
	ending := strings.ToLower(path.Ext(name))
	for _, f := range fileForms(kind) {
		if f.ending != ending {
			continue
		}
		for _, begins := range f.begins {
			if bytes.HasPrefix(head, []byte(begins)) {
				return f.mediaType, nil
			}
		}
		return "", problem.List{problem.New("file", "R-CON-3", "ファイルの中身が%sの形式ではありません。正しいファイルを選んでください。", ending)}
	}
	return "", problem.List{problem.New("file", "R-CON-3", "この種類で登録できるファイルは%sです。ファイルを選び直してください。", strings.Join(FileEndings(kind), "、"))}
}

func storable(name string) bool {
	return utf8.ValidString(name) && strings.TrimSpace(name) == name && !strings.HasPrefix(name, ".") &&
		!strings.ContainsFunc(name, func(c rune) bool {
			return unicode.IsControl(c) || unicode.In(c, unicode.Cf) || strings.ContainsRune(`\/:*?"<>|`, c)
		})
}
