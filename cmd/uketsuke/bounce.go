package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	"uketsuke/internal/desk"
	"uketsuke/internal/keyring"
	"uketsuke/internal/mail"
	"uketsuke/internal/mail/returned"
)

// bounceFlags are the way by which mail comes back. The domain alone gives every mail a return path of its
// own; of several machines any number may listen.
type bounceFlags struct {
	BounceDomain string `env:"UKETSUKE_BOUNCE_DOMAIN" placeholder:"DOMAIN" help:"Domain whose mail reaches bounce-listen; every mail then has a return path of its own there. Without it nobody here learns of bounces."`
	BounceListen string `env:"UKETSUKE_BOUNCE_LISTEN" placeholder:"HOST:PORT" help:"Where returned mail is awaited, in SMTP; nowhere by default."`
}

// fault is what does not fit together.
func (f bounceFlags) fault() error {
	switch {
	case f.BounceListen == "":
		return nil
	case f.BounceDomain == "":
		return errors.New("bounce-listen: there is no bounce-domain, so nothing would come")
	}
	if _, port, err := net.SplitHostPort(f.BounceListen); err != nil || port == "" {
		return fmt.Errorf("bounce-listen: %q is not HOST:PORT", f.BounceListen)
	}
	return nil
}

// returnPaths are those of a domain, nil without one. Their keys come from the ring, which all machines of
// one database share: what went out before a rotation still comes back.
func returnPaths(domain string, ring *keyring.Ring) (*mail.ReturnPaths, error) {
	if domain == "" {
		return nil, nil
	}
	keys, err := ring.MACs("return-paths", []byte("the key of return paths"))
	if err != nil {
		return nil, err
	}
	return mail.NewReturnPaths(domain, keys...), nil
}

// awaitBounces opens the door for returned mail; "" opens none.
func (s *service) awaitBounces(address string) error {
	if address == "" {
		return nil
	}
	var err error
	if s.bounces, err = net.Listen("tcp", address); err != nil {
		return misconfiguration(fmt.Errorf("bounce-listen: %w", err))
	}
	s.log.Info("awaiting returned mail", "listen", s.bounces.Addr().String())
	return nil
}

// takeBounces takes returned mail until ctx ends.
func (s *service) takeBounces(ctx context.Context) {
	if s.bounces == nil {
		return
	}
	l := &returned.Listener{
		Paths: s.deliverer.Paths, Name: s.desk.Operator.Mail.BounceDomain, Elapsed: time.Now, Log: s.log,
		Returned: func(ctx context.Context, job string, b mail.Bounce) error {
			err := s.desk.Bounced(ctx, job, b)
			if errors.Is(err, desk.ErrNotFound) {
				return returned.ErrUnknown
			}
			return err
		},
	}
	if err := l.Serve(ctx, s.bounces); err != nil {
		s.log.ErrorContext(ctx, "taking returned mail", "error", err)
	}
}
