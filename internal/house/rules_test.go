package house

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// rulesPage states every numbered rule of the product, once; glossaryPage the field's words.
const (
	rulesPage    = "docs/rules.md"
	glossaryPage = "docs/glossary.md"
)

// unbuilt stands in the first line of a rule that the product does not follow at all yet. A rule of which a
// part is not there says so in a line of its own, and is cited like any other.
const unbuilt = "**Not yet built.**"

var (
	// cited is a rule's number, span a run of them ("from … to"), which cites those between as well.
	cited = regexp.MustCompile(`\bR-([A-Z]+)-([0-9]+)\b`)
	span  = regexp.MustCompile(`\bR-([A-Z]+)-([0-9]+) … R-([A-Z]+)-([0-9]+)\b`)
	// stated is the first line of a rule: its number, in brackets where it comes from, and what must be true.
	stated = regexp.MustCompile(`^- \*\*R-([A-Z]+)-([0-9]+)\*\* \(([^)]+)\) `)
	origin = regexp.MustCompile(`^(manual|public|ours)\b`)
	begins = regexp.MustCompile(`^- \*\*R-`)
	// network is a name that a rule has no need of: the product serves any such network.
	network = regexp.MustCompile(`NACCS|NSS`)
	// word is a name of the code in the glossary: package.Name.
	word = regexp.MustCompile("`([a-z]+)\\.([A-Z][A-Za-z.]*)`")
)

// onlyForTests are packages of the import map that nothing of the product imports: what they cite proves nothing.
var onlyForTests = []string{
	"internal/house/", "internal/trial/", "internal/forget/forgettest/", "internal/mail/mailtest/", "internal/store/pgtest/",
	"internal/store/storetest/", "internal/web/htmlcheck/", "internal/keyring/softhsm/", "internal/sample/",
}

// Who reads a number in the code looks it up here: it must be there, once, where one looks for it.
func TestRulesAreStatedOnceInOrder(t *testing.T) {
	t.Parallel()
	const few = 70
	house := repository(t)
	if n := len(rules(house)); n < few {
		t.Fatalf("%s states %d rules that could be read, want at least %d", rulesPage, n, few)
	}
	report(t, orderFaults(house))
	report(t, networkFaults(house))
}

func TestEveryNumberCitedIsARule(t *testing.T) {
	t.Parallel()
	report(t, citationFaults(repository(t)))
}

// A rule that no code names is one that nobody would find; one that no test names is one that may go unseen.
func TestEveryRuleIsCitedByCodeAndByATest(t *testing.T) {
	t.Parallel()
	report(t, coverFaults(repository(t)))
}

// The glossary says what the code calls a thing, and the code must still call it so.
func TestGlossaryNamesWhatThereIs(t *testing.T) {
	t.Parallel()
	const few = 40
	house := repository(t)
	if n := len(word.FindAllString(house.files[glossaryPage], -1)); n < few {
		t.Fatalf("%s names %d things of the code, want at least %d", glossaryPage, n, few)
	}
	report(t, glossaryFaults(house))
}

