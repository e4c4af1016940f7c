package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"
	"unicode"

	"uketsuke/internal/audit"
)

// An auditVerifyCommand verifies, and needs no database for an export or a proof.
type auditVerifyCommand struct {
	toolFlags
	File       string   `arg:"" optional:"" placeholder:"EXPORT" help:"The export; - is standard input. Without it, the log of the database is verified."`
	Key        string   `placeholder:"FILE" help:"File with the public keys that you trust, as audit key printed them once."`
	Checkpoint []string `placeholder:"FILE" help:"Checkpoints that were saved elsewhere; a file may hold many."`
	Witness    string   `placeholder:"FILE" help:"File with the public keys of witnesses, in the form of C2SP's tlog-cosignature: a checkpoint that one has signed too counts like one that was saved elsewhere."`
	Proof      string   `placeholder:"FILE" help:"Verify the proof of one entry (JSON) instead."`
}

// errPartly says that nothing was found and less is known than could be, which is printed already.
var errPartly = errors.New("verified in part")

// Run verifies; the exit status is that of the verdict.
func (c *auditVerifyCommand) Run(p *process) error {
	saved, err := readAll(c.Checkpoint)
	if err != nil {
		return misconfiguration(err)
	}
	if c.File == "" && c.Proof == "" {
		return c.look(p, func(t *tool) error {
			report, err := t.desk.VerifyLog(p.ctx, saved...)
			if err != nil {
				return err
			}
			tellReport(p, report)
			return tellVerdict(p, report.Clean(), nil) // the database's own log has nobody beside its own key
		})
	}
	trust, err := c.trust()
	if err != nil {
		return misconfiguration(err)
	}
	if c.Proof != "" {
		return verifyProof(p, c.Proof, trust, saved)
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
	if err != nil {
		return err
	}
	tellReport(p, report)
	return tellVerdict(p, report.Clean(), report.Caveats)
}

func readAll(files []string) ([]string, error) {
	var texts []string
	for _, file := range files {
		text, err := readSmall(file, mostOfProof)
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
	text, err := readSmall(c.Key, mostOfProof)
	if err != nil {
		return nil, fmt.Errorf("key: %w", err)
	}
	trust, err := audit.NewTrust(string(text))
	if err != nil || c.Witness == "" {
		return trust, err
	}
	if text, err = readSmall(c.Witness, mostOfProof); err != nil {
		return nil, fmt.Errorf("witness: %w", err)
	}
	return trust, trust.Witness(string(text))
}

// tellReport prints what was seen.
func tellReport(p *process, r audit.Report) {
	p.printf("log %s: leaves %d to %d of %d\n", shown(r.Origin), r.From, r.To, r.Size)
	p.printf("checkpoints: %d of the log, %d saved elsewhere, %d witnessed; the last of %s, root %s\n", r.Checkpoints, r.Saved, r.Witnessed, r.Last.At.Format(time.RFC3339), r.Last.Root)
	if r.Passed > 0 {
		p.printf("%d saved checkpoints are of sizes at which this file has no leaf, and were not compared\n", r.Passed)
	}
	p.printf("without personal text: %d, without text: %d\n", r.Forgotten, r.Dropped)
	for _, restart := range r.Restarts {
		p.printf("restart after restore at size %d (told by entry %d): leaves up to %d had been signed\n", restart.Size, restart.Seq, restart.Lost)
	}
	if r.Vouched > 0 && r.Vouched < r.To {
		p.printf("from entry %d on, only the log's own key speaks for what is here\n", r.Vouched)
	}
	for _, f := range r.Findings {
		p.printf("%s\n", shown(f.String()))
	}
	if r.More > 0 {
		p.printf("and %d more\n", r.More)
	}
}

func verifyProof(p *process, file string, trust *audit.Trust, saved []string) error {
	text, err := readSmall(file, mostOfProof)
	if err != nil {
		return misconfiguration(err)
	}
	proof, err := audit.ParseProof(text)
	if err != nil {
		return err
	}
	proven, err := proof.Verify(trust, saved...)
	if err != nil {
		p.printf("%s\n", shown(err.Error()))
		return tellVerdict(p, false, nil)
	}
	c := proven.Checkpoint
	p.printf("%s\n%s\n", shown(proof.Leaf.Entry), shown(proof.Leaf.Personal))
	p.printf("entry %d of the log %s, signed at %s with %d entries\n", proof.Leaf.Seq, shown(c.Origin), c.At.Format(time.RFC3339), c.Size)
	return tellVerdict(p, true, proven.Caveats)
}

// caveatWords say what has not been shown.
var caveatWords = map[audit.Caveat]string{
	audit.OwnWord:     "no checkpoint that was saved elsewhere, and no witness, speaks for it: whoever has the log's key can have written this, and an end that was cut does not show",
	audit.NoPersonal:  "it has no personal texts: who acted, and why, is not shown",
	audit.Unexplained: "texts are missing, and a part of the log cannot tell whether retention has removed them: ask for an export to the end",
	audit.Torn:        "a saved checkpoint was cut when it was written, as on a full disk: that piece says nothing; the whole ones were compared",
	audit.OldHandOver: "a key took over in the old way, which anybody can imitate: it is believed only because your file of keys names it",
}

// tellVerdict prints the last line.
func tellVerdict(p *process, clean bool, caveats []audit.Caveat) error {
	if !clean {
		p.printf("not verified\n")
		return errFindings
	}
	for _, caveat := range caveats {
		p.printf("but %s: %s\n", caveat, caveatWords[caveat])
	}
	if len(caveats) > 0 {
		p.printf("verified in part: the entries are those that were signed, with the reservations above\n")
		return errPartly
	}
	p.printf("verified: the entries are those that were signed\n")
	return nil
}

// shown keeps what a file says from commanding the terminal or writing lines of its own.
func shown(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return unicode.ReplacementChar
	}, text)
}
