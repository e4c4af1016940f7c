package kit

// OrNone shows a dash for nothing, so that an empty line is not taken for a fault.
func OrNone(text string) string {
	if text == "" {
		return None
	}
	return text
}

// TradeNames are trades by their full names.
func (s *Kit) TradeNames(keys []string) []string {
	names := make([]string, len(keys))
	for i, key := range keys {
		names[i] = s.TradeWords([]string{key})
	}
	return names
}
