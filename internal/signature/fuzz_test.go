package signature

import (
	"bytes"
	"fmt"
	"testing"
	"time"
)

// FuzzIncrement: what is no paper of ours is refused; to what is one, something is only appended.
func FuzzIncrement(f *testing.F) {
	whole := tiny()
	if _, _, err := increment(whole, "", "", time.Unix(0, 0)); err != nil {
		f.Fatal(err)
	}
	f.Add(whole)
	f.Add(whole[len(whole)-200:])
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

// tiny is the smallest file that is built as a paper is.
func tiny() []byte {
	var file bytes.Buffer
	var places []int
	file.WriteString("%PDF-1.7\n\n")
	for i, object := range []string{"/Type /Catalog\n/Pages 2 0 R", "/Type /Pages\n/Kids [ 3 0 R ]", "/Type /Page\n/Parent 2 0 R"} {
		places = append(places, file.Len())
		fmt.Fprintf(&file, "%d 0 obj\n<<\n%s\n>>\nendobj\n\n", i+1, object)
	}
	table := file.Len()
	fmt.Fprintf(&file, "xref\n0 %d\n0000000000 65535 f \n", len(places)+1)
	for _, at := range places {
		fmt.Fprintf(&file, "%010d 00000 n \n", at)
	}
	fmt.Fprintf(&file, "trailer\n<<\n/Size %d\n/Root 1 0 R\n>>\nstartxref\n%d\n%%%%EOF\n", len(places)+1, table)
	return file.Bytes()
}
