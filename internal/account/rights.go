package account

// MayViewAdmin says whether me may see the admin: an active person who is staff or a superuser.
func MayViewAdmin(me User) bool { return me.IsActive && (me.IsStaff || me.IsSuperuser) }

// MayAdd says whether me may add people.
func MayAdd(me User) bool { return MayViewAdmin(me) }

// MayChange says whether me may change target in the admin: a superuser everyone; staff themselves, and people who are neither
// staff nor superusers.
func MayChange(me, target User) bool {
	if !MayViewAdmin(me) {
		return false
	}
	return me.IsSuperuser || me.ID == target.ID || !target.IsStaff && !target.IsSuperuser
}

// MayDelete says whether me may delete target in the admin: as MayChange, but nobody deletes themselves there.
func MayDelete(me, target User) bool { return MayChange(me, target) && me.ID != target.ID }

// MaySetRights says whether me may set is_staff and is_superuser: superusers only.
func MaySetRights(me User) bool { return me.IsActive && me.IsSuperuser }