func TestRuleChecksFindWhatTheyAreFor(t *testing.T) {
	t.Parallel()
	r := func(area string, n int) string { return fmt.Sprintf("R-%s-%d", area, n) }
	line := func(area string, n int) string { return "- **" + r(area, n) + "** (ours) Something is true.\n" }
	page := func(text string) tree {
		return planted(t, map[string]string{rulesPage: "# Rules\n\n## One\n\n" + text})
	}
	one, two, three := line("ONE", 1), line("ONE", 2), line("ONE", 3)

	report(t, orderFaults(page(one+"  More of it.\n"+two+line("TWO", 1))))
	wantFault(t, orderFaults(page(one+one)), r("ONE", 1))
	wantFault(t, orderFaults(page(one+three)), r("ONE", 3))
	wantFault(t, orderFaults(page(one+line("TWO", 1)+two)), r("ONE", 2))
	wantFault(t, orderFaults(page(one+"- **"+r("ONE", 2)+"** Nobody says where from.\n")), r("ONE", 2))
	wantFault(t, orderFaults(page("- **"+r("ONE", 1)+"** (hearsay) Nobody knows.\n")), r("ONE", 1))
	wantFault(t, networkFaults(page("- **"+r("ONE", 1)+"** (ours) NA"+"CCS opens at nine.\n")), rulesPage+":5")

	citing := func(name, text string) tree {
		return planted(t, map[string]string{rulesPage: one + two + three, name: text})
	}
	for _, name := range []string{"docs/b.md", "scripts/broken.txt", "internal/a/a.sql", "internal/a/a.html", "scripts/check"} {
		wantFault(t, citationFaults(citing(name, "\nsee "+r("ONE", 4)+"\n")), name+":2")
		report(t, citationFaults(citing(name, "see "+r("ONE", 3)+"\n")))
	}

	cover := func(code, test, rule string) []string {
		return coverFaults(planted(t, map[string]string{rulesPage: rule,
			"internal/a/a.go": "package a // " + code + "\n", "internal/a/a_test.go": "package a // " + test + "\n"}))
	}
	report(t, cover(r("ONE", 1), r("ONE", 1), one))
	report(t, cover(r("ONE", 1)+" … "+r("ONE", 3), r("ONE", 1)+" … "+r("ONE", 3), one+two+three))
	wantFault(t, cover("", r("ONE", 1), one), "no code")
	wantFault(t, cover(r("ONE", 1), "", one), "no test")
	planned := "- **" + r("ONE", 1) + "** (ours) " + unbuilt + " Something will be true.\n"
	report(t, cover("", "", planned))
	wantFault(t, cover(r("ONE", 1), "", planned), "internal/a/a.go")
	wantFault(t, cover("", r("ONE", 1), planned), "internal/a/a_test.go")

	named := func(name string) tree {
		return planted(t, map[string]string{glossaryPage: "| 申込 | Application | `" + name + "` |\n",
			"internal/a/b.go": "package a\ntype T struct{}\nfunc (*T) M() {}\n"})
	}
	report(t, glossaryFaults(named("a.T")))
	report(t, glossaryFaults(named("a.T.M")))
	wantFault(t, glossaryFaults(named("a.U")), "a.U")
	wantFault(t, glossaryFaults(named("b.T")), "b.T")
}

// A rule is one of the rules page. Text is its lines.
type rule struct {
	area   string
	n      int
	origin string
	text   string
	line   int
}

func (r rule) number() string { return fmt.Sprintf("R-%s-%d", r.area, r.n) }

// rules reads the page; a line that begins like a rule and cannot be read has no area.
func rules(house tree) (all []rule) {
	for i, line := range strings.Split(house.files[rulesPage], "\n") {
		switch parts := stated.FindStringSubmatch(line); {
		case parts != nil:
			n, _ := strconv.Atoi(parts[2])
			all = append(all, rule{area: parts[1], n: n, origin: parts[3], text: line, line: i + 1})
		case begins.MatchString(line):
			all = append(all, rule{text: line, line: i + 1})
		case strings.HasPrefix(line, "  ") && len(all) > 0:
			all[len(all)-1].text += "\n" + line
		}
	}
	return all
}

// orderFaults finds rules that cannot be read, that say nothing of where they come from, and those that do not
// follow the one before: an area's rules stand together and are counted from 1.
func orderFaults(house tree) (faults []string) {
	var seen []string
	before := rule{}
	for _, r := range rules(house) {
		next := r.area == before.area && r.n == before.n+1 || r.area != before.area && r.n == 1 && !slices.Contains(seen, r.area)
		switch {
		case r.area == "":
			faults = append(faults, fmt.Sprintf("%s:%d is no rule with its origin in brackets: %s", rulesPage, r.line, r.text))
			before.n++
			continue
		case !origin.MatchString(r.origin):
			faults = append(faults, fmt.Sprintf("%s:%d: %s comes from %q, which is none of manual, public, ours", rulesPage, r.line, r.number(), r.origin))
		case !next:
			faults = append(faults, fmt.Sprintf("%s:%d: %s does not follow %s", rulesPage, r.line, r.number(), before.number()))
		}
		seen, before = append(seen, r.area), r
	}
	return faults
}

