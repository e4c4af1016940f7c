package scratch

import (
	"os"
	"path/filepath"
	"testing"
)

func TestDirGoesWithItsTest(t *testing.T) {
	t.Parallel()
	var dir string
	t.Run("inner", func(t *testing.T) {
		dir = Dir(t)
		if other := Dir(t); other == dir {
			t.Errorf("two tests share %s", dir)
		}
		if err := os.WriteFile(filepath.Join(dir, "a"), []byte("a"), 0o600); err != nil {
			t.Fatal(err)
		}
	})
	if _, err := os.Stat(dir); !os.IsNotExist(err) {
		t.Errorf("%s outlives its test (%v)", dir, err)
	}
}
