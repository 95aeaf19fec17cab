package e2e

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"image/png"
	"testing"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"nameplate/internal/profile"
)

// stripes is an upright picture: red on top, green in the middle, blue below.
func stripes() []byte {
	img := image.NewRGBA(image.Rect(0, 0, 300, 1200))
	for i, colour := range []color.RGBA{{220, 0, 0, 255}, {0, 160, 0, 255}, {0, 0, 220, 255}} {
		draw.Draw(img, image.Rect(0, 400*i, 300, 400*(i+1)), image.NewUniform(colour), image.Point{}, draw.Src)
	}
	return encoded(img)
}

// frame is the frame of the picture that one's own profile shows, and the colour of its middle.
func frame(b *tab) (profile.Frame, string) {
	b.t.Helper()
	stored, ok := profile.ParsePictureName(b.pictureName())
	if !ok {
		b.t.Fatalf("the picture is named %s", b.pictureName())
	}
	c := newClient(b.t, &server{url: b.origin})
	img, err := jpeg.Decode(bytes.NewReader([]byte(c.get(profile.PicturePath(b.pictureName(), 192)).body)))
	if err != nil {
		b.t.Fatal(err)
	}
	red, green, blue, _ := img.At(96, 96).RGBA()
	return stored.Frame, map[uint32]string{red: "red", green: "green", blue: "blue"}[max(red, green, blue)]
}

const pictureRow = "/settings/profile/profile_pic"

// TestFrameWithoutScript chooses the frame by radio buttons, looks at it, and saves it, without ever sending the file again.
func TestFrameWithoutScript(t *testing.T) {
	s := start(t)
	newClient(t, s).register("ada", nil)
	b := openTab(t, s, false)
	b.login("ada", password)
	b.open(pictureRow)
	b.choose("#profile_pic", file(t, "a.jpg", stripes()))
	b.click(".row.open .button")
	b.wait("location.pathname === '/settings/profile'")
	if f, colour := frame(b); f != profile.GoodFrame(300, 1200) || colour != "red" {
		t.Errorf("it begins with %v, which is %s", f, colour)
	}
	b.open(pictureRow)
	b.axeAll("frame")
	b.click(".places label:nth-of-type(8)")
	b.click(".zooms label:nth-of-type(4)")
	b.click("[name=preview]")
	b.wait("document.querySelector('[name=waiting_profile_pic]')?.value && document.querySelector('.picture img').complete")
	b.axe("frame-preview")
	b.click(".row.open form > .actions .button")
	b.wait("location.pathname === '/settings/profile'")
	if f, colour := frame(b); f != (profile.Frame{X: 500, Y: 1000, Zoom: 200}) || colour != "blue" {
		t.Errorf("saved is %v, which is %s", f, colour)
	}
	l := openLynx(t, s, "/login")
	l.fill("", "Username or e-mail", "ada")
	l.fill("", "Password", password)
	l.follow("Password", "Log in")
	l.goTo(pictureRow)
	inOrder(t, l.page, "Picture", "Frame", "The whole picture", "Place", "Top left", "Middle", "Bottom right", "Zoom", "100 %", "400 %", "Save picture", "Preview", "Remove picture")
}

// drag moves the mouse, pressed, from the middle of an element, over spots that are counted from there.
func (b *tab) drag(selector string, over ...spot) {
	b.t.Helper()
	at := eval[[]float64](b, fmt.Sprintf("(e => { e.scrollIntoView({block: 'center'}); const r = e.getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2]; })(document.querySelector(%s))", quote(selector)))
	b.do(chromedp.MouseEvent(input.DispatchMouseEventTypeMousePressed, at[0], at[1], chromedp.ButtonLeft))
	var to spot
	for _, to = range over {
		b.do(chromedp.MouseEvent(input.DispatchMouseEventTypeMouseMoved, at[0]+to.X, at[1]+to.Y, chromedp.ButtonLeft))
	}
	b.do(chromedp.MouseEvent(input.DispatchMouseEventTypeMouseReleased, at[0]+to.X, at[1]+to.Y, chromedp.ButtonLeft))
}

// TestFrameIsDragged goes the same way with the mouse and the keyboard: what is sent are the same numbers.
func TestFrameIsDragged(t *testing.T) {
	s := start(t)
	newClient(t, s).register("ada", nil)
	b := openTab(t, s, true)
	b.login("ada", password)
	b.open("/settings/profile")
	b.mark()
	b.click("#row-profile_pic .edit")
	b.wait("document.querySelector('fieldset.framing').hidden")
	b.choose("#profile_pic", file(t, "a.jpg", stripes()))
	b.wait("document.querySelector('.picture canvas') && document.querySelector('.whole canvas')")
	b.axeAll("frame-chosen")
	if eval[bool](b, "document.querySelector('.whole').matches('.level')") {
		t.Error("a finger that goes up or down over an upright picture scrolls the page")
	}
	// Slowly, and no further than the picture goes: a hand that comes back has to come all of its way.
	b.drag(".whole", spot{Y: 0.2}, spot{Y: 0.4}, spot{Y: 0.6}, spot{Y: 1})
	b.wait("document.querySelector('.own input:checked').value !== '50,31.3'")
	b.drag(".whole", spot{Y: 1000}, spot{Y: 600})
	b.click(".row.open .button")
	b.wait("document.querySelector('#row-profile_pic:not(.open) img')?.complete")
	if f, colour := frame(b); f != (profile.Frame{X: 500, Y: 875, Zoom: 100}) || colour != "blue" {
		t.Errorf("dragged down it is %v, which is %s", f, colour)
	}

	b.click("#row-profile_pic .edit")
	b.wait("document.querySelector('.framing .whole img')?.complete && document.activeElement.id === 'profile_pic'")
	b.tabTo(".whole")
	for range 3 {
		b.press(kb.ArrowUp)
	}
	b.press("+", chromedp.ModifierCtrl) // the browser's own
	b.press("+")
	b.tabTo("[name=zoom]")
	b.press("\r")
	b.wait("document.querySelector('#row-profile_pic:not(.open) img')?.complete")
	if f, _ := frame(b); f != (profile.Frame{X: 500, Y: 845, Zoom: 110}) {
		t.Errorf("moved by keys it is %v", f)
	}
	b.click("#row-profile_pic .edit")
	b.wait("document.querySelector('.framing .whole img')?.complete && document.activeElement.id === 'profile_pic'")
	b.click(".framing summary")
	b.click(".places label:nth-of-type(2)")
	b.click(".row.open .button")
	b.wait("document.querySelector('#row-profile_pic:not(.open) img')?.complete")
	if f, colour := frame(b); f != (profile.Frame{X: 500, Y: 0, Zoom: 110}) || colour != "red" {
		t.Errorf("by one of the nine places it is %v, which is %s", f, colour)
	}
	b.click("#row-profile_pic .edit")
	b.wait("document.querySelector('.framing .whole img')?.complete && document.activeElement.id === 'profile_pic'")
	b.choose("#profile_pic", file(t, "small.jpg", encoded(image.NewRGBA(image.Rect(0, 0, 60, 20)))))
	b.wait("document.querySelector('.whole.level canvas')?.getBoundingClientRect().height > 100") // large enough for a finger, which scrolls the page
	b.marked("all of it")
}

