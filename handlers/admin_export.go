package handlers

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"nameplate/internal/account"
	"nameplate/internal/admin"
	"nameplate/internal/profile"
)

// exportPage is how long reading one page of an export may take: the export as a whole may take as long as its reader.
const exportPage = 10 * time.Second

// exportUsers sends the people of a list, all pages of it, as a table (CSV, RFC 4180) that can be imported again.
func (a *App) exportUsers(c *fiber.Ctx) error {
	return a.export(c, a.resource(account.Users), "people.csv", a.shown.TableHeader(), a.peoplePage)
}

// peoplePage reads one page of people as lines of a table.
func (a *App) peoplePage(ctx context.Context, q admin.Query) (lines [][]string, next string, err error) {
	page, err := a.DB.PeopleOn(ctx, q)
	for _, person := range page.Rows {
		lines = append(lines, a.shown.TableRow(person))
	}
	return lines, page.Next, err
}

// exportRows sends the rows of a list as a table. A moment is written as in RFC 3339.
func (a *App) exportRows(r admin.Resource) fiber.Handler {
	columns := slices.DeleteFunc(slices.Clone(r.Columns), func(c admin.Column) bool { return c.Name == "undone" })
	var header []string
	for _, column := range columns {
		header = append(header, column.Name)
	}
	page := func(ctx context.Context, q admin.Query) (lines [][]string, next string, err error) {
		rows, next, err := a.DB.RowsAfter(ctx, r, q)
		for _, row := range rows {
			var line []string
			for _, column := range columns {
				line = append(line, cellOf(column, row))
			}
			lines = append(lines, line)
		}
		return lines, next, err
	}
	return func(c *fiber.Ctx) error { return a.export(c, r, r.Name+".csv", header, page) }
}

// chosenPage reads those who were chosen as lines of a table, all in one page.
func (a *App) chosenPage(ids []int64) readPage {
	return func(ctx context.Context, _ admin.Query) (lines [][]string, next string, err error) {
		people, err := a.DB.Users(ctx, ids)
		for _, person := range people {
			lines = append(lines, a.shown.TableRow(person))
		}
		return lines, "", err
	}
}

// cellOf is a cell of a table as another program reads it.
func cellOf(column admin.Column, row admin.Row) string {
	value := row.Cells[column.Name]
	switch column.Kind {
	case admin.Moment:
		ms, err := strconv.ParseInt(value, 10, 64)
		if err != nil || ms == 0 {
			return ""
		}
		return time.UnixMilli(ms).UTC().Format(time.RFC3339)
	case admin.Number:
		return value
	}
	return profile.SafeCell(value)
}

// export sends a list as a table, all pages of it.
func (a *App) export(c *fiber.Ctx, r admin.Resource, name string, header []string, page readPage) error {
	q, err := listed(r, string(c.Request().URI().QueryString()))
	if err != nil {
		return err
	}
	q = q.First()
	q.N = admin.MaxPerPage
	return a.sendTable(c, name, &export{ctx: c.UserContext(), read: page, query: q}, header)
}

// sendTable sends a table that is read as it is sent.
func (a *App) sendTable(c *fiber.Ctx, name string, table *export, header []string) error {
	table.ctx = context.WithoutCancel(table.ctx)
	if err := table.begin(header); err != nil {
		return err
	}
	c.Set(fiber.HeaderCacheControl, unshared)
	c.Set(fiber.HeaderVary, "Cookie")
	c.Set(fiber.HeaderContentType, "text/csv; charset=utf-8; header=present")
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="`+name+`"`)
	return c.SendStream(table)
}

// readPage reads one page of a list as lines of a table, and returns the cursor behind it, empty at the end.
type readPage func(ctx context.Context, q admin.Query) (lines [][]string, next string, err error)

// export reads a list page by page as the table is sent, so that it takes no more memory for many rows than for few.
type export struct {
	ctx   context.Context
	read  readPage
	query admin.Query
	text  bytes.Buffer // what is written and not sent yet
	done  bool
}

// begin writes the names of the columns and the first page, so that what fails is answered before anything is sent.
func (e *export) begin(header []string) error {
	if err := e.write(header); err != nil {
		return err
	}
	return e.page()
}

// Read gives the next part of the table. An error ends the connection, so that nobody takes a part for the whole.
func (e *export) Read(into []byte) (int, error) {
	for e.text.Len() == 0 {
		if e.done {
			return 0, io.EOF
		}
		if err := e.page(); err != nil {
			return 0, err
		}
	}
	return e.text.Read(into)
}

func (e *export) page() error {
	ctx, cancel := context.WithTimeout(e.ctx, exportPage)
	defer cancel()
	lines, next, err := e.read(ctx, e.query)
	if err != nil {
		return fmt.Errorf("export: %w", err)
	}
	for _, line := range lines {
		if err := e.write(line); err != nil {
			return err
		}
	}
	e.query, e.done = e.query.At(next, ""), next == ""
	return nil
}

func (e *export) write(cells []string) error {
	w := csv.NewWriter(&e.text)
	w.UseCRLF = true
	if err := w.Write(cells); err != nil {
		return err
	}
	w.Flush()
	return w.Error()
}
