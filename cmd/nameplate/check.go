package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"time"

	"nameplate/db"
)

type checkCommand struct {
	allSettings
}

// Help holds the examples of check.
func (checkCommand) Help() string {
	return `Each line begins with ok, note, warning or wrong. The exit status is 1 when something is wrong. Nothing is changed; give it
the settings that the server has.

Examples:
  nameplate check
  nameplate check --database /var/lib/nameplate/nameplate.db --uploads /var/lib/nameplate/uploads`
}

// findings prints what a check finds, and counts what is wrong.
type findings struct{ bad int }

func (*findings) ok(format string, args ...any)   { fmt.Printf("ok       "+format+"\n", args...) }
func (*findings) note(format string, args ...any) { fmt.Printf("note     "+format+"\n", args...) }
func (*findings) warn(format string, args ...any) { fmt.Printf("warning  "+format+"\n", args...) }

func (f *findings) wrong(err error) {
	for line := range strings.Lines(err.Error()) {
		f.bad++
		fmt.Println("wrong    " + strings.TrimSpace(line))
	}
}

// Run looks at everything and says what is wrong.
func (c *checkCommand) Run() error {
	var f findings
	ctx := context.Background()
	c.checkSettings(ctx, &f)
	if database := c.checkPresent(ctx, &f); database != nil {
		defer database.Close()
		c.checkFiles(ctx, &f, database)
	} else {
		c.checkFiles(ctx, &f, nil)
	}
	if f.bad > 0 {
		return fmt.Errorf("%s wrong; the lines above say what to do", count(f.bad, "thing"))
	}
	return nil
}

func (c *checkCommand) checkSettings(ctx context.Context, f *findings) {
	for _, name := range unknownVariables(os.Environ()) {
		f.warn("%s is set, and this version knows no such setting", name)
	}
	cfg, err := c.read()
	if err != nil {
		f.wrong(err)
		return
	}
	f.ok("the settings can be read; profile.toml declares %s", count(len(cfg.Profile.Attributes), "attribute"))
	if c.Throttle == "off" {
		f.warn("NAMEPLATE_THROTTLE is off: guessing passwords is not slowed")
	}
	host, _, _ := net.SplitHostPort(c.Addr)
	if cfg.BaseURL == "" && !loopback(host) {
		f.warn("NAMEPLATE_BASE_URL is not set, and people elsewhere may reach %s: links would name %s", c.Addr, defaultBaseURL(c.Addr, 80))
	}
	c.checkMail(ctx, f, cfg)
	if c.Registration == "closed" && c.Approval == "on" {
		f.note("NAMEPLATE_APPROVAL is on, and nobody registers: NAMEPLATE_REGISTRATION is closed")
	}
	base, _ := url.Parse(cfg.BaseURL)
	switch {
	case cfg.BaseURL == "":
	case base.Scheme == "http" && !loopback(base.Hostname()):
		f.warn("NAMEPLATE_BASE_URL is http: passwords travel for everybody on the way to read; serve it over https")
	case base.Scheme == "https" && len(cfg.Proxies) == 0:
		f.warn("NAMEPLATE_BASE_URL is https, and no proxy is trusted: everybody seems to come from one address; set NAMEPLATE_TRUSTED_PROXIES")
	}
}

// mailPatience is how long check waits for the mail server.
const mailPatience = 20 * time.Second

// checkMail introduces itself to the mail server. It sends nothing.
func (c *checkCommand) checkMail(ctx context.Context, f *findings, cfg config) {
	if c.SMTP == "" {
		f.note("NAMEPLATE_SMTP is not set: mail is printed on stderr, and nobody proves an address")
		return
	}
	ctx, cancel := context.WithTimeout(ctx, mailPatience)
	defer cancel()
	if err := cfg.Mail.Check(ctx); err != nil {
		f.wrong(fmt.Errorf("NAMEPLATE_SMTP: %s%s", strings.Join(strings.Fields(err.Error()), " "), mailAdvice(err)))
		return
	}
	if cfg.BaseURL == "" {
		f.warn("NAMEPLATE_SMTP is set and NAMEPLATE_BASE_URL is not: the links in mail name %s", defaultBaseURL(c.Addr, 80))
	}
	f.ok("the mail server answers, and lets mail from %s in", c.MailFrom)
	if strings.HasSuffix(c.MailFrom, "@localhost") {
		f.warn("NAMEPLATE_MAIL_FROM is %s: other servers refuse mail from there", c.MailFrom)
	}
}

