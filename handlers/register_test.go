package handlers

import (
	"context"
	"net/http"
	"strings"
	"testing"
)

func signUp(change ...string) []string {
	fields := map[string]string{
		"username": "ada", "email": "ada@example.org", "password": password, "portfolio_site": "https://example.org/ada",
	}
	order := []string{"username", "email", "password", "portfolio_site"}
	for i := 0; i+1 < len(change); i += 2 {
		if _, ok := fields[change[i]]; !ok {
			order = append(order, change[i])
		}
		fields[change[i]] = change[i+1]
	}
	list := []string{}
	for _, name := range order {
		list = append(list, name, fields[name])
	}
	return list
}

func TestRegister(t *testing.T) {
	tests := []struct {
		name   string
		change []string
		field  string // which has the error
		says   string
	}{
		{"a taken name in another case is refused", []string{"username", "TAKEN"}, "username", "taken"},
		{"a taken address in another case is refused", []string{"email", "Taken@Example.org"}, "email", "taken"},
		{"an empty name is refused", []string{"username", ""}, "username", ""},
		{"a name with a space is refused", []string{"username", "a b"}, "username", ""},
		{"a name of 151 characters is refused", []string{"username", strings.Repeat("a", 151)}, "username", "150"},
		{"a name of mixed scripts is refused", []string{"username", "аda"}, "username", ""},
		{"somebody else's address as a name is refused", []string{"username", "eve@example.org"}, "username", ""},
		{"an empty address is refused", []string{"email", ""}, "email", ""},
		{"an address without an at sign is refused", []string{"email", "ada"}, "email", ""},
		{"a short password is refused", []string{"password", "short"}, "password", "8"},
		{"a common password is refused", []string{"password", "password123"}, "password", ""},
		{"a password like the name is refused", []string{"username", "adalovelace", "password", "adalovelace1"}, "password", ""},
		{"a link that is code is refused", []string{"portfolio_site", "javascript:alert(1)"}, "portfolio_site", ""},
		{"a link to another scheme is refused", []string{"portfolio_site", "ftp://example.org"}, "portfolio_site", ""},
	}
	onEach(t, func(t *testing.T, s *site) {
		s.add("taken")
		for _, test := range tests {
			t.Run(test.name, func(t *testing.T) {
				for _, c := range []*client{s.client(), s.client().htmx()} {
					r := c.post("/register", signUp(test.change...)...)
					if r.status != http.StatusUnprocessableEntity {
						t.Fatalf("status %d, want 422", r.status)
					}
					input := r.Find("#" + test.field)
					if input.AttrOr("aria-invalid", "") != "true" {
						t.Errorf("#%s is not marked as invalid", test.field)
					}
					message := r.Find("#field-" + test.field).Text()
					if !strings.Contains(message, test.says) {
						t.Errorf("the field says %q, want %q in it", message, test.says)
					}
					if r.Find(`a[href="#`+test.field+`"]`).Length() == 0 {
						t.Error("the summary has no link to the field")
					}
					if r.value("password") != "" || strings.Contains(r.body, password) {
						t.Error("the password came back")
					}
					if got, want := r.value("email"), values(signUp(test.change...)).Get("email"); got != want {
						t.Errorf("email came back as %q, want %q", got, want)
					}
				}
			})
		}
		if n, err := s.db.CountUsers(context.Background()); err != nil || n != 1 {
			t.Errorf("%d people after nothing but refusals, %v", n, err)
		}
	})
}

