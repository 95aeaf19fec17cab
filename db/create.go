package db

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"time"

	"nameplate/internal/account"
	"nameplate/internal/form"
)

// CreateUser adds a person with a profile and returns them. The id, the version and, where it is zero, the date are given
// here; Password is a hash; the value of a picture is the token of a waiting one. An empty Email is an imported person's, or that of
// somebody who registers with a NewEmail, to which the link that proves it is mailed.
// It returns form.Errors for what may not be saved or is taken, and ErrPictureGone (with form.Errors) for a token nobody knows.
func (d *DB) CreateUser(ctx context.Context, by Author, u account.User) (account.User, error) {
	return d.createUser(ctx, by, u, func(tx *Tx, u account.User) error { return tx.queue(ctx, MailVerify, u.ID, u.NewEmail) })
}

// Register is CreateUser for somebody who registers, by an invitation if the token is not empty. With mail false, the link that proves the
// address is not mailed yet. It fails with ErrNotFound for an invitation by which nobody may come any more.
func (d *DB) Register(ctx context.Context, by Author, u account.User, invitation string, mail bool) (account.User, error) {
	return d.createUser(ctx, by, u, func(tx *Tx, u account.User) (err error) {
		if mail {
			if err := tx.queue(ctx, MailVerify, u.ID, u.NewEmail); err != nil {
				return err
			}
		}
		if invitation != "" {
			err = tx.comeBy(ctx, invitation, u.ID)
		} else if u.AwaitsApproval && u.NewEmail == "" {
			err = tx.tellSuperusers(ctx)
		}
		if err != nil {
			return err
		}
		return tx.count(ctx, tx.Now(), registered)
	})
}

// tellSuperusers mails those who may approve that somebody waits, once until that mail is sent.
func (tx *Tx) tellSuperusers(ctx context.Context) error {
	scan := func(row scanner) (u account.User, err error) {
		err = row.Scan(&u.ID, &u.Email)
		return u, err
	}
	tell, err := all(scan)(tx.rows(ctx, "SELECT id, email FROM users WHERE is_superuser = TRUE AND is_active AND email <> '' AND NOT EXISTS"+
		" (SELECT 1 FROM mail WHERE mail.user_id = users.id AND mail.kind = ?1) ORDER BY id LIMIT 20", MailAwaits))
	if err != nil {
		return err
	}
	for _, u := range tell {
		if err := tx.queue(ctx, MailAwaits, u.ID, u.Email); err != nil {
			return err
		}
	}
	return nil
}

// createUser adds a person, and in the same transaction does what goes with it.
func (d *DB) createUser(ctx context.Context, by Author, u account.User, with func(tx *Tx, u account.User) error) (account.User, error) {
	u.ID, u.Version, u.LastLogin = 0, 1, fromMilli(0)
	if u.DateJoined.IsZero() {
		u.DateJoined = fromMilli(d.now())
	}
	typed := u
	u, errs := d.checked(account.User{}, typed)
	if len(errs) > 0 {
		return account.User{}, errs
	}
	err := d.writeUser(ctx, &u, func(tx *Tx) error {
		if err := tx.free(ctx, u, errs); err != nil {
			return err
		}
		if err := errs.Err(); err != nil {
			return err
		}
		if err := tx.create(ctx, by, &u); err != nil {
			return err
		}
		return with(tx, u)
	})
	if err != nil {
		return account.User{}, fmt.Errorf("create a user: %w", err)
	}
	return u, nil
}

func (tx *Tx) create(ctx context.Context, by Author, u *account.User) error {
	if err := tx.resolvePictures(ctx, account.User{}, u); err != nil {
		return err
	}
	if err := tx.insertUser(ctx, u); err != nil {
		return err
	}
	if sortRights(u); len(u.Groups)+len(u.Permissions) > 0 {
		if err := tx.setRights(ctx, u.ID, u.Groups, u.Permissions); err != nil {
			return err
		}
	}
	return tx.log(ctx, by, *u, "add", change{})
}

