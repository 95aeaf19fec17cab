package handlers

import (
	"github.com/gofiber/fiber/v2"

	"nameplate/internal/account"
	"nameplate/views"
)

// sharing is the switch for one's picture in other programs, with what is still missing.
func (a *App) sharing(person account.User, saved bool) views.Sharing {
	s := views.Sharing{Person: person, Offered: a.Avatars, Saved: saved}
	switch {
	case person.Email == "":
		s.Wanting = "You have no e-mail address here yet, by which they could ask."
	case !a.findable(person):
		s.Wanting = "Your e-mail address is not confirmed yet. Until it is, they get nothing."
	case a.Profile.PublicPicture(person) == "":
		s.Wanting = "There is no picture in your profile that everybody may see. Until there is, they show another."
	}
	return s
}

// updateSharing turns the switch on or off.
func (a *App) updateSharing(c *fiber.Ctx) error {
	if !a.Avatars {
		return errNotFound
	}
	sent := formValues(c, "avatar_public") // a box that is not ticked leaves only the 0 that stands before it
	person, err := a.DB.SetAvatarPublic(c.UserContext(), a.author(c), signedIn(c).ID, isTrue(sent[len(sent)-1]))
	if err != nil {
		return err
	}
	return saved(c, "/settings/data?saved=avatar_public#sharing", views.SharingForm(a.page(c, yourData), a.sharing(person, true)))
}

// findable says whether other programs may know of somebody who has agreed: whose address it is is proven, where mail can do that.
func (a *App) findable(person account.User) bool {
	return person.IsSeen() && (!a.Mail || !person.EmailVerified.IsZero())
}
