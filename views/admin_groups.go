package views

import (
	"strings"

	"nameplate/internal/account"
	"nameplate/internal/profile"
)

// mayGrant says whether the one who asks holds all that a group lets its members do.
func (page Page) mayGrant(g account.Group) bool {
	return page.Me != nil && account.MayGrant(*page.Me, g.Permissions)
}

// maySaveGroup says whether the one who asks may add this group, or change it.
func (page Page) maySaveGroup(g account.Group) bool {
	verb := account.Change
	if g.ID == 0 {
		verb = account.Add
	}
	return page.may(verb, account.Groups) && page.mayGrant(g)
}

func (g GroupEdit) fields() []Field {
	return []Field{{
		Attribute: profile.Attribute{Kind: profile.Control("text"), Name: "name", Label: "Name", Autocomplete: "off", Required: true, Max: account.GroupNameMax},
		Value:     g.Group.Name, Error: g.Errors["name"],
	}}
}

// permitted is what can be permitted on one resource.
type permitted struct {
	name, label string
	permissions []string
}

// permissionGroups are the permissions that the one who asks may give, by resource.
func permissionGroups(page Page) []permitted {
	labels := map[string]string{account.Users: "People", account.Groups: "Groups", account.Invitations: "Invitations",
		account.Sessions: "Sessions", account.Mail: "Mail", account.History: "History"}
	var list []permitted
	for _, permission := range account.Permissions() {
		if page.Me == nil || !account.MayGrant(*page.Me, []string{permission}) {
			continue
		}
		resource, _, _ := strings.Cut(permission, ".")
		if len(list) == 0 || list[len(list)-1].label != labels[resource] {
			list = append(list, permitted{name: resource, label: labels[resource]})
		}
		last := &list[len(list)-1]
		last.permissions = append(last.permissions, permission)
	}
	return list
}
