// Package form holds what is wrong with a form that somebody sent.
package form

import (
	"maps"
	"slices"
	"strings"
)

// Message is an error that is written for the person who filled in a field. It says what to do.
type Message string

// Error returns the message itself.
func (m Message) Error() string { return string(m) }

// Errors holds one message per field, by the field's name.
type Errors map[string]string

// Error joins the messages, ordered by field, for logs and the command line.
func (e Errors) Error() string {
	lines := make([]string, 0, len(e))
	for _, field := range slices.Sorted(maps.Keys(e)) {
		lines = append(lines, field+": "+e[field])
	}
	return strings.Join(lines, "; ")
}

// Add notes the message of err beside field. The first message of a field stays; a nil err adds nothing.
func (e Errors) Add(field string, err error) {
	if _, ok := e[field]; err != nil && !ok {
		e[field] = err.Error()
	}
}

// Err returns e as an error, or nil when there is nothing wrong.
func (e Errors) Err() error {
	if len(e) == 0 {
		return nil
	}
	return e
}
