package picture

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"nameplate/internal/profile"
)

func openStore(t *testing.T) (*Store, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "uploads")
	d, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d, path
}

func picture(letter string) Picture {
	p := Picture{Name: pictureName(letter), Whole: []byte(letter + " as a whole")}
	for i, size := range profile.PictureSizes {
		p.Squares[i] = fmt.Appendf(nil, "%s at %d pixels", letter, size)
		p.WebP[i] = fmt.Appendf(nil, "%s at %d pixels, as WebP", letter, size)
	}
	return p
}

const nameLen = 32 // of what follows from the content

func pictureName(letter string) string {
	return profile.PictureName(strings.Repeat(letter, nameLen), profile.Frame{X: 500, Y: 437, Zoom: 100}, strings.Repeat("abc", 9))
}

func names(t *testing.T, d *Store) map[string]int {
	t.Helper()
	found, err := d.Survey(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return found.Pictures
}

func TestDirKeepsAndRemoves(t *testing.T) {
	d, path := openStore(t)
	p := picture("a")
	for range 2 { // a second time is harmless
		if err := d.Put(t.Context(), p); err != nil {
			t.Fatal(err)
		}
	}
	for i, size := range profile.PictureSizes {
		f, err := d.Open(t.Context(), profile.PictureFile{Name: p.Name, Size: size})
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(f)
		f.Close()
		if err != nil || string(got) != string(p.Squares[i]) {
			t.Errorf("size %d holds %q, %v", size, got, err)
		}
	}
	if tmp, _ := os.ReadDir(filepath.Join(path, "tmp")); len(tmp) != 0 {
		t.Errorf("tmp holds %v", tmp)
	}
	for range 2 { // not there is no error
		if err := d.Remove(t.Context(), p.Name); err != nil {
			t.Fatal(err)
		}
	}
	if left, _ := os.ReadDir(filepath.Join(path, "profile_pics")); len(left) != 0 {
		t.Errorf("profile_pics holds %v", left)
	}
}

func TestDirOpensTheWhole(t *testing.T) {
	d, path := openStore(t)
	if err := d.Put(t.Context(), picture("a")); err != nil {
		t.Fatal(err)
	}
	before := strings.Repeat("b", nameLen)
	os.WriteFile(filepath.Join(path, "profile_pics", before+"-384.jpg"), []byte("b 384"), 0o644)
	for name, want := range map[string]string{pictureName("a"): "a as a whole", before: "b 384"} {
		f, err := d.OpenWhole(t.Context(), name)
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(f)
		f.Close()
		if err != nil || string(got) != want {
			t.Errorf("the whole of %s is %q, %v", name, got, err)
		}
	}
	for _, none := range []string{"", "../../etc/passwd", pictureName("c")} {
		if f, err := d.OpenWhole(t.Context(), none); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("the whole of %q: %v, %v", none, f, err)
		}
	}
}

func TestDirNamesEachPictureOnce(t *testing.T) {
	d, path := openStore(t)
	for _, letter := range []string{"a", "b", "c"} {
		if err := d.Put(t.Context(), picture(letter)); err != nil {
			t.Fatal(err)
		}
	}
	pics := filepath.Join(path, "profile_pics")
	os.Remove(filepath.Join(pics, pictureName("b")+"-whole.jpg"))
	for _, stray := range []string{"notes.txt", pictureName("d") + "-97.jpg", strings.Repeat("d", nameLen) + "-48.jpg", strings.Repeat("d", nameLen) + "-whole.jpg"} {
		os.WriteFile(filepath.Join(pics, stray), nil, 0o644)
	}
	for _, size := range []string{"96", "192", "384"} { // one that was stored before
		os.WriteFile(filepath.Join(pics, strings.Repeat("e", nameLen)+"-"+size+".jpg"), nil, 0o644)
	}
	if got := names(t, d); len(got) != 4 {
		t.Errorf("names are %v", got)
	}
}

