package profile_test

import (
	"errors"
	"image"
	"strings"
	"testing"

	"nameplate/internal/form"
	"nameplate/internal/profile"
)

func TestFramesAreReadAsFormsSendThem(t *testing.T) {
	for _, row := range []struct {
		focus, zoom string
		want        profile.Frame
	}{
		{"0,0", "100", profile.Frame{X: 0, Y: 0, Zoom: 100}},
		{"100,100", "400", profile.Frame{X: 1000, Y: 1000, Zoom: 400}},
		{"50,33.3", "125", profile.Frame{X: 500, Y: 333, Zoom: 125}},
		{"7.5,0.1", "399", profile.Frame{X: 75, Y: 1, Zoom: 399}},
	} {
		got, err := profile.ParseFrame(row.focus, row.zoom)
		if err != nil || got != row.want {
			t.Errorf("%s %s: %v %v", row.focus, row.zoom, got, err)
		}
		if got.Focus() != row.focus {
			t.Errorf("%s is written %s", row.focus, got.Focus())
		}
	}
	for _, row := range [][2]string{
		{"", ""}, {"50,50", ""}, {"", "100"}, {"50", "100"}, {"50,50,50", "100"}, {"101,50", "100"}, {"50,100.1", "100"}, {"-1,50", "100"}, {"50,-0", "100"},
		{"50;50", "100"}, {" 50,50", "100"}, {"5e1,50", "100"}, {"50.25,50", "100"}, {"50,50", "99"}, {"50,50", "401"}, {"50,50", "0100"}, {"50,50", "1e2"},
		{"50,50", "100%"}, {"NaN,NaN", "NaN"}, {"٥٠,٥٠", "100"}, {"50,50\n", "100"}, {strings.Repeat("9", 5000) + ",1", "100"},
	} {
		_, err := profile.ParseFrame(row[0], row[1])
		if _, ok := errors.AsType[form.Message](err); !ok {
			t.Errorf("%.40q %q: %v", row[0], row[1], err)
		}
	}
}

func TestSquaresStayInThePicture(t *testing.T) {
	for _, row := range []struct {
		width, height int
		frame         profile.Frame
		want          image.Rectangle
	}{
		{400, 300, profile.Frame{X: 500, Y: 500, Zoom: 100}, image.Rect(50, 0, 350, 300)},
		{400, 300, profile.Frame{X: 0, Y: 0, Zoom: 100}, image.Rect(0, 0, 300, 300)},
		{400, 300, profile.Frame{X: 1000, Y: 1000, Zoom: 200}, image.Rect(250, 150, 400, 300)},
		{300, 400, profile.Frame{X: 500, Y: 500, Zoom: 400}, image.Rect(113, 163, 188, 238)},
		{1, 1, profile.Frame{X: 500, Y: 500, Zoom: 400}, image.Rect(0, 0, 1, 1)},
		{2048, 1, profile.Frame{X: 1000, Y: 0, Zoom: 100}, image.Rect(2047, 0, 2048, 1)},
	} {
		if got := row.frame.Square(row.width, row.height); got != row.want {
			t.Errorf("%d × %d, %v: %v, want %v", row.width, row.height, row.frame, got, row.want)
		}
	}
	for zoom := profile.ZoomMin; zoom <= profile.ZoomMax; zoom += 7 {
		for at := 0; at <= 1000; at += 13 {
			f := profile.Frame{X: at, Y: 1000 - at, Zoom: zoom}
			for _, size := range []image.Point{{1, 1}, {3, 2}, {1999, 2048}, {2048, 17}} {
				got := f.Square(size.X, size.Y)
				if !got.In(image.Rectangle{Max: size}) || got.Empty() || got.Dx() != got.Dy() {
					t.Fatalf("%v of %v: %v", f, size, got)
				}
			}
		}
	}
}

