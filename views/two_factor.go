package views

import (
	"fmt"
	"net/url"
	"strings"
)

// codePath is the page that asks for a code, or for a recovery code.
func codePath(next string, recovery bool) string {
	query := url.Values{}
	if next != "" {
		query.Set("next", next)
	}
	if recovery {
		query.Set("recovery", "1")
	}
	return "/login/code?" + query.Encode()
}

// next is where logging in goes on to.
func (two TwoFactor) next() string {
	if two.Next == "" {
		return "/settings/account"
	}
	return two.Next
}

// after is where one goes on to from the recovery codes.
func (two TwoFactor) after() string {
	if two.Next == "" {
		return "/settings/two-factor"
	}
	return two.Next
}

func qrBox(size int) string { return fmt.Sprintf("0 0 %d %d", size, size) }

// grouped writes a key in groups of four, as people read it off.
func grouped(key string) string {
	var b strings.Builder
	for i, r := range key {
		if i > 0 && i%4 == 0 {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
	}
	return b.String()
}
