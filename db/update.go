package db

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"nameplate/internal/account"
	"nameplate/internal/profile"
)

// SetAttribute saves one row of the profile page of user id, a text field of the user or an attribute, and returns the person
// as saved. The value of a picture is the token of a waiting one, or empty to remove it.
// Version is the one that the form was made of, 0 for none: it returns *Conflict when somebody else gave this very attribute
// another value since. It returns form.Errors for what may not be saved, ErrPictureGone (with form.Errors) for a token nobody
// knows, and ErrNotFound.
func (d *DB) SetAttribute(ctx context.Context, by Author, id int64, attr profile.Attribute, value string, version int64) (account.User, error) {
	if _, ok := d.profile.Attribute(attr.Name); !ok && !isUserText(attr.Name) {
		return account.User{}, fmt.Errorf("set %q of user %d: no such attribute", attr.Name, id)
	}
	var saved account.User
	err := d.writeUser(ctx, &saved, func(tx *Tx) error {
		before, err := tx.person(ctx, id)
		if err != nil {
			return err
		}
		if err := tx.mayEdit(ctx, by, before, attr); err != nil {
			return err
		}
		after := before
		after.Set(attr.Name, value)
		after, errs := tx.checked(before, after)
		if err := tx.free(ctx, after, errs); err != nil {
			return err
		}
		if err := errs.Err(); err != nil {
			return err
		}
		if err := tx.unchanged(ctx, before, after, attr.Name, version); err != nil {
			return err
		}
		saved = after // whose names writeUser asks for, where somebody was quicker
		written, err := tx.save(ctx, by, before, after)
		if err == nil {
			saved = written
		}
		return err
	})
	if err != nil {
		return account.User{}, fmt.Errorf("set %s of user %d: %w", attr.Name, id, err)
	}
	return saved, nil
}

// mayEdit asks profile's rules whether by, the command line aside, may change an attribute of the profile of somebody, with the rights
// of this moment.
func (tx *Tx) mayEdit(ctx context.Context, by Author, person account.User, attr profile.Attribute) error {
	attr, declared := tx.profile.Attribute(attr.Name)
	if !declared || by.ID == 0 {
		return nil
	}
	asks := person
	if by.ID != person.ID || person.IsStaff {
		var err error
		if asks, err = tx.asker(ctx, by.ID); err != nil {
			return err
		}
	}
	if !attr.MayEdit(asks, person) {
		return ErrForbidden
	}
	return nil
}

func isUserText(name string) bool {
	return name == "username" || name == "email" || name == "first_name" || name == "last_name"
}

// UpdateUser saves the admin's row u of a person, asked for by me, and returns the person as saved. Only what changed is
// written and logged. An attribute that u leaves out stays; of a picture, the present name keeps it, an empty value removes it,
// and the token of a waiting one replaces it. Password and dates are not looked at. A former address that was proven is told, with a way back.
// It returns *Conflict when somebody else changed the person since u.Version, form.Errors, ErrForbidden, ErrLastSuperuser,
// ErrPictureGone (with form.Errors), and ErrNotFound.
func (d *DB) UpdateUser(ctx context.Context, by Author, me account.User, u account.User) (account.User, error) {
	var saved account.User
	err := d.writeUser(ctx, &saved, func(tx *Tx) error {
		before, err := tx.person(ctx, u.ID)
		if err != nil {
			return err
		}
		if err := tx.readRights(ctx, tx.sql, &before); err != nil {
			return err
		}
		keepRights(&u, before)
		if err := tx.mayUpdate(ctx, me.ID, before, u); err != nil {
			return err
		}
		if err := tx.current(ctx, me, before, u.Version); err != nil {
			return err
		}
		u.Password, u.DateJoined, u.LastLogin = before.Password, before.DateJoined, before.LastLogin
		u.NewEmail, u.EmailVerified, u.AwaitsApproval, u.PasswordExpired = before.NewEmail, before.EmailVerified, before.AwaitsApproval, before.PasswordExpired
		u.AvatarPublic = before.AvatarPublic // nobody agrees for somebody else
		for _, attr := range tx.profile.Attributes {
			if !attr.MaySee(&me, before) { // what one does not see one does not change
				u.Set(attr.Name, before.Attributes[attr.Name])
			}
		}
		after, errs := tx.checked(before, u)
		if me.ID == u.ID && moved(before, after) {
			errs.Add("email", OwnEmail)
		}
		if me.ID == u.ID && before.IsActive && !after.IsActive {
			if err := tx.keepSuperuser(ctx, before, after); err != nil {
				return err
			}
			errs.Add("is_active", OwnActive)
		}
		if err := tx.free(ctx, after, errs); err != nil {
			return err
		}
		if err := errs.Err(); err != nil {
			return err
		}
		saved = after // whose names writeUser asks for, where somebody was quicker
		written, err := tx.save(ctx, by, before, after)
		if err != nil {
			return err
		}
		saved = written
		return tx.tellFormer(ctx, before, after)
	})
	if err != nil {
		return account.User{}, fmt.Errorf("update user %d: %w", u.ID, err)
	}
	return saved, nil
}

