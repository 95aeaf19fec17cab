package handlers

import (
	"errors"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"nameplate/db"
	"nameplate/internal/account"
	"nameplate/internal/profile"
	"nameplate/views"
)

const historyPath = "/admin/history"

// userHistory is the history of one person.
func (a *App) userHistory(c *fiber.Ctx) error {
	person, err := a.DB.User(c.UserContext(), userID(c))
	if err != nil {
		return err
	}
	v := url.Values{"resource": {account.Users}, "object_id": {c.Params("id")}}
	list, err := a.rowList(c.UserContext(), a.resource(account.History), v.Encode())
	if err != nil {
		return err
	}
	list.Heading, list.Up = "History of "+person.Username, views.Crumb{Path: userPath(person.ID), Label: person.Username}
	if !account.May(signedIn(c), account.View, account.Users) {
		list.Up = views.Crumb{}
	}
	return a.showRows(c, list)
}

// tellHistory says what a list of the history is narrowed to, and which of its lines can be taken back.
func (a *App) tellHistory(list *views.List) {
	if len(list.Rows) == 0 {
		return
	}
	first, filters := list.Rows[0].Cells, list.Query.Filters
	if name := views.Author(first["by_username"], first["ip"], first["action"], first["object_repr"]); filters["by_id"] != "" {
		list.Only = "Only what " + name + " did."
	}
	if filters["object_id"] != "" && filters["resource"] != "" {
		list.Only += " Only what was done to " + first["object_repr"] + "."
	}
	if filters["event_id"] != "" {
		list.Only += " Only what was done at once."
	}
	list.Undoable = map[int64]bool{}
	for _, row := range list.Rows {
		cell := row.Cells
		gone := cell["place"] == "" && (cell["resource"] == account.Users || cell["resource"] == account.Groups && cell["action"] != "delete")
		list.Undoable[row.ID] = !gone && a.DB.Final(cell["resource"], cell["action"], cell["field"], cell["old"], cell["new"]) == ""
	}
}

// told is what an event did, in words.
func (a *App) told(t db.Told) views.Told {
	shown := views.Told{Resource: t.Resource, Action: t.Action, New: t.New, Whom: t.Repr, Undoes: t.Undoes}
	if t.Count > 1 {
		shown.Whom = views.CountOf(t.Count, t.Resource)
	}
	for _, field := range t.Fields {
		shown.Fields = append(shown.Fields, a.fieldLabel(field))
	}
	if len(t.Fields) == 1 {
		shown.Field = t.Fields[0]
	}
	return shown
}

// sayUndone says what was taken back by who is sent on.
func (a *App) sayUndone(c *fiber.Ctx, page *views.Page) error {
	page.Saved = undoneText
	t, err := a.DB.TakenBack(c.UserContext(), signedIn(c).ID)
	if isNotFound(err) {
		return nil
	}
	page.Saved = a.told(t).TakenBack()
	return err
}

// event shows all that was changed at once, with its undo.
func (a *App) event(c *fiber.Ctx) error {
	change, err := a.DB.Change(c.UserContext(), userID(c))
	if err != nil {
		return err
	}
	event := views.Event{ID: change.Event, Line: change.Line, At: change.At, By: change.By, IP: change.IP, Count: change.Count, Undone: change.Undone,
		Undoes: change.Undoes, Why: change.Final, From: goBack(c.Query("from")).Encode()}
	sees := func(resource string) bool { return account.May(signedIn(c), account.View, resource) }
	if change.ByID != 0 && sees(account.Users) {
		event.ByPath = userPath(change.ByID)
	}
	if len(change.Lines) > 0 {
		first := change.Lines[0]
		event.By = views.Author(change.By, change.IP, first.Action, first.Repr)
	}
	event.Lines = a.eventLines(change.Lines, sees)
	if err := a.sayWhyNot(c, &event); err != nil {
		return err
	}
	return send(c, fiber.StatusOK, views.EventPage(a.page(c, "What was changed"), event))
}

