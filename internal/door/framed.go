package door

import (
	"io"
	"net/http"
)

// misframed is told whoever sends a body without its length.
const misframed = `本文の長さ（Content-Length）を付けて送ってください。Transfer-Encoding は使えません。
Send the length of the body (Content-Length), and no Transfer-Encoding.
`

// Framed lets through only what has one way to be read: a body's end is where Content-Length says, so that no proxy before us
// can see another end of it (RFC 9112, 6.3 and 11.2; ASVS 4.2.1). net/http drops Content-Length silently where both it and
// Transfer-Encoding came, so that no handler can tell that case from Transfer-Encoding alone: each Transfer-Encoding goes to
// refuse, which is Misframed with the headers of our answers. HTTP/2 frames a body by itself and needs no Content-Length; a body
// without one goes there too, since no body of unknown length has a bound before it is read. No browser of ours sends any.
//
// Of HTTP/1.0 net/http drops Transfer-Encoding instead; there the connection always ends with the answer (RFC 9112, 6.1),
// so that nothing behind a body is taken for a request.
func Framed(next, refuse http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !r.ProtoAtLeast(1, 1) {
			w.Header().Set("Connection", "close")
		}
		if len(r.TransferEncoding) > 0 || r.ContentLength < 0 {
			refuse.ServeHTTP(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// Misframed answers 400, or 411 where nothing but the length is missing, and ends the connection.
func Misframed(w http.ResponseWriter, r *http.Request) {
	status := http.StatusBadRequest
	if len(r.TransferEncoding) == 0 {
		status = http.StatusLengthRequired
	}
	h := w.Header()
	h.Set("Connection", "close")
	h.Set("Content-Type", "text/plain; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, misframed) // whoever has gone need not be told
}
