package views

import (
	"strings"
)

// Mail is what a mail says. It is sent as HTML and as text, which say the same.
type Mail struct {
	Site    string // the site's name
	BaseURL string
	Subject string
	Before  []string // paragraphs
	Button  string   // what the link does; empty for a mail without one
	Link    string   // absolute
	After   []string // paragraphs
	Face    string   // the address of a picture of who it is to, within the mail; empty for none. The text has none
}

// VerifyMail asks the owner of an address whether username is theirs. Isnew says whether the account is waiting for that.
func VerifyMail(site, base, username, token string, isNew bool) Mail {
	m := Mail{
		Site: site, BaseURL: base, Subject: "Confirm your e-mail address",
		Before: []string{"Somebody, hopefully you, wants to use this address for the account '" + username + "' at " + site + ". Confirm that it is yours:"},
		Button: "Confirm the address", Link: base + "/verify-email/" + token,
		After: []string{"The link works for 24 hours, and once.", "If this was not you, do nothing: the address is not used."},
	}
	if isNew {
		m.Before = []string{"Welcome to " + site + ". One thing is left before you can log in as '" + username + "': confirm that this address is yours."}
		m.After[1] = "If you have not created an account, do nothing: it goes away by itself."
	}
	return m
}

// TakenMail tells the owner of an address that somebody has typed it for another account. Isnew says whether for a new one.
func TakenMail(site, base, owner string, isNew bool) Mail {
	m := Mail{
		Site: site, BaseURL: base, Subject: "You have an account already",
		Before: []string{"Somebody, perhaps you, wanted to create an account at " + site + " with this address. You have one already: it is called '" + owner + "'."},
		Button: "Log in", Link: base + "/login",
		After: []string{"If you have forgotten the password, choose another at " + base + "/reset-password.", "If this was not you, do nothing: nobody has learned that you have an account."},
	}
	if !isNew {
		m.Subject = "Your address is in use already"
		m.Before[0] = "Somebody, perhaps you, wanted to use this address for another account at " + site + ". It belongs to your account '" + owner + "', and stays there. To use it elsewhere, change the address of '" + owner + "' first."
	}
	return m
}

// EmailChangedMail tells the former address of an account that another has taken its place. Without a token it says nothing of a way back.
func EmailChangedMail(site, base, username, token string) Mail {
	m := Mail{
		Site: site, BaseURL: base, Subject: "The e-mail address of your account was changed",
		Before: []string{"The account '" + username + "' at " + site + " has another e-mail address now. This one is no longer used.", "If this was you, all is well. If not, somebody else is in your account: take the change back."},
		Button: "Take the change back", Link: base + "/undo-email/" + token,
		After: []string{"The link works for 7 days from the change, and once. It logs everybody out, ends the password, and removes passkeys and a second factor that were added since a week before the change. Then you choose a new password."},
	}
	if token == "" {
		m.Before[1] = "If this was you, all is well. If not, somebody else is in your account: ask an administrator for help."
		m.Button, m.Link, m.After = "", "", nil
	}
	return m
}

// ResetMail is the link with which one chooses a password. Has says whether there is one that lets in until then.
func ResetMail(site, base, username, token string, has bool) Mail {
	m := Mail{
		Site: site, BaseURL: base, Subject: "Choose a new password",
		Before: []string{"Somebody, hopefully you, asked for a new password for your account '" + username + "' at " + site + "."},
		Button: "Choose a new password", Link: base + "/reset-password/" + token,
		After: []string{"The link works for 30 minutes, and once.", "If this was not you, do nothing: your password stays as it is."},
	}
	if !has {
		m.After[1] = "Your account has no password until then. When the link has ended, ask for another at " + base + "/reset-password."
	}
	return m
}

// PasswordChangedMail tells that an account has another password.
func PasswordChangedMail(site, base, username string) Mail {
	return Mail{
		Site: site, BaseURL: base, Subject: "Your password was changed",
		Before: []string{"The password of your account '" + username + "' at " + site + " was changed.", "If this was you, all is well. If not, somebody else may be in your account: choose a new password at once."},
		Button: "Choose a new password", Link: base + "/reset-password",
	}
}

