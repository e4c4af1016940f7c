package store

import "database/sql"

// The tests look below the surface: at each pool, and at the plan of the list.

func (db *DB) WriteSide() *sql.DB { return db.write }
func (db *DB) ReadSide() *sql.DB  { return db.read }
func (db *DB) Path() string       { return db.path }

var (
	ListSQL     = listSQL
	Verified    = verified
	Weakness    = weakness
	RunPostgres = runPostgres
)

// A Part is a part of a list; Parts are all of them, the first page's first.
type Part = part

func Parts() []Part { return []Part{anywhere, sameKey, laterKey} }
