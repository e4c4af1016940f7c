package main

import (
	"cmp"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

var update = flag.Bool("update", false, "write the golden files anew")

// docs/configuration.md is made from the command line itself, so that it never says anything else.
func TestReferenceIsCurrent(t *testing.T) {
	t.Parallel()
	const file = "../../docs/configuration.md"
	parser, err := newParser(io.Discard, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	want := reference(parser.Model)
	if *update {
		if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(file)
	if err != nil || string(got) != want {
		t.Errorf("%s is not current (%v); run the test with -update", file, err)
	}
}

const referenceHead = `# Configuration

Made from the command line of the binary; change it there, then run ` + "`make golden`" + `.

Every setting is a flag, a variable of the environment and a name in one JSON file. The command line goes
before the environment, the environment before the file, the file before the default. The file is named by
` + "`--config`" + ` or ` + "`UKETSUKE_CONFIG`" + `; its names are those of the flags without the dashes, and a name that is no
setting is an error:

` + "```json" + `
{
  "centre": "例示ネットワークセンター株式会社",
  "login-url": "https://desk.example.jp/login",
  "smtp-host": "mail.example.jp",
  "max-codes": 20,
  "behind-proxy": true
}
` + "```" + `

Everything that is wrong is told at once, with exit status 2, before anybody can connect. The mail server's
password stands in the file of ` + "`smtp-password-file`" + ` or in ` + "`" + smtpPassword + "`" + `, never on the command line. How the
service is run day by day says [operations.md](operations.md).

## Settings

`

// reference writes the settings of the service and the flags of every command.
func reference(app *kong.Application) string {
	var b strings.Builder
	b.WriteString(referenceHead)
	group := ""
	for _, setting := range settingFlags(app.Node) {
		if setting.Group != nil && setting.Group.Key != group {
			group = setting.Group.Key
			fmt.Fprintf(&b, "### %s\n\n| Setting | Variable | Default | Meaning |\n| --- | --- | --- | --- |\n", group)
		}
		if next := settingRow(setting); setting.Group != nil {
			b.WriteString(next)
		}
		if last(app, setting) {
			b.WriteString("\n")
		}
	}
	b.WriteString("## Commands\n\nFlags that are settings stand above. `--help` after any command prints them all.\n")
	for _, command := range app.Leaves(true) {
		fmt.Fprintf(&b, "\n### uketsuke %s\n\n%s\n", strings.TrimPrefix(command.Path(), "uketsuke "), command.Help)
		commandRows(&b, command)
	}
	return b.String()
}

// last says whether no further setting of the same group follows.
func last(app *kong.Application, setting *kong.Flag) bool {
	all := settingFlags(app.Node)
	i := slices.Index(all, setting)
	return i+1 == len(all) || all[i+1].Group == nil || all[i+1].Group.Key != setting.Group.Key
}

func settingRow(f *kong.Flag) string {
	return fmt.Sprintf("| `%s` | `%s` | %s | %s |\n", f.Name, strings.Join(f.Envs, "`, `"), code(f.Default), escaped(f.Help))
}

// commandRows lists a command's own flags and arguments.
func commandRows(b *strings.Builder, command *kong.Node) {
	var rows []string
	for _, argument := range command.Positional {
		rows = append(rows, fmt.Sprintf("| `<%s>` | | %s |\n", argument.Name, escaped(argument.Help)))
	}
	for _, f := range command.Flags {
		if len(f.Envs) == 0 && f.Name != "help" {
			need := code(f.Default)
			if f.Required {
				need = "required"
			}
			rows = append(rows, fmt.Sprintf("| `--%s` | %s | %s |\n", f.Name, need, escaped(strings.ReplaceAll(f.Help, "${enum}", f.Enum))))
		}
	}
	if len(rows) > 0 {
		fmt.Fprintf(b, "\n| Flag | Default | Meaning |\n| --- | --- | --- |\n%s", strings.Join(rows, ""))
	}
}

func code(s string) string { return cmp.Or(strings.TrimSuffix("`"+s+"`", "``"), "") }

func escaped(s string) string { return strings.ReplaceAll(s, "|", `\|`) }
