package files

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"uketsuke/internal/account"
	"uketsuke/internal/audit"
	"uketsuke/internal/desk/command"
	"uketsuke/internal/store"
	"uketsuke/internal/store/column"
	"uketsuke/internal/store/query"
)

// An OfferedFile is a file that the operator offers. Fetches are those of a certificate, the latest first;
// FetchCount counts them all.
type OfferedFile struct {
	ID            string
	Kind          FileKind
	Establishment string
	Company       string // only for the centre
	Terminal      int    // 0 for software
	Name          string
	MediaType     string
	Size          int64
	Digest        string // SHA-256, hexadecimal
	At            time.Time
	By            string // only for the centre
	Fetches       []FileFetch
	FetchCount    int
}

// A FileFetch is one download of a certificate.
type FileFetch struct {
	By string
	At time.Time
}

// mostFetches is how many downloads of a certificate are shown.
const mostFetches = 5

// A FilesPage is what an establishment is offered. May is false while it has no right to it yet; Terminals is
// how many it has, so that a terminal without a certificate can be named.
type FilesPage struct {
	May       bool // by R-CON-3
	MayFetch  bool // this actor: viewers see the list only
	Terminals int
	Files     []OfferedFile
}

// Files is the page of certificates and software of the actor's establishment.
func (d *Desk) Files(ctx context.Context, actor account.Actor) (FilesPage, error) {
	if !actor.Role.OfEstablishment() {
		return FilesPage{}, command.ErrForbidden
	}
	now, err := d.DeskTime(ctx)
	if err != nil {
		return FilesPage{}, err
	}
	q := d.DB.Read().Queries
	may, err := d.mayFetch(ctx, q, actor.Establishment, now)
	if err != nil || !may {
		return FilesPage{}, err
	}
	page := FilesPage{May: true, MayFetch: actor.Role.MayApply()}
	if page.Terminals, err = terminals(ctx, d.Runner, q, actor.Establishment, now); err != nil {
		return FilesPage{}, err
	}
	page.Files, err = d.offered(ctx, q, actor.Establishment)
	return page, err
}

// offered are the files for an establishment, who uploaded them left out.
func (d *Desk) offered(ctx context.Context, q command.Reader, establishment string) ([]OfferedFile, error) {
	rows, err := q.FilesFor(ctx, establishment)
	if err != nil {
		return nil, fmt.Errorf("reading the files for %s: %w", establishment, err)
	}
	var files []OfferedFile
	for _, row := range rows {
		file := offeredFile(row)
		file.By = ""
		if file.Fetches, err = fetchesOf(ctx, q, row); err != nil {
			return nil, err
		}
		files = append(files, file)
	}
	return files, nil
}

func offeredFile(row query.File) OfferedFile {
	return OfferedFile{ID: row.ID, Kind: FileKind(row.Kind), Establishment: row.Establishment, Terminal: int(row.Terminal), Name: row.Name,
		MediaType: row.MediaType, Size: row.Size, Digest: row.Digest, At: row.RecordedAt.Time, By: row.RecordedName}
}

func fetchesOf(ctx context.Context, q command.Reader, file query.File) ([]FileFetch, error) {
	if file.Kind != string(FileCertificate) {
		return nil, nil
	}
	rows, err := q.ListFileFetches(ctx, query.ListFileFetchesParams{File: file.ID, Most: mostFetches})
	if err != nil {
		return nil, fmt.Errorf("reading who has fetched file %s: %w", file.ID, err)
	}
	var fetches []FileFetch
	for _, r := range rows {
		fetches = append(fetches, FileFetch{By: r.Name, At: r.At.Time})
	}
	return fetches, nil
}

// A Download is a file on its way to somebody who may have it. The fetch is recorded already.
type Download struct {
	OfferedFile
	read command.Reader
}

// FetchFile gives a file out (R-CON-3) to those who may apply for an establishment that may have it: software
// to all, a certificate to its own. A certificate's fetch is kept with who and when; both are audited, in the
// transaction that decides. What was withdrawn is not found.
func (d *Desk) FetchFile(ctx context.Context, actor account.Actor, id string) (Download, error) {
	if !actor.Role.MayApply() {
		return Download{}, command.ErrForbidden
	}
	var file query.File
	err := d.DoAs(ctx, actor, command.Reading, func(a *command.Tx) (err error) {
		file, err = a.Store.GetFile(ctx, id)
		if err = store.Missing(err); errors.Is(err, store.ErrNotFound) {
			return command.ErrNotFound
		} else if err != nil {
			return fmt.Errorf("reading file %s: %w", id, err)
		}
		if !file.RevokedAt.IsZero() || file.Kind == string(FileCertificate) && file.Establishment != actor.Establishment {
			return command.ErrNotFound
		}
		may, err := d.mayFetch(ctx, a.Store.Queries, actor.Establishment, a.Now)
		if err != nil {
			return err
		}
		if !may {
			return command.ErrNotFound
		}
		return fetched(a, file)
	})
	return Download{OfferedFile: offeredFile(file), read: d.DB.Read().Queries}, err
}

