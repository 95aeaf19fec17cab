package picture

import (
	"encoding/xml"
	"io"
	"math"
	"strconv"
	"strings"
	"testing"

	"nameplate/internal/profile"
)

func TestDefaultSVGsAreGoodXML(t *testing.T) {
	for _, letters := range []string{"A", "ÄL", "<&", "字", ""} {
		svg := string(DefaultSVG(profile.DefaultPicture{Letters: letters, Shade: 3, Cells: 0x5a5a}))
		text := ""
		for d := xml.NewDecoder(strings.NewReader(svg)); ; {
			token, err := d.Token()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatalf("%s: %v in %s", letters, err, svg)
			}
			if data, ok := token.(xml.CharData); ok {
				text += strings.TrimSpace(string(data))
			}
		}
		if text != letters || strings.Contains(svg, "style") {
			t.Errorf("%s is drawn as %s", letters, svg)
		}
	}
}

func TestEveryShadeCanBeRead(t *testing.T) {
	for i, s := range shades {
		if ratio := contrast(t, s.paper, s.ink); ratio < 4.5 {
			t.Errorf("shade %d has a contrast of %.1f", i, ratio)
		}
		if !strings.Contains(string(DefaultSVG(profile.DefaultPicture{Letters: "A", Shade: i})), s.paper) {
			t.Errorf("shade %d isn't drawn", i)
		}
	}
}

// contrast is the ratio of WCAG 2.
func contrast(t *testing.T, a, b string) float64 {
	luminance := func(hex string) float64 {
		sum := 0.0
		for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
			n, err := strconv.ParseUint(hex[1+2*i:3+2*i], 16, 8)
			if err != nil {
				t.Fatal(err)
			}
			v := float64(n) / 255
			if v <= 0.04045 {
				v /= 12.92
			} else {
				v = math.Pow((v+0.055)/1.055, 2.4)
			}
			sum += weight * v
		}
		return sum + 0.05
	}
	return max(luminance(a), luminance(b)) / min(luminance(a), luminance(b))
}
