package account

import "testing"

func TestRights(t *testing.T) {
	member := User{ID: 1, IsActive: true}
	staff := User{ID: 2, IsActive: true, IsStaff: true}
	super := User{ID: 3, IsActive: true, IsSuperuser: true}
	goneStaff := User{ID: 4, IsStaff: true}
	goneSuper := User{ID: 5, IsSuperuser: true, IsStaff: true}
	otherStaff := User{ID: 6, IsActive: true, IsStaff: true}
	for name, row := range map[string]struct {
		me, target                User
		view, change, del, rights bool
	}{
		"nobody":                            {User{}, member, false, false, false, false},
		"a member and another":              {member, User{ID: 9, IsActive: true}, false, false, false, false},
		"a member and oneself":              {member, member, false, false, false, false},
		"staff and a member":                {staff, member, true, true, true, false},
		"staff and oneself":                 {staff, staff, true, true, false, false},
		"staff and other staff":             {staff, otherStaff, true, false, false, false},
		"staff and a superuser":             {staff, super, true, false, false, false},
		"staff and a deactivated superuser": {staff, goneSuper, true, false, false, false},
		"a superuser and staff":             {super, staff, true, true, true, true},
		"a superuser and oneself":           {super, super, true, true, false, true},
		"a superuser and another":           {super, goneSuper, true, true, true, true},
		"deactivated staff":                 {goneStaff, member, false, false, false, false},
		"a deactivated superuser":           {goneSuper, member, false, false, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			if MayViewAdmin(row.me) != row.view || MayAdd(row.me) != row.view || MayChange(row.me, row.target) != row.change ||
				MayDelete(row.me, row.target) != row.del || MaySetRights(row.me) != row.rights {
				t.Errorf("view %v, add %v, change %v, delete %v, rights %v", MayViewAdmin(row.me), MayAdd(row.me),
					MayChange(row.me, row.target), MayDelete(row.me, row.target), MaySetRights(row.me))
			}
		})
	}
}
