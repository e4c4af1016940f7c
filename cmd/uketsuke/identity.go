package main

import (
	"fmt"
	"net/url"
	"path"

	"uketsuke/internal/identity"
)

// identityFlags are the identity providers by which people can sign in.
type identityFlags struct {
	IdentityProviders string `env:"UKETSUKE_IDENTITY_PROVIDERS" placeholder:"FILE" help:"CSV file of the OpenID providers by which people can sign in; see docs/operations.md."`
}

// providers reads them. Each leads back to an address beside that of the login page.
func (f identityFlags) providers(login string) (*identity.Providers, error) {
	configs, err := identity.ReadFile(f.IdentityProviders)
	if err != nil {
		return nil, err
	}
	at, err := url.Parse(login)
	if err != nil {
		return nil, fmt.Errorf("login-url: %w", err)
	}
	return identity.New(configs, func(key string) string {
		back := *at
		back.Path, back.RawQuery = path.Join(path.Dir(at.Path), "login", "back", key), ""
		return back.String()
	}), nil
}
