package desk_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"uketsuke/internal/account"
	"uketsuke/internal/desk"
)

// An authenticator is one of software, with a single passkey. What it says of the page can be wrong on purpose.
type authenticator struct {
	t        *testing.T
	key      *ecdsa.PrivateKey
	id       []byte
	handle   string
	count    uint32
	rp       string
	origin   string
	verified bool
}

func newAuthenticator(t *testing.T) *authenticator {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return &authenticator{t: t, key: key, id: []byte(rand.Text()), rp: "nss.centre.example", origin: "https://nss.centre.example", verified: true}
}

func url64(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// asked is what the browser is told, as far as an authenticator looks at it.
type asked struct {
	PublicKey struct {
		Challenge string
		User      struct{ ID string }
		RPID      string
	}
}

func (a *authenticator) read(o desk.Options) asked {
	a.t.Helper()
	var in asked
	if err := json.Unmarshal(o.Asked, &in); err != nil {
		a.t.Fatal(err)
	}
	return in
}

// head is the authenticator data up to the sign count.
func (a *authenticator) head(flags byte) []byte {
	sum := sha256.Sum256([]byte(a.rp))
	if a.verified {
		flags |= 4
	}
	return binary.BigEndian.AppendUint32(append(sum[:], flags|1), a.count)
}

func (a *authenticator) client(kind, challenge string) []byte {
	text, err := json.Marshal(map[string]any{"type": kind, "challenge": challenge, "origin": a.origin, "crossOrigin": false})
	if err != nil {
		a.t.Fatal(err)
	}
	return text
}

// create answers a request for a new passkey, without attestation.
func (a *authenticator) create(o desk.Options) string {
	in := a.read(o)
	a.handle = in.PublicKey.User.ID
	point, err := a.key.PublicKey.Bytes()
	if err != nil {
		a.t.Fatal(err)
	}
	data := append(a.head(0x40), make([]byte, 16)...)
	data = append(binary.BigEndian.AppendUint16(data, uint16(len(a.id))), a.id...)
	data = append(data, 0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 32) // an ES256 key on P-256
	data = append(data, point[1:33]...)
	data = append(append(data, 0x22, 0x58, 32), point[33:]...)
	object := append([]byte{0xa3, 0x63}, "fmt\x64none\x67attStmt\xa0\x68authData\x58"...)
	object = append(append(object, byte(len(data))), data...)
	return a.answer(map[string]any{"clientDataJSON": url64(a.client("webauthn.create", in.PublicKey.Challenge)), "attestationObject": url64(object)})
}

// get answers a request for a proof.
func (a *authenticator) get(o desk.Options) string {
	in := a.read(o)
	a.count++
	client, data := a.client("webauthn.get", in.PublicKey.Challenge), a.head(0)
	hash := sha256.Sum256(client)
	sum := sha256.Sum256(append(append([]byte{}, data...), hash[:]...))
	signature, err := ecdsa.SignASN1(rand.Reader, a.key, sum[:])
	if err != nil {
		a.t.Fatal(err)
	}
	return a.answer(map[string]any{"clientDataJSON": url64(client), "authenticatorData": url64(data), "signature": url64(signature), "userHandle": a.handle})
}

func (a *authenticator) answer(response map[string]any) string {
	text, err := json.Marshal(map[string]any{"id": url64(a.id), "rawId": url64(a.id), "type": "public-key", "clientExtensionResults": map[string]any{}, "response": response})
	if err != nil {
		a.t.Fatal(err)
	}
	return string(text)
}

// addKey registers an authenticator's passkey.
func (h *house) addKey(a *authenticator, by desk.Enroller) error {
	h.t.Helper()
	options, err := h.Desk.BeginPasskey(h.t.Context(), by)
	h.ok(err)
	return h.Desk.AddPasskey(h.t.Context(), by, options.Kept, "鍵", a.create(options))
}

// prove signs in with it; id is "" for signing in by it alone.
func (h *house) prove(a *authenticator, id account.ID) (account.ID, error) {
	h.t.Helper()
	options, err := h.Desk.BeginPasskeyProof(h.t.Context(), id)
	h.ok(err)
	return h.Desk.ProvePasskey(h.t.Context(), options.Kept, a.get(options), "192.0.2.1")
}

// Passkeys: what is taken and what is not (ASVS 6.5.7, 6.7.x).
func TestPasskeys(t *testing.T) {
	each(t, monday, func(t *testing.T, h *house) {
		ctx, p := t.Context(), h.Applicant
		self := desk.Enroller{ID: p.ID}
		for name, spoil := range map[string]func(*authenticator){
			"another origin":        func(a *authenticator) { a.origin = "https://nss.centre.example.attacker.example" },
			"another relying party": func(a *authenticator) { a.rp = "attacker.example" },
			"its user not verified": func(a *authenticator) { a.verified = false },
		} {
			a := newAuthenticator(t)
			spoil(a)
			if err := h.addKey(a, self); !errors.Is(err, desk.ErrPasskey) {
				t.Errorf("a new one, %s: %v", name, err)
			}
			good := newAuthenticator(t)
			h.ok(h.addKey(good, desk.Enroller{ID: h.Viewer.ID}))
			spoil(good)
			if _, err := h.prove(good, ""); !errors.Is(err, desk.ErrPasskey) {
				t.Errorf("a proof, %s: %v", name, err)
			}
			h.Pass(time.Hour)
		}
		mine, theirs := newAuthenticator(t), newAuthenticator(t)
		h.ok(h.addKey(mine, self))
		h.ok(h.addKey(theirs, desk.Enroller{ID: h.Administrator.ID}))
		twice := *mine
		if err := h.addKey(&twice, desk.Enroller{ID: h.Administrator.ID}); !errors.Is(err, desk.ErrPasskey) {
			t.Errorf("one passkey of two accounts: %v", err)
		}
		for _, id := range []account.ID{"", p.ID} {
			who, err := h.prove(mine, id)
			h.ok(err)
			equal(t, "whose passkey", who, p.ID)
		}
		if _, err := h.prove(theirs, p.ID); !errors.Is(err, desk.ErrPasskey) {
			t.Errorf("somebody else's passkey as the second factor: %v", err)
		}
		// Whoever has a session and not its owner's passkey answers with the own one to the question that anybody gets.
		anybodys, err := h.Desk.BeginPasskeyProof(ctx, "")
		h.ok(err)
		if err := h.Desk.ReauthenticateByPasskey(ctx, p, anybodys.Kept, theirs.get(anybodys), "192.0.2.1"); !errors.Is(err, desk.ErrPasskey) {
			t.Errorf("somebody else's passkey re-authenticates: %v", err)
		}
		owns, err := h.Desk.BeginPasskeyProof(ctx, p.ID)
		h.ok(err)
		h.ok(h.Desk.ReauthenticateByPasskey(ctx, p, owns.Kept, mine.get(owns), "192.0.2.1"))
		options, err := h.Desk.BeginPasskeyProof(ctx, "")
		h.ok(err)
		late := mine.get(options)
		h.Pass(6 * time.Minute)
		if _, err := h.Desk.ProvePasskey(ctx, options.Kept, late, "192.0.2.1"); !errors.Is(err, desk.ErrPasskey) {
			t.Errorf("an answer after six minutes: %v", err)
		}
		other, err := h.Desk.BeginPasskeyProof(ctx, "")
		h.ok(err)
		if _, err := h.Desk.ProvePasskey(ctx, other.Kept, late, "192.0.2.1"); !errors.Is(err, desk.ErrPasskey) {
			t.Errorf("the answer to another question: %v", err)
		}
		if _, err := h.Desk.ProvePasskey(ctx, nil, late, "192.0.2.1"); !errors.Is(err, desk.ErrPasskey) {
			t.Errorf("an answer that nobody asked for: %v", err)
		}
		mine.count = 0 // as a copy of it would be
		_, err = h.prove(mine, "")
		h.ok(err)
		factors, err := h.Desk.Factors(ctx, p)
		h.ok(err)
		if len(factors.Passkeys) != 1 || factors.Passkeys[0].Doubted.IsZero() {
			t.Errorf("a sign count that goes back is not noted: %+v", factors.Passkeys)
		}
		h.ok(h.Desk.RemovePasskey(ctx, p, factors.Passkeys[0].ID))
		if _, err := h.prove(mine, ""); !errors.Is(err, desk.ErrPasskey) {
			t.Errorf("a removed passkey: %v", err)
		}
		if err := h.Desk.RemovePasskey(ctx, h.Administrator, url64(newAuthenticator(t).id)); !errors.Is(err, desk.ErrNotFound) {
			t.Errorf("removing none: %v", err)
		}
	})
}
