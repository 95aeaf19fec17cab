package db

import (
	"context"
	"strconv"
	"strings"

	"nameplate/internal/account"
)

// manyRows is how many people one statement adds.
const manyRows = 100

// userColumns is how many columns of users a person has.
const userColumns = 21

// crowd holds the values of people as their tables have them, one after the other.
type crowd struct{ users, profiles, texts, avatars []any }

func (d *DB) crowd(people []account.User) crowd {
	c := crowd{
		users:    make([]any, 0, userColumns*len(people)),
		profiles: make([]any, 0, (1+len(d.profile.Attributes))*len(people)),
		texts:    make([]any, 0, 2*len(people)),
	}
	for _, u := range people {
		c.users = append(c.users, u.ID, u.Username, account.Key(u.Username), u.Email, account.Key(u.Email), u.Password, u.FirstName,
			account.Key(u.FirstName), u.LastName, account.Key(u.LastName), u.IsActive, u.IsStaff, u.IsSuperuser, u.DateJoined.UnixMilli(),
			orNull(u.LastLogin), u.Version, u.NewEmail, u.AwaitsApproval, orNull(u.EmailVerified), u.PasswordExpired, u.AvatarPublic)
		c.profiles = append(c.profiles, u.ID)
		for _, attr := range d.profile.Attributes {
			c.profiles = append(c.profiles, argument(attr, u.Attributes[attr.Name]))
		}
		c.texts = append(c.texts, u.ID, d.searchText(u))
		c.avatars = append(c.avatars, avatarRows(u)...)
	}
	return c
}

// insertMany adds people with their profiles and what they are found by, in a few statements.
func (tx *Tx) insertMany(ctx context.Context, c crowd) error {
	attributes := tx.profile.Attributes
	columns, set := "user_id", "user_id = excluded.user_id"
	for _, attr := range attributes {
		columns += ", " + quoted(attr.Name)
		set += ", " + quoted(attr.Name) + " = excluded." + quoted(attr.Name)
	}
	insertProfiles := func() error {
		return tx.insertRows(ctx, "profiles ("+columns+")", 1+len(attributes), c.profiles, " ON CONFLICT (user_id) DO UPDATE SET "+set)
	}
	if !tx.pg { // a profile that is there before its person is written once, not twice
		if _, err := tx.exec(ctx, "PRAGMA defer_foreign_keys = ON"); err != nil {
			return err
		}
		if err := insertProfiles(); err != nil {
			return err
		}
	}
	err := tx.insertRows(ctx, "users (id, username, username_key, email, email_key, password, first_name, first_name_key, last_name,"+
		" last_name_key, is_active, is_staff, is_superuser, date_joined, last_login, version, new_email, awaits_approval, email_verified_at,"+
		" password_expired, avatar_public)", userColumns, c.users, "")
	if err != nil {
		return err
	}
	if tx.pg {
		if err := insertProfiles(); err != nil {
			return err
		}
	}
	if err := tx.insertAvatars(ctx, c.avatars); err != nil {
		return err
	}
	return tx.insertRows(ctx, "people_search (user_id, text)", 2, c.texts, "")
}

// insertRows adds rows of so many columns, whose values follow one another.
func (tx *Tx) insertRows(ctx context.Context, into string, columns int, values []any, end string) error {
	var b strings.Builder
	b.WriteString("INSERT INTO " + into + " VALUES ")
	for i := range values {
		switch {
		case i == 0:
			b.WriteString("(?1")
		case i%columns == 0:
			b.WriteString("), (?" + strconv.Itoa(i+1))
		default:
			b.WriteString(", ?" + strconv.Itoa(i+1))
		}
	}
	_, err := tx.exec(ctx, b.String()+")"+end, values...)
	return err
}
