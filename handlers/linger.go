package handlers

import (
	"errors"
	"io"
	"net"
	"time"

	"github.com/gofiber/fiber/v2"
)

const (
	lingerBytes = 1 << 30         // how much of a body that was refused is read all the same: who takes a film for a picture should hear so
	lingerTime  = 5 * time.Second // how long more of it is waited for
)

// Linger lets people hear why their body was refused before all of it was there. Most clients, browsers too, send to the end before they listen; what
// is left unread when a connection is closed makes the system take the answer back (RFC 9112, 9.6).
func Linger(ln net.Listener) net.Listener { return lingeringListener{ln} }

type lingeringListener struct{ net.Listener }

func (l lingeringListener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if tcp, ok := conn.(*net.TCPConn); ok {
		return &lingeringConn{TCPConn: tcp}, err
	}
	return conn, err
}

// lingeringConn throws away what comes after its last answer, before it closes.
type lingeringConn struct {
	*net.TCPConn
	refused bool
}

func (c *lingeringConn) Close() error {
	if c.refused {
		_ = c.CloseWrite()
		_, _ = io.CopyN(io.Discard, impatient{c.TCPConn, time.Now().Add(uploadTimeout)}, lingerBytes)
	}
	return c.TCPConn.Close()
}

// impatient reads until an end, and waits for no more than lingerTime for what comes next.
type impatient struct {
	*net.TCPConn
	end time.Time
}

func (c impatient) Read(p []byte) (int, error) {
	next := time.Now().Add(lingerTime)
	if c.end.Before(next) {
		next = c.end
	}
	if err := c.SetReadDeadline(next); err != nil {
		return 0, err
	}
	return c.TCPConn.Read(p)
}

// linger says that the body of a request was not read to its end, because of err. Who was too slow has no more time.
func linger(c *fiber.Ctx, err error) {
	if errors.Is(err, fiber.ErrRequestTimeout) {
		return
	}
	if conn, ok := c.Context().Conn().(*lingeringConn); ok {
		conn.refused = true
	}
}
