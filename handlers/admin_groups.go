package handlers

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"nameplate/db"
	"nameplate/internal/account"
	"nameplate/internal/form"
	"nameplate/views"
)

const groupsPath = "/admin/groups"

// newGroup asks for a group to add.
func (a *App) newGroup(c *fiber.Ctx) error {
	return a.showGroup(c, fiber.StatusOK, views.GroupEdit{})
}

// group shows one group.
func (a *App) group(c *fiber.Ctx) error {
	g, err := a.DB.Group(c.UserContext(), userID(c))
	if err != nil {
		return err
	}
	return a.showGroup(c, fiber.StatusOK, views.GroupEdit{Group: g, Version: g.Version})
}

func (a *App) showGroup(c *fiber.Ctx, status int, edit views.GroupEdit) error {
	title := "Add a group"
	if edit.Group.ID != 0 {
		title = edit.Group.Name
		if edit.Named != "" {
			title = edit.Named
		}
	}
	page := a.page(c, title)
	if c.Query("saved") != "" && edit.Group.ID == 0 {
		page.Saved = "The group was added."
	} else if c.Query("saved") == "none" {
		page.Saved = nothingChanged
	} else if c.Query("saved") != "" {
		page.Saved = savedIt
		if err := a.offerUndo(c, &page, account.Groups+"-"+strconv.FormatInt(edit.Group.ID, 10)); err != nil {
			return err
		}
	} else if c.Query("undone") != "" {
		page.Saved = undoneText
	}
	return send(c, status, views.GroupPage(page, edit))
}

// saveGroup adds a group, or saves what was changed of one.
func (a *App) saveGroup(c *fiber.Ctx) error {
	id := userID(c) // 0 for a new one
	g := account.Group{ID: id, Name: cut(posted(c, "name"), 4000), Version: version(c),
		Permissions: slices.DeleteFunc(formValues(c, "permissions"), func(p string) bool { return p == "" })}
	if id != 0 && posted(c, "resolve") == "theirs" {
		return redirect(c, groupPath(id))
	}
	saved, err := a.DB.SaveGroup(c.UserContext(), a.author(c), g)
	if errs, ok := errors.AsType[form.Errors](err); ok {
		before, err := a.DB.Group(c.UserContext(), id)
		if err != nil && !isNotFound(err) { // a new one is not there
			return err
		}
		g.Members = before.Members
		return a.showGroup(c, fiber.StatusUnprocessableEntity, views.GroupEdit{Group: g, Named: before.Name, Errors: errs, Version: g.Version})
	}
	if conflict, ok := errors.AsType[*db.GroupConflict](err); ok {
		edit := groupConflict(g, conflict)
		if len(edit.Conflict) == 0 { // both wanted the same
			return redirect(c, groupPath(id)+"?saved=none")
		}
		return a.showGroup(c, fiber.StatusConflict, edit)
	}
	if err != nil {
		return err
	}
	if !account.May(signedIn(c), account.View, account.Groups) {
		return redirect(c, groupsPath+"/new?saved=1")
	}
	if id != 0 && saved.Version == g.Version {
		return redirect(c, groupPath(id)+"?saved=none")
	}
	return redirect(c, groupPath(saved.ID)+"?saved=1")
}

// groupConflict says field by field what a group was, what somebody else made of it, and what this form would. What the form left as it was
// becomes theirs in it.
func groupConflict(yours account.Group, c *db.GroupConflict) views.GroupEdit {
	edit := views.GroupEdit{Group: yours, Named: c.Theirs.Name, Version: c.Theirs.Version}
	edit.Group.Members = c.Theirs.Members
	if contest(&edit.Conflict, c.Was, "name", "Name", c.Theirs.Name, yours.Name, onOneLine) {
		edit.Group.Name = c.Theirs.Name
	}
	mine := slices.Sorted(slices.Values(yours.Permissions))
	if contest(&edit.Conflict, c.Was, "permissions", "Permissions", strings.Join(c.Theirs.Permissions, "\n"), strings.Join(mine, "\n"), onOneLine) {
		edit.Group.Permissions = c.Theirs.Permissions
	}
	return edit
}

func groupPath(id int64) string { return groupsPath + "/" + strconv.FormatInt(id, 10) }

// deleteGroupForm says what goes with a group, and asks again.
func (a *App) deleteGroupForm(c *fiber.Ctx) error {
	g, err := a.DB.Group(c.UserContext(), userID(c))
	if err != nil {
		return err
	}
	return send(c, fiber.StatusOK, views.DeleteGroupPage(a.page(c, "Delete "+g.Name), g))
}

// deleteGroup deletes a group.
func (a *App) deleteGroup(c *fiber.Ctx) error {
	if err := a.DB.DeleteGroup(c.UserContext(), a.author(c), userID(c)); err != nil {
		return err
	}
	return redirect(c, groupsPath+"?deleted="+c.Params("id"))
}

// chosenGroups are the names of the groups that a form chooses, by id or by name; nil where it says nothing of them. One that is gone is
// form.Errors, beside the others.
func (a *App) chosenGroups(c *fiber.Ctx) ([]string, error) {
	if !has(c, "groups") {
		return nil, nil
	}
	all, err := a.DB.Groups(c.UserContext())
	if err != nil {
		return nil, err
	}
	names, gone := []string{}, error(nil)
	for _, value := range formValues(c, "groups") {
		if value == "" {
			continue
		}
		i := slices.IndexFunc(all, func(g account.Group) bool {
			return strconv.FormatInt(g.ID, 10) == value || account.Key(g.Name) == account.Key(value)
		})
		if i < 0 {
			gone = form.Errors{"groups": "Choose again: one of the groups is gone."}
			continue
		}
		names = append(names, all[i].Name)
	}
	return names, gone
}

// chosenPermissions are the permissions that a form chooses; nil where it says nothing of them.
func chosenPermissions(c *fiber.Ctx) []string {
	if !has(c, "permissions") {
		return nil
	}
	return slices.DeleteFunc(formValues(c, "permissions"), func(p string) bool { return !slices.Contains(account.Permissions(), p) })
}
