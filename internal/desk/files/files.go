package files

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"uketsuke/internal/account"
	"uketsuke/internal/application"
	"uketsuke/internal/audit"
	"uketsuke/internal/calendar"
	"uketsuke/internal/catalogue"
	"uketsuke/internal/contract"
	"uketsuke/internal/desk/command"
	"uketsuke/internal/desk/holding"
	"uketsuke/internal/problem"
	"uketsuke/internal/store"
	"uketsuke/internal/store/column"
	"uketsuke/internal/store/query"
)

// filePart is how many bytes of a file are kept in one row, so that neither storing nor giving out needs the
// whole in memory.
const filePart = 1 << 20

// A FileForm is a file that the operator wants to offer. Establishment and Terminal are for a certificate;
// Replace says that it takes the place of the one that is offered now. Establishment is a key, or a part of
// the name that is enough to know it.
type FileForm struct {
	Kind          FileKind
	Establishment string
	Terminal      int
	Name          string
	Replace       bool
}

// AddFile offers a file (R-CON-3). The centre's supervisors and the operator may. content is read twice: to
// look at it, and to store it. A dry run does the same and rolls back. It returns the file's SHA-256.
func (d *Desk) AddFile(ctx context.Context, actor account.Actor, form FileForm, content io.ReadSeeker, dryRun bool) (string, error) {
	if actor.Role != account.Supervisor && actor.Role != account.Operator {
		return "", command.ErrForbidden
	}
	file, err := d.lookAt(form, content)
	if err != nil {
		return "", err
	}
	err = d.Do(ctx, actor, func(a *command.Tx) error {
		if err := storeFile(a, form, file, content); err != nil {
			return err
		}
		if dryRun {
			return command.ErrDryRun
		}
		return nil
	})
	if errors.Is(err, command.ErrDryRun) {
		err = nil
	}
	return file.Digest, err
}

// lookAt reads the whole content and says what it is; kind, name, size and form are judged by it.
func (d *Desk) lookAt(form FileForm, content io.ReadSeeker) (query.InsertFileParams, error) {
	var l problem.List
	if form.Kind != FileCertificate && form.Kind != FileSoftware {
		l.Add("kind", "R-CON-3", "種類（デジタル証明書かパッケージソフト）を選んでください。")
		return query.InsertFileParams{}, l
	}
	head := make([]byte, 16)
	n, err := io.ReadFull(content, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return query.InsertFileParams{}, fmt.Errorf("reading a file: %w", err)
	}
	sum := sha256.New()
	size, err := copyFrom(sum, content)
	if err != nil {
		return query.InsertFileParams{}, err
	}
	mediaType, wrong := mediaTypeOf(form.Kind, form.Name, head[:n])
	switch {
	case form.Name == "" || size == 0:
		l.Add("file", "R-CON-3", "中身のあるファイルを選んでください。")
	case size > d.Operator.MaxFile():
		l.Add("file", "R-CON-3", "ファイルの大きさは%dMBまでです。分けるか、圧縮してください。", d.Operator.MaxFile()>>20)
	default:
		l.Join("", wrong)
	}
	return query.InsertFileParams{Kind: string(form.Kind), Name: form.Name, MediaType: mediaType, Size: size,
		Digest: hex.EncodeToString(sum.Sum(nil))}, l.Err()
}

// copyFrom copies the content from its beginning.
func copyFrom(to io.Writer, content io.ReadSeeker) (int64, error) {
	if _, err := content.Seek(0, io.SeekStart); err != nil {
		return 0, fmt.Errorf("reading a file: %w", err)
	}
	n, err := io.Copy(to, content)
	if err != nil {
		return n, fmt.Errorf("reading a file: %w", err)
	}
	return n, nil
}

