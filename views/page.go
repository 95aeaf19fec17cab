package views

import (
	"image"
	"time"

	"nameplate/internal/account"
	"nameplate/internal/form"
	"nameplate/internal/profile"
)

// Page is what every whole page is told by its handler.
type Page struct {
	Site        string                   // the site's name
	Title       string                   // where one is; the site's name is added
	Description string                   // for search engines and previews; may be empty
	Canonical   string                   // the absolute address of a public page; empty for none
	Image       string                   // the absolute address of a picture for previews; empty for none
	BaseURL     string                   // the site's absolute address, without a slash at the end
	Path        string                   // the path of the request, for aria-current
	Me          *account.User            // who asks; nil for nobody
	Looking     bool                     // a superuser looks as Me
	LookEnds    time.Time                // when that ends by itself
	Open        bool                     // whether strangers may register
	Mail        bool                     // whether mail reaches people
	Approval    bool                     // whether who registers has to be approved
	Passkeys    bool                     // whether browsers offer passkeys here
	CSRF        string                   // the token for every form that posts
	Undo        int64                    // the line of the history that an undo of it begins from; 0 for none
	Back        string                   // where an undo leads back to: a path
	Saved       string                   // what has just been saved, said once; empty for nothing
	Asset       func(name string) string // the fingerprinted address of a file in public
}

// Waiting is a picture that was accepted with a form that was refused. It is shown, and its token travels with the form.
type Waiting struct {
	Token string
	Name  string // the picture's name, for profile.PicturePath
}

// Framing is the choice of the square that is shown of a picture. It is zero where there is no picture yet.
type Framing struct {
	Name  string      // the picture's name
	Sum   string      // which whole picture that is, in whatever frame
	Whole string      // the path of the whole picture
	Size  image.Point // how many pixels that has
	Frame profile.Frame
}

// Filled is a form as somebody filled it in: what was typed, what is wrong with it, and the pictures that were accepted.
type Filled struct {
	Values     map[string]string
	Errors     form.Errors
	Waiting    map[string]Waiting // by the attribute's name
	Invitation string             // the token of the invitation that one registers by; empty for none
	Checked    map[string]bool    // fields that were checked and are good, for a quiet mark
}

// Field is one labelled input of a form.
type Field struct {
	profile.Attribute
	Type    string // the input's type, when it is not the kind's own: password
	Value   string // never a password
	Error   string
	Good    bool    // it was checked, and is right
	Focus   bool    // the cursor goes here as the form appears
	Check   string  // where htmx checks it as it is left; empty for nowhere
	Waiting Waiting // for a picture
	Now     string  // for a picture: the name of the present one; empty for none
	Removes bool    // for a picture: the form asks to remove the present one
	Preview bool    // for a picture: what waits is only looked at
	Framing Framing // for a picture: the choice of its frame
	Version int64   // the person's version that the form was made of; 0 where it makes no difference
	Before  int64   // in a conflict, the one that it was made of first
	// Conflict is what somebody else made of the value meanwhile; nil for nothing.
	Conflict *ConflictField
}
