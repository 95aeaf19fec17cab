package db

import (
	"strconv"
	"strings"

	"nameplate/internal/account"
)

// stored is a value of a person as the history has it.
func stored(u account.User, field string) string {
	if flag := flagOf(&u, field); flag != nil {
		return strconv.FormatBool(*flag)
	}
	switch field {
	case "groups":
		return strings.Join(u.Groups, "\n")
	case "permissions":
		return strings.Join(u.Permissions, "\n")
	case "email_verified":
		if u.EmailVerified.IsZero() {
			return ""
		}
		return strconv.FormatInt(u.EmailVerified.UnixMilli(), 10)
	case "new_email":
		return u.NewEmail
	}
	return u.Value(field)
}

// setStored gives a person a value that stored has returned.
func setStored(u *account.User, field, value string) {
	if flag := flagOf(u, field); flag != nil {
		*flag = value == "true"
		return
	}
	switch field {
	case "groups":
		u.Groups = lines(value)
	case "permissions":
		u.Permissions = lines(value)
	case "email_verified":
		ms, _ := strconv.ParseInt(value, 10, 64) // nothing is never
		u.EmailVerified = fromMilli(ms)
	case "new_email":
		u.NewEmail = value
	default:
		u.Set(field, value)
	}
}

func lines(text string) []string {
	if text == "" {
		return []string{}
	}
	return strings.Split(text, "\n")
}

// flagOf is where a yes-or-no field of a person is kept; nil for any other.
func flagOf(u *account.User, field string) *bool {
	switch field {
	case "is_active":
		return &u.IsActive
	case "is_staff":
		return &u.IsStaff
	case "is_superuser":
		return &u.IsSuperuser
	case "password_expired":
		return &u.PasswordExpired
	case "awaits_approval":
		return &u.AwaitsApproval
	case "avatar_public":
		return &u.AvatarPublic
	}
	return nil
}
