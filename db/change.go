package db

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"nameplate/internal/account"
	"nameplate/internal/profile"
)

// change is one field of a person that becomes another.
type change struct {
	field    string
	column   string // where another than field
	old, new string
	value    any    // what the column gets
	key      string // the folded form, where the field has a column for it
	ofUser   bool
	rights   bool // what the person is permitted, which is kept in tables of its own
	secret   bool // only its owner sees it: the history says that it changed, and not from what to what
}

// changes lists what differs between two states of one person.
func (d *DB) changes(before, after account.User) []change {
	var list []change
	for _, field := range []string{"username", "email", "first_name", "last_name"} {
		if old, value := before.Value(field), after.Value(field); old != value {
			list = append(list, change{field: field, old: old, new: value, value: value, key: account.Key(value), ofUser: true})
		}
	}
	for _, flag := range []struct {
		field    string
		old, new bool
	}{
		{"is_active", before.IsActive, after.IsActive},
		{"is_staff", before.IsStaff, after.IsStaff},
		{"is_superuser", before.IsSuperuser, after.IsSuperuser},
		{"password_expired", before.PasswordExpired, after.PasswordExpired},
		{"awaits_approval", before.AwaitsApproval, after.AwaitsApproval},
		{"avatar_public", before.AvatarPublic, after.AvatarPublic},
	} {
		if flag.old != flag.new {
			list = append(list, change{field: flag.field, old: strconv.FormatBool(flag.old), new: strconv.FormatBool(flag.new),
				value: flag.new, ofUser: true})
		}
	}
	if old, value := stored(before, "email_verified"), stored(after, "email_verified"); old != value {
		list = append(list, change{field: "email_verified", column: "email_verified_at", old: old, new: value, value: orNull(after.EmailVerified), ofUser: true})
	}
	if (before.Email == "" || after.Email == "") && before.NewEmail != after.NewEmail { // who has registered has no other
		list = append(list, change{field: "new_email", old: before.NewEmail, new: after.NewEmail, value: after.NewEmail, ofUser: true})
	}
	list = append(list, rightsChanges(before, after)...)
	for _, attr := range d.profile.Attributes {
		if old, value := before.Attributes[attr.Name], after.Attributes[attr.Name]; old != value {
			c := change{field: attr.Name, old: old, new: value, value: argument(attr, value)}
			c.secret = attr.See == profile.Oneself
			list = append(list, c)
		}
	}
	return list
}

// rightsChanges lists what differs in what a person is permitted, where both were read with it.
func rightsChanges(before, after account.User) (list []change) {
	add := func(field string, old, now []string) {
		if old != nil && now != nil && !slices.Equal(old, now) {
			list = append(list, change{field: field, old: strings.Join(old, "\n"), new: strings.Join(now, "\n"), rights: true})
		}
	}
	add("groups", before.Groups, after.Groups)
	add("permissions", before.Permissions, after.Permissions)
	return list
}

// save writes and logs what differs between before, which is in the database, and after, and returns the person as saved.
// The rules of all ways to change a person are here: the last superuser stays, rights that change end sessions.
func (tx *Tx) save(ctx context.Context, by Author, before, after account.User) (account.User, error) {
	if err := tx.resolvePictures(ctx, before, &after); err != nil {
		return before, err
	}
	if before.Email != after.Email && after.NewEmail == before.NewEmail {
		after.NewEmail = ""
	}
	approved := before.AwaitsApproval && after.IsActive
	if approved {
		after.AwaitsApproval = false
	}
	list := tx.changes(before, after)
	if len(list) == 0 {
		return before, nil
	}
	if err := tx.keepSuperuser(ctx, before, after); err != nil {
		return before, err
	}
	if before.Email != after.Email {
		if err := tx.emailChanged(ctx, before); err != nil {
			return before, err
		}
	}
	after.Version = before.Version + 1
	var inProfile []change
	set, args := "version = ?2", []any{before.ID, after.Version}
	for _, c := range list {
		if c.rights {
			continue
		}
		if !c.ofUser {
			inProfile = append(inProfile, c)
			continue
		}
		args = append(args, c.value)
		set += fmt.Sprintf(", %s = ?%d", cmp.Or(c.column, c.field), len(args))
		if isUserText(c.field) {
			args = append(args, c.key)
			set += fmt.Sprintf(", %s_key = ?%d", c.field, len(args))
		}
	}
	if _, err := tx.exec(ctx, "UPDATE users SET "+set+" WHERE id = ?1", args...); err != nil {
		return before, fmt.Errorf("update: %w", err)
	}
	if err := tx.setProfile(ctx, before.ID, inProfile); err != nil {
		return before, err
	}
	if err := tx.dropReplaced(ctx, by, before, after); err != nil {
		return before, err
	}
	if before.Email != after.Email || before.AvatarPublic != after.AvatarPublic {
		if err := tx.keepAvatar(ctx, after); err != nil {
			return before, err
		}
	}
	if err := tx.index(ctx, after); err != nil {
		return before, err
	}
	if err := tx.tellApproved(ctx, before, after, approved); err != nil {
		return before, err
	}
	if err := tx.savedRights(ctx, before, after, list); err != nil {
		return before, err
	}
	return after, tx.log(ctx, by, after, "change", list...)
}

