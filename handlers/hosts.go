package handlers

import (
	"net"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/idna"
)

// PlainHost writes the host of an address as it is compared: in small letters, as name servers know it (RFC 5891), without the port that
// the scheme has anyway. It fails for a host that is none.
func PlainHost(u *url.URL) (string, error) {
	host, port := strings.ToLower(u.Hostname()), u.Port()
	if strings.IndexFunc(host, func(r rune) bool { return r > 0x7f }) >= 0 {
		var err error
		if host, err = idna.Lookup.ToASCII(host); err != nil {
			return "", err
		}
	}
	if port != "" && port != map[string]string{"http": "80", "https": "443"}[u.Scheme] {
		return net.JoinHostPort(host, port), nil
	}
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	return host, nil
}

// allowed returns an address to which other programs may have somebody sent, as it was understood: one of this site, or of a host that the
// operator allows. Nothing else is one, however it is written.
func (a *App) allowed(address string) (string, bool) {
	strange := func(r rune) bool { return r <= ' ' || r == 0x7f || r == '\\' }
	if len(address) > 2000 || strings.ContainsFunc(address, strange) {
		return "", false
	}
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.User != nil || u.Opaque != "" || u.Host == "" {
		return "", false
	}
	if u.Host, err = PlainHost(u); err != nil || u.Host != a.plainHost && !slices.Contains(a.AvatarHosts, u.Host) {
		return "", false
	}
	u.Fragment, u.RawFragment = "", ""
	return u.String(), true
}
