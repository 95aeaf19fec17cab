package profile

import "strings"

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

// FileName returns the name under which a stored file is downloaded. A stored file's value is the key under which it is kept, a
// slash, and this name.
func FileName(value string) string { _, name, _ := strings.Cut(value, "/"); return name }
