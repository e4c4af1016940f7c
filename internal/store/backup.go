package store

import (
	"archive/tar"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// A backup is one file: a tar with a manifest and the database, as SQLite file or as PostgreSQL's own archive.
// It is one moment of the database, taken while others write. Keys are never in it, so that what is sealed in
// an old one stays sealed (R-SEC-6).

// A Manifest says what a backup is.
type Manifest struct {
	Format    int    `json:"format"` // 1
	Product   string `json:"product"`
	Database  string `json:"database"` // "sqlite" or "postgres"
	Migration int64  `json:"migration"`
	Ring      string `json:"ring"` // id of the key ring that belongs to it
	// Installation is the name that database, ring and ledger have, "" in a database of before.
	Installation string    `json:"installation,omitempty"`
	TakenAt      time.Time `json:"taken_at"` // real time
	// LogEntries are the entries of the audit log, at least.
	LogEntries int64 `json:"log_entries"`
	// Checkpoint is the last published state of the log that the ledger knew, "" for none.
	Checkpoint string `json:"checkpoint,omitempty"`
	Size       int64  `json:"size"`   // bytes of the database's part
	Digest     string `json:"digest"` // SHA-256 of it, hexadecimal
}

const (
	backupFormat = 1
	manifestPart = "manifest.json"
	databasePart = "database"
	// namedSince is the migration since which a database knows its installation's name.
	namedSince = 8
)

// What a caller may have to tell apart.
var (
	// ErrBackupDamaged: it is no backup, or not what was written.
	ErrBackupDamaged = errors.New("the backup is damaged, or no backup")
	// ErrNotEmpty: the database that a backup should be restored into holds something.
	ErrNotEmpty = errors.New("the database is not empty")
	// ErrInUse: somebody else has the database open.
	ErrInUse = errors.New("the database is in use; stop the service first")
)

// Backup writes a backup to a file that must not exist, and fills what the caller left open in m. The file is
// whole or not there; only its owner can read it. programs is the folder of pg_dump, "" to look for it.
func (db *DB) Backup(ctx context.Context, m Manifest, file, programs string) (Manifest, error) {
	m, err := db.backup(ctx, m, file, programs)
	if err != nil {
		return m, fmt.Errorf("backing up to %s: %w", file, err)
	}
	return m, nil
}

func (db *DB) backup(ctx context.Context, m Manifest, file, programs string) (Manifest, error) {
	if _, err := os.Lstat(file); !errors.Is(err, fs.ErrNotExist) {
		return m, errors.Join(fs.ErrExist, err)
	}
	work, err := os.MkdirTemp(filepath.Dir(file), ".backup-") // mode 0700, on the same file system
	if err != nil {
		return m, err
	}
	defer os.RemoveAll(work)
	if m, err = db.describe(ctx, m); err != nil {
		return m, err
	}
	part := filepath.Join(work, databasePart)
	if err := db.dump(ctx, part, programs); err != nil {
		return m, err
	}
	if m.Size, m.Digest, err = digestOf(part); err != nil {
		return m, err
	}
	whole := filepath.Join(work, "backup")
	if err := pack(m, part, whole); err != nil {
		return m, err
	}
	if err := os.Rename(whole, file); err != nil {
		return m, err
	}
	return m, syncFolder(filepath.Dir(file))
}

// describe fills a manifest with what the database says of itself.
func (db *DB) describe(ctx context.Context, m Manifest) (Manifest, error) {
	m.Format, m.Database = backupFormat, db.Dialect()
	var err error
	if m.Migration, _, err = db.Migration(ctx); err != nil {
		return m, err
	}
	if m.Ring, err = db.Read().GetRing(ctx); Missing(err) != nil && !errors.Is(Missing(err), ErrNotFound) {
		return m, fmt.Errorf("reading the id of the key ring: %w", err)
	}
	if m.Migration >= namedSince {
		if m.Installation, err = db.Read().GetInstallation(ctx); Missing(err) != nil && !errors.Is(Missing(err), ErrNotFound) {
			return m, fmt.Errorf("reading the name of the installation: %w", err)
		}
	}
	row := db.read.QueryRowContext(ctx, "SELECT COUNT(*) FROM audit_entries")
	if err := row.Scan(&m.LogEntries); err != nil {
		return m, fmt.Errorf("counting the entries of the log: %w", err)
	}
	return m, nil
}

func digestOf(name string) (size int64, digest string, err error) {
	file, err := os.Open(name)
	if err != nil {
		return 0, "", err
	}
	defer file.Close()
	sum := sha256.New()
	if size, err = io.Copy(sum, file); err != nil {
		return 0, "", err
	}
	return size, hex.EncodeToString(sum.Sum(nil)), nil
}

// pack writes the file and syncs it.
func pack(m Manifest, part, to string) error {
	file, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	return errors.Join(packInto(file, m, part), file.Sync(), file.Close())
}

func packInto(file io.Writer, m Manifest, part string) error {
	text, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	database, err := os.Open(part)
	if err != nil {
		return err
	}
	defer database.Close()
	out := tar.NewWriter(file)
	header := func(name string, size int64) error {
		return out.WriteHeader(&tar.Header{Name: name, Mode: 0o600, Size: size, ModTime: m.TakenAt.Truncate(time.Second)})
	}
	if err := header(manifestPart, int64(len(text))); err != nil {
		return err
	}
	if _, err := out.Write(text); err != nil {
		return err
	}
	if err := header(databasePart, m.Size); err != nil {
		return err
	}
	if _, err := io.Copy(out, database); err != nil {
		return err
	}
	return out.Close()
}

// unpack writes a backup's database to a new file, if it is what the manifest says.
func unpack(file, to string) (m Manifest, err error) {
	source, err := os.Open(file)
	if err != nil {
		return m, err
	}
	defer source.Close()
	in := tar.NewReader(source)
	if m, err = readManifest(in); err != nil {
		return m, err
	}
	if head, err := in.Next(); err != nil || head.Name != databasePart || head.Size != m.Size {
		return m, errors.Join(ErrBackupDamaged, err)
	}
	part, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return m, err
	}
	sum := sha256.New()
	_, err = io.Copy(io.MultiWriter(part, sum), in)
	if err = errors.Join(err, part.Sync(), part.Close()); err != nil {
		return m, errors.Join(ErrBackupDamaged, err)
	}
	if hex.EncodeToString(sum.Sum(nil)) != m.Digest {
		return m, fmt.Errorf("its digest is another than the manifest's: %w", ErrBackupDamaged)
	}
	return m, nil
}

// manifestMax is more than a manifest can have.
const manifestMax = 1 << 16

func readManifest(in *tar.Reader) (m Manifest, err error) {
	head, err := in.Next()
	if err != nil || head.Name != manifestPart || head.Size > manifestMax {
		return m, errors.Join(ErrBackupDamaged, err)
	}
	text, err := io.ReadAll(in)
	if err == nil {
		err = json.Unmarshal(text, &m)
	}
	if err != nil || m.Format != backupFormat {
		return m, errors.Join(ErrBackupDamaged, err)
	}
	return m, nil
}

// ReadManifest is the manifest of a backup; what it says is not compared with the backup's content.
func ReadManifest(file string) (Manifest, error) {
	source, err := os.Open(file)
	if err != nil {
		return Manifest{}, fmt.Errorf("reading the backup: %w", err)
	}
	defer source.Close()
	m, err := readManifest(tar.NewReader(source))
	if err != nil {
		return m, fmt.Errorf("reading the backup %s: %w", file, err)
	}
	return m, nil
}

func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