func TestRegisterMakesAnAccountAndSignsIn(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		c := s.client()
		r := c.upload("/register", "profile_pic", "me.jpg", photo(t, 1), signUp("username", "Ada")...)
		if r.status != http.StatusSeeOther || !strings.HasPrefix(r.location(), "/settings/profile") {
			t.Fatalf("%d to %q", r.status, r.location())
		}
		u, err := s.db.UserByName(context.Background(), "ADA")
		must(t, err)
		if u.Username != "Ada" || u.Email != "ada@example.org" || u.Value("portfolio_site") != "https://example.org/ada" || u.Value("profile_pic") == "" {
			t.Errorf("saved as %+v", u)
		}
		if !u.IsActive || u.IsStaff || u.IsSuperuser || !strings.HasPrefix(u.Password, "$argon2id$") || u.LastLogin.IsZero() {
			t.Errorf("saved as %+v", u)
		}
		if r := c.get("/settings/profile"); r.status != http.StatusOK || !r.says("https://example.org/ada") && !r.says("example.org/ada") {
			t.Errorf("their profile: %d", r.status)
		}
		if got := s.files(); got != ofEach {
			t.Errorf("%d files, want 3", got)
		}
	})
}

func TestRegisterKeepsThePictureOfARefusedForm(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		c := s.client()
		r := c.upload("/register", "profile_pic", "me.jpg", photo(t, 1), signUp("email", "wrong")...)
		token := r.value("waiting_profile_pic")
		if r.status != http.StatusUnprocessableEntity || token == "" {
			t.Fatalf("%d, token %q", r.status, token)
		}
		shown := r.Find("#field-profile_pic img").AttrOr("src", "")
		if picture := s.client().get(shown); picture.status != http.StatusOK || picture.header.Get("Content-Type") != "image/jpeg" {
			t.Errorf("the waiting picture at %q: %d", shown, picture.status)
		}
		r = c.post("/register", signUp("email", "still wrong", "waiting_profile_pic", token)...)
		if r.value("waiting_profile_pic") != token {
			t.Error("the picture was lost with the second refusal")
		}
		if r = c.post("/register", signUp("waiting_profile_pic", token)...); r.status != http.StatusSeeOther {
			t.Fatalf("%d", r.status)
		}
		u, err := s.db.UserByName(context.Background(), "ada")
		must(t, err)
		if u.Value("profile_pic") == "" || s.files() != ofEach {
			t.Errorf("picture %q, %d files", u.Value("profile_pic"), s.files())
		}
		r = s.client().post("/register", signUp("username", "eve", "email", "eve@example.org", "waiting_profile_pic", token)...)
		if r.status != http.StatusUnprocessableEntity || !r.says("Choose the picture again") {
			t.Errorf("a token used twice: %d", r.status)
		}
	})
}

func TestRegisterReplacesAWaitingPicture(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		c := s.client()
		token := c.upload("/register", "profile_pic", "a.jpg", photo(t, 1), signUp("email", "")...).value("waiting_profile_pic")
		r := c.upload("/register", "profile_pic", "b.jpg", photo(t, 2), signUp("waiting_profile_pic", token)...)
		if r.status != http.StatusSeeOther || s.files() != ofEach {
			t.Errorf("%d with %d files, want those of the second picture", r.status, s.files())
		}
	})
}

func TestRegisterRefusesFilesThatAreNoPictures(t *testing.T) {
	tests := []struct {
		name   string
		file   string
		data   []byte
		status int
	}{
		{"text named as a picture", "me.jpg", []byte("hello"), 422},
		{"a page", "me.png", []byte("<html><script>alert(1)</script>"), 422},
		{"an empty file", "me.jpg", nil, 422},
		{"a cut picture", "me.jpg", photo(t, 1)[:2000], 422},
		{"a picture over the limit", "me.jpg", append(photo(t, 1), make([]byte, 10<<20)...), 413},
	}
	onEach(t, func(t *testing.T, s *site) {
		for _, test := range tests {
			t.Run(test.name, func(t *testing.T) {
				r := s.client().upload("/register", "profile_pic", test.file, test.data, signUp()...)
				if r.status != test.status || r.Find("#profile_pic").AttrOr("aria-invalid", "") != "true" || r.value("username") != "ada" {
					t.Errorf("%d, want %d with the form kept", r.status, test.status)
				}
			})
		}
		if s.files() != 0 {
			t.Errorf("%d files were left", s.files())
		}
	})
}

