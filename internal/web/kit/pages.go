package kit

// A Declared page joins a template, templates/<Name>.html, with the struct it is rendered from.
type Declared struct {
	Name string
	Data any // the zero value of the struct, which embeds Frame
}
