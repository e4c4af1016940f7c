package identity

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

// An issuer is a provider that can be made to lie. What real ones do is shown by the browser's journey, against one.
type issuer struct {
	*httptest.Server
	t      *testing.T
	key    *ecdsa.PrivateKey
	asked  url.Values // the last authorisation request
	spoil  func(claims map[string]any)
	signBy *ecdsa.PrivateKey
	down   atomic.Bool
	spent  map[string]bool
	names  any // what it announces of naming itself in answers, nil for nothing
}

func newIssuer(t *testing.T) *issuer {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	i := &issuer{t: t, key: key, signBy: key, spent: map[string]bool{}, spoil: func(map[string]any) {}}
	i.Server = httptest.NewServer(i)
	t.Cleanup(i.Close)
	return i
}

func (i *issuer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if i.down.Load() {
		http.Error(w, "down", http.StatusServiceUnavailable)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	var answer any
	switch r.URL.Path {
	case "/.well-known/openid-configuration":
		announced := map[string]any{"issuer": i.URL, "authorization_endpoint": i.URL + "/auth", "token_endpoint": i.URL + "/token", "jwks_uri": i.URL + "/keys",
			"id_token_signing_alg_values_supported": []string{"ES256"}}
		if i.names != nil {
			announced["authorization_response_iss_parameter_supported"] = i.names
		}
		answer = announced
	case "/keys":
		answer = jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: &i.key.PublicKey, KeyID: "1", Algorithm: "ES256", Use: "sig"}}}
	case "/token":
		sum := sha256.Sum256([]byte(r.PostFormValue("code_verifier")))
		code := r.PostFormValue("code")
		if i.spent[code] || base64.RawURLEncoding.EncodeToString(sum[:]) != i.asked.Get("code_challenge") {
			w.WriteHeader(http.StatusBadRequest)
			answer = map[string]string{"error": "invalid_grant"}
			break
		}
		i.spent[code] = true
		answer = map[string]any{"access_token": "a", "token_type": "Bearer", "id_token": i.token()}
	}
	if err := json.NewEncoder(w).Encode(answer); err != nil {
		i.t.Error(err)
	}
}

func (i *issuer) token() string {
	claims := map[string]any{"iss": i.URL, "aud": "us", "sub": "alice", "nonce": i.asked.Get("nonce"), "exp": time.Now().Add(time.Hour).Unix(), "iat": time.Now().Unix(), "acr": "strong"}
	i.spoil(claims)
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: jose.JSONWebKey{Key: i.signBy, KeyID: "1"}}, nil)
	if err != nil {
		i.t.Error(err)
		return ""
	}
	text, err := jwt.Signed(signer).Claims(claims).Serialize()
	if err != nil {
		i.t.Error(err)
	}
	return text
}

func (i *issuer) providers() *Providers {
	return New([]Config{{Key: "p", Name: "仮", NameEN: "P", Issuer: i.URL, ClientID: "us", Secret: "s", Second: []string{"strong"}}},
		func(key string) string { return "https://desk.example/login/back/" + key })
}

// ask begins a try, as a browser that follows the way out.
func (i *issuer) ask(ps *Providers) Asking {
	i.t.Helper()
	address, asking, err := ps.Begin(i.t.Context(), "p")
	if err != nil {
		i.t.Fatal(err)
	}
	at, err := url.Parse(address)
	if err != nil {
		i.t.Fatal(err)
	}
	i.asked = at.Query()
	return asking
}

