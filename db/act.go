package db

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"nameplate/internal/account"
	"nameplate/internal/admin"
)

// RowIDs returns the ids of all rows of a list, at most limit of them.
func (d *DB) RowIDs(ctx context.Context, r admin.Resource, q admin.Query, limit int) (ids []int64, err error) {
	err = d.readList(ctx, func(tx *Tx) error {
		l, err := tx.newRows(r, q.First())
		if err != nil {
			return err
		}
		query, args := used(fmt.Sprintf("SELECT %s FROM %s%s ORDER BY %s LIMIT %d", r.ID, r.From, where(l.conditions), r.ID, limit), l.args)
		ids, err = all(number)(tx.rows(ctx, query, args...))
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list %s: %w", r.Name, err)
	}
	return ids, nil
}

// Act does what an action of a list says with the rows that have these ids, all of it or nothing. Rows that are gone, or are so already, are as
// they should be. It returns how many it changed and the event of the history that it is, 0 for none, and fails with ErrForbidden, and with CantUndo
// for who can't be brought back.
func (d *DB) Act(ctx context.Context, by Author, r admin.Resource, action admin.Action, ids []int64) (n int, event int64, err error) {
	do, ok := rowActions[r.Name+"."+action.Name]
	if !ok {
		return 0, 0, fmt.Errorf("there is no action %s of %s", action.Name, r.Name)
	}
	err = d.write(ctx, func(tx *Tx) error {
		if err := tx.may(ctx, by, action.Verb, r.Permits()); err != nil {
			return err
		}
		n = 0
		for _, id := range ids {
			err := do(tx, ctx, by, id)
			if errors.Is(told(err), ErrNotFound) {
				continue
			}
			if err != nil {
				return fmt.Errorf("%s %d: %w", r.One, id, err)
			}
			n++
		}
		event = tx.event
		return nil
	})
	if _, taken := unique(err); taken {
		err = CantUndo("Somebody else has one of their names or addresses now.")
	}
	if err != nil {
		return 0, 0, fmt.Errorf("%s %s: %w", action.Name, r.Many, err)
	}
	return n, event, nil
}

// rowActions do what actions say with one row. ErrNotFound says that there is nothing to do.
var rowActions = map[string]func(tx *Tx, ctx context.Context, by Author, id int64) error{
	"invitations.revoke": (*Tx).revoke,
	"sessions.end":       (*Tx).endOne,
	"mail.retry": func(tx *Tx, ctx context.Context, by Author, id int64) error {
		return tx.changeMail(ctx, by, "retry", "UPDATE mail SET next_at = ?2, created_at = ?2, tries = 0 WHERE id = ?1 AND error <> ''", id, tx.now())
	},
	"mail.delete": func(tx *Tx, ctx context.Context, by Author, id int64) error {
		return tx.changeMail(ctx, by, "give_up", "DELETE FROM mail WHERE id = ?1 AND error <> ''", id)
	},
	"deleted.restore": (*Tx).bringBack,
	"deleted.erase":   (*Tx).eraseDeleted,
}

// changeMail runs the statement of an action on one mail, whose id is its first argument. The history does not say to whom it was.
func (tx *Tx) changeMail(ctx context.Context, by Author, action, query string, id int64, args ...any) error {
	n, err := tx.exec(ctx, query, append([]any{id}, args...)...)
	if err == nil && n == 0 {
		return ErrNotFound
	}
	if err != nil {
		return err
	}
	tx.mailed = true
	return tx.record(ctx, by, subject{resource: account.Mail, id: id, repr: "Mail " + strconv.FormatInt(id, 10)}, action, change{})
}

// endOne ends one session, unless it is of somebody whom by does not reach.
func (tx *Tx) endOne(ctx context.Context, by Author, id int64) error {
	users, err := all(number)(tx.rows(ctx, "SELECT COALESCE(user_id, 0) FROM sessions WHERE id = ?1", id))
	if err != nil || len(users) == 0 {
		return errors.Join(err, ErrNotFound)
	}
	u, err := tx.person(ctx, users[0])
	if err != nil {
		return err
	}
	if by.ID != 0 {
		asks, err := tx.asker(ctx, by.ID)
		if err != nil {
			return err
		}
		if !account.MayEndSessions(asks, u) {
			return ErrForbidden
		}
	}
	if _, err := tx.exec(ctx, "DELETE FROM sessions WHERE id = ?1", id); err != nil {
		return err
	}
	return tx.log(ctx, by, u, "change", change{field: "sessions", old: "1", new: "0"})
}

// bringBack restores somebody who was deleted, as the undo of that would.
func (tx *Tx) bringBack(ctx context.Context, by Author, id int64) error {
	var there, others bool
	err := tx.row(ctx, "SELECT EXISTS (SELECT 1 FROM deleted_users WHERE id = ?1), COALESCE((SELECT max(event_id) FROM history"+
		" WHERE resource = 'users' AND object_id = ?1 AND action = 'delete'), 0)", id).Scan(&there, &tx.undoes)
	if err == nil && !there {
		return ErrNotFound
	}
	if err == nil {
		err = tx.row(ctx, "SELECT EXISTS (SELECT 1 FROM history WHERE event_id = ?1 AND object_id <> ?2)", tx.undoes, id).Scan(&others)
	}
	if err != nil {
		return err
	}
	if others { // who were deleted with them are not brought back by it
		tx.undoes = 0
	}
	return tx.restore(ctx, by, id)
}

// Users returns those of some people who are there, by id.
func (d *DB) Users(ctx context.Context, ids []int64) ([]account.User, error) {
	people, err := all(d.onePerson)(d.r.QueryContext(ctx, d.dialect(d.text.person+"u.id IN ("+d.each("?1")+") ORDER BY u.id"), jsonIDs(ids)))
	if err != nil {
		return nil, fmt.Errorf("read people: %w", err)
	}
	return people, nil
}

// Usernames returns the names of those of some people who are there, by id.
func (d *DB) Usernames(ctx context.Context, ids []int64) ([]string, error) {
	names, err := all(text)(d.r.QueryContext(ctx, d.dialect("SELECT username FROM users WHERE id IN ("+d.each("?1")+") ORDER BY id"), jsonIDs(ids)))
	if err != nil {
		return nil, fmt.Errorf("name people: %w", err)
	}
	return names, nil
}

// RowName is what the first two columns say of one row; empty for none.
func (d *DB) RowName(ctx context.Context, r admin.Resource, id int64) (string, error) {
	shown := r.Shown()
	var first, second string
	err := d.r.QueryRowContext(ctx, d.dialect("SELECT CAST("+sqlOf(shown[0])+" AS TEXT), CAST("+sqlOf(shown[1])+" AS TEXT) FROM "+r.From+
		" WHERE "+r.ID+" = ?1"), id).Scan(&first, &second)
	if errors.Is(told(err), ErrNotFound) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("name one of %s: %w", r.Many, told(err))
	}
	if shown[1].Kind != admin.Text || second == "" {
		return shown[0].Word(first), nil
	}
	return shown[0].Word(first) + ", " + second, nil
}
