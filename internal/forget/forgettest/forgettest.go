// Package forgettest answers for tests: what is left of a secret in the memory of a process?
package forgettest

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"os"
)

// A Masked is a secret that can be looked for without having it: a process that looks into its own memory does not find what it
// looks for with.
type Masked []byte

// mask turns into something else what it is laid over, and back.
const mask = 0xa5

// Mask covers a secret of two bytes or more, each turned by with; 0 leaves it as it is. The secret itself stays its owner's.
func Mask(secret []byte, with byte) Masked {
	m := make(Masked, len(secret))
	for i, c := range secret {
		m[i] = c ^ with ^ mask
	}
	return m
}

func (m Masked) begins(memory []byte) bool {
	if len(memory) < len(m) {
		return false
	}
	for i, c := range m {
		if memory[i]^mask != c {
			return false
		}
	}
	return true
}

// Tries is how often a test that looks at once does what it does, each time with another secret, before it believes that something
// is left: a signal at the wrong moment saves what was in registers, where nothing but the next signal overwrites it. That was seen
// once in two hundred times on a busy machine; what is not overwritten at all is found each time.
const Tries = 4

// Count counts the copies of each secret in all memory of a process that it may write to, and says how many bytes that is. Only
// root may look into another process.
func Count(pid int, secrets map[string]Masked) (found map[string]int, searched int, err error) {
	memory, err := os.Open(fmt.Sprintf("/proc/%d/mem", pid))
	if err != nil {
		return nil, 0, err
	}
	defer memory.Close()
	list, err := os.Open(fmt.Sprintf("/proc/%d/maps", pid))
	if err != nil {
		return nil, 0, err
	}
	defer list.Close()
	var begins [1 << 16]bool // whether a secret begins with two bytes
	longest := 0
	for _, m := range secrets {
		begins[binary.LittleEndian.Uint16(m)^(mask<<8|mask)] = true
		longest = max(longest, len(m))
	}
	found = map[string]int{}
	window := make([]byte, 1<<20+longest)
	for lines := bufio.NewScanner(list); lines.Scan(); {
		var from, to uint64
		var may string
		if _, err := fmt.Sscanf(lines.Text(), "%x-%x %s", &from, &to, &may); err != nil {
			return nil, 0, err
		}
		for at := from; may == "rw-p" && at < to; at += 1 << 20 {
			n, _ := memory.ReadAt(window[:min(uint64(len(window)), to-at)], int64(at)) // a page that nobody may read gives nothing
			searched += min(n, 1<<20)
			for i := range min(n-1, 1<<20) {
				if !begins[uint16(window[i])|uint16(window[i+1])<<8] {
					continue
				}
				for name, m := range secrets {
					if m.begins(window[i:n]) {
						found[name]++
					}
				}
			}
		}
	}
	return found, searched, nil
}
