package auth

import (
	"encoding/base32"
	"image"
	"image/color"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"
)

// TestTOTPVectors are those of RFC 6238, appendix B, cut to six digits.
func TestTOTPVectors(t *testing.T) {
	secret := base32.StdEncoding.EncodeToString([]byte("12345678901234567890"))
	for at, code := range map[int64]string{59: "287082", 1111111109: "081804", 1111111111: "050471", 1234567890: "005924", 2000000000: "279037", 20000000000: "353130"} {
		step, ok := TOTPStep(secret, code, time.Unix(at, 0), 0)
		if !ok || step != at/30 {
			t.Errorf("at %d: %v %v", at, step, ok)
		}
	}
}

func TestTOTPStep(t *testing.T) {
	secret, now := NewTOTPSecret(), time.Unix(1_800_000_000, 0)
	code := func(by time.Duration) string {
		code, err := totp.GenerateCode(secret, now.Add(by))
		if err != nil {
			t.Fatal(err)
		}
		return code
	}
	present := now.Unix() / 30
	for name, row := range map[string]struct {
		code  string
		after int64
		ok    bool
	}{
		"the present one":            {code(0), 0, true},
		"with a space":               {code(0)[:3] + " " + code(0)[3:], 0, true},
		"the one before":             {code(-30 * time.Second), 0, true},
		"the next":                   {code(30 * time.Second), 0, true},
		"the one before that":        {code(-60 * time.Second), 0, false},
		"the one after the next":     {code(60 * time.Second), 0, false},
		"a used one":                 {code(0), present, false},
		"one from before a used one": {code(-30 * time.Second), present, false},
		"the next after a used one":  {code(30 * time.Second), present, true},
		"nothing":                    {"", 0, false},
		"cut":                        {code(0)[:5], 0, false},
		"too long":                   {code(0) + "0", 0, false},
		"letters":                    {"abcdef", 0, false},
	} {
		if step, ok := TOTPStep(secret, row.code, now, row.after); ok != row.ok || ok && (step < present-1 || step > present+1) {
			t.Errorf("%s: %v %v", name, step, ok)
		}
	}
	if _, ok := TOTPStep("no base32!", "000000", now, 0); ok {
		t.Error("a code of no secret is right")
	}
}

func TestTOTPURI(t *testing.T) {
	u, err := url.Parse(TOTPURI("A & B: the site?", "ada+x@example.org", "SECRET"))
	if err != nil || u.Scheme != "otpauth" || u.Host != "totp" || u.Path != "/A & B  the site?:ada+x@example.org" ||
		u.Query().Get("secret") != "SECRET" || u.Query().Get("issuer") != "A & B  the site?" {
		t.Errorf("%v %+v", err, u)
	}
}

func TestRecoveryCodes(t *testing.T) {
	seen := map[string]bool{}
	for _, code := range append(NewRecoveryCodes(), NewRecoveryCodes()...) {
		if seen[code] || len(code) != 19 || FoldRecoveryCode(strings.ToUpper(" "+strings.ReplaceAll(code, "-", " "))) != FoldRecoveryCode(code) {
			t.Errorf("code %q", code)
		}
		seen[code] = true
	}
	if len(seen) != 2*RecoveryCodes {
		t.Errorf("%d codes", len(seen))
	}
	FoldRecoveryCode(strings.Repeat("é", 1e6))
}

// TestQR draws the path again, dot by dot, and compares its three corners with what every QR code has there.
func TestQR(t *testing.T) {
	path, size, err := QR(TOTPURI("Nameplate", "ada", NewTOTPSecret()))
	if err != nil {
		t.Fatal(err)
	}
	img := image.NewGray(image.Rect(0, 0, size, size))
	for _, run := range strings.Split(strings.Trim(path, "Mz"), "zM") {
		var n []int
		for _, word := range strings.FieldsFunc(run, func(r rune) bool { return r < '0' || r > '9' }) {
			v, err := strconv.Atoi(word)
			if err != nil {
				t.Fatal(err)
			}
			n = append(n, v)
		}
		for x := n[0]; x < n[0]+n[2]; x++ {
			img.SetGray(x, n[1], color.Gray{255})
		}
	}
	for _, corner := range []image.Point{{4, 4}, {size - 11, 4}, {4, size - 11}} {
		for y := range 7 {
			for x := range 7 {
				ring := max(abs(x-3), abs(y-3))
				if want := ring != 2; (img.GrayAt(corner.X+x, corner.Y+y).Y > 0) != want {
					t.Fatalf("the corner at %v is not drawn", corner)
				}
			}
		}
	}
	if _, _, err := QR(strings.Repeat("x", 10_000)); err == nil {
		t.Error("a text of 10,000 characters is drawn")
	}
}

func abs(n int) int { return max(n, -n) }
