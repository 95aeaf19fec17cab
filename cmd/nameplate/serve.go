package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"strings"
	"syscall"
	"time"

	"github.com/gofiber/fiber/v2"

	"nameplate/db"
	"nameplate/handlers"
	"nameplate/internal/auth"
	"nameplate/internal/picture"
	"nameplate/public"
)

const (
	// gcPercent lets the heap grow to five times what is in use before it is collected: a page is mostly short-lived bytes.
	// heapLimit, in bytes, makes it collect sooner, so that a flood of log-ins or pictures leaves no large process behind.
	gcPercent = 400
	heapLimit = 80 << 20
	// stopTimeout is how long accepted requests may take to be answered once the server stops. With what comes after, the
	// program is gone within 10 seconds.
	stopTimeout = 7 * time.Second
	// settleTime lets what has already been sent to the server be read before idle connections are closed.
	settleTime = 100 * time.Millisecond
	// mailTimeout is how long a mail under way may take once everything else has stopped.
	mailTimeout = time.Second
)

type serveCommand struct {
	allSettings
	MigrateFirst bool `name:"migrate" help:"Apply pending migrations first."`
}

// Help holds the examples of serve.
func (serveCommand) Help() string {
	return `An empty database is created and migrated. One with pending migrations is left alone, unless --migrate is given.
SIGTERM or Ctrl-C stops the server: what was accepted is answered, and it is gone within 10 seconds.

Examples:
  nameplate serve
  nameplate serve --addr :8080 --base-url https://people.example.org
  NAMEPLATE_DATABASE=/var/lib/nameplate/nameplate.db nameplate serve --migrate`
}

// Run serves the site until a signal stops it.
func (c *serveCommand) Run() error {
	cfg, err := c.read()
	if err != nil {
		return err
	}
	debug.SetGCPercent(gcPercent)
	debug.SetMemoryLimit(heapLimit)
	log := c.logger()
	for _, name := range unknownVariables(os.Environ()) {
		log.Warn("this version knows no such setting", "variable", name)
	}
	stop, ignore := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer ignore()

	// Listening comes first, so that a port in use leaves everything as it was.
	ln, err := net.Listen("tcp", c.Addr)
	if err != nil {
		return cantListen(c.Addr, err)
	}
	defer ln.Close()
	if cfg.BaseURL == "" {
		cfg.BaseURL = defaultBaseURL(c.Addr, ln.Addr().(*net.TCPAddr).Port)
	}
	if remove, err := ownTempDir(); err != nil {
		log.Warn("files that are sent have no directory of their own", "err", err)
	} else {
		defer remove()
	}
	files, err := public.New()
	if err != nil {
		return err
	}
	database, pictures, err := c.openStores(stop, log)
	if err != nil {
		return err
	}
	defer database.Close()

	site, err := c.site(cfg, files, database, pictures, log)
	if err != nil {
		return err
	}
	tidied, mailed, worked := tidyHourly(stop, database, pictures, log), c.sendMail(stop, database, pictures, cfg, log), work(stop, database, log)
	err = c.serve(stop, ignore, ln, site, database, cfg, log)
	ignore()
	<-tidied
	<-worked
	select {
	case <-mailed:
	case <-time.After(mailTimeout): // a mail server that hangs: the next start sends that mail again
	}
	return err
}

// sendMail sends what is queued until stop is done. The returned channel closes when nothing is under way any more.
func (c *serveCommand) sendMail(stop context.Context, database *db.DB, pictures *picture.Store, cfg config, log *slog.Logger) <-chan struct{} {
	stopped := make(chan struct{})
	mailer := handlers.Mailer{DB: database, Pictures: pictures, Sender: cfg.Mail, Log: log, Site: cfg.Site, BaseURL: cfg.BaseURL}
	go func() {
		defer close(stopped)
		mailer.Run(stop)
	}()
	return stopped
}

// work does the jobs that are queued until stop is done. The returned channel closes when none is under way any more.
func work(stop context.Context, database *db.DB, log *slog.Logger) <-chan struct{} {
	stopped := make(chan struct{})
	worker := handlers.Worker{DB: database, Log: log}
	go func() {
		defer close(stopped)
		worker.Run(stop)
	}()
	return stopped
}

