package main

import (
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"uketsuke/internal/desk"
	"uketsuke/internal/keyring"
	"uketsuke/internal/store"
)

// postgresFlag says where PostgreSQL's own programs are.
type postgresFlag struct {
	PgBin string `name:"pg-bin" placeholder:"DIR" env:"UKETSUKE_PG_BIN" help:"Folder of pg_dump, pg_restore and psql, if they are not in the PATH."`
}

// A backupCommand copies the database to a file, while the service runs.
type backupCommand struct {
	placeFlags   `group:"Places"`
	postgresFlag `group:"Places"`
	File         string `arg:"" placeholder:"FILE" help:"The backup; it must not exist."`
}

// Run backs up. It takes the database as it is: nothing is migrated, and no key is read. Only the evidence of the
// backup is added, before it is begun.
func (c *backupCommand) Run(p *process) error {
	db, err := store.Open(p.ctx, c.Database)
	if err != nil {
		return misconfiguration(err)
	}
	begun := time.Now()
	var m store.Manifest
	if err = c.note(p, db); err == nil {
		m, err = db.Backup(p.ctx, store.Manifest{Product: version(), TakenAt: begun.UTC()}, c.File, c.PgBin)
	}
	if err = errors.Join(err, db.Close()); err != nil {
		return err
	}
	p.printf("%s: %s, schema %d, %d bytes, %d entries of the log, SHA-256 %s, in %v\n", c.File, m.Database, m.Migration, m.Size,
		m.LogEntries, m.Digest, time.Since(begun).Round(time.Millisecond))
	return nil
}

// note leaves the evidence. The tables of another schema than this program's, as there is between an upgrade and the
// next start, are not written to: that backup is as good, and it is said that nothing tells of it.
func (c *backupCommand) note(p *process, db *store.DB) error {
	has, newest, err := db.Migration(p.ctx)
	if err != nil {
		return err
	}
	if has == 0 {
		return errors.New("database: there is nothing in " + redacted(c.Database))
	}
	if has != newest {
		fmt.Fprintf(p.stderr, "uketsuke: this backup is not in the audit log: the schema is %d, and this program's %d\n", has, newest)
		return nil
	}
	file, err := filepath.Abs(c.File)
	if err != nil {
		return err
	}
	return desk.NoteBackup(p.ctx, db, operatorActor(), time.Now, file)
}

// A restoreCommand puts a backup in the place of an empty database, and makes it fit to be served from.
type restoreCommand struct {
	toolFlags
	postgresFlag `group:"Places"`
	File         string `arg:"" optional:"" placeholder:"FILE" help:"The backup."`
	Replace      bool   `help:"Replace a database that is not empty; what it held is put aside."`
	OtherRing    bool   `help:"The key ring is not the backup's: restore, and leave the rest for when it has been put right."`
	Undo         bool   `help:"Put back what the last restore has put aside, instead of restoring a backup."`
}

// errRunning says that a process of the service has not ended.
var errRunning = errors.New("a process is running on this ledger; stop the service everywhere first")

// Run restores, migrates, catches up with the ledger and checks; the exit status is 1 when the check differs.
func (c *restoreCommand) Run(p *process) error {
	if c.Undo == (c.File != "") {
		return misconfiguration(errors.New("restore: name the backup, or say --undo"))
	}
	do := c.fromBackup
	if c.Undo {
		do = c.undo
	}
	err := do(p)
	if errors.Is(err, store.ErrNotEmpty) {
		err = misconfiguration(errors.Join(err, errors.New("database: choose another, or say --replace to put what it holds aside")))
	}
	if err != nil || c.OtherRing {
		return err
	}
	return c.look(p, func(t *tool) error {
		found, err := t.desk.CatchUp(p.ctx)
		if err != nil {
			return err
		}
		if found.ID != "" {
			p.printf("%s; see the page /desk/operations/restored\n", found)
		}
		return printFindings(p, t)
	})
}

// fromBackup puts the backup in its place.
func (c *restoreCommand) fromBackup(p *process) error {
	if err := c.mayRestore(); err != nil {
		return err
	}
	begun := time.Now()
	m, aside, err := store.Restore(p.ctx, store.Restoring{File: c.File, DSN: c.Database, Replace: c.Replace, Programs: c.PgBin, Now: begun})
	if err != nil {
		return err
	}
	p.printf("restored: %s of %s, schema %d, by %s, in %v\n", m.Database, m.TakenAt.Format(time.RFC3339), m.Migration, m.Product,
		time.Since(begun).Round(time.Millisecond))
	p.aside(aside)
	return nil
}

// undo puts back what the last restore has put aside.
func (c *restoreCommand) undo(p *process) error {
	if err := c.nobodyRuns(); err != nil {
		return err
	}
	back, aside, err := store.PutBack(p.ctx, store.Restoring{DSN: c.Database, Replace: c.Replace, Now: time.Now()})
	if err != nil {
		return err
	}
	p.printf("put back: %s is the database again\n", back)
	p.aside(aside)
	return nil
}

func (p *process) aside(name string) {
	if name != "" {
		p.printf("what stood there before is now %s; it holds the same secrets as the database, delete it when it is not needed\n", name)
	}
}

// nobodyRuns refuses while a process has the ledger in its hands.
func (c *restoreCommand) nobodyRuns() error {
	book, err := c.openLedger()
	if err != nil {
		return misconfiguration(err)
	}
	running, err := book.Running()
	if err == nil && running > 0 {
		err = errRunning
	}
	return err
}

// mayRestore refuses what would go wrong later: another ring, a damaged backup, a service that runs.
func (c *restoreCommand) mayRestore() error {
	m, err := store.ReadManifest(c.File)
	if err != nil {
		return err
	}
	ring, err := c.openRing()
	if err != nil {
		return misconfiguration(err)
	}
	if m.Ring != "" && m.Ring != ring.ID() && !c.OtherRing {
		return misconfiguration(errors.New("keys: the backup belongs to the key ring " + m.Ring + ", and this is " + ring.ID() +
			"; name its folder, or say --other-ring"))
	}
	if err := c.sameInstallation(m, ring); err != nil && !c.OtherRing {
		return err
	}
	return c.nobodyRuns()
}

// sameInstallation refuses the backup of another installation. One that knows no ring is of a database in which nothing
// was done, and that belongs to no ring that was used.
func (c *restoreCommand) sameInstallation(m store.Manifest, ring *keyring.Ring) error {
	name, err := ring.Installation()
	if err != nil {
		return misconfiguration(err)
	}
	switch {
	case m.Installation != "" && name != "" && m.Installation != name:
		return misconfiguration(fmt.Errorf("keys: the backup belongs to installation %s, and the ring to %s", m.Installation, name))
	case m.Ring == "" && name != "":
		return misconfiguration(fmt.Errorf("%w: the backup is of one in which nothing was done", desk.ErrOtherDatabase))
	}
	return nil
}
