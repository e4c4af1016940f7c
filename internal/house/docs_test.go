package house

import (
	"fmt"
	"net/url"
	"path"
	"regexp"
	"strings"
	"testing"
	"unicode"
)

var (
	// link is [text](target) of a document; heading is a line that can be linked to by #fragment.
	link    = regexp.MustCompile(`\[[^\]\n]*\]\(([^)\s]+)\)`)
	heading = regexp.MustCompile(`(?m)^#{1,6} +(.+?) *$`)
	fence   = regexp.MustCompile("(?ms)^```.*?^```")
)

// A document sends readers on; a link that leads nowhere leaves them standing.
func TestLinksBetweenDocumentsLead(t *testing.T) {
	t.Parallel()
	house := repository(t)
	report(t, linkFaults(house))
	report(t, unlistedFaults(house))
}

func TestDocumentRulesFindWhatTheyAreFor(t *testing.T) {
	t.Parallel()
	files := func(text string) tree {
		return planted(t, map[string]string{"docs/a.md": text, "docs/b.md": "# Two words\n", "README.md": "x"})
	}
	wantFault(t, linkFaults(files("see [b](c.md)")), "c.md")
	wantFault(t, linkFaults(files("see [b](b.md#three-words)")), "three-words")
	wantFault(t, linkFaults(files("see [b](#gone)")), "gone")
	for _, text := range []string{
		"[b](b.md)", "[b](b.md#two-words)", "[up](../README.md)", "[folder](../docs)", "[out](https://example.jp/x)", "```\n[b](c.md)\n```\n",
	} {
		report(t, linkFaults(files(text)))
	}
	listed := func(index string) tree {
		return planted(t, map[string]string{"docs/README.md": index, "docs/adr/README.md": "", "docs/b.md": "", "docs/adr/0001-x.md": ""})
	}
	wantFault(t, unlistedFaults(planted(t, map[string]string{"docs/README.md": "", "docs/b.md": ""})), "docs/b.md")
	if faults := unlistedFaults(listed("[b](b.md) [adr](adr/README.md)")); len(faults) != 1 || !strings.Contains(faults[0], "0001-x.md") {
		t.Errorf("found %q, want the decision that its index does not name", faults)
	}
}

// linkFaults finds links inside the repository to files or headings that are not there.
func linkFaults(house tree) (faults []string) {
	for _, name := range names(house.files) {
		if path.Ext(name) != ".md" {
			continue
		}
		for _, found := range link.FindAllStringSubmatch(fence.ReplaceAllString(house.files[name], ""), -1) {
			target, err := url.Parse(found[1])
			if err != nil || target.Scheme != "" {
				continue
			}
			file := name
			if target.Path != "" {
				file = path.Join(path.Dir(name), target.Path)
			}
			switch {
			case !exists(house, file):
				faults = append(faults, fmt.Sprintf("%s links to %s, which is not there", name, found[1]))
			case target.Fragment != "" && path.Ext(file) == ".md" && !headed(house.files[file], target.Fragment):
				faults = append(faults, fmt.Sprintf("%s links to %s, but there is no such heading", name, found[1]))
			}
		}
	}
	return faults
}

// headed says whether a document has a heading with the fragment that the usual viewers give it.
func headed(text, fragment string) bool {
	for _, found := range heading.FindAllStringSubmatch(fence.ReplaceAllString(text, ""), -1) {
		if fragmentOf(found[1]) == fragment {
			return true
		}
	}
	return false
}

// fragmentOf is a heading in small letters, blanks as hyphens, without marks.
func fragmentOf(heading string) string {
	return strings.Map(func(c rune) rune {
		switch {
		case c == ' ':
			return '-'
		case unicode.IsLetter(c), unicode.IsDigit(c), c == '-', c == '_':
			return unicode.ToLower(c)
		}
		return -1
	}, heading)
}

// unlistedFaults finds documents that the index of their folder does not link to: nobody would find them.
func unlistedFaults(house tree) (faults []string) {
	for _, name := range names(house.files) {
		folder := path.Dir(name)
		index, there := house.files[folder+"/README.md"]
		if path.Ext(name) != ".md" || path.Base(name) == "README.md" || !strings.HasPrefix(name, "docs/") || !there {
			continue
		}
		if !strings.Contains(index, "("+path.Base(name)+")") && !strings.Contains(index, "("+path.Base(name)+"#") {
			faults = append(faults, fmt.Sprintf("%s is not linked to by %s/README.md", name, folder))
		}
	}
	return faults
}
