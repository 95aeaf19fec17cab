package db_test

import (
	"cmp"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"nameplate/db"
	"nameplate/db/dbtest"
	"nameplate/internal/account"
	"nameplate/internal/admin"
)

// crowd makes n people with many equal values.
func crowd(t testing.TB, d *db.DB, n int) []account.User {
	t.Helper()
	random := rand.New(rand.NewPCG(1, 2))
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	people := make([]account.User, n)
	for i := range people {
		u := account.User{
			Username: fmt.Sprintf("%c%d", "abcÄßж"[random.IntN(3)], i), IsStaff: random.IntN(5) == 0, IsSuperuser: random.IntN(20) == 0,
			IsActive: random.IntN(10) > 0, DateJoined: start.AddDate(0, 0, random.IntN(5)),
			FirstName: []string{"", "Ada", "Grace", "Étienne"}[random.IntN(4)], Attributes: map[string]string{},
		}
		if random.IntN(3) > 0 {
			u.Email = fmt.Sprintf("%d.Mail@example.org", random.IntN(1000)*n+i)
		}
		if random.IntN(2) > 0 {
			u.Attributes["portfolio_site"] = fmt.Sprintf("https://site%d.example.org/", random.IntN(5))
		}
		made, err := d.CreateUser(t.Context(), nobody, u)
		if err != nil {
			t.Fatal(err)
		}
		people[i] = made
	}
	return people
}

// expected is what the list must give, worked out without a database.
func expected(people []account.User, q admin.Query) []int64 {
	needle := account.Key(q.Q)
	var rows []account.User
	for _, u := range people {
		flags := map[string]bool{"is_staff": u.IsStaff, "is_active": u.IsActive, "is_superuser": u.IsSuperuser}
		fits := true
		for name, yes := range q.Filters {
			fits = fits && flags[name] == (yes == "1")
		}
		found := strings.Contains(strings.Join([]string{account.Key(u.Username), account.Key(u.Email),
			account.Key(strings.TrimSpace(u.FirstName + " " + u.LastName)), account.Key(u.Value("portfolio_site"))}, "\n"), needle)
		if len([]rune(needle)) < 3 {
			found = needle == "" || strings.HasPrefix(account.Key(u.Username), needle) || strings.HasPrefix(account.Key(u.Email), needle) ||
				strings.HasPrefix(account.Key(u.FirstName), needle) || strings.HasPrefix(account.Key(u.LastName), needle)
		}
		if fits && found {
			rows = append(rows, u)
		}
	}
	key := func(u account.User) string {
		switch q.Sort {
		case "is_staff":
			return fmt.Sprint(u.IsStaff)
		case "is_active":
			return fmt.Sprint(u.IsActive)
		case "date_joined":
			return fmt.Sprintf("%020d", u.DateJoined.UnixMilli())
		case "portfolio_site":
			return u.Value("portfolio_site")
		}
		return account.Key(u.Value(q.Sort))
	}
	slices.SortFunc(rows, func(a, b account.User) int {
		order := cmp.Or(cmp.Compare(key(a), key(b)), cmp.Compare(a.ID, b.ID))
		if q.Desc {
			return -order
		}
		return order
	})
	ids := make([]int64, len(rows))
	for i, u := range rows {
		ids[i] = u.ID
	}
	return ids
}

// walk goes through all pages, forwards or backwards, and returns the ids in the order of the list.
func walk(t *testing.T, d *db.DB, q admin.Query, backwards bool) []int64 {
	t.Helper()
	var ids []int64
	q = q.First()
	if backwards {
		q = q.Last()
	}
	for range 1000 {
		page, err := d.People(t.Context(), q)
		if err != nil {
			t.Fatalf("%+v: %v", q, err)
		}
		var here []int64
		for _, u := range page.Rows {
			here = append(here, u.ID)
		}
		if len(here) > q.N {
			t.Fatalf("%+v: %d rows", q, len(here))
		}
		if backwards {
			ids = append(here, ids...)
			if page.Prev == "" {
				return ids
			}
			q = q.At("", page.Prev)
		} else {
			ids = append(ids, here...)
			if page.Next == "" {
				return ids
			}
			q = q.At(page.Next, "")
		}
	}
	t.Fatalf("%+v: no end", q)
	return nil
}

