package views

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"nameplate/internal/account"
)

// dashboard is one with the text wherever a person may have typed something.
func (s sample) dashboard(text string) Dashboard {
	at := time.Date(2026, 3, 14, 9, 26, 0, 0, time.UTC)
	return Dashboard{
		Days:    []DayNumbers{{Day: "2026-03-12"}, {Day: "2026-03-13", SignUps: 1, LogIns: 1200, Failed: 3}, {Day: "2026-03-14", SignUps: 4, LogIns: 1}},
		People:  &PeopleNow{All: 1_000_001, Waiting: Number{1000, true}, Newest: []account.User{s.person}},
		Failing: &Number{N: 2}, History: true,
		SignUps: true, LogIns: true, Jobs: []Job{{ID: 3, Label: text, State: "running", Done: 5, Total: 9}},
		Changes: []Change{{At: at, By: text, UserID: 17, Whom: text, Did: text + " changed"}, {At: at, Whom: text, Did: "deleted"},
			{At: at, By: Author("", "", "add", "grace"), UserID: 18, Whom: "grace", Did: "added"}},
		Database: 1_234_567_890, Uploads: &Room{Bytes: 4200, Files: 1, At: at, Free: 56_000_000_000},
	}
}

func TestChartsAndTheirTableSayTheSame(t *testing.T) {
	s := newSample(t, "ada")
	d := s.dashboard("ada")
	doc := rendered(t, DashboardPage(s.page, d))
	for i, name := range []string{"Sign-ups", "Log-ins", "Failed log-ins"} {
		chart := doc.Find(".chart").Eq(i)
		svg := chart.Find("svg[role=img]")
		if !strings.HasPrefix(svg.AttrOr("aria-label", ""), name+" by day: ") || !strings.HasPrefix(chart.Find("h2").Text(), name) {
			t.Errorf("%s: it is called %q", name, svg.AttrOr("aria-label", ""))
		}
		if doc.Find(".numbers thead th").Eq(i+1).Text() != name {
			t.Errorf("the table has no column %s", name)
		}
		sum := 0
		svg.Find("g title").Each(func(day int, bar *goquery.Selection) {
			row := doc.Find(".numbers tbody tr").Eq(day)
			n := row.Find("td").Eq(i).Text()
			if bar.Text() != row.Find("th").Text()+": "+n {
				t.Errorf("%s: the chart says %q, the table %q", name, bar.Text(), row.Text())
			}
			one, err := strconv.Atoi(strings.ReplaceAll(n, ",", ""))
			if err != nil {
				t.Error(err)
			}
			sum += one
		})
		if total := chart.Find(".total").Text(); total != thousands(sum) || svg.Find("g title").Length() != len(d.Days) || svg.Find("title").Last().Text() != doc.Find("head title").Text() {
			t.Errorf("%s: the total is %s", name, total)
		}
	}
	for selector, want := range map[string]int{"#sign-ups .bar": 2, "#log-ins .bar": 2, "#failed .bar": 1, ".numbers tbody tr": 3} {
		if n := doc.Find(selector).Length(); n != want {
			t.Errorf("%d × %s, want %d", n, selector, want)
		}
	}
	bars := doc.Find("#log-ins .bar") // the second is a thousandth of the first, and seen all the same
	if bars.Eq(0).AttrOr("height", "") != "100" || bars.Eq(1).AttrOr("height", "") != "2" || bars.Eq(1).AttrOr("y", "") != "98" {
		t.Error("the bars have other heights")
	}
}