// eventLines are lines of the history in words, with links to what one sees.
func (a *App) eventLines(lines []db.ChangeLine, sees func(resource string) bool) (list []views.EventLine) {
	r := a.resource(account.History)
	for _, l := range lines {
		did, _ := r.Column("action")
		field, _ := r.Column("field")
		line := views.EventLine{What: l.Repr, Did: did.Word(l.Action), Field: field.Word(l.Field), Old: a.historyWords(l.Field, l.Old), New: a.historyWords(l.Field, l.New)}
		if l.Place != "" && sees(l.Resource) {
			line.Path = "/admin/" + l.Place
		}
		list = append(list, line)
	}
	return list
}

// sayWhyNot says beforehand why an event can't be taken back, where that is known.
func (a *App) sayWhyNot(c *fiber.Ctx, event *views.Event) error {
	if event.Why != "" || event.Undone {
		return nil
	}
	err := a.DB.MayUndo(c.UserContext(), a.author(c), event.Line)
	if cant, ok := errors.AsType[db.CantUndo](err); ok {
		event.Why = cant.Error()
		return nil
	}
	if errors.Is(err, db.ErrForbidden) {
		event.Why = "Your account may not take this back."
		return nil
	}
	return err
}

// historyWords says a value of the history in words.
func (a *App) historyWords(field, value string) string {
	return views.HistoryValue(append(profile.UserAttributes(), a.shown.Attributes...), field, value)
}

// undo takes back what a line of the history tells, with all that was changed at once with it.
func (a *App) undo(c *fiber.Ctx) error {
	change, err := a.DB.Change(c.UserContext(), userID(c))
	if err != nil {
		return err
	}
	if change.Count > pageMost {
		if err := a.DB.MayUndo(c.UserContext(), a.author(c), change.Line); err != nil {
			return err
		}
		return a.queue(c, db.Job{Kind: db.JobUndo, By: a.author(c), Object: change.Line, Total: change.Count})
	}
	if _, err := a.DB.Undo(c.UserContext(), a.author(c), userID(c)); err != nil {
		return err
	}
	me := signedIn(c)
	row, err := strconv.ParseInt(posted(c, "row"), 10, 64)
	if err == nil && htmx(c) && account.May(me, account.View, account.Users) && isOf(change, row) {
		return a.undoneRow(c, row)
	}
	to := afterUndo(c, change)
	v := to.Query()
	for _, name := range once {
		v.Del(name)
	}
	v.Set("undone", "1")
	to.RawQuery = v.Encode()
	return redirect(c, to.String())
}

// afterUndo is the page that an undo was asked from, the row of a list that has changed, or the history.
func afterUndo(c *fiber.Ctx, change db.Change) *url.URL {
	if to, err := url.Parse(safeNext(posted(c, "back"))); err == nil && strings.HasPrefix(to.Path, "/admin/") {
		return to
	}
	if has(c, "list") && len(change.Lines) > 0 && change.Lines[0].Resource == account.Users {
		return &url.URL{Path: usersPath, RawQuery: goBack(posted(c, "list")).Encode(), Fragment: "user-" + strconv.FormatInt(change.Lines[0].ID, 10)}
	}
	if !account.May(signedIn(c), account.View, account.History) {
		return &url.URL{Path: dashboardPath}
	}
	return &url.URL{Path: historyPath}
}

// isOf says whether an event has changed the person with this id.
func isOf(change db.Change, id int64) bool {
	return slices.ContainsFunc(change.Lines, func(l db.ChangeLine) bool { return l.Resource == account.Users && l.ID == id })
}

// undoneRow answers a person's row after its undo.
func (a *App) undoneRow(c *fiber.Ctx, id int64) error {
	person, err := a.DB.User(c.UserContext(), id)
	if errors.Is(err, db.ErrNotFound) {
		return redirect(c, usersPath+"?undone=1")
	}
	if err != nil {
		return err
	}
	list := a.bare(c)
	list.Saved, list.Said = person.ID, "Taken back"
	return send(c, fiber.StatusOK, views.UserRow(a.page(c, people), list, person))
}