// ASVS 10.5: what is asked, and who comes back.
func TestFlow(t *testing.T) {
	t.Parallel()
	i := newIssuer(t)
	ps := i.providers()
	asking := i.ask(ps)
	for name, want := range map[string]string{"response_type": "code", "client_id": "us", "scope": "openid", "code_challenge_method": "S256",
		"redirect_uri": "https://desk.example/login/back/p", "acr_values": "strong", "state": asking.State, "nonce": asking.Nonce} {
		if got := i.asked.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if len(asking.State) < 26 || asking.State == asking.Nonce || len(asking.Verifier) < 43 {
		t.Errorf("too little chance: %+v", asking)
	}
	person, err := ps.Finish(t.Context(), asking, Answer{Code: "c", State: asking.State, Issuer: i.URL})
	if err != nil || person != (Person{i.URL, "alice", true}) {
		t.Errorf("came back as %+v: %v", person, err)
	}
	i.spoil = func(c map[string]any) { c["aud"], c["azp"] = []string{"us", "them"}, "us" }
	asking = i.ask(ps)
	if _, err := ps.Finish(t.Context(), asking, Answer{Code: "two", State: asking.State}); err != nil {
		t.Errorf("for two, issued to us: %v", err)
	}
	i.spoil = func(c map[string]any) { c["acr"] = "weak" }
	asking = i.ask(ps)
	if person, err := ps.Finish(t.Context(), asking, Answer{Code: "d", State: asking.State}); err != nil || person.Second {
		t.Errorf("another acr: %+v: %v", person, err)
	}
	// RFC 9207, 2.4: whoever announces "iss" must send it, and whoever says no need not.
	for names, answer := range map[bool]Answer{true: {Code: "e", Issuer: i.URL}, false: {Code: "f"}} {
		i.names = names
		asking = i.ask(ps)
		answer.State = asking.State
		if _, err := ps.Finish(t.Context(), asking, answer); err != nil {
			t.Errorf("announced %v: %v", names, err)
		}
	}
}

// ASVS 10.5: nothing but an answer to this browser's own question, signed for us, proves anybody.
func TestAttacks(t *testing.T) {
	t.Parallel()
	other, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		lie    func(*issuer)
		change func(*Asking, *Answer)
	}{
		"wrong nonce":       {lie: func(i *issuer) { i.spoil = func(c map[string]any) { c["nonce"] = "another" } }},
		"no nonce":          {lie: func(i *issuer) { i.spoil = func(c map[string]any) { delete(c, "nonce") } }},
		"other issuer":      {lie: func(i *issuer) { i.spoil = func(c map[string]any) { c["iss"] = "https://evil.example" } }},
		"for somebody else": {lie: func(i *issuer) { i.spoil = func(c map[string]any) { c["aud"] = "them" } }},
		"issued to another": {lie: func(i *issuer) { i.spoil = func(c map[string]any) { c["azp"] = "them" } }},
		"for us and others": {lie: func(i *issuer) { i.spoil = func(c map[string]any) { c["aud"] = []string{"us", "them"} } }},
		"issued to one of two": {lie: func(i *issuer) {
			i.spoil = func(c map[string]any) { c["aud"], c["azp"] = []string{"us", "them"}, "them" }
		}},
		"expired":              {lie: func(i *issuer) { i.spoil = func(c map[string]any) { c["exp"] = time.Now().Add(-time.Hour).Unix() } }},
		"nobody":               {lie: func(i *issuer) { i.spoil = func(c map[string]any) { c["sub"] = "" } }},
		"signed by another":    {lie: func(i *issuer) { i.signBy = other }},
		"another's state":      {change: func(_ *Asking, a *Answer) { a.State = "guessed" }},
		"no state anywhere":    {change: func(k *Asking, a *Answer) { k.State, a.State = "", "" }},
		"mixed up, by iss":     {change: func(_ *Asking, a *Answer) { a.Issuer = "https://evil.example" }},
		"mixed up, no iss":     {lie: func(i *issuer) { i.names = true }},
		"iss said oddly":       {lie: func(i *issuer) { i.names = "true" }},
		"turned away":          {change: func(_ *Asking, a *Answer) { a.Error = "access_denied" }},
		"stolen code":          {change: func(k *Asking, _ *Answer) { k.Verifier = strings.Repeat("x", 43) }},
		"a provider not there": {change: func(k *Asking, _ *Answer) { k.Provider = "q" }},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			i := newIssuer(t)
			ps := i.providers()
			if tt.lie != nil {
				tt.lie(i)
			}
			asking := i.ask(ps)
			answer := Answer{Code: "c", State: asking.State}
			if tt.change != nil {
				tt.change(&asking, &answer)
			}
			if person, err := ps.Finish(t.Context(), asking, answer); !errors.Is(err, ErrRefused) {
				t.Errorf("came in as %+v: %v", person, err)
			}
		})
	}
	i := newIssuer(t)
	ps := i.providers()
	asking := i.ask(ps)
	if _, err := ps.Finish(t.Context(), asking, Answer{Code: "c", State: asking.State}); err != nil {
		t.Fatal(err)
	}
	if _, err := ps.Finish(t.Context(), asking, Answer{Code: "c", State: asking.State}); !errors.Is(err, ErrRefused) {
		t.Errorf("a code works twice: %v", err)
	}
}

