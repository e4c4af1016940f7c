package audit_test

import (
	"fmt"
	"strings"
	"testing"

	. "uketsuke/internal/audit"
)

// tornFiles are those of an auditor whose saved file was torn while a checkpoint was appended, at each byte of it, as
// a courier of today leaves it and as one of before did: without a line end. What was torn proves nothing; nobody can
// pass a checkpoint with a signature that is wrong for a torn one.
func tornFiles(t testing.TB) []specimen {
	l := newLab(t)
	first, last := l.signed[5], l.signed[labSize]
	var all []specimen
	add := func(name string, proof bool, verdict, saved string) {
		s := l.of(l.whole())
		if proof {
			s = l.proof(l.proves(3))
		}
		s.Name, s.Saved = name, []string{saved}
		switch verdict {
		case "forged":
			s.verdict, s.faults = Refuted, []string{"forged"}
			if proof {
				s.faults = []string{"refused"}
			}
		case "":
			s.verdict = Verified
		default:
			s.verdict, s.caveats = Partly, strings.Fields(verdict)
		}
		all = append(all, s)
	}
	for at := 1; at < len(last); at++ {
		cut, torn, alone := last[:at], "torn", "own-word torn"
		if at == len(last)-1 {
			torn, alone = "", "" // only its line end is missing
		}
		name := func(what string) string { return fmt.Sprintf("torn at byte %d, %s", at, what) }
		add(name("then whole, as of before"), false, torn, first+cut+last)
		add(name("then whole"), false, torn, first+cut+"\n\n"+last)
		if at%4 == 0 || at > len(last)-3 {
			add(name("alone"), false, alone, cut)
		}
		if at%16 == 0 {
			add(name("then torn again, then whole"), false, torn, cut+"\n\n"+cut+"\n\n"+last+cut)
			add(name("a proof, then whole, as of before"), true, torn, first+cut+last)
			add(name("a proof, alone"), true, alone, cut)
			add(name("then forged"), false, "forged", cut+"\n\n"+strings.Replace(last, "\n13\n", "\n14\n", 1))
			add(name("of another log"), false, "forged", "x"+cut)
		}
	}
	text, signature, _ := strings.Cut(last, "\n\n")
	another := strings.Replace(text, "\n13\n", "\n14\n", 1)
	flipped := []byte(last)
	flipped[len(flipped)-4] ^= 1
	for name, saved := range map[string]string{
		"whole signature of another text":            another + "\n\n" + signature,
		"whole signature of another text, then good": another + "\n\n" + signature + last,
		"whole signature of another text, no end":    another + "\n\n" + strings.TrimSuffix(signature, "\n"),
		"whole signature that is wrong":              string(flipped) + last,
		"cut behind a whole wrong signature":         another + "\n\n" + signature + "— des",
		"words before a good one":                    "words\n" + last,
		"a number too much":                          strings.Replace(text, "\ntime", "\n1\ntime", 1) + "\n\n" + last,
	} {
		add("torn is not "+name, false, "forged", saved)
		add("torn is not "+name+", in a proof", true, "forged", saved)
	}
	return all
}
