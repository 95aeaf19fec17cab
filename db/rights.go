package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"nameplate/internal/account"
	"nameplate/internal/form"
)

// queries is a transaction, or the pool of readers.
type queries interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// readRights fills in what somebody is permitted, and by which groups.
func (d *DB) readRights(ctx context.Context, from queries, u *account.User) error {
	u.Groups, u.Permissions, u.GroupPermissions = []string{}, []string{}, []string{}
	lists := []*[]string{&u.Groups, &u.Permissions, &u.GroupPermissions}
	scan := func(row scanner) (text string, err error) {
		var list int
		if err = row.Scan(&list, &text); err == nil {
			*lists[list] = append(*lists[list], text)
		}
		return text, err
	}
	_, err := all(scan)(from.QueryContext(ctx, d.dialect("SELECT 0, g.name FROM user_groups ug JOIN groups g ON g.id = ug.group_id WHERE ug.user_id = ?1"+
		" UNION ALL SELECT 1, permission FROM user_permissions WHERE user_id = ?1"+
		" UNION ALL SELECT DISTINCT 2, gp.permission FROM user_groups ug JOIN group_permissions gp ON gp.group_id = ug.group_id WHERE ug.user_id = ?1"),
		u.ID))
	if err != nil {
		return fmt.Errorf("read what user %d may do: %w", u.ID, err)
	}
	for _, list := range lists {
		slices.Sort(*list)
	}
	return nil
}

// WithRights returns u with what they are permitted. It is for who asks, and for a page about them.
func (d *DB) WithRights(ctx context.Context, u account.User) (account.User, error) {
	err := d.readRights(ctx, d.r, &u)
	return u, told(err)
}

// asker returns who asks for something, with the rights of this moment. It fails with ErrForbidden for who is gone.
func (tx *Tx) asker(ctx context.Context, id int64) (account.User, error) {
	u, err := tx.scanPerson(tx.row(ctx, tx.text.person+"u.id = ?1", id))
	if errors.Is(told(err), ErrNotFound) {
		return u, ErrForbidden
	}
	if err == nil {
		err = tx.readRights(ctx, tx.sql, &u)
	}
	if err != nil {
		return u, fmt.Errorf("read who asks: %w", err)
	}
	return u, nil
}

// may fails with ErrForbidden unless by may do something with the rows of a resource, at this moment. The command line may.
func (tx *Tx) may(ctx context.Context, by Author, verb, resource string) error {
	if by.ID == 0 {
		return nil
	}
	asks, err := tx.asker(ctx, by.ID)
	if err == nil && !account.May(asks, verb, resource) {
		return ErrForbidden
	}
	return err
}

// keepRights leaves u the groups and permissions of before where it has none of its own, and sorts them.
func keepRights(u *account.User, before account.User) {
	sortRights(u)
	if u.Groups == nil {
		u.Groups = before.Groups
	}
	if u.Permissions == nil {
		u.Permissions = before.Permissions
	}
	u.GroupPermissions = before.GroupPermissions
}

// sortRights puts what somebody is given into the order in which it is read.
func sortRights(u *account.User) {
	if u.Permissions != nil {
		u.Permissions = known(u.Permissions)
	}
	if u.Groups != nil {
		u.Groups = slices.Compact(slices.Sorted(slices.Values(u.Groups)))
	}
}

// mayRegroup fails with ErrForbidden where asks puts somebody into a group, or takes them out of one, that may do what they may not.
func (tx *Tx) mayRegroup(ctx context.Context, asks, before, after account.User) error {
	for _, name := range slices.Concat(without(before.Groups, after.Groups), without(after.Groups, before.Groups)) {
		permissions, err := all(text)(tx.rows(ctx, "SELECT permission FROM group_permissions gp JOIN groups g ON g.id = gp.group_id WHERE g.name_key = ?1",
			account.Key(name)))
		if err != nil {
			return err
		}
		if !account.MayGrant(asks, permissions) {
			return ErrForbidden
		}
	}
	return nil
}

// without returns what is in list and not in other.
func without(list, other []string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(s string) bool { return slices.Contains(other, s) })
}

// setRights writes the groups and the permissions of a person. A group that is gone is ErrGroupGone.
func (tx *Tx) setRights(ctx context.Context, id int64, groups, permissions []string) error {
	if _, err := tx.exec(ctx, "DELETE FROM user_groups WHERE user_id = ?1", id); err != nil {
		return err
	}
	for _, name := range groups {
		n, err := tx.exec(ctx, "INSERT INTO user_groups (user_id, group_id) SELECT CAST(?1 AS BIGINT), id FROM groups WHERE name_key = ?2", id, account.Key(name))
		if err == nil && n == 0 {
			return fmt.Errorf("%w: %w", ErrGroupGone, form.Errors{"groups": "Choose again: one of the groups is gone."})
		}
		if err != nil {
			return err
		}
	}
	if _, err := tx.exec(ctx, "DELETE FROM user_permissions WHERE user_id = ?1", id); err != nil {
		return err
	}
	for _, permission := range permissions {
		if _, err := tx.exec(ctx, "INSERT INTO user_permissions (user_id, permission) VALUES (?1, ?2)", id, permission); err != nil {
			return err
		}
	}
	return nil
}