func TestEveryListShowsEverybodyOnceInBothDirections(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		people := crowd(t, d, 150)
		random := rand.New(rand.NewPCG(3, 4))
		sorts := []string{"username", "email", "portfolio_site", "is_staff", "is_active", "date_joined"}
		texts := []string{"", "", "", "a", "A1", "ж", "mail@example", "SITE3", "étienne", "ada", "no such thing", "12", ".example"}
		for range 150 {
			q := admin.Query{Sort: sorts[random.IntN(len(sorts))], Desc: random.IntN(2) == 0, N: 1 + random.IntN(40),
				Q: texts[random.IntN(len(texts))], Filters: map[string]string{}}
			for _, name := range []string{"is_staff", "is_active", "is_superuser"} {
				if random.IntN(4) == 0 {
					q.Filters[name] = strconv.Itoa(random.IntN(2))
				}
			}
			want := expected(people, q)
			for _, backwards := range []bool{false, true} {
				if got := walk(t, d, q, backwards); !slices.Equal(got, want) {
					t.Fatalf("%+v backwards %v:\n got %v\nwant %v", q, backwards, got, want)
				}
			}
			page, err := d.People(t.Context(), q)
			if err != nil || page.Total != len(want) || page.TotalMore || page.Prev != "" {
				t.Fatalf("%+v: total %d, want %d; %v", q, page.Total, len(want), err)
			}
		}
	})
}

func TestPeopleComeWithTheirAttributes(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		add(t, d, account.User{Username: "ada", Attributes: map[string]string{"portfolio_site": "https://ada.example.org/"}})
		page, err := d.People(t.Context(), admin.Query{})
		if err != nil || len(page.Rows) != 1 || page.Rows[0].Value("portfolio_site") != "https://ada.example.org/" {
			t.Errorf("%+v, %v", page, err)
		}
	})
}

func TestHostileSearchesAreOnlyTexts(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		add(t, d, account.User{Username: "ada", FirstName: `100% "quoted" \ AND *_x*`})
		add(t, d, account.User{Username: "bob", FirstName: "plain", LastName: "👩‍💻👩‍💻👩‍💻"[:0] + "smile"})
		for text, want := range map[string]int{
			`"`: 0, `""`: 0, `"""`: 0, `"quoted"`: 1, `100%`: 1, `%%%`: 0, `_x*`: 1, `___`: 0, `\ and`: 1, `*`: 0, "a*": 0,
			"AND": 1, "OR NOT": 0, "NEAR(a b)": 0, "text:ada": 0, "ada\x00": 0, "\x00": 0, "\xff\xfe\xfd": 0, "😀😀😀": 0, "😀": 0,
			"'; DROP TABLE users; --": 0, "-ada": 0, "^ada": 0, "ada OR bob": 0, "(ada)": 0, "{ada}": 0, "+ada": 0, "?1": 0, "$1": 0,
			strings.Repeat("x", 10_000): 0, strings.Repeat(`"`, 10_000): 0, "a\nd": 0, "   ": 2, " ada ": 1, "\u202e": 0,
		} {
			page, err := d.People(t.Context(), admin.Query{Q: text})
			if err != nil || len(page.Rows) != want || page.Total != want {
				t.Errorf("%.40q: %d rows, want %d; %v", text, len(page.Rows), want, err)
			}
		}
	})
}

func TestListsRefuseWhatIsNotDeclared(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for name, q := range map[string]admin.Query{
			"a column that can't be sorted": {Sort: "profile_pic"},
			"a column that is not shown":    {Sort: "password"},
			"SQL as a column":               {Sort: "id; DROP TABLE users"},
			"a filter that is none":         {Filters: map[string]string{"password": "1"}},
			"a cursor that is none":         {After: "%%%"},
			"a name's cursor in dates":      {Sort: "date_joined", After: admin.EncodeCursor("ada", 1)},
			"a name's cursor in yes and no": {Sort: "is_staff", Before: admin.EncodeCursor("ada", 1)},
		} {
			_, err := d.People(t.Context(), q)
			if _, ok := errors.AsType[admin.BadQuery](err); !ok {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

func TestPageWhoseRowsAreGoneShowsTheNearest(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		crowd(t, d, 5)
		for name, q := range map[string]admin.Query{
			"behind the end":       {N: 2, After: admin.EncodeCursor("zzz", 99)},
			"before the beginning": {N: 2, Before: admin.EncodeCursor("", 0)},
		} {
			page, err := d.People(t.Context(), q)
			if err != nil || len(page.Rows) != 2 || (page.Next == "") == (page.Prev == "") {
				t.Errorf("%s: %+v, %v", name, page, err)
			}
		}
	})
}
