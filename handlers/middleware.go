package handlers

import (
	"bytes"
	"context"
	"fmt"
	"net/netip"
	"runtime/debug"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"
)

var squeeze = fasthttp.CompressHandlerBrotliLevel(func(*fasthttp.RequestCtx) {}, fasthttp.CompressBrotliDefaultCompression, fasthttp.CompressDefaultCompression)

// compressed squeezes pages as they are sent. Files are compressed when they are built; what is given in parts goes out as it is, since a part
// of something squeezed is another.
func compressed(c *fiber.Ctx) error {
	if err := c.Next(); err != nil {
		return err
	}
	if len(c.Response().Header.Peek(fiber.HeaderAcceptRanges)) == 0 {
		squeeze(c.Context())
	}
	return nil
}

const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// policyWith lets pages show pictures that the site sends browsers elsewhere for: to a scheme and a host, if any.
func policyWith(pictures string) string {
	return strings.Replace(policy, "img-src 'self'", strings.TrimSpace("img-src 'self' "+pictures), 1)
}

const permissions = "accelerometer=(), browsing-topics=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), " +
	"magnetometer=(), microphone=(), midi=(), payment=(), usb=()"

// everywhere are the headers of every response, beside the policy.
var everywhere = [][2][]byte{
	{[]byte("X-Content-Type-Options"), []byte("nosniff")},
	{[]byte("Referrer-Policy"), []byte("same-origin")}, {[]byte("Cross-Origin-Opener-Policy"), []byte("same-origin")},
	{[]byte("Cross-Origin-Resource-Policy"), []byte("same-origin")}, {[]byte("Permissions-Policy"), []byte(permissions)},
}

// headers sets what every response carries, and refuses a request that could be read in two ways.
func (a *App) headers(c *fiber.Ctx) error {
	a.setHeaders(c)
	if twoLengths(c.Request().Header.RawHeaders()) {
		c.Context().SetConnectionClose()
		return fiber.ErrBadRequest // RFC 9112, 6.1: two lengths are how requests are smuggled
	}
	a.noteHost(c)
	return c.Next()
}

// twoLengths says whether the head of a request, as it was sent, says twice where its body ends, or in a way that not everybody reads alike
// (RFC 9112, 6.3). The parsed head doesn't tell: once chunks are read, it has a length of its own.
func twoLengths(head []byte) bool {
	var length, chunks, other bool
	for line := range bytes.Lines(head) {
		name, value, _ := bytes.Cut(line, []byte(":"))
		coding := bytes.EqualFold(name, []byte("Transfer-Encoding"))
		isChunks := bytes.EqualFold(bytes.TrimSpace(value), []byte("chunked"))
		length = length || bytes.EqualFold(name, []byte("Content-Length"))
		chunks = chunks || coding && isChunks
		other = other || coding && !isChunks
	}
	return length && chunks || other
}

func (a *App) setHeaders(c *fiber.Ctx) {
	h := &c.Response().Header
	for _, header := range everywhere {
		h.SetCanonical(header[0], header[1])
	}
	h.Set(fiber.HeaderContentSecurityPolicy, a.policy)
	if a.secure {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
}

// noteHost says once that links will name the base URL though the site is being opened by another name.
func (a *App) noteHost(c *fiber.Ctx) {
	if host := c.Context().Host(); string(host) != a.host && len(host) > 0 {
		a.otherHosts.Do(func() {
			a.Log.Info("the site is opened by another name; links in pages and mail name the base URL", "host", string(host), "base_url", a.BaseURL)
		})
	}
}

// deadline ends what a request has begun, because Fiber doesn't notice a client that went away. What went wrong is answered within it, or
// shortly after: no page is drawn once the context has ended.
func (a *App) deadline(c *fiber.Ctx) error {
	ctx, cancel := context.WithTimeout(c.UserContext(), workTimeout)
	defer cancel()
	c.SetUserContext(ctx)
	err := c.Next()
	if err == nil {
		return nil
	}
	if c.UserContext().Err() != nil {
		late, done := context.WithTimeout(context.WithoutCancel(ctx), lateTime)
		defer done()
		c.SetUserContext(late)
	}
	return a.fail(c, err)
}

// recovered turns a panic into a 500 that is logged with its stack.
func recovered(c *fiber.Ctx) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v\n%s", r, debug.Stack())
		}
	}()
	return c.Next()
}

// address returns the address of who asks. Behind a trusted proxy it is read from X-Forwarded-For, from the right, because
// everything left of the first untrusted address may be forged.
func (a *App) address(c *fiber.Ctx) netip.Addr {
	at, _ := netip.AddrFromSlice(c.Context().RemoteIP())
	at = at.Unmap()
	if !a.trusted(at) {
		return at
	}
	hops := strings.Split(strings.Join(c.GetReqHeaders()["X-Forwarded-For"], ","), ",")
	for i := len(hops) - 1; i >= 0; i-- {
		hop, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break
		}
		if at = hop.Unmap(); !a.trusted(at) {
			break
		}
	}
	return at
}

func (a *App) trusted(at netip.Addr) bool {
	for _, network := range a.Proxies {
		if network.Contains(at) {
			return true
		}
	}
	return false
}

// network returns the part of an address that counts as one guesser: the whole of IPv4, a /64 of IPv6.
func network(at netip.Addr) string {
	bits := 32
	if at.Is6() {
		bits = 64
	}
	return netip.PrefixFrom(at.WithZone(""), bits).Masked().String()
}
