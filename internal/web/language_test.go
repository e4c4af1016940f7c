package web

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"text/template/parse"
	"time"

	"uketsuke/internal/calendar"
	"uketsuke/internal/catalogue"
	"uketsuke/internal/problem"
	"uketsuke/internal/web/kit"
)

func TestTexts(t *testing.T) {
	t.Parallel()
	texts, err := kit.ParseTexts([]byte(`{"%sから%d日": "%[2]d days from %[1]s", "状態": "State", "100%": "all", "審査中": "Under examination"}`))
	if err != nil {
		t.Fatal(err)
	}
	start := calendar.NewDate(2024, time.December, 10)
	tests := []struct {
		name          string
		text          string
		args          []any
		japanese, eng string
	}{
		{"plain", "状態", nil, "状態", "State"},
		{"no English stays Japanese", "未訳", nil, "未訳", "未訳"},
		{"no English with arguments stays Japanese", "未訳%d", []any{3}, "未訳3", "未訳3"},
		{"percent without arguments is no format", "50%引き", nil, "50%引き", "50%引き"},
		{"percent is looked up", "100%", nil, "100%", "all"},
		{"day and count, order changed", "%sから%d日", []any{start, 3}, "2024年12月10日(火)から3日", "3 days from " + start.English()},
		{"sentence inside", "%s。", []any{kit.Say("状態")}, "状態。", "State。"},
		{"named value inside", "%s。", []any{named("審査中")}, "審査中。", "Under examination。"},
		{"zero day", "%s", []any{calendar.Date{}}, "－", "－"},
		{"moment", "%s", []any{time.Date(2024, 12, 31, 15, 0, 0, 0, time.UTC)}, "2025年1月1日(水) 00:00", "Wed 1 January 2025, 00:00 JST"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := texts.Text(kit.Japanese, tt.text, tt.args...); got != tt.japanese {
				t.Errorf("in Japanese: got %q, want %q", got, tt.japanese)
			}
			if got := texts.Text(kit.English, tt.text, tt.args...); got != tt.eng {
				t.Errorf("in English: got %q, want %q", got, tt.eng)
			}
		})
	}
}

type named string

func (n named) Japanese() string { return string(n) }

