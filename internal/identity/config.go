package identity

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// A Config is one provider as the operator has set it up.
type Config struct {
	Key          string // names it in addresses
	Name, NameEN string // on the login page
	Issuer       string // as the provider writes it in its tokens, exactly
	ClientID     string
	Secret       string
	// Second are the values of acr with which the provider says that it asked for a second factor; none: it never
	// counts as one.
	Second []string
}

// columns are those of the file, in any order; a file without one of them, or with another, is refused.
func columns() []string {
	return []string{"key", "name", "name_en", "issuer", "client_id", "secret_file", "second_factor_acr"}
}

var keyForm = regexp.MustCompile(`^[a-z][a-z0-9-]{0,30}$`)

// ReadFile reads the providers of a CSV file; a secret's file is looked for beside it. "" is no provider.
func ReadFile(path string) ([]Config, error) {
	if path == "" {
		return nil, nil
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("identity-providers: %w", err)
	}
	defer file.Close()
	configs, err := read(file, filepath.Dir(path))
	if err != nil {
		return nil, fmt.Errorf("identity-providers: %s: %w", path, err)
	}
	return configs, nil
}

func read(from io.Reader, dir string) ([]Config, error) {
	rows, err := csv.NewReader(from).ReadAll()
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, errors.New("it has no heading")
	}
	sorted := slices.Sorted(slices.Values(rows[0]))
	if want := slices.Sorted(slices.Values(columns())); !slices.Equal(sorted, want) {
		return nil, fmt.Errorf("its columns are %s, and must be %s", strings.Join(sorted, ", "), strings.Join(want, ", "))
	}
	var configs []Config
	for n, row := range rows[1:] {
		c, err := readRow(rows[0], row, dir)
		if err == nil && slices.ContainsFunc(configs, func(other Config) bool { return other.Key == c.Key || other.Issuer == c.Issuer }) {
			err = errors.New("key and issuer stand in another line already")
		}
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", n+2, err)
		}
		configs = append(configs, c)
	}
	return configs, nil
}

func readRow(heading, row []string, dir string) (Config, error) {
	cell := map[string]string{}
	for i, name := range heading {
		cell[name] = strings.TrimSpace(row[i])
	}
	c := Config{Key: cell["key"], Name: cell["name"], NameEN: cell["name_en"], Issuer: cell["issuer"], ClientID: cell["client_id"],
		Second: strings.Fields(cell["second_factor_acr"])}
	at, err := url.Parse(c.Issuer)
	switch {
	case !keyForm.MatchString(c.Key):
		return c, fmt.Errorf("key %q is not made of small letters, digits and hyphens", c.Key)
	case c.Name == "" || c.NameEN == "" || c.ClientID == "":
		return c, errors.New("name, name_en and client_id are needed")
	case err != nil || at.Host == "" || at.Scheme != "https" && !loopback(at):
		return c, fmt.Errorf("issuer %q is no https address", c.Issuer)
	case cell["secret_file"] == "":
		return c, nil
	}
	path := cell["secret_file"]
	if !filepath.IsAbs(path) {
		path = filepath.Join(dir, path)
	}
	secret, err := os.ReadFile(path)
	if err != nil {
		return c, fmt.Errorf("secret_file: %w", err)
	}
	c.Secret = strings.TrimSpace(string(secret))
	return c, nil
}

// loopback lets a provider on the same machine speak without TLS, for tests and demonstrations.
func loopback(at *url.URL) bool {
	return at.Scheme == "http" && slices.Contains([]string{"127.0.0.1", "localhost", "::1"}, at.Hostname())
}
