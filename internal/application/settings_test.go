package application

import (
	"slices"
	"testing"

	"uketsuke/internal/catalogue"
)

// filled is a right value for every required field of a tab.
func filled(t testing.TB, tab string, cat *catalogue.Catalogue) map[string]string {
	t.Helper()
	samples := []string{"見本", "ミホン", "MIHON", "03-1234-5678", "105-0013", "東京都", "2024-04-01", "1A", "1AW71", "1",
		"ABCD", "JPTYO", "HND", "12345678", "yes"}
	values := map[string]string{}
	for _, field := range cat.FieldsOf(tab) {
		if !field.Required {
			continue
		}
		for _, sample := range append(samples, field.Choices()...) {
			if value, wrong := field.Check(sample); wrong == nil {
				values[field.Key] = value
			}
		}
		if values[field.Key] == "" {
			t.Fatalf("no sample fits %s.%s", tab, field.Key)
		}
	}
	return values
}

func allFilled(t testing.TB, doc Document, cat *catalogue.Catalogue) Settings {
	s := Settings{}
	for _, tab := range Tabs(doc, cat) {
		if s[tab.Placeholder] == nil {
			s[tab.Placeholder] = map[string]map[string]string{}
		}
		s[tab.Placeholder][tab.Tab] = filled(t, tab.Tab, cat)
	}
	return s
}

func TestTabs(t *testing.T) {
	cat := loaded(t)
	for _, c := range []struct {
		name   string
		trades []string
		want   []string
	}{
		{"R-SET-3 名称 and each trade", []string{"customs-broker", "consolidator"}, []string{"name", "customs-broker", "consolidator"}},
		{"R-SET-3 a trade without settings", []string{"general-applicant"}, []string{"name"}},
		{"trap 11 a trade that is gone", []string{"vanished"}, []string{"name"}},
	} {
		item := CodeItem{Placeholder: 1, Rows: RowsOf(c.trades, false, "netnaccs", 1)}
		if got := TabsOf(item, cat); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v", c.name, got)
		}
		if !NeedsSettings(Document{Codes: []CodeItem{item}}, cat) {
			t.Errorf("%s: 名称 always needs settings", c.name)
		}
	}
	if NeedsSettings(Document{}, cat) {
		t.Error("R-SET-1 no code, no settings")
	}
	if TabName("name", cat) != "名称" || TabName("consolidator", cat) != "混載業" || TabName("vanished", cat) != "vanished" {
		t.Error("R-SET-3 names of tabs")
	}
}

func TestComplete(t *testing.T) {
	cat, doc := loaded(t), s3()
	if Complete(doc, nil, cat) || len(IncompleteTabs(doc, nil, cat)) != 4 {
		t.Errorf("R-SET-3 nothing is filled in: %v", IncompleteTabs(doc, nil, cat))
	}
	s := allFilled(t, doc, cat)
	if !Complete(doc, s, cat) || len(Problems(doc, s, ground(t))) > 0 {
		t.Fatalf("R-SET-3: %v %v", IncompleteTabs(doc, s, cat), Problems(doc, s, ground(t)))
	}
	s[2]["consolidator"]["airport"] = ""
	if got := IncompleteTabs(doc, s, cat); !slices.Equal(got, []Tab{{2, "consolidator"}}) {
		t.Errorf("R-SET-3 one required field is empty: %v", got)
	}
	if !CompleteItem(doc, 1, s, cat) || CompleteItem(doc, 2, s, cat) {
		t.Error("R-SET-3 入力済 is said per code")
	}
	expectOne(t, Problems(doc, s, ground(t)), "", "") // R-SET-2: missing values bar nothing
	s[2]["consolidator"]["airport"] = "空港"
	expectOne(t, Problems(doc, s, ground(t)), "settings.2.consolidator.airport", "R-SET-3")
	if Complete(doc, s, cat) {
		t.Error("R-SET-3 a wrong value is complete")
	}
	delete(s[2]["consolidator"], "airport")
	s[2]["consolidator"]["vanished"] = "x"
	s[2]["airline"] = map[string]string{"airline_code": "wrong"}
	expectOne(t, Problems(doc, s, ground(t)), "", "") // trap 11: what is not shown any more is let be
}

