package house

import (
	"fmt"
	"go/ast"
	"go/scanner"
	"go/token"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// The bounds of a room: what one person can hold in mind.
const (
	packageMost  = 3000 // lines of code: no tests, comments, blank lines or generated files
	methodsMost  = 40   // of one type
	knotMost     = 12   // files of a package that refer to each other in a circle
	templateMost = 160  // characters of a line of a template
)

// beyond are the rooms that are larger than the bounds, each with its size: none may grow, and one that has shrunk says so here.
var beyond = map[string]int{
	"cmd/uketsuke lines":                     3425,
	"internal/desk/auditlog.Desk methods":    49,
	"internal/desk/checker.checking methods": 54,
	"internal/desk/checker.dossier methods":  51,
	"internal/keyring.directory methods":     45,
	"internal/web/apply.Pages methods":       48,
	"internal/web/centre.Pages methods":      41,
	"internal/web/kit.Request methods":       65,
	"internal/web/signin.Pages methods":      56,
	"cmd/uketsuke knot":                      41,
	"internal/application knot":              17,
	"internal/desk/checker knot":             16,
	"internal/document knot":                 14,
	"internal/keyring knot":                  16,
	"internal/store knot":                    17,
	"internal/web/kit knot":                  26,
}

func TestRoomsAreSmall(t *testing.T) {
	t.Parallel()
	house := repository(t)
	var large []size
	large = append(large, packageSizes(house, packageMost)...)
	large = append(large, methodCounts(house, methodsMost)...)
	large = append(large, knots(house, knotMost)...)
	report(t, beyondFaults(large, beyond))
	report(t, templateFaults(house, templateMost))
}

// A size is something that is larger than its bound.
type size struct {
	of, what string
	n        int
}

// beyondFaults finds what is larger than it is known to be, and what is known and not so large any more.
func beyondFaults(large []size, known map[string]int) (faults []string) {
	seen := map[string]bool{}
	for _, s := range large {
		key := s.of + " " + s.what
		seen[key] = true
		if s.n != known[key] {
			faults = append(faults, fmt.Sprintf("%s: %d, known are %d", key, s.n, known[key]))
		}
	}
	for _, key := range names(known) {
		if !seen[key] {
			faults = append(faults, key+" is within its bound: strike it off the list")
		}
	}
	return faults
}

func TestBoundsFindWhatTheyAreFor(t *testing.T) {
	t.Parallel()
	house := planted(t, map[string]string{
		"internal/news/a.go":             "package news\n\n// A says.\ntype A struct{ b *B }\n\nfunc (a *A) One() { two() }\n\nfunc (a *A) Two() {}\n",
		"internal/news/b.go":             "package news\n\ntype B struct{ a *A }\n\nfunc two() {}\n",
		"internal/news/alone.go":         "package news\n\nvar lone = 1\n",
		"internal/news/templates/a.html": strings.Repeat("あ", 161) + "\n",
	})
	wantFault(t, beyondFaults(packageSizes(house, 5), nil), "internal/news lines")
	wantFault(t, beyondFaults(methodCounts(house, 1), nil), "news.A methods")
	wantFault(t, beyondFaults(knots(house, 1), nil), "internal/news knot")
	wantFault(t, beyondFaults(nil, map[string]int{"internal/news lines": 7}), "strike it off")
	wantFault(t, templateFaults(house, 160), "a.html:1")
}

// codeLines counts the lines of a file that have code on them.
func codeLines(text string) int {
	var s scanner.Scanner
	set := token.NewFileSet()
	file := set.AddFile("", set.Base(), len(text))
	s.Init(file, []byte(text), nil, 0)
	lines := map[int]bool{}
	for {
		pos, kind, literal := s.Scan()
		if kind == token.EOF {
			return len(lines)
		}
		if kind == token.SEMICOLON && literal == "\n" {
			continue
		}
		first := file.Line(pos)
		for i := range strings.Count(literal, "\n") + 1 {
			lines[first+i] = true
		}
	}
}

func packageSizes(house tree, most int) (large []size) {
	sizes := map[string]int{}
	for _, name := range names(house.code) {
		if ofProduct(name) && byHand(house, name) {
			sizes[path.Dir(name)] += codeLines(house.files[name])
		}
	}
	for _, dir := range names(sizes) {
		if sizes[dir] > most {
			large = append(large, size{dir, "lines", sizes[dir]})
		}
	}
	return large
}

func methodCounts(house tree, most int) (large []size) {
	counts := map[string]int{}
	functions(house, func(name string, d *ast.FuncDecl) {
		if of := receiver(d); of != "" && ofProduct(name) {
			counts[path.Dir(name)+"."+of]++
		}
	})
	for _, of := range names(counts) {
		if counts[of] > most {
			large = append(large, size{strings.TrimSuffix(of, "."), "methods", counts[of]})
		}
	}
	return large
}

// knots finds packages in which too many files refer to each other in a circle: nobody can read one of them alone.
func knots(house tree, most int) (large []size) {
	packages := map[string][]string{}
	for _, name := range names(house.code) {
		if ofProduct(name) && byHand(house, name) {
			packages[path.Dir(name)] = append(packages[path.Dir(name)], name)
		}
	}
	for _, dir := range names(packages) {
		for _, knot := range circles(references(house, packages[dir])) {
			if len(knot) > most {
				large = append(large, size{dir, "knot", len(knot)})
			}
		}
	}
	return large
}

// references says for each file of a package in which others of it something stands that the file names. A method counts by
// its name where no two types of the package have one of that name.
func references(house tree, files []string) map[string][]string {
	home := map[string]string{}
	twice := map[string]bool{}
	put := func(key, file string) {
		if at, there := home[key]; there && at != file {
			twice[key] = true
		}
		home[key] = path.Base(file)
	}
	for _, file := range files {
		for _, d := range house.code[file].Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if receiver(d) == "" {
					put(d.Name.Name, file)
				} else {
					put("."+d.Name.Name, file)
				}
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					switch spec := spec.(type) {
					case *ast.TypeSpec:
						put(spec.Name.Name, file)
					case *ast.ValueSpec:
						for _, name := range spec.Names {
							put(name.Name, file)
						}
					}
				}
			}
		}
	}
	refers := map[string][]string{}
	for _, file := range files {
		base := path.Base(file)
		refers[base] = nil
		see := func(key string) {
			if at := home[key]; at != "" && at != base && !twice[key] && !slices.Contains(refers[base], at) {
				refers[base] = append(refers[base], at)
			}
		}
		ast.Inspect(house.code[file], func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.SelectorExpr:
				see("." + n.Sel.Name)
				ast.Inspect(n.X, func(x ast.Node) bool {
					if id, is := x.(*ast.Ident); is {
						see(id.Name)
					}
					return true
				})
				return true
			case *ast.Field: // the names of fields and parameters are their own
				ast.Inspect(n.Type, func(x ast.Node) bool {
					if id, is := x.(*ast.Ident); is {
						see(id.Name)
					}
					return true
				})
				return false
			case *ast.KeyValueExpr:
				if _, plain := n.Key.(*ast.Ident); plain {
					ast.Inspect(n.Value, func(x ast.Node) bool {
						switch x := x.(type) {
						case *ast.SelectorExpr:
							see("." + x.Sel.Name)
						case *ast.Ident:
							see(x.Name)
						}
						return true
					})
					return false
				}
			case *ast.Ident:
				see(n.Name)
			}
			return true
		})
	}
	return refers
}

