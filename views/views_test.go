package views

import (
	"bytes"
	"maps"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/a-h/templ"

	"nameplate/internal/account"
	"nameplate/internal/admin"
	"nameplate/internal/form"
	"nameplate/internal/profile"
)

// hostile is a text that breaks out of markup, attributes and addresses where one of them is not escaped.
const hostile = `"><script>alert(1)</script><img src=x onerror=alert(2)>'--><b hx-get=/x onclick=alert(3)>`

const declaration = `
[[attribute]]
name = "portfolio_site"
kind = "url"
label = "Portfolio"
help = "A page about you or your work."
register = true

[[attribute]]
name = "profile_pic"
kind = "picture"
label = "Picture"
help = "A photograph of you."
register = true
`

// declared is declaration with an attribute of every kind after it, each of them in a section and for members.
func declared() string {
	var b strings.Builder
	b.WriteString(declaration)
	for _, kind := range profile.Kinds() {
		b.WriteString("[[attribute]]\nname = 'my_" + kind.Name + "'\nkind = '" + kind.Name + "'\nsee = 'members'\ngroup = 'All kinds'\n")
		switch kind.Name {
		case "choice":
			b.WriteString("choices = ['one', 'two']\nother = true\n")
		case "choices":
			b.WriteString("choices = ['one', 'two']\n")
		}
	}
	return b.String()
}

// sample is what the components are shown with.
type sample struct {
	profile profile.Profile
	person  account.User
	page    Page
	fields  []Field
	filled  Filled
	people  People
}

// sampleName is the name of a stored picture.
const sampleName = "abcdefghijklmnopqrstuvwxyz234567-500-437-100-0fc123456789abcdef012345678"

// newSample puts text wherever a person may have typed something.
func newSample(t *testing.T, text string) sample {
	t.Helper()
	p, err := profile.Load([]byte(declared()), "profile.toml")
	if err != nil {
		t.Fatal(err)
	}
	s := sample{profile: p, person: account.User{
		ID: 17, Username: text, Email: text, FirstName: text, LastName: text, Version: 3, IsActive: true,
		IsStaff: true, IsSuperuser: true, DateJoined: time.Date(2026, 3, 14, 0, 0, 0, 0, time.UTC),
		Attributes: map[string]string{"portfolio_site": text, "profile_pic": sampleName},
	}}
	for _, attr := range p.Attributes[2:] {
		value := text
		if attr.IsUpload() {
			value = map[bool]string{true: sampleName, false: "KEY/" + text}[attr.IsPicture()]
		}
		s.person.Set(attr.Name, value)
	}
	s.page = Page{
		Site: text, Title: text, Description: text, Canonical: "http://localhost:8080/@" + url.PathEscape(text),
		Image: "http://localhost:8080/" + url.PathEscape(text), BaseURL: "http://localhost:8080", Path: "/" + text, Me: &s.person,
		Open: true, CSRF: "token", Saved: text, Asset: func(name string) string { return "/public/" + name },
	}
	s.filled = Filled{Errors: form.Errors{"username": text, "elsewhere": text}}
	for _, attr := range append(profile.UserAttributes(), p.Attributes...) {
		s.fields = append(s.fields, Field{
			Attribute: attr, Value: text, Error: text, Check: "/register/check", Waiting: Waiting{Token: text, Name: sampleName},
		})
	}
	s.fields = append(s.fields, Field{Attribute: profile.Attribute{Name: "password", Label: "Password", Kind: profile.Control("password")}, Type: "password", Value: text})
	resource := admin.People(p)
	query, err := resource.ParseQuery(nil)
	if err != nil {
		t.Fatal(err)
	}
	query.Q = text
	other := account.User{ID: 18, Username: "grace", DateJoined: s.person.DateJoined}
	s.people = People{
		Listing: Listing{Resource: resource, Query: query, Prev: "a", Next: "b", Total: 2}, Profile: p.Attributes, Saved: 18,
		Rows: []account.User{s.person, other}, Groups: []account.Group{{ID: 3, Name: text}}, Undo: 9,
	}
	return s
}

// edit is the sample's person in edit mode, refused and in conflict.
func (s sample) edit(text string) Edit {
	return Edit{
		User: s.person, Values: map[string]string{"email": text}, Errors: form.Errors{"email": text}, List: "q=" + text,
		Conflict: &Conflict{Version: 9, Fields: []ConflictField{{"E-mail", text, text, text, false, text, sampleName}, {"First name", text, text, text, true, "", ""}}},
		Waiting:  map[string]Waiting{"profile_pic": {Token: text, Name: sampleName}},
	}
}