// storeFile writes row and parts, and takes away what it replaces. The establishment is locked first, so that
// its terminals stay as they are read.
func storeFile(a *command.Tx, form FileForm, file query.InsertFileParams, content io.ReadSeeker) error {
	var err error
	if form.Kind == FileCertificate {
		if form.Establishment, err = establishmentTyped(a, form.Establishment); err != nil {
			return err
		}
		if err := terminal(a, form); err != nil {
			return err
		}
		file.Establishment, file.Terminal = form.Establishment, int64(form.Terminal)
		a.App.Establishment = form.Establishment
	}
	if err := makeRoom(a, form, file); err != nil {
		return err
	}
	if file.ID, err = a.Runner.NewID(); err != nil {
		return err
	}
	file.RecordedAt, file.RecordedBy, file.RecordedName = column.At(a.Now), string(a.Actor.ID), a.Actor.Name
	fresh, err := a.Store.InsertFile(a.Ctx, file)
	if err != nil {
		return fmt.Errorf("writing file %s: %w", file.Name, err)
	}
	if fresh == 0 {
		return problem.List{inPlace()}
	}
	if err := storeParts(a, file, content); err != nil {
		return err
	}
	return a.AuditOf("add-file", file.ID, fileFacts(file.Kind, file.Terminal, file.Digest), map[audit.Key]string{audit.File: file.Name})
}

func fileFacts(kind string, terminal int64, digest string) map[audit.Key]string {
	facts := map[audit.Key]string{audit.Kind: kind, audit.Digest: digest}
	if terminal > 0 {
		facts[audit.Terminal] = fmt.Sprint(terminal)
	}
	return facts
}

// establishmentTyped is the key of the establishment that was typed. A part of a name is answered with the keys that
// it may mean: a certificate must not go to another company by a slip.
func establishmentTyped(a *command.Tx, typed string) (string, error) {
	key := catalogue.SearchKey(typed)
	if key == "" {
		return "", problem.List{problem.New("establishment", "R-CON-3", "事業所を入力してください。")}
	}
	rows, err := a.Store.FindEstablishments(a.Ctx, query.FindEstablishmentsParams{ID: strings.TrimSpace(typed), Part: key, Most: 6})
	if err != nil {
		return "", fmt.Errorf("finding an establishment: %w", err)
	}
	var found []string
	for _, r := range rows {
		if r.ID == strings.TrimSpace(typed) {
			return r.ID, nil
		}
		found = append(found, r.ID+"（"+r.CompanyName+"）")
	}
	if len(found) == 0 {
		return "", problem.List{problem.New("establishment", "R-CON-3", "「%s」に当てはまる事業所はありません。入力し直してください。", typed)}
	}
	return "", problem.List{problem.New("establishment", "R-CON-3", "ほかの事業所に渡さないよう、識別子で指定してください。「%s」に当てはまる事業所：%s", typed, strings.Join(found, "、"))}
}

// terminal judges for which terminal a certificate is: one of those that the establishment has or will have.
func terminal(a *command.Tx, form FileForm) error {
	if _, err := a.Store.LockEstablishment(a.Ctx, form.Establishment); err != nil {
		return fmt.Errorf("locking establishment %s: %w", form.Establishment, err)
	}
	most, err := terminals(a.Ctx, a.Runner, a.Store.Queries, form.Establishment, a.Now)
	if err != nil {
		return err
	}
	if form.Terminal < 1 || form.Terminal > most {
		return problem.List{problem.New("terminal", "R-CON-3", "端末の番号は1から%dまでです（この事業所のnetNACCS台数）。", most)}
	}
	return nil
}

// terminals is the most netNACCS terminals that an establishment has from today on.
func terminals(ctx context.Context, d *command.Runner, q command.Reader, establishment string, now time.Time) (int, error) {
	facts, err := holding.FactsOf(ctx, q, establishment)
	if err != nil {
		return 0, err
	}
	voided, err := holding.VoidedOf(ctx, q, establishment, now)
	if err != nil {
		return 0, err
	}
	today := calendar.DateOf(now)
	most := contract.AsOf(facts, today, voided).Terminals
	for _, change := range contract.Coming(facts, today, voided) {
		most = max(most, change.After.Terminals)
	}
	return most, nil
}

