package admin

import "strings"

// Count is how many rows there are; with More, there are more than that.
type Count struct {
	N    int
	More bool
}

// Facets are how many rows each option of each filter would leave: by the filter's name in a URL, and the option's value.
type Facets map[string]map[string]Count

// Set notes the count of an option.
func (f Facets) Set(name, value string, count Count) {
	if f[name] == nil {
		f[name] = map[string]Count{}
	}
	f[name][value] = count
}

// Asks says whether a list is narrowed by a field, with any lookup.
func (q Query) Asks(field string) bool {
	for name := range q.Filters {
		if name == field || strings.HasPrefix(name, field+"__") {
			return true
		}
	}
	return false
}

// Without returns q without what is asked of a field.
func (q Query) Without(field string) Query {
	for name := range q.Filters {
		if name == field || strings.HasPrefix(name, field+"__") {
			q = q.With(name, "")
		}
	}
	return q
}

// WithFacets returns q with the options of filters counted.
func (q Query) WithFacets() Query {
	q.Facets = true
	return q
}

// NoFacets returns q without.
func (q Query) NoFacets() Query {
	q.Facets = false
	return q
}
