package handlers

import (
	"cmp"
	"context"
	"net/url"

	"github.com/gofiber/fiber/v2"

	"nameplate/internal/account"
	"nameplate/internal/admin"
	"nameplate/views"
)

// may lets through who is permitted something on a resource.
func may(verb, resource string) fiber.Handler {
	return func(c *fiber.Ctx) error {
		if !account.May(signedIn(c), verb, resource) {
			return errForbidden
		}
		return c.Next()
	}
}

// lists are the routes of every list that is declared. People have a page of their own.
func (a *App) lists(f *fiber.App) {
	for _, r := range a.resources {
		view := may(account.View, r.Permits())
		if r.From != "" {
			f.Get(r.Path(), view, a.rows(r))
			f.Get(r.Path()+"/export.csv", view, a.exportRows(r))
		}
		if len(r.Actions) > 0 {
			f.Post(r.Path()+"/actions", a.act(r))
		}
	}
}

// resource is the list of this name.
func (a *App) resource(name string) admin.Resource {
	for _, r := range a.resources {
		if r.Name == name {
			return r
		}
	}
	return admin.Resource{}
}

// rows shows one page of a list.
func (a *App) rows(r admin.Resource) fiber.Handler {
	return func(c *fiber.Ctx) error {
		list, err := a.rowList(c.UserContext(), r, string(c.Request().URI().QueryString()))
		if err != nil {
			return err
		}
		return a.showRows(c, list)
	}
}

func (a *App) showRows(c *fiber.Ctx, list views.List) error {
	page := a.page(c, cmp.Or(list.Heading, list.Resource.Label))
	if err := a.sayOnce(c, &page, list.Resource); err != nil {
		return err
	}
	if list.Resource.Name == account.Invitations {
		inv := views.Invitations{Uses: "1", Days: "7", Saved: c.Query("saved"), Mail: a.Mail, Closed: a.Registration == "closed"}
		if inv.Saved == "sent" {
			var err error
			if page.Undo, err = a.undoInvitation(c); err != nil {
				return err
			}
			page.Back = here(c)
		}
		return render(c, fiber.StatusOK, views.InvitationsPage(page, inv, list), views.RowTable(page, list))
	}
	return render(c, fiber.StatusOK, views.ListPage(page, list), views.RowTable(page, list))
}

// rowList reads what a list's address asks for.
func (a *App) rowList(ctx context.Context, r admin.Resource, query string) (views.List, error) {
	q, err := listed(r, query)
	if err != nil {
		return views.List{}, err
	}
	page, err := a.DB.Rows(ctx, r, q)
	if err != nil {
		return views.List{}, err
	}
	list := views.List{Listing: views.NewListing(r, q, page), Rows: page.Rows, Profile: a.shown.Attributes}
	if r.Name == account.History {
		a.tellHistory(&list)
	}
	oldest, newest, err := a.DB.Ends(ctx, r)
	list.Steps = r.Steps(q, oldest, newest, a.DB.Now())
	return list, err
}

// once are the names in a list's address that say something once.
var once = []string{"saved", "deleted", "imported", "done", "undone", "erased"}

const undoneText = "It was taken back."

// sayOnce says what was done that led to a list, and offers to take it back.
func (a *App) sayOnce(c *fiber.Ctx, page *views.Page, r admin.Resource) error {
	switch {
	case c.Query("done") != "":
		return a.sayDone(c, page, r, c.Query("done"))
	case c.Query("undone") != "":
		return a.sayUndone(c, page)
	case c.Query("erased") != "":
		page.Saved = "The person was erased, for good."
	case c.Query("imported") != "":
		return a.sayImported(c, page, c.Query("imported"))
	case c.Query("deleted") != "":
		page.Saved = "The " + r.One + " was deleted."
		return a.offerUndo(c, page, r.Name+"-"+c.Query("deleted"))
	case c.Query("saved") == "none":
		page.Saved = nothingChanged
	case c.Query("saved") != "":
		err := a.offerUndo(c, page, r.Name+"-"+c.Query("saved"))
		if page.Undo != 0 {
			page.Saved = savedIt
		}
		return err
	}
	return nil
}

// listed reads a list's address, without what its page says once.
func listed(r admin.Resource, query string) (admin.Query, error) {
	values, err := url.ParseQuery(query)
	if err != nil {
		return admin.Query{}, admin.BadQuery("The address of this list can't be read. Go to the first page.")
	}
	for _, name := range once {
		values.Del(name)
	}
	return r.ParseQuery(values)
}

// goBack returns the query string of the list that a form came from, written anew.
func goBack(list string) url.Values {
	values, err := url.ParseQuery(list)
	if err != nil || len(list) > listMax {
		return url.Values{}
	}
	for _, name := range append(once, "edit") {
		values.Del(name)
	}
	return values
}
