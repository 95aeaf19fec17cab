package admin

import "maps"

// Sorted returns the first page of q sorted by column: ascending, or descending when it is sorted so already.
func (q Query) Sorted(column string) Query {
	q.Desc = q.Sort == column && !q.Desc
	q.Sort = column
	return q.First()
}

// At returns q at the page behind the cursor after, or before the cursor before. One of them is empty.
func (q Query) At(after, before string) Query {
	q.After, q.Before = after, before
	return q
}

// First returns the first page of q.
func (q Query) First() Query { return q.At("", "") }

// Last returns the last page of q.
func (q Query) Last() Query { return q.At("", End) }

// Page is one page of a list.
type Page[T any] struct {
	Rows      []T
	Prev      string // the cursor to give as before; empty on the first page
	Next      string // the cursor to give as after; empty on the last page
	Total     int    // how many rows the list has on all its pages; 10,000 when there are more
	TotalMore bool   // there are more than Total
}

// With returns the first page of q with a filter set, or without it for an empty value.
func (q Query) With(name, value string) Query {
	q = q.First()
	q.Filters = maps.Clone(q.Filters)
	if value == "" {
		delete(q.Filters, name)
		return q
	}
	if q.Filters == nil {
		q.Filters = map[string]string{}
	}
	q.Filters[name] = value
	return q
}

// Counted returns q with every row counted.
func (q Query) Counted() Query {
	q.Exact = true
	return q
}