// openStores opens the database and the pictures, and removes pictures that a killed server left half-way. Without pictures whose server is
// away just now, and over a directory that can't be written, the site goes on.
func (c *serveCommand) openStores(ctx context.Context, log *slog.Logger) (*db.DB, *picture.Store, error) {
	database, err := c.openReady(ctx, func(d *db.DB, state db.State) error {
		return migrateIf(ctx, d, state == db.Empty || state != db.Newer && c.MigrateFirst)
	})
	if err != nil {
		return nil, nil, err
	}
	pictures, err := c.openUploads(ctx)
	if away, ok := errors.AsType[*picture.Unavailable](err); ok && pictures != nil && !away.Refused {
		log.Warn("there are no pictures just now", "err", err)
		err = nil
	} else if err == nil {
		_, err = database.SweepPictures(ctx, time.Now().Add(-waitingPictures), sentBefore(pictures), pictures.Remove)
		if picture.IsUnavailable(err) {
			log.Warn("pictures and files that nobody needs can't be removed just now", "err", err)
			err = nil
		}
	}
	if err != nil {
		database.Close()
		return nil, nil, err
	}
	database.RemovePicture = pictures.Remove
	return database, pictures, nil
}

// sentBefore is since when what is on its way, as a server starts, was sent by a killed one. Another one may run; and a bucket's server may still
// take up what a killed one has sent.
func sentBefore(pictures *picture.Store) time.Time {
	if pictures.Alone() {
		return time.Now()
	}
	return time.Now().Add(-sentPictures)
}

// site returns the whole site, ready to listen.
func (c *serveCommand) site(cfg config, files *public.Files, database *db.DB, pictures *picture.Store, log *slog.Logger) (*fiber.App, error) {
	cores := runtime.GOMAXPROCS(0)
	return handlers.New(handlers.App{
		DB:           database,
		Profile:      cfg.Profile,
		Hasher:       auth.NewHasher(cores),
		Reader:       picture.NewReader(cores),
		Pictures:     pictures,
		Public:       files,
		Log:          log,
		Site:         cfg.Site,
		BaseURL:      cfg.BaseURL,
		Registration: c.Registration,
		Mail:         c.SMTP != "",
		Throttle:     c.Throttle == "on",

		Approval:         c.Approval == "on",
		RequireTwoFactor: c.RequireTwoFactor,
		Proxies:          cfg.Proxies,
		Avatars:          c.Avatars == "on",
		AvatarHosts:      cfg.AvatarHosts,
	})
}

// serve answers until stop is done, and then until what was accepted is answered. From then on a second signal, which
// ignore leaves to the system, ends the program at once.
func (c *serveCommand) serve(stop context.Context, ignore func(), ln net.Listener, site *fiber.App, database *db.DB, cfg config, log *slog.Logger) error {
	ended := make(chan error, 1)
	go func() { ended <- site.Listener(handlers.Linger(ln)) }()
	log.Info("serving "+cfg.Site, "address", ln.Addr().String(), "base_url", cfg.BaseURL)
	c.advise(stop, database, log)
	select {
	case err := <-ended:
		return fmt.Errorf("serve at %s: %w", ln.Addr(), err)
	case <-stop.Done():
		ignore()
	}
	log.Info("stopping")
	ln.Close()
	time.Sleep(settleTime)
	if err := site.ShutdownWithTimeout(stopTimeout); errors.Is(err, context.DeadlineExceeded) {
		log.Warn("some requests took too long and were cut off")
	}
	return nil
}

// advise says at the start what an operator should know.
func (c *serveCommand) advise(ctx context.Context, database *db.DB, log *slog.Logger) {
	if c.Throttle == "off" {
		log.Warn("guessing passwords is not slowed: NAMEPLATE_THROTTLE is off")
	}
	if has, err := database.HasSuperuser(ctx); err == nil && !has {
		log.Info("there is no superuser yet; make the first one with: " + c.createsuperuser())
	}
}

// createsuperuser returns the command that makes a superuser of this site, as somebody types it where the server was started.
func (c *serveCommand) createsuperuser() string {
	words := os.Args[0] + " createsuperuser"
	for _, arg := range os.Args {
		if strings.HasPrefix(arg, "--database") {
			return words + " --database " + c.database()
		}
	}
	return words
}

func (c *serveCommand) logger() *slog.Logger {
	if c.Log == "json" {
		return slog.New(slog.NewJSONHandler(os.Stderr, nil))
	}
	return slog.New(slog.NewTextHandler(os.Stderr, nil))
}

func cantListen(addr string, err error) error {
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return fmt.Errorf("listen on %s: another program listens there; stop it, or choose another address with --addr", addr)
	case errors.Is(err, syscall.EACCES):
		return fmt.Errorf("listen on %s: not permitted; choose a port from 1024 on with --addr", addr)
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		return fmt.Errorf("listen on %s: this machine has no such address; choose another with --addr", addr)
	}
	return fmt.Errorf("listen on %s: %s; choose another address with --addr", addr, reason(err))
}
