package audit_test

import (
	"slices"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"

	. "uketsuke/internal/audit"
)

// specimens are the corpus. A name that begins with T and a number is a threat of docs/audit.md.
func specimens(t testing.TB) []specimen {
	return slices.Concat(goodFiles(t), alteredFiles(t), seizedFiles(t), keyFiles(t), missingFiles(t), spelledFiles(t), textFiles(t), proofs(t), oldFiles(t), tornFiles(t))
}

// row makes one specimen from a lab of its own.
func row(t testing.TB, name string, make func(l *lab) specimen, verdict Verdict, said ...string) specimen {
	s := make(newLab(t))
	s.Name, s.verdict = name, verdict
	slices.Sort(said)
	if verdict == Refuted {
		s.faults = said
	} else {
		s.caveats = said
	}
	return s
}

// alone is a specimen for an auditor who has saved nothing.
func alone(s specimen) specimen {
	s.Saved = nil
	return s
}

func goodFiles(t testing.TB) []specimen {
	return []specimen{
		row(t, "whole", func(l *lab) specimen { return l.of(l.whole()) }, Verified),
		row(t, "whole, nothing saved", func(l *lab) specimen { return alone(l.of(l.whole())) }, Partly, "own-word"),
		row(t, "part", func(l *lab) specimen { return l.of(l.export(3, 9)) }, Verified),
		row(t, "part, begins at a saved checkpoint", func(l *lab) specimen {
			s := l.of(l.export(5, 9))
			s.Saved = []string{l.signed[5]}
			return s
		}, Verified),
		row(t, "part, the saved checkpoint is of before", func(l *lab) specimen {
			s := l.of(l.export(6, labSize))
			s.Saved = []string{l.signed[5]}
			return s
		}, Partly, "own-word"),
		row(t, "no leaves, subtrees alone", func(l *lab) specimen { return l.of(l.export(5, 5)) }, Verified),
		row(t, "after a rotation", func(l *lab) specimen {
			l.replaced(2)
			l.add(2)
			l.sign(15)
			return l.of(l.whole())
		}, Verified),
		row(t, "after two rotations, saved with each key", func(l *lab) specimen {
			l.replaced(2)
			l.add(2)
			second := l.sign(15)
			l.replaced(3)
			l.add(2)
			s := l.of(append(l.exportTo(17), ""))
			s.Saved = []string{l.saved + "\n" + strings.ReplaceAll(second, "\n", "\r\n")}
			return s
		}, Verified),
		row(t, "witnessed, nothing saved", func(l *lab) specimen {
			w := newWatcher(8)
			l.signed[labSize] = added(t, l.saved, w)
			s := alone(l.of(l.whole()))
			s.Witness = []string{"# the witness\n" + w.public() + "\n"}
			return s
		}, Verified),
		row(t, "witnessed and saved, once each", func(l *lab) specimen {
			w := newWatcher(8)
			l.signed[labSize] = added(t, l.saved, w)
			s := l.of(l.whole())
			s.Witness = []string{w.public()}
			return s
		}, Verified),
		row(t, "retention is told", func(l *lab) specimen { return l.of(l.retained()) }, Verified),
		row(t, "restart after a restore", func(l *lab) specimen {
			l.entries = l.entries[:8]
			l.entry(ActRestore, map[Key]string{Size: "8", LogSize: "13"})
			l.add(6)
			l.sign(15)
			delete(l.signed, labSize)
			return l.of(l.whole())
		}, Refuted, "restarted"),
	}
}

// exportTo signs at a size and exports to it.
func (l *lab) exportTo(size int) []string {
	l.sign(size)
	return l.export(0, size)
}

// retained is the export of a log in which retention has removed the text of three and the personal text of five entries.
func (l *lab) retained() []string {
	l.entry(ActForget, map[Key]string{Bound: "5"})
	l.entry(ActDrop, map[Key]string{Bound: "3"})
	lines := l.exportTo(labSize + 2)
	for i := range 3 {
		lines[1+i] = bare(l.t, lines[1+i])
	}
	for i := 3; i < 5; i++ {
		lines[1+i] = nameless(l.t, lines[1+i])
	}
	return lines
}

func bare(t testing.TB, line string) string {
	return without(t, line, func(l *Leaf) { l.Entry, l.Personal, l.Salt = "", "", "" })
}

func nameless(t testing.TB, line string) string {
	return without(t, line, func(l *Leaf) { l.Personal, l.Salt = "", "" })
}

