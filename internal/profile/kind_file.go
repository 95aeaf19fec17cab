package profile

import (
	"path"
	"strings"
	"unicode"
	"unicode/utf8"
)

// fileNameMax is the most characters of a file's name.
const fileNameMax = 100

// fileKind is a document that others can download. Its text is the token of one that waits, or where it is kept and its name.
func fileKind() *Kind {
	return &Kind{
		Name: "file", About: "A document to download: PDF or plain text.", Example: "a PDF or text file",
		Widget: File,
		parse: func(a Attribute, text string) (string, error) {
			return parseToken(text, "Choose the file again: the one that was sent is gone.")
		},
		show: func(_ Attribute, value string) []Piece { return []Piece{{Text: FileName(value)}} },
	}
}

// CleanFileName makes the name that a browser sends for a file one that is safe to download it under: a name without a path,
// without invisible and special characters, of at most 100 characters, with its ending kept. It is never empty.
func CleanFileName(name string) string {
	name = path.Base(strings.ReplaceAll(strings.ToValidUTF8(name, ""), `\`, "/"))
	name = strings.Map(func(r rune) rune {
		switch {
		case strings.ContainsRune(`/:*?"<>|`, r):
			return '-'
		case r == utf8.RuneError || !unicode.IsGraphic(r) || unicode.In(r, unicode.Cf, unicode.Other_Default_Ignorable_Code_Point):
			return -1
		}
		return r
	}, name)
	name = strings.Trim(name, " .")
	if runes := []rune(name); len(runes) > fileNameMax {
		ending := []rune(path.Ext(name))
		if len(ending) > 10 {
			ending = nil
		}
		name = string(runes[:fileNameMax-len(ending)]) + string(ending)
	}
	if name == "" {
		return "file"
	}
	return name
}

// FileName returns the name under which a stored file is downloaded. A stored file's value is the key under which it is kept, a
// slash, and this name.
func FileName(value string) string { _, name, _ := strings.Cut(value, "/"); return name }
