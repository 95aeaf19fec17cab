package db

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"nameplate/internal/account"
)

// set notes what changes, and changes it, for those of some people who fulfil a condition.
func (b *bulk) set(ctx context.Context, ids []int64, condition, set, field, old, now string) (int, error) {
	if err := b.note(ctx, b.by, ids, condition, "change", change{field: field, old: old, new: now}); err != nil {
		return 0, err
	}
	list, args := b.these("u.id", ids)
	n, err := b.exec(ctx, "UPDATE users AS u SET version = version + 1, "+set+" WHERE "+list+" AND "+condition, args...)
	return int(n), err
}

// activate lets people log in, and tells those who waited for it.
func (b *bulk) activate(ctx context.Context, ids []int64) (int, error) {
	list, args := b.these("u.id", ids)
	n, err := b.exec(ctx, "INSERT INTO mail (kind, user_id, address, created_at, next_at) SELECT 'approved', u.id, u.email, CAST(?2 AS BIGINT), CAST(?2 AS BIGINT)"+
		" FROM users u WHERE "+list+" AND u.awaits_approval AND NOT u.is_active AND u.email <> ''", append(args, b.now())...)
	if err != nil {
		return 0, err
	}
	b.mailed = b.mailed || n > 0
	if err := b.note(ctx, b.by, ids, "u.awaits_approval AND NOT u.is_active", "change", change{field: "awaits_approval", old: "true", new: "false"}); err != nil {
		return 0, err
	}
	return b.set(ctx, ids, "NOT u.is_active", "is_active = TRUE, awaits_approval = FALSE", "is_active", "false", "true")
}

// deactivate keeps people from logging in, and ends their sessions.
func (b *bulk) deactivate(ctx context.Context, ids []int64) (int, error) {
	if err := b.dropSessions(ctx, ids); err != nil {
		return 0, err
	}
	return b.set(ctx, ids, "u.is_active = TRUE", "is_active = FALSE", "is_active", "true", "false")
}

// verifyEmail takes addresses for proven.
func (b *bulk) verifyEmail(ctx context.Context, ids []int64) (int, error) {
	now := strconv.FormatInt(b.now(), 10)
	n, err := b.set(ctx, ids, "u.email <> '' AND u.email_verified_at IS NULL", "email_verified_at = "+now, "email_verified", "", now)
	if err != nil {
		return n, err
	}
	list, args := b.these("u.id", ids)
	waiting, err := all(b.onePerson)(b.rows(ctx, b.text.person+list+" AND u.email = '' AND u.new_email <> '' AND u.last_login IS NULL ORDER BY u.id", args...))
	if err != nil {
		return n, err
	}
	for _, u := range waiting { // who has registered, and not opened the link
		if _, err := b.proven(ctx, b.by, Token{User: u, Email: u.NewEmail}); err != nil {
			return n, errors.Join(CantAct("The address of "+u.Username+" is somebody else's. Nothing was changed. Choose without them."), err)
		}
		n++
	}
	return n, nil
}

// endAll ends the sessions of people.
func (b *bulk) endAll(ctx context.Context, ids []int64) (int, error) {
	kept := b.kept()
	ids = slices.DeleteFunc(slices.Clone(ids), func(id int64) bool { return id == kept })
	err := b.note(ctx, b.by, ids, "EXISTS (SELECT 1 FROM sessions s WHERE s.user_id = u.id)", "change", change{field: "sessions"})
	if err != nil {
		return 0, err
	}
	list, args := b.these("user_id", ids)
	var n int
	if err := b.row(ctx, "SELECT count(DISTINCT user_id) FROM sessions WHERE "+list, args...).Scan(&n); err != nil {
		return 0, err
	}
	return n, b.dropSessions(ctx, ids)
}

func (b *bulk) dropSessions(ctx context.Context, ids []int64) error {
	list, args := b.these("user_id", ids)
	_, err := b.exec(ctx, "DELETE FROM sessions WHERE "+list+" AND token_hash <> ?2", append(args, b.Keep)...)
	return err
}

// expirePasswords lets people go on only with another password.
func (b *bulk) expirePasswords(ctx context.Context, ids []int64) (int, error) {
	return b.set(ctx, ids, "u.password <> '' AND NOT u.password_expired", "password_expired = TRUE", "password_expired", "false", "true")
}

