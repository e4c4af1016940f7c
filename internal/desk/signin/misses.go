package signin

import (
	"hash/maphash"
)

// Misses are counted in so many counters, whoever comes: a flood from a million addresses needs no more memory. Each mark has
// two counters, and the smaller one counts, so that somebody who shares one of them with a flood is hardly taken for it. When
// many have been counted, all are halved: what was long ago counts little.
const (
	missCounters = 1 << 14
	halveAfter   = 1 << 13
)

type misses struct {
	seed     maphash.Seed
	counters [2][missCounters]float32
	counted  int
}

// A mark is where the misses of something are counted.
type mark [2]uint16

func newMisses() *misses { return &misses{seed: maphash.MakeSeed()} }

func (m *misses) mark(of string) mark {
	sum := maphash.String(m.seed, of)
	return mark{uint16(sum % missCounters), uint16(sum >> 32 % missCounters)}
}

func (m *misses) of(marks [2]mark) (n float32) {
	for _, at := range marks {
		n += min(m.counters[0][at[0]], m.counters[1][at[1]])
	}
	return n
}

func (m *misses) add(marks [2]mark) {
	for _, at := range marks {
		m.counters[0][at[0]]++
		m.counters[1][at[1]]++
	}
	if m.counted++; m.counted < halveAfter {
		return
	}
	m.counted = 0
	for row := range m.counters {
		for i := range m.counters[row] {
			m.counters[row][i] /= 2
		}
	}
}
