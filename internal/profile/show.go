package profile

import (
	"net/url"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// linkText is an address as people say it: without its scheme, and without a slash that says nothing.
func linkText(value string) string {
	_, rest, ok := strings.Cut(value, "://")
	if !ok {
		return value
	}
	host, path, _ := strings.Cut(rest, "/")
	if path == "" {
		return host
	}
	return host + "/" + escaped.ReplaceAllStringFunc(path, readable)
}

// escaped is a run of escaped bytes outside of ASCII. What is escaped within ASCII means something else when it is not.
var escaped = regexp.MustCompile(`(?:%[89A-Fa-f][0-9A-Fa-f])+`)

// readable is the letters that a run of escaped bytes stands for. It stays as it is where one of them can't be seen, or
// is no text at all.
func readable(run string) string {
	text, err := url.PathUnescape(run)
	if err != nil || !utf8.ValidString(text) {
		return run
	}
	for _, r := range text {
		if !unicode.In(r, unicode.L, unicode.M, unicode.N) || unicode.Is(unicode.Other_Default_Ignorable_Code_Point, r) {
			return run
		}
	}
	return text
}
