package kit

import (
	"net/url"
	"slices"

	"uketsuke/internal/application"
)

// maxTrail bounds how many pages back a list knows its way; further back leads to the first page.
const maxTrail = 30

// Last is the name by which an address asks for the page at the end of a list.
func Last(keys []string) string {
	if len(keys) == 0 {
		return ""
	}
	return keys[len(keys)-1]
}

// PagerOf leads one page on and one back; trail are the keys of the pages gone through.
func PagerOf(path string, asked url.Values, trail []string, next string) Pager {
	at := func(trail []string) string {
		query := url.Values{"after": trail}
		for name, values := range asked {
			for _, value := range values {
				if name != "after" && value != "" {
					query.Add(name, value)
				}
			}
		}
		if encoded := query.Encode(); encoded != "" {
			return path + "?" + encoded
		}
		return path
	}
	var p Pager
	if len(trail) > 0 {
		p.Before = Link{Address: at(trail[:len(trail)-1])}
	}
	if next != "" {
		p.Next = Link{Address: at(append(slices.Clone(trail[max(0, len(trail)-maxTrail):]), next))}
	}
	return p
}

// StateTag is a state as a coloured word.
func StateTag(state application.State) Tag {
	kinds := map[application.State]string{
		application.InDraft: "plain", application.Registered: "blue", application.UnderExamination: "blue", application.Returned: "orange",
		application.Approved: "green", application.InEffect: "green", application.Withdrawn: "gray", application.Rejected: "red", application.Void: "red",
	}
	return Tag{Kind: kinds[state], Text: state.Japanese()}
}
