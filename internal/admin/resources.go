package admin

import (
	"nameplate/internal/profile"
)

// Resources returns every list of the admin, in the order in which they are offered. A list that is added here has its page, search,
// filters, export, permissions and actions; what an action does is in db.
func Resources(p profile.Profile) []Resource {
	return []Resource{People(p), groups(), invitations(), sessions(), mail(), deleted(), history(p)}
}

func groups() Resource {
	return Resource{
		Name: "groups", Label: "Groups", One: "group", Many: "groups",
		From: "groups g", ID: "g.id",
		Columns: []Column{
			{Name: "name", Label: "Name", Kind: Text, Sortable: true, SQL: "g.name", Sort: "g.name_key", Link: "/admin/groups/{id}"},
			{Name: "members", Label: "Members", Kind: Number, Link: "/admin/users?groups={id}", SQL: "(SELECT count(*) FROM user_groups ug WHERE ug.group_id = g.id)"},
			{Name: "permissions", Label: "Permissions", Kind: Number, SQL: "(SELECT count(*) FROM group_permissions gp WHERE gp.group_id = g.id)"},
			{Name: "id", Kind: Number, SQL: "g.id", Hidden: true},
		},
		Search: []string{"g.name_key"}, SearchHelp: "a part of the name",
		Ordering: "name", PerPage: 100, Adds: "Add a group",
		Empty: "A group says what its members may do in the admin.",
	}
}

func invitations() Resource {
	return Resource{
		Name: "invitations", Label: "Invitations", One: "invitation", Many: "invitations",
		From: "invitations i LEFT JOIN users u ON u.id = i.by_id", ID: "i.id",
		Columns: []Column{
			{Name: "email", Label: "For", Kind: Text, SQL: "CASE WHEN i.email = '' THEN 'whoever has the link' ELSE i.email END"},
			{Name: "uses", Label: "Came", Kind: Number, Sortable: true, SQL: "i.uses"},
			{Name: "max_uses", Label: "May come", Kind: Number, Sortable: true, SQL: "i.max_uses"},
			{Name: "came", Label: "Last to come", Kind: Text, Link: "/admin/users/{came_id}",
				SQL: "COALESCE((SELECT c.username FROM invitation_uses iu JOIN users c ON c.id = iu.user_id WHERE iu.invitation_id = i.id ORDER BY c.id DESC LIMIT 1), '')"},
			{Name: "created_at", Label: "Made", Kind: Moment, Sortable: true, SQL: "i.created_at"},
			{Name: "expires_at", Label: "Ends", Kind: Moment, Sortable: true, SQL: "i.expires_at"},
			{Name: "by", Label: "By", Kind: Text, SQL: "COALESCE(u.username, '')", Link: "/admin/users/{by_id}"},
			{Name: "by_id", Kind: Number, SQL: "COALESCE(i.by_id, 0)", Hidden: true},
			{Name: "came_id", Kind: Number, SQL: "COALESCE((SELECT max(iu.user_id) FROM invitation_uses iu WHERE iu.invitation_id = i.id), 0)", Hidden: true},
		},
		Filters: []Filter{{Name: "open", Label: "Open", SQL: "(i.uses < i.max_uses AND i.expires_at > {now})"}},
		Search:  []string{"i.email", "u.username"}, SearchHelp: "a part of the address, or of the username of who made it",
		Ordering: "-created_at", PerPage: 100, DateHierarchy: "created_at",
		Actions: []Action{{Name: "revoke", Label: "Take back", Verb: "change", Grave: true,
			Asks: "Nobody comes by them any more. Who has come stays. A mail that is on its way does not come back."}},
		Empty: "Whoever is invited opens the link and registers.",
	}
}

