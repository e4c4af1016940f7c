package model

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
)

// A tally counts what the histories of this test have tried, and how it ended: a model that never tries
// something says nothing of it.
type tally struct {
	mu     sync.Mutex
	counts map[string]int
}

var seen = &tally{counts: map[string]int{}}

// count notes a step by the first words of what it is.
func (s *tally) count(what, outcome string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	words := strings.FieldsFunc(what, func(r rune) bool { return r < 'a' || r > 'z' })
	s.counts[strings.Join(words[:min(2, len(words))], " ")+": "+outcome]++
}

func (s *tally) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var lines []string
	for _, key := range slices.Sorted(maps.Keys(s.counts)) {
		lines = append(lines, fmt.Sprintf("%7d %s", s.counts[key], key))
	}
	return strings.Join(lines, "\n")
}
