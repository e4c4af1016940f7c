package kit

import (
	"net/url"
	"slices"
	"strings"

	"uketsuke/internal/catalogue"
)

// Without is an address's query without some of its names, to be put behind another path; "" when nothing is left.
func Without(asked url.Values, names ...string) string {
	kept := url.Values{}
	for name, values := range asked {
		if slices.Contains(names, name) {
			continue
		}
		for _, value := range values {
			if value != "" {
				kept.Add(name, value)
			}
		}
	}
	if len(kept) == 0 {
		return ""
	}
	return "?" + kept.Encode()
}

// CutSearch is what counts of what somebody searches for.
func CutSearch(typed string) string { return catalogue.CutSearch(strings.TrimSpace(typed)) }
