package handlers

import (
	"bytes"
	"container/list"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"nameplate/db"
	"nameplate/db/dbtest"
	"nameplate/internal/account"
	"nameplate/internal/profile"
)

func TestDrawingsAreKeptWithinBounds(t *testing.T) {
	d := &drawn{at: map[string]*list.Element{}}
	size := drawnMost / 10
	for i := range 25 {
		d.put(fmt.Sprint(i), bytes.Repeat([]byte{byte(i)}, size))
		d.get("0") // somebody always asks for this one
	}
	if data, ok := d.get("0"); !ok || len(data) != size || data[0] != 0 {
		t.Error("what is asked for often went")
	}
	if _, ok := d.get("5"); ok {
		t.Error("what was not asked for stayed")
	}
	d.put("0", []byte("another"))
	if data, _ := d.get("0"); len(data) != size {
		t.Error("a name came to mean something else")
	}
	if len(d.at) != d.used.Len() || len(d.at) > 10 || d.bytes > drawnMost || d.bytes != len(d.at)*size {
		t.Errorf("%d names, %d in order, %d bytes", len(d.at), d.used.Len(), d.bytes)
	}
	d.put("huge", make([]byte, drawnMost+1))
	if len(d.at) != 0 || d.bytes != 0 {
		t.Errorf("%d names, %d bytes", len(d.at), d.bytes)
	}
}

// TestAFloodOfAvatars asks for every size at once, by many: all are answered, and the memory stays small.
func TestAFloodOfAvatars(t *testing.T) {
	d := dbtest.SQLite(t)
	f := newForge(t, d)
	for i := range 3 {
		name := fmt.Sprintf("person%d", i)
		u := f.withPicture(f.add(name), uint8(40*i))
		_, err := d.SetAvatarPublic(t.Context(), db.Author{}, u.ID, true)
		must(t, err)
	}
	runtime.GC()
	var before, now runtime.MemStats
	runtime.ReadMemStats(&before)
	var highest atomic.Uint64
	var wg sync.WaitGroup
	for asker := range 60 {
		wg.Go(func() {
			random := rand.New(rand.NewPCG(1, uint64(asker)))
			for range 8 {
				hash := account.AvatarHashes(fmt.Sprintf("person%d@example.org", random.IntN(6)))[random.IntN(2)]
				r, err := http.Get(fmt.Sprintf("%s/avatar/%s?s=%d", f.base, hash, 1+random.IntN(avatarMost)))
				if err != nil || r.StatusCode != http.StatusOK {
					t.Errorf("%v, %v", r, err)
					return
				}
				_ = r.Body.Close()
				var m runtime.MemStats
				runtime.ReadMemStats(&m)
				for seen := highest.Load(); m.HeapInuse > seen && !highest.CompareAndSwap(seen, m.HeapInuse); seen = highest.Load() {
				}
			}
		})
	}
	wg.Wait()
	runtime.GC()
	runtime.ReadMemStats(&now)
	if grown := int64(highest.Load()) - int64(before.HeapInuse); grown > 150<<20 {
		t.Errorf("it took %d MB more", grown>>20)
	}
	if grown := int64(now.HeapAlloc) - int64(before.HeapAlloc); grown > 20<<20 {
		t.Errorf("%d MB stay", grown>>20)
	}
}

// TestABrokenSquareIsNobodys: what stands for it is shown, and the log tells.
func TestABrokenSquareIsNobodys(t *testing.T) {
	withForge(t, func(t *testing.T, f forge) {
		ada := f.withPicture(f.add("ada"), 200)
		f.as(ada).agrees(true)
		for _, size := range profile.PictureSizes {
			must(t, os.WriteFile(f.dir+"/profile_pics/"+profile.PictureFile{Name: f.pictureOf(ada), Size: size}.String(), []byte("broken"), 0o644))
		}
		if s := f.shows("ada@example.org", "?s=70"); s.status != http.StatusOK || s.format != "png" || !strings.Contains(f.log.String(), "can't be read") {
			t.Errorf("%d, %s", s.status, s.format)
		}
	})
}
