package desk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sort"
	"strings"
	"time"

	"uketsuke/internal/application"
	"uketsuke/internal/calendar"
	"uketsuke/internal/catalogue"
	"uketsuke/internal/store"
	"uketsuke/internal/store/column"
	"uketsuke/internal/store/query"
	"uketsuke/internal/userid"
)

// The facts that rules rest on, loaded the same way for commands and for pages.

func textOf(s string) column.Text { return column.Text(s) }

// draftOf reads the working copy of an application.
func draftOf(app query.Application) (application.Draft, error) {
	var draft application.Draft
	if err := json.Unmarshal([]byte(app.Draft), &draft); err != nil {
		return draft, fmt.Errorf("reading the draft of application %s: %w", app.ID, err)
	}
	return draft, nil
}

// putDraft stores the working copy in the row that the act holds.
func (a *act) putDraft(draft application.Draft) error {
	text, err := json.Marshal(draft)
	if err != nil {
		return fmt.Errorf("writing the draft of application %s: %w", a.app.ID, err)
	}
	a.app.Draft, a.app.DraftBy = string(text), string(a.actor.ID)
	if a.app.State == string(application.InDraft) {
		a.app.TouchedAt, a.app.AnnouncedAt = column.At(a.now), column.Time{}
	}
	return nil
}

// registeredDocument reads the latest registered version, the exact bytes that were digested.
func registeredDocument(ctx context.Context, q reader, app query.Application) (application.Document, query.ApplicationVersion, error) {
	version, err := q.GetVersion(ctx, query.GetVersionParams{Application: app.ID, Round: app.Round})
	if err != nil {
		return application.Document{}, version, fmt.Errorf("reading the registered version of application %s: %w", app.ID, err)
	}
	doc, err := application.Decode([]byte(version.Content))
	if err != nil {
		return doc, version, fmt.Errorf("reading the registered version of application %s: %w", app.ID, err)
	}
	return doc, version, nil
}

// currentDocument is the latest registered document, or the draft's before the first registration.
func currentDocument(ctx context.Context, q reader, app query.Application) (application.Document, error) {
	if app.Round == 0 {
		draft, err := draftOf(app)
		return draft.Document, err
	}
	doc, _, err := registeredDocument(ctx, q, app)
	return doc, err
}

// settingsOf are the settings as they stand now: the draft's while a draft, afterwards the latest record
// of each tab (R-SET-2).
func settingsOf(ctx context.Context, q reader, app query.Application) (application.Settings, error) {
	if app.Round == 0 {
		draft, err := draftOf(app)
		if err != nil {
			return nil, err
		}
		return withStanding(ctx, q, app, draft.Document, draft.Settings)
	}
	records, err := q.ListSettingRecords(ctx, app.ID)
	if err != nil {
		return nil, fmt.Errorf("reading the settings of application %s: %w", app.ID, err)
	}
	settings := application.Settings{}
	for _, r := range records {
		values := map[string]string{}
		if err := json.Unmarshal([]byte(r.Content), &values); err != nil {
			return nil, fmt.Errorf("reading the settings of application %s: %w", app.ID, err)
		}
		setTab(settings, int(r.Placeholder), r.Tab, values)
	}
	if app.State != string(application.Returned) {
		return settings, nil // registration recorded every tab
	}
	draft, err := draftOf(app)
	if err != nil {
		return nil, err
	}
	return withStanding(ctx, q, app, draft.Document, settings)
}

func setTab(s application.Settings, placeholder int, tab string, values map[string]string) {
	if s[placeholder] == nil {
		s[placeholder] = map[string]map[string]string{}
	}
	s[placeholder][tab] = values
}

// groundOf is what the rules need to know of the world for an application of an establishment as of now. The
// calendar and the instant by which the wish is judged are the caller's to add, and who asks.
func (d *Desk) groundOf(ctx context.Context, q reader, est query.Establishment, app string, doc application.Document,
	settings application.Settings, now time.Time) (application.Ground, error) {
	ground := application.Ground{Catalogue: d.Catalogue, MaxCodes: d.Operator.MaxCodes}
	var err error
	if ground.FreeCodes, err = d.freeCodes(ctx, q, est); err != nil {
		return ground, err
	}
	named := application.BondedAreas(doc, settings, d.Catalogue)
	if ground.TakenAreas, err = takenAreas(ctx, q, app, doc, named, now); err != nil {
		return ground, err
	}
	if len(doc.Existing)+len(doc.Reissue) == 0 {
		return ground, nil
	}
	if ground.Holding, err = d.holding(ctx, q, est.ID, now); err != nil {
		return ground, err
	}
	if ground.NumbersUsed, err = numbersUsed(ctx, q, est.ID, doc); err != nil {
		return ground, err
	}
	ground.TouchedBy, err = touchedBy(ctx, q, est.ID, app, now)
	return ground, err
}

// holding are the codes that an establishment holds today (R-APP-8).
func (d *Desk) holding(ctx context.Context, q reader, establishment string, now time.Time) (map[userid.Code]application.CodeState, error) {
	today, err := d.contractOn(ctx, q, establishment, calendar.DateOf(now), now)
	if err != nil {
		return nil, err
	}
	holding := map[userid.Code]application.CodeState{}
	for _, code := range today.Codes {
		holding[code.Code] = application.StateOf(code)
	}
	return holding, nil
}

// numbersUsed counts the numbers that the existing codes of a document ever had.
func numbersUsed(ctx context.Context, q reader, establishment string, doc application.Document) (map[userid.Code]map[userid.Class]int, error) {
	ids, err := usedIDs(ctx, q, establishment, doc)
	if err != nil {
		return nil, err
	}
	used := map[userid.Code]map[userid.Class]int{}
	for id := range ids {
		code := id.Code()
		if used[code] == nil {
			used[code] = map[userid.Class]int{}
		}
		used[code][id.Number().Class()]++
	}
	return used, nil
}

