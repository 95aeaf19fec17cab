package db_test

import (
	"slices"
	"strconv"
	"testing"
	"time"

	"nameplate/db"
	"nameplate/db/dbtest"
	"nameplate/internal/account"
)

func TestDashboard(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := setClock(d)
		read := func(parts db.DashboardParts) db.Dashboard {
			t.Helper()
			b, err := d.Dashboard(t.Context(), parts)
			if err != nil {
				t.Fatal(err)
			}
			return b
		}
		all := db.DashboardParts{People: true, Mail: true, History: true}
		b := read(all)
		if len(b.Days) != 30 || b.Days[0] != (db.Day{Day: "2026-04-02"}) || b.Days[29].Day != "2026-05-01" || b.People != 0 || b.Waiting.N != 0 ||
			b.Failing.N != 0 || len(b.Changes) != 0 || b.Database < 10_000 {
			t.Errorf("an empty site: %+v", b)
		}

		root := add(t, d, account.User{Username: "root", IsSuperuser: true})
		gone := add(t, d, account.User{Username: "gone", Email: "gone@example.org"})
		for i := range 7 {
			u := account.User{Username: "waits" + strconv.Itoa(i), Email: "w" + strconv.Itoa(i) + "@example.org", AwaitsApproval: true}
			if _, err := d.Register(t.Context(), nobody, u, "", true); err != nil {
				t.Fatal(err)
			}
		}
		unproven := account.User{Username: "unproven", NewEmail: "u@example.org", AwaitsApproval: true}
		if _, err := d.Register(t.Context(), nobody, unproven, "", true); err != nil {
			t.Fatal(err)
		}
		gone.LastName, gone.Email = "Hopper", "grace@example.org"
		if _, err := d.UpdateUser(t.Context(), db.Author{ID: root.ID}, root, gone); err != nil {
			t.Fatal(err)
		}
		m, _, err := d.NextMail(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := d.MailFailed(t.Context(), m, "no such box", true); err != nil {
			t.Fatal(err)
		}
		c.pass(24 * time.Hour)
		b = read(all)
		if b.People != 10 || b.Waiting != (db.UpTo{N: 7}) || len(b.Newest) != 5 || b.Newest[0].Username != "waits6" || b.Failing != (db.UpTo{N: 1}) {
			t.Errorf("%+v", b)
		}
		if b.Days[28].SignUps != 8 || b.Days[29] != (db.Day{Day: "2026-05-02"}) {
			t.Errorf("yesterday and today: %+v", b.Days[28:])
		}
		if len(b.Changes) != 10 {
			t.Fatalf("%+v", b.Changes)
		}
		last := b.Changes[0]
		if last.By != "root" || last.UserID != gone.ID || last.Repr != "gone" || last.Action != "change" || !slices.Equal(last.Fields, []string{"email", "last_name"}) || !last.At.Equal(c.now().Add(-24*time.Hour)) {
			t.Errorf("the last change: %+v", last)
		}

		if err := d.DeleteUser(t.Context(), db.Author{ID: root.ID}, root, gone.ID); err != nil {
			t.Fatal(err)
		}
		if last := read(all).Changes[0]; last.UserID != 0 || last.Repr != "gone" || last.Action != "delete" {
			t.Errorf("of who is deleted: %+v", last)
		}
		var members []int64
		for _, u := range b.Newest {
			members = append(members, u.ID)
		}
		bulk(t, d, db.Author{ID: root.ID}, db.Bulk{Action: "activate", IDs: members})
		if changes := read(all).Changes; len(changes) != 10 || changes[0].Count != 5 || changes[0].New != "true" || changes[0].More || changes[1].Action != "delete" {
			t.Errorf("of many: %+v", changes)
		}
		if b := read(db.DashboardParts{}); b.People != 0 || b.Waiting.N != 0 || b.Newest != nil || b.Failing.N != 0 || b.Changes != nil {
			t.Errorf("what was not asked for: %+v", b)
		}
	})
}

func TestDashboardCountsUpToAThousand(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		add(t, d, account.User{Username: "ada"})
		const mail = "INSERT INTO mail (kind, address, created_at, error) SELECT 'x', 'x', 0, 'why' FROM "
		series := map[bool]string{
			false: "(WITH RECURSIVE s (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < 1001) SELECT n FROM s)",
			true:  "generate_series(1, 1001)",
		}
		version, err := d.Version(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		dbtest.Exec(t, d, mail+series[version[0] == 'P'])
		b, err := d.Dashboard(t.Context(), db.DashboardParts{Mail: true})
		if err != nil || b.Failing != (db.UpTo{N: 1000, More: true}) {
			t.Errorf("%+v %v", b.Failing, err)
		}
	})
}
