package handlers

import (
	"context"
	"errors"
	"maps"
	"net/url"
	"slices"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"nameplate/internal/account"
	"nameplate/internal/admin"
	"nameplate/internal/form"
	"nameplate/internal/profile"
	"nameplate/views"
)

const (
	people    = "People"
	usersPath = "/admin/users"
)

// users lists people; edit=ID opens that row.
func (a *App) users(c *fiber.Ctx) error {
	list, err := a.list(c.UserContext(), string(c.Request().URI().QueryString()))
	if err != nil {
		return err
	}
	list.Saved, _ = strconv.ParseInt(c.Query("saved"), 10, 64) // what is no number is nobody
	list.Said = savedIt
	if id, err := strconv.ParseInt(c.Query("edit"), 10, 64); err == nil {
		person, err := a.changeable(c, id)
		if err != nil {
			return err
		}
		list.Open = &views.Edit{User: person, List: list.Query.Encode()}
	}
	return a.showUsers(c, fiber.StatusOK, list)
}

// list reads what a list's address asks for.
func (a *App) list(ctx context.Context, query string) (views.People, error) {
	resource := a.resource(account.Users)
	q, err := listed(resource, query)
	if err != nil {
		return views.People{}, err
	}
	page, err := a.DB.People(ctx, q)
	if err != nil {
		return views.People{}, err
	}
	people := views.People{Listing: views.NewListing(resource, q, page), Rows: page.Rows, Profile: a.shown.Attributes}
	if people.InGroup, err = a.DB.GroupNames(ctx); err != nil {
		return people, err
	}
	if q.Facets {
		if people.Facets, err = a.DB.Facets(ctx, q); err != nil {
			return people, err
		}
	}
	oldest, newest, err := a.DB.Ends(ctx, resource)
	people.Steps = resource.Steps(q, oldest, newest, a.DB.Now())
	return people, err
}

// showUsers answers the list. A row that is open stands on the page even where the list would not show it.
func (a *App) showUsers(c *fiber.Ctx, status int, list views.People) error {
	if list.Open != nil {
		id := list.Open.User.ID
		if !slices.ContainsFunc(list.Rows, func(u account.User) bool { return u.ID == id }) {
			list.Rows = slices.Insert(list.Rows, 0, list.Open.User)
		}
	}
	page := a.page(c, people)
	if err := a.sayOnce(c, &page, list.Resource); err != nil {
		return err
	}
	list.Undo = page.Undo
	return render(c, status, views.UsersPage(page, list), views.PeopleTable(page, list))
}

// bare is the list without its rows, for one row alone that htmx asks for: of the page that it stands on, whose address htmx tells.
func (a *App) bare(c *fiber.Ctx) views.People {
	resource := a.resource(account.Users)
	q, err := listed(resource, goBack(hereQuery(c)).Encode())
	if err != nil {
		q = admin.Query{} // the whole list, where that is none of its addresses
	}
	return views.People{Listing: views.Listing{Resource: resource, Query: q}, Profile: a.shown.Attributes}
}

// hereQuery is the query of the page that htmx asks from.
func hereQuery(c *fiber.Ctx) string {
	here, err := url.Parse(c.Get("HX-Current-URL"))
	if err != nil || here.Path != usersPath {
		return ""
	}
	return here.RawQuery
}

// changeable returns a person whom the one who asks may change.
func (a *App) changeable(c *fiber.Ctx, id int64) (account.User, error) {
	person, err := a.DB.User(c.UserContext(), id)
	if err != nil {
		return person, err
	}
	if !account.MayChange(signedIn(c), person) {
		return person, errForbidden
	}
	return person, nil
}

func userID(c *fiber.Ctx) int64 {
	id, _ := strconv.ParseInt(c.Params("id"), 10, 64) // a number too large is nobody's
	return id
}

// newUser asks for a person to add.
func (a *App) newUser(c *fiber.Ctx) error {
	return a.showNewUser(c, fiber.StatusOK, begun(a.shown.Attributes), nil)
}