func sessions() Resource {
	return Resource{
		Name: "sessions", Label: "Sessions", One: "session", Many: "sessions",
		From: "sessions s JOIN users u ON u.id = s.user_id", ID: "s.id", Where: "s.expiry > {now}",
		Columns: []Column{
			{Name: "username", Label: "Username", Kind: Text, SQL: "u.username", Link: "/admin/users/{user_id}"},
			{Name: "ip", Label: "Address", Kind: Text, SQL: "s.ip"},
			{Name: "user_agent", Label: "Browser", Kind: Text, SQL: "s.user_agent"},
			{Name: "created_at", Label: "Logged in", Kind: Moment, Sortable: true, SQL: "s.created_at"},
			{Name: "seen_at", Label: "Last seen", Kind: Moment, Sortable: true, SQL: "s.seen_at"},
			{Name: "user_id", Kind: Number, SQL: "s.user_id", Hidden: true},
		},
		Filters: []Filter{{Name: "is_staff", Label: "Staff", SQL: "u.is_staff"}, {Name: "user", Label: "Person (id)", SQL: "s.user_id", Text: true}},
		Search:  []string{"u.username_key", "s.ip"}, SearchHelp: "a part of the username, or of the address",
		Ordering: "-seen_at", PerPage: 100,
		Actions: []Action{{Name: "end", Label: "End", Verb: "delete", Grave: true, Asks: "They have to log in again there. This can't be taken back."}},
		Empty:   "Who is logged in stands here.",
	}
}

// mailKinds say what each mail is about, as its subject does.
var mailKinds = []profile.Option{
	{Value: "verify_email", Label: "Confirm your e-mail address"},
	{Value: "email_changed", Label: "The e-mail address was changed"},
	{Value: "email_replaced", Label: "The e-mail address, which was not confirmed, was changed"},
	{Value: "reset_password", Label: "Choose a new password"},
	{Value: "password_changed", Label: "The password was changed"},
	{Value: "two_factor_on", Label: "Two-factor authentication was turned on"},
	{Value: "two_factor_off", Label: "Two-factor authentication was turned off"},
	{Value: "passkey_added", Label: "A passkey was added"},
	{Value: "passkey_removed", Label: "A passkey was removed"},
	{Value: "invitation", Label: "An invitation"},
	{Value: "approved", Label: "The account is approved"},
	{Value: "awaits_approval", Label: "An account waits for approval"},
}

func mail() Resource {
	return Resource{
		Name: "mail", Label: "Mail", One: "mail that failed", Many: "mails that failed",
		From: "mail m LEFT JOIN users u ON u.id = m.user_id", ID: "m.id", Where: "m.error <> ''",
		Columns: []Column{
			{Name: "kind", Label: "Mail", Kind: Words, SQL: "m.kind", Options: mailKinds},
			{Name: "address", Label: "To", Kind: Text, SQL: "m.address"},
			{Name: "username", Label: "About", Kind: Text, SQL: "COALESCE(u.username, '')", Link: "/admin/users/{user_id}"},
			{Name: "error", Label: "Why", Kind: Text, SQL: "m.error"},
			{Name: "tries", Label: "Tries", Kind: Number, Sortable: true, SQL: "m.tries"},
			{Name: "created_at", Label: "Asked for", Kind: Moment, Sortable: true, SQL: "m.created_at"},
			{Name: "next_at", Label: "Next try", Kind: Moment, SQL: "COALESCE(m.next_at, 0)"},
			{Name: "user_id", Kind: Number, SQL: "COALESCE(m.user_id, 0)", Hidden: true},
		},
		Filters: []Filter{
			{Name: "given_up", Label: "Given up", SQL: "(m.next_at IS NULL)"},
			{Name: "kind", Label: "Mail", SQL: "m.kind", Options: mailKinds},
		},
		Search: []string{"m.address", "u.username_key", "m.error"}, SearchHelp: "a part of the address, of the username, or of why it failed",
		Ordering: "-created_at", PerPage: 100, DateHierarchy: "created_at",
		Actions: []Action{
			{Name: "retry", Label: "Try again", Verb: "change", Asks: "They are tried again now, and for two more days. A mail that was sent can't be taken back."},
			{Name: "delete", Label: "Delete", Verb: "delete", Grave: true, Asks: "They are given up. This can't be taken back."},
		},
		Empty: "A mail is tried for two days. What could not be sent until then, or was refused for good, stays here.",
	}
}

