package keyring

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
)

// A tokenPlace is where an HSM's token is, as a URI of RFC 7512 says:
//
//	pkcs11:token=LABEL?module-path=/path/of/the/library.so&pin-source=/path/of/the/pin
//
// serial may stand beside token where several tokens have one label. The PIN itself is never in the URI.
type tokenPlace struct {
	label, serial string
	module        string
	pinFile       string
}

var errTokenURI = errors.New("not of the form pkcs11:token=LABEL?module-path=FILE&pin-source=FILE")

func parseToken(uri string) (tokenPlace, error) {
	rest, ok := strings.CutPrefix(uri, "pkcs11:")
	if !ok {
		return tokenPlace{}, errTokenURI
	}
	var p tokenPlace
	path, query, _ := strings.Cut(rest, "?")
	known := map[string]*string{"token": &p.label, "serial": &p.serial}
	if err := parseAttributes(path, ";", known); err != nil {
		return tokenPlace{}, err
	}
	known = map[string]*string{"module-path": &p.module, "pin-source": &p.pinFile}
	if err := parseAttributes(query, "&", known); err != nil {
		return tokenPlace{}, err
	}
	p.pinFile = strings.TrimPrefix(p.pinFile, "file:")
	if p.label == "" || p.module == "" || p.pinFile == "" {
		return tokenPlace{}, errTokenURI
	}
	return p, nil
}

// parseAttributes reads name=value pairs; one that is not known, or stands twice, is refused.
func parseAttributes(text, between string, known map[string]*string) error {
	for pair := range strings.SplitSeq(text, between) {
		name, value, _ := strings.Cut(pair, "=")
		place := known[name]
		if place == nil || *place != "" {
			return fmt.Errorf("%w: %q", errTokenURI, name)
		}
		clear, err := url.PathUnescape(value)
		if err != nil || strings.ContainsRune(clear, 0) {
			return fmt.Errorf("%w: the value of %s", errTokenURI, name)
		}
		*place = clear
	}
	return nil
}