// circles are the strongly connected parts of a graph (Tarjan), each sorted.
func circles(refers map[string][]string) (parts [][]string) {
	index, low, on := map[string]int{}, map[string]int{}, map[string]bool{}
	var stack []string
	var visit func(string)
	visit = func(v string) {
		index[v] = len(index) + 1
		low[v] = index[v]
		stack, on[v] = append(stack, v), true
		for _, w := range refers[v] {
			if index[w] == 0 {
				visit(w)
				low[v] = min(low[v], low[w])
			} else if on[w] {
				low[v] = min(low[v], index[w])
			}
		}
		if low[v] != index[v] {
			return
		}
		at := slices.Index(stack, v)
		part := slices.Clone(stack[at:])
		for _, w := range part {
			on[w] = false
		}
		stack = stack[:at]
		slices.Sort(part)
		parts = append(parts, part)
	}
	for _, v := range names(refers) {
		if index[v] == 0 {
			visit(v)
		}
	}
	return parts
}

func templateFaults(house tree, most int) (faults []string) {
	for _, name := range names(house.files) {
		if !strings.Contains(name, "/templates/") {
			continue
		}
		for i, line := range strings.Split(house.files[name], "\n") {
			if n := utf8.RuneCountInString(line); n > most {
				faults = append(faults, fmt.Sprintf("%s:%d has %d characters, of %d", name, i+1, n, most))
			}
		}
	}
	return faults
}

// specified are numbers that only the specification knows: of traps, scenarios and pages. A comment says the reason instead.
var specified = regexp.MustCompile(`\b([Tt]raps? \d+|[EC]\d{1,2}|S\d{1,2})\b`)

func TestCommentsSayReasons(t *testing.T) {
	t.Parallel()
	report(t, numberFaults(repository(t)))
	wantFault(t, numberFaults(planted(t, map[string]string{"internal/news/a.go": "package news\n\n// A is page E12 (trap 3).\nvar A = 1\n"})), "E12")
}

func numberFaults(house tree) (faults []string) {
	for _, name := range names(house.code) {
		if !ofProduct(name) || strings.HasPrefix(name, "internal/sample/") { // whose functions are the scenarios
			continue
		}
		for _, group := range house.code[name].Comments {
			for _, comment := range group.List {
				if number := specified.FindString(comment.Text); number != "" {
					faults = append(faults, fmt.Sprintf("%s speaks of %s: say the reason", house.set.Position(comment.Pos()), number))
				}
			}
		}
	}
	return faults
}
