package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"math"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"time"

	"nameplate/internal/picture"
	"nameplate/internal/profile"
)

// atOnce is how many send a photograph at once.
const atOnce = 50

// photographs draws a photograph of 12 megapixels into all that is kept of it, by turns with vipsthumbnail, which writes the same from the
// same file. It has to be started for each size. Each time all is written to a directory.
func (b *bench) photographs() error {
	dir := filepath.Join(b.dir, "photographs")
	store, err := picture.Open(context.Background(), filepath.Join(dir, "uploads"))
	if err != nil {
		return err
	}
	defer store.Close()
	data := photograph(1)
	file := filepath.Join(dir, "photograph.jpg")
	if err := os.WriteFile(file, data, 0o600); err != nil {
		return err
	}
	reader := picture.NewReader(2)
	draw := func() error {
		p, err := reader.Read(context.Background(), data)
		if err == nil {
			err = store.Put(context.Background(), p)
		}
		return err
	}
	var ours, each, chained []float64
	for range min(b.asks, 9) {
		for _, side := range []struct {
			into *[]float64
			do   func() error
		}{
			{&ours, draw},
			{&each, func() error { return thumbnails(dir, file, func(string) string { return file }) }},
			{&chained, func() error { return thumbnails(dir, file, func(last string) string { return last }) }},
		} {
			begin := time.Now()
			if err := side.do(); err != nil {
				return err
			}
			*side.into = append(*side.into, milliseconds(time.Since(begin)))
		}
	}
	b.table.most("a photograph of 12 megapixels into all its sizes", median(ours), 1.5*median(each), " ms")
	b.table.note("  vipsthumbnail, each size from the photograph", median(each), " ms")
	b.table.most("  and beside vipsthumbnail, each size from the one before", median(ours), 1.5*median(chained), " ms")
	b.table.note("  vipsthumbnail, each size from the one before", median(chained), " ms")
	return nil
}

// thumbnails lets vipsthumbnail draw the whole and the squares of a photograph. From says of which file it draws the next one, when the last
// it has drawn is this.
func thumbnails(dir, file string, from func(last string) string) error {
	thumbnail := func(name, quality string, args ...string) error {
		out := filepath.Join(dir, name) + "[strip,Q=" + quality + "]"
		if text, err := exec.Command("vipsthumbnail", append([]string{from(file), "-o", out}, args...)...).CombinedOutput(); err != nil {
			return fmt.Errorf("vipsthumbnail: %w\n%s", err, text)
		}
		return nil
	}
	if err := thumbnail("whole.jpg", "88", "--size", fmt.Sprintf("%dx%d>", profile.WholeMax, profile.WholeMax)); err != nil {
		return err
	}
	file = filepath.Join(dir, "whole.jpg")
	for i := len(profile.PictureSizes) - 1; i >= 0; i-- {
		side := fmt.Sprint(profile.PictureSizes[i])
		square := []string{"--size", side + "x" + side, "--smartcrop", "centre"}
		if err := errors.Join(thumbnail(side+".webp", "80", square...), thumbnail(side+".jpg", "82", square...)); err != nil {
			return err
		}
		file = filepath.Join(dir, side+".jpg")
	}
	return nil
}

// uploads sends photographs to servers that have done nothing else, and weighs them.
func (b *bench) uploads() error {
	var photos [5][]byte
	for i := range photos {
		photos[i] = photograph(uint8(i))
	}
	for _, row := range []struct {
		n    int
		most float64
	}{{1, 120}, {atOnce, 300}} {
		p, err := b.newProcess(fmt.Sprintf("uploads-%d", row.n))
		if err != nil {
			return err
		}
		if err := p.start(); err != nil {
			return err
		}
		took, err := register(p, row.n, photos[:])
		if err != nil {
			return err
		}
		peak, err := p.resident("VmHWM")
		if err != nil {
			return err
		}
		p.stop()
		b.table.note(fmt.Sprintf("register with a photograph of 12 megapixels, %d at once, until the last is done", row.n), milliseconds(took), " ms")
		b.table.most("  the most memory at any moment", peak, row.most, " MB")
	}
	return nil
}

// register makes n accounts at once, each with a photograph.
func register(p *process, n int, photos [][]byte) (time.Duration, error) {
	var all sync.WaitGroup
	failed := make(chan error, n)
	begin := time.Now()
	for i := range n {
		all.Go(func() {
			_, err := newClient(p.url).put(http.StatusSeeOther, "/register", "profile_pic", photos[i%len(photos)], map[string]string{
				"username": fmt.Sprintf("person%d", i), "email": fmt.Sprintf("person%d@example.org", i), "password": rootPassword,
			})
			if err != nil {
				failed <- err
			}
		})
	}
	all.Wait()
	took := time.Since(begin)
	close(failed)
	return took, <-failed
}

// photograph draws 12 megapixels with soft and sharp edges and enough grain to weigh what a photograph does.
func photograph(shade uint8) []byte {
	img := image.NewYCbCr(image.Rect(0, 0, 4000, 3000), image.YCbCrSubsampleRatio420)
	grain := uint32(1)
	for i := range img.Y {
		grain = grain*1664525 + 1013904223
		x, y := float64(i%img.YStride), float64(i/img.YStride)
		light := 110 + 60*math.Sin(x/311)*math.Cos(y/257) + 30*math.Sin((x+y)/23)*math.Sin(y/411)
		if math.Mod(x*y/9e4, 7) < 1 {
			light += 40
		}
		img.Y[i] = uint8(light) + uint8(grain>>28)
	}
	_, cb, cr := color.RGBToYCbCr(shade*20, 120, 90)
	for i := range img.Cb {
		img.Cb[i], img.Cr[i] = cb+uint8(i>>16), cr-uint8(i>>17)
	}
	var out bytes.Buffer
	_ = jpeg.Encode(&out, img, &jpeg.Options{Quality: 92}) // a buffer takes everything
	return out.Bytes()
}
