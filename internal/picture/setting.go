package picture

import (
	"cmp"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"os"
	"slices"
	"strings"

	"github.com/minio/minio-go/v7/pkg/s3utils"
)

const bucketScheme = "s3://"

// bucket is what a setting says that names one: s3://bucket/prefix?endpoint=…&region=…&links=signed.
type bucket struct {
	name   string
	prefix string // of every path, with a slash at its end; empty for none
	host   string // of the server, with its port where that is not the usual one
	secure bool   // whether the server is spoken to with TLS
	region string // empty: the server is asked
	signed bool   // public pictures are links to the server
}

// CheckSetting says what is wrong with a setting, without looking whether there is such a store.
func CheckSetting(setting string) error {
	if IsBucket(setting) {
		_, err := parseBucket(setting)
		return err
	}
	if strings.Contains(setting, "://") || strings.HasPrefix(setting, "s3:") || strings.TrimSpace(setting) == "" {
		return errors.New("it is neither a directory nor a bucket; write the path of a directory, or s3://bucket/prefix?endpoint=…&region=…")
	}
	return nil
}

// IsBucket says whether a setting names a bucket, and not a directory.
func IsBucket(setting string) bool { return strings.HasPrefix(setting, bucketScheme) }

// parseBucket reads a setting that names a bucket. Its error repeats nothing that may be a secret.
func parseBucket(setting string) (bucket, error) {
	u, err := url.Parse(setting)
	if err != nil {
		return bucket{}, errors.New("it can't be read; write s3://bucket/prefix?endpoint=…&region=…")
	}
	if u.User != nil {
		return bucket{}, errors.New("it holds a key: leave that out, and set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")
	}
	if err := s3utils.CheckValidBucketNameStrict(u.Host); err != nil {
		return bucket{}, fmt.Errorf("%q can't be the name of a bucket; write s3://bucket/prefix?endpoint=…&region=…", u.Host)
	}
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return bucket{}, errors.New("what follows the ? can't be read; write endpoint=… and region=… with & between")
	}
	for name := range query {
		if !slices.Contains([]string{"endpoint", "region", "links"}, name) {
			return bucket{}, fmt.Errorf("%q is nothing that it may say; write endpoint=…, region=… or links=signed", name)
		}
	}
	b := bucket{
		name:   u.Host,
		region: cmp.Or(query.Get("region"), os.Getenv("AWS_REGION"), os.Getenv("AWS_DEFAULT_REGION")),
		signed: query.Get("links") == "signed",
	}
	if prefix := strings.Trim(u.Path, "/"); prefix != "" {
		b.prefix = prefix + "/"
	}
	if s3utils.CheckValidObjectNamePrefix(b.prefix) != nil || strings.Contains("/"+b.prefix, "/../") {
		return bucket{}, fmt.Errorf("%q can't be a prefix; write names with / between", b.prefix)
	}
	if links := query.Get("links"); !b.signed && links != "" {
		return bucket{}, fmt.Errorf("links is %q; write links=signed, or leave it out", links)
	}
	if b.signed && b.region == "" {
		return bucket{}, errors.New("signed links need the region: add &region=…")
	}
	b.host, b.secure, err = parseEndpoint(cmp.Or(query.Get("endpoint"), os.Getenv("AWS_ENDPOINT_URL_S3"), os.Getenv("AWS_ENDPOINT_URL"), "https://s3.amazonaws.com"))
	return b, err
}

// parseEndpoint reads where a server is: http:// or https:// and a host, or a host alone. That is spoken to with TLS, unless it is this machine.
func parseEndpoint(text string) (host string, secure bool, err error) {
	if !strings.Contains(text, "://") {
		host, _, err := net.SplitHostPort(text)
		if err != nil {
			host = text
		}
		ip, err := netip.ParseAddr(strings.Trim(host, "[]"))
		if host == "localhost" || err == nil && ip.IsLoopback() {
			text = "http://" + text
		} else {
			text = "https://" + text
		}
	}
	u, err := url.Parse(text)
	if err != nil || u.Hostname() == "" || u.Scheme != "http" && u.Scheme != "https" || u.User != nil || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" {
		return "", false, errors.New("its endpoint can't be read; write endpoint=https:// and the host of the server")
	}
	return u.Host, u.Scheme == "https", nil
}
