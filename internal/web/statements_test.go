package web

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
)

// statementsFile says for each page how many statements its opening takes at most, in a world with applications in every state.
const statementsFile = "testdata/statements.txt"

// statementsMost is what a page may take.
const statementsMost = 20

// compareStatements fails where a page has come to ask the database more often, or asks the same more than a few times.
func compareStatements(t *testing.T, asked map[string][]string) {
	t.Helper()
	var got strings.Builder
	for _, pattern := range slices.Sorted(maps.Keys(asked)) {
		fmt.Fprintf(&got, "%3d %s\n", len(asked[pattern]), pattern)
		if os.Getenv("STATEMENTS") != "" || len(asked[pattern]) > statementsMost {
			t.Logf("%s: %s", pattern, strings.Join(asked[pattern], " "))
		}
		if len(asked[pattern]) > statementsMost {
			t.Errorf("%s takes %d statements, of %d", pattern, len(asked[pattern]), statementsMost)
		}
	}
	if *update {
		if err := os.WriteFile(statementsFile, []byte(got.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(statementsFile)
	if err != nil {
		t.Fatal(err)
	}
	if got.String() != string(want) {
		t.Errorf("pages take other numbers of statements than %s says; with -update it is written anew:\n%s", statementsFile, got.String())
	}
}
