package handlers

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"nameplate/internal/account"
	"nameplate/internal/admin"
	"nameplate/views"
)

const (
	actedMost = 10_000 // rows that an action of a small list changes at once
	namedMost = 10     // rows that are named before it does
)

// act does what an action says with the rows that were chosen, or with all of a list; first it asks.
func (a *App) act(r admin.Resource) fiber.Handler {
	return func(c *fiber.Ctx) error {
		action, ok := r.Action(posted(c, "action"))
		if !ok {
			return admin.BadQuery("Choose what to do with them.")
		}
		if !account.May(signedIn(c), action.Verb, r.Permits()) {
			return errForbidden
		}
		acting, err := a.chosen(c, r, action)
		if err != nil {
			return err
		}
		to := r.Path() + "?"
		if acting.Count == 0 {
			return redirect(c, to+withDone(acting.List, "none"))
		}
		if !isTrue(posted(c, "confirm")) {
			return a.askToAct(c, acting)
		}
		n, err := a.DB.Act(c.UserContext(), a.author(c), r, action, acting.IDs)
		if err != nil {
			return err
		}
		return redirect(c, to+withDone(acting.List, action.Name+"-"+strconv.Itoa(n)))
	}
}

// chosen reads which rows a form is of: their ids, or with across all that match the list's query.
func (a *App) chosen(c *fiber.Ctx, r admin.Resource, action admin.Action) (views.Acting, error) {
	acting := views.Acting{Resource: r, Action: action, Across: isTrue(posted(c, "across")), List: queryOf(c)}
	if acting.Across {
		q, err := listed(r, acting.List)
		if err != nil {
			return acting, err
		}
		acting.IDs, err = a.DB.RowIDs(c.UserContext(), r, q, actedMost)
		acting.Count = len(acting.IDs)
		return acting, err
	}
	for _, text := range formValues(c, "id") {
		id, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return acting, admin.BadQuery("One of the chosen rows is none. Choose them again.")
		}
		if !slices.Contains(acting.IDs, id) {
			acting.IDs = append(acting.IDs, id)
		}
	}
	acting.Count = len(acting.IDs)
	return acting, nil
}

// queryOf is the query string of the list that a form is of: of its own address, or the one that it carries.
func queryOf(c *fiber.Ctx) string {
	if query := string(c.Request().URI().QueryString()); query != "" {
		return goBack(query).Encode()
	}
	return goBack(posted(c, "list")).Encode()
}

// askToAct names the rows, and asks.
func (a *App) askToAct(c *fiber.Ctx, acting views.Acting) error {
	for _, id := range acting.IDs[:min(len(acting.IDs), namedMost)] {
		name, err := a.DB.RowName(c.UserContext(), acting.Resource, id)
		if err != nil {
			return err
		}
		if name != "" {
			acting.Names = append(acting.Names, name)
		}
	}
	return send(c, fiber.StatusOK, views.ActionPage(a.page(c, acting.Action.Label), acting))
}

// withDone is a list's query with what was done.
func withDone(list, done string) string {
	values := goBack(list)
	values.Del("after")
	values.Del("before")
	values.Set("done", done)
	return values.Encode()
}

// saidDone says what an action did that sent a browser on to the list.
func saidDone(r admin.Resource, done string) string {
	if done == "none" {
		return "Nothing was chosen. Tick the rows, then choose what to do with them."
	}
	name, count, _ := strings.Cut(done, "-")
	action, ok := r.Action(name)
	n, err := strconv.ParseUint(count, 10, 31)
	if !ok || err != nil {
		return ""
	}
	return action.Label + ": done with " + views.Counted(int(n), r.One, r.Many) + "."
}

// offerUndo offers to take back what was just said, by the object that the address names: users-17.
func (a *App) offerUndo(c *fiber.Ctx, page *views.Page, object string) error {
	resource, text, _ := strings.Cut(object, "-")
	id, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return nil
	}
	page.Undo, err = a.DB.LastChange(c.UserContext(), signedIn(c).ID, resource, id)
	address := url.URL{Path: c.Path()}
	page.Back = address.Path
	return err
}
