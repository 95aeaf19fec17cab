package handlers

import (
	"errors"
	"math"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"nameplate/internal/picture"
)

// sendContent answers with something that is kept, or with the one part of it that is asked for (RFC 9110, 14), and closes it. Etag is empty
// for what nobody may keep. A file of a directory goes out as an *os.File, which the kernel sends by itself.
func sendContent(c *fiber.Ctx, etag string, content picture.Content) error {
	c.Set(fiber.HeaderAcceptRanges, "bytes")
	if etag != "" {
		c.Set(fiber.HeaderETag, etag)
	}
	if unchanged(c, etag) {
		_ = content.Close()
		return c.SendStatus(fiber.StatusNotModified)
	}
	from, n, asked := askedRange(c, etag, content.Size)
	if !asked {
		return c.SendStream(content.ReadCloser, int(content.Size)) // closes it
	}
	if n == 0 {
		_ = content.Close()
		c.Set(fiber.HeaderContentRange, "bytes */"+strconv.FormatInt(content.Size, 10))
		c.Set(fiber.HeaderCacheControl, "no-store")
		c.Response().Header.Del(fiber.HeaderETag)
		c.Set(fiber.HeaderContentType, fiber.MIMETextPlainCharsetUTF8)
		return c.SendStatus(fiber.StatusRequestedRangeNotSatisfiable)
	}
	part, err := content.Part(c.UserContext(), from, n)
	if err != nil {
		return err
	}
	c.Status(fiber.StatusPartialContent)
	c.Set(fiber.HeaderContentRange, "bytes "+strconv.FormatInt(from, 10)+"-"+strconv.FormatInt(from+n-1, 10)+"/"+strconv.FormatInt(content.Size, 10))
	return c.SendStream(part, int(n)) // closes it
}

// unchanged says whether who asks has what is tagged so already (RFC 9110, 13.1.2).
func unchanged(c *fiber.Ctx, etag string) bool {
	if etag == "" {
		return false
	}
	for _, list := range c.Request().Header.PeekAll(fiber.HeaderIfNoneMatch) {
		for tag := range strings.SplitSeq(string(list), ",") { // no tag of this site has a comma
			if tag = strings.TrimSpace(tag); tag == "*" || strings.TrimPrefix(tag, "W/") == etag {
				return true
			}
		}
	}
	return false
}

// askedRange returns the part of so many bytes that is asked for; n is 0 for one that begins behind the end. Anything but one part of bytes
// may be answered with the whole, and is.
func askedRange(c *fiber.Ctx, etag string, size int64) (from, n int64, asked bool) {
	condition := c.Get(fiber.HeaderIfRange)
	if c.Method() != fiber.MethodGet || condition != "" && (condition != etag || etag == "") {
		return 0, 0, false
	}
	unit, part, _ := strings.Cut(c.Get(fiber.HeaderRange), "=")
	first, last, ok := strings.Cut(strings.TrimSpace(part), "-")
	if !strings.EqualFold(unit, "bytes") || !ok {
		return 0, 0, false
	}
	to, toOK := position(last)
	if first == "" { // the last bytes
		n = min(to, size)
		return size - n, n, toOK
	}
	from, ok = position(first)
	if last == "" {
		to, toOK = math.MaxInt64, true
	}
	if !ok || !toOK || to < from {
		return 0, 0, false
	}
	if from >= size {
		return 0, 0, true
	}
	return from, min(to, size-1) - from + 1, true
}

// position reads a number of a range. One too large for any file is as good as the largest.
func position(digits string) (int64, bool) {
	n, err := strconv.ParseUint(digits, 10, 63)
	if errors.Is(err, strconv.ErrRange) {
		return math.MaxInt64, true
	}
	return int64(n), err == nil
}
