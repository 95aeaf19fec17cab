package main

import (
	"database/sql"
	"net/url"
	"os"

	"github.com/gofiber/fiber/v2"
	_ "github.com/mattn/go-sqlite3"
)

// serveBare is what Fiber can do at all: a handler that runs the public page's one SELECT on the same database and
// writes the same bytes, and one that only writes them.
func serveBare(addr, database, page string) error {
	body, err := os.ReadFile(page)
	if err != nil {
		return err
	}
	app := fiber.New(fiber.Config{DisableStartupMessage: true})
	app.Get("/register", func(c *fiber.Ctx) error {
		c.Response().Header.SetContentType(fiber.MIMETextHTMLCharsetUTF8)
		return c.Send(body)
	})
	if database != "" {
		source := "file:" + (&url.URL{Path: database}).EscapedPath() +
			"?_journal_mode=WAL&_busy_timeout=5000&_stmt_cache_size=64&_query_only=1"
		db, err := sql.Open("sqlite3", source)
		if err != nil {
			return err
		}
		db.SetMaxOpenConns(4)
		db.SetMaxIdleConns(4)
		one, err := db.Prepare(personSQL)
		if err != nil {
			return err
		}
		app.Get("/@:username", bareProfile(one, body))
	}
	return app.Listen(addr)
}

// personSQL is the statement that the public page runs for a name.
const personSQL = `
SELECT u.id, u.username, u.email, u.password, u.first_name, u.last_name, u.is_active, u.is_staff, u.is_superuser,
       u.date_joined, u.last_login, u.version, p.portfolio_site, p.profile_pic
FROM users u LEFT JOIN profiles p ON p.user_id = u.id WHERE u.username_key = CAST(?1 AS TEXT)`

func bareProfile(one *sql.Stmt, body []byte) fiber.Handler {
	return func(c *fiber.Ctx) error {
		var columns [14]sql.RawBytes
		rows, err := one.QueryContext(c.Context(), c.Params("username"))
		if err != nil {
			return err
		}
		defer rows.Close()
		if !rows.Next() {
			return fiber.ErrNotFound
		}
		into := make([]any, len(columns))
		for i := range columns {
			into[i] = &columns[i]
		}
		if err := rows.Scan(into...); err != nil {
			return err
		}
		c.Response().Header.SetContentType(fiber.MIMETextHTMLCharsetUTF8)
		return c.Send(body)
	}
}
