package views

import (
	"strings"

	"nameplate/internal/account"
)

// title is what stands in the browser's tab: where one is, then the site's name.
func (page Page) title() string {
	if page.Title == "" || page.Title == page.Site {
		return page.Site
	}
	return page.Title + " · " + page.Site
}

// said is what the status line says once, after something was saved.
func (page Page) said() string {
	if page.Saved == "account" {
		return "Your account is ready. Below is your profile: add what you like."
	}
	return page.Saved
}

// admin says whether the one who asks is shown the way to the admin.
func (page Page) admin() bool { return page.Me != nil && account.MayViewAdmin(*page.Me) }

// adminItem is an entry of the admin's navigation.
type adminItem struct{ path, label string }

// adminItems are the lists that the one who asks may view.
func (page Page) adminItems() []adminItem {
	var items []adminItem
	add := func(resource, name, label string) {
		if page.may(account.View, resource) {
			items = append(items, adminItem{"/admin/" + name, label})
		}
	}
	add(account.Users, "users", "People")
	add(account.Groups, "groups", "Groups")
	add(account.Invitations, "invitations", "Invitations")
	if page.Approval || page.Path == "/admin/waiting" {
		add(account.Users, "waiting", "Who waits")
	}
	add(account.Sessions, "sessions", "Sessions")
	add(account.Mail, "mail", "Mail")
	add(account.Users, "deleted", "Deleted")
	add(account.History, "history", "History")
	return items
}

// current marks the link to the page that one is on.
func (page Page) current(path string) string {
	if page.Path == path {
		return "page"
	}
	return "false"
}

// within marks a link to a page: as the page itself, or as where one is on a page below it.
func (page Page) within(path string) string {
	current := page.current(path)
	if current == "false" && strings.HasPrefix(page.Path, path+"/") {
		return "true"
	}
	return current
}

// inAdmin marks the link to the admin: as the page itself on the dashboard, and as where one is on every page below it.
func (page Page) inAdmin() string {
	if current := page.current(dashboardPath); current != "false" || !strings.HasPrefix(page.Path, "/admin/") {
		return current
	}
	return "true"
}

// inAccount marks the link to the account: as the page itself, or as where one is on a page below it.
func (page Page) inAccount() string {
	current := page.current("/settings/account")
	if current == "false" && strings.HasPrefix(page.Path, "/settings/") && !strings.HasPrefix(page.Path, profilePath) {
		return "true"
	}
	return current
}

// htmxConfig turns off the style sheet that htmx would make, and swaps the whole target where nothing else is said.
const htmxConfig = `{"includeIndicatorCSS":false,"defaultSwap":"outerHTML"}`

// kind is what a page is to those who draw previews of it: a person's, or the site's own.
func (page Page) kind() string {
	if page.username() != "" {
		return "profile"
	}
	return "website"
}