// pages are the whole pages, by name.
func (s sample) pages(text string) map[string]templ.Component {
	edit, open := s.edit(text), s.people
	open.Open = &edit
	stranger := s.page
	stranger.Me = nil
	rows := s.profile.Rows()
	pages := map[string]templ.Component{
		"home":              HomePage(stranger),
		"register":          RegisterPage(stranger, s.filled, s.fields),
		"closed":            ClosedPage(stranger, Closed{Title: text, Text: text}),
		"login":             LoginPage(stranger, Login{Username: text, Next: text, Error: text, Wait: text}),
		"profile":           ProfilePage(s.page, s.person, rows, Editing{}),
		"profile, row open": ProfilePage(s.page, s.person, rows, Editing{"portfolio_site", s.fields[4]}),
		"profile, picture":  ProfilePage(s.page, s.person, rows, Editing{"profile_pic", s.fields[5]}),
		"public":            PublicPage(s.page, s.person, s.profile.Attributes),
		"people":            UsersPage(s.page, s.people),
		"people, row open":  UsersPage(s.page, open),
		"people, nobody":    UsersPage(s.page, People{Listing: Listing{Resource: s.people.Resource, Query: s.people.Query}}),
		"person":            UserPage(s.page, s.people, s.person, edit),
		"person, new":       NewUserPage(s.page, s.filled, s.fields, s.people.Groups, []string{text}),
		"person, delete":    DeleteUserPage(s.page, s.person, []string{text}, PersonMore{From: "q=a"}, false),
		"person, erase":     DeleteUserPage(s.page, s.person, []string{text}, PersonMore{}, true),
		"person, password":  UserPasswordPage(s.page, s.person, s.fields[len(s.fields)-1]),
		"dashboard":         DashboardPage(s.page, s.dashboard(text)),
		"dashboard, empty":  DashboardPage(s.page, Dashboard{Days: s.dashboard(text).Days[:1], History: true, SignUps: true, LogIns: true}),
		"error":             ErrorPage(s.page, Problem{Status: 500, Title: text, Text: text, RequestID: text, Retry: 5, Back: text}),
	}
	maps.Copy(pages, s.accountPages(text, stranger))
	maps.Copy(pages, s.adminPages(text))
	for i, attr := range s.profile.Attributes {
		pages["profile, "+attr.Name] = ProfilePage(s.page, s.person, rows, Editing{attr.Name, s.fields[4+i]})
	}
	return pages
}

// accountPages are those of the account and of its mails, and the admin's lists of them.
func (s sample) accountPages(text string, stranger Page) map[string]templ.Component {
	joined := s.person.DateJoined
	own := Account{Person: s.person, Mail: true, Email: text, Errors: form.Errors{"email": text}, Wait: text, Saved: "sent", Passkeys: true, Sessions: 2}
	own.Person.NewEmail = text
	open := own
	open.Open = true
	link := Link{Path: "/verify-email/TOKEN", Email: text, Username: text, Error: text}
	key := Passkey{ID: 7, Name: text, CreatedAt: joined}
	two := TwoFactor{Secret: "ABCDEFGH", QR: "M4 4h7v1H4z", QRSize: 41, Error: text, Required: true}
	return map[string]templ.Component{
		"account":                AccountPage(s.page, own),
		"account, address open":  AccountPage(s.page, open),
		"own password":           PasswordPage(s.page, s.person, form.Errors{"old_password": text}),
		"confirm":                ConfirmPage(s.page, Confirm{ID: "row-email", Path: "/settings/account", Values: []KeptValue{{"email", text}}, Username: text, Error: text, Swap: true, Passkeys: true}),
		"sessions":               SessionsPage(s.page, []Session{NewSession("a", text, text, joined, joined, true), NewSession("b", text, text, joined, joined, false)}),
		"two-factor":             TwoFactorPage(s.page, TwoFactor{Saved: "off"}),
		"two-factor, begun":      TwoFactorPage(s.page, two),
		"two-factor, on":         TwoFactorPage(s.page, TwoFactor{Since: joined, Left: 1}),
		"two-factor, codes":      TwoFactorPage(s.page, TwoFactor{Codes: []string{text}}),
		"two-factor of a person": UserTwoFactorPage(s.page, s.person, true),
		"code":                   CodePage(stranger, Code{Next: text, Error: text}),
		"recovery code":          CodePage(stranger, Code{Next: text, Error: text, Recovery: true}),
		"passkeys":               PasskeysPage(s.page, Passkeys{List: []Passkey{key}, Saved: "added"}),
		"passkeys, one renamed":  PasskeysPage(s.page, Passkeys{List: []Passkey{key}, Edit: 7, Name: text, Error: text}),
		"passkeys, one made":     PasskeysPage(s.page, Passkeys{Task: text, Name: text, Error: text}),
		"data":                   DataPage(s.page, Sharing{}),
		"data, and the switch":   DataPage(s.page, Sharing{Person: account.User{AvatarPublic: true}, Offered: true, Wanting: text, Saved: true}),
		"delete":                 DeletePage(s.page, Delete{Name: text, Username: text, UsernameError: text, PasswordError: text}),
		"look at your mail":      LookAtMailPage(stranger, LookAtMail{Address: text, Sent: true, Wait: text}),
		"verify":                 VerifyEmailPage(stranger, link),
		"undo":                   UndoEmailPage(stranger, link),
		"dead link":              DeadLinkPage(stranger, DeadLink{Text: text, Action: text, Path: "/login"}),
		"reset":                  ResetPage(stranger, Reset{Email: text, Error: text}),
		"reset, sent":            ResetPage(stranger, Reset{Mail: true, Sent: true}),
		"choose a password":      ResetPasswordPage(stranger, link),
		"waiting":                WaitingPage(stranger),
		"approvals":              ApprovalsPage(s.page, []account.User{s.person}),
		"invitations": InvitationsPage(s.page, Invitations{
			Email: text, Uses: text, Days: text, Errors: form.Errors{"email": text, "days": text}, Link: text, Mail: true, Closed: true,
		}, s.list("invitations", text)),
	}
}

