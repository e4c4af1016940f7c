package signature

import (
	"bytes"
	"testing"
	"time"
)

// FuzzIncrement: what is no paper of ours is refused; to what is one, something is only appended.
func FuzzIncrement(f *testing.F) {
	whole := paper(f)
	f.Add(whole)
	f.Add(whole[len(whole)-900:])
	f.Add([]byte("\ntrailer\n<<\n/Size 3\n/Root 1 0 R\n>>\nstartxref\n0\n%%EOF\n"))
	f.Fuzz(func(t *testing.T, pdf []byte) {
		file, contents, err := increment(pdf, "センター𠮷", "", time.Unix(0, 0))
		if err != nil {
			return
		}
		if !bytes.HasPrefix(file, pdf) || contents <= len(pdf) || file[contents] != '<' || file[contents+1+2*room] != '>' {
			t.Fatalf("%d bytes become %d, the signature stands at %d", len(pdf), len(file), contents)
		}
	})
}
