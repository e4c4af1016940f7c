//go:build cgo

package keyring

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"

	"github.com/miekg/pkcs11"
)

// sessionsAtOnce bounds what one process asks of a token at the same time.
const sessionsAtOnce = 8

// A connection is a logged-in way to one token. When the token was restarted or taken away and put back,
// sessions and handles are void; the next call then opens new ones, once.
type connection struct {
	at   tokenPlace
	busy chan struct{}

	gate sync.RWMutex // held for reading while the library works, for writing while the connection is made
	lib  *pkcs11.Ctx
	slot uint
	made int // connections made; 0: none yet
	open bool
	// refused is the token's no to the PIN. It is not asked again: it locks itself after a few tries.
	refused error

	mu   sync.Mutex
	idle []pkcs11.SessionHandle
}

func newConnection(at tokenPlace) *connection {
	return &connection{at: at, busy: make(chan struct{}, sessionsAtOnce)}
}

var errNotConnected = errors.New("not connected")

// do asks the token, a second time when the first showed that the connection is void. What is asked must
// bear being asked twice.
func (c *connection) do(ask func(session) error) error { return c.ask(ask, 2) }

// once asks the token one time only, over a connection that do has proven.
func (c *connection) once(ask func(session) error) error { return c.ask(ask, 1) }

func (c *connection) ask(ask func(session) error, times int) error {
	for {
		made, err := c.with(ask)
		if err == nil || !lost(err) {
			return err
		}
		if times--; times == 0 {
			return errors.Join(ErrRingGone, err)
		}
		if err := c.connect(made); err != nil {
			return err
		}
	}
}

// with lends out one session, and says which connection it was of.
func (c *connection) with(ask func(session) error) (made int, err error) {
	c.busy <- struct{}{}
	defer func() { <-c.busy }()
	c.gate.RLock()
	defer c.gate.RUnlock()
	if !c.open {
		return c.made, errNotConnected
	}
	handle, err := c.session()
	if err != nil {
		return c.made, err
	}
	err = ask(session{c.lib, handle})
	c.mu.Lock()
	defer c.mu.Unlock()
	c.idle = append(c.idle, handle)
	return c.made, err
}

func (c *connection) session() (pkcs11.SessionHandle, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if last := len(c.idle) - 1; last >= 0 {
		handle := c.idle[last]
		c.idle = c.idle[:last]
		return handle, nil
	}
	return c.lib.OpenSession(c.slot, pkcs11.CKF_SERIAL_SESSION|pkcs11.CKF_RW_SESSION)
}

// connect makes the connection anew, unless another goroutine did since the one that was seen. A token that
// does not come back may need its library started again, which finds tokens only then.
func (c *connection) connect(seen int) error {
	c.gate.Lock()
	defer c.gate.Unlock()
	if c.open && c.made != seen {
		return nil
	}
	c.hangUp()
	err := c.dial()
	if err != nil && c.lib != nil && c.refused == nil {
		_ = c.lib.Finalize() // what it says of a token that is away is of no use
		err = c.dial()
	}
	if err != nil {
		c.hangUp()
		return fmt.Errorf("token %s: %w", c.at.label, err)
	}
	c.open, c.made = true, c.made+1
	return nil
}

// hangUp lets go of all sessions. Others of this process may use the library, so it goes on.
func (c *connection) hangUp() {
	c.open = false
	for _, handle := range c.idle {
		_ = c.lib.CloseSession(handle) // void already, as a rule
	}
	c.idle = nil
}

func (c *connection) dial() error {
	if c.refused != nil {
		return c.refused
	}
	if c.lib == nil {
		if c.lib = pkcs11.New(c.at.module); c.lib == nil {
			return fmt.Errorf("%s cannot be loaded as a PKCS#11 library", c.at.module)
		}
	}
	if err := c.lib.Initialize(); err != nil && !is(err, pkcs11.CKR_CRYPTOKI_ALREADY_INITIALIZED) {
		return fmt.Errorf("starting the PKCS#11 library: %w", err)
	}
	var err error
	if c.slot, err = c.find(); err != nil {
		return err
	}
	handle, err := c.session()
	if err != nil {
		return errors.Join(ErrRingGone, err)
	}
	c.idle = append(c.idle, handle)
	return c.login(handle)
}

// find is the slot of the token.
func (c *connection) find() (uint, error) {
	slots, err := c.lib.GetSlotList(true)
	if err != nil {
		return 0, errors.Join(ErrRingGone, err)
	}
	for _, slot := range slots {
		info, err := c.lib.GetTokenInfo(slot)
		if err != nil {
			continue // another token, away
		}
		serial := strings.TrimRight(info.SerialNumber, " \x00")
		if strings.TrimRight(info.Label, " \x00") == c.at.label && (c.at.serial == "" || c.at.serial == serial) {
			return slot, nil
		}
	}
	return 0, fmt.Errorf("there is no such token: %w", ErrRingGone)
}

func (c *connection) login(handle pkcs11.SessionHandle) error {
	info, err := os.Stat(c.at.pinFile)
	if err != nil {
		return err
	}
	if info.Mode().Perm()&0o077 != 0 {
		return fmt.Errorf("%s: %w", c.at.pinFile, ErrExposed)
	}
	pin, err := os.ReadFile(c.at.pinFile)
	if err != nil {
		return err
	}
	err = c.lib.Login(handle, pkcs11.CKU_USER, strings.TrimRight(string(pin), "\r\n"))
	switch {
	case err == nil, is(err, pkcs11.CKR_USER_ALREADY_LOGGED_IN):
		return nil
	case lost(err):
		return errors.Join(ErrRingGone, err)
	}
	c.refused = fmt.Errorf("logging in with the PIN of %s, which is not tried again before a restart: %w", c.at.pinFile, err)
	return c.refused
}

func (c *connection) close() error {
	c.gate.Lock()
	defer c.gate.Unlock()
	c.hangUp()
	return nil
}

// is says whether an error is one of the token's answers.
func is(err error, codes ...pkcs11.Error) bool {
	var code pkcs11.Error
	return errors.As(err, &code) && slices.Contains(codes, code)
}

// lost says that an error is about the connection, not about what was asked.
func lost(err error) bool {
	return errors.Is(err, errNotConnected) || is(err, pkcs11.CKR_SESSION_HANDLE_INVALID, pkcs11.CKR_SESSION_CLOSED,
		pkcs11.CKR_USER_NOT_LOGGED_IN, pkcs11.CKR_DEVICE_REMOVED, pkcs11.CKR_DEVICE_ERROR, pkcs11.CKR_TOKEN_NOT_PRESENT,
		pkcs11.CKR_TOKEN_NOT_RECOGNIZED, pkcs11.CKR_SLOT_ID_INVALID, pkcs11.CKR_CRYPTOKI_NOT_INITIALIZED,
		pkcs11.CKR_OBJECT_HANDLE_INVALID, pkcs11.CKR_KEY_HANDLE_INVALID, pkcs11.CKR_GENERAL_ERROR,
		// Our templates never change: a token that takes one nearly always is confused when it does not, as SoftHSM was once
		// while others looked at the object that it was making.
		pkcs11.CKR_TEMPLATE_INCONSISTENT)
}
