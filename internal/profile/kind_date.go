package profile

import (
	"regexp"
	"strings"
	"time"

	"nameplate/internal/form"
)

// dateKind is a day of the Gregorian calendar, from the year 1 to 9999.
func dateKind() *Kind {
	return &Kind{
		declared: "name = \"birthday\"\nkind = \"date\"\nmax = 2020-12-31\nsee = \"members\"",
		Name:     "date", About: "A day.", Example: "1990-05-31",
		Input: "date", Store: Date, Filter: ByRange, Sortable: true, Keys: []string{"min", "max"}, max: 20,
		declare: declareDate,
		parse:   parseDate,
		sample:  sampleDate,
		show: func(_ Attribute, value string) []Piece {
			day, err := time.Parse(time.DateOnly, value)
			if err != nil {
				return []Piece{{Text: value}}
			}
			return []Piece{{Text: day.Format("2 January 2006"), Time: value}}
		},
	}
}

func declareDate(a *Attribute, d declaration) *mistake {
	for _, bound := range []struct {
		key   string
		value any
		into  *string
	}{{"min", d.min, &a.least}, {"max", d.max, &a.most}} {
		if !d.has(bound.key) {
			continue
		}
		text, ok := scalar(bound.value)
		if day, err := time.Parse(time.DateOnly, text); !ok || err != nil || day.Year() < 1 {
			return &mistake{bound.key, bound.key + " is a day; write " + bound.key + " = 1990-05-31"}
		}
		*bound.into = text
	}
	if a.least != "" && a.most != "" && a.least > a.most {
		return &mistake{"max", "max is before min; exchange the two"}
	}
	return nil
}

// dayFirst is a date in an order that depends on the country: 3.4.1990 may be in March or in April.
var dayFirst = regexp.MustCompile(`^[0-9]{1,2}[-./ ]+[0-9]{1,2}[-./ ]+[0-9]{4}$`)

func parseDate(a Attribute, text string) (string, error) {
	if dayFirst.MatchString(text) {
		return "", form.Message(a.Label + ": write the year first, then the month and the day, such as 1990-05-31.")
	}
	if len(text) > a.Kind.max {
		text = ""
	}
	text = strings.NewReplacer("/", "-", ".", "-").Replace(text)
	day, err := time.Parse("2006-1-2", text)
	if err != nil || day.Year() < 1 {
		return "", form.Message(a.Label + ": enter a day that there is, as year-month-day, such as 1990-05-31.")
	}
	value := day.Format(time.DateOnly)
	switch {
	case a.least != "" && value < a.least:
		return "", form.Message(a.Label + ": enter " + a.least + " or a later day.")
	case a.most != "" && value > a.most:
		return "", form.Message(a.Label + ": enter " + a.most + " or an earlier day.")
	}
	return value, nil
}
