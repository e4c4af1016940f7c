package kit

import (
	"uketsuke/internal/charge"
	"uketsuke/internal/problem"
)

// MonthAsked is the month in the address; none is today's.
func MonthAsked(typed string) (charge.Month, problem.List) {
	if typed == "" {
		return charge.Month{}, nil
	}
	month, err := charge.ParseMonth(typed)
	if err != nil {
		return charge.Month{}, problem.List{problem.New("month", "R-CON-5", "対象月を「2024-12」のように入力してください。")}
	}
	return month, nil
}
