package courier_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	. "uketsuke/internal/courier"
)

func TestFile(t *testing.T) {
	t.Parallel()
	f := File{filepath.Join(t.TempDir(), "checkpoints")}
	for _, signed := range []string{"a\n\n— x 1\n", "b\n\n— x 2\n"} {
		if err := f.Send(t.Context(), signed); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := os.ReadFile(f.Path); err != nil || string(got) != "a\n\n— x 1\nb\n\n— x 2\n" {
		t.Errorf("%q, %v", got, err)
	}
	if err := (File{t.TempDir()}).Send(t.Context(), "a"); err == nil {
		t.Error("a folder takes checkpoints")
	}
}

// What a full disk has torn is ended, so that the checkpoint after it stands by itself; between whole ones nothing is put.
func TestFileAfterATornAppend(t *testing.T) {
	t.Parallel()
	const whole, next = "a\n1\n\n— x 1\n", "b\n2\n\n— x 2\n"
	for left, want := range map[string]string{
		"": next, whole: whole + next, whole + "\n": whole + "\n" + next, strings.ReplaceAll(whole, "\n", "\r\n"): strings.ReplaceAll(whole, "\n", "\r\n") + next,
		whole + "a": whole + "a\n\n" + next, "a\n1\n": "a\n1\n\n\n" + next, "a\n1\n\n": "a\n1\n\n\n\n" + next,
		"a\n1\n\n\xe2": "a\n1\n\n\xe2\n\n" + next, "a\n1\n\n— x": "a\n1\n\n— x\n\n" + next, whole[:len(whole)-1]: whole + "\n" + next,
		strings.Repeat("a", 100000): strings.Repeat("a", 100000) + "\n\n" + next,
	} {
		f := File{filepath.Join(t.TempDir(), "checkpoints")}
		if err := errors.Join(os.WriteFile(f.Path, []byte(left), 0o600), f.Send(t.Context(), next)); err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(f.Path); err != nil || string(got) != want {
			t.Errorf("after %.40q: %.80q, %v", left, got, err)
		}
	}
}

func TestPush(t *testing.T) {
	t.Parallel()
	answer, got, authorization := http.StatusNoContent, "", ""
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		got, authorization = r.Method+" "+string(body), r.Header.Get("Authorization")
		w.Header().Set("Location", "/elsewhere")
		w.WriteHeader(answer)
	}))
	p, err := NewPush(server.URL+"/checkpoints?key=1", "secret")
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Send(t.Context(), "a\n"); err != nil || got != "POST a\n" || authorization != "Bearer secret" {
		t.Errorf("%q %q, %v", got, authorization, err)
	}
	if name := p.Name(); strings.Contains(name, "key") || !strings.HasPrefix(name, "push:http://") {
		t.Errorf("its name tells: %s", name)
	}
	for _, answer = range []int{http.StatusFound, http.StatusTeapot, http.StatusInternalServerError} {
		if err := p.Send(t.Context(), "a\n"); err == nil {
			t.Errorf("%d is taken for kept", answer)
		}
	}
	server.Close()
	if err := p.Send(t.Context(), "a\n"); err == nil || strings.Contains(err.Error(), "key=1") {
		t.Errorf("a server that is down: %v", err)
	}
	for _, address := range []string{"", "ftp://x/", "https://u:p@x/", "x"} {
		if _, err := NewPush(address, ""); err == nil {
			t.Errorf("%q is taken for an address", address)
		}
	}
}

// ASVS 12.3.1: the token and the checkpoints leave this machine by TLS alone.
func TestPushInClear(t *testing.T) {
	t.Parallel()
	for address, fine := range map[string]bool{
		"https://log.example.jp/c": true, "https://192.0.2.7/c": true, "http://127.0.0.1:8080/c": true, "http://127.9.9.9/c": true,
		"http://[::1]:8080/c": true, "http://localhost/c": true, "http://LOCALHOST:8080/c": true,
		"http://log.example.jp/c": false, "HTTP://log.example.jp/c": false, "http://192.0.2.7/c": false, "http://10.0.0.1/c": false, "http://0.0.0.0/c": false,
		"http://[2001:db8::1]/c": false, "http://localhost.example.jp/c": false, "http://127.0.0.1.example.jp/c": false, "http://:8080/c": false,
	} {
		if _, err := NewPush(address, "secret"); errors.Is(err, ErrInClear) == fine || fine != (err == nil) {
			t.Errorf("%s: %v", address, err)
		}
	}
}
