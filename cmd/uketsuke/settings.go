package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
)

// A misconfigured error holds everything that is wrong in the configuration, one error each.
type misconfigured struct{ faults []error }

func (m *misconfigured) Error() string {
	lines := make([]string, len(m.faults))
	for i, fault := range m.faults {
		lines[i] = "uketsuke: configuration: " + strings.ReplaceAll(fault.Error(), "\n", "\n  ")
	}
	return strings.Join(lines, "\n")
}

// misconfiguration is the given faults as one error, nil if there is none.
func misconfiguration(faults ...error) error {
	if faults = slices.DeleteFunc(faults, func(err error) bool { return err == nil }); len(faults) > 0 {
		return &misconfigured{faults}
	}
	return nil
}

// settings is a configuration file: a JSON object of the flags' names without dashes in front. What stands
// on the command line or in the environment goes before it. Commands pass over what other commands use.
type settings map[string]any

// readSettings reads a configuration file.
func readSettings(r io.Reader) (kong.Resolver, error) {
	in := json.NewDecoder(r)
	in.UseNumber()
	s := settings{}
	if err := in.Decode(&s); err != nil {
		return nil, fmt.Errorf("reading the configuration file: %w", err)
	}
	if _, err := in.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("reading the configuration file: something stands behind the object")
	}
	return s, nil
}

// Validate refuses names that are no setting of any command: a slip must not pass for a setting.
func (s settings) Validate(app *kong.Application) error {
	known := map[string]bool{}
	for _, flag := range settingFlags(app.Node) {
		known[flag.Name] = true
	}
	var strange []string
	for name := range s {
		if !known[name] {
			strange = append(strange, name)
		}
	}
	if strange == nil {
		return nil
	}
	slices.Sort(strange)
	return fmt.Errorf("configuration file: no such setting: %s", strings.Join(strange, ", "))
}

// Resolve gives a flag its value from the file.
func (s settings) Resolve(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
	for _, env := range flag.Envs {
		if _, set := os.LookupEnv(env); set {
			return nil, nil
		}
	}
	value := s[flag.Name]
	if _, nested := value.(map[string]any); nested || len(flag.Envs) == 0 {
		return nil, nil
	}
	if number, ok := value.(json.Number); ok {
		return number.String(), nil
	}
	return value, nil
}

// settingFlags are the flags that can be set by environment and file, each once, in the order of the
// commands. The file's own name is none of them.
func settingFlags(node *kong.Node) []*kong.Flag {
	var flags []*kong.Flag
	for _, flag := range node.Flags {
		if len(flag.Envs) > 0 && flag.Name != "config" {
			flags = append(flags, flag)
		}
	}
	for _, child := range node.Children {
		for _, flag := range settingFlags(child) {
			if !slices.ContainsFunc(flags, func(f *kong.Flag) bool { return f.Name == flag.Name }) {
				flags = append(flags, flag)
			}
		}
	}
	return flags
}
