package store_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"uketsuke/internal/store"
	"uketsuke/internal/store/storetest"
)

func ids(rows []store.ApplicationRow) []string {
	list := []string{}
	for _, row := range rows {
		list = append(list, row.ID)
	}
	return list
}

// Lists filter, and page by key without skipping or repeating a row.
func TestListApplications(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		contract(t, db, "c", "e")
		contract(t, db, "d", "f")
		drafts(t, db, "e", 5)
		// The later created is registered earlier; a1 and a2 at the same instant.
		for i := range 4 {
			register(t, db, fmt.Sprintf("a%d", i), fmt.Sprintf("240000%dA", i+1), monday.Add(-time.Duration(i/2*2)*time.Hour))
		}
		for name, c := range map[string]struct {
			filter store.ListFilter
			want   []string
		}{
			"own, drafts too, newest first":           {store.ListFilter{Establishment: "e"}, []string{"a4", "a3", "a2", "a1", "a0"}},
			"own, oldest first":                       {store.ListFilter{Establishment: "e", OldestFirst: true}, []string{"a0", "a1", "a2", "a3", "a4"}},
			"another establishment's":                 {store.ListFilter{Establishment: "f"}, []string{}},
			"all but drafts (trap 6)":                 {store.ListFilter{}, []string{"a3", "a2", "a1", "a0"}},
			"queue, longest waiting first":            {store.ListFilter{States: []string{"registered"}, Order: store.ByRegistration, OldestFirst: true, Unclaimed: true}, []string{"a2", "a3", "a0", "a1"}},
			"a state nothing is in":                   {store.ListFilter{States: []string{"approved", "void"}}, []string{}},
			"search":                                  {store.ListFilter{Search: []string{"no2"}}, []string{"a2"}},
			"search, per cent sign is itself":         {store.ListFilter{Search: []string{"no%2"}}, []string{}},
			"search, low line is itself":              {store.ListFilter{Search: []string{"n_2"}}, []string{}},
			"search, the signs themselves are found":  {store.ListFilter{Search: []string{"100%_!"}}, []string{"a3", "a2", "a1", "a0"}},
			"claimed by somebody who claimed nothing": {store.ListFilter{Holder: "x"}, []string{}},
		} {
			c.filter.Most = 50
			all, err := db.Read().ListApplications(t.Context(), c.filter)
			if err != nil || !slices.Equal(ids(all), c.want) {
				t.Errorf("%s: %v, want %v, %v", name, ids(all), c.want, err)
			}
			if paged := pages(t, db, c.filter); !slices.Equal(paged, c.want) {
				t.Errorf("%s, in pages of one: %v", name, paged)
			}
		}
	})
}

// pages lists one row at a time, each after the last.
func pages(t *testing.T, db *store.DB, f store.ListFilter) []string {
	t.Helper()
	f.Most = 1
	list := []string{}
	for range 20 {
		rows, err := db.Read().ListApplications(t.Context(), f)
		if err != nil {
			t.Fatal(err)
		}
		if len(rows) == 0 {
			return list
		}
		list = append(list, rows[0].ID)
		f.AfterKey, f.AfterID = rows[0].Key, rows[0].ID
	}
	t.Fatal("the list never ends")
	return nil
}

// The lists that people wait for use an index, however many applications there are: the desk's in every order.
func TestListsScanNothing(t *testing.T) {
	t.Parallel()
	db := storetest.SQLite(t)
	lists := map[string]store.ListFilter{
		"own applications":   {Establishment: "e"},
		"the desk's queue":   {States: []string{"registered", "under-examination"}, Order: store.ByWaiting},
		"what is unclaimed":  {States: []string{"registered"}, Order: store.ByWaiting, Unclaimed: true},
		"one shown state":    {States: []string{"in-effect"}, Order: store.ByRegistration},
		"every registration": {Order: store.ByRegistration},
		"receipt numbers":    {Order: store.ByReceipt},
		"wished days":        {Order: store.ByDesired},
		"start days":         {Order: store.ByStart},
	}
	for name, f := range lists {
		for _, oldest := range []bool{false, true} {
			for _, part := range store.Parts() {
				f.OldestFirst, f.AfterKey, f.AfterID, f.Most = oldest, "2024", "a", 50
				plan(t, db, fmt.Sprintf("%s, oldest first %v, part %d", name, oldest, part), f, part)
			}
		}
	}
}

// plan fails the test if a list scans a table or sorts; going along an index in its order is neither, and rows of
// one key may be sorted by their ids.
func plan(t *testing.T, db *store.DB, name string, f store.ListFilter, part store.Part) {
	t.Helper()
	text, args := store.ListSQL(f, part)
	rows, err := db.ReadSide().QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+text, args...)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var id, parent, unused int
		var step string
		if err := rows.Scan(&id, &parent, &unused, &step); err != nil {
			t.Fatal(err)
		}
		scans := strings.HasPrefix(step, "SCAN") && (part != store.Parts()[0] || !strings.Contains(step, "USING INDEX"))
		if scans || part != store.Parts()[1] && parent == 0 && strings.Contains(step, "TEMP B-TREE") {
			t.Errorf("%s: %s", name, step)
		}
	}
	if err := rows.Err(); err != nil {
		t.Error(err)
	}
}
