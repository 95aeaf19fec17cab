package profile

import (
	"path"
	"strings"
	"unicode"
	"unicode/utf8"
)

// fileNameMax is the most characters of a file's name, and extensionMax of the part after its last dot.
const (
	fileNameMax  = 100
	extensionMax = 10
)

// fileKind is a document that others can download. Its text is the token of one that waits, or where it is kept and its name.
func fileKind() *Kind {
	return &Kind{
		declared: "name = \"cv\"\nkind = \"file\"\nlabel = \"CV\"\nsee = \"members\"",
		Name:     "file", About: "A document to download: PDF or plain text.", Example: "a PDF or text file",
		Widget: File,
		parse: func(a Attribute, text string) (string, error) {
			return parseToken(text, "Choose the file again: the one that was sent is gone.")
		},
		show: func(_ Attribute, value string) []Piece { return []Piece{{Text: FileName(value)}} },
	}
}

// CleanFileName makes a safe name for a download out of what a browser sent: no folder, and no character that a system or a header
// takes for something else. It keeps the extension, has at most 100 characters, and is never empty.
func CleanFileName(name string) string {
	name = path.Base("/" + strings.ReplaceAll(strings.ToValidUTF8(name, "_"), `\`, "/"))
	name = strings.Map(func(r rune) rune {
		switch {
		case strings.ContainsRune(`/:*?"<>|%;`, r) || r == utf8.RuneError:
			return '_'
		case unicode.IsSpace(r):
			return ' '
		case !unicode.IsGraphic(r) || unicode.In(r, unicode.Bidi_Control, unicode.Other_Default_Ignorable_Code_Point, unicode.Co):
			return -1
		}
		return r
	}, name)
	name = strings.Trim(strings.Join(strings.Fields(name), " "), ". ~-")
	extension := path.Ext(name)
	if utf8.RuneCountInString(extension) > extensionMax+1 {
		extension = ""
	}
	base := []rune(strings.TrimSuffix(name, extension))
	if most := fileNameMax - utf8.RuneCountInString(extension); len(base) > most {
		base = []rune(strings.TrimRight(string(base[:most]), ". "))
	}
	if strings.Trim(string(base), "_ ") == "" {
		return "file" + extension
	}
	return string(base) + extension
}

// Holds says whether a stored upload of this name is of the attribute's kind: a file has a key and its own name, a picture only a key.
func (a Attribute) Holds(name string) bool {
	return a.IsUpload() && strings.Contains(name, "/") == a.IsFile()
}

// FileName returns the name under which a stored file is downloaded. A stored file's value is the key under which it is kept, a
// slash, and this name.
func FileName(value string) string { _, name, _ := strings.Cut(value, "/"); return name }
