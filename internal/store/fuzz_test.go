package store

import (
	"archive/tar"
	"bytes"
	"testing"
)

// FuzzReadManifest: what stands at the head of a file that is to be restored is a manifest of ours, or the file is
// damaged.
func FuzzReadManifest(f *testing.F) {
	for _, text := range []string{`{"format":1}`, `{}`, `[`, ``} {
		var file bytes.Buffer
		out := tar.NewWriter(&file)
		if err := out.WriteHeader(&tar.Header{Name: manifestPart, Mode: 0o600, Size: int64(len(text))}); err != nil {
			f.Fatal(err)
		}
		if _, err := out.Write([]byte(text)); err != nil {
			f.Fatal(err)
		}
		if err := out.Close(); err != nil {
			f.Fatal(err)
		}
		f.Add(file.Bytes())
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		if m, err := readManifest(tar.NewReader(bytes.NewReader(file))); err == nil && m.Format != backupFormat {
			t.Fatalf("%+v passes", m)
		}
	})
}
