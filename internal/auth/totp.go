package auth

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base32"
	"fmt"
	"image/color"
	"net/url"
	"strings"
	"time"

	"github.com/boombuler/barcode/qr"
	"github.com/pquerna/otp/hotp"
)

const (
	totpPeriod = 30 // seconds that a code is shown for (RFC 6238, 5.2)
	totpSkew   = 1  // codes before and after the present one that are taken too: clocks differ, and people are slow
	totpDigits = 6

	// RecoveryCodes is how many recovery codes somebody has.
	RecoveryCodes = 10
)

// NewTOTPSecret returns a secret of 160 bits in base32 (RFC 4226, 4).
func NewTOTPSecret() string {
	secret := make([]byte, 20)
	_, _ = rand.Read(secret) // never fails
	return base32.StdEncoding.EncodeToString(secret)
}

// TOTPURI is what an authenticator app reads from the QR code (Key Uri Format).
func TOTPURI(site, username, secret string) string {
	issuer := strings.ReplaceAll(site, ":", " ") // a colon ends it
	return "otpauth://totp/" + url.PathEscape(issuer) + ":" + url.PathEscape(username) + "?" +
		url.Values{"secret": {secret}, "issuer": {issuer}}.Encode()
}

// TOTPStep returns the time step of a code of secret, if it is right at this moment and its step comes after the one given: so no code
// is right twice. Spaces in the code don't count.
func TOTPStep(secret, code string, now time.Time, after int64) (step int64, ok bool) {
	code = strings.Join(strings.Fields(code), "")
	if len(code) != totpDigits {
		return 0, false
	}
	present := now.Unix() / totpPeriod
	for at := present - totpSkew; at <= present+totpSkew; at++ {
		want, err := hotp.GenerateCode(secret, uint64(at))
		if err == nil && at > after && subtle.ConstantTimeCompare([]byte(want), []byte(code)) == 1 {
			step, ok = at, true
		}
	}
	return step, ok
}

// NewRecoveryCodes returns as many codes as somebody has, 80 bits each, in groups of four letters and digits.
func NewRecoveryCodes() []string {
	codes := make([]string, RecoveryCodes)
	for i := range codes {
		text := strings.ToLower(rand.Text()[:16])
		codes[i] = strings.Join([]string{text[:4], text[4:8], text[8:12], text[12:]}, "-")
	}
	return codes
}

// FoldRecoveryCode is a code as it is compared: without what people type between or differently.
func FoldRecoveryCode(code string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'A' && r <= 'Z':
			return r + 'a' - 'A'
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			return r
		}
		return -1
	}, code[:min(len(code), 100)])
}

// QR draws a text as a QR code: the path of its dark squares, each one unit wide, for an SVG of size units that begins four units
// from its edges (ISO/IEC 18004 asks for this quiet zone). It fails for a text that is too long.
func QR(text string) (path string, size int, err error) {
	const quiet = 4
	code, err := qr.Encode(text, qr.M, qr.Auto)
	if err != nil {
		return "", 0, fmt.Errorf("draw a QR code: %w", err)
	}
	side := code.Bounds().Dx()
	var b strings.Builder
	for y := range side {
		for x := 0; x < side; x++ {
			begin := x
			for x < side && dark(code.At(x, y)) {
				x++
			}
			if x > begin {
				fmt.Fprintf(&b, "M%d %dh%dv1H%dz", begin+quiet, y+quiet, x-begin, begin+quiet)
			}
		}
	}
	return b.String(), side + 2*quiet, nil
}

func dark(c color.Color) bool {
	r, _, _, _ := c.RGBA()
	return r == 0
}
