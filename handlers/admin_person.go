package handlers

import (
	"context"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"nameplate/internal/account"
	"nameplate/internal/admin"
	"nameplate/views"
)

// lastLines is how many lines of the history a person's page shows.
const lastLines = 5

// showUser shows the whole person, with groups and permissions, who stands before and after in the list, sessions, and what was changed last.
func (a *App) showUser(c *fiber.Ctx, status int, page views.Page, person account.User, edit views.Edit) error {
	list := a.bare(c)
	person, err := a.DB.WithRights(c.UserContext(), person)
	if err != nil {
		return err
	}
	if edit.User.Groups == nil {
		edit.User.Groups = person.Groups
	}
	if edit.User.Permissions == nil {
		edit.User.Permissions = person.Permissions
	}
	if list.Groups, err = a.DB.Groups(c.UserContext()); err != nil {
		return err
	}
	if list.Person, err = a.personMore(c, person); err != nil {
		return err
	}
	return render(c, status, views.UserPage(page, list, person, edit), views.UserPart(page, list, person, edit, true))
}

func (a *App) personMore(c *fiber.Ctx, person account.User) (more views.PersonMore, err error) {
	from := c.Query("from")
	if has(c, "from") {
		from = posted(c, "from")
	}
	more.From = goBack(from).Encode()
	if err := a.neighbours(c.UserContext(), &more, person.ID); err != nil {
		return more, err
	}
	access, err := a.DB.Access(c.UserContext(), person.ID)
	if err != nil {
		return more, err
	}
	more.TwoFactor, more.Passkeys, more.InvitedBy = access.TwoFactor, access.Passkeys, access.InvitedBy
	if account.May(signedIn(c), account.View, account.Sessions) {
		sessions, err := a.DB.SessionsOf(c.UserContext(), person.ID, "")
		if err != nil {
			return more, err
		}
		for _, s := range sessions {
			more.Sessions = append(more.Sessions, views.NewSession(strconv.FormatInt(s.ID, 10), s.UserAgent, s.IP, s.CreatedAt, s.SeenAt, false))
		}
	}
	if account.May(signedIn(c), account.View, account.History) {
		more.History, err = a.lastChanges(c.UserContext(), person.ID)
	}
	return more, err
}

// neighbours finds who stands before and after in the list that one came from. A list that can't be is the whole one.
func (a *App) neighbours(ctx context.Context, more *views.PersonMore, id int64) error {
	q, err := listed(a.resource(account.Users), more.From)
	if err != nil {
		more.From = ""
		q = admin.Query{}
	}
	more.Prev, more.Next, err = a.DB.Neighbours(ctx, q, id)
	return err
}

// lastChanges are the last lines of a person's history, in words.
func (a *App) lastChanges(ctx context.Context, id int64) (lines []views.EventLine, err error) {
	r := a.resource(account.History)
	q := admin.Query{Sort: "at", Desc: true, N: lastLines, Filters: map[string]string{"resource": account.Users, "object_id": strconv.FormatInt(id, 10)}}
	page, err := a.DB.Rows(ctx, r, q)
	did, _ := r.Column("action")
	field, _ := r.Column("field")
	for _, row := range page.Rows {
		cell := row.Cells
		what := views.Moment(cell["at"])
		if cell["by_username"] != "" {
			what += ", " + cell["by_username"]
		}
		words := did.Word(cell["action"])
		if cell["field"] != "" {
			words = field.Word(cell["field"]) + ": " + words
		}
		lines = append(lines, views.EventLine{What: what, Path: historyPath + "/" + strconv.FormatInt(row.ID, 10), Did: words, Old: a.historyWords(cell["field"], cell["old"]), New: a.historyWords(cell["field"], cell["new"])})
	}
	return lines, err
}
