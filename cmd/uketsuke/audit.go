package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"uketsuke/internal/audit"
	"uketsuke/internal/calendar"
	"uketsuke/internal/desk"
)

// An auditCommand is everything about the audit log.
type auditCommand struct {
	Export     auditExportCommand     `cmd:"" help:"Write the audit log, whole or a part of it, as an export that can be verified."`
	Key        auditKeyCommand        `cmd:"" help:"Print the public keys that have signed the log, the first one first."`
	Checkpoint auditCheckpointCommand `cmd:"" help:"Sign a checkpoint of everything there is, and print it."`
	Verify     auditVerifyCommand     `cmd:"" help:"Verify an export or a proof off-line, or the log of the database."`
}

// An auditExportCommand writes an export.
type auditExportCommand struct {
	toolFlags
	File     string `arg:"" optional:"" placeholder:"FILE" help:"Where to; it must not exist. Standard output by default."`
	From     int64  `help:"First leaf."`
	To       int64  `help:"Leaf before which to end; 0 is all."`
	Since    string `placeholder:"DAY" help:"First day instead, as 2026-04-01."`
	Until    string `placeholder:"DAY" help:"Last day instead."`
	Personal bool   `help:"With personal text: names, reasons, addresses."`
}

// Run exports.
func (c *auditExportCommand) Run(p *process) error {
	x := desk.LogExport{From: c.From, To: c.To, Personal: c.Personal}
	var sinceErr, untilErr error
	if c.Since != "" {
		x.Since, sinceErr = calendar.ParseDate(c.Since)
	}
	if c.Until != "" {
		x.Until, untilErr = calendar.ParseDate(c.Until)
	}
	if err := misconfiguration(sinceErr, untilErr); err != nil {
		return err
	}
	return c.use(p, func(t *tool) error {
		if c.File == "" {
			return export(p, t, x, p.stdout)
		}
		out, err := os.OpenFile(c.File, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if err != nil {
			return misconfiguration(fmt.Errorf("writing the export: %w", err))
		}
		return errors.Join(export(p, t, x, out), out.Close())
	})
}

func export(p *process, t *tool, x desk.LogExport, w io.Writer) error {
	out := bufio.NewWriterSize(w, 1<<16)
	return errors.Join(t.desk.ExportLog(p.ctx, operatorActor(), x, out), out.Flush())
}

// An auditKeyCommand prints the public keys.
type auditKeyCommand struct{ toolFlags }

// Run prints one key per line, in the form of signed notes.
func (c *auditKeyCommand) Run(p *process) error {
	return c.use(p, func(t *tool) error {
		keys, err := t.desk.LogKeys(p.ctx)
		if err != nil {
			return err
		}
		if len(keys) == 0 {
			return errors.New("no checkpoint has been signed yet: run `uketsuke audit checkpoint`")
		}
		for i, use := range keys {
			if i > 0 && use.HandOver == "" {
				p.printf("# the key before has not handed over to the next one\n")
			}
			p.printf("%s\n", use.Key)
		}
		return nil
	})
}

// An auditCheckpointCommand signs.
type auditCheckpointCommand struct{ toolFlags }

// Run prints the signed note.
func (c *auditCheckpointCommand) Run(p *process) error {
	return c.use(p, func(t *tool) error {
		last, err := t.desk.Checkpoint(p.ctx)
		if err == nil {
			p.printf("%s", last.Signed)
		}
		return err
	})
}

// An auditVerifyCommand verifies, and needs no database for an export or a proof.
type auditVerifyCommand struct {
	toolFlags
	File       string   `arg:"" optional:"" placeholder:"EXPORT" help:"The export; - is standard input. Without it, the log of the database is verified."`
	Key        string   `placeholder:"FILE" help:"File with the public keys that you trust, as audit key printed them once."`
	Checkpoint []string `placeholder:"FILE" help:"Checkpoints that were saved elsewhere; a file may hold many."`
	Proof      string   `placeholder:"FILE" help:"Verify the proof of one entry (JSON) instead."`
}

// Run verifies; the exit status is 1 when something was found.
func (c *auditVerifyCommand) Run(p *process) error {
	saved, err := readAll(c.Checkpoint)
	if err != nil {
		return misconfiguration(err)
	}
	if c.File == "" && c.Proof == "" {
		return c.look(p, func(t *tool) error {
			report, err := t.desk.VerifyLog(p.ctx, saved...)
			return c.tell(p, report, err)
		})
	}
	trust, err := c.trust()
	if err != nil {
		return misconfiguration(err)
	}
	if c.Proof != "" {
		return verifyProof(p, c.Proof, trust)
	}
	in := io.Reader(os.Stdin)
	if c.File != "-" {
		file, err := os.Open(c.File)
		if err != nil {
			return misconfiguration(err)
		}
		defer file.Close()
		in = file
	}
	report, err := audit.VerifyExport(in, trust, saved...)
	return c.tell(p, report, err)
}

func readAll(files []string) ([]string, error) {
	var texts []string
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		texts = append(texts, string(text))
	}
	return texts, nil
}

func (c *auditVerifyCommand) trust() (*audit.Trust, error) {
	if c.Key == "" {
		return nil, errors.New("key: which public key do you trust? Give the file with what `uketsuke audit key` printed")
	}
	text, err := os.ReadFile(c.Key)
	if err != nil {
		return nil, fmt.Errorf("key: %w", err)
	}
	return audit.NewTrust(string(text))
}

// tell prints a report.
func (c *auditVerifyCommand) tell(p *process, r audit.Report, err error) error {
	if err != nil {
		return err
	}
	p.printf("log %s: leaves %d to %d of %d\n", r.Origin, r.From, r.To, r.Size)
	p.printf("checkpoints: %d of the log, %d saved elsewhere; the last of %s, root %s\n", r.Checkpoints, r.Saved, r.Last.At.Format(time.RFC3339), r.Last.Root)
	p.printf("without personal text: %d, without text: %d\n", r.Forgotten, r.Dropped)
	for _, restart := range r.Restarts {
		p.printf("restart after restore at size %d (told by entry %d): leaves up to %d had been signed\n", restart.Size, restart.Seq, restart.Lost)
	}
	for _, f := range r.Findings {
		p.printf("%s\n", f)
	}
	if r.More > 0 {
		p.printf("and %d more\n", r.More)
	}
	if !r.Clean() {
		return errFindings
	}
	p.printf("verified: the entries are those that were signed\n")
	return nil
}

func verifyProof(p *process, file string, trust *audit.Trust) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return misconfiguration(err)
	}
	proof, err := audit.ParseProof(text)
	if err != nil {
		return err
	}
	c, err := proof.Verify(trust)
	if err != nil {
		p.printf("%v\n", err)
		return errFindings
	}
	p.printf("%s\n%s\n", proof.Leaf.Entry, proof.Leaf.Personal)
	p.printf("verified: entry %d of the log %s, signed at %s with %d entries\n", proof.Leaf.Seq, c.Origin, c.At.Format(time.RFC3339), c.Size)
	return nil
}
