package db_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"nameplate/db"
	"nameplate/db/dbtest"
	"nameplate/internal/account"
)

// TestUndoOfManyKeepsTheRules that each of them would be taken back by.
func TestUndoOfManyKeepsTheRules(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		root, clerk, members := team(t, d, 6)
		other := add(t, d, account.User{Username: "other", IsStaff: true, IsSuperuser: true})
		by := db.Author{ID: root.ID, IP: "192.0.2.1"}
		g, err := d.SaveGroup(t.Context(), by, account.Group{Name: "Desk"})
		if err != nil {
			t.Fatal(err)
		}
		do := func(by db.Author, action string, ids ...int64) int64 {
			t.Helper()
			_, event := bulk(t, d, by, db.Bulk{Action: action, IDs: ids, Group: g.ID})
			var line int64
			_, _ = fmt.Sscan(dbtest.Text(t, d, fmt.Sprintf("SELECT min(id) FROM history WHERE event_id = %d", event)), &line)
			return line
		}
		text := func(query string) string { return dbtest.Text(t, d, query) }
		versions := func() string { return text("SELECT sum(version) FROM users") }
		dbtest.Exec(t, d, "UPDATE users SET is_active = FALSE WHERE username <> 'root'")
		activated := do(by, "activate", append([]int64{other.ID, clerk.ID}, members...)...)
		dbtest.Exec(t, d, "INSERT INTO sessions (token_hash, user_id, data, expiry, created_at, seen_at) SELECT username, id, '', 9000000000000, 0, 0 FROM users")
		before := versions()
		undone(t, d, by, activated)
		if got := text("SELECT count(*) FROM users WHERE is_active"); got != "1" {
			t.Errorf("%s are active", got)
		}
		if got := text("SELECT count(*) || max(token_hash) FROM sessions"); got != "1root" {
			t.Errorf("sessions: %s", got)
		}
		if got := text("SELECT count(*) FROM history h JOIN users u ON u.id = h.object_id WHERE h.undoes <> 0 AND h.version = u.version AND h.old = 'true' AND h.new = 'false' AND h.ip = '192.0.2.1' AND h.by_username = 'root'"); got != "8" {
			t.Errorf("%s lines; the versions are %s, were %s", got, versions(), before)
		}
		undone(t, d, by, lastLine(t, d))
		// Staff take back what they did, and nothing once one of them is above.
		mine := db.Author{ID: clerk.ID}
		expired, joined := do(mine, "require_new_password", members...), do(mine, "add_to_group", members...)
		dbtest.Exec(t, d, fmt.Sprintf("UPDATE users SET is_staff = TRUE WHERE id = %d", members[3]))
		for _, line := range []int64{expired, joined} {
			if _, err := d.Undo(t.Context(), mine, line); !errors.Is(err, db.ErrForbidden) {
				t.Errorf("one of them is staff: %v", err)
			}
		}
		dbtest.Exec(t, d, fmt.Sprintf("UPDATE users SET is_staff = FALSE WHERE id = %d", members[3]))
		// One in the way, without a line that says so, refuses all.
		dbtest.Exec(t, d, fmt.Sprintf("UPDATE users SET password_expired = FALSE WHERE id = %d", members[4]))
		dbtest.Exec(t, d, fmt.Sprintf("DELETE FROM user_groups WHERE user_id = %d", members[4]))
		was := state(t, d)
		for _, line := range []int64{expired, joined} {
			if got := why(t, d, mine, line); !strings.HasSuffix(got, "of p04 has been changed again since.") || state(t, d) != was {
				t.Errorf("%q; %s, was %s", got, state(t, d), was)
			}
		}
		dbtest.Exec(t, d, fmt.Sprintf("UPDATE users SET password_expired = TRUE WHERE id = %d", members[4]))
		dbtest.Exec(t, d, fmt.Sprintf("INSERT INTO user_groups (user_id, group_id) VALUES (%d, %d)", members[4], g.ID))
		undone(t, d, mine, expired)
		undone(t, d, mine, joined)
		if got := text("SELECT count(*) FROM user_groups") + text("SELECT count(*) FROM users WHERE password_expired"); got != "00" {
			t.Error(got)
		}
		// A group that may do more by now, and one that is gone.
		undone(t, d, mine, lastLine(t, d))
		left := do(mine, "remove_from_group", members...)
		dbtest.Exec(t, d, fmt.Sprintf("INSERT INTO group_permissions (group_id, permission) VALUES (%d, 'more.than')", g.ID))
		if _, err := d.Undo(t.Context(), mine, left); !errors.Is(err, db.ErrForbidden) {
			t.Errorf("a group that may do more: %v", err)
		}
		dbtest.Exec(t, d, fmt.Sprintf("DELETE FROM groups WHERE id = %d", g.ID))
		if got := why(t, d, by, left); got != "One of the groups is gone." {
			t.Errorf("%q", got)
		}
	})
}
