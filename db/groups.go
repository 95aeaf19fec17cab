package db

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"nameplate/internal/account"
	"nameplate/internal/form"
)

// groupConflict is GroupConflict's text for the log.
const groupConflict = "the group was changed by somebody else first"

// GroupConflict says that somebody else changed a group first. Nothing was saved.
type GroupConflict struct {
	Theirs account.Group     // the group as it is now
	Was    map[string]string // the text of each field that was changed meanwhile, from before that; permissions are lines
}

// Error names the group.
func (c *GroupConflict) Error() string { return groupConflict }

const groupRows = "SELECT g.id, g.name, g.version, (SELECT count(*) FROM user_groups ug WHERE ug.group_id = g.id) FROM groups g "

func scanGroup(row scanner) (g account.Group, err error) {
	err = row.Scan(&g.ID, &g.Name, &g.Version, &g.Members)
	return g, err
}

// Groups lists every group, by name.
func (d *DB) Groups(ctx context.Context) (list []account.Group, err error) {
	err = d.read(ctx, func(tx *Tx) error {
		if list, err = all(scanGroup)(tx.rows(ctx, groupRows+"ORDER BY g.name_key")); err != nil {
			return err
		}
		for i := range list {
			if err := tx.groupPermissions(ctx, &list[i]); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("list groups: %w", err)
	}
	return list, nil
}

// GroupNames lists every group by name, without its members and permissions.
func (d *DB) GroupNames(ctx context.Context) ([]account.Group, error) {
	scan := func(row scanner) (g account.Group, err error) {
		err = row.Scan(&g.ID, &g.Name)
		return g, err
	}
	list, err := all(scan)(d.r.QueryContext(ctx, "SELECT id, name FROM groups ORDER BY name_key"))
	if err != nil {
		return nil, fmt.Errorf("list groups: %w", told(err))
	}
	return list, nil
}

// Group returns one group. It fails with ErrNotFound.
func (d *DB) Group(ctx context.Context, id int64) (g account.Group, err error) {
	err = d.read(ctx, func(tx *Tx) error {
		g, err = tx.group(ctx, id)
		return err
	})
	if err != nil {
		return g, fmt.Errorf("read group %d: %w", id, err)
	}
	return g, nil
}

func (tx *Tx) group(ctx context.Context, id int64) (account.Group, error) {
	g, err := scanGroup(tx.row(ctx, groupRows+"WHERE g.id = ?1", id))
	if err != nil {
		return g, told(err)
	}
	return g, tx.groupPermissions(ctx, &g)
}

func (tx *Tx) groupPermissions(ctx context.Context, g *account.Group) (err error) {
	g.Permissions, err = all(text)(tx.rows(ctx, "SELECT permission FROM group_permissions WHERE group_id = ?1 ORDER BY permission", g.ID))
	return err
}

// SaveGroup adds a group, one without an id, or changes what is another than g says, and returns it as saved. It fails with form.Errors,
// *GroupConflict when somebody else changed it since g.Version, ErrNotFound, CantAct where they may not change its members, and ErrForbidden:
// nobody lets a group do what they may not do themselves.
func (d *DB) SaveGroup(ctx context.Context, by Author, g account.Group) (account.Group, error) {
	name, err := account.ParseGroupName(g.Name)
	if err != nil {
		return g, form.Errors{"name": err.Error()}
	}
	g.Name = name
	g.Permissions = known(g.Permissions)
	err = d.write(ctx, func(tx *Tx) error {
		if err := tx.lock(ctx, "groups"); err != nil {
			return err
		}
		before := account.Group{}
		verb := account.Add
		if g.ID != 0 {
			verb = account.Change
			if before, err = tx.group(ctx, g.ID); err != nil {
				return err
			}
		}
		if err := tx.mayChangeGroup(ctx, by, verb, before, g); err != nil {
			return err
		}
		if err := tx.currentGroup(ctx, before, g.Version); err != nil {
			return err
		}
		return tx.saveGroup(ctx, by, before, &g)
	})
	if err != nil {
		return g, fmt.Errorf("save group %d: %w", g.ID, err)
	}
	return g, nil
}

// known sorts permissions, once each, and leaves out what is none.
func known(permissions []string) []string {
	all := account.Permissions()
	permissions = slices.DeleteFunc(slices.Clone(permissions), func(p string) bool { return !slices.Contains(all, p) })
	slices.Sort(permissions)
	return slices.Compact(permissions)
}

// mayChangeGroup fails with ErrForbidden for who holds less than a group lets its members do, before and after, and with CantAct for who may not
// change all of its members: what becomes of it becomes of them.
func (tx *Tx) mayChangeGroup(ctx context.Context, by Author, verb string, before, after account.Group) error {
	if by.ID == 0 {
		return nil
	}
	asks, err := tx.asker(ctx, by.ID)
	if err != nil {
		return err
	}
	if !account.May(asks, verb, account.Groups) || !account.MayGrant(asks, slices.Concat(before.Permissions, after.Permissions)) {
		return ErrForbidden
	}
	if asks.IsSuperuser || before.Members == 0 {
		return nil
	}
	if !account.May(asks, account.Change, account.Users) {
		return CantAct("People are in this group, whom you may not change. Ask a superuser to do it.")
	}
	var above bool
	err = tx.row(ctx, "SELECT EXISTS (SELECT 1 FROM user_groups ug JOIN users u ON u.id = ug.user_id"+
		" WHERE ug.group_id = ?1 AND (u.is_staff = TRUE OR u.is_superuser = TRUE) AND u.id <> ?2)", before.ID, by.ID).Scan(&above)
	if err == nil && above {
		return CantAct("Staff or superusers are in this group, whom only a superuser may change. Ask one to do it.")
	}
	return err
}

// saveGroup writes what differs, tells the history, and ends the sessions of staff whose rights change by it.
func (tx *Tx) saveGroup(ctx context.Context, by Author, before account.Group, g *account.Group) error {
	var taken bool
	if err := tx.row(ctx, "SELECT EXISTS (SELECT 1 FROM groups WHERE name_key = ?1 AND id <> ?2)", account.Key(g.Name), g.ID).Scan(&taken); err != nil {
		return err
	}
	if taken {
		return form.Errors{"name": "Choose another name: there is a group '" + g.Name + "'."}
	}
	list := groupChanges(before, *g)
	g.Version, g.Members = before.Version+1, before.Members
	if before.ID == 0 {
		if err := tx.row(ctx, "INSERT INTO groups (name, name_key) VALUES (?1, ?2) RETURNING id", g.Name, account.Key(g.Name)).Scan(&g.ID); err != nil {
			return err
		}
		if err := tx.setGroupPermissions(ctx, *g); err != nil {
			return err
		}
		return tx.record(ctx, by, groupSubject(*g), "add", change{})
	}
	if len(list) == 0 {
		*g = before
		return nil
	}
	_, err := tx.exec(ctx, "UPDATE groups SET name = ?2, name_key = ?3, version = ?4 WHERE id = ?1", g.ID, g.Name, account.Key(g.Name), g.Version)
	if err != nil {
		return err
	}
	if !slices.Equal(before.Permissions, g.Permissions) {
		if err := errors.Join(tx.setGroupPermissions(ctx, *g), tx.endStaff(ctx, by, g.ID)); err != nil {
			return err
		}
	}
	return tx.record(ctx, by, groupSubject(*g), "change", list...)
}

func groupChanges(before, after account.Group) []change {
	var list []change
	add := func(field, old, now string) {
		if old != now {
			list = append(list, change{field: field, old: old, new: now})
		}
	}
	add("name", before.Name, after.Name)
	add("permissions", strings.Join(before.Permissions, "\n"), strings.Join(after.Permissions, "\n"))
	return list
}

func groupSubject(g account.Group) subject {
	return subject{resource: account.Groups, id: g.ID, repr: g.Name, version: g.Version}
}

func (tx *Tx) setGroupPermissions(ctx context.Context, g account.Group) error {
	if _, err := tx.exec(ctx, "DELETE FROM group_permissions WHERE group_id = ?1", g.ID); err != nil {
		return err
	}
	for _, permission := range g.Permissions {
		if _, err := tx.exec(ctx, "INSERT INTO group_permissions (group_id, permission) VALUES (?1, ?2)", g.ID, permission); err != nil {
			return err
		}
	}
	return nil
}

// endStaff ends the sessions of the staff in a group, as rights that change do. Whoever changed them goes on, and so do superusers, who may do
// everything in any group.
func (tx *Tx) endStaff(ctx context.Context, by Author, group int64) error {
	_, err := tx.exec(ctx, "DELETE FROM sessions WHERE user_id IN (SELECT u.id FROM user_groups ug JOIN users u ON u.id = ug.user_id"+
		" WHERE ug.group_id = ?1 AND u.is_staff = TRUE AND u.is_superuser = FALSE AND u.id <> ?2)", group, by.ID)
	return err
}

// currentGroup fails with *GroupConflict when before is no longer the version that a form was made of.
func (tx *Tx) currentGroup(ctx context.Context, before account.Group, version int64) error {
	if before.ID == 0 || before.Version == version {
		return nil
	}
	was := map[string]string{}
	scan := func(row scanner) (field string, err error) {
		var old string
		err = row.Scan(&field, &old)
		if _, seen := was[field]; !seen {
			was[field] = old
		}
		return field, err
	}
	if _, err := all(scan)(tx.rows(ctx, "SELECT field, old FROM history WHERE resource = 'groups' AND object_id = ?1 AND version > ?2"+
		" AND action = 'change' ORDER BY id", before.ID, version)); err != nil {
		return fmt.Errorf("read what was changed: %w", err)
	}
	return &GroupConflict{Theirs: before, Was: was}
}

// DeleteGroup deletes a group. Its members lose what it let them do. It fails with CantAct, as SaveGroup does, ErrForbidden and ErrNotFound.
func (d *DB) DeleteGroup(ctx context.Context, by Author, id int64) error {
	err := d.write(ctx, func(tx *Tx) error {
		if err := tx.lock(ctx, "groups"); err != nil {
			return err
		}
		g, err := tx.group(ctx, id)
		if err != nil {
			return err
		}
		if err := tx.mayChangeGroup(ctx, by, account.Delete, g, account.Group{}); err != nil {
			return err
		}
		return tx.deleteGroup(ctx, by, g)
	})
	if err != nil {
		return fmt.Errorf("delete group %d: %w", id, err)
	}
	return nil
}

// deleteGroup tells the history all that an undo needs: who was in it, and what it let them do.
func (tx *Tx) deleteGroup(ctx context.Context, by Author, g account.Group) error {
	members, err := all(tx.onePerson)(tx.rows(ctx, tx.text.person+"u.id IN (SELECT user_id FROM user_groups WHERE group_id = ?1) ORDER BY u.id", g.ID))
	if err != nil {
		return err
	}
	for _, u := range members {
		if err := tx.readRights(ctx, tx.sql, &u); err != nil {
			return err
		}
		left := u
		left.Groups = slices.DeleteFunc(slices.Clone(u.Groups), func(name string) bool { return name == g.Name })
		if _, err := tx.save(ctx, by, u, left); err != nil {
			return err
		}
	}
	if _, err := tx.exec(ctx, "DELETE FROM groups WHERE id = ?1", g.ID); err != nil {
		return err
	}
	g.Version++
	return tx.record(ctx, by, groupSubject(g), "delete", change{old: strings.Join(g.Permissions, "\n")})
}
