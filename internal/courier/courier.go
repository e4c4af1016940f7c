// Package courier answers: how do checkpoints of the audit log leave the machine?
//
// Whoever can change the database can also write its tree and sign it anew; a checkpoint that lies elsewhere
// is what shows that. A File is appended to, best on storage that cannot be written over; a Push posts to an
// address that keeps what it gets. Both may get the same checkpoint again after a crash, which harms nobody.
package courier

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"
)

// A File is a file that checkpoints are appended to, one after another.
type File struct{ Path string }

// Name is "file:" and the path.
func (f File) Name() string { return "file:" + f.Path }

// Send appends a checkpoint, and returns when it is on the disk.
func (f File) Send(_ context.Context, signed string) error {
	out, err := os.OpenFile(f.Path, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o644)
	if err != nil {
		return fmt.Errorf("appending a checkpoint: %w", err)
	}
	apart, err := f.apart(out)
	if err == nil {
		_, err = out.WriteString(apart + signed)
	}
	if err = errors.Join(err, out.Sync(), out.Close()); err != nil {
		return fmt.Errorf("appending a checkpoint: %w", err)
	}
	return nil
}

// apart is what has to stand between what the file holds and the next checkpoint: nothing behind a whole one, an end and an
// empty line behind one that was torn when the disk was full or the machine went down.
func (f File) apart(out *os.File) (string, error) {
	const end = "\n\n"
	info, err := out.Stat()
	if err != nil || !info.Mode().IsRegular() || info.Size() == 0 {
		return "", err
	}
	in, err := os.Open(f.Path)
	if errors.Is(err, fs.ErrPermission) {
		return end, nil // a file that we may write and not read: empty lines between checkpoints harm nobody
	}
	if err != nil {
		return "", err
	}
	defer in.Close()
	tail := make([]byte, min(info.Size(), 4<<10)) // a line of a signature is shorter
	if _, err := in.ReadAt(tail, info.Size()-int64(len(tail))); err != nil && !errors.Is(err, io.EOF) {
		return "", err
	}
	text := string(tail)
	last := strings.TrimRight(text, "\r\n")
	if len(last) < len(text) && strings.HasPrefix(last[strings.LastIndexByte(last, '\n')+1:], "— ") {
		return "", nil
	}
	return end, nil
}

// pushLimit is how long an address may take to answer.
const pushLimit = 15 * time.Second

// A Push posts checkpoints to an address as text/plain; any answer 2xx means that it has been kept.
type Push struct {
	url, token string
	client     *http.Client
}

// ErrInClear says that a push would leave the machine without TLS, and so show the token to whoever is on the way.
var ErrInClear = errors.New("checkpoints leave this machine by https only; http is for addresses of this machine, such as http://127.0.0.1:8080/")

// NewPush makes a push to an address, by TLS unless that is of this machine (ASVS 12.3.1); token is sent as a bearer
// token, "" for none.
func NewPush(address, token string) (*Push, error) {
	at, err := url.Parse(address)
	if err != nil || at.Host == "" || at.Scheme != "https" && at.Scheme != "http" || at.User != nil {
		return nil, fmt.Errorf("%q is no address such as https://log.example.jp/checkpoints", address)
	}
	if at.Scheme == "http" && !isLoopback(at.Hostname()) {
		return nil, fmt.Errorf("%s: %w", at.Host, ErrInClear)
	}
	// A redirect would send the token elsewhere.
	stay := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &Push{url: address, token: token, client: &http.Client{Timeout: pushLimit, CheckRedirect: stay}}, nil
}

// isLoopback says whether a host is this machine, by its name or by its number.
func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return strings.EqualFold(host, "localhost") || ip != nil && ip.IsLoopback()
}

// Name is "push:" and the address without what may be secret in it.
func (p *Push) Name() string {
	place, _, _ := strings.Cut(p.url, "?")
	return "push:" + place
}

// Send posts a checkpoint.
func (p *Push) Send(ctx context.Context, signed string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, p.url, strings.NewReader(signed))
	if err != nil {
		return fmt.Errorf("pushing a checkpoint: %w", err)
	}
	request.Header.Set("Content-Type", "text/plain; charset=utf-8")
	if p.token != "" {
		request.Header.Set("Authorization", "Bearer "+p.token)
	}
	answer, err := p.client.Do(request)
	if err != nil {
		return fmt.Errorf("pushing a checkpoint: %w", errors.Unwrap(err))
	}
	_, err = io.Copy(io.Discard, io.LimitReader(answer.Body, 64<<10))
	err = errors.Join(err, answer.Body.Close())
	if answer.StatusCode/100 != 2 {
		return fmt.Errorf("pushing a checkpoint: the answer was %s", answer.Status)
	}
	if err != nil {
		return fmt.Errorf("pushing a checkpoint: %w", err)
	}
	return nil
}
