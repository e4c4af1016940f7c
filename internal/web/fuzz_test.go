package web

import (
	"net/url"
	"reflect"
	"strings"
	"testing"

	"uketsuke/internal/catalogue"
	"uketsuke/internal/desk"
	"uketsuke/internal/desk/command"
	"uketsuke/internal/web/cases"
	"uketsuke/internal/web/examine"
	"uketsuke/internal/web/kit"
)

// FuzzOwnPath: where a login or a button leads is on this site, whatever the form says.
func FuzzOwnPath(f *testing.F) {
	for _, s := range []string{"/contract", "//evil.example", "/\\evil.example", "https://evil.example", "/\t/evil.example", "/login?to=/x", "", "/%2f/x", "/a:b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, to string) {
		path := kit.OwnPath(to)
		if path != kit.OwnPath(path) || !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || strings.ContainsAny(path, "\\\r\n\t") {
			t.Fatalf("%q leads to %q", to, path)
		}
		if at, err := url.Parse(path); err == nil && (at.Host != "" || at.Scheme != "" || at.User != nil) {
			t.Fatalf("%q leads to %q at %q", to, path, at.Host)
		}
	})
}

// FuzzKept: a form that is carried through the login page comes out as it went in (trap 9), and what is no form is
// refused.
func FuzzKept(f *testing.F) {
	f.Add("reason", "一\r\n二", "a=1&a=2&%ff")
	f.Add("", "\xff", ";;&=")
	f.Fuzz(func(t *testing.T, name, value, text string) {
		values := url.Values{name: {value, ""}, "b": {text}}
		carried := kit.Kept(values)
		if carried == "" {
			return // too long, and said so
		}
		again, err := url.ParseQuery(carried)
		if err != nil || !reflect.DeepEqual(again, values) && name != "b" {
			t.Fatalf("%v comes out as %v, %v", values, again, err)
		}
		if typed, err := url.ParseQuery(text); err == nil {
			if same, err := url.ParseQuery(typed.Encode()); err != nil || len(typed) > 0 && !reflect.DeepEqual(same, typed) {
				t.Fatalf("%q: %v, then %v, %v", text, typed, same, err)
			}
		}
	})
}

// FuzzPrintable: whatever is shown again is whole text without control characters, and stays as it is when it is
// sound.
func FuzzPrintable(f *testing.F) {
	for _, s := range []string{"見本\r\n商事", "\x00\x1b[31m", "\xff\xfe", "a\u0085b", "\r"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		shown := kit.Printable(kit.Lines(typed))
		if !kit.Sound(shown) || kit.Printable(shown) != shown {
			t.Fatalf("%q is shown as %q", typed, shown)
		}
		if kit.Sound(typed) && shown != kit.Lines(typed) {
			t.Fatalf("%q is sound and shown as %q", typed, shown)
		}
	})
}

// FuzzCSVCells: no spreadsheet calculates what somebody typed, and nothing typed is lost.
func FuzzCSVCells(f *testing.F) {
	for _, s := range []string{"=1+1", "＝cmd", "-5", "－", "@x", "\t=1", "見本", "", "'=1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, cell string) {
		safe := kit.CSVCells([]string{cell})[0]
		if kit.BeginsFormula(safe) || !strings.HasSuffix(safe, cell) || len(safe) > len(cell)+1 {
			t.Fatalf("%q becomes %q", cell, safe)
		}
	})
}

// FuzzMark: the mark of a row in the queue is one of ours or none.
func FuzzMark(f *testing.F) {
	for _, s := range []string{"0193a1~3~2400001A", "~~", "a~-1~２４００００１a", "a~9223372036854775808~2400001A"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, mark string) {
		ref, receipt, ok := examine.ReadMark(mark)
		if !ok {
			return
		}
		again, same, still := examine.ReadMark(examine.MarkOf(desk.ListRow{ID: ref.ID, Version: ref.Version, Receipt: receipt}))
		if !still || again != ref || same != receipt {
			t.Fatalf("%q: %+v %q, then %+v %q", mark, ref, receipt, again, same)
		}
	})
}

// FuzzFilter: whatever stands behind the question mark of a list narrows it to something that exists, or is refused
// with its field.
func FuzzFilter(f *testing.F) {
	for _, s := range []string{"state=open&kind=user-code&sort=start&order=desc", "registered_from=2024-12-10&registered_to=2024-12-01", "start_from=%FF&state=x&state=y", "sort=;drop", "start_to=令和6年12月1日"} {
		f.Add(s)
	}
	tables, err := catalogue.Load(nil)
	if err != nil {
		f.Fatal(err)
	}
	p := cases.New(&kit.Kit{Config: kit.Config{Desk: &desk.Desk{Runner: &command.Runner{Config: desk.Config{Catalogue: tables}}}}})
	f.Fuzz(func(t *testing.T, query string) {
		asked, err := url.ParseQuery(query)
		if err != nil {
			return
		}
		q, wrong := p.FilterOf(asked)
		if _, known := tables.Kind(q.Kind); q.Kind != "" && !known {
			t.Fatalf("%q narrows to the kind %q", query, q.Kind)
		}
		for _, p := range wrong {
			if !strings.Contains("registered_from registered_to start_from start_to", p.Field) || strings.Contains(p.String(), "%!") {
				t.Fatalf("%q: %s at %q", query, p, p.Field)
			}
		}
		if len(wrong) == 0 && (!q.RegisteredTo.IsZero() && q.RegisteredTo.Before(q.RegisteredFrom) || !q.StartTo.IsZero() && q.StartTo.Before(q.StartFrom)) {
			t.Fatalf("%q: %+v", query, q)
		}
	})
}
