package audit_test

import (
	"crypto/ed25519"
	"encoding/binary"
	"slices"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"

	. "uketsuke/internal/audit"
	"uketsuke/internal/calendar"
)

// textFiles are those in which the log's key has signed a text that is not quite a checkpoint, or not quite a hand-over.
func textFiles(t testing.TB) []specimen {
	var all []specimen
	checkpoint := func(name, from, to string, verdict Verdict, said ...string) {
		all = append(all, row(t, "T20 checkpoint, "+name, func(l *lab) specimen {
			l.signed[labSize] = l.said(strings.Replace(l.at(labSize).Text(), from, to, 1))
			s := l.of(l.whole())
			s.Saved = []string{l.signed[5]}
			return s
		}, verdict, said...))
	}
	checkpoint("as it must be", "", "", Verified)
	for name, change := range map[string][2]string{
		"a fifth line": {"Z\n", "Z\nx\n"}, "three lines": {"time 2024-12-02T01:00:00.000000Z\n", ""}, "a zero before": {"\n13\n", "\n013\n"}, "a sign": {"\n13\n", "\n+13\n"},
		"below nothing": {"\n13\n", "\n-13\n"}, "beyond all": {"\n13\n", "\n9223372036854775808\n"}, "no size": {"\n13\n", "\nx\n"}, "no hash": {"=\n", "\n"}, "a longer hash": {"=\n", "AAA=\n"},
		"no fraction": {".000000Z", "Z"}, "a shorter fraction": {".000000Z", ".000Z"}, "another zone": {".000000Z", ".000000+09:00"}, "no such day": {"-12-02", "-13-02"}, "no such hour": {"T01", "T25"},
		"no time": {"time ", ""}, "another word": {"time ", "Time "}, "another log": {"desk.example.jp", "desk.example.com"}, "a blank": {"\n13\n", "\n13 \n"},
	} {
		checkpoint(name, change[0], change[1], Refuted, "forged", "unsigned")
	}
	checkpoint("of nothing", "\n13\n", "\n0\n", Refuted, "forged", "unsigned")
	for name, change := range map[string][2]string{
		"a seventh line": {"size", "x\nsize"}, "five lines": {"size 13\n", ""}, "another title": {"hand-over-1", "hand-over-2"}, "another log": {"\ndesk.example.jp/audit\n", "\ndesk.example.com/audit\n"},
		"from nobody": {"from ", "from"}, "from another": {"from desk", "from Desk"}, "to nobody": {"to ", ""}, "to another": {"to desk", "to Desk"}, "a sign": {"size 13", "size +13"}, "below nothing": {"size 13", "size -13"},
		"a zero before": {"size 13", "size 013"}, "no size": {"size 13", "size"}, "no such day": {"day 2024-12", "day 2024-13"}, "no day": {"day 2024-12-02", "day"}, "another spelling of the day": {"2024-12-02", "20241202"},
	} {
		all = append(all, row(t, "T10 hand-over, "+name, func(l *lab) specimen {
			next, public := signerOf(t, 2)
			h := HandOver{Origin: origin, Old: l.public, New: public, Size: labSize, Day: calendar.DateOf(signedAt)}
			l.keys = append(l.keys, KeyUse{Key: public, HandOver: l.said(strings.Replace(h.Text(), change[0], change[1], 1))})
			l.signers = []note.Signer{next}
			l.add(2)
			return l.of(l.exportTo(15))
		}, Refuted, "forged", "unsigned"))
	}
	all = append(all, row(t, "T10 hand-over to itself", func(l *lab) specimen {
		l.keys = append(l.keys, KeyUse{Key: l.public, HandOver: l.handOver(l.signers[0], l.public, l.public, 5)})
		return l.of(l.whole())
	}, Refuted, "forged"))
	for name, key := range map[string]func(string) string{
		"no key": func(string) string { return "x" }, "capital digits": func(k string) string { return capitals(k) }, "another hash": func(k string) string { return strings.Replace(k, "+", "+0", 1) },
		"a line end": func(k string) string { return k + "\n" }, "half of it": func(k string) string { return k[:len(k)-4] },
	} {
		all = append(all, row(t, "T20 key, "+name, func(l *lab) specimen {
			l.keys = append(l.keys, KeyUse{Key: key(l.public)})
			return l.of(l.whole())
		}, Refuted, "forged"))
	}
	for name, spoil := range map[string]func(string) string{
		"no signature":         func(n string) string { return n[:strings.LastIndex(n, "— ")] },
		"no line end":          func(n string) string { return strings.TrimSuffix(n, "\n") },
		"no empty line":        func(n string) string { return strings.Replace(n, "\n\n", "\n", 1) },
		"something between":    func(n string) string { return strings.Replace(n, "\n\n", "\n\nx\n", 1) },
		"a signature of half":  func(n string) string { return strings.Replace(n, "=\n", "\n", 2) },
		"a short signature":    func(n string) string { return n + "— x AAAA\n" },
		"a name with a plus":   func(n string) string { return n + "— x+y AAAAAAAA\n" },
		"a name with a blank":  func(n string) string { return n + "— x\u3000y AAAAAAAA\n" },
		"no name":              func(n string) string { return n + "— AAAAAAAA\n" },
		"a hundred more":       func(n string) string { return n + strings.Repeat("— x AAAAAAAA\n", 100) },
		"what a terminal does": func(n string) string { return n + "— x\x1b AAAAAAAA\n" },
	} {
		all = append(all, row(t, "T9 note, "+name, func(l *lab) specimen {
			l.signed[labSize] = spoil(l.signed[labSize])
			return l.of(l.whole())
		}, Refuted, "forged", "unsigned"))
	}
	all = append(all, row(t, "T9 note, ninety-nine more", func(l *lab) specimen {
		l.signed[labSize] += strings.Repeat("— x AAAAAAAA\n", 99)
		return l.of(l.whole())
	}, Verified))
	slices.SortFunc(all, func(a, b specimen) int { return strings.Compare(a.Name, b.Name) })
	return all
}

// said is a text that the log's key has signed.
func (l *lab) said(text string) string {
	signed, err := note.Sign(&note.Note{Text: text}, l.signers[0])
	if err != nil {
		l.t.Fatal(err)
	}
	return string(signed)
}

// capitals writes the hash of a key in capitals; seed 1 has letters in it.
func capitals(key string) string {
	cut := strings.SplitN(key, "+", 3)
	return cut[0] + "+" + strings.ToUpper(cut[1]) + "+" + cut[2]
}

// A twin is one of two keys that a note tells apart by nothing: a hash of 32 bits is found twice by trying.
type twin struct {
	signer note.Signer
	public string
}

func twins(t testing.TB) (a, b twin) {
	t.Helper()
	for i, found := range []uint32{73134, 116831} {
		seed := binary.BigEndian.AppendUint32(nil, found)
		key := ed25519.NewKeyFromSeed(append(seed, make([]byte, ed25519.SeedSize-len(seed))...))
		s, err1 := NewSigner(origin, key)
		public, err2 := PublicKey(origin, key)
		if err1 != nil || err2 != nil {
			t.Fatal(err1, err2)
		}
		*[]*twin{&a, &b}[i] = twin{s, public}
	}
	if a.signer.KeyHash() != b.signer.KeyHash() || a.public == b.public {
		t.Fatal("they are no twins")
	}
	return a, b
}
