package db

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"nameplate/internal/account"
	"nameplate/internal/form"
	"nameplate/internal/profile"
)

// restore brings somebody back who was deleted. Where their name or address is somebody else's meanwhile, it can't.
func (tx *Tx) restore(ctx context.Context, by Author, id int64) error {
	return tx.restoreAll(ctx, by, []int64{id})
}

// restoreAll brings some people back, in a few statements: all of them, or it fails with CantUndo.
func (tx *Tx) restoreAll(ctx context.Context, by Author, ids []int64) error {
	list, err := all(scanBelongings)(tx.rows(ctx, "DELETE FROM deleted_users WHERE id IN ("+tx.each("?1")+") RETURNING data", jsonIDs(ids)))
	if err != nil {
		return fmt.Errorf("read what belongs to who was deleted: %w", err)
	}
	if len(list) < len(ids) {
		return tx.notDeleted(ctx, ids)
	}
	if err := tx.reachesAll(ctx, by, list); err != nil {
		return err
	}
	if err := tx.mayRejoin(ctx, by, list); err != nil {
		return err
	}
	people := make([]account.User, len(list))
	for i, b := range list {
		b.User.Version++
		if err := tx.admissible(ctx, &b.User); err != nil {
			return err
		}
		people[i] = b.User
	}
	if err := tx.namesFree(ctx, people); err != nil {
		return err
	}
	for some := range slices.Chunk(people, manyRows) {
		if err := tx.insertMany(ctx, tx.crowd(some)); err != nil {
			return fmt.Errorf("bring people back: %w", err)
		}
	}
	for _, b := range list {
		if err := tx.restoreBelongings(ctx, b); err != nil {
			return fmt.Errorf("bring back what belongs to user %d: %w", b.User.ID, err)
		}
	}
	for _, attr := range tx.text.uploads { // theirs again
		_, err := tx.exec(ctx, "DELETE FROM kept_pictures WHERE (name, user_id) IN (SELECT "+quoted(attr.Name)+", user_id FROM profiles WHERE user_id IN ("+tx.each("?1")+"))", jsonIDs(ids))
		if err != nil {
			return err
		}
	}
	return tx.note(ctx, by, ids, "TRUE", "add", change{})
}

// notDeleted says why some people can't be brought back: one is there, or was erased.
func (tx *Tx) notDeleted(ctx context.Context, ids []int64) error {
	there, err := all(text)(tx.rows(ctx, "SELECT username FROM users WHERE id IN ("+tx.each("?1")+") ORDER BY id LIMIT 1", jsonIDs(ids)))
	if err != nil {
		return err
	}
	if len(there) > 0 {
		return CantUndo(there[0] + " is there already. Bring back the others from the list of who was deleted.")
	}
	return CantUndo("They were erased, for good.")
}

func scanBelongings(row scanner) (b *belongings, err error) {
	var data string
	if err = row.Scan(&data); err == nil {
		err = json.Unmarshal([]byte(data), &b)
	}
	return b, err
}

// reachesAll fails with ErrForbidden where by might not delete one of those who were deleted: staff don't touch staff, deleted or not.
func (tx *Tx) reachesAll(ctx context.Context, by Author, list []*belongings) error {
	asks, err := tx.undoer(ctx, by)
	if err != nil {
		return err
	}
	for _, b := range list {
		if !account.MayDelete(asks, b.User) {
			return ErrForbidden
		}
	}
	return nil
}

// mayRejoin fails with CantUndo where somebody comes back into a group that lets its members do, by now, what by may not.
func (tx *Tx) mayRejoin(ctx context.Context, by Author, list []*belongings) error {
	asks, err := tx.undoer(ctx, by)
	if err != nil {
		return err
	}
	groups := []int64{}
	for _, b := range list {
		if b.GroupIDs == nil { // deleted by an older version
			if b.GroupIDs, err = tx.groupIDs(ctx, b.User.Groups); err != nil {
				return err
			}
		}
		groups = append(groups, b.GroupIDs...)
	}
	permissions, err := all(text)(tx.rows(ctx, "SELECT DISTINCT permission FROM group_permissions WHERE group_id IN ("+tx.each("?1")+")", jsonIDs(groups)))
	if err == nil && !account.MayGrant(asks, permissions) {
		return CantUndo("They were in a group that lets its members do what you may not. Ask a superuser to bring them back.")
	}
	return err
}

// groupIDs are the ids of the groups with these names.
func (tx *Tx) groupIDs(ctx context.Context, names []string) ([]int64, error) {
	keys := make([]string, len(names))
	for i, name := range names {
		keys[i] = account.Key(name)
	}
	return all(number)(tx.rows(ctx, "SELECT id FROM groups WHERE name_key IN ("+tx.eachText("?1")+")", jsonList(keys)))
}

// admissible empties what a person may not have any more: a value of an attribute that was declared otherwise since. It fails with CantUndo where a
// unique one is somebody else's now.
func (tx *Tx) admissible(ctx context.Context, u *account.User) error {
	for _, attr := range tx.profile.Attributes {
		if value := u.Attributes[attr.Name]; value != "" && attr.Kind.Store != profile.Text {
			if _, err := attr.Parse(value); err != nil {
				u.Set(attr.Name, "")
			}
		}
	}
	if len(tx.text.unique) == 0 {
		return nil
	}
	errs := form.Errors{}
	err := tx.freeAttributes(ctx, *u, errs)
	for _, attr := range tx.text.unique {
		if errs[attr.Name] != "" {
			return CantUndo("Somebody else has the " + attr.Label + " '" + attr.Words(u.Value(attr.Name)) + "' of " + u.Username + " now. Change theirs first.")
		}
	}
	return err
}

// namesFree fails with CantUndo where somebody has one of the usernames or addresses.
func (tx *Tx) namesFree(ctx context.Context, people []account.User) error {
	found, err := tx.owners(ctx, people...)
	if err != nil {
		return err
	}
	for _, u := range people {
		username, email := found.taken(u)
		switch {
		case username:
			return CantUndo("Somebody else has '" + u.Username + "' as their username or address now. Change theirs first.")
		case email:
			return CantUndo("Somebody else has '" + u.Email + "' as their address or username now. Change theirs first.")
		}
	}
	return nil
}

// restoreBelongings brings back what stands in tables of its own.
func (tx *Tx) restoreBelongings(ctx context.Context, b *belongings) error {
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
	if b.InvitationID != 0 {
		errs = append(errs, run("INSERT INTO invitation_uses (user_id, invitation_id) SELECT CAST(?1 AS BIGINT), id FROM invitations WHERE id = ?2", b.InvitationID))
	}
	for _, invitation := range b.Invitations {
		errs = append(errs, run("UPDATE invitations SET by_id = ?1 WHERE id = ?2", invitation))
	}
	for _, group := range b.GroupIDs { // one that is gone meanwhile stays gone
		errs = append(errs, run("INSERT INTO user_groups (user_id, group_id) SELECT CAST(?1 AS BIGINT), id FROM groups WHERE id = ?2", group))
	}
	for _, permission := range b.User.Permissions {
		errs = append(errs, run("INSERT INTO user_permissions (user_id, permission) VALUES (?1, ?2)", permission))
	}
	return errors.Join(errs...)
}

// number scans the only column of a row.
func number(row scanner) (n int64, err error) {
	err = row.Scan(&n)
	return n, err
}
