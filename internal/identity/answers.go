package identity

import (
	"errors"
	"io"
	"net/http"
)

// answerMost is how long an answer of a provider may be: metadata, keys or a token. What is unpacked counts, not what came.
const answerMost = 1 << 20

var errLong = errors.New("the provider's answer is too long")

// A modest round trip takes answers up to a length: whoever reads them takes them into memory whole.
type modest struct{ next http.RoundTripper }

func (m modest) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := m.next.RoundTrip(r)
	if err == nil {
		answer.Body = &cutOff{ReadCloser: answer.Body, left: answerMost}
	}
	return answer, err
}

// A cutOff body fails when more comes than it has left.
type cutOff struct {
	io.ReadCloser
	left int
}

func (c *cutOff) Read(into []byte) (int, error) {
	n, err := c.ReadCloser.Read(into)
	if c.left -= n; c.left < 0 {
		return 0, errLong
	}
	return n, err
}
