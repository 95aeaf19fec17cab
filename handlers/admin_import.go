package handlers

import (
	"errors"
	"fmt"
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
	importPath  = "/admin/users/import"
	tableBytes  = 128 << 20 // the most bytes of a table's file
	importShown = 200       // lines of a table on a page
)

// errNoTable asks for a file where none was sent.
const errNoTable = form.Message("Choose a table in CSV.")

// mayImport lets through who may add people, or change them: the lines of a table that do what they may not are wrong.
func (a *App) mayImport(c *fiber.Ctx) error {
	if !importer(signedIn(c)) {
		return errForbidden
	}
	return c.Next()
}

func importer(me account.User) bool {
	return account.MayAdd(me) || account.May(me, account.Change, account.Users)
}

// importForm asks for a table of people, or shows what one does that was sent.
func (a *App) importForm(c *fiber.Ctx) error {
	if c.Query("import") == "" {
		return a.showImport(c, fiber.StatusOK, views.Import{})
	}
	imp, err := a.ownImport(c, c.Query("import"))
	if err != nil {
		return err
	}
	return a.showPreview(c, fiber.StatusOK, imp, false)
}

// importUsers takes a table and shows what it would do, or does it once that is confirmed, all or nothing.
func (a *App) importUsers(c *fiber.Ctx) error {
	if has(c, "import") {
		return a.confirmImport(c)
	}
	imp, err := a.takeTable(c)
	if message, ok := errors.AsType[form.Message](err); ok {
		return a.showImport(c, refusal(form.Errors{"file": message.Error()}), views.Import{Error: message.Error()})
	}
	if err != nil {
		return err
	}
	if imp.Lines > pageMost {
		return a.queue(c, db.Job{Kind: db.JobCheck, By: a.author(c), Object: imp.ID, Total: imp.Lines})
	}
	if imp, err = a.DB.CheckImport(c.UserContext(), a.author(c), imp.ID, nil); err != nil {
		return err
	}
	status := fiber.StatusOK
	if imp.Wrong > 0 {
		status = fiber.StatusUnprocessableEntity
	}
	return a.showPreview(c, status, imp, false)
}

// takeTable keeps the table of a file that was sent.
func (a *App) takeTable(c *fiber.Ctx) (imp db.Import, err error) {
	header := sentFile(c, "file")
	if header == nil || header.Size == 0 && header.Filename == "" {
		return imp, errNoTable
	}
	if header.Size > tableBytes {
		return imp, tooLargeTable
	}
	file, err := header.Open()
	if err != nil {
		return imp, err
	}
	defer file.Close()
	table, err := a.shown.OpenTable(file)
	if err != nil {
		return imp, err
	}
	imp, err = a.DB.StageImport(c.UserContext(), a.author(c), table)
	if err == nil && imp.Lines == 0 {
		err = form.Message("The table has no people: add a line for each below the first.")
	}
	return imp, err
}

// ownImport returns a table that the one who asks has sent.
func (a *App) ownImport(c *fiber.Ctx, id string) (db.Import, error) {
	n, _ := strconv.ParseInt(id, 10, 64) // what is no number is nobody's
	imp, err := a.DB.Import(c.UserContext(), n)
	if err == nil && imp.By != signedIn(c).ID {
		err = errForbidden
	}
	return imp, err
}

// confirmImport does what was shown. Where it would do something else now, it is shown again.
func (a *App) confirmImport(c *fiber.Ctx) error {
	imp, err := a.ownImport(c, posted(c, "import"))
	if err != nil {
		return err
	}
	if imp.Checked == 0 {
		return a.showPreview(c, fiber.StatusConflict, imp, true)
	}
	seen, _ := strconv.ParseInt(posted(c, "seen"), 10, 64) // what is no number was not seen
	if imp.Lines > pageMost && !imp.Done && imp.Checked == seen {
		return a.queue(c, db.Job{Kind: db.JobImport, By: a.author(c), Object: imp.ID, Query: strconv.FormatInt(seen, 10), Total: imp.Lines})
	}
	done, err := a.DB.ApplyImport(c.UserContext(), a.author(c), imp.ID, seen, nil)
	if errors.Is(err, db.ErrImportChanged) {
		if imp, err = a.DB.CheckImport(c.UserContext(), a.author(c), imp.ID, nil); err != nil {
			return err
		}
		return a.showPreview(c, fiber.StatusConflict, imp, true)
	}
	if err != nil {
		return err
	}
	to := usersPath
	if !account.May(signedIn(c), account.View, account.Users) {
		to = importPath
	}
	return redirect(c, fmt.Sprintf("%s?imported=%d-%d-%d", to, done.Added, done.Changed, done.Event))
}

// queue begins a job, and shows how far it is.
func (a *App) queue(c *fiber.Ctx, job db.Job) error {
	id, err := a.DB.AddJob(c.UserContext(), job)
	if err != nil {
		return err
	}
	return redirect(c, jobsPath+"/"+strconv.FormatInt(id, 10))
}

// showPreview puts into words what a table does: some of its lines, those that are wrong where there are any.
func (a *App) showPreview(c *fiber.Ctx, status int, imp db.Import, again bool) error {
	if imp.Checked == 0 { // cancelled, or stopped with the server
		return a.showImport(c, fiber.StatusConflict, views.Import{Error: "That table was not looked at to its end. Choose it once more."})
	}
	shown := views.Import{ID: imp.ID, Passed: imp.Passed, Seen: imp.Checked, Lines: imp.Lines, Added: imp.Added, Changed: imp.Changed, Same: imp.Same, Wrong: imp.Wrong, Again: again, Done: imp.Done,
		Only: c.Query("only")}
	if !slices.Contains([]string{db.ImportNew, db.ImportChanged, db.ImportSame, db.ImportWrong}, shown.Only) {
		shown.Only = map[bool]string{true: db.ImportWrong}[imp.Wrong > 0]
	}
	after, _ := strconv.Atoi(c.Query("after")) // what is no number is the first page
	lines, err := a.DB.ImportLines(c.UserContext(), imp.ID, shown.Only, after, importShown+1)
	if err != nil {
		return err
	}
	if len(lines) > importShown {
		lines = lines[:importShown]
		shown.Next = lines[importShown-1].Number
	}
	for _, line := range lines {
		shown.Rows = append(shown.Rows, a.importLine(line))
	}
	return a.showImport(c, status, shown)
}

func (a *App) importLine(line db.ImportLine) views.ImportLine {
	attrs := map[string]profile.Attribute{}
	for _, attr := range append(profile.UserAttributes(), a.shown.Attributes...) {
		attrs[attr.Name] = attr
	}
	one := views.ImportLine{Number: line.Number, Username: line.Username, State: line.State}
	for field, message := range line.Errors {
		label := attrs[field].Label + ": "
		one.Wrong = append(one.Wrong, label+strings.TrimPrefix(message, label)) // some say it themselves
	}
	slices.Sort(one.Wrong)
	for _, change := range line.Changes {
		attr := attrs[change.Field]
		one.Fields = append(one.Fields, views.ConflictField{Label: attr.Label, Was: words(attr, change.Old), Yours: words(attr, change.New)})
	}
	return one
}

func (a *App) showImport(c *fiber.Ctx, status int, shown views.Import) error {
	for _, name := range a.shown.ReadColumns() {
		if attr, ok := a.shown.Attribute(name); !ok || !attr.IsUpload() {
			shown.Columns = append(shown.Columns, name)
		}
	}
	page := a.page(c, importTitle)
	if err := a.sayImported(c, &page, c.Query("imported")); err != nil {
		return err
	}
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