func TestSettingsProblems(t *testing.T) {
	g := ground(t)
	g.TakenAreas = map[string]bool{"1AW71": true}
	values, l := SettingsProblems("bonded-warehouse", map[string]string{"bonded_area": " １ａｗ７２ ", "area_kind": "保税蔵置場", "permitted_until": "令和8年4月1日"}, g)
	if len(l) > 0 || values["bonded_area"] != "1AW72" || values["permitted_until"] != "2026-04-01" {
		t.Errorf("R-SET-3 folded: %v %v", values, l)
	}
	values, l = SettingsProblems("bonded-warehouse", map[string]string{"bonded_area": "1aw71", "area_kind": "城"}, g)
	if len(l) != 2 || l[0].Field != "bonded_area" || l[0].Rule != "R-APP-9" || l[1].Field != "area_kind" || l[1].Rule != "R-SET-3" {
		t.Errorf("R-APP-9 a taken area, R-SET-3 no such choice: %v", l)
	}
	wellFormed(t, l)
	if _, kept := values["bonded_area"]; kept {
		t.Errorf("a refused value is kept: %v", values)
	}
	if value, cleared := values["permitted_until"]; !cleared || value != "" {
		t.Errorf("an empty field is not cleared: %v", values)
	}
	_, l = SettingsProblems("name", map[string]string{"colour": "red"}, g)
	expectOne(t, l, "colour", "R-SET-3")
	_, l = SettingsProblems("name", map[string]string{"company_name": "a\x00"}, g)
	expectOne(t, l, "company_name", "R-SET-3")
	missing := Missing("bonded-warehouse", map[string]string{"bonded_area": "1AW72"}, g.Catalogue)
	if len(missing) != 2 || missing[0].Field != "area_kind" {
		t.Errorf("R-SET-3 missing: %v", missing)
	}
	wellFormed(t, missing)
}

func TestAreaProblems(t *testing.T) {
	area := func(code string) map[string]map[string]string {
		return map[string]map[string]string{"bonded-warehouse": {"bonded_area": code}}
	}
	two := application(CodeItem{Rows: []Row{net("bonded-warehouse")}}, CodeItem{Rows: []Row{net("bonded-warehouse")}})
	g := ground(t)
	expectOne(t, AreaProblems(two, Settings{1: area("1AW71"), 2: area("1AW72")}, g), "", "")
	expectOne(t, AreaProblems(two, Settings{1: area("1AW71"), 2: area("1AW71")}, g), "settings.2.bonded-warehouse.bonded_area", "R-APP-9")
	g.TakenAreas = map[string]bool{"1AW71": true}
	expectOne(t, AreaProblems(two, Settings{1: area("1AW71"), 2: area("1AW72")}, g), "settings.1.bonded-warehouse.bonded_area", "R-APP-9")

	one := application(CodeItem{Rows: []Row{net("bonded-warehouse"), net("container-yard")}})
	s := Settings{1: area("1AW72")}
	s[1]["container-yard"] = map[string]string{"bonded_area": "1AW72"}
	expectOne(t, AreaProblems(one, s, g), "", "")
	if areas := BondedAreas(one, s, g.Catalogue); len(areas) != 2 || areas[1] != (Area{"1AW72", 1, "container-yard", "bonded_area"}) {
		t.Errorf("R-APP-9 areas: %v", areas)
	}
	if areas := BondedAreas(s1(), Settings{1: area("1AW72")}, g.Catalogue); len(areas) > 0 {
		t.Errorf("R-APP-9 a tab that is not shown reserves %v", areas)
	}
}
