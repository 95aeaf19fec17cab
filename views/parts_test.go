package views

import (
	"strings"
	"testing"

	"nameplate/internal/account"
	"nameplate/internal/form"
	"nameplate/internal/profile"
)

func TestFieldSaysWhatIsWrong(t *testing.T) {
	s := newSample(t, "ada")
	field := Field{Attribute: profile.UserAttributes()[0], Value: "ada", Error: "Choose another name.", Check: "/register/check"}
	input := rendered(t, FieldInput(s.page, field)).Find("#username")
	for attr, want := range map[string]string{
		"aria-invalid": "true", "aria-describedby": "username-hint username-error", "value": "ada", "autocomplete": "username",
		"autocapitalize": "none", "spellcheck": "false", "maxlength": "150", "hx-post": "/register/check", "hx-swap": "outerMorph",
		"hx-target": "#field-username", "hx-vals": "field:username", "hx-trigger": "change delay:150ms, input delay:400ms",
	} {
		if got := input.AttrOr(attr, ""); got != want {
			t.Errorf("%s is %q, want %q", attr, got, want)
		}
	}
	field.Error, field.Good = "", true
	doc := rendered(t, FieldInput(s.page, field))
	if _, wrong := doc.Find("#username").Attr("aria-invalid"); wrong || doc.Find(".good").Length() != 1 {
		t.Error("a good field does not say so")
	}
}

func TestWaitingPictureTravelsWithTheForm(t *testing.T) {
	s := newSample(t, "ada")
	doc := rendered(t, FieldInput(s.page, s.fields[5]))
	if doc.Find("input[type=hidden][name=waiting_profile_pic]").AttrOr("value", "") != "ada" {
		t.Error("the token does not travel")
	}
	if doc.Find("img").AttrOr("src", "") != profile.PicturePath(sampleName, 96) {
		t.Error("the picture is not shown")
	}
	if !strings.Contains(doc.Find("source[type='image/webp']").AttrOr("srcset", ""), "-384.webp 384w") {
		t.Error("it is not sharp, or not there as WebP")
	}
}

func TestEditRowIsOneFormAcrossItsCells(t *testing.T) {
	s := newSample(t, "ada")
	doc := rendered(t, UserEditRow(s.page, s.people, Edit{User: s.person, List: "q=a"}))
	if doc.Find("tr#user-17 > td.is-picture > form#edit-17 input[name=version]").AttrOr("value", "") != "3" {
		t.Error("the form does not stand in the first cell that is edited, with the version")
	}
	for _, name := range []string{"username", "email", "portfolio_site", "is_staff", "is_active"} {
		if doc.Find(`[name="`+name+`"][form="edit-17"]:not([type=hidden])`).Length() != 1 {
			t.Errorf("there is no input %s of the form", name)
		}
	}
}

func TestStaffCanNotSetRights(t *testing.T) {
	s := newSample(t, "ada")
	s.page.Me = &account.User{ID: 2, IsActive: true, IsStaff: true, Permissions: []string{"users.change"}}
	doc := rendered(t, UserEditRow(s.page, s.people, Edit{User: account.User{ID: 18, IsActive: true}}))
	if doc.Find("[name=is_staff][disabled]").Length() != 1 || doc.Find("[name=is_staff]:not([disabled])").Length() != 0 {
		t.Error("staff may send is_staff")
	}
	if doc.Find("[name=is_active]:not([disabled])").Length() != 2 {
		t.Error("staff may not send is_active")
	}
	if rendered(t, UserRow(s.page, s.people, s.person)).Find("a[href*='edit=']").Length() != 0 {
		t.Error("staff are offered to edit a superuser")
	}
}

func TestConflictShowsAllThreeAndReplacesTheirVersion(t *testing.T) {
	s := newSample(t, "ada")
	doc := rendered(t, UserEditRow(s.page, s.people, s.edit("mine")))
	if doc.Find("input[name=version]").AttrOr("value", "") != "9" {
		t.Error("the next save would conflict again")
	}
	if doc.Find(".conflict").Length() != 2 || doc.Find("button[name=resolve][form=edit-17]").Length() != 2 {
		t.Error("not every field is shown, or one can't choose")
	}
}

func TestPublicPageIsACard(t *testing.T) {
	s := newSample(t, "https://ada.example.org/")
	s.person.Username, s.person.FirstName, s.person.LastName = "ada", "Ada", "Lovelace"
	s.page.Canonical, s.page.Me = "http://localhost:8080/@ada", nil
	doc := rendered(t, PublicPage(s.page, s.person, s.profile.Attributes))
	card := doc.Find(".h-card")
	if card.Find(".p-name").Text() != "Ada Lovelace" || card.Find(".p-nickname").Text() != "ada" {
		t.Error("the card has no name")
	}
	if card.Find("a.u-url.u-uid").AttrOr("href", "") != "http://localhost:8080/@ada" {
		t.Error("the card does not say whose it is")
	}
	link := card.Find(`a.u-url[rel="me ugc noopener"]`).First()
	if link.AttrOr("href", "") != "https://ada.example.org/" || link.Text() != "ada.example.org" {
		t.Errorf("the link is %q, shown as %q", link.AttrOr("href", ""), link.Text())
	}
	for property, want := range map[string]string{"og:type": "profile", "og:url": "http://localhost:8080/@ada", "profile:username": "ada"} {
		if got := doc.Find(`meta[property="`+property+`"]`).AttrOr("content", ""); got != want {
			t.Errorf("%s is %q", property, got)
		}
	}
}

func TestGoodPasswordIsAskedForOnceMore(t *testing.T) {
	s := newSample(t, "ada")
	field := Field{Attribute: profile.Attribute{Name: "password", Label: "Password", Kind: profile.Control("password"), Help: "Eight or more."}, Type: "password"}
	for _, test := range []struct {
		name   string
		errors form.Errors
		wrong  string
		want   bool
	}{
		{"where another field is wrong", form.Errors{"username": "taken"}, "", true},
		{"not where it is wrong itself", form.Errors{"password": "short"}, "short", false},
		{"not in a form that nobody has sent", nil, "", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			field.Error = test.wrong
			doc := rendered(t, RegisterForm(s.page, Filled{Errors: test.errors}, []Field{field}))
			if got := strings.Contains(doc.Find("#password-hint").Text(), "once more"); got != test.want {
				t.Errorf("asked for once more: %v, want %v", got, test.want)
			}
		})
	}
}
