package ledger

import (
	"bytes"
	"testing"
)

// FuzzDecode: a line of the ledger is what was written, or damaged; nothing between.
func FuzzDecode(f *testing.F) {
	f.Add([]byte(`{"entries":[{"kind":"code","key":"1ANAC"}],"batch":1}`))
	f.Add([]byte(`00000000 {}`))
	f.Add([]byte("zz"))
	f.Fuzz(func(t *testing.T, text []byte) {
		l, err := decode(text)
		if err != nil {
			return
		}
		once, err := l.encode()
		if err != nil {
			t.Fatal(err)
		}
		again, err := decode(bytes.TrimSuffix(once, []byte("\n")))
		if err != nil {
			t.Fatalf("what was written cannot be read: %s: %v", once, err)
		}
		if twice, _ := again.encode(); !bytes.Equal(once, twice) {
			t.Fatalf("%s, then %s", once, twice)
		}
		spoilt := bytes.Clone(once)
		spoilt[len(spoilt)/2] ^= 1
		if _, err := decode(bytes.TrimSuffix(spoilt, []byte("\n"))); err == nil {
			t.Fatalf("a spoilt line passes: %s", spoilt)
		}
	})
}
