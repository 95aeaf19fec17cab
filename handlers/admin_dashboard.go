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

const (
	dashboardPath = "/admin/"
	dashboardJobs = 5 // of those that go on
)

// dashboard is the way into the admin: what happened of late, what waits, and how things stand.
func (a *App) dashboard(c *fiber.Ctx) error {
	me := signedIn(c)
	may := func(resource string) bool { return account.May(me, account.View, resource) }
	if !slices.ContainsFunc(a.resources, func(r admin.Resource) bool { return may(r.Permits()) }) {
		return send(c, fiber.StatusOK, views.NoPermissionsPage(a.page(c, "Admin")))
	}
	parts := db.DashboardParts{People: may(account.Users), Mail: may(account.Mail), History: may(account.History)}
	read, err := a.DB.Dashboard(c.UserContext(), parts)
	if err != nil {
		return err
	}
	shown, err := a.shownDashboard(c, read, parts)
	if err != nil {
		return err
	}
	page := a.page(c, "Dashboard")
	page.Path = dashboardPath // also without its slash
	return send(c, fiber.StatusOK, views.DashboardPage(page, shown))
}

// shownDashboard is what was read, as far as the one who asks may see it.
func (a *App) shownDashboard(c *fiber.Ctx, read db.Dashboard, parts db.DashboardParts) (shown views.Dashboard, err error) {
	me := signedIn(c)
	shown = views.Dashboard{SignUps: parts.People, LogIns: account.May(me, account.View, account.Sessions), History: parts.History}
	if me.IsSuperuser {
		room, err := a.Pictures.Usage()
		if err != nil {
			return shown, err
		}
		shown.Database, shown.Uploads = read.Database, (*views.Room)(&room)
	}
	for _, day := range read.Days {
		shown.Days = append(shown.Days, views.DayNumbers(day))
	}
	if parts.People {
		shown.People = &views.PeopleNow{All: read.People, Waiting: views.Number(read.Waiting), Newest: read.Newest}
	}
	if parts.Mail {
		shown.Failing = (*views.Number)(&read.Failing)
	}
	for _, c := range read.Changes {
		shown.Changes = append(shown.Changes, a.changed(c, parts.People))
	}
	shown.Jobs, err = a.shownJobs(c, true, dashboardJobs)
	return shown, err
}

// changed is an event of the history in words, with a link to whom it was done to for who may see them.
func (a *App) changed(c db.Changed, people bool) views.Change {
	shown := views.Change{At: c.At, By: views.Author(c.By, c.IP, c.Action, c.Repr), Line: c.Line, Whom: views.HowMany(c.Count, c.Resource, c.Repr)}
	switch {
	case c.More && c.Count == 1:
		shown.Whom += " and others"
	case c.More:
		shown.Whom += " or more"
	}
	if people && c.Count == 1 && !c.More {
		shown.UserID = c.UserID
	}
	told := a.told(db.Told{Resource: c.Resource, Action: c.Action, Fields: c.Fields, New: c.New, Undoes: c.Undoes})
	shown.Before, shown.Did = told.Verb()
	return shown
}

// fieldLabel is what staff call a field of the history. What only its owner sees has no name.
func (a *App) fieldLabel(name string) string {
	if attr, ok := a.Profile.Attribute(name); ok && attr.See == profile.Oneself {
		return "Something private"
	}
	field, _ := a.resource(account.History).Column("field")
	return field.Word(name)
}
