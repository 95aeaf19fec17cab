package handlers

import (
	"slices"

	"github.com/gofiber/fiber/v2"

	"nameplate/db"
	"nameplate/internal/account"
	"nameplate/internal/admin"
	"nameplate/internal/profile"
	"nameplate/views"
)

const dashboardPath = "/admin/"

// dashboard is the way into the admin: what happened of late, what waits, and how things stand.
func (a *App) dashboard(c *fiber.Ctx) error {
	parts := dashboardParts(signedIn(c))
	if parts == (db.DashboardParts{}) && !slices.ContainsFunc(a.resources, func(r admin.Resource) bool { return account.May(signedIn(c), account.View, r.Permits()) }) {
		return send(c, fiber.StatusOK, views.NoPermissionsPage(a.page(c, "Admin")))
	}
	read, err := a.DB.Dashboard(c.UserContext(), parts)
	if err != nil {
		return err
	}
	room, err := a.Pictures.Usage()
	if err != nil {
		return err
	}
	shown := views.Dashboard{Database: read.Database, Uploads: views.Room(room), History: parts.History}
	for _, day := range read.Days {
		shown.Days = append(shown.Days, views.DayNumbers(day))
	}
	if parts.People {
		shown.People = &views.PeopleNow{All: read.People, Waiting: views.Number(read.Waiting), Newest: read.Newest}
	}
	if parts.Mail {
		shown.Failing = (*views.Number)(&read.Failing)
	}
	for _, line := range read.Changes {
		line.Field = a.fieldLabel(line.Field)
		shown.Changes = append(shown.Changes, views.Change(line))
	}
	page := a.page(c, "Dashboard")
	page.Path = dashboardPath // also without its slash
	return send(c, fiber.StatusOK, views.DashboardPage(page, shown))
}

// dashboardParts says what somebody may see beside the numbers of each day.
func dashboardParts(me account.User) db.DashboardParts {
	may := func(resource string) bool { return account.May(me, account.View, resource) }
	return db.DashboardParts{People: may(account.Users), Mail: may(account.Mail), History: may(account.History)}
}

// fieldLabel is what staff call a field of the history. What only its owner sees has no name.
func (a *App) fieldLabel(name string) string {
	if attr, ok := a.Profile.Attribute(name); ok && attr.See == profile.Oneself {
		return "Something private"
	}
	field, _ := a.resource(account.History).Column("field")
	return field.Word(name)
}
