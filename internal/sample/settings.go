package sample

import (
	"fmt"
	"maps"
	"slices"

	"uketsuke/internal/application"
	"uketsuke/internal/catalogue"
)

// CompleteTab is a right value for every field of a settings tab. area numbers the bonded area that the tab
// names, 0–99, since two codes must not share one (R-APP-9).
func CompleteTab(cat *catalogue.Catalogue, tab string, area int) map[string]string {
	values := map[string]string{}
	for _, field := range cat.FieldsOf(tab) {
		values[field.Key] = valueOf(field, area)
	}
	return values
}

// IncompleteTab is CompleteTab without its last required field; a tab that requires nothing is returned
// whole.
func IncompleteTab(cat *catalogue.Catalogue, tab string, area int) map[string]string {
	values := CompleteTab(cat, tab, area)
	for _, field := range slices.Backward(cat.FieldsOf(tab)) {
		if field.Required {
			delete(values, field.Key)
			return values
		}
	}
	return values
}

// plausible are values of all kinds; a field takes the first that it accepts.
var plausible = []string{"見本", "ミホン", "SAMPLE", "03-1234-5678", "105-0013", "2024-04-01", "1234567", "12345678", "JPTYO", "MIHO", "NRT", "1A"}

// valueOf is a value that the field accepts as it stands. It panics if there is none, which is a catalogue
// that this package does not know how to fill.
func valueOf(field catalogue.Field, area int) string {
	candidates := slices.Concat(field.Choices(), plausible)
	switch field.Type {
	case catalogue.TypeBondedArea:
		candidates = []string{fmt.Sprintf("1AW%02d", area)}
	case "corporate-number":
		for first := 1; first <= 9; first++ {
			candidates = append(candidates, fmt.Sprintf("%d%012d", first, 104010123456))
		}
	}
	for _, candidate := range candidates {
		if value, wrong := field.Check(candidate); wrong == nil && value == candidate {
			return candidate
		}
	}
	panic(fmt.Sprintf("no sample value for the field %s of tab %s", field.Key, field.Tab))
}

// CompleteSettings fills every tab of a document.
func CompleteSettings(cat *catalogue.Catalogue, doc application.Document) application.Settings {
	s := application.Settings{}
	for _, t := range application.Tabs(doc, cat) {
		if s[t.Placeholder] == nil {
			s[t.Placeholder] = map[string]map[string]string{}
		}
		s[t.Placeholder][t.Tab] = maps.Clone(CompleteTab(cat, t.Tab, t.Placeholder))
	}
	return s
}