// savedRights writes what a person may do, and ends every session of theirs where that is another now.
func (tx *Tx) savedRights(ctx context.Context, before, after account.User, list []change) error {
	regrouped := slices.ContainsFunc(list, func(c change) bool { return c.rights })
	if regrouped {
		if err := tx.setRights(ctx, before.ID, after.Groups, after.Permissions); err != nil {
			return err
		}
	}
	if before.IsActive && !after.IsActive || before.IsStaff != after.IsStaff || before.IsSuperuser != after.IsSuperuser || regrouped && after.IsStaff && !after.IsSuperuser {
		return tx.endSessions(ctx, before.ID, "")
	}
	return nil
}

// tellApproved mails who has registered and was to be approved that they are. Who waits again is not told so any more.
func (tx *Tx) tellApproved(ctx context.Context, before, after account.User, approved bool) error {
	if approved {
		return tx.queue(ctx, MailApproved, after.ID, after.Email)
	}
	if after.AwaitsApproval && !before.AwaitsApproval {
		return tx.unqueue(ctx, MailApproved, after.ID)
	}
	return nil
}

// setProfile writes attributes, also for who has no profile row.
func (tx *Tx) setProfile(ctx context.Context, id int64, list []change) error {
	if len(list) == 0 {
		return nil
	}
	var columns, values, set []string
	args := []any{id}
	for _, c := range list {
		args = append(args, c.value)
		column := quoted(c.field)
		columns = append(columns, column)
		values = append(values, "?"+strconv.Itoa(len(args)))
		set = append(set, column+" = excluded."+column)
	}
	_, err := tx.exec(ctx, "INSERT INTO profiles (user_id, "+strings.Join(columns, ", ")+") VALUES (?1, "+
		strings.Join(values, ", ")+") ON CONFLICT (user_id) DO UPDATE SET "+strings.Join(set, ", "), args...)
	if err != nil {
		return fmt.Errorf("write the profile of user %d: %w", id, err)
	}
	return nil
}

// keepSuperuser refuses a change after which nobody active is a superuser. Two at once wait for each other.
func (tx *Tx) keepSuperuser(ctx context.Context, before, after account.User) error {
	if !before.IsSuperuser || !before.IsActive || after.IsSuperuser && after.IsActive {
		return nil
	}
	if err := tx.lock(ctx, "superusers"); err != nil {
		return err
	}
	var others bool
	err := tx.row(ctx, "SELECT EXISTS (SELECT 1 FROM users WHERE is_superuser = TRUE AND is_active AND id <> ?1)", before.ID).
		Scan(&others)
	if err != nil {
		return fmt.Errorf("look for another superuser: %w", err)
	}
	if !others {
		return ErrLastSuperuser
	}
	return nil
}

// person reads a person who is about to be changed: nobody else changes them until the transaction ends.
func (tx *Tx) person(ctx context.Context, id int64) (account.User, error) {
	return tx.scanPerson(tx.row(ctx, tx.text.person+"u.id = ?1"+tx.forUpdate(), id))
}