// TwoFactorMail tells that the second factor of an account was turned on or off.
func TwoFactorMail(site, base, username string, on bool) Mail {
	m := Mail{
		Site: site, BaseURL: base, Subject: "Two-factor authentication was turned off",
		Before: []string{"The account '" + username + "' at " + site + " asks for no second factor any more: the password alone lets one in.", "If this was you, or an administrator whom you asked, all is well. If not, somebody else may be in your account: choose a new password at once."},
		Button: "Choose a new password", Link: base + "/reset-password",
	}
	if on {
		m.Subject = "Two-factor authentication was turned on"
		m.Before[0] = "The account '" + username + "' at " + site + " asks for a second factor from now on."
		m.Before[1] = "If this was you, all is well. If not, somebody else is in your account: ask an administrator for help."
		m.Button, m.Link = "", ""
	}
	return m
}

// PasskeyMail tells that a passkey was added to an account or removed from it.
func PasskeyMail(site, base, username string, added bool) Mail {
	m := Mail{
		Site: site, BaseURL: base, Subject: "A passkey was removed",
		Before: []string{"A passkey no longer lets anybody into the account '" + username + "' at " + site + ".", "If this was you, all is well. If not, somebody else may be in your account: look at your passkeys."},
		Button: "Look at my passkeys", Link: base + "/settings/passkeys",
	}
	if added {
		m.Subject = "A passkey was added"
		m.Before[0] = "Another passkey lets one into the account '" + username + "' at " + site + " from now on."
	}
	return m
}

// InvitationMail is the link with which somebody may register. By is who sends it, empty for somebody who is gone; until is its last day.
func InvitationMail(site, base, by, token, until string) Mail {
	m := Mail{
		Site: site, BaseURL: base, Subject: "You are invited",
		Before: []string{"You are invited to create an account at " + site + "."},
		Button: "Create an account", Link: base + "/register?invitation=" + token,
		After: []string{"The link works once, until " + until + "."},
	}
	if by != "" {
		m.Before[0] = "'" + by + "' invites you to create an account at " + site + "."
	}
	return m
}

// ApprovedMail tells that an account is active now.
func ApprovedMail(site, base, username string) Mail {
	return Mail{
		Site: site, BaseURL: base, Subject: "Your account is approved",
		Before: []string{"An administrator has approved your account '" + username + "' at " + site + ". You can log in now."},
		Button: "Log in", Link: base + "/login",
	}
}

// AwaitsMail tells somebody who may approve that somebody waits.
func AwaitsMail(site, base string) Mail {
	return Mail{
		Site: site, BaseURL: base, Subject: "An account waits for approval",
		Before: []string{"Somebody has registered at " + site + " and waits to be approved."},
		Button: "See who waits", Link: base + "/admin/waiting",
	}
}

// mailWidth is how many characters a line of a mail's text has (RFC 5322, 2.1.1 asks for 78 at most).
const mailWidth = 72

// text is the mail as plain text.
func (m Mail) text() string {
	var b strings.Builder
	for _, paragraph := range m.Before {
		b.WriteString(wrapped(paragraph) + "\n\n")
	}
	if m.Link != "" {
		b.WriteString(m.Button + ":\n" + m.Link + "\n\n")
	}
	for _, paragraph := range m.After {
		b.WriteString(wrapped(paragraph) + "\n\n")
	}
	b.WriteString("-- \n" + m.Site + "\n" + m.BaseURL + "\n") // RFC 3676, 4.3
	return b.String()
}

// wrapped breaks a paragraph into lines, between words only.
func wrapped(paragraph string) string {
	var b strings.Builder
	length := 0
	for _, word := range strings.Fields(paragraph) {
		n := len([]rune(word))
		switch {
		case length == 0:
		case length+1+n > mailWidth:
			b.WriteByte('\n')
			length = 0
		default:
			b.WriteByte(' ')
			length++
		}
		b.WriteString(word)
		length += n
	}
	return b.String()
}
