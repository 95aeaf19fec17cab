package account

import "slices"

// The resources of the admin, whose names permissions begin with.
const (
	Users       = "users"
	Groups      = "groups"
	Invitations = "invitations"
	Sessions    = "sessions"
	Mail        = "mail"
	History     = "history"
)

// The verbs that permissions end with, as in Django: users.view, users.add …
const (
	View   = "view"
	Add    = "add"
	Change = "change"
	Delete = "delete"
)

// verbs are what can be permitted on each resource: only what there is something to do for.
var verbs = []struct {
	resource string
	verbs    []string
}{
	{Users, []string{View, Add, Change, Delete}},
	{Groups, []string{View, Add, Change, Delete}},
	{Invitations, []string{View, Add, Change}},
	{Sessions, []string{View, Delete}},
	{Mail, []string{View, Change, Delete}},
	{History, []string{View}},
}

// Permissions returns every permission there is, by resource.
func Permissions() []string {
	var all []string
	for _, r := range verbs {
		for _, verb := range r.verbs {
			all = append(all, r.resource+"."+verb)
		}
	}
	return all
}

// MayViewAdmin says whether me may see the admin at all: an active person who is staff or a superuser.
func MayViewAdmin(me User) bool { return me.IsActive && (me.IsStaff || me.IsSuperuser) }

// May says whether me may do something with the rows of a resource: a superuser anything, staff what a permission of theirs or of one of
// their groups says. Whoever may change a thing may view it, as in Django, and nobody deletes what they may not view.
func May(me User, verb, resource string) bool {
	if !MayViewAdmin(me) {
		return false
	}
	if !me.IsSuperuser && verb == Delete && !May(me, View, resource) {
		return false
	}
	return me.IsSuperuser || me.holds(resource+"."+verb) || verb == View && me.holds(resource+"."+Change)
}

// holds says whether somebody was given a permission, directly or by a group.
func (u User) holds(permission string) bool {
	return slices.Contains(u.Permissions, permission) || slices.Contains(u.GroupPermissions, permission)
}

// MayAdd says whether me may add people.
func MayAdd(me User) bool { return May(me, Add, Users) }

// MayChange says whether me, who may change people, may change target: a superuser everyone; staff themselves, and people who are neither
// staff nor superusers.
func MayChange(me, target User) bool { return May(me, Change, Users) && reaches(me, target) }

// MayDelete says whether me, who may delete people, may delete target: whom MayChange would let them change, and nobody themselves.
func MayDelete(me, target User) bool {
	return May(me, Delete, Users) && reaches(me, target) && me.ID != target.ID
}

// reaches says whether target is below me, or is me: staff don't touch each other, and nobody but a superuser a superuser.
func reaches(me, target User) bool {
	return me.IsSuperuser || me.ID == target.ID || !target.IsStaff && !target.IsSuperuser
}

// MaySetRights says whether me may set is_staff, is_superuser and the permissions of a person: superusers only.
func MaySetRights(me User) bool { return me.IsActive && me.IsSuperuser }

// MayGrant says whether me may give these permissions to others, and take them away: nobody gives more than they hold.
func MayGrant(me User, permissions []string) bool {
	return !slices.ContainsFunc(permissions, func(p string) bool { return !MaySetRights(me) && !(MayViewAdmin(me) && me.holds(p)) })
}

// MayEndSessions says whether me, who may delete sessions, may end those of target.
func MayEndSessions(me, target User) bool { return May(me, Delete, Sessions) && reaches(me, target) }
