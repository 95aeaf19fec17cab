package db

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"nameplate/internal/account"
	"nameplate/internal/admin"
)

// ListPlans returns PostgreSQL's plan of the keys of each page of each order, where it may not go through the whole table.
func ListPlans(t testing.TB, d *DB) map[string]string {
	t.Helper()
	plans := map[string]string{}
	resource := admin.People(d.profile)
	for _, column := range resource.Columns {
		if !column.Sortable {
			continue
		}
		for _, desc := range []bool{false, true} {
			l, err := d.newList(resource, admin.Query{Sort: column.Name, Desc: desc})
			if err != nil {
				t.Fatal(err)
			}
			query, args := used(l.along(101), l.args)
			err = d.read(t.Context(), func(tx *Tx) error {
				if _, err := tx.exec(t.Context(), "SET LOCAL enable_seqscan = off"); err != nil {
					return err
				}
				rows, err := tx.rows(t.Context(), "EXPLAIN "+query, args...)
				if err != nil {
					return err
				}
				defer rows.Close()
				for rows.Next() {
					var line string
					if err := rows.Scan(&line); err != nil {
						return err
					}
					plans[fmt.Sprintf("%s, backwards %v", column.Name, desc)] += line + "\n"
				}
				return rows.Err()
			})
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	return plans
}

// PicturePlans return how a person is found by a hash, and whose a picture is, where no table may be gone through.
func PicturePlans(t testing.TB, d *DB) (byHash, whose string) {
	t.Helper()
	return lookupPlan(t, d, d.text.byAvatar), lookupPlan(t, d, d.text.hidden)
}

func lookupPlan(t testing.TB, d *DB, query string) (plan string) {
	t.Helper()
	err := d.read(t.Context(), func(tx *Tx) error {
		explain, line := "EXPLAIN QUERY PLAN ", func(row scanner) (line string, err error) {
			var id, parent, unused int
			err = row.Scan(&id, &parent, &unused, &line)
			return line, err
		}
		if d.pg {
			explain, line = "EXPLAIN ", text
			if _, err := tx.exec(t.Context(), "SET LOCAL enable_seqscan = off"); err != nil {
				return err
			}
		}
		lines, err := all(line)(tx.rows(t.Context(), explain+query, "none"))
		plan = strings.Join(lines, "\n")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return plan
}

// GenericPlans returns how often PostgreSQL has planned a text of a list for any value, and how often for the one asked for, on the connection
// that was used last.
func GenericPlans(t testing.TB, d *DB) (generic, custom int) {
	t.Helper()
	err := d.r.QueryRowContext(t.Context(), "SELECT COALESCE(sum(generic_plans), 0), COALESCE(sum(custom_plans), 0) FROM pg_prepared_statements"+
		" WHERE statement LIKE '%birthday%' AND statement NOT LIKE '%pg_prepared_statements%'").Scan(&generic, &custom)
	if err != nil {
		t.Fatal(err)
	}
	return generic, custom
}

func TestJournalIsSmallAgainAfterALongRead(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "n.db")
	d := openFile(t, file)
	err := d.read(t.Context(), func(tx *Tx) error {
		var before, after int
		if err := tx.row(t.Context(), "SELECT count(*) FROM users").Scan(&before); err != nil {
			return err
		}
		if err := d.Seed(context.WithoutCancel(t.Context()), 10_000, "", nil); err != nil {
			return err
		}
		err := tx.row(t.Context(), "SELECT count(*) FROM users").Scan(&after)
		if before != after {
			t.Errorf("a read saw %d and then %d people", before, after)
		}
		if info, err := os.Stat(file + "-wal"); err != nil || info.Size() <= 2*maxJournal {
			t.Errorf("the read held nothing back; %v", err)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 3 {
		if _, err := d.CreateUser(t.Context(), Author{}, account.User{Username: strings.Repeat("a", i+1)}); err != nil {
			t.Fatal(err)
		}
	}
	if info, err := os.Stat(file + "-wal"); err != nil || info.Size() > 2*maxJournal {
		t.Errorf("%d bytes, %v", info.Size(), err)
	}
}

// TestReadingOnePersonAllocatesLittle notices when SQLite plans the statement anew for each value.
func TestReadingOnePersonAllocatesLittle(t *testing.T) {
	d := openFile(t, filepath.Join(t.TempDir(), "n.db"))
	if err := d.Seed(t.Context(), 10, "", nil); err != nil {
		t.Fatal(err)
	}
	allocations := testing.AllocsPerRun(200, func() {
		if _, err := d.UserByName(t.Context(), "person0000005"); err != nil {
			t.Fatal(err)
		}
	})
	if allocations > 45 { // 31; and 77 when it is planned anew for each
		t.Errorf("%v allocations", allocations)
	}
}

// TestHistoryGoesAlongAnIndex: a page of the history is read along an index, and not sorted, whatever it is narrowed to but by a search.
func TestHistoryGoesAlongAnIndex(t *testing.T) {
	t.Parallel()
	d := openFile(t, filepath.Join(t.TempDir(), "n.db"))
	r := admin.Resources(d.profile)[6]
	for _, filters := range []map[string]string{nil, {"by_id": "1"}, {"field": "email"}, {"action": "delete"}, {"resource": "groups"}, {"event_id": "1"},
		{"at__year": "2026"}, {"by_id": "1", "at__gte": "2026-01-01"}} {
		err := d.readList(t.Context(), func(tx *Tx) error {
			q := admin.Query{Sort: "at", Desc: true, Filters: filters}
			l, err := tx.newRows(r, q)
			if err != nil {
				return err
			}
			if r.Folds(q) {
				l.where(r.Fold)
			}
			query, args := used("EXPLAIN QUERY PLAN SELECT "+l.columns+" FROM "+r.From+where(l.conditions)+" ORDER BY h.at DESC, h.id DESC LIMIT 101", l.args)
			plan, err := all(func(row scanner) (line string, err error) {
				var id, parent, unused int
				err = row.Scan(&id, &parent, &unused, &line)
				return line, err
			})(tx.rows(t.Context(), query, args...))
			whole := strings.Join(plan, "\n")
			if r.Name != "history" || strings.Contains(whole, "TEMP B-TREE") || !strings.Contains(plan[0], "USING INDEX history_") || strings.Contains(whole, "SCAN u") || strings.Contains(whole, "SCAN m") || !strings.Contains(whole, "history_first_undoes") || !strings.Contains(whole, "history_alike") {
				t.Errorf("%v:\n%s", filters, whole)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}
