package handlers

import (
	"context"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"nameplate/db"
	"nameplate/internal/account"
	"nameplate/views"
)

const jobsPath = "/admin/jobs"

// jobs lists those that one may look at.
func (a *App) jobs(c *fiber.Ctx) error {
	list, err := a.shownJobs(c, false, listedMost)
	if err != nil {
		return err
	}
	return send(c, fiber.StatusOK, views.JobsPage(a.page(c, "Jobs"), list))
}

func (a *App) shownJobs(c *fiber.Ctx, open bool, limit int) (shown []views.Job, err error) {
	list, err := a.DB.Jobs(c.UserContext(), signedIn(c), open, limit)
	for _, j := range list {
		s, err := a.shownJob(c.UserContext(), j)
		if err != nil {
			return nil, err
		}
		shown = append(shown, s)
	}
	return shown, err
}

// shownJob is a job in words.
func (a *App) shownJob(ctx context.Context, j db.Job) (views.Job, error) {
	shown := views.Job{ID: j.ID, State: j.State, Done: j.Progress, Total: j.Total, Changed: j.Changed, Message: j.Message, Back: usersPath, By: j.ByName, At: j.CreatedAt,
		Label: "Take back: " + views.Counted(j.Total, "line", "lines") + " of the history", One: "line of the history", Many: "lines of the history"}
	switch j.Kind {
	case db.JobCheck, db.JobImport:
		shown.One, shown.Many = "line", "lines"
		shown.Label = "Import: " + views.Counted(j.Total, shown.One, shown.Many)
	case db.JobUndo:
		shown.Back = historyPath
		t, err := a.DB.ToldOfLine(ctx, j.Object)
		if err == nil {
			shown.Label, shown.Ended = "Take back "+a.told(t).Noun(), a.told(t).TakenBack()
		} else if !isNotFound(err) {
			return shown, err
		}
	}
	if action, ok := a.resource(account.Users).Action(j.Kind); ok {
		shown.One, shown.Many = "person", "people"
		people := views.CountPeople(j.Total)
		shown.Label = action.Label + ": " + people
		if !strings.Contains(action.Label, " ") {
			shown.Label = action.Label + " " + people
		}
		if j.Query != "" {
			shown.Back += "?" + j.Query
		}
	}
	if j.Event == 0 {
		return shown, nil
	}
	t, err := a.DB.Told(ctx, j.Event)
	if isNotFound(err) { // it changed nothing
		return shown, nil
	}
	shown.Undone = t.Undone
	return shown, err
}

// job shows how far a job is, or how it ended.
func (a *App) job(c *fiber.Ctx) error {
	j, err := a.seenJob(c)
	if err != nil {
		return err
	}
	if j.Kind == db.JobCheck && j.State == db.JobDone {
		return redirect(c, importPath+"?import="+strconv.FormatInt(j.Object, 10))
	}
	shown, err := a.shownJob(c.UserContext(), j)
	if err != nil {
		return err
	}
	if shown.Back == usersPath && !account.May(signedIn(c), account.View, account.Users) {
		shown.Back = importPath
	}
	if j.State == db.JobDone && j.Event != 0 {
		if shown.Undo, err = a.DB.EventLine(c.UserContext(), signedIn(c).ID, j.Event); err != nil {
			return err
		}
	}
	page := a.page(c, shown.Label)
	return render(c, fiber.StatusOK, views.JobPage(page, shown), views.JobPart(page, shown))
}

// cancelJob keeps a job from being done.
func (a *App) cancelJob(c *fiber.Ctx) error {
	j, err := a.seenJob(c)
	if err != nil {
		return err
	}
	if err := a.DB.CancelJob(c.UserContext(), j.ID); err != nil {
		return err
	}
	return redirect(c, jobsPath+"/"+strconv.FormatInt(j.ID, 10))
}

func (a *App) seenJob(c *fiber.Ctx) (db.Job, error) {
	j, err := a.DB.Job(c.UserContext(), userID(c))
	if err == nil && !j.SeenBy(signedIn(c)) {
		err = errForbidden
	}
	return j, err
}
