package main

import (
	"os"
	"reflect"
	"slices"
	"strings"
)

// The settings, in the groups in which commands take them. Each is an environment variable and the flag of the same name;
// the tags are the one place where a default and a meaning stand: the help and the README's table follow them.

type addressSettings struct {
	Addr    string `env:"NAMEPLATE_ADDR" default:"127.0.0.1:8080" help:"where to listen: a host and a port"`
	BaseURL string `name:"base-url" env:"NAMEPLATE_BASE_URL" otherwise:"http:// and the address, localhost for loopback" help:"the site's address in absolute links; https turns on secure cookies and HSTS"`
}

type databaseSettings struct {
	Database string `env:"NAMEPLATE_DATABASE" default:"nameplate.db" help:"a SQLite file, or postgres://…"`
	Profile  string `env:"NAMEPLATE_PROFILE" otherwise:"built in" help:"path of a profile.toml: what is known about a person"`

	Migrations string `env:"NAMEPLATE_MIGRATIONS" otherwise:"migrations beside the database" help:"the directory of the migrations that makemigrations writes and migrate applies"`
}

type uploadsSettings struct {
	Uploads string `env:"NAMEPLATE_UPLOADS" default:"uploads" help:"where pictures and files are kept: a directory, or a bucket, s3://bucket/prefix?endpoint=…&region=…&links=signed, with AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"`
}

type siteSettings struct {
	SiteName         string `env:"NAMEPLATE_SITE_NAME" default:"Nameplate" help:"the site's name, shown in its header and in titles"`
	Registration     string `env:"NAMEPLATE_REGISTRATION" default:"open" help:"who may register: open (everyone), invite (people with an invitation) or closed (nobody)"`
	Approval         string `env:"NAMEPLATE_APPROVAL" default:"off" help:"on: whoever registers without an invitation is active once an admin has approved"`
	Throttle         string `env:"NAMEPLATE_THROTTLE" default:"on" help:"whether guessing is slowed: on, or off for a load test"`
	RequireTwoFactor string `name:"require-2fa" env:"NAMEPLATE_REQUIRE_2FA" otherwise:"none" help:"who can't go on without a second factor: staff or everyone"`
	Avatars          string `env:"NAMEPLATE_AVATARS" default:"off" help:"on: other programs may ask for the pictures of the people who agree, by Libravatar's API and WebFinger"`
	AvatarHosts      string `env:"NAMEPLATE_AVATAR_HOSTS" otherwise:"none" help:"hosts beside this site to which these programs may be sent on for somebody without a picture, with commas between"`
	TrustedProxies   string `env:"NAMEPLATE_TRUSTED_PROXIES" otherwise:"none" help:"addresses or networks whose X-Forwarded-For and X-Forwarded-Proto are believed, with commas between"`
	Log              string `env:"NAMEPLATE_LOG" default:"text" help:"how log lines are written: text or json"`
}

type mailSettings struct {
	SMTP     string `name:"smtp" env:"NAMEPLATE_SMTP" otherwise:"none" help:"the mail server: smtp://user:password@host:587 (STARTTLS where offered) or smtps://…:465; with it an address is confirmed before the first log-in; without it mail is printed on stderr"`
	MailFrom string `env:"NAMEPLATE_MAIL_FROM" default:"nameplate@localhost" help:"the sender of mail"`
}

// allSettings is everything that a server is told.
type allSettings struct {
	addressSettings
	databaseSettings
	uploadsSettings
	siteSettings
	mailSettings
}

const (
	variablePrefix   = "NAMEPLATE_"
	passwordVariable = "NAMEPLATE_SUPERUSER_PASSWORD"
)

// variables returns the names of all settings.
func variables() []string {
	var names []string
	for _, field := range reflect.VisibleFields(reflect.TypeFor[allSettings]()) {
		if name := field.Tag.Get("env"); name != "" {
			names = append(names, name)
		}
	}
	return names
}

// unknownVariables returns those names of environ that look like a setting and are none, which are mostly slips.
func unknownVariables(environ []string) []string {
	known := append(variables(), passwordVariable)
	var unknown []string
	for _, entry := range environ {
		name, _, _ := strings.Cut(entry, "=")
		if strings.HasPrefix(name, variablePrefix) && !slices.Contains(known, name) {
			unknown = append(unknown, name)
		}
	}
	slices.Sort(unknown)
	return unknown
}

// forgetEmptySettings makes a variable that is set to nothing the same as one that is not set, as service files and
// container settings leave them.
func forgetEmptySettings() {
	for _, name := range variables() {
		if os.Getenv(name) == "" {
			os.Unsetenv(name)
		}
	}
}
