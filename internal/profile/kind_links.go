package profile

import (
	"fmt"
	"slices"
	"strings"

	"nameplate/internal/account"
	"nameplate/internal/form"
)

const (
	linksMost    = 20
	linksDefault = 5
	linkLabelMax = 100 // characters
)

// linksKind is a list of links with labels. Each is a line: the address, and after a space the label.
func linksKind() *Kind {
	return &Kind{
		declared: "name = \"elsewhere\"\nkind = \"links\"\nmax = 5",
		Name:     "links", About: "A list of links, each with a label.", Example: "https://example.org/code Code",
		Widget: Links, Store: List, Keys: []string{"max", "search"}, property: "u-url",
		declare: func(a *Attribute, d declaration) *mistake {
			bad := a.setCount(d, linksMost)
			if !d.has("max") {
				a.count = linksDefault
			}
			return bad
		},
		join:   joinLinks,
		parse:  parseLinks,
		sample: sampleLinks,
		show: func(_ Attribute, value string) []Piece {
			var pieces []Piece
			for _, link := range LinksOf(value) {
				text := link.Label
				if text == "" {
					text = linkText(link.Address)
				}
				pieces = append(pieces, Piece{Text: text, Href: link.Address})
			}
			return pieces
		},
		json: func(_ Attribute, value string) any { return LinksOf(value) },
	}
}

// Link is one of a list of links.
type Link struct {
	Address string `json:"url"`
	Label   string `json:"label"`
}

// LinksOf takes the text of links apart, also as somebody typed it.
func LinksOf(text string) []Link {
	var links []Link
	for _, line := range lines(text) {
		address, label, tab := strings.Cut(line, "\t")
		if !tab {
			address, label = cutLink(strings.TrimSpace(line))
		}
		links = append(links, Link{strings.TrimSpace(address), strings.TrimSpace(label)})
	}
	return links
}

// cutLink takes an address and a label apart, also where somebody has typed the label first.
func cutLink(line string) (address, label string) {
	isAddress := func(word string) bool {
		word = strings.ToLower(word)
		return strings.HasPrefix(word, "http://") || strings.HasPrefix(word, "https://")
	}
	address, label, _ = strings.Cut(line, " ")
	if last := strings.LastIndex(line, " "); last >= 0 && !isAddress(address) && isAddress(line[last+1:]) {
		return line[last+1:], strings.TrimRight(line[:last], " :")
	}
	return address, label
}

// joinLinks makes a line of each address and its label. A tab keeps apart what a space may be in.
func joinLinks(a Attribute, values func(string) []string) string {
	addresses, labels := values(a.Name), values(a.LabelField())
	if len(labels) == 0 {
		return strings.Join(addresses, "\n")
	}
	flat := strings.NewReplacer("\t", " ", "\n", " ", "\r", " ")
	var all []string
	for i, address := range addresses {
		label := ""
		if i < len(labels) {
			label = strings.TrimSpace(flat.Replace(labels[i]))
		}
		if address = strings.TrimSpace(flat.Replace(address)); address != "" || label != "" {
			all = append(all, address+"\t"+label)
		}
	}
	return strings.Join(all, "\n")
}

func parseLinks(a Attribute, text string) (string, error) {
	links := LinksOf(strings.ReplaceAll(text, "\r", "\n"))
	links = slices.DeleteFunc(links, func(l Link) bool { return l == Link{} })
	if len(links) > a.count {
		return "", form.Message(fmt.Sprintf("%s: enter %d links at the most, these are %d.", a.Label, a.count, len(links)))
	}
	var all []string
	seen := map[string]int{}
	for i, link := range links {
		if link.Address == "" {
			return "", form.Message(fmt.Sprintf("Link %d: enter the address too, such as https://example.org/me.", i+1))
		}
		address, err := parseURL(Attribute{Label: a.Label, Max: urlMax}, link.Address)
		if err != nil {
			return "", form.Message(fmt.Sprintf("Link %d: %s", i+1, err))
		}
		if seen[address] > 0 {
			return "", form.Message(fmt.Sprintf("Link %d: it is the same as link %d; leave one out.", i+1, seen[address]))
		}
		seen[address] = i + 1
		label, err := account.ParseText(fmt.Sprintf("Label %d", i+1), link.Label, linkLabelMax)
		if err != nil {
			return "", err
		}
		all = append(all, strings.TrimSpace(address+" "+label))
	}
	return strings.Join(all, "\n"), nil
}
