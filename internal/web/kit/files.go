package kit

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// SizeWords is a size as people read it.
func SizeWords(bytes int64) Sentence {
	switch {
	case bytes < 10<<10:
		return Say("%dバイト", bytes)
	case bytes < 10<<20:
		return Say("%d KB", bytes>>10)
	}
	return Say("%d MB", bytes>>20)
}

// slowest is how long a file may take to come in, and each part of one to go out.
const slowest = 10 * time.Minute

// Wait gives request and answer the time that a large file takes, instead of a page's.
func (v *Request) Wait() error {
	control, end := http.NewResponseController(v.Out), v.Kit.Elapsed().Add(slowest)
	err := errors.Join(control.SetReadDeadline(end), control.SetWriteDeadline(end))
	if errors.Is(err, http.ErrNotSupported) {
		return nil
	}
	return err
}

// Attachment names a file for saving, in any script (RFC 6266).
func Attachment(name string) string {
	return "attachment; filename*=UTF-8''" + strings.ReplaceAll(url.QueryEscape(name), "+", "%20")
}
