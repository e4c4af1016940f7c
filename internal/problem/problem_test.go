package problem_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	. "uketsuke/internal/problem"
)

// R-APP-12: a problem names field, rule and remedy, wherever the form that holds it stands in a larger one.
func TestUnder(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ field, prefix, want string }{
		{"reason", "", "reason"},
		{"", "codes.1", "codes.1"},
		{"rows.0", "codes.1", "codes.1.rows.0"},
		{"", "", ""},
	} {
		was := New(row.field, "R-APP-12", "変更する理由は%d文字以内です。", 500)
		got := was.Under(row.prefix)
		if got.Field != row.want || got.Rule != was.Rule || got.String() != "変更する理由は500文字以内です。" {
			t.Errorf("R-APP-12 %q under %q: %+v", row.field, row.prefix, got)
		}
		if was.Field != row.field {
			t.Errorf("R-APP-12 the problem itself moved to %q", was.Field)
		}
	}
}

// R-APP-12: a page finds what stands at a field, and what stands at it or anywhere below it.
func TestAtAndBelow(t *testing.T) {
	t.Parallel()
	var rows, l List
	rows.Add("trades", "R-APP-3", "業種を2つ以上選んでください。")
	rows.Add("", "R-APP-7", "追加数をまとめてください。")
	l.Add("reason", "R-APP-12", "理由を入力してください。")
	l.Join("codes.1.rows.0", rows)
	l.Add("codes.1", "R-APP-4", "別の利用者コードに分けてください。")
	l.Add("codes.10", "R-APP-4", "別の利用者コードに分けてください。")
	l.Join("", List{New("", "R-APP-1", "申込内容を選んでください。")})
	for _, row := range []struct{ field, at, below string }{
		{"reason", "R-APP-12", "R-APP-12"},
		{"codes.1", "R-APP-4", "R-APP-3 R-APP-7 R-APP-4"}, // and nothing of codes.10
		{"codes.1.rows", "", "R-APP-3 R-APP-7"},
		{"codes.1.rows.0", "R-APP-7", "R-APP-3 R-APP-7"},
		{"codes", "", "R-APP-3 R-APP-7 R-APP-4 R-APP-4"},
		{"", "R-APP-1", "R-APP-1"},
		{"contact", "", ""},
	} {
		if at, below := rules(l.At(row.field)), rules(l.Below(row.field)); at != row.at || below != row.below {
			t.Errorf("R-APP-12 %q: at it %q, want %q; below %q, want %q", row.field, at, row.at, below, row.below)
		}
	}
}

func rules(l List) string {
	var all []string
	for _, p := range l {
		all = append(all, p.Rule)
	}
	return strings.Join(all, " ")
}

// A list is an error when there is something in it, and says all of it; an empty one is none.
func TestErr(t *testing.T) {
	t.Parallel()
	var l List
	if err := l.Err(); err != nil {
		t.Errorf("R-APP-12 nothing is wrong, but %v", err)
	}
	l.Add("reason", "R-APP-12", "理由は%d文字以内です。", 500)
	l.Add("", "R-APP-1", "申込内容を選んでください。")
	err := fmt.Errorf("registering: %w", l.Err())
	if found, ok := errors.AsType[List](err); !ok || len(found) != 2 {
		t.Errorf("R-APP-12 %v holds %v", err, found)
	}
	if want := "registering: reason [R-APP-12] 理由は500文字以内です。; [R-APP-1] 申込内容を選んでください。"; err.Error() != want {
		t.Errorf("R-APP-12 %q, want %q", err, want)
	}
}
