package profile

// Kind is a type of value: how it is read, and which HTML input asks for it.
type Kind struct {
	Name  string // the word in profile.toml: text, url, picture
	Input string // the type of its HTML input

	parse func(a Attribute, text string) (string, error)
}
