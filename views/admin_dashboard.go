package views

import (
	"strconv"
	"time"

	"nameplate/internal/account"
)

const dashboardPath = "/admin/"

// Dashboard is what /admin/ shows.
type Dashboard struct {
	Days    []DayNumbers // in UTC, the oldest first; today comes last
	People  *PeopleNow   // nil for who may not see them
	Failing *Number      // mails that could not be sent; nil for who may not see them
	Changes []Change     // what changed last, the newest first
	History bool         // whether the one who asks may see the changes
	SignUps bool         // whether they may see who signs up
	LogIns  bool         // whether they may see who logs in
	Jobs    []Job        // that go on

	Database int64 // how many bytes the database takes
	Uploads  *Room // nil for who may not see how much room anything takes
}

// DayNumbers is what happened on one day.
type DayNumbers struct {
	Day                     string
	SignUps, LogIns, Failed int
}

// PeopleNow is how many people there are, and who waits to be approved.
type PeopleNow struct {
	All     int
	Waiting Number
	Newest  []account.User // the last of those who wait
}

// Number is a number that was counted up to some limit.
type Number struct {
	N    int
	More bool // there are more
}

// Room is what the uploads take, and what is left where they are.
type Room struct {
	Bytes int64
	Files int
	At    time.Time // when they were counted; zero: not yet
	Free  int64     // less than 0: nobody knows
}

// Change is one event of the history.
type Change struct {
	At     time.Time
	By     string // empty where that is not known any more
	Line   int64  // one of its lines
	UserID int64  // 0 for several, and for who is not there any more
	Whom   string
	Before string // what was done to them: before it is said whom
	Did    string // or behind
}

// chart is one row of bars: a number for each day.
type chart struct {
	ID, Name string
	bars     []bar
	total    int
	top      int // the highest bar
}

type bar struct {
	day string
	n   int
}

// The drawing of a chart: each day has a place of the same width, with its bar in the middle.
const (
	placeWidth = 10
	barWidth   = 8
	barHeight  = 100
)

// charts are those that one may see.
func (d Dashboard) charts() (list []chart) {
	if d.SignUps {
		list = append(list, newChart("sign-ups", "Sign-ups", d.Days, func(n DayNumbers) int { return n.SignUps }))
	}
	if d.LogIns {
		list = append(list, newChart("log-ins", "Log-ins", d.Days, func(n DayNumbers) int { return n.LogIns }),
			newChart("failed", "Failed log-ins", d.Days, func(n DayNumbers) int { return n.Failed }))
	}
	return list
}

func newChart(id, name string, days []DayNumbers, number func(DayNumbers) int) chart {
	c := chart{ID: id, Name: name}
	for i, d := range days {
		b := bar{d.Day, number(d)}
		c.bars = append(c.bars, b)
		c.total += b.n
		if b.n > c.bars[c.top].n {
			c.top = i
		}
	}
	return c
}

// stands says whether one may see of anything how it stands.
func (d Dashboard) stands() bool {
	return d.People != nil || d.Failing != nil || d.Uploads != nil || len(d.Jobs) > 0
}

// anything says whether there is something to show.
func (d Dashboard) anything() bool {
	for _, c := range d.charts() {
		if c.total > 0 {
			return true
		}
	}
	return false
}

// summary is what the chart says, in words.
func (c chart) summary() string {
	return c.Name + " by day: " + thousands(c.total) + " in all, at most " + c.most() + "."
}

// most is the highest number and its day.
func (c chart) most() string {
	b := c.bars[c.top]
	return thousands(b.n) + " on " + b.day
}

// title is what a bar says.
func (b bar) title() string { return b.day + ": " + thousands(b.n) }

func (c chart) box() string {
	return "0 0 " + strconv.Itoa(placeWidth*len(c.bars)) + " " + strconv.Itoa(barHeight)
}

// place is where a day begins, and barX where its bar does.
func place(i int) string { return strconv.Itoa(i * placeWidth) }

func barX(i int) string { return strconv.Itoa(i*placeWidth + (placeWidth-barWidth)/2) }

// height is how high a bar is. What is not nothing can be seen.
func (c chart) height(b bar) int {
	if b.n == 0 {
		return 0
	}
	return max(2, barHeight*b.n/c.bars[c.top].n)
}

// count writes a number, also one that was not counted to its end.
func (n Number) count() string {
	if n.More {
		return "Over " + thousands(n.N)
	}
	return thousands(n.N)
}

// size writes a number of bytes for people.
func size(bytes int64) string {
	const units = "kMGTPE"
	if bytes < 1000 {
		return strconv.FormatInt(bytes, 10) + " bytes"
	}
	n, unit := float64(bytes)/1000, 0
	for n >= 999.5 && unit < len(units)-1 {
		n, unit = n/1000, unit+1
	}
	digits := 0
	if n < 9.95 {
		digits = 1
	}
	return strconv.FormatFloat(n, 'f', digits, 64) + " " + units[unit:unit+1] + "B"
}

// held says what the uploads take.
func (r Room) held() string {
	switch {
	case r.At.IsZero():
		return "Being counted"
	case r.Files == 0:
		return "None"
	case r.Files == 1:
		return size(r.Bytes) + " in 1 file"
	}
	return size(r.Bytes) + " in " + thousands(r.Files) + " files"
}
