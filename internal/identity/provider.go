package identity

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// What is asked of a provider is bounded, so that one that does not answer keeps nobody waiting (ASVS 16.5.2), and
// nobody makes this service ask one without end: a leg of a sign-in, with all calls that it needs, ends within waits, and
// no more than legsMost are under way at one provider.
const (
	waits    = 8 * time.Second
	legsMost = 8
)

// ErrUnavailable says that the provider could not be asked; somebody can still sign in by password.
var ErrUnavailable = errors.New("the identity provider cannot be reached")

// ErrRefused says that what came back is no proof: it was not asked for by this browser, was used already, is for
// somebody else, or the person was turned away.
var ErrRefused = errors.New("the identity provider's answer is no proof")

// Providers are those of an installation. It is safe for concurrent use. None of them is asked before somebody wants
// to sign in by it, so that the service starts without them.
type Providers struct {
	configs  []Config
	callback func(key string) string
	client   *http.Client
	legs     map[string]chan struct{}
	mu       sync.Mutex
	found    map[string]*oidc.Provider
}

// New joins providers; callback is the address to which each leads back.
func New(configs []Config, callback func(key string) string) *Providers {
	ps := &Providers{configs: configs, callback: callback, client: &http.Client{Timeout: waits, Transport: modest{http.DefaultTransport}}, found: map[string]*oidc.Provider{}, legs: map[string]chan struct{}{}}
	for _, c := range configs {
		ps.legs[c.Key] = make(chan struct{}, legsMost)
	}
	return ps
}

// leg begins a leg of a sign-in at a provider, or says that too many are under way there. Its context ends in time.
func (ps *Providers) leg(ctx context.Context, key string) (context.Context, func(), error) {
	ctx, cancel := context.WithTimeout(ctx, waits)
	select {
	case ps.legs[key] <- struct{}{}:
		if end, _ := ctx.Deadline(); ctx.Err() == nil && time.Now().Before(end) {
			return ctx, func() { <-ps.legs[key]; cancel() }, nil
		}
		<-ps.legs[key] // its turn came as its time ended
	case <-ctx.Done():
	}
	cancel()
	return nil, nil, fmt.Errorf("%w: too many are asking it", ErrUnavailable)
}

// All are the providers in the order of the file; none for nil.
func (ps *Providers) All() []Config {
	if ps == nil {
		return nil
	}
	return ps.configs
}

// Config is the provider of a key.
func (ps *Providers) Config(key string) (Config, bool) {
	for _, c := range ps.All() {
		if c.Key == key {
			return c, true
		}
	}
	return Config{}, false
}

// An Asking is one try to sign in, kept in the browser's session until the answer comes.
type Asking struct{ Provider, State, Nonce, Verifier string }

// A Person is whom a provider has proven.
type Person struct {
	Issuer, Subject string
	Second          bool // the provider asked for a second factor
}

// known is a provider as it was discovered on the way out, discovered now where another process did that.
func (ps *Providers) known(ctx context.Context, c Config) (*oidc.Provider, error) {
	ps.mu.Lock()
	found := ps.found[c.Key]
	ps.mu.Unlock()
	if found != nil {
		return found, nil
	}
	return ps.discover(ctx, c)
}

// discover asks a provider where everything is: on every way out, so that nobody is led to a provider that is down.
func (ps *Providers) discover(ctx context.Context, c Config) (*oidc.Provider, error) {
	found, err := oidc.NewProvider(oidc.ClientContext(ctx, ps.client), c.Issuer) // which fetches keys later by the client alone
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	ps.mu.Lock()
	defer ps.mu.Unlock()
	ps.found[c.Key] = found
	return found, nil
}

func (ps *Providers) flow(c Config, p *oidc.Provider) *oauth2.Config {
	return &oauth2.Config{ClientID: c.ClientID, ClientSecret: c.Secret, Endpoint: p.Endpoint(), RedirectURL: ps.callback(c.Key), Scopes: []string{oidc.ScopeOpenID}}
}

// Begin is the address at which the person proves to a provider who they are, and what the answer must fit.
func (ps *Providers) Begin(ctx context.Context, key string) (string, Asking, error) {
	c, there := ps.Config(key)
	if !there {
		return "", Asking{}, ErrRefused
	}
	ctx, end, err := ps.leg(ctx, key)
	if err != nil {
		return "", Asking{}, err
	}
	defer end()
	p, err := ps.discover(ctx, c)
	if err != nil {
		return "", Asking{}, err
	}
	asking := Asking{Provider: key, State: rand.Text(), Nonce: rand.Text(), Verifier: oauth2.GenerateVerifier()}
	options := []oauth2.AuthCodeOption{oidc.Nonce(asking.Nonce), oauth2.S256ChallengeOption(asking.Verifier)}
	if len(c.Second) > 0 {
		options = append(options, oauth2.SetAuthURLParam("acr_values", strings.Join(c.Second, " ")))
	}
	return ps.flow(c, p).AuthCodeURL(asking.State, options...), asking, nil
}

