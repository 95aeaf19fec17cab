// Package handlers answers the site's requests: each reads a request, makes one call below HTTP, and answers.
package handlers

import (
	"cmp"
	"container/list"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"
	"golang.org/x/sync/semaphore"

	"nameplate/db"
	"nameplate/internal/admin"
	"nameplate/internal/auth"
	"nameplate/internal/passkey"
	"nameplate/internal/picture"
	"nameplate/internal/profile"
	"nameplate/public"
)

const (
	bodyLimit     = 16 << 20         // above picture.MaxBytes, so that a picture that is too large gets an answer and not a reset
	readTimeout   = 15 * time.Second // for the head of a request, and for a small body
	uploadTimeout = 3 * time.Minute  // for a body as large as a picture, over a slow line
	writeTimeout  = 2 * time.Minute
	idleTimeout   = 90 * time.Second
	workTimeout   = 60 * time.Second // for everything that a handler does
	lateTime      = 5 * time.Second  // for saying that it took longer
	answerTime    = 15 * time.Second // of which this is kept for what comes after a file had its turn
)

// App is what the handlers depend on. All fields up to Proxies are set by who makes it; none may be nil.
type App struct {
	DB               *db.DB
	Profile          profile.Profile
	Hasher           *auth.Hasher
	Reader           *picture.Reader
	Pictures         *picture.Store
	Public           *public.Files
	Log              *slog.Logger
	Site             string         // the site's name
	BaseURL          string         // the one source of absolute links, without a slash at the end
	Registration     string         // open, invite or closed
	Mail             bool           // whether mail reaches people: an address is confirmed before the first log-in, and a taken one is not told
	Approval         bool           // whoever registers without an invitation is not active before an admin says so
	RequireTwoFactor string         // who can't go on without a second factor: staff, everyone, or empty for nobody
	Throttle         bool           // whether guessing is slowed
	Avatars          bool           // other programs may ask for the pictures of those who agree
	AvatarHosts      []string       // where else they may be sent for who has none: hosts in ASCII, some with a port
	Proxies          []netip.Prefix // whose X-Forwarded-For and -Proto is believed

	sessions   *scs.SessionManager
	passkeys   *passkey.Site       // nil where browsers offer none
	signUp     []profile.Attribute // what the register form asks for
	shown      profile.Profile     // what staff see of others: what the admin is made of
	resources  []admin.Resource    // the lists of the admin
	secure     bool                // the site is reached over https
	host       string              // the base URL's host
	policy     string              // the Content-Security-Policy of every page
	plainHost  string              // the same as PlainHost writes it
	drawer     *picture.Reader     // draws what anybody may ask for; what is uploaded does not wait for that
	drawn      *drawn              // what it drew last
	otherHosts *sync.Once
	large      *semaphore.Weighted // places for large bodies
	arriving   *semaphore.Weighted // bytes of the disk for forms with files
	texts      *semaphore.Weighted // bytes of memory for bodies
}

// New returns the whole site, ready to listen. It fails for a base URL that can't be read.
func New(a App) (*fiber.App, error) {
	app := &a
	app.secure = strings.HasPrefix(a.BaseURL, "https://")
	if base, err := url.Parse(a.BaseURL); err == nil {
		app.host = base.Host
		app.plainHost, _ = PlainHost(base) // a host that is none is nobody else's
	}
	var err error
	if app.passkeys, err = passkey.New(a.Site, a.BaseURL); err != nil {
		return nil, err
	}
	app.sessions, app.otherHosts = newSessions(a.DB), &sync.Once{}
	app.large = semaphore.NewWeighted(largeMost)
	app.arriving, app.texts = cmp.Or(a.arriving, semaphore.NewWeighted(arrivingMost)), cmp.Or(a.texts, semaphore.NewWeighted(textsMost))
	app.policy = policyWith(a.Pictures.Links())
	app.drawer = picture.NewReader(drawnAtOnce)
	app.drawn = &drawn{at: map[string]*list.Element{}}
	app.signUp, app.shown = signUpAttributes(a.Profile), a.Profile.ForStaff()
	app.resources = admin.Resources(app.shown)
	admin.HidePrivate(app.resources, a.Profile)
	f := fiber.New(fiber.Config{
		AppName:                 a.Site,
		Immutable:               true, // strings outlive their request in sessions and errors
		ReadTimeout:             readTimeout,
		WriteTimeout:            writeTimeout,
		IdleTimeout:             idleTimeout,
		ReadBufferSize:          16 << 10,
		DisableStartupMessage:   true,
		EnableTrustedProxyCheck: true,
		ErrorHandler:            app.fail,

		// A body is left to App.body, which holds the limits.
		StreamRequestBody:            true,
		DisablePreParseMultipartForm: true,
	})
	server := f.Server()
	server.HeaderReceived, server.Handler = patience, careful(server.Handler)
	app.routes(f)
	return f, nil
}

// patience gives a large body more time than a head, so that a slow client holds a connection no longer than it has to. No more than a byte
// of a body is waited for before somebody looks at whose it is.
func patience(h *fasthttp.RequestHeader) fasthttp.RequestConfig {
	c := fasthttp.RequestConfig{MaxRequestBodySize: 1}
	if n := h.ContentLength(); n > 64<<10 || n < 0 && hasParts(h) { // less than 0 for chunks, which do not say how many
		c.ReadTimeout = uploadTimeout
	}
	return c
}

// open says whether a stranger may register.
func (a *App) open() bool { return a.Registration == "open" }

// methodIsSafe says whether a method only reads (RFC 9110, 9.2.1).
func methodIsSafe(method string) bool {
	return method == http.MethodGet || method == http.MethodHead || method == http.MethodOptions
}
