package db

import (
	"context"
	"database/sql"
	"fmt"
	"runtime"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// maxLockWait is how long a statement of PostgreSQL waits for a lock, as SQLite's busy timeout: then it is ErrBusy.
const maxLockWait = "5000"

func (d *DB) openPostgres(ctx context.Context) error {
	cfg, err := pgx.ParseConfig(d.source)
	if err != nil {
		return fmt.Errorf("read the address of the database: %s", oneLine(err))
	}
	if cfg.ConnectTimeout == 0 {
		cfg.ConnectTimeout = 5 * time.Second
	}
	cfg.RuntimeParams["lock_timeout"] = maxLockWait
	cfg.RuntimeParams["application_name"] = "nameplate"
	d.w = sql.OpenDB(stdlib.GetConnector(*cfg))
	d.r = d.w
	conns := max(8, 2*runtime.GOMAXPROCS(0))
	d.w.SetMaxOpenConns(conns)
	d.w.SetMaxIdleConns(conns)
	d.w.SetConnMaxIdleTime(5 * time.Minute)
	if err := d.w.PingContext(ctx); err != nil {
		return unreachable(&cfg.Config, err)
	}
	return nil
}
