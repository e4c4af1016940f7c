package kit

import (
	"embed"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"uketsuke/internal/problem"

	"golang.org/x/text/language"
	"golang.org/x/text/message"
	"golang.org/x/text/message/catalog"
)

// A Language is one the pages are shown in; the value is its BCP 47 tag.
type Language string

// The languages of the pages. Japanese is the language of the source.
const (
	Japanese Language = "ja"
	English  Language = "en"
)

// Languages lists every language, the default first.
func Languages() []Language { return []Language{Japanese, English} }

// Own is the language's name in itself, as its button shows it.
func (l Language) Own() string {
	if l == English {
		return "English"
	}
	return "日本語"
}

// A Sentence is something the product says: a Japanese format string, which is also the key of the
// English one, and its arguments. The zero Sentence says nothing.
type Sentence struct {
	Text string
	Args []any
}

// Say makes a Sentence. Without arguments the text is taken as it stands, "%" included.
func Say(text string, args ...any) Sentence { return Sentence{Text: text, Args: args} }

// A Day is shown in words; calendar.Date is one.
type Day interface {
	Japanese() string
	English() string
}

//go:embed text/en.json
var EnglishFile embed.FS

// Texts is the text catalogue: what to say in which language. It is safe for concurrent use.
type Texts struct {
	English map[string]string
	printer map[Language]*message.Printer
}

// ReadTexts reads the embedded catalogue.
func ReadTexts() (*Texts, error) {
	raw, err := EnglishFile.ReadFile("text/en.json")
	if err != nil {
		return nil, fmt.Errorf("read the English texts: %w", err)
	}
	return ParseTexts(raw)
}

// ParseTexts reads a catalogue: a JSON object from Japanese to English format strings.
func ParseTexts(raw []byte) (*Texts, error) {
	t := &Texts{printer: map[Language]*message.Printer{}}
	if err := json.Unmarshal(raw, &t.English); err != nil {
		return nil, fmt.Errorf("parse the English texts: %w", err)
	}
	entries := catalog.NewBuilder(catalog.Fallback(language.Japanese))
	for japanese, english := range t.English {
		if err := entries.SetString(language.English, japanese, english); err != nil {
			return nil, fmt.Errorf("take in the English of %q: %w", japanese, err)
		}
	}
	for _, l := range Languages() {
		t.printer[l] = message.NewPrinter(language.Make(string(l)), message.Catalog(entries))
	}
	return t, nil
}

// Text is a text in a language. Without arguments it is looked up and shown as it stands, so that a
// name that holds "%" stays whole; a text without English stays Japanese, which is better than nothing.
func (t *Texts) Text(l Language, text string, args ...any) string {
	if len(args) > 0 {
		return t.printer[l].Sprintf(text, t.spoken(l, args)...)
	}
	if l == English {
		text, _ = t.InEnglish(text)
	}
	return text
}

// Sentence is a sentence in a language.
func (t *Texts) Sentence(l Language, s Sentence) string { return t.Text(l, s.Text, s.Args...) }

// Problem is the sentence of a problem in a language.
func (t *Texts) Problem(l Language, p problem.Problem) string {
	args := slices.Clone(p.Args)
	for i, a := range args {
		if label, ok := a.(string); ok { // a label; what was typed hardly ever is one of our words
			args[i] = Word(label)
		}
	}
	return t.printer[l].Sprintf(p.Text, t.spoken(l, args)...)
}

// spoken turns days, moments and named values among the arguments into words of the language.
func (t *Texts) spoken(l Language, args []any) []any {
	words := make([]any, len(args))
	for i, a := range args {
		switch a := a.(type) {
		case Day:
			words[i] = dayIn(l, a)
		case time.Time:
			words[i] = momentIn(l, a)
		case Sentence:
			words[i] = t.Sentence(l, a)
		case problem.Problem:
			words[i] = t.Problem(l, a)
		case interface{ Japanese() string }:
			words[i] = t.Text(l, a.Japanese())
		default:
			words[i] = a
		}
	}
	return words
}

// None stands where there is no value.
const None = "－"

// dayIn is a day in words; a missing or zero day is a dash.
func dayIn(l Language, d Day) string {
	if z, ok := d.(interface{ IsZero() bool }); d == nil || ok && z.IsZero() {
		return None
	}
	if l == English {
		return d.English()
	}
	return d.Japanese()
}

// momentIn is a moment in words, in the time of Japan, which has been nine hours ahead of UTC without
// exception since 1951; a zero moment is a dash.
func momentIn(l Language, at time.Time) string {
	if at.IsZero() {
		return None
	}
	at = at.In(time.FixedZone("JST", 9*60*60))
	if l == English {
		return at.Format("Mon 2 January 2006, 15:04 JST")
	}
	weekday := []string{"日", "月", "火", "水", "木", "金", "土"}[at.Weekday()]
	return at.Format("2006年1月2日(") + weekday + at.Format(") 15:04")
}

// languageCookie is where the browser keeps the language; over TLS under the prefix that no other site can write.
const languageCookie, languageCookieTLS = "lang", "__Host-lang"

// chosenLanguage is the language that the browser has chosen.
func chosenLanguage(r *http.Request) (chosen Language, is bool) {
	for _, name := range []string{languageCookieTLS, languageCookie} {
		if c, err := r.Cookie(name); err == nil {
			return Language(c.Value), true
		}
	}
	return "", false
}

// LanguageOf is the language the browser has chosen, Japanese when it has not.
func LanguageOf(r *http.Request) Language {
	if chosen, _ := chosenLanguage(r); chosen == English {
		return English
	}
	return Japanese
}

// ChooseLanguage answers POST /language: it keeps the field "lang" in a cookie for a year and goes back
// to the page named by the field "back".
func ChooseLanguage(w http.ResponseWriter, r *http.Request, secure bool) {
	chosen := Japanese
	if Language(r.PostFormValue("lang")) == English {
		chosen = English
	}
	name := languageCookie
	if secure {
		name = languageCookieTLS
	}
	http.SetCookie(w, &http.Cookie{
		Name: name, Value: string(chosen), Path: "/", MaxAge: 365 * 24 * 60 * 60,
		HttpOnly: true, Secure: secure, SameSite: http.SameSiteLaxMode,
	})
	http.Redirect(w, r, OwnPath(r.PostFormValue("back")), http.StatusSeeOther)
}

// OwnPath is a path of this site, "/" for anything that a browser could read as another site's address.
func OwnPath(path string) string {
	if !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || strings.ContainsAny(path, "\\\r\n\t") {
		return "/"
	}
	return path
}
