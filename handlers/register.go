package handlers

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/gofiber/fiber/v2"

	"nameplate/db"
	"nameplate/internal/account"
	"nameplate/internal/auth"
	"nameplate/internal/form"
	"nameplate/internal/profile"
	"nameplate/views"
)

const createAccount = "Create your account"

// registerForm asks for a user name, an address, a password, and what profile.toml adds.
func (a *App) registerForm(c *fiber.Ctx) error {
	if me(c) != nil {
		return redirect(c, settings)
	}
	invitation, err := a.invited(c, c.Query("invitation"))
	if err != nil {
		return err
	}
	if !a.open() && invitation.ID == 0 {
		return a.refuseStranger(c, fiber.StatusOK, c.Query("invitation") != "")
	}
	filled := begun(a.Profile.Registering())
	filled.Values["email"] = invitation.Email
	if invitation.ID != 0 {
		filled.Invitation = c.Query("invitation")
		c.Set(fiber.HeaderReferrerPolicy, "no-referrer")
	}
	return a.showRegister(c, fiber.StatusOK, filled)
}

// register makes an account out of the form, with its profile and its picture, and signs its owner in.
func (a *App) register(c *fiber.Ctx) error {
	if me(c) != nil {
		return redirect(c, settings)
	}
	token := posted(c, "invitation")
	invitation, err := a.invited(c, token)
	if err != nil {
		return err
	}
	if !a.open() && invitation.ID == 0 {
		return a.refuseStranger(c, fiber.StatusForbidden, token != "")
	}
	if invitation.ID == 0 {
		token = ""
	}
	uploads, wait, err := a.countUploads(c)
	if err != nil {
		return err
	}
	filled, user, err := a.readNewUser(c, a.Profile.Registering(), true)
	if err != nil {
		return err
	}
	filled.Invitation = token
	if wait > 0 {
		return a.refuseForNow(c, filled, tooManyPictures(retryAfter(c, wait)))
	}
	if wait, err = a.waitToRegister(c, len(filled.Errors) == 0); err != nil {
		return err
	}
	if wait > 0 {
		return a.refuseForNow(c, filled, tooManyForms(retryAfter(c, wait)))
	}
	return a.enroll(c, invitation, user, filled, uploads)
}

// enroll makes the account that the form is for. Uploads are the guesses that it has turned out not to be.
func (a *App) enroll(c *fiber.Ctx, invitation db.Invitation, user account.User, filled views.Filled, uploads []db.Guess) error {
	a.admit(invitation, &user, filled.Errors)
	created, err := a.addUser(c.UserContext(), user, filled, func(user account.User) (account.User, error) {
		mail, err := a.mayMail(c, "proof", user.NewEmail)
		if err != nil {
			return user, err
		}
		return a.DB.Register(c.UserContext(), a.author(c), user, filled.Invitation, mail)
	})
	if isNotFound(err) { // somebody else came by it meanwhile
		return a.refuseStranger(c, fiber.StatusForbidden, true)
	}
	if errs, ok := errors.AsType[form.Errors](err); ok {
		filled.Errors = errs
		if err := errors.Join(a.hold(c, filled), a.countTaken(c, a.signUp, filled.Values, errs)); err != nil {
			return err
		}
		return a.showRegister(c, refusal(errs), filled)
	}
	if err == nil && len(uploads) > 0 {
		err = a.DB.Forgive(c.UserContext(), uploads...)
	}
	if err != nil {
		return err
	}
	return a.enrolled(c, created)
}

// enrolled signs in who has just registered, unless something is still to be waited for.
func (a *App) enrolled(c *fiber.Ctx, created account.User) error {
	switch {
	case created.Unproven():
		return a.awaitProof(c, created)
	case created.AwaitsApproval:
		return redirect(c, waitingPath)
	}
	if err := a.signIn(c, created, false); err != nil {
		return err
	}
	return redirect(c, settings+"?saved=account")
}

