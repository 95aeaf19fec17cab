package handlers

import (
	"io"
	"net"
	"time"

	"github.com/gofiber/fiber/v2"
)

// lingerBytes is how much of a body that was refused is read all the same: who takes a film for a picture should hear so.
const lingerBytes = 1 << 30

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
		_ = c.SetReadDeadline(time.Now().Add(uploadTimeout))
		_, _ = io.CopyN(io.Discard, c.TCPConn, lingerBytes)
	}
	return c.TCPConn.Close()
}

// linger says that the body of a request was not read to its end.
func linger(c *fiber.Ctx) {
	if conn, ok := c.Context().Conn().(*lingeringConn); ok {
		conn.refused = true
	}
}
