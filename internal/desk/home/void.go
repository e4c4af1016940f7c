package home

import (
	"context"
	"fmt"

	"uketsuke/internal/calendar"
	"uketsuke/internal/desk/command"
	"uketsuke/internal/desk/filing"
	"uketsuke/internal/store/column"
	"uketsuke/internal/store/query"
)

// voidTodo are the approvals that the settings deadline has ended lately and that nobody has begun anew.
func voidTodo(ctx context.Context, q command.Reader, establishment string, today calendar.Date) ([]Todo, error) {
	apps, err := q.VoidByDeadline(ctx, query.VoidByDeadlineParams{Establishment: establishment, Today: column.On(today),
		Since: column.On(today.AddDays(-filing.RemakeDays))})
	if err != nil {
		return nil, fmt.Errorf("reading the void applications: %w", err)
	}
	var todo []Todo
	for _, app := range apps {
		todo = append(todo, Todo{Kind: TodoVoid, Application: app.ID, Receipt: string(app.Receipt), Items: app.Items, Day: app.SettingsDeadline.Date})
	}
	return todo, nil
}