// alteredFiles are those of somebody who may write the file, or the database, and has no key.
func alteredFiles(t testing.TB) []specimen {
	x := func(spoil func(l *lab, x []string) []string) func(*lab) specimen {
		return func(l *lab) specimen { return l.of(spoil(l, l.whole())) }
	}
	change := func(line string) string { return strings.Replace(line, "approve", "reject", 1) }
	return []specimen{
		row(t, "T1 entry changed", x(func(_ *lab, x []string) []string { x[3] = change(x[3]); return x }), Refuted, "changed"),
		row(t, "T1 entry changed with its hash", x(func(_ *lab, x []string) []string { x[3] = rehashed(t, change(x[3])); return x }), Refuted, "altered", "forked"),
		row(t, "T1 hash changed", x(func(_ *lab, x []string) []string {
			x[3] = without(t, x[3], func(l *Leaf) { l.Hash[0]++ })
			return x
		}), Refuted, "altered", "changed", "forked"),
		row(t, "T2 entry removed", x(func(_ *lab, x []string) []string { return slices.Delete(x, 4, 5) }), Refuted, "removed", "tail-cut"),
		row(t, "T2 entry removed, the rest counted anew", x(func(_ *lab, x []string) []string { return renumbered(t, slices.Delete(x, 4, 5)) }), Refuted, "tail-cut", "unsigned"),
		row(t, "T2 entries reordered", x(func(_ *lab, x []string) []string { x[3], x[4] = x[4], x[3]; return x }), Refuted, "removed", "reordered", "altered", "forked"),
		row(t, "T2 entries reordered, counted anew", x(func(_ *lab, x []string) []string { x[3], x[4] = x[4], x[3]; return renumbered(t, x) }), Refuted, "altered", "forked"),
		row(t, "T2 entry twice", x(func(_ *lab, x []string) []string { return slices.Insert(x, 4, x[3]) }), Refuted, "reordered", "removed", "unsigned", "forked"),
		row(t, "T2 entry inserted, counted anew", x(func(_ *lab, x []string) []string { return renumbered(t, slices.Insert(x, 4, x[3])) }), Refuted, "reordered", "unsigned", "forked"),
		row(t, "T2 entry skipped and made up for", x(func(_ *lab, x []string) []string {
			return append(slices.Delete(x, 4, 5), `{"end":{"leaves":12}}`+"\n")[:len(x)-1]
		}), Refuted, "removed", "tail-cut"),
		row(t, "T3 tail cut, trap 18", x(func(_ *lab, x []string) []string { return x[:9] }), Refuted, "tail-cut", "unsigned"),
		row(t, "T3 the end cut", x(func(_ *lab, x []string) []string { return x[:len(x)-1] }), Refuted, "tail-cut"),
		row(t, "T3 the last checkpoint cut", x(func(_ *lab, x []string) []string { return slices.Delete(x, len(x)-2, len(x)-1) }), Refuted, "unsigned"),
		row(t, "T3 a head that promises more", func(l *lab) specimen {
			return alone(l.of(append(l.whole()[:6], `{"end":{"leaves":5}}`+"\n")))
		}, Refuted, "tail-cut", "unsigned"),
		row(t, "T3 a head that promises more, to the checkpoint", func(l *lab) specimen {
			return alone(l.of(append(l.whole()[:7], `{"end":{"leaves":5}}`+"\n")))
		}, Refuted, "tail-cut", "unsigned"),
		row(t, "T4 an older state, saved ones are newer", func(l *lab) specimen { return l.of(l.older()) }, Refuted, "tail-cut"),
		row(t, "T4 an older state, nothing saved", func(l *lab) specimen { return alone(l.of(l.older())) }, Partly, "own-word"),
		row(t, "T5 a log without a signature", func(l *lab) specimen {
			return alone(l.of([]string{strings.Replace(strings.Replace(l.whole()[0], `"to":13`, `"to":0`, 1), `"size":13`, `"size":0`, 1), `{"end":{"leaves":0}}` + "\n"}))
		}, Refuted, "unsigned"),
		row(t, "T6 subtrees to the left changed", func(l *lab) specimen {
			return l.of(append([]string{strings.Replace(l.export(5, 9)[0], l.edge(0, 5)[0].Hash.String(), l.at(2).Root.String(), 1)}, l.export(5, 9)[1:]...))
		}, Refuted, "altered", "forked"),
		row(t, "T6 subtrees to the right changed", func(l *lab) specimen {
			return l.of(append([]string{strings.Replace(l.export(5, 9)[0], l.edge(9, 13)[0].Hash.String(), l.at(2).Root.String(), 1)}, l.export(5, 9)[1:]...))
		}, Refuted, "altered", "forked"),
		row(t, "T6 subtrees of other places", func(l *lab) specimen {
			lines := l.export(5, 9)
			lines[0] = strings.Replace(lines[0], `{"level":2`, `{"level":1`, 1)
			return l.of(lines)
		}, Refuted, "refused"),
		row(t, "T7 a checkpoint at another place", x(func(_ *lab, x []string) []string { x[5], x[6] = x[6], x[5]; return x }), Refuted, "tail-cut"),
		row(t, "T7 a checkpoint with another root", func(l *lab) specimen {
			x := l.whole()
			x[len(x)-2] = strings.Replace(x[len(x)-2], l.at(labSize).Root.String(), l.at(2).Root.String(), 1)
			return l.of(x)
		}, Refuted, "forged", "unsigned"),
	}
}

