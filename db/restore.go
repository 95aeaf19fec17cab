package db

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"nameplate/internal/account"
	"nameplate/internal/form"
	"nameplate/internal/profile"
)

// restore brings somebody back who was deleted. Where their name or address is somebody else's meanwhile, it can't.
func (tx *Tx) restore(ctx context.Context, by Author, id int64) error {
	var data string
	err := told(tx.row(ctx, "DELETE FROM deleted_users WHERE id = ?1 RETURNING data", id).Scan(&data))
	if errors.Is(err, ErrNotFound) {
		return CantUndo("They were erased, for good.")
	}
	if err != nil {
		return err
	}
	var b belongings
	if err := json.Unmarshal([]byte(data), &b); err != nil {
		return fmt.Errorf("read what belongs to user %d: %w", id, err)
	}
	u := b.User
	u.Version++
	errs := form.Errors{}
	if err := tx.free(ctx, u, errs); err != nil {
		return err
	}
	for _, field := range []string{"username", "email"} {
		if errs[field] != "" {
			return CantUndo("Somebody else has the " + field + " '" + u.Value(field) + "' now. Change theirs first.")
		}
	}
	for _, attr := range tx.profile.Attributes { // declared otherwise since
		if value := u.Attributes[attr.Name]; value != "" && attr.Kind.Store != profile.Text {
			if _, err := attr.Parse(value); err != nil {
				u.Set(attr.Name, "")
			}
		}
	}
	for _, attr := range tx.text.unique {
		if errs[attr.Name] != "" {
			u.Set(attr.Name, "")
		}
	}
	if err := tx.insertUser(ctx, &u); err != nil {
		return err
	}
	if err := tx.restoreBelongings(ctx, b); err != nil {
		return err
	}
	return tx.log(ctx, by, u, "add", change{})
}

func (tx *Tx) restoreBelongings(ctx context.Context, b belongings) error {
	id := b.User.ID
	run := func(query string, args ...any) error {
		_, err := tx.exec(ctx, query, append([]any{id}, args...)...)
		return err
	}
	var errs []error
	if f := b.TwoFactor; f != nil {
		errs = append(errs, run("INSERT INTO two_factor (user_id, secret, confirmed_at, last_step) VALUES (?1, ?2, ?3, ?4)", f.Secret, f.ConfirmedAt, f.LastStep))
	}
	for _, hash := range b.RecoveryCodes {
		errs = append(errs, run("INSERT INTO recovery_codes (user_id, code_hash) VALUES (?1, ?2)", hash))
	}
	for _, p := range b.Passkeys {
		errs = append(errs, run("INSERT INTO passkeys (user_id, id, handle, key_id, data, name, created_at, last_used_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
			p.ID, p.Handle, p.KeyID, p.Data, p.Name, p.CreatedAt.UnixMilli(), orNull(p.LastUsedAt)))
	}
	errs = append(errs, run("INSERT INTO invitation_uses (user_id, invitation_id) SELECT CAST(?1 AS BIGINT), id FROM invitations WHERE id = ?2", b.InvitationID))
	for _, invitation := range b.Invitations {
		errs = append(errs, run("UPDATE invitations SET by_id = ?1 WHERE id = ?2", invitation))
	}
	for _, name := range b.User.Groups { // one that is gone meanwhile stays gone
		errs = append(errs, run("INSERT INTO user_groups (user_id, group_id) SELECT CAST(?1 AS BIGINT), id FROM groups WHERE name_key = ?2", account.Key(name)))
	}
	for _, permission := range b.User.Permissions {
		errs = append(errs, run("INSERT INTO user_permissions (user_id, permission) VALUES (?1, ?2)", permission))
	}
	for _, attr := range tx.text.uploads {
		if name := b.User.Attributes[attr.Name]; name != "" {
			errs = append(errs, run("DELETE FROM kept_pictures WHERE user_id = ?1 AND name = ?2", name))
		}
	}
	return errors.Join(errs...)
}

// number scans the only column of a row.
func number(row scanner) (n int64, err error) {
	err = row.Scan(&n)
	return n, err
}