// mailAdvice says what to do about what a mail server answers.
func mailAdvice(err error) string {
	var timeout net.Error
	switch text := err.Error(); {
	case errors.Is(err, syscall.ECONNREFUSED):
		return "; is it running, and are the host and the port right?"
	case strings.Contains(text, "no such host"):
		return "; is the host right?"
	case strings.Contains(text, "does not look like a TLS handshake"):
		return "; write smtp:// for this port, or take the port for TLS, mostly 465"
	case strings.Contains(text, "does not support SMTP AUTH"):
		return "; leave the user and the password out"
	case strings.Contains(text, "AUTH failed"):
		return "; are the user and the password right?"
	case strings.Contains(text, "certificate"):
		return "; name it as its certificate does"
	case errors.As(err, &timeout) && timeout.Timeout():
		return "; is the port right, and smtps:// where TLS begins at once?"
	}
	return ""
}

// loopback says whether a host is this machine alone.
func loopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}

// checkPresent looks at the database. It returns one that can be asked further, or nil.
func (c *checkCommand) checkPresent(ctx context.Context, f *findings) *db.DB {
	if _, err := c.profile(); err != nil || c.checkDatabase() != nil {
		return nil // checkSettings has said so
	}
	if missing, err := c.missing(); err != nil {
		f.wrong(err)
		return nil
	} else if missing {
		f.note("there is no database at %s yet; \"nameplate serve\" makes it", c.Database)
		return nil
	}
	d, err := c.open(ctx)
	if err != nil {
		f.wrong(err)
		return nil
	}
	if err := c.checkDatabaseContent(ctx, f, d); err != nil {
		f.wrong(fmt.Errorf("the database %s: %w", c.database(), err))
		d.Close()
		return nil
	}
	return d
}

// migrationFile is what goose takes for one.
var migrationFile = regexp.MustCompile(`^0*[1-9][0-9]{0,8}_.+\.sql$`)

// checkMigrationFiles warns of operator's migrations that are there for one of the two databases only, or never.
func (c *checkCommand) checkMigrationFiles(f *findings) {
	for _, pair := range [][2]string{{"sqlite", "postgres"}, {"postgres", "sqlite"}} {
		files, _ := filepath.Glob(filepath.Join(c.migrations(), pair[0], "*.sql"))
		for _, file := range files {
			if !migrationFile.MatchString(filepath.Base(file)) {
				f.warn("%s is never applied: a migration is called by a number from 1 on, _, and a name", file)
				continue
			}
			twin := filepath.Join(c.migrations(), pair[1], filepath.Base(file))
			if _, err := os.Stat(twin); errors.Is(err, fs.ErrNotExist) {
				f.warn("%s has no %s beside it: another database would be migrated otherwise", file, twin)
			}
		}
	}
}

func (c *checkCommand) checkDatabaseContent(ctx context.Context, f *findings, d *db.DB) error {
	version, err := d.Version(ctx)
	if err != nil {
		return err
	}
	if state, err := d.State(ctx); err == nil && state == db.Empty {
		f.note("the database %s is empty; \"nameplate serve\" fills it", c.database())
		return nil
	}
	if err := c.ready(ctx, d, func(*db.DB, db.State) error { return nil }); err != nil {
		return err
	}
	if err := c.checkIntegrity(ctx); err != nil {
		return err
	}
	missing, err := d.Unknown(ctx, true)
	if err != nil {
		return err
	}
	for _, version := range missing {
		f.warn("the migration profile/%04d is applied, and its file is missing in %s: put it back from a backup, to take along", version, c.migrations())
	}
	c.checkMigrationFiles(f)
	people, err := d.CountUsers(ctx)
	if err != nil {
		return err
	}
	f.ok("the database %s is whole and up to date, with %d people (%s)", c.database(), people, version)
	if has, err := d.HasSuperuser(ctx); err != nil {
		return err
	} else if !has {
		f.note("there is no superuser yet; \"nameplate createsuperuser\" makes one")
	}
	return nil
}