// TestEmptyFileIsMissing: a crash of the machine may leave one.
func TestEmptyFileIsMissing(t *testing.T) {
	d, path := openStore(t)
	p := picture("a")
	if err := d.Put(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(filepath.Join(path, "profile_pics", p.Name+"-96.jpg"), 0); err != nil {
		t.Fatal(err)
	}
	found, err := d.Survey(t.Context())
	if err != nil || found.Pictures[p.Name] != Expected(p.Name)-1 {
		t.Errorf("%d files, %v", found.Pictures[p.Name], err)
	}
	if missing, err := d.Missing(t.Context(), p.Name); err != nil || strings.Join(missing, " ") != "96" {
		t.Errorf("missing is %v, %v", missing, err)
	}
}

func TestOpenDirClearsTmpAndKeepsPictures(t *testing.T) {
	d, path := openStore(t)
	if err := d.Put(t.Context(), picture("a")); err != nil {
		t.Fatal(err)
	}
	os.WriteFile(filepath.Join(path, "tmp", "left"), []byte("x"), 0o644)
	beside, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	if tmp, _ := os.ReadDir(filepath.Join(path, "tmp")); len(tmp) != 1 || beside.Alone() || !d.Alone() {
		t.Errorf("while another uses it, tmp holds %v", tmp)
	}
	beside.Close()
	d.Close()
	again, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if tmp, _ := os.ReadDir(filepath.Join(path, "tmp")); len(tmp) != 0 {
		t.Errorf("tmp holds %v", tmp)
	}
	if got := names(t, again); len(got) != 1 {
		t.Errorf("names are %v", got)
	}
}

func TestDirRefusesNamesThatAreNone(t *testing.T) {
	d, path := openStore(t)
	outside := filepath.Join(filepath.Dir(path), "secret")
	os.WriteFile(outside, []byte("secret"), 0o644)
	link := strings.Repeat("l", nameLen)
	os.Symlink(outside, filepath.Join(path, "profile_pics", link+"-96.jpg"))
	for name, id := range map[string]string{
		"empty": "", "up": "../../secret", "short": "abc", "upper case": strings.Repeat("A", nameLen),
		"slash": strings.Repeat("a/", nameLen/2), "zero byte": strings.Repeat("a", nameLen-1) + "\x00", "a link out": link,
	} {
		if f, err := d.Open(t.Context(), profile.PictureFile{Name: id, Size: 96}); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: opened %v, %v", name, f, err)
		}
		if err := d.Put(t.Context(), Picture{Name: id}); err == nil && id != link {
			t.Errorf("%s: was put", name)
		}
	}
	if _, err := d.Open(t.Context(), profile.PictureFile{Name: strings.Repeat("a", nameLen), Size: 97}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("size 97: %v", err)
	}
	if got, _ := os.ReadFile(outside); string(got) != "secret" {
		t.Errorf("the file outside holds %q", got)
	}
}

func TestDirNeverLeavesThroughALink(t *testing.T) {
	base := t.TempDir()
	away := filepath.Join(base, "away")
	os.MkdirAll(away, 0o755)
	os.MkdirAll(filepath.Join(base, "uploads"), 0o755)
	os.Symlink(away, filepath.Join(base, "uploads", "profile_pics"))
	d, err := Open(t.Context(), filepath.Join(base, "uploads"))
	if err == nil {
		defer d.Close()
		err = d.Put(t.Context(), picture("a"))
	}
	if left, _ := os.ReadDir(away); err == nil || len(left) != 0 {
		t.Errorf("error %v, outside are %v", err, left)
	}
}

func TestPutTwiceAtOnce(t *testing.T) {
	d, _ := openStore(t)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if err := d.Put(t.Context(), picture("a")); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if got := names(t, d); len(got) != 1 {
		t.Errorf("names are %v", got)
	}
}

func TestPutOverridesNothingWhenTheDiskIsFull(t *testing.T) {
	d, path := openStore(t)
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		t.Fatal(err)
	}
	small := limit
	small.Cur = 512 << 10 // more than what the go command notes of a test in a file of its own
	larger := make([]byte, 1<<20)
	p := Picture{Name: pictureName("a"), Whole: larger}
	for i := range profile.PictureSizes {
		p.Squares[i], p.WebP[i] = larger, larger
	}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &small); err != nil {
		t.Fatal(err)
	}
	err := d.Put(t.Context(), p)
	if restore := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); restore != nil {
		t.Fatal(restore)
	}
	if !errors.Is(err, syscall.EFBIG) {
		t.Errorf("error %v doesn't tell what the system said", err)
	}
	for _, dir := range []string{"tmp", "profile_pics"} {
		if left, _ := os.ReadDir(filepath.Join(path, dir)); len(left) != 0 {
			t.Errorf("%s holds %v", dir, left)
		}
	}
}
