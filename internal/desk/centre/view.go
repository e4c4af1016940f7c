package centre

// A ClosedDay names the reason for which a day is no business day (R-CAL-1).
type ClosedDay struct{ ja, en string }

// Japanese is the reason in Japanese, such as 元日.
func (c ClosedDay) Japanese() string { return c.ja }

// English is the reason in English; a closing day keeps the name that the centre gave it.
func (c ClosedDay) English() string { return c.en }
