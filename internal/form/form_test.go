package form

import (
	"errors"
	"testing"
)

func TestErrors(t *testing.T) {
	errs := Errors{}
	if errs.Err() != nil {
		t.Error("a form without errors has one")
	}
	errs.Add("username", nil)
	errs.Add("username", Message("Enter a username."))
	errs.Add("username", Message("Choose another."))
	errs.Add("email", errors.New("Enter an address."))
	if got, want := errs.Err().Error(), "email: Enter an address.; username: Enter a username."; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
