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
			"queue, longest waiting first":            {store.ListFilter{States: []string{"registered"}, ByRegistration: true, OldestFirst: true, Unclaimed: true}, []string{"a2", "a3", "a0", "a1"}},
			"a state nothing is in":                   {store.ListFilter{States: []string{"approved", "void"}}, []string{}},
			"search":                                  {store.ListFilter{Search: "no2"}, []string{"a2"}},
			"search, per cent sign is itself":         {store.ListFilter{Search: "no%2"}, []string{}},
			"search, low line is itself":              {store.ListFilter{Search: "n_2"}, []string{}},
			"search, the signs themselves are found":  {store.ListFilter{Search: "100%_!"}, []string{"a3", "a2", "a1", "a0"}},
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
		at := rows[0].CreatedAt
		if f.ByRegistration {
			at = rows[0].RegisteredAt
		}
		key, err := at.Value()
		if err != nil {
			t.Fatal(err)
		}
		f.AfterKey, f.AfterID = key.(string), rows[0].ID
	}
	t.Fatal("the list never ends")
	return nil
}

// The lists that people wait for use an index, however many applications there are.
func TestListsScanNothing(t *testing.T) {
	db := storetest.SQLite(t)
	for name, f := range map[string]store.ListFilter{
		"own applications":       {Establishment: "e", Most: 50},
		"own, next page":         {Establishment: "e", Most: 50, AfterKey: "2024", AfterID: "a"},
		"own, oldest first":      {Establishment: "e", OldestFirst: true, Most: 50},
		"own, oldest, next page": {Establishment: "e", OldestFirst: true, Most: 50, AfterKey: "2024", AfterID: "a"},
		"the desk's queue":       {States: []string{"registered"}, ByRegistration: true, OldestFirst: true, Most: 50},
		"queue, next page":       {States: []string{"registered"}, ByRegistration: true, OldestFirst: true, Most: 50, AfterKey: "2024", AfterID: "a"},
	} {
		text, args := store.ListSQL(f)
		rows, err := db.ReadSide().QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+text, args...)
		if err != nil {
			t.Fatal(err)
		}
		for rows.Next() {
			var id, parent, unused int
			var step string
			if err := rows.Scan(&id, &parent, &unused, &step); err != nil {
				t.Fatal(err)
			}
			if strings.HasPrefix(step, "SCAN") || parent == 0 && strings.Contains(step, "TEMP B-TREE") {
				t.Errorf("%s: %s", name, step)
			}
		}
		if err := rows.Err(); err != nil {
			t.Error(err)
		}
		rows.Close()
	}
}
