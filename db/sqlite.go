package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"runtime"
	"strings"

	"github.com/mattn/go-sqlite3"
)

// What every connection of SQLite has. A write takes its lock at its start, and what was committed survives a loss of power.
const (
	litePragmas = "_foreign_keys=on&_busy_timeout=5000&_synchronous=FULL&_stmt_cache_size=64"
	liteWriter  = litePragmas + "&_journal_mode=WAL&_txlock=immediate"
	liteReader  = litePragmas + "&_query_only=1&_txlock=deferred"
)

// maxJournal is how many bytes of the write-ahead log are kept once its content is in the database.
const maxJournal = 4 << 20

// liteConnector opens connections without a driver that is registered for the whole process.
type liteConnector struct {
	dsn    string
	driver *sqlite3.SQLiteDriver
}

// Connect opens one connection.
func (c liteConnector) Connect(context.Context) (driver.Conn, error) { return c.driver.Open(c.dsn) }

// Driver returns SQLite's driver.
func (c liteConnector) Driver() driver.Driver { return c.driver }

func (d *DB) openSQLite(ctx context.Context) error {
	if d.source == "" || strings.HasPrefix(d.source, ":memory:") {
		return errors.New("the database must be a file: several connections share it")
	}
	if strings.Contains(d.source, "://") {
		return fmt.Errorf("the database %q is neither a file nor postgres://…", d.source)
	}
	drv := &sqlite3.SQLiteDriver{ConnectHook: func(c *sqlite3.SQLiteConn) error {
		_, err := c.Exec(fmt.Sprintf("PRAGMA journal_size_limit = %d; PRAGMA wal_autocheckpoint = 1000; PRAGMA cache_size = -8000;"+
			" PRAGMA temp_store = MEMORY", maxJournal), nil)
		return err
	}}
	file := "file:" + strings.NewReplacer("%", "%25", "?", "%3f", "#", "%23").Replace(d.source) + "?"
	d.w = sql.OpenDB(liteConnector{file + liteWriter, drv})
	d.w.SetMaxOpenConns(1)
	d.w.SetMaxIdleConns(1)
	d.r = sql.OpenDB(liteConnector{file + liteReader, drv})
	readers := max(4, runtime.GOMAXPROCS(0)+2)
	d.r.SetMaxOpenConns(readers)
	d.r.SetMaxIdleConns(readers)
	if err := checkFTS5(); err != nil {
		return err
	}
	if err := d.w.PingContext(ctx); err != nil && !errors.Is(told(err), ErrBusy) { // a locked one can still be read
		return cantOpen(d.source, err)
	}
	var tables int
	if err := d.r.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_schema").Scan(&tables); err != nil {
		return cantOpen(d.source, err)
	}
	return nil
}

// checkFTS5 says whether this binary was built with the full-text search.
func checkFTS5() error {
	c, err := (&sqlite3.SQLiteDriver{}).Open(":memory:")
	if err != nil {
		return err
	}
	defer c.Close()
	if _, err := c.(driver.ExecerContext).ExecContext(context.Background(), "CREATE VIRTUAL TABLE t USING fts5(x)", nil); err != nil {
		return errors.New("this binary was built without SQLite's full-text search: build it with -tags sqlite_fts5")
	}
	return nil
}