// insertUser writes a person with the profile.
func (tx *Tx) insertUser(ctx context.Context, u *account.User) error {
	args := []any{u.Username, account.Key(u.Username), u.Email, account.Key(u.Email), u.Password, u.FirstName, account.Key(u.FirstName),
		u.LastName, account.Key(u.LastName), u.IsActive, u.IsStaff, u.IsSuperuser, u.DateJoined.UnixMilli(), u.Version, u.NewEmail,
		u.AwaitsApproval, orNull(u.EmailVerified), u.PasswordExpired, u.AvatarPublic}
	err := tx.row(ctx, "INSERT INTO users (username, username_key, email, email_key, password, first_name, first_name_key,"+
		" last_name, last_name_key, is_active, is_staff, is_superuser, date_joined, version, new_email, awaits_approval, email_verified_at, password_expired,"+
		" avatar_public) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19) RETURNING id", args...).Scan(&u.ID)
	if err != nil {
		return fmt.Errorf("insert: %w", err)
	}
	var changed []change
	for _, attr := range tx.profile.Attributes {
		if value := u.Attributes[attr.Name]; value != "" {
			changed = append(changed, change{field: attr.Name, value: argument(attr, value)})
		}
	}
	if err := tx.setProfile(ctx, u.ID, changed); err != nil {
		return err
	}
	if err := tx.keepAvatar(ctx, *u); err != nil {
		return err
	}
	return tx.index(ctx, *u)
}

// orNull is a moment as a column holds it that may hold none.
func orNull(t time.Time) sql.NullInt64 {
	return sql.NullInt64{Int64: t.UnixMilli(), Valid: !t.IsZero()}
}

// checked parses what differs between before and typed by each field's own rules, and returns typed with the parsed values.
// What did not change is not looked at: it may stem from older rules.
func (d *DB) checked(before, typed account.User) (account.User, form.Errors) {
	errs, u := form.Errors{}, typed
	u.Attributes = make(map[string]string, len(d.profile.Attributes))
	isNew := before.ID == 0
	parse := func(field string, value *string, old string, read func(string) (string, error)) {
		if *value == old && !isNew {
			return
		}
		parsed, err := read(*value)
		if err != nil {
			errs.Add(field, err)
			return
		}
		*value = parsed
	}
	parse("username", &u.Username, before.Username, account.ParseUsername)
	if !(isNew && u.Email == "") {
		parse("email", &u.Email, before.Email, account.ParseEmail)
	}
	if isNew && u.NewEmail != "" {
		var err error
		u.NewEmail, err = account.ParseEmail(u.NewEmail)
		errs.Add("email", err)
	}
	if !isNew && moved(before, u) { // nobody has shown yet that it is theirs
		u.EmailVerified = fromMilli(0)
	}
	parse("first_name", &u.FirstName, before.FirstName, func(s string) (string, error) { return account.ParseName("First name", s) })
	parse("last_name", &u.LastName, before.LastName, func(s string) (string, error) { return account.ParseName("Last name", s) })
	if isNew || u.Username != before.Username {
		if account.UsernameIsForeignEmail(u.Username, cmp.Or(u.Email, u.NewEmail)) {
			errs.Add("username", ForeignEmail)
		}
	}
	for _, attr := range d.profile.Attributes {
		value, ok := typed.Attributes[attr.Name]
		if !ok && !isNew {
			value = before.Attributes[attr.Name] // not sent: not changed
		}
		if !ok && isNew && attr.Required {
			value = attr.Default // not asked for: as those have it who were there before
		}
		if ok || !isNew { // whoever makes a person without a form, such as createsuperuser, leaves attributes out
			parse(attr.Name, &value, before.Attributes[attr.Name], attr.Parse)
		}
		u.Attributes[attr.Name] = value
	}
	return u, errs
}
