package kit

import (
	"uketsuke/internal/calendar"
)

// closing is the instant up to which a registration counts for a base day (R-APP-11).
func closing(base calendar.Date) Sentence { return Say("%s 17:00", base) }
