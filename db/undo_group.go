package db

import (
	"context"
	"errors"
	"strings"

	"nameplate/internal/account"
)

// undoGroup takes back what was done to a group.
func (tx *Tx) undoGroup(ctx context.Context, by Author, ls []line) error {
	if err := tx.lock(ctx, "groups"); err != nil {
		return err
	}
	l := ls[0]
	if l.action == "delete" {
		return tx.restoreGroup(ctx, by, l)
	}
	before, err := tx.group(ctx, l.object)
	if errors.Is(err, ErrNotFound) {
		return CantUndo("The group is deleted. Take that back first.")
	}
	if err != nil {
		return err
	}
	if l.action == "add" {
		if before.Version != l.version || before.Members > 0 {
			return CantUndo("The group has been changed, or has members, since. Delete it if it shall go.")
		}
		if err := tx.mayChangeGroup(ctx, by, account.Delete, before, account.Group{}); err != nil {
			return err
		}
		return tx.deleteGroup(ctx, by, before)
	}
	after := before
	for _, l := range ls {
		now := before.Name
		if l.field == "permissions" {
			now = strings.Join(before.Permissions, "\n")
		}
		if now != l.new {
			return tx.changedSince(l.field, before.Name)
		}
		if l.field == "permissions" {
			after.Permissions = lines(l.old)
		} else {
			after.Name = l.old
		}
	}
	if err := tx.mayChangeGroup(ctx, by, account.Change, before, after); err != nil {
		return err
	}
	return cantUndo(tx.saveGroup(ctx, by, before, &after))
}

// restoreGroup brings back a group that was deleted. Its members come back by lines of their own.
func (tx *Tx) restoreGroup(ctx context.Context, by Author, l line) error {
	g := account.Group{ID: l.object, Name: l.repr, Permissions: lines(l.old), Version: l.version + 1}
	if err := tx.mayChangeGroup(ctx, by, account.Add, account.Group{}, g); err != nil {
		return err
	}
	var there bool
	if err := tx.row(ctx, "SELECT EXISTS (SELECT 1 FROM groups WHERE name_key = ?1 OR id = ?2)", account.Key(g.Name), g.ID).Scan(&there); err != nil {
		return err
	}
	if there {
		return CantUndo("There is a group '" + g.Name + "' again.")
	}
	if _, err := tx.exec(ctx, "INSERT INTO groups (id, name, name_key, version) VALUES (?1, ?2, ?3, ?4)", g.ID, g.Name, account.Key(g.Name), g.Version); err != nil {
		return err
	}
	if err := tx.setGroupPermissions(ctx, g); err != nil {
		return err
	}
	return tx.record(ctx, by, groupSubject(g), "add", change{})
}
