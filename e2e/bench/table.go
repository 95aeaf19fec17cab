package main

import (
	"fmt"
	"io"
	"slices"
	"text/tabwriter"
	"time"
)

// row is one figure beside its limit.
type row struct {
	name, figure, limit, verdict, django string
}

type table []row

// most adds a figure that may be at most limit.
func (t *table) most(name string, figure, limit float64, unit string) {
	t.add(name, figure, "≤ ", limit, unit, figure <= limit)
}

// least adds a figure that has to be at least limit.
func (t *table) least(name string, figure, limit float64, unit string) {
	t.add(name, figure, "≥ ", limit, unit, figure >= limit)
}

// note adds a figure without a limit.
func (t *table) note(name string, figure float64, unit string) {
	*t = append(*t, row{name: name, figure: number(figure) + unit})
}

func (t *table) add(name string, figure float64, sign string, limit float64, unit string, ok bool) {
	verdict := "ok"
	if !ok {
		verdict = "OVER"
	}
	*t = append(*t, row{name: name, figure: number(figure) + unit, limit: sign + number(limit) + unit, verdict: verdict})
}

// django puts what Django's admin takes for the same beside the last figure.
func (t table) django(figure string) { t[len(t)-1].django = figure }

func (t table) print(w io.Writer) {
	columns := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(columns, "figure\tlimit\t\tDjango\t  what\t")
	for _, r := range t {
		fmt.Fprintf(columns, "%s\t%s\t%s\t%s\t  %s\n", r.figure, r.limit, r.verdict, r.django, r.name)
	}
	columns.Flush()
}

// number writes a figure with as many digits as mean something.
func number(f float64) string {
	switch {
	case f >= 100 || f == float64(int(f)):
		return fmt.Sprintf("%.0f", f)
	case f >= 10:
		return fmt.Sprintf("%.1f", f)
	}
	return fmt.Sprintf("%.2f", f)
}

// median returns the middle of some figures.
func median[T int | float64 | time.Duration](all []T) T {
	sorted := slices.Sorted(slices.Values(all))
	return sorted[len(sorted)/2]
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
