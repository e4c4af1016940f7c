package identity

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// A provider whose answer never ends, or is small only while it is packed, fills no memory.
func TestAnswersAreBounded(t *testing.T) {
	t.Parallel()
	spaces := strings.Repeat(" ", 1<<20)
	for path, answer := range map[string]func(w io.Writer) error{
		"/plain": func(w io.Writer) error {
			for range 64 {
				if _, err := io.WriteString(w, spaces); err != nil {
					return nil // the reader has had enough
				}
			}
			return nil
		},
		"/packed": func(w io.Writer) error {
			packed := gzip.NewWriter(w)
			for range 64 {
				if _, err := io.WriteString(packed, spaces); err != nil {
					return nil // the reader has had enough
				}
			}
			return packed.Close()
		},
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			if path == "/packed" {
				w.Header().Set("Content-Encoding", "gzip")
			}
			_ = answer(w)
		}))
		providers := New([]Config{{Key: "own", Issuer: server.URL}}, func(string) string { return "" })
		got, err := providers.client.Get(server.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		n, err := io.Copy(io.Discard, got.Body)
		if n > answerMost || err == nil {
			t.Errorf("%s: %d bytes were taken: %v", path, n, err)
		}
		_ = got.Body.Close()
		server.Close()
	}
}
