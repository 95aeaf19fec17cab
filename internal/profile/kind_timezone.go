package profile

import (
	_ "embed"
	"strings"
	"sync"
	"time"
	_ "time/tzdata" // a machine without time zones of its own shall know the same ones

	"nameplate/internal/form"
)

// zoneNames are the names in Go's own zoneinfo.zip. Go can load a zone but not list them; TestZonesAreGos writes this file.
//
//go:embed zones.txt
var zoneNames string

// timezoneKind is a time zone, by its name in the IANA database.
func timezoneKind() *Kind {
	return &Kind{
		declared: "name = \"time_zone\"\nkind = \"timezone\"\ndefault = \"Europe/Berlin\"",
		Name:     "timezone", About: "A time zone, chosen from a list and kept as its name in the IANA database.",
		Example: "Europe/Berlin", Widget: Select, Filter: ByOption, Sortable: true, Keys: []string{"search"}, max: 60,
		options: func(Attribute) []Option { return allZones() },
		parse:   parseZone,
		show:    func(_ Attribute, value string) []Piece { return []Piece{{Text: strings.ReplaceAll(value, "_", " ")}} },
		sample:  sampleOption,
	}
}

// allZones is built when it is first asked for.
var allZones = sync.OnceValue(func() []Option {
	var all []Option
	for name := range strings.Lines(zoneNames) {
		name = strings.TrimSpace(name)
		all = append(all, Option{name, strings.ReplaceAll(name, "_", " ")})
	}
	return all
})

// parseZone takes a name of the list that this machine can load too, so that the value can be used.
func parseZone(a Attribute, text string) (string, error) {
	option, ok := oneOf(allZones(), text)
	if ok {
		if _, err := time.LoadLocation(option.Value); err == nil {
			return option.Value, nil
		}
	}
	return "", form.Message(a.Label + ": choose one of those that are listed, such as Europe/Berlin.")
}
