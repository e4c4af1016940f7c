package kit

func OrNone(text string) string {
	if text == "" {
		return None
	}
	return text
}

func (s *Kit) TradeNames(keys []string) []string {
	names := make([]string, len(keys))
	for i, key := range keys {
		names[i] = s.TradeWords([]string{key})
	}
	return names
}