// list is a list of the admin with text in every cell that may hold some.
func (s sample) list(name, text string) List {
	for _, r := range admin.Resources(s.profile) {
		if r.Name != name {
			continue
		}
		row := admin.Row{ID: 5, Cells: map[string]string{}}
		for _, c := range r.Columns {
			row.Cells[c.Name] = text
			if c.Kind == admin.Moment || c.Kind == admin.Number {
				row.Cells[c.Name] = "1700000000000"
			}
		}
		q, _ := r.ParseQuery(nil)
		q.Q = text
		return List{Listing: Listing{Resource: r, Query: q, Total: 1, More: true, Prev: "a", Next: "b", Steps: []admin.Step{{Label: "2026", Query: q, Here: true}}},
			Rows: []admin.Row{row}, Profile: s.profile.Attributes}
	}
	return List{}
}

// adminPages are those of the lists that are declared, and of what belongs to them.
func (s sample) adminPages(text string) map[string]templ.Component {
	looking := s.page
	looking.Looking = true
	pages := map[string]templ.Component{
		"no permissions":  NoPermissionsPage(s.page),
		"look as":         ViewAsPage(looking, s.person, ViewAs{Reason: text, Error: text}),
		"group":           GroupPage(s.page, GroupEdit{Group: account.Group{ID: 3, Name: text, Permissions: []string{"users.view"}}, Errors: form.Errors{"name": text}}),
		"group, conflict": GroupPage(s.page, GroupEdit{Group: account.Group{ID: 3, Name: text}, Conflict: []ConflictField{{"Name", text, text, text, false, "", ""}}}),
		"group, new":      GroupPage(s.page, GroupEdit{}),
		"group, delete":   DeleteGroupPage(s.page, account.Group{ID: 3, Name: text}),
		"event": EventPage(s.page, Event{Line: 7, At: s.person.DateJoined, By: text, IP: text, Count: 9, From: "q=a",
			Lines: []EventLine{{What: text, Did: "changed", Field: "E-mail", Old: text, New: text}}}),
		"event, final": EventPage(s.page, Event{Line: 7, At: s.person.DateJoined, Why: text}),
	}
	for _, state := range []string{"queued", "running", "done", "failed", "cancelled"} {
		pages["job, "+state] = JobPage(s.page, Job{ID: 3, Label: text, One: text, Many: text, State: state, Done: 5, Total: 9, Changed: 9, Message: text, Undo: 4, Back: "/admin/users?q=" + url.QueryEscape(text)})
	}
	pages["act on people"] = ActionPage(s.page, Acting{Resource: s.people.Resource, Action: admin.Action{Name: "add_to_group", Label: text, Asks: text, Group: true}, Count: 30,
		Names: []string{text}, Across: true, List: "q=" + text, Groups: s.people.Groups, Error: text, Changed: true})
	for _, r := range admin.Resources(s.profile) {
		if r.From == "" {
			continue
		}
		list := s.list(r.Name, text)
		pages["list "+r.Name] = ListPage(s.page, list)
		list.Rows, list.Query.Q = nil, ""
		pages["list "+r.Name+", empty"] = ListPage(s.page, list)
		if len(r.Actions) > 0 {
			pages["act on "+r.Name] = ActionPage(s.page, Acting{Resource: r, Action: r.Actions[0], Count: 3, Names: []string{text}, IDs: []int64{1}, List: "q=" + text})
		}
	}
	return pages
}

// parts are the fragments that htmx swaps, by name.
func (s sample) parts(text string) map[string]templ.Component {
	return map[string]templ.Component{
		"field":          FieldInput(s.page, s.fields[0]),
		"picture field":  FieldInput(s.page, s.fields[5]),
		"register form":  RegisterForm(s.page, s.filled, s.fields),
		"login form":     LoginForm(s.page, Login{Username: text, Error: text}),
		"attribute row":  AttributeRow(s.page, s.person, s.profile.Attributes[0], true),
		"attribute form": AttributeForm(s.page, s.person, s.fields[4]),
		"people table":   PeopleTable(s.page, s.people),
		"error part":     ErrorPart(Problem{Status: 500, Title: text, Text: text, RequestID: text}),
	}
}

// rendered is a component as a browser reads it. A row of a table is put into one.
func rendered(t *testing.T, component templ.Component) *goquery.Document {
	t.Helper()
	var out bytes.Buffer
	if err := component.Render(t.Context(), &out); err != nil {
		t.Fatal(err)
	}
	html := out.String()
	if strings.HasPrefix(html, "<tr") {
		html = "<table>" + html + "</table>"
	}
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(html))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}