func TestGoodFrames(t *testing.T) {
	for size, want := range map[image.Point]image.Rectangle{
		{400, 300}: image.Rect(50, 0, 350, 300), // in the middle
		{300, 300}: image.Rect(0, 0, 300, 300),
		{300, 400}: image.Rect(0, 25, 300, 325), // above it
		{300, 900}: image.Rect(0, 150, 300, 450),
	} {
		if got := profile.GoodFrame(size.X, size.Y).Square(size.X, size.Y); got != want {
			t.Errorf("%v: %v, want %v", size, got, want)
		}
	}
}

func TestNamesOfPicturesAreReadBack(t *testing.T) {
	content, blur := strings.Repeat("a2", 16), strings.Repeat("0fc", 9)
	name := profile.PictureName(content, profile.Frame{X: 0, Y: 437, Zoom: 125}, blur)
	p, ok := profile.ParsePictureName(name)
	if !ok || p.Frame != (profile.Frame{X: 0, Y: 437, Zoom: 125}) || p.Blur != blur || !p.Whole || len(p.Sizes()) != len(profile.PictureSizes) {
		t.Errorf("%s: %+v %v", name, p, ok)
	}
	if before, ok := profile.ParsePictureName(content); !ok || before.Whole || before.Blur != "" || len(before.Sizes()) != 3 {
		t.Errorf("%s: %+v %v", content, before, ok)
	}
	for _, bad := range []string{
		"", content[1:], content + "a", strings.ToUpper(content), content + "-500-500-100", content + "-500-500-100-" + blur + "0", content + "-1001-500-100-" + blur,
		content + "-500-500-99-" + blur, content + "-500-500-401-" + blur, content + "-0500-500-100-" + blur, content + "-500-500-100-" + strings.ToUpper(blur),
		content + "-500-500-100-" + blur + "\n", "../" + name, name + "/x",
	} {
		if _, ok := profile.ParsePictureName(bad); ok {
			t.Errorf("%q is taken for a name", bad)
		}
	}
}

func TestFilesOfPicturesAreReadBack(t *testing.T) {
	content := strings.Repeat("a2", 16)
	framed := profile.PictureName(content, profile.Frame{X: 500, Y: 500, Zoom: 100}, strings.Repeat("0fc", 9))
	for file, want := range map[string]profile.PictureFile{
		framed + "-48.jpg":   {Name: framed, Size: 48},
		framed + "-768.webp": {Name: framed, Size: 768, WebP: true},
		content + "-96.jpg":  {Name: content, Size: 96},
	} {
		if got, ok := profile.ParsePictureFile(file); !ok || got != want || got.Path() != "/uploads/profile_pics/"+file {
			t.Errorf("%s: %+v %v", file, got, ok)
		}
	}
	for _, bad := range []string{
		"", "-48.jpg", framed, framed + ".jpg", framed + "-48", framed + "-48.png", framed + "-48.JPG", framed + "-48.webp.jpg", framed + "-048.jpg", framed + "-+48.jpg",
		framed + "-97.jpg", framed + "-whole.jpg", framed + "--48.jpg", content + "-48.jpg", content + "-768.jpg", content + "-96.webp", "../" + framed + "-48.jpg",
	} {
		if f, ok := profile.ParsePictureFile(bad); ok {
			t.Errorf("%q is taken for %+v", bad, f)
		}
	}
}

func TestPicturePathsAreOfSizesThatAreThere(t *testing.T) {
	content := strings.Repeat("a2", 16)
	framed := profile.PictureName(content, profile.Frame{X: 500, Y: 500, Zoom: 100}, strings.Repeat("0fc", 9))
	for _, row := range []struct {
		name       string
		size, want int
	}{
		{framed, 1, 48}, {framed, 48, 48}, {framed, 49, 96}, {framed, 768, 768}, {framed, 2000, 768}, {content, 48, 96}, {content, 192, 192}, {content, 768, 384},
	} {
		want := "/uploads/profile_pics/" + row.name + "-" + map[int]string{48: "48", 96: "96", 192: "192", 384: "384", 768: "768"}[row.want] + ".jpg"
		if got := profile.PicturePath(row.name, row.size); got != want {
			t.Errorf("%d: %s, want %s", row.size, got, want)
		}
	}
}
