// Command uketsuke is the reception desk in one binary: it serves the pages, shows itself as a demo, and is
// the tool of those who operate it.
//
// Words: a command is one verb of the command line; a setting is a flag that can also stand in the
// environment or in the configuration file. The one question answered here is: how does everything come
// together? No rule is here; each stands in the package that the command asks.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"

	"uketsuke/internal/problem"
)

// The exit statuses.
const (
	exitFailed  = 1 // it could not be done, or a check has found something
	exitRefused = 2 // wrong command line or configuration, or a rule says no
	exitPartly  = 3 // nothing was found, and less is known than could be: audit verify alone
)

// A cli is the whole command line.
type cli struct {
	Config      kong.ConfigFlag  `placeholder:"FILE" env:"UKETSUKE_CONFIG" help:"JSON file with settings, named as the flags are."`
	ShowVersion kong.VersionFlag `name:"version" help:"Print the version."`

	Serve   serveCommand   `cmd:"" help:"Serve the pages, send the mails, do what the clock does."`
	Demo    demoCommand    `cmd:"" help:"Show everything with made-up companies, mails and clock included."`
	Migrate migrateCommand `cmd:"" help:"Bring the database's schema up to date."`
	Seed    seedCommand    `cmd:"" help:"Set up companies, establishments, people and closing days from a file."`
	Admin   adminCommand   `cmd:"" help:"Add companies, establishments and people; accept a leap of the clock."`
	Audit   auditCommand   `cmd:"" help:"Export, sign and verify the audit log."`
	Backup  backupCommand  `cmd:"" help:"Copy the database to a file, while the service runs."`
	Restore restoreCommand `cmd:"" help:"Put a backup in the place of an empty database, and check it."`
	Check   checkCommand   `cmd:"" help:"Derive anew what must have been issued and mailed, and report differences."`
	Explain explainCommand `cmd:"" help:"Say what a rule gives, with the reason; needs no database."`
	Version versionCommand `cmd:"" help:"Print the version."`
}

// A process is what a command may use of the world around it.
type process struct {
	ctx            context.Context // ends with SIGTERM or SIGINT
	stdout, stderr io.Writer
}

func (p *process) printf(format string, args ...any) { fmt.Fprintf(p.stdout, format, args...) }

// warn tells what an operator should know beside what was asked for.
func (p *process) warn(said string) { fmt.Fprintf(p.stderr, "uketsuke: %s\n", said) }

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

// run carries out one command line and returns the exit status.
func run(args []string, stdout, stderr io.Writer) int {
	parser, err := newParser(stdout, stderr)
	if err != nil {
		panic(err) // the struct tags are wrong: every run of every test would show it
	}
	parsed, err := parser.Parse(args)
	if err != nil {
		fmt.Fprintf(stderr, "uketsuke: %v\n", err)
		return exitRefused
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	p := &process{ctx: ctx, stdout: stdout, stderr: stderr}
	if err := keepToItself(); err != nil {
		p.warn(err.Error()) // a sandbox may forbid it; the work is not less urgent for that
	}
	return status(parsed.Run(p), stderr)
}

func newParser(stdout, stderr io.Writer) (*kong.Kong, error) {
	return kong.New(&cli{}, kong.Name("uketsuke"), kong.Writers(stdout, stderr), kong.Vars{"version": version()},
		kong.Description("uketsuke (受付) is the reception desk of a regulated network."),
		kong.Configuration(readSettings), kong.ConfigureHelp(kong.HelpOptions{Compact: true}))
}

// status tells an error and gives its exit status.
func status(err error, stderr io.Writer) int {
	if err == nil {
		return 0
	}
	if problems, ok := errors.AsType[problem.List](err); ok {
		if at := strings.TrimSuffix(err.Error(), ": "+problems.Error()); at != err.Error() {
			fmt.Fprintf(stderr, "uketsuke: %s\n", at) // which entry of a file
		}
		for _, p := range problems {
			fmt.Fprintf(stderr, "uketsuke: %s\n", strings.TrimSpace(p.Rule+": "+p.Field+" "+p.String()))
		}
		return exitRefused
	}
	if wrong, ok := errors.AsType[*misconfigured](err); ok {
		fmt.Fprintln(stderr, wrong)
		return exitRefused
	}
	if errors.Is(err, errPartly) {
		return exitPartly
	}
	if !errors.Is(err, errFindings) {
		fmt.Fprintf(stderr, "uketsuke: %v\n", err)
	}
	return exitFailed
}
