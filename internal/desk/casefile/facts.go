package casefile

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sort"
	"strings"
	"time"

	"uketsuke/internal/application"
	"uketsuke/internal/catalogue"
	"uketsuke/internal/desk/command"
	"uketsuke/internal/desk/holding"
	"uketsuke/internal/store"
	"uketsuke/internal/store/query"
	"uketsuke/internal/userid"
)

// SettingsOf are the settings as they stand now: the draft's while a draft, afterwards the latest record
// of each tab (R-SET-2).
func SettingsOf(ctx context.Context, q command.Reader, app query.Application) (application.Settings, error) {
	if app.Round == 0 {
		draft, err := command.DraftOf(app)
		if err != nil {
			return nil, err
		}
		return withStanding(ctx, q, app, draft.Document, draft.Settings)
	}
	records, err := store.Once(ctx, "ListSettingRecords", q.ListSettingRecords, app.ID)
	if err != nil {
		return nil, fmt.Errorf("reading the settings of application %s: %w", app.ID, err)
	}
	settings := application.Settings{}
	for _, r := range records {
		values := map[string]string{}
		if err := json.Unmarshal([]byte(r.Content), &values); err != nil {
			return nil, fmt.Errorf("reading the settings of application %s: %w", app.ID, err)
		}
		SetTab(settings, int(r.Placeholder), r.Tab, values)
	}
	if app.State != string(application.Returned) {
		return settings, nil // registration recorded every tab
	}
	draft, err := command.DraftOf(app)
	if err != nil {
		return nil, err
	}
	return withStanding(ctx, q, app, draft.Document, settings)
}

// SetTab puts the values of one tab of a code's settings in their place.
func SetTab(s application.Settings, placeholder int, tab string, values map[string]string) {
	if s[placeholder] == nil {
		s[placeholder] = map[string]map[string]string{}
	}
	s[placeholder][tab] = values
}

// GroundOf is what the rules need to know of the world for an application of an establishment as of now. The
// calendar and the instant by which the wish is judged are the caller's to add, and who asks.
func GroundOf(ctx context.Context, d *command.Runner, q command.Reader, est query.Establishment, app string, doc application.Document,
	settings application.Settings, now time.Time) (application.Ground, error) {
	ground := application.Ground{Catalogue: d.Catalogue, MaxCodes: d.Operator.MaxCodes}
	var err error
	if ground.FreeCodes, err = freeCodes(ctx, d, q, est); err != nil {
		return ground, err
	}
	named := application.BondedAreas(doc, settings, d.Catalogue)
	if ground.TakenAreas, err = holding.TakenAreas(ctx, q, app, doc, named, now); err != nil {
		return ground, err
	}
	if len(doc.Existing)+len(doc.Reissue) == 0 {
		return ground, nil
	}
	if ground.Holding, err = holding.Held(ctx, d, q, est.ID, now); err != nil {
		return ground, err
	}
	if ground.NumbersUsed, err = holding.NumbersUsed(ctx, q, est.ID, doc); err != nil {
		return ground, err
	}
	ground.TouchedBy, err = holding.TouchedBy(ctx, q, est.ID, app, now)
	return ground, err
}

// freeCodes counts the user codes that are still free under the company's abbreviations in the region
// (R-ID-7).
func freeCodes(ctx context.Context, d *command.Runner, q command.Reader, est query.Establishment) (int, error) {
	candidates, err := freeCandidates(ctx, d, q, est)
	return len(candidates), err
}

// freeCandidates lists the free codes in the order in which they are proposed: abbreviation by
// abbreviation, the lowest office code first.
func freeCandidates(ctx context.Context, d *command.Runner, q command.Reader, est query.Establishment) ([]userid.Code, error) {
	abbreviations, err := store.Once(ctx, "ListAbbreviations", q.ListAbbreviations, est.Company)
	if err != nil {
		return nil, fmt.Errorf("reading the company's abbreviations: %w", err)
	}
	var free []userid.Code
	for _, abbreviation := range abbreviations {
		used, err := store.Once(ctx, "CodesUnder", q.CodesUnder, abbreviation)
		if err != nil {
			return nil, fmt.Errorf("reading the codes under %s: %w", abbreviation, err)
		}
		for ordinal := range userid.OfficesPerRegion {
			code, err := CodeAt(est.Region, ordinal, abbreviation)
			if err != nil {
				return nil, err
			}
			if !slices.Contains(used, string(code)) && !userid.Reserved(code) {
				free = append(free, code)
			}
		}
	}
	return free, nil
}

// CodeAt is the code that an abbreviation has at an office of a region, counted from 0 (R-ID-7). It wraps userid.ErrExhausted.
func CodeAt(region string, ordinal int, abbreviation string) (userid.Code, error) {
	office, err := userid.OfficeAt(region, ordinal)
	if err != nil {
		return "", fmt.Errorf("proposing an office code: %w", err)
	}
	code, err := userid.NewCode(office, abbreviation)
	if err != nil {
		return "", fmt.Errorf("proposing a user code: %w", err)
	}
	return code, nil
}

// SearchKey is what an application can be found by: company and establishment, receipt number, contact,
// the codes and IDs that it touches and, once issued, those that it brought.
func SearchKey(a *command.Tx, est query.Establishment, doc application.Document) (string, error) {
	words := []string{est.Search, string(a.App.Receipt), doc.Contact.Name, doc.Contact.Kana, doc.Contact.Email, doc.Contact.Phone}
	ids, err := a.Store.ListIDsOf(a.Ctx, a.App.ID)
	if err != nil {
		return "", fmt.Errorf("reading the IDs of application %s: %w", a.App.ID, err)
	}
	for _, id := range ids {
		words = append(words, id.ID)
	}
	words = append(words, touchedWords(doc)...)
	keys := make([]string, len(words))
	for i, word := range words {
		keys[i] = catalogue.SearchKey(word)
	}
	return strings.Join(keys, " "), nil
}

// touchedWords are the existing codes that a document is about, with the IDs of which it says something.
func touchedWords(doc application.Document) []string {
	var words []string
	for _, item := range doc.Existing {
		words = append(words, string(item.Code))
		for _, id := range item.Before.IDs {
			changed := slices.ContainsFunc(item.IDs, func(c application.IDChange) bool { return c.ID == id.ID })
			if item.Delete || changed || slices.Contains(item.Remove, id.ID) {
				words = append(words, string(id.ID))
			}
		}
	}
	for _, id := range doc.Reissue {
		words = append(words, string(id))
	}
	return words
}

// sortedCodes are the distinct bonded-area codes of areas in the one order in which they are locked.
func sortedCodes(areas []application.Area) []string {
	seen := map[string]bool{}
	var codes []string
	for _, area := range areas {
		if !seen[area.Code] {
			seen[area.Code] = true
			codes = append(codes, area.Code)
		}
	}
	sort.Strings(codes)
	return codes
}
