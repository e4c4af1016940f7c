package checker

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"

	"uketsuke/internal/catalogue"
	"uketsuke/internal/desk/command"
	"uketsuke/internal/store"
	"uketsuke/internal/store/query"
)

// offers looks at the files that are offered: the bytes are those that were looked at when they came, a
// certificate is for a terminal of somebody, and only its own have fetched it while it stood (R-CON-3).
func (k *checking) offers() error {
	return errors.Join(command.Pages(k.offeredFiles), command.Pages(k.fetches))
}

func (k *checking) offeredFiles(after string) (last string, err error) {
	rows, err := k.q.AllFiles(k.ctx, query.AllFilesParams{After: after, Most: command.CheckPage})
	if err != nil {
		return "", err
	}
	for _, row := range rows {
		last = row.ID
		size, digest, err := k.bytesOf(row.ID)
		if err != nil {
			return "", err
		}
		switch {
		case row.RevokedAt.IsZero() && (size != row.Size || digest != row.Digest):
			k.add("R-CON-3", "", "file %s (%s) holds %d bytes with the digest %s, and %d with %s were offered", row.ID, row.Name, size, digest, row.Size, row.Digest)
		case !row.RevokedAt.IsZero() && size > 0:
			k.add("R-CON-3", "", "file %s (%s) was withdrawn, and its content is still there", row.ID, row.Name)
		}
	}
	return last, nil
}

// bytesOf reads a file part by part.
func (k *checking) bytesOf(file string) (size int64, digest string, err error) {
	sum := sha256.New()
	for part := int64(0); ; part++ {
		content, err := k.q.GetFilePart(k.ctx, query.GetFilePartParams{File: file, Part: part})
		if err = store.Missing(err); errors.Is(err, store.ErrNotFound) {
			return size, hex.EncodeToString(sum.Sum(nil)), nil
		} else if err != nil {
			return 0, "", fmt.Errorf("reading part %d of file %s: %w", part, file, err)
		}
		sum.Write(content)
		size += int64(len(content))
	}
}

func (k *checking) fetches(after string) (last string, err error) {
	rows, err := k.q.StrayFileFetches(k.ctx, query.StrayFileFetchesParams{After: after, Most: command.CheckPage})
	for _, row := range rows {
		last = row.ID
		k.add("R-CON-3", "", "file %s was fetched by %s, who is of another establishment, or at a time when it was not offered", row.File, row.Account)
	}
	return last, err
}

// ticks looks at the U業務 that are ticked: of an ID that the application brought, by its own people, not
// before its start date.
func (k *checking) ticks() error {
	return command.Pages(func(after string) (last string, err error) {
		rows, err := k.q.AllSetupTicks(k.ctx, query.AllSetupTicksParams{After: after, Most: command.CheckPage})
		if err != nil {
			return "", err
		}
		for _, t := range rows {
			last = t.Application + " " + t.UserID + " " + t.Step
			if err := k.tick(t); err != nil {
				return "", err
			}
		}
		return last, nil
	})
}

func (k *checking) tick(t query.SetupTick) error {
	app, err := k.q.GetApplication(k.ctx, t.Application)
	if err != nil {
		return fmt.Errorf("reading application %s: %w", t.Application, err)
	}
	born, err := k.q.ListIDsOf(k.ctx, t.Application)
	if err != nil {
		return fmt.Errorf("reading the IDs of application %s: %w", t.Application, err)
	}
	who, err := k.q.GetAccount(k.ctx, t.Account)
	if err = store.Missing(err); err != nil && !errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("reading account %s: %w", t.Account, err)
	}
	known := slices.ContainsFunc(k.desk.Catalogue.SetupTransactions, func(s catalogue.SetupTransaction) bool { return s.Code == t.Step })
	switch {
	case !slices.ContainsFunc(born, func(id query.UserID) bool { return id.ID == t.UserID }) || !known:
		k.add("R-CON-3", t.Application, "step %s of %s is ticked, and the application brought no such ID or there is no such step", t.Step, t.UserID)
	case string(who.Establishment) != app.Establishment:
		k.add("R-CON-3", t.Application, "step %s of %s is ticked by %s, who is of another establishment", t.Step, t.UserID, t.Account)
	case app.StartDate.IsZero() || t.At.Before(app.StartDate.Start()):
		k.add("R-CON-3", t.Application, "step %s of %s is ticked before the start date", t.Step, t.UserID)
	}
	return nil
}