// older is the genuine state of when five entries were signed.
func (l *lab) older() []string {
	delete(l.signed, labSize)
	return l.export(0, 5)
}

// seizedFiles are those of somebody with a key that nobody handed over to (trap 39).
func seizedFiles(t testing.TB) []specimen {
	genuine := func(l *lab, size int64) func(note.Signer, string) string {
		return func(own note.Signer, _ string) string { return added(t, l.signed[size], own) }
	}
	none := func(note.Signer, string) string { return "" }
	own := func(l *lab) func(note.Signer, string) string {
		return func(own note.Signer, public string) string { return l.handOver(own, l.public, public, 5) }
	}
	forged := func(by func(l *lab) func(note.Signer, string) string, alter ...func(string) string) func(*lab) specimen {
		return func(l *lab) specimen {
			l.forge(0, by(l))
			lines := l.whole()
			for _, f := range alter {
				lines[0] = f(lines[0])
			}
			return alone(l.of(lines))
		}
	}
	is := func(f func(note.Signer, string) string) func(*lab) func(note.Signer, string) string {
		return func(*lab) func(note.Signer, string) string { return f }
	}
	return []specimen{
		row(t, "T8 own key, a genuine checkpoint as hand-over", forged(func(l *lab) func(note.Signer, string) string { return genuine(l, 5) }), Refuted, "forged", "unsigned"),
		row(t, "T8 the same in an old file", forged(func(l *lab) func(note.Signer, string) string { return genuine(l, 5) }, old), Refuted, "forged", "unnamed", "unsigned"),
		row(t, "T8 the same beyond what is saved", func(l *lab) specimen {
			l.forge(5, genuine(l, 5))
			s := l.of(l.whole())
			s.Saved = []string{l.signed[5]}
			return s
		}, Refuted, "forged", "unsigned"),
		row(t, "T8 the same as a proof", func(l *lab) specimen {
			l.forge(0, genuine(l, 5))
			return alone(l.proof(l.proves(12)))
		}, Refuted, "refused"),
		row(t, "T8 the same as a proof in an old file", func(l *lab) specimen {
			l.forge(0, genuine(l, 5))
			s := alone(l.proof(l.proves(12)))
			s.File = []byte(old(string(s.File)))
			return s
		}, Refuted, "refused"),
		row(t, "T8 a genuine checkpoint alone as hand-over", forged(func(l *lab) func(note.Signer, string) string {
			return func(note.Signer, string) string { return l.signed[5] }
		}), Refuted, "forged", "unsigned"),
		row(t, "T9 own key without a hand-over", forged(is(none)), Refuted, "forged", "unnamed", "unsigned"),
		row(t, "T9 own key in place of the first", func(l *lab) specimen {
			l.forge(0, none)
			l.keys = l.keys[1:]
			return alone(l.of(l.whole()))
		}, Refuted, "forged", "unnamed", "unsigned"),
		row(t, "T9 own key with the name and the hash of the log's", func(l *lab) specimen {
			a, b := twins(t)
			l.signers, l.keys = []note.Signer{b.signer}, []KeyUse{{Key: b.public}}
			l.sign(5)
			l.sign(labSize)
			s := alone(l.of(l.whole()))
			s.Keys = []string{a.public}
			return s
		}, Refuted, "forged", "unnamed", "unsigned"),
		row(t, "T9 such a key, handed over to", func(l *lab) specimen {
			a, b := twins(t)
			l.keys = []KeyUse{{Key: a.public}, {Key: b.public, HandOver: l.handOver(a.signer, a.public, b.public, labSize)}}
			l.signers = []note.Signer{a.signer}
			l.sign(5)
			l.sign(labSize)
			l.add(2)
			l.signers = []note.Signer{b.signer}
			l.sign(15)
			s := alone(l.of(l.whole()))
			s.Keys = []string{a.public}
			return s
		}, Refuted, "forged", "unsigned"),
		row(t, "T9 own signature beside the genuine one", func(l *lab) specimen {
			mine, _ := signerOf(t, 66)
			l.signed[labSize] = added(t, l.saved, mine)
			return l.of(l.whole())
		}, Verified),
		row(t, "T10 a hand-over signed by the key that takes over", forged(own), Refuted, "forged", "unsigned"),
		row(t, "T10 a genuine hand-over used for another key", func(l *lab) specimen {
			_, second := signerOf(t, 2)
			said := l.handOver(l.signers[0], l.public, second, 5)
			l.forge(0, func(own note.Signer, _ string) string { return added(t, said, own) })
			return alone(l.of(l.whole()))
		}, Refuted, "forged", "unsigned"),
		row(t, "T10 a hand-over as a checkpoint", func(l *lab) specimen {
			_, second := signerOf(t, 2)
			l.signed[labSize] = l.handOver(l.signers[0], l.public, second, labSize)
			return l.of(l.whole())
		}, Refuted, "forged", "unsigned"),
		row(t, "T11 of another log", func(l *lab) specimen {
			lines := l.whole()
			lines[0] = strings.Replace(lines[0], `"origin":"desk.example.jp/audit"`, `"origin":"desk.example.com/audit"`, 1)
			return l.of(lines)
		}, Refuted, "forged", "unsigned"),
		row(t, "T12 own witness", func(l *lab) specimen {
			l.signed[labSize] = added(t, l.saved, newWatcher(9))
			s := alone(l.of(l.whole()))
			s.Witness = []string{newWatcher(8).public()}
			return s
		}, Partly, "own-word"),
		row(t, "T12 a witness's signature of something else", func(l *lab) specimen {
			w := newWatcher(8)
			at := strings.LastIndex(l.signed[5], "\n\n")
			other, _ := note.Sign(&note.Note{Text: l.signed[5][:at+1]}, w)
			_, signature, _ := strings.Cut(string(other), "\n\n")
			l.signed[labSize] = l.saved + signature
			s := alone(l.of(l.whole()))
			s.Witness = []string{w.public()}
			return s
		}, Refuted, "forged", "unsigned"),
		row(t, "T12 a witness alone", func(l *lab) specimen {
			w := newWatcher(8)
			at := strings.LastIndex(l.saved, "\n\n")
			only, _ := note.Sign(&note.Note{Text: l.saved[:at+1]}, w)
			l.signed[labSize] = string(only)
			s := alone(l.of(l.whole()))
			s.Witness = []string{w.public()}
			return s
		}, Refuted, "forged", "unsigned"),
	}
}

