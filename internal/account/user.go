// Package account says what a person is: the user, the rules for names and addresses, and who may do what.
package account

import (
	"maps"
	"strings"
	"time"
)

// User is a person with an account: Django's user, and the values of its one-to-one profile.
type User struct {
	ID          int64
	Username    string // the spelling its owner typed, NFKC-normalised
	Email       string // empty for an imported person without one, and for who has registered and not proven it yet
	NewEmail    string // the address that becomes Email once it is proven; empty for none
	Password    string // the PHC string of an Argon2id hash; empty when no password can log in
	FirstName   string
	LastName    string
	IsActive    bool
	IsStaff     bool
	IsSuperuser bool

	PasswordExpired bool // has to choose another password before going on

	AwaitsApproval bool // has registered, and is not active before an admin says so

	AvatarPublic bool // has agreed that other programs show their picture to whoever knows their address

	DateJoined time.Time
	LastLogin  time.Time // zero when never

	EmailVerified time.Time // when Email was proven; zero when never

	Version int64 // grows with every change of the person or the profile

	Viewed bool // it is not they who look at the site, but a superuser as them: what only they see stays hidden

	// What staff may do. These are nil for a person who was read without them.
	Groups           []string // the names of the groups that the person is in, sorted
	Permissions      []string // what the person may do besides what the groups let them, sorted
	GroupPermissions []string // what the groups let them

	// Attributes holds the profile's values as text, by the attribute's name. It is nil for a person without a profile.
	Attributes map[string]string
}

// Value returns one value as text by its field's name: a text field of the user, or an attribute of the profile. It is empty
// when the value is not set, there is no profile, or no such field.
func (u User) Value(field string) string {
	if text := u.text(field); text != nil {
		return *text
	}
	return u.Attributes[field]
}

// Set changes one value by its field's name: a text field of the user, or an attribute of the profile.
func (u *User) Set(field, value string) {
	if text := u.text(field); text != nil {
		*text = value
		return
	}
	attributes := make(map[string]string, len(u.Attributes)+1) // a copy: users are passed by value
	maps.Copy(attributes, u.Attributes)
	attributes[field] = value
	u.Attributes = attributes
}

// text returns where the text field of this name is kept, nil for any other.
func (u *User) text(field string) *string {
	switch field {
	case "username":
		return &u.Username
	case "email":
		return &u.Email
	case "first_name":
		return &u.FirstName
	case "last_name":
		return &u.LastName
	}
	return nil
}

// Unproven says whether somebody has registered and not yet proven the address: nobody else sees them, and they can't log in.
func (u User) Unproven() bool { return u.Email == "" && u.NewEmail != "" && u.LastLogin.IsZero() }

// IsSeen says whether others may see the person: active, and not still to be proven.
func (u User) IsSeen() bool { return u.IsActive && !u.Unproven() }

// FullName returns the first and the last name, or the username when neither is set.
func (u User) FullName() string {
	if name := strings.TrimSpace(u.FirstName + " " + u.LastName); name != "" {
		return name
	}
	return u.Username
}
