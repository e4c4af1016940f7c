package holding

import (
	"context"
	"errors"
	"fmt"
	"time"

	"uketsuke/internal/application"
	"uketsuke/internal/calendar"
	"uketsuke/internal/desk/command"
	"uketsuke/internal/store"
	"uketsuke/internal/store/column"
	"uketsuke/internal/store/query"
	"uketsuke/internal/userid"
)

// Held are the codes that an establishment holds today (R-APP-8).
func Held(ctx context.Context, d *command.Runner, q command.Reader, establishment string, now time.Time) (map[userid.Code]application.CodeState, error) {
	today, err := ContractOn(ctx, d, q, establishment, calendar.DateOf(now), now)
	if err != nil {
		return nil, err
	}
	holding := map[userid.Code]application.CodeState{}
	for _, code := range today.Codes {
		holding[code.Code] = application.StateOf(code)
	}
	return holding, nil
}

// NumbersUsed counts the numbers that the existing codes of a document ever had.
func NumbersUsed(ctx context.Context, q command.Reader, establishment string, doc application.Document) (map[userid.Code]map[userid.Class]int, error) {
	ids, err := UsedIDs(ctx, q, establishment, doc)
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

// TouchedBy are the receipt numbers of an establishment's open applications other than app, by what they touch
// (R-APP-10): registered and not decided, or approved and not yet in effect.
func TouchedBy(ctx context.Context, q command.Reader, establishment, app string, now time.Time) (map[string]string, error) {
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

// TakenAreas are those of the named bonded areas that stand under another user code (R-APP-9). An area is free
// again when the application that gives it up has taken effect.
func TakenAreas(ctx context.Context, q command.Reader, app string, doc application.Document, named []application.Area, now time.Time) (map[string]bool, error) {
	taken := map[string]bool{}
	for _, area := range named {
		row, err := q.GetArea(ctx, query.GetAreaParams{Code: area.Code, Today: column.On(calendar.DateOf(now))})
		if err = store.Missing(err); errors.Is(err, store.ErrNotFound) {
			continue
		} else if err != nil {
			return nil, fmt.Errorf("reading a bonded area: %w", err)
		}
		if row.Application != app && row.Freed == 0 && !StandsUnder(row.UserCode, doc, area.Placeholder) {
			taken[area.Code] = true
		}
	}
	return taken, nil
}

// StandsUnder says whether an area stands under the existing code that the placeholder means.
func StandsUnder(code string, doc application.Document, placeholder int) bool {
	item, is := doc.ExistingOf(placeholder)
	return is && code != "" && code == string(item.Code)
}