func deleted() Resource {
	return Resource{
		Name: "deleted", Label: "Deleted", One: "deleted person", Many: "deleted people", Permission: "users",
		From: "deleted_users d", ID: "d.id",
		Columns: []Column{
			{Name: "username", Label: "Username", Kind: Text, Sortable: true, SQL: "d.username"},
			{Name: "name", Label: "Name", Kind: Text, SQL: "d.name"},
			{Name: "email", Label: "E-mail", Kind: Text, SQL: "d.email"},
			{Name: "deleted_at", Label: "Deleted", Kind: Moment, Sortable: true, SQL: "d.deleted_at"},
			{Name: "erased_at", Label: "Will be erased", Kind: Moment, SQL: "(d.deleted_at + 2592000000)"},
			{Name: "by", Label: "By", Kind: Text, Sortable: true, SQL: "d.by_username"},
		},
		Filters: []Filter{{Name: "id", Label: "Id", SQL: "d.id", Text: true}},
		Search:  []string{"d.username", "d.name", "d.email"}, SearchHelp: "a part of the username, the name, or the e-mail address",
		Ordering: "-deleted_at", PerPage: 100, DateHierarchy: "deleted_at",
		Actions: []Action{
			{Name: "restore", Label: "Bring back", Verb: "delete", Asks: "They are as they were, with profile, picture, second factor and groups. They have to log in again."},
			{Name: "erase", Label: "Erase now", Verb: "delete", Grave: true, Asks: "All that is left of them goes, for good: nothing brings them back. It can't be taken back."},
		},
		Empty: "Who is deleted here can be brought back for 30 days, and is erased then.",
	}
}

// actions are what the history calls what was done.
var actions = []profile.Option{
	{Value: "add", Label: "added"}, {Value: "change", Label: "changed"}, {Value: "delete", Label: "deleted"}, {Value: "erase", Label: "erased"}, {Value: "view", Label: "looked as"},
	{Value: "mail", Label: "mailed a link"}, {Value: "retry", Label: "tried again"}, {Value: "give_up", Label: "given up"},
}

// fields are what the history calls what was changed, beside the attributes of a profile.
var fields = []profile.Option{
	{Value: "is_active", Label: "Active"}, {Value: "is_staff", Label: "Staff"}, {Value: "is_superuser", Label: "Superuser"},
	{Value: "awaits_approval", Label: "Waits to be approved"}, {Value: "new_email", Label: "E-mail to be confirmed"},
	{Value: "groups", Label: "Groups"}, {Value: "permissions", Label: "Permissions"}, {Value: "password", Label: "Password"},
	{Value: "password_expired", Label: "Must choose a new password"}, {Value: "two_factor", Label: "Two factor"},
	{Value: "recovery_codes", Label: "Recovery codes"}, {Value: "passkey", Label: "Passkey"}, {Value: "email_verified", Label: "E-mail confirmed"},
	{Value: "avatar_public", Label: "Picture for other programs"}, {Value: "sessions", Label: "Sessions"}, {Value: "name", Label: "Name"}, {Value: "expires_at", Label: "Ends"},
}

// HistoryPlace is where that is what a line of the history tells of, below /admin/; empty where it is gone. Invitations have no pages.
const HistoryPlace = "CASE WHEN h.resource = 'users' AND EXISTS (SELECT 1 FROM users there WHERE there.id = h.object_id) THEN 'users/' || h.object_id" +
	" WHEN h.resource = 'users' AND EXISTS (SELECT 1 FROM deleted_users there WHERE there.id = h.object_id) THEN 'deleted?id=' || h.object_id" +
	" WHEN h.resource = 'groups' AND EXISTS (SELECT 1 FROM groups there WHERE there.id = h.object_id) THEN 'groups/' || h.object_id ELSE '' END"

