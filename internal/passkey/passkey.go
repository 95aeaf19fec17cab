// Package passkey speaks WebAuthn (W3C, Level 3) with browsers: it makes their tasks, and checks what their authenticators answer.
package passkey

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"net/url"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"
)

// ErrWrong says that an answer does not fit its task: it was cut, forged, replayed, made for another site, or by a key that is not known.
var ErrWrong = errors.New("the passkey's answer is not right")

// Site makes tasks for the passkeys of one site.
type Site struct{ w *webauthn.WebAuthn }

// Owner is who has passkeys.
type Owner struct {
	Handle   []byte // what their authenticators know them by: the same for all of their passkeys, and nothing that names them
	Username string
	Name     string // in full
	Keys     []Key
}

// Key is one passkey as it is kept.
type Key struct {
	ID     []byte // the authenticator's name for it
	Handle []byte // its owner's
	Data   []byte // JSON: its public key, and what goes with it
}

// New returns the site called name at base, or nil where browsers offer no passkeys: over plain http, but for localhost, and at an address
// without a name.
func New(name, base string) (*Site, error) {
	u, err := url.Parse(base)
	if err != nil {
		return nil, fmt.Errorf("read the base URL: %w", err)
	}
	host := u.Hostname()
	if _, err := netip.ParseAddr(host); err == nil || u.Scheme != "https" && host != "localhost" {
		return nil, nil
	}
	w, err := webauthn.New(&webauthn.Config{
		RPID: host, RPDisplayName: name, RPOrigins: []string{u.Scheme + "://" + u.Host},
		AttestationPreference: protocol.PreferNoAttestation,
		AuthenticatorSelection: protocol.AuthenticatorSelection{
			ResidentKey: protocol.ResidentKeyRequirementRequired, UserVerification: protocol.VerificationRequired,
		},
	})
	if err != nil {
		return nil, fmt.Errorf("prepare passkeys for %s: %w", base, err)
	}
	return &Site{w}, nil
}

// Create returns the task to make a passkey for somebody, as JSON for the browser, and what is to be kept until its answer comes.
func (s *Site) Create(o Owner) (task, keep string, err error) {
	user, err := o.user()
	if err != nil {
		return "", "", err
	}
	creation, session, err := s.w.BeginRegistration(user, webauthn.WithExclusions(webauthn.Credentials(user.keys).CredentialDescriptors()))
	if err != nil {
		return "", "", fmt.Errorf("begin a passkey: %w", err)
	}
	return texts(creation.Response, session)
}

// Created checks the answer to a task of Create. It fails with ErrWrong.
func (s *Site) Created(o Owner, keep, answer string) (Key, error) {
	session, err := sessionOf(keep)
	if err != nil {
		return Key{}, err
	}
	user, err := o.user()
	if err != nil {
		return Key{}, err
	}
	parsed, err := protocol.ParseCredentialCreationResponseBytes([]byte(answer))
	if err != nil {
		return Key{}, wrong(err)
	}
	made, err := s.w.CreateCredential(user, session, parsed)
	if err != nil {
		return Key{}, wrong(err)
	}
	return key(made, session.UserID)
}

// Ask returns the task to say who one is with any passkey of the site, as JSON for the browser, and what is to be kept.
func (s *Site) Ask() (task, keep string, err error) {
	assertion, session, err := s.w.BeginDiscoverableLogin(webauthn.WithUserVerification(protocol.VerificationRequired))
	if err != nil {
		return "", "", fmt.Errorf("ask for a passkey: %w", err)
	}
	return texts(assertion.Response, session)
}

// Answered checks the answer to a task of Ask, for whom find finds by a passkey's name, and returns that passkey as it is to be kept from
// now on. It fails with ErrWrong, also when the passkey seems to have been copied.
func (s *Site) Answered(keep, answer string, find func(id []byte) (Owner, error)) (Key, error) {
	session, err := sessionOf(keep)
	if err != nil {
		return Key{}, err
	}
	parsed, err := protocol.ParseCredentialRequestResponseBytes([]byte(answer))
	if err != nil {
		return Key{}, wrong(err)
	}
	var failed error
	_, used, err := s.w.ValidatePasskeyLogin(func(id, handle []byte) (webauthn.User, error) {
		o, err := find(id)
		if err != nil {
			failed = err
			return nil, err
		}
		if string(o.Handle) != string(handle) {
			return nil, errors.New("it belongs to another")
		}
		return o.user()
	}, session, parsed)
	switch {
	case failed != nil:
		return Key{}, failed
	case err != nil:
		return Key{}, wrong(err)
	case used.Authenticator.CloneWarning:
		return Key{}, wrong(errors.New("its counter went back"))
	}
	return key(used, parsed.Response.UserHandle)
}

func wrong(err error) error { return fmt.Errorf("%w: %w", ErrWrong, err) }

func texts(task any, session *webauthn.SessionData) (string, string, error) {
	public, err := json.Marshal(task)
	if err != nil {
		return "", "", err
	}
	kept, err := json.Marshal(session)
	return string(public), string(kept), err
}

func sessionOf(keep string) (session webauthn.SessionData, err error) {
	if keep == "" {
		return session, wrong(errors.New("nothing was asked"))
	}
	if err := json.Unmarshal([]byte(keep), &session); err != nil {
		return session, wrong(err)
	}
	return session, nil
}

func key(c *webauthn.Credential, handle []byte) (Key, error) {
	c.Attestation = webauthn.CredentialAttestation{} // none was asked for
	data, err := json.Marshal(c)
	if err != nil {
		return Key{}, fmt.Errorf("write a passkey: %w", err)
	}
	return Key{ID: c.ID, Handle: handle, Data: data}, nil
}

// user is an Owner as the library asks for one.
type user struct {
	Owner
	keys []webauthn.Credential
}

func (o Owner) user() (user, error) {
	u := user{Owner: o}
	for _, k := range o.Keys {
		var c webauthn.Credential
		if err := json.Unmarshal(k.Data, &c); err != nil {
			return u, fmt.Errorf("read a passkey: %w", err)
		}
		u.keys = append(u.keys, c)
	}
	return u, nil
}

// WebAuthnID is the handle.
func (u user) WebAuthnID() []byte { return u.Handle }

// WebAuthnName is the username.
func (u user) WebAuthnName() string { return u.Username }

// WebAuthnDisplayName is the full name.
func (u user) WebAuthnDisplayName() string { return u.Name }

// WebAuthnCredentials are the passkeys.
func (u user) WebAuthnCredentials() []webauthn.Credential { return u.keys }
