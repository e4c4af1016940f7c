package main

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"uketsuke/internal/desk"
)

// A fileCommand is about the files that establishments can fetch from the approval on.
type fileCommand struct {
	Add      addFileCommand      `cmd:"" help:"Offer a client certificate to one terminal, or package software to all."`
	Withdraw withdrawFileCommand `cmd:"" help:"Take a file away and erase its content."`
	List     listFilesCommand    `cmd:"" help:"List the files that are offered."`
}

type addFileCommand struct {
	toolFlags
	MaxFile       int    `default:"50" env:"UKETSUKE_MAX_FILE" help:"Most MB of a file that establishments can fetch."`
	File          string `arg:"" help:"The file."`
	Kind          string `required:"" placeholder:"certificate|software" help:"What it is for."`
	Establishment string `help:"Key of the establishment, for a certificate."`
	Terminal      int    `help:"Number of the terminal, from 1, for a certificate."`
	Name          string `help:"Name under which it is fetched; the file's own by default."`
	Replace       bool   `help:"Replace the one that is there."`
	Really        bool   `help:"Do it. Without this nothing is changed, and what would be done is printed."`
}

// Run offers the file.
func (c *addFileCommand) Run(p *process) error {
	content, err := os.Open(c.File)
	if err != nil {
		return misconfiguration(fmt.Errorf("opening the file: %w", err))
	}
	err = c.use(p, func(t *tool) error {
		t.desk.Operator.MaxFileMB = c.MaxFile
		name := cmp.Or(c.Name, filepath.Base(c.File))
		form := desk.FileForm{Kind: desk.FileKind(c.Kind), Establishment: c.Establishment, Terminal: c.Terminal, Name: name, Replace: c.Replace}
		digest, err := t.desk.AddFile(p.ctx, operatorActor(), form, content, !c.Really)
		switch {
		case err != nil:
			return err
		case !c.Really:
			p.printf("would add: %s %s, SHA-256 %s\nnothing was changed; add --really to do it\n", c.Kind, name, digest)
			return nil
		}
		p.printf("added: %s %s, SHA-256 %s\n", c.Kind, name, digest)
		return nil
	})
	return errors.Join(err, content.Close())
}

type withdrawFileCommand struct {
	toolFlags
	ID     string `arg:"" help:"Its key, as file list prints it."`
	Really bool   `help:"Do it. Without this nothing is changed, and what would be done is printed."`
}

// Run withdraws the file.
func (c *withdrawFileCommand) Run(p *process) error {
	if !c.Really {
		p.printf("would withdraw: %s\nnothing was changed; add --really to do it\n", c.ID)
		return nil
	}
	return c.use(p, func(t *tool) error {
		if err := t.desk.WithdrawFile(p.ctx, operatorActor(), c.ID); err != nil {
			return err
		}
		p.printf("withdrawn: %s\n", c.ID)
		return nil
	})
}

type listFilesCommand struct{ toolFlags }

// Run lists the files, page by page.
func (c *listFilesCommand) Run(p *process) error {
	return c.use(p, func(t *tool) error {
		for after := ""; ; {
			page, err := t.desk.OfferedFiles(p.ctx, operatorActor(), after)
			if err != nil {
				return err
			}
			for _, f := range page.Files {
				p.printf("%s  %s  %s terminal %d  %s  %d bytes  %s\n", f.ID, f.Kind, cmp.Or(f.Establishment, "all"), f.Terminal, f.Name, f.Size, f.Digest)
			}
			if after = page.Next; after == "" {
				return nil
			}
		}
	})
}
