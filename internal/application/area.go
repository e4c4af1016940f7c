package application

import (
	"uketsuke/internal/catalogue"
	"uketsuke/internal/problem"
)

// An Area is a bonded-area code (保税地域コード) that the settings of a code name (R-APP-9).
type Area struct {
	Code        string
	Placeholder int
	Tab         string
	Field       string
}

// BondedAreas lists every bonded area named in the settings of the shown tabs, in the order of the codes.
// These are what a registered application reserves.
func BondedAreas(d Document, s Settings, cat *catalogue.Catalogue) []Area {
	var areas []Area
	for _, t := range Tabs(d, cat) {
		for _, field := range cat.FieldsOf(t.Tab) {
			code := s[t.Placeholder][t.Tab][field.Key]
			if field.Type == bondedAreaType && code != "" {
				areas = append(areas, Area{code, t.Placeholder, t.Tab, field.Key})
			}
		}
	}
	return areas
}

const areaTaken = "保税地域コード「%s」は、ほかの利用者コードで登録されているため使用できません。コードをご確認のうえ、入力し直してください。"

// AreaProblems is R-APP-9 over a whole application: no area that others hold, and none under two codes of
// this application; the tabs of one code may name the same. The fields are
// "settings.<placeholder>.<tab>.<field>".
func AreaProblems(d Document, s Settings, g Ground) problem.List {
	var l problem.List
	holder := map[string]int{}
	for _, area := range BondedAreas(d, s, g.Catalogue) {
		field := settingsField(Tab{area.Placeholder, area.Tab}) + "." + area.Field
		other, named := holder[area.Code]
		switch {
		case g.TakenAreas[area.Code]:
			l.Add(field, "R-APP-9", areaTaken, area.Code)
		case named && other != area.Placeholder:
			l.Add(field, "R-APP-9", "保税地域コード「%s」は、この申込みの「%s」でも入力されています。1つの利用者コードにだけ入力してください。", area.Code, d.ItemName(other))
		case !named:
			holder[area.Code] = area.Placeholder
		}
	}
	return l
}
