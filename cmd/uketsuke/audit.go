package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"

	"uketsuke/internal/calendar"
	"uketsuke/internal/desk"
)

// An auditCommand is everything about the audit log.
type auditCommand struct {
	Export     auditExportCommand     `cmd:"" help:"Write the audit log, whole or a part of it, as an export that can be verified."`
	Key        auditKeyCommand        `cmd:"" help:"Print the public keys that have signed the log, the first one first."`
	Checkpoint auditCheckpointCommand `cmd:"" help:"Sign a checkpoint of everything there is, and print it."`
	Verify     auditVerifyCommand     `cmd:"" help:"Verify an export or a proof off-line, or the log of the database. Status 0: verified. 1: something was found, or the file cannot be read in one way. 2: wrong command line. 3: nothing was found, and less was shown than could be; the output says what."`
	Restate    auditRestateCommand    `cmd:"" name:"restate-handovers" help:"Let the old private keys state hand-overs of before version 2 of the exports anew, once."`
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
			switch {
			case use.Old:
				p.printf("# only a checkpoint says that the key before has handed over to the next one, and that proves nothing: uketsuke audit restate-handovers\n")
			case i > 0 && use.HandOver == "":
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

// An auditRestateCommand mends the chain of keys of an installation that is older than hand-overs that name the key.
type auditRestateCommand struct {
	toolFlags
	Really bool `help:"Do it. Without this nothing is changed, and what would be said is printed."`
}

// Run states anew; the exit status is 1 when a hand-over cannot be.
func (c *auditRestateCommand) Run(p *process) error {
	return c.use(p, func(t *tool) error {
		list, err := t.desk.RestateHandOvers(p.ctx, operatorActor(), c.Really)
		var failed error
		for _, r := range list {
			switch {
			case r.Refused != nil:
				p.printf("cannot be stated: %s: %v\n", r.Key, r.Refused)
				failed = errFindings
			case c.Really:
				p.printf("stated: %s takes over at %d entries\n", r.Key, r.Size)
			default:
				p.printf("would state: %s takes over at %d entries\n", r.Key, r.Size)
			}
		}
		switch {
		case len(list) == 0 && err == nil:
			p.printf("no hand-over of the old form is left\n")
		case !c.Really:
			p.printf("nothing was changed; add --really to do it\n")
		}
		return errors.Join(err, failed)
	})
}
