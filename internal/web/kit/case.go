package kit

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// SendPaper answers with a PDF. Papers hold personal data, so no cache keeps them.
func (v *Request) SendPaper(pdf []byte, name string, err error) error {
	if err != nil {
		return err
	}
	h := v.Out.Header()
	h.Set("Content-Type", "application/pdf")
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Disposition", "attachment; filename*=UTF-8''"+strings.ReplaceAll(url.QueryEscape(name), "+", "%20"))
	h.Set("Content-Length", strconv.Itoa(len(pdf)))
	v.Out.WriteHeader(http.StatusOK)
	if _, err := v.Out.Write(pdf); err != nil {
		return nil // the browser has gone
	}
	return nil
}
