package application

import "uketsuke/internal/calendar"

// A Word is an argument of a sentence that has a name in each language, such as a trade or a day. A
// sentence printed without a language says it in Japanese.
type Word struct{ ja, en string }

// Japanese is the word in Japanese.
func (w Word) Japanese() string { return w.ja }

// English is the word in English, the Japanese one where there is none.
func (w Word) English() string {
	if w.en == "" {
		return w.ja
	}
	return w.en
}

func (w Word) String() string { return w.ja }

// MarshalText writes the Japanese word.
func (w Word) MarshalText() ([]byte, error) { return []byte(w.ja), nil }

func dayWord(d calendar.Date) Word { return Word{d.Japanese(), d.English()} }