// old writes a file as files were written when hand-overs were checkpoints.
func old(text string) string {
	return strings.NewReplacer("uketsuke-audit-2", "uketsuke-audit-1", "uketsuke-proof-2", "uketsuke-proof-1").Replace(text)
}

// keyFiles are those of somebody who has a key of the log.
func keyFiles(t testing.TB) []specimen {
	another := func(l *lab) []string {
		l.entries = slices.Clone(l.entries[:labSize-3])
		l.entry("reject", nil)
		l.add(5)
		delete(l.signed, labSize)
		return l.exportTo(len(l.entries))
	}
	return []specimen{
		row(t, "T13 another history under the log's key", func(l *lab) specimen { return l.of(another(l)) }, Refuted, "forked"),
		row(t, "T13 the same, nothing saved", func(l *lab) specimen { return alone(l.of(another(l))) }, Partly, "own-word"),
		row(t, "T13 the same, saved before the change", func(l *lab) specimen {
			s := l.of(another(l))
			s.Saved = []string{l.signed[5]}
			return s
		}, Verified),
		row(t, "T13 beyond what a restore knew", func(l *lab) specimen {
			l.add(2)
			late := l.at(15)
			said, _ := late.Sign(l.signers...)
			l.entries = l.entries[:8]
			l.entry(ActRestore, map[Key]string{Size: "8", LogSize: "13"})
			l.add(6)
			delete(l.signed, labSize)
			s := l.of(l.exportTo(15))
			s.Saved = []string{said}
			return s
		}, Refuted, "forked"),
		row(t, "T14 the key that was replaced goes on", func(l *lab) specimen {
			first := l.signers
			l.replaced(2)
			l.add(2)
			l.signers = first
			return l.of(l.exportTo(15))
		}, Refuted, "forged", "unsigned"),
		row(t, "T14 it says nothing of its replacement", func(l *lab) specimen {
			l.add(2)
			return alone(l.of(l.exportTo(15)))
		}, Partly, "own-word"),
		row(t, "T14 the same, saved under the new key", func(l *lab) specimen {
			first, keys := l.signers, l.keys
			l.replaced(2)
			l.add(2)
			l.saved = l.sign(15)
			l.signers, l.keys = first, keys
			return l.of(l.exportTo(15))
		}, Refuted, "forged"),
		row(t, "T14 it hands over a second time", func(l *lab) specimen {
			first := l.signers[0]
			l.replaced(2)
			mine, public := signerOf(t, 66)
			l.keys = append(l.keys, KeyUse{Key: public, HandOver: l.handOver(first, l.public, public, labSize)})
			l.signers = []note.Signer{mine}
			l.add(2)
			return l.of(l.exportTo(15))
		}, Refuted, "forged", "unsigned"),
	}
}