// createUser adds a person.
func (a *App) createUser(c *fiber.Ctx) error {
	me := signedIn(c)
	if !account.MayAdd(me) {
		return errForbidden
	}
	filled, user, err := a.readNewUser(c, a.shown.Attributes, false)
	if err != nil {
		return err
	}
	user.IsActive = true
	for _, right := range []string{"is_staff", "is_superuser"} {
		if isTrue(posted(c, right)) {
			if !account.MaySetRights(me) {
				return errForbidden
			}
			filled.Values[right] = "1"
		}
	}
	user.IsStaff, user.IsSuperuser = filled.Values["is_staff"] != "", filled.Values["is_superuser"] != ""
	user.Groups, err = a.chosenGroups(c)
	if errs, ok := errors.AsType[form.Errors](err); ok {
		maps.Copy(filled.Errors, errs)
	} else if err != nil {
		return err
	}
	user.Permissions = chosenPermissions(c)
	if len(user.Groups)+len(user.Permissions) > 0 && !account.MaySetRights(me) {
		return errForbidden
	}
	created, err := a.addUser(c.UserContext(), user, filled, func(user account.User) (account.User, error) {
		return a.DB.CreateUser(c.UserContext(), a.author(c), user)
	})
	if errs, ok := errors.AsType[form.Errors](err); ok {
		filled.Errors = errs
		if err := a.hold(c, filled); err != nil {
			return err
		}
		return a.showNewUser(c, refusal(errs), filled, user.Groups)
	}
	if err != nil {
		return err
	}
	if !account.May(me, account.View, account.Users) {
		return redirect(c, usersPath+"/new?saved=1")
	}
	return redirect(c, userPath(created.ID)+"?saved=1")
}

func (a *App) showNewUser(c *fiber.Ctx, status int, filled views.Filled, chosen []string) error {
	groups, err := a.DB.Groups(c.UserContext())
	if err != nil {
		return err
	}
	page := a.page(c, "Add a person")
	if c.Query("saved") != "" {
		page.Saved = "The person was added."
	}
	return send(c, status, views.NewUserPage(page, filled, a.newUserFields(filled), groups, chosen))
}

// newUserFields lists the inputs for adding a person: as registering, but nothing besides the user name is required.
func (a *App) newUserFields(filled views.Filled) []views.Field {
	password := passwordAttribute()
	password.Required = false
	password.Help = "Leave it empty, and nobody can log in to this account until a password is set."
	attrs := append(profile.UserAttributes(), password)
	for i := range attrs {
		attrs[i].Required = attrs[i].Name == "username"
		attrs[i].Autocomplete = "off"
	}
	fields := make([]views.Field, 0, len(attrs)+len(a.shown.Attributes))
	for _, attr := range append(attrs, a.shown.Attributes...) {
		fields = append(fields, fieldOf(attr, filled))
	}
	return fields
}

func userPath(id int64) string { return usersPath + "/" + strconv.FormatInt(id, 10) }

// deleteUserForm says what goes with a person, and asks again.
func (a *App) deleteUserForm(c *fiber.Ctx) error {
	person, err := a.deletable(c)
	if err != nil {
		return err
	}
	sessions, pictures, err := a.DB.BelongsTo(c.UserContext(), person.ID)
	if err != nil {
		return err
	}
	counts := []string{}
	for noun, n := range map[string]int{"session": sessions, "picture": pictures} {
		if n > 0 {
			counts = append(counts, plural(n, noun))
		}
	}
	slices.Sort(counts)
	page := a.page(c, "Delete "+person.Username)
	from := views.PersonMore{From: goBack(c.Query("from")).Encode()}
	return send(c, fiber.StatusOK, views.DeleteUserPage(page, person, counts, from, c.Query("erase") == "1"))
}

// deleteUser deletes a person with everything that is theirs.
func (a *App) deleteUser(c *fiber.Ctx) error {
	person, err := a.deletable(c)
	if err != nil {
		return err
	}
	list := goBack(posted(c, "from"))
	if isTrue(posted(c, "erase")) {
		if err := a.DB.EraseUser(c.UserContext(), a.author(c), signedIn(c), person.ID); err != nil {
			return err
		}
		list.Set("erased", "1")
		return redirect(c, usersPath+"?"+list.Encode())
	}
	if err := a.DB.DeleteUser(c.UserContext(), a.author(c), signedIn(c), person.ID); err != nil {
		return err
	}
	list.Set("deleted", c.Params("id"))
	return redirect(c, usersPath+"?"+list.Encode())
}

func (a *App) deletable(c *fiber.Ctx) (account.User, error) {
	person, err := a.DB.User(c.UserContext(), userID(c))
	if err != nil {
		return person, err
	}
	if person.ID == signedIn(c).ID {
		return person, errOneself
	}
	if !account.MayDelete(signedIn(c), person) {
		return person, errForbidden
	}
	return person, nil
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return strconv.Itoa(n) + " " + noun + "s"
}
