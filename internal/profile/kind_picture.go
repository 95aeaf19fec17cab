package profile

import (
	"strings"

	"nameplate/internal/form"
)

// pictureKind is a picture, which travels as a file. Its text is the token of a picture that waits, or a picture's name.
func pictureKind() *Kind {
	return &Kind{
		declared: "name = \"profile_pic\"\nkind = \"picture\"\nlabel = \"Picture\"\nregister = true",
		Name:     "picture", About: "A photograph or a drawing, of which a square is shown.", Example: "a JPEG, PNG, GIF or WebP file",
		Widget: Picture, property: "u-photo", Keys: []string{"default"}, declare: declarePicture,
		parse: func(a Attribute, text string) (string, error) {
			return parseToken(text, "Choose the picture again: the one that was sent is gone.")
		},
		show: func(Attribute, string) []Piece { return []Piece{{Text: "a picture"}} },
	}
}

// declarePicture reads what is shown of somebody who has no picture.
func declarePicture(a *Attribute, d declaration) *mistake {
	switch word, _ := d.standard.(string); {
	case !d.has("default") || word == "initials":
	case word == "pattern":
		a.DefaultPattern = true
	default:
		return &mistake{"default", pictureDefault(keyNamed("default")).right()}
	}
	return nil
}

// pictureDefault is what default is for a picture.
func pictureDefault(k key) key {
	k.sort, k.example, k.without = "initials or pattern, in quotes", `"pattern"`, "`\"initials\"`"
	k.meaning = "What is shown of who has no picture: their initials, or a pattern that follows from their username. Either is in a colour that does so, too."
	return k
}

// parseToken reads what stands for a file that was sent.
func parseToken(text string, gone form.Message) (string, error) {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	if len(text) < 16 || len(text) > 128 || strings.Trim(text, letters) != "" {
		return "", gone
	}
	return text, nil
}
