package picture

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"sync/atomic"
	"time"

	"nameplate/internal/profile"
)

// Store keeps pictures and files, by the names that rows hold.
type Store struct {
	objects objects
	counted atomic.Pointer[Usage] // what Count has found last
}

// objects is where files are kept, by paths such as profile_pics/NAME-96.jpg.
type objects interface {
	// put keeps all of files, which are in one folder. When it returns nil, they outlast a crash; when it fails, some may be there.
	put(ctx context.Context, files iter.Seq2[string, []byte]) error
	// open fails with fs.ErrNotExist when there is no such file.
	open(ctx context.Context, path string) (Content, error)
	// remove passes over what is not there.
	remove(ctx context.Context, paths []string) error
	// list yields what is in a folder, in no order. One that isn't there is empty. An error comes last.
	list(ctx context.Context, folder string) iter.Seq2[object, error]
	// free returns how many bytes may still be written, or less than 0 where that is not known.
	free() (int64, error)
	// reach asks whether files can be read.
	reach(ctx context.Context) error
	// link returns an address for LinkTime where others than the site give a file to whoever asks with this method, if links is not empty: the
	// scheme and the host of such addresses.
	link(ctx context.Context, method, path string) (string, error)
	links() string
	// alone says whether nobody else used the store when it was opened. A bucket never knows.
	alone() bool
	close() error
}

// object is a file in a folder, as it is listed.
type object struct {
	name     string // in its folder
	bytes    int64
	modified time.Time
}

// Content is what is kept under a name, open for reading: an *os.File where that is in a directory.
type Content struct {
	io.ReadCloser
	Size int64 // in bytes

	part func(ctx context.Context, from, n int64) (io.ReadCloser, error)
}

// All reads it to its end, and closes it.
func (c Content) All() ([]byte, error) {
	data, err := io.ReadAll(c)
	return data, errors.Join(err, c.Close())
}

// Part returns n bytes in place of the whole, which is not to be read or closed any more. They lie within the Size.
func (c Content) Part(ctx context.Context, from, n int64) (io.ReadCloser, error) {
	return c.part(ctx, from, n)
}

// Open opens the store that the setting NAMEPLATE_UPLOADS names: the path of a directory, or a bucket. It makes what is missing in the
// directory, and clears what a killed server left half-written. Whether the bucket's server answers is left to Reach.
func Open(ctx context.Context, setting string) (*Store, error) {
	if IsBucket(setting) {
		return OpenPresent(ctx, setting)
	}
	d, err := makeDir(setting)
	if err != nil {
		return nil, err
	}
	return &Store{objects: d}, nil
}

// OpenPresent opens the store as Open does, and changes nothing. Its error is fs.ErrNotExist when there is no directory.
func OpenPresent(ctx context.Context, setting string) (*Store, error) {
	if IsBucket(setting) {
		b, err := openS3(ctx, setting)
		if err != nil {
			return nil, err
		}
		return &Store{objects: b}, nil
	}
	d, err := openDir(setting)
	if err != nil {
		return nil, err
	}
	return &Store{objects: d}, nil
}

// Alone says whether no other server used the store when it was opened: what was then half-way on its way to it is left by a killed one.
func (s *Store) Alone() bool { return s.objects.alone() }

// Reach says what is wrong where nothing can be read. It is an *Unavailable for a bucket whose server is away, or refuses.
func (s *Store) Reach(ctx context.Context) error { return s.objects.reach(ctx) }

// Check puts a file, reads it and removes it, and says what is wrong.
func (s *Store) Check(ctx context.Context) error {
	name, text := tmpDir+"/check-"+rand.Text(), []byte("Nameplate was here.")
	if err := s.objects.put(ctx, func(yield func(string, []byte) bool) { yield(name, text) }); err != nil {
		return fmt.Errorf("put a file: %w", err)
	}
	content, err := s.open(ctx, name)
	if err != nil {
		return err
	}
	got, err := content.All()
	if err != nil {
		return fmt.Errorf("read a file: %w", err)
	}
	if !bytes.Equal(got, text) {
		return errors.New("a file that was put is another when it is read")
	}
	if err := s.objects.remove(ctx, []string{name}); err != nil {
		return fmt.Errorf("remove a file: %w", err)
	}
	return nil
}

// Close lets go of the store.
func (s *Store) Close() error { return s.objects.close() }

// Put keeps a picture: when it returns nil, all its files are kept for good. A picture that is there already is written again,
// which changes nothing. Its error wraps the system's (syscall.ENOSPC, syscall.EROFS …).
func (s *Store) Put(ctx context.Context, p Picture) error {
	if !ValidName(p.Name) {
		return fmt.Errorf("put picture: %q is not the name of a picture", p.Name)
	}
	if err := s.objects.put(ctx, p.files()); err != nil {
		return fmt.Errorf("put picture %s: %w", p.Name, err)
	}
	return nil
}

// Open opens a square of a picture for reading. Its error is fs.ErrNotExist when there is none.
func (s *Store) Open(ctx context.Context, square profile.PictureFile) (Content, error) {
	if !square.IsStored() {
		return Content{}, fs.ErrNotExist
	}
	return s.open(ctx, squarePath(square))
}

// OpenWhole opens the whole of a picture, or of one that was stored without it the largest square. Its error is fs.ErrNotExist when there
// is none.
func (s *Store) OpenWhole(ctx context.Context, name string) (Content, error) {
	p, ok := profile.ParsePictureName(name)
	switch {
	case !ok:
		return Content{}, fs.ErrNotExist
	case !p.Whole:
		return s.Open(ctx, profile.PictureFile{Name: name, Size: p.Sizes()[len(p.Sizes())-1]})
	}
	return s.open(ctx, wholeName(name))
}

// LinkTime is how long a link to a picture can be followed.
const LinkTime = 10 * time.Minute

// Link returns an address where the store itself gives a square of a picture to whoever asks for it with this method, for LinkTime. It is
// empty where the site gives it. Its error is fs.ErrNotExist for one that can't be; whether there is such a picture is not looked at.
func (s *Store) Link(ctx context.Context, method string, square profile.PictureFile) (string, error) {
	if !square.IsStored() {
		return "", fs.ErrNotExist
	}
	return s.objects.link(ctx, method, squarePath(square))
}

// Links returns the scheme and the host of such addresses, or nothing where there are none.
func (s *Store) Links() string { return s.objects.links() }

func (s *Store) open(ctx context.Context, path string) (Content, error) {
	content, err := s.objects.open(ctx, path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return Content{}, fmt.Errorf("open %s: %w", path, err)
	}
	return content, err
}

// Remove removes all files of a picture, or the file with this name. It is no error when there are none.
func (s *Store) Remove(ctx context.Context, name string) error {
	paths := pathsOf(name)
	if len(paths) == 0 {
		return fmt.Errorf("remove: %q is not the name of a picture or a file", name)
	}
	if err := s.objects.remove(ctx, paths); err != nil {
		return fmt.Errorf("remove %s: %w", paths[0], err)
	}
	return nil
}
