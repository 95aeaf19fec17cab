package handlers

import (
	"net/url"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"nameplate/internal/account"
	"nameplate/internal/profile"
)

// jrd is what WebFinger says of somebody (RFC 7033, 4.4).
type jrd struct {
	Subject string    `json:"subject"`
	Aliases []string  `json:"aliases"`
	Links   []jrdLink `json:"links"`
}

type jrdLink struct {
	Rel  string `json:"rel"`
	Type string `json:"type"`
	Href string `json:"href"`
}

// webFinger tells other programs where the public page and the picture of somebody are who has agreed (RFC 7033). It has no session.
func (a *App) webFinger(c *fiber.Ctx) error {
	c.Set(fiber.HeaderAccessControlAllowOrigin, "*")
	c.Set(fiber.HeaderCacheControl, fiveMinutes)
	resource := c.Query("resource")
	if resource == "" {
		return c.Status(fiber.StatusBadRequest).SendString("say of whom: ?resource=acct:NAME@" + a.acctHost() + "\n")
	}
	person, err := a.DB.UserByName(c.UserContext(), a.resourceName(resource))
	if err != nil && !isNotFound(err) {
		return err
	}
	if err != nil || !person.AvatarPublic || !a.findable(person) {
		return c.Status(fiber.StatusNotFound).SendString("nobody by that name\n")
	}
	answer := a.jrdOf(person)
	if rels := c.Context().QueryArgs().PeekMulti("rel"); len(rels) > 0 {
		answer.Links = slices.DeleteFunc(answer.Links, func(l jrdLink) bool {
			return !slices.ContainsFunc(rels, func(rel []byte) bool { return string(rel) == l.Rel })
		})
	}
	return c.JSON(answer, "application/jrd+json")
}

// jrdOf does not lead to the picture by a hash of the address: from that one could tell whether a guess at the address is right.
func (a *App) jrdOf(person account.User) jrd {
	page := a.BaseURL + "/@" + url.PathEscape(person.Username)
	name := strings.ReplaceAll(url.PathEscape(person.Username), "@", "%40") // RFC 7565, 7
	answer := jrd{
		Subject: "acct:" + name + "@" + a.acctHost(),
		Aliases: []string{page},
		Links:   []jrdLink{{"http://webfinger.net/rel/profile-page", "text/html", page}},
	}
	const rel = "http://webfinger.net/rel/avatar"
	if name := a.Profile.PublicPicture(person); name != "" {
		answer.Links = append(answer.Links, jrdLink{rel, "image/jpeg", a.BaseURL + profile.PicturePath(name, avatarMost)})
	} else if attr, ok := a.Profile.Portrait(); ok && attr.See == profile.Anyone {
		answer.Links = append(answer.Links, jrdLink{rel, "image/png", a.BaseURL + attr.DefaultPicture(person).Path(profile.PNG)})
	}
	return answer
}

// resourceName returns the username that a resource names: acct:NAME@HOST, or the address of a public page. It is empty for anything else,
// and for one of another host.
func (a *App) resourceName(resource string) string {
	if len(resource) > 5 && strings.EqualFold(resource[:5], "acct:") {
		at := strings.LastIndexByte(resource, '@')
		if at < 5 || !a.isHere("//"+resource[at+1:]) && !strings.EqualFold(resource[at+1:], a.acctHost()) {
			return ""
		}
		return unescape(resource[5:at])
	}
	u, err := url.Parse(resource)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.User != nil || u.RawQuery != "" || !a.isHere(resource) {
		return ""
	}
	name, ok := strings.CutPrefix(u.Path, "/@")
	if !ok {
		return ""
	}
	return name
}

// isHere says whether an address is of this site's host.
func (a *App) isHere(address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.Path != "" && u.Scheme == "" {
		return false
	}
	host, err := PlainHost(u)
	return err == nil && host == a.plainHost
}

// acctHost is the host of the accounts here, without a port (RFC 7565, 7).
func (a *App) acctHost() string {
	host, _, found := strings.Cut(a.plainHost, ":")
	if !found || strings.HasPrefix(host, "[") {
		return a.plainHost
	}
	return host
}
