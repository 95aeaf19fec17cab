package main

import (
	"cmp"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"nameplate"
	"nameplate/handlers"
	"nameplate/internal/mail"
	"nameplate/internal/picture"
	"nameplate/internal/profile"
)

// config is what the settings say, checked.
type config struct {
	BaseURL string // without a slash at the end; empty when it follows from the address that is listened on
	Site    string
	Profile profile.Profile
	Proxies []netip.Prefix
	Mail    mail.Sender

	AvatarHosts []string // as handlers.PlainHost writes them
}

// read checks every setting and returns what they say. Its error names each that is wrong, and what would be right.
func (s allSettings) read() (config, error) {
	c := config{Site: strings.TrimSpace(s.SiteName)}
	var base, proxies, attributes, smtp, hosts error
	c.BaseURL, base = parseBaseURL(s.BaseURL)
	c.Proxies, proxies = parseProxies(s.TrustedProxies)
	c.Profile, attributes = s.profile()
	c.Mail, smtp = s.mail(c.Site)
	c.AvatarHosts, hosts = parseHosts(s.AvatarHosts)
	return c, errors.Join(
		checkAddr(s.Addr), base, s.checkDatabase(), attributes, s.checkUploads(), checkSiteName(c.Site),
		oneOf("NAMEPLATE_REGISTRATION", s.Registration, "open", "invite", "closed"),
		oneOf("NAMEPLATE_APPROVAL", s.Approval, "on", "off"),
		oneOf("NAMEPLATE_THROTTLE", s.Throttle, "on", "off"),
		oneOf("NAMEPLATE_REQUIRE_2FA", cmp.Or(s.RequireTwoFactor, "staff"), "staff", "everyone"),
		oneOf("NAMEPLATE_AVATARS", s.Avatars, "on", "off"), hosts,
		proxies, smtp,
		oneOf("NAMEPLATE_LOG", s.Log, "text", "json"))
}

// wrong is the error of one setting: what it is, and what to write in its place.
func wrong(variable, value, advice string) error {
	return fmt.Errorf("%s is %q: %s", variable, value, advice)
}

func oneOf(variable, value string, words ...string) error {
	if slices.Contains(words, value) {
		return nil
	}
	last := len(words) - 1
	return wrong(variable, value, "write "+strings.Join(words[:last], ", ")+" or "+words[last])
}

func checkAddr(addr string) error {
	const advice = "write a host and a port, such as 127.0.0.1:8080, or :8080 for every address"
	_, port, err := net.SplitHostPort(addr)
	if err != nil {
		return wrong("NAMEPLATE_ADDR", addr, advice)
	}
	if _, err := strconv.ParseUint(port, 10, 16); err != nil {
		return wrong("NAMEPLATE_ADDR", addr, "its port is a number from 0 to 65535; "+advice)
	}
	return nil
}

// parseBaseURL returns text without a slash at its end; an empty text stays empty.
func parseBaseURL(text string) (string, error) {
	if text == "" {
		return "", nil
	}
	const advice = "write http:// or https:// and a host, such as https://people.example.org"
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.Opaque != "":
		return "", wrong("NAMEPLATE_BASE_URL", text, advice)
	case u.User != nil:
		return "", errors.New("NAMEPLATE_BASE_URL holds a user name: leave it out")
	case u.Path != "" && u.Path != "/" || u.RawQuery != "" || u.ForceQuery || strings.Contains(text, "#"):
		return "", wrong("NAMEPLATE_BASE_URL", text, "the site lives at the root of a host; leave out the path and what follows it")
	}
	return u.Scheme + "://" + strings.ToLower(u.Host), nil
}

// defaultBaseURL returns the base URL of a site that listens at addr, with this port, and was given none.
func defaultBaseURL(addr string, port int) string {
	host, _, _ := net.SplitHostPort(addr)
	if ip, err := netip.ParseAddr(host); host == "" || err == nil && (ip.IsLoopback() || ip.IsUnspecified()) {
		host = "localhost"
	}
	base := "http://" + net.JoinHostPort(host, strconv.Itoa(port))
	return strings.TrimSuffix(base, ":80")
}

