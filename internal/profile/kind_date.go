package profile

import (
	"strings"
	"time"

	"nameplate/internal/form"
)

// dateKind is a day of the Gregorian calendar, from the year 1 to 9999.
func dateKind() *Kind {
	return &Kind{
		Name: "date", About: "A day.", Example: "1990-05-31",
		Input: "date", Store: Date, Filter: ByRange, Sortable: true, Keys: []string{"min", "max"}, max: 20,
		declare: declareDate,
		parse:   parseDate,
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
		text, _ := scalar(bound.value)
		if _, err := time.Parse(time.DateOnly, text); err != nil {
			return &mistake{bound.key, bound.key + " is a day; write " + bound.key + " = 1990-05-31"}
		}
		*bound.into = text
	}
	if a.least != "" && a.most != "" && a.least > a.most {
		return &mistake{"max", "max is before min; exchange the two"}
	}
	return nil
}

func parseDate(a Attribute, text string) (string, error) {
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
