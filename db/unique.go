package db

import (
	"context"
	"fmt"

	"nameplate/internal/account"
	"nameplate/internal/form"
	"nameplate/internal/profile"
)

// takenAttribute asks whether anybody but the person ?2 has the value ?1 of a unique attribute.
func takenAttribute(attr profile.Attribute) string {
	return "SELECT EXISTS (SELECT 1 FROM profiles WHERE " + quoted(attr.Name) + " = ?1 AND user_id <> ?2)"
}

// TakenAttribute says whether anybody but the person with the id except has this value of a unique attribute.
func (d *DB) TakenAttribute(ctx context.Context, attr profile.Attribute, value string, except int64) (taken bool, err error) {
	if value == "" || !attr.Unique {
		return false, nil
	}
	err = d.r.QueryRowContext(ctx, d.dialect(takenAttribute(attr)), argument(attr, value), except).Scan(&taken)
	if err != nil {
		return false, fmt.Errorf("look whether the %s is taken: %w", attr.Name, told(err))
	}
	return taken, nil
}

// TakenAttributeMessage says that somebody else has this value of a unique attribute.
func TakenAttributeMessage(attr profile.Attribute, value string) form.Message {
	return form.Message(attr.Label + ": enter another; '" + attr.Words(value) + "' is somebody else's.")
}

// freeAttributes notes in errs which of the unique values of u somebody else has.
func (tx *Tx) freeAttributes(ctx context.Context, u account.User, errs form.Errors) error {
	for _, attr := range tx.text.unique {
		value := u.Attributes[attr.Name]
		if value == "" || errs[attr.Name] != "" {
			continue
		}
		var taken bool
		if err := tx.row(ctx, takenAttribute(attr), argument(attr, value), u.ID).Scan(&taken); err != nil {
			return fmt.Errorf("look whether the %s is taken: %w", attr.Name, err)
		}
		if taken {
			errs.Add(attr.Name, TakenAttributeMessage(attr, value))
		}
	}
	return nil
}
