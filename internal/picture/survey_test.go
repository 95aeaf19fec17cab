package picture

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/jpeg"
	"io"
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"testing"

	"nameplate/internal/profile"
)

func TestSurvey(t *testing.T) {
	eachStore(t, func(t *testing.T, s *Store, b behind) {
		ctx, key := t.Context(), "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
		must(t, errors.Join(s.Put(ctx, picture("a")), s.Put(ctx, picture("b")), s.PutFile(ctx, key+"/cv.txt", []byte("a life"))))
		before := strings.Repeat("e", nameLen)
		b.write("profile_pics/"+before+"-96.jpg", "one of three")
		b.remove(fileName(pictureName("b"), 48))
		strays := []string{"profile_pics/notes.txt", "profile_pics/" + pictureName("d") + "-97.jpg", "profile_pics/" + before + "-48.jpg", "files/notes.txt", "tmp/half-written"}
		for _, path := range strays {
			b.write(path, "x")
			if path == "tmp/half-written" {
				b.age(path)
			}
		}
		b.write("tmp/being-written", "x")
		found, err := s.Survey(ctx)
		must(t, err)
		whole := Expected(pictureName("a"))
		if len(found.Pictures) != 3 || found.Pictures[pictureName("a")] != whole || found.Pictures[pictureName("b")] != whole-1 || found.Pictures[before] != 1 || Expected(before) != 3 {
			t.Errorf("pictures are %v", found.Pictures)
		}
		slices.Sort(found.Strays)
		slices.Sort(strays)
		if len(found.Files) != 1 || !found.Files[key] || !slices.Equal(found.Strays, strays) {
			t.Errorf("files are %v, strays %v", found.Files, found.Strays)
		}
		for name, want := range map[string]string{
			pictureName("a"): "", pictureName("b"): "48", before: "192 384", pictureName("c"): "whole 48 48.webp 96 96.webp 192 192.webp 384 384.webp 768 768.webp", key + "/other.txt": "", strings.Repeat("Z", keyLength) + "/cv.txt": "file", "none": "",
		} {
			if missing, err := s.Missing(ctx, name); strings.Join(missing, " ") != want || err != nil {
				t.Errorf("missing of %s: %v, %v", name, missing, err)
			}
		}
		for _, path := range found.Strays {
			must(t, s.RemoveStray(ctx, path))
		}
		for _, path := range []string{fileName(pictureName("a"), 96), "files/" + key, "tmp/../files/" + key, "secret", "../secret", "profile_pics/../secret"} {
			if err := s.RemoveStray(ctx, path); err == nil {
				t.Errorf("%s is taken for a stray", path)
			}
		}
		if again, err := s.Survey(ctx); err != nil || len(again.Strays) != 0 || len(again.Pictures) != 3 {
			t.Errorf("after the strays are removed: %v, %v", again, err)
		}
		stopped, stop := context.WithCancel(ctx)
		stop()
		if half, err := s.Survey(stopped); !errors.Is(err, context.Canceled) {
			t.Errorf("half a list is taken for a whole one: %v, %v", half, err)
		}
	})
}

func TestMend(t *testing.T) {
	eachStore(t, func(t *testing.T, s *Store, b behind) {
		ctx, r := t.Context(), NewReader(1)
		sent, err := r.ReadFramed(ctx, photograph(t), profile.Frame{X: 300, Y: 500, Zoom: 200})
		must(t, err)
		sent, err = r.Reframe(ctx, sent.Whole, profile.Frame{X: 300, Y: 500, Zoom: 200}) // from the whole, as what is missing will be
		must(t, err)
		at := func(size int) string { return fileName(sent.Name, size) }
		for outcome, missing := range map[string][]string{
			"a small one": {at(48)}, "a small one as WebP": {webpName(sent.Name, 48)}, "a large one and a middle one": {at(768), at(192)}, "all squares": {at(48), at(96), at(192), at(384), at(768)},
			"the whole": {wholeName(sent.Name)}, "the whole and some": {wholeName(sent.Name), at(768), at(48)}, "nothing": nil,
		} {
			must(t, s.Put(ctx, sent))
			for _, path := range missing {
				b.remove(path)
			}
			must(t, s.Mend(ctx, r, sent.Name))
			if left, err := s.Missing(ctx, sent.Name); len(left) > 0 || err != nil {
				t.Errorf("%s: %v is still missing, %v", outcome, left, err)
			}
			withWhole := !slices.Contains(missing, wholeName(sent.Name))
			for path, content := range sent.files() {
				file, err := s.open(ctx, path)
				must(t, err)
				got, err := io.ReadAll(file)
				must(t, errors.Join(err, file.Close()))
				if same := bytes.Equal(got, content); !same && (withWhole || !slices.Contains(missing, path)) {
					t.Errorf("%s: %s is another", outcome, path)
				}
				if strings.HasSuffix(path, ".webp") {
					continue
				}
				config, err := jpeg.DecodeConfig(bytes.NewReader(got))
				must(t, err)
				if part := partOf(path); part != "whole" && part != strconv.Itoa(config.Width) {
					t.Errorf("%s: %s is %d wide", outcome, path, config.Width)
				}
			}
		}
		must(t, s.Remove(ctx, sent.Name))
		b.write(at(384), "no picture at all")
		for _, name := range []string{sent.Name, pictureName("z"), "ABCDEFGHIJKLMNOPQRSTUVWXYZ/cv.txt"} {
			if err := s.Mend(ctx, r, name); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

func TestMendOfOneFromBefore(t *testing.T) {
	eachStore(t, func(t *testing.T, s *Store, b behind) {
		before := strings.Repeat("e", nameLen)
		b.write(fileName(before, 192), string(photograph(t)))
		must(t, s.Mend(t.Context(), NewReader(1), before))
		if got := b.paths(); len(got) != 3 {
			t.Errorf("there are %v", got)
		}
	})
}

// photograph is a JPEG of 900 by 700 pixels.
func photograph(t *testing.T) []byte {
	t.Helper()
	var file bytes.Buffer
	img := image.NewRGBA(image.Rect(0, 0, 900, 700))
	for i := range img.Pix {
		img.Pix[i] = byte(i / 13)
	}
	must(t, jpeg.Encode(&file, img, nil))
	return file.Bytes()
}