// missingFiles are those from which something was taken away.
func missingFiles(t testing.TB) []specimen {
	x := func(spoil func(l *lab, x []string) []string) func(*lab) specimen {
		return func(l *lab) specimen { return l.of(spoil(l, l.whole())) }
	}
	return []specimen{
		row(t, "T15 personal text changed", x(func(_ *lab, x []string) []string { x[3] = strings.Replace(x[3], "花子", "太郎", 1); return x }), Refuted, "changed"),
		row(t, "T15 a salt without a personal text", x(func(_ *lab, x []string) []string {
			x[3] = without(t, x[3], func(l *Leaf) { l.Personal = "" })
			return x
		}), Refuted, "changed"),
		row(t, "T15 a personal text beside no text", x(func(_ *lab, x []string) []string {
			x[3] = without(t, x[3], func(l *Leaf) { l.Entry = "" })
			return x
		}), Refuted, "changed", "vanished"),
		row(t, "T16 personal text removed without a word", x(func(_ *lab, x []string) []string { x[3] = nameless(t, x[3]); return x }), Refuted, "vanished"),
		row(t, "T16 text removed without a word", x(func(_ *lab, x []string) []string { x[3] = bare(t, x[3]); return x }), Refuted, "vanished"),
		row(t, "T16 personal text removed beyond the bound", func(l *lab) specimen {
			lines := l.retained()
			lines[7] = nameless(t, lines[7])
			return l.of(lines)
		}, Refuted, "vanished"),
		row(t, "T16 text removed beyond the bound", func(l *lab) specimen {
			lines := l.retained()
			lines[4] = bare(t, lines[4])
			return l.of(lines)
		}, Refuted, "vanished"),
		row(t, "T16 retention of what comes after it", func(l *lab) specimen {
			l.entry(ActForget, map[Key]string{Bound: "99"})
			l.add(1)
			lines := l.exportTo(labSize + 2)
			at := len(lines) - 3
			lines[at] = nameless(t, lines[at])
			return l.of(lines)
		}, Refuted, "vanished"),
		row(t, "T17 without personal texts", func(l *lab) specimen {
			lines := l.whole()
			lines[0] = strings.Replace(lines[0], `"personal":true`, `"personal":false`, 1)
			for i := range lines {
				if strings.HasPrefix(lines[i], `{"leaf"`) {
					lines[i] = nameless(t, lines[i])
				}
			}
			return l.of(lines)
		}, Partly, "no-personal"),
		row(t, "T18 texts are missing in a part", func(l *lab) specimen {
			lines := l.export(0, 12)
			lines[3] = bare(t, lines[3])
			return l.of(lines)
		}, Partly, "unexplained"),
		row(t, "T18 personal texts are missing in a part", func(l *lab) specimen {
			lines := l.export(3, 12)
			lines[4] = nameless(t, lines[4])
			return l.of(lines)
		}, Partly, "unexplained"),
	}
}

