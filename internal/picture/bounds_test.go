package picture

import (
	"context"
	"errors"
	"image"
	"runtime"
	"runtime/debug"
	"sync"
	"testing"
	"time"
)

func TestReadStopsWithItsContext(t *testing.T) {
	r := NewReader(1)
	if err := r.gate.Acquire(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	_, err := r.Read(ctx, asPNG(t, image.NewRGBA(image.Rect(0, 0, 4, 4))))
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v", err)
	}
}

func TestAdmitLetsInTwiceAsManyAsAreDecoded(t *testing.T) {
	r := NewReader(2)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	var last func()
	for range 4 {
		leave, err := r.Admit(ctx)
		if err != nil {
			t.Fatal(err)
		}
		last = leave
	}
	if _, err := r.Admit(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("one too many: %v", err)
	}
	last()
	if _, err := r.Admit(t.Context()); err != nil {
		t.Errorf("once another has left: %v", err)
	}
}

func TestManyAtOnceStayBounded(t *testing.T) {
	img := image.NewRGBA(image.Rect(0, 0, 1200, 900))
	quarters(img)
	data := asJPEG(t, img)
	r := NewReader(2)
	defer debug.SetMemoryLimit(debug.SetMemoryLimit(80 << 20)) // as the server has it
	runtime.GC()                                               // what other tests have left
	stop, peak := watchHeap()
	var all sync.WaitGroup
	for range uploads {
		all.Go(func() {
			if _, err := r.Read(t.Context(), data); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	stop()
	t.Logf("peak heap %d MB", *peak>>20)
	if *peak > 100<<20 {
		t.Errorf("%d pictures at once took %d MB", uploads, *peak>>20)
	}
}

// watchHeap samples the heap until it is stopped.
func watchHeap() (stop func(), peak *uint64) {
	peak = new(uint64)
	end, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		for {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			*peak = max(*peak, m.HeapInuse)
			select {
			case <-end:
				return
			case <-time.After(2 * time.Millisecond):
			}
		}
	}()
	return func() { close(end); <-ended }, peak
}

func BenchmarkTwelveMegapixels(b *testing.B) {
	img := image.NewRGBA(image.Rect(0, 0, 4000, 3000))
	for i := range img.Pix {
		img.Pix[i] = uint8(i*7>>8^i>>14) | 3
	}
	data := asJPEG(b, img)
	r := NewReader(2)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := r.Read(b.Context(), data); err != nil {
			b.Fatal(err)
		}
	}
}
