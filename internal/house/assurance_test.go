package house

import (
	"fmt"
	"path"
	"regexp"
	"strings"
	"testing"
)

// asvs is how many requirements of level 1 or 2 each section of OWASP ASVS 5.0.0 has; they are the first ones of
// their section.
var asvs = map[string]int{
	"1.1": 2, "1.2": 9, "1.3": 11, "1.4": 3, "1.5": 2,
	"2.1": 3, "2.2": 3, "2.3": 4, "2.4": 1,
	"3.2": 2, "3.3": 4, "3.4": 6, "3.5": 5, "3.7": 2,
	"4.1": 3, "4.2": 1, "4.3": 2, "4.4": 4,
	"5.1": 1, "5.2": 3, "5.3": 2, "5.4": 3,
	"6.1": 3, "6.2": 12, "6.3": 4, "6.4": 4, "6.5": 5, "6.6": 3, "6.8": 4,
	"7.1": 3, "7.2": 4, "7.3": 2, "7.4": 5, "7.5": 2, "7.6": 2,
	"8.1": 2, "8.2": 3, "8.3": 1, "8.4": 1,
	"9.1": 3, "9.2": 4,
	"10.1": 2, "10.2": 2, "10.3": 4, "10.4": 11, "10.5": 5, "10.6": 2, "10.7": 3,
	"11.1": 2, "11.2": 3, "11.3": 3, "11.4": 4, "11.5": 1, "11.6": 1,
	"12.1": 3, "12.2": 2, "12.3": 4,
	"13.1": 1, "13.2": 5, "13.3": 2, "13.4": 5,
	"14.1": 2, "14.2": 4, "14.3": 3,
	"15.1": 3, "15.2": 3, "15.3": 7,
	"16.1": 1, "16.2": 5, "16.3": 4, "16.4": 3, "16.5": 3,
	"17.1": 1, "17.2": 4, "17.3": 2,
}

var assuranceRow = regexp.MustCompile(`^\| (\d+\.\d+\.\d+) \| (.+) \| (.+) \|$`)

// docs/assurance.md has each requirement of levels 1 and 2 once, says how it holds or openly that it does not, and
// names only tests, journeys and files that exist.
func TestAssuranceIsWhole(t *testing.T) {
	t.Parallel()
	report(t, assuranceFaults(repository(t), asvs))
}

func TestAssuranceRuleFindsWhatItIsFor(t *testing.T) {
	t.Parallel()
	said := func(line string) tree {
		return planted(t, map[string]string{"docs/assurance.md": line + "\n", "internal/a/a_test.go": "package a\nfunc TestA(t *T) {}\n"})
	}
	one, two := map[string]int{"1.1": 1}, map[string]int{"1.1": 2}
	wantFault(t, assuranceFaults(said("| 1.1.1 | It holds. | TestGone |"), one), "TestGone")
	wantFault(t, assuranceFaults(said("| 1.1.1 | It holds. | – |"), one), "nothing shows")
	wantFault(t, assuranceFaults(said("| 1.1.1 | It holds. | TestA |"), two), "1.1.2 stands there 0 times")
	report(t, assuranceFaults(said("| 1.1.1 | It holds. | TestA |"), one))
}

func assuranceFaults(house tree, sections map[string]int) (faults []string) {
	tests := testNames(house)
	rows := map[string]int{}
	for line := range strings.SplitSeq(house.files["docs/assurance.md"], "\n") {
		row := assuranceRow.FindStringSubmatch(line)
		if row == nil {
			continue
		}
		rows[row[1]]++
		open := strings.HasPrefix(row[2], "n/a") || strings.Contains(row[2], "**not met**")
		if row[3] == "–" && !open && row[2] != "None." {
			faults = append(faults, row[1]+": nothing shows it")
		}
		for name := range strings.SplitSeq(row[3], ", ") {
			if name != "–" && !tests[name] && !exists(house, name) {
				faults = append(faults, row[1]+": there is no "+name)
			}
		}
	}
	for section, n := range sections {
		for i := range n {
			if id := fmt.Sprintf("%s.%d", section, i+1); rows[id] != 1 {
				faults = append(faults, fmt.Sprintf("ASVS %s stands there %d times", id, rows[id]))
			}
		}
	}
	return faults
}

var testFunction = regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)\w+)\(`)

// testNames are the Go tests of this repository, and the files of the journeys.
func testNames(house tree) map[string]bool {
	names := map[string]bool{}
	for file, text := range house.files {
		switch {
		case strings.HasSuffix(file, "_test.go"):
			for _, found := range testFunction.FindAllStringSubmatch(text, -1) {
				names[found[1]] = true
			}
		case strings.HasPrefix(file, "browser/journeys/"):
			names[path.Base(file)] = true
		}
	}
	return names
}
