package handlers

import (
	"net/url"
	"slices"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"nameplate/internal/account"
	"nameplate/internal/admin"
	"nameplate/views"
)

const (
	actedMost = 10_000 // rows that an action of a small list changes at once
	namedMost = 10     // rows that are named before it does
	pageMost  = 1_000  // rows that a page changes; more are a job
)

// act does what an action says with the rows that were chosen, or with all of a list; first it asks.
func (a *App) act(r admin.Resource) fiber.Handler {
	return func(c *fiber.Ctx) error {
		if r.Name == account.Users && isTrue(posted(c, "cancel")) {
			return a.chooseAgain(c, r, fiber.StatusOK, "")
		}
		action, ok := r.Action(posted(c, "action"))
		if !ok {
			return a.chooseAgain(c, r, fiber.StatusBadRequest, "Choose what to do with them.")
		}
		if !account.May(signedIn(c), action.Verb, r.Permits()) {
			return errForbidden
		}
		acting, err := a.chosen(c, r, action)
		if err != nil {
			return err
		}
		switch {
		case acting.Count == 0:
			return redirect(c, r.Path()+"?"+withDone(acting.Page, "none"))
		case action.Name == "export_csv":
			return a.exportChosen(c, acting)
		case !isTrue(posted(c, "confirm")):
			return a.askToAct(c, fiber.StatusOK, acting)
		case r.Name == account.Users:
			return a.actOnPeople(c, acting)
		}
		n, event, err := a.DB.Act(c.UserContext(), a.author(c), r, action, acting.IDs)
		if err != nil {
			return err
		}
		return redirect(c, r.Path()+"?"+withDone(acting.Page, action.Name+"-"+strconv.Itoa(n)+"-"+strconv.FormatInt(event, 10)))
	}
}

// chooseAgain shows the list that a form came from, with what was ticked, and says why.
func (a *App) chooseAgain(c *fiber.Ctx, r admin.Resource, status int, message string) error {
	if r.Name != account.Users || !account.May(signedIn(c), account.View, r.Permits()) {
		return admin.BadQuery(message)
	}
	page, err := pageOf(c)
	if err != nil {
		return err
	}
	list, err := a.list(c.UserContext(), page)
	if err != nil {
		return err
	}
	list.Refused = message
	if list.Ticked, err = chosenIDs(c); err != nil {
		return err
	}
	return a.showUsers(c, status, list)
}

// chosen reads which rows a form is of: their ids, or with across all that match the list's query.
func (a *App) chosen(c *fiber.Ctx, r admin.Resource, action admin.Action) (views.Acting, error) {
	acting := views.Acting{Resource: r, Action: action, Across: isTrue(posted(c, "across"))}
	var err error
	if acting.Page, err = pageOf(c); err != nil {
		return acting, err
	}
	acting.List = allPages(acting.Page)
	if action.Group {
		acting.Group, _ = strconv.ParseInt(posted(c, "group"), 10, 64) // what is no number is no group
	}
	if acting.Across {
		acting.IDs, err = a.across(c, r, acting.List)
	} else {
		acting.IDs, err = chosenIDs(c)
	}
	acting.Count = len(acting.IDs)
	return acting, err
}

// across are the ids of all rows of a list.
func (a *App) across(c *fiber.Ctx, r admin.Resource, list string) ([]int64, error) {
	q, err := listed(r, list)
	if err != nil {
		return nil, err
	}
	if r.Name == account.Users {
		return a.DB.PeopleIDs(c.UserContext(), q)
	}
	ids, err := a.DB.RowIDs(c.UserContext(), r, q, actedMost+1)
	if len(ids) > actedMost {
		return nil, admin.BadQuery("These are more rows than can be changed at once. Narrow the list to 10,000 at most, by a search or a filter.")
	}
	return ids, err
}

// chosenIDs are the rows that were ticked, each once.
func chosenIDs(c *fiber.Ctx) (ids []int64, err error) {
	for _, text := range formValues(c, "id") {
		id, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return nil, admin.BadQuery("One of the chosen rows is none. Choose them again.")
		}
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return slices.Compact(ids), nil
}

// pageOf is the query string of the page of a list that a form is of: of its own address, or the one that it carries. One that can't be read is
// an error, because none at all stands for everybody.
func pageOf(c *fiber.Ctx) (string, error) {
	query := string(c.Request().URI().QueryString())
	if query == "" {
		query = posted(c, "list")
	}
	if _, err := url.ParseQuery(query); err != nil || len(query) > listMax {
		return "", admin.BadQuery("The list that was chosen from can't be read. Go back to it, and choose once more.")
	}
	return goBack(query).Encode(), nil
}

// allPages is the query string of the whole list that a page is of.
func allPages(page string) string {
	values := goBack(page)
	values.Del("after")
	values.Del("before")
	return values.Encode()
}

// askToAct names the rows, and asks. Where a list is another now than the one that was asked about, it asks again.
func (a *App) askToAct(c *fiber.Ctx, status int, acting views.Acting) (err error) {
	first := acting.IDs[:min(len(acting.IDs), namedMost)]
	if acting.Resource.Name == account.Users {
		acting.Names, err = a.DB.Usernames(c.UserContext(), first)
	} else {
		acting.Names, err = a.rowNames(c, acting.Resource, first)
	}
	if err == nil && acting.Action.Group {
		acting.Groups, err = a.DB.Groups(c.UserContext())
	}
	if err != nil {
		return err
	}
	return send(c, status, views.ActionPage(a.page(c, acting.Action.Label), acting))
}

func (a *App) rowNames(c *fiber.Ctx, r admin.Resource, ids []int64) (names []string, err error) {
	for _, id := range ids {
		name, err := a.DB.RowName(c.UserContext(), r, id)
		if err != nil {
			return nil, err
		}
		if name != "" {
			names = append(names, name)
		}
	}
	return names, nil
}
