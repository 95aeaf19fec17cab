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
	filled, user, err := a.readNewUser(c, a.Profile.Registering(), true)
	if err != nil {
		return err
	}
	if wait, err := a.waitToRegister(c, len(filled.Errors) == 0); err != nil {
		return err
	} else if wait > 0 {
		return a.refuseForNow(c, filled, wait)
	}
	if invitation.ID == 0 {
		token = ""
	}
	filled.Invitation = token
	a.admit(invitation, &user, filled.Errors)
	created, err := a.addUser(c.UserContext(), user, filled, func(user account.User) (account.User, error) {
		return a.DB.Register(c.UserContext(), a.author(c), user, token)
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
	if err != nil {
		return err
	}
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

// checkRegister answers one field of the form, checked, as it is left. Whatever it finds, the check itself went well: 200.
func (a *App) checkRegister(c *fiber.Ctx) error {
	if !a.open() {
		if invitation, err := a.invited(c, posted(c, "invitation")); err != nil {
			return err
		} else if invitation.ID == 0 {
			return errForbidden
		}
	}
	name := orElse(posted(c, "field"), c.Get("HX-Trigger-Name"))
	for _, field := range a.registerFields(newFilled()) {
		if name == "" && has(c, field.Name) {
			name = field.Name
		}
		if field.Name != name || field.IsUpload() {
			continue
		}
		field.Value, _ = typed(c, field.Attribute)
		wait, err := a.DB.Wait(c.UserContext(), a.lookUps(c)...)
		if err != nil {
			return err
		}
		if wait > 0 && looksUp(field.Attribute) {
			return a.checkLater(c, createAccount, withoutPassword(field), wait)
		}
		if err := a.checkNew(c.UserContext(), field.Attribute, field.Value, typedNames(c)); err != nil {
			message, ok := errors.AsType[form.Message](err)
			if !ok {
				return err
			}
			field.Error = message.Error()
			if err := a.countTaken(c, []profile.Attribute{field.Attribute}, map[string]string{field.Name: field.Value}, form.Errors{field.Name: field.Error}); err != nil {
				return err
			}
		}
		field.Good = field.Error == "" && field.Value != ""
		return send(c, fiber.StatusOK, views.FieldInput(a.page(c, createAccount), withoutPassword(field)))
	}
	return errNotFound
}

func withoutPassword(field views.Field) views.Field {
	if field.Type == "password" {
		field.Value = ""
	}
	return field
}

// typedNames returns the names and the address that a form holds, which its password may not be like. They are cut where no
// name goes on: comparing takes a while for each word.
func typedNames(c *fiber.Ctx) account.User {
	of := func(field string) string { return cut(posted(c, field), 1000) }
	return account.User{Username: of("username"), Email: of("email"), FirstName: of("first_name"), LastName: of("last_name")}
}

// checkNew checks one field of a new account. Its error is a form.Message when the field is wrong.
func (a *App) checkNew(ctx context.Context, attr profile.Attribute, text string, names account.User) error {
	if attr.Name == "password" {
		return auth.CheckPassword(text, names.Username, names.Email, names.FirstName, names.LastName)
	}
	value, err := attr.Parse(text)
	if err != nil {
		return err
	}
	if !attr.OfUser {
		return a.checkUnique(ctx, attr, value, 0)
	}
	if attr.Name == "email" && a.Mail {
		return nil // that an address is taken is told to its owner alone
	}
	return a.checkFree(ctx, attr.Name, value, names.Email, 0)
}

// checkFree says whether a user name or an address can be had by the person with this id, 0 for somebody new.
func (a *App) checkFree(ctx context.Context, field, value, email string, id int64) error {
	if field == "username" && account.UsernameIsForeignEmail(value, email) {
		return db.ForeignEmail
	}
	if (field != "username" && field != "email") || value == "" {
		return nil
	}
	taken, err := a.DB.Taken(ctx, field, value, id)
	if err != nil {
		return fmt.Errorf("look whether %s is taken: %w", field, err)
	}
	if taken {
		return db.TakenMessage(field, value)
	}
	return nil
}

// checkUnique says whether a value of a unique attribute can be had by the person with this id, 0 for somebody new.
func (a *App) checkUnique(ctx context.Context, attr profile.Attribute, value string, id int64) error {
	taken, err := a.DB.TakenAttribute(ctx, attr, value, id)
	if err == nil && taken {
		return db.TakenAttributeMessage(attr, value)
	}
	return err
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