func inPlace() problem.Problem {
	return problem.New("replace", "R-CON-3", "同じ端末の証明書、または同じ名前のソフトウェアがすでにあります。置き換える場合は「今あるものと置き換える」を選んでください。")
}

// makeRoom takes away what stands in the file's place, if that was asked for.
func makeRoom(a *command.Tx, form FileForm, file query.InsertFileParams) error {
	old, err := a.Store.FileInPlace(a.Ctx, query.FileInPlaceParams{Kind: file.Kind, Establishment: file.Establishment, Terminal: file.Terminal, Name: file.Name})
	if err = store.Missing(err); errors.Is(err, store.ErrNotFound) {
		return nil
	} else if err != nil {
		return fmt.Errorf("reading the file in place: %w", err)
	}
	if !form.Replace {
		return problem.List{inPlace()}
	}
	return withdrawFile(a, old)
}

// withdrawFile ends a file: its row stays as evidence, its bytes go.
func withdrawFile(a *command.Tx, file query.File) error {
	ended, err := a.Store.RevokeFile(a.Ctx, query.RevokeFileParams{RevokedAt: column.At(a.Now), ID: file.ID})
	if err != nil {
		return fmt.Errorf("withdrawing file %s: %w", file.ID, err)
	}
	if ended == 0 {
		return nil
	}
	if err := a.Store.DeleteFileParts(a.Ctx, file.ID); err != nil {
		return fmt.Errorf("deleting the parts of file %s: %w", file.ID, err)
	}
	a.App.Establishment = file.Establishment
	return a.AuditOf("withdraw-file", file.ID, fileFacts(file.Kind, file.Terminal, file.Digest), map[audit.Key]string{audit.File: file.Name})
}

// WithdrawFile ends a file; withdrawing it again changes nothing.
func (d *Desk) WithdrawFile(ctx context.Context, actor account.Actor, id string) error {
	if actor.Role != account.Supervisor && actor.Role != account.Operator {
		return command.ErrForbidden
	}
	return d.Do(ctx, actor, func(a *command.Tx) error {
		file, err := a.Store.GetFile(ctx, id)
		if err = store.Missing(err); errors.Is(err, store.ErrNotFound) {
			return command.ErrNotFound
		} else if err != nil {
			return fmt.Errorf("reading file %s: %w", id, err)
		}
		return withdrawFile(a, file)
	})
}

// storeParts writes the content part by part; it must be as long as it was when it was looked at.
func storeParts(a *command.Tx, file query.InsertFileParams, content io.ReadSeeker) error {
	if _, err := content.Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("reading a file: %w", err)
	}
	buffer, total := make([]byte, filePart), int64(0)
	for part := int64(0); ; part++ {
		n, err := io.ReadFull(content, buffer)
		if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
			return fmt.Errorf("reading a file: %w", err)
		}
		if n == 0 {
			break
		}
		if err := a.Store.InsertFilePart(a.Ctx, query.InsertFilePartParams{File: file.ID, Part: part, Content: buffer[:n]}); err != nil {
			return fmt.Errorf("writing part %d of file %s: %w", part, file.ID, err)
		}
		total += int64(n)
	}
	if total != file.Size {
		return fmt.Errorf("writing file %s: %d bytes were read, then %d", file.ID, file.Size, total)
	}
	return nil
}

// mayFetch says whether an establishment may have certificates and software (R-CON-3): from the approval of
// any application on that is not void, or because it has user IDs already.
func (d *Desk) mayFetch(ctx context.Context, q command.Reader, establishment string, now time.Time) (bool, error) {
	apps, err := q.ApprovedOf(ctx, query.ApprovedOfParams{Establishment: establishment, Most: command.CheckPage})
	if err != nil {
		return false, fmt.Errorf("reading the approved applications: %w", err)
	}
	for _, app := range apps {
		if command.StandingOf(app).StateAt(now) != application.Void {
			return true, nil
		}
	}
	today, err := holding.ContractOn(ctx, d.Runner, q, establishment, calendar.DateOf(now), now)
	return len(today.Codes) > 0, err
}