// readNewUser reads the form for a new account. What is wrong stands in the errors of what it returns.
func (a *App) readNewUser(c *fiber.Ctx, attrs []profile.Attribute, own bool) (views.Filled, account.User, error) {
	filled := newFilled()
	if err := a.attributeValues(c, attrs, &filled); err != nil {
		return filled, account.User{}, err
	}
	names := typedNames(c)
	fields := append(profile.UserAttributes(), attrs...)
	user := account.User{Attributes: map[string]string{}, DateJoined: a.DB.Now()}
	for _, attr := range fields {
		if own && !attr.Register {
			continue // not asked for when signing up
		}
		if attr.OfUser {
			filled.Values[attr.Name] = posted(c, attr.Name)
		}
		if attr.Name == "email" {
			attr.Required = own
		}
		text := filled.Values[attr.Name]
		value, err := attr.Parse(text)
		filled.Errors.Add(attr.Name, err)
		if err == nil && attr.OfUser && !(own && a.Mail && attr.Name == "email") {
			if err := a.checkFree(c.UserContext(), attr.Name, value, names.Email, 0); err != nil {
				message, ok := errors.AsType[form.Message](err)
				if !ok {
					return filled, user, err
				}
				filled.Errors.Add(attr.Name, message)
			}
		}
		user.Set(attr.Name, value)
	}
	password := posted(c, "password")
	if own || password != "" {
		filled.Errors.Add("password", auth.CheckPassword(password, names.Username, names.Email, names.FirstName, names.LastName))
		user.Password = password
	}
	return filled, user, nil
}

// addUser hashes the password and writes the account with add, unless the form has errors. Only then is the hash worth its time.
func (a *App) addUser(ctx context.Context, user account.User, filled views.Filled, add func(account.User) (account.User, error)) (account.User, error) {
	if err := filled.Errors.Err(); err != nil {
		return user, err
	}
	if user.Password != "" {
		hash, err := a.Hasher.Hash(ctx, user.Password)
		if err != nil {
			return user, fmt.Errorf("hash the password of a new user: %w", err)
		}
		user.Password = hash
	}
	return add(user)
}

func newFilled() views.Filled {
	return views.Filled{Values: map[string]string{}, Errors: form.Errors{}, Waiting: map[string]views.Waiting{}}
}

// begun is a form as it begins, with the defaults of its attributes.
func begun(attrs []profile.Attribute) views.Filled {
	filled := newFilled()
	for _, attr := range attrs {
		if attr.Default != "" {
			filled.Values[attr.Name] = attr.Default
		}
	}
	return filled
}

// signUpAttributes lists what the form asks for: what every user has, a password, and what profile.toml adds.
func signUpAttributes(p profile.Profile) []profile.Attribute {
	attrs := slices.DeleteFunc(profile.UserAttributes(), func(a profile.Attribute) bool { return !a.Register })
	return append(append(attrs, passwordAttribute()), p.Registering()...)
}

// registerFields lists the inputs of the form, filled in.
func (a *App) registerFields(filled views.Filled) []views.Field {
	fields := make([]views.Field, 0, len(a.signUp))
	for _, attr := range a.signUp {
		field := fieldOf(attr, filled)
		field.Check = "/register/check"
		fields = append(fields, field)
	}
	return fields
}

// passwordAttribute is the password as a field. It is no attribute of a profile, and never has a value to show.
func passwordAttribute() profile.Attribute {
	return profile.Attribute{
		Name: "password", Label: "Password", Kind: profile.Control("password"), Max: auth.PasswordMax, Autocomplete: "new-password", Required: true, OfUser: true,
		Help: "At least 8 characters. A few words in a row are easy to remember and hard to guess.",
	}
}

// fieldOf returns one input as somebody filled it in.
func fieldOf(attr profile.Attribute, filled views.Filled) views.Field {
	field := views.Field{
		Attribute: attr, Value: filled.Values[attr.Name], Error: filled.Errors[attr.Name], Waiting: filled.Waiting[attr.Name],
	}
	if attr.Name == "password" {
		field.Type, field.Value = "password", ""
	}
	return field
}

func (a *App) showRegister(c *fiber.Ctx, status int, filled views.Filled) error {
	page, fields := a.page(c, createAccount), a.registerFields(filled)
	return render(c, status, views.RegisterPage(page, filled, fields), views.RegisterForm(page, filled, fields))
}