// spelledFiles are those that two programs would read in two ways.
func spelledFiles(t testing.TB) []specimen {
	replaced := func(at int, from, to string) func(*lab) specimen {
		return func(l *lab) specimen {
			lines := l.whole()
			lines[at] = strings.Replace(lines[at], from, to, 1)
			return l.of(lines)
		}
	}
	inserted := func(at int, line string) func(*lab) specimen {
		return func(l *lab) specimen { return l.of(slices.Insert(l.whole(), at, line)) }
	}
	file := func(text string) func(*lab) specimen {
		return func(l *lab) specimen { return l.of([]string{text}) }
	}
	var all []specimen
	for name, make := range map[string]func(*lab) specimen{
		"a name twice":               replaced(3, `"seq":2`, `"seq":9,"seq":2`),
		"a name in other letters":    replaced(3, `"seq":2`, `"Seq":2`),
		"both":                       replaced(3, `"seq":2`, `"seq":2,"SEQ":9`),
		"an unknown name":            replaced(3, `"seq":2`, `"seq":2,"note":"x"`),
		"an unknown part":            replaced(3, `{"leaf"`, `{"note":"x","leaf"`),
		"two parts":                  replaced(3, `{"leaf"`, `{"checkpoint":"x","leaf"`),
		"two parts in order":         replaced(3, "}}\n", `},"checkpoint":"x"}`+"\n"),
		"a blank":                    replaced(3, `"seq":2`, `"seq": 2`),
		"an escape":                  replaced(3, `"seq":2`, `"\u0073eq":2`),
		"an escape in a text":        replaced(3, `approve`, `\u0061pprove`),
		"a fraction":                 replaced(3, `"seq":2`, `"seq":2.0`),
		"a power":                    replaced(3, `"seq":2`, `"seq":2e0`),
		"a zero with a sign":         replaced(1, `"seq":0`, `"seq":-0`),
		"a number beyond all":        replaced(3, `"seq":2`, `"seq":9223372036854775808`),
		"no number":                  replaced(3, `"seq":2`, `"seq":"2"`),
		"another number":             replaced(3, `"seq":2`, `"seq":true`),
		"another order":              replaced(3, `"seq":2,`, ``),
		"an empty optional field":    replaced(3, `"salt":"`, `"note":"","salt":"`),
		"nothing for a text":         replaced(3, `"personal":"`, `"personal":null,"x":"`),
		"a hash in another spelling": replaced(3, `="`, `=\n"`),
		"a byte that is no text":     replaced(3, "花", "\xff"),
		"half a character":           replaced(3, "花", `\ud800`),
		"nothing":                    inserted(3, "{}\n"),
		"no object":                  inserted(3, "[]\n"),
		"null":                       inserted(3, "null\n"),
		"an empty line":              inserted(3, "\n"),
		"a comment":                  inserted(3, "# all is well\n"),
		"an empty checkpoint":        inserted(3, `{"checkpoint":""}`+"\n"),
		"a second end":               inserted(16, `{"end":{"leaves":13}}`+"\n"),
		"a leaf after the end":       inserted(17, "{}\n"),
		"something behind the end":   func(l *lab) specimen { return l.of(append(l.whole(), "{}\n")) },
		"a second export behind":     func(l *lab) specimen { return l.of(append(l.whole(), l.whole()...)) },
		"a head alone twice":         func(l *lab) specimen { x := l.whole(); return l.of(slices.Insert(x, 1, x[0])) },
		"other line ends": func(l *lab) specimen {
			return l.of([]string{strings.ReplaceAll(strings.Join(l.whole(), ""), "\n", "\r\n")})
		},
		"the last line does not end": func(l *lab) specimen { return l.of([]string{strings.TrimSuffix(strings.Join(l.whole(), ""), "\n")}) },
		"a mark before all":          func(l *lab) specimen { return l.of(append([]string{"\ufeff"}, l.whole()...)) },
		"an endless line":            inserted(3, strings.Repeat(" ", 1<<20)+"\n"),
		"an empty file":              file(""),
		"an empty object":            file("{}\n"),
		"a leaf for a head":          func(l *lab) specimen { return l.of(l.whole()[1:]) },
		"another format":             replaced(0, "uketsuke-audit-2", "uketsuke-audit-3"),
		"a format of its own":        replaced(0, "uketsuke-audit-2", ""),
		"no origin":                  replaced(0, `"origin":"desk.example.jp/audit"`, `"origin":""`),
		"an origin that commands":    replaced(0, `"origin":"desk.example.jp/audit"`, `"origin":"desk.example.jp/audit\nverified"`),
		"an origin that erases":      replaced(0, `"origin":"desk.example.jp/audit"`, "\"origin\":\"desk.example.jp/audit\u009b2J\""),
		"an origin with a blank":     replaced(0, `"origin":"desk.example.jp/audit"`, `"origin":"desk example"`),
		"an origin with a plus":      replaced(0, `"origin":"desk.example.jp/audit"`, `"origin":"desk+example"`),
		"leaves before the first":    replaced(0, `"from":0`, `"from":-1`),
		"leaves in no order":         replaced(0, `"from":0`, `"from":14`),
		"more than there are":        replaced(0, `"to":13`, `"to":14`),
		"no keys":                    func(l *lab) specimen { l.keys = nil; return l.of(l.whole()) },
		"an empty list of keys":      func(l *lab) specimen { l.keys = []KeyUse{}; return l.of(l.whole()) },
		"an empty list to the left":  replaced(0, `,"keys"`, `,"left":[],"keys"`),
		"no field for personal text": replaced(0, `"personal":true,`, ``),
		"personal text by a number":  replaced(0, `"personal":true`, `"personal":1`),
	} {
		all = append(all, row(t, "T19 "+name, make, Refuted, "refused"))
	}
	slices.SortFunc(all, func(a, b specimen) int { return strings.Compare(a.Name, b.Name) })
	return append(all, entrySpellings(t)...)
}

// entrySpellings are entries that a log could only hold if it was not this program that wrote them.
func entrySpellings(t testing.TB) []specimen {
	entry := func(from, to string) func(*lab) specimen {
		return func(l *lab) specimen {
			l.entries[3].Text = strings.Replace(l.entries[3].Text, from, to, 1)
			l.sign(5)
			l.saved = l.sign(labSize)
			return l.of(l.whole())
		}
	}
	personal := func(from, to string) func(*lab) specimen {
		return func(l *lab) specimen {
			e := &l.entries[3]
			was := e.Personal.Hash()
			e.Personal.Text = strings.Replace(e.Personal.Text, from, to, 1)
			return entry(was, e.Personal.Hash())(l)
		}
	}
	var all []specimen
	for name, make := range map[string]func(*lab) specimen{
		"a name twice":                   entry(`"id":"e3"`, `"id":"e9","id":"e3"`),
		"an unknown name":                entry(`"id":"e3"`, `"id":"e3","note":""`),
		"another version":                entry(`"version":1`, `"version":2`),
		"no details":                     entry(`"detail":{"receipt":"3"}`, `"detail":null`),
		"a list of details":              entry(`"detail":{"receipt":"3"}`, `"detail":[]`),
		"details in no order":            entry(`"detail":{"receipt":"3"}`, `"detail":{"receipt":"3","act":"x"}`),
		"a detail that is no text":       entry(`"detail":{"receipt":"3"}`, `"detail":{"receipt":3}`),
		"no JSON":                        entry(`{`, ``),
		"personal: a name twice":         personal(`{"name"`, `{"name":"x","name"`),
		"personal: nothing personal":     personal(`"personal":{}`, `"personal":null`),
		"personal: no JSON":              personal(`{"name"`, `name`),
		"personal: a blank":              personal(`:`, `: `),
		"personal: what is not personal": personal(`"personal"`, `"Personal"`),
	} {
		all = append(all, row(t, "T20 "+name, make, Refuted, "changed"))
	}
	slices.SortFunc(all, func(a, b specimen) int { return strings.Compare(a.Name, b.Name) })
	return all
}