func TestProblemReadsAsItsRuleStatesIt(t *testing.T) {
	t.Parallel()
	texts, err := kit.ReadTexts()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range []problem.Problem{problem.New("a", "R-1", "100%%まで"), problem.New("a", "R-1", "%d文字まで", 40)} {
		if got, want := texts.Problem(kit.Japanese, p), p.String(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestChooseLanguage(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, lang, back, wantLang, wantBack string }{
		{"English", "en", "/contract?on=2024-12-10", "en", "/contract?on=2024-12-10"},
		{"Japanese", "ja", "/", "ja", "/"},
		{"unknown language is Japanese", "xx", "/a", "ja", "/a"},
		{"another site", "en", "https://example.com/", "en", "/"},
		{"another site without scheme", "en", "//example.com/", "en", "/"},
		{"another site by backslash", "en", "/\\example.com/", "en", "/"},
		{"another site by tab", "en", "/\t/example.com/", "en", "/"},
		{"nothing", "en", "", "en", "/"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			form := url.Values{"lang": {tt.lang}, "back": {tt.back}}
			r := httptest.NewRequest("POST", "/language", strings.NewReader(form.Encode()))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			w := httptest.NewRecorder()
			kit.ChooseLanguage(w, r, true)
			if got := w.Header().Get("Location"); w.Code != http.StatusSeeOther || got != tt.wantBack {
				t.Errorf("answer is %d to %q, want 303 to %q", w.Code, got, tt.wantBack)
			}
			next := httptest.NewRequest("GET", "/", nil)
			next.AddCookie(w.Result().Cookies()[0])
			if got := kit.LanguageOf(next); string(got) != tt.wantLang {
				t.Errorf("language is then %q, want %q", got, tt.wantLang)
			}
		})
	}
}

func TestLanguageIsJapaneseAtFirst(t *testing.T) {
	t.Parallel()
	if got := kit.LanguageOf(httptest.NewRequest("GET", "/", nil)); got != kit.Japanese {
		t.Errorf("got %q, want %q", got, kit.Japanese)
	}
}

// Every English text belongs to a Japanese one that is still said somewhere, and takes its arguments.
func TestEnglishTextsAreUsed(t *testing.T) {
	t.Parallel()
	said, english := textsSaid(t, nil), englishTexts(t)
	for _, text := range slices.Sorted(maps.Keys(english)) {
		if !said[text] {
			t.Errorf("en.json has %q, which nothing says", text)
		}
		if got, want := verbs(english[text]), verbs(text); !maps.Equal(got, want) {
			t.Errorf("en.json: English of %q takes %v, want %v", text, got, want)
		}
	}
}

// Every text that can reach a page has English. What is left out never does, or has none to give.
func TestEveryTextHasEnglish(t *testing.T) {
	t.Parallel()
	said := textsSaid(t, []string{
		"audit", "benchmark", "calendar", "demo", "document", "door", "mail", "sample", // letters, a word to machines, papers and the demo's own pages are Japanese; days have English of their own
		"genuine.go", "papernumber.go", // what papers say, and what is left out of their numbers
		"prefecture.go", // the ends of the names, cut off; the names themselves stand in the fields
	})
	texts, err := kit.ReadTexts()
	if err != nil {
		t.Fatal(err)
	}
	texts.Take(builtIn(t))
	notWords := map[string]string{
		"日本語":        "a language is named in itself",
		"（":          "a sign",
		" と ":        "a joint, see joints",
		"号":          "the number of a paper",
		"通知第":        "the number of a paper",
		"2006年1月2日(": "the form of a day",
		"2006年1月":    "the form of a month",
	}
	for _, weekday := range []string{"日", "月", "火", "水", "木", "金", "土"} {
		notWords[weekday] = "a weekday of the Japanese form"
	}
	for _, text := range slices.Sorted(maps.Keys(said)) {
		_, ok := texts.InEnglish(text)
		if len(verbs(text)) > 0 { // a format is never put together
			_, ok = texts.English[text]
			ok = ok || !kit.JapaneseLetters.MatchString(text)
		}
		if !ok && notWords[text] == "" && !strings.HasPrefix(text, "^[") {
			t.Errorf("%q has no English in en.json", text)
		}
	}
}

func englishTexts(t *testing.T) map[string]string {
	t.Helper()
	var english map[string]string
	raw, err := kit.EnglishFile.ReadFile("text/en.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, &english); err != nil {
		t.Fatal(err)
	}
	return english
}

func builtIn(t *testing.T) *catalogue.Catalogue {
	t.Helper()
	c, err := catalogue.Load(nil)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

var verb = regexp.MustCompile(`%(?:\[(\d)\])?([a-z])`)

// verbs are the arguments that a format takes: place to verb.
func verbs(format string) map[int]string {
	places := map[int]string{}
	for i, found := range verb.FindAllStringSubmatch(format, -1) {
		place := i + 1
		if found[1] != "" {
			place, _ = strconv.Atoi(found[1])
		}
		places[place] = found[2]
	}
	return places
}

// Every text in a template has as many arguments as its format wants.
func TestTextsInTemplatesHaveTheirArguments(t *testing.T) {
	t.Parallel()
	eachTextCall(t, func(text string, args int) {
		if want := len(verbs(text)); args != want {
			t.Errorf("%q is given %d arguments, want %d", text, args, want)
		}
	})
}

// textsSaid are the texts of the templates, of the Go sources but for those left out, and of the catalogue.
func textsSaid(t *testing.T, without []string) map[string]bool {
	t.Helper()
	said := map[string]bool{}
	eachTextCall(t, func(text string, _ int) { said[text] = true })
	err := filepath.WalkDir("..", func(file string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && slices.Contains(without, d.Name()):
			return fs.SkipDir
		case strings.HasSuffix(file, ".go") && !strings.HasSuffix(file, "_test.go") && !slices.Contains(without, d.Name()):
			goTexts(t, file, said)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range catalogueTexts(builtIn(t)) {
		said[text] = true
	}
	return said
}

// catalogueTexts are the words of the catalogue that pages show.
func catalogueTexts(c *catalogue.Catalogue) []string {
	var texts []string
	for _, trade := range c.Trades {
		texts = append(texts, trade.Name, trade.Short)
	}
	for _, method := range c.Methods {
		texts = append(texts, method.Name, method.Short)
	}
	for _, kind := range c.Kinds {
		texts = append(texts, kind.Group, kind.Name)
	}
	for _, u := range c.SetupTransactions {
		texts = append(texts, u.Name)
	}
	for _, price := range c.Charges {
		texts = append(texts, price.Name)
	}
	for _, field := range c.Fields {
		texts = append(texts, field.Label, field.Hint)
		for _, choice := range field.Choices() {
			texts = append(texts, field.Shown(choice))
		}
	}
	return texts
}

func goTexts(t *testing.T, file string, said map[string]bool) {
	t.Helper()
	source, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(source, func(n ast.Node) bool {
		// A long sentence may be a sum of literals; it is one text.
		if e, ok := n.(ast.Expr); ok {
			if text, ok := constant(e); ok {
				said[text] = true
				return false
			}
		}
		return true
	})
}

// constant is the value of a string literal or a sum of them.
func constant(e ast.Expr) (string, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		text, err := strconv.Unquote(e.Value)
		return text, e.Kind == token.STRING && err == nil
	case *ast.BinaryExpr:
		left, ok := constant(e.X)
		right, also := constant(e.Y)
		return left + right, ok && also && e.Op == token.ADD
	}
	return "", false
}

// eachTextCall visits each {{t "…" args}} of every template.
func eachTextCall(t *testing.T, visit func(text string, args int)) {
	t.Helper()
	err := fs.WalkDir(kit.TemplateFiles, "templates", func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		source, err := kit.TemplateFiles.ReadFile(file)
		if err != nil {
			return err
		}
		trees := map[string]*parse.Tree{}
		tree := parse.New(file)
		tree.Mode = parse.SkipFuncCheck
		if _, err := tree.Parse(string(source), "", "", trees); err != nil {
			return err
		}
		for _, tree := range trees {
			if tree.Root != nil {
				walkTexts(tree.Root, visit)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func walkTexts(n parse.Node, visit func(text string, args int)) {
	switch n := n.(type) {
	case *parse.ListNode:
		if n == nil {
			return
		}
		for _, c := range n.Nodes {
			walkTexts(c, visit)
		}
	case *parse.IfNode:
		walkBranch(&n.BranchNode, visit)
	case *parse.RangeNode:
		walkBranch(&n.BranchNode, visit)
	case *parse.WithNode:
		walkBranch(&n.BranchNode, visit)
	case *parse.ActionNode:
		walkTexts(n.Pipe, visit)
	case *parse.TemplateNode:
		walkTexts(n.Pipe, visit)
	case *parse.PipeNode:
		if n == nil {
			return
		}
		for _, c := range n.Cmds {
			walkCommand(c, visit)
		}
	}
}

func walkBranch(b *parse.BranchNode, visit func(text string, args int)) {
	walkTexts(b.Pipe, visit)
	walkTexts(b.List, visit)
	walkTexts(b.ElseList, visit)
}

func walkCommand(c *parse.CommandNode, visit func(text string, args int)) {
	if called, ok := c.Args[0].(*parse.IdentifierNode); ok && called.Ident == "t" && len(c.Args) > 1 {
		if text, ok := c.Args[1].(*parse.StringNode); ok {
			visit(text.Text, len(c.Args)-2)
		}
	}
	for _, a := range c.Args {
		walkTexts(a, visit)
	}
}
