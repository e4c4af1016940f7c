package desk

import (
	"context"
	"errors"
	"testing"
)

// A flood of strangers is turned away at a bound, and those who are friends are not behind it.
func TestLanes(t *testing.T) {
	most := cap(strangers.queue)
	done, stop := context.WithCancel(t.Context())
	ended := make(chan error, most)
	for range cap(strangers.places) {
		if err := strangers.enter(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	for range most - cap(strangers.places) {
		go func() { ended <- strangers.enter(done) }()
	}
	for len(strangers.queue) < most {
		if t.Context().Err() != nil {
			t.Fatal("nobody waits")
		}
	}
	if err := strangers.enter(t.Context()); !errors.Is(err, ErrBusy) {
		t.Errorf("ASVS 2.4.1: one more than may wait: %v", err)
	}
	if err := laneOf([]string{"pair:OWN somebody"}).enter(t.Context()); err != nil {
		t.Errorf("somebody who is friends: %v", err)
	}
	friends.leave()
	stop()
	for range most - cap(strangers.places) {
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("who goes away: %v", err)
		}
	}
	for range cap(strangers.places) {
		strangers.leave()
	}
	if len(strangers.queue)+len(strangers.places)+len(friends.queue) != 0 {
		t.Error("somebody is left in a lane")
	}
}
