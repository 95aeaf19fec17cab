package db

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"nameplate/internal/account"
	"nameplate/internal/admin"
)

const (
	dashboardDays    = 30
	dashboardNewest  = 5     // of those who wait
	dashboardChanges = 10    // events of the history
	dashboardMost    = 1_000 // more than that of anything is not counted
)

// Dashboard is what the admin begins with.
type Dashboard struct {
	Days     []Day          // the last thirty in UTC; today comes last
	People   int            // how many there are
	Waiting  UpTo           // who waits to be approved
	Newest   []account.User // the last of them
	Failing  UpTo           // mails that could not be sent
	Changes  []Changed      // what changed last, the newest first
	Database int64          // how many bytes the database takes
}

// Day is what happened on one day.
type Day struct {
	Day                     string // in UTC, such as 2026-03-14
	SignUps, LogIns, Failed int
}

// UpTo is a number that is counted up to a thousand.
type UpTo struct {
	N    int
	More bool // there are more
}

// Changed is one event of the history, without what was there before and since.
type Changed struct {
	Line     int64 // one of its lines
	At       time.Time
	By       string // the name of who did it; empty for the command line, and for somebody who registered
	IP       string
	UserID   int64 // whom, where it was one; 0 for who is not there any more
	Resource string
	Repr     string
	Action   string   // add, change, delete, erase or view
	Fields   []string // what was changed; none for all
	New      string   // what all of it became, where that is yes or no, and the same
	Count    int      // how many it was done to
	More     bool     // there are more
	Undoes   bool     // it took something back
}

// DashboardParts says what of the dashboard is read beside the numbers of each day: what the one who asks may see.
type DashboardParts struct{ People, Mail, History bool }

// Dashboard returns what the admin begins with. It takes nine statements at most, and none but that which counts everybody takes longer
// the more people there are.
func (d *DB) Dashboard(ctx context.Context, parts DashboardParts) (b Dashboard, err error) {
	err = d.read(ctx, func(tx *Tx) error {
		if b.Days, err = tx.days(ctx); err != nil {
			return err
		}
		if b.Database, err = tx.size(ctx); err != nil {
			return err
		}
		if parts.People {
			if err := tx.peopleNow(ctx, &b); err != nil {
				return err
			}
		}
		if parts.Mail {
			if b.Failing, err = tx.upTo(ctx, "mail WHERE error <> ''"); err != nil {
				return err
			}
		}
		if parts.History {
			b.Changes, err = tx.lastChanges(ctx)
		}
		return err
	})
	if err != nil {
		return b, fmt.Errorf("read the dashboard: %w", err)
	}
	return b, nil
}

// days returns the last days, also those on which nothing happened.
func (tx *Tx) days(ctx context.Context) ([]Day, error) {
	today := tx.Now().UTC()
	list, place := make([]Day, dashboardDays), map[string]*Day{}
	for i := range list {
		list[i].Day = dayOf(today.AddDate(0, 0, i+1-dashboardDays))
		place[list[i].Day] = &list[i]
	}
	rows, err := tx.rows(ctx, "SELECT day, what, n FROM daily WHERE day >= ?1 AND day <= ?2", list[0].Day, dayOf(today))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var day, what string
		var n int
		if err := rows.Scan(&day, &what, &n); err != nil {
			return nil, err
		}
		switch d := place[day]; what {
		case registered:
			d.SignUps = n
		case loggedIn:
			d.LogIns = n
		case loginFailed:
			d.Failed = n
		}
	}
	return list, rows.Err()
}

// size returns how many bytes the database takes: on SQLite the file and its journal.
func (tx *Tx) size(ctx context.Context) (n int64, err error) {
	if tx.pg {
		err = tx.row(ctx, "SELECT pg_database_size(current_database())").Scan(&n)
		return n, err
	}
	for _, file := range []string{tx.source, tx.source + "-wal"} {
		info, err := os.Stat(file)
		if errors.Is(err, fs.ErrNotExist) {
			continue // there is no journal before the first write
		}
		if err != nil {
			return 0, err
		}
		n += info.Size()
	}
	return n, nil
}

// peopleNow counts everybody, and who waits to be approved.
func (tx *Tx) peopleNow(ctx context.Context, b *Dashboard) (err error) {
	if err := tx.row(ctx, "SELECT count(*) FROM users").Scan(&b.People); err != nil {
		return err
	}
	if b.Waiting, err = tx.upTo(ctx, "users u WHERE "+awaiting); err != nil || b.Waiting.N == 0 {
		return err
	}
	b.Newest, err = all(tx.onePerson)(tx.rows(ctx, tx.text.person+awaiting+" ORDER BY u.id DESC LIMIT ?1", dashboardNewest))
	return err
}

// upTo counts rows, but not on and on.
func (tx *Tx) upTo(ctx context.Context, from string) (u UpTo, err error) {
	err = tx.row(ctx, "SELECT count(*) FROM (SELECT 1 FROM "+from+" LIMIT ?1) counted", dashboardMost+1).Scan(&u.N)
	if u.N > dashboardMost {
		u.N, u.More = dashboardMost, true
	}
	return u, err
}

// lastChanges returns the last events of the history. Of one that did several things it is not counted to how many all of them were done.
func (tx *Tx) lastChanges(ctx context.Context) ([]Changed, error) {
	var list []Changed
	var last, object int64
	scan := func(row scanner) (_ struct{}, err error) {
		var c Changed
		var at, event, id int64
		var field string
		err = row.Scan(&c.Line, &event, &at, &c.By, &c.IP, &c.UserID, &c.Resource, &id, &c.Repr, &c.Action, &field, &c.New, &c.Undoes, &c.Count)
		if c.At = fromMilli(at); field != "" {
			c.Fields = []string{field}
		}
		if c.New != "true" && c.New != "false" {
			c.New = ""
		}
		if event != last {
			list, last, object = append(list, c), event, id
			return struct{}{}, err
		}
		same := &list[len(list)-1]
		same.More = same.More || id != object || c.Count != same.Count
		same.Count, same.New = max(same.Count, c.Count), ""
		if c.Action != same.Action {
			same.Action = "change"
		}
		same.Fields = append(c.Fields, same.Fields...) // they come the last first
		return struct{}{}, err
	}
	_, err := all(scan)(tx.rows(ctx, "SELECT h.id, h.event_id, h.at, h.by_username, h.ip, COALESCE(u.id, 0), h.resource, h.object_id, h.object_repr, h.action, h.field, h.new, h.undoes <> 0, "+
		admin.HistoryAlike+" FROM history h LEFT JOIN users u ON u.id = h.object_id AND h.resource = 'users' WHERE h.nth = 1 AND "+notAlone+" ORDER BY h.at DESC, h.id DESC LIMIT ?1", 10*dashboardChanges))
	return list[:min(len(list), dashboardChanges)], err
}
