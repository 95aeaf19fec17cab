package profile

import (
	"fmt"
	"slices"
	"strings"

	"nameplate/internal/account"
	"nameplate/internal/form"
)

const (
	choicesMost = 500 // of one attribute
	choiceMax   = 100 // characters of one
)

// OtherOption is the value of the option that stands for something else, which is written beside it.
const OtherOption = "+other"

// choiceKind is one of the choices that profile.toml lists, and with other = true anything else.
func choiceKind() *Kind {
	return &Kind{
		declared: "name = \"pronouns\"\nkind = \"choice\"\nchoices = [\"she/her\", \"he/him\", \"they/them\"]\nother = true",
		Name:     "choice", About: "One of the choices that are listed, and with other = true something else as well.", Example: "they/them",
		Widget: Select, Filter: ByOption, Sortable: true, Keys: []string{"choices", "other", "search"}, max: choiceMax,
		declare: declareChoices,
		options: chosen,
		sample:  sampleOption,
		join: func(a Attribute, values func(string) []string) string {
			text := first(values(a.Name))
			if other := first(values(a.OtherField())); a.Other && other != "" && (text == "" || text == OtherOption) {
				return other
			}
			return text
		},
		parse: func(a Attribute, text string) (string, error) {
			if option, ok := oneOf(chosen(a), text); ok {
				return option.Value, nil
			}
			switch {
			case a.Other && text == OtherOption:
				return "", form.Message(a.Label + ": write what it is below \"Something else\", or choose another.")
			case a.Other:
				return parseOther(a, text)
			}
			return "", form.Message(a.Label + ": choose one of those that are listed.")
		},
	}
}

// parseOther reads something else than the choices. In the form in which texts are kept it may turn out to be one of them.
func parseOther(a Attribute, text string) (string, error) {
	text, err := account.ParseText(a.Label, text, choiceMax)
	if err != nil {
		return "", err
	}
	if option, ok := oneOf(chosen(a), text); ok {
		return option.Value, nil
	}
	return text, nil
}

func first(values []string) string {
	if len(values) == 0 {
		return ""
	}
	return values[0]
}

func chosen(a Attribute) []Option {
	options := make([]Option, len(a.choices))
	for i, choice := range a.choices {
		options[i] = Option{choice, choice}
	}
	return options
}

func declareChoices(a *Attribute, d declaration) *mistake {
	if len(d.choices) == 0 {
		return &mistake{"choices", "'" + a.Name + "' has nothing to choose from; write choices = [\"one\", \"another\"]"}
	}
	if len(d.choices) > choicesMost {
		return &mistake{"choices", fmt.Sprintf("there are %d choices; %d are the most", len(d.choices), choicesMost)}
	}
	for i, choice := range d.choices {
		plain, err := account.ParseText("choices", choice, choiceMax)
		if err != nil {
			return &mistake{"choices", "a choice can't be kept: " + err.Error()}
		}
		switch {
		case plain == "":
			return &mistake{"choices", "a choice is empty; leave it out: nothing can be chosen anyway where required is not set"}
		case plain == OtherOption:
			return &mistake{"choices", "a choice can't be '" + OtherOption + "'; write other = true for something else"}
		case slices.ContainsFunc(d.choices[:i], func(c string) bool { return strings.EqualFold(c, plain) }):
			return &mistake{"choices", "the choice '" + plain + "' is there twice; leave one out"}
		}
		d.choices[i] = plain
	}
	a.choices = d.choices
	return nil
}
