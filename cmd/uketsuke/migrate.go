package main

// A migrateCommand brings the schema up to date.
type migrateCommand struct {
	databaseFlag
}

// Run migrates.
func (c *migrateCommand) Run(p *process) error {
	db, err := openDatabase(p.ctx, c.Database, p.warn)
	if err != nil {
		return misconfiguration(err)
	}
	p.printf("the schema is up to date (%s)\n", db.Dialect())
	return db.Close()
}