// An Answer is what the provider's redirection carries. Issuer may be "" where the provider does not announce that it
// names itself (RFC 9207).
type Answer struct{ Code, State, Issuer, Error string }

// Finish turns an answer into a person:
//   - it belongs to what this browser has asked this provider, which names itself if it announces that (RFC 9207, 2.4),
//   - the code is exchanged with the verifier, which no thief of the code has,
//   - the token is signed by the provider, for us, issued to us, not expired, and holds the nonce.
//
// ErrRefused or ErrUnavailable is among the errors.
func (ps *Providers) Finish(ctx context.Context, asking Asking, a Answer) (Person, error) {
	c, there := ps.Config(asking.Provider)
	switch {
	case !there || asking.State == "" || subtle.ConstantTimeCompare([]byte(asking.State), []byte(a.State)) != 1:
		return Person{}, fmt.Errorf("%w: it was not asked for here", ErrRefused)
	case a.Issuer != "" && a.Issuer != c.Issuer:
		return Person{}, fmt.Errorf("%w: it comes from another issuer", ErrRefused)
	case a.Error != "" || a.Code == "":
		return Person{}, fmt.Errorf("%w: it has no code", ErrRefused)
	}
	ctx, end, err := ps.leg(ctx, c.Key)
	if err != nil {
		return Person{}, err
	}
	defer end()
	p, err := ps.known(ctx, c)
	if err != nil {
		return Person{}, err
	}
	if a.Issuer == "" && namesItself(p) {
		return Person{}, fmt.Errorf("%w: it does not say from which issuer it comes", ErrRefused)
	}
	ctx = oidc.ClientContext(ctx, ps.client)
	token, err := ps.flow(c, p).Exchange(ctx, a.Code, oauth2.VerifierOption(asking.Verifier))
	if err != nil {
		return Person{}, exchangeError(err)
	}
	text, _ := token.Extra("id_token").(string)
	verified, err := p.Verifier(&oidc.Config{ClientID: c.ClientID}).Verify(ctx, text)
	if err != nil {
		return Person{}, fmt.Errorf("%w: %w", ErrRefused, err)
	}
	if verified.Nonce == "" || subtle.ConstantTimeCompare([]byte(asking.Nonce), []byte(verified.Nonce)) != 1 {
		return Person{}, fmt.Errorf("%w: it has another nonce", ErrRefused)
	}
	var claims struct {
		ACR string `json:"acr"`
		// AuthorizedParty is for whom the token was issued (OpenID Connect Core 1.0, 3.1.3.7, points 4 and 5).
		AuthorizedParty string `json:"azp"`
	}
	if err := verified.Claims(&claims); err != nil {
		return Person{}, fmt.Errorf("%w: %w", ErrRefused, err)
	}
	if claims.AuthorizedParty == "" && len(verified.Audience) > 1 || claims.AuthorizedParty != "" && claims.AuthorizedParty != c.ClientID {
		return Person{}, fmt.Errorf("%w: it was issued to another party", ErrRefused)
	}
	if verified.Subject == "" {
		return Person{}, fmt.Errorf("%w: it names nobody", ErrRefused)
	}
	return Person{Issuer: verified.Issuer, Subject: verified.Subject, Second: claims.ACR != "" && slices.Contains(c.Second, claims.ACR)}, nil
}

// namesItself says whether a provider announces that each of its answers holds "iss". What announces it in another form
// than RFC 9207, 3 is held to it.
func namesItself(p *oidc.Provider) bool {
	var announced struct {
		Named bool `json:"authorization_response_iss_parameter_supported"`
	}
	err := p.Claims(&announced)
	return err != nil || announced.Named
}

// exchangeError tells a provider that says no from one that says nothing.
func exchangeError(err error) error {
	var said *oauth2.RetrieveError
	if errors.As(err, &said) && said.Response != nil && said.Response.StatusCode < http.StatusInternalServerError {
		return fmt.Errorf("%w: it does not take the code", ErrRefused)
	}
	return fmt.Errorf("%w: %w", ErrUnavailable, err)
}