// networkFaults finds the example's name below the first heading of the rules, where it is introduced.
func networkFaults(house tree) (faults []string) {
	below := false
	for i, line := range strings.Split(house.files[rulesPage], "\n") {
		below = below || strings.HasPrefix(line, "## ")
		if name := network.FindString(line); below && name != "" {
			faults = append(faults, fmt.Sprintf("%s:%d names %s: say \"the network\"", rulesPage, i+1, name))
		}
	}
	return faults
}

// citationFaults finds numbers that the rules page does not state.
func citationFaults(house tree) (faults []string) {
	known := map[string]bool{}
	for _, r := range rules(house) {
		known[r.number()] = true
	}
	for _, name := range names(house.files) {
		if !slices.Contains(written, path.Ext(name)) {
			continue
		}
		for i, line := range strings.Split(house.files[name], "\n") {
			for _, number := range cited.FindAllString(line, -1) {
				if !known[number] {
					faults = append(faults, fmt.Sprintf("%s:%d cites %s, which %s does not state", name, i+1, number, rulesPage))
				}
			}
		}
	}
	return faults
}

// coverFaults finds rules that no code or no test cites, and citations of rules that are not built.
func coverFaults(house tree) (faults []string) {
	code, tests := map[string]string{}, map[string]string{} // number → a file that cites it
	for _, name := range names(house.files) {
		switch {
		case isTest(name) || strings.HasPrefix(name, "browser/") && path.Ext(name) == ".ts":
			cite(tests, house, name)
		case path.Ext(name) == ".go" && ofProduct(name) && byHand(house, name):
			cite(code, house, name)
		}
	}
	for _, r := range rules(house) {
		first, _, _ := strings.Cut(r.text, "\n")
		inCode, inTests := code[r.number()], tests[r.number()]
		switch {
		case strings.Contains(first, unbuilt):
			for _, name := range []string{inCode, inTests} {
				if name != "" {
					faults = append(faults, fmt.Sprintf("%s cites %s, which %s calls not yet built", name, r.number(), rulesPage))
				}
			}
			continue
		case inCode == "":
			faults = append(faults, r.number()+" is cited by no code: the function that owns it says so in its comment")
		}
		if inTests == "" {
			faults = append(faults, r.number()+" is cited by no test: the case that shows it carries the number")
		}
	}
	return faults
}

// cite notes the numbers of a file.
func cite(by map[string]string, house tree, name string) {
	of := func(p string) bool { return strings.HasPrefix(name, p) }
	if slices.ContainsFunc(onlyForTests, of) {
		return
	}
	for _, number := range cited.FindAllString(house.files[name], -1) {
		by[number] = name
	}
	for _, run := range span.FindAllStringSubmatch(house.files[name], -1) {
		from, _ := strconv.Atoi(run[2])
		to, _ := strconv.Atoi(run[4])
		for n := from; n <= to && run[1] == run[3]; n++ {
			by[rule{area: run[1], n: n}.number()] = name
		}
	}
}

// glossaryFaults finds names of the glossary's code column that no package of that name declares.
func glossaryFaults(house tree) (faults []string) {
	for _, named := range word.FindAllStringSubmatch(house.files[glossaryPage], -1) {
		declared := slices.ContainsFunc(names(house.code), func(name string) bool {
			return ofProduct(name) && path.Base(path.Dir(name)) == named[1] && holds(house, name, named[2])
		})
		if !declared {
			faults = append(faults, fmt.Sprintf("%s names %s.%s, which is not there", glossaryPage, named[1], named[2]))
		}
	}
	return faults
}