func (b *bulk) addToGroup(ctx context.Context, ids []int64) (int, error) {
	return b.regroup(ctx, ids, func(groups []string) []string { return append(slices.Clone(groups), b.group.Name) },
		"INSERT INTO user_groups (user_id, group_id) SELECT u.id, CAST(?2 AS BIGINT) FROM users u WHERE ")
}

func (b *bulk) removeFromGroup(ctx context.Context, ids []int64) (int, error) {
	return b.regroup(ctx, ids, func(groups []string) []string {
		return slices.DeleteFunc(slices.Clone(groups), func(name string) bool { return name == b.group.Name })
	}, "DELETE FROM user_groups AS u WHERE u.group_id = ?2 AND ")
}

// regroup writes to the history what groups people were in and are in, and runs the statement for whom that differs.
func (b *bulk) regroup(ctx context.Context, ids []int64, change func([]string) []string, query string) (int, error) {
	people, err := b.groupsOf(ctx, ids)
	if err != nil {
		return 0, err
	}
	var changed []int64
	for _, u := range people {
		u.Groups = slices.Sorted(slices.Values(u.Groups))
		after := slices.Compact(slices.Sorted(slices.Values(change(u.Groups))))
		if slices.Equal(u.Groups, after) {
			continue
		}
		u.Version++
		changed = append(changed, u.ID)
		if err := b.log(ctx, b.by, *u, "change", regrouped(u.Groups, after)); err != nil {
			return 0, err
		}
	}
	if len(changed) == 0 {
		return 0, nil
	}
	column := "u.id"
	if strings.HasPrefix(query, "DELETE") {
		column = "u.user_id"
	}
	list, args := b.these(column, changed)
	if _, err := b.exec(ctx, query+list, append(args, b.group.ID)...); err != nil {
		return 0, err
	}
	list, args = b.these("id", changed)
	if _, err := b.exec(ctx, "UPDATE users SET version = version + 1 WHERE "+list, args...); err != nil {
		return 0, err
	}
	list, args = b.these("u.id", changed)
	_, err = b.exec(ctx, "DELETE FROM sessions WHERE token_hash <> ?2 AND user_id <> ?3 AND user_id IN (SELECT u.id FROM users u WHERE "+list+" AND u.is_staff = TRUE AND u.is_superuser = FALSE)", append(args, b.Keep, b.kept())...)
	return len(changed), err
}

func regrouped(before, after []string) change {
	return change{field: "groups", old: strings.Join(before, "\n"), new: strings.Join(after, "\n")}
}

// groupsOf reads who people are and which groups they are in.
func (b *bulk) groupsOf(ctx context.Context, ids []int64) ([]*account.User, error) {
	list, args := b.these("u.id", ids)
	at := map[int64]*account.User{}
	var people []*account.User
	scan := func(row scanner) (id int64, err error) {
		var u account.User
		var group string
		if err = row.Scan(&u.ID, &u.Username, &u.Version, &group); err != nil {
			return 0, err
		}
		if at[u.ID] == nil {
			at[u.ID] = &u
			people = append(people, &u)
		}
		if group != "" {
			at[u.ID].Groups = append(at[u.ID].Groups, group)
		}
		return u.ID, nil
	}
	_, err := all(scan)(b.rows(ctx, "SELECT u.id, u.username, u.version, COALESCE(g.name, '') FROM users u LEFT JOIN user_groups ug ON ug.user_id = u.id"+
		" LEFT JOIN groups g ON g.id = ug.group_id WHERE "+list+" ORDER BY u.id, g.name", args...))
	return people, err
}

// delete takes people out of every table, as one who is deleted is.
func (b *bulk) delete(ctx context.Context, ids []int64) (int, error) {
	list, args := b.these("u.id", ids)
	people, err := all(b.onePerson)(b.rows(ctx, b.text.person+list+" ORDER BY u.id", args...))
	if err != nil {
		return 0, err
	}
	if len(people) == 0 {
		return 0, nil
	}
	if err := b.hideAll(ctx, b.by, people); err != nil {
		return 0, err
	}
	return len(people), nil
}