func parseProxies(text string) ([]netip.Prefix, error) {
	var proxies []netip.Prefix
	for _, word := range settingWords(text) {
		prefix, err := netip.ParsePrefix(word)
		if err != nil {
			addr, err := netip.ParseAddr(word)
			if err != nil {
				return nil, wrong("NAMEPLATE_TRUSTED_PROXIES", word,
					"write addresses or networks with commas between, such as 127.0.0.1, 10.0.0.0/8")
			}
			addr = addr.Unmap().WithZone("")
			prefix = netip.PrefixFrom(addr, addr.BitLen())
		}
		proxies = append(proxies, prefix.Masked())
	}
	return proxies, nil
}

// hostLetters are what a host and its port are written with, once it is ASCII.
const hostLetters = "abcdefghijklmnopqrstuvwxyz0123456789.-_:[]"

// parseHosts reads hosts, some with a port.
func parseHosts(text string) (hosts []string, err error) {
	for _, word := range settingWords(text) {
		scheme := "http://"
		if strings.HasSuffix(word, ":443") {
			scheme = "https://"
		}
		u, err := url.Parse(scheme + word)
		host := ""
		if err == nil {
			host, err = handlers.PlainHost(u)
		}
		if err != nil || u.Hostname() == "" || u.Host != word || strings.HasSuffix(u.Hostname(), ".") || strings.Trim(host, hostLetters) != "" {
			return nil, wrong("NAMEPLATE_AVATAR_HOSTS", word, "write hosts with commas between, such as pictures.example.org, and nothing before or behind them but a port")
		}
		hosts = append(hosts, host)
	}
	return hosts, nil
}

// settingWords takes a list apart, with commas or spaces between.
func settingWords(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return r == ',' || unicode.IsSpace(r) })
}

func checkSiteName(name string) error {
	const most = 60
	switch {
	case name == "" || strings.ContainsFunc(name, unicode.IsControl):
		return wrong("NAMEPLATE_SITE_NAME", name, "write a name on one line")
	case len([]rune(name)) > most:
		return wrong("NAMEPLATE_SITE_NAME", name, fmt.Sprintf("write at most %d characters", most))
	}
	return nil
}

// checkUploads says whether the uploads setting can be a directory's path, or a bucket. Whether it is one shows when it is opened.
func (s uploadsSettings) checkUploads() error {
	if err := picture.CheckSetting(s.Uploads); err != nil {
		return fmt.Errorf("NAMEPLATE_UPLOADS: %w", err)
	}
	return nil
}

// profile returns the attributes that the setting's file declares, or the built-in ones.
func (s databaseSettings) profile() (profile.Profile, error) {
	if s.Profile == "" {
		return profile.Load(nameplate.ProfileTOML, "profile.toml")
	}
	source, err := os.ReadFile(s.Profile)
	if err != nil {
		return profile.Profile{}, wrong("NAMEPLATE_PROFILE", s.Profile, "it can't be read ("+reason(err)+"); write the path of a profile.toml")
	}
	return profile.Load(source, s.Profile)
}

// mail returns what sends mail. What is wrong is told without the server's password.
func (s mailSettings) mail(site string) (mail.Sender, error) {
	if _, err := mail.ParseFrom(s.MailFrom); err != nil {
		return nil, fmt.Errorf("NAMEPLATE_MAIL_FROM: %w", err)
	}
	sender, err := mail.Open(s.SMTP, s.MailFrom, site, os.Stderr)
	if err != nil {
		return nil, fmt.Errorf("NAMEPLATE_SMTP: %w", err)
	}
	return sender, nil
}

// reason returns the innermost cause of a failed call to the system, such as "permission denied".
func reason(err error) string {
	for inner := errors.Unwrap(err); inner != nil; inner = errors.Unwrap(err) {
		err = inner
	}
	return err.Error()
}
