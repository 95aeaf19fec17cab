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
		switch {
		case acting.Count == 0:
			return redirect(c, r.Path()+"?"+withDone(acting.List, "none"))
		case action.Name == "export_csv":
			return a.exportChosen(c, acting)
		case !isTrue(posted(c, "confirm")):
			return a.askToAct(c, fiber.StatusOK, acting)
		case r.Name == account.Users:
			return a.actOnPeople(c, acting)
		}
		n, err := a.DB.Act(c.UserContext(), a.author(c), r, action, acting.IDs)
		if err != nil {
			return err
		}
		return redirect(c, r.Path()+"?"+withDone(acting.List, action.Name+"-"+strconv.Itoa(n)))
	}
}

// chosen reads which rows a form is of: their ids, or with across all that match the list's query.
func (a *App) chosen(c *fiber.Ctx, r admin.Resource, action admin.Action) (views.Acting, error) {
	acting := views.Acting{Resource: r, Action: action, Across: isTrue(posted(c, "across"))}
	var err error
	if acting.List, err = queryOf(c); err != nil {
		return acting, err
	}
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

// queryOf is the query string of the list that a form is of: of its own address, or the one that it carries. One that can't be read is an error,
// because none at all stands for everybody.
func queryOf(c *fiber.Ctx) (string, error) {
	query := string(c.Request().URI().QueryString())
	if query == "" {
		query = posted(c, "list")
	}
	if _, err := url.ParseQuery(query); err != nil || len(query) > listMax {
		return "", admin.BadQuery("The list that was chosen from can't be read. Go back to it, and choose once more.")
	}
	values := goBack(query)
	values.Del("after")
	values.Del("before")
	return values.Encode(), nil
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
