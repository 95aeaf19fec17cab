package e2e

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"nameplate/internal/profile"
)

// The colours of a photograph's quarters as its camera wrote them: top left, top right, bottom left, bottom right.
var quarters = [4]color.RGBA{{200, 40, 40, 255}, {40, 160, 60, 255}, {40, 60, 200, 255}, {220, 190, 60, 255}}

// photograph is what a phone makes: 12 megapixels, lying on its side (orientation 6: turn it right to see it upright),
// with the place where it was taken.
var photograph = sync.OnceValue(func() []byte { return photo(4000, 3000) })

// snapshot is a small photograph for where many are sent; each seed gives another one.
func snapshot(seed uint64) []byte {
	img := drawn(320, 240)
	grain := rand.New(rand.NewPCG(seed, 7))
	for range 400 {
		img.Y[grain.IntN(len(img.Y))] += uint8(grain.IntN(8))
	}
	return withExif(encoded(img))
}

func photo(width, height int) []byte { return withExif(encoded(drawn(width, height))) }

// drawn fills the quarters of a picture, with some grain so that it weighs what a photograph does.
func drawn(width, height int) *image.YCbCr {
	img := image.NewYCbCr(image.Rect(0, 0, width, height), image.YCbCrSubsampleRatio420)
	grain := uint32(1)
	for y := range height {
		for half := range 2 {
			c := quarters[y*2/height*2+half]
			l, cb, cr := color.RGBToYCbCr(c.R, c.G, c.B)
			row := img.Y[y*img.YStride+half*width/2:][:width/2]
			for x := range row {
				grain = grain*1664525 + 1013904223
				row[x] = l + uint8(grain>>29)
			}
			if y%2 == 0 {
				at := y/2*img.CStride + half*width/4
				for x := range width / 4 {
					img.Cb[at+x], img.Cr[at+x] = cb, cr
				}
			}
		}
	}
	return img
}

func encoded(img image.Image) []byte {
	var out bytes.Buffer
	if err := jpeg.Encode(&out, img, &jpeg.Options{Quality: 85}); err != nil {
		panic(err) // a buffer takes everything
	}
	return out.Bytes()
}

// withExif puts the metadata of a phone behind the first marker of a JPEG: orientation 6 and a place (GPS).
func withExif(plain []byte) []byte {
	order := binary.BigEndian
	tiff := []byte{'M', 'M', 0, 42, 0, 0, 0, 8}
	entry := func(tag, kind uint16, count, value uint32) {
		tiff = order.AppendUint16(tiff, tag)
		tiff = order.AppendUint16(tiff, kind)
		tiff = order.AppendUint32(tiff, count)
		tiff = order.AppendUint32(tiff, value)
	}
	tiff = order.AppendUint16(tiff, 3)
	entry(0x0110, 2, 4, 'P'<<24|'X'<<16|'9'<<8) // model
	entry(0x0112, 3, 1, 6<<16)                  // orientation
	entry(0x8825, 4, 1, 50)                     // where the GPS part begins: 8 + 2 + 3*12 + 4
	tiff = order.AppendUint32(tiff, 0)
	tiff = order.AppendUint16(tiff, 2)
	entry(1, 2, 2, 'N'<<24)
	entry(2, 5, 3, 80) // 50 + 2 + 2*12 + 4
	tiff = order.AppendUint32(tiff, 0)
	for _, n := range []uint32{52, 1, 31, 1, 12, 1} {
		tiff = order.AppendUint32(tiff, n)
	}
	body := append([]byte("Exif\x00\x00"), tiff...)
	segment := order.AppendUint16([]byte{0xff, 0xe1}, uint16(len(body)+2))
	out := append(append([]byte{}, plain[:2]...), segment...)
	return append(append(out, body...), plain[2:]...)
}

// file writes a picture where a browser can choose it.
func file(t testing.TB, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// checkPictures fetches all sizes of a stored picture and compares them with the photograph they come from.
func checkPictures(t testing.TB, c *client, name string) {
	t.Helper()
	for _, size := range profile.PictureSizes {
		path := picturePath(name, size)
		a := c.get(path)
		if a.status != 200 || a.header.Get("Content-Type") != "image/jpeg" {
			t.Errorf("%s: status %d, %s", path, a.status, a.header.Get("Content-Type"))
			continue
		}
		for _, trace := range []string{"Exif", "PX9", "http://ns.adobe.com"} {
			if bytes.Contains([]byte(a.body), []byte(trace)) {
				t.Errorf("%s still holds metadata: %s", path, trace)
			}
		}
		img, err := jpeg.Decode(bytes.NewReader([]byte(a.body)))
		if err != nil || img.Bounds().Dx() != size || img.Bounds().Dy() != size {
			t.Errorf("%s: %v, error %v; want a square of %d", path, img.Bounds(), err, size)
			continue
		}
		// Turned right, the left column of the camera's picture becomes the top row.
		for i, want := range []color.RGBA{quarters[2], quarters[0], quarters[3], quarters[1]} {
			x, y := size/4+i%2*size/2, size/4+i/2*size/2
			if !near(img.At(x, y), want) {
				t.Errorf("%s: the colour at %d,%d is %v, want about %v: it is not upright", path, x, y, img.At(x, y), want)
			}
		}
	}
}

func near(got color.Color, want color.RGBA) bool {
	r, g, b, _ := got.RGBA()
	for _, pair := range [][2]int{{int(r >> 8), int(want.R)}, {int(g >> 8), int(want.G)}, {int(b >> 8), int(want.B)}} {
		if d := pair[0] - pair[1]; d < -24 || d > 24 {
			return false
		}
	}
	return true
}

// picturePath is where the site serves one size of a picture.
func picturePath(name string, size int) string {
	return fmt.Sprintf("/uploads/profile_pics/%s-%d.jpg", name, size)
}

// webpPath is where browsers find the same as WebP.
func webpPath(name string, size int) string {
	return fmt.Sprintf("/uploads/profile_pics/%s-%d.webp", name, size)
}
