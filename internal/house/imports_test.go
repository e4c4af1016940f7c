package house

import (
	"fmt"
	"go/ast"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "uketsuke/"

// floors is the import map: each package, and which of ours it may import. From the ground up.
var floors = map[string]string{
	"internal/problem":     "",
	"internal/forget":      "",
	"internal/calendar":    "problem",
	"internal/userid":      "problem calendar",
	"internal/account":     "problem forget calendar",
	"internal/catalogue":   "problem calendar userid",
	"internal/secret":      "problem forget calendar userid catalogue account",
	"internal/contract":    "problem calendar userid catalogue account",
	"internal/charge":      "calendar userid catalogue contract",
	"internal/application": "problem calendar userid catalogue account secret contract",
	"internal/audit":       "problem calendar account application",

	"internal/document":       "problem calendar userid catalogue account secret contract charge application document/fonts",
	"internal/document/fonts": "",
	"internal/mail":           "problem calendar userid catalogue account secret contract application",
	"internal/courier":        "",
	"internal/mail/catcher":   "",
	"internal/mail/returned":  "mail",
	"internal/signature":      "",
	"internal/identity":       "",
	"internal/keyring":        "problem forget calendar secret",
	"internal/clock":          "",
	"internal/ledger":         "clock",
	"internal/records":        "",
	"internal/door":           "account",
	"internal/store":          "problem calendar userid catalogue account secret contract application store/query store/column",
	"internal/store/query":    "store/column",
	"internal/store/column":   "calendar",

	// The rooms of the desk, from the ground up; the desk itself only opens them.
	"internal/desk/command":    "problem calendar catalogue account secret contract application audit document signature mail keyring ledger store store/query store/column",
	"internal/desk/centre":     "problem calendar catalogue account application audit records store store/query store/column desk/command",
	"internal/desk/mailroom":   "problem calendar catalogue account application audit mail store store/query store/column desk/command",
	"internal/desk/holding":    "problem calendar userid account contract application audit store store/query store/column desk/command",
	"internal/desk/casefile":   "problem calendar userid catalogue account secret contract application audit mail store store/query store/column desk/command desk/mailroom desk/holding",
	"internal/desk/signin":     "problem calendar account application audit mail store store/query store/column desk/command",
	"internal/desk/factors":    "problem forget account audit store store/query store/column desk/command desk/signin",
	"internal/desk/auditlog":   "calendar account application audit document mail keyring store store/query store/column desk/command",
	"internal/desk/papers":     "problem calendar account application audit document store store/query desk/command desk/holding desk/casefile desk/signin",
	"internal/desk/billing":    "problem calendar userid account contract charge application audit document ledger records store store/query store/column desk/command desk/holding desk/papers",
	"internal/desk/files":      "problem calendar userid catalogue account contract application audit store store/query store/column desk/command desk/holding desk/casefile",
	"internal/desk/issuance":   "problem forget calendar userid account secret application audit mail keyring store store/query store/column desk/command desk/holding desk/casefile",
	"internal/desk/filing":     "problem calendar userid catalogue account contract charge application audit store store/query store/column desk/command desk/centre desk/holding desk/casefile",
	"internal/desk/people":     "problem forget calendar userid catalogue account application audit mail store store/query store/column desk/command desk/holding desk/casefile desk/signin desk/factors",
	"internal/desk/recovery":   "forget calendar account audit keyring ledger store store/query store/column desk/command desk/factors desk/auditlog desk/issuance",
	"internal/desk/jobs":       "calendar account secret application audit mail keyring store store/query store/column desk/command desk/casefile desk/issuance desk/filing desk/recovery",
	"internal/desk/home":       "calendar account secret application store store/query store/column desk/command desk/centre desk/files desk/filing",
	"internal/desk/operations": "problem calendar account application audit clock store store/query store/column desk/command desk/auditlog desk/papers desk/recovery desk/jobs",
	"internal/desk/checker":    "forget calendar userid catalogue account secret contract charge application audit keyring ledger store store/query store/column desk/command desk/mailroom desk/holding desk/casefile desk/factors desk/auditlog desk/billing desk/people desk/recovery",
	"internal/desk":            "desk/command desk/centre desk/mailroom desk/holding desk/casefile desk/signin desk/factors desk/auditlog desk/papers desk/billing desk/files desk/issuance desk/filing desk/people desk/recovery desk/jobs desk/home desk/operations desk/checker",

	// The rooms of the pages; the package above them has the routes.
	"internal/web/kit":     "problem calendar catalogue account secret contract charge application identity desk door",
	"internal/web/holding": "problem calendar userid contract charge application document desk web/kit",
	"internal/web/cases":   "problem calendar userid catalogue account secret contract application desk web/kit",
	"internal/web/signin":  "problem account application identity desk web/kit",
	"internal/web/people":  "problem account application desk web/kit",
	"internal/web/apply":   "problem calendar userid catalogue account contract charge application desk web/kit web/holding web/cases",
	"internal/web/examine": "problem calendar userid account application desk web/kit web/holding web/cases web/apply",
	"internal/web/centre":  "problem calendar userid account charge application audit desk web/kit web/cases",
	"internal/web":         "application desk web/apply web/cases web/centre web/examine web/holding web/kit web/people web/signin",
	"internal/api":         "problem calendar userid catalogue account secret contract charge application audit desk door",
	"internal/demo":        "problem calendar account charge mail mail/catcher desk web web/kit",
	"cmd/uketsuke":         "problem calendar userid catalogue account secret contract charge application audit courier document signature mail mail/catcher mail/returned keyring ledger clock identity store desk web web/kit api demo door",

	// Packages for tests only: nothing of the product may import them.
	"internal/trial":             "",
	"internal/forget/forgettest": "",
	"internal/mail/mailtest":     "mail mail/catcher",
	"internal/store/pgtest":      "trial",
	"internal/store/storetest":   "problem calendar userid catalogue account secret contract application store store/pgtest trial",
	"internal/web/htmlcheck":     "",
	"internal/keyring/softhsm":   "",
	"internal/sample":            "problem calendar userid catalogue account secret contract application audit document signature mail keyring ledger store store/query store/column desk trial",
	"internal/benchmark":         "",
	"internal/model":             "",
	"internal/rehearsal":         "",
}

// pure lists the packages that know nothing of the world but what they are given.
var pure = []string{
	"internal/problem", "internal/forget", "internal/calendar", "internal/userid", "internal/account", "internal/catalogue",
	"internal/secret", "internal/contract", "internal/charge", "internal/application", "internal/audit", "internal/document",
	"internal/records",
}

// impure are the ways out into the world that a pure package must not import.
var impure = []string{
	"os", "os/exec", "net", "net/http", "database/sql", "math/rand", "math/rand/v2", "crypto/rand", "syscall",
}

// clockCalls are the functions of package time that look at a clock.
var clockCalls = []string{"Now", "Since", "Until", "Sleep", "After", "AfterFunc", "Tick", "NewTimer", "NewTicker"}

func TestImportsGoDownOnly(t *testing.T) {
	t.Parallel()
	house := repository(t)
	report(t, importFaults(house, floors))
	report(t, absentFaults(house, floors))
}

func TestPurePackagesReachNothing(t *testing.T) {
	t.Parallel()
	house := repository(t)
	report(t, impureFaults(house))
	report(t, clockFaults(house))
}

// The pages go through the desk: no second door to the data.
func TestPagesNeverSeeTheStore(t *testing.T) {
	t.Parallel()
	report(t, storeFaults(repository(t)))
}

// Where keys are, nothing is used that would keep them.
func TestKeysAreNotKept(t *testing.T) {
	t.Parallel()
	report(t, keyFaults(repository(t)))
}

func TestImportRulesFindWhatTheyAreFor(t *testing.T) {
	t.Parallel()
	file := func(name, text string) tree { return planted(t, map[string]string{name: text}) }
	down := map[string]string{"internal/calendar": "problem"}

	wantFault(t, importFaults(file("internal/calendar/a.go", "package calendar\nimport _ \"uketsuke/internal/desk\"\n"), down), "internal/desk")
	wantFault(t, importFaults(file("internal/news/a.go", "package news\n"), down), "no row")
	wantFault(t, absentFaults(file("internal/news/a.go", "package news\n"), down), "internal/calendar")
	wantFault(t, impureFaults(file("internal/calendar/a.go", "package calendar\nimport _ \"database/sql\"\n")), "database/sql")
	wantFault(t, clockFaults(file("internal/calendar/a.go", "package calendar\nimport \"time\"\nvar x = time.Now()\n")), "time.Now")
	wantFault(t, clockFaults(file("internal/calendar/a.go", "package calendar\nimport \"time\"\nvar x = time.Now\n")), "time.Now")
	wantFault(t, keyFaults(file("internal/keyring/a.go", "package keyring\nvar x = hmac.New\n")), "hmac.New")
	wantFault(t, storeFaults(file("internal/web/a.go", "package web\nimport _ \"database/sql\"\n")), "database/sql")
	wantFault(t, storeFaults(file("internal/api/a.go", "package api\nimport _ \"uketsuke/internal/store/query\"\n")), "store/query")
}

// importFaults finds packages without a row and imports that their row does not allow.
func importFaults(house tree, floors map[string]string) (faults []string) {
	var strange []string
	each(house, func(dir, name, imported string) {
		if _, ours := strings.CutPrefix(imported, module); !ours {
			return
		}
		allowed, known := floors[dir]
		if below := strings.TrimPrefix(imported, module+"internal/"); known && !slices.Contains(strings.Fields(allowed), below) {
			faults = append(faults, fmt.Sprintf("%s imports %s, which its row in the import map does not allow", name, imported))
		}
	})
	for _, name := range names(house.code) {
		dir := path.Dir(name)
		if _, known := floors[dir]; !known && ofProduct(name) && !slices.Contains(strange, dir) {
			strange = append(strange, dir)
			faults = append(faults, dir+" has no row in the import map")
		}
	}
	return faults
}

// absentFaults finds rows whose package is gone.
func absentFaults(house tree, floors map[string]string) (faults []string) {
	for _, dir := range names(floors) {
		there := slices.ContainsFunc(names(house.code), func(name string) bool { return path.Dir(name) == dir })
		if !there {
			faults = append(faults, dir+" has a row in the import map, but no Go file")
		}
	}
	return faults
}

func impureFaults(house tree) (faults []string) {
	each(house, func(dir, name, imported string) {
		if slices.Contains(pure, dir) && slices.Contains(impure, imported) {
			faults = append(faults, fmt.Sprintf("%s is in a pure package and imports %s", name, imported))
		}
	})
	return faults
}

// clockFaults finds uses of the clock, also as a value that somebody calls later.
func clockFaults(house tree) (faults []string) {
	for _, name := range names(house.code) {
		if !ofProduct(name) || !slices.Contains(pure, path.Dir(name)) {
			continue
		}
		ast.Inspect(house.code[name], func(n ast.Node) bool {
			selector, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			if x, ok := selector.X.(*ast.Ident); ok && x.Name == "time" && slices.Contains(clockCalls, selector.Sel.Name) {
				faults = append(faults, fmt.Sprintf("%s uses time.%s in a pure package: the time is an argument", house.set.Position(n.Pos()), selector.Sel.Name))
			}
			return true
		})
	}
	return faults
}

// keyFaults finds uses of keys that leave copies which nobody can overwrite (R-SEC-6).
func keyFaults(house tree) (faults []string) {
	hold := []string{"internal/keyring", "internal/secret", "internal/account", "internal/forget"}
	for _, name := range names(house.code) {
		if !ofProduct(name) || !slices.Contains(hold, path.Dir(name)) {
			continue
		}
		ast.Inspect(house.code[name], func(n ast.Node) bool {
			selector, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			if x, ok := selector.X.(*ast.Ident); ok && slices.Contains(keeping, x.Name+"."+selector.Sel.Name) {
				faults = append(faults, fmt.Sprintf("%s uses %s.%s, which keeps what it was given: internal/forget and internal/keyring have their own",
					house.set.Position(n.Pos()), x.Name, selector.Sel.Name))
			}
			return true
		})
	}
	return faults
}

// keeping are the functions of the standard library that keep a key, or copy it to where it cannot be overwritten.
var keeping = []string{"hmac.New", "ed25519.NewKeyFromSeed", "ed25519.Sign", "ed25519.GenerateKey", "cipher.NewGCMWithRandomNonce"}

func storeFaults(house tree) (faults []string) {
	each(house, func(dir, name, imported string) {
		page := dir == "internal/web" || strings.HasPrefix(dir, "internal/web/") || dir == "internal/api"
		store := imported == module+"internal/store" || strings.HasPrefix(imported, module+"internal/store/")
		if page && (store || imported == "database/sql") {
			faults = append(faults, fmt.Sprintf("%s imports %s: pages ask the desk", name, imported))
		}
	})
	return faults
}

// each calls back for every import of every file of the product.
func each(house tree, see func(dir, name, imported string)) {
	for _, name := range names(house.code) {
		if !ofProduct(name) {
			continue
		}
		for _, spec := range house.code[name].Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				panic(err) // the parser has accepted it
			}
			see(path.Dir(name), name, imported)
		}
	}
}
