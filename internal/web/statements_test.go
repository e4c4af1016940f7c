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

// statementsMost is what a page may take, the session's own included, and the begin and end of the snapshot that it reads in.
const statementsMost = 20

// statementsBeyond are the pages that take more, each with its number, which may only become less.
var statementsBeyond = map[string]int{
	"GET /applications/{id}/confirm":                      23,
	"GET /applications/{id}":                              28,
	"GET /applications/{id}/codes":                        23,
	"GET /applications/{id}/contract":                     29,
	"GET /applications/{id}/existing/{code}":              23,
	"GET /applications/{id}/existing/{code}/delete":       23,
	"GET /applications/{id}/ids":                          32,
	"GET /applications/{id}/notice.pdf":                   30,
	"GET /applications/{id}/prepare":                      31,
	"GET /applications/{id}/start":                        23,
	"GET /contract/codes/{code}":                          22,
	"GET /contract/ids/{user}":                            22,
	"GET /desk/applications/{id}":                         30,
	"GET /desk/applications/{id}/issued":                  28,
	"GET /desk/applications/{id}/notice.pdf":              30,
	"GET /desk/establishments/{id}":                       25,
	"GET /desk/establishments/{id}/contract/codes/{code}": 22,
	"GET /desk/establishments/{id}/contract/ids/{user}":   22,
	"GET /{$}": 27,
}

// compareStatements fails where a page has come to ask the database more often, or asks the same more than a few times.
func compareStatements(t *testing.T, asked map[string][]string) {
	t.Helper()
	var got strings.Builder
	for _, pattern := range slices.Sorted(maps.Keys(asked)) {
		fmt.Fprintf(&got, "%3d %s\n", len(asked[pattern]), pattern)
		most := max(statementsMost, statementsBeyond[pattern])
		if os.Getenv("STATEMENTS") != "" || len(asked[pattern]) > most {
			t.Logf("%s: %s", pattern, strings.Join(asked[pattern], " "))
		}
		if len(asked[pattern]) > most {
			t.Errorf("%s takes %d statements, of %d", pattern, len(asked[pattern]), most)
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
