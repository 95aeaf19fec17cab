package profile

import "slices"

// Kind is a type of value: how it is read, and which HTML input asks for it.
type Kind struct {
	Name  string // the word in profile.toml: text, url, picture
	Input string // the type of its HTML input

	max          int    // most characters where profile.toml sets no max, and the most that it may set; 0 for no max at all
	autocomplete string // the HTML autocomplete token where profile.toml sets none

	// parse reads what was typed, which is not empty, and returns what is stored. Its error is a form.Message.
	parse func(a Attribute, text string) (string, error)
}

// kinds are the kinds that profile.toml can declare. Each is a file of its own.
func kinds() []Kind { return []Kind{textKind(), urlKind(), pictureKind()} }

func kindNamed(name string) (Kind, bool) {
	all := kinds()
	i := slices.IndexFunc(all, func(k Kind) bool { return k.Name == name })
	if i < 0 {
		return Kind{}, false
	}
	return all[i], true
}
