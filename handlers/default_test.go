package handlers

import (
	"bytes"
	"image/png"
	"net/http"
	"strings"
	"testing"

	"nameplate/internal/account"
	"nameplate/internal/profile"
)

// TestDefaultPictures asks for both drawings of somebody without a picture, in both forms.
func TestDefaultPictures(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		ada := account.User{Username: "ada", FirstName: "Ада", LastName: "Lovelace"}
		for _, p := range []profile.DefaultPicture{(profile.Attribute{}).DefaultPicture(ada), profile.PatternOf("ada")} {
			for ending, kind := range map[string]string{profile.SVG: "image/svg+xml", profile.PNG: "image/png"} {
				r := s.client().get(p.Path(ending))
				if r.status != http.StatusOK || r.header.Get("Content-Type") != kind || r.header.Get("Cross-Origin-Resource-Policy") != "cross-origin" ||
					!strings.Contains(r.header.Get("Cache-Control"), "immutable") || r.header.Get("Set-Cookie") != "" {
					t.Errorf("%s: %d %v", p.Path(ending), r.status, r.header)
				}
				if ending == profile.SVG {
					if !strings.HasPrefix(r.body, "<svg ") || strings.Contains(r.body, "АL") != (p.Letters != "") {
						t.Errorf("%s: %s", p.Path(ending), r.body)
					}
					continue
				}
				if img, err := png.Decode(bytes.NewReader([]byte(r.body))); err != nil || img.Bounds().Dx() != defaultSide || img.Bounds().Dy() != defaultSide {
					t.Errorf("%s: %v", p.Path(ending), err)
				}
			}
		}
		for _, path := range []string{"/public/initials/9-A.svg", "/public/initials/0-a.png", "/public/initials/0-A.jpg", "/public/pattern/0-ffff.svg", "/public/pattern/0-A.png"} {
			if r := s.client().get(path); r.status != http.StatusNotFound {
				t.Errorf("%s: %d", path, r.status)
			}
		}
	})
}
