package db

import (
	"context"
	"fmt"

	"nameplate/internal/account"
	"nameplate/internal/profile"
)

// MaySeePicture says whether me, nil for a stranger, may see the picture of this name: as a picture of anybody, or because it waits for
// a form that they fill in, or a stranger does.
func (d *DB) MaySeePicture(ctx context.Context, name string, me *account.User) (bool, error) {
	if !storable(name) {
		return false, nil
	}
	var id int64
	if me != nil {
		id = me.ID
	}
	waits, err := d.names(ctx, "SELECT name FROM waiting_pictures WHERE name = ?1 AND state <> 'dropped' AND user_id IN (0, ?2)", name, id)
	if err != nil || len(waits) > 0 {
		return len(waits) > 0, err
	}
	for _, attr := range d.text.portraits {
		if sees, err := d.shows(ctx, attr, name, me); err != nil || sees {
			return sees, err
		}
	}
	return false, nil
}

// shows says whether me may see the attribute of anybody whose picture this is.
func (d *DB) shows(ctx context.Context, attr profile.Attribute, name string, me *account.User) (bool, error) {
	column := "p." + quoted(attr.Name)
	rows, err := d.r.QueryContext(ctx, d.dialect(d.text.person+column+" = ?1 AND "+column+" <> ''"), name)
	if err != nil {
		return false, fmt.Errorf("look whose picture %s is: %w", name, told(err))
	}
	defer rows.Close()
	for rows.Next() {
		person, err := d.scanPerson(rows)
		if err != nil {
			return false, fmt.Errorf("read whose picture %s is: %w", name, told(err))
		}
		shown := person.IsSeen() || me != nil && account.May(*me, account.View, account.Users)
		if shown && attr.MaySee(me, person) {
			return true, nil
		}
	}
	return false, told(rows.Err())
}
