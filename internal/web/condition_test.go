package web

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"uketsuke/internal/web/centre"
	"uketsuke/internal/web/kit"
)

// Each code that health says is in words on the page of operations, and in the operator's table with what to do.
func TestEveryFindingIsInWords(t *testing.T) {
	t.Parallel()
	source, err := os.ReadFile(filepath.Join("kit", "condition.go"))
	if err != nil {
		t.Fatal(err)
	}
	table, err := os.ReadFile(filepath.Join("..", "..", "docs", "operations.md"))
	if err != nil {
		t.Fatal(err)
	}
	codes := regexp.MustCompile(`FindingCode = "([a-z-]+)"`).FindAllStringSubmatch(string(source), -1)
	if len(codes) < 10 {
		t.Fatalf("only %d codes are seen", len(codes))
	}
	for _, code := range codes {
		if centre.Findings[kit.FindingCode(code[1])] == "" {
			t.Errorf("%s has no words", code[1])
		}
		if !strings.Contains(string(table), "`"+code[1]+"`") {
			t.Errorf("%s is not in docs/operations.md", code[1])
		}
	}
}
