package db

import (
	"context"
	"database/sql"
	"errors"
	"strconv"

	"nameplate/internal/account"
)

// undoInvitation takes back that an invitation was made, or that it was ended.
func (tx *Tx) undoInvitation(ctx context.Context, by Author, l line) error {
	if err := tx.may(ctx, by, account.Change, account.Invitations); err != nil {
		return err
	}
	if l.action == "add" {
		err := tx.revoke(ctx, by, l.object)
		if errors.Is(told(err), ErrNotFound) {
			return CantUndo("The invitation has ended already.")
		}
		return err
	}
	var expires int64
	var email string
	var unsent bool
	err := tx.row(ctx, "SELECT expires_at, email, token_hash IS NULL FROM invitations WHERE id = ?1", l.object).Scan(&expires, &email, &unsent)
	if errors.Is(err, sql.ErrNoRows) || err == nil && strconv.FormatInt(expires, 10) != l.new {
		return CantUndo("The invitation is another now.")
	}
	if err != nil {
		return err
	}
	former, err := strconv.ParseInt(l.old, 10, 64)
	if err != nil || former <= tx.now() {
		return CantUndo("The invitation would have ended by itself meanwhile. Make another one.")
	}
	if _, err := tx.exec(ctx, "UPDATE invitations SET expires_at = ?2 WHERE id = ?1", l.object, former); err != nil {
		return err
	}
	if err := tx.record(ctx, by, invitationSubject(l.object), "change", change{field: "expires_at", old: l.new, new: l.old}); err != nil || !unsent {
		return err
	}
	return tx.queueInvitation(ctx, l.object, email)
}
