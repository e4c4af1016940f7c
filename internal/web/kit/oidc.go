package kit

import (
	"time"
)

// A ProviderChoice is a provider on the login page and on one's own.
type ProviderChoice struct {
	Key, Name      string
	Linked         bool
	LinkedAt, Used time.Time
}

// Choices are the providers as the reader's language calls them.
func (v *Request) Choices() []ProviderChoice {
	var choices []ProviderChoice
	for _, c := range v.Kit.Identities.All() {
		name := c.Name
		if v.Lang == English {
			name = c.NameEN
		}
		choices = append(choices, ProviderChoice{Key: c.Key, Name: name})
	}
	return choices
}
