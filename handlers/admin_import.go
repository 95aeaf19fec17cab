package handlers

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"nameplate/db"
	"nameplate/internal/account"
	"nameplate/internal/form"
	"nameplate/internal/profile"
	"nameplate/views"
)

const (
	importTitle = "Import people"
	tableBytes  = 1 << 20 // the most bytes of a table's file
)

// errNoTable asks for a file where none was sent.
const errNoTable = form.Message("Choose a table in CSV.")

// mayImport lets through who may add people, or change them: the lines of a table that do what they may not are wrong.
func (a *App) mayImport(c *fiber.Ctx) error {
	if me := signedIn(c); !account.MayAdd(me) && !account.May(me, account.Change, account.Users) {
		return errForbidden
	}
	return c.Next()
}

// importForm asks for a table of people.
func (a *App) importForm(c *fiber.Ctx) error {
	return a.showImport(c, fiber.StatusOK, views.Import{})
}

// importUsers shows what a table would do, and does it once that is confirmed, all or nothing.
func (a *App) importUsers(c *fiber.Ctx) error {
	text, err := sentTable(c)
	var table profile.Table
	if err == nil {
		table, err = a.shown.ReadTable([]byte(text))
	}
	if message, ok := errors.AsType[form.Message](err); ok {
		return a.showImport(c, refusal(form.Errors{"file": message.Error()}), views.Import{Error: message.Error()})
	}
	if err != nil {
		return err
	}
	seen := ""
	if isTrue(posted(c, "confirm")) {
		seen = posted(c, "seen")
	}
	done, err := a.DB.ImportUsers(c.UserContext(), a.author(c), table, seen)
	if err != nil {
		return err
	}
	added, changed, _, wrong := done.Count()
	if done.Applied {
		return redirect(c, fmt.Sprintf("%s?imported=%d-%d-%d", usersPath, added, changed, done.Event))
	}
	shown := a.imported(done)
	shown.Table, shown.Again = text, seen != "" && wrong == 0
	switch {
	case wrong > 0:
		return a.showImport(c, fiber.StatusUnprocessableEntity, shown)
	case shown.Again:
		return a.showImport(c, fiber.StatusConflict, shown)
	}
	return a.showImport(c, fiber.StatusOK, shown)
}

// sentTable returns the text of the table that a form brings: of the file that was chosen, or the one that was shown before.
func sentTable(c *fiber.Ctx) (string, error) {
	if has(c, "table") {
		return posted(c, "table"), nil
	}
	file, err := c.FormFile("file")
	if err != nil || file.Size == 0 && file.Filename == "" {
		return "", errNoTable
	}
	data, err := read(file, tableBytes, tooLargeTable)
	if err != nil {
		return "", err
	}
	return profile.TableText(data)
}

// imported puts into words what a table does.
func (a *App) imported(done db.Import) views.Import {
	shown := views.Import{Digest: done.Digest}
	shown.Added, shown.Changed, shown.Same, shown.Wrong = done.Count()
	attrs := map[string]profile.Attribute{}
	for _, attr := range append(profile.UserAttributes(), a.shown.Attributes...) {
		attrs[attr.Name] = attr
	}
	for _, line := range done.Lines {
		one := views.ImportLine{Number: line.Number, Username: line.Username, New: line.New}
		for _, field := range slices.Sorted(maps.Keys(line.Errors)) {
			message, label := line.Errors[field], attrs[field].Label+": "
			one.Wrong = append(one.Wrong, label+strings.TrimPrefix(message, label)) // some say it themselves
		}
		for _, change := range line.Changes {
			attr := attrs[change.Field]
			one.Fields = append(one.Fields, views.ConflictField{Label: attr.Label, Was: words(attr, change.Old), Yours: words(attr, change.New)})
		}
		if one.New || len(one.Wrong) > 0 || len(one.Fields) > 0 {
			shown.Lines = append(shown.Lines, one)
		}
	}
	return shown
}

func (a *App) showImport(c *fiber.Ctx, status int, shown views.Import) error {
	for _, name := range a.shown.TableHeader() {
		if attr, ok := a.shown.Attribute(name); !ok || !attr.IsUpload() {
			shown.Columns = append(shown.Columns, name)
		}
	}
	page := a.page(c, importTitle)
	return send(c, status, views.ImportPage(page, shown))
}

// sayImported says what the import did that sent a browser on to the list, how many it added and changed, and offers to take it back by its
// event.
func (a *App) sayImported(c *fiber.Ctx, page *views.Page, numbers string) error {
	var n []int64
	for text := range strings.SplitSeq(numbers, "-") {
		number, err := strconv.ParseUint(text, 10, 31)
		if err != nil {
			return nil
		}
		n = append(n, int64(number))
	}
	if len(n) != 3 {
		return nil
	}
	page.Saved = fmt.Sprintf("Imported: %s added, %s changed.", views.CountPeople(int(n[0])), views.CountPeople(int(n[1])))
	page.Back = c.Path()
	var err error
	page.Undo, err = a.DB.EventLine(c.UserContext(), signedIn(c).ID, n[2])
	return err
}
