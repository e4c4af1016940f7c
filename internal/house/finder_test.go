package house

import (
	"fmt"
	"go/ast"
	"path"
	"regexp"
	"strings"
	"testing"
)

// row is one line of the rule finder: | question | `path` `Name` |, the name optional.
var row = regexp.MustCompile("(?m)^\\|([^|]+)\\| *`([^`|]+)`(?:[ ,]*`([^`|]+)`)? *\\|")

// The rule finder answers "where is …?" for somebody who is new here, so it must never send them to
// a place that is gone.
func TestRuleFinderFinds(t *testing.T) {
	t.Parallel()
	house := repository(t)
	text, there := house.files["ARCHITECTURE.md"]
	if !there {
		t.Fatal("there is no ARCHITECTURE.md")
	}
	const few = 20
	if n := len(row.FindAllString(text, -1)); n < few {
		t.Errorf("the rule finder has %d rows that could be read, want at least %d", n, few)
	}
	report(t, finderFaults(house))
}

func TestRuleFinderRuleFindsWhatItIsFor(t *testing.T) {
	t.Parallel()
	finder := func(line string) tree {
		return planted(t, map[string]string{
			"ARCHITECTURE.md":  line + "\n",
			"internal/a/b.go":  "package a\ntype T struct{}\nfunc (*T) M() {}\nfunc F() {}\nconst C = 1\n",
			"internal/a/c.sql": "-- name: Guard\n",
		})
	}
	wantFault(t, finderFaults(finder("| where? | `internal/a/gone.go` `F` |")), "gone.go")
	wantFault(t, finderFaults(finder("| where? | `internal/a/b.go` `G` |")), "G")
	wantFault(t, finderFaults(finder("| where? | `internal/a/b.go` `T.N` |")), "T.N")
	wantFault(t, finderFaults(finder("| where? | `internal/a/c.sql` `Lock` |")), "Lock")
	for _, line := range []string{
		"| where? | `internal/a/b.go` `F` |", "| where? | `internal/a/b.go`, `T.M` |", "| where? | `internal/a/b.go` `C` |",
		"| where? | `internal/a/b.go` `T` |", "| where? | `internal/a/c.sql` `Guard` |", "| where? | `internal/a` |",
	} {
		report(t, finderFaults(finder(line)))
	}
}

func finderFaults(house tree) (faults []string) {
	for _, cells := range row.FindAllStringSubmatch(house.files["ARCHITECTURE.md"], -1) {
		question, file, name := strings.TrimSpace(cells[1]), cells[2], strings.TrimSuffix(cells[3], "()")
		switch {
		case !exists(house, file):
			faults = append(faults, fmt.Sprintf("rule finder, %q: there is no %s", question, file))
		case name != "" && !holds(house, file, name):
			faults = append(faults, fmt.Sprintf("rule finder, %q: %s has no %s", question, file, name))
		}
	}
	return faults
}

// exists says whether the path is a file, or a folder with something in it.
func exists(house tree, file string) bool {
	if _, there := house.files[file]; there {
		return true
	}
	for name := range house.files {
		if strings.HasPrefix(name, strings.TrimSuffix(file, "/")+"/") {
			return true
		}
	}
	return false
}

// holds says whether the file declares the name; a file that is not Go must contain it.
func holds(house tree, file, name string) bool {
	if path.Ext(file) != ".go" {
		return strings.Contains(house.files[file], name)
	}
	for _, declaration := range house.code[file].Decls {
		for _, declared := range declares(declaration) {
			if declared == name {
				return true
			}
		}
	}
	return false
}

// declares lists the names of a declaration; a method is "Type.Method".
func declares(declaration ast.Decl) (all []string) {
	switch d := declaration.(type) {
	case *ast.FuncDecl:
		return []string{receiver(d) + d.Name.Name}
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			switch s := spec.(type) {
			case *ast.TypeSpec:
				all = append(all, s.Name.Name)
			case *ast.ValueSpec:
				for _, name := range s.Names {
					all = append(all, name.Name)
				}
			}
		}
	}
	return all
}

// receiver is "Type." for a method, "" for a function.
func receiver(d *ast.FuncDecl) string {
	if d.Recv == nil {
		return ""
	}
	kind := d.Recv.List[0].Type
	if star, ok := kind.(*ast.StarExpr); ok {
		kind = star.X
	}
	if generic, ok := kind.(*ast.IndexExpr); ok {
		kind = generic.X
	}
	if name, ok := kind.(*ast.Ident); ok {
		return name.Name + "."
	}
	return ""
}
