package kit

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
)

//go:embed static
var StaticFiles embed.FS

// Policy lets the browser load and run what this site serves and nothing else, and nothing that
// stands in a page itself.
const Policy = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; " +
	"connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

// Permissions takes from the pages, and from whatever could ever get into them, what they do not need.
const Permissions = "camera=(), microphone=(), geolocation=(), payment=(), usb=(), display-capture=(), browsing-topics=()"

// strictTransport keeps browsers on TLS, for this host and those under it, two years after the last answer (ASVS 3.4.1).
const strictTransport = "max-age=63072000; includeSubDomains"

// StrictTransport goes around Secure, at every door. overTLS says that browsers come by TLS though it ends before
// this process, at a proxy.
func StrictTransport(overTLS bool, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if overTLS || r.TLS != nil {
			w.Header().Set("Strict-Transport-Security", strictTransport)
		}
		next.ServeHTTP(w, r)
	})
}

// Secure sets the headers every answer carries, whichever way it came.
func Secure(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", Policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", Permissions)
		h.Set("Cache-Control", "no-store") // whatever may be kept says so itself
		next.ServeHTTP(w, r)
	})
}

// Static serves the style sheet, the script and the pictures. Each has an address that holds the hash
// of its content, so that a browser may keep it for ever and never shows an old one.
type Static struct {
	address map[string]string // name → /static/hash/name
	content map[string][]byte // address → content
}

// NewStatic reads the embedded files.
func NewStatic() (*Static, error) {
	s := &Static{address: map[string]string{}, content: map[string][]byte{}}
	err := fs.WalkDir(StaticFiles, "static", func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := StaticFiles.ReadFile(file)
		if err != nil {
			return err
		}
		sum := sha256.Sum256(content)
		at := "/static/" + hex.EncodeToString(sum[:8]) + "/" + path.Base(file)
		s.address[path.Base(file)], s.content[at] = at, content
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read the static files: %w", err)
	}
	return s, nil
}

// Address is where a file is served; a name that does not exist is an error, which stops the rendering.
func (s *Static) Address(name string) (string, error) {
	at, ok := s.address[name]
	if !ok {
		return "", fmt.Errorf("find static file %q: no such file", name)
	}
	return at, nil
}

// ServeHTTP answers GET /static/{hash}/{name}.
func (s *Static) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	content, ok := s.content[r.URL.Path]
	if !ok {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", mime.TypeByExtension(path.Ext(r.URL.Path)))
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	if _, err := w.Write(content); err != nil {
		return // the browser has gone
	}
}