func TestRegisterIgnoresForgedFields(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		victim := s.add("victim")
		r := s.client().post("/register", signUp("is_staff", "1", "is_superuser", "1", "id", path("ID", victim.ID), "is_active", "0", "version", "9", "date_joined", "1", "last_login", "1")...)
		if r.status != http.StatusSeeOther {
			t.Fatalf("%d", r.status)
		}
		u, err := s.db.UserByName(context.Background(), "ada")
		must(t, err)
		if u.IsStaff || u.IsSuperuser || !u.IsActive || u.ID == victim.ID || u.Version != 1 {
			t.Errorf("forged fields were believed: %+v", u)
		}
	})
}

func TestCheckRegister(t *testing.T) {
	tests := []struct {
		name   string
		fields []string
		id     string
		wrong  bool
	}{
		{"a taken name", []string{"field", "username", "username", "Taken"}, "field-username", true},
		{"a free name", []string{"field", "username", "username", "ada"}, "field-username", false},
		{"a field told by its name alone", []string{"email", "nothing"}, "field-email", true},
		{"a common password", []string{"field", "password", "password", "password123"}, "field-password", true},
		{"a password like the name", []string{"field", "password", "password", "adalovelace1", "username", "adalovelace"}, "field-password", true},
		{"a good password", []string{"field", "password", "password", password}, "field-password", false},
		{"a good link", []string{"field", "portfolio_site", "portfolio_site", "example.org"}, "field-portfolio_site", false},
		{"hostile text", []string{"field", "username", "username", `"><script>alert(1)</script>`}, "field-username", true},
	}
	onEach(t, func(t *testing.T, s *site) {
		s.add("taken")
		for _, test := range tests {
			t.Run(test.name, func(t *testing.T) {
				r := s.client().htmx().post("/register/check", test.fields...)
				if r.status != 200 || r.Find("#"+test.id).Length() != 1 || r.Find("html h1").Length() != 0 {
					t.Errorf("%d, want 200 with #%s alone: %s", r.status, test.id, r.body)
				}
				if wrong := r.Find("[aria-invalid=true]").Length() == 1; wrong != test.wrong {
					t.Errorf("found wrong: %v, want %v: %s", wrong, test.wrong, r.body)
				}
				if r.Find("script").Length() != 0 || strings.Contains(test.id, "password") && r.value("password") != "" {
					t.Errorf("the fragment holds what it must not: %s", r.body)
				}
			})
		}
		if r := s.client().htmx().post("/register/check", "field", "is_staff", "is_staff", "1"); r.status != http.StatusNotFound {
			t.Errorf("a field that the form doesn't have: %d", r.status)
		}
	})
}

func TestRegisterClosed(t *testing.T) {
	for _, registration := range []string{"closed", "invite"} {
		t.Run(registration, func(t *testing.T) {
			onEach(t, func(t *testing.T, s *site) {
				if r := s.client().get("/register"); r.status != http.StatusOK || r.Find("form[action='/register']").Length() != 0 {
					t.Errorf("the page: %d", r.status)
				}
				if r := s.client().post("/register", signUp()...); r.status != http.StatusForbidden {
					t.Errorf("the form: %d", r.status)
				}
				if r := s.client().htmx().post("/register/check", "field", "username", "username", "ada"); r.status != http.StatusForbidden {
					t.Errorf("the check: %d", r.status)
				}
			}, func(a *App) { a.Registration = registration })
		})
	}
}

func TestRegisterTwiceAtOnce(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		done := make(chan int)
		for range 4 {
			go func() { done <- s.client().post("/register", signUp()...).status }()
		}
		made := 0
		for range 4 {
			if status := <-done; status == http.StatusSeeOther {
				made++
			} else if status != http.StatusUnprocessableEntity {
				t.Errorf("status %d", status)
			}
		}
		if n, _ := s.db.CountUsers(context.Background()); made != 1 || n != 1 {
			t.Errorf("%d were told that they have it, %d are there", made, n)
		}
	})
}
