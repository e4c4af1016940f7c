package kit

import (
	"net/url"
	"slices"
	"strings"

	"uketsuke/internal/problem"
)

// A Form is what was typed and what is wrong with it. Its methods put both into the parts, so that
// a page answered with 422 shows everything as it was typed.
type Form struct {
	Values   url.Values
	Problems problem.List
}

// Field fills in value and problems by the field's name.
func (f Form) Field(x Field) Field {
	x.Value, x.Problems = f.Values.Get(x.Name), f.Problems.At(x.Name)
	if x.Rows == 0 || x.Max > 0 {
		x.Value = Echoed(x.Value, x.Max)
	}
	return x
}

// Select fills in the chosen value and problems by the name.
func (f Form) Select(x Select) Select {
	x.Value, x.Problems = f.Values.Get(x.Name), f.Problems.At(x.Name)
	return x
}

// Choices marks the chosen ones and fills in problems by the name.
func (f Form) Choices(x Choices) Choices {
	x.Problems = f.Problems.At(x.Name)
	x.Choices = slices.Clone(x.Choices)
	for i := range x.Choices {
		x.Choices[i].Checked = slices.Contains(f.Values[x.Name], x.Choices[i].Value)
	}
	return x
}

// A Field is one input with its label: part "field". The name is the field's path in problems, and the
// id of the input, so that the summary's links find it.
type Field struct {
	Name     string
	Label    string
	Value    string
	Hint     Sentence
	Problems problem.List
	// Required and Optional show 必須 or 任意; neither shows nothing.
	Required, Optional bool
	// Max is the number of characters the counter shows; the rule decides. Only what is far beyond it is cut off (bounds.go).
	Max int
	// Rows above 0 make it a text area.
	Rows int
	// Type is that of the input, "text" when empty.
	Type         string
	Autocomplete string
	InputMode    string
	// Width is "xs" (3 characters), "s" (8), "m" (16), "l" (32) or "", the whole width.
	Width string
	// Earliest and Latest bound an input of type date, as 2006-01-02.
	Earliest, Latest string
	// Suffix is a unit behind the input, such as 個.
	Suffix string
	// Passkey offers, where scripts run, to answer with a passkey instead.
	Passkey bool
}

// Kind is the input's type attribute.
func (f Field) Kind() string {
	if f.Type == "" {
		return "text"
	}
	return f.Type
}

// DescribedBy lists the ids of hint and problems, for aria-describedby.
func (f Field) DescribedBy() string { return DescribedBy(f.Name, f.Hint, f.Problems) }

// A Select is one choice out of a list that folds: part "select".
type Select struct {
	Name               string
	Label              string
	Value              string
	Hint               Sentence
	Problems           problem.List
	Required, Optional bool
	// Empty is the text of the choice of nothing; "" leaves that choice out.
	Empty   string
	Choices []Choice
}

// DescribedBy lists the ids of hint and problems, for aria-describedby.
func (s Select) DescribedBy() string { return DescribedBy(s.Name, s.Hint, s.Problems) }

// A Choice is one of several.
type Choice struct {
	Value   string
	Label   string
	Hint    Sentence
	Checked bool
	// Refused says why it cannot be chosen now; it is then shown but not offered.
	Refused Sentence
}

// Choices are radio buttons, or check boxes when Many: part "choices". The first possible one carries
// the name as its id, so that the summary's link finds it.
type Choices struct {
	Name               string
	Label              string
	Hint               Sentence
	Problems           problem.List
	Required, Optional bool
	Many               bool
	// Inline puts short choices beside one another.
	Inline  bool
	Choices []Choice
}

// DescribedBy lists the ids of hint and problems, for aria-describedby.
func (c Choices) DescribedBy() string { return DescribedBy(c.Name, c.Hint, c.Problems) }

// Kind is the inputs' type attribute.
func (c Choices) Kind() string {
	if c.Many {
		return "checkbox"
	}
	return "radio"
}

// ID is the id of the input at a place: the name itself for the first that can be chosen.
func (c Choices) ID(place int) string {
	first := slices.IndexFunc(c.Choices, func(x Choice) bool { return x.Refused.Text == "" })
	if place == max(first, 0) {
		return c.Name
	}
	return c.Name + "=" + c.Choices[place].Value
}

// A Tick is a single check box that stands for itself: part "tick".
type Tick struct {
	Name     string
	Label    string
	Value    string // sent when ticked; "yes" when empty
	Checked  bool
	Hint     Sentence
	Problems problem.List
	Required bool
	// Refused says why it cannot be ticked now.
	Refused Sentence
}

// Sent is the value sent when ticked.
func (t Tick) Sent() string {
	if t.Value == "" {
		return "yes"
	}
	return t.Value
}

// DescribedBy lists the ids of hint and problems, for aria-describedby.
func (t Tick) DescribedBy() string { return DescribedBy(t.Name, t.Hint, t.Problems) }

// Tick fills in whether it is ticked and the problems by the name.
func (f Form) Tick(x Tick) Tick {
	x.Checked, x.Problems = f.Values.Get(x.Name) == x.Sent(), f.Problems.At(x.Name)
	return x
}

// DescribedBy are the ids of a field's hint and problems that there are.
func DescribedBy(name string, hint Sentence, problems problem.List) string {
	var ids []string
	if hint.Text != "" {
		ids = append(ids, name+"-hint")
	}
	if len(problems) > 0 {
		ids = append(ids, name+"-problem")
	}
	return strings.Join(ids, " ")
}
