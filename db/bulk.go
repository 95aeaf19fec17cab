package db

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"nameplate/internal/account"
	"nameplate/internal/admin"
)

// bulkSize is how many people one statement of an action changes: between two, it can be cancelled, and says how far it is.
const bulkSize = 1000

// Bulk is an action on many people.
type Bulk struct {
	Action string
	Query  admin.Query // whose list it is of, all its pages
	IDs    []int64     // the people that it is of; nil for all of the list
	Group  int64       // the group that it is about
	Keep   string      // the hashed token of a session that is not ended: of who asks
	Job    bool        // it is done later: no session of who asks is ended, because theirs may be another by then

	Progress func(done, total int) // told between two statements; may be nil
}

// CantAct is why an action can't be done with those that were chosen, in words for people.
type CantAct string

// Error returns the words.
func (c CantAct) Error() string { return string(c) }

// PeopleIDs returns the ids of everybody on a list, however many pages it has. It fails with admin.BadQuery.
func (d *DB) PeopleIDs(ctx context.Context, q admin.Query) (ids []int64, err error) {
	err = d.readList(ctx, func(tx *Tx) error {
		ids, err = tx.peopleIDs(ctx, q)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list people: %w", err)
	}
	return ids, nil
}

func (tx *Tx) peopleIDs(ctx context.Context, q admin.Query) ([]int64, error) {
	resource := admin.People(tx.profile)
	q = q.First()
	if q.Sort == "" {
		q.Sort = resource.Ordering
	}
	l, err := tx.newList(resource, q)
	if err != nil || l.search.nothing {
		return nil, err
	}
	l.tx = tx
	ids, err := l.ids(ctx)
	if err != nil {
		return nil, err
	}
	query, args := used("SELECT id FROM ("+ids+") found ORDER BY id", l.args)
	return all(number)(tx.rows(ctx, query, args...))
}

// ActOnPeople does what an action says with many people, all of it or nothing, and returns how many it changed and the event of the history
// that it is, 0 for nothing. It fails with ErrForbidden, CantAct, ErrLastSuperuser and ErrNotFound, for a group that is gone.
func (d *DB) ActOnPeople(ctx context.Context, by Author, b Bulk) (changed int, event int64, err error) {
	err = d.write(ctx, func(tx *Tx) error {
		changed, event, err = tx.actOnPeople(ctx, by, b)
		return err
	})
	if err != nil {
		return 0, 0, fmt.Errorf("%s people: %w", b.Action, err)
	}
	return changed, event, nil
}

func (tx *Tx) actOnPeople(ctx context.Context, by Author, b Bulk) (changed int, event int64, err error) {
	action, ok := admin.People(tx.profile).Action(b.Action)
	do := bulkActions[b.Action]
	if !ok || do == nil {
		return 0, 0, fmt.Errorf("there is no action %s of people", b.Action)
	}
	asks := account.User{IsActive: true, IsSuperuser: true} // the command line
	if by.ID != 0 {
		if asks, err = tx.asker(ctx, by.ID); err != nil {
			return 0, 0, err
		}
	}
	if !account.May(asks, action.Verb, account.Users) {
		return 0, 0, ErrForbidden
	}
	run := &bulk{Tx: tx, by: by, asks: asks, Bulk: b}
	if err := run.prepare(ctx); err != nil {
		return 0, 0, err
	}
	ids := run.IDs
	for done := 0; done < len(ids); done += bulkSize {
		if b.Progress != nil {
			b.Progress(done, len(ids))
		}
		if err := ctx.Err(); err != nil {
			return 0, 0, err
		}
		n, err := do(run, ctx, ids[done:min(done+bulkSize, len(ids))])
		if err != nil {
			return 0, 0, err
		}
		changed += n
	}
	return changed, tx.event, run.keepsSuperuser(ctx)
}

// bulk is an action under way.
type bulk struct {
	*Tx
	Bulk
	by    Author
	asks  account.User
	group account.Group
	super bool // it could be of superusers
}

// kept is the person none of whose sessions are ended; 0 for nobody.
func (b *bulk) kept() int64 {
	if b.Job {
		return b.by.ID
	}
	return 0
}

// bulkActions do what actions say with some people, and return how many they changed.
var bulkActions = map[string]func(b *bulk, ctx context.Context, ids []int64) (int, error){
	"activate":             (*bulk).activate,
	"deactivate":           (*bulk).deactivate,
	"verify_email":         (*bulk).verifyEmail,
	"end_sessions":         (*bulk).endAll,
	"require_new_password": (*bulk).expirePasswords,
	"add_to_group":         (*bulk).addToGroup,
	"remove_from_group":    (*bulk).removeFromGroup,
	"delete":               (*bulk).delete,
}

// prepare refuses what may not be done with any one of them, before anything is. Others who change groups, or one of these people, wait from now on.
func (b *bulk) prepare(ctx context.Context) error {
	if _, err := b.thisEvent(ctx); err != nil {
		return err
	}
	if b.Action == "add_to_group" || b.Action == "remove_from_group" {
		if err := b.readGroup(ctx); err != nil {
			return err
		}
	}
	above, err := b.hold(ctx)
	if err != nil {
		return err
	}
	b.super = above > 0 || slices.Contains(b.IDs, b.by.ID)
	if above > 0 && !b.asks.IsSuperuser {
		return CantAct(strconv.Itoa(above) + " of them are staff or superusers, whom only a superuser may change. Nothing was changed. Choose without them: filter by Staff and by Superuser.")
	}
	if (b.Action == "delete" || b.Action == "deactivate" || b.Action == "verify_email") && b.by.ID != 0 && slices.Contains(b.IDs, b.by.ID) {
		return CantAct("You are among them. Nothing was changed. Choose without yourself.")
	}
	return nil
}

// hold finds whom the action is of, keeps others from changing them until the transaction ends, and counts the others among them whom only a
// superuser may change. All who hold many hold them by id, so that no two wait for each other.
func (b *bulk) hold(ctx context.Context) (above int, err error) {
	listed := b.IDs == nil
	if listed {
		b.IDs, err = b.peopleIDs(ctx, b.Query)
	} else {
		b.IDs = slices.Compact(slices.Sorted(slices.Values(b.IDs)))
	}
	if err != nil {
		return 0, err
	}
	for ids := range slices.Chunk(b.IDs, bulkSize) {
		var n int
		list, args := b.these("u.id", ids)
		err := b.row(ctx, "SELECT count(*) FILTER (WHERE (is_staff OR is_superuser) AND id <> ?2) FROM (SELECT u.id, u.is_staff, u.is_superuser FROM users u WHERE "+
			list+" ORDER BY u.id"+b.forUpdate()+") held", append(args, b.by.ID)...).Scan(&n)
		if err != nil {
			return 0, err
		}
		above += n
	}
	if listed && b.pg { // whom somebody has taken out of the list before they were held stay as they are
		still, err := b.peopleIDs(ctx, b.Query)
		if err != nil {
			return 0, err
		}
		b.IDs = slices.DeleteFunc(b.IDs, func(id int64) bool { _, found := slices.BinarySearch(still, id); return !found })
	}
	return above, nil
}

// readGroup reads the group that the action is about, which may let nobody do more than who asks.
func (b *bulk) readGroup(ctx context.Context) (err error) {
	if err := b.lock(ctx, "groups"); err != nil {
		return err
	}
	if b.group, err = b.Tx.group(ctx, b.Group); errors.Is(err, ErrNotFound) {
		return CantAct("Choose a group. Nothing was changed.")
	}
	if err == nil && !account.MayGrant(b.asks, b.group.Permissions) {
		return ErrForbidden
	}
	return err
}

// keepsSuperuser refuses what leaves nobody active who is a superuser.
func (b *bulk) keepsSuperuser(ctx context.Context) error {
	if !b.super || b.Action != "deactivate" && b.Action != "delete" {
		return nil
	}
	if err := b.lock(ctx, "superusers"); err != nil { // behind the people, as who changes one does
		return err
	}
	var has bool
	if err := b.row(ctx, "SELECT EXISTS (SELECT 1 FROM users WHERE is_superuser = TRUE AND is_active)").Scan(&has); err != nil {
		return err
	}
	if !has {
		return ErrLastSuperuser
	}
	return nil
}

// these is the condition that a column is one of some ids, as ?1 of the arguments.
func (b *bulk) these(column string, ids []int64) (string, []any) {
	return column + " IN (" + b.each("?1") + ")", []any{jsonIDs(ids)}
}

// each is the query of the ids in a JSON list.
func (d *DB) each(place string) string {
	if d.pg {
		return "SELECT value::bigint FROM jsonb_array_elements_text(" + place + "::jsonb)"
	}
	return "SELECT value FROM json_each(" + place + ")"
}

// eachText is the query of the texts in a JSON list.
func (d *DB) eachText(place string) string {
	if d.pg {
		return "SELECT jsonb_array_elements_text(" + place + "::jsonb)"
	}
	return "SELECT value FROM json_each(" + place + ")"
}

func jsonIDs(ids []int64) string {
	out := []byte{'['}
	for i, id := range ids {
		if i > 0 {
			out = append(out, ',')
		}
		out = strconv.AppendInt(out, id, 10)
	}
	return string(append(out, ']'))
}