// HistoryAlike is how many lines of the same event say the same of others: the last of them tells.
const HistoryAlike = "COALESCE((SELECT m.nth FROM history m WHERE m.event_id = h.event_id AND m.resource = h.resource AND m.action = h.action AND m.field = h.field" +
	" AND m.nth > 1 AND (m.old = h.old AND m.new = h.new OR h.new NOT IN ('true', 'false')) ORDER BY m.nth DESC LIMIT 1), 1)"

// HistoryUndone is 1 where the event of a line was taken back, and 0 where it stands: also where what took it back was taken back itself, and so on.
const HistoryUndone = "(WITH RECURSIVE back (event, n) AS (SELECT h.event_id, 0 UNION ALL SELECT (SELECT max(u.event_id) FROM history u WHERE u.undoes = back.event" +
	" AND u.undoes <> 0 AND u.nth = 1), back.n + 1 FROM back WHERE back.event IS NOT NULL) SELECT (max(back.n) - 1) % 2 FROM back)"

func history(p profile.Profile) Resource {
	var resources, named []profile.Option
	for _, r := range []Resource{People(p), groups(), invitations(), mail()} {
		resources = append(resources, profile.Option{Value: r.Name, Label: r.Label})
	}
	for _, attr := range append(profile.UserAttributes(), p.Attributes...) {
		named = append(named, profile.Option{Value: attr.Name, Label: attr.Label})
	}
	named = append(named, fields...)
	return Resource{
		Name: "history", Label: "History", One: "line", Many: "lines",
		From: "history h", ID: "h.id", Fold: "h.nth = 1",
		Columns: []Column{
			{Name: "at", Label: "When", Kind: Moment, Sortable: true, SQL: "h.at"},
			{Name: "by_username", Label: "Who", Kind: Text, SQL: "h.by_username", Link: "/admin/history?by_id={by_id}"},
			{Name: "action", Label: "Did", Kind: Words, SQL: "h.action", Options: actions},
			{Name: "object_repr", Label: "Whom or what", Kind: Text, SQL: "h.object_repr", Link: "/admin/{place}"},
			{Name: "field", Label: "Field", Kind: Words, SQL: "h.field", Options: named},
			{Name: "old", Label: "From", Kind: "value", SQL: "h.old"},
			{Name: "new", Label: "To", Kind: "value", SQL: "h.new"},
			{Name: "ip", Label: "Address", Kind: Text, SQL: "h.ip"},
			{Name: "resource", Kind: Text, SQL: "h.resource", Hidden: true},
			{Name: "object_id", Kind: Number, SQL: "h.object_id", Hidden: true},
			{Name: "by_id", Kind: Number, SQL: "COALESCE(h.by_id, 0)", Hidden: true},
			{Name: "event_id", Kind: Number, SQL: "h.event_id", Hidden: true},
			{Name: "place", Kind: Text, SQL: HistoryPlace, Hidden: true},
			{Name: "alike", Kind: Number, SQL: HistoryAlike, Hidden: true},
			{Name: "undoes", Kind: Number, SQL: "h.undoes", Hidden: true},
			{Name: "undone", Kind: Number, SQL: HistoryUndone, Hidden: true},
		},
		Filters: []Filter{
			{Name: "resource", Label: "Of", SQL: "h.resource", Options: resources},
			{Name: "action", Label: "Did", SQL: "h.action", Options: actions},
			{Name: "field", Label: "Field", SQL: "h.field", Options: named},
			{Name: "object_id", Label: "Id", SQL: "h.object_id", Text: true, Each: true},
			{Name: "by_id", Label: "Who (id)", SQL: "h.by_id", Text: true},
			{Name: "event_id", Label: "Event", SQL: "h.event_id", Text: true, Each: true},
		},
		Search: []string{"h.by_username", "h.object_repr", "h.old", "h.new", "h.ip"}, SearchHelp: "a part of who, whom, what it was, what it became, or the address",
		Ordering: "-at", PerPage: 100, DateHierarchy: "at",
		Empty: "What anybody changes stands here.",
	}
}
