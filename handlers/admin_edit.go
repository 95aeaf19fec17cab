package handlers

import (
	"errors"
	"maps"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"nameplate/db"
	"nameplate/internal/account"
	"nameplate/internal/form"
	"nameplate/internal/profile"
	"nameplate/views"
)

// flag is a yes-or-no field of a user, as the admin shows it.
type flag struct {
	name, label string
	of          func(*account.User) *bool
}

var flags = []flag{
	{"is_active", "Active", func(u *account.User) *bool { return &u.IsActive }},
	{"is_staff", "Staff", func(u *account.User) *bool { return &u.IsStaff }},
	{"is_superuser", "Superuser", func(u *account.User) *bool { return &u.IsSuperuser }},
}

// readEdit reads a row, or a whole person, as an admin sent it. What was not sent stays as it is.
func (a *App) readEdit(c *fiber.Ctx, person account.User) (views.Edit, error) {
	filled := newFilled()
	edit := views.Edit{User: person, Values: filled.Values, Errors: filled.Errors, Waiting: filled.Waiting, Removed: map[string]string{}, List: posted(c, "list")}
	if err := a.attributeValues(c, a.shown.Attributes, &filled); err != nil {
		return edit, err
	}
	for _, attr := range append(profile.UserAttributes(), a.shown.Attributes...) {
		text, sent := typed(c, attr)
		if attr.IsUpload() {
			text = filled.Values[attr.Name]
			if sent = text != ""; isTrue(posted(c, "remove_"+attr.Name)) {
				edit.Removed[attr.Name] = person.Value(attr.Name)
				if sent && !isSent(c, attr) { // one that was chosen before, and is not wanted any more
					if err := a.dropEarlier(c, filled.Waiting[attr.Name]); err != nil {
						return edit, err
					}
					delete(filled.Waiting, attr.Name)
					text, sent = "", false
				}
				if sent {
					edit.Errors.Add(attr.Name, form.Message("Choose another "+attr.Kind.Name+", or remove the present one: not both."))
				}
				sent = true
			}
		}
		if !sent {
			continue
		}
		edit.Values[attr.Name] = text
		if !attr.IsUpload() && attr.Unchanged(text, person.Value(attr.Name)) {
			continue
		}
		if attr.Name == "email" {
			attr.Required = false // an imported person may have none
		}
		value, err := attr.Parse(text)
		edit.Errors.Add(attr.Name, err)
		if err == nil {
			edit.User.Set(attr.Name, value)
		}
	}
	for _, flag := range flags {
		if sent := formValues(c, flag.name); len(sent) > 0 {
			*flag.of(&edit.User) = isTrue(sent[len(sent)-1]) // a box that is not ticked leaves only the 0 that stands before it
		}
	}
	groups, err := a.chosenGroups(c)
	if errs, ok := errors.AsType[form.Errors](err); ok {
		maps.Copy(edit.Errors, errs)
	} else if err != nil {
		return edit, err
	}
	edit.User.Groups, edit.User.Permissions = groups, chosenPermissions(c)
	if edit.User.Version = version(c); edit.User.Version == 0 {
		return edit, fiber.NewError(fiber.StatusUnprocessableEntity)
	}
	return edit, nil
}

// conflict says field by field what a person was, what somebody else made of it, and what the form of edit would. A field that the form
// left as it was becomes theirs in it: who saves their own then takes back nothing that they never touched.
func (a *App) conflict(edit *views.Edit, c *db.Conflict) {
	edit.Conflict = &views.Conflict{Version: c.Theirs.Version, By: c.By, At: c.At}
	yours := &edit.User
	add := func(name, label, theirs, mine string, words func(string) string) bool {
		return contest(&edit.Conflict.Fields, c.Was, name, label, theirs, mine, words)
	}
	for _, attr := range append(profile.UserAttributes(), a.shown.Attributes...) {
		theirs := c.Theirs.Value(attr.Name)
		if add(attr.Name, attr.Label, theirs, yours.Value(attr.Name), func(text string) string { return words(attr, text) }) {
			yours.Set(attr.Name, theirs)
			delete(edit.Values, attr.Name)
		}
		showPictures(edit, attr, theirs)
	}
	rights := func(name, label string, theirs []string, mine *[]string) {
		if theirs != nil && *mine != nil &&
			add(name, label, strings.Join(theirs, "\n"), strings.Join(*mine, "\n"), onOneLine) {
			*mine = theirs
		}
	}
	rights("groups", "Groups", c.Theirs.Groups, &yours.Groups)
	rights("permissions", "Permissions", c.Theirs.Permissions, &yours.Permissions)
	for _, flag := range flags {
		theirs, mine := *flag.of(&c.Theirs), flag.of(yours)
		if add(flag.name, flag.label, strconv.FormatBool(theirs), strconv.FormatBool(*mine), yesNo) {
			*mine = theirs
		}
	}
}

// showPictures lets the two pictures of a conflict be looked at, where it has one of this attribute. What it was is not to be seen any more.
func showPictures(edit *views.Edit, attr profile.Attribute, theirs string) {
	for i, field := range edit.Conflict.Fields {
		if attr.IsPicture() && field.Label == attr.Label {
			edit.Conflict.Fields[i].TheirPicture, edit.Conflict.Fields[i].YourPicture = theirs, edit.Waiting[attr.Name].Name
		}
	}
}

// contest adds a field to those of a conflict, if somebody else made another of it than mine. Kept says that the form left it as it was.
func contest(fields *[]views.ConflictField, before map[string]string, name, label, theirs, mine string, words func(string) string) (kept bool) {
	if theirs == mine {
		return false
	}
	was, changed := before[name]
	if !changed {
		was = theirs
	}
	kept = changed && mine == was
	*fields = append(*fields, views.ConflictField{Label: label, Was: words(was), Theirs: words(theirs), Yours: words(mine), Kept: kept})
	return kept
}

// onOneLine puts a list of lines, as the history has it, into words.
func onOneLine(lines string) string { return strings.ReplaceAll(lines, "\n", ", ") }

// yesNo puts a yes-or-no value, as the history has it, into words.
func yesNo(text string) string {
	if text == "true" {
		return "yes"
	}
	return "no"
}