func proofs(t testing.TB) []specimen {
	p := func(spoil func(l *lab, p *Proof)) func(*lab) specimen {
		return func(l *lab) specimen {
			proof := l.proves(7)
			spoil(l, &proof)
			return l.proof(proof)
		}
	}
	bytewise := func(spoil func(text string) string) func(*lab) specimen {
		return func(l *lab) specimen {
			s := l.proof(l.proves(7))
			s.File = []byte(spoil(string(s.File)))
			return s
		}
	}
	replace := func(from, to string) func(*lab) specimen {
		return bytewise(func(text string) string { return strings.Replace(text, from, to, 1) })
	}
	return []specimen{
		row(t, "proof", p(func(*lab, *Proof) {}), Verified),
		row(t, "proof, nothing saved", func(l *lab) specimen { return alone(l.proof(l.proves(7))) }, Partly, "own-word"),
		row(t, "proof, a saved checkpoint of another size", func(l *lab) specimen {
			s := l.proof(l.proves(7))
			s.Saved = []string{l.signed[5]}
			return s
		}, Partly, "own-word"),
		row(t, "proof, several saved", func(l *lab) specimen {
			s := l.proof(l.proves(7))
			s.Saved = []string{l.saved + l.signed[5]}
			return s
		}, Verified),
		row(t, "proof, witnessed", func(l *lab) specimen {
			w := newWatcher(8)
			l.signed[labSize] = added(t, l.saved, w)
			s := alone(l.proof(l.proves(0)))
			s.Witness = []string{w.public()}
			return s
		}, Verified),
		row(t, "proof of the last", func(l *lab) specimen { return l.proof(l.proves(labSize - 1)) }, Verified),
		row(t, "proof in a log of one", func(l *lab) specimen {
			l.entries = l.entries[:1]
			l.saved = l.sign(1)
			return l.proof(l.proves(0))
		}, Verified),
		row(t, "proof after a rotation", func(l *lab) specimen {
			l.replaced(2)
			l.add(2)
			l.saved = l.sign(15)
			return l.proof(l.proves(14))
		}, Verified),
		row(t, "T17 proof without personal text", p(func(_ *lab, p *Proof) { p.Leaf.Personal, p.Leaf.Salt = "", "" }), Partly, "no-personal"),
		row(t, "T21 proof of another text", p(func(_ *lab, p *Proof) { p.Leaf.Entry = strings.Replace(p.Leaf.Entry, "approve", "reject", 1) }), Refuted, "refused"),
		row(t, "T21 proof of another leaf", p(func(_ *lab, p *Proof) {
			p.Leaf.Entry = strings.Replace(p.Leaf.Entry, "approve", "reject", 1)
			p.Leaf.Hash = LeafHash(p.Leaf.Entry)
		}), Refuted, "refused"),
		row(t, "T21 proof of no text", p(func(_ *lab, p *Proof) { p.Leaf.Entry = "" }), Refuted, "refused"),
		row(t, "T21 proof with another personal text", p(func(_ *lab, p *Proof) { p.Leaf.Personal = strings.Replace(p.Leaf.Personal, "花子", "太郎", 1) }), Refuted, "refused"),
		row(t, "T21 proof of another place", p(func(_ *lab, p *Proof) { p.Leaf.Seq++ }), Refuted, "refused"),
		row(t, "T21 proof beyond the log", p(func(_ *lab, p *Proof) { p.Leaf.Seq = labSize }), Refuted, "refused"),
		row(t, "T21 proof before the log", p(func(_ *lab, p *Proof) { p.Leaf.Seq = -1 }), Refuted, "refused"),
		row(t, "T21 proof with a longer path", p(func(_ *lab, p *Proof) { p.Path = append(p.Path, p.Path[0]) }), Refuted, "refused"),
		row(t, "T21 proof with a shorter path", p(func(_ *lab, p *Proof) { p.Path = p.Path[:len(p.Path)-1] }), Refuted, "refused"),
		row(t, "T21 proof with another path", p(func(_ *lab, p *Proof) { p.Path[0][0]++ }), Refuted, "refused"),
		row(t, "T21 proof under a checkpoint of nobody", p(func(l *lab, p *Proof) {
			mine, _ := signerOf(t, 66)
			p.Checkpoint, _ = l.at(labSize).Sign(mine)
		}), Refuted, "refused"),
		row(t, "T13 proof in another history", func(l *lab) specimen {
			l.entries = slices.Clone(l.entries)
			l.entries[3] = l.entries[4]
			l.sign(labSize)
			return l.proof(l.proves(7))
		}, Refuted, "refused"),
		row(t, "T11 proof, a saved checkpoint of another log", func(l *lab) specimen {
			s := l.proof(l.proves(7))
			foreign, public := signerNamed(t, "other.example/audit", 3)
			c := l.at(labSize)
			c.Origin = "other.example/audit"
			signed, _ := c.Sign(foreign)
			s.Keys, s.Saved = append(s.Keys, public), []string{signed}
			return s
		}, Refuted, "refused"),
		row(t, "T11 a saved checkpoint of another log", func(l *lab) specimen {
			s := l.of(l.whole())
			foreign, public := signerNamed(t, "other.example/audit", 3)
			c := l.at(labSize)
			c.Origin = "other.example/audit"
			signed, _ := c.Sign(foreign)
			s.Keys, s.Saved = append(s.Keys, public), []string{signed}
			return s
		}, Refuted, "forged"),
		row(t, "T11 a saved file that is none", func(l *lab) specimen {
			s := l.of(l.whole())
			s.Saved = []string{"all is well"}
			return s
		}, Refuted, "forged"),
		row(t, "T11 proof, a saved file that is none", func(l *lab) specimen {
			s := l.proof(l.proves(7))
			s.Saved = []string{l.saved + "all is well"}
			return s
		}, Refuted, "refused"),
		row(t, "T19 proof, a name twice", replace(`"seq":7`, `"seq":9,"seq":7`), Refuted, "refused"),
		row(t, "T19 proof, a name in other letters", replace(`"path"`, `"Path"`), Refuted, "refused"),
		row(t, "T19 proof, an unknown name", replace(`{"format"`, `{"note":"x","format"`), Refuted, "refused"),
		row(t, "T19 proof, another format", replace("uketsuke-proof-2", "uketsuke-proof-3"), Refuted, "refused"),
		row(t, "T19 proof, an export", replace("uketsuke-proof-2", "uketsuke-audit-2"), Refuted, "refused"),
		row(t, "T19 proof, nothing", bytewise(func(string) string { return "{}\n" }), Refuted, "refused"),
		row(t, "T19 proof, empty", bytewise(func(string) string { return "" }), Refuted, "refused"),
		row(t, "T19 proof, something behind it", bytewise(func(text string) string { return text + text }), Refuted, "refused"),
		row(t, "T19 proof, its line does not end", bytewise(func(text string) string { return strings.TrimSuffix(text, "\n") }), Refuted, "refused"),
		row(t, "T19 proof, no path", p(func(_ *lab, p *Proof) { p.Path = nil }), Refuted, "refused"),
		row(t, "T19 proof, no keys", p(func(_ *lab, p *Proof) { p.Keys = nil }), Refuted, "refused"),
	}
}