func fetched(a *command.Tx, file query.File) error {
	if file.Kind == string(FileCertificate) {
		id, err := a.Runner.NewID()
		if err != nil {
			return err
		}
		err = a.Store.InsertFileFetch(a.Ctx, query.InsertFileFetchParams{ID: id, File: file.ID, Account: string(a.Actor.ID), Name: a.Actor.Name, At: column.At(a.Now)})
		if err != nil {
			return fmt.Errorf("recording a fetch of file %s: %w", file.ID, err)
		}
	}
	return a.AuditOf("fetch-file", file.ID, fileFacts(file.Kind, file.Terminal, file.Digest), map[audit.Key]string{audit.File: file.Name})
}

// CopyTo writes the bytes, a part at a time; before is asked before each. One that was withdrawn meanwhile
// ends with an error, so that nobody takes half of it for the whole.
func (f Download) CopyTo(ctx context.Context, to io.Writer, before func() error) error {
	for part, sent := int64(0), int64(0); sent < f.Size; part++ {
		content, err := f.read.GetFilePart(ctx, query.GetFilePartParams{File: f.ID, Part: part})
		if err != nil {
			return fmt.Errorf("reading part %d of file %s: %w", part, f.ID, err)
		}
		if err := before(); err != nil {
			return fmt.Errorf("sending file %s: %w", f.ID, err)
		}
		n, err := to.Write(content)
		if err != nil {
			return fmt.Errorf("sending file %s: %w", f.ID, err)
		}
		sent += int64(n)
	}
	return nil
}

// A DeskFiles is page C, files that the centre offers, the newest last; Next is the key of the next page.
type DeskFiles struct {
	Files     []OfferedFile
	Next      string
	MayChange bool // supervisors
}

// OfferedFiles lists every file that is offered now, for the centre.
func (d *Desk) OfferedFiles(ctx context.Context, actor account.Actor, after string) (DeskFiles, error) {
	if !actor.Role.OfCentre() && actor.Role != account.Operator {
		return DeskFiles{}, command.ErrForbidden
	}
	q := d.DB.Read().Queries
	rows, err := q.OfferedFiles(ctx, query.OfferedFilesParams{After: after, Most: command.PageSize + 1})
	if err != nil {
		return DeskFiles{}, fmt.Errorf("reading the files: %w", err)
	}
	page := DeskFiles{MayChange: actor.Role == account.Supervisor}
	if len(rows) > command.PageSize {
		rows = rows[:command.PageSize]
		page.Next = rows[command.PageSize-1].ID
	}
	for _, r := range rows {
		file := offeredFile(query.File{ID: r.ID, Kind: r.Kind, Establishment: r.Establishment, Terminal: r.Terminal, Name: r.Name, MediaType: r.MediaType,
			Size: r.Size, Digest: r.Digest, RecordedAt: r.RecordedAt, RecordedName: r.RecordedName})
		file.Company, file.FetchCount = r.CompanyName, int(r.Fetches)
		if r.Fetches > 0 {
			if file.Fetches, err = fetchesOf(ctx, q, query.File{ID: r.ID, Kind: r.Kind}); err != nil {
				return DeskFiles{}, err
			}
		}
		page.Files = append(page.Files, file)
	}
	return page, nil
}

// OfferedFile is one file that is offered now, before it is withdrawn.
func (d *Desk) OfferedFile(ctx context.Context, actor account.Actor, id string) (OfferedFile, error) {
	if actor.Role != account.Supervisor {
		return OfferedFile{}, command.ErrForbidden
	}
	row, err := d.DB.Read().GetFile(ctx, id)
	if err = store.Missing(err); errors.Is(err, store.ErrNotFound) || err == nil && !row.RevokedAt.IsZero() {
		return OfferedFile{}, command.ErrNotFound
	} else if err != nil {
		return OfferedFile{}, fmt.Errorf("reading file %s: %w", id, err)
	}
	return offeredFile(row), nil
}
