package home

import (
	"context"
	"fmt"
	"time"

	"uketsuke/internal/application"
	"uketsuke/internal/calendar"
	"uketsuke/internal/desk/command"
	"uketsuke/internal/desk/files"
	"uketsuke/internal/store/column"
	"uketsuke/internal/store/query"
)

// setupTodo is what is left of the U業務 of the applications that have just come into effect.
func (d *Desk) setupTodo(ctx context.Context, q command.Reader, cal *calendar.Calendar, establishment string, now time.Time) ([]Todo, error) {
	today := calendar.DateOf(now)
	apps, err := q.StartedApplications(ctx, query.StartedApplicationsParams{Establishment: establishment,
		Since: column.On(cal.AddBusinessDays(today, -files.SetupDays)), Today: column.On(today), Most: 50})
	if err != nil {
		return nil, fmt.Errorf("reading the started applications: %w", err)
	}
	var todo []Todo
	for _, app := range apps {
		if command.StandingOf(app).StateAt(now) != application.InEffect {
			continue
		}
		list, err := files.SetupOf(ctx, d.Runner, q, app.ID, establishment, app.StartDate.Date, now)
		if err != nil {
			return nil, err
		}
		one := Todo{Kind: TodoSetup, Application: app.ID, Receipt: string(app.Receipt), Items: app.Items, Day: cal.AddBusinessDays(app.StartDate.Date, files.SetupDays)}
		for _, id := range list {
			one.Done, one.All = one.Done+id.Done, one.All+len(id.Steps)
		}
		if one.Done < one.All {
			todo = append(todo, one)
		}
	}
	return todo, nil
}
