// Package account says what a person is: the user, the rules for names and addresses, and who may do what.
package account

import (
	"strings"
	"time"
)

// User is a person with an account: Django's user, and the values of its one-to-one profile.
type User struct {
	ID          int64
	Username    string // the spelling its owner typed, NFKC-normalised
	Email       string // empty for an imported person without one
	Password    string // the PHC string of an Argon2id hash; empty when no password can log in
	FirstName   string
	LastName    string
	IsActive    bool
	IsStaff     bool
	IsSuperuser bool
	DateJoined  time.Time
	LastLogin   time.Time // zero when never
	Version     int64     // grows with every change of the person or the profile

	// Attributes holds the profile's values as text, by the attribute's name. It is nil for a person without a profile.
	Attributes map[string]string
}

// Value returns the value of one attribute as text, empty when it is not set or there is no profile.
func (u User) Value(attribute string) string { return u.Attributes[attribute] }

// FullName returns the first and the last name, or the username when neither is set.
func (u User) FullName() string {
	if name := strings.TrimSpace(u.FirstName + " " + u.LastName); name != "" {
		return name
	}
	return u.Username
}
