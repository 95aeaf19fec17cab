package db

import (
	"context"
	"database/sql"
	"slices"
	"strconv"
	"strings"

	"nameplate/internal/account"
)

// manyColumns are the columns of the fields of people that actions set for many.
var manyColumns = map[string]string{
	"is_active": "is_active", "awaits_approval": "awaits_approval", "password_expired": "password_expired", "email_verified": "email_verified_at",
}

// alike returns how many lines tell that an action did the same with as many people.
func alike(ls []line) int {
	n, first := 1, ls[0]
	if first.resource != account.Users || first.action != "change" || manyColumns[first.field] == "" && first.field != "groups" {
		return n
	}
	for n < len(ls) && n < bulkSize && ls[n].resource == first.resource && ls[n].action == first.action && ls[n].field == first.field &&
		ls[n].object != ls[n-1].object && (first.field == "groups" || ls[n].old == first.old && ls[n].new == first.new) {
		n++
	}
	return n
}

// undoMany takes back what an action did with many people, in a few statements. Who asks, superusers, and who waits to be approved are taken one by
// one, as undoChange has rules for them.
func (tx *Tx) undoMany(ctx context.Context, by Author, ls []line) error {
	asks, err := tx.undoer(ctx, by)
	if err != nil {
		return err
	}
	ids := make([]int64, len(ls))
	for i, l := range ls {
		ids[i] = l.object
	}
	people, err := all(tx.onePerson)(tx.rows(ctx, tx.text.person+"u.id IN ("+tx.each("?1")+") ORDER BY u.id"+tx.forUpdate(), jsonIDs(ids)))
	if err != nil {
		return err
	}
	at := make(map[int64]account.User, len(people))
	for _, u := range people {
		at[u.ID] = u
	}
	ids = ids[:0]
	var simple []line
	for _, l := range ls {
		u, there := at[l.object]
		switch {
		case !there:
			return CantUndo(l.repr + " is deleted. Take that back first.")
		case !account.MayChange(asks, u):
			return ErrForbidden
		case u.ID == by.ID || u.IsSuperuser || u.AwaitsApproval:
			if err := tx.undoChange(ctx, by, []line{l}); err != nil {
				return err
			}
			continue
		case l.field != "groups" && stored(u, l.field) != l.new:
			return tx.changedSince(l.field, u.Username)
		}
		ids, simple = append(ids, u.ID), append(simple, l)
	}
	if len(simple) == 0 {
		return nil
	}
	if ls[0].field == "groups" {
		return tx.undoRegroup(ctx, by, asks, ids, simple)
	}
	return tx.undoSet(ctx, by, ids, simple[0])
}

// undoSet gives a field of some people the value that it had for all of them.
func (tx *Tx) undoSet(ctx context.Context, by Author, ids []int64, l line) error {
	var value any = l.old == "true"
	if l.field == "email_verified" {
		ms, err := strconv.ParseInt(l.old, 10, 64)
		value = sql.NullInt64{Int64: ms, Valid: err == nil} // nothing is never
	}
	if err := tx.note(ctx, by, ids, "TRUE", "change", change{field: l.field, old: l.new, new: l.old}); err != nil {
		return err
	}
	these := " IN (" + tx.each("?1") + ")"
	if _, err := tx.exec(ctx, "UPDATE users SET version = version + 1, "+manyColumns[l.field]+" = ?2 WHERE id"+these, jsonIDs(ids), value); err != nil {
		return err
	}
	switch {
	case l.field == "is_active" && l.old == "false":
		_, err := tx.exec(ctx, "DELETE FROM sessions WHERE user_id"+these, jsonIDs(ids))
		return err
	case l.field == "awaits_approval" && l.old == "true":
		_, err := tx.exec(ctx, "DELETE FROM mail WHERE kind = ?2 AND user_id"+these, jsonIDs(ids), MailApproved)
		return err
	}
	return nil
}

// undoRegroup puts some people back into the groups that they were in, and out of those that they came into.
func (tx *Tx) undoRegroup(ctx context.Context, by Author, asks account.User, ids []int64, ls []line) error {
	people, err := (&bulk{Tx: tx}).groupsOf(ctx, ids)
	if err != nil {
		return err
	}
	at := make(map[int64]*account.User, len(people))
	for _, u := range people {
		at[u.ID] = u
	}
	leave, join := map[string][]int64{}, map[string][]int64{}
	var names []string
	for _, l := range ls {
		u, now, former := at[l.object], lines(l.new), lines(l.old)
		slices.Sort(u.Groups)
		if strings.Join(u.Groups, "\n") != l.new {
			return tx.changedSince(l.field, u.Username)
		}
		for _, name := range without(now, former) {
			leave[name] = append(leave[name], u.ID)
		}
		for _, name := range without(former, now) {
			join[name] = append(join[name], u.ID)
		}
		u.Version++
		if err := tx.log(ctx, by, *u, "change", regrouped(now, former)); err != nil {
			return err
		}
	}
	for i, move := range []map[string][]int64{leave, join} {
		for name, ids := range move {
			names = append(names, name)
			query := "DELETE FROM user_groups WHERE group_id = (SELECT id FROM groups WHERE name_key = ?2) AND user_id IN (" + tx.each("?1") + ")"
			if i == 1 {
				query = "INSERT INTO user_groups (user_id, group_id) SELECT u.id, g.id FROM users u JOIN groups g ON g.name_key = ?2 WHERE u.id IN (" + tx.each("?1") + ")"
			}
			if n, err := tx.exec(ctx, query, jsonIDs(ids), account.Key(name)); err != nil {
				return err
			} else if int(n) < len(ids) {
				return CantUndo("One of the groups is gone.")
			}
		}
	}
	if err := tx.mayRegroup(ctx, asks, account.User{Groups: names}, account.User{}); err != nil {
		return err
	}
	if _, err := tx.exec(ctx, "UPDATE users SET version = version + 1 WHERE id IN ("+tx.each("?1")+")", jsonIDs(ids)); err != nil {
		return err
	}
	_, err = tx.exec(ctx, "DELETE FROM sessions WHERE user_id IN (SELECT u.id FROM users u WHERE u.id IN ("+tx.each("?1")+") AND u.is_staff = TRUE)", jsonIDs(ids))
	return err
}
