package profile

import (
	"strings"

	"nameplate/internal/form"
)

// pictureKind is a picture, which travels as a file. Its text is the token of a picture that waits, or a picture's name.
func pictureKind() Kind {
	return Kind{Name: "picture", Input: "file", parse: func(a Attribute, text string) (string, error) {
		const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
		if len(text) < 16 || len(text) > 128 || strings.Trim(text, letters) != "" {
			return "", form.Message("Choose the picture again: the one that was sent is gone.")
		}
		return text, nil
	}}
}