func TestDashboardShowsWhatOneMaySee(t *testing.T) {
	s := newSample(t, "ada")
	full := s.dashboard("ada")
	for _, test := range []struct {
		name   string
		change func(d *Dashboard, page *Page)
		there  []string
		not    []string
	}{
		{"everything", func(*Dashboard, *Page) {}, []string{"#row-people", "#row-waiting li", "#row-mail", "#changes a[href='/admin/users/17']", ".days", "#row-free"}, nil},
		{"nobody waits", func(d *Dashboard, _ *Page) { d.People.Waiting, d.People.Newest = Number{}, nil }, []string{"#row-people"}, []string{"#row-waiting"}},
		{"nobody waits, but might", func(d *Dashboard, page *Page) { d.People.Waiting, page.Approval = Number{}, true }, []string{"#row-waiting"}, nil},
		{"no people", func(d *Dashboard, _ *Page) { d.People = nil }, []string{"#changes"}, []string{"#row-people", "#row-waiting"}},
		{"no mail", func(d *Dashboard, _ *Page) { d.Failing = nil }, nil, []string{"#row-mail"}},
		{"no log-ins", func(d *Dashboard, _ *Page) { d.LogIns = false }, []string{"#sign-ups", ".numbers"}, []string{"#log-ins", "#failed"}},
		{"no charts", func(d *Dashboard, _ *Page) { d.LogIns, d.SignUps = false, false }, []string{"#changes"}, []string{".chart", ".days", ".lead"}},
		{"no room", func(d *Dashboard, _ *Page) { d.Uploads = nil }, []string{"#row-mail", "#row-jobs"}, []string{"#row-database", "#row-uploads", "#row-free"}},
		{"nothing but the history", func(d *Dashboard, _ *Page) { d.Uploads, d.Failing, d.People, d.Jobs = nil, nil, nil, nil }, []string{"#changes"}, []string{".halves > div + div"}},
		{"no history", func(d *Dashboard, _ *Page) { d.History = false }, nil, []string{"#changes"}},
		{"nothing yet", func(d *Dashboard, _ *Page) { d.Days = d.Days[:1] }, []string{".chart .none"}, []string{"svg[role=img]", ".numbers"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			d, page := full, s.page
			now := *full.People
			d.People = &now
			test.change(&d, &page)
			doc := rendered(t, DashboardPage(page, d))
			for _, selector := range test.there {
				if doc.Find(selector).Length() == 0 {
					t.Errorf("%s is not there", selector)
				}
			}
			for _, selector := range test.not {
				if doc.Find(selector).Length() > 0 {
					t.Errorf("%s is there", selector)
				}
			}
		})
	}
	text := strings.Join(strings.Fields(rendered(t, DashboardPage(s.page, full)).Find("main").Text()), " ")
	for _, words := range []string{"1,000,001", "Over 1,000", "1.2 GB", "4.2 kB in 1 file", "56 GB", "2026-03-14 09:26 UTC", "ada deleted", "grace added", "by the command line"} {
		if !strings.Contains(text, words) {
			t.Errorf("%q is missing in: %s", words, text)
		}
	}
}

func TestSize(t *testing.T) {
	for bytes, want := range map[int64]string{
		0: "0 bytes", 999: "999 bytes", 1000: "1.0 kB", 9949: "9.9 kB", 9951: "10 kB", 999_499: "999 kB", 999_500: "1.0 MB", 123_456_789: "123 MB", 1 << 62: "4.6 EB",
	} {
		if got := size(bytes); got != want {
			t.Errorf("%d is %q, want %q", bytes, got, want)
		}
	}
}

func TestAdminIsMarkedInTheNavigation(t *testing.T) {
	for path, want := range map[string][2]string{"/admin/": {"page", "page"}, "/admin/users": {"true", "false"}, "/settings/profile": {"false", ""}} {
		s := newSample(t, "ada")
		s.page.Path = path
		doc := rendered(t, DashboardPage(s.page, s.dashboard("ada")))
		site, own := doc.Find(`nav[aria-label=Site] a[href="/admin/"]`), doc.Find(`nav[aria-label=Admin] a[href="/admin/"]`)
		if got := [2]string{site.AttrOr("aria-current", ""), own.AttrOr("aria-current", "")}; got != want {
			t.Errorf("on %s: %v, want %v", path, got, want)
		}
		if own.Length() > 0 && doc.Find("nav[aria-label=Admin] a").First().Text() != "Dashboard" {
			t.Error("the dashboard is not the first")
		}
	}
}
