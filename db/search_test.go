package db_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"nameplate/db"
	"nameplate/db/dbtest"
	"nameplate/internal/account"
	"nameplate/internal/admin"
)

// TestSearchFindsExactlyWhoHasTheText looks for pieces of what is there, whole and with a letter changed, among people whose
// texts share most of their pieces.
func TestSearchFindsExactlyWhoHasTheText(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		if err := d.Seed(t.Context(), 3000, "", nil); err != nil {
			t.Fatal(err)
		}
		for i, name := range []string{"abcabcabd", "bcabca", "cabcab", "ÄßЖж", `a"b%c_d\e`, "🙂🙃🙂🙃", "aaaaaaa", "aaaaa aaaa"} {
			add(t, d, account.User{Username: fmt.Sprintf("odd%d", i), FirstName: name})
		}
		separator := "\x1e"
		gather := "SELECT group_concat(text, char(30)) FROM people_search"
		if strings.HasSuffix(t.Name(), "postgres") {
			gather = "SELECT string_agg(text, chr(30)) FROM people_search"
		}
		texts := strings.Split(dbtest.Text(t, d, gather), separator)
		random := rand.New(rand.NewPCG(5, 6))
		for range 400 {
			runes := []rune(texts[random.IntN(len(texts))])
			if random.IntN(4) == 0 {
				runes = []rune(texts[len(texts)-1-random.IntN(8)])
			}
			from := random.IntN(len(runes) - 3)
			needle := append([]rune{}, runes[from:from+3+random.IntN(min(20, len(runes)-from-2))]...)
			if random.IntN(3) == 0 {
				needle[random.IntN(len(needle))] = []rune("a0.é%_\"ж")[random.IntN(8)]
			}
			text := account.Key(strings.TrimSpace(string(needle)))
			if len([]rune(text)) < 3 || strings.Contains(text, "\n") {
				continue
			}
			want := 0
			for _, s := range texts {
				if strings.Contains(s, text) {
					want++
				}
			}
			page, err := d.People(t.Context(), admin.Query{Q: text, N: 5})
			if err != nil || page.Total != want || len(page.Rows) != min(want, 5) {
				t.Errorf("%q: %d found, want %d; %v", text, page.Total, want, err)
			}
		}
	})
}

func TestServerWalksAlongAnIndex(t *testing.T) {
	d := dbtest.Postgres(t)
	plans := db.ListPlans(t, d)
	if len(plans) < 8 {
		t.Errorf("%d orders", len(plans))
	}
	for order, plan := range plans {
		// An incremental sort is none: a username is there once, so that it sorts one row at a time.
		if !strings.Contains(plan, "Index") || strings.Contains(plan, "->  Sort") || strings.Contains(plan, "Seq Scan") {
			t.Errorf("sorted by %s:\n%s", order, plan)
		}
	}
}