// TestFrameIsZoomedByFingers: two that go apart zoom in, and a square shows the middle until then.
func TestFrameIsZoomedByFingers(t *testing.T) {
	s := start(t)
	newClient(t, s).register("ada", nil)
	b := openTab(t, s, true)
	b.login("ada", password)
	b.open(pictureRow)
	var clear bytes.Buffer
	if err := png.Encode(&clear, image.NewNRGBA(image.Rect(0, 0, 400, 400))); err != nil {
		t.Fatal(err)
	}
	b.choose("#profile_pic", file(t, "a.png", clear.Bytes()))
	b.wait("document.querySelector('.whole canvas') && document.querySelector('.places label:nth-of-type(5) input').checked")
	b.see(".whole + p", "zoom in to move it")
	if colour := eval[string](b, "document.querySelector('.picture canvas').getContext('2d').getImageData(96, 96, 1, 1).data.join()"); colour != "255,255,255,255" {
		t.Errorf("it shows through as %s, and is stored on white", colour)
	}
	at := eval[[]float64](b, "(e => { e.scrollIntoView({block: 'center'}); const r = e.getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2]; })(document.querySelector('.whole'))")
	touch := func(kind input.DispatchTouchEventType, apart ...float64) {
		points := []*input.TouchPoint{}
		for i, x := range apart {
			id := float64(i)
			points = append(points, &input.TouchPoint{X: at[0] + x, Y: at[1], ID: &id})
		}
		call(b, input.DispatchTouchEvent, input.DispatchTouchEventParams{Type: kind, TouchPoints: points})
	}
	touch(input.DispatchTouchEventTypeTouchStart, -20, 20)
	touch(input.DispatchTouchEventTypeTouchMove, -30, 30)
	touch(input.DispatchTouchEventTypeTouchMove, -40, 40)
	touch(input.DispatchTouchEventTypeTouchEnd)
	b.wait("document.querySelector('[name=zoom]').value === '200'")
	b.see(".whole + p", "50 % from the left, 50 % from the top")
}

// TestPictureIsDroppedOrPasted: neither leaves the page, and what was chosen is shown and sent.
func TestPictureIsDroppedOrPasted(t *testing.T) {
	s := start(t)
	newClient(t, s).register("ada", nil)
	b := openTab(t, s, true)
	b.login("ada", password)
	for _, way := range []string{
		"new DragEvent('drop', {bubbles: true, cancelable: true, dataTransfer: data})",
		"new ClipboardEvent('paste', {bubbles: true, cancelable: true, clipboardData: data})",
	} {
		b.open("/settings/profile")
		b.click("#row-profile_pic .edit")
		b.wait("document.activeElement.id === 'profile_pic'")
		give := func(name, content string) {
			eval[chromedp.Void](b, fmt.Sprintf(`(() => {
				const data = new DataTransfer();
				data.items.add(new File([Uint8Array.from(atob(%s), c => c.charCodeAt(0))], %s, {type: 'image/jpeg'}));
				document.querySelector('#profile_pic').dispatchEvent(%s);
			})(), undefined`, quote(content), quote(name), way))
		}
		give("broken.jpg", base64.StdEncoding.EncodeToString([]byte("no picture")))
		b.wait(wrong("profile_pic", "Choose a JPEG, PNG, GIF or WebP picture"))
		give("a.jpg", base64.StdEncoding.EncodeToString(stripes()))
		b.wait("document.querySelector('#profile_pic').files[0]?.name === 'a.jpg' && document.querySelector('.whole canvas') && !document.querySelector('#profile_pic-error')")
		b.click(".row.open .button")
		b.wait("document.querySelector('#row-profile_pic:not(.open) img')?.complete")
		if _, colour := frame(b); colour != "red" {
			t.Errorf("the picture is %s", colour)
		}
		b.click("#row-profile_pic .edit")
		b.wait("document.querySelector('.whole img')?.complete")
		b.click(".removal summary")
		b.wait("document.querySelector('.removal[open]')")
		b.click("[name=remove]")
		b.wait("document.querySelector('#row-profile_pic:not(.open)')")
	}
}
