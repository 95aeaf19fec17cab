package db

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"nameplate/internal/account"
)

// hide takes a person out of every table, and keeps what brings them back.
func (tx *Tx) hide(ctx context.Context, by Author, u account.User) error {
	if err := tx.keepSuperuser(ctx, u, account.User{}); err != nil {
		return err
	}
	return tx.hideAll(ctx, by, []account.User{u})
}

// hideAll is hide for some people, in a few statements. Whoever calls it sees to it that a superuser is left.
func (tx *Tx) hideAll(ctx context.Context, by Author, people []account.User) error {
	list, err := tx.gather(ctx, people)
	if err != nil {
		return err
	}
	ids := make([]int64, len(people))
	for i, u := range people {
		ids[i] = u.ID
	}
	if err := tx.note(ctx, by, ids, "TRUE", "delete", change{}); err != nil {
		return err
	}
	these := " IN (" + tx.each("?1") + ")"
	for _, attr := range tx.text.uploads {
		column := quoted(attr.Name)
		_, err := tx.exec(ctx, "INSERT INTO kept_pictures (name, user_id, dropped_at) SELECT "+column+", user_id, CAST(?2 AS BIGINT) FROM profiles WHERE user_id"+these+
			" AND "+column+" <> '' ON CONFLICT (name, user_id) DO UPDATE SET dropped_at = excluded.dropped_at", jsonIDs(ids), tx.now())
		if err != nil {
			return err
		}
	}
	if _, err := tx.exec(ctx, "DELETE FROM mail WHERE kind = ?2 AND address IN (SELECT email_key FROM users WHERE id"+these+" AND email_key <> '')", jsonIDs(ids), MailReset); err != nil {
		return err
	}
	if err := tx.keepDeleted(ctx, by, list); err != nil {
		return err
	}
	_, err = tx.exec(ctx, "DELETE FROM users WHERE id"+these, jsonIDs(ids))
	return err
}

// keepDeleted writes down those who are deleted.
func (tx *Tx) keepDeleted(ctx context.Context, by Author, list []*belongings) error {
	name, err := tx.nameOf(ctx, by)
	if err != nil {
		return err
	}
	for some := range slices.Chunk(list, manyRows) {
		var values []any
		for _, b := range some {
			data, err := json.Marshal(b)
			if err != nil {
				return err
			}
			called, address := strings.TrimSpace(b.User.FirstName+" "+b.User.LastName), cmp.Or(b.User.Email, b.User.NewEmail)
			values = append(values, b.User.ID, b.User.Username, tx.now(), name, string(data), called, address)
		}
		if err := tx.insertRows(ctx, "deleted_users (id, username, deleted_at, by_username, data, name, email)", 7, values, ""); err != nil {
			return err
		}
	}
	return nil
}

// gather reads all that comes back with some people, as they are once they are deleted.
func (tx *Tx) gather(ctx context.Context, people []account.User) ([]*belongings, error) {
	list, at, ids := make([]*belongings, len(people)), map[int64]*belongings{}, make([]int64, len(people))
	for i, u := range people {
		u.Version++
		u.Groups, u.Permissions, u.GroupPermissions = []string{}, []string{}, nil
		list[i] = &belongings{User: u, GroupIDs: []int64{}}
		at[u.ID], ids[i] = list[i], u.ID
	}
	var errs []error
	read := func(query string, note func(b *belongings, number sql.NullInt64, text string, more int64)) {
		scan := func(row scanner) (id int64, err error) {
			var number sql.NullInt64
			var text string
			var more int64
			if err = row.Scan(&id, &number, &text, &more); err == nil && at[id] != nil {
				note(at[id], number, text, more)
			}
			return id, err
		}
		_, err := all(scan)(tx.rows(ctx, query+" IN ("+tx.each("?1")+") ORDER BY 1, 2, 3", jsonIDs(ids)))
		errs = append(errs, err)
	}
	read("SELECT user_id, group_id, '', 0 FROM user_groups WHERE user_id",
		func(b *belongings, id sql.NullInt64, _ string, _ int64) { b.GroupIDs = append(b.GroupIDs, id.Int64) })
	read("SELECT user_id, NULL, permission, 0 FROM user_permissions WHERE user_id",
		func(b *belongings, _ sql.NullInt64, text string, _ int64) {
			b.User.Permissions = append(b.User.Permissions, text)
		})
	read("SELECT user_id, confirmed_at, secret, last_step FROM two_factor WHERE user_id", func(b *belongings, confirmed sql.NullInt64, secret string, step int64) {
		b.TwoFactor = &factorRow{Secret: secret, LastStep: step}
		if confirmed.Valid {
			b.TwoFactor.ConfirmedAt = &confirmed.Int64
		}
	})
	read("SELECT user_id, NULL, code_hash, 0 FROM recovery_codes WHERE user_id",
		func(b *belongings, _ sql.NullInt64, text string, _ int64) {
			b.RecoveryCodes = append(b.RecoveryCodes, text)
		})
	read("SELECT by_id, id, '', 0 FROM invitations WHERE by_id",
		func(b *belongings, id sql.NullInt64, _ string, _ int64) {
			b.Invitations = append(b.Invitations, id.Int64)
		})
	read("SELECT user_id, invitation_id, '', 0 FROM invitation_uses WHERE user_id",
		func(b *belongings, id sql.NullInt64, _ string, _ int64) { b.InvitationID = id.Int64 })
	keys, err := all(scanPasskey)(tx.rows(ctx, passkeyRows+"user_id IN ("+tx.each("?1")+") ORDER BY id", jsonIDs(ids)))
	for _, key := range keys {
		at[key.UserID].Passkeys = append(at[key.UserID].Passkeys, key)
	}
	return list, errors.Join(append(errs, err)...)
}