// touchedBy are the receipt numbers of an establishment's open applications other than app, by what they touch
// (R-APP-10): registered and not decided, or approved and not yet in effect.
func touchedBy(ctx context.Context, q reader, establishment, app string, now time.Time) (map[string]string, error) {
	rows, err := q.OpenTouches(ctx, query.OpenTouchesParams{Establishment: establishment, Application: app,
		Today: column.On(calendar.DateOf(now))})
	if err != nil {
		return nil, fmt.Errorf("reading what open applications touch: %w", err)
	}
	touched := map[string]string{}
	for _, row := range rows {
		touched[row.Subject] = string(row.Receipt)
	}
	return touched, nil
}

// takenAreas are those of the named bonded areas that stand under another user code (R-APP-9). An area is free
// again when the application that gives it up has taken effect.
func takenAreas(ctx context.Context, q reader, app string, doc application.Document, named []application.Area, now time.Time) (map[string]bool, error) {
	taken := map[string]bool{}
	for _, area := range named {
		row, err := q.GetArea(ctx, query.GetAreaParams{Code: area.Code, Today: column.On(calendar.DateOf(now))})
		if err = store.Missing(err); errors.Is(err, store.ErrNotFound) {
			continue
		} else if err != nil {
			return nil, fmt.Errorf("reading a bonded area: %w", err)
		}
		if row.Application != app && row.Freed == 0 && !standsUnder(row.UserCode, doc, area.Placeholder) {
			taken[area.Code] = true
		}
	}
	return taken, nil
}

// standsUnder says whether an area stands under the existing code that the placeholder means.
func standsUnder(code string, doc application.Document, placeholder int) bool {
	item, is := doc.ExistingOf(placeholder)
	return is && code != "" && code == string(item.Code)
}

// freeCodes counts the user codes that are still free under the company's abbreviations in the region
// (R-ID-7).
func (d *Desk) freeCodes(ctx context.Context, q reader, est query.Establishment) (int, error) {
	candidates, err := d.freeCandidates(ctx, q, est)
	return len(candidates), err
}

// freeCandidates lists the free codes in the order in which they are proposed: abbreviation by
// abbreviation, the lowest office code first.
func (d *Desk) freeCandidates(ctx context.Context, q reader, est query.Establishment) ([]userid.Code, error) {
	abbreviations, err := q.ListAbbreviations(ctx, est.Company)
	if err != nil {
		return nil, fmt.Errorf("reading the company's abbreviations: %w", err)
	}
	var free []userid.Code
	for _, abbreviation := range abbreviations {
		used, err := q.CodesUnder(ctx, abbreviation)
		if err != nil {
			return nil, fmt.Errorf("reading the codes under %s: %w", abbreviation, err)
		}
		for ordinal := range userid.OfficesPerRegion {
			code, err := codeAt(est.Region, ordinal, abbreviation)
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

func codeAt(region string, ordinal int, abbreviation string) (userid.Code, error) {
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

// establishmentOf is an establishment with its terms of a day.
func establishmentOf(ctx context.Context, q reader, id string, on calendar.Date) (Establishment, error) {
	row, err := q.GetEstablishment(ctx, id)
	if err = store.Missing(err); errors.Is(err, store.ErrNotFound) {
		return Establishment{}, ErrNotFound
	} else if err != nil {
		return Establishment{}, fmt.Errorf("reading establishment %s: %w", id, err)
	}
	company, err := q.GetCompany(ctx, row.Company)
	if err != nil {
		return Establishment{}, fmt.Errorf("reading company %s: %w", row.Company, err)
	}
	abbreviations, err := q.ListAbbreviations(ctx, row.Company)
	if err != nil {
		return Establishment{}, fmt.Errorf("reading the abbreviations of %s: %w", row.Company, err)
	}
	terms, err := q.ListEstablishmentTerms(ctx, id)
	if err != nil {
		return Establishment{}, fmt.Errorf("reading the terms of establishment %s: %w", id, err)
	}
	e := Establishment{ID: id, Company: company.Name, CompanyKana: company.NameKana, Region: row.Region, Abbreviations: abbreviations}
	for _, t := range terms {
		holds := !t.ValidFrom.After(on) && (t.ValidTo.IsZero() || on.Before(t.ValidTo.Date)) && t.RevokedAt.IsZero()
		if holds || e.Name == "" {
			e.Name, e.NameKana, e.PostalCode, e.Address = t.Name, t.NameKana, t.PostalCode, t.Address
			e.Phone, e.Fax, e.EmergencyFax = t.Phone, t.Fax, t.EmergencyFax
			e.SignatoryPosition, e.SignatoryName = t.SignatoryPosition, t.SignatoryName
		}
	}
	return e, nil
}

// searchKey is what an application can be found by: company and establishment, receipt number, contact,
// the codes and IDs that it touches and, once issued, those that it brought (S10).
func (a *act) searchKey(est query.Establishment, doc application.Document) (string, error) {
	words := []string{est.Search, string(a.app.Receipt), doc.Contact.Name, doc.Contact.Kana, doc.Contact.Email, doc.Contact.Phone}
	ids, err := a.tx.ListIDsOf(a.ctx, a.app.ID)
	if err != nil {
		return "", fmt.Errorf("reading the IDs of application %s: %w", a.app.ID, err)
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

func versionKey(id string, round int) query.GetVersionParams {
	return query.GetVersionParams{Application: id, Round: int64(round)}
}
