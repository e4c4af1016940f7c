package desk_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// noEvidence are the functions that write and leave no entry, each with its reason.
var noEvidence = map[string]string{
	"LeaseJob":          "who does background work is no act",
	"NoteJob":           "what became of background work is no act",
	"endRound":          "what became of background work is no act",
	"EndJob":            "what became of background work is no act",
	"release":           "who does background work is no act",
	"raiseMark":         "the clock's mark is no act",
	"sequence":          "the places of entries are the log itself",
	"signCheckpoint":    "a checkpoint is the log itself; its first one under a new key leaves an entry",
	"sendRows":          "how far a way for checkpoints has come is no act",
	"wayState":          "how far a way for checkpoints has come is no act",
	"verifyOpen":        "who asked for the verification has left an entry",
	"CountAnswers":      "gateways' answers are counted by the day (trap 23)",
	"ForgetTries":       "old failures of signing in are deleted by time",
	"nameDatabase":      "which ring and installation the database belongs to is noted at its first start",
	"ForgetPendingTOTP": "what was never confirmed is deleted by time",
	"ForgetSignIns":     "old rows of signing in are deleted by time; their entries stay",
	"SpendMark":         "the mark of a form is no act",
	"Transact":          "the transaction itself; what runs in it is looked at",
	"DoAt":              "the transaction itself; what runs in it is looked at",
	"DoAs":              "the transaction itself; what runs in it is looked at",
	"Do":                "the transaction itself; what runs in it is looked at",
	"forAll":            "the transactions themselves; what runs in them is looked at",
	"EachByClock":       "the transaction itself; what runs in it is looked at",
	"Command":           "the transaction itself; what runs in it is looked at",
}

// opens are the calls that open a transaction.
var opens = []string{"Do", "DoAt", "DoAs", "Transact", "Command", "EachByClock", "forAll", "InTx"}

// The functions of the rooms: the names that each calls.
type callers map[string][]string

func calls(t *testing.T) callers {
	t.Helper()
	files, err := filepath.Glob("*/*.go")
	if err != nil {
		t.Fatal(err)
	}
	found := callers{}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range parsed.Decls {
			if f, is := d.(*ast.FuncDecl); is && f.Body != nil {
				found[f.Name.Name] = append(found[f.Name.Name], names(f.Body)...)
			}
		}
	}
	return found
}

// onlyCalled are names that fields have too: those count where they are called.
func onlyCalled(name string) bool { return name == "Audit" || name == "Command" }

// names are the functions and methods named in a body, called or handed on.
func names(body ast.Node) []string {
	var list []string
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			if !onlyCalled(n.Sel.Name) {
				list = append(list, n.Sel.Name)
			}
		case *ast.CallExpr:
			switch f := n.Fun.(type) {
			case *ast.Ident:
				list = append(list, f.Name)
			case *ast.SelectorExpr:
				if onlyCalled(f.Sel.Name) {
					list = append(list, f.Sel.Name)
				}
			}
		}
		return true
	})
	return list
}

// leaves says whether a function comes to write an audit entry.
func (c callers) leaves(name string, seen map[string]bool) bool {
	if name == "Audit" || name == "AuditOf" {
		return true
	}
	if seen[name] || slices.Contains(opens, name) {
		return false
	}
	seen[name] = true
	return slices.ContainsFunc(c[name], func(next string) bool { return c.leaves(next, seen) })
}

func (c callers) silent() []string {
	var list []string
	for name, called := range c {
		opening := slices.ContainsFunc(called, func(next string) bool { return slices.Contains(opens, next) })
		if opening && noEvidence[name] == "" && !c.leaves(name, map[string]bool{}) {
			list = append(list, name)
		}
	}
	slices.Sort(list)
	return list
}

// TestEveryActLeavesEvidence: whatever opens a transaction writes an audit entry in it, or says here why not.
func TestEveryActLeavesEvidence(t *testing.T) {
	c := calls(t)
	for _, name := range c.silent() {
		t.Errorf("%s opens a transaction and leaves no audit entry", name)
	}
	for name := range noEvidence {
		if _, there := c[name]; !there {
			t.Errorf("noEvidence names %s, which is not there", name)
		}
	}
	c["Planted"] = []string{"Do", "InsertNotice"}
	if !slices.Contains(c.silent(), "Planted") {
		t.Error("the test does not see an act without evidence")
	}
}
