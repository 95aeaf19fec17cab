package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/mattn/go-sqlite3"

	"nameplate/internal/account"
)

// What a caller can tell apart. Each may come wrapped: compare with errors.Is.
var (
	// ErrNotFound says that there is no such person.
	ErrNotFound = errors.New("not found")
	// ErrForbidden says that who asks may not do that to this person.
	ErrForbidden = errors.New("not allowed")
	// ErrLastSuperuser says that a change would leave nobody who may do everything.
	ErrLastSuperuser = errors.New("this is the last active superuser: make somebody else a superuser first")
	// ErrNewer says that the database was migrated by a newer program.
	ErrNewer = errors.New("the database is newer than this program: install the newer nameplate")
	// ErrForeign says that the database belongs to another program.
	ErrForeign = errors.New("the database holds the tables of another program: name another one")
	// ErrPending says that the database is older than the program.
	ErrPending = errors.New("the database has pending migrations: run nameplate migrate")
	// ErrBusy says that the database is locked, read-only, full or away. Nothing was changed; trying again later can help.
	ErrBusy = errors.New("the database can't take this now")
	// ErrGroupGone says that there is no such group any more.
	ErrGroupGone = errors.New("the group is gone")
	// ErrPictureGone says that a waiting picture is not kept any longer.
	ErrPictureGone = errors.New("the picture was not kept any longer")
	// ErrSessionGone says that a session was ended while a request of it was under way.
	ErrSessionGone = errors.New("the session has ended")
)

// Conflict says that somebody else changed a person first. Nothing was saved.
type Conflict struct {
	Theirs account.User      // the person as it is now
	Was    map[string]string // the text of each field that was changed meanwhile, from before that; booleans are true or false
	By     string            // who changed it last; empty where nobody was signed in
	At     time.Time         // when
}

// Error names the person.
func (c *Conflict) Error() string {
	return fmt.Sprintf("user %d was changed by somebody else first", c.Theirs.ID)
}

// told makes an error of a driver one that callers can tell apart, by its code.
func told(err error) error {
	switch {
	case err == nil, errors.Is(err, ErrBusy):
		return err
	case errors.Is(err, sql.ErrNoRows):
		return ErrNotFound
	case busy(err):
		return fmt.Errorf("%w: %w", ErrBusy, err)
	}
	return err
}

func busy(err error) bool {
	if _, ok := errors.AsType[*fs.PathError](err); ok { // of a file that goes with a row
		return false
	}
	if lite, ok := errors.AsType[sqlite3.Error](err); ok {
		switch lite.Code {
		case sqlite3.ErrBusy, sqlite3.ErrLocked, sqlite3.ErrReadonly, sqlite3.ErrFull, sqlite3.ErrIoErr, sqlite3.ErrCantOpen:
			return true
		}
		return false
	}
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok {
		return busyState(pg.Code)
	}
	if _, ok := errors.AsType[*pgconn.ConnectError](err); ok {
		return true
	}
	if _, ok := errors.AsType[net.Error](err); ok { // a deadline is one of them
		return true
	}
	return errors.Is(err, context.DeadlineExceeded) || errors.Is(err, driver.ErrBadConn)
}

// busyState says whether one of PostgreSQL's SQLSTATE codes means that it can't take a statement now.
func busyState(code string) bool {
	switch code {
	case "25006", // read only
		"40001", "40P01", // serialization, deadlock
		"55P03",                                     // lock not available
		"57014",                                     // cancelled
		"57P01", "57P02", "57P03", "57P04", "57P05": // going down or coming up
		return true
	}
	class := code[:min(2, len(code))]
	return class == "08" || class == "53" || class == "58" // connection, resources, input and output
}

// unreadable says whether PostgreSQL could not read a value as what its column is: of another type, or out of its range.
func unreadable(err error) bool {
	pg, ok := errors.AsType[*pgconn.PgError](err)
	return ok && strings.HasPrefix(pg.Code, "22")
}

// unique says whether err is a broken rule of uniqueness, and names PostgreSQL's constraint where it is told.
func unique(err error) (constraint string, ok bool) {
	if lite, ok := errors.AsType[sqlite3.Error](err); ok {
		return "", lite.ExtendedCode == sqlite3.ErrConstraintUnique || lite.ExtendedCode == sqlite3.ErrConstraintPrimaryKey
	}
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok {
		return pg.ConstraintName, pg.Code == "23505"
	}
	return "", false
}

// oneLine makes an error of a driver fit for a line of a command.
func oneLine(err error) string { return strings.Join(strings.Fields(err.Error()), " ") }