// mayUpdate asks account's rules, with the rights that me has at this moment.
func (tx *Tx) mayUpdate(ctx context.Context, me int64, before, after account.User) error {
	asks, err := tx.asker(ctx, me)
	if err != nil {
		return err
	}
	rights := before.IsStaff != after.IsStaff || before.IsSuperuser != after.IsSuperuser || !slices.Equal(before.Permissions, after.Permissions)
	if !account.MayChange(asks, before) || rights && !account.MaySetRights(asks) {
		return ErrForbidden
	}
	return tx.mayRegroup(ctx, asks, before, after)
}

// formFields are what the form of a person holds beside texts and attributes.
var formFields = []string{"is_active", "is_staff", "is_superuser", "groups", "permissions"}

// current fails with *Conflict when before is no longer the version that the form of me was made of. What me does not see is no conflict,
// and neither is a changed password, or what else no form of a person holds.
func (tx *Tx) current(ctx context.Context, me, before account.User, version int64) error {
	if before.Version == version {
		return nil
	}
	rows, err := tx.rows(ctx, "SELECT field, old, version, by_username, at FROM history WHERE resource = 'users' AND object_id = ?1 AND version > ?2 AND action = 'change'"+
		" ORDER BY id", before.ID, version)
	if err != nil {
		return fmt.Errorf("read what was changed: %w", err)
	}
	defer rows.Close()
	was, told := map[string]string{}, map[int64]bool{} // the versions that history tells of
	var by string
	var changed int64
	for rows.Next() {
		var field, old, who string
		var at, when int64
		if err := rows.Scan(&field, &old, &at, &who, &when); err != nil {
			return err
		}
		told[at] = true
		attr, ok := tx.profile.Attribute(field)
		if !ok && !isUserText(field) && !slices.Contains(formFields, field) || ok && !attr.MaySee(&me, before) {
			continue
		}
		if _, ok := was[field]; !ok {
			was[field] = old
		}
		by, changed = who, when
	}
	if err := rows.Err(); err != nil {
		return err
	}
	if len(was) == 0 && int64(len(told)) == before.Version-version {
		return nil
	}
	return &Conflict{Theirs: before, Was: was, By: by, At: fromMilli(changed)}
}

// unchanged fails with *Conflict when somebody else gave one field another value than after has, since that version.
func (tx *Tx) unchanged(ctx context.Context, before, after account.User, field string, version int64) error {
	if version == 0 || before.Value(field) == after.Value(field) {
		return nil
	}
	err := tx.current(ctx, before, before, version)
	if conflict, ok := errors.AsType[*Conflict](err); ok {
		was, changed := conflict.Was[field]
		if !changed {
			return nil // something else of the person was
		}
		conflict.Was = map[string]string{field: was}
	}
	return err
}

// LoggedIn notes that the person has just logged in, and takes back the guesses that were counted for it. Links to choose another
// password stay: whoever has stolen the password is not to end them. It is no change of the person: the version stays.
func (d *DB) LoggedIn(ctx context.Context, id int64, guesses ...Guess) error {
	err := d.write(ctx, func(tx *Tx) error {
		n, err := tx.exec(ctx, "UPDATE users SET last_login = ?2 WHERE id = ?1", id, tx.now())
		if err == nil && n == 0 {
			return ErrNotFound
		}
		for _, g := range guesses {
			err = errors.Join(err, tx.forgive(ctx, g))
		}
		return errors.Join(err, tx.count(ctx, tx.Now(), loggedIn))
	})
	if err != nil {
		return fmt.Errorf("note the log-in of user %d: %w", id, err)
	}
	return nil
}
