package picture

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

func TestOnlySoManyDrawAtOnce(t *testing.T) {
	r := NewReader(2)
	var at, most atomic.Int64
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			_, err := r.Draw(t.Context(), func() ([]byte, error) {
				n := at.Add(1)
				for seen := most.Load(); n > seen && !most.CompareAndSwap(seen, n); seen = most.Load() {
				}
				time.Sleep(time.Millisecond)
				at.Add(-1)
				return nil, nil
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if most.Load() != 2 {
		t.Errorf("%d at once", most.Load())
	}
	if err := r.gate.Acquire(t.Context(), 2); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	for _, ctx := range []context.Context{ctx, ctx} { // once while it waits, and once when it is over already
		if _, err := r.Draw(ctx, func() ([]byte, error) { t.Error("it draws out of turn"); return nil, nil }); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error %v", err)
		}
	}
}

func TestResize(t *testing.T) {
	square := image.NewRGBA(image.Rect(0, 0, 192, 192))
	for i := range 192 * 192 {
		square.Set(i%192, i/192, color.RGBA{uint8(i % 192), 40, uint8(i / 192), 255})
	}
	data, err := encode(square, squareQuality)
	if err != nil {
		t.Fatal(err)
	}
	for _, size := range []int{1, 2, 80, 191, 193, 512} {
		drawn, err := Resize(data, size)
		if err != nil {
			t.Fatal(err)
		}
		img, err := jpeg.Decode(bytes.NewReader(drawn))
		if err != nil || img.Bounds().Dx() != size || img.Bounds().Dy() != size {
			t.Fatalf("%d pixels are %v, %v", size, img.Bounds(), err)
		}
		if r, g, b, _ := img.At(size*3/4, size/4).RGBA(); size > 2 && (off(r, 144) || off(g, 40) || off(b, 48)) {
			t.Errorf("at %d pixels it is %d, %d, %d", size, r>>8, g>>8, b>>8)
		}
	}
	for name, broken := range map[string][]byte{"nothing": nil, "a part": data[:len(data)/3], "something else": []byte("GIF89a")} {
		if _, err := Resize(broken, 80); err == nil {
			t.Errorf("%s was drawn", name)
		}
	}
}

func off(got uint32, want int) bool { d := int(got>>8) - want; return d < -8 || d > 8 }

func BenchmarkResize(b *testing.B) {
	for _, row := range [][2]int{{96, 80}, {768, 512}} {
		square := image.NewRGBA(image.Rect(0, 0, row[0], row[0]))
		for i := range square.Pix {
			square.Pix[i] = uint8(i * i >> 8)
		}
		data, err := encode(square, squareQuality)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(fmt.Sprintf("%d to %d", row[0], row[1]), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Resize(data, row[1]); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
