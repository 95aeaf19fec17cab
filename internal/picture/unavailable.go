package picture

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/url"
	"strings"
	"syscall"

	"github.com/minio/minio-go/v7"
)

// Unavailable says that the server which keeps pictures and files can't take or give anything now. It wraps nothing, so that nobody takes
// it for what the database says.
type Unavailable struct {
	Reason  string // what it is, and what an operator can do; no secret
	Refused bool   // the server answers, and refuses: this lasts until an operator has done something
}

// Error returns the reason.
func (u *Unavailable) Error() string { return u.Reason }

// IsUnavailable says whether err means that the store can't take or give anything now: its server is away or refuses, or its disk is full or
// can't be written.
func IsUnavailable(err error) bool {
	if _, ok := errors.AsType[*Unavailable](err); ok {
		return true
	}
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EROFS) || errors.Is(err, syscall.EDQUOT)
}

// told makes an error of the client one that says what to do. One that the caller's ctx has caused stays what it is.
func (b bucket) told(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if answer := minio.ToErrorResponse(err); answer.Code != "" {
		return b.answered(answer)
	}
	return &Unavailable{Reason: fmt.Sprintf("no server answers for the bucket %s at %s: %s", b.name, b.host, unreached(err))}
}

// answered says what a server's refusal means.
func (b bucket) answered(answer minio.ErrorResponse) error {
	refused := func(format string, args ...any) error {
		return &Unavailable{Reason: fmt.Sprintf("the server %s refuses: ", b.host) + fmt.Sprintf(format, args...), Refused: true}
	}
	switch answer.Code {
	case minio.NoSuchKey:
		return fs.ErrNotExist
	case minio.NoSuchBucket:
		return refused("there is no bucket %s; make it, or correct NAMEPLATE_UPLOADS", b.name)
	case minio.InvalidAccessKeyID, "XAdminUserNotFound", "InvalidClientTokenId", "InvalidToken", "ExpiredToken":
		return refused("it does not know the access key, or it has expired; correct AWS_ACCESS_KEY_ID (%s)", answer.Code)
	case minio.SignatureDoesNotMatch:
		return refused("the secret key is wrong; correct AWS_SECRET_ACCESS_KEY")
	case minio.AccessDenied, minio.AllAccessDisabled, "AccountProblem":
		return refused("the key may not do this in the bucket %s; it needs to list, get, put and delete (%s)", b.name, answer.Code)
	case minio.AuthorizationHeaderMalformed, minio.InvalidRegion, "PermanentRedirect", "IllegalLocationConstraintException", "301 Moved Permanently":
		if answer.Region != "" {
			return refused("the bucket %s is in another region; write region=%s", b.name, answer.Region)
		}
		return refused("the bucket %s is in another region, or at another endpoint (%s)", b.name, answer.Message)
	case minio.RequestTimeTooSkewed:
		return refused("its clock and the one of this machine differ by more than a quarter of an hour; set them")
	}
	if answer.StatusCode >= 500 || answer.StatusCode == 429 || answer.StatusCode == 408 || answer.StatusCode == 0 {
		return &Unavailable{Reason: fmt.Sprintf("the server %s can't answer now (%s)", b.host, answer.Code)}
	}
	return refused("%s (%s)", strings.TrimSuffix(answer.Message, "."), answer.Code)
}

// unreached says in a few words why nothing answers.
func unreached(err error) string {
	var unknown x509.UnknownAuthorityError
	var host x509.HostnameError
	var name *net.DNSError
	var timeout net.Error
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		return "nothing listens there; is it running, and is the port right?"
	case errors.As(err, &name):
		return "there is no such host, or no name server answers"
	case errors.As(err, &unknown), errors.As(err, &host):
		return "its certificate is not trusted, or is for another name"
	case strings.Contains(err.Error(), "server gave HTTP response to HTTPS client"):
		return "it speaks no TLS; write endpoint=http://…"
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled), errors.As(err, &timeout) && timeout.Timeout():
		return "it took too long"
	}
	if inner, ok := errors.AsType[*url.Error](err); ok {
		err = inner.Err
	}
	return strings.Join(strings.Fields(err.Error()), " ")
}
