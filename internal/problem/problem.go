// Package problem says what is wrong with something a person typed or asked for.
//
// A Problem names three things (R-APP-12): the field, the rule, and in its sentence the remedy. The
// sentence is a Japanese format string, which is also the key under which the English sentence is kept
// by the pages' text catalogue; so a rule package states each sentence once and knows no language but
// its own.
package problem

import (
	"fmt"
	"strings"
)

// A Problem is one thing that is wrong.
type Problem struct {
	// Field is the path of the input it stands at, such as "reason" or "codes.1.rows.0.trades"; ""
	// when it concerns the whole.
	Field string `json:"field,omitempty"`
	// Rule is the number of the rule that is broken, such as "R-APP-3".
	Rule string `json:"rule"`
	// Text is the Japanese sentence with its remedy, a format string for Args.
	Text string `json:"text"`
	Args []any  `json:"args,omitempty"`
}

// New makes a problem at a field under a rule; text is a format string for args.
func New(field, rule, text string, args ...any) Problem {
	return Problem{Field: field, Rule: rule, Text: text, Args: args}
}

// String is the Japanese sentence.
func (p Problem) String() string { return fmt.Sprintf(p.Text, p.Args...) }

// Under returns p with its field moved below prefix: "rows.0" under "codes.1" is "codes.1.rows.0".
func (p Problem) Under(prefix string) Problem {
	switch {
	case prefix == "":
	case p.Field == "":
		p.Field = prefix
	default:
		p.Field = prefix + "." + p.Field
	}
	return p
}

// A List is every problem found, in the order of the input.
type List []Problem

// Add appends a problem made by New.
func (l *List) Add(field, rule, text string, args ...any) {
	*l = append(*l, New(field, rule, text, args...))
}

// Join appends the problems of another list, moved below prefix.
func (l *List) Join(prefix string, other List) {
	for _, p := range other {
		*l = append(*l, p.Under(prefix))
	}
}

// At returns the problems of one field, and of no other.
func (l List) At(field string) List {
	var at List
	for _, p := range l {
		if p.Field == field {
			at = append(at, p)
		}
	}
	return at
}

// Below returns the problems of a field and of everything below it.
func (l List) Below(field string) List {
	var below List
	for _, p := range l {
		if p.Field == field || strings.HasPrefix(p.Field, field+".") {
			below = append(below, p)
		}
	}
	return below
}

// Error makes a non-empty list usable as an error; it lists fields, rules and sentences.
func (l List) Error() string {
	parts := make([]string, len(l))
	for i, p := range l {
		parts[i] = strings.TrimSpace(p.Field + " [" + p.Rule + "] " + p.String())
	}
	return strings.Join(parts, "; ")
}

// Err is the list as an error, nil when it is empty.
func (l List) Err() error {
	if len(l) == 0 {
		return nil
	}
	return l
}
