package db

import (
	"context"
	"strings"

	"nameplate/internal/account"
	"nameplate/internal/profile"
)

// texts are the statements that hold the names of the declared attributes, made once. profile.Load has checked these names.
type texts struct {
	columns   string // a whole person, as scanPerson reads it
	person    string // the same with the tables it comes from
	byID      string
	byName    string
	byEmail   string
	byAvatar  string // by a hash of the address, who has agreed
	named     string // whether any profile or waiting row names the picture or file ?1
	hidden    string // whether the picture ?1 is kept for an undo alone, or about to go, and whether it is of people alone whom strangers don't see
	needed    string // the names of all pictures and files that have to be there
	searched  []profile.Attribute
	unique    []profile.Attribute
	uploads   []profile.Attribute
	portraits []profile.Attribute
}

// isSeen is account.User.IsSeen in SQL.
const isSeen = "u.is_active AND NOT (u.email = '' AND u.new_email <> '' AND COALESCE(u.last_login, 0) = 0)"

func newTexts(p profile.Profile, pg bool) texts {
	columns := "u.id, u.username, u.email, u.password, u.first_name, u.last_name, u.is_active, u.is_staff, u.is_superuser," +
		" u.date_joined, COALESCE(u.last_login, 0), u.version, u.new_email, COALESCE(u.email_verified_at, 0), u.awaits_approval, u.password_expired, u.avatar_public, p.user_id IS NOT NULL"
	t := texts{
		named: "SELECT EXISTS (SELECT 1 FROM waiting_pictures WHERE name = ?1) OR EXISTS (SELECT 1 FROM kept_pictures WHERE name = ?1)",
		hidden: "SELECT (EXISTS (SELECT 1 FROM kept_pictures WHERE name = CAST(?1 AS TEXT)) OR EXISTS (SELECT 1 FROM waiting_pictures WHERE name = CAST(?1 AS TEXT) AND state = 'dropped'))" +
			" AND NOT EXISTS (SELECT 1 FROM waiting_pictures WHERE name = CAST(?1 AS TEXT) AND state <> 'dropped')",
		needed: "SELECT name FROM waiting_pictures WHERE state = 'held' UNION SELECT name FROM kept_pictures",
	}
	var unseen, seen []string
	for _, attr := range p.Attributes {
		column := quoted(attr.Name)
		columns += ", " + asText(attr, pg, "p."+column)
		if attr.Search {
			t.searched = append(t.searched, attr)
		}
		if attr.Unique {
			t.unique = append(t.unique, attr)
		}
		if attr.IsPicture() {
			t.portraits = append(t.portraits, attr)
			whose := "EXISTS (SELECT 1 FROM profiles p JOIN users u ON u.id = p.user_id WHERE p." + column + " = CAST(?1 AS TEXT) AND p." + column + " <> ''"
			unseen, seen = append(unseen, whose+")"), append(seen, whose+" AND "+isSeen+")")
		}
		if !attr.IsUpload() {
			continue
		}
		t.uploads = append(t.uploads, attr)
		t.named += " OR EXISTS (SELECT 1 FROM profiles WHERE " + column + " = ?1 AND " + column + " <> '')"
		t.hidden += " AND NOT EXISTS (SELECT 1 FROM profiles WHERE " + column + " = CAST(?1 AS TEXT) AND " + column + " <> '')"
		t.needed += " UNION SELECT " + column + " FROM profiles WHERE " + column + " <> ''"
	}
	if len(seen) == 0 {
		unseen, seen = []string{"FALSE"}, []string{"FALSE"}
	}
	t.hidden += ", (" + strings.Join(unseen, " OR ") + ") AND NOT (" + strings.Join(seen, " OR ") + ")"
	t.columns = columns
	t.person = "SELECT " + columns + " FROM users u LEFT JOIN profiles p ON p.user_id = u.id WHERE "
	// Casts, because SQLite plans a statement anew for each value that is compared with a column as it is.
	t.byID, t.byName, t.byEmail = t.person+"u.id = CAST(?1 AS BIGINT)", t.person+"u.username_key = CAST(?1 AS TEXT)",
		t.person+"u.email_key = CAST(?1 AS TEXT)"
	t.byAvatar = t.person + "u.id = (SELECT user_id FROM avatar_hashes WHERE hash = CAST(?1 AS TEXT))"
	if pg {
		numbers := strings.NewReplacer("?1", "$1")
		t.byID, t.byName, t.byEmail = numbers.Replace(t.byID), numbers.Replace(t.byName), numbers.Replace(t.byEmail)
		t.byAvatar, t.hidden = numbers.Replace(t.byAvatar), numbers.Replace(t.hidden)
	}
	return t
}

// quoted makes a declared name safe to be a column even where SQL has a word like it.
func quoted(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// scanner is a row of either kind.
type scanner interface{ Scan(dest ...any) error }

// scanPerson reads the columns of texts.columns, and then those of more.
func (d *DB) scanPerson(row scanner, more ...any) (account.User, error) {
	var u account.User
	var joined, login, verified int64
	var hasProfile bool
	values := make([]string, len(d.profile.Attributes))
	dest := make([]any, 0, 18+len(values)+len(more))
	dest = append(dest, &u.ID, &u.Username, &u.Email, &u.Password, &u.FirstName, &u.LastName, &u.IsActive, &u.IsStaff,
		&u.IsSuperuser, &joined, &login, &u.Version, &u.NewEmail, &verified, &u.AwaitsApproval, &u.PasswordExpired, &u.AvatarPublic, &hasProfile)
	for i := range values {
		dest = append(dest, &values[i])
	}
	if err := row.Scan(append(dest, more...)...); err != nil {
		return account.User{}, err
	}
	u.DateJoined, u.LastLogin, u.EmailVerified = fromMilli(joined), fromMilli(login), fromMilli(verified)
	if hasProfile {
		u.Attributes = make(map[string]string, len(values))
		for i, attr := range d.profile.Attributes {
			u.Attributes[attr.Name] = fromColumn(attr, values[i])
		}
	}
	return u, nil
}

// onePerson is scanPerson of nothing more.
func (d *DB) onePerson(row scanner) (account.User, error) { return d.scanPerson(row) }

// briefly is ctx for a read of one row by a key. On SQLite nothing watches for its end, which costs more than the read: the busy
// wait has an end of its own, and the row is there in microseconds.
func (d *DB) briefly(ctx context.Context) context.Context {
	if d.pg || ctx.Err() != nil {
		return ctx
	}
	return context.WithoutCancel(ctx)
}