// oldFiles are those of before hand-overs named the key.
func oldFiles(t testing.TB) []specimen {
	rotated := func(l *lab, known ...string) specimen {
		second, public := signerOf(t, 2)
		l.keys = append(l.keys, KeyUse{Key: public, HandOver: added(t, l.saved, second)})
		l.signers = []note.Signer{second}
		l.add(2)
		lines := l.exportTo(15)
		lines[0] = old(lines[0])
		s := l.of(lines)
		s.Keys = append(s.Keys, known...)
		return s
	}
	_, second := signerOf(t, 2)
	return []specimen{
		row(t, "old file", func(l *lab) specimen { x := l.whole(); x[0] = old(x[0]); return l.of(x) }, Verified),
		row(t, "old proof", func(l *lab) specimen {
			s := l.proof(l.proves(7))
			s.File = []byte(old(string(s.File)))
			return s
		}, Verified),
		row(t, "T22 old file after a rotation, the first key is known", func(l *lab) specimen { return rotated(l) }, Refuted, "forged", "unnamed", "unsigned"),
		row(t, "T22 old file after a rotation, both keys are known", func(l *lab) specimen { return rotated(l, second) }, Partly, "old-hand-over"),
		row(t, "T22 old proof after a rotation, both keys are known", func(l *lab) specimen {
			rotated(l)
			l.saved = l.signed[15]
			s := l.proof(l.proves(14))
			s.File, s.Keys = []byte(old(string(s.File))), append(s.Keys, second)
			return s
		}, Partly, "old-hand-over"),
	}
}

// signerNamed is a signer for a log of another name.
func signerNamed(t testing.TB, name string, seed byte) (note.Signer, string) {
	t.Helper()
	key := keyOf(seed)
	s, err1 := NewSigner(name, key)
	public, err2 := PublicKey(name, key)
	if err1 != nil || err2 != nil {
		t.Fatal(err1, err2)
	}
	return s, public
}
