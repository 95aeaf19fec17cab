package account

import "testing"

func TestRights(t *testing.T) {
	member := User{ID: 1, IsActive: true}
	staff := User{ID: 2, IsActive: true, IsStaff: true, Permissions: []string{"users.add", "users.delete"}, GroupPermissions: []string{"users.change"}}
	super := User{ID: 3, IsActive: true, IsSuperuser: true}
	goneStaff := User{ID: 4, IsStaff: true, Permissions: Permissions()}
	permitted := User{ID: 7, IsActive: true, Permissions: Permissions()}
	goneSuper := User{ID: 5, IsSuperuser: true, IsStaff: true}
	otherStaff := User{ID: 6, IsActive: true, IsStaff: true}
	for name, row := range map[string]struct {
		me, target                User
		view, change, del, rights bool
	}{
		"nobody":                             {User{}, member, false, false, false, false},
		"a member and another":               {member, User{ID: 9, IsActive: true}, false, false, false, false},
		"a permitted member who is no staff": {permitted, member, false, false, false, false},
		"a member and oneself":               {member, member, false, false, false, false},
		"staff and a member":                 {staff, member, true, true, true, false},
		"staff and oneself":                  {staff, staff, true, true, false, false},
		"staff and other staff":              {staff, otherStaff, true, false, false, false},
		"staff and a superuser":              {staff, super, true, false, false, false},
		"staff and a deactivated superuser":  {staff, goneSuper, true, false, false, false},
		"a superuser and staff":              {super, staff, true, true, true, true},
		"a superuser and oneself":            {super, super, true, true, false, true},
		"a superuser and another":            {super, goneSuper, true, true, true, true},
		"deactivated staff":                  {goneStaff, member, false, false, false, false},
		"a deactivated superuser":            {goneSuper, member, false, false, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			if May(row.me, View, Users) != row.view || MayAdd(row.me) != row.view || MayChange(row.me, row.target) != row.change ||
				MayDelete(row.me, row.target) != row.del || MaySetRights(row.me) != row.rights {
				t.Errorf("view %v, add %v, change %v, delete %v, rights %v", May(row.me, View, Users), MayAdd(row.me),
					MayChange(row.me, row.target), MayDelete(row.me, row.target), MaySetRights(row.me))
			}
		})
	}
}

func TestPermissions(t *testing.T) {
	staff := func(permissions ...string) User {
		return User{ID: 1, IsActive: true, IsStaff: true, Permissions: permissions, GroupPermissions: []string{"mail.view"}}
	}
	super := User{ID: 2, IsActive: true, IsSuperuser: true}
	for name, row := range map[string]struct {
		me       User
		verb, on string
		want     bool
	}{
		"nobody may do nothing":                {User{}, View, Users, false},
		"staff need a permission":              {staff(), View, Users, false},
		"a group gives one":                    {staff(), View, Mail, true},
		"to change is to view":                 {staff("users.change"), View, Users, true},
		"to view is not to change":             {staff("users.view"), Change, Users, false},
		"to delete is not to view":             {staff("users.delete"), View, Users, false},
		"nobody deletes what they don't see":   {staff("users.delete"), Delete, Users, false},
		"to delete what one may view":          {staff("users.delete", "users.view"), Delete, Users, true},
		"one resource is not another":          {staff("users.change"), Change, Groups, false},
		"superusers may do anything":           {super, Delete, History, true},
		"a permission nobody knows is useless": {staff("users"), View, Users, false},
	} {
		if got := May(row.me, row.verb, row.on); got != row.want {
			t.Errorf("%s: %v", name, got)
		}
	}
	if !MayGrant(super, Permissions()) || !MayGrant(staff("users.view"), []string{"users.view", "mail.view"}) ||
		MayGrant(staff("users.view"), []string{"users.change"}) || MayGrant(User{ID: 3, IsActive: true, Permissions: Permissions()}, []string{"users.view"}) {
		t.Error("somebody gives more than they hold, or can't give what they hold")
	}
}
