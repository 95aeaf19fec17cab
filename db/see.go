package db

import (
	"context"
	"fmt"

	"nameplate/internal/account"
	"nameplate/internal/profile"
)

// MaySeePicture says whether me, nil for a stranger, may see the picture of this name: as a picture of anybody, or where it is nobody's,
// because it waits for a form that is being filled in.
func (d *DB) MaySeePicture(ctx context.Context, name string, me *account.User) (bool, error) {
	if !storable(name) {
		return false, nil
	}
	owned := false
	for _, attr := range d.text.portraits {
		sees, owns, err := d.shows(ctx, attr, name, me)
		if err != nil || sees {
			return sees, err
		}
		owned = owned || owns
	}
	if owned {
		return false, nil
	}
	waits, err := d.names(ctx, "SELECT name FROM waiting_pictures WHERE name = ?1 AND state <> 'dropped'", name)
	return len(waits) > 0, err
}

// shows says whether me may see the attribute of anybody whose picture this is, and whether it is anybody's.
func (d *DB) shows(ctx context.Context, attr profile.Attribute, name string, me *account.User) (sees, owned bool, err error) {
	column := "p." + quoted(attr.Name)
	rows, err := d.r.QueryContext(ctx, d.dialect(d.text.person+column+" = ?1 AND "+column+" <> ''"), name)
	if err != nil {
		return false, owned, fmt.Errorf("look whose picture %s is: %w", name, told(err))
	}
	defer rows.Close()
	for rows.Next() {
		person, err := d.scanPerson(rows)
		if err != nil {
			return false, owned, fmt.Errorf("read whose picture %s is: %w", name, told(err))
		}
		owned = true
		shown := person.IsSeen() || me != nil && account.May(*me, account.View, account.Users)
		if shown && attr.MaySee(me, person) {
			return true, true, nil
		}
	}
	return false, owned, told(rows.Err())
}
