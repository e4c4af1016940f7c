package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"
	"uketsuke/internal/web/kit"

	"uketsuke/internal/api"
	"uketsuke/internal/clock"
	"uketsuke/internal/desk"
	"uketsuke/internal/door"
	"uketsuke/internal/identity"
	"uketsuke/internal/ledger"
	"uketsuke/internal/mail"
	"uketsuke/internal/store"
	"uketsuke/internal/web"
)

// How long things take at most. A stop takes less than five seconds in all: requests have farewell to end,
// and so has the work beside them.
const (
	farewell   = 4 * time.Second
	cleanEvery = 10 * time.Minute
	countEvery = 10 * time.Second
)

// A service is a desk with a door and with the work that goes on behind it.
type service struct {
	db          *store.DB
	ledger      *ledger.Ledger
	desk        *desk.Desk
	sessions    *store.Sessions
	deliverer   *mail.Deliverer
	server      *web.Server
	identities  *identity.Providers // nil for none
	bounces     net.Listener        // for returned mail; nil for none
	machines    *api.Server
	log         *slog.Logger
	wake        chan struct{}
	lags        chan struct{}
	elapsed     *clock.Steady
	guard       *desk.ClockGuard // nil in the demo
	certificate *certificate     // nil behind a proxy
	health      health
	ticking     sync.Mutex
}

// close stores what is still in memory and closes the database.
func (s *service) close() error {
	ctx, cancel := context.WithTimeout(context.Background(), farewell)
	defer cancel()
	return errors.Join(s.machines.Flush(ctx), s.db.Close(), s.ledger.Close(), s.desk.Ring.Close())
}

// mailed wakes the deliverer; one word is enough for any number of mails.
func (s *service) mailed() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// webServer makes the pages. secure says that browsers come by TLS; demo is nil but in the demo.
func (s *service) webServer(secure bool, demo *kit.Demo) (*web.Server, error) {
	return web.New(kit.Config{Desk: s.desk, Sessions: s.sessions, Secure: secure, Elapsed: s.elapsed.Now, Log: s.log, Demo: demo, Identities: s.identities, Condition: s.condition})
}

// handler is the pages, and beside them the addresses that machines ask: the network's gateway and a load
// balancer. No mux stands before that of the pages: it would answer some paths by itself, without their
// headers.
func (s *service) handler() http.Handler {
	health, machines := s.beside(http.HandlerFunc(s.serveHealth)), s.beside(s.machines)
	return door.Framed(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if healthAddresses[r.URL.Path] && (r.Method == http.MethodGet || r.Method == http.MethodHead) {
			health.ServeHTTP(w, r)
			return
		}
		if strings.HasPrefix(r.URL.Path, "/api/") {
			machines.ServeHTTP(w, r)
			return
		}
		s.server.ServeHTTP(w, r)
	}), s.beside(http.HandlerFunc(door.Misframed)))
}

// beside gives what stands beside the pages their headers.
func (s *service) beside(h http.Handler) http.Handler {
	return kit.StrictTransport(s.server.Secure, kit.Secure(h))
}

// run serves until ctx ends or the listener fails. Then requests are let finish, a mail on its way is
// noted, and the work of the clock stops between two transactions.
func (s *service) run(ctx context.Context, listener net.Listener, handler http.Handler) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var work sync.WaitGroup
	for _, job := range []func(context.Context){s.deliver, s.takeBounces, s.keepTime, s.keepUp, s.keepLog, s.sendCheckpoints, s.verifyLog, s.clean, s.count, s.watchSigning, s.watchHealth} {
		work.Go(func() { job(ctx) })
	}
	server := door.Server(handler, s.beside(http.HandlerFunc(door.Crowded)), s.log)
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	var err error
	select {
	case err = <-served:
	case <-ctx.Done():
	}
	stop()
	return errors.Join(err, s.end(server, &work))
}

// end waits for what is still going on, for farewell at most.
func (s *service) end(server *http.Server, work *sync.WaitGroup) error {
	ctx, cancel := context.WithTimeout(context.Background(), farewell)
	defer cancel()
	err := server.Shutdown(ctx)
	if err != nil {
		err = errors.Join(fmt.Errorf("waiting for requests to finish: %w", err), server.Close())
	}
	done := make(chan struct{})
	go func() { work.Wait(); close(done) }()
	select {
	case <-done:
	case <-ctx.Done():
		err = errors.Join(err, errors.New("stopping: work goes on beyond the time for it"))
	}
	s.log.Info("stopped")
	return err
}

// noteEvery is how often, at most, a job without failures says that it was done.
const noteEvery = time.Minute

// noting records what becomes of a job, its successes now and then.
func (s *service) noting(name string) func(context.Context, error) {
	var last time.Time
	failing := true
	return func(ctx context.Context, failed error) {
		if ctx.Err() != nil || failed == nil && !failing && time.Since(last) < noteEvery {
			return
		}
		last, failing = time.Now(), failed != nil
		if err := s.desk.NoteJob(ctx, name, failed); err != nil && ctx.Err() == nil {
			s.log.ErrorContext(ctx, "noting a job", "job", name, "error", err)
		}
	}
}

// deliver sends mails until ctx ends.
func (s *service) deliver(ctx context.Context) {
	s.deliverer.Looked = s.noting(desk.MailJob)
	if err := s.deliverer.Run(ctx); err != nil {
		s.log.ErrorContext(ctx, "delivering mails", "error", err)
	}
}

// clean deletes ended sessions and old failures of signing in now and then.
func (s *service) clean(ctx context.Context) {
	note := s.noting(desk.CleanJob)
	every(ctx, cleanEvery, func() {
		if s.inDoubt() {
			return
		}
		_, err := s.sessions.Clean(ctx)
		err = errors.Join(err, s.desk.ForgetTries(ctx), s.desk.ForgetSignIns(ctx), s.desk.ForgetPendingTOTP(ctx))
		if err != nil && ctx.Err() == nil {
			s.log.ErrorContext(ctx, "cleaning sessions and failed tries", "error", err)
		}
		note(ctx, err)
	})
}

// count stores now and then what gateways were answered.
func (s *service) count(ctx context.Context) {
	every(ctx, countEvery, func() {
		if err := s.machines.Flush(ctx); err != nil && ctx.Err() == nil {
			s.log.ErrorContext(ctx, "counting the answers to gateways", "error", err)
		}
	})
}

// every calls f at once and then at intervals until ctx ends.
func every(ctx context.Context, interval time.Duration, f func()) {
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	for ctx.Err() == nil {
		f()
		select {
		case <-ctx.Done():
		case <-ticker.C:
		}
	}
}

// fromProxy gives requests the address of who asked the proxy: the last one that it has added itself.
func fromProxy(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		forwarded := r.Header.Values("X-Forwarded-For")
		if len(forwarded) > 0 {
			hops := strings.Split(forwarded[len(forwarded)-1], ",")
			if from := strings.TrimSpace(hops[len(hops)-1]); net.ParseIP(from) != nil {
				r.RemoteAddr = net.JoinHostPort(from, "0")
			}
		}
		next.ServeHTTP(w, r)
	})
}
