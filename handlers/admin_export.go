package handlers

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"net/url"
	"time"

	"github.com/gofiber/fiber/v2"

	"nameplate/db"
	"nameplate/internal/admin"
	"nameplate/internal/profile"
)

// exportPage is how long reading one page of an export may take: the export as a whole may take as long as its reader.
const exportPage = 10 * time.Second

// exportUsers sends the people of a list, all pages of it, as a table (CSV, RFC 4180) that can be imported again.
func (a *App) exportUsers(c *fiber.Ctx) error {
	values, err := url.ParseQuery(string(c.Request().URI().QueryString()))
	if err != nil {
		return admin.BadQuery("The address of this list can't be read. Go to the first page.")
	}
	q, err := admin.People(a.shown).ParseQuery(listed(values))
	if err != nil {
		return err
	}
	q = q.First()
	q.N = admin.MaxPerPage
	table := &export{ctx: context.WithoutCancel(c.UserContext()), db: a.DB, profile: a.shown, query: q}
	if err := table.begin(); err != nil {
		return err
	}
	c.Set(fiber.HeaderCacheControl, unshared)
	c.Set(fiber.HeaderVary, "Cookie")
	c.Set(fiber.HeaderContentType, "text/csv; charset=utf-8; header=present")
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="people.csv"`)
	return c.SendStream(table)
}

// export reads people page by page as the table is sent, so that it takes no more memory for many than for few.
type export struct {
	ctx     context.Context
	db      *db.DB
	profile profile.Profile
	query   admin.Query
	text    bytes.Buffer // what is written and not sent yet
	done    bool
}

// begin writes the names of the columns and the first page, so that what fails is answered before anything is sent.
func (e *export) begin() error {
	if err := e.write(e.profile.TableHeader()); err != nil {
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
	page, err := e.db.PeopleOn(ctx, e.query)
	if err != nil {
		return fmt.Errorf("export people: %w", err)
	}
	for _, person := range page.Rows {
		if err := e.write(e.profile.TableRow(person)); err != nil {
			return err
		}
	}
	e.query, e.done = e.query.At(page.Next, ""), page.Next == ""
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
