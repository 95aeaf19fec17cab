package views

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"nameplate/internal/account"
	"nameplate/internal/profile"
)

// largeFace is the side on the page, in pixels, from which on a picture is one that a page is about, and not one of a list.
const largeFace = 64

// sources are the addresses of a picture, for src, srcset and sizes, those of the same as WebP, and what stands in for it until it is there.
type sources struct{ src, srcset, sizes, webp, blur string }

// sourcesOf returns those of a person's picture that is shown size pixels wide, for screens up to four times as sharp. Without a picture
// it is a drawing, sharp at every size.
func sourcesOf(person account.User, attr profile.Attribute, size int) sources {
	if name := person.Value(attr.Name); name != "" {
		return storedSources(name, size)
	}
	return sources{src: attr.DefaultPicture(person).Path(profile.SVG)}
}

// storedSources are those of a stored picture.
func storedSources(name string, size int) sources {
	stored, _ := profile.ParsePictureName(name)
	s := sources{src: profile.PicturePath(name, size), srcset: srcset(stored, name, size, false)}
	if size >= largeFace {
		s.blur = stored.Blur
		if s.srcset != "" {
			s.sizes = fmt.Sprintf("%dpx", size)
		}
	}
	if stored.Whole {
		s.webp = srcset(stored, name, size, true)
		if s.sizes == "" { // then the first of them is not among them
			first := profile.PictureFile{Name: name, Size: stored.Size(size), WebP: true}.Path()
			s.webp = strings.TrimSuffix(first+", "+s.webp, ", ")
		}
	}
	return s
}

// srcset lists the sharper ones of a picture that is shown size pixels wide. It is empty where there is none.
func srcset(stored profile.StoredPicture, name string, size int, webp bool) string {
	path := func(side int) string { return profile.PictureFile{Name: name, Size: side, WebP: webp}.Path() }
	if one, two := stored.Size(size), stored.Size(2*size); size < largeFace {
		if one == two {
			return ""
		}
		return path(two) + " 2x"
	}
	var wide []string
	for _, side := range stored.Sizes() {
		if side >= size && side <= 4*size {
			wide = append(wide, fmt.Sprintf("%s %dw", path(side), side))
		}
	}
	if len(wide) < 2 {
		return ""
	}
	return strings.Join(wide, ", ")
}

// blurCells are the nine cells of what stands in for a picture, in a square of 3. Those at its edges reach beyond it, so that they stay whole when they are
// blurred.
var blurCells = func() (cells [9]string) {
	at, wide := [...]int{-1, 1, 2}, [...]int{2, 1, 2}
	for i := range cells {
		x, y := i%3, i/3
		cells[i] = fmt.Sprintf("M%d %dh%dv%dh-%dz", at[x], at[y], wide[x], wide[y], wide[x])
	}
	return cells
}()

// removes says whether a form in conflict would remove a picture or a file.
func (field *Field) removes() bool {
	return field.Conflict != nil && field.IsUpload() && field.Waiting.Token == ""
}

// keptText says of a picture or a file that waits that it does.
func (field *Field) keptText() string {
	switch {
	case field.Preview:
		return "This is how it will look. It is not saved yet."
	case field.Error != "":
		return "The " + field.Kind.Name + " that you chose before is kept."
	}
	return "Your " + field.Kind.Name + " is kept. You need not choose it again."
}

// places say profile.Focuses in words.
var places = [...]string{"Top left", "Top", "Top right", "Left", "Middle", "Right", "Bottom left", "Bottom", "Bottom right"}

func (f Framing) viewBox() string { return fmt.Sprintf("0 0 %d %d", f.Size.X, f.Size.Y) }

// around is a path over what is not in the frame.
func (f Framing) around() string {
	if f.Whole == "" {
		return ""
	}
	s := f.Frame.Square(f.Size.X, f.Size.Y)
	return fmt.Sprintf("M0 0H%dV%dH0zM%d %dv%dh%dv-%dz", f.Size.X, f.Size.Y, s.Min.X, s.Min.Y, s.Dy(), s.Dx(), s.Dy())
}

// corners is a path over what is in the frame, and not in the circle that most pages show of it.
func (f Framing) corners() string {
	if f.Whole == "" {
		return ""
	}
	s := f.Frame.Square(f.Size.X, f.Size.Y)
	side, half := s.Dx(), strconv.FormatFloat(float64(s.Dx())/2, 'f', -1, 64)
	return fmt.Sprintf("M%d %dh%dv%dh-%dzm0 %sa1 1 0 1 0 %d 0a1 1 0 1 0-%d 0z", s.Min.X, s.Min.Y, side, side, side, half, side, side)
}

// isOwn says whether the frame is at none of the places that the form offers.
func (f Framing) isOwn() bool {
	return f.Whole != "" && !slices.ContainsFunc(profile.Focuses(), func(at profile.Frame) bool { return at.X == f.Frame.X && at.Y == f.Frame.Y })
}

// zooms are those that the form offers, and the present one.
func (f Framing) zooms() []int {
	zooms := slices.Clone(profile.Zooms)
	if i, found := slices.BinarySearch(zooms, f.Frame.Zoom); !found && f.Whole != "" {
		zooms = slices.Insert(zooms, i, f.Frame.Zoom)
	}
	return zooms
}
