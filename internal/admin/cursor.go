package admin

import (
	"encoding/base64"
	"strconv"
	"strings"
	"unicode/utf8"
)

// badCursor is what a cursor that nobody was given is answered with.
const badCursor = BadQuery("This page of the list can't be found. Go to the first page.")

// EncodeCursor returns the place in a list of the row that has this value in the sorted column, and this id.
func EncodeCursor(value string, id int64) string {
	return base64.RawURLEncoding.EncodeToString([]byte(strconv.FormatInt(id, 10) + " " + value))
}

// DecodeCursor is the inverse of EncodeCursor. Anything else is a BadQuery.
func DecodeCursor(s string) (value string, id int64, err error) {
	text, err := base64.RawURLEncoding.Strict().DecodeString(s)
	if err != nil {
		return "", 0, badCursor
	}
	number, value, ok := strings.Cut(string(text), " ")
	if !ok || !utf8.ValidString(value) || strings.ContainsRune(value, 0) {
		return "", 0, badCursor
	}
	id, err = strconv.ParseInt(number, 10, 64)
	if err != nil {
		return "", 0, badCursor
	}
	return value, id, nil
}
