// Package house holds the house rules of this repository as tests; it has no code of its own.
//
// A floor is a place in the import map: imports go down only. A pure package is one that reaches no
// database, network, file, clock or randomness except through its arguments. The question it answers:
// is the house still built as ARCHITECTURE.md says?
package house

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
)

// A tree is what the rules look at: every file by its path, the Go files also parsed.
type tree struct {
	files map[string]string
	code  map[string]*ast.File
	set   *token.FileSet
}

// skipped are the folders that hold nothing of ours.
var skipped = []string{".git", ".bin", "node_modules", "test-results", "playwright-report"}

func read(root fs.FS) (tree, error) {
	house := tree{files: map[string]string{}, code: map[string]*ast.File{}, set: token.NewFileSet()}
	err := fs.WalkDir(root, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			if slices.Contains(skipped, entry.Name()) || name == "var" || name == "data" {
				return fs.SkipDir
			}
			return nil
		}
		if !entry.Type().IsRegular() {
			return nil
		}
		text, err := fs.ReadFile(root, name)
		if err != nil {
			return err
		}
		house.files[name] = string(text)
		if path.Ext(name) == ".go" {
			house.code[name], err = parser.ParseFile(house.set, name, text, parser.ParseComments)
		}
		return err
	})
	return house, err
}

// whole is the repository, read once: no test changes it.
var whole = sync.OnceValues(func() (tree, error) { return read(os.DirFS("../..")) })

func repository(t *testing.T) tree {
	t.Helper()
	house, err := whole()
	if err != nil {
		t.Fatalf("read the tree: %v", err)
	}
	return house
}

// planted is a small tree to show that a rule finds what it is there for.
func planted(t *testing.T, files map[string]string) tree {
	t.Helper()
	root := fstest.MapFS{}
	for name, text := range files {
		root[name] = &fstest.MapFile{Data: []byte(text)}
	}
	house, err := read(root)
	if err != nil {
		t.Fatalf("read the planted tree: %v", err)
	}
	return house
}

// names lists the paths in order, so that messages are the same in each run.
func names[V any](m map[string]V) []string {
	var all []string
	for name := range m {
		all = append(all, name)
	}
	slices.Sort(all)
	return all
}

func isTest(name string) bool { return strings.HasSuffix(name, "_test.go") }

// ofProduct says whether the file belongs to the product's module and is not a test.
func ofProduct(name string) bool {
	return !isTest(name) && !strings.HasPrefix(name, "tools/") && !strings.Contains(name, "testdata/")
}

func report(t *testing.T, faults []string) {
	t.Helper()
	for _, fault := range faults {
		t.Error(fault)
	}
}

// wantFault fails unless exactly one fault was found, and it speaks of what was planted.
func wantFault(t *testing.T, faults []string, about string) {
	t.Helper()
	if len(faults) != 1 || !strings.Contains(faults[0], about) {
		t.Errorf("found %q, want one fault about %q", faults, about)
	}
}
