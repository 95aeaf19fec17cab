package account

import (
	"strings"

	"nameplate/internal/form"
)

// GroupNameMax is the most characters of a group's name, as in Django.
const GroupNameMax = 150

// Group lets its members, who are staff, do what its permissions say.
type Group struct {
	ID          int64
	Name        string
	Permissions []string // sorted
	Members     int      // how many people are in it
	Version     int64    // grows with every change of the group
}

// ParseGroupName returns a group's name as it is kept. The error is a form.Message.
func ParseGroupName(name string) (string, error) {
	name, err := ParseName("Name", strings.Join(strings.Fields(name), " "))
	switch {
	case err != nil:
		return "", err
	case name == "":
		return "", form.Message("Name the group: what its members have in common.")
	}
	return name, nil
}
