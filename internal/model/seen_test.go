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

// wanted are outcomes without which the histories say little.
var wanted = []string{
	"approve ound: ok", "approve ound: problems R-EX-4", "approve ound: refused: condition-not-met", "approve ound: stale",
	"ask deletion: ok", "ask of: not found", "ask of: ok", "ask of: problems R-APP-10", "ask reissue: ok",
	"change start: ok", "claim: ok", "claim: not found", "copy: ok", "discard: ok", "drop code: ok", "erase the: ok", "erase the: over",
	"import usage: ok", "keep what: ok", "note the: ok", "open the: not found", "propose approval: ok", "read the: not for this account",
	"read the: not found", "read the: ok", "read the: over", "register twice: ok", "register: ok", "register: problems R-APP-17",
	"register: stale", "reject round: ok", "release: ok", "remark: ok", "remove code: ok", "remove row: ok", "return round: ok",
	"save closing: ok", "save code: ok", "save code: problems R-APP-4", "save code: problems R-APP-7", "save contact: problems R-APP-12",
	"save settings: ok", "save settings: problems R-APP-9", "save settings: problems R-SET-2", "save settings: refused: condition-not-met",
	"save start: problems R-APP-11", "set four: ok", "switch mode: ok", "take over: ok", "tick: ok", "use the: ok", "void: ok", "withdraw: ok",
}

// never are the wanted outcomes that did not come about.
func (s *tally) never() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var never []string
	for _, key := range wanted {
		if s.counts[key] == 0 {
			never = append(never, key)
		}
	}
	return never
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
