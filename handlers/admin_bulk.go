package handlers

import (
	"errors"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"nameplate/db"
	"nameplate/internal/admin"
	"nameplate/views"
)

// actOnPeople does an action that was confirmed: at once, or as a job where it is of many.
func (a *App) actOnPeople(c *fiber.Ctx, acting views.Acting) error {
	if seen, err := strconv.Atoi(posted(c, "count")); err == nil && seen != acting.Count {
		acting.Changed = true // somebody has come or gone since it was asked
		return a.askToAct(c, fiber.StatusConflict, acting)
	}
	if acting.Action.Group && acting.Group == 0 {
		acting.Error = "Choose a group."
		return a.askToAct(c, fiber.StatusUnprocessableEntity, acting)
	}
	if acting.Count > pageMost {
		return a.beginJob(c, acting)
	}
	n, event, err := a.DB.ActOnPeople(c.UserContext(), a.author(c), db.Bulk{Action: acting.Action.Name, IDs: acting.IDs, Group: acting.Group, Keep: thisSession(c)})
	if cant, ok := errors.AsType[db.CantAct](err); ok {
		acting.Error = cant.Error()
		return a.askToAct(c, fiber.StatusForbidden, acting)
	}
	if err != nil {
		return err
	}
	return redirect(c, usersPath+"?"+withDone(acting.Page, acting.Action.Name+"-"+strconv.Itoa(n)+"-"+strconv.FormatInt(event, 10)))
}

// beginJob queues what is of many rows. All of a list is kept as its query, and not as ids.
func (a *App) beginJob(c *fiber.Ctx, acting views.Acting) error {
	job := db.Job{Kind: acting.Action.Name, By: a.author(c), Object: acting.Group, Total: acting.Count}
	if acting.Across {
		job.Query = acting.List
	} else {
		job.IDs = acting.IDs
	}
	return a.queue(c, job)
}

// withDone is a list's query with what was done.
func withDone(list, done string) string {
	values := goBack(list)
	values.Set("done", done)
	return values.Encode()
}

// sayDone says what the action did that sent a browser on to the list, and offers to take it back. It names the action, how many rows, and the
// event.
func (a *App) sayDone(c *fiber.Ctx, page *views.Page, r admin.Resource, done string) error {
	if done == "none" {
		page.Saved = "Nothing was chosen. Tick the rows, then choose what to do with them."
		return nil
	}
	name, rest, _ := strings.Cut(done, "-")
	count, event, _ := strings.Cut(rest, "-")
	action, ok := r.Action(name)
	n, err := strconv.ParseUint(count, 10, 31)
	if !ok || err != nil {
		return nil
	}
	page.Saved = action.Label + ": done with " + views.Counted(int(n), r.One, r.Many) + "."
	id, err := strconv.ParseInt(event, 10, 64)
	if err != nil {
		return nil
	}
	page.Back = here(c)
	page.Undo, err = a.DB.EventLine(c.UserContext(), signedIn(c).ID, id)
	return err
}

// here is the page that one is on, with its list as it is, and without what is said once.
func here(c *fiber.Ctx) string {
	if query := goBack(string(c.Request().URI().QueryString())).Encode(); query != "" {
		return c.Path() + "?" + query
	}
	return c.Path()
}

// offerUndo offers to take back the last change of an object: users-17.
func (a *App) offerUndo(c *fiber.Ctx, page *views.Page, object string) error {
	resource, text, _ := strings.Cut(object, "-")
	id, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return nil
	}
	page.Back = here(c)
	page.Undo, err = a.DB.LastChange(c.UserContext(), signedIn(c).ID, resource, id)
	return err
}

// exportChosen sends a table of those who were chosen. It changes nothing, and asks nothing.
func (a *App) exportChosen(c *fiber.Ctx, acting views.Acting) error {
	if acting.Across {
		return redirect(c, usersPath+"/export.csv?"+acting.List)
	}
	return a.sendTable(c, "people.csv", &export{ctx: c.UserContext(), read: a.chosenPage(acting.IDs)}, a.shown.TableHeader())
}
