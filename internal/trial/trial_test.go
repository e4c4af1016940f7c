package trial

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

func TestSize(t *testing.T) {
	for _, c := range []struct {
		asked, number string
		want          int
	}{{"", "", 3}, {"1", "", 300}, {"", "7", 7}, {"1", "7", 7}} {
		t.Setenv(thorough, c.asked)
		t.Setenv("TRIAL_STEPS", c.number)
		if got := Size(t, "TRIAL_STEPS", 3, 300); got != c.want {
			t.Errorf("thorough %q, number %q: %d, want %d", c.asked, c.number, got, c.want)
		}
	}
}