// ASVS 16.5.2: a provider that is down is said to be down, and found again when it is back.
func TestDown(t *testing.T) {
	t.Parallel()
	i := newIssuer(t)
	ps := i.providers()
	i.down.Store(true)
	if _, _, err := ps.Begin(t.Context(), "p"); !errors.Is(err, ErrUnavailable) {
		t.Errorf("down: %v", err)
	}
	i.down.Store(false)
	asking := i.ask(ps)
	i.down.Store(true)
	if _, err := ps.Finish(t.Context(), asking, Answer{Code: "c", State: asking.State}); !errors.Is(err, ErrUnavailable) {
		t.Errorf("down on the way back: %v", err)
	}
	if _, _, err := ps.Begin(t.Context(), "p"); !errors.Is(err, ErrUnavailable) {
		t.Errorf("down after it was there: %v", err)
	}
}

func TestRead(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "gbiz.secret"), []byte("hush\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	heading := "key,name,name_en,issuer,client_id,secret_file,second_factor_acr\n"
	configs, err := read(strings.NewReader(heading+"gbiz,GビズID,gBizID,https://gbiz.example,c1,gbiz.secret,a b\nown,自社,Ours,https://own.example/x,c2,,\n"), dir)
	if err != nil || len(configs) != 2 || configs[0].Secret != "hush" || len(configs[0].Second) != 2 || len(configs[1].Second) != 0 || configs[1].Name != "自社" {
		t.Fatalf("%+v: %v", configs, err)
	}
	for name, text := range map[string]string{
		"nothing": "", "another column": strings.Replace(heading, "key", "id", 1), "a bad key": heading + "G,n,n,https://a.example,c,,\n", "no name": heading + "g,,n,https://a.example,c,,\n",
		"in clear": heading + "g,n,n,http://a.example,c,,\n", "no secret there": heading + "g,n,n,https://a.example,c,none,\n",
		"twice": heading + "g,n,n,https://a.example,c,,\ng,n,n,https://b.example,c,,\n",
	} {
		if got, err := read(strings.NewReader(text), dir); err == nil {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// ASVS 16.5.2: a provider that takes every call and answers none is asked by a few at once, and each leg of a sign-in
// ends in time, also where it needs several calls.
func TestSilentProviderIsAskedByAFew(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var calls atomic.Int64
		ps := New([]Config{{Key: "p", Issuer: "https://id.example", ClientID: "us"}}, func(string) string { return "" })
		ps.client.Transport = silent(func(r *http.Request) { calls.Add(1); <-r.Context().Done() })
		begun := time.Now()
		var asking sync.WaitGroup
		for range 100 {
			asking.Go(func() {
				if _, _, err := ps.Begin(t.Context(), "p"); !errors.Is(err, ErrUnavailable) {
					t.Error(err)
				}
			})
		}
		asking.Wait()
		if took := time.Since(begun); calls.Load() > legsMost || took > waits {
			t.Errorf("%d calls within %v", calls.Load(), took)
		}
	})
}

// A silent transport answers nothing.
type silent func(*http.Request)

func (s silent) RoundTrip(r *http.Request) (*http.Response, error) {
	s(r)
	return nil, r.Context().Err()
}
