package main

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"net/http"
	"net/url"
	"path/filepath"
)

// upload sends a photograph of 12 megapixels, again and again.
func (b *bench) upload() error {
	c, err := b.root(b.crowd)
	if err != nil {
		return err
	}
	var took []float64
	for i := range min(b.asks, 9) {
		one, err := c.put(http.StatusSeeOther, "/settings/profile/profile_pic", "profile_pic", photograph(uint8(i)))
		if err != nil {
			return err
		}
		took = append(took, milliseconds(one))
	}
	b.table.note("a photograph of 12 megapixels, from sending to stored", median(took), " ms")
	return nil
}

// photograph draws 12 megapixels with enough grain to weigh what a photograph does.
func photograph(shade uint8) []byte {
	img := image.NewYCbCr(image.Rect(0, 0, 4000, 3000), image.YCbCrSubsampleRatio420)
	grain := uint32(1)
	for i := range img.Y {
		grain = grain*1664525 + 1013904223
		img.Y[i] = uint8(i>>15) + uint8(grain>>28)
	}
	_, cb, cr := color.RGBToYCbCr(shade*20, 120, 90)
	for i := range img.Cb {
		img.Cb[i], img.Cr[i] = cb, cr
	}
	var out bytes.Buffer
	_ = jpeg.Encode(&out, img, nil) // a buffer takes everything
	return out.Bytes()
}

// logins compares how long an unknown name and a wrong password take, by turns.
func (b *bench) logins() error {
	c := newClient(b.crowd.url)
	var unknown, wrong []float64
	for i := range b.plan.logins {
		for _, try := range []struct {
			name string
			into *[]float64
		}{{fmt.Sprintf("nobody%07d", i), &unknown}, {fmt.Sprintf("person%07d", i+1), &wrong}} {
			took, err := c.post(http.StatusUnprocessableEntity, "/login", url.Values{"username": {try.name}, "password": {"not the password"}})
			if err != nil {
				return err
			}
			*try.into = append(*try.into, milliseconds(took))
		}
	}
	b.table.note("log in with a wrong password", median(wrong), " ms")
	b.table.most("  how far an unknown name is from it", max(median(wrong)-median(unknown), median(unknown)-median(wrong)), 5, " ms")
	return nil
}

// memory loads the crowd's server once more with everything, and weighs it.
func (b *bench) memory() error {
	admin, err := b.root(b.crowd)
	if err != nil {
		return err
	}
	if _, err := b.wrk(b.crowd.url+"/@person0000007", filepath.Join(b.dir, "random.lua")); err != nil {
		return err
	}
	if _, err := b.wrk(b.crowd.url+"/register", ""); err != nil {
		return err
	}
	if _, _, err := admin.get(people); err != nil {
		return err
	}
	now, err := b.crowd.resident("VmRSS")
	if err != nil {
		return err
	}
	peak, err := b.crowd.resident("VmHWM")
	if err != nil {
		return err
	}
	b.table.most("resident memory after all of it", now, 120, " MB")
	b.table.note("  the most it was at any moment", peak, " MB")
	return nil
}
